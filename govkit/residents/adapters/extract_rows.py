"""The rows of a standard extract: checked one by one, kept as one text each, read back in full.

:class:`RowChecker` checks every row of a table as far as must be done for each; what is kept of a
row is its *content*, the kept cells joined to one text. :func:`resident_of` reads contents back.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cached_property
from operator import itemgetter
from typing import Final, Protocol, TypeAlias

from govkit.errors import InvalidInput, InvalidValue, Problem
from govkit.formats.tabular import Table
from govkit.residents.adapters.extract_columns import Cells, headings_by_field, is_known
from govkit.residents.adapters.extract_history import HistoryProblem, number_problem, rank_of
from govkit.residents.records import (
    Address,
    FormerRow,
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

__all__ = [
    "SEPARATOR",
    "CheckedRow",
    "Dates",
    "RowChecker",
    "Rows",
    "cells_of",
    "extract_notices",
    "former_rows",
    "name_of",
    "no_rows",
    "resident_of",
]

SEPARATOR: Final = "\x1f"
"""One character that no name holds joins the kept cells, so that a row costs one text in memory."""

_HISTORY: Final = Cells._fields.index("household_number")
_PLACE: Final = slice(2, _HISTORY)
_LONGEST: Final = 300
_NO_HISTORY: Final = ("",) * _HISTORY
_SEPARATORS: Final = len(Cells._fields) - _HISTORY - 1


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


class Dates:
    """Reads dates of the register: text, 不詳フラグ and 不詳表記; equal dates are read once.

    :ivar known: Every date that was read, by its cells.
    """

    def __init__(self) -> None:
        self.known: dict[tuple[str, ...], FuzzyDate] = {}

    @property
    def size(self) -> int:
        """Number of dates that are remembered."""
        return len(self.known)

    def read(self, parts: tuple[str, ...]) -> FuzzyDate:
        """The date of these cells.

        :raises InvalidValue: With a :class:`FuzzyDateProblem`.
        """
        found = self.known.get(parts)
        if found is None:
            text, unknown, *phrase = parts
            found = FuzzyDate.parse(text, unknown=unknown == "1", phrase="".join(phrase))
            self.known[parts] = found
        return found

    def day(self, parts: tuple[str, ...]) -> date | None:
        """The calendar day of these cells, if they hold one."""
        return self.read(parts).value if parts[0] else None

    def day_or_nothing(self, parts: tuple[str, ...]) -> date | None:
        """Like :meth:`day` for rows of the history, which nobody checked."""
        try:
            return self.day(parts)
        except InvalidValue:
            return None


CheckedRow: TypeAlias = tuple[int, tuple[str, ...], int, str, FuzzyDate | None]
"""Row, cells, rank (see :func:`rank_of`), content and birth of a row that is sound so far.

The birth is ``None`` if something about the row needs a closer look, should it be current.
"""


class Rows(Protocol):
    """Rows with the cells of :class:`Cells`: a table of a file, or the rows of an answer."""

    @property
    def headings(self) -> Sequence[str]:
        """Headings as written."""
        ...

    def __iter__(self) -> Iterator[tuple[int, tuple[str, ...]]]: ...


class RowChecker:
    """One pass over a table: gives the sound rows and keeps every problem.

    :ivar problems: What was refused and why, so far.
    """

    def __init__(
        self,
        table: Rows,
        municipality_code: str,
        *,
        name: str,
        max_problems: int,
        dates: Dates | None = None,
    ) -> None:
        self.problems: list[Problem] = []
        self.dates = dates or Dates()
        self._table = table
        self._municipality_code = municipality_code
        self._name = name
        self._max_problems = max_problems
        self._fine_codes: set[tuple[str, ...]] = set()

    @cached_property
    def headings(self) -> Mapping[str, str]:
        """The heading as written, by field of :class:`Cells`; needed for problems alone."""
        return headings_by_field(self._table.headings)

    def __iter__(self) -> Iterator[CheckedRow]:
        expected, join = self._municipality_code, SEPARATOR.join
        for row, cells in self._table:
            if cells[0] != expected:
                self._refuse_municipality(row, cells[0])
            elif (problem := number_problem(cells[1])) is not None:
                self.refuse(row, "addressee_number", cells[1], *problem)
            elif (content := join(cells[_HISTORY:])).count(SEPARATOR) != _SEPARATORS:
                text = "制御文字（U+001F）が入っています。取り除いてください。"
                self.refuse(row, "", "", "control_character", text)
            else:
                try:
                    rank = rank_of(cells[_PLACE])
                except InvalidValue as error:
                    place, text = _HISTORY_TEXTS[error.problem]
                    value = cells[Cells._fields.index(place)]
                    self.refuse(row, place, value, error.problem.value, text)
                else:
                    yield row, cells, rank, content, self._quick_birth(cells, content)

    def _quick_birth(self, cells: tuple[str, ...], content: str) -> FuzzyDate | None:
        """The birth, or ``None`` if something about the row needs a closer look."""
        codes = _CODE_CELLS(cells)
        if codes not in self._fine_codes:
            if not all(map(operator.contains, _CODES.values(), codes)):
                return None
            self._fine_codes.add(codes)
        read, known = self.dates.read, self.dates.known
        try:
            if (moved := _MOVED(cells)) not in known and moved not in _NO_DATE:
                read(moved)
            if (since := _SINCE(cells)) not in known and since not in _NO_DATE:
                read(since)
            birth = known.get(born := _BIRTH(cells)) or read(born)
            return birth if len(content) <= _LONGEST else None
        except InvalidValue:
            return None

    def checked_birth(self, row: int, content: str) -> FuzzyDate | None:
        """The birth of a current row if the row is sound; otherwise its problems are kept."""
        before = len(self.problems)
        cells = cells_of(content)
        self._check_codes(row, cells)
        self._check_lengths(row, cells)
        for name, pick in (("moved_on", _MOVED), ("resident_since", _SINCE)):
            if (parts := pick(cells)) not in _NO_DATE:
                self._date(row, name, parts)
        birth = self._date(row, "birth", _BIRTH(cells))
        return birth if len(self.problems) == before else None

    def refuse_duplicates(self, rows: Sequence[int], number: str) -> None:
        """Keep a problem for each row of a person of whom several claim to be current."""
        for row in rows:
            self.refuse(row, "addressee_number", number, "duplicate_latest", _DUPLICATE)

    def _date(self, row: int, name: str, parts: tuple[str, ...]) -> FuzzyDate | None:
        try:
            return self.dates.read(parts)
        except InvalidValue as error:
            text = _DATE_TEXTS[error.problem]
            self.refuse(row, name, parts[0], error.problem.value, text)
            return None

    def _check_codes(self, row: int, cells: Cells) -> None:
        for name, allowed in _CODES.items():
            value = getattr(cells, name)
            if value not in allowed:
                self.refuse(row, name, value, "unknown_code", _CODE, allowed=_listed(allowed))

    def _check_lengths(self, row: int, cells: Cells) -> None:
        for name, text in zip(Cells._fields, cells, strict=True):
            if len(text) > _LONGEST:
                self.refuse(row, name, "", "text_too_long", _TOO_LONG, longest=_LONGEST)

    def _refuse_municipality(self, row: int, code: str) -> None:
        text = "取り込む自治体（{expected}）の行ではありません。ほかの自治体の行を除いてください。"
        expected = self._municipality_code
        self.refuse(row, "municipality_code", code, "other_municipality", text, expected=expected)

    def refuse(
        self, row: int, place: str, value: str, code: str, text: str, **params: object
    ) -> None:
        """Keep a problem of a row.

        :param place: Field of :class:`Cells`.
        :raises InvalidInput: With the last straw alone, when there are too many problems.
        """
        column = self.headings.get(place, "")
        self.problems.append(Problem(code, text, self._name, "", row, column, value, params))
        if len(self.problems) >= self._max_problems:
            stop = "誤りが{count}件に達したので、読むのをやめました。ファイルの作り方を確かめてください。"
            count = {"count": len(self.problems)}
            raise InvalidInput([Problem("too_many_problems", stop, file=self._name, params=count)])


def _listed(codes: frozenset[str]) -> str:
    return "・".join(sorted(codes - {""}))


def extract_notices(table: Table, name: str) -> Iterator[Problem]:
    """What a person should know about the columns of an extract: unknown and absent ones."""
    yield from (one for one in table.notices if not is_known(one.column))
    headings = headings_by_field(table.headings)
    for field_name, label in _WANTED.items():
        if field_name not in headings:
            text = "{label}の列がないため、空のまま取り込みます。"
            yield Problem("absent_column", text, file=name, row=1, params={"label": label})


def no_rows(name: str) -> Problem:
    """The problem of a file with nothing below its headings."""
    text = "見出しの下に行がありません。中身のあるファイルを選んでください。"
    return Problem("no_rows", text, file=name)


def cells_of(content: str) -> Cells:
    """The cells that a content was joined from, those of the history blank."""
    return Cells._make((*_NO_HISTORY, *content.split(SEPARATOR)))


def resident_of(
    person: PersonId,
    contents: Sequence[str],
    dates: Dates,
    *,
    is_protected: bool,
    birth: FuzzyDate | None = None,
) -> Resident:
    """The person in full.

    :param contents: The current row first, then those of the history, the newest first.
    :param birth: The date of birth, if it was read before.
    """
    cells = cells_of(contents[0])
    household = cells.household_number
    name, address = name_of(cells), _address(cells)
    return Resident(
        id=person,
        name=name,
        birth=birth or dates.read(_BIRTH(cells)),
        household=HouseholdId(person.municipality_code, household) if household else None,
        address=address,
        sex=cells.sex or Sex.UNKNOWN.value,
        kind=cells.kind or Kind.JAPANESE.value,
        status=cells.status or Status.RESIDENT.value,
        relationship=cells.relationship,
        head_name=cells.head_name,
        resident_since=dates.day(_SINCE(cells)),
        moved_on=dates.day(_MOVED(cells)),
        move_reason=cells.move_reason,
        nationality=cells.nationality,
        is_protected=is_protected,
        other_business_hidden=cells.other_business_hidden == "1",
        business_id=cells.business_id,
        history=former_rows(name, address, contents[1:], dates) if len(contents) > 1 else (),
    )


def former_rows(
    name: PersonName, address: Address, contents: Sequence[str], dates: Dates
) -> tuple[FormerRow, ...]:
    """The rows of a history that tell another name or address than the row after them."""
    found: list[FormerRow] = []
    newer = (name, address)
    for content in contents:
        cells = cells_of(content)
        older = (name_of(cells), _address(cells))
        moved_on = dates.day_or_nothing(_MOVED(cells))
        if older == newer and found:
            found[-1] = FormerRow(*older, moved_on)
        elif older not in (newer, (name, address)):
            found.append(FormerRow(*older, moved_on))
        newer = older
    return tuple(found)


def name_of(cells: Cells) -> PersonName:
    """The names of a row."""
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
