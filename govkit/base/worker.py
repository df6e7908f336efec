"""The worker: takes jobs out of the queue, and finds again what the queue has lost (ワーカー)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.deployment import Deployment
from govkit.base.job_files import JobFiles
from govkit.base.job_runs import run_job
from govkit.base.jobs import Job, JobState
from govkit.base.logs import get_logger
from govkit.base.queue import Crew

__all__ = ["Worker", "due_jobs", "run_due_jobs", "running_worker"]

log = get_logger("govkit.jobs")

_SWEEP_SECONDS: Final = 5
_GRACE: Final = timedelta(seconds=3)
"""A row that has waited for so long was perhaps never put into the queue."""
_SWEEP_ANYWAY_EVERY: Final = 120
"""Rounds after which rows are looked for although the queue is not empty: ten minutes."""
_CLEAR_EVERY: Final = 720
"""Rounds after which expired files are deleted: an hour."""
_MOST_AT_ONCE: Final = 100


def due_jobs(
    deployment: Deployment, now: datetime, grace: timedelta = timedelta(0)
) -> Iterator[tuple[str, UUID]]:
    """Municipality and identifier of the jobs that wait, and of those whose worker has died.

    :param grace: How long a job must have waited.
    """
    dead = now - timedelta(seconds=deployment.settings.jobs.lease_seconds)
    for municipality in deployment.municipalities():
        with deployment.session(municipality.code, writes=False) as session:
            found = session.scalars(
                sa.select(Job.id)
                .where(
                    sa.or_(
                        sa.and_(Job.state == JobState.QUEUED, Job.not_before <= now - grace),
                        sa.and_(Job.state == JobState.RUNNING, Job.heartbeat_at < dead),
                    )
                )
                .order_by(Job.not_before)
                .limit(_MOST_AT_ONCE)
            ).all()
        for job_id in found:
            yield municipality.code, job_id


def run_due_jobs(deployment: Deployment) -> int:
    """Do what waits now, here and one after the other; how many jobs that were."""
    count = 0
    while due := list(due_jobs(deployment, deployment.clock())):
        for code, job_id in due:
            run_job(deployment, code, job_id)
        count += len(due)
    return count


class Worker:
    """Threads or processes that do the jobs of a deployment.

    :param workers: How many at once; the settings say so unless given.
    :param kind: ``thread`` or ``process``.
    """

    def __init__(
        self, deployment: Deployment, *, workers: int | None = None, kind: str | None = None
    ) -> None:
        jobs = deployment.settings.jobs
        self._deployment = deployment
        self._is_forked = (kind or jobs.worker_kind) == "process"
        self._rounds = 0
        crew = Crew(
            run=self._run,
            sweep=self._sweep,
            prepare=self._prepare,
            workers=workers or jobs.workers,
            kind="process" if self._is_forked else "thread",
        )
        self._consumer: Any = deployment.queue.consumer(crew)

    def start(self) -> None:
        """Begin to do jobs, and return."""
        self._consumer.start()

    def stop(self) -> None:
        """Take up no more jobs; one under way is handed back when it next tells its progress."""
        self._consumer.stop(graceful=True)

    def run_until(self, stopped: threading.Event) -> None:
        """Do jobs until the event is set; threads and processes that die are replaced."""
        self.start()
        try:
            while not stopped.wait(_SWEEP_SECONDS):
                self._consumer.check_worker_health()
        finally:
            self.stop()

    def _prepare(self) -> None:
        if self._is_forked:
            # Connections belong to the parent: this process opens its own.
            self._deployment.engine.dispose(close=False)

    def _run(self, code: str, job_id: UUID) -> None:
        try:
            run_job(self._deployment, code, job_id, self._consumer.stop_flag.is_set)
        except Exception as error:
            log.error("job not done", exc_info=error, extra={"job": str(job_id)})

    def _sweep(self) -> None:
        try:
            self._look_for_lost()
            if self._rounds % _CLEAR_EVERY == 0:
                self._clear_files()
        except Exception as error:
            log.error("sweep failed", exc_info=error)
        self._rounds += 1
        self._consumer.stop_flag.wait(_SWEEP_SECONDS)

    def _look_for_lost(self) -> None:
        queue = self._deployment.queue
        # While others wait in the queue, rows that wait are probably among them.
        if queue.is_empty() or self._rounds % _SWEEP_ANYWAY_EVERY == 0:
            for code, job_id in due_jobs(self._deployment, self._deployment.clock(), _GRACE):
                queue.put(code, job_id)

    def _clear_files(self) -> None:
        for municipality in self._deployment.municipalities():
            files = JobFiles(self._deployment.settings, municipality.code)
            with self._deployment.session(municipality.code) as session:
                files.clear(session, self._deployment.clock())
                session.commit()


@contextmanager
def running_worker(deployment: Deployment) -> Iterator[Worker]:
    """One thread that does jobs while the block runs, beside a server for development."""
    worker = Worker(deployment, workers=1, kind="thread")
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
