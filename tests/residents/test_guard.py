"""What the policy of a purpose lets through the directory."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from govkit.residents.adapters.memory import MemorySource
from govkit.residents.asynchronous import AsyncResidentDirectory
from govkit.residents.claims import Claim
from govkit.residents.directory import LookupDenied, ResidentDirectory
from govkit.residents.linkage import LinkOutcome
from govkit.residents.matching import NameMatch, ResidentQuery
from govkit.residents.policy import PurposeRule, QueryKey, ResidentItem
from govkit.residents.records import (
    Address,
    FormerRow,
    FuzzyDate,
    HouseholdId,
    Masked,
    PersonId,
    PersonName,
)
from govkit.residents.results import (
    Denial,
    Denied,
    Invalid,
    NoMatch,
    Several,
    Single,
    TooMany,
    Unavailable,
    Verification,
    Verified,
)
from govkit.residents.source import (
    Health,
    ResidentSource,
    SourceUnavailable,
    UnsupportedQuery,
    seconds_left,
    time_limit,
)
from govkit.testing.resident_source import CITY, assert_hidden, invented_residents

LAW = "学校教育法施行令第1条"
PROTECTED = PersonId(CITY, "000000000000004")
FATHER = PersonId(CITY, "000000000000003")
BORN = date(2020, 4, 1)
MOVED = FormerRow(
    PersonName(full="渡邉󠄂　修", kana_full="ワタナベ　オサム"),
    Address(CITY, "0000009", "東京都", "立川市", "高松町三丁目", "9番9号"),
    date(2019, 5, 1),
)


def people():
    rows = {FATHER: MOVED, PROTECTED: replace(MOVED, name=PersonName(full="𠮷田　一郎"))}
    return [
        replace(one, history=(rows[one.id],)) if one.id in rows else one
        for one in invented_residents()
    ]


def directory(rule, source=None, log=None):
    log = [] if log is None else log
    return ResidentDirectory(
        source or MemorySource(people()),
        municipality_code=CITY,
        purposes={rule.name: rule},
        audit=log.append,
    )


def context(rule, **changes):
    return replace(rule.context(actor="a1", section="学務課", reason="窓口"), **changes)


def rule(**options):
    return PurposeRule("窓口", LAW, **options)


QUERIES = {
    QueryKey.ADDRESSEE_NUMBER: ResidentQuery(addressee_number="000000000000001"),
    QueryKey.NAME: ResidentQuery(kana="アオイ"),
    QueryKey.BIRTH: ResidentQuery(birth_to=BORN),
    QueryKey.SEX: ResidentQuery(name="渡", sex="1"),
    QueryKey.HOUSEHOLD: ResidentQuery(household_number="000000000000001"),
    QueryKey.ADDRESS: ResidentQuery(postcode="1900013"),
}


@pytest.mark.parametrize("key", QueryKey)
def test_a_condition_that_the_purpose_does_not_allow_is_denied(key):
    narrow, log = rule(keys=frozenset(QueryKey) - {key}), []
    answer = directory(narrow, log=log).search(context(narrow), QUERIES[key])
    assert answer == Denied("窓口", Denial.KEY, (key.value,))
    assert (log[0].outcome, key.value in log[0].keys) == ("denied", True)
    assert isinstance(directory(rule()).search(context(rule()), QUERIES[key]), Single | Several)


def test_every_way_to_ask_by_address_is_the_same_condition():
    narrow = rule(keys=frozenset({QueryKey.NAME}))
    for place in ("machiaza_id", "address", "building", "postcode"):
        query = ResidentQuery(name="渡", **{place: "1900013"})
        assert isinstance(directory(narrow).search(context(narrow), query), Denied)


def test_lookups_by_number_and_household_are_conditions_too():
    narrow = rule(keys=frozenset({QueryKey.NAME}))
    doors = directory(narrow)
    assert isinstance(doors.get(context(narrow), FATHER), Denied)
    assert isinstance(doors.household(context(narrow), HouseholdId(CITY, "1")), Denied)
    assert isinstance(doors.verify(context(narrow), FATHER, ResidentQuery(name="渡")), Denied)


def test_the_audit_entry_tells_the_question_and_its_conditions():
    log, query = [], ResidentQuery(kana="アオイ", birth_from=BORN)
    directory(rule(), log=log).search(context(rule(), work_id="A-17"), query)
    (entry,) = log
    assert entry.keys == ("birth", "name")
    assert "アオイ" in entry.question
    assert entry.context.work_id == "A-17"


BLANK = {
    ResidentItem.ADDRESS: ["address"],
    ResidentItem.HOUSEHOLD: ["household", "head_name"],
    ResidentItem.RELATIONSHIP: ["relationship"],
    ResidentItem.SEX: ["sex"],
    ResidentItem.NATIONALITY: ["nationality"],
    ResidentItem.STATUS: ["status", "moved_on", "move_reason", "resident_since"],
}
FULL = replace(
    people()[0],
    nationality="ベトナム",
    moved_on=BORN,
    move_reason="11",
    resident_since=BORN,
)


@pytest.mark.parametrize("item", ResidentItem)
@pytest.mark.requirement("ASVS-14.2.6", "ASVS-15.3.1")
def test_what_the_purpose_may_not_see_is_not_given_out(item):
    source = MemorySource([FULL])
    narrow = rule(items=frozenset(ResidentItem) - {item})
    seen = directory(narrow, source).get(context(narrow), FULL.id).resident
    for name in BLANK[item]:
        assert isinstance(getattr(seen, name), Masked) or getattr(seen, name) in ("", "0", None)
    kept = {name for names in BLANK.values() for name in names} - set(BLANK[item])
    assert {name: getattr(seen, name) for name in kept} == {
        name: getattr(FULL, name) for name in kept
    }
    assert (seen.name, seen.birth, seen.id) == (FULL.name, FULL.birth, FULL.id)


def test_bulk_answers_hold_no_more_than_the_purpose_may_see():
    narrow = rule(items=frozenset(), bulk=True, history=False)
    rows = list(directory(narrow).born_between(context(narrow), BORN, BORN))
    assert rows
    for row in rows:
        assert_hidden(row)
        assert (row.sex, row.status, row.history) == ("0", "", ())


def test_earlier_names_and_addresses_are_found_and_given_only_where_allowed():
    query = ResidentQuery(name="渡邉修", address="高松町三丁目")
    open_rule, closed = rule(), rule(history=False)
    found = directory(open_rule).search(context(open_rule), query)
    assert found.resident.id == FATHER
    assert found.resident.history == (MOVED,)
    assert directory(closed).search(context(closed), query) == NoMatch()
    assert directory(closed).get(context(closed), FATHER).resident.history == ()


@pytest.mark.requirement("DVP-1")
def test_earlier_addresses_of_protected_people_are_masked():
    seen = directory(rule()).get(context(rule()), PROTECTED).resident
    assert [str(row.address) for row in seen.history] == ["＊＊＊"]
    narrow = rule(items=frozenset())
    seen = directory(narrow).get(context(narrow), FATHER).resident
    assert [str(row.address) for row in seen.history] == ["＊＊＊"]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        (ResidentQuery(name="渡邉　修", name_match=NameMatch.EXACT), True),
        (ResidentQuery(kana="アオイ"), False),
        (ResidentQuery(name="修"), False),
        (ResidentQuery(name="渡邉修"), True),
        (ResidentQuery(kana="オサ"), False),
        (ResidentQuery(birth_from=BORN), False),
        (ResidentQuery(name="存在しない"), False),
    ],
)
def test_forms_of_residents_learn_of_one_sure_person_or_nobody(query, is_found):
    alone = rule(single_match=True, max_rows=1)
    answer = directory(alone).search(context(alone), query)
    assert isinstance(answer, Single) if is_found else answer == NoMatch()


def test_rows_hidden_from_other_business_are_seen_by_their_own():
    hidden = PersonId(CITY, "000000000000010")
    rows = [replace(one, business_id="010") if one.id == hidden else one for one in people()]
    for own, other in ((rule(business_id="010"), rule(business_id="011")),):
        assert isinstance(directory(own, MemorySource(rows)).get(context(own), hidden), Single)
        assert directory(other, MemorySource(rows)).get(context(other), hidden) == NoMatch()
    blank = [replace(one, business_id="") for one in people()]
    assert directory(rule(), MemorySource(blank)).get(context(rule()), hidden) == NoMatch()


LIST = [
    Claim(key="1", name="渡邉　修", birth=FuzzyDate.of(date(1988, 2, 29))),
    Claim(key="2", kana="ワタナベアオイ", birth=FuzzyDate.of(BORN)),
    Claim(key="3", name="存在しない", birth=FuzzyDate.of(BORN)),
    Claim(key="4", name="100%　_星*", birth=FuzzyDate.of(BORN)),
]


@pytest.mark.requirement("LOG-1")
def test_a_list_is_matched_and_everybody_shown_is_audited_first():
    bulk, log = rule(bulk=True), []
    decisions = list(directory(bulk, log=log).match(context(bulk), LIST))
    assert [decision.outcome for decision in decisions] == [
        LinkOutcome.LINK,
        LinkOutcome.REVIEW,
        LinkOutcome.NO_MATCH,
        LinkOutcome.NO_MATCH,
    ]
    assert decisions[0].resident.id == FATHER
    (entry,) = log
    shown = {one.resident.id for decision in decisions for one in decision.people}
    assert (entry.action, entry.outcome, set(entry.persons)) == ("match", "bulk", shown)
    assert entry.keys == ("birth", "name")


def test_a_list_needs_a_purpose_for_bulk_and_for_each_of_its_conditions():
    narrow = rule(bulk=True, keys=frozenset({QueryKey.NAME}))
    for asked in (rule(), narrow):
        log = []
        with pytest.raises(LookupDenied):
            next(iter(directory(asked, log=log).match(context(asked), LIST)))
        assert [entry.outcome for entry in log] == ["denied"]


def test_an_address_is_no_evidence_for_somebody_protected():
    claims = [
        Claim(key="1", name="𠮷田　一郎", birth=FuzzyDate.of(BORN), address=place)
        for place in ("東京都立川市富士見町一丁目2番1号コーポ2", "東京都立川市柴崎町二丁目9番9号")
    ]
    bulk = rule(bulk=True)
    right, wrong = directory(bulk).match(context(bulk), claims)
    assert right.score == wrong.score
    assert_hidden(right.people[0].resident)
    open_rule = rule(bulk=True, reveals_protected_location=True)
    right, wrong = directory(open_rule).match(context(open_rule), claims)
    assert right.score > wrong.score
    assert isinstance(right.people[0].resident.address, Address)


def test_an_outage_in_a_list_is_an_outage_and_audited():
    class Down(MemorySource):
        def search(self, query, limit):
            raise SourceUnavailable("maintenance", retry_after=30)

    bulk, log = rule(bulk=True), []
    with pytest.raises(SourceUnavailable):
        list(directory(bulk, Down(people()), log).match(context(bulk), LIST))
    assert [entry.outcome for entry in log] == ["unavailable"]


CLAIMS = [
    (FATHER, ResidentQuery(name="渡邉　修"), Verification.YES, {"name"}, set()),
    (FATHER, ResidentQuery(name="渡"), Verification.NO, set(), {"name"}),
    (FATHER, ResidentQuery(name="渡邉修", sex="2"), Verification.PARTIAL, {"name"}, {"sex"}),
    (
        FATHER,
        ResidentQuery(kana="わたなべおさむ", birth_from=date(1988, 2, 29), postcode="190-0023"),
        Verification.YES,
        {"kana", "birth", "postcode"},
        set(),
    ),
    (FATHER, ResidentQuery(birth_to=date(1988, 2, 28)), Verification.NO, set(), {"birth"}),
    (PersonId(CITY, "9"), ResidentQuery(name="渡邉修"), Verification.NO, set(), {"name"}),
    (PersonId("132071", "1"), ResidentQuery(name="渡邉修"), Verification.NO, set(), {"name"}),
    (
        PROTECTED,
        ResidentQuery(name="𠮷田一郎", address="富士見町"),
        Verification.PARTIAL,
        {"name"},
        {"address"},
    ),
    (
        PROTECTED,
        ResidentQuery(household_number="000000000000002"),
        Verification.NO,
        set(),
        {"household_number"},
    ),
]


@pytest.mark.parametrize(("person", "claim", "verification", "agreed", "differing"), CLAIMS)
def test_a_claim_is_verified_item_by_item(person, claim, verification, agreed, differing):
    log = []
    answer = directory(rule(), log=log).verify(context(rule()), person, claim)
    assert answer == Verified(verification, frozenset(agreed), frozenset(differing))
    is_known = person in (FATHER, PROTECTED)
    assert log[-1].persons == ((person,) if is_known else ())
    assert log[-1].outcome == verification.value


def test_a_purpose_that_reveals_may_verify_an_address():
    open_rule = rule(reveals_protected_location=True)
    claim = ResidentQuery(address="富士見町")
    answer = directory(open_rule).verify(context(open_rule), PROTECTED, claim)
    assert answer.verification is Verification.YES


def test_an_empty_claim_cannot_be_verified():
    answer = directory(rule()).verify(context(rule()), FATHER, ResidentQuery())
    assert [problem.code for problem in answer.problems] == ["query_empty"]


class Slow(MemorySource):
    def search(self, query, limit):
        time.sleep(0.02)
        seconds_left()
        return super().search(query, limit)


def test_an_answer_after_the_deadline_is_an_outage():
    slow, query = Slow(people()), ResidentQuery(kana="アオイ")
    hurried = context(rule(), deadline=0.001)
    assert directory(rule(), slow).search(hurried, query) == Unavailable()
    assert isinstance(directory(rule(), slow).search(context(rule()), query), Several)


def test_limits_inside_limits_only_shorten():
    assert seconds_left() is None
    with time_limit(10):
        with time_limit(100):
            assert seconds_left() <= 10
        with time_limit(5), time_limit(None):
            assert seconds_left() <= 5
        assert 5 < seconds_left() <= 10
    assert seconds_left() is None


def test_what_a_source_never_answers_is_an_invalid_question():
    class Picky(MemorySource):
        def search(self, query, limit):
            raise UnsupportedQuery

    answer = directory(rule(), Picky(people())).search(context(rule()), ResidentQuery(sex="1"))
    assert isinstance(answer, Invalid)


def test_a_source_without_changes_says_so_and_is_healthy_while_it_describes_itself():
    class Down(MemorySource):
        def describe(self):
            raise SourceUnavailable("maintenance", retry_after=60)

    assert MemorySource([]).health() == Health(True)
    assert directory(rule(), Down([])).health() == Health(False, 60, "SourceUnavailable")
    with pytest.raises(UnsupportedQuery):
        ResidentSource.changes(MemorySource([]), "")


def test_location_answers_come_at_whole_quanta(monkeypatch):
    clock = {"now": 100.0}
    waits = []
    monkeypatch.setattr("govkit.residents.directory.time.monotonic", lambda: clock["now"])
    monkeypatch.setattr("govkit.residents.directory.time.sleep", waits.append)

    class Timed(MemorySource):
        seconds = 0.0

        def search(self, query, limit):
            clock["now"] += self.seconds
            return super().search(query, limit)

    source = Timed(people())
    doors = directory(rule(), source)
    for source.seconds in (0.0, 0.003, 0.0199, 0.021):
        doors.search(context(rule()), ResidentQuery(postcode="1900013", name="存在しない"))
    doors.search(context(rule()), ResidentQuery(name="存在しない"))
    assert [round(wait, 4) for wait in waits] == [0.02, 0.017, 0.0001, 0.019]


def _run(work):
    """Run it on a loop of its own; browser tests keep one running in the thread of the tests."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def test_the_async_twin_answers_alike():
    doors, asked = directory(rule(bulk=True)), rule(bulk=True)
    twin = AsyncResidentDirectory(doors)

    async def ask():
        return await asyncio.gather(
            twin.get(context(asked), FATHER),
            twin.search(context(asked), ResidentQuery(kana="アオイ")),
            twin.household(context(asked), HouseholdId(CITY, "000000000000001")),
            twin.verify(context(asked), FATHER, ResidentQuery(name="渡邉修")),
            twin.born_between(context(asked), BORN, BORN),
            twin.health(),
        )

    got, found, home, verified, born, health = _run(ask())
    assert got == doors.get(context(asked), FATHER)
    assert [one.id for one in found.residents] == [
        one.id for one in doors.search(context(asked), ResidentQuery(kana="アオイ")).residents
    ]
    assert len(home.residents) == 3
    assert verified.verification is Verification.YES
    assert len(born) == 6
    assert health == Health(True)
    assert not isinstance(found, TooMany)
