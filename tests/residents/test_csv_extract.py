import codecs
import csv
import io
import random
from datetime import date
from pathlib import Path

import pytest

from govkit.errors import InvalidInput
from govkit.formats.tabular import ReadOptions
from govkit.residents.adapters.csv_extract import CsvExtract, read_extract
from govkit.residents.adapters.extract_columns import COLUMNS
from govkit.residents.codec import content_hash, to_record
from govkit.testing.resident_source import Fault, ResidentSourceConformance
from tests.residents.extracts import CITY, PLAIN, as_rows, row, write

HEADINGS = [column.name for column in COLUMNS]


class TestCsvExtract(ResidentSourceConformance):
    faults = frozenset(
        {
            Fault.UNREACHABLE,
            Fault.TRUNCATED,
            Fault.DAMAGED,
            Fault.SHUFFLED_COLUMNS,
            Fault.RENAMED_COLUMNS,
            Fault.MISSING_COLUMN,
            Fault.BOM,
            Fault.CP932,
            Fault.WRONG_ENCODING,
            Fault.DUPLICATE_LATEST,
        }
    )

    def make_source(self, residents):
        rows = [each for one in reversed(residents) for each in as_rows(one)]
        rows = rows or [row(削除フラグ="1") | {"宛名番号": "9"}]
        return self._source(write(rows, headings=HEADINGS), residents)

    def make_faulty_source(self, residents, fault):
        rows = [each for one in residents for each in as_rows(one)]
        headings = [*HEADINGS]
        if fault is Fault.UNREACHABLE:
            return self._source(Path("nowhere.csv"), residents)
        if fault is Fault.SHUFFLED_COLUMNS:
            random.Random(7).shuffle(headings)
        if fault is Fault.MISSING_COLUMN:
            headings.remove("宛名番号")
        if fault is Fault.RENAMED_COLUMNS:
            older = {name: name.replace("フリガナ", "読み仮名") for name in headings}
            rows = [{older[name]: text for name, text in each.items()} for each in rows]
            headings = list(older.values())
        if fault is Fault.DUPLICATE_LATEST:
            rows.append(rows[0] | {"氏名": "別人", "個人履歴番号": "9"})
        encoding = {Fault.BOM: "utf-8-sig", Fault.CP932: "cp932", Fault.WRONG_ENCODING: "cp932"}
        written = write(rows, headings=headings, encoding=encoding.get(fault, "utf-8")).getvalue()
        if fault is Fault.TRUNCATED:
            written = written[: len(written) * 2 // 3]
        if fault is Fault.DAMAGED:
            middle = written.index(b"\r\n", len(written) // 2)
            written = written[: middle - 30] + b"\xff\x00" + written[middle - 28 :]
        chosen = "cp932" if fault is Fault.CP932 else "utf-8"
        return self._source(io.BytesIO(written), residents, encoding=chosen)

    def _source(self, file, residents, **options):
        protected = {one.id.addressee_number for one in residents if one.is_protected}
        return CsvExtract(file, municipality_code=CITY, protected=protected, **options)


def read(rows, **options):
    return read_extract(write(rows), municipality_code=CITY, name="住民票.csv", **options)


def only(reading):
    (found,) = reading
    return found.resident


def codes(reading):
    return [(problem.row, problem.column, problem.code) for problem in reading.problems]


def refusal(file, **options):
    with pytest.raises(InvalidInput) as caught:
        read_extract(file, municipality_code=CITY, **options)
    return [problem.code for problem in caught.value.problems]


def test_full_record_is_read():
    person = only(read([PLAIN]))
    assert person.name.display == "山田　花"
    assert person.birth.value == date(2020, 4, 1)
    assert person.household.household_number == "000000000000011"
    assert person.address.machiaza_id == "0001001"


@pytest.mark.parametrize(
    ("encoding", "chosen"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp932", "cp932")]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_encoding_line_end_and_quotes_change_nothing(encoding, chosen, newline, quoting):
    file = write([PLAIN], encoding=encoding, newline=newline, quoting=quoting)
    (found,) = read_extract(file, municipality_code=CITY, encoding=chosen)
    (plain,) = read([PLAIN])
    assert found.resident == plain.resident
    assert found.fingerprint == plain.fingerprint


@pytest.mark.parametrize(("written", "chosen"), [("cp932", "utf-8"), ("utf-8-sig", "cp932")])
def test_wrong_encoding_refuses_the_file_and_is_never_guessed(written, chosen):
    assert refusal(write([PLAIN], encoding=written), encoding=chosen) == ["wrong_encoding"]


@pytest.mark.parametrize(
    ("kana", "profile"),
    [
        ("読み仮名", "読み仮名"),
        ("フリガナ", "フリガナ"),
        ("ﾌﾘｶﾞﾅ", "フリガナ"),
        ("振り仮名（フリガナ）", "振り仮名"),
        ("振り仮名(フリガナ)", "振り仮名"),
    ],
)
def test_each_version_profile_gives_the_same_person(kana, profile):
    renamed = {key.replace("フリガナ", kana): value for key, value in PLAIN.items()}
    reading = read([renamed])
    assert reading.profile == profile
    assert only(reading) == only(read([PLAIN]))
    assert [one.fingerprint for one in reading] == [one.fingerprint for one in read([PLAIN])]


def test_shuffled_columns_change_nothing():
    headings = list(PLAIN)
    random.Random(7).shuffle(headings)
    shuffled = read_extract(write([PLAIN], headings=headings), municipality_code=CITY)
    assert only(shuffled) == only(read([PLAIN]))


def test_unknown_columns_are_reported_and_known_ones_are_not():
    reading = read([row(独自列="x", 住民票コード="1", 地区管理コード3="2")])
    assert [(one.code, one.column) for one in reading.notices if one.column] == [
        ("unknown_column", "独自列")
    ]


def test_columns_that_would_leave_fields_blank_are_reported():
    reading = read([{key: value for key, value in PLAIN.items() if key != "氏名"}])
    assert any("氏名" in one.message for one in reading.notices if one.code == "absent_column")


@pytest.mark.parametrize("column", ["市区町村コード", "宛名番号", "生年月日"])
def test_missing_required_column_refuses_the_file(column):
    rest = {key: value for key, value in PLAIN.items() if key != column}
    assert refusal(write([rest])) == ["missing_column"]


def test_biggest_history_number_counts_without_latest_flags_in_any_order():
    rows = [
        row(最新フラグ="", 個人履歴番号=history, 個人履歴番号_枝番号=branch, 氏名=name)
        for history, branch, name in [("2", "0", "二"), ("10", "1", "十の一"), ("10", "0", "十")]
    ]
    reading = read(rows)
    assert only(reading).name.full == "十の一"
    assert (reading.rows_read, reading.accepted) == (3, 1)


def test_latest_flag_wins_over_the_history_number():
    rows = [row(最新フラグ="0", 個人履歴番号="9", 氏名="古"), row(氏名="新")]
    assert only(read(rows)).name.full == "新"
    assert only(read(rows[::-1])).name.full == "新"


def test_deleted_rows_do_not_count():
    reading = read(
        [row(削除フラグ="1", 個人履歴番号="5", 氏名="誤"), row(最新フラグ="0", 氏名="正")]
    )
    assert only(reading).name.full == "正"
    assert reading.deleted == 1


def test_two_latest_rows_of_one_person_are_both_refused():
    reading = read([row(), row(宛名番号="000000000000002"), row(個人履歴番号="2")])
    assert codes(reading) == [
        (2, "宛名番号", "duplicate_latest"),
        (4, "宛名番号", "duplicate_latest"),
    ]
    assert reading.accepted == 1


def test_two_rows_with_one_history_number_are_refused_unless_a_later_one_counts():
    twice = [row(最新フラグ="0"), row(最新フラグ="0")]
    assert len(read(twice).problems) == 2
    assert only(read([*twice, row(個人履歴番号="2", 氏名="新")])).name.full == "新"


def test_row_of_another_municipality_is_refused_with_a_reason():
    reading = read([row(), row(市区町村コード="132071", 宛名番号="000000000000002")])
    (problem,) = reading.problems
    assert (problem.row, problem.column, problem.value) == (3, "市区町村コード", "132071")
    assert "132021" in problem.message
    assert reading.accepted == 1


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"宛名番号": ""}, "宛名番号", "number_missing"),
        ({"宛名番号": "1.32E+14"}, "宛名番号", "spoilt_number"),
        ({"世帯番号": "1E+14"}, "世帯番号", "spoilt_number"),
        ({"宛名番号": "１２３"}, "宛名番号", "number_format"),
        ({"宛名番号": "1234567890123456"}, "宛名番号", "number_format"),
        ({"生年月日": ""}, "生年月日", "fuzzy_date_blank"),
        ({"生年月日": "2020/4/1"}, "生年月日", "fuzzy_date_format"),
        ({"生年月日": "20200401"}, "生年月日", "fuzzy_date_format"),
        ({"生年月日": "2020-02-30"}, "生年月日", "fuzzy_date_no_such_day"),
        ({"生年月日": "2019-13-01"}, "生年月日", "fuzzy_date_no_such_day"),
        ({"生年月日": "2020-04-00"}, "生年月日", "fuzzy_date_unknown_part_without_flag"),
        ({"生年月日_不詳フラグ": "2"}, "生年月日_不詳フラグ", "unknown_code"),
        ({"性別": "女"}, "性別", "unknown_code"),
        ({"住民状態": "5"}, "住民状態", "unknown_code"),
        ({"住民種別": "3"}, "住民種別", "unknown_code"),
        ({"最新フラグ": "最新"}, "最新フラグ", "latest_flag"),
        ({"削除フラグ": "x"}, "削除フラグ", "deleted_flag"),
        ({"個人履歴番号": "一"}, "個人履歴番号", "history_number"),
        ({"個人履歴番号_枝番号": "-1"}, "個人履歴番号_枝番号", "history_branch"),
        ({"住所_町字": "町" * 301}, "住所_町字", "text_too_long"),
        ({"氏名": "山田\x1f花"}, "", "control_character"),
        ({"異動年月日": "2020-99-01"}, "異動年月日", "fuzzy_date_no_such_day"),
        ({"住民となった年月日": "昨日"}, "住民となった年月日", "fuzzy_date_format"),
    ],
)
def test_bad_value_refuses_its_row_alone(changes, column, code):
    good = row(宛名番号="000000000000002") | dict.fromkeys(changes.keys() - PLAIN.keys(), "")
    reading = read([good, PLAIN | changes])
    assert codes(reading) == [(3, column, code)]
    assert all(problem.message and problem.file == "住民票.csv" for problem in reading.problems)
    assert reading.accepted == 1


def test_every_problem_is_found_at_once():
    reading = read(
        [
            row(宛名番号="1", 生年月日="x", 性別="y"),
            row(宛名番号="2", 市区町村コード="132071"),
            row(宛名番号="3", 生年月日="2021-02-31"),
        ]
    )
    assert [problem.row for problem in reading.problems] == [2, 2, 3, 4]
    assert reading.accepted == 0


@pytest.mark.parametrize(
    ("birth", "flag"),
    [
        ("1947-02-29", "0"),
        ("1950-00-00", "1"),
        ("1950-A4-00", "1"),
        ("1950-05-A2", "1"),
        ("0000-00-00", "1"),
        ("", "1"),
    ],
)
def test_dates_legal_in_registers_are_kept_as_written(birth, flag):
    person = only(read([row(生年月日=birth, 生年月日_不詳フラグ=flag, 生年月日_不詳表記="不詳")]))
    assert person.birth.written == birth
    assert person.birth.value is None
    assert person.birth.phrase == "不詳"


def test_newborn_without_a_name_is_accepted():
    person = only(read([row(氏名="", 氏_日本人="", 名_日本人="", 氏名_フリガナ="")]))
    assert person.name.is_blank


@pytest.mark.parametrize("name", ["渡邉󠄂　葵", "𠮷田　𠀋", "髙﨑　邉", "Ｏ’Ｂｒｉｅｎ　Ｊ", "é́"])
def test_names_beyond_the_bmp_and_with_selectors_stay_unchanged(name):
    assert only(read([row(氏名=name)])).name.full == name


@pytest.mark.parametrize(
    "heading",
    [
        "個人番号",
        "個 人 番 号",
        "個人番号（12桁）",
        "個人番号_旧",
        "本人個人番号１",
        "ﾏｲﾅﾝﾊﾞｰ",
        "マイナンバー",
        "kojinbango",
        "KOJIN_BANGO",
        "My Number",
        "こじんばんごう",
        "ｺｼﾞﾝﾊﾞﾝｺﾞｳ",
    ],
)
def test_column_of_personal_numbers_refuses_the_file_and_its_value_appears_nowhere(heading, caplog):
    with pytest.raises(InvalidInput) as caught:
        read([row(**{heading: "123456789018"}), row(**{heading: "123456789018"}, 生年月日="x")])
    assert [problem.code for problem in caught.value.problems] == ["forbidden_column"]
    assert "123456789018" not in f"{caught.value}{caught.value.problems!r}{caplog.text}"


@pytest.mark.parametrize("kept", [1, 7, 30, 60, 100])
def test_file_cut_inside_its_last_row_is_refused(kept):
    whole = write([row()]).getvalue()
    last = write([row(宛名番号="000000000000002")]).getvalue().split(b"\r\n")[1]
    assert refusal(io.BytesIO(whole + last[:kept])) == ["truncated_file"]


def test_file_cut_inside_a_character_or_a_quote_is_refused():
    whole = write([row(), row(宛名番号="2")], quoting=csv.QUOTE_ALL).getvalue()
    assert refusal(io.BytesIO(whole[:-4])) == ["truncated_file"]
    assert refusal(io.BytesIO(whole[:-6])) == ["truncated_file"]


def test_workbook_named_csv_is_refused():
    assert refusal(io.BytesIO(b"PK\x03\x04rest")) == ["excel_file"]


def test_empty_extract_is_refused():
    assert refusal(write([], headings=list(PLAIN))) == ["no_rows"]
    assert refusal(io.BytesIO(codecs.BOM_UTF8)) == ["empty_file"]


def test_too_many_problems_refuse_the_file_with_all_found_so_far():
    with pytest.raises(InvalidInput) as caught:
        read(
            [row(宛名番号=str(number), 生年月日="x") for number in range(30)],
            options=ReadOptions(max_problems=10),
        )
    assert len(caught.value.problems) == 11
    assert caught.value.problems[-1].code == "too_many_problems"


def test_numbers_of_uneven_length_are_noticed():
    reading = read([row(), row(宛名番号="19")])
    assert "uneven_numbers" in [notice.code for notice in reading.notices]


def test_twins_stay_two_people_and_reading_twice_changes_nothing():
    rows = [
        row(宛名番号="000000000000001", 氏名="山田　葵", 氏名_フリガナ="ヤマダ　アオイ"),
        row(宛名番号="000000000000002", 氏名="山田　蒼", 氏名_フリガナ="ヤマダ　アオイ"),
    ]
    first, second = read(rows), read(rows)
    assert [one.fingerprint for one in first] == [one.fingerprint for one in second]
    assert [content_hash(to_record(one.resident)) for one in first] == [
        content_hash(to_record(one.resident)) for one in second
    ]
    assert len({one.fingerprint for one in first}) == 2


def test_protected_people_are_marked_and_counted():
    reading = read([row(), row(宛名番号="000000000000002")], protected={"000000000000002"})
    assert reading.protected == 1
    assert [one.resident.is_protected for one in reading] == [False, True]


def test_lifting_a_protection_changes_the_fingerprint():
    (before,) = read([row()], protected={PLAIN["宛名番号"]})
    (after,) = read([row()])
    assert before.fingerprint != after.fingerprint


def test_reading_from_a_path_names_the_file(tmp_path):
    path = tmp_path / "extract.csv"
    path.write_bytes(write([row(生年月日="x")]).getvalue())
    reading = read_extract(path, municipality_code=CITY)
    assert reading.problems[0].where == "extract.csv 2行目「生年月日」"
    assert len(reading) == 0


def test_refused_rows_of_a_source_are_told():
    file = write([row(), row(宛名番号="2", 生年月日="x")])
    source = CsvExtract(file, municipality_code=CITY)
    assert len(source.problems) == 1
    assert source.describe().rows == 1
