"""Migrations: one history per module, a row for each that was applied, run at start-up.

A module keeps numbered files in its ``migrations/`` folder, each with ``upgrade(op)`` and
``downgrade(op)`` over Alembic's operations. Histories are independent, so a module whose package
is gone never blocks the others. A number that arrives after a higher one is applied all the same, so
migrations of different branches are written so that they do not need each other. After an upgrade the
walls of :func:`govkit.base.tenancy.secure_schema` are put up again.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from types import ModuleType

import sqlalchemy as sa
from alembic.autogenerate import api
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from govkit.base.columns import AssetClass
from govkit.base.db import Base, SharedTable
from govkit.base.tenancy import is_secured, secure_schema

__all__ = [
    "Migration",
    "SchemaVersion",
    "applied",
    "differences",
    "pending",
    "render_migration",
    "revert",
    "upgrade",
]

Applied = Set[tuple[str, str]]
_COMMENT = re.compile(r"^ *# ###.*\n?", re.MULTILINE)
_LOCK = int.from_bytes(hashlib.sha256(b"govkit migrations").digest()[:7], "big")


class SchemaVersion(SharedTable, Base):
    """A migration that was applied to a module's tables (表の版)."""

    __tablename__ = "govkit_schema_version"
    __asset_class__ = AssetClass.IV
    __table_args__ = ({"comment": "表の版"},)

    module: sa.orm.Mapped[str] = sa.orm.mapped_column(
        sa.String(60), primary_key=True, comment="モジュール"
    )
    revision: sa.orm.Mapped[str] = sa.orm.mapped_column(
        sa.String(120), primary_key=True, comment="適用済みの版"
    )


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of a module's history."""

    module: str
    revision: str
    script: ModuleType


def history(module: str, package: str) -> list[Migration]:
    """All migrations of a module, oldest first."""
    folder = files(package) / "migrations"
    if not folder.is_dir():
        return []
    names = sorted(
        entry.name[:-3]
        for entry in folder.iterdir()
        if entry.name.endswith(".py") and entry.name[0].isdigit()
    )
    return [
        Migration(module, name, import_module(f"{package}.migrations.{name}")) for name in names
    ]


def pending(applied: Applied, modules: Sequence[tuple[str, str]]) -> list[Migration]:
    """Migrations that a database lacks, wherever their numbers stand in the history.

    :param applied: Module and revision of each migration that was run, from :class:`SchemaVersion`.
    :param modules: Pairs of module name and package, in loading order.
    """
    return [
        migration
        for name, package in modules
        for migration in history(name, package)
        if (name, migration.revision) not in applied
    ]


def upgrade(engine: Engine, modules: Sequence[tuple[str, str]], app_role: str | None) -> int:
    """Bring all modules up to date in one transaction; 0 when there was nothing to do.

    Concurrent starts wait for each other.

    :param engine: Connected as the owner of the tables.
    :param app_role: PostgreSQL role of the application, ``None`` on SQLite.
    """
    done = 0
    with _locked(engine) as connection:
        is_rebuilt = _keep_each(connection, modules)
        operations = Operations(MigrationContext.configure(connection))
        for migration in pending(applied(connection), modules):
            migration.script.upgrade(operations)
            _note(connection, migration)
            done += 1
        if done or is_rebuilt or not is_secured(connection, app_role):
            secure_schema(connection, app_role)
    return done


def revert(engine: Engine, module: str, package: str) -> None:
    """Undo a module's whole history, newest first, and forget it."""
    with _locked(engine) as connection:
        _keep_each(connection, [(module, package)])
        done = applied(connection)
        operations = Operations(MigrationContext.configure(connection))
        for migration in reversed(history(module, package)):
            if (module, migration.revision) in done:
                migration.script.downgrade(operations)
        connection.execute(sa.delete(SchemaVersion).where(SchemaVersion.module == module))


@contextmanager
def _locked(engine: Engine) -> Iterator[Connection]:
    with engine.execution_options(govkit_writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        Base.metadata.create_all(connection, tables=[Base.metadata.tables["govkit_schema_version"]])
        yield connection


def applied(connection: Connection | Session) -> Applied:
    """Module and revision of each migration that was run."""
    rows = connection.execute(sa.select(SchemaVersion.module, SchemaVersion.revision))
    return {(row.module, row.revision) for row in rows}


def _note(connection: Connection, migration: Migration) -> None:
    row = {"module": migration.module, "revision": migration.revision}
    connection.execute(sa.insert(SchemaVersion).values(row))


def _keep_each(connection: Connection, modules: Sequence[tuple[str, str]]) -> bool:
    """Give a table that held the latest revision alone a row for each; whether it was such a table."""
    table = Base.metadata.tables[SchemaVersion.__tablename__]
    key = sa.inspect(connection).get_pk_constraint(table.name)["constrained_columns"]
    if "revision" in key:
        return False
    latest = dict(applied(connection))
    table.drop(connection)
    table.create(connection)
    earlier = {
        (name, each.revision)
        for name, package in modules
        for each in history(name, package)
        if each.revision <= latest.get(name, "")
    }
    rows = [{"module": name, "revision": each} for name, each in earlier | set(latest.items())]
    if rows:
        connection.execute(sa.insert(SchemaVersion), rows)
    return True


def differences(connection: Connection) -> list[object]:
    """What the mapped classes have and the database lacks, or the other way round."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(api.compare_metadata(context, Base.metadata))


def render_migration(engine: Engine, prefix: str) -> str:
    """Source of a migration that brings the tables named ``prefix_*`` up to the mapped classes."""

    def own(item: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or (name or "").startswith(f"{prefix}_")

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": own,
                "target_metadata": Base.metadata,
                "compare_type": True,
                "user_module_prefix": "db.",
            },
        )
        script = api.produce_migrations(context, Base.metadata)
        up, down = (
            api.render_python_code(operations, user_module_prefix="db.", migration_context=context)
            for operations in (script.upgrade_ops, script.downgrade_ops)
            if operations is not None
        )
    up, down = (_COMMENT.sub("", source).strip() for source in (up, down))
    return (
        f'"""Tables of {prefix}."""\n\nimport sqlalchemy as sa\n'
        "from alembic.operations import Operations\n\nfrom govkit.base import db\n\n"
        f"\ndef upgrade(op: Operations) -> None:\n    {up}\n\n"
        f"\ndef downgrade(op: Operations) -> None:\n    {down}\n"
    )
