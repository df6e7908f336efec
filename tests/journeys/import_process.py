"""Runs imports, and kills some of them with signal 9 at a given moment.

Each line of the input is a job (JSON); each line of the output tells how far its import came. A
job that is to be killed is forked from here, where everything is loaded and no connection is open.
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

from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.base.settings import Settings
from govkit.formats.tabular import Encoding
from govkit.modules.resident_extracts import ExtractFile, Progress, import_file
from govkit.testing.plugin import FixedClock


class Job:
    """One import: whose, of which file, and after how many seconds it is killed, if at all."""

    def __init__(self, line: str) -> None:
        job = json.loads(line)
        self.settings = Settings.model_validate(job["settings"])
        self.city = job["city"]
        self.path = Path(job["path"])
        self.as_of = date.fromisoformat(job["as_of"])
        self.kill_after: float | None = job["kill_after"]


def run_import(job: Job, pipe: int) -> None:
    """Import the file and write a line into the pipe for each step, the last one at the commit."""

    def tell(step: str) -> None:
        os.write(pipe, f"{step}\n".encode())

    def tell_progress(progress: Progress) -> None:
        tell("writing" if progress.text == "住民を登録しています。" else "reading")

    deployment = Deployment(job.settings, clock=FixedClock())
    city = deployment.municipality(job.city)
    with deployment.work(city, Actor.operator("import")) as work:
        file = ExtractFile(
            job.path, job.path.name, Encoding.UTF_8, job.as_of, allows_shrinking=True
        )
        import_file(work, file, tell_progress)
        tell("commit")
    tell("acknowledged")
    if job.kill_after is not None:
        signal.pause()  # the connections stay open until the kill comes
    deployment.close()


def kill_import(job: Job, pipe: int) -> int:
    """Start the import in a fork, kill it after the time, and give its status."""
    start = time.monotonic()
    pid = os.fork()
    if not pid:
        try:
            run_import(job, pipe)
        except BaseException:  # nothing of the parent may run on in its copy
            traceback.print_exc()
        finally:
            os._exit(1)
    assert job.kill_after is not None
    time.sleep(max(0.0, start + job.kill_after - time.monotonic()))
    os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def main() -> None:
    """Serve jobs until the input ends."""
    for line in sys.stdin:
        job, start, status = Job(line), time.monotonic(), 0
        reader, writer = os.pipe()
        if job.kill_after is None:
            run_import(job, writer)
            gc.freeze()  # so that the collector of a fork leaves these pages shared
        else:
            status = kill_import(job, writer)
        seconds = time.monotonic() - start
        os.close(writer)
        with os.fdopen(reader, encoding="ascii") as told:
            steps = told.read().split()
        answer = {
            "seconds": seconds,
            "steps": steps,
            "killed_by": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
