"""The form: what was sent, in which language, with which errors."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Protocol, Self, cast

import wtforms
from markupsafe import Markup

from govkit.forms.fields import Field
from govkit.forms.messages import Catalogue, Gettext, Message, as_message, unchanged
from govkit.forms.widgets import render
from govkit.translations import translator

__all__ = ["Form", "Sending", "Sent"]


class Sent(Protocol):
    """What a browser sent: Werkzeug's ``MultiDict`` or the like."""

    def __contains__(self, name: object) -> bool:
        """Whether a name was sent."""

    def __iter__(self) -> Iterator[str]:
        """The names."""

    def __len__(self) -> int:
        """The number of names."""

    def getlist(self, name: str) -> list[Any]:
        """All values of a name."""


class Sending(dict[str, list[Any]]):
    """What is sent, without a browser: all values by name of the control."""

    @classmethod
    def of(cls, pairs: Iterable[Sequence[Any]]) -> Self:
        """Pairs of name and value, in their order."""
        sending = cls()
        for name, value in pairs:
            sending.setdefault(name, []).append(value)
        return sending

    def getlist(self, name: str) -> list[Any]:
        """All values of a name."""
        return self.get(name, [])


def _together(parts: Sequence[Sent]) -> Sent | None:
    """Values and files of one request."""
    if len(parts) < 2:
        return parts[0] if parts else None
    return Sending.of(
        (name, value)
        for part in parts
        for name in dict.fromkeys(part)
        for value in part.getlist(name)
    )


class Form(wtforms.Form):  # type: ignore[misc]
    """A form whose fields, errors and texts are Japanese and accessible.

    :param formdata: What was sent, ``request.form``; empty means that nothing was sent yet.
    :param obj: Object whose attributes fill the fields at first.
    :param files: Uploaded files, ``request.files``.
    :param language: Code of the language, such as ``en``; Japanese without it.
    :param gettext: Translates the Japanese sentences in another way than by govkit's catalogue.
    :param options: ``data``, ``prefix``, ``meta`` and values by field name, as in WTForms.
    """

    shows_optional: ClassVar[bool] = True
    """Whether fields that may stay blank carry the mark 任意; searches do better without."""

    form_errors: list[Message]

    pressed: str = ""
    """Name of the helper button that was pressed, such as ``address-lookup``; blank when none was."""

    class Meta:
        """Hands the form's language to its fields."""

        def get_translations(self, form: "Form") -> Catalogue:
            """The catalogue of the form."""
            return form._catalogue  # noqa: SLF001

    def __init__(
        self,
        formdata: Sent | None = None,
        obj: object = None,
        *,
        files: Sent | None = None,
        language: str = "ja",
        gettext: Gettext | None = None,
        **options: Any,
    ) -> None:
        self.translator = gettext or translator(language) or unchanged
        self._catalogue = Catalogue(self.translator)
        sent = _together([part for part in (formdata, files) if part])
        self._focus_target = ""
        super().__init__(sent, obj, **options)
        if sent is not None and self._parent_form is None and self._is_genuine():
            self._press(sent)

    def _is_genuine(self) -> bool:
        """Whether the form's own token, if it has one, is right: helper buttons act before validation."""
        if not self.meta.csrf:
            return True
        field = self._fields[self.meta.csrf_field_name]
        try:
            self._csrf.validate_csrf_token(self, field)
        except ValueError:
            return False
        return True

    def _press(self, sent: Sent) -> None:
        """Let the field act whose helper button was pressed."""
        for field in self:
            for button in getattr(field, "buttons", ()):
                if button in sent:
                    self.pressed = button
                    field.act(button)
                    self._focus_target = field.focus_after(button)
                    return

    @property
    def root(self) -> "Form":
        """The form on the page, of which this may be a block."""
        return self if self._parent_form is None else cast(Form, self._parent_form.root)

    def name_in_row(self, label: str) -> str:
        """A label as sentences say it: with the row where there are several, 「2人目の氏名」."""
        row = getattr(self.meta, "row", "")
        if row:
            return self._catalogue.gettext("{row}の{label}").format(row=row, label=label)
        parent = self._parent_form
        return label if parent is None else cast(str, parent.name_in_row(label))

    @property
    def focus_target(self) -> str:
        """Id of the control that has the focus after a helper button was pressed."""
        return self.root._focus_target  # noqa: SLF001

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Whether all fields are valid; a helper button that was pressed shows no errors at all.

        Questions that are not asked (``show_if``) are not judged; once all is valid, they are blank.
        """
        if self.root.pressed:
            return False
        valid = cast(bool, super().validate(extra_validators))
        if valid and self._parent_form is None:
            self._forget_hidden()
        return valid

    def _forget_hidden(self) -> None:
        hidden = [field for field in self if getattr(field, "is_hidden", False)]
        for field in self:
            for inner in () if field in hidden else getattr(field, "forms", ()):
                inner._forget_hidden()  # noqa: SLF001
        for field in hidden:
            field.process(None, None)

    @property
    def title_prefix(self) -> str:
        """What the title of the page must begin with: 「エラー: 」 when there are errors."""
        return self._catalogue.gettext("エラー: ") if self.errors else ""

    @property
    def has_files(self) -> bool:
        """Whether the page must send the form as ``multipart/form-data``."""
        return any(getattr(field, "has_files", False) for field in self)

    def find(self, path: str) -> Field:
        """A field by its name, one inside a block by both names: ``address-city``.

        :raises KeyError: Without such a field.
        """
        if path in self._fields:
            return cast(Field, self._fields[path])
        for name, field in self._fields.items():
            inner = getattr(field, "form", None)
            if isinstance(inner, Form) and path.startswith(f"{name}-"):
                return inner.find(path.removeprefix(f"{name}-"))
        raise KeyError(path)

    def add_error(self, name: str, message: str, code: str = "invalid") -> None:
        """Add an error found after validation, such as by the service.

        :param name: Name of the field, ``address-city`` inside a block; blank for the form as a whole.
        """
        if name:
            self.find(name).add_error(message, code)
        else:
            self.form_errors = [*self.form_errors, Message(message, code)]

    def error_summary(self) -> Markup:
        """Banner that lists all errors in the order of the fields, each a link to its control.

        It takes the focus when the page opens, without a script. Blank when there are no errors.
        """
        if not self.errors:
            return Markup("")
        gettext = self._catalogue.gettext
        entries = self._summary_entries()
        heading = gettext("入力内容に{count}件の誤りがあります").format(count=len(entries))
        context = {"id": f"{self._prefix}error-summary", "heading": heading, "entries": entries}
        return render(
            "error_summary.html",
            advice=gettext("直してから、もう一度送信してください。"),
            **context,
        )

    def _summary_entries(self) -> list[tuple[str, str]]:
        """Ids and sentences; where several say the same, the block says which is meant."""
        found = [("", "", str(message)) for message in self.form_errors]
        for field in self:
            label = field.label.text
            found += [(label, target, str(text)) for target, text in self._entries_of(field)]
        said = Counter(text for _label, _target, text in found)
        pattern = self._catalogue.gettext("{place}：{sentence}")
        return [
            (target, pattern.format(place=label, sentence=text))
            if said[text] > 1 and label and not text.startswith(label)
            else (target, text)
            for label, target, text in found
        ]

    def _entries_of(self, field: Any) -> list[tuple[str, Message]]:
        if isinstance(field, Field):
            return field.error_entries()
        # A token against forged requests is no field of ours; its errors are others' sentences.
        gettext = self._catalogue.gettext
        return [("", as_message(gettext(str(error)))) for error in field.errors]

    def render(self, names: Iterable[str] = ()) -> Markup:
        """All fields, or those named, one after the other."""
        fields = [self._fields[name] for name in names] or list(self)
        # Every field renders itself as markup.
        return Markup("".join(field() for field in fields))  # noqa: S704

    @property
    def data(self) -> Mapping[str, Any]:
        """Values by field name; ``None`` for what is not asked."""
        return {
            name: None if getattr(field, "is_hidden", False) else field.data
            for name, field in self._fields.items()
        }
