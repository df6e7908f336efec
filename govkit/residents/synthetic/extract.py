"""Writes the rows of the generator as the CSV files of the standard data set."""

import codecs
import csv
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from govkit.residents.records import Address, FuzzyDate
from govkit.residents.synthetic.columns import PROTECTION_COLUMNS, RESIDENT_COLUMNS, headings
from govkit.residents.synthetic.people import HistoryRow, Person, Reason
from govkit.residents.synthetic.register import SEX_WORDS

__all__ = ["extract_values", "write_protection_rows", "write_resident_rows"]

_AT: Final = {column: index for index, column in enumerate(RESIDENT_COLUMNS)}
_ADDRESS_PARTS: Final = (
    "市区町村コード",
    "町字コード",
    "都道府県",
    "市区郡町村名",
    "町字",
    "番地号表記",
    "方書",
    "郵便番号",
)
_GETA: Final = "govkit.geta"
# 業務ID of 住民記録 and of 住登外者宛名番号管理.
_REGISTER, _OUTSIDE = "001", "031"
_CLERK, _CLOCK = "SYNTH00001", "09:00:00"
# First days of 大正, 昭和, 平成 and 令和; the codes run 1 明治 to 5 令和.
_ERAS: Final = ("1912-07-30", "1926-12-25", "1989-01-08", "2019-05-01")
_UNRELATED: Final = frozenset({"13", "14", "99"})
_MOVED_IN: Final = frozenset({Reason.MOVED_IN, Reason.CAME_FROM_ABROAD})
_REMOVED: Final = frozenset({Reason.MOVED_OUT, Reason.LEFT_COUNTRY, Reason.DIED})


def _columns(prefix: str) -> tuple[int, ...]:
    return tuple(_AT[f"{prefix}_{part}"] for part in _ADDRESS_PARTS)


_HOME: Final = _columns("住所")
_BEFORE: Final = _columns("転入前住所")
_MOVED_FROM: Final = _columns("転居前住所")
_INTENDED: Final = _columns("転出先住所（予定）")
_CONFIRMED: Final = _columns("転出先住所（確定）")
_DOMICILE: Final = tuple(
    _AT[f"本籍_{part}"] for part in (*_ADDRESS_PARTS[:5], "地番号または、街区符号")
)


def write_resident_rows(
    path: Path, persons: Iterable[Person], *, encoding: str, bom: bool, profile: str
) -> int:
    """Write the 住民票 group; rows of one person stand out of order and some far apart.

    Characters that the encoding lacks are written as 〓, variation selectors are left out.

    :returns: Number of rows below the header.
    """
    if bom and encoding.lower().replace("_", "-") != "utf-8":
        raise ValueError("only UTF-8 has a byte order mark here")
    written = 0
    with path.open(
        "w", encoding="utf-8-sig" if bom else encoding, errors=_GETA, newline=""
    ) as file:
        writer = csv.writer(file)
        writer.writerow(headings(profile))
        for row, is_registered in _shuffled(persons):
            writer.writerow(extract_values(row, is_registered=is_registered))
            written += 1
    return written


def write_protection_rows(path: Path, persons: Iterable[Person]) -> int:
    """Write the 支援措置対象者 group, lifted measures with their history.

    :returns: Number of rows below the header.
    """
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(PROTECTION_COLUMNS)
        for person in persons:
            for values in _protection_values(person):
                writer.writerow(values)
                written += 1
    return written


def _shuffled(persons: Iterable[Person]) -> Iterator[tuple[HistoryRow, bool]]:
    late: list[tuple[HistoryRow, bool]] = []
    for index, person in enumerate(persons):
        rows = [(row, person.is_registered) for row in person.rows]
        if len(rows) > 3:
            yield from (*rows[1::2], *rows[::2])
        elif index % 16 == 0:
            late.extend(rows[:-1])
            yield rows[-1]
        elif index % 2:
            yield from reversed(rows)
        else:
            yield from rows
    yield from reversed(late)


def extract_values(row: HistoryRow, *, is_registered: bool = True) -> list[str]:
    """The fields of one row in the order of :data:`RESIDENT_COLUMNS`."""
    values = _TEMPLATE.copy()
    values[_AT["市区町村コード"]] = row.id.municipality_code
    values[_AT["宛名番号"]] = row.id.addressee_number
    values[_AT["個人履歴番号"]] = str(row.number)
    values[_AT["最新フラグ"]] = "1" if row.is_latest else "0"
    values[_AT["世帯番号"]] = row.household.household_number if row.household else ""
    values[_AT["住民種別"]] = row.kind
    values[_AT["住民状態"]] = row.status
    values[_AT["住民票コード"]] = row.resident_code if is_registered else ""
    values[_AT["業務ID"]] = _REGISTER if is_registered else _OUTSIDE
    values[_AT["他業務参照不可フラグ"]] = "1" if row.hidden else "0"
    values[_AT["削除フラグ"]] = "1" if row.deleted else "0"
    _put_name(values, row)
    _put_person(values, row)
    _put_places(values, row)
    _put_change(values, row)
    if row.nationality is not None:
        values[_AT["外国人住民となった年月日"]] = row.resident_since.isoformat()
        values[_AT["外国人住民となった年月日_不詳フラグ"]] = "0"
        values[_AT["在留カード等番号"]] = row.card_number
        values[_AT["国籍等_国名コード"]] = row.nationality.code
        values[_AT["国籍名等"]] = row.nationality.name
    return values


def _put_name(values: list[str], row: HistoryRow) -> None:
    name = row.name
    values[_AT["氏名"]] = name.full
    values[_AT["氏_日本人"]] = name.family
    values[_AT["名_日本人"]] = name.given
    values[_AT["氏名_外国人ローマ字"]] = name.roman
    values[_AT["氏名_外国人漢字"]] = name.kanji
    values[_AT["氏名_フリガナ"]] = name.kana_full
    values[_AT["氏_日本人_フリガナ"]] = name.kana_family
    values[_AT["名_日本人_フリガナ"]] = name.kana_given
    values[_AT["氏名_フリガナ確認状況"]] = "1" if name.kana_full else "0"
    values[_AT["旧氏"]] = name.former_family
    values[_AT["旧氏_フリガナ"]] = name.former_kana
    values[_AT["通称"]] = name.alias
    values[_AT["通称_フリガナ"]] = name.alias_kana
    values[_AT["氏名優先区分"]] = name.preference


def _put_person(values: list[str], row: HistoryRow) -> None:
    values[_AT["性別"]] = row.sex
    values[_AT["性別表記"]] = SEX_WORDS[row.sex]
    birth: FuzzyDate = row.birth
    values[_AT["生年月日"]] = birth.written
    values[_AT["生年月日_元号"]] = str(bisect_right(_ERAS, birth.written) + 1)
    values[_AT["生年月日_不詳フラグ"]] = "1" if birth.unknown else "0"
    values[_AT["生年月日_不詳表記"]] = birth.phrase
    start = _AT["続柄コード1"]
    values[start : start + len(row.relation)] = row.relation
    values[_AT["続柄表記"]] = row.relationship
    values[_AT["世帯主氏名"]] = row.head_name
    values[_AT["記載順位"]] = str(row.position)


def _put_places(values: list[str], row: HistoryRow) -> None:
    _put_address(values, _HOME, row.address)
    values[_AT["住所_方書_フリガナ"]] = row.building_kana
    values[_AT["住所を定めた年月日"]] = row.settled_on.isoformat()
    values[_AT["住民となった年月日"]] = row.resident_since.isoformat()
    if row.before is not None:
        _put_address(values, _BEFORE, row.before)
        values[_AT["転入前住所_世帯主氏名"]] = row.before_head
    if row.moved_from is not None:
        _put_address(values, _MOVED_FROM, row.moved_from)
    place = row.domicile
    if place is not None:
        values[_AT["本籍"]] = place.line
        own = row.relation[-1] in _UNRELATED
        values[_AT["戸籍_筆頭者"]] = row.name.display if own else row.head_name
        parts = (
            place.municipality_code,
            place.machiaza_id,
            place.prefecture,
            place.city,
            place.town,
            place.lot,
        )
        for index, part in zip(_DOMICILE, parts, strict=True):
            values[index] = part


def _put_address(values: list[str], columns: tuple[int, ...], address: Address) -> None:
    parts = (
        address.municipality_code,
        address.machiaza_id,
        address.prefecture,
        address.city,
        address.town,
        address.lot,
        address.building,
        address.postcode,
    )
    for index, part in zip(columns, parts, strict=True):
        values[index] = part


def _put_change(values: list[str], row: HistoryRow) -> None:
    day = row.changed_on.isoformat()
    values[_AT["異動年月日"]] = day
    values[_AT["異動届出年月日"]] = day
    values[_AT["異動事由"]] = row.reason.value
    values[_AT["処理年月日"]] = day
    values[_AT["操作年月日"]] = day
    if row.reason in _MOVED_IN or row.reason is Reason.BORN:
        values[_AT["記載の異動年月日"]] = day
        values[_AT["記載の事由"]] = row.reason.value
    if row.reason not in _REMOVED:
        return
    values[_AT["消除の事由"]] = row.reason.value
    values[_AT["消除の届出年月日"]] = day
    values[_AT["消除の異動年月日"]] = day
    values[_AT["消除の異動年月日_不詳フラグ"]] = "0"
    values[_AT["除票フラグ"]] = "1"
    if row.gone_to is not None:
        for column in ("転出届出年月日", "転出予定年月日", "転出年月日（確定）"):
            values[_AT[column]] = day
        _put_address(values, _INTENDED, row.gone_to)
        _put_address(values, _CONFIRMED, row.gone_to)


def _protection_values(person: Person) -> Iterator[list[str]]:
    measures = person.protection
    if measures is None:
        return
    first, last = measures.first_day.isoformat(), measures.last_day.isoformat()
    head = [person.id.municipality_code, person.id.addressee_number]
    tail = ["0", _CLERK, first, _CLOCK]
    yield [*head, "1", "0" if measures.ended else "1", first, last, "1", *tail]
    if measures.ended:
        # 3 is the division that public layouts show for ended measures.
        yield [*head, "2", "1", first, last, "3", *tail]


def _template() -> list[str]:
    values = [""] * len(RESIDENT_COLUMNS)
    constants = {
        "異動年月日_不詳フラグ": "0",
        "住所を定めた年月日_不詳フラグ": "0",
        "住民となった年月日_不詳フラグ": "0",
        "除票フラグ": "0",
        "履歴選択不可フラグ": "0",
        "操作者ID": _CLERK,
        "操作時刻": _CLOCK,
    }
    for column, value in constants.items():
        values[_AT[column]] = value
    return values


_TEMPLATE: Final = _template()


def _geta(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    selectors = range(0xE0100, 0xE01F0)
    return "".join("" if ord(mark) in selectors else "〓" for mark in lacking), error.end


codecs.register_error(_GETA, _geta)
