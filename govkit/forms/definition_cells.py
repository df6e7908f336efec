"""The fields of a form as cells of a table: one column for each control that takes text.

What stands in a cell is what a person writes: titles of choices, はい and いいえ, days as typed. It
becomes what a browser would send, so that files and screens are judged by the same fields.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from govkit.forms.blocks import Block
from govkit.forms.choices import CheckboxesField, CheckboxField, RadioField, SelectField
from govkit.forms.definition_fields import YesNoField
from govkit.forms.files import FilesField
from govkit.forms.form import Form, Sending
from govkit.forms.parts import PartsField
from govkit.forms.rows import RowsField
from govkit.jp.text import fold_width

__all__ = ["Cell", "UnreadableCell", "cells_of", "sent_of"]

YES: Final = frozenset({"はい", "○", "〇", "◯", "有", "レ", "✓", "☑", "1", "yes", "y", "true"})
"""What people write for yes; no is its own list, for anything else is a slip."""
NO: Final = frozenset({"いいえ", "×", "✕", "無", "☐", "0", "no", "n", "false"})
"""What people write for no."""
_BETWEEN: Final = ";\n"


class UnreadableCell(ValueError):
    """A cell says neither yes nor no."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One column.

    :param name: Name of the control: ``address-postcode``.
    :param heading: Labels from the outside in: 住所・郵便番号.
    :param path: Names from the outside in, a number for a row.
    :param model: The field, or one like it, for its choices and parts.
    :param part: Part of a field of several parts.
    """

    name: str
    heading: str
    path: tuple[str | int, ...]
    model: Any
    part: str = ""

    @property
    def ending(self) -> str:
        """Name within the field on the page: ``postcode``; blank for a field of one control."""
        return "-".join(map(str, [*self.path[1:], *filter(None, [self.part])]))

    def fields(self, form: Form) -> list[Any]:
        """The fields of a form from the outside in, the cell's own last; none in a missing row."""
        found: list[Any] = []
        owner: Any = form
        for step in self.path:
            if isinstance(step, int):
                owner = next((row.form for row in owner.rows if row.number == step), None)
                if owner is None:
                    return []
            else:
                owner = owner[step]
                found.append(owner)
        return found

    def is_hidden(self, form: Form) -> bool:
        """Whether the other answers of a form leave its question out."""
        return any(field.is_hidden for field in self.fields(form))

    def sent(self, text: str) -> list[str]:
        """What a browser would send for a cell that is not blank.

        :raises UnreadableCell: When a box is neither ticked nor left out.
        """
        field = self.model
        if isinstance(field, CheckboxesField):
            return [_value(field.choices, each) for each in _split(text)]
        if isinstance(field, YesNoField):
            word = fold_width(text).strip().lower()
            return ["True" if word in YES else "False" if word in NO else text]
        if isinstance(field, CheckboxField):
            return ["y"] if _is_yes(text) else []
        if isinstance(field, RadioField | SelectField):
            return [_value(field.choices, text)]
        if isinstance(field, PartsField):
            choices = self._part().choices
            return [_value(choices, text) if choices else text]
        return [text]

    def shown(self, form: Form) -> str:
        """The text of the cell for the data of a form."""
        fields = self.fields(form)
        if not fields or fields[-1].is_blank or self.is_hidden(form):
            return ""
        field = fields[-1]
        if isinstance(field, CheckboxesField):
            return ";".join(field.titles)
        if isinstance(field, CheckboxField):
            return "はい"
        if isinstance(field, PartsField):
            text = field.shown_texts.get(self.part, "")
            return next((title for value, title in self._part().choices if value == text), text)
        return str(field.text)

    def _part(self) -> Any:
        return next(each for each in self.model.parts if each.name == self.part)


def _is_yes(text: str) -> bool:
    word = fold_width(text).strip().lower()
    if word not in YES | NO:
        raise UnreadableCell
    return word in YES


def _split(text: str) -> list[str]:
    for mark in _BETWEEN:
        text = text.replace("；", ";").replace(mark, ";")
    return [each.strip() for each in text.split(";") if each.strip()]


def _value(choices: Any, text: str) -> str:
    """The value of a choice by its title, in any width, or by the value itself."""
    wanted = fold_width(text).strip()
    by_title = {fold_width(str(title)).strip(): str(value) for value, title in choices}
    return by_title.get(wanted, wanted)


def cells_of(form: Form, path: tuple[str | int, ...] = (), heading: str = "") -> Iterator[Cell]:
    """The columns of a form in order; files have none."""
    for field in form:
        inner = (*path, field.short_name)
        title = f"{heading}・{field.label.text}" if heading else field.label.text
        if isinstance(field, FilesField):
            continue
        if isinstance(field, RowsField):
            for number in range(field.max_rows):
                prefix = f"{field.name}-{number}-"
                row = field.form_class(prefix=prefix, gettext=form.translator)
                yield from cells_of(row, (*inner, number), f"{title}{number + 1}")
        elif isinstance(field, Block):
            yield from cells_of(field.form, inner, title)
        elif isinstance(field, PartsField):
            for part in field.parts:
                name = f"{field.name}-{part.name}"
                yield Cell(name, f"{title}・{part.label}", inner, field, part.name)
        else:
            yield Cell(field.name, title, inner, field)


def sent_of(cells: Sequence[Cell], texts: Sequence[str]) -> tuple[Sending, Mapping[str, str]]:
    """What a browser would send for a row, and the cells that are neither yes nor no, by name."""
    sending = Sending()
    unreadable: dict[str, str] = {}
    for cell, text in zip(cells, texts, strict=True):
        if not text.strip():
            continue
        for depth, step in enumerate(cell.path):
            if isinstance(step, int):
                numbers = sending.setdefault("-".join(map(str, cell.path[:depth])), [])
                numbers += [str(step)] if str(step) not in numbers else []
        try:
            sending[cell.name] = cell.sent(text)
        except UnreadableCell:
            unreadable[cell.name] = text
    # An empty form counts as not sent at all, and a required one must be judged.
    sending.setdefault("", [""])
    return sending, unreadable
