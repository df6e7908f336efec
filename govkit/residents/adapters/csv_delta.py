"""A delta of the standard extract (差分): rows that are new, changed or deleted since another file.

A delta has the columns of the whole extract. A row replaces the row of the same person with the same
history number and branch (履歴番号・枝番号), or comes on top; one with 削除フラグ takes that row away. Who
has no row left is removed. Where a delta brings a row with 最新フラグ, earlier flags no longer count.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from govkit.errors import InvalidInput, Problem
from govkit.formats.tabular import Encoding, ReadOptions, read_table
from govkit.residents.adapters.extract_columns import COLUMNS, FORBIDDEN, refuse_personal_numbers
from govkit.residents.adapters.extract_history import DELETED, LATEST, rank_of
from govkit.residents.adapters.extract_rows import RowChecker, extract_notices

__all__ = ["DeltaReading", "DeltaRow", "PersonRows", "merged_rows", "read_delta"]

PersonRows: TypeAlias = tuple[tuple[int, str], ...]
"""Rank and content of each row of a person, the current one first."""

_PLACE: Final = LATEST - 1


@dataclass(frozen=True, slots=True)
class DeltaRow:
    """A row of a delta.

    :param row: Row in the file, the headings being row 1.
    :param content: See :mod:`govkit.residents.adapters.extract_rows`; ``None`` if deleted.
    """

    row: int
    rank: int
    content: str | None

    @property
    def place(self) -> int:
        """Which row of the person it is, whether current or not."""
        return self.rank & _PLACE


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaReading:
    """What a delta holds.

    :param people: The rows of each person, by addressee number, in the order of the file.
    :param rows_read: Rows of the file that were not blank.
    :param problems: Every refused row and why; nothing of the people in them is taken.
    :param notices: What a person should know although nothing was refused for it.
    """

    municipality_code: str
    people: Mapping[str, Sequence[DeltaRow]]
    rows_read: int
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...] = field(default=())


def read_delta(
    source: Path | BinaryIO,
    *,
    municipality_code: str,
    encoding: Encoding | str = Encoding.UTF_8,
    name: str = "",
    options: ReadOptions | None = None,
) -> DeltaReading:
    """Read a delta of the extract.

    :raises InvalidInput: When the whole file is refused, see
        :func:`~govkit.residents.adapters.csv_extract.read_extract`.
    """
    options = options or ReadOptions()
    name = name or (source.name if isinstance(source, Path) else "")
    with read_table(
        source, COLUMNS, encoding=encoding, name=name, forbidden=FORBIDDEN, options=options
    ) as table:
        refuse_personal_numbers(table.headings, name)
        checker = RowChecker(table, municipality_code, name=name, max_problems=options.max_problems)
        try:
            people = _sound_people(checker)
        except InvalidInput as refused:
            raise InvalidInput([*checker.problems, *refused.problems]) from None
        found = (*table.problems, *checker.problems)
        return DeltaReading(
            municipality_code=municipality_code,
            people=people,
            rows_read=table.row_count,
            problems=tuple(sorted(found, key=lambda one: one.row or 0)),
            notices=tuple(extract_notices(table, name)),
        )


def _sound_people(checker: RowChecker) -> dict[str, list[DeltaRow]]:
    people: dict[str, list[DeltaRow]] = {}
    doubtful: set[int] = set()
    for row, cells, rank, content, birth in checker:
        is_deleted = rank == DELETED
        if is_deleted:
            rank = rank_of((*cells[2:5], "0"))
        elif birth is None:
            doubtful.add(row)
        rows = people.setdefault(cells[1], [])
        rows.append(DeltaRow(row, rank, None if is_deleted else content))
    for number in [
        number for number, rows in people.items() if _is_refused(checker, number, rows, doubtful)
    ]:
        del people[number]
    return people


def _is_refused(
    checker: RowChecker, number: str, rows: Sequence[DeltaRow], doubtful: set[int]
) -> bool:
    latest = [one for one in rows if one.rank >= LATEST and one.content is not None]
    if len(latest) > 1:
        checker.refuse_duplicates([one.row for one in latest], number)
        return True
    current = max((one for one in rows if one.content is not None), key=_by_rank, default=None)
    if current is None or current.row not in doubtful:
        return False
    return checker.checked_birth(current.row, current.content or "") is None


def _by_rank(row: DeltaRow) -> int:
    return row.rank


def merged_rows(before: PersonRows, changes: Sequence[DeltaRow]) -> PersonRows:
    """The rows of a person after a delta; nothing if the person is removed."""
    rows = dict(_before(before, changes))
    for change in changes:
        if change.content is None:
            rows.pop(change.place, None)
        else:
            rows[change.place] = change.rank, change.content
    return tuple(sorted(rows.values(), reverse=True))


def _before(
    before: PersonRows, changes: Sequence[DeltaRow]
) -> Iterator[tuple[int, tuple[int, str]]]:
    is_overtaken = any(one.rank >= LATEST and one.content is not None for one in changes)
    for rank, content in before:
        place = rank & _PLACE
        yield place, (place if is_overtaken else rank, content)
