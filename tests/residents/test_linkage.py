import random
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from govkit.residents.adapters.memory import MemorySource
from govkit.residents.adapters.protection_list import ProtectionList
from govkit.residents.claims import Claim
from govkit.residents.index import ExtractFile, LocalIndex, apply_delta
from govkit.residents.linkage import Linker, LinkOutcome, ReviewReason
from govkit.residents.linkage_rules import BirthAgreement, compare_births
from govkit.residents.matching import Grade, NameMatch
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
from govkit.residents.source import UnsupportedQuery
from govkit.residents.synthetic import Population
from govkit.residents.synthetic.claims import ClaimErrors, spoiled_claims
from tests.residents.index_files import indexed, scratch, write_residents

CITY = "132021"
LINK, REVIEW, NO_MATCH = LinkOutcome.LINK, LinkOutcome.REVIEW, LinkOutcome.NO_MATCH
HOME = Address(
    CITY, "0008002", "東京都", "立川市", "曙町二丁目", "９番５号", "曙荘　１０１号", "1900012"
)
AWAY = replace(HOME, machiaza_id="0016007", town="上砂町七丁目", lot="３５番２１号", building="")


def named(full, kana, **more):
    (family, given), (family_kana, given_kana) = full.split("　"), kana.split("　")
    return PersonName(
        full, family, given, kana, kana_family=family_kana, kana_given=given_kana, **more
    )


def person(number, name, born, *, address=HOME, sex="1", **more):
    birth = born if isinstance(born, FuzzyDate) else FuzzyDate.parse(born)
    household = HouseholdId(CITY, f"{number:015}")
    return Resident(PersonId(CITY, f"{number:015}"), name, birth, household, address, sex, **more)


YEAR_ONLY = FuzzyDate.parse("1950-00-00", unknown=True, phrase="昭和25年月日不詳")
FOREIGNER = PersonName(
    "NGUYEN VAN AN",
    roman="NGUYEN VAN AN",
    kana_full="グエン　ヴァン　アン",
    alias="山本　安",
    alias_kana="ヤマモト　アン",
)
PEOPLE = [
    person(1, named("渡辺　葵", "ワタナベ　アオイ"), "2015-06-01", sex="2"),
    person(2, named("渡辺　蒼", "ワタナベ　アオイ"), "2015-06-01", sex="2"),
    person(3, named("斉藤　健", "サイトウ　ケン"), "1970-05-05"),
    person(4, named("中村　茂", "ナカムラ　シゲル"), "1940-01-01", status=Status.DEAD.value),
    person(5, named("中村　茂", "ナカムラ　シゲル"), "1940-01-01", address=AWAY),
    person(6, named("加藤　清", "カトウ　キヨシ"), "1938-03-03", status=Status.MOVED_OUT.value),
    person(
        7,
        named("髙𣘺　裕子", "タカハシ　ユウコ", former_family="大野", former_kana="オオノ"),
        "1947-02-29",
        sex="2",
    ),
    person(8, named("佐藤　ウメ", "サトウ　ウメ"), YEAR_ONLY, sex="2"),
    person(9, FOREIGNER, "1990-09-09", kind="2"),
    person(
        10,
        named("田中　恵", "タナカ　メグミ"),
        "1985-12-03",
        sex="2",
        history=(FormerRow(named("高木　恵", "タカギ　メグミ"), AWAY, date(2009, 4, 1)),),
    ),
    person(11, named("鈴木　一郎", "スズキ　イチロウ"), "1980-01-01"),
    person(12, named("鈴木　一郎", "スズキ　イチロウ"), "1980-01-01", address=AWAY),
    person(
        13, named("吉田　花", "ヨシダ　ハナ"), "2001-01-05", sex="2", is_protected=True
    ),
    person(14, named("山口　和也", "ヤマグチ　カズヤ"), "2010-02-02"),
    person(15, named("山口　和樹", "ヤマグチ　カズキ"), "2010-02-02"),
    person(16, named("サトウ　ウシオ", "サトウ　ウシオ"), "1999-09-19"),
]  # fmt: skip


class City(MemorySource):
    """A few people who stand for a city of 180,000."""

    def describe(self):
        return replace(super().describe(), rows=180_000)


SOURCE = City(PEOPLE)


def decide(source=SOURCE, **claim):
    if born := claim.pop("born", ""):
        claim["birth"] = FuzzyDate.parse(born)
    (decision,) = Linker(source).match([Claim(**claim)])
    return decision


def number(decision):
    return int(decision.people[0].resident.id.addressee_number) if decision.people else None


def say(**items):
    return items


HERE = "東京都立川市曙町二丁目9番5号"
TABLE = [
    # Twins, both アオイ: the kanji tell them apart, nothing else does.
    (say(name="渡辺葵", kana="ワタナベアオイ", born="2015-06-01", sex="2", address=HERE), LINK, 1),
    (say(name="渡邉　蒼", born="2015-06-01", address=HERE), LINK, 2),
    (say(kana="ワタナベ　アオイ", born="2015-06-01", sex="2", address=HERE), REVIEW, 1),
    (say(name="渡辺　藍", kana="ワタナベ　アイ", born="2015-06-01", address=HERE), REVIEW, 1),
    (say(name="渡辺", born="2015-06-01", address=HERE), REVIEW, 1),
    # Twins one letter apart.
    (say(kana="ヤマグチ　カズキ", born="2010-02-02", address=HERE), LINK, 15),
    (say(kana="ヤマグチ　カズト", born="2010-02-02", address=HERE), REVIEW, 14),
    # 斎 for 斉: the reading or the address tells enough.
    (say(name="斎藤　健", kana="サイトウ　ケン", born="1970-05-05", address=HERE), LINK, 3),
    (say(name="斎藤　健", born="1970-05-05"), REVIEW, 3),
    # A dead namesake, and one who moved out.
    (say(name="中村　茂", born="1940-01-01"), REVIEW, 4),
    (say(name="加藤　清", kana="カトウ　キヨシ", born="1938-03-03", address=HERE), REVIEW, 6),
    # Namesakes of one birth: only the lot tells.
    (say(name="鈴木　一郎", kana="スズキ　イチロウ", born="1980-01-01", sex="1"), REVIEW, 11),
    (say(name="鈴木一郎", born="1980-01-01", address="立川市上砂町7-35-21"), LINK, 12),
    (say(name="鈴木一郎", born="1980-01-01", address="立川市上砂町7-1-1"), REVIEW, 12),
    # Days that no calendar has, and unknown ones.
    (say(name="高橋裕子", kana="タカハシユウコ", born="1947-02-29", address=HERE), LINK, 7),
    (say(name="高橋裕子", kana="タカハシユウコ", born="1947-02-28", address=HERE), LINK, 7),
    (say(name="高橋裕子", kana="タカハシユウコ", born="1947-03-02", address=HERE), REVIEW, 7),
    (say(name="佐藤ウメ", born="1950-07-07", sex="2", address=HERE), LINK, 8),
    (say(name="佐藤ウメ", born="1951-07-07", sex="2", address=HERE), REVIEW, 8),
    # Other names: 通称, 旧氏, 履歴, foreign names in any order.
    (say(name="山本安", kana="ヤマモトアン", born="1990-09-09", address=HERE), LINK, 9),
    (say(name="An Nguyen Van", born="1990-09-09", address=HERE), LINK, 9),
    (say(name="ＮＧＵＹＥＮ　ＡＮ", born="1990-09-09", sex="1"), REVIEW, 9),
    (say(name="大野　裕子", kana="オオノ　ユウコ", born="1947-02-29", address=HERE), LINK, 7),
    (say(name="高木恵", born="1985-12-03", address="立川市上砂町七丁目35番21号"), LINK, 10),
    (say(name="恵 田中", kana="メグミ タナカ", born="1985-12-03", address=HERE), LINK, 10),
    # Month and day swapped, one digit, half-width kana, small and voiced kana.
    (say(name="鈴木恵", kana="タナカメクミ", born="1985-12-03", address=HERE), REVIEW, 10),
    (say(name="田中恵", kana="ﾀﾅｶ ﾒｸﾞﾐ", born="1985-03-12", address=HERE), LINK, 10),
    (say(name="田中恵", kana="たなかめぐみ", born="1985-12-08", address=HERE), REVIEW, 10),
    (say(kana="サイトウケソ", born="1970-05-05", address=HERE), REVIEW, 3),
    (say(kana="サトウウシオ", born="1999-09-19", address=HERE), LINK, 16),
    # Missing items.
    (say(name="田中恵"), NO_MATCH, None),
    (say(name="田中恵", kana="タナカメグミ", address=HERE), REVIEW, 10),
    (say(born="1985-12-03", sex="2", address=HERE), NO_MATCH, None),
    (say(), NO_MATCH, None),
    (say(addressee_number="000000000000010"), REVIEW, 10),
    (say(addressee_number="000000000000010", name="田中恵", born="1985-12-03"), LINK, 10),
    (say(addressee_number="000000000000011", name="田中恵", born="1985-12-03"), REVIEW, 10),
    # Somebody else.
    (say(name="田村　恵美", kana="タムラ　エミ", born="1985-12-04", address=HERE), NO_MATCH, None),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "outcome", "who"), TABLE)
def test_what_is_decided_on_a_claim(claim, outcome, who):
    decision = decide(**claim)

    assert (decision.outcome, number(decision)) == (outcome, who), decision


@pytest.fixture(scope="module")
def index():
    """The same people in an index, among so many others that no name or day is rare."""
    others = Population(CITY, 3000, seed=11).residents()
    taken = {each.id for each in PEOPLE}
    return indexed(scratch() / "index", [*PEOPLE, *(one for one in others if one.id not in taken)])


@pytest.mark.parametrize(("claim", "outcome", "who"), TABLE)
def test_an_index_finds_whom_a_search_finds(index, claim, outcome, who):
    decision = decide(index, **claim)

    if who is None:
        assert decision.outcome is not LINK
        return
    assert number(decision) == who
    assert decision.outcome is outcome or ReviewReason.WEAK in decide(**claim).reasons, decision


class Narrow(City):
    """Answers no name without a birth, and knows no likeness."""

    def describe(self):
        return replace(super().describe(), capabilities=frozenset())

    def search(self, query, limit):
        if query.birth_from is None or query.name_match is NameMatch.FUZZY:
            raise UnsupportedQuery
        return super().search(query, limit)


def test_a_source_that_answers_few_questions_is_asked_those():
    claim = {"name": "斉藤健", "kana": "サイトウケン", "address": HERE}

    assert number(decide(Narrow(PEOPLE), born="1970-05-05", **claim)) == 3
    with pytest.raises(UnsupportedQuery):
        decide(Narrow(PEOPLE), **claim)


def test_every_reason_for_a_review_is_told():
    dead = decide(name="加藤　清", kana="カトウ　キヨシ", born="1938-03-03", address=HERE)
    namesakes = decide(name="鈴木　一郎", kana="スズキ　イチロウ", born="1980-01-01")
    twin = decide(kana="ヤマグチ　カズト", born="2010-02-02", address=HERE)
    weak = decide(name="田中恵", kana="タナカメグミ", address=HERE)

    assert dead.reasons == (ReviewReason.NOT_RESIDENT,)
    assert ReviewReason.SEVERAL in namesakes.reasons
    assert [int(each.resident.id.addressee_number) for each in namesakes.people] == [11, 12]
    assert ReviewReason.GIVEN_NAME in twin.reasons
    assert weak.reasons == (ReviewReason.WEAK,)


def test_an_explanation_tells_line_by_line_what_agreed_and_sums_to_the_score():
    decision = decide(
        name="渡邉葵", kana="ワタナベアオイ", born="2015-06-01", sex="2", address=HERE
    )

    assert decision.explanation[0] == "登録者数: 180,000人（-17.5）"
    assert [line.partition("（")[0] for line in decision.explanation[1:]] == [
        "氏: 表記だけが違う",
        "氏のフリガナ: 一致",
        "名: 一致",
        "名のフリガナ: 一致",
        "生年月日: 一致",
        "性別: 一致",
        "住所: 番地まで一致",
    ]
    assert decision.score == sum(line.weight for line in decision.people[0].evidence)
    assert (decision.grade, decision.resident) == (Grade.CERTAIN, PEOPLE[0])


def test_a_rare_name_counts_more():
    rare = decide(name="渡辺　葵", born="2015-06-01")
    common = decide(name="鈴木　一郎", born="1980-01-01")
    families = [each.people[0].evidence[1].weight for each in (rare, common)]

    assert families[0] > families[1]


@pytest.mark.parametrize(
    ("claimed", "registered", "expected"),
    [
        ("1970-05-06", "1970-06-05", BirthAgreement.SWAPPED),
        ("1970-05-13", "1970-05-31", BirthAgreement.DIGIT),
        ("1970-05-13", "1970-05-18", BirthAgreement.DIGIT),
        ("1970-05-13", "1970-11-13", BirthAgreement.PART),
        ("1986-05-13", "1957-05-13", BirthAgreement.YEAR),
        ("1986-05-13", "1957-05-14", BirthAgreement.DIFFERENT),
        ("1947-02-29", "1947-02-29", BirthAgreement.SAME),
        ("1947-02-28", "1947-02-29", BirthAgreement.MAYBE),
        ("1947-03-02", "1947-02-29", BirthAgreement.DIFFERENT),
    ],
)
def test_births_agree_as_far_as_a_slip_explains(claimed, registered, expected):
    assert compare_births(FuzzyDate.parse(claimed), FuzzyDate.parse(registered)) is expected


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (YEAR_ONLY, BirthAgreement.MAYBE),
        (FuzzyDate.parse("1951-01-01"), BirthAgreement.DIFFERENT),
        (FuzzyDate.parse("", unknown=True), BirthAgreement.MISSING),
    ],
)
def test_an_unknown_birth_agrees_with_all_it_can_be(born, expected):
    assert compare_births(born, YEAR_ONLY) is expected


@pytest.mark.parametrize("source_name", ["searched", "index"])
def test_nobody_is_found_by_an_address_that_must_not_be_known(source_name, index):
    source = index if source_name == "index" else SOURCE
    own = Claim(name="吉田花", kana="ヨシダハナ", birth=FuzzyDate.parse("2001-01-05"), address=HERE)
    claims = [own, replace(own, address="立川市幸町一丁目1番1号"), replace(own, address="")]
    hidden = list(Linker(source, hides_protected_location=True).match(claims))
    open_ = list(Linker(source).match(claims))

    assert {each.score for each in hidden} == {open_[2].score}
    assert len({each.score for each in open_}) == 3
    assert not any("住所" in line for each in hidden for line in each.explanation)


def spoiled(count, **rates):
    residents = [one for one in Population(CITY, 3000, seed=11).residents() if one.status == "1"]
    absent = list(Population(CITY, 300, seed=12).residents())
    return list(spoiled_claims(residents, absent, count, seed=5, rates=ClaimErrors(**rates)))


def test_neither_order_nor_number_of_the_claims_matters(index):
    claims = [each.claim for each in spoiled(60)]
    linker = Linker(index)
    together = list(linker.match(claims))
    mixed = random.Random(1).sample(range(len(claims)), len(claims))

    assert [linked for claim in claims for linked in linker.match([claim])] == together
    again = dict(zip(mixed, linker.match(claims[at] for at in mixed), strict=True))
    assert [again[at] for at in range(len(claims))] == together
    assert list(Linker(index).match(claims)) == together


def test_spoiled_claims_are_linked_to_the_right_people_or_looked_at(index):
    known = spoiled(1500)
    found = Counter()
    for each, decision in zip(known, Linker(index).match(one.claim for one in known), strict=True):
        people = [person.resident.id for person in decision.people]
        found[decision.outcome, each.truth in people if each.truth else None] += 1
        assert decision.score is None or decision.score == sum(
            line.weight for line in decision.people[0].evidence
        )
    present = sum(each.truth is not None for each in known)

    assert (found[LINK, False], found[LINK, None]) == (0, 0)
    assert found[LINK, True] > 0.9 * present
    assert found[LINK, True] + found[REVIEW, True] > 0.995 * present


def test_claims_are_spoiled_the_same_way_every_time():
    first, again = spoiled(200), spoiled(200)
    clean = spoiled(50, **dict.fromkeys(ClaimErrors.__dataclass_fields__, 0.0))

    assert first == again
    assert {error for each in first for error in each.errors} > {"moved", "kana_dropped"}
    assert all(each.truth and not each.errors for each in clean)


def test_people_changed_by_a_delta_are_matched_as_they_are_now():
    folder = scratch()
    before = [one for one in PEOPLE if int(one.id.addressee_number) in (3, 10, 13)]
    index = indexed(folder / "index", before)
    renamed = replace(before[0], name=named("大塚　健", "オオツカ　ケン"), address=AWAY)
    newcomer = person(99, named("新田　結", "ニッタ　ユイ"), "1988-08-08", address=AWAY, sex="2")
    delta = write_residents(folder / "delta.csv", [renamed, newcomer])
    apply_delta(
        folder / "index",
        [ExtractFile(delta, CITY)],
        protected={CITY: ProtectionList(frozenset({"000000000000010"}), 1)},
    )
    there = "立川市上砂町7-35-21"
    claims = [
        Claim(name="大塚健", birth=FuzzyDate.parse("1970-05-05"), address=there),
        Claim(name="新田結", birth=FuzzyDate.parse("1988-08-08"), address=there),
        Claim(kana="ニッタユイ", address=there),
        Claim(addressee_number="000000000000099", name="新田結"),
        Claim(name="田中恵", birth=FuzzyDate.parse("1985-12-03"), address=HERE),
        Claim(name="吉田花", birth=FuzzyDate.parse("2001-01-05"), address=HERE),
    ]
    found = list(Linker(index, hides_protected_location=True).match(claims))

    assert [number(each) for each in found] == [3, 99, 99, 99, 10, 13]
    assert [any("住所" in line for line in each.explanation) for each in found] == [
        True,
        True,
        True,
        False,
        False,
        True,
    ]
    elsewhere = LocalIndex(folder / "index", "132071")
    assert [number(each) for each in Linker(elsewhere).match(claims)] == [None] * 6
