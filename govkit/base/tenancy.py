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

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, cast
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.sql import Literal
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

from govkit.base.db import (
    BEGIN_STATEMENTS,
    AppendOnly,
    Base,
    SharedTable,
    SystemTable,
    TenantTable,
)
from govkit.base.fixed import MUNICIPALITY, Fixed, Prepared
from govkit.base.statements import check_options, holds_expression, mapped_classes
from govkit.errors import UnscopedAccess

__all__ = [
    "EVERYWHERE",
    "SYSTEM",
    "Scope",
    "ScopedSession",
    "close_walls",
    "guard_engine",
    "is_secured",
    "open_walls",
    "secure_schema",
    "unscoped_role",
]

_OF_THE_SYSTEM: Final = "system"
"""What ``govkit.municipality`` says while the deployment's own tables are worked on."""


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


def unscoped_role(app_role: str) -> str:
    """PostgreSQL role that an application enters for recorded work across municipalities."""
    return f"{app_role}_unscoped"


class ScopedSession(Session):
    """SQLAlchemy session that stays inside its scope for life.

    :param writes: Take SQLite's write lock at the first statement, so that a reader that turns
        writer cannot be refused half-way.
    :param waits: Wait for another writer of SQLite, rather than fail at once.
    """

    def __init__(
        self, engine: Engine, scope: Scope, *, writes: bool = True, waits: bool = True
    ) -> None:
        super().__init__(
            engine.execution_options(govkit_writes=writes, govkit_waits=waits),
            expire_on_commit=False,
            close_resets_only=False,
        )
        self.scope: Final = scope
        self._is_getting = False
        self.writes: Final = writes
        self.has_written = False
        """Whether any row was changed so far."""

    def reader(self) -> "ScopedSession":
        """A session of the same scope that only reads, and so holds no lock."""
        engine = self.get_bind()
        assert isinstance(engine, Engine)  # noqa: S101
        return ScopedSession(engine, self.scope, writes=False)

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """The row with a primary key; the statement is SQLAlchemy's own, over plain columns."""
        check_options(options.get("options") or ())
        self._is_getting = True
        try:
            return super().get(entity, ident, **options)
        finally:
            self._is_getting = False

    def connection(self, *args: Any, **kwargs: Any) -> Connection:
        """Refused: a raw connection sees all municipalities."""
        raise UnscopedAccess("raw connections are not scoped")

    def read(self, statement: Fixed, **values: Any) -> list[Any]:
        """Rows of a fixed SELECT: tuples with names, which are no objects of the session."""
        if not statement.is_select:
            raise TypeError("read takes a SELECT")
        prepared, connection = self._send(statement)
        given = prepared.values(self._stamped(prepared, values))
        return prepared.rows(connection.exec_driver_sql(prepared.text, given))

    def write(self, statement: Fixed, rows: Sequence[Mapping[str, Any]]) -> int:
        """Send a fixed INSERT or UPDATE for each row of values; how many rows it wrote.

        A row to insert names every column but the municipality, which is the session's.

        :raises UnscopedAccess: When a row names another municipality.
        """
        if statement.is_select:
            raise TypeError("write takes an INSERT or UPDATE")
        if not rows:
            return 0
        prepared, connection = self._send(statement)
        self.has_written = True
        given = [prepared.values(self._stamped(prepared, each)) for each in rows]
        if prepared.in_one and len(given) > 1:
            lists = {name: [each[name] for each in given] for name in prepared.names}
            return connection.exec_driver_sql(prepared.in_one, lists).rowcount
        sent = given if len(given) > 1 else given[0]
        return connection.exec_driver_sql(prepared.text, sent).rowcount

    def _send(self, statement: Fixed) -> tuple[Prepared, Connection]:
        self.flush()
        _insist_on_reach(
            self,
            statement.classes,
            is_select=statement.is_select,
            changes=not statement.is_select and not statement.is_insert,
        )
        connection = super().connection()
        is_limited = self.scope.municipality_code is not None
        return statement.prepare(connection.dialect, is_limited=is_limited), connection

    def _stamped(self, prepared: Prepared, values: Mapping[str, Any]) -> Mapping[str, Any]:
        code = self.scope.municipality_code
        if code is None:
            return values
        if values.get("municipality_code", code) != code or MUNICIPALITY in values:
            raise UnscopedAccess("a row is stamped with another municipality")
        stamps = {"municipality_code", MUNICIPALITY}.intersection(prepared.asked)
        return {**values, **dict.fromkeys(stamps, code)}

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
    _insist_on_reach(
        session,
        _reached_classes(state, session),
        is_select=state.is_select,
        changes=state.is_update or state.is_delete,
    )
    if not state.is_select:
        session.has_written = True
    if scope.municipality_code is not None and (state.is_insert or state.is_update):
        _check_written_values(state, scope.municipality_code)


def _insist_on_reach(
    session: ScopedSession, classes: frozenset[type], *, is_select: bool, changes: bool
) -> None:
    """Refuse to read what the scope does not reach, and to write what it may not change."""
    if not is_select and not session.writes:
        raise UnscopedAccess("this session only reads")
    if changes:
        _refuse_append_only(classes)
    _check_reach(session.scope, classes)
    if session.scope.municipality_code is None or is_select:
        return
    if any(issubclass(each, SharedTable) for each in classes):
        raise UnscopedAccess("reference rows are not written from inside a municipality")


_KNOWN: Final[dict[tuple[bool, Any], frozenset[type]]] = {}
"""What statements reach that were found to be in order, by the key of their SQL."""
_MOST_KNOWN: Final = 2000


def _reached_classes(state: ORMExecuteState, session: ScopedSession) -> frozenset[type]:
    # Statements that SQLAlchemy writes itself hold plain columns of the classes they load.
    is_own = state.is_relationship_load or state.is_column_load or session._is_getting  # noqa: SLF001
    # Two statements with one key have one SQL text but for the values: one verdict serves both.
    sql = cast(sa.ClauseElement, state.statement)._generate_cache_key()  # noqa: SLF001
    key = (is_own, sql.key) if sql is not None else None
    known = _KNOWN.get(key) if key is not None else None
    if known is not None:
        return known
    classes = frozenset(mapper.class_ for mapper in state.all_mappers)
    if not is_own:
        classes |= mapped_classes(state.statement)
    if key is not None:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[key] = classes
    return classes


@event.listens_for(ScopedSession, "do_orm_execute")
def limit_statement(state: ORMExecuteState) -> None:
    """The criteria: every mapped class in the statement is limited to the municipality."""
    code = _session_of(state).scope.municipality_code
    if code is None or not state.is_orm_statement:
        return
    limited = _LIMITED.setdefault(state.statement, {})
    if code not in limited:
        if len(limited) >= _MOST_LIMITED:
            limited.clear()
        limited[code] = state.statement.options(_criteria(code))
    state.statement = limited[code]


_LIMITED: Final[WeakKeyDictionary[Any, dict[str, Any]]] = WeakKeyDictionary()
"""Statements with their criteria, by municipality: those made once are limited once."""
_MOST_LIMITED: Final = 100
"""How many municipalities a statement is kept for; it costs some kilobytes for each."""


@lru_cache(maxsize=4096)
def _criteria(code: str) -> Any:
    return with_loader_criteria(
        TenantTable, lambda table: table.municipality_code == code, include_aliases=True
    )


def _session_of(state: ORMExecuteState) -> ScopedSession:
    session = state.session
    assert isinstance(session, ScopedSession)  # noqa: S101
    return session


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
    if any(holds_expression(row.values()) for row in rows):
        raise UnscopedAccess("SQL expressions as values are not scoped")
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
    if touched and not session.writes:
        raise UnscopedAccess("this session only reads")
    _check_reach(session.scope, touched)
    if code is not None and any(issubclass(each, SharedTable) for each in touched):
        raise UnscopedAccess("reference rows are not written from inside a municipality")
    for instance in (*session.new, *session.dirty):
        if holds_expression(sa.inspect(instance).dict.values()):
            raise UnscopedAccess("SQL expressions as values are not scoped")
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


@event.listens_for(ScopedSession, "after_flush")
def _note_flush(session: ScopedSession, _context: object) -> None:
    if session.new or session.dirty or session.deleted:
        session.has_written = True


@event.listens_for(ScopedSession, "after_begin")
def _enter_scope(
    session: ScopedSession, _transaction: SessionTransaction, connection: Connection
) -> None:
    connection.info["govkit_scoped"] = True
    if connection.dialect.name != "postgresql":
        return
    named = session.scope.municipality_code or _OF_THE_SYSTEM
    if session.scope.crosses:
        role = unscoped_role(str(connection.engine.url.username))
        connection.exec_driver_sql(f'SET LOCAL ROLE "{role}"')
    elif _began_in(connection, named):
        return
    connection.exec_driver_sql("SELECT set_config('govkit.municipality', %s, true)", (named,))


def _began_in(connection: Connection, named: str) -> bool:
    """Begin the transaction and enter the scope in one round trip; ``False`` where that is not done.

    The driver would send BEGIN by itself before the first statement. It does so still where the
    transaction is of another kind than the server's default, and reports what goes wrong here.
    """
    driver: Any = connection.connection.driver_connection
    is_idle = driver.pgconn.transaction_status == TransactionStatus.IDLE
    if not is_idle or driver.autocommit or driver.isolation_level is not None:
        return False
    begun = driver.pgconn.exec_(_entering(named))
    return bool(begun.status == ExecStatus.TUPLES_OK)


@lru_cache(maxsize=4096)
def _entering(named: str) -> bytes:
    text = Literal(named).as_bytes(None)
    return b"BEGIN; SELECT set_config('govkit.municipality', " + text + b", true)"


def guard_engine(engine: Engine) -> Engine:
    """Refuse every statement that does not come through a :class:`ScopedSession`."""

    @event.listens_for(engine, "before_cursor_execute")
    def refuse_unscoped(
        connection: Connection, _cursor: object, statement: str, *_: object
    ) -> None:
        if not connection.info.get("govkit_scoped") and statement not in BEGIN_STATEMENTS:
            raise UnscopedAccess("use a session of the deployment, not the engine")

    @event.listens_for(engine, "checkin")
    def leave_scope(_connection: object, record: Any) -> None:
        record.info.pop("govkit_scoped", None)

    return engine


def secure_schema(connection: Connection, app_role: str | None) -> None:
    """Put the database's own walls up; safe to repeat.

    On PostgreSQL: row-level security enabled and forced on every table, policies for the
    application's role and for its :func:`unscoped_role`, and just the grants they need. On both
    databases: append-only tables refuse UPDATE and DELETE.

    :param app_role: Role under which the application connects; ``None`` on SQLite.
    """
    for mapped, _table in _tables(connection):
        close_walls(connection, mapped, app_role)


def open_walls(connection: Connection, model: type[Base]) -> None:
    """Let the owner of the tables change and delete rows of one, until :func:`close_walls`."""
    table = model.__tablename__
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    elif issubclass(model, AppendOnly):
        for act in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{act}")


def close_walls(connection: Connection, model: type[Base], app_role: str | None) -> None:
    """Put the walls of one table up again, as :func:`secure_schema` does for all."""
    if connection.dialect.name == "sqlite":
        if issubclass(model, AppendOnly):
            _append_only_triggers(connection, model.__tablename__)
    elif app_role is not None:
        _secure_table(connection, model, model.__tablename__, app_role)


def is_secured(connection: Connection, app_role: str | None) -> bool:
    """Whether the walls stand on every mapped table that exists."""
    if connection.dialect.name == "sqlite" or app_role is None:
        return True
    state = connection.exec_driver_sql(
        "SELECT relname, relrowsecurity AND has_table_privilege(%s, oid, 'SELECT') AS secured"
        " FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace",
        (app_role,),
    )
    secured = {row.relname: row.secured for row in state}
    return all(secured[table] for _, table in _tables(connection))


def _tables(connection: Connection) -> list[tuple[Any, str]]:
    existing = set(sa.inspect(connection).get_table_names())
    mapped = [(each.class_, str(each.local_table.name)) for each in Base.registry.mappers]  # type: ignore[attr-defined]
    return [(class_, table) for class_, table in mapped if table in existing]


def _append_only_triggers(connection: Connection, table: str) -> None:
    for act in ("UPDATE", "DELETE"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.lower()} BEFORE {act} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'append-only table'); END"
        )


_SETTING: Final = "nullif(current_setting('govkit.municipality', true), '')"


def _secure_table(connection: Connection, mapped: type, table: str, app_role: str) -> None:
    app, unscoped = f'"{app_role}"', f'"{unscoped_role(app_role)}"'
    rights = "SELECT, INSERT" if issubclass(mapped, AppendOnly) else _ALL_RIGHTS
    is_shared = issubclass(mapped, SharedTable)
    owned = f"{_SETTING} = '{_OF_THE_SYSTEM}'"
    if issubclass(mapped, TenantTable):
        owned = f"municipality_code = {_SETTING}"
    statements = [
        f"REVOKE ALL ON {table} FROM {app}, {unscoped}",
        f"GRANT {rights} ON {table} TO {app}, {unscoped}",
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        # The owner, who migrates, writes reference rows; of people's rows it sees none.
        f"ALTER TABLE {table} {'NO FORCE' if is_shared else 'FORCE'} ROW LEVEL SECURITY",
        *_policy(table, "own_municipality", f"TO {app} USING ({owned}) WITH CHECK ({owned})"),
        *_policy(table, "every_municipality", f"TO {unscoped} USING (true) WITH CHECK (true)"),
    ]
    if is_shared:
        statements += _policy(table, "read_by_all", f"FOR SELECT TO {app} USING (true)")
    for statement in statements:
        connection.exec_driver_sql(statement)


_ALL_RIGHTS: Final = "SELECT, INSERT, UPDATE, DELETE"


def _policy(table: str, name: str, rule: str) -> list[str]:
    return [f"DROP POLICY IF EXISTS {name} ON {table}", f"CREATE POLICY {name} ON {table} {rule}"]
