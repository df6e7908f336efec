"""The columns of the standard extract, in the order of export.

Order and names follow the 住民票 group of the 基本データリスト as public layouts show it. Where
a group of address items is given by one name only, all its items are written out.
"""

from collections.abc import Iterator, Mapping
from typing import Final

__all__ = ["PROFILES", "PROTECTION_COLUMNS", "RESIDENT_COLUMNS", "headings"]

_GROUPS: Final[Mapping[str, str]] = {
    "不詳": "不詳フラグ 不詳表記",
    "住所": "市区町村コード 町字コード 都道府県 市区郡町村名 町字 番地号表記 方書 郵便番号",
    "国外": "国名コード 国名等 国外住所",
    "本籍": "市区町村コード 町字コード 都道府県 市区郡町村名 町字 地番号または、街区符号",
    "資格": "資格有無 資格取得年月日 資格喪失年月日",
}

# "name+group" stands for the column and its companions, "name*group" for the companions alone.
_LAYOUT: Final = """
市区町村コード 宛名番号 個人履歴番号 個人履歴番号_枝番号 最新フラグ 改製番号 世帯番号 住民種別
住民状態 住民票コード 異動年月日+不詳 異動届出年月日 届出番号 異動事由 異動区分 通知日 記載等の種別
氏名 氏_日本人 名_日本人 氏名_外国人ローマ字 氏名_外国人漢字 氏名_フリガナ 氏_日本人_フリガナ
名_日本人_フリガナ 氏名_フリガナ確認状況 旧氏 旧氏_フリガナ 旧氏_フリガナ確認状況
通称 通称_フリガナ 通称_フリガナ確認状況 氏名優先区分
性別 性別表記 生年月日_元号 生年月日+不詳 続柄コード1 続柄コード2 続柄コード3 続柄コード4 続柄表記
世帯主氏名
住所_市区町村コード 住所_町字コード 指定都市_行政区等コード 住所_都道府県 住所_市区郡町村名
住所_町字 住所_番地号表記 住所_番地枝番数値 住所_方書コード 住所_方書 住所_方書_フリガナ
住所_郵便番号 住所を定めた年月日+不詳 住民となった年月日+不詳 記載の異動年月日 記載の事由
転入前住所*住所 転入前住所*国外 転入前住所_世帯主氏名 転居前住所*住所
本籍+本籍 戸籍_筆頭者 戸籍_筆頭者_氏 戸籍_筆頭者_名
転出届出年月日 転出予定年月日 転出年月日（確定） 転入通知年月日
転出先住所（予定）*住所 転出先住所（予定）*国外 転出先住所（確定）*住所
消除の事由 消除の届出年月日 消除の異動年月日+不詳
地区管理コード1 地区管理コード2 地区管理コード3 地区管理コード4 地区管理コード5
地区管理コード6 地区管理コード7 地区管理コード8 地区管理コード9 地区管理コード10
記載順位 成年被後見人_該当有無 除票フラグ 除票用データベース登録年月日 履歴選択不可フラグ 処理年月日
改製記載年月日+不詳 選挙人名簿登録有無 国保*資格 後期高齢*資格 介護*資格 年金*資格
基礎年金番号 児童手当_受給有無 統合宛名フラグ 他業務参照不可フラグ 業務ID 削除フラグ
操作者ID 操作年月日 操作時刻
外国人住民となった年月日+不詳 在留カード等番号 在留カード等番号_番号区分 国籍等_国名コード 国籍名等
第30条45規定区分 住居地の届出の有無 在留資格等コード
在留期間等コード_年 在留期間等コード_月 在留期間等コード_日 在留期間の満了の日
"""


def _expand(layout: str) -> Iterator[str]:
    for item in layout.split():
        for mark in "+*":
            name, found, group = item.partition(mark)
            if found:
                if mark == "+":
                    yield name
                yield from (f"{name}_{part}" for part in _GROUPS[group].split())
                break
        else:
            yield item


RESIDENT_COLUMNS: Final = tuple(_expand(_LAYOUT))
"""Columns of the 住民票 group; there is none for the 個人番号."""

PROTECTION_COLUMNS: Final = (
    "市区町村コード",
    "宛名番号",
    "履歴番号",
    "最新フラグ",
    "支援措置開始年月日",
    "支援措置終了年月日",
    "措置区分",
    "削除フラグ",
    "操作者ID",
    "操作年月日",
    "操作時刻",
)
"""Columns of the 支援措置対象者 group, as far as public layouts show them."""

_NAMES: Final = ("氏名", "氏_日本人", "名_日本人", "旧氏", "通称")

PROFILES: Final[Mapping[str, Mapping[str, str]]] = {
    "フリガナ": {},
    "読み仮名": {
        **{f"{name}_フリガナ": f"{name}_読み仮名" for name in _NAMES},
        "氏名_外国人ローマ字": "氏名_外国人アルファベット",
    },
    "振り仮名": {f"{name}_フリガナ": f"{name}_振り仮名（フリガナ）" for name in _NAMES},
}
"""Headings that differ between versions of the standard, by the word that gives the version away."""


def headings(profile: str = "フリガナ") -> tuple[str, ...]:
    """The header row of an extract.

    :raises KeyError: Without such a profile.
    """
    renamed = PROFILES[profile]
    return tuple(renamed.get(column, column) for column in RESIDENT_COLUMNS)
