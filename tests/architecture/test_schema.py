"""Every table: of one of the three kinds, keyed inside a municipality, described in Japanese."""

import re

import pytest
import sqlalchemy as sa

from govkit.base import migrate
from govkit.base.columns import AssetClass, asset_class
from govkit.base.db import AppendOnly, Base, SharedTable, SystemTable, TenantTable
from govkit.base.deployment import Deployment
from govkit.base.encrypted_columns import Encrypted
from tests.architecture.sources import is_japanese

FORBIDDEN = re.compile(
    r"my_?number|kojin_?bango|individual_?number|personal_?number|個人番号|マイナンバー",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def deployment(sqlite_databases):
    opened = Deployment(sqlite_databases.settings())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def mapped(deployment):
    """Every mapped class of the base and of the active modules."""
    return sorted(
        (mapper.class_ for mapper in Base.registry.mappers), key=lambda each: each.__name__
    )


@pytest.mark.requirement("MYN-1")
def test_no_column_holds_a_my_number(mapped):
    wrong = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if FORBIDDEN.search(f"{column.name} {column.comment}")
    ]
    assert mapped
    assert wrong == []


def test_every_table_and_column_says_in_japanese_what_it_is(mapped):
    wrong = [
        f"{table.name}.{column.name if column is not None else ''}"
        for table in Base.metadata.tables.values()
        for column in (None, *table.columns)
        if not is_japanese((table if column is None else column).comment)
    ]
    assert mapped
    assert wrong == []


@pytest.mark.requirement("CLS-1", "ASVS-14.1.1")
def test_every_column_has_an_asset_class(mapped):
    wrong = [
        f"{each.__tablename__}.{column.name}"
        for each in mapped
        for column in each.__table__.columns
        if asset_class(column) is None
    ]
    assert mapped
    assert wrong == []


@pytest.mark.requirement("CLS-1")
def test_what_is_encrypted_or_protected_is_of_a_strict_class(mapped):
    strict = [
        (asset_class(column), f"{each.__tablename__}.{column.name}")
        for each in mapped
        for column in each.__table__.columns
        if isinstance(column.type, Encrypted)
        or column.name.endswith(("is_protected", "password_hash"))
    ]
    assert len(strict) >= 8
    assert [name for known, name in strict if known not in (AssetClass.I, AssetClass.II)] == []


def test_every_class_is_of_exactly_one_kind(mapped):
    kinds = (TenantTable, SharedTable, SystemTable)
    assert [each for each in mapped if sum(issubclass(each, kind) for kind in kinds) != 1] == []


@pytest.mark.requirement("TEN-4")
def test_keys_between_tenant_tables_stay_inside_a_municipality(mapped):
    tenant = {
        each.__table__.name: each.__table__ for each in mapped if issubclass(each, TenantTable)
    }
    wrong = []
    for name, table in tenant.items():
        assert [column.name for column in table.primary_key] == ["municipality_code", "id"], name
        for constraint in table.constraints:
            columns = [column.name for column in constraint.columns]
            if isinstance(constraint, sa.UniqueConstraint) and columns[0] != "municipality_code":
                wrong.append(f"{name} {columns}")
            if (
                isinstance(constraint, sa.ForeignKeyConstraint)
                and constraint.referred_table.name in tenant
                and columns[0] != "municipality_code"
            ):
                wrong.append(f"{name} {columns}")
        wrong += [
            f"{name} {index.name}"
            for index in table.indexes
            if index.unique and "municipality_code" not in index.columns
        ]
    assert wrong == []


def test_a_table_belongs_to_the_module_whose_name_it_begins_with(deployment, mapped):
    names = {module.name: module.package for module in deployment.modules}
    wrong = []
    for each in mapped:
        if not each.__module__.startswith("govkit."):
            continue
        prefix = next(
            (name for name, package in names.items() if each.__module__.startswith(f"{package}.")),
            "govkit",
        )
        if not each.__tablename__.startswith(f"{prefix}_"):
            wrong.append(each.__tablename__)
    assert wrong == []


def test_rows_written_once_have_no_version(mapped):
    wrong = [
        each.__name__
        for each in mapped
        if issubclass(each, AppendOnly) and each.__mapper__.version_id_col is not None
    ]
    assert wrong == []


def test_the_migrations_make_exactly_the_mapped_tables(deployment):
    with deployment.owner_engine() as owner, owner.connect() as connection:
        assert migrate.differences(connection) == []
