from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest

from govkit.forms import Form, RadioField
from tests.forms.cases import check, outcome, posted
from tests.forms.page import Page


class Kind(Enum):
    IN = "in"
    OUT = "out"


CHOICES = [("in", "転入"), ("out", "転出"), ("0", "なし"), ("髙", "髙の字"), ("a b", "空白")]
CASES = [
    ("in", "in", ""),
    ("out", "out", ""),
    ("0", "0", ""),
    ("髙", "髙", ""),
    ("a b", "a b", ""),
    (["in", "out"], "in", ""),
    (["in", "x"], "in", ""),
    ("", None, ""),
    (None, None, ""),
    ([], None, ""),
    ("IN", None, "choice_not_listed"),
    (" in", None, "choice_not_listed"),
    ("in ", None, "choice_not_listed"),
    ("ｉｎ", None, "choice_not_listed"),
    ("転入", None, "choice_not_listed"),
    ("in\x00", None, "choice_not_listed"),
    ("in\u200b", None, "choice_not_listed"),
    ("高", None, "choice_not_listed"),
    ("00", None, "choice_not_listed"),
    ("０", None, "choice_not_listed"),
    ("٠", None, "choice_not_listed"),
    ("1", None, "choice_not_listed"),
    ("a\u3000b", None, "choice_not_listed"),
    ("a  b", None, "choice_not_listed"),
    ("None", None, "choice_not_listed"),
    ("True", None, "choice_not_listed"),
    (" ", None, "choice_not_listed"),
    ("\u3000", None, "choice_not_listed"),
    ("\x00", None, "choice_not_listed"),
    ("\ud800", None, "choice_not_listed"),
    ("\ue000", None, "choice_not_listed"),
    ("<script>alert(1)</script>", None, "choice_not_listed"),
    ('" onclick="x', None, "choice_not_listed"),
    ("in,out", None, "choice_not_listed"),
    ("['in']", None, "choice_not_listed"),
    ("123456789018", None, "choice_not_listed"),
    ("9" * 5000, None, "choice_not_listed"),
]


@pytest.mark.parametrize("case", CASES, ids=ascii)
def test_one_out_of_a_few(case):
    check(RadioField("区分", choices=CHOICES), case)


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        (RadioField("区分", choices=CHOICES, required=True), "", (None, "required")),
        (RadioField("区分", choices=CHOICES, required=True), None, (None, "required")),
        (RadioField("区分", choices=CHOICES, required=True), "x", (None, "choice_not_listed")),
        (
            RadioField("区分", choices=[(k, k.name) for k in Kind], coerce=Kind),
            "in",
            (Kind.IN, ""),
        ),
        (
            RadioField("区分", choices=[("in", "転入")], coerce=Kind),
            "out",
            (None, "choice_not_listed"),
        ),
        (RadioField("年", choices=[(1, "一"), (2, "二")], coerce=int), "2", (2, "")),
        (RadioField("年", choices=[(1, "一")], coerce=int), "1_0", (None, "choice_not_listed")),
        (RadioField("年", choices=[(1, "一")], coerce=int), "x", (None, "choice_not_listed")),
        (
            RadioField("率", choices=[(Decimal("0.5"), "半")], coerce=Decimal),
            "0.5",
            (Decimal("0.5"), ""),
        ),
        (
            RadioField("率", choices=[(Decimal("0.5"), "半")], coerce=Decimal),
            "x",
            (None, "choice_not_listed"),
        ),
        (
            RadioField("校", choices=[(UUID(int=1), "一")], coerce=UUID),
            "x",
            (None, "choice_not_listed"),
        ),
        (
            RadioField("色", choices=[("red", "赤")], coerce={"red": 1}.__getitem__),
            "blue",
            (None, "choice_not_listed"),
        ),
        (RadioField("区分", choices=lambda: CHOICES), "out", ("out", "")),
        (RadioField("区分", choices=()), "in", (None, "choice_not_listed")),
        (RadioField("区分", choices=CHOICES, readonly="受付済み", default="in"), "out", ("in", "")),
    ],
)
def test_options(field, typed, expected):
    assert outcome(field, typed) == expected


def test_the_group_has_legend_help_and_error_and_is_invalid_as_a_whole():
    page = Page(posted(RadioField("区分", choices=CHOICES, required=True, support="一つ"), "")())
    (group,) = page.all("fieldset")

    assert group["role"] == "radiogroup"
    assert group["aria-describedby"] == "value-error value-support"
    assert group["aria-required"] == "true"
    assert group["aria-invalid"] == "true"
    assert page.all("legend")[0].text == "区分※必須"
    assert {each["type"] for each in page.all("input")} == {"radio"}


def test_the_first_button_is_where_the_summary_leads():
    field = posted(RadioField("区分", choices=CHOICES, required=True), "")

    assert field.error_entries() == [("value-0", "区分を選んでください")]


def test_titles_are_escaped_and_nothing_is_chosen_beforehand():
    html = posted(RadioField("区分", choices=[("<", "<b>")]), "")()

    assert "<b>" not in html
    assert "checked" not in html


def test_the_answer_is_the_title():
    assert posted(RadioField("区分", choices=CHOICES), "out").answer == "転出"


def test_a_choice_that_cannot_be_changed_is_shown_as_text():
    form = type("One", (Form,), {"kind": RadioField("区分", choices=CHOICES, readonly="済み")})
    page = Page(form(data={"kind": "out"}).kind())

    assert [each["type"] for each in page.all("input")] == ["text"]
    assert page.all("input")[0]["value"] == "転出"
    assert "readonly" in page.all("input")[0].attributes
