"""Blocks: several fields in one fieldset, such as an address or a name with its reading."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, cast

import wtforms
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from govkit.forms.fields import Field
from govkit.forms.form import Form
from govkit.forms.messages import Message, as_message
from govkit.forms.widgets import TemplateWidget

__all__ = ["Block"]


def _form_of(fields: Mapping[str, Any]) -> type[Form]:
    taken = sorted(name for name in fields if hasattr(Form, name))
    if taken:
        raise ValueError(f"fields of a block cannot be called {', '.join(taken)}")
    form: Any = type("BlockForm", (Form,), dict(fields))
    form._unbound_fields = list(fields.items())  # noqa: SLF001
    return cast(type[Form], form)


class Block(Field):
    """Several fields in one fieldset; its data is a mapping by field name.

    ::

        address = Block("住所", fields={"postcode": PostcodeField("郵便番号", required=True), …})

    Names of the controls are ``<name>-<field>``; ``block["postcode"]`` is a field. Subclasses set
    ``form_class`` instead of giving fields, and write :meth:`check` for rules between fields.

    :param fields: Fields by name, in their order on the page.
    :param may_be_blank: The block may stay blank as a whole; once something is entered, its
        required fields are required.
    """

    form_class: type[Form] = Form
    form: Form
    may_be_blank: bool = False
    guards_my_number = False
    widget = TemplateWidget("block.html")

    def __new__(cls, *args: Any, **options: Any) -> Any:
        """Make the form of the fields once, when the block is declared."""
        if "_form" not in options and "fields" in options:
            options["form_class"] = _form_of(options.pop("fields"))
        return super().__new__(cls, *args, **options)

    def __init__(
        self,
        label: str,
        *args: Any,
        form_class: type[Form] | None = None,
        may_be_blank: bool | None = None,
        **options: Any,
    ) -> None:
        super().__init__(label, *args, **options)
        if form_class is not None:
            self.form_class = form_class
        if may_be_blank is not None:
            self.may_be_blank = may_be_blank
        self._own: list[Message] = []

    def __getitem__(self, name: str) -> Any:
        """A field of the block."""
        return self.form[name]

    def __iter__(self) -> Iterator[Any]:
        """The fields of the block."""
        return iter(self.form)

    # -- reading

    def process(
        self, formdata: Any, data: Any = unset_value, extra_filters: Sequence[Any] | None = None
    ) -> None:
        """Read every field; the record's value is a mapping or an object with these attributes."""
        self.process_errors: list[Any] = []
        if data is unset_value:
            data = self.default() if callable(self.default) else self.default
        self.object_data = data
        is_mapping = isinstance(data, Mapping)
        self.form = self.form_class(
            None if self.readonly else formdata,
            None if is_mapping else data,
            gettext=self._form.translator,
            data=data if is_mapping else None,
            prefix=f"{self.name}-",
            meta={"_parent_form": self._form, "csrf": False},
        )
        self.form.shows_optional = self._form.shows_optional  # type: ignore[misc]
        if self.readonly:
            self.fix_fields()

    def fix_fields(self) -> None:
        """Let no field be changed where the block cannot."""
        for field in self.form:
            field.be_fixed(self.readonly)

    def be_fixed(self, reason: str) -> None:
        """With the fields."""
        super().be_fixed(reason)
        self.fix_fields()

    def post_process(self, formdata: Any = None) -> None:
        """Let every field finish."""
        self.form.post_process(formdata)

    @property
    def data(self) -> Mapping[str, Any]:
        """Values by field name."""
        return self.form.data

    @property
    def value(self) -> Mapping[str, Any]:
        """Value objects by field name."""
        return {name: field.value for name, field in self.form._fields.items()}

    @property
    def is_blank(self) -> bool:
        """Whether every field is blank."""
        return all(field.is_untouched for field in self.form)

    @property
    def text(self) -> str:
        """The answers of the fields, a line each."""
        return "\n".join(answer for field in self.form if (answer := field.answer))

    def populate_obj(self, obj: Any, name: str) -> None:
        """Set the mapping."""
        setattr(obj, name, self.data)

    # -- errors

    @property
    def errors(self) -> Sequence[Message]:
        """The block's own errors, then those of its fields with their name as ``part``."""
        return [*self._own, *(message for _target, message in self._inner_entries())]

    @errors.setter
    def errors(self, messages: Sequence[Any]) -> None:
        self._own = [as_message(message) for message in messages]

    @property
    def own_errors(self) -> Sequence[Message]:
        """Errors of the block as a whole."""
        return self._own

    def add_error(self, text: str, code: str = "invalid", part: str = "") -> None:
        """Add an error to the block, or to the field that ``part`` names."""
        first, _, rest = part.partition("-")
        if first in self.form:
            self.form[first].add_error(text, code, rest)
        else:
            self._own = [*self._own, Message(text, code, part)]

    def _inner_entries(self) -> Iterator[tuple[str, Message]]:
        for name, field in self.form._fields.items():
            for target, message in field.error_entries():
                part = f"{name}-{message.part}" if message.part else name
                yield target, Message(message, message.code, part)

    def error_entries(self) -> list[tuple[str, Message]]:
        """Own errors lead to the first control, those of fields to theirs."""
        return [*((self.focus_id, message) for message in self._own), *self._inner_entries()]

    def validate(self, form: wtforms.Form, extra_validators: Sequence[Any] = ()) -> bool:
        """Validate every field, then the rules between them."""
        self._own = []
        if self.readonly or self.is_hidden or (self.may_be_blank and self.is_blank):
            return True
        valid = self.form.validate()
        for rule in (Block.check_block, *self.validators, *extra_validators):
            try:
                rule(form, self)
            except (ValueError, StopValidation) as error:
                message = as_message(error.args[0])
                self.add_error(message, message.code, message.part)
                valid = False
        return valid

    @staticmethod
    def check_block(form: wtforms.Form, block: "Block") -> None:
        """Call :meth:`check` in the row of validators."""
        block.check()

    def check(self) -> None:
        """Rules between the fields, checked after each field by itself.

        :raises Invalid: With the field that is wrong as ``part``, blank for the block.
        """

    # -- helper buttons

    @property
    def buttons(self) -> Collection[str]:
        """Helper buttons of the fields; subclasses add their own."""
        return [button for field in self.form for button in field.buttons]

    def act(self, pressed: str) -> None:
        """Let the field act whose button was pressed."""
        for field in self.form:
            if pressed in field.buttons:
                field.act(pressed)

    def focus_after(self, pressed: str) -> str:
        """The focus of the field whose button was pressed, else the first control."""
        for field in self.form:
            if pressed in field.buttons:
                return cast(str, field.focus_after(pressed))
        return self.focus_id

    # -- page

    @property
    def has_files(self) -> bool:  # type: ignore[override]
        """Whether a field takes files."""
        return self.form.has_files

    @property
    def requirement(self) -> str:
        """The mark 任意 where the block may stay blank; else its fields carry their own."""
        return super().requirement if self.may_be_blank else ""

    @property
    def focus_id(self) -> str:
        """The first control."""
        return next((field.focus_id for field in self.form if field.focus_id), "")

    def attributes(self) -> Mapping[str, str | None]:
        """Attributes of the fieldset."""
        return {"aria-describedby": self.described_by()}
