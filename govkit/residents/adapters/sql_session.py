"""A connection for reading alone, with a time limit, whose failures are outages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import sqlalchemy as sa

from govkit.residents.source import SourceUnavailable, seconds_left

__all__ = ["read_only"]

_STEPS: Final = 10_000
"""Instructions of SQLite between two looks at the clock."""


@contextmanager
def read_only(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection in a transaction that cannot write and ends when the asker's time is over.

    :raises SourceUnavailable: Whatever goes wrong with the database. The text names the kind of
        error alone: messages of databases repeat what was asked.
    """
    seconds = seconds_left()
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                yield _on_postgres(connection, seconds)
            elif engine.dialect.name == "sqlite":
                with _on_sqlite(connection):
                    yield connection
            else:
                yield connection
    except sa.exc.SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise SourceUnavailable(f"database: {type(cause).__name__}") from None


def _on_postgres(connection: sa.Connection, seconds: float | None) -> sa.Connection:
    connection = connection.execution_options(postgresql_readonly=True)
    if seconds is not None:
        milliseconds = str(max(1, int(seconds * 1000)))
        limit = sa.func.set_config("statement_timeout", milliseconds, sa.true())
        connection.execute(sa.select(limit))
    return connection


@contextmanager
def _on_sqlite(connection: sa.Connection) -> Iterator[None]:
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA query_only = ON")
    raw.set_progress_handler(_is_over, _STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)
        raw.execute("PRAGMA query_only = OFF")


def _is_over() -> bool:
    try:
        seconds_left()
    except SourceUnavailable:
        return True
    return False
