from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from govkit.errors import InvalidInput
from govkit.residents.adapters.memory import MemorySource
from govkit.residents.adapters.protected import Protected
from govkit.residents.adapters.protection_feed import Notice, NoticeKind, ProtectionFeed
from govkit.residents.matching import ResidentQuery
from govkit.residents.records import PersonId
from govkit.residents.source import Capability, Changes, SourceUnavailable, UnsupportedQuery
from govkit.testing.resident_source import CITY, ResidentSourceConformance, invented_residents
from tests.residents.extracts import write

NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def feed(clock):
    return made(clock)


def made(clock, *rows):
    feed = ProtectionFeed(municipality_code=CITY, clock=clock, max_age=timedelta(hours=1))
    if rows:
        feed.read_list(write(rows))
    return feed


def entry(number, history="1", measure="1", **more):
    return {
        "市区町村コード": CITY,
        "宛名番号": number,
        "履歴番号": history,
        "最新フラグ": "",
        "支援措置終了年月日": "2027-03-31",
        "支援措置番号": "",
        "措置区分": measure,
        "削除フラグ": "0",
    } | more


def who(number):
    return PersonId(CITY, number)


def protected(feed):
    return set(feed.protected().numbers)


class TestProtected(ResidentSourceConformance):
    def make_source(self, residents):
        marked = [entry(one.id.addressee_number) for one in residents if one.is_protected]
        bare = MemorySource(_unmarked(residents))
        return Protected(bare, made(Clock(), *(marked or [entry("nobody")])))


def _unmarked(residents):
    return [replace(one, is_protected=False) for one in residents]


def test_protection_lasts_until_a_row_ends_it(feed, clock):
    feed.read_list(write([entry("1"), entry("2", 支援措置終了年月日="2020-01-01")]))
    assert protected(feed) == {"1", "2"}
    assert feed.read_changes(write([entry("2", "2", "3")])) == {who("2")}
    assert protected(feed) == {"1"}
    assert feed.protects(who("1"))
    assert not feed.protects(PersonId("132071", "1"))


def test_who_is_not_in_a_new_list_stays_protected_and_is_noticed(feed):
    feed.read_list(write([entry("1"), entry("2")]))
    assert feed.read_list(write([entry("2")])) == set()
    assert protected(feed) == {"1", "2"}
    assert [(one.kind, one.person) for one in feed.notices(date(2026, 11, 24))] == [
        (NoticeKind.MISSING, who("1"))
    ]
    feed.read_list(write([entry("1", "2", "3"), entry("2")]))
    assert protected(feed) == {"2"}
    assert feed.notices(date(2026, 11, 24)) == ()


def test_a_person_under_two_measures_is_protected_until_both_have_ended(feed):
    feed.read_list(write([entry("1", 支援措置番号="A"), entry("1", 支援措置番号="B")]))
    feed.read_changes(write([entry("1", "2", "3", 支援措置番号="A")]))
    assert protected(feed) == {"1"}
    feed.read_changes(write([entry("1", "2", "3", 支援措置番号="B")]))
    assert protected(feed) == set()


@pytest.mark.parametrize(
    ("deliveries", "is_protected"),
    [
        ([[entry("1", "2")], [entry("1", "1", "3")]], True),  # late and out of order
        ([[entry("1", "1")], [entry("1", "1", "3")]], False),  # corrected
        ([[entry("1", "1", "3"), entry("1", "1")]], True),  # two current rows
        ([[entry("1", "1", 最新フラグ="1")], [entry("1", "2", "3", 最新フラグ="1")]], False),
        ([[entry("1", "1"), entry("1", "2", "3")], [entry("1", "2", "3", 削除フラグ="1")]], True),
        ([[entry("1", "1")], [entry("1", "1", 削除フラグ="1")]], False),  # entered by mistake
        ([[entry("1", measure="2")]], True),
        ([[entry("1", measure="9")]], True),  # a code nobody knows
    ],
)
def test_rows_of_the_history_in_any_order(feed, deliveries, is_protected):
    first, *others = deliveries
    feed.read_list(write(first))
    for rows in others:
        feed.read_changes(write(rows))
    assert feed.protects(who("1")) is is_protected


def test_notices_a_month_before_and_past_the_end(feed):
    ends = {"1": "2026-12-24", "2": "2026-12-25", "3": "2026-11-23", "4": "", "5": "9999-12-31"}
    rows = [entry(number, 支援措置終了年月日=end) for number, end in ends.items()]
    feed.read_list(write([*rows, entry("6", measure="2"), entry("7", measure="3")]))
    today = date(2026, 11, 24)
    assert feed.notices(today) == (
        Notice(NoticeKind.ENDING, who("1"), date(2026, 12, 24)),
        Notice(NoticeKind.PAST, who("3"), date(2026, 11, 23)),
        Notice(NoticeKind.PROVISIONAL, who("6"), date(2027, 3, 31)),
    )
    assert NoticeKind.ENDING in {one.kind for one in feed.notices(date(2027, 2, 28))}
    assert NoticeKind.ENDING not in {
        one.kind for one in feed.notices(date(2027, 2, 27)) if one.person == who("6")
    }


def test_a_lifted_protection_holds_again_by_itself(feed, clock):
    feed.read_list(write([entry("1"), entry("2")]))
    told = []
    feed.listen(told.append)
    feed.lift(who("1"), NOON + timedelta(minutes=10))
    assert protected(feed) == {"2"}
    clock.now += timedelta(minutes=10)
    assert protected(feed) == {"1", "2"}
    assert told == [{who("1")}, {who("1")}]
    with pytest.raises(ValueError, match="half an hour"):
        feed.lift(who("1"), clock.now + timedelta(minutes=31))


@pytest.mark.requirement("DVP-1", "ASVS-16.5.3")
def test_without_a_list_and_with_an_old_one_there_is_no_answer(feed, clock):
    source = Protected(MemorySource(invented_residents()), feed)
    ids = [one.id for one in invented_residents()]
    asked = [
        lambda: source.get_many(ids),
        lambda: source.search(ResidentQuery(name="渡辺"), 5),
        lambda: source.household(invented_residents()[0].household),
        lambda: list(source.born_between(date(2000, 1, 1), date(2020, 1, 1))),
    ]

    def check_down():
        assert not source.health().is_up
        for ask in asked:
            with pytest.raises(SourceUnavailable):
                ask()

    check_down()
    with pytest.raises(InvalidInput):
        feed.read_changes(write([entry("1")]))
    feed.read_list(write([entry("1")]))
    assert source.health().is_up
    clock.now += timedelta(hours=1, seconds=1)
    check_down()
    feed.nothing_changed()
    assert source.get_many(ids)


@pytest.mark.parametrize(
    "bad",
    [
        entry(""),
        entry("2", 市区町村コード="132071"),
        entry("2", 支援措置終了年月日="R9.3.31"),
        entry("2", "x"),
    ],
)
def test_after_a_delivery_that_cannot_be_read_there_is_no_answer_until_a_sound_one(feed, bad):
    feed.read_list(write([entry("1")]))
    with pytest.raises(InvalidInput):
        feed.read_changes(write([entry("1", "2", "3"), bad]))
    with pytest.raises(SourceUnavailable):
        feed.protected()
    with pytest.raises(SourceUnavailable):
        feed.nothing_changed()
    feed.read_changes(write([entry("3")]))
    assert protected(feed) == {"1", "3"}


def test_protection_counts_from_the_moment_it_is_delivered(feed):
    feed.read_list(write([entry("nobody")]))
    people = _unmarked(invented_residents())

    class Late(MemorySource):
        def search(self, query, limit):
            found = super().search(query, limit)
            feed.read_changes(write([entry(found[0].id.addressee_number)]))
            return found

    source = Protected(Late(people), feed)
    found = source.search(ResidentQuery(name="渡辺"), 5)
    assert [one.is_protected for one in found][:2] == [True, False]


def test_people_that_the_source_itself_marks_stay_marked(feed):
    feed.read_list(write([entry("nobody")]))
    source = Protected(MemorySource(invented_residents()), feed)
    hidden = next(one for one in invented_residents() if one.is_protected)
    feed.lift(hidden.id, NOON + timedelta(minutes=1))
    assert source.get_many([hidden.id])[hidden.id].is_protected


def test_changes_name_those_whose_protection_changed_too(feed):
    feed.read_list(write([entry("1")]))

    class Watched(MemorySource):
        def describe(self):
            return replace(super().describe(), capabilities=frozenset({Capability.CHANGES}))

        def changes(self, since):
            return Changes("v2", (who("7"),) if since == "v1" else ())

    source = Protected(Watched([]), feed)
    version = source.changes("").version
    assert source.changes(version).ids == ()
    feed.read_changes(write([entry("3")]))
    assert source.changes(version).ids == (who("3"),)
    assert source.changes(version.replace("v2", "v1")).ids == (who("3"), who("7"))
    assert source.changes("other-1|v1").ids is None
    with pytest.raises(UnsupportedQuery):
        Protected(MemorySource([]), feed).changes("")
