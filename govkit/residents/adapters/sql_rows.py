"""Rows of a foreign view as people, through the checks of the standard extract."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from govkit.errors import InvalidInput, InvalidValue, Problem
from govkit.residents.adapters.column_map import TEXTS, ColumnMap, MappedColumn
from govkit.residents.adapters.extract_columns import Cells
from govkit.residents.adapters.extract_history import History
from govkit.residents.adapters.extract_rows import CheckedRow, RowChecker, resident_of
from govkit.residents.records import FuzzyDate, PersonId, Resident

__all__ = ["RowReader"]

_PROTECTION = "支援措置の値は 0 か 1 にしてください。対応表の codes で置き換えられます。"


class RowReader:
    """Makes people of the rows of a view; used once.

    :param names: Columns of the rows, in their order.
    :param rows: Their rows, those of a person together.
    :ivar problems: What could not be read so far, and where; the place names the person.
    """

    headings: Sequence[str] = ()

    def __init__(
        self,
        columns: ColumnMap,
        municipality_code: str,
        names: Sequence[str],
        rows: Iterable[Sequence[Any]],
    ) -> None:
        self.problems: list[Problem] = []
        self._rows = rows
        self._municipality_code = municipality_code
        self._protected = columns.is_protected
        items = [columns.columns.get(name, MappedColumn()) for name in Cells._fields]
        self._fixed = [item.value for item in items]
        place = {name: n for n, name in enumerate(names)}
        self._read = [
            (n, place[item.column], item.read) for n, item in enumerate(items) if item.column
        ]
        self._number = place[columns.columns["addressee_number"].column]
        self._protection_place = place.get(self._protected.column)
        self._seen: dict[int, tuple[str, str]] = {}
        self._checker = RowChecker(self, municipality_code, name=columns.table, max_problems=1000)
        self._checker.headings = {name: item.column for name, item in columns.columns.items()}

    def people(self) -> Iterator[Resident]:
        """Everybody who could be read, in the order of the rows."""
        try:
            for number, group in groupby(self._checker, key=lambda row: row[1][1]):
                resident = self._person(number, group)
                self._collect()
                if resident is not None:
                    yield resident
        except InvalidInput:
            pass  # so many problems are enough to tell
        self._collect()

    def __iter__(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """The rows as the checker wants them: a number, and the cells as text."""
        for n, row in enumerate(self._rows, 1):
            self._seen[n] = str(row[self._number]), ""
            cells = self._cells(n, row)
            if cells is not None:
                self._seen[n] = cells[1], self._protection(n, row)
                yield n, cells

    def _cells(self, n: int, row: Sequence[Any]) -> tuple[str, ...] | None:
        cells = self._fixed.copy()
        sound = True
        for at, place, read in self._read:
            try:
                cells[at] = read(row[place])
            except InvalidValue as error:
                sound = False
                text = TEXTS[error.problem]
                self._checker.refuse(n, Cells._fields[at], "", error.problem.value, text)
        return tuple(cells) if sound else None

    def _protection(self, n: int, row: Sequence[Any]) -> str:
        place = self._protection_place
        try:
            told = self._protected.value if place is None else self._protected.read(row[place])
        except InvalidValue as error:
            self._refuse_protection(n, error.problem.value, TEXTS[error.problem])
            return ""
        if told not in ("", "0", "1"):
            self._refuse_protection(n, "view_protection", _PROTECTION)
        return told

    def _refuse_protection(self, n: int, code: str, text: str) -> None:
        self._checker.problems.append(Problem(code, text, row=n, column=self._protected.column))

    def _person(self, number: str, rows: Iterable[CheckedRow]) -> Resident | None:
        """The person of these rows; ``None`` if there is none, or it cannot be read."""
        history: History[tuple[str, FuzzyDate | None]] = History()
        for row, _, rank, content, birth in rows:
            history.add(number, rank, row, (content, birth))
        if number in history.ties:
            self._checker.refuse_duplicates(history.ties[number], number)
            return None
        if number not in history.current:
            return None
        _, row, (content, birth) = history.current[number]
        birth = birth or self._checker.checked_birth(row, content)
        former = [former for former, _ in history.former.get(number, ())]
        if birth is None:
            return None
        return resident_of(
            PersonId(self._municipality_code, number),
            (content, *former),
            self._checker.dates,
            is_protected=self._seen[row][1] == "1",
            birth=birth,
        )

    def _collect(self) -> None:
        """Take over the problems of the checker, with the person for the place."""
        for problem in self._checker.problems[len(self.problems) :]:
            number, _ = self._seen[problem.row or 0]
            self.problems.append(replace(problem, row=None, sheet=f"宛名番号 {number}"))
        last = max(self._seen, default=0)
        self._seen = {row: seen for row, seen in self._seen.items() if row == last}
