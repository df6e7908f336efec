"""The standard extract of the resident register (住民票グループ) as a CSV file.

:func:`read_extract` gives the current row of each person and every reason why a row was refused;
:class:`CsvExtract` serves such a file as a source. Protected people (支援措置) come in a file of their
own, see :func:`~govkit.residents.adapters.protection_list.read_protection_list`.
"""

import hashlib
import operator
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, Final

from govkit.errors import InvalidInput, InvalidValue, Problem
from govkit.formats.tabular import Encoding, ReadOptions, Table, read_table
from govkit.residents.adapters.extract_columns import (
    COLUMNS,
    FORBIDDEN,
    Cells,
    headings_by_field,
    is_known,
    profile_of,
    refuse_personal_numbers,
)
from govkit.residents.adapters.extract_history import History, HistoryProblem, number_problem
from govkit.residents.adapters.memory import MemorySource
from govkit.residents.records import (
    Address,
    FuzzyDate,
    FuzzyDateProblem,
    HouseholdId,
    Kind,
    PersonId,
    PersonName,
    Resident,
    Sex,
    Status,
)

__all__ = ["CsvExtract", "ExtractReading", "ExtractRow", "read_extract"]

# One character that no name holds joins the kept cells, so that a person costs one text in memory.
_SEPARATOR: Final = "\x1f"
_HISTORY: Final = Cells._fields.index("household_number")
_PLACE: Final = itemgetter(*range(2, _HISTORY))
_LONGEST: Final = 300
_PRINT_VERSION: Final = b"extract-1"


def _picks(*names: str) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    first, *others = map(Cells._fields.index, names)
    return itemgetter(first, *others)


_BIRTH: Final = _picks("birth", "birth_unknown", "birth_phrase")
_MOVED: Final = _picks("moved_on", "moved_on_unknown")
_SINCE: Final = _picks("resident_since", "resident_since_unknown")
_NO_DATE: Final = frozenset((("", ""), ("", "0")))

_HISTORY_TEXTS: Final[Mapping[StrEnum, tuple[str, str]]] = {
    HistoryProblem.LATEST_FLAG: ("is_latest", "最新フラグは 0 か 1 で入れてください。"),
    HistoryProblem.DELETED_FLAG: ("is_deleted", "削除フラグは 0 か 1 で入れてください。"),
    HistoryProblem.NUMBER: ("history", "個人履歴番号は数字で入れてください。"),
    HistoryProblem.BRANCH: ("branch", "個人履歴番号の枝番号は数字で入れてください。"),
}
_DATE_TEXTS: Final[Mapping[StrEnum, str]] = {
    FuzzyDateProblem.BLANK: "日付が空です。分からない日付なら不詳フラグを 1 にしてください。",
    FuzzyDateProblem.NOT_A_DATE: "日付は「2018-04-01」の形で入れてください。",
    FuzzyDateProblem.NO_SUCH_DAY: "この日付は暦にありません。正しい日付を入れてください。",
    FuzzyDateProblem.UNKNOWN_PART: "分からない月日があります。不詳フラグを 1 にしてください。",
}
_CODES: Final[Mapping[str, frozenset[str]]] = {
    "sex": frozenset(("", *Sex)),
    "kind": frozenset(("", *Kind)),
    "status": frozenset(("", *Status)),
    "birth_unknown": frozenset(("", "0", "1")),
    "moved_on_unknown": frozenset(("", "0", "1")),
    "resident_since_unknown": frozenset(("", "0", "1")),
    "other_business_hidden": frozenset(("", "0", "1")),
}
_CODE_CELLS: Final = _picks(*_CODES)
_NO_HISTORY: Final = ("",) * _HISTORY
_SEPARATORS: Final = len(Cells._fields) - _HISTORY - 1
_CODE: Final = "使えないコードです。{allowed} のどれかで入れてください。"
_TOO_LONG: Final = "{longest}文字を超えています。列がずれていないか確かめてください。"
_DUPLICATE: Final = (
    "同じ宛名番号の最新の行が二つ以上あります。どれが最新か出力元で確かめてください。"
)
_WANTED: Final = {
    "full": "氏名",
    "kana_full": "氏名のフリガナ",
    "household_number": "世帯番号",
    "machiaza_id": "住所の町字コード",
    "status": "住民状態",
}


class _Dates:
    """Reads dates of the register: text, 不詳フラグ and 不詳表記; equal dates are read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], FuzzyDate] = {}

    def read(self, parts: tuple[str, ...]) -> FuzzyDate:
        found = self._known.get(parts)
        if found is None:
            text, unknown, *phrase = parts
            found = FuzzyDate.parse(text, unknown=unknown == "1", phrase="".join(phrase))
            self._known[parts] = found
        return found

    def day(self, parts: tuple[str, ...]) -> date | None:
        return self.read(parts).value if parts[0] else None


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
        return _resident(self, _cells(self._content), self._reading._dates)  # noqa: SLF001

    @property
    def fingerprint(self) -> str:
        """A hash of all that is kept of the row, cheap to compare with the last import.

        It depends neither on encoding, order of columns nor version of the layout, and changes
        with the protection of the person.
        """
        text = f"{self.addressee_number}{_SEPARATOR}{int(self.is_protected)}{self._content}"
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
    _dates: _Dates = field(repr=False)

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
    """One pass over a table: collects current rows, checks them, and keeps every problem."""

    def __init__(self, table: Table, municipality_code: str, name: str, max_problems: int) -> None:
        self._table = table
        self._municipality_code = municipality_code
        self._name = name
        self._max_problems = max_problems
        self._headings = headings_by_field(table.headings)
        self._problems: list[Problem] = []
        self._fine_codes: set[tuple[str, ...]] = set()
        self._dates = _Dates()

    def read(self, protected: Container[str]) -> ExtractReading:
        refuse_personal_numbers(self._table.headings, self._name)
        try:
            history = self._history()
            rows = self._accepted(history)
        except InvalidInput as refused:
            raise InvalidInput([*self._problems, *refused.problems]) from None
        if not self._table.row_count:
            text = "見出しの下に行がありません。中身のあるファイルを選んでください。"
            raise InvalidInput([Problem("no_rows", text, file=self._name)])
        problems = sorted((*self._table.problems, *self._problems), key=lambda one: one.row or 0)
        return ExtractReading(
            municipality_code=self._municipality_code,
            profile=profile_of(self._table.headings),
            rows_read=self._table.row_count,
            deleted=history.deleted,
            protected=sum(kept[1] in protected for kept in rows),
            problems=tuple(problems),
            notices=tuple(self._notices(rows)),
            _rows=rows,
            _numbers=protected,
            _dates=self._dates,
        )

    def _history(self) -> History[tuple[str, FuzzyDate | None]]:
        history: History[tuple[str, FuzzyDate | None]] = History()
        expected, join, add = self._municipality_code, _SEPARATOR.join, history.add
        for row, cells in self._table:
            number = cells[1]
            if cells[0] != expected:
                self._refuse_municipality(row, cells[0])
            elif (problem := number_problem(number)) is not None:
                self._refuse(row, "addressee_number", number, *problem)
            elif (content := join(cells[_HISTORY:])).count(_SEPARATOR) != _SEPARATORS:
                text = "制御文字（U+001F）が入っています。取り除いてください。"
                self._refuse(row, "", "", "control_character", text)
            else:
                try:
                    add(number, cells[2:_HISTORY], row, (content, self._quick_birth(cells)))
                except InvalidValue as error:
                    place, text = _HISTORY_TEXTS[error.problem]
                    value = cells[Cells._fields.index(place)]
                    self._refuse(row, place, value, error.problem.value, text)
        return history

    def _quick_birth(self, cells: tuple[str, ...]) -> FuzzyDate | None:
        """The birth, or ``None`` if something about the row needs a closer look."""
        codes = _CODE_CELLS(cells)
        if codes not in self._fine_codes:
            if not all(map(operator.contains, _CODES.values(), codes)):
                return None
            self._fine_codes.add(codes)
        read = self._dates.read
        try:
            if (moved := _MOVED(cells)) not in _NO_DATE:
                read(moved)
            if (since := _SINCE(cells)) not in _NO_DATE:
                read(since)
            return read(_BIRTH(cells))
        except InvalidValue:
            return None

    def _accepted(self, history: History[tuple[str, FuzzyDate | None]]) -> list[_Kept]:
        ties = history.ties
        for number, rows in ties.items():
            for row in rows:
                self._refuse(row, "addressee_number", number, "duplicate_latest", _DUPLICATE)
        accepted: list[_Kept] = []
        for number, (_, row, (content, birth)) in history.current.items():
            if number in ties:
                continue
            if birth is None or len(content) > _LONGEST:
                birth = self._checked_birth(row, content)
            if birth is not None:
                accepted.append((row, number, content, birth))
        return accepted

    def _checked_birth(self, row: int, content: str) -> FuzzyDate | None:
        """The birth if the row is sound; otherwise its problems are kept."""
        before = len(self._problems)
        cells = _cells(content)
        self._check_codes(row, cells)
        self._check_lengths(row, cells)
        for name, pick in (("moved_on", _MOVED), ("resident_since", _SINCE)):
            if (parts := pick(cells)) not in _NO_DATE:
                self._date(row, name, parts)
        birth = self._date(row, "birth", _BIRTH(cells))
        return birth if len(self._problems) == before else None

    def _date(self, row: int, name: str, parts: tuple[str, ...]) -> FuzzyDate | None:
        try:
            return self._dates.read(parts)
        except InvalidValue as error:
            text = _DATE_TEXTS[error.problem]
            self._refuse(row, name, parts[0], error.problem.value, text)
            return None

    def _check_codes(self, row: int, cells: Cells) -> None:
        for name, allowed in _CODES.items():
            value = getattr(cells, name)
            if value not in allowed:
                self._refuse(row, name, value, "unknown_code", _CODE, allowed=_listed(allowed))

    def _check_lengths(self, row: int, cells: Cells) -> None:
        for name, text in zip(Cells._fields, cells, strict=True):
            if len(text) > _LONGEST:
                self._refuse(row, name, "", "text_too_long", _TOO_LONG, longest=_LONGEST)

    def _refuse_municipality(self, row: int, code: str) -> None:
        text = "取り込む自治体（{expected}）の行ではありません。ほかの自治体の行を除いてください。"
        self._refuse(
            row,
            "municipality_code",
            code,
            "other_municipality",
            text,
            expected=self._municipality_code,
        )

    def _refuse(
        self, row: int, place: str, value: str, code: str, text: str, **params: object
    ) -> None:
        column = self._headings.get(place, "")
        self._problems.append(Problem(code, text, self._name, "", row, column, value, params))
        if len(self._problems) >= self._max_problems:
            stop = "誤りが{count}件に達したので、読むのをやめました。ファイルの作り方を確かめてください。"
            count = {"count": len(self._problems)}
            raise InvalidInput([Problem("too_many_problems", stop, file=self._name, params=count)])

    def _notices(self, rows: list[_Kept]) -> Iterator[Problem]:
        yield from (one for one in self._table.notices if not is_known(one.column))
        for name, label in _WANTED.items():
            if name not in self._headings:
                text = "{label}の列がないため、空のまま取り込みます。"
                params = {"label": label}
                yield Problem("absent_column", text, file=self._name, row=1, params=params)
        if len({len(kept[1]) for kept in rows}) > 1:
            text = "宛名番号の桁数がそろっていません。先頭の 0 が落ちていないか確かめてください。"
            yield Problem("uneven_numbers", text, file=self._name)


def _listed(codes: frozenset[str]) -> str:
    return "・".join(sorted(codes - {""}))


def _cells(content: str) -> Cells:
    return Cells._make((*_NO_HISTORY, *content.split(_SEPARATOR)))


def _resident(row: ExtractRow, cells: Cells, dates: _Dates) -> Resident:
    person, household = row.id, cells.household_number
    return Resident(
        id=person,
        name=_name(cells),
        birth=row.birth,
        household=HouseholdId(person.municipality_code, household) if household else None,
        address=_address(cells),
        sex=cells.sex or Sex.UNKNOWN.value,
        kind=cells.kind or Kind.JAPANESE.value,
        status=cells.status or Status.RESIDENT.value,
        relationship=cells.relationship,
        head_name=cells.head_name,
        resident_since=dates.day(_SINCE(cells)),
        moved_on=dates.day(_MOVED(cells)),
        move_reason=cells.move_reason,
        nationality=cells.nationality,
        is_protected=row.is_protected,
        other_business_hidden=cells.other_business_hidden == "1",
    )


def _name(cells: Cells) -> PersonName:
    return PersonName(
        full=cells.full,
        family=cells.family,
        given=cells.given,
        kana_full=cells.kana_full or cells.roman_kana,
        kana_family=cells.kana_family,
        kana_given=cells.kana_given,
        roman=cells.roman,
        kanji=cells.kanji,
        alias=cells.alias,
        alias_kana=cells.alias_kana,
        former_family=cells.former_family,
        former_kana=cells.former_kana,
        preference=cells.preference,
    )


def _address(cells: Cells) -> Address:
    return Address(
        municipality_code=cells.address_municipality_code,
        machiaza_id=cells.machiaza_id,
        prefecture=cells.prefecture,
        city=cells.city,
        town=cells.town,
        lot=cells.lot,
        building=cells.building,
        postcode=cells.postcode.replace("-", ""),
    )


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
