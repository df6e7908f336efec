"""Migrations: up, down and up again, equal to the mapped classes, one history per module."""

import sqlalchemy as sa

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
