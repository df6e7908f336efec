"""Huey as the queue of jobs: JSON instead of its pickle, our sweep instead of its schedule.

Who can write to the queue can ask for a job to be looked at, and for nothing more. It lies in a file of
SQLite beside the database, on PostgreSQL in tables in a schema of their own, or in Redis where the
settings name one.
"""

import hashlib
import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import huey
from huey.consumer import BaseProcess, Consumer
from huey.registry import Message
from huey.serializer import Serializer
from sqlalchemy.engine import URL, make_url

from govkit.base.queue import Crew
from govkit.base.settings import Settings
from govkit.errors import InvalidSettings, Problem

__all__ = ["JobConsumer", "open_queue"]

_NAME: Final = "govkit"
_SCHEMA: Final = "govkit_queue"
_LOCK: Final = int.from_bytes(hashlib.sha256(b"govkit queue").digest()[:7], "big")
_LONGEST_WAIT_SECONDS: Final = 1.0
"""How long a worker without work sleeps at most before it looks again."""
_PATIENCE_SECONDS: Final = 30


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


class JobConsumer(Consumer):  # type: ignore[misc]
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


def open_queue(settings: Settings) -> Any:
    """Huey over the storage that the settings name.

    :raises InvalidSettings: When the package for Redis is missing.
    """
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
    storage = huey.PostgresHuey.storage_class
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
