"""``govkit worker`` and ``govkit jobs``, on a database of their own."""

import os
import signal
import subprocess
import sys
import time

import pytest
import sqlalchemy as sa

from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.base.jobs import Job, JobState, enqueue
from tests.architecture.sources import ROOT
from tests.base.jobs import kinds
from tests.cli.conftest import write_settings

CITY = "132021"
assert kinds


@pytest.fixture
def deployment(sqlite_databases, folder):
    settings = sqlite_databases.settings()
    write_settings(folder, settings)
    opened = Deployment(settings)
    yield opened
    opened.close()


@pytest.fixture
def ask(deployment):
    def make(name, /, **arguments):
        with deployment.work(deployment.municipality(CITY), Actor.operator("test")) as work:
            return enqueue(work, name, arguments, title="試験の処理").id

    return make


def state(deployment, job_id):
    with deployment.session(CITY, writes=False) as session:
        return session.scalars(sa.select(Job.state).where(Job.id == job_id)).one()


def test_a_worker_that_runs_once_does_what_waits(deployment, ask, govkit):
    job_id = ask("tests.add_role", name="made")
    assert govkit("worker", "--once").output == "1件の処理をしました。\n"
    assert state(deployment, job_id) == JobState.DONE


def test_jobs_are_listed_stopped_and_begun_anew(deployment, ask, govkit):
    job_id = ask("tests.add_role", name="made")
    assert govkit("jobs", "cancel", CITY, str(job_id)).exit_code == 0
    assert state(deployment, job_id) == JobState.CANCELLED
    again = govkit("jobs", "cancel", CITY, str(job_id))
    assert again.exit_code == 1
    assert "もう終わっています" in again.output

    told = govkit("jobs", "list").output
    assert f"{job_id}" in told
    assert "中止  試験の処理" in told
    assert str(job_id) not in govkit("jobs", "list", "--city", CITY, "--state", "failed").output

    assert govkit("jobs", "retry", CITY, str(job_id)).exit_code == 0
    assert state(deployment, job_id) == JobState.QUEUED


@pytest.mark.parametrize("kind", ["thread", "process"])
def test_a_worker_does_jobs_until_it_is_asked_to_stop(deployment, ask, kind):
    program = "import tests.base.jobs.kinds; from govkit.cli import main; main()"
    worker = subprocess.Popen(
        [sys.executable, "-c", program, "worker", "--workers", "1", "--kind", kind],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ワーカーが動いています。\n"
    job_id = ask("tests.add_role", name="made")
    until = time.monotonic() + 30
    while state(deployment, job_id) != JobState.DONE:
        assert time.monotonic() < until
        time.sleep(0.02)
    worker.send_signal(signal.SIGTERM)
    told, _ = worker.communicate(timeout=30)
    assert told == "止めました。\n"
    assert worker.returncode == 0
