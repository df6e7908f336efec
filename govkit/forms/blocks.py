"""Blocks: several fields in one fieldset, such as an address or a name with its reading."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import wtforms

from govkit.forms.compound import Compound
from govkit.forms.form import Form
from govkit.forms.widgets import TemplateWidget

__all__ = ["Block"]


def _form_of(fields: Mapping[str, Any]) -> type[Form]:
    taken = sorted(name for name in fields if hasattr(Form, name))
    if taken:
        raise ValueError(f"fields of a block cannot be called {', '.join(taken)}")
    form: Any = type("BlockForm", (Form,), dict(fields))
    form._unbound_fields = list(fields.items())  # noqa: SLF001
    return cast(type[Form], form)


class Block(Compound):
    """Several fields in one fieldset; its data is a mapping by field name.

    ::

        address = Block("住所", fields={"postcode": PostcodeField("郵便番号", required=True), …})

    Names of the controls are ``<name>-<field>``; ``block["postcode"]`` is a field. Subclasses set
    ``form_class`` instead of giving fields, and write :meth:`check` for rules between fields.

    :param fields: Fields by name, in their order on the page.
    :param may_be_blank: The block may stay blank as a whole; once something is entered, its
        required fields are required.
    """

    form: Form
    may_be_blank: bool = False
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

    def __getitem__(self, name: str) -> Any:
        """A field of the block."""
        return self.form[name]

    def __iter__(self) -> Iterator[Any]:
        """The fields of the block."""
        return iter(self.form)

    @property
    def prefixed_forms(self) -> Sequence[tuple[str, Form]]:
        """The one form inside."""
        return (("", self.form),)

    # -- reading

    def read_forms(self, sent: Any, data: Any) -> None:
        """Read every field; the record's value is a mapping or an object with these attributes."""
        self.form = self.make_form(sent, data)

    @property
    def data(self) -> Mapping[str, Any]:
        """Values by field name."""
        return self.form.data

    @property
    def value(self) -> Mapping[str, Any]:
        """Value objects by field name."""
        return {name: field.value for name, field in self.form._fields.items()}

    @property
    def text(self) -> str:
        """The answers of the fields, a line each."""
        return "\n".join(answer for field in self.form if (answer := field.answer))

    def validate(self, form: wtforms.Form, extra_validators: Sequence[Any] = ()) -> bool:
        """Judge nothing where the block may stay blank and does."""
        if self.may_be_blank and self.is_blank:
            self.errors = ()
            return True
        return super().validate(form, extra_validators)

    # -- page

    @property
    def has_files(self) -> bool:  # type: ignore[override]
        """Whether a field takes files."""
        return self.form.has_files

    @property
    def requirement(self) -> str:
        """The mark 任意 where the block may stay blank; else its fields carry their own."""
        return super().requirement if self.may_be_blank else ""
