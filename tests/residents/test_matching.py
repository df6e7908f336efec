from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.residents.matching import (
    Grade,
    MatchedOn,
    Matcher,
    NameMatch,
    Reason,
    ResidentQuery,
    household_order,
)
from govkit.residents.records import (
    Address,
    FormerRow,
    FuzzyDate,
    Masked,
    PersonId,
    PersonName,
    Resident,
)
from govkit.testing.resident_source import any_residents, invented_residents

PEOPLE = {int(one.id.addressee_number): one for one in invented_residents()}
DAY = date(2020, 4, 1)


@pytest.mark.parametrize(
    ("number", "query", "grade", "reasons"),
    [
        (1, ResidentQuery(addressee_number="000000000000001"), Grade.CERTAIN, ["number"]),
        (
            1,
            ResidentQuery(name="渡邉葵", birth_from=DAY, birth_to=DAY),
            Grade.CERTAIN,
            ["name", "birth"],
        ),
        (
            1,
            ResidentQuery(kana="ワタナベアオイ", birth_from=DAY, birth_to=DAY),
            Grade.PROBABLE,
            ["kana", "birth"],
        ),
        (1, ResidentQuery(name="渡邉葵"), Grade.PROBABLE, ["name"]),
        (1, ResidentQuery(kana="アオイ"), Grade.POSSIBLE, ["kana"]),
        (1, ResidentQuery(birth_from=DAY, birth_to=DAY), Grade.POSSIBLE, ["birth"]),
        (1, ResidentQuery(household_number="000000000000001"), Grade.CERTAIN, ["household"]),
        (6, ResidentQuery(name="山本安"), Grade.PROBABLE, ["alias"]),
        (6, ResidentQuery(kana="アン"), Grade.POSSIBLE, ["kana", "alias"]),
        (7, ResidentQuery(name="大野裕子"), Grade.PROBABLE, ["former_name"]),
        (7, ResidentQuery(name="髙𣘺", address="柴崎町"), Grade.POSSIBLE, ["address", "name"]),
        (
            8,
            ResidentQuery(name="佐藤ウメ", birth_from=DAY, birth_to=DAY),
            Grade.POSSIBLE,
            ["name", "birth"],
        ),
        (
            8,
            ResidentQuery(addressee_number="000000000000008", birth_from=DAY),
            Grade.POSSIBLE,
            ["number", "birth"],
        ),
    ],
)
def test_candidate_tells_how_sure_and_why(number, query, grade, reasons):
    candidate = Matcher(query).match(PEOPLE[number])
    assert candidate is not None
    assert candidate.grade is grade
    assert list(candidate.matched_on) == [MatchedOn(reason) for reason in reasons]


@pytest.mark.parametrize(
    "query",
    [
        ResidentQuery(kana="渡邉"),
        ResidentQuery(addressee_number="1"),
        ResidentQuery(name="渡邉", kana="ヨシダ"),
        ResidentQuery(name="アオ", name_match=NameMatch.EXACT),
        ResidentQuery(name="渡邉葵", sex="1"),
        ResidentQuery(name="渡邉葵", birth_from=date(2020, 4, 2)),
        ResidentQuery(name="渡邉葵", birth_to=date(2020, 3, 31)),
        ResidentQuery(name="渡邉葵", building="別館"),
        ResidentQuery(name="渡邉葵", machiaza_id="0000009"),
        ResidentQuery(name="渡邉葵", household_number="9"),
    ],
)
def test_every_condition_must_hold(query):
    assert Matcher(query).match(PEOPLE[1]) is None


def test_person_without_household_is_in_none():
    query = ResidentQuery(household_number="000000000000006")
    assert Matcher(query).match(PEOPLE[10]) is None


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        (ResidentQuery(), ["query_empty"]),
        (ResidentQuery(sex="1"), ["query_empty"]),
        (ResidentQuery(name="　"), ["query_empty"]),
        (ResidentQuery(name="ー・"), ["query_no_letters"]),
        (ResidentQuery(address="--"), ["query_no_letters"]),
        (
            ResidentQuery(birth_from=date(2020, 1, 2), birth_to=date(2020, 1, 1)),
            ["query_birth_order"],
        ),
        (ResidentQuery(name="%"), []),
    ],
)
def test_unusable_query_says_why(query, codes):
    assert [problem.code for problem in query.problems] == codes


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (ResidentQuery(name="山田"), False),
        (ResidentQuery(name="山田", address="　"), False),
        (ResidentQuery(name="山田", address="柴崎町"), True),
        (ResidentQuery(name="山田", building="101"), True),
        (ResidentQuery(name="山田", household_number="1"), True),
        (ResidentQuery(name="山田", machiaza_id="0000001"), True),
        (ResidentQuery(name="山田", postcode="190-0015"), True),
    ],
)
def test_query_knows_whether_it_uses_location(query, expected):
    assert query.uses_location is expected


EXACT, PREFIX, PART, FUZZY = NameMatch.EXACT, NameMatch.PREFIX, NameMatch.PART, NameMatch.FUZZY


def person(full="", kana="", **more):
    name = PersonName(full=full, kana_full=kana, **more)
    return Resident(id=PersonId("132021", "1"), name=name, birth=FuzzyDate.of(DAY))


def agreed(resident, **conditions):
    candidate = Matcher(ResidentQuery(**conditions)).match(resident)
    return None if candidate is None else set(candidate.reasons)


VARIANT, CONFUSED, SPELLING, ORDER = Reason.VARIANT, Reason.CONFUSED, Reason.SPELLING, Reason.ORDER


@pytest.mark.parametrize(
    ("registered", "asked", "how", "reasons"),
    [
        # Variants are the same name, also by selectors and beyond the BMP.
        ("渡邉󠄂　葵", "渡邉葵", EXACT, set()),
        ("渡邉󠄂　葵", "渡辺葵", EXACT, {VARIANT}),
        ("渡邉󠄂　葵", "渡邊", PREFIX, {VARIANT}),
        ("𠮷田　花", "吉田花", EXACT, {VARIANT}),
        ("吉田　花", "𠮷田", EXACT, {VARIANT}),
        ("髙𣘺　裕子", "高橋 裕子", EXACT, {VARIANT}),
        ("髙𣘺　裕子", "橋", PART, {VARIANT}),
        ("佐々木　渉", "佐佐木渉", EXACT, set()),
        ("神田　学", "\ufa19田學", EXACT, {VARIANT}),
        # What people confuse is found, but never exactly.
        ("斎藤　渉", "斉藤渉", EXACT, None),
        ("斎藤　渉", "齋藤渉", EXACT, {VARIANT}),
        ("斎藤　渉", "斉藤", PREFIX, {CONFUSED}),
        ("斎藤　渉", "齊籐渉", PREFIX, {CONFUSED}),
        ("斎藤　渉", "籐", PART, {CONFUSED}),
        ("斎藤　渉", "斉藤 渉", FUZZY, {CONFUSED}),
        ("斎藤　渉", "渉 斉藤", FUZZY, {CONFUSED, ORDER}),
        ("斎藤　一郎太", "斉藤 一朗田", FUZZY, {CONFUSED, SPELLING}),
        ("大田　一", "太田", EXACT, None),
        ("大田　一", "太田", PREFIX, {CONFUSED}),
        # Parts in any order, each once.
        ("渡辺　葵", "葵 渡辺", EXACT, {ORDER}),
        ("渡辺　葵", "葵渡辺", EXACT, None),
        ("渡辺　葵", "葵渡辺", FUZZY, {ORDER}),
        ("渡辺　葵", "葵", EXACT, set()),
        ("渡辺　葵", "葵 葵", EXACT, None),
        ("林　林", "林 林", EXACT, set()),
        ("渡辺　葵", "渡辺 葵 一", EXACT, None),
        ("渡辺　葵", "あお 渡", PREFIX, None),
        ("渡辺　葵", "葵 渡", PREFIX, {ORDER}),
        ("渡辺　葵", "辺 葵", PART, set()),
        ("渡辺　葵", "辺 葵", PREFIX, None),
        ("渡辺　葵", "葵 辺", PART, {ORDER}),
        ("渡辺　葵", "辺葵", PREFIX, None),
        ("渡辺　葵", "辺葵", PART, set()),
        # Names of foreign residents: family name first or last, middle names, spaces lost.
        ("NGUYEN VAN AN", "an nguyen", EXACT, {ORDER}),
        ("NGUYEN VAN AN", "Nguyen An", EXACT, set()),
        ("NGUYEN VAN AN", "ＮＧＵＹＥＮ　ＡＮ　ＶＡＮ", EXACT, {ORDER}),
        ("NGUYEN VAN AN", "nguyenvanan", EXACT, set()),
        ("NGUYEN VAN AN", "vanan", PREFIX, set()),
        ("NGUYEN VAN AN", "vanan", EXACT, None),
        ("NGUYEN VAN AN", "an an", EXACT, None),
        ("NGUYEN VAN AN", "an an", PART, set()),
        ("NGUYEN VAN AN", "NGUEN VAN", FUZZY, {SPELLING}),
        ("NGUYEN VAN AN", "VANANNGUYEN", FUZZY, {ORDER}),
        ("NGUYEN VAN AN", "VANANNGUEN", FUZZY, {SPELLING, ORDER}),
        ("NGUYEN VAN AN", "NGYUEN", FUZZY, {SPELLING}),
        ("MARIA・ROSA SILVA", "silva rosa", EXACT, {ORDER}),
        ("ANNE-MARIE O'BRIEN", "obrien annemarie", EXACT, {ORDER}),
        ("ANNE-MARIE O'BRIEN", "Anne Marie", EXACT, None),
        ("ANNE-MARIE O'BRIEN", "Anne Marie", PREFIX, set()),
        # Wildcards are letters.
        ("100%　_星*", "%", PREFIX, None),
        ("100%　_星*", "%", PART, set()),
        ("100%　_星*", "100% _星*", EXACT, set()),
        ("100%　_星*", "1_0%", FUZZY, {SPELLING}),
        ("山田　\\", "\\", PART, set()),
        ("山田　花", "山%", FUZZY, None),
        ("山田　花", ".*", PART, None),
    ],
)
def test_written_names_agree_by_the_rules(registered, asked, how, reasons):
    assert agreed(person(registered), name=asked, name_match=how) == reasons


@pytest.mark.parametrize(
    ("registered", "asked", "how", "reasons"),
    [
        ("ワタナベ　ショウ", "わたなべしよう", EXACT, set()),
        ("ワタナベ　シヨウ", "ﾜﾀﾅﾍﾞ ｼｮｳ", EXACT, set()),
        ("オオノ　ツヨシ", "オーノ", EXACT, set()),
        ("オオノ　ツヨシ", "おうの", EXACT, set()),
        ("オーノ", "オオノ", EXACT, set()),
        ("オーノ", "オノ", EXACT, set()),
        ("オノ　ツヨシ", "オーノ", EXACT, set()),
        ("オノ　ツヨシ", "オオノ", EXACT, None),
        ("オオノ　ツヨシ", "オノ", EXACT, None),
        ("トーマス", "トマス", EXACT, set()),
        ("トマス", "トーマス", EXACT, set()),
        ("メアリー　ジョーンズ", "メアリ ジョンズ", EXACT, set()),
        ("ニハ　ケイコ", "ニワ", EXACT, set()),
        ("ニワ　ケイコ", "ニハケイコ", EXACT, set()),
        ("ササキ　チヅル", "さゝき ちずる", EXACT, set()),
        ("ヴァレリー", "ばれりー", EXACT, set()),
        ("サトウ　ウメ", "サトウウメ", EXACT, set()),
        ("サトウ　ウメ", "ウメ サトウ", EXACT, {ORDER}),
        ("サトウ　ウメ", "ウメ", PREFIX, set()),
        ("コ　ウメ　ハナ", "ウメハナ", PREFIX, set()),
        ("コ　ウメ　ハナ", "ウメハナ", PART, set()),
        ("アベ　イ", "イ", EXACT, set()),
        ("アベ　イ", "イ", PREFIX, set()),
        ("アベ　イ", "ヘイ", PART, set()),
        ("アベ　イ", "アホ", FUZZY, None),
        ("アベ　イ", "アベ イ", FUZZY, set()),
        ("アベ　イ", "イアベ", FUZZY, {ORDER}),
        ("ワタナベ　アオイ", "ワタベ", FUZZY, {SPELLING}),
        ("ワタナベ　アオイ", "ワタナベアオ", FUZZY, {SPELLING}),
        ("ワタナベ　アオイ", "ワナタベアイオ", FUZZY, {SPELLING}),
        ("ワタナベ　アオイ", "アイオワナタベ", FUZZY, {SPELLING, ORDER}),
        ("ワタナベ　アオイ", "アイオ ワナタベ", FUZZY, {SPELLING, ORDER}),
        ("ワタナベ　アオイ", "カタナカ", FUZZY, None),
        ("ワタナベ　アオイ", "ワタ", FUZZY, None),
        ("ワタナベ　アオイ", "ワタ", PREFIX, set()),
        ("ワタナベ　アオイ", "ナベ", PART, set()),
        ("ワタナベ　アオイ", "ベア", PART, set()),
        ("ワタナベ　アオイ", "ベア", PREFIX, None),
    ],
)
def test_readings_agree_by_the_rules(registered, asked, how, reasons):
    for conditions in ({"kana": asked}, {"name": asked}):
        assert agreed(person(kana=registered), **conditions, name_match=how) == reasons
    assert agreed(person(registered), kana=asked, name_match=how) is None


@pytest.mark.parametrize(
    ("name", "conditions", "matched_on"),
    [
        ({"alias": "山本　安", "alias_kana": "ヤマモト　アン"}, {"name": "安 山本"}, ["alias"]),
        ({"alias": "山本　安"}, {"kana": "ヤマモト"}, None),
        ({"alias_kana": "ヤマモト　アン"}, {"kana": "ヤマモト"}, ["alias"]),
        ({"roman": "LI MING", "kanji": "李　明"}, {"name": "明 李"}, ["name"]),
        ({"roman": "LI MING", "kanji": "李　明"}, {"name": "ming li"}, ["name"]),
        (
            {"family": "山田", "given": "花", "former_family": "大野"},
            {"name": "大野花"},
            ["former_name"],
        ),
        (
            {"family": "山田", "given": "花", "former_family": "大野"},
            {"name": "花"},
            ["name", "former_name"],
        ),
        ({"kana_given": "ハナ", "former_kana": "オオノ"}, {"kana": "オーノ"}, ["former_name"]),
        ({"kana_given": "ハナ", "former_family": "大野"}, {"kana": "ハナ"}, ["kana"]),
    ],
)
def test_every_name_of_a_person_is_a_form(name, conditions, matched_on):
    candidate = Matcher(ResidentQuery(**conditions, name_match=EXACT)).match(person(**name))
    assert (candidate and [str(one) for one in candidate.matched_on]) == matched_on


def moved(**more):
    old = Address(
        "132071",
        "0000009",
        "東京都",
        "昭島市",
        "玉川町二丁目",
        "4番5号",
        "玉川荘　201号",
        "1960034",
    )
    former = FormerRow(PersonName(full="高木　恵", kana_full="タカギ　メグミ"), old)
    hidden = FormerRow(PersonName(full="佐久間　恵"), Masked())
    return replace(
        person("小林　恵", "コバヤシ　メグミ"),
        address=Address(town="曙町"),
        history=(former, hidden),
        **more,
    )


@pytest.mark.parametrize(
    ("conditions", "grade", "matched_on"),
    [
        ({"name": "高木"}, Grade.POSSIBLE, ["history"]),
        ({"name": "高木恵"}, Grade.PROBABLE, ["history"]),
        (
            {"name": "髙木恵", "birth_from": DAY, "birth_to": DAY},
            Grade.PROBABLE,
            ["history", "birth"],
        ),
        ({"kana": "タカギ"}, Grade.POSSIBLE, ["history"]),
        ({"name": "恵"}, Grade.POSSIBLE, ["name"]),
        ({"name": "佐久間 恵"}, Grade.PROBABLE, ["history"]),
        ({"name": "小林恵", "address": "昭島市玉川町"}, Grade.PROBABLE, ["history", "name"]),
        ({"address": "玉川町2-4"}, Grade.POSSIBLE, ["history"]),
        ({"building": "玉川荘201"}, Grade.POSSIBLE, ["history"]),
        ({"postcode": "196-0034"}, Grade.POSSIBLE, ["history"]),
        ({"machiaza_id": "0000009"}, Grade.POSSIBLE, ["history"]),
        ({"address": "曙町"}, Grade.POSSIBLE, ["address"]),
    ],
)
def test_earlier_names_and_addresses_count_if_history_is_asked(conditions, grade, matched_on):
    candidate = Matcher(ResidentQuery(**conditions)).match(moved())
    assert (candidate.grade, [str(one) for one in candidate.matched_on]) == (grade, matched_on)
    now = Matcher(ResidentQuery(**conditions, history=False)).match(moved())
    assert (now is None) == ("history" in matched_on)


def test_one_address_has_to_fulfil_every_condition_on_the_place():
    assert Matcher(ResidentQuery(address="曙町", building="玉川荘")).match(moved()) is None


@pytest.mark.parametrize(
    ("written", "unknown", "phrase", "day", "found"),
    [
        ("1931-00-00", True, "昭和6年月日不詳", date(1931, 7, 7), True),
        ("1931-00-00", True, "昭和6年月日不詳", date(1932, 1, 1), False),
        ("1931-A2-00", True, "昭和6年夏", date(1931, 7, 7), True),
        ("1947-02-29", False, "", date(1947, 2, 28), True),
        ("1947-02-29", False, "", date(1947, 3, 1), True),
        ("1947-02-29", False, "", date(1947, 3, 2), False),
        ("", True, "年月日不詳", date(1900, 1, 1), True),
    ],
)
def test_an_unsure_birth_may_be_the_day_asked_for(written, unknown, phrase, day, found):
    birth = FuzzyDate.parse(written, unknown=unknown, phrase=phrase)
    query = ResidentQuery(name="島田トメ", birth_from=day, birth_to=day)
    candidate = Matcher(query).match(replace(person("島田　トメ"), birth=birth))
    assert (candidate is not None) is found
    if candidate is not None:
        assert (candidate.grade, candidate.reasons) == (Grade.POSSIBLE, (Reason.UNSURE_BIRTH,))


@pytest.mark.parametrize(
    ("conditions", "grade"),
    [
        ({"name": "斎藤一郎"}, Grade.CERTAIN),
        ({"name": "齋藤一郎"}, Grade.CERTAIN),
        ({"name": "一郎 斎藤"}, Grade.PROBABLE),
        ({"name": "斉藤一郎"}, Grade.POSSIBLE),
        ({"name": "斎藤一朗"}, Grade.POSSIBLE),
        ({"name": "斎藤二郎", "name_match": FUZZY}, Grade.POSSIBLE),
        ({"name": "斎藤二郎", "name_match": FUZZY, "addressee_number": "1"}, Grade.POSSIBLE),
        ({"name": "斎藤一郎", "name_match": FUZZY}, Grade.CERTAIN),
        ({"name": "斎藤"}, Grade.PROBABLE),
    ],
)
def test_a_slip_or_a_confusion_is_never_more_than_possible(conditions, grade):
    query = ResidentQuery(**conditions, birth_from=DAY, birth_to=DAY)
    candidate = Matcher(query).match(person("斎藤　一郎"))
    assert candidate.grade is grade
    assert candidate.needs_review is (grade is Grade.POSSIBLE)


def test_twins_differ_by_one_letter_only_where_slips_are_asked_for():
    one, other = person("渡邉　葵", "ワタナベ　アオイ"), person("渡邉　蒼", "ワタナベ　アオイ")
    query = ResidentQuery(name="渡邉葵", birth_from=DAY, birth_to=DAY)
    assert Matcher(query).match(one).grade is Grade.CERTAIN
    assert Matcher(query).match(other) is None
    slip = Matcher(replace(query, name_match=FUZZY)).match(other)
    assert (slip.grade, slip.reasons) == (Grade.POSSIBLE, (Reason.SPELLING,))


def test_the_best_form_gives_the_reasons():
    both = person("斎藤　一郎", alias="斉藤　一郎")
    candidate = Matcher(ResidentQuery(name="斉藤一郎")).match(both)
    assert (candidate.reasons, candidate.matched_on) == ((), (MatchedOn.ALIAS,))


def test_a_fuzzy_search_takes_a_name_of_sane_length():
    query = ResidentQuery(name="あ" * 101, name_match=FUZZY)
    assert [problem.code for problem in query.problems] == ["query_fuzzy_long"]
    assert replace(query, name_match=PART).problems == ()
    assert replace(query, name="あ" * 100).problems == ()


def test_a_matcher_shows_what_adapters_narrow_by():
    matcher = Matcher(
        ResidentQuery(
            name="斉藤　オーノ", kana="オーノ", addressee_number="１２", household_number=" ３",
            machiaza_id="０1", postcode="〒190-0013", address="霞が関1-2", building="３０１号室",
        )
    )  # fmt: skip
    assert (matcher.name_key, matcher.name_parts) == ("斉藤オノ", ("斉藤", "オノ"))
    assert (matcher.kana_key, matcher.kana_parts) == ("オノ", ("オノ",))
    assert [[way.whole for way in ways] for ways in matcher.names] == [
        ["斎藤オノ", "斎藤オオノ"],
        ["オノ", "オオノ"],
    ]
    assert (matcher.number, matcher.household_number) == ("12", "3")
    assert (matcher.machiaza_id, matcher.postcode) == ("01", "1900013")
    assert (matcher.address_key, matcher.building_key) == ("霞ケ関1/2", "301")
    assert matcher.asks_place
    assert not Matcher(ResidentQuery(name="ー")).names


def test_household_order_is_head_then_birth_then_number():
    people = [one for one in invented_residents() if one.name.full.startswith("渡邉")]
    ordered = sorted(people, key=household_order)
    assert [int(one.id.addressee_number) for one in ordered] == [3, 1, 2]


ASKED = st.sampled_from(
    [
        "渡邉",
        "斉藤葵",
        "葵 渡辺",
        "ゆう",
        "オーノ",
        "ヨシダ イチロ",
        "アオイワタナベ",
        "渡",
        "一朗",
        "イ",
    ]
)


@given(residents=any_residents(), asked=ASKED)
def test_each_kind_of_match_finds_what_the_stricter_ones_do(residents, asked):
    found = {
        how: {
            one.id
            for one in residents
            if Matcher(ResidentQuery(name=asked, name_match=how)).match(one)
        }
        for how in NameMatch
    }
    assert found[EXACT] <= found[PREFIX] <= found[PART]
    assert found[EXACT] <= found[FUZZY]
