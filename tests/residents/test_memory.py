import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govkit.residents.adapters.memory import MemorySource
from govkit.residents.keys import resident_forms
from govkit.residents.matching import Matcher, NameMatch, ResidentQuery, household_order
from govkit.residents.records import (
    Address,
    FormerRow,
    FuzzyDate,
    HouseholdId,
    PersonId,
    PersonName,
    Resident,
)
from govkit.testing.resident_source import CITY, ResidentSourceConformance, invented_residents


class TestMemorySource(ResidentSourceConformance):
    def make_source(self, residents):
        return MemorySource(residents)


def test_two_residents_with_one_id_are_an_error():
    people = invented_residents()
    with pytest.raises(ValueError, match="same id"):
        MemorySource([*people, people[0]])


def test_description_tells_day_and_profile():
    described = MemorySource(
        [], name="見本", profile="フリガナ", as_of=date(2026, 10, 1)
    ).describe()
    assert (described.name, described.rows, described.as_of) == ("見本", 0, date(2026, 10, 1))


KANJI = [
    "斎藤",
    "斉籐",
    "齋藤",
    "髙𣘺",
    "高橋",
    "高",
    "佐々木",
    "佐佐木",
    "葵",
    "一郎",
    "一朗",
    "太郎",
    "大郎",
]
KANA = ["サトウ", "ウメ", "ウ", "オーノ", "オオノ", "イ", "アベ", "サヽキ"]
LATIN = ["NGUYEN", "VAN", "AN", "ANN", "O'BRIEN", "a%", "ヴ", "アン"]
SPACES = st.sampled_from(["", " ", "　", "・"])


@st.composite
def name_texts(draw, words):
    text = draw(st.sampled_from(words))
    for _ in range(draw(st.integers(0, 3))):
        text += draw(SPACES) + draw(st.sampled_from(words))
    return text


@st.composite
def names(draw):
    kanji, kana = name_texts(KANJI), name_texts(KANA)
    blank = st.just("")
    return PersonName(
        full=draw(kanji),
        kana_full=draw(kana),
        family=draw(blank | st.sampled_from(KANJI)),
        kana_family=draw(blank | st.sampled_from(KANA)),
        kana_given=draw(blank | st.sampled_from(KANA)),
        roman=draw(blank | name_texts(LATIN)),
        alias=draw(blank | kanji),
        alias_kana=draw(blank | kana),
        former_family=draw(blank | st.sampled_from(KANJI)),
        former_kana=draw(blank | st.sampled_from(KANA)),
    )


ADDRESSES = st.builds(
    Address,
    machiaza_id=st.sampled_from(["0000001", "0000002"]),
    town=st.sampled_from(["富士見町一丁目", "霞ヶ関三丁目"]),
    lot=st.sampled_from(["2番3号", "2番地の30"]),
    building=st.sampled_from(["", "コーポ3　101号室", "シャトー桜"]),
    postcode=st.sampled_from(["1900013", ""]),
)
HISTORIES = st.lists(st.builds(FormerRow, names(), ADDRESSES), max_size=2).map(tuple)


@st.composite
def towns(draw):
    return [
        Resident(
            id=PersonId(CITY, f"{number:015d}"),
            name=draw(names()),
            birth=FuzzyDate.of(date(2020, 4, draw(st.integers(1, 3)))),
            household=HouseholdId(CITY, draw(st.sampled_from("12"))),
            address=draw(ADDRESSES),
            history=draw(HISTORIES),
        )
        for number in range(draw(st.integers(1, 5)))
    ]


CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "address": st.sampled_from(["富士見町1-2", "霞が関", "2-3"]),
        "building": st.sampled_from(["コーポ", "3 101", "シヤト"]),
        "postcode": st.just("190-0013"),
        "birth_from": st.just(date(2020, 4, 2)),
    },
)


@st.composite
def typed(draw, forms):
    """A form of somebody's name: parts moved or left out, spaces lost, with a slip of the pen."""
    parts = draw(st.permutations(re.split("[ 　・]", draw(st.sampled_from(forms)).text)))
    text = draw(SPACES).join(parts[: draw(st.integers(1, len(parts)))])
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        text = (
            text[:at]
            + draw(st.sampled_from(["", "サ", "ウ", "高"]))
            + text[at + draw(st.integers(0, 1)) :]
        )
    return text


@st.composite
def questions(draw):
    town = draw(towns())
    forms = [form for one in town for form in resident_forms(one, history=True)]
    asked = {item: draw(typed(forms)) for item in draw(st.sets(st.sampled_from(["name", "kana"])))}
    how = draw(st.sampled_from([NameMatch.FUZZY, *NameMatch]))
    more = draw(CONDITIONS) if draw(st.booleans()) else {}
    return town, ResidentQuery(name_match=how, history=draw(st.booleans()), **asked, **more)


@settings(max_examples=80, deadline=None)
@given(question=questions())
def test_the_indexes_lose_nobody_whom_the_matcher_accepts(question):
    town, query = question
    source, matcher = MemorySource(town), Matcher(query)
    expected = [one.id for one in town if matcher.match(one) is not None]
    assert [one.id for one in source.search(query, 50)] == expected
    assert [one.id for one in source.search(query, 1)] == expected[:2]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("サトウ　ウメ", "サトウウマ"),
        ("サトウ　ウメ", "サトオオメ"),
        ("サトウ　ウメ", "ウメサトオオ"),
        ("アベ　イチロウ", "アべイチロ"),
        ("アベ　イチロウ", "アイベチロウ"),
        ("アベ　イチロウ", "イチロアベ"),
        ("ワタナベ　イ", "ワタナイ"),
        ("ワタナベ　イ", "ワタナイベ"),
        ("林　学人", "林学入"),
        ("NGUYEN VAN AN", "VANANNGUEN"),
        ("NGUYEN VAN AN", "NGUENVANAN"),
        ("NGUYEN VAN AN", "an nguyen"),
        ("斎藤　一郎", "斉籐一朗"),
        ("斎藤　一郎太", "斉籐一太"),
        ("トーマス　ロー", "トマスロ"),
        ("トーマス　ロー", "トウマスロウ"),
        ("ヴ　アン", "バン"),
    ],
)
def test_a_slip_in_a_name_without_spaces_is_found(written, asked):
    query = ResidentQuery(name=asked, name_match=NameMatch.FUZZY)
    person = replace(invented_residents()[0], name=PersonName(full=written))
    assert Matcher(query).match(person) is not None
    assert MemorySource([person]).search(query, 5) == [person]


def test_threads_that_ask_first_all_get_the_answer():
    people = invented_residents()
    source = MemorySource(people)
    query = ResidentQuery(name="渡辺", name_match=NameMatch.FUZZY)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: source.search(query, 5), range(32)))
    assert all(answer == list(people[:3]) for answer in answers)


def test_members_of_a_household_follow_the_common_order():
    people = invented_residents()
    home = HouseholdId(CITY, f"{1:015d}")
    members = MemorySource(reversed(people)).household(home)
    assert members == sorted(members, key=household_order)
    assert [one.relationship for one in members] == ["世帯主", "子", "子"]


def test_an_empty_source_finds_nobody():
    source = MemorySource([])
    for how in NameMatch:
        assert source.search(ResidentQuery(name="山田", name_match=how), 5) == []
    assert source.search(ResidentQuery(address="立川市"), 5) == []
