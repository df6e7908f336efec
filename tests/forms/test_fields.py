from datetime import date
from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage, MultiDict

from govkit.forms import (
    DateField,
    FileField,
    FileSize,
    FileType,
    Form,
    HiddenField,
    IntegerField,
    Length,
    PasswordField,
    SubmitField,
    TextAreaField,
    TextField,
)
from tests.forms.page import Page

MY_NUMBER = "123456789018"


class Sheet(Form):
    name = TextField("氏名", required=True, support="住民票のとおり", autocomplete="name", width=16)
    note = TextAreaField("備考", [Length(max=20)], rows=3)
    number = IntegerField("出席番号")
    birth = DateField("生年月日", autocomplete="bday")
    password = PasswordField("パスワード")
    hidden = HiddenField("区分")
    extract = FileField("抽出ファイル", [FileType(".csv", ".txt"), FileSize(1)])
    save = SubmitField("保存する")


def read(**values):
    form = Sheet(MultiDict({"hidden": "x", **values}))
    form.validate()
    return form


@pytest.mark.parametrize("typed", ["", " ", "\u3000", "\n\t", "\x00", "\x1f\x7f"])
def test_blank_text_is_none(typed):
    assert read(name=typed).name.data is None
    assert read(note=typed).note.data is None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("髙\U000e0100橋\u3000𠮷子", "髙\U000e0100橋\u3000𠮷子"),
        ("邉\ufa19", "邉\ufa19"),
        ("か\u3099", "か\u3099"),
        ("\u3000山田 ", "山田"),
        ("山\x00田\x1b", "山田"),
        ("山田\r\n花子", "山田 花子"),
    ],
)
def test_text_keeps_its_letters(typed, expected):
    assert read(name=typed).name.data == expected


def test_text_areas_keep_lines_with_one_kind_of_end():
    assert read(note="一\r\n二\r三\n").note.data == "一\n二\n三"


@pytest.mark.parametrize(
    ("typed", "expected"), [("12", 12), ("１２", 12), ("007", 7), (" 5 ", 5), ("0", 0)]
)
def test_numbers_are_digits_of_either_width(typed, expected):
    assert read(number=typed).number.data == expected


@pytest.mark.parametrize("typed", ["1_000", "٣", "十", "+1", "²", "1/2"])
def test_other_numbers_are_refused_and_shown_again(typed):
    form = read(number=typed)

    assert form.number.data is None
    assert form.number.errors == ["出席番号は数字だけで入力してください（例：12）"]
    assert Page(form.number()).by_id("number")["value"] == typed


def test_a_day_is_shown_in_western_years_with_an_example():
    page = Page(Sheet(data={"birth": date(2020, 4, 2)}).birth())

    assert page.by_id("birth")["value"] == "2020年4月2日"
    assert page.by_id("birth")["aria-describedby"] == "birth-support"
    assert "令和8年4月1日" in page.by_id("birth-support").text


@pytest.mark.parametrize(
    "typed",
    [MY_NUMBER, "1234-5678-9018", "１２３４　５６７８　９０１８", f"番号は{MY_NUMBER}です"],
)
@pytest.mark.parametrize("name", ["name", "note", "number", "birth"])
def test_my_number_is_refused_and_appears_nowhere(name, typed):
    form = read(**{name: typed})
    field = form[name]

    (error,) = field.errors
    assert "個人番号（マイナンバー）は入力できません" in error
    assert field.data is None
    html = field() + form.error_summary() + repr(form.data) + repr(form.errors)
    for shown in (typed, MY_NUMBER, MY_NUMBER[4:], "5678"):
        assert shown not in html


def test_twelve_digits_with_a_wrong_check_digit_are_no_my_number():
    assert read(name="123456789012").name.data == "123456789012"


def test_a_field_may_be_told_to_take_my_number():
    class Declared(Form):
        number = TextField("会社法人等番号", guards_my_number=False)

    form = Declared(MultiDict({"number": MY_NUMBER}))

    assert form.validate()
    assert form.number.data == MY_NUMBER


def test_a_password_is_taken_as_typed_and_never_shown_again():
    form = read(password=" 秘密 \u3000")

    assert form.password.data == " 秘密 \u3000"
    html = form.password()
    assert "秘密" not in html
    assert Page(html).by_id("password")["type"] == "password"
    assert Page(html).by_id("password")["autocomplete"] == "current-password"


def test_the_pressed_button_is_true():
    assert read(save="1").save.data is True
    assert read().save.data is False
    assert Page(Sheet().save()).all("button")[0].text == "保存する"


def test_a_hidden_field_is_only_an_input():
    page = Page(Sheet(data={"hidden": '"><b>'}).hidden())

    assert [each.tag for each in page.elements] == ["input"]
    assert page.elements[0]["value"] == '"><b>'


def test_a_blank_field_shows_label_mark_help_and_autocomplete():
    page = Page(Sheet().name())
    control = page.by_id("name")

    assert page.all("label")[0]["for"] == "name"
    assert page.all("label")[0].text == "氏名※必須"
    assert control["autocomplete"] == "name"
    assert control["data-width"] == "16"
    assert control["aria-required"] == "true"
    assert control["aria-describedby"] == "name-support"
    assert control.get("aria-invalid") is None
    assert control.get("placeholder") is None
    assert "autofocus" not in control.attributes


def test_a_field_in_error_names_its_error_before_its_help():
    page = Page(read(name="").name())
    control = page.by_id("name")

    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"] == "name-error name-support"
    assert page.by_id("name-error").text == "氏名を入力してください"
    tags = [each.get("id") for each in page.elements if each.get("id")]
    assert tags == ["name-support", "name", "name-error"]


def test_digit_fields_ask_for_the_number_keyboard():
    assert Page(Sheet().number()).by_id("number")["inputmode"] == "numeric"


def test_what_was_typed_is_escaped():
    html = read(name='"><script>x</script>', note="</textarea><script>").render()

    assert "<script>" not in html
    assert Page(html).by_id("name")["value"] == '"><script>x</script>'


def test_extra_attributes_reach_the_control():
    assert Page(Sheet().name(lang="en")).by_id("name")["lang"] == "en"


def test_a_limited_text_area_carries_a_counter_for_the_script():
    page = Page(Sheet(data={"note": "\n二行目から"}).note())

    counter = next(each for each in page.all("p") if each.get("data-limit"))
    assert counter["data-counter-for"] == "note"
    assert counter["data-limit"] == "20"
    assert counter.text == "20文字まで入力できます"
    assert page.by_id("note")["aria-describedby"] == "note-counter"
    assert page.by_id("note")["rows"] == "3"
    # HTML drops one line end after the tag; the template must write that one itself.
    assert "".join(page.by_id("note").parts) == "\n\n二行目から"


def test_only_one_field_asks_for_the_focus_and_errors_come_first():
    class Login(Form):
        login = TextField("ログイン名", required=True, autofocus=True)

    form = Login(MultiDict({"login": ""}))
    form.validate()

    assert "autofocus" in Page(Login().login()).by_id("login").attributes
    assert "autofocus" not in Page(form.login()).by_id("login").attributes


def upload(name, body=b"x"):
    file = FileStorage(stream=BytesIO(body), filename=name)
    form = Sheet(MultiDict(), files=MultiDict({"extract": file}))
    form.validate()
    return form.extract


def test_no_file_chosen_is_blank():
    assert upload("").data is None
    assert upload("").errors == []


def test_a_file_is_taken_whole_after_being_measured():
    field = upload("住民票.CSV", b"abc")

    assert field.errors == []
    assert field.data.stream.read() == b"abc"


def test_other_kinds_and_sizes_of_files_are_refused():
    assert upload("住民票.xlsx").errors == ["抽出ファイルは.csv、.txtのファイルを選んでください"]
    assert upload("住民票.csv", b"x" * 1_000_001).errors == [
        "抽出ファイルは1MB以下のファイルを選んでください"
    ]


def test_a_file_field_tells_the_browser_what_it_accepts():
    assert Page(Sheet().extract()).by_id("extract")["accept"] == ".csv,.txt"


def test_a_required_file_is_asked_for():
    class Upload(Form):
        extract = FileField("抽出ファイル", required=True)

    form = Upload(MultiDict({"x": "1"}))
    form.validate()

    assert form.extract.errors == ["抽出ファイルを選んでください"]
