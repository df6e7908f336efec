"""The columns of the standard extract (住民票グループ) and how its versions name them.

After 基本データリスト（住民記録） and a published 122-column export. Newer versions renamed readings
(読み仮名, then フリガナ, then 振り仮名) and Latin names; every name of a column is an alias here, and
the heading of the reading tells the version. Columns of the standard that govkit does not keep are
known but ignored; anything else is reported as unknown.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Final, NamedTuple

from govkit.errors import InvalidInput, Problem
from govkit.formats.tabular import MY_NUMBER_HEADINGS, Column, fold_heading

__all__ = [
    "COLUMNS",
    "FORBIDDEN",
    "PROFILES",
    "Cells",
    "headings_by_field",
    "is_known",
    "profile_of",
    "refuse_personal_numbers",
]

FORBIDDEN: Final = MY_NUMBER_HEADINGS | {
    "こじんばんごう",
    "コジンバンゴウ",
    "まいなんばー",
    "kojinbango",
    "kojimbango",
    "kojinbangou",
    "kojinbangō",
    "mynumber",
}
"""Headings under which a personal number (個人番号) may hide."""

PROFILES: Final[Mapping[str, str]] = {
    "読み仮名": "氏名_読み仮名",
    "フリガナ": "氏名_フリガナ",
    "振り仮名": "氏名_振り仮名（フリガナ）",
}
"""Version profile, oldest first, by the heading that gives it away."""

_KANA: Final = ("フリガナ", "読み仮名", "振り仮名（フリガナ）", "振り仮名")


class Cells(NamedTuple):
    """The kept columns of a row, in canonical order: the history first, then the content."""

    municipality_code: str
    addressee_number: str
    history: str
    branch: str
    is_latest: str
    is_deleted: str
    household_number: str
    kind: str
    status: str
    moved_on: str
    moved_on_unknown: str
    move_reason: str
    full: str
    family: str
    given: str
    roman: str
    kanji: str
    kana_full: str
    kana_family: str
    kana_given: str
    roman_kana: str
    former_family: str
    former_kana: str
    alias: str
    alias_kana: str
    preference: str
    sex: str
    birth: str
    birth_unknown: str
    birth_phrase: str
    relationship: str
    head_name: str
    address_municipality_code: str
    machiaza_id: str
    prefecture: str
    city: str
    town: str
    lot: str
    building: str
    postcode: str
    resident_since: str
    resident_since_unknown: str
    nationality: str
    other_business_hidden: str
    business_id: str


def _kana(name: str) -> Column:
    newest, *others = (f"{name}_{kana}" for kana in _KANA)
    return Column(newest, tuple(others), is_required=False)


def _other(name: str, *aliases: str) -> Column:
    return Column(name, aliases, is_required=False)


_BY_FIELD: Final[Mapping[str, Column]] = {
    "municipality_code": Column("市区町村コード"),
    "addressee_number": Column("宛名番号", is_number=True),
    "history": _other("個人履歴番号", "履歴番号"),
    "branch": _other("個人履歴番号_枝番号", "個人履歴番号枝番号"),
    "is_latest": _other("最新フラグ"),
    "is_deleted": _other("削除フラグ"),
    "household_number": Column("世帯番号", is_required=False, is_number=True),
    "kind": _other("住民種別"),
    "status": _other("住民状態"),
    "moved_on": _other("異動年月日"),
    "moved_on_unknown": _other("異動年月日_不詳フラグ"),
    "move_reason": _other("異動事由"),
    "full": _other("氏名"),
    "family": _other("氏_日本人"),
    "given": _other("名_日本人"),
    "roman": _other("氏名_外国人ローマ字", "氏名_外国人アルファベット"),
    "kanji": _other("氏名_外国人漢字"),
    "kana_full": _kana("氏名"),
    "kana_family": _kana("氏_日本人"),
    "kana_given": _kana("名_日本人"),
    "roman_kana": _other("氏名_氏名のカタカナ表記"),
    "former_family": _other("旧氏"),
    "former_kana": _kana("旧氏"),
    "alias": _other("通称"),
    "alias_kana": _kana("通称"),
    "preference": _other("氏名優先区分"),
    "sex": _other("性別"),
    "birth": Column("生年月日"),
    "birth_unknown": _other("生年月日_不詳フラグ"),
    "birth_phrase": _other("生年月日_不詳表記"),
    "relationship": _other("続柄表記"),
    "head_name": _other("世帯主氏名"),
    "address_municipality_code": _other("住所_市区町村コード"),
    "machiaza_id": _other("住所_町字コード"),
    "prefecture": _other("住所_都道府県"),
    "city": _other("住所_市区郡町村名"),
    "town": _other("住所_町字"),
    "lot": _other("住所_番地号表記"),
    "building": _other("住所_方書"),
    "postcode": _other("住所_郵便番号"),
    "resident_since": _other("住民となった年月日"),
    "resident_since_unknown": _other("住民となった年月日_不詳フラグ"),
    "nationality": _other("国籍名等"),
    "other_business_hidden": _other("他業務参照不可フラグ"),
    "business_id": _other("業務ID"),
}

COLUMNS: Final = tuple(_BY_FIELD[name] for name in Cells._fields)
"""What to read, in the order of :class:`Cells`."""

_PLACES: Final = (
    "転入前住所",
    "転居前住所",
    "本籍",
    "転出先住所（予定）",
    "転出先住所（確定）",
)
_PARTS: Final = [
    "市区町村コード",
    "町字コード",
    "都道府県",
    "市区郡町村名",
    "町字",
    "番地号表記",
    "方書",
    "方書_フリガナ",
    "郵便番号",
    "国名コード",
    "国名等",
    "国外住所",
    "世帯主氏名",
    "地番号または、街区符号",
]
_OTHERS: Final = [
    "改製番号",
    "住民票コード",
    "異動年月日_不詳表記",
    "異動届出年月日",
    "届出番号",
    "異動区分",
    "通知日",
    "記載等の種別",
    "性別表記",
    "生年月日_元号",
    "続柄コード1",
    "続柄コード2",
    "続柄コード3",
    "続柄コード4",
    "指定都市_行政区等コード",
    "住所_番地枝番数値",
    "住所_方書コード",
    "住所_方書_フリガナ",
    "住所を定めた年月日",
    "住所を定めた年月日_不詳フラグ",
    "住所を定めた年月日_不詳表記",
    "住民となった年月日_不詳表記",
    "記載の異動年月日",
    "記載の異動年月日_不詳フラグ",
    "記載の異動年月日_不詳表記",
    "記載の事由",
    "本籍",
    "戸籍_筆頭者",
    "戸籍_筆頭者_氏",
    "戸籍_筆頭者_名",
    "転出届出年月日",
    "転出予定年月日",
    "転出年月日（確定）",
    "転入通知年月日",
    "消除の事由",
    "消除の届出年月日",
    "消除の異動年月日",
    "消除の異動年月日_不詳フラグ",
    "消除の異動年月日_不詳表記",
    "記載順位",
    "成年被後見人_該当有無",
    "除票フラグ",
    "除票用データベース登録年月日",
    "履歴選択不可フラグ",
    "処理年月日",
    "改製記載年月日",
    "改製記載年月日_不詳フラグ",
    "改製記載年月日_不詳表記",
    "選挙人名簿登録有無",
    "国保資格有無",
    "国保資格取得年月日",
    "国保資格喪失年月日",
    "後期高齢資格有無",
    "後期高齢資格取得年月日",
    "後期高齢資格喪失年月日",
    "介護資格有無",
    "介護資格取得年月日",
    "介護資格喪失年月日",
    "年金資格有無",
    "年金資格種別",
    "年金資格取得年月日",
    "年金資格喪失年月日",
    "基礎年金番号",
    "児童手当資格区分",
    "児童手当受給開始年月",
    "児童手当受給終了年月",
    "児童手当受給有無",
    "在留カード等番号番号区分",
    "統合宛名フラグ",
    "操作者ID",
    "操作年月日",
    "操作時刻",
    "外国人住民となった年月日",
    "外国人住民となった年月日_不詳フラグ",
    "外国人住民となった年月日_不詳表記",
    "在留カード等番号",
    "在留カード等番号区分",
    "国籍等_国名コード",
    "第30条45規定区分",
    "住居地の届出の有無",
    "在留資格等コード",
    "在留期間等コード_年",
    "在留期間等コード_月",
    "在留期間等コード_日",
    "在留期間の満了の日",
]


def _bare(heading: str) -> str:
    return re.sub(r"[\W_]+", "", fold_heading(heading))


def _known() -> frozenset[str]:
    ours = (heading for column in COLUMNS for heading in (column.name, *column.aliases))
    places = (f"{place}_{part}" for place, part in product(_PLACES, _PARTS))
    districts = (f"地区管理コード{number}" for number in range(1, 11))
    checks = (
        f"{name}_{kana}{state}"
        for name, kana, state in product(
            ("氏名", "旧氏", "通称"), _KANA, ("確認状況", "公証確認状況")
        )
    )
    return frozenset(map(_bare, (*ours, *_OTHERS, *places, *districts, *checks)))


_KNOWN: Final = _known()


def refuse_personal_numbers(headings: Iterable[str], name: str) -> None:
    """Refuse a file in which any heading speaks of personal numbers (個人番号), however written.

    :raises InvalidInput: Naming each such column of the file ``name``, and nothing else of it.
    """
    words = [_bare(word) for word in FORBIDDEN]
    text = (
        "取り込んではならない列（個人番号）があります。その列を消したファイルを選び直してください。"
    )
    problems = [
        Problem("forbidden_column", text, file=name, row=1, column=heading)
        for heading in headings
        if any(word in _bare(heading) for word in words)
    ]
    if problems:
        raise InvalidInput(problems)


def is_known(heading: str) -> bool:
    """Whether the standard has a column of this name, kept or not; signs do not matter."""
    return _bare(heading) in _KNOWN


def profile_of(headings: Iterable[str]) -> str:
    """The version profile of a file by its headings, or blank if none gives it away."""
    folded = set(map(fold_heading, headings))
    found = [name for name, mark in PROFILES.items() if fold_heading(mark) in folded]
    return found[-1] if found else ""


def headings_by_field(headings: Sequence[str]) -> Mapping[str, str]:
    """The heading as written in the file, by field of :class:`Cells`; absent fields left out."""
    written = {fold_heading(heading): heading for heading in headings}
    found: dict[str, str] = {}
    for name, column in _BY_FIELD.items():
        for alias in (column.name, *column.aliases):
            if (heading := written.get(fold_heading(alias))) is not None:
                found[name] = heading
    return found
