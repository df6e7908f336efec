from datetime import date

import pytest

from govkit.residents.matching import Grade, MatchedOn, Matcher, NameMatch, ResidentQuery
from govkit.testing.resident_source import invented_residents

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
