"""Migrations: up, down and up again, equal to the mapped classes, one history per module."""

from importlib import import_module

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from govkit.base import migrate
from govkit.base.deployment import Deployment


def test_the_migrations_make_what_the_classes_map(deployment: Deployment) -> None:
    with deployment.owner_engine() as owner, owner.connect() as connection:
        assert migrate.differences(connection) == []


def test_every_module_goes_down_and_up_again(deployment: Deployment) -> None:
    with deployment.owner_engine() as owner:
        for name, package in reversed(deployment.packages):
            migrate.revert(owner, name, package)
        left = set(sa.inspect(owner).get_table_names())
    assert left == {"govkit_schema_version"}
    assert len(deployment.pending_migrations()) >= len(deployment.packages)
    assert deployment.migrate() >= len(deployment.packages)
    assert deployment.pending_migrations() == []
    assert deployment.migrate() == 0
    deployment.add_municipality("132012", "八王子市")


def test_a_module_that_is_gone_does_not_block_the_others(deployment: Deployment) -> None:
    with deployment.owner_engine() as owner, owner.begin() as connection:
        connection.execute(sa.insert(migrate.SchemaVersion).values(module="gone", revision="0042"))
    assert deployment.pending_migrations() == []


def test_a_lower_number_that_arrives_late_is_applied_once(deployment: Deployment) -> None:
    late = ("base", "0002_audit_chain")
    with deployment.owner_engine() as owner:
        with owner.begin() as connection:
            rows = sa.delete(migrate.SchemaVersion).where(
                sa.tuple_(migrate.SchemaVersion.module, migrate.SchemaVersion.revision).in_([late])
            )
            connection.execute(rows)
            operations = Operations(MigrationContext.configure(connection))
            import_module("govkit.base.migrations.0002_audit_chain").downgrade(operations)
        assert [(each.module, each.revision) for each in deployment.pending_migrations()] == [late]
        assert deployment.migrate() == 1
        with owner.connect() as connection:
            assert migrate.differences(connection) == []
    assert deployment.migrate() == 0


def test_a_database_that_noted_the_latest_revision_alone_is_taken_over(
    deployment: Deployment,
) -> None:
    with deployment.owner_engine() as owner:
        with owner.begin() as connection:
            before = migrate.applied(connection)
            latest = dict(sorted(before))
            table = sa.Table(
                "govkit_schema_version",
                sa.MetaData(),
                sa.Column("module", sa.String(60), primary_key=True),
                sa.Column("revision", sa.String(120), nullable=False),
            )
            table.drop(connection)
            table.create(connection)
            connection.execute(
                sa.insert(table),
                [{"module": name, "revision": each} for name, each in latest.items()],
            )
        assert deployment.migrate() == 0
        with owner.connect() as connection:
            assert migrate.applied(connection) == before
    assert deployment.pending_migrations() == []
