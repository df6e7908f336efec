"""Answers of a defined form as CSV: a table to fill in, its reading, and their writing.

What is read is judged by the fields of the screen, so that no answer comes in by a file that could
not come in by hand. Files (添付) and 個人番号 have no column: they never travel in a table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from govkit.errors import InvalidInput, Problem
from govkit.formats.tabular import Audience, Column, Encoding, ReadOptions, read_table, write_table
from govkit.forms.choices import ChoiceField
from govkit.forms.definition import DefinedForm, Definition
from govkit.forms.definition_cells import Cell, cells_of, sent_of
from govkit.forms.messages import Gettext, Message, unchanged
from govkit.jp.my_number import find_my_number

__all__ = [
    "EXAMPLE_MARK",
    "MEMO",
    "CheckedRow",
    "CheckedTable",
    "check_table",
    "headings",
    "write_answers",
    "write_results",
    "write_template",
]

MEMO: Final = "メモ"
"""Heading of the first column, which is nobody's answer: notes of those who fill in the table."""
EXAMPLE_MARK: Final = "記入例"
"""A row whose memo begins with this is an example and is passed over."""
_EXAMPLE: Final = "記入例（この行は取り込まれません）"
_TEXTS: Final = {
    "yes_no_unreadable": "「はい」か「いいえ」で入力してください。",
    "not_asked": "ほかの答えにより、たずねない項目です。空にするか、ほかの答えを確かめてください。",
}


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One row of a table: its number, and its answers or what is wrong with it."""

    number: int
    answers: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """A table that was read and judged; nothing was stored.

    :param problems: Everything that is wrong, with file, row, column, value and reason.
    :param notices: What stops nothing: columns that are not used.
    """

    rows: tuple[CheckedRow, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]

    @property
    def answers(self) -> list[Mapping[str, Any]]:
        """Answers of all rows: all of them, or none.

        :raises InvalidInput: When anything at all is wrong.
        """
        if self.problems:
            raise InvalidInput(self.problems)
        return [row.answers for row in self.rows]


def headings(definition: Definition) -> list[str]:
    """Headings of the table without the memo, in the order of the pages."""
    return [cell.heading for cell in _cells(definition)]


def _cells(definition: Definition) -> list[Cell]:
    return list(cells_of(definition.table_class()))


def write_template(definition: Definition, target: BinaryIO) -> None:
    """Write the table to fill in: headings and one row of examples, for a spreadsheet."""
    cells = _cells(definition)
    write_table(
        target,
        [MEMO, *(cell.heading for cell in cells)],
        [[_EXAMPLE, *_example_row(definition, cells)]],
    )


def _example_row(definition: Definition, cells: Sequence[Cell]) -> list[str]:
    """Examples that are right together: what they leave out is blank."""
    examples = {field.id: field.filled_example for field in definition.fields}
    texts = [
        examples[str(cell.path[0])].get(cell.ending, "") or _first_choice(cell) for cell in cells
    ]
    form = definition.table_class(sent_of(cells, texts)[0])
    return ["" if cell.is_hidden(form) else text for cell, text in zip(cells, texts, strict=True)]


def _first_choice(cell: Cell) -> str:
    """A choice that has to be made, in no row but the first."""
    numbers = [step for step in cell.path if isinstance(step, int)]
    is_choice = isinstance(cell.model, ChoiceField) and cell.model.required
    titles = [str(title) for _value, title in cell.model.choices] if is_choice else []
    return titles[0] if titles and not any(numbers) else ""


def check_table(
    definition: Definition,
    source: Path | BinaryIO,
    *,
    name: str = "",
    encoding: Encoding = Encoding.UTF_8,
    gettext: Gettext = unchanged,
    options: ReadOptions | None = None,
) -> CheckedTable:
    """Read a table and judge every row as the screen would; change nothing.

    Columns are found by heading or by field id, in any order; those of questions that may stay
    blank, or that are not always asked, may be missing.

    :param name: File name for problems; the path's own by default.
    :raises InvalidInput: When the file as a whole cannot be read as this table.
    """
    name = name or (source.name if isinstance(source, Path) else "")
    options = options or ReadOptions(max_bytes=64 * 1024 * 1024, is_guarded=True)
    cells = _cells(definition)
    form = definition.table_class()
    columns = [Column(MEMO, is_required=False)]
    columns += [_column(cell, form) for cell in cells]
    judge = _Judge(definition, cells, name, gettext)
    with read_table(source, columns, encoding=encoding, name=name, options=options) as table:
        rows = [
            judge.row(number, texts[1:])
            for number, texts in table
            if not texts[0].strip().startswith(EXAMPLE_MARK) and any(map(str.strip, texts[1:]))
        ]
        found = [*table.problems, *(problem for row in rows for problem in row.problems)]
        found.sort(key=lambda problem: problem.row or 0)
        return CheckedTable(tuple(rows), tuple(found), tuple(table.notices))


def _column(cell: Cell, form: DefinedForm) -> Column:
    fields = cell.fields(form)
    is_needed = bool(fields) and all(field.required for field in fields)
    is_always_asked = all(field.show_if is None for field in fields)
    return Column(
        cell.heading,
        aliases=(cell.name,),
        is_required=is_needed and is_always_asked,
        is_number=True,
    )


class _Judge:
    """Judges rows by the form."""

    def __init__(
        self, definition: Definition, cells: Sequence[Cell], name: str, gettext: Gettext
    ) -> None:
        self._form_class = definition.table_class
        self._cells = cells
        self._name = name
        self._gettext = gettext

    def row(self, number: int, texts: Sequence[str]) -> CheckedRow:
        sending, unreadable = sent_of(self._cells, texts)
        form = self._form_class(sending, gettext=self._gettext)
        hidden = {cell.name for cell in self._cells if cell.is_hidden(form)}
        form.validate()
        problems: list[Problem] = []
        for cell, text in zip(self._cells, texts, strict=True):
            if cell.name in hidden:
                if text.strip():
                    problems.append(self._problem(number, cell, "not_asked", text))
            elif cell.name in unreadable:
                problems.append(self._problem(number, cell, "yes_no_unreadable", text))
            else:
                problems += [
                    self._refusal(number, cell, message, text)
                    for message in self._messages(form, cell)
                ]
        return CheckedRow(number, form.answers if not problems else {}, tuple(problems))

    def _messages(self, form: DefinedForm, cell: Cell) -> Iterable[Message]:
        """What the form says about a cell; what it says about a block stands at its first cell."""
        outer, field = self._around(form, cell)
        for depth, each in outer:
            if self._is_first(cell, depth):
                yield from each.own_errors
        parts = [part.name for part in getattr(field, "parts", ())]
        for message in field.errors if field else ():
            at = message.part if message.part in parts else (parts or [""])[0]
            if at == cell.part:
                yield message

    @staticmethod
    def _around(form: DefinedForm, cell: Cell) -> tuple[list[tuple[int, Any]], Any]:
        """Blocks and rows around a cell with the length of their paths, and its field, if any."""
        fields = cell.fields(form)
        if not fields:  # a row that was not sent: only what is said about all rows
            return [(1, form[str(cell.path[0])])], None
        names = [at for at, step in enumerate(cell.path, start=1) if isinstance(step, str)]
        return list(zip(names[:-1], fields[:-1], strict=True)), fields[-1]

    def _is_first(self, cell: Cell, depth: int) -> bool:
        return cell is next(each for each in self._cells if each.path[:depth] == cell.path[:depth])

    def _problem(self, number: int, cell: Cell, code: str, text: str) -> Problem:
        return self._told(number, cell, text, code, _TEXTS[code])

    def _refusal(self, number: int, cell: Cell, message: Message, text: str) -> Problem:
        sentence = {"sentence": str(message)}
        return self._told(number, cell, text, message.code, "{sentence}", **sentence)

    def _told(
        self, number: int, cell: Cell, text: str, code: str, reason: str, **params: object
    ) -> Problem:
        # A 個人番号 is refused and repeated nowhere (番号法第12条).
        value = "" if find_my_number(text) else text.strip()
        return Problem(
            code,
            reason,
            file=self._name,
            row=number,
            column=cell.heading,
            value=value,
            params=params,
        )


def write_results(checked: CheckedTable, target: BinaryIO) -> None:
    """Write what became of every row: one line for each row that is right, and for each problem."""
    lines: list[tuple[object, ...]] = []
    lines += [
        (problem.row or "", "誤り", problem.column, problem.value, problem.message)
        for problem in checked.problems
    ]
    lines += [(row.number, "よい", "", "", "") for row in checked.rows if not row.problems]
    lines.sort(key=lambda line: line[0] if isinstance(line[0], int) else 0)
    write_table(target, ["行", "結果", "列", "値", "理由"], lines)


def write_answers(
    definition: Definition,
    answers: Iterable[Mapping[str, Any]],
    target: BinaryIO,
    *,
    audience: Audience = Audience.PEOPLE,
    encoding: Encoding = Encoding.UTF_8,
) -> int:
    """Write answers as a table that :func:`check_table` reads; the number of rows.

    For people a cell that a spreadsheet would take for a formula is guarded by an apostrophe.

    :raises InvalidInput: When the encoding lacks a character.
    """
    cells = _cells(definition)
    rows = (
        ["", *(cell.shown(form) for cell in cells)]
        for form in (definition.table_class(data=dict(each)) for each in answers)
    )
    titles = [MEMO, *(cell.heading for cell in cells)]
    return write_table(target, titles, rows, audience=audience, encoding=encoding)
