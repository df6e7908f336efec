"""How long an answer takes does not tell whether a protected person lives there.

Both questions are asked in turn, and the times they take are compared as samples (two-sample test of
Kolmogorov and Smirnov). The clock is one that stands still except for what the source and the
waiting cost, so the outcome is the same on every machine; with ``GOVKIT_TIME_SAMPLES`` a longer run
on the real clock tells more (``make soak-residents``).
"""

import math
import os
import random
import time
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest

from govkit.residents.adapters.memory import MemorySource
from govkit.residents.directory import ResidentDirectory
from govkit.residents.matching import ResidentQuery
from govkit.residents.policy import PurposeRule
from govkit.residents.records import HouseholdId, PersonId
from govkit.residents.source import ResidentSource
from govkit.testing.resident_source import CITY, invented_residents

DESK = PurposeRule("窓口照会", "学校教育法施行令第1条")
CONTEXT = DESK.context(actor="a", section="学務課", reason="試験")
SAMPLES = 150
REAL_SAMPLES = int(os.environ.get("GOVKIT_TIME_SAMPLES", "8"))
FAMILY = 6


def ks_p_value(one, other):
    """Probability that two samples of one distribution differ at least so much."""
    distance, i, j = 0.0, 0, 0
    left, right = sorted(one), sorted(other)
    while i < len(left) and j < len(right):
        here = min(left[i], right[j])
        while i < len(left) and left[i] == here:
            i += 1
        while j < len(right) and right[j] == here:
            j += 1
        distance = max(distance, abs(i / len(left) - j / len(right)))
    root = math.sqrt(len(left) * len(right) / (len(left) + len(right)))
    scaled = (root + 0.12 + 0.11 / root) * distance
    if scaled < 0.2:
        return 1.0
    terms = ((-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101))
    return min(max(2 * sum(terms), 0.0), 1.0)


class Clock:
    """Takes the place of the module ``time``: work and waiting cost what they are said to."""

    def __init__(self):
        self.now = 1000.0
        self.draw = random.Random(4)

    def monotonic(self):
        return self.now

    def spend(self, seconds):
        self.now += seconds

    def sleep(self, seconds):
        self.now += seconds + self.draw.expovariate(10_000)  # wakes up late now and then


@dataclass(frozen=True)
class Costs:
    """What a source costs: in all, by row that it gives, and by chance on the average."""

    call: float
    row: float
    chance: float


COSTS = {
    "local": Costs(0.0005, 0.0002, 0.0002),
    "database": Costs(0.004, 0.0008, 0.001),
    "remote": Costs(0.045, 0.00005, 0.02),
}


class Costly(ResidentSource):
    """A source that takes longer the more people it gives."""

    def __init__(self, people, clock, costs):
        self.source, self.clock, self.costs = MemorySource(people), clock, costs

    def _charged(self, rows):
        chance = self.clock.draw.expovariate(1 / self.costs.chance)
        self.clock.spend(self.costs.call + self.costs.row * len(rows) + chance)
        return rows

    def describe(self):
        return self.source.describe()

    def get_many(self, ids):
        return self._charged(self.source.get_many(ids))

    def search(self, query, limit):
        return self._charged(self.source.search(query, limit))

    def household(self, household):
        return self._charged(self.source.household(household))


def residents():
    """Ten people and a protected family of its own."""
    people = invented_residents()
    hidden = people[3]
    address = replace(hidden.address, building="秘匿荘", lot="77番地", postcode="1900099")
    home = HouseholdId(CITY, f"{77:015d}")
    family = [
        replace(hidden, id=PersonId(CITY, f"{70 + n:015d}"), household=home, address=address)
        for n in range(FAMILY)
    ]
    return (*people, *family)


def query(limit=50, **conditions):
    return lambda directory: directory.search(CONTEXT, ResidentQuery(**conditions), limit)


def household(number):
    return lambda directory: directory.household(CONTEXT, HouseholdId(CITY, f"{number:015d}"))


def claim(**conditions):
    person = PersonId(CITY, f"{70:015d}")
    return lambda directory: directory.verify(CONTEXT, person, ResidentQuery(**conditions))


PAIRS = {
    "building": (query(building="秘匿荘"), query(building="無人荘")),
    "lot": (query(address="77番地"), query(address="88番地")),
    "postcode": (query(postcode="1900099"), query(postcode="1900088")),
    "household number": (
        query(household_number=f"{77:015d}"),
        query(household_number=f"{88:015d}"),
    ),
    "one of a family": (query(1, building="秘匿荘"), query(1, building="無人荘")),
    "name and lot": (
        query(kana="ヨシダ", address="77番地"),
        query(kana="ヨシダ", address="88番地"),
    ),
    "household": (household(77), household(88)),
    "claim": (claim(building="秘匿荘"), claim(building="無人荘")),
}
"""By what is asked for: where protected people are, and where nobody is."""


def samples(directory, pair, clock, count):
    """Times of both questions, asked in turn."""
    taken = ([], [])
    for turn in range(2 * count):
        started = clock.monotonic()
        pair[turn % 2](directory)
        taken[turn % 2].append(clock.monotonic() - started)
    return taken


def directory_over(source):
    rules = {DESK.name: DESK}
    audit = [].append
    return ResidentDirectory(source, municipality_code=CITY, purposes=rules, audit=audit)


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr("govkit.residents.directory.time", made)
    return made


@pytest.mark.parametrize("costs", COSTS)
@pytest.mark.parametrize("asked", PAIRS)
@pytest.mark.requirement("DVP-1")
def test_protected_and_absent_take_the_same_time(clock, asked, costs):
    directory = directory_over(Costly(residents(), clock, COSTS[costs]))
    protected, absent = samples(directory, PAIRS[asked], clock, SAMPLES)

    assert ks_p_value(protected, absent) > 0.01


@pytest.mark.parametrize("asked", [each for each in PAIRS if each != "claim"])
def test_without_waiting_they_would_differ(clock, monkeypatch, asked):
    monkeypatch.setattr(clock, "sleep", lambda seconds: None)
    directory = directory_over(Costly(residents(), clock, COSTS["local"]))
    protected, absent = samples(directory, PAIRS[asked], clock, SAMPLES)

    assert ks_p_value(protected, absent) < 1e-6


@pytest.mark.parametrize("asked", PAIRS if "GOVKIT_TIME_SAMPLES" in os.environ else ["building"])
@pytest.mark.requirement("DVP-1")
def test_on_the_real_clock_they_cannot_be_told_apart(asked):
    directory = directory_over(MemorySource(residents()))
    protected, absent = samples(directory, PAIRS[asked], time, REAL_SAMPLES)

    assert ks_p_value(protected, absent) > 0.001


def test_samples_of_one_source_are_alike_and_shifted_ones_are_not():
    draw = random.Random(1)
    one, other = ([draw.gauss(0, 1) for _ in range(400)] for _ in range(2))
    assert ks_p_value(one, other) > 0.05
    assert ks_p_value(one, [each + 1 for each in other]) < 1e-6
    assert ks_p_value([1.0] * 50, [1.0] * 50) == 1.0
    shifts = (0.0, 0.1, 0.2, 0.4)
    p_values = [ks_p_value(one, [each + shift for each in one]) for shift in shifts]
    assert all(more >= less for more, less in pairwise(p_values))
