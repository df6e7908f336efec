"""Runs imports, and kills some of them with signal 9 at a given moment.

Each line of the input is a job (JSON); each line of the output tells when its import reached which
step. A job that is to be killed is forked from here, where everything is loaded and no connection
is open.
The others run here, which also warms what SQLAlchemy keeps, so that a trial costs little more than
the import itself.
"""

import gc
import json
import os
import signal
import sys
import time
import traceback
from datetime import date
from pathlib import Path
from typing import IO

from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.base.settings import Settings
from govkit.formats.tabular import Encoding
from govkit.modules.resident_extracts import ExtractFile, Progress, import_file
from govkit.testing.plugin import FixedClock


class Job:
    """One import: whose, of which file, and how many seconds after which step it is killed."""

    def __init__(self, line: str) -> None:
        job = json.loads(line)
        self.settings = Settings.model_validate(job["settings"])
        self.city = job["city"]
        self.path = Path(job["path"])
        self.as_of = date.fromisoformat(job["as_of"])
        self.kill: tuple[str, float] | None = job["kill"]


def run_import(job: Job, pipe: int) -> None:
    """Import the file and write each step it reaches into the pipe, with the time."""
    told = set()

    def tell(step: str) -> None:
        if step not in told:
            told.add(step)
            os.write(pipe, f"{step} {time.monotonic()}\n".encode())

    def tell_progress(progress: Progress) -> None:
        tell("writing" if progress.text == "住民を登録しています。" else "reading")

    tell("starting")
    deployment = Deployment(job.settings, clock=FixedClock())
    city = deployment.municipality(job.city)
    with deployment.work(city, Actor.operator("import")) as work:
        file = ExtractFile(
            job.path, job.path.name, Encoding.UTF_8, job.as_of, allows_shrinking=True
        )
        import_file(work, file, tell_progress)
        tell("commit")
    tell("acknowledged")
    if job.kill:
        signal.pause()  # the connections stay open until the kill comes
    deployment.close()


def kill_import(job: Job, pipe: int, told: IO[str]) -> tuple[list[str], int]:
    """Start the import in a fork and kill it; what it told until the kill, and its status."""
    assert job.kill is not None
    step, wait = job.kill
    pid = os.fork()
    if not pid:
        try:
            run_import(job, pipe)
        except BaseException:  # nothing of the parent may run on in its copy
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(pipe)
    lines = []
    for line in told:
        lines.append(line)
        if line.startswith(f"{step} "):
            break
    time.sleep(wait)
    os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    return [*lines, *told], status


def main() -> None:
    """Serve jobs until the input ends."""
    for line in sys.stdin:
        job, status = Job(line), 0
        reader, writer = os.pipe()
        with os.fdopen(reader, encoding="ascii") as told:
            if job.kill:
                lines, status = kill_import(job, writer, told)
            else:
                run_import(job, writer)
                os.close(writer)
                lines = told.readlines()
                gc.freeze()  # so that the collector of a fork leaves these pages shared
        steps = dict(each.split() for each in lines)
        answer = {
            "steps": {step: float(moment) for step, moment in steps.items()},
            "killed_by": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
