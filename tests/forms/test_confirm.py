import pytest
from werkzeug.datastructures import MultiDict

from govkit.forms import ConfirmField, EmailField, Form, IntegerField, PasswordField, TextField
from tests.forms.page import Page


class Account(Form):
    email = EmailField("メールアドレス", required=True)
    again = ConfirmField("メールアドレス（確認）", of="email")


class Note(Form):
    text = TextField("文")
    again = ConfirmField("文（確認）", of="text")


class Count(Form):
    number = IntegerField("番号")
    again = ConfirmField("番号（確認）", of="number")


class Login(Form):
    password = PasswordField("パスワード", required=True)
    again = ConfirmField("パスワード（確認）", of="password")


def codes(form_class, first, second):
    name = next(iter(form_class())).name
    form = form_class(MultiDict({name: first, "again": second}))
    form.validate()
    return form.again.error_code


TEXTS = [
    ("山田", "山田", ""),
    ("山田", " 山田\u3000", ""),
    ("山田", "山\u200b田", ""),
    ("山田", "山\x00田", ""),
    ("髙橋", "高橋", "confirm_mismatch"),
    ("葛\U000e0100", "葛", "confirm_mismatch"),
    ("か\u3099", "が", "confirm_mismatch"),
    ("ＡＢＣ", "ABC", "confirm_mismatch"),
    ("abc", "ABC", "confirm_mismatch"),
    ("山田", "", "required"),
    ("山田", "\u3000", "required"),
    ("", "", ""),
    ("", "\u3000", ""),
    ("", "山田", "confirm_mismatch"),
    ("0", "0", ""),
    ("0", "", "required"),
    ("<b>", "<b>", ""),
    ("a\nb", "a b", ""),
    ("a\tb", "a b", ""),
    ("123456789018", "123456789018", ""),
    ("山田", "123456789018", "my_number_not_allowed"),
    ("山田", "\ue000", "confirm_mismatch"),
    ("山田", "山田山田", "confirm_mismatch"),
]
NUMBERS = [
    ("12", "12", ""),
    ("12", "１２", ""),
    ("1,234", "1234", ""),
    ("12", "012", ""),
    ("12", "12.0", ""),
    ("12", "13", "confirm_mismatch"),
    ("12", "x", "confirm_mismatch"),
    ("12", "١٢", "confirm_mismatch"),
    ("12", "", "required"),
    ("x", "y", ""),
    ("x", "", ""),
    ("", "12", "confirm_mismatch"),
]
PASSWORDS = [
    ("秘密", "秘密", ""),
    ("秘密", "秘密 ", "confirm_mismatch"),
    (" 秘密", "秘密", "confirm_mismatch"),
    ("Ａ", "A", "confirm_mismatch"),
    ("秘\u200b密", "秘密", "confirm_mismatch"),
    ("秘密", "", "required"),
    ("", "", ""),
    ("123456789018", "123456789018", ""),
]
EMAILS = [
    ("hanako@example.jp", "hanako@example.jp", ""),
    ("hanako@example.jp", "ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", ""),
    ("hanako@example.jp", " hanako@example.jp", ""),
    ("hanako@example.jp", "hanako@example.com", "confirm_mismatch"),
    ("hanako@example.jp", "hanako", "confirm_mismatch"),
    ("hanako@example.jp", "", "required"),
    ("hanako", "hanako", ""),
]


@pytest.mark.parametrize(("first", "second", "code"), TEXTS, ids=ascii)
def test_texts(first, second, code):
    assert codes(Note, first, second) == code


@pytest.mark.parametrize(("first", "second", "code"), NUMBERS, ids=ascii)
def test_numbers(first, second, code):
    assert codes(Count, first, second) == code


@pytest.mark.parametrize(("first", "second", "code"), PASSWORDS, ids=ascii)
def test_passwords(first, second, code):
    assert codes(Login, first, second) == code


@pytest.mark.parametrize(("first", "second", "code"), EMAILS, ids=ascii)
def test_addresses(first, second, code):
    assert codes(Account, first, second) == code


def test_the_data_is_that_of_the_other_field():
    form = Account(MultiDict({"email": "a@example.jp", "again": "ａ＠example.jp"}))

    assert form.validate()
    assert form.again.data == form.email.data == "a@example.jp"
    assert not form.again.is_answer


def test_the_control_is_that_of_the_other_field():
    email, password = Page(Account().again()).by_id("again"), Page(Login().again()).by_id("again")

    assert email.get("autocomplete") == Page(Account().email()).by_id("email").get("autocomplete")
    assert email["aria-required"] == "true"
    assert password["type"] == "password"


def test_a_password_is_not_shown_again():
    form = Login(MultiDict({"password": "秘密", "again": "ひみつ"}))
    form.validate()

    assert "ひみつ" not in form.render()
    assert "「パスワード」" in form.again.errors[0]


def test_a_record_need_not_be_typed_again():
    assert (
        Page(Account(data={"email": "a@example.jp"}).again()).by_id("again")["value"]
        == "a@example.jp"
    )
