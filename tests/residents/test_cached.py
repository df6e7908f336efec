import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta

import pytest

from govkit.residents.adapters.cached import Cached
from govkit.residents.adapters.memory import MemorySource
from govkit.residents.adapters.protected import Protected
from govkit.residents.adapters.protection_feed import ProtectionFeed
from govkit.residents.directory import ResidentDirectory
from govkit.residents.matching import ResidentQuery
from govkit.residents.policy import LookupContext, PurposeRule
from govkit.residents.records import HouseholdId, Masked, PersonId
from govkit.residents.results import Single, Unavailable
from govkit.residents.source import Changes, SourceUnavailable, asked_for, time_limit
from govkit.testing.resident_source import CITY, ResidentSourceConformance, invented_residents
from tests.residents.extracts import write

DESK = LookupContext("a1", "市民課", "desk", "住民基本台帳法", "窓口")
QUERY = ResidentQuery(kana="ワタナベ")


class Counting(MemorySource):
    """A source that counts what it is asked, and can be down or slow."""

    def __init__(self, residents=None):
        super().__init__(invented_residents() if residents is None else residents)
        self.asked = 0
        self.is_down = False
        self.gate = None

    def _ask(self):
        self.asked += 1
        if self.gate:
            self.gate.wait(5)
        if self.is_down:
            raise SourceUnavailable("down", 7)

    def get_many(self, ids):
        self._ask()
        return super().get_many(ids)

    def search(self, query, limit):
        self._ask()
        return super().search(query, limit)

    def household(self, household):
        self._ask()
        return super().household(household)

    def changes(self, since):
        return Changes("v2", () if since == "v2" else None)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class InOneContext(Cached):
    """Asked as the directory does, so that everything is kept."""

    def _answer(self, question, ask):
        with asked_for(DESK):
            super()._answer(question, ask)
            return super()._answer(question, ask)


class TestCached(ResidentSourceConformance):
    def make_source(self, residents):
        return InOneContext(MemorySource(residents))


@pytest.fixture
def source():
    return Counting()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def cached(source, clock):
    return Cached(source, ttl=timedelta(minutes=10), clock=clock)


def test_the_same_question_of_the_same_context_is_asked_once(source, cached):
    ids = [one.id for one in invented_residents()]
    with asked_for(DESK):
        for _ in range(3):
            cached.search(QUERY, 5)
            cached.get_many(ids)
            cached.household(HouseholdId(CITY, f"{1:015d}"))
    assert source.asked == 3


def test_another_context_or_question_is_asked_anew(source, cached):
    others = [
        LookupContext("a2", "市民課", "desk", "住民基本台帳法", "窓口"),
        LookupContext("a1", "学務課", "desk", "住民基本台帳法", "窓口"),
        LookupContext("a1", "市民課", "tax", "住民基本台帳法", "窓口"),
        LookupContext("a1", "市民課", "desk", "住民基本台帳法", "別の件"),
        LookupContext("a1", "市民課", "desk", "住民基本台帳法", "窓口", "work"),
    ]
    for context in (DESK, *others):
        with asked_for(context):
            cached.search(QUERY, 5)
    assert source.asked == 6
    with asked_for(DESK):
        cached.search(QUERY, 6)
        cached.search(ResidentQuery(kana="ワタナベ", history=False), 5)
    assert source.asked == 8


def test_outside_a_directory_nothing_is_kept(source, cached):
    cached.search(QUERY, 5)
    cached.search(QUERY, 5)
    assert source.asked == 2
    assert not cached._kept


def test_answers_are_forgotten_in_time(source, cached, clock):
    with asked_for(DESK):
        cached.search(QUERY, 5)
        clock.now = 599.9
        cached.search(QUERY, 5)
        assert source.asked == 1
        clock.now = 600
        cached.search(QUERY, 5)
        assert source.asked == 2


@pytest.mark.parametrize("ttl", [timedelta(), timedelta(seconds=-1), timedelta(seconds=601)])
def test_longer_than_ten_minutes_is_refused(source, ttl):
    with pytest.raises(ValueError, match="ten minutes"):
        Cached(source, ttl=ttl)


def test_an_outage_is_never_kept(source, cached):
    source.is_down = True
    with asked_for(DESK):
        for _ in range(2):
            with pytest.raises(SourceUnavailable):
                cached.search(QUERY, 5)
        source.is_down = False
        assert len(cached.search(QUERY, 5)) > 2
        source.is_down = True
        assert len(cached.search(QUERY, 5)) > 2
    assert source.asked == 3


def test_nobody_is_an_answer_too(source, cached):
    with asked_for(DESK):
        for _ in range(2):
            assert cached.get_many([PersonId(CITY, "nobody")]) == {}
    assert source.asked == 1


def test_what_is_kept_cannot_be_changed(cached):
    with asked_for(DESK):
        cached.search(QUERY, 5).clear()
        found = cached.search(QUERY, 5)
        assert len(found) > 2
        with pytest.raises(FrozenInstanceError):
            found[0].is_protected = False
        ids = [found[0].id]
        cached.get_many(ids).clear()
        assert len(cached.get_many(ids)) == 1


def test_size_is_bounded_and_the_oldest_goes_first(source):
    cached = Cached(source, size=12)
    ids = [one.id for one in invented_residents()]
    with asked_for(DESK):
        for one in ids:
            cached.get_many([one])
        assert cached._weight <= 12
        cached.get_many(ids[-1:])
        assert source.asked == len(ids)
        cached.get_many(ids[:1])
        assert source.asked == len(ids) + 1
    small = Cached(source, size=1)
    with asked_for(DESK):
        assert len(small.get_many(ids)) == len(ids)
    assert not small._kept


def test_keys_tell_nothing_of_the_question(cached, source):
    with asked_for(DESK):
        cached.search(QUERY, 5)
    [key] = cached._kept
    other = Cached(source)
    with asked_for(DESK):
        other.search(QUERY, 5)
    assert key not in other._kept
    assert len(key) == 32


def test_a_change_of_protection_empties_the_cache(source):
    feed = ProtectionFeed(
        municipality_code=CITY, clock=lambda: datetime.now(UTC), max_age=timedelta(hours=1)
    )
    cached = Cached(source, feed=feed)
    top = Protected(cached, feed)
    row = {"市区町村コード": CITY, "宛名番号": "1", "措置区分": "1", "履歴番号": "1"}
    feed.read_list(write([row]))
    with asked_for(DESK):
        top.search(QUERY, 5)
        person = invented_residents()[0].id
        feed.read_changes(write([row | {"宛名番号": person.addressee_number}]))
        assert not cached._kept
        assert top.get_many([person])[person].is_protected
        assert source.asked == 2


def test_marks_of_protection_are_never_kept(source):
    feed = ProtectionFeed(
        municipality_code=CITY, clock=lambda: datetime.now(UTC), max_age=timedelta(hours=1)
    )
    with pytest.raises(ValueError, match="Protected over Cached"):
        Cached(Protected(source, feed))


def test_changes_empty_the_cache_unless_there_are_none(cached):
    with asked_for(DESK):
        cached.search(QUERY, 5)
    cached.changes("v2")
    cached.changes("")
    assert cached._kept
    cached.changes("v1")
    assert not cached._kept


def test_an_answer_that_was_on_its_way_when_the_cache_was_emptied_is_not_kept(source, cached):
    source.gate = threading.Event()

    def ask():
        with asked_for(DESK):
            return cached.search(QUERY, 5)

    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(ask)
        while not source.asked:
            pass
        cached.clear()
        source.gate.set()
        assert len(answer.result()) > 2
    assert not cached._kept


def test_equal_questions_of_several_threads_are_asked_once(source, cached):
    source.gate = threading.Event()

    def ask():
        with asked_for(DESK):
            return cached.search(QUERY, 5)

    with ThreadPoolExecutor(4) as threads:
        answers = [threads.submit(ask) for _ in range(4)]
        while not source.asked:
            pass
        source.gate.set()
        assert len({tuple(one.id for one in answer.result()) for answer in answers}) == 1
    assert source.asked == 1


def test_who_waits_for_another_waits_no_longer_than_for_oneself(source, cached):
    source.gate = threading.Event()

    def ask():
        with asked_for(DESK):
            return cached.search(QUERY, 5)

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(ask)
        while not source.asked:
            pass
        with time_limit(0.05), pytest.raises(SourceUnavailable):
            ask()
        source.gate.set()
        assert first.result()


def test_who_waited_for_one_that_failed_asks_again(source, cached):
    source.gate, source.is_down = threading.Event(), True

    def ask():
        with asked_for(DESK):
            return cached.search(QUERY, 5)

    with ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(ask) for _ in range(2)]
        while not source.asked:
            pass
        source.gate.set()
        for answer in answers:
            assert isinstance(answer.exception(), SourceUnavailable)
    assert source.asked == 2


def test_masks_are_put_on_after_the_cache(source, cached, monkeypatch):
    monkeypatch.setattr("govkit.residents.directory.QUANTUM", 1e-6)
    hides = PurposeRule("desk", "住民基本台帳法")
    shows = PurposeRule("register", "学校教育法施行令第1条", reveals_protected_location=True)
    directory = ResidentDirectory(
        cached,
        municipality_code=CITY,
        purposes={rule.name: rule for rule in (hides, shows)},
        audit=lambda entry: None,
    )
    person = next(one for one in invented_residents() if one.is_protected).id
    open_, hidden = (rule.context(actor="a", section="s", reason="r") for rule in (shows, hides))
    for _ in range(2):
        found = directory.get(open_, person)
        assert isinstance(found, Single)
        assert not isinstance(found.candidate.resident.address, Masked)
        found = directory.get(hidden, person)
        assert isinstance(found.candidate.resident.address, Masked)
    assert list(source.born_between(date(2020, 4, 1), date(2020, 4, 1)))
    source.is_down = True
    cached.clear()
    assert isinstance(directory.get(hidden, person), Unavailable)
