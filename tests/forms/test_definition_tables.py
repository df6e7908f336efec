"""Tables of answers: judged by the fields of the screen, told by row, column, value and reason."""

import csv
import io
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from govkit.errors import InvalidInput
from govkit.formats.tabular import Audience, Encoding
from govkit.forms.definition_schema import json_schema, to_json, write_json
from govkit.forms.definition_table import (
    check_table,
    headings,
    write_answers,
    write_results,
    write_template,
)
from tests.forms.definitions import define

TEXT = """
[[field]]
id = "name"
label = "氏名"
max_length = 10

[[field]]
id = "birth"
type = "era_date"
label = "生年月日"
max = 2026-04-01

[[field]]
id = "kind"
type = "choice"
label = "区分"
[field.choices]
new = "新規"
renewal = "継続（更新）"

[[field]]
id = "number"
type = "digits"
length = 8
label = "受給者番号"
show_if = "kind = renewal"

[[field]]
id = "days"
type = "choices"
label = "曜日"
required = false
[field.choices]
mon = "月曜"
tue = "火曜"

[[field]]
id = "married"
type = "yes_no"
label = "既婚"
required = false

[[field]]
id = "agreed"
type = "agreement"
label = "同意"

[[field]]
id = "account"
type = "bank_account"
label = "口座"
required = false

[[field]]
id = "children"
type = "rows"
label = "子"
required = false
max_rows = 2
[[field.column]]
id = "name"
label = "名前"
[[field.column]]
id = "age"
type = "number"
label = "年齢"
max = 17
[[field.column]]
id = "school"
label = "学校"
required = false
show_if = "age >= 6"

[[field]]
id = "paper"
type = "file"
label = "書類"
"""
DEFINITION = define(TEXT)
GOOD = {
    "氏名": "立川 花子",
    "生年月日": "令和２年４月１日",
    "区分": "新規",
    "同意": "はい",
}


def table_of(*rows, titles=None):
    """A CSV file with all headings, or some."""
    titles = titles or ["メモ", *headings(DEFINITION)]
    text = io.StringIO()
    writer = csv.DictWriter(text, titles, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return BytesIO(text.getvalue().encode("utf-8-sig"))


def found(*rows):
    """Row, column, value and code of every problem."""
    checked = check_table(DEFINITION, table_of(*rows), name="表.csv")
    assert all(problem.file == "表.csv" for problem in checked.problems)
    return [(each.row, each.column, each.value, each.code) for each in checked.problems]


CASES = [
    ({}, []),
    ({"氏名": ""}, [("氏名", "", "required")]),
    ({"氏名": " 　"}, [("氏名", "", "required")]),
    ({"氏名": "あ" * 11}, [("氏名", "あ" * 11, "text_too_long")]),
    ({"氏名": "葛󠄀" * 10}, []),
    ({"氏名": "123456789018"}, [("氏名", "", "my_number_not_allowed")]),
    ({"生年月日": "2020/4/1"}, []),
    ({"生年月日": "R2.4.1"}, []),
    ({"生年月日": "43922"}, [("生年月日", "43922", "date_spreadsheet_serial")]),
    ({"生年月日": "令和2年2月30日"}, [("生年月日", "令和2年2月30日", "date_no_such_day")]),
    ({"生年月日": "令和8年4月2日"}, [("生年月日", "令和8年4月2日", "date_too_late")]),
    ({"区分": "new"}, []),
    ({"区分": "新規 "}, []),
    ({"区分": "しんき"}, [("区分", "しんき", "choice_not_listed")]),
    ({"区分": "継続(更新)", "受給者番号": "０００１２３４５"}, []),
    ({"区分": "継続（更新）", "受給者番号": "0001 2345"}, []),
    ({"区分": "継続（更新）"}, [("受給者番号", "", "required")]),
    ({"区分": "継続（更新）", "受給者番号": "12345"}, [("受給者番号", "12345", "digits_wrong_length")]),
    ({"区分": "継続（更新）", "受給者番号": "1234567x"}, [("受給者番号", "1234567x", "digits_not_digits")]),
    ({"受給者番号": "00012345"}, [("受給者番号", "00012345", "not_asked")]),
    ({"受給者番号": "  "}, []),
    ({"曜日": "月曜;火曜"}, []),
    ({"曜日": "月曜；火曜；"}, []),
    ({"曜日": "月曜\ntue"}, []),
    ({"曜日": "月曜;水曜"}, [("曜日", "月曜;水曜", "choice_not_listed")]),
    ({"既婚": "はい"}, []),
    ({"既婚": "×"}, []),
    ({"既婚": "ＮＯ"}, []),
    ({"既婚": "たぶん"}, [("既婚", "たぶん", "choice_not_listed")]),
    ({"同意": "○"}, []),
    ({"同意": "いいえ"}, [("同意", "いいえ", "required")]),
    ({"同意": ""}, [("同意", "", "required")]),
    ({"同意": "読んだ"}, [("同意", "読んだ", "yes_no_unreadable")]),
    ({"口座・口座番号": "123"}, None),
    ({"子1・名前": "葵", "子1・年齢": "5"}, []),
    ({"子1・名前": "葵", "子1・年齢": "18"}, [("子1・年齢", "18", "number_too_large")]),
    ({"子1・名前": "葵"}, [("子1・年齢", "", "required")]),
    ({"子2・名前": "葵", "子2・年齢": "5"}, []),
    ({"子1・名前": "葵", "子1・年齢": "5", "子2・年齢": "６"}, [("子2・名前", "", "required")]),
    ({"子1・名前": "葵", "子1・年齢": "7", "子1・学校": "東小"}, []),
    ({"子1・名前": "葵", "子1・年齢": "5", "子1・学校": "東小"}, [("子1・学校", "東小", "not_asked")]),
    ({"メモ": "確認済み"}, []),
    ({"氏名": "'=1+1"}, []),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "expected"), CASES, ids=lambda value: repr(value)[:50])
def test_a_cell_is_judged_as_on_the_screen(changed, expected):
    problems = found({**GOOD, **changed})
    if expected is None:
        assert problems
        assert all(column.startswith("口座・") for _row, column, _value, _code in problems)
    else:
        assert problems == [(2, *each) for each in expected]


def test_every_error_of_every_row_is_told_at_once_and_no_answer_is_given():
    rows = [{**GOOD, "氏名": ""}, GOOD, {**GOOD, "区分": "x", "同意": "x"}]
    checked = check_table(DEFINITION, table_of(*rows), name="表.csv")
    assert [problem.row for problem in checked.problems] == [2, 4, 4]
    with pytest.raises(InvalidInput) as refused:
        _ = checked.answers
    assert refused.value.problems == checked.problems


def test_answers_are_values_and_leave_out_what_is_not_asked():
    (answers,) = check_table(DEFINITION, table_of(GOOD), name="表.csv").answers
    assert answers["birth"] == date(2020, 4, 1)
    assert answers["kind"] == "new"
    assert answers["agreed"] is True
    assert "number" not in answers
    assert "paper" not in answers


def test_a_guard_against_formulas_is_taken_off_and_put_on():
    rows = table_of({**GOOD, "氏名": "'=1+1"})
    (answers,) = check_table(DEFINITION, rows, name="表.csv").answers
    assert answers["name"] == "=1+1"
    for_people, for_machines = BytesIO(), BytesIO()
    write_answers(DEFINITION, [answers], for_people)
    write_answers(DEFINITION, [answers], for_machines, audience=Audience.MACHINE)
    assert "'=1+1" in for_people.getvalue().decode()
    assert '"=1+1"' in for_machines.getvalue().decode()


def test_rows_of_examples_notes_and_blanks_are_passed_over():
    rows = [{"メモ": "記入例（消さなくてよい）", "氏名": "例"}, {"メモ": "ここまで"}, {}, GOOD]
    checked = check_table(DEFINITION, table_of(*rows), name="表.csv")
    assert [row.number for row in checked.rows] == [5]


def test_columns_stand_in_any_order_under_heading_or_id():
    row = {"agreed": "はい", "kind": "新規", "氏名": "葵", "birth": "2020-04-01", "不明": "x"}
    checked = check_table(DEFINITION, table_of(row, titles=[*row]), name="表.csv")
    assert checked.problems == ()
    assert [notice.column for notice in checked.notices] == ["不明"]


@pytest.mark.parametrize("missing", ["氏名", "生年月日", "区分", "同意"])
def test_a_column_that_is_always_asked_must_be_there(missing):
    titles = [each for each in headings(DEFINITION) if each != missing]
    row = {key: value for key, value in GOOD.items() if key != missing}
    with pytest.raises(InvalidInput) as refused:
        check_table(DEFINITION, table_of(row, titles=titles), name="表.csv")
    assert [(each.code, each.column) for each in refused.value.problems] == [
        ("missing_column", missing)
    ]


def test_columns_of_my_number_are_refused_unread():
    row = {**GOOD, "個人番号": "123456789018"}
    with pytest.raises(InvalidInput) as refused:
        check_table(DEFINITION, table_of(row, titles=[*row]), name="表.csv")
    assert "123456789018" not in str(refused.value)


def test_the_result_tells_every_row():
    checked = check_table(DEFINITION, table_of({**GOOD, "氏名": ""}, GOOD), name="表.csv")
    told = BytesIO()
    write_results(checked, told)
    lines = list(csv.reader(io.StringIO(told.getvalue().decode("utf-8-sig"))))
    assert lines == [
        ["行", "結果", "列", "値", "理由"],
        ["2", "誤り", "氏名", "", "氏名を入力してください"],
        ["3", "よい", "", "", ""],
    ]


def test_the_other_encoding_of_spreadsheets_is_read():
    text = table_of(GOOD).getvalue().decode("utf-8-sig").encode("cp932")
    checked = check_table(DEFINITION, BytesIO(text), name="表.csv", encoding=Encoding.CP932)
    assert checked.problems == ()


def test_the_template_begins_with_a_mark_and_its_example_is_no_answer():
    target = BytesIO()
    write_template(DEFINITION, target)
    assert target.getvalue().startswith(b"\xef\xbb\xbf")
    assert check_table(DEFINITION, BytesIO(target.getvalue()), name="表.csv").rows == ()
    titles = next(csv.reader(io.StringIO(target.getvalue().decode("utf-8-sig"))))
    assert titles[:4] == ["メモ", "氏名", "生年月日", "区分"]
    assert "書類" not in titles


def test_answers_are_written_as_one_json_document():
    (answers,) = check_table(DEFINITION, table_of({**GOOD, "曜日": "月曜"}), name="表.csv").answers
    target = BytesIO()
    assert write_json(DEFINITION, [answers], target) == 1
    assert to_json(DEFINITION, answers) == {
        "name": "立川 花子",
        "birth": "2020-04-01",
        "kind": "new",
        "days": ["mon"],
        "agreed": True,
    }
    assert '"form": "enquiry"' in target.getvalue().decode()


WRITTEN = st.fixed_dictionaries(
    {},
    optional={
        "氏名": st.one_of(st.just("花子"), st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)),
        "生年月日": st.sampled_from(["", "R2.4.1", "2020-04-01", "2027-01-01", "x"]),
        "区分": st.sampled_from(["", "新規", "renewal", "x"]),
        "受給者番号": st.sampled_from(["", "00012345", "1"]),
        "曜日": st.sampled_from(["", "月曜", "火曜;月曜", "日曜"]),
        "既婚": st.sampled_from(["", "はい", "いいえ", "?"]),
        "同意": st.sampled_from(["", "はい", "いいえ", "?"]),
        "子1・名前": st.sampled_from(["", "葵"]),
        "子1・年齢": st.sampled_from(["", "５", "7", "99"]),
        "子1・学校": st.sampled_from(["", "東小"]),
    },
)  # fmt: skip


@given(WRITTEN)
def test_what_the_form_accepts_the_schema_accepts_and_it_travels_unchanged(written):
    rows = table_of({**GOOD, **{key: value.replace("\r", "") for key, value in written.items()}})
    checked = check_table(DEFINITION, rows, name="表.csv")
    if checked.problems:
        assert all(problem.message and problem.column for problem in checked.problems)
        return
    validator = Draft202012Validator(json_schema(DEFINITION))
    for answers in checked.answers:
        assert [each.message for each in validator.iter_errors(to_json(DEFINITION, answers))] == []
    target = BytesIO()
    write_answers(DEFINITION, checked.answers, target)
    again = check_table(DEFINITION, BytesIO(target.getvalue()), name="表.csv")
    assert again.answers == checked.answers


@pytest.mark.parametrize(
    ("rule", "asked_by"),
    [
        ("agreed = yes", {"agreed"}),
        ("agreed = no", {"moved"}),
        ("agreed != yes", {"moved"}),
        ("moved = yes", {"moved"}),
        ("not moved", {"agreed"}),
        ("moved = yes and agreed = yes", set()),
        ("moved = yes, no", {"moved"}),
    ],
)
def test_yes_and_no_can_be_conditions(rule, asked_by):
    text = """
[[field]]
id = "agreed"
type = "agreement"
label = "同意"
required = false
[[field]]
id = "moved"
type = "yes_no"
label = "転居"
required = false
[[field]]
id = "why"
label = "理由"
"""
    definition = define(f'{text}show_if = "{rule}"\n')
    for name, value in (("agreed", "○"), ("moved", "はい")):
        label = {"agreed": "同意", "moved": "転居"}[name]
        rows = BytesIO(f"{label}\r\n{value}\r\n".encode())
        checked = check_table(definition, rows, name="表.csv")
        assert bool(checked.problems) == (name in asked_by)
