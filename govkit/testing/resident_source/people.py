"""The invented people of the conformance suite, and random towns and questions for properties."""

from datetime import date
from typing import Any, Final

from hypothesis import strategies as st

from govkit.residents.matching import NameMatch, ResidentQuery
from govkit.residents.records import (
    Address,
    FormerRow,
    FuzzyDate,
    HouseholdId,
    PersonId,
    PersonName,
    Resident,
    Status,
)

__all__ = [
    "CITY",
    "OTHER_CITY",
    "any_queries",
    "any_residents",
    "invented_residents",
    "rule_people",
]

CITY: Final = "132021"
"""Municipality of the invented residents."""
OTHER_CITY: Final = "132071"
"""A municipality of which no source of the suite may know anybody."""


def _name(full: str, kana: str) -> PersonName:
    family, _, given = full.partition("　")
    kana_family, _, kana_given = kana.partition("　")
    return PersonName(
        full=full,
        family=family,
        given=given,
        kana_full=kana,
        kana_family=kana_family,
        kana_given=kana_given,
    )


def _resident(number: int, home: int, full: str, kana: str, **more: Any) -> Resident:
    town, postcode = [("富士見町一丁目", "1900013"), ("柴崎町二丁目", "1900023")][home % 2]
    parts: dict[str, Any] = {
        "id": PersonId(CITY, f"{number:015d}"),
        "household": HouseholdId(CITY, f"{home:015d}"),
        "name": _name(full, kana),
        "birth": FuzzyDate.of(date(2020, 4, 1)),
        "address": Address(
            CITY, f"{home:07d}", "東京都", "立川市", town, f"{home}番1号", f"コーポ{home}", postcode
        ),
        "sex": "2",
    }
    return Resident(**(parts | more))


_FOREIGN: Final = PersonName(
    full="NGUYEN VAN AN",
    roman="NGUYEN VAN AN",
    kana_full="グエン　ヴァン　アン",
    alias="山本　安",
    alias_kana="ヤマモト　アン",
    preference="2",
)
_MARRIED: Final = PersonName(
    full="髙𣘺　裕子",
    family="髙𣘺",
    given="裕子",
    kana_full="タカハシ　ユウコ",
    kana_family="タカハシ",
    kana_given="ユウコ",
    former_family="大野",
    former_kana="オオノ",
)


def invented_residents() -> tuple[Resident, ...]:
    """Ten people: twins, variants, aliases, unknown dates, protected ones."""
    return (
        _resident(1, 1, "渡邉󠄂　葵", "ワタナベ　アオイ", relationship="子", head_name="渡邉󠄂　修"),
        _resident(2, 1, "渡邉󠄂　蒼", "ワタナベ　アオイ", relationship="子", head_name="渡邉󠄂　修"),
        _resident(
            3,
            1,
            "渡邉󠄂　修",
            "ワタナベ　オサム",
            birth=FuzzyDate.of(date(1988, 2, 29)),
            relationship="世帯主",
            sex="1",
        ),
        _resident(4, 2, "𠮷田　一郎", "ヨシダ　イチロウ", is_protected=True, relationship="世帯主"),
        _resident(5, 2, "𠮷田　花", "ヨシダ　ハナ", relationship="子", head_name="𠮷田　一郎"),
        _resident(6, 4, "NGUYEN VAN AN", "", name=_FOREIGN, kind="2", nationality="ベトナム"),
        _resident(
            7,
            3,
            "髙𣘺　裕子",
            "",
            name=_MARRIED,
            birth=FuzzyDate.parse("1947-02-29"),
        ),
        _resident(
            8,
            5,
            "佐藤　ウメ",
            "サトウ　ウメ",
            birth=FuzzyDate.parse("2020-00-00", unknown=True, phrase="令和2年月日不詳"),
        ),
        _resident(9, 5, "", "", birth=FuzzyDate.of(date(2026, 9, 30))),
        _resident(
            10,
            6,
            "100%　_星*",
            "ヒャクパーセント　ホシ",
            other_business_hidden=True,
            household=None,
        ),
    )


_JOHN: Final = PersonName(
    full="SMITH JOHN PAUL", roman="SMITH JOHN PAUL", kana_full="スミス　ジョン　ポール"
)
_WANG: Final = PersonName(
    full="WANG XIAOMING",
    roman="WANG XIAOMING",
    kanji="王　暁明",
    kana_full="ワン　シャオミン",
    alias="新井　蓮",
    alias_kana="アライ　レン",
    preference="3",
)
_ONO: Final = PersonName(full="ONO TSUYOSHI", roman="ONO TSUYOSHI", kana_full="オーノ　ツヨシ")
_VARGA: Final = PersonName(
    full="VARGA VALERIE", roman="VARGA VALERIE", kana_full="ヴァルガ　ヴァレリー"
)
_OBRIEN: Final = PersonName(
    full="O’BRIEN ANNE-MARIE", roman="O’BRIEN ANNE-MARIE", kana_full="オブライエン　アンヌ・マリー"
)
_BEFORE: Final = FormerRow(
    _name("高木　恵", "タカギ　メグミ"),
    Address(
        OTHER_CITY, "0009001", "東京都", "昭島市", "玉川町一丁目", "2番3号", "玉川荘", "1960034"
    ),
    date(2009, 4, 1),
)


def _adult(number: int, full: str, kana: str, born: str = "1980-10-10", **more: Any) -> Resident:
    address = Address(
        CITY,
        f"{number + 100:07d}",
        "東京都",
        "立川市",
        "曙町三丁目",
        f"{number}番9号",
        f"曙ハイツ{number}",
        "1900012",
    )
    parts: dict[str, Any] = {
        "birth": FuzzyDate.of(date.fromisoformat(born)),
        "address": address,
        "sex": "1",
    }
    return _resident(number, number, full, kana, **(parts | more))


def rule_people() -> tuple[Resident, ...]:
    """The people of the rule cases of searching: those of :func:`invented_residents` and more."""
    year = FuzzyDate.parse("1931-00-00", unknown=True, phrase="昭和6年月日不詳")
    return (
        *invented_residents(),
        _adult(11, "斎藤　翔太", "サイトウ　ショウタ", "1985-06-10"),
        _adult(12, "斉藤　翔太", "サイトウ　ショウタ", "1985-06-10"),
        _adult(13, "齋藤　渉", "サイトウ　シヨウ"),
        _adult(14, "葛󠄀城　茜", "カツラギ　アカネ"),
        _adult(15, "葛城　茜", "カツラギ　アカネ", "1993-03-04"),
        _adult(16, "大野　剛", "オオノ　ツヨシ"),
        _adult(17, "小野　剛", "オノ　ツヨシ"),
        _adult(18, "", "", name=_ONO, kind="2"),
        _adult(19, "丹羽　敬子", "ニハ　ケイコ"),
        _adult(20, "丹羽　恵子", "ニワ　ケイコ"),
        _adult(21, "", "", name=_JOHN, kind="2"),
        _adult(22, "", "", name=_WANG, kind="2"),
        _adult(23, "小林　恵", "コバヤシ　メグミ", history=(_BEFORE,)),
        _adult(24, "島田　トメ", "シマダ　トメ", birth=year),
        _adult(25, "末広　和子", "スエヒロ　カズコ", "1989-01-07"),
        _adult(26, "平田　成子", "ヒラタ　シゲコ", "1989-01-08"),
        _adult(27, "田中　実", "タナカ　ミノル", "1950-05-05", status=Status.DEAD.value),
        _adult(28, "田中　実", "タナカ　ミノル", "1950-05-05"),
        _adult(29, "阿部　い", "アベ　イ"),
        _adult(40, "佐々木　千鶴", "ササキ　チヅル"),
        _adult(41, "中島　香織", "ナカジマ　カヲリ"),
        _adult(42, "", "", name=_VARGA, kind="2"),
        _adult(43, "加藤　健", "カトウ　ケン"),
        _adult(44, "佐藤　健", "サトウ　ケン"),
        _adult(45, "", "", name=_OBRIEN, kind="2"),
        _adult(46, "後藤　洋", "ゴトウ　ヒロシ"),
    )


_KANJI: Final = st.sampled_from(["渡邉", "渡辺", "髙橋", "𠮷田", "齋藤", "斉藤", "山田", "大野"])
_GIVEN: Final = st.sampled_from(["葵", "蒼", "一郎", "優", "ゆう", "さくら"])
_KANA: Final = st.sampled_from(
    ["ワタナベ", "タカハシ", "ヨシダ", "オオノ", "オーノ", "ヤマダ", "サイトウ", "シヨウジ"]
)
_KANA_GIVEN: Final = st.sampled_from(["アオイ", "イチロウ", "ユウ", "サクラ", "ジュン", "イ"])
_DAYS: Final = st.dates(date(2017, 1, 1), date(2021, 12, 31))
_UNSURE: Final = st.sampled_from(
    [
        FuzzyDate.parse("1947-02-29"),
        FuzzyDate.parse("2019-00-00", unknown=True, phrase="令和元年月日不詳"),
        FuzzyDate.parse("2018-A4-00", unknown=True, phrase="平成30年冬"),
        FuzzyDate.parse("", unknown=True, phrase="年月日不詳"),
    ]
)


@st.composite
def any_residents(draw: st.DrawFn) -> tuple[Resident, ...]:
    """A small town of invented people, for properties."""
    people: list[Resident] = []
    for number in range(draw(st.integers(0, 8))):
        known = draw(st.integers(0, 4)) > 0
        person = _resident(
            number,
            draw(st.integers(1, 3)),
            f"{draw(_KANJI)}　{draw(_GIVEN)}",
            f"{draw(_KANA)}　{draw(_KANA_GIVEN)}",
            birth=FuzzyDate.of(draw(_DAYS)) if known else draw(_UNSURE),
            is_protected=draw(st.booleans()),
        )
        people.append(person)
    return tuple(people)


_CONDITIONS: Final = {
    "addressee_number": st.sampled_from([f"{number:015d}" for number in range(4)]),
    "name": st.one_of(
        _KANJI, _GIVEN, st.sampled_from(["渡", "斎藤", "葵 渡辺", "渡部 葵", "一郎ヨシダ", "%"])
    ),
    "kana": st.one_of(
        _KANA,
        st.sampled_from(["ﾜﾀﾅ", "ゆう", "ワタナ", "おうの", "アオイ ワタヌベ", "イ", "ショウジ"]),
    ),
    "birth_from": _DAYS,
    "birth_to": _DAYS,
    "household_number": st.sampled_from([f"{number:015d}" for number in range(1, 4)]),
    "machiaza_id": st.sampled_from(["0000001", "0000002"]),
    "address": st.sampled_from(["立川市", "立川市富士見町", "柴崎"]),
    "building": st.sampled_from(["コーポ", "コーポ1"]),
    "postcode": st.sampled_from(["190-0013", "1900023"]),
}


@st.composite
def any_queries(draw: st.DrawFn) -> ResidentQuery:
    """A query of one or two conditions, so that it often finds somebody."""
    names = draw(st.sets(st.sampled_from(sorted(_CONDITIONS)), min_size=1, max_size=2))
    conditions = {name: draw(_CONDITIONS[name]) for name in sorted(names)}
    return ResidentQuery(name_match=draw(st.sampled_from(NameMatch)), **conditions)  # type: ignore[arg-type]
