"""The form: what was sent, in which language, with which errors."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Protocol, cast

import wtforms
from markupsafe import Markup

from govkit.forms.fields import Field, FileField
from govkit.forms.messages import Catalogue, Gettext, unchanged
from govkit.forms.widgets import render

__all__ = ["Form", "Sent"]


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


class _Together:
    """Values and files of one request."""

    def __init__(self, *parts: Sent) -> None:
        self._parts = parts

    def __contains__(self, name: object) -> bool:
        return any(name in part for part in self._parts)

    def __iter__(self) -> Iterator[str]:
        return (name for part in self._parts for name in part)

    def __len__(self) -> int:
        return sum(len(part) for part in self._parts)

    def getlist(self, name: str) -> list[Any]:
        return [value for part in self._parts for value in part.getlist(name)]


class Form(wtforms.Form):  # type: ignore[misc]
    """A form whose fields, errors and texts are Japanese and accessible.

    :param formdata: What was sent, ``request.form``; empty means that nothing was sent yet.
    :param obj: Object whose attributes fill the fields at first.
    :param files: Uploaded files, ``request.files``.
    :param gettext: Translates the Japanese sentences; without it they stay Japanese.
    :param options: ``data``, ``prefix``, ``meta`` and values by field name, as in WTForms.
    """

    shows_optional: ClassVar[bool] = True
    """Whether fields that may stay blank carry the mark 任意; searches do better without."""

    form_errors: list[str]

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
        gettext: Gettext = unchanged,
        **options: Any,
    ) -> None:
        self._catalogue = Catalogue(gettext)
        parts = [part for part in (formdata, files) if part]
        super().__init__(_Together(*parts) if parts else None, obj, **options)

    @property
    def title_prefix(self) -> str:
        """What the title of the page must begin with: 「エラー: 」 when there are errors."""
        return self._catalogue.gettext("エラー: ") if self.errors else ""

    @property
    def has_files(self) -> bool:
        """Whether the page must send the form as ``multipart/form-data``."""
        return any(isinstance(field, FileField) for field in self)

    def add_error(self, name: str, message: str) -> None:
        """Add an error found after validation, such as by the service.

        :param name: Name of the field; blank for the form as a whole.
        """
        owner = self._fields[name] if name else None
        if owner is None:
            self.form_errors = [*self.form_errors, message]
        else:
            owner.errors = [*owner.errors, message]

    def error_summary(self) -> Markup:
        """Banner that lists all errors in the order of the fields, each a link to its control.

        It takes the focus when the page opens, without a script. Blank when there are no errors.
        """
        if not self.errors:
            return Markup("")
        entries = [("", message) for message in self.form_errors]
        for field in self:
            entries += [(field.focus_id, message) for message in field.errors]
        gettext = self._catalogue.gettext
        heading = gettext("入力内容に{count}件の誤りがあります").format(count=len(entries))
        context = {"id": f"{self._prefix}error-summary", "heading": heading, "entries": entries}
        return render(
            "error_summary.html",
            advice=gettext("直してから、もう一度送信してください。"),
            **context,
        )

    def render(self, names: Iterable[str] = ()) -> Markup:
        """All fields, or those named, one after the other."""
        fields = [self._fields[name] for name in names] or list(self)
        return Markup("").join(cast(Field, field)() for field in fields)

    @property
    def data(self) -> Mapping[str, Any]:
        """Values by field name."""
        return cast(Mapping[str, Any], super().data)
