"""The field for 個人番号, and that its digits are nowhere but in the value's ``reveal()``."""

import copy
import json
import logging
import pickle
import traceback

import pytest
from flask import Flask, render_template_string, request, session
from werkzeug.datastructures import MultiDict

from govkit.forms import Form, MyNumberField, TextField
from govkit.forms.identifiers import MyNumberField as Exported
from govkit.jp.my_number import MyNumber
from tests.forms.cases import posted
from tests.forms.digit_cases import refused, taken

DIGITS = "123456789018"
LAW = "番号法 第9条第1項"
NOT_DIGITS, LENGTH, CHECK = (
    "my_number_not_digits", "my_number_wrong_length", "my_number_check_digit",
)  # fmt: skip
CASES = [
    *taken(DIGITS),
    *refused(DIGITS, NOT_DIGITS),
    ("", None, ""),
    (" \u3000\u200b", None, ""),
    ("-", None, "my_number_empty"),
    ("個人番号：1234-5678-9018", DIGITS, ""),
    ("マイナンバー 123456789018", DIGITS, ""),
    ("123456789012", None, CHECK),
    ("223456789018", None, CHECK),
    ("000000000000", None, "my_number_all_zeros"),
    ("００００－００００－００００", None, "my_number_all_zeros"),
    ("12345678901", None, LENGTH),
    ("1234567890183", None, LENGTH),
    ("8000020130001", None, LENGTH),
    ("1.23457E+11", None, "my_number_spreadsheet"),
    ("T123456789018", None, NOT_DIGITS),
]


def declared(**options):
    return MyNumberField("個人番号", legal_basis=LAW, **options)


class Application(Form):
    name = TextField("氏名", required=True)
    number = declared(required=True)


def sent(number=DIGITS, name="山田"):
    form = Application(MultiDict({"name": name, "number": number}))
    form.validate()
    return form


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_my_number(case):
    typed, digits, code = case
    field = posted(declared(), typed)
    assert (field.data.reveal() if field.data else None, field.error_code) == (digits, code)
    html = field()
    assert 'value=""' in html
    assert "<script" not in html
    assert not typed.strip() or len(typed.strip()) < 3 or typed.strip() not in html


@pytest.mark.parametrize(
    "basis", [None, "", " ", "必要なため", "番号法", "第9条", "個人情報保護法 第9条", "同意"]
)
def test_without_a_law_there_is_no_such_field(basis):
    options = {} if basis is None else {"legal_basis": basis}
    with pytest.raises(TypeError):
        MyNumberField("個人番号", **options)


@pytest.mark.parametrize(
    "basis",
    [
        LAW,
        "番号法第19条第8号",
        "番号法 第九条第二項",
        "行政手続における特定の個人を識別するための番号の利用等に関する法律 第9条",
        "立川市個人番号の利用に関する条例 第３条",
    ],
)
def test_the_article_of_a_law_or_ordinance_lets_it_be_asked_for(basis):
    field = posted(MyNumberField("個人番号", legal_basis=basis), DIGITS)
    assert field.legal_basis == basis
    assert isinstance(field, Exported)


def test_the_control_asks_for_digits_and_is_never_completed():
    html = sent().number()
    for attribute in ('autocomplete="off"', 'inputmode="numeric"', 'value=""'):
        assert attribute in html


def _everything(form):
    """All texts that a page, a log, an error report or a session could hold of a form."""
    field = form.number
    yield form.render()
    yield form.error_summary()
    yield field()
    yield field.text
    yield field.answer
    yield from (repr(vars(field)), repr(vars(form)), repr(form), str(form.data), str(form.errors))
    yield repr([(error, error.code, error.part) for error in field.errors])
    yield str(field.process_errors)
    yield repr(field.raw_data)
    yield repr(copy.copy(field.data))
    yield f"{field.data} {field.data!r} {field.data!s}"
    try:
        yield json.dumps(form.data, ensure_ascii=False, default=str)
        yield json.dumps(form.data)
        yield pickle.dumps(form.data).decode("latin-1")
    except TypeError as error:
        yield "".join(traceback.format_exception(error))


WRITTEN = ["123456789018", "1234-5678-9018", "１２３４５６７８９０１８", "1234 5678 9018"]


@pytest.mark.parametrize("name", ["山田", ""])
@pytest.mark.parametrize(
    "typed", [*WRITTEN, "123456789012", "12345678901", "1234567890188", "X123456789018"]
)
def test_no_digit_is_in_anything_that_is_shown_or_kept(typed, name):
    form = sent(typed, name)
    for text in _everything(form):
        for part in ("1234", "5678", "１２３４", typed):
            assert part not in text


@pytest.mark.requirement("LOG-3", "MYN-1")
def test_logs_hold_no_digit(caplog):
    form = sent()
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("app").info("saved %s %r %s", form.data, form.number.data, form.errors)
        try:
            pickle.dumps(form.number.data)
        except TypeError:
            logging.getLogger("app").exception("failed")
    assert "1234" not in caplog.text
    assert "****" in caplog.text


def test_the_page_after_an_error_elsewhere_asks_for_the_number_again():
    form = sent(name="")
    assert form.errors.keys() == {"name"}
    assert form.number.data.reveal() == DIGITS
    assert 'value=""' in form.number()


@pytest.mark.requirement("ASVS-14.2.1", "MYN-1")
def test_neither_page_nor_session_nor_address_of_an_application_holds_the_number():
    app = Flask(__name__)
    app.secret_key = "test"
    app.testing = True

    @app.post("/")
    def receive():
        form = Application(request.form)
        form.validate()
        session["application"] = {"name": form.name.data, "number": str(form.number.data)}
        return render_template_string("{{ form.render() }}{{ form.data }}", form=form)

    @app.post("/kept")
    def keep():
        form = Application(request.form)
        form.validate()
        session["number"] = form.number.data
        return "saved"

    client = app.test_client()
    page = client.post("/", data={"name": "山田", "number": DIGITS})
    assert page.status_code == 200
    assert "1234" not in page.text
    assert "1234" not in str(page.headers)
    with client.session_transaction() as kept:
        assert "1234" not in str(dict(kept))
    with pytest.raises(TypeError) as refusal:
        client.post("/kept", data={"name": "山田", "number": DIGITS})
    assert "1234" not in str(refusal.value)


def test_a_known_number_is_not_shown_either():
    for known in (MyNumber(DIGITS), DIGITS):
        form = Application(data={"name": "山田", "number": known})
        assert isinstance(form.number.data, MyNumber)
        assert form.number.data.reveal() == DIGITS
        assert all("1234" not in text for text in _everything(form))
        assert form.number.answer == "入力済み（番号は表示しません）"


def test_a_number_that_cannot_be_changed_is_not_shown():
    class Fixed(Form):
        number = declared(readonly="窓口で確かめました")

    form = Fixed(MultiDict({"number": "111111111118"}), data={"number": MyNumber(DIGITS)})
    assert form.validate()
    assert form.number.data.reveal() == DIGITS
    assert "1234" not in form.number()


def test_blank_is_refused_where_it_is_required():
    assert sent("").number.error_code == "required"
    assert sent("").number.answer == ""


@pytest.mark.requirement("MYN-1")
def test_other_fields_go_on_refusing_the_number():
    form = sent(name="山田 1234-5678-9018")
    assert form.name.error_code == "my_number_not_allowed"
    assert all("5678" not in text for text in _everything(form))
