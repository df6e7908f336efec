"""BRE-2: no table with rows about residents or pupils is missed when somebody asks for their data."""

import re

import pytest

from govkit.base.db import Base, TenantTable
from govkit.base.deployment import Deployment
from govkit.base.persons import ADDRESSEE_NUMBER, person_classes, target_class

pytestmark = pytest.mark.requirement("BRE-2")

TELLING = re.compile(
    r"addressee|resident|pupil|birth|guardian|kana_|family_name|宛名番号|児童生徒$"
)
OF_STAFF = {"Staff", "StaffExchangeName"}
WITHOUT_A_KEY = {
    # Cells that could not be read at all; nobody knows whose they are.
    "RefusedRow",
    # Only counts; nobody is named.
    "ResidentExtract",
}


@pytest.fixture(scope="module")
def mapped(sqlite_databases):
    opened = Deployment(sqlite_databases.settings())
    classes = [each.class_ for each in Base.registry.mappers]
    opened.close()
    return [
        each
        for each in classes
        if issubclass(each, TenantTable) and each.__module__.startswith("govkit.")
    ]


def test_a_table_that_leads_to_a_person_says_so(mapped):
    wrong = []
    for model in mapped:
        if model.person_column or model.__name__ in OF_STAFF | WITHOUT_A_KEY:
            continue
        for column in model.__table__.columns:
            target = target_class(model, column.key)
            if (target is not None and target.person_column) or TELLING.search(
                f"{column.key} {column.comment}"
            ):
                wrong.append(f"{model.__name__}.{column.key}")
    assert len(person_classes()) >= 14
    assert wrong == []


def test_every_declared_column_is_there_and_leads_to_somebody(mapped):
    for model in mapped:
        columns = {column.key for column in model.__table__.columns}
        assert set(model.staff_columns) <= columns, model
        if model.person_column:
            assert model.person_column in columns, model
            target = target_class(model, model.person_column)
            is_list = model.__table__.columns[model.person_column].type.python_type is not str
            assert model.person_column == ADDRESSEE_NUMBER or target is not None or is_list, model


def test_columns_that_name_staff_are_declared(mapped):
    wrong = [
        f"{model.__name__}.{column.key}"
        for model in mapped
        for column in model.__table__.columns
        if re.search(r"_by$", column.key) and column.key not in model.staff_columns
    ]
    assert wrong == []
