from dataclasses import replace
from datetime import date

import pytest

from govkit.errors import NotPermitted
from govkit.residents.adapters.memory import MemorySource
from govkit.residents.directory import LookupDenied, ResidentDirectory
from govkit.residents.matching import Grade, MatchedOn, NameMatch, ResidentQuery
from govkit.residents.policy import InvalidContext, LookupContext, PurposeRule
from govkit.residents.records import HouseholdId, Masked, PersonId
from govkit.residents.results import Denied, Invalid, NoMatch, Several, Single, TooMany, Unavailable
from govkit.residents.source import SourceDescription, SourceUnavailable, UnsupportedQuery
from govkit.testing.resident_source import CITY, assert_hidden, invented_residents

DESK = PurposeRule("窓口照会", "学校教育法施行令第1条", bulk=True)
REGISTER = PurposeRule(
    "学齢簿の編製", "学校教育法施行令第1条", reveals_protected_location=True, bulk=True
)
SMALL = PurposeRule("小口照会", "学校教育法施行令第1条", max_rows=2)
RULES = {rule.name: rule for rule in (DESK, REGISTER, SMALL)}
PROTECTED = PersonId(CITY, "000000000000004")
SON = PersonId(CITY, "000000000000005")


class Log(list):
    """Keeps audit entries; fails when told to."""

    fails = False

    def __call__(self, entry):
        if self.fails:
            raise OSError("audit store is full")
        self.append((entry.context.purpose, entry.action, entry.persons, entry.outcome))


class FailingSource(MemorySource):
    """A source whose backend is out of order."""

    def __init__(self, error):
        super().__init__([])
        self.error = error

    def get_many(self, ids):
        raise self.error

    def search(self, query, limit):
        raise self.error

    def household(self, household):
        raise self.error

    def born_between(self, first, last):
        raise self.error
        yield


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def directory(log):
    return directory_over(MemorySource(invented_residents()), log)


def directory_over(source, log):
    return ResidentDirectory(source, municipality_code=CITY, purposes=RULES, audit=log)


def context(rule=DESK):
    return rule.context(actor="staff-1", section="学務課", reason="転入の相談")


def numbers(result):
    return [int(one.id.addressee_number) for one in result.residents]


LOCATION_QUERIES = [
    ResidentQuery(household_number="000000000000002"),
    ResidentQuery(name="𠮷田一郎", address="富士見町"),
    ResidentQuery(name="𠮷田一郎", postcode="190-0013"),
    ResidentQuery(name="𠮷田一郎", machiaza_id="0000002"),
    ResidentQuery(name="𠮷田一郎", building="コーポ2"),
    ResidentQuery(addressee_number="000000000000004", address="立川市"),
]


@pytest.mark.parametrize("field", ["actor", "section", "purpose", "legal_basis", "reason"])
def test_no_lookup_without_actor_purpose_and_reason(field):
    filled = dict.fromkeys(["actor", "section", "purpose", "legal_basis", "reason"], "x")
    with pytest.raises(InvalidContext, match=field):
        LookupContext(**(filled | {field: "　"}))


def test_unknown_purpose_is_denied_before_the_source_is_asked(log):
    directory = directory_over(FailingSource(AssertionError("asked")), log)
    stranger = LookupContext("a", "b", "興味", "c", "d")
    home = HouseholdId(CITY, "000000000000001")
    assert directory.get(stranger, SON) == Denied("興味")
    assert directory.search(stranger, ResidentQuery(name="山")) == Denied("興味")
    assert directory.household(stranger, home) == Denied("興味")
    with pytest.raises(LookupDenied):
        directory.born_between(stranger, date(2020, 1, 1), date(2020, 1, 2))
    assert [entry[3] for entry in log] == ["denied"] * 4


def test_bulk_needs_a_purpose_for_bulk(directory, log):
    with pytest.raises(NotPermitted):
        directory.born_between(context(SMALL), date(2020, 1, 1), date(2020, 12, 31))
    assert log == [("小口照会", "born_between", (), "denied")]


def test_every_matched_person_is_audited_before_release(directory, log):
    result = directory.search(context(), ResidentQuery(kana="アオイ"))
    assert log == [("窓口照会", "search", tuple(one.id for one in result.residents), "several")]
    assert len(result.residents) == 2


def test_bulk_is_audited_before_the_first_row_is_given(directory, log):
    rows = directory.born_between(context(REGISTER), date(2020, 4, 1), date(2020, 4, 1))
    ((_, action, persons, outcome),) = log
    assert (action, outcome) == ("born_between", "bulk")
    assert persons == tuple(row.id for row in rows)


def test_answer_is_withheld_if_the_audit_fails(directory, log):
    log.fails = True
    for ask in (
        lambda: directory.get(context(), SON),
        lambda: directory.search(context(), ResidentQuery(kana="アオイ")),
        lambda: directory.household(context(), HouseholdId(CITY, "000000000000001")),
        lambda: directory.born_between(context(), date(2020, 4, 1), date(2020, 4, 1)),
    ):
        with pytest.raises(OSError, match="audit store"):
            ask()


def test_protected_location_is_masked_in_every_result_shape(directory):
    single = directory.get(context(), PROTECTED)
    assert isinstance(single, Single)
    assert_hidden(single.resident)
    several = directory.search(context(), ResidentQuery(kana="ヨシダ"))
    assert isinstance(several, Several)
    assert_hidden(next(one for one in several.residents if one.id == PROTECTED))
    bulk = directory.born_between(context(), date(2020, 4, 1), date(2020, 4, 1))
    assert_hidden(next(one for one in bulk if one.id == PROTECTED))


def test_protection_is_told_with_every_masked_record(directory):
    assert directory.get(context(), PROTECTED).resident.is_protected


def test_purpose_that_reveals_gives_the_location(directory):
    found = directory.get(context(REGISTER), PROTECTED).resident
    assert found.address.town == "富士見町一丁目"
    assert found.household == HouseholdId(CITY, "000000000000002")


@pytest.mark.parametrize("query", LOCATION_QUERIES)
def test_protected_people_are_never_found_by_location(directory, query):
    result = directory.search(context(), query)
    assert result == NoMatch() or PROTECTED not in [one.id for one in result.residents]


@pytest.mark.parametrize("query", LOCATION_QUERIES)
def test_purpose_that_reveals_finds_by_location(directory, query):
    result = directory.search(context(REGISTER), query)
    assert PROTECTED in [one.id for one in result.residents]


def test_protected_people_do_not_count_towards_the_limit():
    open_person = invented_residents()[0]
    crowd = [
        replace(open_person, id=PersonId(CITY, f"{n:015d}"), is_protected=n % 3 != 0)
        for n in range(30)
    ]
    directory = directory_over(MemorySource(crowd), Log())
    query = ResidentQuery(address="立川市")
    assert directory.search(context(), query, limit=9) == TooMany(9)
    assert len(directory.search(context(), query, limit=10).residents) == 10


def test_household_links_to_protected_people_are_cut(directory):
    members = directory.household(context(), HouseholdId(CITY, "000000000000002"))
    assert numbers(members) == [5]
    assert isinstance(members.residents[0].head_name, Masked)
    assert isinstance(directory.get(context(), SON).resident.head_name, Masked)


def test_household_of_protected_people_alone_looks_like_none():
    alone = [one for one in invented_residents() if one.id == PROTECTED]
    directory = directory_over(MemorySource(alone), Log())
    assert directory.household(context(), HouseholdId(CITY, "000000000000002")) == NoMatch()


def test_heads_of_open_households_are_named(directory):
    first = directory.get(context(), PersonId(CITY, "000000000000001")).resident
    assert first.head_name == "渡邉󠄂　修"
    members = directory.household(context(REGISTER), HouseholdId(CITY, "000000000000002"))
    assert [one.head_name for one in members.residents] == ["", "𠮷田　一郎"]


def test_answers_to_where_somebody_lives_name_no_heads(directory):
    asked = ResidentQuery(kana="アオイ", address="立川市")
    home = HouseholdId(CITY, "000000000000001")
    for found in (
        directory.search(context(), asked).residents,
        directory.household(context(), home).residents,
    ):
        assert len(found) > 1
        assert not any(isinstance(one.head_name, str) and one.head_name for one in found)
    assert directory.search(context(REGISTER), asked).residents[0].head_name == "渡邉󠄂　修"


def test_heads_are_not_named_where_nobody_can_tell_who_lives_together(log):
    class NoHouseholds(MemorySource):
        def household(self, household):
            raise UnsupportedQuery

    doors = directory_over(NoHouseholds(invented_residents()), log)
    found = doors.get(context(), PersonId(CITY, "000000000000001")).resident
    assert isinstance(found.head_name, Masked)


def test_bulk_without_revealing_names_no_heads(directory):
    rows = directory.born_between(context(), date(2020, 4, 1), date(2020, 4, 1))
    assert not any(isinstance(one.head_name, str) and one.head_name for one in rows)


def test_rows_of_another_municipality_are_never_released(log):
    other = [
        replace(one, id=PersonId("132071", one.id.addressee_number)) for one in invented_residents()
    ]
    directory = directory_over(MemorySource(other), log)
    assert directory.get(context(), other[0].id) == NoMatch()
    assert directory.get(context(), PersonId(CITY, other[0].id.addressee_number)) == NoMatch()
    assert directory.search(context(), ResidentQuery(kana="アオイ")) == NoMatch()
    assert directory.household(context(), HouseholdId("132071", "000000000000001")) == NoMatch()
    assert directory.household(context(), HouseholdId(CITY, "000000000000001")) == NoMatch()
    assert list(directory.born_between(context(), date(1900, 1, 1), date(2030, 1, 1))) == []


def test_row_other_than_the_one_asked_for_is_never_released(log):
    class Confused(MemorySource):
        def get_many(self, ids):
            return dict.fromkeys(ids, invented_residents()[3])

    assert directory_over(Confused([]), log).get(context(), SON) == NoMatch()


def test_rows_hidden_from_other_business_are_never_released(directory):
    hidden = PersonId(CITY, "000000000000010")
    assert directory.get(context(REGISTER), hidden) == NoMatch()
    assert directory.search(context(REGISTER), ResidentQuery(name="100%")) == NoMatch()
    rows = directory.born_between(context(REGISTER), date(2020, 4, 1), date(2020, 4, 1))
    assert hidden not in [row.id for row in rows]


@pytest.mark.parametrize(
    ("error", "retry_after"),
    [
        (SourceUnavailable("保守中", retry_after=30), 30),
        (TimeoutError(), None),
        (ConnectionResetError(), None),
    ],
)
def test_outage_is_never_no_match(log, error, retry_after):
    directory = directory_over(FailingSource(error), log)
    home = HouseholdId(CITY, "000000000000001")
    assert directory.get(context(), SON) == Unavailable(retry_after)
    assert directory.search(context(), ResidentQuery(name="山")) == Unavailable(retry_after)
    assert directory.household(context(), home) == Unavailable(retry_after)
    with pytest.raises(SourceUnavailable):
        directory.born_between(context(), date(2020, 1, 1), date(2020, 1, 2))
    assert [entry[3] for entry in log] == ["unavailable"] * 4


def test_outage_half_way_through_bulk_gives_nothing_out(log):
    class Breaking(MemorySource):
        def born_between(self, first, last):
            yield invented_residents()[0]
            raise ConnectionResetError

    with pytest.raises(SourceUnavailable):
        directory_over(Breaking([]), log).born_between(
            context(), date(2020, 1, 1), date(2020, 12, 31)
        )
    assert log == [("窓口照会", "born_between", (), "unavailable")]


def test_bug_in_a_source_is_not_taken_for_an_outage(log):
    with pytest.raises(ZeroDivisionError):
        directory_over(FailingSource(ZeroDivisionError()), log).get(context(), SON)
    assert log == []


def test_unusable_query_is_told_and_audited(directory, log):
    result = directory.search(context(), ResidentQuery(sex="1"))
    assert isinstance(result, Invalid)
    assert [problem.code for problem in result.problems] == ["query_empty"]
    assert log[0][3] == "invalid"


def test_part_match_is_refused_where_the_source_cannot(log):
    class Plain(MemorySource):
        def describe(self):
            return SourceDescription("plain", capabilities=frozenset())

    directory = directory_over(Plain(invented_residents()), log)
    query = ResidentQuery(name="葵", name_match=NameMatch.PART)
    assert isinstance(directory.search(context(), query), Invalid)
    assert isinstance(
        directory.search(context(), replace(query, name_match=NameMatch.PREFIX)), Single
    )


@pytest.mark.parametrize(("rule", "limit"), [(DESK, 2), (SMALL, 50)])
def test_too_many_tells_no_rows(directory, log, rule, limit):
    assert directory.search(context(rule), ResidentQuery(kana="ワタナベ"), limit) == TooMany(2)
    assert log[0][2:] == ((), "too_many")


def test_household_larger_than_the_purpose_allows_is_too_many(directory):
    home = HouseholdId(CITY, "000000000000001")
    assert directory.household(context(SMALL), home) == TooMany(2)
    assert numbers(directory.household(context(), home)) == [3, 1, 2]


def test_surest_candidates_come_first(directory):
    result = directory.search(context(), ResidentQuery(name="渡邉", name_match=NameMatch.PREFIX))
    assert {one.grade for one in result.candidates} == {Grade.POSSIBLE}
    whole = directory.search(
        context(), ResidentQuery(birth_from=date(2020, 4, 1), birth_to=date(2020, 4, 1))
    )
    assert numbers(whole) == sorted(numbers(whole))
    assert directory.get(context(), SON).candidates[0].matched_on == (MatchedOn.NUMBER,)


def test_what_only_the_source_knows_is_a_possible_candidate(log):
    class Historic(MemorySource):
        def search(self, query, limit):
            return invented_residents()[:1]

    result = directory_over(Historic([]), log).search(context(), ResidentQuery(name="旧姓"))
    assert result.candidate.matched_on == (MatchedOn.SOURCE,)
    assert result.candidate.grade is Grade.POSSIBLE


def test_twins_are_two_candidates(directory):
    born = date(2020, 4, 1)
    query = ResidentQuery(kana="わたなべ あおい", birth_from=born, birth_to=born)
    assert numbers(directory.search(context(), query)) == [1, 2]


def test_description_tells_the_source(directory):
    assert directory.describe().rows == 10
