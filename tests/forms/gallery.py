"""Pages with every component, and one per state with every field, served for the browser tests."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Flask, flash, render_template, request, stream_template
from jinja2 import StrictUndefined
from markupsafe import Markup

import govkit.base
from govkit import forms
from govkit.base.views.oidc import LoginWays
from govkit.testing.form_examples import State, all_examples, form_of

STATIC = Path(govkit.base.__file__).parent / "static" / "govkit"
SCRIPTS = ["govkit.js", *sorted(path.name for path in STATIC.glob("forms-*.js"))]
TABLET_MARKS = [
    {"value": "present", "title": "出席"},
    {"value": "absent", "title": "欠席", "marked": True},
    {"value": "late", "title": "遅刻", "marked": True},
    {"value": "early", "title": "早退", "marked": True},
    {"value": "suspended", "title": "出停・忌引", "marked": True},
]
PUPILS = [
    {
        "field": f"mark-{number}",
        "number": number,
        "name": name,
        "kana": "ヨシダ ジョナサン",
        "value": value,
    }
    for number, name, value in [
        (1, "相沢 蒼", "present"),
        (2, "𠮷田 ジョナサン アレクサンダー 太郎", "absent"),
        (3, "髙﨑 凛", "late"),
        *((number, "渡邉 結愛", "present") for number in range(4, 21)),
    ]
]
FIVE_NUMBERS = [
    "授業日数",
    "出席停止・忌引等の日数",
    "出席しなければならない日数",
    "欠席日数",
    "出席日数",
]


class Notice(forms.Form):
    name = forms.TextField("氏名", [forms.Length(max=10)], required=True)
    reason = forms.TextAreaField("理由", [forms.Length(max=20)], required=True)


class Login(forms.Form):
    login = forms.TextField("ログイン名", required=True, autocomplete="username", autofocus=True)
    password = forms.PasswordField("パスワード", required=True)


def _context() -> dict[str, Any]:
    paths = [("今日の出席簿", "/roll"), ("月の出席簿", "/month"), ("部品", "/components")]
    signed_in = SimpleNamespace(
        municipality=SimpleNamespace(name="立川市"), actor=SimpleNamespace(name="髙橋 花子")
    )
    is_known = request.path != "/login"
    return {
        "site": {"name": "校務システム"},
        "work": signed_in if is_known else None,
        "navigation": [
            {"title": title, "url": url, "current": url == request.path} for title, url in paths
        ]
        if is_known
        else [],
        "languages": [
            {"code": "ja", "title": "日本語", "current": True, "url": "?lang=ja"},
            {"code": "en", "title": "English", "current": False, "url": "?lang=en"},
        ],
        "lang": "ja",
        "home_url": "/",
        "logout_url": "/logout",
        "appointments_url": "/appointments",
        "request_id": "0a1b2c",
        "page_id": request.path.strip("/") or "home",
    }


def create_gallery() -> Flask:
    app = Flask(
        __name__, static_folder=None, template_folder=str(Path(__file__).parent / "templates")
    )
    app.secret_key = "tests"
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(
        _=str, csrf_field=lambda: Markup('<input type="hidden" name="csrf_token" value="t">')
    )
    app.register_blueprint(
        Blueprint(
            "govkit",
            "govkit.base",
            static_folder="static",
            static_url_path="/static",
            template_folder="templates",
        )
    )
    app.context_processor(_context)

    @app.after_request
    def forbid_inline(response):
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
            "connect-src 'self'; form-action 'self'"
        )
        return response

    _add_pages(app)
    _add_base_pages(app)
    return app


def _add_pages(app: Flask) -> None:
    @app.get("/components")
    def components():
        flash("保存しました", "success")
        flash("一部を保存できませんでした", "error")
        return render_template("components.html", page_url="?page={}".format)

    @app.get("/roll")
    def roll():
        return render_template("roll.html", choices=TABLET_MARKS, pupils=PUPILS)

    @app.get("/month")
    def month():
        days = [{"title": day, "weekday": "月", "off": day % 7 > 4} for day in range(1, 32)]
        marks = ["", {"symbol": "／", "title": "欠席"}, *[""] * 29]
        rows = [
            {"number": p["number"], "name": p["name"], "marks": marks, "sums": [20, 1, 19, 2, 17]}
            for p in PUPILS
        ]
        return render_template("month.html", days=days, rows=rows, sums=FIVE_NUMBERS)

    @app.get("/fields/<state>")
    def fields(state):
        form = form_of(all_examples(), State(state))
        return render_template("fields.html", form=form, scripts=SCRIPTS)

    @app.route("/form", methods=["GET", "POST"])
    def form():
        form = Notice(request.form)
        if request.method == "POST":
            form.validate()
        return render_template("form.html", form=form)


def _add_base_pages(app: Flask) -> None:
    @app.get("/login")
    def login():
        ways = LoginWays(outside="", is_local=True)
        return render_template(
            "govkit/base/login.html", form=Login(), is_again=False, login_ways=lambda: ways
        )

    @app.get("/appointments")
    def appointments():
        held = [
            {"id": "1", "municipality": "立川市", "role": "学級担任", "unit": "1年1組"},
            {"id": "2", "municipality": "昭島市", "role": "学級担任", "current": True},
        ]
        chosen = [] if "none" in request.args else held
        return render_template("govkit/base/appointments.html", appointments=chosen)

    @app.get("/")
    def home():
        tasks = [
            {"title": "今日の出席簿", "url": "/roll", "badge": {"text": "未記録"}},
            {"title": "月の出席簿", "url": "/month", "text": "五つの日数"},
        ]
        return render_template(
            "govkit/base/home.html",
            tasks=[] if "none" in request.args else tasks,
            exports_url="/exports",
        )

    @app.get("/progress")
    def progress():
        events = [
            {"text": "ファイルを確かめています"},
            {"text": "住民を読んでいます", "done": 10, "total": 10},
            {"outcome": "success", "heading": "取り込みました", "url": "/", "action": "次へ"},
        ]
        return stream_template("govkit/base/progress.html", title="取り込み", events=iter(events))

    @app.get("/error/<int:status>")
    def error(status):
        return render_template("govkit/base/error.html", status=status, detail=""), status
