"""The form of ``bench_forms`` as its peers write it."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from peers import site_packages
from werkzeug.datastructures import MultiDict

from govkit.jp.prefectures import PREFECTURES

__all__ = [
    "CHECKS",
    "GOOD",
    "OPTIONAL",
    "PATTERNS",
    "RADIOS",
    "SELECTS",
    "TEXTS",
    "WRONG",
    "Contestant",
    "peers",
]

PACKAGES = (
    "django==5.2.19",
    "django-localflavor==5.1",
    "flask-wtf==1.3.0",
    "govuk-frontend-jinja==4.1.0",
    "govuk-frontend-wtf==3.2.0",
    "habachen==0.6.0",
    "jaconv==0.5.0",
    "wtforms==3.3.2",
)

TEXTS = {
    "family_name": "姓",
    "given_name": "名",
    "family_kana": "姓のフリガナ",
    "given_kana": "名のフリガナ",
    "birth": "生年月日",
    "postcode": "郵便番号",
    "city": "市区町村",
    "lot": "番地",
    "building": "建物名",
    "telephone": "電話番号",
    "email": "メールアドレス",
    "school": "学校名",
    "workplace": "勤め先",
    "allergy": "アレルギー",
}
"""One line of text each; ``birth`` is a day."""
RADIOS = {
    "sex": ("性別", [("1", "男"), ("2", "女"), ("9", "回答しない")]),
    "contact": ("連絡方法", [("tel", "電話"), ("mail", "メール"), ("post", "郵便")]),
    "lunch": ("給食", [("yes", "希望する"), ("no", "希望しない")]),
}
SELECTS = {
    "prefecture": ("都道府県", [(each.code, each.name) for each in PREFECTURES]),
    "relation": ("続柄", [("father", "父"), ("mother", "母"), ("other", "その他")]),
}
CHECKS = {"support": ("配慮", [("ramp", "段差の解消"), ("sign", "手話"), ("braille", "点字")])}
KANA, POSTCODE, TELEPHONE = "^[ァ-ヴー]+$", r"^\d{3}-?\d{4}$", r"^0\d{9,10}$"
PATTERNS = {
    "family_kana": KANA,
    "given_kana": KANA,
    "postcode": POSTCODE,
    "telephone": TELEPHONE,
    "email": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
}
OPTIONAL = {"building", "school", "workplace", "allergy", "support", "note"}
GOOD = {
    "family_name": "髙橋",
    "given_name": "花子",
    "family_kana": "タカハシ",
    "given_kana": "ハナコ",
    "birth": "2018-05-01",
    "sex": "2",
    "postcode": "190-0015",
    "prefecture": "13",
    "city": "立川市泉町",
    "lot": "1156-9",
    "telephone": "0425232111",
    "email": "hanako@example.jp",
    "relation": "mother",
    "contact": "tel",
    "lunch": "yes",
    "support": "ramp",
    "note": "とくにありません",
}
WRONG = {
    **GOOD,
    "family_name": "",
    "family_kana": "高橋",
    "birth": "2018-02-30",
    "sex": "7",
    "postcode": "19-0015",
    "prefecture": "",
    "telephone": "電話なし",
    "email": "hanako",
}
"""Eight errors."""


@dataclass(frozen=True)
class Contestant:
    """One library with the form in its words.

    :ivar errors: Number of errors that a post gives, to see that the work is the same.
    """

    name: str
    render: Callable[[], str]
    post: Callable[[Mapping[str, str]], str]
    errors: Callable[[Mapping[str, str]], int]


def peers() -> list[Contestant]:
    """The peers, in this process: one clock measures all.

    Their packages come after ours on the path, so that WTForms and Jinja are the same for all.
    """
    sys.path.append(str(site_packages(PACKAGES)))
    return [_wtforms(), _django(), _govuk()]


def _wtforms_class(base: type, fields: Any, widgets: Mapping[str, Any], **more: Any) -> type[Any]:
    validators = import_module("wtforms.validators")

    def rules(name: str) -> list[Any]:
        first = validators.Optional() if name in OPTIONAL else validators.InputRequired()
        pattern = [validators.Regexp(PATTERNS[name])] if name in PATTERNS else []
        return [first, validators.Length(max=100), *pattern]

    def one(name: str) -> list[Any]:
        return [validators.Optional() if name in OPTIONAL else validators.InputRequired()]

    made: dict[str, Any] = {
        name: fields.StringField(label, rules(name), **_widget(widgets, "text"))
        for name, label in TEXTS.items()
        if name != "birth"
    }
    made["birth"] = fields.DateField("生年月日", one("birth"), **_widget(widgets, "date"))
    for name, (label, choices) in RADIOS.items():
        made[name] = fields.RadioField(
            label, one(name), choices=choices, **_widget(widgets, "radio")
        )
    for name, (label, choices) in SELECTS.items():
        choices = [("", "選んでください"), *choices]
        made[name] = fields.SelectField(
            label, one(name), choices=choices, **_widget(widgets, "select")
        )
    for name, (label, choices) in CHECKS.items():
        made[name] = fields.SelectMultipleField(
            label, one(name), choices=choices, **_widget(widgets, "checkboxes")
        )
    made["note"] = fields.TextAreaField("備考", rules("note"), **_widget(widgets, "textarea"))
    return type("PeerForm", (base,), made | more)


def _widget(widgets: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {"widget": widgets[kind]()} if kind in widgets else {}


def _contestant(name: str, form: type[Any], render: Callable[[Any], str]) -> Contestant:
    def post(sent: Mapping[str, str]) -> str:
        bound = form(MultiDict(sent))
        bound.validate()
        return render(bound)

    def errors(sent: Mapping[str, str]) -> int:
        bound = form(MultiDict(sent))
        bound.validate()
        return len(bound.errors)

    new = form()
    return Contestant(name, lambda: render(new), post, errors)


PLAIN_PAGE = (
    "{% for field in form %}<div>{{ field.label }}{{ field }}"
    "{% for error in field.errors %}<p>{{ error }}</p>{% endfor %}</div>{% endfor %}"
)


GOVUK_PAGE = (
    "{% from 'govuk_frontend_jinja/components/error-summary/macro.html' import govukErrorSummary %}"
    "{% if form.errors %}{{ govukErrorSummary(wtforms_errors(form)) }}{% endif %}"
    "{% for field in form %}{{ field() }}{% endfor %}"
)


def _wtforms() -> Contestant:
    wtforms = import_module("wtforms")
    widgets = import_module("wtforms.widgets")
    boxes = {"checkboxes": lambda: widgets.ListWidget(prefix_label=False)}
    form = _wtforms_class(wtforms.Form, wtforms, boxes)
    page = import_module("jinja2").Environment(autoescape=True).from_string(PLAIN_PAGE)
    return _contestant("WTForms", form, lambda bound: str(page.render(form=bound)))


def _govuk() -> Contestant:
    flask, jinja2 = import_module("flask"), import_module("jinja2")
    fields, wtf = import_module("wtforms.fields"), import_module("govuk_frontend_wtf.main")
    inputs = import_module("govuk_frontend_wtf.wtforms_widgets")
    app = flask.Flask("peer")
    app.jinja_loader = jinja2.PrefixLoader(
        {
            "govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja"),
            "govuk_frontend_wtf": jinja2.PackageLoader("govuk_frontend_wtf"),
        }
    )
    wtf.WTFormsHelpers(app)
    app.test_request_context().push()
    widgets = {
        "text": inputs.GovTextInput,
        "date": inputs.GovTextInput,
        "radio": inputs.GovRadioInput,
        "select": inputs.GovSelect,
        "checkboxes": inputs.GovCheckboxesInput,
        "textarea": inputs.GovTextArea,
    }
    form = _wtforms_class(import_module("wtforms").Form, fields, widgets)
    page = app.jinja_env.from_string(GOVUK_PAGE)
    return _contestant("govuk-frontend-wtf", form, lambda bound: str(page.render(form=bound)))


def _django() -> Contestant:
    settings = import_module("django.conf").settings
    settings.configure(
        USE_I18N=True, LANGUAGE_CODE="ja", INSTALLED_APPS=["django.forms", "localflavor"]
    )
    import_module("django").setup()
    forms = import_module("django.forms")
    japan = import_module("localflavor.jp.forms")
    made: dict[str, Any] = {}
    for name, label in TEXTS.items():
        options = {"label": label, "required": name not in OPTIONAL}
        if name == "birth":
            made[name] = forms.DateField(**options)
        elif name == "postcode":
            made[name] = japan.JPPostalCodeField(**options)
        elif name in PATTERNS:
            made[name] = forms.RegexField(PATTERNS[name], max_length=100, **options)
        else:
            made[name] = forms.CharField(max_length=100, **options)
    for name, (label, choices) in RADIOS.items():
        made[name] = forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)
    for name, (label, choices) in SELECTS.items():
        made[name] = forms.ChoiceField(label=label, choices=[("", "選んでください"), *choices])
    for name, (label, choices) in CHECKS.items():
        made[name] = forms.MultipleChoiceField(
            label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
        )
    made["note"] = forms.CharField(label="備考", required=False, widget=forms.Textarea)
    form: Any = type("PeerForm", (forms.Form,), made)
    querydict = import_module("django.utils.datastructures").MultiValueDict

    def bind(sent: Mapping[str, str]) -> Any:
        return form(querydict({name: [value] for name, value in sent.items()}))

    new = form()
    return Contestant(
        "Django + localflavor",
        lambda: str(new.as_div()),
        lambda sent: str(bind(sent).as_div()),
        lambda sent: len(bind(sent).errors),
    )
