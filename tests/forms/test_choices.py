from uuid import UUID

import pytest
from werkzeug.datastructures import MultiDict

from govkit.forms import CheckboxesField, CheckboxField, Form, RadioField, SelectField
from tests.forms.page import Page

SCHOOLS = [(UUID(int=1), "第一小学校"), (UUID(int=2), "第二<小学校>")]


class Move(Form):
    kind = RadioField(
        "区分", choices=[("in", "転入"), ("out", "転出")], required=True, support="どれか1つ"
    )
    days = CheckboxesField("曜日", choices=[("mon", "月"), ("tue", "火")], required=True)
    school = SelectField("学校", choices=lambda: SCHOOLS, coerce=UUID)
    agreed = CheckboxField("確かめた", required=True)
    later = CheckboxField("あとで連絡する")


def read(**values):
    form = Move(MultiDict({"x": "1", **values}))
    form.validate()
    return form


def test_radio_buttons_stand_in_a_fieldset_with_legend_help_and_error():
    page = Page(read().kind())
    (group,) = page.all("fieldset")

    assert group["role"] == "radiogroup"
    assert group["aria-describedby"] == "kind-error kind-support"
    assert group["aria-required"] == "true"
    assert group["aria-invalid"] == "true"
    assert page.all("legend")[0].text == "区分※必須"
    assert [each["id"] for each in page.all("input")] == ["kind-0", "kind-1"]
    assert {each["name"] for each in page.all("input")} == {"kind"}
    assert page.by_id("kind-error").text == "区分を選んでください"


def test_nothing_is_chosen_beforehand_unless_the_record_says_so():
    assert "checked" not in Move().kind()

    page = Page(Move(data={"kind": "out", "days": ["mon"], "school": UUID(int=2)}).render())

    assert [each["id"] for each in page.elements if "checked" in each.attributes] == [
        "kind-1",
        "days-0",
    ]
    (option,) = [each for each in page.all("option") if "selected" in each.attributes]
    assert option["value"] == str(UUID(int=2))


@pytest.mark.parametrize("name", ["kind", "days", "school"])
@pytest.mark.parametrize("sent", ["other", "IN", "1", "<b>", str(UUID(int=3))])
def test_what_is_not_offered_is_refused_and_not_repeated(name, sent):
    field = read(**{name: sent})[name]

    (error,) = field.errors
    assert "一覧から選んでください" in error
    assert "<b>" not in field()
    assert f'"{sent}"' not in field()


def test_several_boxes_make_a_list():
    form = Move(MultiDict([("days", "tue"), ("days", "mon")]))
    form.validate()

    assert form.days.data == ["mon", "tue"]
    assert form.days.errors == []


def test_one_wrong_box_among_right_ones_is_refused():
    form = Move(MultiDict([("days", "tue"), ("days", "sun")]))
    form.validate()

    assert form.days.errors == ["曜日は一覧から選んでください"]


def test_boxes_in_error_are_invalid_each():
    page = Page(read().days())

    assert all(each["aria-invalid"] == "true" for each in page.all("input"))
    assert page.all("fieldset")[0].get("aria-invalid") is None
    assert page.all("fieldset")[0]["aria-describedby"] == "days-error"


def test_a_select_box_begins_blank_and_gives_the_coerced_value():
    page = Page(Move().school())

    assert [each["value"] for each in page.all("option")] == ["", *(str(s) for s, _ in SCHOOLS)]
    assert page.all("option")[0].text == "選んでください"
    assert page.all("option")[2].text == "第二<小学校>"
    assert read(school=str(UUID(int=1))).school.data == UUID(int=1)
    assert read(school="").school.data is None


def test_choices_may_be_set_on_the_bound_field():
    form = Move(MultiDict({"school": str(UUID(int=9))}))
    form.school.choices = [(UUID(int=9), "第九小学校")]
    form.validate()

    assert form.school.errors == []


def test_a_box_is_true_only_when_ticked():
    assert read(agreed="1").agreed.data is True
    assert read().later.data is False
    assert read().later.errors == []
    assert read().agreed.errors == ["「確かめた」を確かめて、チェックを入れてください"]


def test_only_a_box_that_must_be_ticked_carries_a_mark():
    assert "※必須" in Move().agreed()
    assert "任意" not in Move().later()
    assert Page(read().agreed()).by_id("agreed")["aria-invalid"] == "true"
