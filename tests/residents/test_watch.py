from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from govkit.residents.adapters.memory import MemorySource
from govkit.residents.claims import Claim
from govkit.residents.directory import LookupDenied, ResidentDirectory
from govkit.residents.matching import ResidentQuery
from govkit.residents.policy import PurposeRule
from govkit.residents.records import FuzzyDate, PersonId
from govkit.residents.results import Denial, Denied, NoMatch, Several, Single
from govkit.residents.watch import AlarmKind, MemoryLedger, Watch
from govkit.testing.resident_source import CITY, invented_residents

JAPAN = timezone(timedelta(hours=9))
DESK = PurposeRule("窓口", "学校教育法施行令第1条", rows_per_hour=4)
BULK = PurposeRule("名簿", "学校教育法施行令第1条", rows_per_hour=4, bulk=True)
FREE = PurposeRule("台帳", "学校教育法施行令第1条")
TWINS = ResidentQuery(kana="アオイ")


class Clock:
    now = datetime(2026, 11, 24, 9, tzinfo=JAPAN)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def alarms():
    return []


def directory(clock, alarms, **options):
    return ResidentDirectory(
        MemorySource(invented_residents()),
        municipality_code=CITY,
        purposes={rule.name: rule for rule in (DESK, FREE, BULK)},
        audit=lambda entry: None,
        watch=Watch(ledger=MemoryLedger(), alarm=alarms.append, clock=clock, **options),
    )


def context(rule=DESK, actor="staff-1"):
    return rule.context(actor=actor, section="学務課", reason="転入の相談")


def kinds(alarms):
    return [alarm.kind for alarm in alarms]


@pytest.mark.requirement("P18", "ASVS-2.4.1", "ASVS-2.3.2")
def test_budget_counts_people_of_the_last_hour_by_actor_and_purpose(clock, alarms):
    doors = directory(clock, alarms)
    for _ in range(2):
        assert isinstance(doors.search(context(), TWINS), Several)
        clock.now += timedelta(minutes=10)
    denied = doors.search(context(), TWINS)
    assert denied == Denied("窓口", Denial.BUDGET, retry_after=40 * 60)
    assert isinstance(doors.search(context(FREE), TWINS), Several)
    assert isinstance(doors.search(context(actor="staff-2"), TWINS), Several)
    clock.now += timedelta(minutes=40, seconds=1)
    assert isinstance(doors.search(context(), TWINS), Several)
    assert kinds(alarms) == [AlarmKind.BUDGET]
    assert alarms[0].context == context()


def test_bulk_work_keeps_to_the_budget_too(clock, alarms):
    doors = directory(clock, alarms)
    claims = [Claim(key="1", kana="アオイ", birth=FuzzyDate.of(date(2020, 4, 1)))] * 2
    assert len(list(doors.match(context(BULK), claims))) == 2
    assert len(list(doors.born_between(context(BULK), date(2020, 4, 1), date(2020, 4, 1)))) == 6
    for ask in (
        lambda: doors.match(context(BULK), claims),
        lambda: doors.born_between(context(BULK), date(2020, 4, 1), date(2020, 4, 1)),
    ):
        with pytest.raises(LookupDenied):
            ask()
    assert kinds(alarms) == [AlarmKind.BUDGET] * 2


def test_searching_for_nobody_costs_nothing(clock, alarms):
    doors = directory(clock, alarms)
    for _ in range(9):
        assert doors.search(context(), ResidentQuery(name="存在しない")) == NoMatch()
    assert isinstance(doors.search(context(), TWINS), Several)


@pytest.mark.requirement("P18")
def test_mass_searches_sound_the_alarm_again_and_again(clock, alarms):
    doors = directory(clock, alarms, mass=3)
    for _ in range(7):
        doors.search(context(FREE), TWINS)
    assert [(alarm.kind, alarm.count) for alarm in alarms] == [
        (AlarmKind.MASS_SEARCH, 3),
        (AlarmKind.MASS_SEARCH, 6),
    ]
    clock.now += timedelta(minutes=11)
    doors.search(context(FREE), TWINS)
    assert len(alarms) == 2


@pytest.mark.requirement("P18", "ASVS-16.3.3")
def test_numbers_of_nobody_one_after_the_other_sound_the_alarm(clock, alarms):
    doors = directory(clock, alarms)
    nobody, somebody = PersonId(CITY, "9"), PersonId(CITY, "000000000000001")
    for number in (nobody, nobody, nobody, nobody, somebody, nobody, nobody, nobody, nobody):
        doors.get(context(FREE), number)
    assert alarms == []
    doors.get(context(FREE), nobody)
    assert kinds(alarms) == [AlarmKind.UNKNOWN_NUMBERS]


@pytest.mark.parametrize(
    ("hour", "sounds"), [(5, True), (6, False), (12, False), (21, False), (22, True), (23, True)]
)
def test_lookups_at_night_sound_the_alarm(clock, alarms, hour, sounds):
    clock.now = datetime(2026, 11, 24, hour, tzinfo=JAPAN).astimezone(UTC)
    assert isinstance(
        directory(clock, alarms).get(context(FREE), PersonId(CITY, "000000000000001")), Single
    )
    assert kinds(alarms) == [AlarmKind.NIGHT] * sounds


def test_a_day_without_night_and_a_night_within_a_day(clock, alarms):
    directory(clock, alarms, night=(time(8), time(10))).search(context(FREE), TWINS)
    assert kinds(alarms) == [AlarmKind.NIGHT]
    directory(clock, alarms, night=(time(0), time(0))).search(context(FREE), TWINS)
    assert len(alarms) == 1


def test_an_alarm_that_cannot_be_raised_withholds_the_answer(clock):
    def broken(alarm):
        raise OSError("no alarm")

    watch = Watch(ledger=MemoryLedger(), alarm=broken, clock=clock, mass=1)
    doors = ResidentDirectory(
        MemorySource(invented_residents()),
        municipality_code=CITY,
        purposes={FREE.name: FREE},
        audit=lambda entry: None,
        watch=watch,
    )
    with pytest.raises(OSError, match="no alarm"):
        doors.search(context(FREE), TWINS)


def test_the_memory_ledger_forgets_after_an_hour(clock, alarms):
    doors = directory(clock, alarms)
    doors.search(context(FREE), TWINS)
    clock.now += timedelta(hours=2)
    doors.search(context(FREE), TWINS)
    ledger = doors._watch.ledger
    assert len(ledger.since("staff-1", datetime(2000, 1, 1, tzinfo=JAPAN))) == 1
