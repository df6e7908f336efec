import pytest

from govkit.forms import CheckboxesField, CheckboxField, Form
from tests.forms.cases import check, outcome, posted
from tests.forms.page import Page

CHOICES = [("ramp", "段差の解消"), ("sign", "手話"), ("braille", "点字"), ("none", "どれもない")]
CASES = [
    ("ramp", ["ramp"], ""),
    (["ramp", "sign"], ["ramp", "sign"], ""),
    (["sign", "ramp"], ["ramp", "sign"], ""),
    (["ramp", "ramp"], ["ramp"], ""),
    (["ramp", "sign", "braille"], ["ramp", "sign", "braille"], ""),
    (["", "ramp"], ["ramp"], ""),
    ("", [], ""),
    (None, [], ""),
    ([], [], ""),
    ("none", ["none"], ""),
    (["none", "none"], ["none"], ""),
    (["none", "ramp"], None, "choice_none_with_others"),
    (["ramp", "none"], None, "choice_none_with_others"),
    (["ramp", "sign", "braille", "none"], None, "choice_none_with_others"),
    (["none", "x"], None, "choice_not_listed"),
    ("x", None, "choice_not_listed"),
    (["ramp", "x"], None, "choice_not_listed"),
    (["x", "ramp"], None, "choice_not_listed"),
    ("RAMP", None, "choice_not_listed"),
    ("ｒａｍｐ", None, "choice_not_listed"),
    (" ramp", None, "choice_not_listed"),
    ("ramp,sign", None, "choice_not_listed"),
    ("段差の解消", None, "choice_not_listed"),
    ("ramp\u200b", None, "choice_not_listed"),
    ("ramp\x00", None, "choice_not_listed"),
    ("on", None, "choice_not_listed"),
    ("1", None, "choice_not_listed"),
    (" ", None, "choice_not_listed"),
    ("\u3000", None, "choice_not_listed"),
    ("\x00", None, "choice_not_listed"),
    ("\ud800", None, "choice_not_listed"),
    ("\ue000", None, "choice_not_listed"),
    ("None", None, "choice_not_listed"),
    ("['ramp']", None, "choice_not_listed"),
    ("<script>", None, "choice_not_listed"),
    ("123456789018", None, "choice_not_listed"),
    ("9" * 5000, None, "choice_not_listed"),
    ([str(number) for number in range(1000)], None, "choice_not_listed"),
    (["ramp"] * 1000, ["ramp"], ""),
    (["NONE", "ramp"], None, "choice_not_listed"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case)[:60])
def test_several_out_of_a_few(case):
    check(CheckboxesField("配慮", choices=CHOICES, none="none"), case)


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        (CheckboxesField("配慮", choices=CHOICES, required=True), None, (None, "required")),
        (CheckboxesField("配慮", choices=CHOICES, required=True), "", (None, "required")),
        (
            CheckboxesField("配慮", choices=CHOICES, required=True, none="none"),
            "none",
            (["none"], ""),
        ),
        (CheckboxesField("配慮", choices=CHOICES), ["none", "ramp"], (["ramp", "none"], "")),
        (
            CheckboxesField("学年", choices=[(1, "1年"), (2, "2年")], coerce=int),
            ["2", "1"],
            ([1, 2], ""),
        ),
        (
            CheckboxesField("学年", choices=[(1, "1年"), (0, "なし")], coerce=int, none=0),
            ["0", "1"],
            (None, "choice_none_with_others"),
        ),
        (
            CheckboxesField("学年", choices=[(1, "1年")], coerce=int),
            ["1", "x"],
            (None, "choice_not_listed"),
        ),
        (
            CheckboxesField("配慮", choices=CHOICES, readonly="済み", default=["sign"]),
            "ramp",
            (["sign"], ""),
        ),
    ],
)
def test_options(field, typed, expected):
    assert outcome(field, typed) == expected


def test_the_excluding_choice_is_named_in_the_sentence_and_known_to_the_script():
    field = posted(CheckboxesField("配慮", choices=CHOICES, none="none"), ["none", "sign"])
    page = Page(field())

    assert "「どれもない」" in field.errors[0]
    assert [each["value"] for each in page.all("input") if "data-excludes" in each.attributes] == [
        "none"
    ]
    assert [each["value"] for each in page.all("input") if "checked" in each.attributes] == [
        "sign",
        "none",
    ]
    assert field.error_entries()[0][0] == "value-0"


def test_the_answer_lists_the_titles_in_the_order_of_the_list():
    assert (
        posted(CheckboxesField("配慮", choices=CHOICES), ["sign", "ramp"]).answer
        == "段差の解消、手話"
    )


BOX = [
    ("1", True, ""),
    ("on", True, ""),
    ("y", True, ""),
    (["1", "1"], True, ""),
    ("0", False, ""),
    ("false", False, ""),
    ("", False, ""),
    (None, False, ""),
]


@pytest.mark.parametrize("case", BOX, ids=ascii)
def test_one_box(case):
    check(CheckboxField, case)


def test_a_required_box_must_be_ticked():
    assert outcome(CheckboxField, None, required=True) == (None, "required")
    assert outcome(CheckboxField, "1", required=True) == (True, "")


def test_the_answer_of_a_box_is_yes_or_no():
    form = type("One", (Form,), {"agreed": CheckboxField("確かめた")})

    assert form(data={"agreed": True}).agreed.answer == "はい"
    assert form().agreed.answer == "いいえ"
