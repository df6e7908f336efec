"""What the audit costs once it is long: verifying the chain, searching it, a report of a leak.

Verification is held against the least that could prove anything: one pass of SHA-256 over the same rows as
text, from the same database. Searches and the report are told in milliseconds and seconds.

    python benchmarks/bench_audit.py --events 1000000 --rounds 1
"""

import hashlib
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from measure import best_of, databases, options, print_table

from govkit.base.audit import AuditEvent, AuditHead
from govkit.base.audit_chain import events_after, link_of, verify
from govkit.base.audit_search import AuditQuery, Words, search_audit
from govkit.base.breach import BreachQuery, breach_report
from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.base.tenancy import ScopedSession

CITY = "132021"
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
PERIOD = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
PEOPLE = 20_000
PAGE = 5_000


def _event(number: int, chance: random.Random) -> AuditEvent:
    kind = chance.random()
    start = chance.randrange(PEOPLE)
    count = 30 if kind < 0.3 else 1
    return AuditEvent(
        id=UUID(int=chance.getrandbits(128)),
        municipality_code=CITY,
        at=BEGIN + timedelta(seconds=number * 20),
        actor=f"operator:{chance.randrange(500)}",
        action="residents.get" if kind > 0.9 else "read" if kind > 0.1 else "attendance.recorded",
        subject_kind="AddresseeNumber",
        subject_ids=[f"{(start + each) % PEOPLE:015d}" for each in range(count)],
        reason="窓口での確認" if kind > 0.9 else "",
        detail={"screen": "schools.class_group", "count": count},
        request_id=f"{chance.getrandbits(128):032x}",
    )


def _fill(deployment: Deployment, events: int) -> None:
    """A chain of so many events, as :func:`append` would have made it."""
    chance = random.Random(1)
    with deployment.work(deployment.municipality(CITY), Actor.operator("first")) as work:
        work.record("demo.began", CITY)
    with deployment.session(CITY, writes=False) as session:
        number, link = session.execute(sa.select(AuditHead.number, AuditHead.chain_hash)).one()
    names = [each.key for each in sa.inspect(AuditEvent).column_attrs]
    for start in range(0, events, PAGE):
        rows = []
        for each in range(start, min(start + PAGE, events)):
            event = _event(each, chance)
            number += 1
            event.number = number
            event.chain_hash = link = link_of(link, event)
            rows.append({name: getattr(event, name) for name in names})
        with deployment.session(CITY) as session:
            session.execute(sa.insert(AuditEvent), rows)
            newest = session.scalars(sa.select(AuditHead)).one()
            newest.number, newest.chain_hash = number, link
            session.commit()


def _plain_pass(session: ScopedSession) -> None:
    """The floor: every row of the same database once, as text, through SHA-256."""
    hashed = hashlib.sha256()
    for row in events_after(session, 0):
        hashed.update(repr(row).encode())
    hashed.hexdigest()


def _searches(deployment: Deployment) -> Iterator[tuple[str, Callable[[], Any]]]:
    words = Words(deployment.actions, deployment.details, {})
    city = deployment.municipality(CITY)
    with deployment.session(CITY, writes=False) as session:
        request_id = session.scalars(sa.select(AuditEvent.request_id).limit(1).offset(2)).one()
    asked = {
        "nothing but the year": {},
        "a member of staff": {"actor": "7"},
        "an action": {"actions": ("residents.get",)},
        "a request": {"request_id": request_id},
        "a person": {"subject": f"{17:015d}"},
        "a person nobody looked at": {"subject": "999999999999999"},
    }
    for title, conditions in asked.items():

        def search(conditions: dict[str, Any] = conditions) -> None:
            with deployment.work(city, Actor.operator("auditor"), writes=False) as work:
                search_audit(work, AuditQuery(**PERIOD, **conditions), words)

        yield title, search

    def report() -> None:
        with deployment.work(city, Actor.operator("auditor"), writes=False) as work:
            query = BreachQuery(**PERIOD, known_on=date(2026, 12, 31))
            assert len(breach_report(work, query, deployment.actions, "x").people) > 0

    yield "report of a leak, all people", report


def _milliseconds(act: Callable[[], Any], rounds: int) -> float:
    act()  # what is made at the first question
    best = float("inf")
    for _round in range(rounds):
        began = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - began)
    return best * 1000


def _checked(session: ScopedSession) -> None:
    assert verify(session).faults == ()


def main() -> None:
    chosen = options(__doc__ or "", events=1_000_000, rounds=2)
    rows, times = [], []
    with databases(chosen.database) as made:
        for database in made:
            settings = database.settings()
            deployment = Deployment(settings)
            _fill(deployment, chosen.events)
            database.gather_statistics(settings)
            opened = partial(deployment.session, CITY, writes=False)
            acts = {"verify": _checked, "SHA-256": _plain_pass}
            best = best_of(chosen.rounds, time.perf_counter, opened, acts)
            ratio = best["verify"] / best["SHA-256"]
            figures = (best["verify"], best["SHA-256"], ratio)
            rows.append(
                [database.title, f"{chosen.events:,}", *(f"{each:.2f}" for each in figures)]
            )
            for title, act in _searches(deployment):
                times.append([database.title, title, f"{_milliseconds(act, chosen.rounds):,.1f}"])
            deployment.close()
    print_table(["database", "events", "ours (verify) s", "floor (SHA-256) s", "ratio"], rows)
    print_table(["database", "question", "ms"], times)


if __name__ == "__main__":
    main()
