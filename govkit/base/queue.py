"""The queue between those who ask for jobs and those who do them (ジョブの待ち行列).

It carries a municipality and the identifier of a row and nothing else; the row
(:class:`govkit.base.jobs.Job`) is the truth. What is lost here is found again by a sweep over the rows,
and what comes twice is refused by the row. Huey stands behind it, with JSON instead of its pickle: who
can write to the queue can ask for a job to be looked at, and for nothing more.

It lies in a file of SQLite beside the database, on PostgreSQL in tables in a schema of their own, or in
Redis where the settings name one.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any, Final
from uuid import UUID

import huey
from huey.consumer import BaseProcess, Consumer
from huey.registry import Message
from huey.serializer import Serializer
from sqlalchemy.engine import URL, make_url

from govkit.base.settings import Settings
from govkit.errors import InvalidSettings, Problem

__all__ = ["Crew", "JobQueue"]

_NAME: Final = "govkit"
_SCHEMA: Final = "govkit_queue"
_LOCK: Final = int.from_bytes(hashlib.sha256(b"govkit queue").digest()[:7], "big")
_LONGEST_WAIT_SECONDS: Final = 1.0
"""How long a worker without work sleeps at most before it looks again."""
_PATIENCE_SECONDS: Final = 30


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


class _Json(Serializer):  # type: ignore[misc]
    """Messages as JSON: reading one runs no code."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: Any) -> Message:
        return Message(*json.loads(bytes(data)))


class _Sweeper(BaseProcess):  # type: ignore[misc]
    """Stands where Huey has its scheduler, for the rows say themselves when they are due."""

    process_name = "Sweeper"

    def __init__(self, crew: Crew, queue: Any, stop_flag: Any) -> None:
        super().__init__(queue, stop_flag)
        self._crew = crew

    def initialize(self) -> None:
        """As for a worker."""
        self._crew.prepare()

    def loop(self, now: object = None) -> None:
        """One round."""
        self._crew.sweep()


class _Consumer(Consumer):  # type: ignore[misc]
    """Leaves signals to the one who starts it, which may be a web server."""

    def __init__(self, queue: Any, crew: Crew) -> None:
        self._crew = crew
        super().__init__(
            queue,
            workers=crew.workers,
            worker_type=crew.kind,
            max_delay=_LONGEST_WAIT_SECONDS,
            periodic=False,
        )

    def _create_scheduler(self) -> _Sweeper:
        return _Sweeper(self._crew, self.huey, self.stop_flag)

    def _set_signal_handlers(self) -> None:
        pass


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

    def consumer(self, crew: Crew) -> Any:
        """Huey's consumer, not started yet, whose threads or processes serve the queue."""
        opened = self._huey()
        self._crew = crew
        opened.on_startup("prepare")(crew.prepare)
        opened.on_shutdown("close")(opened.storage.close)
        return _Consumer(opened, crew)

    def close(self) -> None:
        """Give the connection back."""
        if self._opened is not None:
            self._opened.storage.close()

    def _huey(self) -> Any:
        with self._opening:
            if self._opened is None:
                opened = _open(self._settings)
                self._tell = opened.task(name="run_job")(self._run)
                self._opened = opened
        return self._opened

    def _run(self, municipality_code: str, job_id: str) -> None:
        assert self._crew is not None  # noqa: S101
        self._crew.run(municipality_code, UUID(job_id))


def _open(settings: Settings) -> Any:
    common: dict[str, Any] = {"results": False, "serializer": _Json()}
    if settings.jobs.redis_url is not None:
        return _open_redis(settings.jobs.redis_url, common)
    url = make_url(settings.database.url)
    if url.get_backend_name() == "postgresql":
        return _open_postgres(settings, url, common)
    if not url.database or url.database == ":memory:":
        return huey.MemoryHuey(_NAME, **common)
    # A file of its own: work on the database holds the lock of its file for as long as it writes.
    path = Path(f"{url.database}.queue")
    return huey.SqliteHuey(_NAME, filename=str(path), timeout=_PATIENCE_SECONDS, **common)


def _open_redis(url: str, common: dict[str, Any]) -> Any:
    try:
        import_module("redis")
    except ImportError as error:
        problem = Problem(
            "no_redis",
            'Redis を使うには、pip install "govkit-jp[redis]" の要領で redis パッケージを入れてください。',
            column="jobs.redis_url",
        )
        raise InvalidSettings([problem]) from error
    return huey.RedisHuey(_NAME, url=url, **common)


def _open_postgres(settings: Settings, url: URL, common: dict[str, Any]) -> Any:
    _make_tables(settings, url)
    return huey.PostgresHuey(
        _NAME, connection=_connector(url), create_tables=False, table_prefix="job", **common
    )


def _connector(url: URL) -> Callable[[], Any]:
    psycopg = import_module("psycopg")
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return lambda: psycopg.connect(dsn, options=f"-c search_path={_SCHEMA}")


def _make_tables(settings: Settings, url: URL) -> None:
    """Huey's tables, made by the owner in a schema that only the application's role may use."""
    storage = import_module("huey.storage").PostgresStorage
    with _connector(url)() as connection:
        (found,) = connection.execute("SELECT to_regclass('job_task')").fetchone()
    if found is not None:
        return
    owner = make_url(settings.database.owner_url or settings.database.url)
    with _connector(owner)() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_SCHEMA}")
        for statement in storage(
            connection=lambda: connection, table_prefix="job", create_tables=False
        ).ddl:
            connection.execute(statement)
        role = f'"{url.username}"'
        connection.execute(f"GRANT USAGE ON SCHEMA {_SCHEMA} TO {role}")
        rights = "SELECT, INSERT, UPDATE, DELETE"
        connection.execute(f"GRANT {rights} ON ALL TABLES IN SCHEMA {_SCHEMA} TO {role}")
        connection.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {_SCHEMA} TO {role}")
