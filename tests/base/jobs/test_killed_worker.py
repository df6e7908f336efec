"""Workers that are killed at any moment: nothing half-applied, nothing lost, nothing done twice.

Each trial starts a process that asks for a job and does it, and kills it with signal 9 at a random
moment of one of its steps; then another worker goes on. ``GOVKIT_SOAK=1`` makes 1,000 trials.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from govkit.base.deployment import Deployment
from govkit.base.jobs import Job, JobState
from govkit.base.notices import Notice
from govkit.base.worker import run_due_jobs
from tests.base.jobs.trials import RunTrial, trials_of
from tests.base.jobs.worker_process import CITY, ROWS

TRIALS = {"sqlite": 15, "postgres": 5}
SOAK = {"sqlite": 1000, "postgres": 200}
STEPS = {"starting": 0.06, "asked": 0.03, "writing": 0.012, "written": 0.012}
"""What a trial tells as it goes on, and how many seconds later it is killed at the latest."""


@pytest.fixture
def trials() -> Iterator[RunTrial]:
    with trials_of("worker_process.py") as run:
        yield run


def _ledger(deployment: Deployment) -> Counter[str]:
    with deployment.session(CITY, writes=False) as session:
        return Counter(session.scalars(sa.select(Notice.text).where(Notice.kind == "ledger")))


def _jobs(deployment: Deployment) -> dict[UUID, tuple[str, str]]:
    with deployment.session(CITY, writes=False) as session:
        rows = session.execute(sa.select(Job.id, Job.state, Job.arguments))
        return {row.id: (row.state, str(row.arguments["number"])) for row in rows}


def _wait_until_deserted(deployment: Deployment, request: pytest.FixtureRequest) -> None:
    """PostgreSQL's own process learns of the kill a moment later, and may still commit."""
    if deployment.app_role is None:
        return
    url = sa.make_url(request.getfixturevalue("postgres_server"))
    admin = sa.create_engine(url.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    deployment.close()
    name = deployment.engine.url.database
    query = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"
    until = time.monotonic() + 30
    with admin.connect() as connection:
        while connection.exec_driver_sql(query).scalar():
            assert time.monotonic() < until, "a killed client's transaction is still open"
            connection.rollback()
            time.sleep(0.002)


@pytest.mark.requirement("P5", "ASVS-2.3.3")
def test_a_worker_killed_at_any_moment_leaves_each_effect_once(
    deployment, databases, trials, clock, request
):
    counts = SOAK if os.environ.get("GOVKIT_SOAK") else TRIALS
    moments, staff, asked = random.Random(20261124), str(uuid4()), set()
    reached: Counter[str] = Counter()
    for number in range(counts[databases.kind]):
        step = list(STEPS)[number % len(STEPS)]
        told = trials(
            {
                "settings": deployment.settings.model_dump(mode="json"),
                "moment": clock.now.isoformat(),
                "job": "tests.ledger",
                "arguments": {"number": number, "staff": staff},
                "key": str(number),
                "kill": (step, moments.uniform(0, STEPS[step])),
            }
        )
        _wait_until_deserted(deployment, request)
        assert told["killed_by"] == 9, told
        asked |= {
            UUID(each.partition(":")[2]) for each in told["reached"] if each.startswith("asked:")
        }
        reached[told["reached"][-1].partition(":")[0]] += 1

        written, jobs = _ledger(deployment), _jobs(deployment)
        assert asked <= jobs.keys(), f"asked for and lost after {told}"
        done = {number for state, number in jobs.values() if state == JobState.DONE}
        assert written == dict.fromkeys(done, ROWS), f"half-applied or twice after {told}"

        clock.now += timedelta(minutes=10)  # leases are over
        run_due_jobs(deployment)
        jobs = _jobs(deployment)
        assert {state for state, _ in jobs.values()} <= {JobState.DONE}, f"not gone on after {told}"
        assert _ledger(deployment) == dict.fromkeys((n for _, n in jobs.values()), ROWS)

    print(
        f"{databases.kind}: {counts[databases.kind]} kills, {dict(reached)}, 0 half, 0 lost, 0 twice"
    )
    # A few kills on a busy machine may miss a step; a thousand do not.
    missed = {"starting", "asked", "writing"} - set(reached)
    assert not missed if os.environ.get("GOVKIT_SOAK") else len(reached) > 1
