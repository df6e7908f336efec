import pytest

from govkit.errors import InvalidInput
from govkit.residents.adapters.column_map import DateFormat, read_column_map

WHOLE = """
table = "v_jumin"
schema = "jumin"
[columns]
"市区町村コード" = { value = "132021" }
addressee_number = { column = "ATENA_NO", digits = 15 }
"氏名" = "SHIMEI"
"氏名_読み仮名" = "SHIMEI_KANA"
"性別" = { column = "SEX", codes = { M = "1", F = "2" } }
"生年月日" = { column = "BIRTH", format = "YYYYMMDD", blank = ["00000000"] }
"支援措置" = { value = "0" }
"""


def problems(text):
    with pytest.raises(InvalidInput) as caught:
        read_column_map(text)
    return {(one.column.removeprefix("columns."), one.code) for one in caught.value.problems}


def test_headings_of_every_version_and_names_of_fields_are_items():
    found = read_column_map(WHOLE)
    assert (found.schema, found.table, found.has_history) == ("jumin", "v_jumin", False)
    assert found.columns["kana_full"].column == "SHIMEI_KANA"
    assert found.columns["addressee_number"].digits == 15
    assert found.columns["birth"].date_format is DateFormat.PLAIN
    assert found.columns["birth"].read("00000000") == ""
    assert found.columns["birth"].read("20200401") == "2020-04-01"
    assert found.columns["sex"].read("M") == "1"
    assert found.names == {"ATENA_NO", "SHIMEI", "SHIMEI_KANA", "SEX", "BIRTH"}


def test_a_map_may_be_a_file(tmp_path):
    path = tmp_path / "項目対応表.toml"
    path.write_text(WHOLE, encoding="utf-8")
    assert read_column_map(path) == read_column_map(WHOLE)


def test_everything_that_is_wrong_is_told_at_once():
    assert problems(
        """
        tabel = "v"
        [columns]
        "氏名" = "A"
        full = "B"
        "氏名め" = "C"
        "性別" = { column = "S", codes = { M = 1 } }
        "続柄表記" = { column = "T", value = "子" }
        "通称" = { code = "X" }
        "旧氏" = 3
        "生年月日" = { column = "", format = "YYMMDD" }
        "異動年月日" = { column = "U", codes = { a = "b" } }
        "世帯番号" = { column = "H", digits = 16, format = "YYYYMMDD" }
        "住所_町字" = { column = "W", blank = [0], digits = true }
        "住所_方書" = { column = "MY_NUMBER" }
        "検索キー" = { value = "x" }
        """
    ) == {
        ("tabel", "map_unknown"),
        ("table", "map_table"),
        ("full", "map_twice"),
        ("氏名め", "map_item"),
        ("性別.codes", "map_kind"),
        ("続柄表記", "map_source"),
        ("通称.code", "map_unknown"),
        ("通称", "map_source"),
        ("旧氏", "map_shape"),
        ("生年月日.column", "map_kind"),
        ("生年月日.format", "map_format"),
        ("異動年月日.codes", "map_codes_of_date"),
        ("世帯番号.digits", "map_kind"),
        ("世帯番号.format", "map_not_a_date"),
        ("住所_町字.blank", "map_kind"),
        ("住所_町字.digits", "map_kind"),
        ("MY_NUMBER", "forbidden_column"),
        ("検索キー", "map_keys"),
        ("columns", "map_required"),
    }


def test_protection_has_to_be_named_even_if_the_view_does_not_know_it():
    without = WHOLE.replace('"支援措置" = { value = "0" }', "")
    assert problems(without) == {("columns", "map_required")}


def test_personal_numbers_are_refused_as_item_and_as_column():
    for line in ('"個人番号" = "X"', '"氏_日本人" = "個人番号"'):
        assert "forbidden_column" in {code for _, code in problems(WHOLE + line)}


def test_what_is_no_toml_is_refused():
    assert problems("table = ") == {("", "toml")}
    assert ("columns", "map_required") in problems("table = 3\ncolumns = 4")
