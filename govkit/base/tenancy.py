"""The three walls between municipalities (団体間の分離).

1. **Criteria**: every ORM statement of a :class:`ScopedSession` is limited to its municipality.
2. **Guard**: what cannot be limited that way is refused: Core and textual SQL, raw connections,
   bulk calls, rows stamped with another municipality, objects loaded elsewhere.
3. **Row-level security** on PostgreSQL: forced policies for an application role that neither
   owns the tables nor is a superuser; the municipality is set at the start of each transaction.

A session belongs to one municipality for life. :data:`SYSTEM` is the scope of the deployment's
own tables; :data:`EVERYWHERE` crosses municipalities and is handed out only by
:meth:`govkit.base.deployment.Deployment.unscoped`, which audits it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import (
    FromStatement,
    InstanceState,
    ORMExecuteState,
    Session,
    SessionTransaction,
    with_loader_criteria,
)
from sqlalchemy.orm.attributes import get_history

from govkit.base.db import AppendOnly, Base, SharedTable, SystemTable, TenantTable
from govkit.errors import UnscopedAccess

__all__ = ["EVERYWHERE", "SYSTEM", "Scope", "ScopedSession", "guard_engine", "secure_schema"]

UNSCOPED_ROLE = "govkit_unscoped"
"""PostgreSQL role under which work across municipalities runs."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a session may reach.

    :param municipality_code: The one municipality, or ``None`` for the deployment's own tables.
    :param crosses: Whether tenant tables of all municipalities are reachable.
    """

    municipality_code: str | None = None
    crosses: bool = False


SYSTEM: Final = Scope()
"""The deployment's own tables only."""
EVERYWHERE: Final = Scope(crosses=True)
"""All municipalities: for recorded work across them."""


class ScopedSession(Session):
    """SQLAlchemy session that stays inside its scope for life.

    :param writes: Take SQLite's write lock at the first statement, so that a reader that turns
        writer cannot be refused half-way.
    """

    def __init__(self, engine: Engine, scope: Scope, *, writes: bool = True) -> None:
        super().__init__(
            engine.execution_options(govkit_writes=writes), autoflush=True, expire_on_commit=False
        )
        self.scope: Final = scope
        self._is_getting = False
        self.writes: Final = writes

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """The row with a primary key; the statement is SQLAlchemy's own, over plain columns."""
        self._is_getting = True
        try:
            return super().get(entity, ident, **options)
        finally:
            self._is_getting = False

    def connection(self, *args: Any, **kwargs: Any) -> Connection:
        """Refused: a raw connection sees all municipalities."""
        raise UnscopedAccess("raw connections are not scoped")

    def _refuse_bulk(self, *args: Any, **kwargs: Any) -> None:
        raise UnscopedAccess("bulk calls are not scoped; use execute(insert(...), rows)")

    bulk_save_objects = _refuse_bulk
    bulk_insert_mappings = _refuse_bulk
    bulk_update_mappings = _refuse_bulk


@event.listens_for(ScopedSession, "do_orm_execute")
def guard_statement(state: ORMExecuteState) -> None:
    """The guard: refuse what the criteria cannot limit, and what the scope does not reach."""
    session = _session_of(state)
    scope = session.scope
    if not state.is_orm_statement or isinstance(state.statement, FromStatement):
        raise UnscopedAccess("Core and textual SQL are not scoped; use the mapped classes")
    classes = {mapper.class_ for mapper in state.all_mappers}
    # Statements that SQLAlchemy writes itself hold plain columns of the classes they load.
    if not (state.is_relationship_load or state.is_column_load or session._is_getting):  # noqa: SLF001
        classes |= _check_elements(state.statement)
    if state.is_update or state.is_delete:
        _refuse_append_only(classes)
    _check_reach(scope, classes)
    code = scope.municipality_code
    if code is None:
        return
    if not state.is_select and any(issubclass(each, SharedTable) for each in classes):
        raise UnscopedAccess("reference rows are not written from inside a municipality")
    if state.is_insert or state.is_update:
        _check_written_values(state, code)


@event.listens_for(ScopedSession, "do_orm_execute")
def limit_statement(state: ORMExecuteState) -> None:
    """The criteria: every mapped class in the statement is limited to the municipality."""
    code = _session_of(state).scope.municipality_code
    if code is not None and state.is_orm_statement:
        state.statement = state.statement.options(
            with_loader_criteria(
                TenantTable,
                lambda table: table.municipality_code == code,
                include_aliases=True,
            )
        )


def _session_of(state: ORMExecuteState) -> ScopedSession:
    session = state.session
    assert isinstance(session, ScopedSession)  # noqa: S101
    return session


def _check_elements(statement: Any) -> set[type]:
    """The mapped classes that a statement names, once nothing unmapped is found in it.

    Each SELECT is looked at by itself: a plain table is fine only where a mapped class brings it
    in, because the criteria then limit it.
    """
    if isinstance(statement, sa.Insert | sa.Update | sa.Delete):
        mapper = statement.table._annotations.get("parentmapper")  # noqa: SLF001
        if mapper is None:
            raise UnscopedAccess("plain tables inside a statement are not scoped")
        named = {mapper.class_}
        for criterion in getattr(statement, "_where_criteria", ()):
            named |= _check_elements(criterion)
        return named
    classes: set[type] = set()
    mapped: set[Any] = set()
    plain: set[Any] = set()
    pending = [statement]
    while pending:
        element = pending.pop()
        mapper = _check_element(element, mapped, plain)
        if mapper is not None:
            classes.add(mapper.class_)
        for child in element.get_children():
            if isinstance(child, sa.Select):
                classes |= _check_elements(child)
            else:
                pending.append(child)
    if plain - mapped:
        raise UnscopedAccess("plain tables inside a statement are not scoped")
    return classes


def _check_element(element: Any, mapped: set[Any], plain: set[Any]) -> Any:
    """The mapper of an element; the tables it brings in are added to one of the sets."""
    literal = isinstance(element, sa.TextClause) or getattr(element, "is_literal", False)
    if literal and str(element) != "*":
        raise UnscopedAccess("textual SQL inside a statement is not scoped")
    mapper = element._annotations.get("parentmapper")  # noqa: SLF001
    table = element if isinstance(element, sa.Table) else getattr(element, "table", None)
    if isinstance(table, sa.Table):
        name = table.name
        if mapper is not None:
            mapped.add(name)
        elif isinstance(element, sa.Table):
            plain.add(name)
        else:
            raise UnscopedAccess("plain columns inside a statement are not scoped")
    return mapper


def _refuse_append_only(classes: Iterable[type]) -> None:
    if any(issubclass(each, AppendOnly) for each in classes):
        raise UnscopedAccess("rows of this table are never changed")


def _check_reach(scope: Scope, classes: Iterable[type]) -> None:
    if scope.crosses:
        return
    beyond = TenantTable if scope.municipality_code is None else SystemTable
    if any(issubclass(each, beyond) for each in classes):
        raise UnscopedAccess("this table is out of reach for the session")


def _check_written_values(state: ORMExecuteState, code: str) -> None:
    statement: Any = state.statement
    named: Mapping[Any, Any] = dict(getattr(statement, "_values", None) or {})
    if state.is_insert:
        if named or statement._multi_values or statement.select is not None:  # noqa: SLF001
            raise UnscopedAccess("insert through execute(insert(Model), rows), one dict a row")
    elif any(getattr(column, "key", column) == "municipality_code" for column in named):
        raise UnscopedAccess("a row never moves to another municipality")
    parameters = state.parameters or ()
    rows = [parameters] if isinstance(parameters, Mapping) else parameters
    if (state.is_insert or (rows and not named)) and any(
        row.get("municipality_code") != code for row in rows
    ):
        raise UnscopedAccess("a row is stamped with another municipality")


@event.listens_for(ScopedSession, "before_attach")
def guard_object(session: ScopedSession, instance: object) -> None:
    """Refuse objects that another session loaded for another municipality."""
    code = session.scope.municipality_code
    if isinstance(instance, TenantTable) and code is not None:
        state: InstanceState[Any] = sa.inspect(instance)
        owner = state.identity[0] if state.identity else state.dict.get("municipality_code")
        if owner not in (None, code):
            raise UnscopedAccess("the object belongs to another municipality")


@event.listens_for(ScopedSession, "loaded_as_persistent")
def guard_loaded_object(session: ScopedSession, instance: object) -> None:
    """Refuse rows of another municipality, however they were read."""
    guard_object(session, instance)


@event.listens_for(ScopedSession, "before_flush")
def guard_flush(session: ScopedSession, _context: object, _instances: object) -> None:
    """Stamp new rows with the municipality; refuse rows stamped with another."""
    code = session.scope.municipality_code
    touched = {type(each) for each in (*session.new, *session.dirty, *session.deleted)}
    _check_reach(session.scope, touched)
    if code is not None and any(issubclass(each, SharedTable) for each in touched):
        raise UnscopedAccess("reference rows are not written from inside a municipality")
    for instance in session.new:
        if isinstance(instance, TenantTable):
            if instance.municipality_code is None and code is not None:
                instance.municipality_code = code
            elif code is not None and instance.municipality_code != code:
                raise UnscopedAccess("the object is stamped with another municipality")
    for instance in (*session.dirty, *session.deleted):
        if isinstance(instance, AppendOnly) and (
            instance in session.deleted or session.is_modified(instance)
        ):
            raise UnscopedAccess("rows of this table are never changed")
        if (
            isinstance(instance, TenantTable)
            and get_history(instance, "municipality_code").has_changes()
        ):
            raise UnscopedAccess("a row never moves to another municipality")


@event.listens_for(ScopedSession, "after_begin")
def _enter_scope(
    session: ScopedSession, _transaction: SessionTransaction, connection: Connection
) -> None:
    connection.info["govkit_scoped"] = True
    if connection.dialect.name != "postgresql":
        return
    if session.scope.crosses:
        connection.exec_driver_sql(f"SET LOCAL ROLE {UNSCOPED_ROLE}")
    connection.exec_driver_sql(
        "SELECT set_config('govkit.municipality', %s, true)",
        (session.scope.municipality_code or "",),
    )


def guard_engine(engine: Engine) -> Engine:
    """Refuse every statement that does not come through a :class:`ScopedSession`."""

    @event.listens_for(engine, "before_cursor_execute")
    def refuse_unscoped(
        connection: Connection, _cursor: object, statement: str, *_: object
    ) -> None:
        if not connection.info.get("govkit_scoped") and not statement.startswith("BEGIN"):
            if "govkit.municipality" in statement or statement.startswith("SET LOCAL ROLE"):
                return
            raise UnscopedAccess("use a session of the deployment, not the engine")

    @event.listens_for(engine, "checkin")
    def leave_scope(_connection: object, record: Any) -> None:
        record.info.pop("govkit_scoped", None)

    return engine


def secure_schema(connection: Connection, app_role: str | None) -> None:
    """Put the database's own walls up, after every migration; safe to repeat.

    On PostgreSQL: row-level security enabled and forced on every tenant table, policies for the
    application role and for :data:`UNSCOPED_ROLE`, and just the grants they need. On both
    databases: append-only tables refuse UPDATE and DELETE.

    :param app_role: Role under which the application connects; ``None`` on SQLite.
    """
    existing = set(sa.inspect(connection).get_table_names())
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        assert isinstance(table, sa.Table)  # noqa: S101
        if table.name not in existing:
            continue
        append_only = issubclass(mapper.class_, AppendOnly)
        if connection.dialect.name == "sqlite":
            if append_only:
                _append_only_triggers(connection, table.name)
        elif app_role is not None:
            _secure_table(connection, mapper.class_, table.name, app_role)


def _append_only_triggers(connection: Connection, table: str) -> None:
    for act in ("UPDATE", "DELETE"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.lower()} BEFORE {act} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'append-only table'); END"
        )


def _secure_table(connection: Connection, mapped: type, table: str, app_role: str) -> None:
    roles = f'"{app_role}", {UNSCOPED_ROLE}'
    if issubclass(mapped, AppendOnly):
        rights = "SELECT, INSERT"
    else:
        rights = "SELECT, INSERT, UPDATE, DELETE"
    statements = [f"REVOKE ALL ON {table} FROM {roles}", f"GRANT {rights} ON {table} TO {roles}"]
    if issubclass(mapped, TenantTable):
        own = "municipality_code = nullif(current_setting('govkit.municipality', true), '')"
        statements += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"DROP POLICY IF EXISTS own_municipality ON {table}",
            f'CREATE POLICY own_municipality ON {table} TO "{app_role}" USING ({own}) WITH CHECK ({own})',
            f"DROP POLICY IF EXISTS every_municipality ON {table}",
            f"CREATE POLICY every_municipality ON {table} TO {UNSCOPED_ROLE} USING (true) WITH CHECK (true)",
        ]
    for statement in statements:
        connection.exec_driver_sql(statement)
