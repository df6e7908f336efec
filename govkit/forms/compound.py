"""Fields that are put together of other fields: what blocks and rows have in common."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, cast

import wtforms
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from govkit.forms.fields import Field
from govkit.forms.form import Form
from govkit.forms.messages import Message, as_message

__all__ = ["Compound", "first_control"]


def first_control(form: Form) -> str:
    """Id of the first control of a form; blank when none takes the focus."""
    return next((field.focus_id for field in form if field.focus_id), "")


class Compound(Field):
    """One question of several fields: what they say is what it says.

    Subclasses write :meth:`read_forms` and :attr:`prefixed_forms`.
    """

    form_class: type[Form] = Form
    guards_my_number = False
    _own: Sequence[Message]

    # -- fields inside

    @property
    def prefixed_forms(self) -> Sequence[tuple[str, Form]]:
        """The forms inside, each with what the names of its fields begin with in a ``part``."""
        raise NotImplementedError

    @property
    def forms(self) -> Sequence[Form]:
        """The forms inside."""
        return [form for _prefix, form in self.prefixed_forms]

    @property
    def judged_forms(self) -> Sequence[Form]:
        """Those of them that are validated."""
        return self.forms

    def inner(self) -> Iterator[tuple[str, Any]]:
        """The fields inside with their names."""
        for prefix, form in self.prefixed_forms:
            for name, field in form._fields.items():
                yield f"{prefix}{name}", field

    # -- reading

    def process(
        self, formdata: Any, data: Any = unset_value, extra_filters: Sequence[Any] | None = None
    ) -> None:
        """Read every field inside; nothing that was sent when the whole cannot be changed."""
        self.process_errors: list[Any] = []
        self._own = []
        if data is unset_value:
            data = self.default() if callable(self.default) else self.default
        self.object_data = data
        self.read_forms(None if self.readonly else formdata, data)

    def read_forms(self, sent: Any, data: Any) -> None:
        """Make the forms inside of what was sent, ``None`` for nothing, and of the record's value."""
        raise NotImplementedError

    def make_form(self, sent: Any, data: Any, prefix: str = "", **meta: Any) -> Form:
        """A form inside; the record's value is a mapping or an object with these attributes."""
        is_mapping = isinstance(data, Mapping)
        form = self.form_class(
            sent,
            None if is_mapping else data,
            gettext=self._form.translator,
            data=data if is_mapping else None,
            prefix=f"{self.name}-{prefix}",
            meta={"_parent_form": self._form, "csrf": False, **meta},
        )
        form.shows_optional = self._form.shows_optional  # type: ignore[misc]
        for field in form if self.readonly else ():
            field.be_fixed(self.readonly)
        return form

    def be_fixed(self, reason: str) -> None:
        """With the fields inside."""
        super().be_fixed(reason)
        for _name, field in self.inner():
            field.be_fixed(self.readonly)

    def post_process(self, formdata: Any = None) -> None:
        """Let every field inside finish."""
        for form in self.forms:
            form.post_process(formdata)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered in any field."""
        return all(field.is_untouched for _name, field in self.inner())

    # -- errors

    @property
    def errors(self) -> Sequence[Message]:
        """Own errors, then those of the fields inside with their name as ``part``."""
        return [message for _target, message in self.error_entries()]

    @errors.setter
    def errors(self, messages: Sequence[Any]) -> None:
        self._own = [as_message(message) for message in messages]

    @property
    def own_errors(self) -> Sequence[Message]:
        """Errors of the whole."""
        return self._own

    def add_error(self, text: str, code: str = "invalid", part: str = "") -> None:
        """Add an error to the whole, or to the field inside that ``part`` names."""
        for name, field in self.inner():
            if part == name or part.startswith(f"{name}-"):
                field.add_error(text, code, part[len(name) + 1 :])
                return
        super().add_error(text, code, part)

    def error_entries(self) -> list[tuple[str, Message]]:
        """Own errors lead to the first control, those of fields inside to theirs."""
        entries = [(self.focus_id, message) for message in self._own]
        for name, field in self.inner():
            for target, message in field.error_entries():
                part = f"{name}-{message.part}" if message.part else name
                entries.append((target, Message(message, message.code, part)))
        return entries

    def validate(self, form: wtforms.Form, extra_validators: Sequence[Any] = ()) -> bool:
        """Validate every field inside, then the rules between them."""
        self._own = []
        if self.readonly or self.is_hidden:
            return True
        valid = [inner.validate() for inner in self.judged_forms].count(False) == 0
        for rule in (self._check, *self.validators, *extra_validators):
            try:
                rule(form, self)
            except (ValueError, StopValidation) as error:
                message = as_message(error.args[0])
                self.add_error(message, message.code, message.part)
                valid = False
        return valid

    def _check(self, _form: wtforms.Form, _field: Field) -> None:
        self.check()

    def check(self) -> None:
        """Rules between the fields, checked after each field by itself.

        :raises Invalid: With the field that is wrong as ``part``, blank for the whole.
        """

    # -- helper buttons

    @property
    def buttons(self) -> Collection[str]:
        """Helper buttons of the fields inside; subclasses add their own."""
        return [button for _name, field in self.inner() for button in field.buttons]

    def act(self, pressed: str) -> None:
        """Let the field act whose button was pressed."""
        for _name, field in self.inner():
            if pressed in field.buttons:
                field.act(pressed)

    def focus_after(self, pressed: str) -> str:
        """The focus of the field whose button was pressed, else the first control."""
        for _name, field in self.inner():
            if pressed in field.buttons:
                return cast(str, field.focus_after(pressed))
        return self.focus_id

    # -- page

    @property
    def focus_id(self) -> str:
        """The first control."""
        return next(filter(None, map(first_control, self.forms)), "")

    def attributes(self) -> Mapping[str, str | None]:
        """Attributes of the fieldset."""
        return {"aria-describedby": self.described_by()}
