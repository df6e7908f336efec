"""The standard extract of the resident register (住民票グループ) as a CSV file.

:func:`read_extract` gives the current row of each person and every reason why a row was refused;
:class:`CsvExtract` serves such a file as a source. Protected people (支援措置) come in a file of their
own, see :func:`~govkit.residents.adapters.protection_list.read_protection_list`.
"""

import hashlib
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final

from govkit.errors import InvalidInput, Problem
from govkit.formats.tabular import Encoding, ReadOptions, Table, read_table
from govkit.residents.adapters.extract_columns import (
    COLUMNS,
    FORBIDDEN,
    profile_of,
    refuse_personal_numbers,
)
from govkit.residents.adapters.extract_history import History
from govkit.residents.adapters.extract_rows import (
    SEPARATOR,
    Dates,
    RowChecker,
    extract_notices,
    no_rows,
    resident_of,
)
from govkit.residents.adapters.memory import MemorySource
from govkit.residents.records import FuzzyDate, PersonId, Resident

__all__ = ["CsvExtract", "ExtractReading", "ExtractRow", "read_extract"]

_PRINT_VERSION: Final = b"extract-2"
_BETWEEN_ROWS: Final = "\x1e"


class ExtractRow:
    """The current row of one person.

    :ivar row: Row in the file, the headings being row 1.
    :ivar addressee_number: 宛名番号 as written.
    :ivar birth: Date of birth, read without building the whole record.
    :ivar is_protected: Whether support measures apply (支援措置).
    """

    __slots__ = ("_content", "_reading", "addressee_number", "birth", "is_protected", "row")

    def __init__(self, reading: "ExtractReading", kept: "_Kept") -> None:
        self.row, self.addressee_number, self._content, self.birth = kept
        self._reading = reading
        self.is_protected = self.addressee_number in reading._numbers  # noqa: SLF001 - one unit

    @property
    def id(self) -> PersonId:
        """The person's id."""
        return PersonId(self._reading.municipality_code, self.addressee_number)

    @property
    def resident(self) -> Resident:
        """The person in full; made anew on each access."""
        reading = self._reading
        return resident_of(
            self.id,
            (self._content, *self._former),
            reading._dates,  # noqa: SLF001 - one unit
            is_protected=self.is_protected,
            birth=self.birth,
        )

    @property
    def _former(self) -> Sequence[str]:
        contents = self._reading._former.get(self.addressee_number, ())  # noqa: SLF001
        return [content for content, _ in contents]

    @property
    def fingerprint(self) -> str:
        """A hash of all that is kept of the row, cheap to compare with the last import.

        It depends neither on encoding, order of columns nor version of the layout, and changes
        with the protection of the person.
        """
        contents = _BETWEEN_ROWS.join((self._content, *self._former))
        text = f"{self.addressee_number}{SEPARATOR}{int(self.is_protected)}{contents}"
        return hashlib.blake2b(
            text.encode("utf-8", "surrogatepass"), digest_size=16, person=_PRINT_VERSION
        ).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractReading:
    """What an extract holds: iterate it for the accepted rows, as often as needed.

    :param profile: Version profile of the headings, or blank.
    :param rows_read: Rows of the file that were not blank.
    :param deleted: Rows with 削除フラグ, which do not count.
    :param protected: Number of accepted people who are protected (支援措置).
    :param problems: Every refused row and why, in the order of the file.
    :param notices: What a person should know although nothing was refused for it.
    """

    municipality_code: str
    profile: str
    rows_read: int
    deleted: int
    protected: int
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]
    _rows: list["_Kept"] = field(repr=False)
    _numbers: Container[str] = field(repr=False)
    _dates: Dates = field(repr=False)
    _former: Mapping[str, Sequence["_Content"]] = field(repr=False)

    @property
    def accepted(self) -> int:
        """Number of people accepted."""
        return len(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[ExtractRow]:
        for kept in self._rows:
            yield ExtractRow(self, kept)


# Row, addressee number, kept cells joined, birth.
_Kept = tuple[int, str, str, FuzzyDate]
_Content = tuple[str, FuzzyDate | None]


def read_extract(
    source: Path | BinaryIO,
    *,
    municipality_code: str,
    encoding: Encoding | str = Encoding.UTF_8,
    name: str = "",
    protected: Container[str] = frozenset(),
    options: ReadOptions | None = None,
) -> ExtractReading:
    """Read a standard extract of residents.

    The file is read once and as a whole before the first person is given out, so a file that turns
    out to be cut or broken never yields a part of itself. Of each person only the current history
    row is checked in full.

    :param source: A path, or a seekable binary stream, which is not closed.
    :param municipality_code: The municipality that imports; rows of another one are refused.
    :param encoding: ``utf-8`` (with or without BOM) or ``cp932``; never guessed.
    :param protected: Addressee numbers of protected people (支援措置).
    :param options: Limits; at ``max_problems`` refused rows the whole file is refused.
    :raises InvalidInput: When the whole file is refused: wrong encoding, an Excel workbook, cut
        off, no heading of a required column, or a column of personal numbers (個人番号), of which
        nothing is repeated.
    """
    options = options or ReadOptions()
    name = name or (source.name if isinstance(source, Path) else "")
    with read_table(
        source, COLUMNS, encoding=encoding, name=name, forbidden=FORBIDDEN, options=options
    ) as table:
        reader = _Reader(table, municipality_code, name, options.max_problems)
        return reader.read(protected)


class _Reader:
    """One pass over a table: collects current rows, and keeps every problem."""

    def __init__(self, table: Table, municipality_code: str, name: str, max_problems: int) -> None:
        self._table = table
        self._municipality_code = municipality_code
        self._name = name
        self._checker = RowChecker(table, municipality_code, name=name, max_problems=max_problems)

    def read(self, protected: Container[str]) -> ExtractReading:
        refuse_personal_numbers(self._table.headings, self._name)
        try:
            history = self._history()
            rows = self._accepted(history)
        except InvalidInput as refused:
            raise InvalidInput([*self._checker.problems, *refused.problems]) from None
        if not self._table.row_count:
            raise InvalidInput([no_rows(self._name)])
        found = (*self._table.problems, *self._checker.problems)
        return ExtractReading(
            municipality_code=self._municipality_code,
            profile=profile_of(self._table.headings),
            rows_read=self._table.row_count,
            deleted=history.deleted,
            protected=sum(kept[1] in protected for kept in rows),
            problems=tuple(sorted(found, key=lambda one: one.row or 0)),
            notices=tuple(self._notices(rows)),
            _rows=rows,
            _numbers=protected,
            _dates=self._checker.dates,
            _former=history.former,
        )

    def _history(self) -> History[_Content]:
        history: History[_Content] = History()
        add = history.add
        for row, cells, rank, content, birth in self._checker:
            add(cells[1], rank, row, (content, birth))
        return history

    def _accepted(self, history: History[_Content]) -> list[_Kept]:
        ties = history.ties
        for number, rows in ties.items():
            self._checker.refuse_duplicates(rows, number)
        accepted: list[_Kept] = []
        for number, (_, row, (content, birth)) in history.current.items():
            if number in ties:
                continue
            birth = birth or self._checker.checked_birth(row, content)
            if birth is not None:
                accepted.append((row, number, content, birth))
        return accepted

    def _notices(self, rows: list[_Kept]) -> Iterator[Problem]:
        yield from extract_notices(self._table, self._name)
        if len({len(kept[1]) for kept in rows}) > 1:
            text = "宛名番号の桁数がそろっていません。先頭の 0 が落ちていないか確かめてください。"
            yield Problem("uneven_numbers", text, file=self._name)


class CsvExtract(MemorySource):
    """A standard extract as a source of residents, held in memory.

    :param protected: Addressee numbers of protected people (支援措置).
    :param as_of: Day the extract stands for, if known.
    :raises InvalidInput: When the file is refused as a whole, see :func:`read_extract`.
    :ivar problems: Rows that were refused; the people in them are not in the source.
    """

    def __init__(
        self,
        source: Path | BinaryIO,
        *,
        municipality_code: str,
        encoding: Encoding | str = Encoding.UTF_8,
        protected: Container[str] = frozenset(),
        as_of: date | None = None,
    ) -> None:
        reading = read_extract(
            source, municipality_code=municipality_code, encoding=encoding, protected=protected
        )
        self.problems = reading.problems
        self.notices = reading.notices
        super().__init__(
            (row.resident for row in reading),
            name="csv_extract",
            profile=reading.profile,
            as_of=as_of,
        )
