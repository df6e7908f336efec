from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.residents.adapters.composite import Failover, Municipalities, WithNonResidents
from govkit.residents.adapters.memory import MemorySource
from govkit.residents.matching import ResidentQuery
from govkit.residents.policy import LookupContext
from govkit.residents.records import HouseholdId, PersonId
from govkit.residents.source import (
    Capability,
    Changes,
    Health,
    SourceUnavailable,
    UnsupportedQuery,
    asked_for,
)
from govkit.testing.resident_source import (
    CITY,
    ResidentSourceConformance,
    any_queries,
    any_residents,
    invented_residents,
)

OTHER = "132071"
DAY = date(2026, 11, 1)
QUERY = ResidentQuery(birth_from=date(1900, 1, 1))


class Shaky(MemorySource):
    """A source that can be down, and knows its changes."""

    is_down = False
    retry_after = None
    asked = 0

    def _ask(self):
        self.asked += 1
        if self.is_down:
            raise SourceUnavailable("down", self.retry_after)

    def get_many(self, ids):
        self._ask()
        return super().get_many(ids)

    def search(self, query, limit):
        self._ask()
        return super().search(query, limit)

    def household(self, household):
        self._ask()
        return super().household(household)

    def born_between(self, first, last):
        half = list(super().born_between(first, last))
        yield from half[: len(half) // 2]
        self._ask()
        yield from half[len(half) // 2 :]

    def health(self):
        return Health(not self.is_down, 5.0 if self.is_down else None, "戻り待ち")

    def changes(self, since):
        return Changes("v2", () if since in ("", "v2") else (PersonId(CITY, "7"),))

    def describe(self):
        able = super().describe().capabilities
        return replace(super().describe(), capabilities=able | {Capability.CHANGES})


def moved(residents, code=OTHER):
    """The same people in another city."""
    return [
        replace(
            one,
            id=PersonId(code, one.id.addressee_number),
            household=one.household and HouseholdId(code, one.household.household_number),
        )
        for one in residents
    ]


def ids(found):
    return [one.id for one in found]


def halves(residents):
    """Those with a household, and every second of the others."""
    others = [one for n, one in enumerate(residents) if one.household is None or n % 2]
    return [one for one in residents if one not in others], others


class TestMunicipalities(ResidentSourceConformance):
    def make_source(self, residents):
        return Municipalities({CITY: MemorySource(residents), OTHER: MemorySource([])})


class TestOneOfMunicipalities(ResidentSourceConformance):
    def make_source(self, residents):
        others = MemorySource(moved(residents))
        return Municipalities({CITY: MemorySource(residents), OTHER: others})[CITY]


class TestWithNonResidents(ResidentSourceConformance):
    def make_source(self, residents):
        return WithNonResidents(*map(MemorySource, halves(residents)))


class TestFailover(ResidentSourceConformance):
    def make_source(self, residents):
        return Failover(
            MemorySource(residents),
            MemorySource([]),
            allows=lambda context: True,
            oldest=lambda day: True,
        )


class TestStandby(ResidentSourceConformance):
    def make_source(self, residents):
        down = Shaky(moved(residents))
        down.is_down = True
        return Failover(
            down,
            MemorySource(residents, as_of=DAY),
            allows=lambda context: True,
            oldest=lambda day: True,
        )


@pytest.fixture
def parts():
    return Shaky(invented_residents()), Shaky(moved(invented_residents()))


@pytest.fixture
def cities(parts):
    return Municipalities({OTHER: parts[1], CITY: parts[0]})


def test_cities_are_asked_by_code_and_answered_in_order(cities, parts):
    numbers = [PersonId(OTHER, f"{1:015d}"), PersonId(CITY, f"{1:015d}"), PersonId("011002", "1")]
    assert list(cities.get_many(numbers)) == numbers[:2]
    found = cities.search(QUERY, 50)
    assert ids(found) == sorted(ids([*invented_residents(), *moved(invented_residents())]))
    assert ids(cities.search(QUERY, 12)) == ids(found)[:13]
    assert ids(cities.household(HouseholdId(OTHER, f"{2:015d}"))) == [
        PersonId(OTHER, f"{number:015d}") for number in (4, 5)
    ]
    assert list(cities.household(HouseholdId("011002", "1"))) == []
    everybody = cities.born_between(date(1900, 1, 1), date(2030, 1, 1))
    assert ids(everybody) == ids(found)


def test_a_city_that_is_down_is_not_left_out_but_does_not_stop_the_others(cities, parts):
    parts[1].is_down = True
    with pytest.raises(SourceUnavailable):
        cities.search(QUERY, 2)
    with pytest.raises(SourceUnavailable):
        list(cities.born_between(date(1900, 1, 1), date(2030, 1, 1)))
    assert cities.health() == Health(False, 5.0, f"{OTHER}: 戻り待ち")
    own = cities[CITY]
    assert own.health().is_up
    assert ids(own.search(QUERY, 50)) == ids(invented_residents())
    assert cities.get_many([PersonId(CITY, f"{1:015d}")])


def test_rows_of_another_city_are_an_outage_not_an_answer():
    mixed = Municipalities({CITY: MemorySource(moved(invented_residents()))})[CITY]
    with pytest.raises(SourceUnavailable):
        mixed.search(QUERY, 50)
    with pytest.raises(KeyError):
        Municipalities({CITY: mixed})[OTHER]
    with pytest.raises(ValueError, match="no municipality"):
        Municipalities({})


def test_changes_of_all_parts(cities):
    version = cities.changes("").version
    assert cities.changes(version).ids == ()
    assert cities.changes(version.replace("v2", "v1", 1)).ids == (PersonId(CITY, "7"),)
    for strange in ("v1", "[]", '["v1"]', "[1, 2]", "3"):
        assert cities.changes(strange).ids is None
    with pytest.raises(UnsupportedQuery):
        Municipalities({CITY: MemorySource([])}).changes("")


def test_description_is_what_the_parts_share():
    first = MemorySource(invented_residents(), as_of=date(2026, 2, 1))
    second = Shaky(moved(invented_residents()), as_of=date(2026, 1, 1))
    described = Municipalities({CITY: first, OTHER: second}).describe()
    assert described.rows == 20
    assert described.as_of == date(2026, 1, 1)
    assert described.capabilities == first.describe().capabilities
    assert Municipalities({CITY: first, OTHER: MemorySource([])}).describe().as_of is None


def joined(residents, others, pairs):
    return WithNonResidents(
        MemorySource(residents),
        MemorySource(others),
        same_as=lambda wanted: {one: pairs[one] for one in wanted if one in pairs},
    )


def outside(number, one, **changes):
    """A person outside the register who looks like a resident."""
    return replace(one, id=PersonId(CITY, number), household=None, is_protected=False, **changes)


def test_somebody_known_twice_is_answered_once_as_the_resident():
    first = invented_residents()[0]
    twin = outside("900", first)
    source = joined(invented_residents(), [twin], {twin.id: first.id})
    query = ResidentQuery(name=first.name.full)
    assert ids(source.search(query, 5)) == [first.id]
    assert list(source.get_many([twin.id])) == [twin.id]
    born = source.born_between(date(2020, 4, 1), date(2020, 4, 1))
    assert twin.id not in ids(born)


def test_a_record_that_alone_answers_is_kept():
    first = invented_residents()[0]
    elsewhere = outside("900", first, name=replace(first.name, full="旧姓　葵"))
    source = joined(invented_residents(), [elsewhere], {elsewhere.id: first.id})
    assert ids(source.search(ResidentQuery(name="旧姓"), 5)) == [elsewhere.id]


def test_who_is_protected_as_a_resident_is_protected_everywhere():
    hidden = next(one for one in invented_residents() if one.is_protected)
    other = outside("900", hidden, name=replace(hidden.name, full="旧姓　一郎"))
    source = joined(invented_residents(), [other], {other.id: hidden.id})
    [found] = source.search(ResidentQuery(name="旧姓"), 5)
    assert found.is_protected
    assert source.get_many([other.id])[other.id].is_protected


def test_a_number_that_both_know_is_the_resident():
    first = invented_residents()[0]
    source = joined(invented_residents(), [replace(first, household=None)], {})
    assert source.get_many([first.id]) == {first.id: first}
    assert ids(source.search(ResidentQuery(name=first.name.full), 5)) == [first.id]


def test_dropped_records_do_not_shorten_an_answer():
    first = invented_residents()[0]
    copies = [outside(f"8{number:02d}", first) for number in range(8)]
    last = outside("900", first)
    source = joined([first], [*copies, last], {one.id: first.id for one in copies})
    assert ids(source.search(ResidentQuery(name=first.name.full), 1)) == [first.id, last.id]


@pytest.mark.parametrize("down", [0, 1])
def test_no_part_is_optional(down):
    both = [Shaky(part) for part in halves(invented_residents())]
    both[down].is_down = True
    source = WithNonResidents(*both)
    asked = [
        lambda: source.search(QUERY, 5),
        lambda: source.household(HouseholdId(CITY, f"{1:015d}")),
        lambda: list(source.born_between(date(1900, 1, 1), date(2030, 1, 1))),
        lambda: source.get_many(ids(invented_residents())),
    ]
    for ask in asked:
        with pytest.raises(SourceUnavailable):
            ask()
    assert not source.health().is_up


@given(people=any_residents(), query=any_queries(), limit=st.integers(0, 4))
def test_parts_answer_as_one_source_would(people, query, limit):
    whole = MemorySource(people)
    parts = WithNonResidents(*map(MemorySource, halves(people)))
    assert list(parts.search(query, limit)) == list(whole.search(query, limit))


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def main():
    return Shaky(invented_residents())


def failover(main, clock, as_of=DAY, **options):
    standby = MemorySource(invented_residents()[:5], name="standby", as_of=as_of)
    given = {"allows": lambda context: True, "oldest": lambda day: day >= DAY} | options
    return Failover(main, standby, clock=clock, **given)


def test_the_standby_answers_while_the_source_is_down_and_tells_its_day(main, clock):
    source = failover(main, clock)
    assert len(source.search(QUERY, 50)) == 10
    assert source.describe().name == "memory"
    main.is_down = True
    assert len(source.search(QUERY, 50)) == 5
    assert (source.describe().name, source.describe().as_of) == ("standby", DAY)
    assert source.health() == Health(True, 5.0, "戻り待ち · standby")
    main.is_down = False
    asked = main.asked
    assert len(source.search(QUERY, 50)) == 5
    assert main.asked == asked
    clock.now += 15
    assert len(source.search(QUERY, 50)) == 10
    assert source.describe().name == "memory"


def test_the_source_is_left_alone_as_long_as_it_asked_for(main, clock):
    source = failover(main, clock)
    main.is_down, main.retry_after = True, 100
    source.search(QUERY, 50)
    main.is_down = False
    clock.now += 99
    assert len(source.search(QUERY, 50)) == 5
    clock.now += 1
    assert len(source.search(QUERY, 50)) == 10


def test_an_answer_is_never_put_together_from_both(main, clock):
    main.is_down = True
    found = failover(main, clock).born_between(date(1900, 1, 1), date(2030, 1, 1))
    assert ids(found) == ids(invented_residents()[:5])


@pytest.mark.parametrize(
    "options",
    [
        {"as_of": None},
        {"as_of": date(2026, 10, 31)},
        {"allows": lambda context: context is not None and context.purpose == "desk"},
    ],
)
def test_a_standby_that_is_not_allowed_is_an_outage(main, clock, options):
    main.is_down = True
    source = failover(main, clock, **options)
    for _ in range(2):
        with pytest.raises(SourceUnavailable) as caught:
            source.search(QUERY, 50)
        assert caught.value.retry_after == 15


def test_the_purpose_decides_whether_an_earlier_day_will_do(main, clock):
    main.is_down = True
    source = failover(
        main, clock, allows=lambda context: context is not None and context.purpose == "desk"
    )
    with asked_for(LookupContext("a1", "市民課", "desk", "住民基本台帳法", "窓口")):
        assert len(source.search(QUERY, 50)) == 5


def test_changes_are_not_told_by_two_sources_that_differ(main, clock):
    source = failover(main, clock)
    assert Capability.CHANGES not in source.describe().capabilities
    with pytest.raises(UnsupportedQuery):
        source.changes("")


def test_both_down_is_down(main, clock):
    other = Shaky([], as_of=DAY)
    main.is_down = other.is_down = True
    source = Failover(main, other, allows=lambda c: True, oldest=lambda d: True, clock=clock)
    assert not source.health().is_up
    with pytest.raises(SourceUnavailable):
        source.search(QUERY, 5)
