"""The queue between those who ask for jobs and those who do them (ジョブの待ち行列).

It carries a municipality and the identifier of a row and nothing else; the row
(:class:`govkit.base.jobs.Job`) is the truth. What is lost here is found again by a sweep over the rows,
and what comes twice is refused by the row. Huey (:mod:`govkit.base.huey_queue`) stands behind it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from threading import Lock
from typing import Any
from uuid import UUID

from govkit.base.settings import Settings

__all__ = ["Crew", "JobQueue"]


@dataclass(frozen=True, slots=True)
class Crew:
    """Who takes jobs out of the queue.

    :param run: Called with a municipality's code and the identifier of a job; raises nothing.
    :param sweep: Called again and again by one more thread or process; it waits by itself.
    :param prepare: Called first in each thread or process.
    :param kind: ``thread`` or ``process``.
    """

    run: Callable[[str, UUID], None]
    sweep: Callable[[], None]
    prepare: Callable[[], None]
    workers: int
    kind: str


class JobQueue:
    """The queue of a deployment, opened at its first use.

    :param settings: Those of the deployment.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening = Lock()
        self._opened: Any = None
        self._tell: Any = None
        self._crew: Crew | None = None

    def put(self, municipality_code: str, job_id: UUID) -> None:
        """Tell the workers of a job."""
        self._huey()
        self._tell(municipality_code, str(job_id))

    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return int(self._huey().storage.queue_size()) == 0

    def show_progress(self, job_id: UUID, done: int, total: int) -> None:
        """Leave word of how far a job is, where it can be read while the job's work is not committed."""
        self._huey().storage.put_data(_progress_of(job_id), f"{done}/{total}".encode())

    def progress(self, job_id: UUID) -> tuple[int, int] | None:
        """How much of a job is done, of how much; ``None`` where no word was left."""
        found = self._huey().storage.peek_data(_progress_of(job_id))
        if not isinstance(found, bytes | memoryview):
            return None
        done, _, total = bytes(found).decode().partition("/")
        return int(done), int(total)

    def forget_progress(self, job_id: UUID) -> None:
        """Take the word away."""
        self._huey().storage.delete_data(_progress_of(job_id))

    def consumer(self, crew: Crew) -> Any:
        """Huey's consumer, not started yet, whose threads or processes serve the queue."""
        opened = self._huey()
        self._crew = crew
        opened.on_startup("prepare")(crew.prepare)
        opened.on_shutdown("close")(opened.storage.close)
        return _backend().JobConsumer(opened, crew)

    def close(self) -> None:
        """Give the connection back."""
        if self._opened is not None:
            self._opened.storage.close()

    def _huey(self) -> Any:
        with self._opening:
            if self._opened is None:
                opened = _backend().open_queue(self._settings)
                self._tell = opened.task(name="run_job")(self._run)
                self._opened = opened
        return self._opened

    def _run(self, municipality_code: str, job_id: str) -> None:
        assert self._crew is not None  # noqa: S101
        self._crew.run(municipality_code, UUID(job_id))


def _progress_of(job_id: UUID) -> str:
    return f"progress:{job_id}"


def _backend() -> Any:
    """Huey, imported late: most processes never touch the queue."""
    return import_module("govkit.base.huey_queue")
