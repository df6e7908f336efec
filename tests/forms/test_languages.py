"""Forms speak Japanese and English, whoever's message it is."""

import ast
import re
from pathlib import Path

import flask_wtf
import pytest
from babel.messages.pofile import read_po
from werkzeug.datastructures import MultiDict
from wtforms import validators

from govkit import translations
from govkit.forms import (
    Block,
    CheckboxesField,
    Form,
    IntegerField,
    Length,
    Part,
    PartsField,
    RadioField,
    SelectField,
    TextAreaField,
    TextField,
)
from govkit.forms.messages import WTFORMS
from govkit.translations import read_catalogue, translator
from tests.forms.page import Page

LETTERS = re.compile("[A-Za-z]{2,}")
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠々]")


class Hour(PartsField):
    parts = (Part("hour", "時"),)

    def parse_parts(self, texts):
        return texts["hour"]

    def format_parts(self, value):
        return {"hour": value}


class Everything(Form):
    name = TextField("氏名", [Length(max=2)], required=True)
    count = IntegerField("人数", min=1)
    note = TextAreaField("備考", [Length(max=5)])
    kind = RadioField("区分", choices=[("1", "はい"), ("2", "いいえ")], required=True)
    school = SelectField("学校", choices=[("1", "はい")], required=True)
    days = CheckboxesField("曜日", choices=[("1", "はい"), ("0", "いいえ")], none="0")
    hour = Hour("時", required=True)
    block = Block("住所", fields={"postcode": TextField("郵便番号", required=True)})


SENT = {"name": "ながい", "count": "0", "note": "ながいながい", "days": "x"}


def test_a_form_in_english_says_all_its_own_sentences_in_english():
    form = Everything(MultiDict(SENT), language="en")
    form.validate()

    assert len(form.errors) == len(SENT) + 4
    for errors in form.errors.values():
        for message in errors:
            assert LETTERS.search(message)
    text = Page(form.error_summary() + form.render()).all("fieldset")[0].text
    assert "(required)" in text
    assert "Choose" in form.school()


def test_a_form_in_japanese_holds_no_english_word():
    form = Everything(MultiDict(SENT))
    form.validate()

    page = Page(form.error_summary() + form.render())
    texts = [part for element in page.elements for part in element.parts]
    assert [text for text in texts if LETTERS.search(text)] == []


def test_blocks_and_their_fields_speak_the_language_of_the_form():
    form = Everything(MultiDict({"x": "1"}), language="en")
    form.validate()

    assert LETTERS.search(form.block["postcode"].errors[0])


def test_the_frame_of_one_language_is_not_shown_in_another():
    japanese, english = Everything(), Everything(language="en")

    assert japanese.school() != english.school()
    assert japanese.school() == Everything().school()


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "(required)"),
        ("en-GB", "(required)"),
        ("en_US", "(required)"),
        ("ja", "※必須"),
        ("fr", "※必須"),
        ("", "※必須"),
    ],
)
def test_languages_without_a_catalogue_are_japanese(language, expected):
    assert expected in Everything(language=language).name()


def test_a_gettext_of_ones_own_comes_first():
    assert "!" in Everything(language="en", gettext=lambda text: f"!{text}").name()


def messages_of_flask_wtf():
    """Sentences that the check of the token raises."""
    source = (Path(flask_wtf.__file__).parent / "csrf.py").read_text("utf-8")
    for node in ast.walk(ast.parse(source)):
        call = node.exc if isinstance(node, ast.Raise) else None
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "ValidationError":
            yield call.args[0].value


def test_every_message_of_the_token_has_its_japanese():
    messages = set(messages_of_flask_wtf())

    assert messages
    assert messages - set(WTFORMS) == set()


@pytest.mark.parametrize("english", WTFORMS)
def test_every_message_of_others_is_translated(english):
    translate = translator("en")

    assert JAPANESE.search(WTFORMS[english])
    assert not JAPANESE.search(translate(WTFORMS[english]))


@pytest.mark.parametrize(
    "validator",
    [
        validators.DataRequired(),
        validators.InputRequired(),
        validators.Length(min=3),
        validators.Length(max=1),
        validators.Length(min=3, max=4),
        validators.Length(min=3, max=3),
        validators.NumberRange(min=5),
        validators.Regexp("x"),
        validators.URL(),
        validators.UUID(),
        validators.IPAddress(),
        validators.MacAddress(),
        validators.AnyOf(["x"]),
        validators.NoneOf(["12"]),
        validators.EqualTo("other"),
        validators.EqualTo("missing"),
        validators.ReadOnly(),
        validators.Disabled(),
    ],
    ids=lambda validator: type(validator).__name__,
)
def test_validators_of_wtforms_say_no_english_word(validator):
    fields = {"value": TextField("値", [validator]), "other": TextField("他")}
    form = type("Two", (Form,), fields)(MultiDict({"value": "", "other": "x"}))
    if not isinstance(validator, validators.DataRequired | validators.InputRequired):
        form = type("Two", (Form,), fields)(MultiDict({"value": "12", "other": "x"}))
        form.value.data = 1 if isinstance(validator, validators.NumberRange) else "12"
    form.validate()

    for message in form.value.errors:
        assert JAPANESE.search(message)
        assert not re.search(r"[A-Z][a-z]+ [a-z]+", message)


def test_our_reader_reads_what_babel_reads():
    path = translations.FOLDER / "en.po"
    with path.open("rb") as stream:
        babel = {str(each.id): str(each.string) for each in read_po(stream) if each.id}

    assert read_catalogue(path) == babel


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('msgid "一"\nmsgstr "one"\n', {"一": "one"}),
        ('msgid ""\n"一"\n"二"\nmsgstr ""\n"one "\n"two"\n', {"一二": "one two"}),
        ('msgid "改\\n行"\nmsgstr "a\\n\\"b\\""\n', {"改\n行": 'a\n"b"'}),
        ('#, fuzzy\nmsgid "一"\nmsgstr "one"\n\nmsgid "二"\nmsgstr "two"\n', {"二": "two"}),
        ('#, python-format\nmsgid "一"\nmsgstr "one"\n', {"一": "one"}),
        ('msgid "一"\nmsgstr ""\n', {}),
        ('msgid "一"\nmsgid_plural "一つ"\nmsgstr[0] "one"\nmsgstr[1] "ones"\n', {}),
        ('msgctxt "月"\nmsgid "一"\nmsgstr "Jan"\n\nmsgid "二"\nmsgstr "two"\n', {"二": "two"}),
        ('#~ msgid "一"\n#~ msgstr "one"\n', {}),
        ("", {}),
    ],
)
def test_catalogues(tmp_path, text, expected):
    path = tmp_path / "en.po"
    path.write_text(text, "utf-8")

    assert read_catalogue(path) == expected


def test_a_line_that_is_none_of_a_catalogue_is_told(tmp_path):
    path = tmp_path / "en.po"
    path.write_text('msgid "一"\nmsgstr one\n', "utf-8")

    with pytest.raises(ValueError, match="line 2"):
        read_catalogue(path)
