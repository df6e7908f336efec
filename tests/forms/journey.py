"""An invented procedure with everything that a journey can have, and an application that serves it."""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from flask import Blueprint, Flask, request
from jinja2 import StrictUndefined

from govkit.errors import Refused
from govkit.forms import (
    CheckboxesField,
    CheckboxField,
    DateField,
    FileField,
    FilesField,
    Form,
    Length,
    RadioField,
    RowsField,
    Rule,
    TextAreaField,
    TextField,
    When,
)
from govkit.forms.drafts import Drafts, KeyRing, MemoryDrafts
from govkit.forms.flask_journey import answer
from govkit.forms.steps import Journey, Step, one_question_per_page
from govkit.forms.uploads import Holding, MemoryUploads

SECRET = b"0123456789abcdef"
YES_NO = [("yes", "はい"), ("no", "いいえ")]


class Applicant(Form):
    name = TextField("氏名", [Length(max=20)], required=True, autocomplete="name")
    kind = RadioField("届出の種類", choices=[("in", "転入"), ("move", "転居")], required=True)
    former = TextField("前の市区町村", required=True, show_if=When("kind", equals="in"))
    note = TextAreaField("備考", [Length(max=100)])


class House(Form):
    has_children = RadioField("子どもがいるか", choices=YES_NO, required=True)
    needs = CheckboxesField("相談したいこと", choices=[("school", "学校"), ("care", "保育")])


class Child(Form):
    name = TextField("氏名", required=True)
    birth = DateField("生年月日", required=True)


class Children(Form):
    children = RowsField("子ども", Child, min_rows=1, max_rows=3)


class Papers(Form):
    papers = FilesField(
        "本人確認の書類", types=("pdf", "jpeg", "png"), max_megabytes=1, max_files=2, required=True
    )
    photo = FileField("写真", types=("jpeg", "png"))


class Former(Form):
    letter = RadioField("転出証明書があるか", choices=YES_NO, required=True)
    reason = TextField("ない理由", required=True, show_if=When("letter", equals="no"))


class Declaration(Form):
    agreed = CheckboxField("内容に間違いがないことを確かめました", required=True)


STEPS = (
    Step(
        "applicant",
        "届け出る人",
        Applicant,
        lead="住所が変わる人のうち、1人について答えてください。",
    ),
    Step("house", "世帯", House),
    Step("children", "子ども", Children, show_if=Rule.parse("has_children = yes")),
    Step("papers", "書類", Papers),
    *one_question_per_page(Former, section="前の住所での手続"),
)


class Office:
    """Receives applications: the same key twice is one application."""

    def __init__(self):
        self.received = {}
        self.refuses = False

    def __call__(self, submission):
        if self.refuses:
            raise Refused("受付の期間が終わりました。窓口へお越しください。")
        number = f"令8-{len(self.received) + 1:04}"
        files = [each.read() for each in submission.answers["papers"]]
        found = self.received.setdefault(submission.key, (number, submission, files))
        return found[0]


class Clock:
    def __init__(self):
        self.now = datetime(2026, 5, 1, 3, tzinfo=UTC)

    def __call__(self):
        return self.now


def create_journey(**options):
    uploads = MemoryUploads()
    journey = Journey(
        "転入・転居の届出",
        STEPS,
        options.pop("submit", None) or Office(),
        last=Declaration,
        drafts=Drafts(KeyRing({"a": bytes(32)}), MemoryDrafts(), now=Clock()),
        holding=lambda owner: Holding(uploads, SECRET, owner),
        **options,
    )
    return journey, uploads


def create_app(journey):
    """Visitors are told apart by a cookie; what they typed is kept on the server."""
    app = Flask(
        __name__, static_folder=None, template_folder=str(Path(__file__).parent / "templates")
    )
    app.jinja_env.undefined = StrictUndefined
    app.register_blueprint(
        Blueprint("govkit", "govkit.base", static_folder="static", static_url_path="/static")
    )
    app.extensions["visitors"] = visitors = {}
    numbers = count(1)

    @app.route("/todoke/", defaults={"page": ""}, methods=["GET", "POST"])
    @app.route("/todoke/<page>", methods=["GET", "POST"])
    def todoke(page):
        visitor = request.cookies.get("visitor") or str(next(numbers))
        response = answer(
            journey, page, state=visitors.setdefault(visitor, {}), template="journey.html"
        )
        response.set_cookie("visitor", visitor)
        return response

    @app.after_request
    def forbid_inline(response):
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
            "connect-src 'self'; form-action 'self'"
        )
        return response

    return app
