"""P5: letters of a year, whose worker is killed at any moment: all of them once, or none.

Each trial begins with the same register of children, prints and enters their letters, and is killed
with signal 9; then another worker goes on. ``GOVKIT_SOAK=1`` makes 1,000 trials.
"""

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pypdfium2 as pdfium
import pytest
import sqlalchemy as sa

from govkit.base.deployment import Deployment
from govkit.base.documents import DocumentCounter, DocumentIssue
from govkit.base.identity import Actor
from govkit.base.job_files import JobFile, JobFiles
from govkit.base.jobs import Job, JobState
from govkit.base.worker import run_due_jobs
from govkit.modules.enrolment import assign_schools
from govkit.modules.schools import add_school
from tests.base.jobs.conftest import CITY
from tests.base.jobs.notices_process import NAME
from tests.base.jobs.trials import RunTrial, trials_of
from tests.modules.enrolment.conftest import ELEMENTARY, JUNIOR_HIGH
from tests.modules.enrolment.people import YEAR, child, compiled, put_zones
from tests.soak import SOAK

TRIALS = 1_000 if SOAK else 4
CHILDREN = 30
STEPS = {"asked": 0.05, "typesetting": 0.5, "entering": 0.1, "entered": 0.03}
"""What a trial tells as it goes on, and how many seconds later it is killed at the latest."""


@pytest.fixture
def databases(sqlite_databases):
    """Its file is put back before each trial; what jobs promise on both is tried beside this."""
    return sqlite_databases


@pytest.fixture
def trials() -> Iterator[RunTrial]:
    with trials_of("notices_process.py") as run:
        yield run


def register_children(deployment: Deployment) -> None:
    city = deployment.municipality(CITY)
    with deployment.work(city, Actor.operator("test")) as work:
        add_school(work, ELEMENTARY, "第一小学校")
        add_school(work, JUNIOR_HIGH, "第一中学校")
        put_zones(work, f"0001001,富士見町一丁目,{ELEMENTARY},{JUNIOR_HIGH}")
        compiled(work, *(child(serial) for serial in range(1, CHILDREN + 1)))
        assign_schools(work, YEAR)


def put_back(deployment: Deployment, kept: Path) -> None:
    deployment.engine.dispose()
    file = Path(str(deployment.engine.url.database))
    for suffix in ("-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)
    shutil.copyfile(kept, file)


def insist_on_all_or_nothing(deployment: Deployment, now, told: object) -> tuple[bool, bool]:
    """Whether there is the job, and whether it has been done."""
    with deployment.session(CITY, writes=False) as session:
        states = session.scalars(sa.select(Job.state)).all()
        issues = session.scalars(sa.select(DocumentIssue).order_by(DocumentIssue.number)).all()
        last = session.scalar(sa.select(DocumentCounter.last_number)) or 0
        files = session.scalars(sa.select(JobFile)).all()
        is_done = states == [JobState.DONE]
        numbers = list(range(1, CHILDREN + 1)) if is_done else []
        assert [each.number for each in issues] == numbers, f"half or twice after {told}"
        assert len({each.subject_key for each in issues}) == len(numbers), told
        assert (last, len(files)) == (len(numbers), int(is_done)), told
        if is_done:
            pdf = JobFiles(deployment.settings, CITY).read(files[0], now)
            assert len(pdfium.PdfDocument(pdf)) == files[0].people == CHILDREN
    assert len(states) <= 1
    return bool(states), is_done


@pytest.mark.requirement("P5", "ASVS-2.3.3")
def test_letters_of_a_worker_killed_at_any_moment_are_all_issued_once(
    deployment, trials, clock, tmp_path
):
    register_children(deployment)
    began, kept = clock.now, tmp_path / "kept"
    deployment.engine.dispose()
    shutil.copyfile(str(deployment.engine.url.database), kept)
    moments, ends = random.Random(20261124), Counter()
    settings = deployment.settings.model_dump(mode="json")
    key = deployment.settings.security.secret_key  # hidden in a dump, and names are encrypted
    settings["security"]["secret_key"] = key.get_secret_value()
    for number in range(TRIALS):
        put_back(deployment, kept)
        clock.now = began
        step = list(STEPS)[number % len(STEPS)]
        told = trials(
            {
                "settings": settings,
                "moment": began.isoformat(),
                "job": NAME,
                "arguments": {"year": YEAR},
                "key": "letters",
                "kill": (step, moments.uniform(0, STEPS[step])),
            }
        )
        assert told["killed_by"] == 9, told
        is_there, was_done = insist_on_all_or_nothing(deployment, clock.now, told)
        is_asked = any(each.startswith("asked") for each in told["reached"])
        assert is_there >= is_asked, f"asked for and lost after {told}"
        ends["done" if was_done else told["reached"][-1].partition(":")[0]] += 1

        clock.now += timedelta(minutes=10)  # the lease is over
        run_due_jobs(deployment)
        assert insist_on_all_or_nothing(deployment, clock.now, told) == (is_there, is_there)

    print(f"{TRIALS} kills over {CHILDREN} letters, {dict(ends)}, 0 half, 0 lost, 0 twice, 0 gaps")
    assert len(ends) > 1
