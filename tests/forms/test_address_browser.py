"""The address block in a real browser: with its script, without, and when nobody answers."""

from pathlib import Path

import pytest
from flask import Flask, Response, request
from markupsafe import Markup
from playwright.sync_api import expect

import govkit.base
from govkit.forms import AddressBlock, Form, SubmitField, postcode_json
from tests.conftest import served
from tests.pages import assert_accessible

STATIC = Path(govkit.base.__file__).parent / "static" / "govkit"
STYLES = ("tokens.css", "components.css", "forms.css")
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"


class Moving(Form):
    address = AddressBlock("住所", required=True, lookup_url="/postcode")
    send = SubmitField("送信する")


def page_of(form):
    links = "".join(f'<link rel="stylesheet" href="/static/{name}">' for name in STYLES)
    title = f"{form.title_prefix}転入届"
    return Markup(
        '<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>{}</title>{}'
        '<script src="/static/forms-address.js" defer></script></head><body><main><h1>転入届</h1>'
        "{}<form method=post novalidate>{}</form></main></body></html>"
    ).format(title, Markup(links), form.error_summary(), form.render())


def create_app():
    app = Flask(__name__, static_folder=str(STATIC), static_url_path="/static")
    app.config["asked"] = []

    @app.route("/", methods=["GET", "POST"])
    def moving():
        form = Moving(request.form)
        if request.method == "POST" and form.validate():
            return Response("受け付けました", mimetype="text/plain")
        return Response(page_of(form), headers={"Content-Security-Policy": POLICY})

    @app.get("/postcode")
    def postcode():
        app.config["asked"].append(request.args["postcode"])
        if request.args["postcode"] == "1000013":
            return Response("", 503)
        return Response(postcode_json(request.args["postcode"]), mimetype="application/json")

    return app


@pytest.fixture(scope="module")
def site():
    app = create_app()
    with served(app) as address:
        yield app, address


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def scripted(request):
    return request.param


@pytest.fixture
def page(browser, site, scripted):
    context = browser.new_context(java_script_enabled=scripted)
    page = context.new_page()
    page.goto(site[1])
    yield page
    context.close()


def look_up(page, postcode):
    page.get_by_label("郵便番号").fill(postcode)
    page.get_by_role("button", name="住所を調べる").click()


def names(page):
    return [
        page.get_by_label(label).input_value() for label in ("都道府県", "市区町村", "町名", "番地")
    ]


def test_one_place_is_filled_in_and_the_lot_is_next(page):
    look_up(page, "〒１９０ー００２２")

    expect(page.get_by_label("番地")).to_be_focused()
    assert names(page) == ["東京都", "立川市", "錦町", ""]


def test_the_script_saves_the_round_trip_and_says_what_it_filled_in(site, browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto(site[1])
    sent = []
    page.on("request", lambda each: sent.append(each.method))
    look_up(page, "1900022")

    expect(page.get_by_role("status")).to_have_text("東京都立川市錦町")
    assert "POST" not in sent
    context.close()


def test_several_places_are_offered_and_one_is_taken(page):
    look_up(page, "498-0000")

    choice = page.get_by_role("radio", name="三重県桑名郡木曽岬町")
    expect(page.get_by_role("radio").first).to_be_focused()
    choice.check()
    page.get_by_role("button", name="選んだ住所を入れる").click()
    expect(page.get_by_label("市区町村")).to_have_value("桑名郡木曽岬町")
    expect(page.get_by_label("町名")).to_be_focused()
    assert page.get_by_label("都道府県").input_value() == "三重県"


def test_what_was_typed_stays_when_nothing_is_found(page):
    page.get_by_label("番地").fill("１ー２")
    page.get_by_label("建物名").fill("コーポ")
    look_up(page, "9999999")

    expect(page.get_by_label("郵便番号")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("見つかりませんでした")
    assert page.get_by_label("番地").input_value() == "1-2"
    assert page.get_by_label("建物名").input_value() == "コーポ"


def test_a_replaced_name_is_told(page):
    page.get_by_label("市区町村").fill("浦和市")
    look_up(page, "1900022")

    expect(page.get_by_role("status")).to_contain_text("「浦和市」から「立川市」")


def test_the_form_is_sent_when_nobody_answers(page):
    look_up(page, "1000013")

    expect(page.get_by_label("町名")).to_have_value("霞が関")


def test_the_enter_key_sends_the_form_and_does_not_look_up(page):
    page.get_by_label("郵便番号").fill("1900022")
    page.get_by_label("郵便番号").press("Enter")

    expect(page).to_have_title("エラー: 転入届")
    assert page.get_by_label("町名").input_value() == ""


def test_a_whole_journey_ends_well(page):
    look_up(page, "1900022")
    expect(page.get_by_label("番地")).to_be_focused()
    page.get_by_label("番地").fill("１丁目２ー３")
    page.get_by_label("建物名").fill("コーポ錦１０１")
    page.get_by_role("button", name="送信する").click()

    expect(page.get_by_text("受け付けました")).to_be_visible()


def test_axe_finds_nothing_beside_the_choices(site, browser):
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(site[1])
    look_up(page, "4980000")
    expect(page.get_by_role("radio").first).to_be_focused()

    assert_accessible(page)
    context.close()
