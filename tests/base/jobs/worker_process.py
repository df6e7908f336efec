"""Asks for jobs and does them, and is killed with signal 9 at a given moment.

Each line of the input is a trial (JSON); each line of the output tells what the trial reached before
its kill. A trial is forked from here, where everything is loaded and no connection is open.
"""

import gc
import json
import os
import signal
import sys
import threading
import time
import traceback
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.base.jobs import Progress, enqueue, job
from govkit.base.notices import Notice
from govkit.base.settings import Settings
from govkit.base.work import Work
from govkit.base.worker import Worker

CITY = "132021"
ROWS = 6
"""Rows that each job of a trial writes."""


def tell_nobody(_step: str) -> None:
    """Where nobody listens."""


tell = tell_nobody


@job("tests.ledger", permission="base.manage_staff")
def write_ledger(work: Work, progress: Progress, *, number: int, staff: str) -> dict[str, Any]:
    """Write some rows with time to be killed in between."""
    for done in range(ROWS):
        tell("writing")
        work.session.add(
            Notice(
                staff_id=UUID(staff),
                kind="ledger",
                text=str(number),
                params={},
                path="",
                at=work.now,
                read_at=None,
            )
        )
        work.session.flush()
        time.sleep(0.001)
        progress(done + 1, ROWS)
    tell("written")
    return {}


class StandingClock:
    """A clock that shows the moment of the trial."""

    def __init__(self, moment: str) -> None:
        self._moment = datetime.fromisoformat(moment)

    def __call__(self) -> datetime:
        return self._moment


def ask_and_work(trial: dict[str, Any], pipe: int) -> None:
    """Ask for a job, then do jobs until the kill comes."""
    told: set[str] = set()

    def tell_pipe(step: str) -> None:
        if step not in told:
            told.add(step)
            os.write(pipe, f"{step} {time.monotonic()}\n".encode())

    globals()["tell"] = tell_pipe
    tell_pipe("starting")
    settings = Settings.model_validate(trial["settings"])
    deployment = Deployment(settings, clock=StandingClock(trial["moment"]))
    with deployment.work(deployment.municipality(CITY), Actor.operator("test")) as work:
        row = enqueue(work, trial["job"], trial["arguments"], title="試験", key=trial["key"])
        job_id = row.id
    tell_pipe(f"asked:{job_id}")
    Worker(deployment, workers=1, kind="thread").start()
    threading.Event().wait(60)


def kill(trial: dict[str, Any], pipe: int, told: IO[str]) -> tuple[list[str], int]:
    """Start the trial in a fork and kill it; what it told until the kill, and its status."""
    step, wait = trial["kill"]
    pid = os.fork()
    if not pid:
        try:
            ask_and_work(trial, pipe)
        except BaseException:  # nothing of the parent may run on in its copy
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(pipe)
    lines = []
    for line in told:
        lines.append(line)
        if line.startswith(step):
            break
    time.sleep(wait)
    os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    return [*lines, *told], status


def warm_up(trial: dict[str, Any]) -> None:
    """Load and compile here what every fork needs, by asking for a job that is then forgotten."""
    deployment = Deployment(Settings.model_validate(trial["settings"]))
    with deployment.work(deployment.municipality(CITY), Actor.operator("test")) as work:
        enqueue(work, trial["job"], trial["arguments"], title="試験", key="warm")
        work.discard()
    deployment.close()
    gc.freeze()  # so that the collector of a fork leaves these pages shared


def main() -> None:
    """Serve trials until the input ends."""
    is_warm = False
    for line in sys.stdin:
        trial = json.loads(line)
        if not is_warm:
            warm_up(trial)
            is_warm = True
        reader, writer = os.pipe()
        with os.fdopen(reader, encoding="ascii") as told:
            lines, status = kill(trial, writer, told)
        reached = [each.split()[0] for each in lines]
        killed_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        print(json.dumps({"reached": reached, "killed_by": killed_by}), flush=True)


if __name__ == "__main__":
    main()
