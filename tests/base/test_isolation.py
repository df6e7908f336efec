"""TEN-1..TEN-4: nothing of another municipality is read or changed, whichever way code takes."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from govkit.base import tenancy
from govkit.base.audit import SystemEvent
from govkit.base.db import Base, SharedTable, SystemTable, TenantTable, create_engine
from govkit.base.deployment import Deployment
from govkit.base.identity import Account, Staff
from govkit.base.module import load_modules
from govkit.base.postgres import role_problems
from govkit.base.settings import Settings
from govkit.base.tenancy import ScopedSession
from govkit.errors import UnscopedAccess
from govkit.testing.module_suite.leaks import fill, leaks
from govkit.testing.module_suite.paths import PATHS
from govkit.testing.module_suite.rows import tenant_classes
from govkit.testing.plugin import FixedClock, TestDatabases

OWN, FOREIGN = "132021", "132071"
load_modules(Settings().app.modules)
CLASSES = tenant_classes()
BASE_CLASSES = [each for each in CLASSES if each.__tablename__.startswith("govkit_")]
"""Those of modules are tried by the suite that every module inherits."""


@pytest.fixture(scope="module")
def filled(databases: TestDatabases) -> Iterator[tuple[Deployment, dict[Any, Any]]]:
    """A deployment with a row of every class in both municipalities."""
    deployment = Deployment(databases.settings(), clock=FixedClock())
    yield deployment, fill(deployment, CLASSES)
    deployment.close()


@pytest.mark.parametrize("model", CLASSES, ids=lambda model: model.__tablename__)
@pytest.mark.requirement("TEN-1", "P2", "ASVS-8.4.1")
def test_no_path_leaks(filled: tuple[Deployment, dict[Any, Any]], model: Any) -> None:
    deployment, rows = filled
    assert len(PATHS) == 41
    assert leaks(deployment, rows, model) == []


@pytest.mark.requirement("TEN-1")
def test_every_table_is_of_one_kind() -> None:
    for mapper in Base.registry.mappers:
        kinds = [k for k in (TenantTable, SharedTable, SystemTable) if issubclass(mapper.class_, k)]
        assert len(kinds) == 1, mapper.class_


@pytest.mark.parametrize("model", CLASSES, ids=lambda model: model.__tablename__)
@pytest.mark.requirement("TEN-4")
def test_keys_never_cross_municipalities(model: Any) -> None:
    table = model.__table__
    assert [column.key for column in table.primary_key.columns] == ["municipality_code", "id"]
    tenant_tables = {each.__tablename__ for each in CLASSES}
    for key in table.foreign_key_constraints:
        if key.referred_table.name in tenant_tables:
            assert key.column_keys[0] == "municipality_code", key
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            assert "municipality_code" in constraint.columns, constraint
    for index in table.indexes:
        assert not index.unique or "municipality_code" in index.columns, index
    assert table.comment
    assert all(column.comment for column in table.columns)


@pytest.mark.requirement("TEN-3", "P2")
def test_postgres_forces_row_security_on_every_tenant_table(
    postgres_databases: TestDatabases,
) -> None:
    deployment = Deployment(postgres_databases.settings(), clock=FixedClock())
    with deployment.owner_engine() as owner, owner.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relkind = 'r'"
        )
        state = {row.relname: (row.relrowsecurity, row.relforcerowsecurity) for row in rows}
    deployment.close()
    assert {model.__tablename__: state[model.__tablename__] for model in CLASSES} == {
        model.__tablename__: (True, True) for model in CLASSES
    }


@pytest.mark.requirement("TEN-3", "ASVS-8.3.1")
def test_application_role_is_bound_by_row_security(postgres_databases: TestDatabases) -> None:
    settings = postgres_databases.settings()
    assert role_problems(settings.database.url) == []
    assert [each.code for each in role_problems(settings.database.owner_url or "")] == [
        "role_owner"
    ]


class WithoutWall:
    """Takes one wall down for a while."""

    def __init__(self, name: str, listener: Any) -> None:
        self.name, self.listener = name, listener

    def __enter__(self) -> None:
        event.remove(ScopedSession, self.name, self.listener)

    def __exit__(self, *_: object) -> None:
        # In front again: others, such as the one that seals columns, count on what it has done.
        event.listen(ScopedSession, self.name, self.listener, insert=True)


def _all_leaks(filled: tuple[Deployment, dict[Any, Any]]) -> set[str]:
    deployment, rows = filled
    return {name for model in CLASSES[:6] for name in leaks(deployment, rows, model)}


@pytest.fixture
def sqlite_filled(sqlite_databases: TestDatabases) -> Iterator[tuple[Deployment, dict[Any, Any]]]:
    deployment = Deployment(sqlite_databases.settings(), clock=FixedClock())
    yield deployment, fill(deployment, CLASSES)
    deployment.close()


@pytest.mark.requirement("P2")
def test_without_the_criteria_the_paths_leak(sqlite_filled: Any) -> None:
    with WithoutWall("do_orm_execute", tenancy.limit_statement):
        found = _all_leaks(sqlite_filled)
    assert {"select_columns", "count", "union", "bulk_delete_where"} <= found
    assert _all_leaks(sqlite_filled) == set()


@pytest.mark.requirement("P2")
def test_without_the_guard_of_statements_the_paths_leak(sqlite_filled: Any) -> None:
    with WithoutWall("do_orm_execute", tenancy.guard_statement):
        found = _all_leaks(sqlite_filled)
    assert {"core_select", "text", "insert_stamped"} <= found


@pytest.mark.requirement("P2")
def test_without_the_guard_of_objects_the_paths_leak(sqlite_filled: Any) -> None:
    with (
        WithoutWall("before_attach", tenancy.guard_object),
        WithoutWall("loaded_as_persistent", tenancy.guard_loaded_object),
        WithoutWall("before_flush", tenancy.guard_flush),
    ):
        found = _all_leaks(sqlite_filled)
    assert {"add_stamped", "warm_get"} <= found


@pytest.mark.parametrize("forced", [True, False])
@pytest.mark.requirement("TEN-2")
def test_without_row_security_a_raw_connection_sees_everything(
    postgres_databases: TestDatabases, forced: bool
) -> None:
    settings = postgres_databases.settings()
    deployment = Deployment(settings, clock=FixedClock())
    fill(deployment, CLASSES)
    if not forced:
        with deployment.owner_engine() as owner, owner.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE govkit_staff DISABLE ROW LEVEL SECURITY")
    raw = create_engine(settings.database.url)
    with raw.begin() as connection:
        connection.exec_driver_sql(f"SELECT set_config('govkit.municipality', '{OWN}', true)")
        seen = set(
            connection.exec_driver_sql("SELECT municipality_code FROM govkit_staff").scalars()
        )
    with raw.begin() as connection:
        nothing = set(
            connection.exec_driver_sql("SELECT municipality_code FROM govkit_staff").scalars()
        )
    raw.dispose()
    deployment.close()
    # TEN-2: without a municipality there are no rows at all.
    assert (seen, nothing) == (({OWN}, set()) if forced else ({OWN, FOREIGN}, {OWN, FOREIGN}))


@pytest.mark.parametrize("act", ["UPDATE {0} SET action = 'x'", "DELETE FROM {0}"])
@pytest.mark.parametrize("table", ["govkit_audit_event", "govkit_system_event"])
@pytest.mark.requirement("LOG-2", "ASVS-16.4.2")
def test_the_database_refuses_to_change_audit_rows(
    databases: TestDatabases, act: str, table: str
) -> None:
    settings = databases.settings()
    deployment = Deployment(settings, clock=FixedClock())
    fill(deployment, CLASSES)
    raw = create_engine(settings.database.url)
    with (
        pytest.raises(SQLAlchemyError, match=r"append-only|permission denied"),
        raw.begin() as connection,
    ):
        connection.exec_driver_sql(act.format(table))
    raw.dispose()
    deployment.close()


@pytest.mark.requirement("TEN-2")
def test_a_pooled_connection_forgets_the_municipality(deployment: Deployment) -> None:
    with deployment.session(OWN) as session:
        session.scalars(sa.select(Staff)).all()
        session.commit()
    with pytest.raises(UnscopedAccess), deployment.engine.connect() as connection:
        connection.execute(sa.select(sa.literal(1)))


def test_work_inside_a_municipality_reaches_no_accounts(deployment: Deployment) -> None:
    with deployment.session(OWN) as session, pytest.raises(UnscopedAccess):
        session.scalars(sa.select(Account)).all()


def test_work_on_accounts_reaches_no_municipality(deployment: Deployment) -> None:
    with deployment.system() as session, pytest.raises(UnscopedAccess):
        session.scalars(sa.select(Staff)).all()


@pytest.mark.requirement("LOG-1")
def test_crossing_municipalities_is_recorded(deployment: Deployment) -> None:
    with deployment.unscoped("統計を作る", "operator:test") as session:
        assert session.scalars(sa.select(Staff.municipality_code)).all() == []
    with deployment.system() as session:
        last = session.scalars(sa.select(SystemEvent).order_by(SystemEvent.at)).all()[-1]
    assert (last.action, last.reason, last.actor) == ("unscoped", "統計を作る", "operator:test")
