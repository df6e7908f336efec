import re
import subprocess
import sys

import pytest
from flask import Flask, render_template_string, request

from govkit import forms
from govkit.forms import Form, TextField
from govkit.forms.flask import FlaskForm, register
from tests.forms.page import Page
from tests.forms.test_parts import PeriodBlock

PAGE = "{{ govkit_form_head() }}{{ form.error_summary() }}<form method='post'>{{ form.render() }}</form>"


class Enquiry(FlaskForm):
    name = TextField("氏名", required=True)
    period = PeriodBlock("時間", may_be_blank=True)


@pytest.fixture
def app():
    app = Flask(__name__)
    app.secret_key = "tests"
    register(app)

    @app.route("/", methods=["GET", "POST"])
    def enquire():
        form = Enquiry()
        if form.validate_on_submit():
            return form.name.data
        return render_template_string(PAGE, form=form)

    return app


def token(client):
    return re.search('name="csrf_token"[^>]*value="([^"]+)"', client.get("/").text)[1]


def test_one_field_in_anybodys_flask_app():
    app = Flask(__name__)

    class Plain(Form):
        name = TextField("氏名", required=True)

    @app.route("/", methods=["GET", "POST"])
    def enquire():
        form = Plain(request.form)
        if request.method == "POST" and form.validate():
            return form.name.data
        return render_template_string("{{ form.error_summary() }}{{ form.name() }}", form=form)

    client = app.test_client()
    assert 'for="name"' in client.get("/").text
    assert 'href="#name"' in client.post("/", data={"name": " "}).text
    assert client.post("/", data={"name": "𠮷田"}).text == "𠮷田"


def test_a_form_reads_the_request_and_wants_its_token(app):
    client = app.test_client()
    sent = {"name": "𠮷田", "csrf_token": token(client)}

    assert client.post("/", data=sent).text == "𠮷田"
    refused = Page(client.post("/", data={"name": "𠮷田"}).text)
    assert [item.text for item in refused.all("li")] == [
        "画面を開き直して、もう一度送信してください。"
    ]
    assert client.post("/", data={**sent, "csrf_token": "x"}).text != "𠮷田"


def test_a_helper_button_does_nothing_without_the_token(app):
    client = app.test_client()
    sent = {"name": "", "period-lookup": "1"}

    assert "市役所" not in client.post("/", data=sent).text
    helped = client.post("/", data={**sent, "csrf_token": token(client)}).text
    assert "市役所" in helped
    assert "gk-notification" not in helped


def test_the_token_may_be_switched_off_as_flask_wtf_says(app):
    app.config["WTF_CSRF_ENABLED"] = False

    assert app.test_client().post("/", data={"name": "𠮷田"}).text == "𠮷田"


def test_the_language_is_that_of_the_configuration(app):
    app.config["GOVKIT_LANGUAGE"] = "en"
    client = app.test_client()

    assert "(required)" in client.get("/").text
    assert "page" in client.post("/", data={"name": "a"}).text


def test_the_style_sheets_and_the_script_are_served(app):
    client = app.test_client()
    page = Page(client.get("/").text)
    urls = [each["href"] for each in page.all("link")] + [
        each["src"] for each in page.all("script")
    ]

    assert len(urls) == 7
    for url in urls:
        with client.get(url) as response:
            assert response.status_code == 200
    assert client.get("/govkit-forms/../../settings.py").status_code == 404


def test_hidden_fields_come_in_one_call_for_templates_that_place_fields_themselves(app):
    class Move(FlaskForm):
        version = forms.HiddenField("版")
        name = TextField("氏名")

    with app.test_request_context():
        names = [each["name"] for each in Page(Move().hidden_tag()).all("input")]
    assert names == ["version", "csrf_token"]


def test_what_is_handed_over_comes_before_the_request(app):
    with app.test_request_context(method="POST", data={"name": "佐藤"}):
        assert Enquiry().name.data == "佐藤"
        assert Enquiry(None, data={"name": "鈴木"}).name.data == "鈴木"
        assert Enquiry(None).is_submitted()


def test_the_layer_needs_neither_flask_nor_a_database():
    program = "import sys, govkit.forms; print({'flask', 'sqlalchemy', 'babel'} & set(sys.modules))"

    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert answer.stdout == "set()\n", answer.stderr


def test_postcodes_are_looked_up_for_the_script_of_address_blocks(app):
    answer = app.test_client().get("/govkit-forms/postcodes?postcode=１９０－００１５")

    assert answer.mimetype == "application/json"
    assert [place["town"] for place in answer.json["places"]] == ["泉町"]
    assert app.test_client().get("/govkit-forms/postcodes").json == {"places": []}
