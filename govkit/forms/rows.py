"""Add another: the same questions for several people or things, without a script.

::

    class Child(Form):
        name = FullNameField("氏名", required=True)
        birth = DateField("生年月日", required=True)

    children = RowsField("きょうだい", Child, max_rows=5)

Controls are named ``children-0-name``; the number of a row never changes while the form is filled in,
whatever is added or removed before it. Adding and removing are helper buttons: what was typed stays, and
a row that was removed by mistake comes back with all that was in it.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from govkit.forms.compound import Compound, first_control
from govkit.forms.fields import Button
from govkit.forms.form import Form
from govkit.forms.messages import Invalid
from govkit.forms.widgets import TemplateWidget
from govkit.jp.my_number import find_my_number

__all__ = ["Row", "RowsField"]

_NUMBER: Final = re.compile("[0-9]{1,4}")
_REMOVED: Final = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})")


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    :param number: Part of the names of its controls; stays with the row.
    """

    number: int
    form: Form

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered; a choice that is made beforehand is no answer."""
        return all(field.is_untouched for field in self.form)


@dataclass(frozen=True, slots=True)
class _Removed:
    number: int
    place: int
    pairs: tuple[tuple[str, str], ...]


class RowsField(Compound):
    """Rows of the same questions; the data is a list of mappings by field name.

    A row in which nothing was entered is no row, as long as there are enough others.

    :param form_class: The questions of a row.
    :param min_rows: So many rows must be filled in; required means at least one.
    :param row_label: Name of a row, with ``{number}`` for its place: 「{number}人目」.
    """

    widget = TemplateWidget("rows.html")

    def __init__(
        self,
        label: str,
        form_class: type[Form],
        validators: Sequence[Any] = (),
        *,
        min_rows: int = 0,
        max_rows: int = 10,
        row_label: str = "{number}人目",
        **options: Any,
    ) -> None:
        self.form_class = form_class
        self.row_label = row_label
        self.rows: list[Row] = []
        self.removed: _Removed | None = None
        super().__init__(label, validators, **options)
        self.min_rows = max(min_rows, 1) if self.required else min_rows
        self.max_rows = max(max_rows, self.min_rows, 1)

    # -- reading

    @property
    def prefixed_forms(self) -> Sequence[tuple[str, Form]]:
        """The forms of the rows."""
        return [(f"{row.number}-", row.form) for row in self.rows]

    @property
    def judged_forms(self) -> Sequence[Form]:
        """The forms of the rows that count."""
        return [row.form for row in self.counted]

    def read_forms(self, sent: Any, data: Any) -> None:
        """Read every row; the record's value is a list of mappings or of objects."""
        self._sent, self.rows, self.removed = sent, [], None
        if self._sent is None:
            for number, each in enumerate(data or ()):
                self.rows.append(self._row(number, None, each))
        else:
            self._read_rows()
        while len(self.rows) < self.min_rows:
            self.rows.append(self._row(self._free_number(), None))

    def _read_rows(self) -> None:
        sent = dict.fromkeys(str(each) for each in self._sent.getlist(self.name))
        numbers = [int(each) for each in sent if _NUMBER.fullmatch(each)]
        for number in numbers[: self.max_rows]:
            self.rows.append(self._row(number, self._sent))
        removed = _REMOVED.fullmatch(str((self._sent.getlist(f"{self.name}-removed") or [""])[0]))
        if removed and int(removed[1]) not in numbers:
            number, place = int(removed[1]), int(removed[2])
            self.removed = _Removed(number, place, self._pairs(self._row(number, self._sent)))

    def _row(self, number: int, sent: Any, data: Any = None) -> Row:
        row = self.name_of(len(self.rows))
        return Row(number, self.make_form(sent, data, f"{number}-", row=row))

    def _pairs(self, row: Row) -> tuple[tuple[str, str], ...]:
        """What was sent of a row, to have it again when it comes back."""
        prefix = f"{self.name}-{row.number}-"
        names = [name for name in dict.fromkeys(self._sent or ()) if name.startswith(prefix)]
        return tuple(
            (name, text)
            for name in names
            for text in self._sent.getlist(name)
            if isinstance(text, str) and not find_my_number(text)
        )

    def _free_number(self) -> int:
        taken = [row.number for row in self.rows]
        taken += [self.removed.number] if self.removed else []
        return max(taken, default=-1) + 1

    @property
    def counted(self) -> list[Row]:
        """Rows that count: those in which something was entered, and those that must be filled in."""
        missing = self.min_rows - sum(not row.is_blank for row in self.rows)
        counted = []
        for row in self.rows:
            if not row.is_blank:
                counted.append(row)
            elif missing > 0:
                counted.append(row)
                missing -= 1
        return counted

    @property
    def data(self) -> list[Mapping[str, Any]]:
        """Values of each row by field name."""
        return [row.form.data for row in self.rows if not row.is_blank]

    @property
    def value(self) -> list[Mapping[str, Any]]:
        """Value objects of each row by field name."""
        rows = [row.form for row in self.rows if not row.is_blank]
        return [{field.short_name: field.value for field in form} for form in rows]

    @property
    def text(self) -> str:
        """The answers, a line each."""
        fields = (field for row in self.rows if not row.is_blank for field in row.form)
        return "\n".join(answer for field in fields if (answer := field.answer))

    # -- rules

    def check(self) -> None:
        """Rules between the rows, checked after each row by itself.

        :raises Invalid: With code ``rows_too_many`` when more were sent than may be.
        """
        sent = self._sent.getlist(self.name) if self._sent is not None else ()
        if len(set(sent)) > self.max_rows:
            text = self.gettext("{label}が多すぎます。{max}までにしてください", max=self.max_rows)
            raise Invalid(text, "rows_too_many")

    # -- helper buttons

    @property
    def buttons(self) -> Collection[str]:
        """Add, remove and undo, and the helper buttons of the rows."""
        shown = [self.adding, self.restoring, *(button for _row, _name, button in self.shown_rows)]
        own = [button.name for button in shown if button]
        return [*own, *super().buttons]

    def act(self, pressed: str) -> None:
        """Add, remove or bring back a row, or let the row act whose button was pressed."""
        if pressed == f"{self.name}-add":
            self.rows.append(self._row(self._free_number(), None))
        elif pressed == f"{self.name}-restore":
            self._restore()
        elif pressed.startswith(f"{self.name}-remove-"):
            self._remove(int(pressed.rpartition("-")[2]))
        else:
            super().act(pressed)

    def _remove(self, number: int) -> None:
        place = next(at for at, row in enumerate(self.rows) if row.number == number)
        row = self.rows.pop(place)
        self.removed = _Removed(number, place, self._pairs(row))
        while len(self.rows) < self.min_rows:
            self.rows.append(self._row(self._free_number(), None))

    def _restore(self) -> None:
        if self.removed is not None:
            row = self._row(self.removed.number, self._sent)
            self.rows.insert(self.removed.place, row)
            self.removed = None

    def focus_after(self, pressed: str) -> str:
        """The row that was added or came back; the button that undoes removing."""
        if pressed == f"{self.name}-add":
            return first_control(self.rows[-1].form)
        if self.removed is not None and pressed.startswith(f"{self.name}-remove-"):
            return f"{self.name}-restore" if self.restoring else self.focus_id
        return super().focus_after(pressed)

    # -- page

    def name_of(self, place: int) -> str:
        """Name of the row at a place, the first being 0: 「1人目」."""
        return self.translate(self.row_label).replace("{number}", str(place + 1))

    @property
    def shown_rows(self) -> list[tuple[Row, str, Button | None]]:
        """Each row with its name and the button that removes it."""
        found = []
        for place, row in enumerate(self.rows):
            name = self.name_of(place)
            title = self.gettext("{row}を削除する", row=name)
            can_go = not self.readonly and (len(self.rows) > self.min_rows or not row.is_blank)
            button = Button(f"{self.name}-remove-{row.number}", title) if can_go else None
            found.append((row, name, button))
        return found

    @property
    def adding(self) -> Button | None:
        """The button that adds a row, while there may be more."""
        if self.readonly or len(self.rows) >= self.max_rows:
            return None
        return Button(f"{self.name}-add", self.gettext("{label}を追加する"))

    @property
    def restoring(self) -> Button | None:
        """The button that brings the removed row back."""
        if self.removed is None or len(self.rows) >= self.max_rows:
            return None
        return Button(f"{self.name}-restore", self.gettext("元に戻す"))

    @property
    def removed_text(self) -> str:
        """What was removed, in a sentence."""
        place = self.removed.place if self.removed else 0
        return self.gettext("{row}を削除しました。", row=self.name_of(place))

    @property
    def limit_text(self) -> str:
        """How many more there may be."""
        left = self.max_rows - len(self.rows)
        if not left:
            return self.gettext("これ以上は追加できません。")
        return self.gettext("追加は、あと{left}回できます。", left=left)

    @property
    def has_files(self) -> bool:  # type: ignore[override]
        """Whether a row takes files, be there rows yet or not."""
        return self.form_class(meta={"_parent_form": self._form, "csrf": False}).has_files

    @property
    def requirement(self) -> str:
        """The mark 任意 where there need be no row; else the questions carry their own."""
        return "" if self.min_rows else super().requirement

    @property
    def focus_id(self) -> str:
        """The first control of the first row, or the button that adds one."""
        if self.rows:
            return super().focus_id
        return f"{self.name}-add" if self.adding else ""

    def described_by(self) -> str | None:
        """With how many more there may be at last."""
        return f"{super().described_by() or ''} {self.id}-limit".strip()
