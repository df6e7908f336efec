from werkzeug.datastructures import MultiDict

from govkit.forms import Block, DateField, Form, Invalid, RowsField, TextField


class Child(Form):
    name = TextField("氏名", required=True)
    birth = DateField("生年月日", required=True)


class Page(Form):
    child = Block("子", form_class=Child, may_be_blank=True)
    children = RowsField("きょうだい", Child)


def test_what_cannot_be_read_is_not_taken_for_blank():
    form = Page(MultiDict({"child-birth": "きのう", "children": "0", "children-0-birth": "きのう"}))
    assert not form.validate()
    assert form.child["birth"].error_code == "date_unreadable"
    assert form.child["name"].error_code == "required"
    assert [message.part for message in form.children.errors] == ["0-name", "0-birth"]


def test_blocks_and_rows_left_alone_may_stay_blank():
    form = Page(MultiDict({"child-birth": " ", "children": "0", "children-0-birth": ""}))
    assert form.validate()
    assert form.children.data == []


def test_an_error_added_to_rows_repeats_none_of_those_inside():
    form = Page(MultiDict({"children": "0", "children-0-birth": "きのう"}))
    form.validate()
    form.children.add_error("人数が合いません", "wrong_count")
    assert list(form.children.errors) == [
        "人数が合いません",
        "1人目の氏名を入力してください",
        "1人目の生年月日は「2026年4月1日」か「令和8年4月1日」の形で入力してください",
    ]
    assert form.children.own_errors == ["人数が合いません"]


def test_an_error_added_to_rows_goes_to_the_question_it_names():
    form = Page(MultiDict({"children": ["0", "1"], "children-1-name": "青葉"}))
    form.children.add_error("同じ人がいます", "double", "1-name")
    assert form.children.own_errors == []
    assert [(each.part, each.code) for each in form.children.errors] == [("1-name", "double")]
    assert form.children.error_entries()[0][0] == "children-1-name"


def test_a_rule_of_rows_marks_the_question_that_is_wrong():
    def no_namesakes(_form, rows):
        names = [row["name"] for row in rows.data]
        if len(names) > len({*names}):
            raise Invalid("別の人を入力してください", "double", "1-name")

    class Siblings(Form):
        children = RowsField("きょうだい", Child, [no_namesakes])

    sent = {"children": ["0", "1"]}
    for number in (0, 1):
        sent |= {f"children-{number}-name": "青葉", f"children-{number}-birth": "2020-04-01"}
    form = Siblings(MultiDict(sent))
    assert not form.validate()
    assert form.children.rows[1].form["name"].error_code == "double"
    assert form.children.own_errors == []
