"""The 41 ways in which code reaches a row, each tried against a row of another municipality.

A path returns the municipality codes it could see. Reading a foreign code is a leak; so is any
change of a foreign row, which the caller finds by comparing the foreign rows before and after.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import (
    aliased,
    defer,
    joinedload,
    make_transient_to_detached,
    selectinload,
    subqueryload,
)

from govkit.base.tenancy import ScopedSession

__all__ = ["PATHS", "WRITES", "Target"]


@dataclass(frozen=True)
class Target:
    """A mapped class, a foreign row's key and an own row's key."""

    model: Any
    own: tuple[str, UUID]
    foreign: tuple[str, UUID]
    foreign_copy: Any
    column: str
    links: tuple[tuple[str, Any], ...]  # own columns that point at tenant rows, with foreign ids


Path = Callable[[ScopedSession, Target], Iterable[str]]
PATHS: dict[str, Path] = {}
"""Every way by its name."""


def path(function: Path) -> Path:
    """Register a way."""
    PATHS[function.__name__] = function
    return function


def codes(rows: Iterable[Any]) -> list[str]:
    """Owners of the rows."""
    return [row.municipality_code for row in rows if row is not None]


# --- reads through the ORM (18) ---------------------------------------------------------------


@path
def select_entity(session: ScopedSession, t: Target) -> Any:
    return codes(session.scalars(sa.select(t.model)))


@path
def select_columns(session: ScopedSession, t: Target) -> Any:
    return session.scalars(sa.select(t.model.municipality_code)).all()


@path
def count(session: ScopedSession, t: Target) -> Any:
    own = session.scalars(sa.select(t.model.id)).all()
    number = session.scalar(sa.select(sa.func.count()).select_from(t.model))
    return ["other"] if number != len(own) or t.foreign[1] in own else []


@path
def count_by_key(session: ScopedSession, t: Target) -> Any:
    where = t.model.id == t.foreign[1]
    return ["other"] * (session.scalar(sa.select(sa.func.count(t.model.id)).where(where)) or 0)


@path
def alias(session: ScopedSession, t: Target) -> Any:
    return codes(session.scalars(sa.select(aliased(t.model))))


@path
def alias_join(session: ScopedSession, t: Target) -> Any:
    other = aliased(t.model)
    return session.scalars(
        sa.select(other.municipality_code).select_from(t.model).join(other, sa.true())
    ).all()


@path
def common_table_expression(session: ScopedSession, t: Target) -> Any:
    cte = sa.select(t.model.municipality_code).cte()
    return session.scalars(sa.select(cte.c.municipality_code)).all()


@path
def union(session: ScopedSession, t: Target) -> Any:
    one = sa.select(t.model.municipality_code)
    return session.scalars(one.union_all(sa.select(t.model.municipality_code))).all()


@path
def subquery(session: ScopedSession, t: Target) -> Any:
    inner = sa.select(t.model.municipality_code).subquery()
    return session.scalars(sa.select(inner.c.municipality_code)).all()


@path
def scalar_subquery(session: ScopedSession, t: Target) -> Any:
    inner = sa.select(sa.func.max(aliased(t.model).municipality_code)).scalar_subquery()
    return [code for code in session.scalars(sa.select(inner)) if code]


@path
def in_subquery(session: ScopedSession, t: Target) -> Any:
    other = aliased(t.model)
    inner = sa.select(other.id).where(other.id == t.foreign[1])
    found = session.scalars(
        sa.select(sa.literal("other")).where(sa.literal(t.foreign[1]).in_(inner))
    )
    return found.all()


@path
def exists_oracle(session: ScopedSession, t: Target) -> Any:
    found = session.scalar(sa.select(sa.exists().where(t.model.id == t.foreign[1])))
    return ["other"] if found else []


@path
def legacy_query(session: ScopedSession, t: Target) -> Any:
    return codes(session.query(t.model))


@path
def legacy_query_column(session: ScopedSession, t: Target) -> Any:
    return [code for (code,) in session.query(t.model.municipality_code)]


@path
def cold_get(session: ScopedSession, t: Target) -> Any:
    return codes([session.get(t.model, t.foreign)])


@path
def joined_load(session: ScopedSession, t: Target) -> Any:
    return _related(session, t, joinedload)


@path
def selectin_load(session: ScopedSession, t: Target) -> Any:
    return _related(session, t, selectinload)


@path
def subquery_load(session: ScopedSession, t: Target) -> Any:
    return _related(session, t, subqueryload)


def _related(session: ScopedSession, t: Target, strategy: Any) -> Any:
    links = list(sa.inspect(t.model).relationships)
    options = [strategy(getattr(t.model, each.key)) for each in links]
    rows = session.scalars(sa.select(t.model).options(*options)).unique().all()
    related = [getattr(row, each.key) for row in rows for each in links]
    return codes([*rows, *(each for each in related if each is not None)])


# --- what is already in memory (5) -------------------------------------------------------------


@path
def warm_get(session: ScopedSession, t: Target) -> Any:
    session.add(t.foreign_copy)
    return codes([session.get(t.model, t.foreign)])


@path
def lazy_load(session: ScopedSession, t: Target) -> Any:
    rows = session.scalars(sa.select(t.model)).all()
    links = sa.inspect(t.model).relationships
    return codes(getattr(row, link.key) for row in rows for link in links)


@path
def refresh(session: ScopedSession, t: Target) -> Any:
    session.add(t.foreign_copy)
    session.refresh(t.foreign_copy)
    return codes([t.foreign_copy])


@path
def deferred_load(session: ScopedSession, t: Target) -> Any:
    row = session.scalars(
        sa.select(t.model)
        .where(t.model.id == t.foreign[1])
        .options(defer(getattr(t.model, t.column)))
    ).one_or_none()
    return codes([row])


@path
def expired_reload(session: ScopedSession, t: Target) -> Any:
    ghost = t.model(municipality_code=t.foreign[0], id=t.foreign[1])
    make_transient_to_detached(ghost)
    session.add(ghost)
    session.expire(ghost)
    return [ghost.municipality_code] if getattr(ghost, t.column) is not None else []


# --- below the ORM (5) -------------------------------------------------------------------------


@path
def core_select(session: ScopedSession, t: Target) -> Any:
    return [row.municipality_code for row in session.execute(sa.select(t.model.__table__))]


@path
def text(session: ScopedSession, t: Target) -> Any:
    statement = sa.text(f"SELECT municipality_code FROM {t.model.__tablename__}")
    return session.scalars(statement).all()


@path
def from_statement(session: ScopedSession, t: Target) -> Any:
    statement = sa.text(f"SELECT * FROM {t.model.__tablename__}")
    return codes(session.scalars(sa.select(t.model).from_statement(statement)))


@path
def connection_execute(session: ScopedSession, t: Target) -> Any:
    result = session.connection().execute(sa.select(t.model.__table__.c.municipality_code))
    return result.scalars().all()


@path
def engine_connection(session: ScopedSession, t: Target) -> Any:
    engine: Any = session.get_bind()
    with engine.connect() as connection:
        return connection.execute(sa.select(t.model.__table__.c.municipality_code)).scalars().all()


# --- writes (10) -------------------------------------------------------------------------------


def _value(t: Target) -> Any:
    return getattr(t.foreign_copy, t.column)


@path
def bulk_update_where(session: ScopedSession, t: Target) -> Any:
    session.execute(sa.update(t.model).where(t.model.id == t.foreign[1]).values({t.column: None}))
    return []


@path
def bulk_delete_where(session: ScopedSession, t: Target) -> Any:
    session.execute(sa.delete(t.model).where(t.model.id == t.foreign[1]))
    return []


@path
def merge_forged_object(session: ScopedSession, t: Target) -> Any:
    forged = _forged(t, t.foreign)
    setattr(forged, t.column, _value(t))
    return codes([session.merge(forged)])


@path
def bulk_update_by_key(session: ScopedSession, t: Target) -> Any:
    row = {"municipality_code": t.foreign[0], "id": t.foreign[1], t.column: _value(t)}
    session.execute(sa.update(t.model), [row])
    return []


@path
def bulk_update_mappings(session: ScopedSession, t: Target) -> Any:
    row = {"municipality_code": t.foreign[0], "id": t.foreign[1], t.column: _value(t)}
    session.bulk_update_mappings(t.model, [row])
    return []


@path
def core_update(session: ScopedSession, t: Target) -> Any:
    table = t.model.__table__
    session.execute(sa.update(table).where(table.c.id == t.foreign[1]).values({t.column: None}))
    return []


@path
def unit_of_work_on_foreign_object(session: ScopedSession, t: Target) -> Any:
    session.add(t.foreign_copy)
    session.delete(t.foreign_copy)
    session.flush()
    return []


@path
def add_stamped(session: ScopedSession, t: Target) -> Any:
    session.add(_forged(t, (t.foreign[0], uuid4())))
    session.flush()
    return []


@path
def insert_stamped(session: ScopedSession, t: Target) -> Any:
    row = {each.key: value for each, value in _values(_forged(t, (t.foreign[0], uuid4())))}
    session.execute(sa.insert(t.model), [row])
    return []


@path
def bulk_save_stamped(session: ScopedSession, t: Target) -> Any:
    session.bulk_save_objects([_forged(t, (t.foreign[0], uuid4()))])
    return []


# --- through the schema (3) --------------------------------------------------------------------


@path
def own_row_linked_to_foreign_row(session: ScopedSession, t: Target) -> Any:
    row = session.get(t.model, t.own)
    for column, foreign_id in t.links:
        setattr(row, column, foreign_id)
        session.flush()
        return ["other"]
    return []


@path
def own_row_moved_to_other_municipality(session: ScopedSession, t: Target) -> Any:
    row = session.get(t.model, t.own)
    row.municipality_code = t.foreign[0]
    session.flush()
    return ["other"]


@path
def uniqueness_oracle(session: ScopedSession, t: Target) -> Any:
    """The same values as a foreign row are free here: uniqueness ends at the municipality."""
    own = session.get(t.model, t.own)
    linked = {"municipality_code", *(name for name, _ in t.links)}
    keys = [
        {column.key for column in constraint.columns}
        for constraint in t.model.__table__.constraints
        if isinstance(constraint, sa.UniqueConstraint)
    ]
    if not keys or any(key <= linked for key in keys):
        return []  # one row for each linked row: the own row holds that place already
    twin = _forged(t, (t.own[0], uuid4()))
    unique = set().union(*keys) - linked
    for each, value in _values(own):
        if each.key not in unique | {"id"}:
            setattr(twin, each.key, value)
    session.add(twin)
    try:
        session.flush()
    except sa.exc.IntegrityError:
        return ["other"]
    return []


def _values(row: Any) -> Any:
    for attribute in sa.inspect(type(row)).column_attrs:
        yield attribute, getattr(row, attribute.key)


def _forged(t: Target, key: tuple[str, UUID]) -> Any:
    values = {each.key: value for each, value in _values(t.foreign_copy)}
    return t.model(**values | {"municipality_code": key[0], "id": key[1]})


WRITES = frozenset(list(PATHS)[-13:])
"""Paths that try to change a row, rather than to see one."""
