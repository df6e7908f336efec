"""Statements that a module author might write by mistake or cleverness: refused, or kept inside."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import delete, exists, func, insert, select, true, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased, with_loader_criteria

from govkit.base.audit import AuditEvent
from govkit.base.db import Base
from govkit.base.deployment import Deployment
from govkit.base.identity import Role, Staff
from govkit.base.passwords import add_account
from govkit.base.tenancy import ScopedSession
from govkit.errors import UnscopedAccess
from govkit.testing.plugin import FixedClock, TestDatabases

OWN, FOREIGN = "132021", "132071"
SECRET = "秘密の姓"
TABLE = Staff.__table__
LIGHT = sa.table("govkit_staff", sa.column("family_name"))
ACCOUNTS = sa.table("govkit_account", sa.column("password_hash"))


def _plain() -> Any:
    return TABLE.alias()


def _foreign_name(table: Any) -> Any:
    return select(func.max(table.c.family_name)).scalar_subquery()


def _own(session: ScopedSession) -> Staff:
    return session.scalars(select(Staff)).one()


def _upsert(session: ScopedSession, values: dict[str, Any]) -> None:
    kind = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    own = _own(session)
    row = {each.key: getattr(own, each.key) for each in sa.inspect(Staff).column_attrs}
    session.expunge_all()
    keys = ["municipality_code", "id"]
    session.execute(kind(Staff).on_conflict_do_update(index_elements=keys, set_=values), [row])


def _names(session: ScopedSession) -> list[Any]:
    return list(session.scalars(select(Staff.family_name)))


def _flush_expression(session: ScopedSession, expression: Any) -> list[Any]:
    own = _own(session)
    own.family_name = expression
    session.flush()
    session.expire_all()
    return _names(session)


def _written(session: ScopedSession, statement: Any) -> list[Any]:
    session.execute(statement.execution_options(synchronize_session=False))
    return _names(session)


def _engine(session: ScopedSession) -> list[Any]:
    with session.get_bind().connect() as connection:
        return connection.exec_driver_sql(
            "SELECT family_name FROM govkit_staff /* govkit.municipality */"
        ).all()


READS: dict[str, Callable[[], Any]] = {
    "plain alias beside the class": lambda: (
        select(Staff.id, (t := _plain()).c.family_name).select_from(Staff).join(t, true())
    ),
    "table by name": lambda: select(Staff.id, LIGHT.c.family_name).join(LIGHT, true()),
    "table by name in a union": lambda: select(Staff.family_name).union_all(
        select(LIGHT.c.family_name)
    ),
    "table by name in a subquery": lambda: select(
        Staff.id, select(func.max(LIGHT.c.family_name)).scalar_subquery()
    ),
    "accounts by name": lambda: select(Staff.id, ACCOUNTS.c.password_hash).join(ACCOUNTS, true()),
    "plain column of the class's own table": lambda: select(Staff.id, TABLE.c.family_name),
    "core join": lambda: select(Staff.id).select_from(sa.join(Staff, _plain(), true())),
    "correlated plain subquery": lambda: select(Staff.id, _foreign_name(_plain())),
    "union with a plain alias": lambda: select(Staff.family_name).union(
        select(_plain().c.family_name)
    ),
    "plain CTE": lambda: select(Staff.id, (c := TABLE.select().cte()).c.family_name).join(
        c, true()
    ),
    "alias of a plain subquery": lambda: select(aliased(Staff, select(TABLE).subquery())),
    "prefix": lambda: select(Staff.family_name).prefix_with("(SELECT 1) AS z,"),
    "suffix": lambda: select(Staff.family_name).suffix_with(
        "UNION ALL SELECT family_name FROM govkit_staff"
    ),
    "hint": lambda: select(Staff.family_name).with_statement_hint(
        "UNION ALL SELECT family_name FROM govkit_staff"
    ),
    "text column": lambda: select(sa.text("family_name")).select_from(Staff),
    "literal column": lambda: select(sa.literal_column("family_name")).select_from(Staff),
    "text subquery": lambda: select(
        Staff.id,
        (
            t := sa.text("SELECT family_name FROM govkit_staff")
            .columns(sa.column("family_name"))
            .subquery()
        ).c.family_name,
    ).join(t, true()),
    "text order": lambda: select(Staff.family_name).order_by(sa.text("1")),
    "lambda over a plain column": lambda: select(Staff.id).where(
        lambda: TABLE.c.family_name.like("%")
    ),
    "loader option with a condition": lambda: select(Staff).options(
        with_loader_criteria(Staff, exists().where(_plain().c.family_name == SECRET))
    ),
    "another scope": lambda: select(
        Staff.id, func.set_config("govkit.municipality", FOREIGN, True)
    ),
}

WRITES: dict[str, Callable[[ScopedSession], list[Any]]] = {
    "update from a plain subquery": lambda s: _written(
        s, update(Staff).values(family_name=_foreign_name(_plain()))
    ),
    "update from another class": lambda s: _written(
        s, update(Role).where(Staff.family_name == SECRET).values(title=Staff.family_name)
    ),
    "update from text": lambda s: _written(
        s, update(Staff).values(family_name=sa.text("(SELECT max(family_name) FROM govkit_staff)"))
    ),
    "update returning a plain subquery": lambda s: list(
        s.execute(
            update(Staff)
            .values(given_name="x")
            .returning(_foreign_name(_plain()))
            .execution_options(synchronize_session=False)
        )
    ),
    "delete where a plain alias": lambda s: _written(
        s, delete(Staff).where(exists().where(_plain().c.family_name == SECRET))
    ),
    "insert from select": lambda s: _written(
        s, insert(Role).from_select(["name"], select(Staff.family_name))
    ),
    "insert of an expression": lambda s: _written(
        s,
        insert(Staff).values(family_name=_foreign_name(_plain())),
    ),
    "upsert of a subquery": lambda s: (
        _upsert(s, {"family_name": _foreign_name(_plain())}) or _names(s)
    ),
    "upsert that moves the row": lambda s: (
        _upsert(s, {"municipality_code": FOREIGN}) or [SECRET] * (not _names(s))
    ),
    "replace of an audit row": lambda s: (
        s.execute(insert(AuditEvent).prefix_with("OR REPLACE"), [{"municipality_code": OWN}]) or []
    ),
    "flush of a plain expression": lambda s: _flush_expression(s, _foreign_name(_plain())),
    "flush of text": lambda s: _flush_expression(
        s, sa.text("(SELECT max(family_name) FROM govkit_staff)")
    ),
    "flush of a mapped expression": lambda s: _flush_expression(
        s, select(func.max(Staff.family_name)).scalar_subquery()
    ),
    "engine with a comment": _engine,
    "option of get": lambda s: [
        s.get(
            Staff,
            (OWN, _own(s).id),
            options=[with_loader_criteria(Staff, exists().where(_plain().c.id == Staff.id))],
        )
        and SECRET
    ],
}


@pytest.fixture(scope="module")
def filled(databases: TestDatabases) -> Iterator[Deployment]:
    deployment = Deployment(databases.settings(), clock=FixedClock())
    with deployment.unscoped("試験の準備", "test") as session:
        for code, name in ((OWN, "自市"), (FOREIGN, SECRET)):
            names = dict.fromkeys(("given_name", "kana_family_name", "kana_given_name"), "x")
            session.add(
                Staff(municipality_code=code, account_id=uuid4(), family_name=name, **names)
            )
    with deployment.system() as session:
        add_account(session, "boss", "a long enough secret")
    yield deployment
    deployment.close()


@pytest.mark.parametrize("name", READS)
@pytest.mark.requirement("P2", "TEN-1")
def test_clever_reads_are_refused(filled: Deployment, name: str) -> None:
    with filled.session(OWN) as session, pytest.raises(UnscopedAccess):
        session.execute(READS[name]()).all()


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.requirement("P2", "TEN-1")
def test_clever_writes_are_refused(filled: Deployment, name: str) -> None:
    with filled.session(OWN) as session, pytest.raises((UnscopedAccess, SQLAlchemyError)):
        WRITES[name](session)


ALIKE: tuple[tuple[Any, Any], ...] = (
    (select(Staff.id, Staff.family_name), select(Staff.id, TABLE.c.family_name)),
    (select(Staff.family_name), select(Staff.family_name).prefix_with("DISTINCT")),
    (select(Staff.family_name), select(Staff.family_name).suffix_with("LIMIT 1")),
    (select(Staff.family_name), select(Staff.family_name).with_statement_hint("x")),
    (select(Staff.family_name), select(Staff.family_name).with_hint(Staff, "x")),
    (select(Staff.id), select(Staff.id).add_cte(TABLE.select().cte())),
    (
        select(Staff.id).order_by(Staff.family_name),
        select(Staff.id).order_by(sa.text("govkit_staff.family_name")),
    ),
    (
        select(Staff.id, func.length("a")),
        select(Staff.id, func.set_config("a")),
    ),
    (
        select(Staff.id, select(func.max(Staff.family_name)).scalar_subquery()),
        select(Staff.id, _foreign_name(TABLE)),
    ),
    (
        update(Staff).values(given_name="x"),
        update(Staff).values(given_name="x").prefix_with("OR REPLACE"),
    ),
    (
        update(Staff).values(given_name="x"),
        update(Staff).values(given_name="x").where(TABLE.c.given_name == "x"),
    ),
    (
        update(Staff).values(given_name="x"),
        update(Staff).values(given_name=sa.literal_column("given_name")),
    ),
)
"""A statement in order, and one that differs in what is refused."""


@pytest.mark.requirement("P2", "TEN-1")
def test_a_statement_is_not_taken_for_one_that_was_in_order(filled: Deployment) -> None:
    for usual, clever in ALIKE:
        with filled.session(OWN) as session:
            session.execute(usual.execution_options(synchronize_session=False))
            with pytest.raises(UnscopedAccess):
                session.execute(clever.execution_options(synchronize_session=False))
            session.rollback()


@pytest.mark.requirement("P2", "TEN-1")
def test_one_statement_serves_each_municipality_with_its_own_rows(filled: Deployment) -> None:
    names = select(Staff.family_name)
    found = []
    for code in (OWN, FOREIGN, OWN, FOREIGN):
        with filled.session(code) as session:
            found.append(session.scalars(names).all())
    assert found == [["自市"], [SECRET]] * 2


USUAL: dict[str, Callable[[], Any]] = {
    "alias": lambda: select(aliased(Staff).family_name),
    "join": lambda: select(Staff.family_name, Role.title).join(Role, true()),
    "outer join": lambda: select(Staff.family_name).outerjoin(Role, true()),
    "count": lambda: select(func.count()).select_from(Staff),
    "exists": lambda: select(Staff.family_name).where(select(Role.id).exists()),
    "correlated": lambda: select(
        Staff.family_name,
        select(func.count(Role.id))
        .where(Role.municipality_code == Staff.municipality_code)
        .scalar_subquery(),
    ),
    "subquery": lambda: select(select(Staff.family_name).subquery().c.family_name),
    "window": lambda: select(Staff.id, func.max(Staff.family_name).over()),
    "update": lambda: update(Staff).where(Staff.given_name == "x").values(given_name="y"),
}


@pytest.mark.parametrize("name", USUAL)
def test_usual_statements_work_and_stay_inside(filled: Deployment, name: str) -> None:
    with filled.session(OWN) as session:
        result = session.execute(USUAL[name]())
        if "update" not in name:
            rows = result.all()
            assert rows
            assert SECRET not in str(rows)
        session.rollback()


def test_a_reading_session_refuses_to_write(filled: Deployment) -> None:
    with filled.session(OWN, writes=False) as session:
        _own(session).given_name = "z"
        with pytest.raises(UnscopedAccess, match="only reads"):
            session.flush()


def test_a_second_writer_of_the_same_thread_is_told_at_once(
    sqlite_databases: TestDatabases,
) -> None:
    deployment = Deployment(sqlite_databases.settings(), clock=FixedClock())
    with deployment.session(OWN) as first, deployment.session(OWN) as second:
        first.scalars(select(Staff)).all()
        with pytest.raises(RuntimeError, match="finish the open unit"):
            second.scalars(select(Staff)).all()
    deployment.close()


@pytest.mark.requirement("TEN-2")
def test_a_table_without_an_owner_is_refused() -> None:
    with pytest.raises(TypeError, match="TenantTable"):
        type("Note", (Base,), {"__tablename__": "note", "__table_args__": {}})
