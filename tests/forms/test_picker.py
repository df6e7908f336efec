"""The picker: conditions, candidates, and a pick that is looked up again each time."""

import pytest
from flask import Flask, Response, request
from playwright.sync_api import expect
from werkzeug.datastructures import MultiDict

from govkit.forms import DateField, Form, Invalid, Pick, PickerBlock, SubmitField, TextField
from tests.conftest import served
from tests.forms.page import Page
from tests.forms.test_address_browser import POLICY, STATIC, page_of
from tests.pages import assert_accessible, leaving, overflow

SCHOOLS = {
    "101": Pick("101", 101, "第一小学校", (("所在地", "錦町"),)),
    "102": Pick("102", 102, "第二小学校", (("所在地", "富士見町"),), badge="休校中"),
}


class SchoolConditions(Form):
    name = TextField("学校名")
    opened = DateField("開校日")


class SchoolPicker(PickerBlock):
    form_class = SchoolConditions
    asked: list[str]

    def find(self):
        found = [each for each in SCHOOLS.values() if (self["name"].data or "") in each.title]
        return found or "合う学校がありません"

    def recall(self, value):
        if value == "down":
            raise Invalid("いまは照会できません", "unavailable")
        return SCHOOLS.get(value)


class Transfer(Form):
    school = SchoolPicker("学校", required=True)
    reason = TextField("理由", required=True)
    send = SubmitField("送信する")


class Optional(Form):
    school = SchoolPicker("学校")


def sent(kind=Transfer, **values):
    form = kind(MultiDict({name.replace("__", "-"): text for name, text in values.items()}))
    form.validate()
    return form


def radios(form):
    return [
        each["value"] for each in Page(form["school"]()).all("input") if each["type"] == "radio"
    ]


def hidden(form):
    page = Page(form["school"]())
    return {each["name"]: each["value"] for each in page.all("input") if each["type"] == "hidden"}


def test_the_button_offers_candidates_with_what_tells_them_apart():
    form = sent(school__name="小学校", school__find="1")
    page = Page(form["school"]())
    assert radios(form) == ["101", "102"]
    assert form.errors == {}
    assert "候補が2件あります" in page.by_id("school-result").text
    assert "富士見町" in page.by_id("school-pick-1-details").text
    assert "休校中" in page.by_id("school-pick-1-details").text
    assert page.by_id("school-name")["value"] == "小学校"


def test_nothing_found_is_said_where_the_focus_is():
    page = Page(sent(school__name="中学校", school__find="1")["school"]())
    result = page.by_id("school-result")
    assert "合う学校がありません" in result.text
    assert "autofocus" in result.attributes


def test_a_condition_that_cannot_be_read_is_marked_and_not_searched_for():
    form = sent(school__opened="きのう", school__find="1")
    assert form["school"]["opened"].errors
    assert radios(form) == []


def test_the_pick_survives_an_error_elsewhere_and_is_the_data():
    form = sent(school__name="第二", school__pick="102")
    assert form["school"].data == 102
    assert [str(error) for error in form["school"].errors] == []
    assert form["reason"].errors
    assert hidden(form) == {"school-pick": "102", "school-name": "第二"}
    assert sent(school__pick="102", reason="転居").data["school"] == 102


def test_picking_anew_brings_the_conditions_back():
    form = sent(school__name="第二", school__pick="102", school__change="1")
    assert form["school"].data is None
    assert Page(form["school"]()).by_id("school-name")["value"] == "第二"
    assert "第二小学校" not in form["school"]()


def test_searching_anew_marks_what_was_marked():
    form = sent(school__name="小学校", school__pick="102", school__find="1")
    boxes = [each for each in Page(form["school"]()).all("input") if each["type"] == "radio"]
    assert [each["value"] for each in boxes if "checked" in each.attributes] == ["102"]


@pytest.mark.parametrize("forged", ["999", "<b>", "101 or 1"])
def test_what_the_browser_invents_is_not_taken(forged):
    form = sent(school__pick=forged, reason="転居")
    assert form["school"].data is None
    assert form["school"].error_code == "pick_not_found"
    assert hidden(form) == {}


def test_an_outage_keeps_the_pick_and_takes_nothing():
    form = sent(school__pick="down", reason="転居")
    assert form["school"].data is None
    assert [str(error) for error in form["school"].errors] == ["いまは照会できません"]
    assert hidden(form) == {"school-pick": "down"}


def test_sending_conditions_without_a_pick_offers_the_candidates():
    form = sent(school__name="第一", reason="転居")
    assert form["school"].error_code == "pick_missing"
    assert radios(form) == ["101"]
    assert 'href="#school-pick-0"' in form.error_summary()
    assert sent(Optional, school__name="第一")["school"].error_code == "pick_missing"
    nobody = sent(school__name="第九", reason="転居")
    assert [str(error) for error in nobody["school"].errors] == ["合う学校がありません"]


def test_nothing_at_all_is_an_error_only_where_it_is_required():
    assert sent(reason="転居")["school"].error_code == "required"
    assert not sent(Optional, other="1").errors


def test_a_my_number_among_the_conditions_is_not_carried_along():
    form = sent(school__name="123456789018", school__pick="101", reason="")
    assert form["school"].data == 101
    assert "123456789018" not in form["school"]()


def test_a_record_is_shown_as_picked_and_a_fixed_one_cannot_be_changed():
    form = Transfer(data={"school": 101})
    assert form["school"].data == 101
    assert hidden(form) == {"school-pick": "101"}
    fixed = type("Fixed", (Form,), {"school": SchoolPicker("学校", readonly="受付済みです")})
    shown = fixed(MultiDict({"school-pick": "102"}), data={"school": 101})
    assert shown.validate()
    assert shown.data["school"] == 101
    assert "<button" not in shown["school"]()
    assert shown["school"].answer == "第一小学校"


@pytest.fixture(scope="module")
def site():
    app = Flask(__name__, static_folder=str(STATIC), static_url_path="/static")

    @app.route("/", methods=["GET", "POST"])
    def transfer():
        form = Transfer(request.form)
        if request.method == "POST" and form.validate():
            return Response(f"受け付けました {form.data['school']}", mimetype="text/plain")
        return Response(page_of(form), headers={"Content-Security-Policy": POLICY})

    with served(app) as address:
        yield address


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no-script"])
def test_the_keyboard_alone_searches_picks_and_sends(browser, site, scripted):
    context = browser.new_context(
        java_script_enabled=scripted, viewport={"width": 390, "height": 800}
    )
    page = context.new_page()
    page.goto(site)
    page.get_by_label("学校名").fill("第")
    page.get_by_role("button", name="さがす").press("Enter")
    expect(page.locator("#school-result")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="第二小学校")).to_be_checked()
    page.get_by_role("button", name="送信する").press("Enter")

    expect(page.get_by_role("button", name="選び直す")).to_be_visible()
    expect(page.get_by_text("富士見町")).to_be_visible()
    page.get_by_label("理由").fill("転居")
    page.get_by_label("理由").press("Enter")
    expect(page.get_by_text("受け付けました 102")).to_be_visible()
    context.close()


def test_axe_finds_nothing_beside_candidates_and_a_pick(browser, site):
    context = browser.new_context(bypass_csp=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(site)
    with leaving(page):
        page.get_by_role("button", name="さがす").click()
    assert_accessible(page)
    page.get_by_role("radio", name="第一小学校").check()
    with leaving(page):
        page.get_by_role("button", name="送信する").click()
    assert_accessible(page)
    assert overflow(page) <= 0
    context.close()
