"""The page of the classes tells how each is protected, and which columns of class I are not encrypted."""

import re

import pytest

from govkit.base.columns import AssetClass, asset_class
from govkit.base.db import Base
from govkit.base.encrypted_columns import is_sealed
from govkit.base.exports import ExportPolicy
from govkit.base.module import load_modules
from govkit.base.settings import Settings
from tests.docs.test_limits import section

TOLD = section("columns.md", "分類ごとの守り")
NEEDED = ("通信", "暗号化", "改ざん", "権限", "記録", "書き出し", "ログ", "消す時期", "目的の外")
"""What ASVS 14.1.2 asks for."""


@pytest.fixture(scope="module")
def columns():
    load_modules(Settings().app.modules)
    return [column for table in Base.metadata.sorted_tables for column in table.columns]


@pytest.mark.requirement("ASVS-14.1.2")
def test_every_class_says_how_it_is_protected():
    table = [line.strip("| ").split(" | ") for line in TOLD.splitlines() if line.startswith("| ")]
    classes = [row for row in table if len(row) == 5]
    assert classes[0][1:] == list(AssetClass)
    assert all(all(row) for row in classes)
    for word in NEEDED:
        assert any(word in row[0] for row in classes), word
    rows = ExportPolicy().second_person_rows
    assert re.findall(r"(\d+) 行を超えれば二人", TOLD) == [str(rows)] * 2


@pytest.mark.requirement("ASVS-14.1.2", "CLS-1", "ENC-1")
def test_columns_of_the_first_class_are_encrypted_or_named(columns):
    named = set(re.findall(r"^\| `(\w+\.[\w*]+)` \|", TOLD, re.M))
    first = [each for each in columns if asset_class(each) is AssetClass.I and not is_sealed(each)]
    assert {
        f"{each.table.name}.{each.name}" for each in first if "protected" not in each.table.name
    } | {f"{each.table.name}.*" for each in first if "protected" in each.table.name} == named


@pytest.mark.requirement("ASVS-14.1.2", "CLS-1", "ENC-1")
def test_what_is_encrypted_is_of_the_first_two_classes(columns):
    sealed = {asset_class(each) for each in columns if is_sealed(each)}
    assert sealed == {AssetClass.I, AssetClass.II}
