"""Tables and engines: the declarative base, the kinds of table, SQLite and PostgreSQL set up alike.

Every table is one of three kinds, and a test walks over all of them:

- :class:`TenantTable`: rows of one municipality. Primary key ``(municipality_code, id)``; every
  foreign key and every unique constraint between such tables includes ``municipality_code``.
- :class:`SharedTable`: reference rows that all municipalities may read (団体の一覧 など).
- :class:`SystemTable`: rows of the deployment itself (accounts, login sessions). A session that
  is bound to a municipality cannot reach them.
"""

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from govkit.base.columns import AssetClass

__all__ = [
    "BEGIN_STATEMENTS",
    "AppendOnly",
    "Base",
    "SharedTable",
    "SystemTable",
    "TenantTable",
    "UtcDateTime",
    "Versioned",
    "create_engine",
    "tenant_index",
    "tenant_join",
    "tenant_key",
    "tenant_unique",
]


_PATIENCE_SECONDS: Final = 30
"""How long a writer waits for another one on SQLite."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in time, always aware and in UTC, on every database.

    :raises ValueError: When a naive moment is stored.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse naive moments; SQLite keeps UTC without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give every moment its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class TenantTable:
    """Mixin: rows that belong to one municipality (団体).

    A table with rows about residents or pupils says so, see :mod:`govkit.base.persons`.
    """

    person_column: ClassVar[str | None] = None
    """Column that names the person a row is about: an addressee number (宛名番号), a list of them, or
    a key to a row that has one."""
    staff_columns: ClassVar[frozenset[str]] = frozenset()
    """Columns that name members of staff (職員の氏名)."""
    other_people: ClassVar[frozenset[str]] = frozenset()
    """Columns, or items inside a JSON column, about somebody else than that person (ほかの人の情報)."""
    item_titles: ClassVar[Mapping[str, str]] = {}
    """Japanese titles of items inside a JSON column, where no column has the same name."""
    is_protection_list: ClassVar[bool] = False
    """Whether the rows with ``is_active`` are the people under support measures (支援措置対象者)."""

    @declared_attr
    @classmethod
    def municipality_code(cls) -> Mapped[str]:
        """Owner of the row, six digits (全国地方公共団体コード)."""
        return mapped_column(
            sa.String(6),
            sa.ForeignKey("govkit_municipality.code"),
            primary_key=True,
            sort_order=-2,
            comment="団体コード",
        )

    @declared_attr
    @classmethod
    def id(cls) -> Mapped[UUID]:
        """Identifier, a random UUID (version 4) that may be shown to other systems."""
        return mapped_column(
            sa.Uuid, primary_key=True, default=uuid4, sort_order=-1, comment="識別子(UUIDv4)"
        )


@event.listens_for(TenantTable, "init", propagate=True)
def _give_identifier(instance: TenantTable, _args: object, values: dict[str, Any]) -> None:
    # Known before the row is written, so that audit rows and other rows can name it.
    values.setdefault("id", uuid4())


class SharedTable:
    """Mixin: reference rows that every municipality may read, and none of them writes."""


class SystemTable:
    """Mixin: rows of the deployment itself, out of reach for work inside a municipality."""


class AppendOnly:
    """Mixin: rows that are written once (追記のみ); the database refuses to change or delete them."""


class Versioned:
    """Mixin: optimistic lock (楽観ロック): the second of two savers is told, and loses nothing."""

    version: Mapped[int] = mapped_column(sa.Integer, comment="版番号(楽観ロック)")

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Base(DeclarativeBase):
    """Declarative base of every table of govkit and of its modules."""

    __asset_class__: ClassVar[AssetClass]
    """Class of the table's columns that name none of their own (重要性分類)."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: UtcDateTime(),
        UUID: sa.Uuid(),
        dict[str, Any]: sa.JSON(),
        list[str]: sa.JSON(),
    }

    def __init_subclass__(cls, **options: Any) -> None:
        """Refuse a table that nobody has said to whom it belongs."""
        kinds = (TenantTable, SharedTable, SystemTable)
        if "__tablename__" in vars(cls) and sum(issubclass(cls, each) for each in kinds) != 1:
            raise TypeError(f"{cls.__name__}: choose TenantTable, SharedTable or SystemTable")
        super().__init_subclass__(**options)
        if "__asset_class__" in vars(cls):
            table: Any = cls.__table__
            table.info.update(cls.__asset_class__.info)


def tenant_key(column: str, target: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    """Foreign key between two tenant tables, which cannot cross municipalities."""
    return sa.ForeignKeyConstraint(
        ["municipality_code", column],
        [f"{target}.municipality_code", f"{target}.id"],
        ondelete=ondelete,
    )


def tenant_unique(*columns: str) -> sa.UniqueConstraint:
    """Uniqueness inside a municipality, so that it tells nothing about the others."""
    return sa.UniqueConstraint("municipality_code", *columns)


def tenant_index(table: str, *columns: str) -> sa.Index:
    """Index for look-ups inside a municipality."""
    name = f"ix_{table}_{'_'.join(columns)}"
    return sa.Index(name, "municipality_code", *columns)


def tenant_join(own: str, target: str) -> str:
    """``primaryjoin`` of a relationship along a :func:`tenant_key`.

    Only the own column is written through the relationship; the municipality never is.

    :param own: ``"ClassGroup.school_id"``.
    :param target: ``"School"``.
    """
    owner = own.split(".")[0]
    return (
        f"and_(foreign({own}) == {target}.id, "
        f"{owner}.municipality_code == {target}.municipality_code)"
    )


def create_engine(url: str | URL) -> Engine:
    """Engine for SQLite (write-ahead log, synchronous FULL, foreign keys on) or PostgreSQL."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = sa.create_engine(
            parsed,
            connect_args={"timeout": _PATIENCE_SECONDS, "check_same_thread": False},
            hide_parameters=True,  # errors never name people
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        for end in ("commit", "rollback"):
            event.listen(engine, end, _end_sqlite)
        return engine
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(parsed, pool_size=5, max_overflow=10, hide_parameters=True)
        event.listen(engine, "checkin", _note_rest)
        event.listen(engine, "checkout", partial(_ask_after_rest, engine.dialect))
        return engine
    raise ValueError(f"unsupported database: {parsed.get_backend_name()}")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Transactions are begun by us, so that a writer can take the lock at the start.
    connection.isolation_level = None
    # Recursive triggers: REPLACE must not slip past the triggers of append-only tables.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


_TRUSTED_SECONDS: Final = 1.0
"""How long a connection to PostgreSQL may have rested and is taken to be alive still."""


def _note_rest(_connection: Any, record: Any) -> None:
    record.info["govkit_rests_since"] = time.monotonic()


def _ask_after_rest(dialect: sa.Dialect, connection: Any, record: Any, _proxy: object) -> None:
    """Ask a connection that has rested whether it lives; one in steady use is not asked each time."""
    rested = time.monotonic() - record.info.get("govkit_rests_since", time.monotonic())
    if rested <= _TRUSTED_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise sa.exc.InvalidatePoolError("the server went away") from error


BEGIN_STATEMENTS: Final = ("BEGIN", "BEGIN IMMEDIATE")
"""How a transaction begins on SQLite: of a reader, of a writer."""


_writing = threading.local()
"""Databases on which this thread has a write transaction open."""


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    writes = bool(options.get("govkit_writes", False))
    if not writes:
        connection.exec_driver_sql(BEGIN_STATEMENTS[0])
        return
    open_on: set[str] = _writing.__dict__.setdefault("databases", set())
    name = str(connection.engine.url.database)
    if name in open_on:
        # The second writer of a thread would wait for the first, that is, for itself.
        raise RuntimeError("finish the open unit of work before another one writes")
    driver: Any = connection.connection.dbapi_connection
    if not options.get("govkit_waits", True):
        driver.execute("PRAGMA busy_timeout=0")
    try:
        connection.exec_driver_sql(BEGIN_STATEMENTS[1])
    finally:
        driver.execute(f"PRAGMA busy_timeout={_PATIENCE_SECONDS * 1000}")
    connection.info["govkit_writing"] = True
    open_on.add(name)


def _end_sqlite(connection: Connection) -> None:
    if connection.info.pop("govkit_writing", False):
        _writing.__dict__.get("databases", set()).discard(str(connection.engine.url.database))
