"""The types of field that a definition can name, and what is defined of one field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from govkit.forms.blocks import Block
from govkit.forms.fields import Field
from govkit.forms.form import Form
from govkit.forms.rules import Rule

_JAPAN: Final = ZoneInfo("Asia/Tokyo")

__all__ = [
    "COMMON_KEYS",
    "Choice",
    "FieldDefinition",
    "FieldKind",
    "Text",
    "today_in_japan",
]

COMMON_KEYS: Final = (
    "id",
    "type",
    "label",
    "label_en",
    "help",
    "help_en",
    "example",
    "required",
    "show_if",
    "legal_basis",
)
"""Keys that every type of field takes."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Japanese and, where it was written, in English."""

    ja: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.ja)


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice: its value, which never changes, and its title."""

    value: str
    title: Text


def today_in_japan() -> date:
    """Today, for days that may not lie in the future or in the past."""
    return datetime.now(_JAPAN).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDefinition:
    """What is defined of one field.

    :param is_own: Whether it is about the one who fills in the form, for whom browsers can fill it in.
    :param options: Values of the keys that belong to its type, such as ``max_length``.
    :param columns: Fields of one row, where the field repeats.
    :param today: The clock, for limits that move with it.
    """

    id: str
    kind: "FieldKind"
    label: Text
    help: Text = field(default_factory=Text)
    example: str = ""
    is_required: bool = True
    rule: Rule | None = None
    is_own: bool = True
    legal_basis: str = ""
    choices: tuple[Choice, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    columns: "tuple[FieldDefinition, ...]" = ()
    today: Callable[[], date] = today_in_japan

    @property
    def support(self) -> Text:
        """Help and example, as they stand before the control."""
        lines = [(self.help.ja, self.help.en or self.help.ja)] if self.help else []
        example = self.example or self.kind.example
        if example and self.kind.shows_example:
            lines.append((f"例：{example}", f"Example: {example}"))
        return Text("　".join(ja for ja, _ in lines), " ".join(en for _, en in lines))

    @property
    def filled_example(self) -> Mapping[str, str]:
        """An example by the endings of the names of its controls, as one writes it into a table."""
        if self.kind.examples:
            return self.kind.examples
        if self.columns:
            return {
                f"0-{column.id}" + (f"-{ending}" if ending else ""): text
                for column in self.columns
                for ending, text in column.filled_example.items()
            }
        return {"": self.example or self._fitting_example}

    @property
    def _fitting_example(self) -> str:
        """The example of the type, or one inside the limits of the field."""
        if "length" in self.options:
            return "".join(str(digit % 10) for digit in range(1, self.options["length"] + 1))
        if self.options.get("future"):
            return str(self.today())
        limits = [self.options[name] for name in ("min", "max") if name in self.options]
        return str(limits[0]) if limits else self.kind.example

    def declare(self, rule: Rule | None = None, *, is_for_tables: bool = False) -> Any:
        """The field for a form class.

        :param rule: Condition instead of its own, where that of its page is to be part of it.
        :param is_for_tables: Whether one text is all that it gets.
        """
        given: dict[str, Any] = {"required": self.is_required, **self.kind.options(self)}
        if self.support:
            given["support"] = self.support.ja
        if "own" in self.kind.keys and not self.is_own:
            is_block = issubclass(self.kind.field_class, Block)
            given |= {"is_own": False} if is_block else {"autocomplete": ""}
        if (shown := rule or self.rule) is not None:
            given["show_if"] = shown
        if self.columns:
            members = {
                column.id: column.declare(is_for_tables=is_for_tables) for column in self.columns
            }
            given["form_class"] = type("RowForm", (Form,), members)
        table_class = self.kind.table_class if is_for_tables else None
        return (table_class or self.kind.field_class)(self.label.ja, **given)

    @property
    def row_label(self) -> Text:
        """Name of a row, where the field repeats."""
        return Text(
            self.options.get("row_label", "{number}人目"),
            self.options.get("row_label_en", "No. {number}"),
        )


def _nothing(_field: FieldDefinition) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldKind:
    """A type of field.

    :param name: Word for it in a definition.
    :param title: Its name in Japanese.
    :param about: What it asks for and takes, for the reference.
    :param keys: Keys it takes next to the common ones.
    :param example: Example where the definition gives none.
    :param examples: Examples of a field of several controls, by the endings of their names.
    :param options: Options of the field class.
    :param table_class: Field that takes the same in one text, where ``field_class`` has several controls.
    :param limit: Class of values of ``min`` and ``max``.
    :param shows_example: Whether the example stands in the help on the screen.
    :param needs_legal_basis: Whether it may be asked only where a law says so.
    :param is_in_tables: Whether its answer may travel in files.
    :param fits_in_rows: Whether it can be a column of rows.
    :param is_asked_last: Whether a journey asks it at its end, because it must not be kept meanwhile.
    """

    name: str
    title: str
    about: str
    field_class: type[Field]
    keys: tuple[str, ...] = ()
    example: str = ""
    examples: Mapping[str, str] = field(default_factory=dict)
    options: Callable[[FieldDefinition], dict[str, Any]] = _nothing
    table_class: type[Field] | None = None
    limit: type[Any] | tuple[type[Any], ...] = int
    shows_example: bool = True
    needs_legal_basis: bool = False
    is_in_tables: bool = True
    fits_in_rows: bool = True
    is_asked_last: bool = False
