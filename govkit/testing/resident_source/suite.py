"""The class that a test of an adapter derives from."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import ClassVar, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govkit.errors import InvalidInput
from govkit.residents.directory import LookupEntry, ResidentDirectory
from govkit.residents.matching import Matcher, NameMatch, ResidentQuery
from govkit.residents.policy import PurposeRule
from govkit.residents.records import FuzzyDate, HouseholdId, PersonId, Resident
from govkit.residents.results import (
    Found,
    Invalid,
    NoMatch,
    Result,
    Several,
    Single,
    TooMany,
    Unavailable,
)
from govkit.residents.source import (
    OUTAGES,
    Capability,
    Health,
    ResidentSource,
    UnsupportedQuery,
    time_limit,
)
from govkit.testing.resident_source.cases import RULE_CASES
from govkit.testing.resident_source.faults import Fault
from govkit.testing.resident_source.hiding import assert_hidden
from govkit.testing.resident_source.people import (
    CITY,
    OTHER_CITY,
    any_queries,
    any_residents,
    invented_residents,
    rule_people,
)

__all__ = ["ResidentSourceConformance"]

_SHOWS: Final = PurposeRule("register", "学校教育法施行令第1条", reveals_protected_location=True)
_HIDES: Final = PurposeRule("desk", "学校教育法施行令第1条", bulk=True)
_CONTEXT: Final = _HIDES.context(actor="a1", section="学務課", reason="窓口の照会")
_PATIENCE: Final = 0.3
"""Seconds that the asker waits for a slow source."""


class _NoWaiting:
    """Takes the place of the module ``time``: even time is the directory's matter, not a source's."""

    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(lambda seconds: None)


def _silent(entry: LookupEntry) -> None:
    """An audit for checks that look at answers only."""


def _directory(source: ResidentSource, rule: PurposeRule = _HIDES) -> ResidentDirectory:
    rules = {rule.name: rule}
    return ResidentDirectory(source, municipality_code=CITY, purposes=rules, audit=_silent)


def _ids(residents: Iterable[Resident]) -> list[PersonId]:
    return [resident.id for resident in residents]


def _numbers(residents: Iterable[Resident]) -> list[int]:
    return [int(resident.id.addressee_number) for resident in residents]


def _shown(result: Result) -> Sequence[Resident]:
    return result.residents if isinstance(result, Found) else ()


_PROPERTY = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[
        HealthCheck.differing_executors,
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ],
)
_QUERIES: Final = st.lists(any_queries(), min_size=4, max_size=12)


class ResidentSourceConformance:
    """Derive a test class from this and implement :meth:`make_source`.

    A source is used only until the next one is made, so all may share one backend.

    :cvar faults: Everything that can go wrong behind the adapter; :meth:`make_faulty_source` makes
        a source with each.
    :cvar is_thread_safe: False for a source that belongs to one thread, such as one over the
        database session of a request.
    :cvar has_households: False for a source of people outside the register (住登外者), none of whom
        has a household; the people it is given have none then.
    """

    has_households: ClassVar[bool] = True
    faults: ClassVar[frozenset[Fault]] = frozenset()
    is_thread_safe: ClassVar[bool] = True

    def make_source(self, residents: Sequence[Resident]) -> ResidentSource:
        """Your adapter over exactly these residents of the municipality :data:`CITY`."""
        raise NotImplementedError

    def make_faulty_source(self, residents: Sequence[Resident], fault: Fault) -> ResidentSource:
        """Your adapter over these residents with one of your :attr:`faults` behind it.

        It may raise at once what the adapter raises where it is made.
        """
        raise NotImplementedError(fault)

    def replace_residents(self, source: ResidentSource, residents: Sequence[Resident]) -> None:
        """Let the backend of a source hold these residents instead: for ``changes``."""
        raise NotImplementedError

    def supports(self, query: ResidentQuery) -> bool:
        """Whether your adapter ever answers such a query, or raises ``UnsupportedQuery``."""
        return True

    def _given(self, people: Iterable[Resident]) -> tuple[Resident, ...]:
        """The people in the form in which the source can hold them."""
        if self.has_households:
            return tuple(people)
        return tuple(replace(one, household=None, relationship="", head_name="") for one in people)

    @pytest.fixture(autouse=True)
    def _conformance(
        self, record_property: Callable[[str, object], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        record_property("resident_source", type(self).__name__)
        monkeypatch.setattr("govkit.residents.directory.time", _NoWaiting)

    @pytest.fixture
    def residents(self) -> tuple[Resident, ...]:
        """Ten people."""
        return self._given(invented_residents())

    @pytest.fixture
    def source(self, residents: tuple[Resident, ...]) -> ResidentSource:
        """The adapter under test over ten people."""
        return self.make_source(residents)

    def test_describe_counts_the_people(
        self,
        source: ResidentSource,
        residents: tuple[Resident, ...],
        record_property: Callable[[str, object], None],
    ) -> None:
        """A description names the source; the number of rows is right or unknown."""
        description = source.describe()
        assert description.name
        assert description.rows in (None, len(residents))
        assert description.capabilities <= frozenset(Capability)
        record_property("resident_source_source", description.name)
        # Plain texts: pytest-xdist sends them from one process to another.
        able = sorted(each.value for each in description.capabilities)
        record_property("resident_source_capabilities", able)
        record_property("resident_source_faults", sorted(each.value for each in self.faults))

    def test_get_many_gives_every_record_unchanged(self) -> None:
        """Names with IVS and beyond the BMP, numbers with leading zeros, unknown dates."""
        people = self._given(rule_people())
        source = self.make_source(people)
        found = source.get_many(_ids(people))
        assert found == {one.id: one for one in _as_known(source, people)}

    def test_get_many_leaves_strangers_out(self, source: ResidentSource) -> None:
        """Another municipality, a number without its zeros and an unknown number are nobody."""
        strangers = [
            PersonId(OTHER_CITY, f"{1:015d}"),
            PersonId(CITY, "1"),
            PersonId(CITY, "999999999999999"),
        ]
        assert source.get_many(strangers) == {}
        assert source.get_many([]) == {}

    def test_search_finds(self, record_property: Callable[[str, object], None]) -> None:
        """The rule cases of searching (住民記録システム標準仕様書 2.1.2)."""
        source = self.make_source(self._given(rule_people()))
        able = source.describe().capabilities
        cases = [
            case
            for case in RULE_CASES
            if case.needs in {None, *able} and self.supports(case.query)
            if self.has_households or not case.query.household_number
        ]
        found = {case.query: _numbers(source.search(case.query, 50)) for case in cases}
        assert found == {case.query: case.expected(able) for case in cases}
        record_property("conformance_cases", len(cases))

    def test_what_it_does_not_declare_is_refused(self) -> None:
        """Never an answer that looks whole: the directory refuses, or the source does."""
        source = self.make_source(self._given(rule_people()))
        able = source.describe().capabilities
        directory = _directory(source)
        for case in RULE_CASES:
            if not self.supports(case.query):
                with pytest.raises(UnsupportedQuery):
                    source.search(case.query, 50)
            if case.needs not in {None, *able} or not self.supports(case.query):
                assert isinstance(directory.search(_CONTEXT, case.query), Invalid), case
        if Capability.CHANGES not in able:
            with pytest.raises(UnsupportedQuery):
                source.changes("")

    def test_search_stops_one_past_the_limit(self, source: ResidentSource) -> None:
        """So that a cut answer can be told from a whole one."""
        query = ResidentQuery(birth_from=date(1900, 1, 1))
        whole = source.search(query, 50)
        assert len(source.search(query, 2)) == 3
        assert _ids(source.search(query, 2)) == _ids(whole)[:3]
        assert _ids(source.search(query, len(whole) - 1)) == _ids(whole)
        assert _ids(source.search(query, len(whole))) == _ids(whole)

    def test_household_begins_with_its_head(self, source: ResidentSource) -> None:
        """Then come the others by birth and number."""
        members = source.household(HouseholdId(CITY, f"{1:015d}"))
        assert _numbers(members) == ([3, 1, 2] if self.has_households else [])
        assert list(source.household(HouseholdId(OTHER_CITY, f"{1:015d}"))) == []
        assert list(source.household(HouseholdId(CITY, "1"))) == []

    @pytest.mark.parametrize(
        ("first", "last", "numbers"),
        [
            (date(2020, 4, 1), date(2020, 4, 1), [1, 2, 4, 5, 6, 8, 10]),
            (date(2020, 4, 2), date(2021, 4, 1), [8]),
            (date(1947, 2, 28), date(1947, 2, 28), [7]),
            (date(1988, 2, 29), date(1988, 2, 29), [3]),
            (date(2020, 4, 1), date(2020, 3, 31), []),
        ],
    )
    def test_born_between_includes_both_days_and_every_maybe(
        self, source: ResidentSource, first: date, last: date, numbers: list[int]
    ) -> None:
        """Somebody whose birth date may lie between is given rather than lost."""
        assert _numbers(source.born_between(first, last)) == numbers

    @_PROPERTY
    @given(residents=any_residents(), queries=_QUERIES)
    def test_search_gives_exactly_the_matches(
        self, residents: tuple[Resident, ...], queries: list[ResidentQuery]
    ) -> None:
        """Whatever the index, the answer is that of the matcher; asking twice changes nothing."""
        residents = self._given(residents)
        source = self.make_source(residents)
        for query in self._answerable(source, queries):
            matcher = Matcher(query)
            expected = [one.id for one in residents if matcher.match(one) is not None]
            assert _ids(source.search(query, 50)) == expected, query
            assert _ids(source.search(query, 50)) == expected, query
            assert _ids(source.search(query, 1)) == expected[:2], query

    @_PROPERTY
    @given(
        residents=any_residents(),
        picks=st.lists(st.integers(0, 10), max_size=6),
        days=st.tuples(st.dates(date(2017, 1, 1)), st.integers(0, 400)),
    )
    def test_batch_equals_singles(
        self, residents: tuple[Resident, ...], picks: list[int], days: tuple[date, int]
    ) -> None:
        """``get_many`` of several is what it is of each; an age group is what its days are."""
        residents = self._given(residents)
        source = self.make_source(residents)
        ids = [PersonId(CITY, f"{number:015d}") for number in picks]
        singles = {key: row for one in ids for key, row in source.get_many([one]).items()}
        assert dict(source.get_many(ids)) == singles
        first, length = days
        last = date.fromordinal(min(first.toordinal() + length, date.max.toordinal()))
        born = [one.id for one in residents if one.birth.within(first, last) is not False]
        assert _ids(source.born_between(first, last)) == born

    @_PROPERTY
    @given(residents=any_residents(), queries=_QUERIES)
    def test_a_mask_never_leaks(
        self, residents: tuple[Resident, ...], queries: list[ResidentQuery]
    ) -> None:
        """Through the directory no query shows where a protected person lives."""
        residents = self._given(residents)
        directory = _directory(self.make_source(residents))
        for query in queries:
            for one in _shown(directory.search(_CONTEXT, query)):
                if one.is_protected:
                    assert not query.uses_location
                    assert_hidden(one)
        for home in {one.household for one in residents if isinstance(one.household, HouseholdId)}:
            for member in _shown(directory.household(_CONTEXT, home)):
                assert not member.is_protected

    @_PROPERTY
    @given(residents=any_residents(), queries=_QUERIES)
    def test_location_queries_answer_as_if_the_protected_did_not_exist(
        self, residents: tuple[Resident, ...], queries: list[ResidentQuery]
    ) -> None:
        """The same shape and count, also at the limit."""
        asked = [query for query in queries if query.uses_location and not query.problems]
        residents = self._given(residents)
        with_all = _directory(self.make_source(residents))
        every = [with_all.search(_CONTEXT, query, limit=2) for query in asked]
        open_people = [one for one in residents if not one.is_protected]
        with_open = _directory(self.make_source(open_people))
        without = [with_open.search(_CONTEXT, query, limit=2) for query in asked]
        assert [type(one) for one in every] == [type(one) for one in without]
        assert [_ids(_shown(one)) for one in every] == [_ids(_shown(one)) for one in without]
        assert Unavailable not in map(type, every)

    def test_the_directory_finds_through_the_source(self, source: ResidentSource) -> None:
        """One, several, none and too many."""
        directory = _directory(source, _SHOWS)
        context = _SHOWS.context(actor="a1", section="学務課", reason="名簿の調製")

        def ask(query: ResidentQuery, limit: int = 50) -> Result:
            return directory.search(context, query, limit)

        assert isinstance(ask(ResidentQuery(name="渡邉葵")), Single)
        assert isinstance(ask(ResidentQuery(kana="アオイ")), Several)
        assert ask(ResidentQuery(name="存在しない")) == NoMatch()
        assert isinstance(ask(ResidentQuery(kana="ワタナベ"), limit=3), Several)
        assert ask(ResidentQuery(kana="ワタナベ"), limit=2) == TooMany(2)

    def test_a_working_source_is_healthy(self, source: ResidentSource) -> None:
        """``health`` tells so, in a form that an operator can read."""
        health = source.health()
        assert health.is_up
        assert isinstance(health, Health)

    def test_threads_get_the_same_answers(self) -> None:
        """Four threads asking at once get what one gets."""
        source = self.make_source(self._given(rule_people()))
        if not self.is_thread_safe:
            return
        able = source.describe().capabilities
        queries = [case.query for case in RULE_CASES if case.needs in {None, *able}]
        queries = [query for query in queries if self.supports(query)]

        def ask(start: int) -> Mapping[ResidentQuery, list[PersonId]]:
            order = (*queries[start:], *queries[:start])
            answers = {query: _ids(source.search(query, 50)) for query in order}
            home = source.household(HouseholdId(CITY, f"{1:015d}"))
            assert _numbers(home) == ([3, 1, 2] if self.has_households else [])
            return answers

        alone = ask(0)
        with ThreadPoolExecutor(4) as threads:
            starts = range(0, len(queries), max(len(queries) // 4, 1))
            assert all(answers == alone for answers in threads.map(ask, starts))

    def test_changes_name_everybody_who_changed(self) -> None:
        """Added, changed, removed and newly protected people; nobody when nothing happened."""
        before = self._given(invented_residents())
        source = self.make_source(before)
        if Capability.CHANGES not in source.describe().capabilities:
            return
        version = source.changes("").version
        assert version
        assert source.changes(version).ids in ((), None)
        assert source.changes("from another world").ids is None
        kept, moved, protected, gone, *rest = before
        moved = replace(moved, name=replace(moved.name, given="碧", full="渡邉󠄂　碧"))
        protected = replace(protected, is_protected=True)
        new = replace(gone, id=PersonId(CITY, f"{11:015d}"), birth=FuzzyDate.of(date(2026, 9, 1)))
        self.replace_residents(source, [kept, moved, protected, *rest, new])
        changed = source.changes(version)
        assert changed.version != version
        assert changed.ids is None or {*changed.ids} == {*_ids([moved, protected, gone, new])}
        assert source.get_many(_ids([gone, moved])) == {moved.id: moved}

    def test_faults_never_look_like_nobody(
        self, record_property: Callable[[str, object], None]
    ) -> None:
        """Each fault gives the right people or an outage, never an empty or a partial answer."""
        people = [one for one in self._given(rule_people()) if _fits_cp932(one)]
        told = {fault: self._under(fault, people) for fault in sorted(self.faults)}
        assert told == dict.fromkeys(told, "")
        record_property("conformance_cases", len(told))

    def _answerable(
        self, source: ResidentSource, queries: Iterable[ResidentQuery]
    ) -> Iterator[ResidentQuery]:
        able = source.describe().capabilities
        needs = {
            NameMatch.PART: Capability.PART_MATCH,
            NameMatch.FUZZY: Capability.FUZZY_MATCH,
        }
        for query in queries:
            named = query.name or query.kana
            needed = needs.get(query.name_match) if named else None
            if needed in {None, *able} and self.supports(query) and not query.problems:
                yield query

    def _under(self, fault: Fault, people: Sequence[Resident]) -> str:
        """What is wrong with the answers under a fault; blank if nothing is."""
        try:
            source = self.make_faulty_source(people, fault)
        except (*OUTAGES, InvalidInput) as refused:
            return f"refused: {refused!r}" if fault.is_harmless else ""
        health = source.health()
        if not isinstance(health, Health):
            return "health() gave none"
        for name, ask in _questions(people).items():
            expected = [row.id for row in ask(_Rows(people))]
            started = time.monotonic()
            try:
                with time_limit(_PATIENCE if fault is Fault.SLOW else None):
                    answer = _ids(ask(source))
            except (*OUTAGES, InvalidInput) as outage:
                if fault.is_harmless:
                    return f"{name}: {outage!r}"
            else:
                unsure = people[0].id if fault is Fault.DUPLICATE_LATEST else None
                if [one for one in answer if one != unsure] != [
                    one for one in expected if one != unsure
                ]:
                    return f"{name}: {answer} instead of {expected}"
            if fault is Fault.SLOW and time.monotonic() - started > 10 * _PATIENCE:
                return f"{name}: the asker waited {time.monotonic() - started:.1f} s"
        return ""


class _Rows:
    """The right answers, by plain filtering."""

    def __init__(self, people: Sequence[Resident]) -> None:
        self._people = people

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        return {one.id: one for one in self._people if one.id in ids}

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        matcher = Matcher(query)
        return [one for one in self._people if matcher.match(one) is not None][: limit + 1]

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        return [one for one in self._people if one.household == household]

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        return (one for one in self._people if one.birth.within(first, last) is not False)


_Ask = Callable[[ResidentSource | _Rows], Iterable[Resident]]


def _questions(people: Sequence[Resident]) -> Mapping[str, _Ask]:
    """One question of each kind, with people in the answer."""
    last = people[-1]
    # Where there are no households, this one has no members.
    home = last.household if isinstance(last.household, HouseholdId) else HouseholdId(CITY, "1")
    query = ResidentQuery(kana=last.name.kana_family, name_match=NameMatch.PREFIX)
    return {
        "get_many": lambda source: source.get_many(_ids(people)).values(),
        "get_many of the last": lambda source: source.get_many([last.id]).values(),
        "search": lambda source: source.search(query, 50),
        "household": lambda source: source.household(home),
        "born_between": lambda source: source.born_between(date(1900, 1, 1), date(2030, 1, 1)),
    }


def _as_known(source: ResidentSource, people: Sequence[Resident]) -> Sequence[Resident]:
    """The people as a source gives them that may know no earlier rows."""
    if Capability.HISTORY in source.describe().capabilities:
        return people
    return [replace(one, history=()) for one in people]


def _fits_cp932(resident: Resident) -> bool:
    try:
        str(resident.name).encode("cp932")
    except UnicodeEncodeError:
        return False
    return bool(resident.name.full)
