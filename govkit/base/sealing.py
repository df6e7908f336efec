"""Whole columns sealed, opened, and sealed anew with the newest key (鍵の更新), below the ORM.

The owner of the tables works here: over all municipalities, and over append-only tables too. The
walls are down inside a transaction only and stand again before it commits, so that nobody ever sees
the database without them. How far a rotation has come is told by the values themselves, each of which
names its key: one that was killed goes on where it was, or is simply begun again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from alembic.operations import Operations

from govkit.base.db import Base
from govkit.base.encrypted_columns import (
    Sealed,
    SealedColumn,
    index_of,
    index_values,
    open_value,
    place_of,
    seal_value,
    sealed_columns,
)
from govkit.base.encryption import Keyring, Place, key_name, sealed_head
from govkit.base.tenancy import ScopedSession, close_walls, open_walls
from govkit.errors import Unreadable

__all__ = ["Census", "check_values", "rotate", "seal_column", "sealed_models", "unseal_column"]

_BATCH: Final = 1000

Tell = Callable[[str, int], None]
"""Progress: comment of the table, rows sealed anew so far."""


def seal_column(op: Operations, table: str, column: str, index: str = "") -> None:
    """In a migration: make a column of a tenant table ``Encrypted``, its rows sealed.

    :param index: Its ``BlindIndex``, a column that is there and is filled in.

    On SQLite what was there is overwritten in the file; on PostgreSQL it goes with the next
    ``VACUUM FULL``, in both with the next checkpoint of the write-ahead log.
    """

    def convert(keyring: Keyring, value: Any, place: Place) -> dict[str, str]:
        sealed = {column: seal_value(keyring, value, place).token}
        return sealed | ({index: index_of(keyring, value, place)} if index else {})

    _convert(op, table, sa.Column(column, sa.Text()), index, convert)


def unseal_column(op: Operations, table: str, old: sa.Column[Any]) -> None:
    """In a migration taken back: make a column what it was before :func:`seal_column`."""

    def convert(keyring: Keyring, value: Any, place: Place) -> dict[str, Any]:
        return {old.name: open_value(keyring, Sealed(value), place)}

    _convert(op, table, old, "", convert)


def _convert(
    op: Operations,
    table: str,
    new: sa.Column[Any],
    index: str,
    convert: Callable[[Keyring, Any, Place], dict[str, Any]],
) -> None:
    """Write the values of a column, converted, to a new one that takes its place."""
    connection = op.get_bind()
    keyring: Keyring = connection.get_execution_options()["govkit_keyring"]
    _lower_walls(connection, table)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    facts = sa.inspect(connection).get_columns(table)
    old = next(each for each in facts if each["name"] == new.name)
    fresh = sa.Column(
        f"{new.name}_converted",
        new.type,
        nullable=old["nullable"],
        # A column that is added needs a value; SQLite cannot take the default away again.
        server_default=None if old["nullable"] else sa.text("'\"\"'"),
        comment=old.get("comment"),
    )
    op.add_column(table, fresh)
    rows = sa.table(
        table,
        sa.column("municipality_code", sa.String),
        sa.column("id", sa.Uuid),
        sa.column(new.name, old["type"]),
        sa.column(fresh.name, new.type),
        *([sa.column(index, sa.String)] if index else []),
    )
    written = [fresh.name, index] if index else [fresh.name]
    for page in _pages(connection, sa.select(rows), (rows.c.municipality_code, rows.c.id)):
        for row in page:
            place = Place(row["municipality_code"], table, new.name, row["id"].hex)
            if row[new.name] is not None:
                row |= convert(keyring, row[new.name], place)
                row[fresh.name] = row[new.name]
        _update(connection, rows, ("municipality_code", "id"), written, page)
    op.drop_column(table, new.name)
    connection.exec_driver_sql(f"ALTER TABLE {table} RENAME COLUMN {fresh.name} TO {new.name}")
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"ALTER TABLE {table} ALTER COLUMN {new.name} DROP DEFAULT")


def sealed_models() -> list[type[Base]]:
    """Every mapped class with an encrypted column, by table name."""
    mapped = (each.class_ for each in Base.registry.mappers)
    return sorted(filter(sealed_columns, mapped), key=lambda each: str(each.__tablename__))


def rotate(
    owner: sa.Engine, app_role: str | None, keyring: Keyring, tell: Tell
) -> tuple[int, list[Place]]:
    """Seal every value anew that another than the newest key sealed, a batch in each transaction.

    :param owner: Connected as the owner of the tables.
    :param app_role: PostgreSQL role of the application, ``None`` on SQLite.
    :return: Rows sealed anew, and the places of values that did not open and stay as they are.
    """
    done = 0
    unreadable: list[Place] = []
    for model in sealed_models():
        last: tuple[Any, ...] | None = None
        while True:
            with owner.execution_options(govkit_writes=True).begin() as connection:
                open_walls(connection, model)
                rows = _older_rows(connection, model, keyring.newest, last)
                for row in rows:
                    unreadable += _reseal(keyring, model, row)
                columns = [name for each in sealed_columns(model) for name in _names(each)]
                _update(connection, _plain_table(model), _key_of(model), columns, rows)
                close_walls(connection, model, app_role)
            if not rows:
                break
            last = tuple(rows[-1][name] for name in _key_of(model))
            done += len(rows)
            tell(_title(model), done)
    return done, unreadable


def _reseal(keyring: Keyring, model: type[Base], row: dict[str, Any]) -> Iterator[Place]:
    for column in sealed_columns(model):
        token = row[column.key]
        if token is None or key_name(token) == keyring.newest:
            continue
        place = place_of(model, column.key, row)
        try:
            value = open_value(keyring, Sealed(token), place)
        except Unreadable:
            yield place
            continue
        row[column.key] = seal_value(keyring, value, place).token
        if column.index:
            row[column.index] = index_of(keyring, value, place)


def _older_rows(
    connection: sa.Connection, model: type[Base], newest: str, last: tuple[Any, ...] | None
) -> list[dict[str, Any]]:
    table = _plain_table(model)
    head = sealed_head(newest)
    older = [
        sa.func.substr(table.c[each.key], 1, len(head)) != head for each in sealed_columns(model)
    ]
    query = sa.select(table).where(sa.or_(*older))
    return next(_pages(connection, query, [table.c[each] for each in _key_of(model)], last), [])


@dataclass(slots=True)
class Census:
    """What :func:`check_values` found.

    :param by_key: Values by the name of the key that sealed them.
    :param unreadable: Places of values that do not open.
    :param wrong_index: Places whose blind index is not that of the value.
    """

    by_key: Counter[str] = field(default_factory=Counter)
    unreadable: list[Place] = field(default_factory=list)
    wrong_index: list[Place] = field(default_factory=list)

    def add(self, keyring: Keyring, model: type[Base], row: Mapping[str, Any]) -> None:
        """Open every value of a row, whose encrypted columns are :class:`Sealed`."""
        for column in sealed_columns(model):
            sealed = row[column.key]
            if sealed is None:
                continue
            place = place_of(model, column.key, row)
            self.by_key[key_name(sealed.token) or "-"] += 1
            try:
                value = open_value(keyring, sealed, place)
            except Unreadable:
                self.unreadable.append(place)
                continue
            if column.index and row[column.index] not in index_values(keyring, value, place):
                self.wrong_index.append(place)


def check_values(session: ScopedSession, keyring: Keyring) -> Census:
    """Open every encrypted value that a session reaches; nothing of the values is kept."""
    census = Census()
    for model in sealed_models():
        columns = [name for each in sealed_columns(model) for name in _names(each)]
        query = sa.select(*(getattr(model, each) for each in (*_key_of(model), *columns)))
        for row in session.execute(query.execution_options(yield_per=_BATCH)).mappings():
            census.add(keyring, model, {**row})
    return census


def _title(model: type[Base]) -> str:
    table: Any = model.__table__
    return str(table.comment)


def _names(column: SealedColumn) -> tuple[str, ...]:
    return (column.key, column.index) if column.index else (column.key,)


def _key_of(model: Any) -> list[str]:
    return [each.name for each in model.__table__.primary_key]


def _plain_table(model: Any) -> sa.TableClause:
    """The table with its encrypted columns as the text that they are."""
    names = {name for each in sealed_columns(model) for name in _names(each)}
    return sa.table(
        model.__tablename__,
        *(
            sa.column(each.name, sa.Text() if each.name in names else each.type)
            for each in model.__table__.columns
            if each.primary_key or each.name in names
        ),
    )


def _pages(
    connection: sa.Connection,
    query: sa.Select[Any],
    key: Sequence[sa.ColumnElement[Any]],
    last: tuple[Any, ...] | None = None,
) -> Iterator[list[dict[str, Any]]]:
    while True:
        after = query if last is None else query.where(sa.tuple_(*key) > last)
        result = connection.execute(after.order_by(*key).limit(_BATCH)).mappings()
        page = [dict(row) for row in result]
        if not page:
            return
        yield page
        last = tuple(page[-1][each.name] for each in key)


def _update(
    connection: sa.Connection,
    table: sa.TableClause,
    key: Iterable[str],
    columns: Iterable[str],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    if not rows:
        return
    own = [table.c[name] == sa.bindparam(f"own_{name}", type_=table.c[name].type) for name in key]
    new = {name: sa.bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
    connection.execute(
        sa.update(table).where(*own).values(new),
        [
            {f"own_{name}": row[name] for name in key} | {f"new_{name}": row[name] for name in new}
            for row in rows
        ],
    )


def _lower_walls(connection: sa.Connection, table: str) -> None:
    """Let a migration reach the rows of a table; after the last one all walls are put up again."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    else:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_update")
