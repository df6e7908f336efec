from datetime import date
from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage, MultiDict

from govkit.forms import CheckboxField, DateField, FileField, Form, RowsField, TextField, When
from govkit.forms.uploads import Holding, MemoryUploads
from tests.forms.page import Page

MY_NUMBER = "123456789018"


class Child(Form):
    name = TextField("氏名", required=True)
    birth = DateField("生年月日", required=True)
    lives_here = CheckboxField("同居している")
    school = TextField("学校", required=True, show_if=When("lives_here", ticked=True))


class Family(Form):
    title = TextField("題名", required=True)
    children = RowsField("きょうだい", Child, max_rows=3)


def controls(form):
    """What a browser would send of the page."""
    sent = []
    for each in Page(form.render()).all("input"):
        if each["type"] == "checkbox" and "checked" not in each.attributes:
            continue
        sent.append((each["name"], each["value"] or ""))
    return sent


def send(form, *pairs, **filled):
    fields = {name.replace("_", "-") if name.startswith("children") else name: value for name, value in filled.items()}  # fmt: skip
    kept = [(name, fields.pop(name, value)) for name, value in controls(form)]
    read = type(form)(MultiDict([*kept, *fields.items(), *pairs]))
    read.validate()
    return read


def row_numbers(form):
    return [row.number for row in form.children.rows]


def names(form):
    return [row.form["name"].data for row in form.children.rows]


def legends(form):
    return [each.text for each in Page(form.children()).all("legend")]


def with_two():
    form = send(Family(), ("children-add", "1"))
    form = send(form, ("children-add", "1"), **{"children-0-name": "一郎"})
    return send(form, ("sent", "1"), **{"children-1-name": "二郎"})


def test_there_is_no_row_at_first_where_none_is_needed():
    form = Family()

    assert form.children.rows == []
    assert form.children.focus_id == "children-add"
    assert [each.text for each in Page(form.children()).all("button") if each.text] == [
        "きょうだいを追加する"
    ]


def test_adding_keeps_what_was_typed_and_leads_into_the_new_row():
    form = send(Family(), ("children-add", "1"), title="届")
    form = send(form, ("children-add", "1"), **{"children-0-name": "一郎"})

    assert names(form) == ["一郎", None]
    assert form.title.data == "届"
    assert form.errors == {}
    page = Page(form.render())
    assert "autofocus" in page.by_id("children-1-name").attributes
    assert legends(form) == ["きょうだい任意", "1人目", "2人目"]


def test_errors_name_the_row():
    form = with_two()

    assert list(form.errors["children"]) == [
        "1人目の生年月日を入力してください",
        "2人目の生年月日を入力してください",
    ]
    assert form.children.errors[1].part == "1-birth"
    assert 'href="#children-1-birth"' in form.error_summary()
    assert (
        "2人目の生年月日を入力してください"
        in Page(form.children()).by_id("children-1-birth-error").text
    )


def test_a_label_in_a_row_is_short():
    assert Page(with_two().children()).all("label")[0].text == "氏名※必須"


def test_the_data_is_a_list():
    form = send(
        with_two(), **{"children-0-birth": "2019-05-01", "children-1-birth": "令和3年1月2日"}
    )
    form = send(form, title="届")

    assert form.validate()
    assert [(row["name"], str(row["birth"]), row["school"]) for row in form.children.data] == [
        ("一郎", "2019-05-01", None),
        ("二郎", "2021-01-02", None),
    ]


def test_removing_keeps_the_numbers_of_the_others():
    form = send(with_two(), ("children-remove-0", "1"))

    assert row_numbers(form) == [1]
    assert names(form) == ["二郎"]
    assert legends(form)[1:] == ["1人目"]
    assert form.errors == {}
    page = Page(form.children())
    assert "1人目を削除しました。" in page.html
    assert "autofocus" in page.by_id("children-restore").attributes


def test_a_removed_row_comes_back_to_its_place_with_all_that_was_in_it():
    form = send(with_two(), ("children-0-lives_here", "1"), ("children-remove-0", "1"))
    form = send(form, ("children-restore", "1"))

    assert row_numbers(form) == [0, 1]
    assert names(form) == ["一郎", "二郎"]
    assert form.children.rows[0].form.lives_here.data is True
    assert form.children.removed is None


def test_undo_is_still_offered_after_an_error():
    form = send(send(with_two(), ("children-remove-0", "1")), title="")

    assert form.errors
    assert names(send(form, ("children-restore", "1"))) == ["一郎", "二郎"]


def test_a_row_added_after_removing_gets_a_number_of_its_own():
    form = send(with_two(), ("children-remove-1", "1"))
    form = send(form, ("children-add", "1"))

    assert row_numbers(form) == [0, 2]
    assert names(send(form, ("children-restore", "1"))) == ["一郎", "二郎", None]


def test_no_more_rows_than_the_limit():
    form = with_two()
    form = send(form, ("children-add", "1"))

    assert form.children.adding is None
    assert "これ以上は追加できません。" in Page(form.children()).html
    assert row_numbers(send(form, ("children-add", "1"))) == [0, 1, 2]


@pytest.mark.parametrize(
    ("sent", "numbers", "code"),
    [
        (["0", "1"], [0, 1], ""),
        (["0", "0", "0"], [0], ""),
        (["7", "3"], [7, 3], ""),
        (["x", "-1", "１", "99999", "", "0"], [0], "rows_too_many"),
        (["0", "1", "2", "3"], [0, 1, 2], "rows_too_many"),
        ([str(number) for number in range(3000)], [0, 1, 2], "rows_too_many"),
    ],
    ids=lambda each: str(each)[:30],
)
def test_what_was_sent_by_hand_is_kept_within_bounds(sent, numbers, code):
    form = Family(MultiDict([("title", "届"), *(("children", each) for each in sent)]))
    form.validate()

    assert row_numbers(form) == numbers
    assert form.children.error_code == code


@pytest.mark.parametrize(
    "button", ["children-remove-9", "children-restore", "children-remove-x", "children-"]
)
def test_a_button_that_is_not_there_does_nothing(button):
    form = send(with_two(), (button, "1"))

    assert form.pressed == ""
    assert names(form) == ["一郎", "二郎"]


def test_a_row_left_blank_is_no_row():
    form = send(send(Family(), ("children-add", "1")), title="届")

    assert form.validate()
    assert form.children.data == []


class Needed(Form):
    children = RowsField("子ども", Child, min_rows=2, max_rows=3, row_label="子{number}")


def test_rows_that_are_needed_are_there_and_asked_for():
    form = Needed()
    assert row_numbers(form) == [0, 1]
    assert [button for *_rest, button in form.children.shown_rows] == [None, None]

    form = send(form, ("sent", "1"))
    assert [str(each) for each in form.children.errors][:2] == [
        "子1の氏名を入力してください",
        "子1の生年月日を入力してください",
    ]
    assert len(form.children.errors) == 4


def test_a_row_that_is_needed_can_be_emptied():
    form = send(Needed(), ("children-remove-0", "1"), **{"children-0-name": "一郎"})

    assert "children-remove-0" not in form.children.buttons
    form = send(Needed(), **{"children-0-name": "一郎"})
    form = send(form, ("children-remove-0", "1"))
    assert names(form) == [None, None]
    assert names(send(form, ("children-restore", "1")))[0] == "一郎"


def test_conditions_hold_inside_a_row():
    form = send(with_two(), ("children-0-lives_here", "1"))

    assert [part.part for part in form.children.errors] == ["0-birth", "0-school", "1-birth"]


def test_rows_of_the_record_are_shown():
    form = Family(data={"children": [{"name": "一郎"}, {"name": "二郎"}]})

    assert names(form) == ["一郎", "二郎"]
    assert controls(form)[1:3] == [("children", "0"), ("children-0-name", "一郎")]


def test_a_my_number_typed_into_a_removed_row_is_forgotten():
    form = send(with_two(), ("children-remove-1", "1"), **{"children-1-name": MY_NUMBER})

    assert MY_NUMBER not in form.children()
    assert names(send(form, ("children-restore", "1"))) == ["一郎", None]


def test_rows_may_hold_files():
    class Paper(Form):
        kind = TextField("種類", required=True)
        file = FileField("書類", types=("pdf",), required=True)

    class Papers(Form):
        papers = RowsField("書類", Paper, min_rows=1, max_rows=3, row_label="{number}件目")

    holding = Holding(MemoryUploads(), b"0123456789abcdef", "me")
    assert Papers().has_files
    file = FileStorage(BytesIO(b"%PDF-1.7"), filename="a.pdf")
    form = Papers(
        MultiDict({"papers": "0", "papers-0-kind": ""}),
        files=MultiDict({"papers-0-file": file}),
        meta={"holding": holding},
    )
    form.validate()

    assert [str(each) for each in form.papers.errors] == ["1件目の種類を入力してください"]
    assert form.papers.data[0]["file"].filename == "a.pdf"
    assert "papers-0-file-remove-0" in form.papers.buttons


@pytest.mark.parametrize(
    ("typed", "data", "code"),
    [
        ({"name": "一郎", "birth": "令和2年4月1日"}, ("一郎", date(2020, 4, 1)), ""),
        ({"name": "　一郎　", "birth": "Ｒ２．４．１"}, ("一郎", date(2020, 4, 1)), ""),
        ({"name": "一郎\x00", "birth": "2020-04-01"}, ("一郎", date(2020, 4, 1)), ""),
        ({"name": "𠮷", "birth": "㋿2年四月一日"}, ("𠮷", date(2020, 4, 1)), ""),
        ({"name": "葛\U000e0100", "birth": "20200401"}, ("葛\U000e0100", date(2020, 4, 1)), ""),
        ({"name": "<b>", "birth": "2020/4/1"}, ("<b>", date(2020, 4, 1)), ""),
        ({"name": "", "birth": "令和2年4月1日"}, None, "required"),
        ({"name": "　", "birth": "令和2年4月1日"}, None, "required"),
        ({"name": "一郎", "birth": ""}, None, "required"),
        ({"name": "一郎", "birth": "平成31年5月1日"}, None, "date_after_era"),
        ({"name": "一郎", "birth": "2020-02-30"}, None, "date_no_such_day"),
        ({"name": "一郎", "birth": "43922"}, None, "date_spreadsheet_serial"),
        ({"name": "1234-5678-9018", "birth": "2020-04-01"}, None, "my_number_not_allowed"),
        (
            {"name": "１２３４５６７８９０１８", "birth": "2020-04-01"},
            None,
            "my_number_not_allowed",
        ),
    ],
    ids=repr,
)
def test_a_row_judges_like_the_fields_alone(typed, data, code):
    form = send(Family(), ("children-add", "1"), title="届")
    read = send(form, ("sent", "1"), **{f"children-0-{name}": text for name, text in typed.items()})

    found = [(row["name"], row["birth"]) for row in read.children.data]
    assert read.children.error_code == code
    assert code or found == [data]
    assert "<b>" not in read.children()
    assert MY_NUMBER not in read.children()
