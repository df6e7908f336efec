"""P4: what is another city's takes as long as what is not there, and makes the same work.

The short form counts: statements sent to the database and calls of functions are the same on every
machine. ``GOVKIT_SOAK=1`` also measures processor time of 5,000 pairs on each kind of route.
"""

import random
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from govkit.testing.module_suite.world import EVERYTHING, Route, World
from tests.authorization.test_matrix import routes_of
from tests.soak import SOAK

pytestmark = pytest.mark.requirement("TEN-6", "P4", "ASVS-8.2.2")

PAIRS = 5_000


def routes_with_rows(world: World) -> list[Route]:
    return [each for each in routes_of(world) if each.identifiers]


def calls(act: Callable[[], Any]) -> int:
    """Number of Python functions that were called."""
    count = 0

    def note(_frame: Any, what: str, _argument: Any) -> None:
        nonlocal count
        count += what == "call"

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def auc(one: list[float], other: list[float]) -> float:
    """How often a value of the one is above one of the other: 0.5 when nothing tells them apart."""
    ranked = sorted([(value, 1) for value in one] + [(value, 0) for value in other])
    ranks = sum(place for place, (_value, mine) in enumerate(ranked, 1) if mine)
    return (ranks - len(one) * (len(one) + 1) / 2) / (len(one) * len(other))


def test_the_same_statements_and_calls_are_made(conformance_world: World) -> None:
    world, wrong = conformance_world, []
    client = world.client(EVERYTHING)
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(world.deployment.engine, "before_cursor_execute", note)
    try:
        for route in routes_with_rows(world)[:: 1 if SOAK else 4]:
            sent, made = {}, {}
            for relation in ("other_city", "absent"):
                address = world.address(route, relation)
                client.open(address, method=route.method)  # what is compiled once is compiled now
                statements.clear()
                client.open(address, method=route.method)
                sent[relation] = list(statements)
                made[relation] = min(
                    calls(lambda a=address, m=route.method: client.open(a, method=m))
                    for _ in range(2)
                )
            more = abs(made["other_city"] - made["absent"]) / made["absent"]
            if sent["other_city"] != sent["absent"] or more > 0.01:
                wrong.append((route.method, route.rule.rule, made))
    finally:
        event.remove(world.deployment.engine, "before_cursor_execute", note)
        world.restore()
    assert not wrong, "\n".join(map(str, wrong))


def test_time_does_not_tell(conformance_world: World) -> None:
    """Pairs in random order, so that a slow moment of the machine hits both kinds alike."""
    world, chance = conformance_world, random.Random(4)
    client, (route, *others) = world.client(EVERYTHING), routes_with_rows(world)
    found = {}
    for each in [route, *others] if SOAK else [route]:
        times: dict[str, list[float]] = {"other_city": [], "absent": []}
        addresses = {relation: world.address(each, relation) for relation in times}
        for _ in range(PAIRS if SOAK else 60):
            for relation in chance.sample(sorted(times), 2):
                began = time.process_time_ns()
                client.open(addresses[relation], method=each.method)
                times[relation].append(time.process_time_ns() - began)
        found[each.rule.rule] = auc(times["other_city"], times["absent"])
    # Sixty pairs spread by 0.05 (one standard deviation); five thousand by 0.006.
    spread = 0.05 if SOAK else 0.35
    assert all(abs(each - 0.5) < spread for each in found.values()), found


def test_the_measure_sees_a_difference() -> None:
    draw = random.Random(1)
    slow = [draw.gauss(1.02, 0.02) for _ in range(500)]
    same = [draw.gauss(1.0, 0.02) for _ in range(500)]
    assert auc(slow, same) > 0.7
    assert 0.45 < auc([draw.gauss(1.0, 0.02) for _ in range(5000)], same * 10) < 0.55
