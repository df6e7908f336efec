import json

import pytest
from werkzeug.datastructures import MultiDict

from govkit.forms import (
    Block,
    CheckboxesField,
    CheckboxField,
    Form,
    IntegerField,
    RadioField,
    TextField,
)
from govkit.forms.conditions import describe
from govkit.forms.rules import Rule, When
from tests.forms.page import Page

KINDS = [("in", "転入"), ("move", "転居"), ("out", "転出")]


class Notice(Form):
    kind = RadioField("届出の種類", choices=KINDS, required=True)
    former = TextField("前の市区町村", required=True, show_if=When("kind", equals="in"))
    has_former = RadioField(
        "前の住所に家族が残るか",
        choices=[("yes", "はい"), ("no", "いいえ")],
        required=True,
        show_if=When("former", filled=True),
    )
    number = IntegerField("人数", required=True, show_if=Rule.parse("kind = in, move"))
    home = Block(
        "新しい住所",
        fields={
            "city": TextField("市区町村", required=True),
            "room": TextField("部屋", required=True, show_if=When("kind", equals="move")),
        },
        show_if=Rule.parse("kind != out"),
    )


def read(**values):
    form = Notice(MultiDict(values))
    form.validate()
    return form


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, {"kind", "home"}),
        ({"kind": "out"}, set()),
        ({"kind": "in"}, {"former", "number", "home"}),
        ({"kind": "in", "former": "昭島市"}, {"has_former", "number", "home"}),
        ({"kind": "move"}, {"number", "home"}),
        ({"kind": "move", "number": "2", "home-city": "立川市"}, {"home"}),
        ({"kind": "move", "number": "2", "home-city": "立川市", "home-room": "1"}, set()),
        ({"kind": "out", "number": "二人", "former": "x" * 999}, set()),
        ({"kind": "out", "former": "昭島市"}, set()),
        ({"kind": "move", "number": "二人", "home-city": "a", "home-room": "1"}, {"number"}),
        ({"kind": "nonsense"}, {"kind", "home"}),
        ({"kind": "out", "former": "123456789018"}, set()),
    ],
)
def test_a_question_that_is_not_asked_is_neither_required_nor_judged(values, wrong):
    form = read(sent="1", **values)

    assert set(form.errors) == wrong
    assert set(Page(form.error_summary()).html.split('href="#')) if wrong else True


def test_its_value_is_no_part_of_the_data():
    form = read(kind="out", former="昭島市", number="2", **{"home-city": "立川市"})

    assert form.data == {
        "kind": "out",
        "former": None,
        "has_former": None,
        "number": None,
        "home": None,
    }
    assert form.former.data is None
    assert form.number.data is None
    assert form.home.data == {"city": None, "room": None}


def test_inside_a_block_too():
    form = read(kind="in", former="x", has_former="no", number="1", **{"home-city": "立川市", "home-room": "9"})  # fmt: skip

    assert form.errors == {}
    assert form.home.data == {"city": "立川市", "room": None}


def test_what_was_typed_is_kept_while_something_else_is_wrong():
    form = read(kind="move", former="昭島市")

    assert form.number.errors
    assert form.data["former"] is None
    assert Page(form.former()).by_id("former")["value"] == "昭島市"


def test_the_page_holds_every_question_with_a_sentence_and_data_for_the_script():
    page = Page(Notice().render())

    wrapped = [
        json.loads(each["data-show-if"]) for each in page.all("div") if each.get("data-show-if")
    ]
    assert wrapped == [
        ["=", "kind", "in"],
        ["filled", "former"],
        ["=", "kind", "in", "move"],
        ["not", ["=", "kind", "out"]],
        ["=", "kind", "move"],
    ]
    assert page.by_id("former")["aria-describedby"] == "former-condition"
    note = page.by_id("former-condition").text
    assert note == "「届出の種類」が「転入」のときだけ、答えてください。"


def test_a_question_that_other_pages_rule_out_is_not_on_the_page():
    class Later(Form):
        former = TextField("前の市区町村", required=True, show_if=When("kind", equals="in"))
        both = TextField("両方", show_if=Rule.parse("kind = in and former"))

    out = Later(meta={"answers": {"kind": "out"}})
    assert out.render() == ""
    moved_in = Later(MultiDict({"x": "1"}), meta={"answers": {"kind": "in"}})
    html = moved_in.render()
    assert 'data-show-if="[&#34;filled&#34;, &#34;former&#34;]"' in html
    assert html.count("data-show-if") == 1
    assert "former-condition" not in html
    assert not moved_in.validate()
    assert Later(MultiDict({"x": "1"}), meta={"answers": {"kind": "out"}}).validate()


def test_a_condition_on_itself_is_a_slip_of_the_pen():
    class Circle(Form):
        one = TextField("一", show_if=When("two", filled=True))
        two = TextField("二", show_if=When("one", filled=True))

    with pytest.raises(ValueError, match="depends on itself"):
        Circle(MultiDict({"one": "x", "two": "y"})).validate()


class Words(Form):
    kind = RadioField("種類", choices=KINDS)
    days = CheckboxesField("曜日", choices=[("mon", "月"), ("tue", "火")])
    count = IntegerField("人数")
    agreed = CheckboxField("同意する")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("kind = in", "「種類」が「転入」のときだけ、答えてください。"),
        ("kind = in, out", "「種類」が「転入」か「転出」のときだけ、答えてください。"),
        ("kind != in", "次のときだけ、答えてください：「種類」が「転入」以外"),
        ("agreed", "次のときだけ、答えてください：「同意する」に答えた"),
        ("not agreed", "次のときだけ、答えてください：「同意する」に答えていない"),
        ("count >= 2", "次のときだけ、答えてください：「人数」が2以上"),
        ("count <= 2", "次のときだけ、答えてください：「人数」が2以下"),
        ("count > 2", "次のときだけ、答えてください：「人数」が2より大きい"),
        ("count < 2", "次のときだけ、答えてください：「人数」が2より小さい"),
        ("not count < 2", "次のときだけ、答えてください：（「人数」が2より小さい）ではない"),
        (
            "kind = in and days = mon",
            "次のときだけ、答えてください：「種類」が「転入」、かつ「曜日」が「月」",
        ),
        (
            "kind = in or days = mon and count > 1",
            "次のときだけ、答えてください：「種類」が「転入」、または（「曜日」が「月」、かつ「人数」が1より大きい）",
        ),
        (
            "not (kind = in or agreed)",
            "次のときだけ、答えてください：（「種類」が「転入」、または「同意する」に答えた）ではない",
        ),
    ],
)
def test_a_rule_in_words(rule, words):
    assert describe(Rule.parse(rule), Words()) == words


class Account(Form):
    kind = RadioField("種類", choices=[("bank", "銀行"), ("post", "ゆうちょ")], required=True)
    bank = TextField("銀行名", required=True, show_if=When("kind", equals="bank"))
    branch = TextField("支店名", required=True, show_if=When("kind", equals="bank"))
    symbol = TextField("記号", required=True, show_if=When("kind", equals="post"))


def test_questions_in_a_row_with_one_condition_say_it_once():
    page = Page(Account().render())

    notes = [each["id"] for each in page.all("p") if each.get("class") == "gk-conditional__note"]
    assert notes == ["bank-condition", "symbol-condition"]
    assert page.by_id("branch")["aria-describedby"] == "bank-condition"


def test_an_answer_that_cannot_change_settles_what_is_asked():
    class Fixed(Account):
        kind = RadioField("種類", choices=[("bank", "銀行"), ("post", "ゆうちょ")], readonly="済み")

    html = str(Fixed(data={"kind": "bank"}).render())

    assert 'name="bank"' in html
    assert 'name="symbol"' not in html
    assert "data-show-if" not in html
