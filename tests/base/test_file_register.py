"""The register of files of personal information names every table with people once (個人情報ファイル簿)."""

from collections import Counter

import pytest
import sqlalchemy as sa

from govkit.base.columns import AssetClass, asset_class, strictest
from govkit.base.db import Base
from govkit.base.file_register import (
    BASE_FILES,
    HEADINGS,
    Desk,
    PersonalFile,
    holds_people,
    items_of,
    register_entries,
)
from govkit.base.module import load_modules
from govkit.base.municipality import Municipality
from govkit.base.settings import Settings
from tests.architecture.sources import is_japanese

pytestmark = pytest.mark.requirement("BRE-2")


@pytest.fixture(scope="module")
def files():
    """Every file that govkit's modules and its base declare."""
    modules = load_modules(Settings().app.modules)
    return [*BASE_FILES, *(each for module in modules for each in module.personal_files)]


def test_every_table_with_people_is_in_exactly_one_file(files):
    mapped = [mapper.class_ for mapper in Base.registry.mappers]
    shipped = [each for each in mapped if each.__module__.startswith("govkit.")]
    with_people = {each.__tablename__ for each in shipped if holds_people(each)}
    named = Counter(table for file in files for table in file.tables)

    assert len(with_people) > 25
    assert {table for table, times in named.items() if times > 1} == set()
    assert with_people - set(named) == set(), "declare these tables in a PersonalFile"
    assert set(named) - {each.__tablename__ for each in shipped} == set()


def test_an_entry_has_a_text_for_every_heading(files):
    city = Municipality("132021", "立川市", "132021")
    desk = Desk("学務課", "文書課", "立川市泉町")
    entries = register_entries(files, city, desk)

    assert len(entries) == len(files)
    for entry in entries:
        assert len(entry) == len(HEADINGS)
        assert all(map(is_japanese, entry))
        told = dict(zip(HEADINGS, entry, strict=True))
        assert told["行政機関等の名称"] == "立川市教育委員会"
        assert told["開示請求等を受理する組織の名称及び所在地"] == "文書課 立川市泉町"
    assert len({entry[0] for entry in entries}) == len(entries)


def test_what_the_city_must_say_itself_is_left_to_it(files):
    (entry,) = register_entries(files[:1], Municipality("132021", "立川市"))
    assert entry[1:3] == ("立川市", "(団体で記入)")


def test_items_come_from_the_columns_and_leave_out_what_is_the_machines(files):
    register = next(each for each in files if each.name == "学齢簿ファイル")
    items = items_of(register)

    assert {"宛名番号", "氏名", "生年月日", "連絡先", "障がい区分"} <= set(items)
    assert not {"識別子(UUIDv4)", "団体コード", "版番号(楽観ロック)", "連絡先の検索キー"} & set(
        items
    )
    entry = dict(
        zip(HEADINGS, register_entries([register], Municipality("1", "市"))[0], strict=True)
    )
    assert entry["記録項目"].startswith("1宛名番号、2氏名、")
    assert entry["要配慮個人情報が含まれるときは、その旨"].startswith("含む(障がい区分")
    assert entry["備考"] == "情報資産の重要性分類I"


def test_a_file_without_sensitive_information_or_recipients_says_so():
    file = PersonalFile("名簿", "連絡", "職員", "届出", ("schools_staff_posting",))
    entry = dict(zip(HEADINGS, register_entries([file], Municipality("1", "市"))[0], strict=True))
    assert entry["要配慮個人情報が含まれるときは、その旨"] == "含まない"
    assert entry["記録情報の経常的提供先"] == "なし"


@pytest.mark.requirement("CLS-1")
def test_the_strictest_class_counts():
    columns = Base.metadata.tables["schools_pupil"].columns
    assert asset_class(columns.is_protected) == AssetClass.I
    assert strictest([columns.family_name, columns.birth_date]) == AssetClass.II
    assert strictest(columns) == AssetClass.I
    assert strictest([Base.metadata.tables["schools_school"].columns.name]) == AssetClass.IV
    assert strictest([]) == AssetClass.IV


@pytest.mark.requirement("CLS-1")
def test_a_column_that_nobody_has_classified_counts_as_the_most_sensitive():
    table = sa.Table("unclassified", sa.MetaData(), sa.Column("text", sa.Text))
    assert asset_class(table.c.text) is None
    assert strictest(table.c) == AssetClass.I
