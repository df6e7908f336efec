import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidInput
from govkit.formats.tabular import (
    Audience,
    Column,
    Encoding,
    ReadOptions,
    read_table,
    write_table,
)

COLUMNS = (
    Column("宛名番号", is_number=True),
    Column("氏名_フリガナ", aliases=("氏名_読み仮名", "氏名_振り仮名（フリガナ）")),
    Column("備考", is_required=False),
)
HEADER = "宛名番号,氏名_フリガナ,備考\r\n"
BOM = b"\xef\xbb\xbf"


def read(data: str | bytes, *, columns=COLUMNS, **kw):
    raw = data.encode() if isinstance(data, str) else data
    table = read_table(io.BytesIO(raw), columns, name="住民票.csv", **kw)
    rows = list(table)
    return table, rows


def refused(data: str | bytes, **kw):
    with pytest.raises(InvalidInput) as error:
        read(data, **kw)
    for problem in error.value.problems:
        assert problem.message
        assert problem.file == "住民票.csv"
    return [(problem.code, problem.row, problem.column) for problem in error.value.problems]


def codes(table):
    return [(problem.code, problem.row) for problem in table.problems if problem.message]


@pytest.mark.parametrize(
    "data",
    [
        HEADER + "0001,アオイ,a\r\n",
        BOM + (HEADER + "0001,アオイ,a\r\n").encode(),
        HEADER.replace("\r", "") + "0001,アオイ,a",
        HEADER.replace("\r\n", "\r") + "0001,アオイ,a\r",
        '"宛名番号","氏名_フリガナ","備考"\r\n"0001","アオイ","a"\r\n',
        "備考,氏名_フリガナ,宛名番号\r\na,アオイ,0001\r\n",
        "宛名番号,氏名_読み仮名,備考\n0001,アオイ,a\n",
        "宛名番号,氏名_振り仮名(フリガナ),備考\n0001,アオイ,a\n",
        "　宛名番号 ,氏名_ﾌﾘｶﾞﾅ,備　考\n0001,アオイ,a\n",
        HEADER + "0001,アオイ,a,,\r\n",
    ],
    ids=repr,
)
def test_file_is_read_however_it_was_saved(data):
    table, rows = read(data)
    assert rows == [(2, ("0001", "アオイ", "a"))]
    assert table.columns == ("宛名番号", "氏名_フリガナ", "備考")
    assert (table.problems, table.notices, table.row_count) == ([], (), 1)


def test_file_in_cp932_is_read_when_it_is_chosen():
    _, rows = read((HEADER + "1,アオイ,①﨑\r\n").encode("cp932"), encoding="cp932")
    assert rows == [(2, ("1", "アオイ", "①﨑"))]


def test_absent_optional_column_reads_as_blank():
    assert read("氏名_フリガナ,宛名番号\nアオイ,1\n")[1] == [(2, ("1", "アオイ", ""))]


def test_one_column_alone_is_read():
    assert read("a\n1\n", columns=[Column("a")])[1] == [(2, ("1",))]


def test_file_with_headings_only_has_no_rows():
    table, rows = read(HEADER)
    assert (rows, table.row_count, table.problems) == ([], 0, [])


def test_rows_are_counted_as_a_spreadsheet_shows_them():
    table, rows = read(HEADER + '1,ア,"a\r\nb\nc"\r\n\r\n,,\r\n2,イ,\r\n3\r\n')
    assert [(number, cells[0]) for number, cells in rows] == [(2, "1"), (5, "2")]
    assert rows[0][1][2] == "a\r\nb\nc"
    assert codes(table) == [("ragged_row", 6)]
    assert table.row_count == 3


def test_unknown_columns_are_only_noticed():
    table, rows = read("宛名番号,好きな色,氏名_フリガナ,\n1,赤,ア,\n")
    assert rows == [(2, ("1", "ア", ""))]
    assert [(one.code, one.column) for one in table.notices] == [("unknown_column", "好きな色")]


def test_all_missing_and_doubled_columns_are_told_at_once():
    assert refused("備考,備考,備 考\n1,2,3\n") == [
        ("missing_column", 1, "宛名番号"),
        ("missing_column", 1, "氏名_フリガナ"),
        ("duplicate_column", 1, "備考"),
        ("duplicate_column", 1, "備 考"),
    ]


def test_two_names_of_one_column_are_a_duplicate():
    found = refused("宛名番号,氏名_フリガナ,氏名_読み仮名\n1,ア,ア\n")
    assert found == [("duplicate_column", 1, "氏名_読み仮名")]


@pytest.mark.parametrize(
    ("data", "encoding", "code"),
    [
        (b"", "utf-8", "empty_file"),
        (BOM, "utf-8", "empty_file"),
        (b"\r\n \r\n", "utf-8", "empty_file"),
        (b"PK\x03\x04\x14\x00\x06\x00", "utf-8", "excel_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "cp932", "excel_file"),
        (HEADER.encode("utf-16"), "utf-8", "wrong_encoding"),
        ((HEADER + "1,ア,\r\n").encode("cp932"), "utf-8", "wrong_encoding"),
        (HEADER.encode(), "cp932", "wrong_encoding"),
        ((HEADER + "1,アオイ,あいう\r\n").encode(), "cp932", "wrong_encoding"),
        (BOM + HEADER.encode(), "cp932", "wrong_encoding"),
        ("00001,山田,x\n".encode(), "utf-8", "no_headings"),
        (HEADER.encode() + b"1,\x00,\r\n", "utf-8", "nul_byte"),
        ((HEADER + "1,ア,a\r\n2,イ").encode(), "utf-8", "truncated_file"),
        ((HEADER + '1,ア,"a\r\n2,イ').encode(), "utf-8", "truncated_file"),
        ((HEADER + "1,ア,あ").encode()[:-1], "utf-8", "truncated_file"),
        ((HEADER + "1,ア,あ").encode("cp932")[:-1], "cp932", "truncated_file"),
        (b'"a\r\nb', "utf-8", "broken_quote"),
        (b'a"b"c,"d"e\r\n', "utf-8", "broken_quote"),
    ],
    ids=repr,
)
def test_unusable_file_is_refused_with_the_reason(data, encoding, code):
    assert [problem[0] for problem in refused(data, encoding=encoding)] == [code]


def test_wrong_encoding_tells_which_one_to_choose():
    with pytest.raises(InvalidInput) as error:
        read(HEADER.encode("cp932"))
    assert "シフトJIS（CP932） を選んで" in error.value.problems[0].message
    with pytest.raises(InvalidInput) as error:
        read(HEADER.encode(), encoding=Encoding.CP932)
    assert "UTF-8 を選んで" in error.value.problems[0].message


def test_headings_garbled_without_an_error_tell_the_wrong_encoding():
    garbled = "氏名,住所\n".encode()
    assert garbled.decode("cp932")
    with pytest.raises(InvalidInput, match="UTF-8 を選んで"):
        read(garbled, columns=[Column("氏名")], encoding="cp932")


@pytest.mark.parametrize("filler", [1, 3000])
def test_undecodable_byte_is_found_in_its_row(filler):
    data = (HEADER + "1,ア,\r\n" * filler).encode() + b"2,\xff,\r\n3,\xe3\x82\xa2,\r\n"
    assert refused(data) == [("wrong_encoding", filler + 2, "")]


def test_undecodable_byte_of_cp932_is_found_in_its_row():
    data = (HEADER + "1,ア,\r\n" * 3000).encode("cp932") + b"2,\x81\x20,\r\n"
    assert refused(data, encoding="cp932") == [("wrong_encoding", 3002, "")]


def test_quote_that_never_closes_is_reported_where_it_opens():
    assert refused(HEADER + '1,ア,\n2,"イ,\n3,ウ,\n') == [("truncated_file", 3, "")]


def test_nul_is_found_in_its_line():
    with pytest.raises(InvalidInput, match="3行目にNUL"):
        read(HEADER.encode() + b"1,a,\r\n2,\x00,\r\n")


def test_broken_quote_spoils_its_record_and_is_reported_there():
    table, rows = read('宛名番号,氏名_フリガナ\n"1","ア"\n"2,"イ"\n"3","ウ"\n')
    assert [number for number, _ in rows] == [2, 4]
    assert codes(table) == [("broken_quote", 3)]


def test_numbers_spoilt_by_a_spreadsheet_are_refused_by_row():
    table, rows = read(HEADER + "1.32E+14 ,ア,\n132021000000001,イ,1E+5\n1e+12,ウ,\n")
    assert [number for number, _ in rows] == [3]
    assert [(one.code, one.row, one.column, one.value) for one in table.problems] == [
        ("spoilt_number", 2, "宛名番号", "1.32E+14 "),
        ("spoilt_number", 4, "宛名番号", "1e+12"),
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "個人番号",
        " 個人　番号",
        "個人番号（１２桁）",
        "旧個人番号",
        "個人番号_",
        "本人_個人番号",
        "ﾏｲﾅﾝﾊﾞｰ",
        "123456789018",
    ],
)
def test_file_with_a_forbidden_column_is_refused_without_repeating_it(heading):
    with pytest.raises(InvalidInput) as error:
        read(f"宛名番号,氏名_フリガナ,{heading}\n1,ア,123456789018\n")
    assert [problem.code for problem in error.value.problems] == ["forbidden_column"]
    assert "123456789018" not in str(error.value)


@pytest.mark.parametrize("heading", ["法人番号", "個人番号カード有無", "番号"])
def test_other_numbers_are_not_forbidden(heading):
    assert read(f"宛名番号,氏名_フリガナ,{heading}\n1,ア,x\n")[1] == [(2, ("1", "ア", ""))]


def test_first_row_of_data_is_never_repeated():
    with pytest.raises(InvalidInput) as error:
        read("0001,ヤマダハナコ,立川市\n")
    assert "ヤマダ" not in str(error.value)


def test_file_beyond_the_limit_is_refused():
    data = HEADER + "1,ア,\n" * 200_000
    assert refused(data, options=ReadOptions(max_bytes=1024 * 1024)) == [
        ("file_too_large", None, "")
    ]


def test_reading_stops_at_too_many_problems():
    found = refused(HEADER + "1\n" * 50, options=ReadOptions(max_problems=10))
    assert [code for code, _, _ in found] == ["ragged_row"] * 10 + ["too_many_problems"]


def test_problems_before_the_end_are_told_with_a_truncated_file():
    assert refused(HEADER + "1\n1,ア,\n2,イ") == [("ragged_row", 2, ""), ("truncated_file", 4, "")]


def test_path_is_opened_named_and_closed(tmp_path: Path):
    path = tmp_path / "通学区域.csv"
    path.write_text("a\n1\nx,y\n", encoding="utf-8")
    with read_table(path, [Column("a")]) as table:
        assert list(table) == [(2, ("1",))]
    assert str(table.problems[0]).startswith("通学区域.csv 3行目: ")
    path.write_bytes(b"")
    with pytest.raises(InvalidInput):
        read_table(path, [Column("a")])


def test_stream_stays_open_for_its_owner():
    stream = io.BytesIO(b"a\n1\n")
    with read_table(stream, [Column("a")]) as table:
        list(table)
    assert not stream.closed


def written(rows, headings=("a", "b"), **kw) -> bytes:
    target = io.BytesIO()
    assert write_table(target, headings, rows, **kw) == len(rows)
    return target.getvalue()


def test_table_for_people_has_a_bom_and_no_formulas():
    assert written([["=1+1", -5], ["山,田", None], ["'=x", '"']]) == (
        BOM + 'a,b\r\n\'=1+1,-5\r\n"山,田",\r\n\'\'=x,""""\r\n'.encode()
    )


def test_table_for_machines_is_quoted_and_unchanged():
    data = written([["=1+1", "髙"], ["", "a\nb"]], audience=Audience.MACHINE)
    assert data == '"a","b"\r\n"=1+1","髙"\r\n"","a\nb"\r\n'.encode()


def test_table_in_cp932_is_written_or_refused_with_every_character():
    assert written([["﨑", "1"]], encoding=Encoding.CP932) == "a,b\r\n﨑,1\r\n".encode("cp932")
    target = io.BytesIO()
    rows = [["髙", "\U0002363a"], ["葛\U000e0100", "\U00020bb7"]]
    with pytest.raises(InvalidInput) as error:
        write_table(target, ["a", "b"], rows, encoding=Encoding.CP932)
    assert [(one.row, one.column, one.params["code_points"]) for one in error.value.problems] == [
        (2, "b", "U+2363A"),
        (3, "a", "U+845B U+E0100"),
        (3, "b", "U+20BB7"),
    ]
    assert target.getvalue() == b""


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
FORMULAS = st.sampled_from(["=1", "'=1", "''＝", "＋", "-", "@a", "\t", "\r\n", "'", "'a"])


@given(st.lists(st.tuples(CELLS | FORMULAS, CELLS | FORMULAS), max_size=6))
def test_table_for_people_reads_back_as_it_was(rows):
    stream = io.BytesIO(written([["x", *row] for row in rows], ("c", "a", "b")))
    columns = [Column("a"), Column("b")]
    table = read_table(stream, columns, options=ReadOptions(is_guarded=True))
    assert [cells for _, cells in table] == rows
    assert not table.problems


@given(st.lists(st.tuples(CELLS, CELLS), max_size=6))
def test_table_for_machines_reads_back_by_any_reader(rows):
    data = written(rows, audience=Audience.MACHINE).decode()
    assert list(map(tuple, csv.reader(io.StringIO(data, newline=""))))[1:] == rows


@given(st.binary(max_size=200), st.sampled_from(list(Encoding)))
def test_any_bytes_are_read_or_refused(data, encoding):
    try:
        list(read_table(io.BytesIO(HEADER.encode(encoding) + data), COLUMNS, encoding=encoding))
    except InvalidInput as refusal:
        assert len(refusal.problems) > 0  # noqa: PT017


@pytest.mark.parametrize("length", [1, 2])
def test_half_a_byte_order_mark_is_a_file_that_was_cut_off(length):
    with pytest.raises(InvalidInput) as error:
        read(BOM[:length])
    assert [problem.code for problem in error.value.problems] == ["truncated_file"]
