from werkzeug.datastructures import MultiDict

from govkit.forms import Block, DateField, Form, RowsField, TextField


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
