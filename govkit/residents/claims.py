"""What somebody says about a person: a row of an application list or of another office's list.

A claim (照合する行) is what the linkage holds against residents; nothing of it is trusted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from govkit.errors import InvalidValue, Problem
from govkit.formats.tabular import Column, Encoding, Table, read_table
from govkit.jp.partial_dates import PartialDate
from govkit.jp.text import fold_width
from govkit.residents.records import FuzzyDate, FuzzyDateProblem, Sex

__all__ = ["Claim", "ClaimFile", "read_claims"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is said about one person; everything may be missing.

    :param key: How the asker calls the row, given back with the answer.
    :param name: Name as typed: official, alias (通称), former (旧氏), Latin; the parts in any order.
    :param kana: Reading (フリガナ) as typed.
    :param sex: Code, see :class:`~govkit.residents.records.Sex`; blank when not said.
    :param address: Address in one line as typed, building included.
    :param postcode: Postcode in any width, with or without a hyphen.
    :param machiaza_id: Town id (町字ID) where the asker knows it.
    :param addressee_number: 宛名番号, where the asker knows it.
    """

    key: str = ""
    name: str = ""
    kana: str = ""
    birth: FuzzyDate | None = None
    sex: str = ""
    address: str = ""
    postcode: str = ""
    machiaza_id: str = ""
    addressee_number: str = ""


_COLUMNS: Final = (
    Column("番号", ("行番号", "受付番号", "整理番号", "ID", "id", "key"), is_required=False),
    Column("氏名", ("名前", "お名前", "申請者氏名", "対象者氏名", "name"), is_required=False),
    Column("氏", ("姓", "family_name"), is_required=False),
    Column("名", ("given_name",), is_required=False),
    Column(
        "フリガナ",
        (
            "氏名_フリガナ",
            "氏名フリガナ",
            "カナ氏名",
            "氏名カナ",
            "ふりがな",
            "カナ",
            "読み仮名",
            "kana",
        ),
        is_required=False,
    ),
    Column(
        "氏フリガナ", ("氏_フリガナ", "セイ", "姓フリガナ", "姓カナ", "氏カナ"), is_required=False
    ),
    Column("名フリガナ", ("名_フリガナ", "メイ", "名カナ"), is_required=False),
    Column("生年月日", ("誕生日", "birth", "birth_date", "birthday"), is_required=False),
    Column("性別", ("sex", "gender"), is_required=False),
    Column("住所", ("現住所", "address"), is_required=False),
    Column("方書", ("建物名", "建物名・部屋番号", "building"), is_required=False),
    Column("郵便番号", ("〒", "postcode", "postal_code"), is_required=False),
    Column("町字ID", ("町字コード", "住所_町字コード", "machiaza_id"), is_required=False),
    Column("宛名番号", ("addressee_number",), is_required=False, is_number=True),
)
_SEXES: Final = {
    **dict.fromkeys(("1", "男", "男性", "M", "MALE"), Sex.MALE.value),
    **dict.fromkeys(("2", "女", "女性", "F", "FEMALE"), Sex.FEMALE.value),
    **dict.fromkeys(("", "0", "9", "不明", "不詳", "回答しない", "その他"), ""),
}


@dataclass(slots=True)
class ClaimFile:
    """Claims of a file, and which rows could not be read and why.

    :param rows: Rows that were not blank, the refused ones included.
    :param notices: What stops nothing, such as columns that are not used.
    """

    claims: list[Claim] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: tuple[Problem, ...] = ()
    rows: int = 0


def read_claims(
    path: Path | BinaryIO, *, encoding: Encoding | str = Encoding.UTF_8, name: str = ""
) -> ClaimFile:
    """Read a list as CSV: columns in any order, by any of their usual headings, none required.

    Dates may be written in any way (和暦 too) and with unknown parts. A row without a key is called
    by its row number; a row whose birth, sex or key cannot be used is a problem and left out.

    :raises InvalidInput: When the file as a whole cannot be read, or holds a 個人番号.
    """
    found = ClaimFile()
    with read_table(path, _COLUMNS, encoding=encoding, name=name) as table:
        seen: dict[str, int] = {}
        for number, cells in table:
            _read_row(found, _Row(table, name or _name_of(path), number, cells), seen)
        found.problems += table.problems
        found.problems.sort(key=lambda problem: problem.row or 0)
        found.notices, found.rows = table.notices, table.row_count
    return found


def _name_of(path: Path | BinaryIO) -> str:
    return path.name if isinstance(path, Path) else ""


@dataclass(frozen=True, slots=True)
class _Row:
    table: Table
    file: str
    number: int
    cells: Sequence[str]

    def cell(self, column: str) -> str:
        return self.cells[self.table.columns.index(column)].strip()

    def joined(self, whole: str, *parts: str) -> str:
        """The whole column, or its parts with a space between them."""
        return self.cell(whole) or "　".join(filter(None, map(self.cell, parts)))

    def problem(self, code: str, text: str, column: str, **params: object) -> Problem:
        return Problem(
            code,
            text,
            file=self.file,
            row=self.number,
            column=column,
            value=self.cell(column),
            params=params,
        )


def _read_row(found: ClaimFile, row: _Row, seen: dict[str, int]) -> None:
    key = row.cell("番号") or str(row.number)
    problems = list(_wrong(row))
    if key in seen:
        text = "番号が{row}行目と同じです。行ごとに違う番号を付けてください。"
        problems.append(row.problem("claim_key_twice", text, "番号", row=seen[key]))
    if problems:
        found.problems += problems
        return
    seen[key] = row.number
    place = " ".join(filter(None, (row.cell("住所"), row.cell("方書"))))
    found.claims.append(
        Claim(
            key=key,
            name=row.joined("氏名", "氏", "名"),
            kana=row.joined("フリガナ", "氏フリガナ", "名フリガナ"),
            birth=_birth(row.cell("生年月日")),
            sex=_SEXES[_folded_sex(row)],
            address=place,
            postcode=row.cell("郵便番号"),
            machiaza_id=row.cell("町字ID"),
            addressee_number=row.cell("宛名番号"),
        )
    )


def _folded_sex(row: _Row) -> str:
    return fold_width(row.cell("性別")).upper()


def _wrong(row: _Row) -> Iterator[Problem]:
    if _folded_sex(row) not in _SEXES:
        text = "性別は 男・女（または 1・2）と入力するか、空欄にしてください。"
        yield row.problem("claim_sex", text, "性別")
    try:
        _birth(row.cell("生年月日"))
    except InvalidValue:
        text = "生年月日を 1950-04-01 や 昭和25年4月1日 のように入力するか、空欄にしてください。"
        yield row.problem("claim_birth", text, "生年月日")


def _birth(text: str) -> FuzzyDate | None:
    """A date of birth in the form of the register or in any other that people write."""
    if not text:
        return None
    try:
        return FuzzyDate.parse(text)
    except InvalidValue as refused:
        if refused.problem is FuzzyDateProblem.UNKNOWN_PART:
            return FuzzyDate.parse(text, unknown=True)
    when = PartialDate.parse(text, off_calendar=True)
    day = when.to_date()
    if day is not None:
        return FuzzyDate.of(day)
    return FuzzyDate(
        None,
        when.year,
        when.month if isinstance(when.month, int) else None,
        when.day if isinstance(when.day, int) else None,
        unknown=not when.is_off_calendar,
        phrase=when.phrase,
        written=_written(when),
    )


def _written(when: PartialDate) -> str:
    """The form of registers, which has no letter for the era."""
    parts = (
        part if isinstance(part, str) else f"{part or 0:02}" for part in (when.month, when.day)
    )
    return "-".join((f"{when.year or 0:04}", *parts))
