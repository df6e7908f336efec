from uuid import UUID

import pytest

from govkit.forms import Form, SelectField
from tests.forms.cases import check, outcome, posted
from tests.forms.page import Page

CHOICES = [("01", "北海道"), ("13", "東京都"), ("26", "京都府"), ("x-y", "その他")]
CASES = [
    ("01", "01", ""),
    ("13", "13", ""),
    ("x-y", "x-y", ""),
    (["13", "26"], "13", ""),
    (["", "26"], None, ""),
    ("", None, ""),
    (None, None, ""),
    ([], None, ""),
    ("1", None, "choice_not_listed"),
    ("001", None, "choice_not_listed"),
    ("０１", None, "choice_not_listed"),
    ("٠١", None, "choice_not_listed"),
    ("01 ", None, "choice_not_listed"),
    (" 01", None, "choice_not_listed"),
    ("01\n", None, "choice_not_listed"),
    ("01\x00", None, "choice_not_listed"),
    ("\u200b01", None, "choice_not_listed"),
    ("1.0", None, "choice_not_listed"),
    ("'01", None, "choice_not_listed"),
    ('="01"', None, "choice_not_listed"),
    ("東京都", None, "choice_not_listed"),
    ("東京", None, "choice_not_listed"),
    ("選んでください", None, "choice_not_listed"),
    ("X-Y", None, "choice_not_listed"),
    ("x−y", None, "choice_not_listed"),
    ("xーy", None, "choice_not_listed"),
    ("48", None, "choice_not_listed"),
    ("-1", None, "choice_not_listed"),
    ("None", None, "choice_not_listed"),
    ("null", None, "choice_not_listed"),
    (" ", None, "choice_not_listed"),
    ("\u3000", None, "choice_not_listed"),
    ("\x00", None, "choice_not_listed"),
    ("\ud800", None, "choice_not_listed"),
    ("\ue000", None, "choice_not_listed"),
    ("<script>alert(1)</script>", None, "choice_not_listed"),
    ('"><script>', None, "choice_not_listed"),
    ("123456789018", None, "choice_not_listed"),
    ("01,13", None, "choice_not_listed"),
    ("9" * 5000, None, "choice_not_listed"),
]


@pytest.mark.parametrize("case", CASES, ids=ascii)
@pytest.mark.requirement("ASVS-2.2.1", "ASVS-2.2.2")
def test_one_out_of_a_list(case):
    check(SelectField("都道府県", choices=CHOICES), case)


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        (SelectField("県", choices=CHOICES, required=True), "", (None, "required")),
        (SelectField("県", choices=CHOICES, required=True), None, (None, "required")),
        (SelectField("学年", choices=[(1, "1年"), (2, "2年")], coerce=int), "2", (2, "")),
        (
            SelectField("校", choices=[(UUID(int=1), "一")], coerce=UUID),
            str(UUID(int=1)),
            (UUID(int=1), ""),
        ),
        (
            SelectField("校", choices=[(UUID(int=1), "一")], coerce=UUID),
            "1",
            (None, "choice_not_listed"),
        ),
        (SelectField("県", choices=CHOICES, readonly="済み", default="13"), "01", ("13", "")),
    ],
)
def test_options(field, typed, expected):
    assert outcome(field, typed) == expected


def test_the_first_line_is_blank_and_what_was_chosen_is_selected():
    page = Page(posted(SelectField("県", choices=CHOICES), "13")())

    assert [each["value"] for each in page.all("option")] == ["", "01", "13", "26", "x-y"]
    assert page.all("option")[0].text == "選んでください"
    assert [e["value"] for e in page.all("option") if "selected" in e.attributes] == ["13"]


def test_the_list_of_one_form_is_not_that_of_another():
    one = type("One", (Form,), {"value": SelectField("県", choices=CHOICES)})()
    other = type("One", (Form,), {"value": SelectField("県", choices=CHOICES[:1])})()
    translated = type("One", (Form,), {"value": SelectField("県", choices=CHOICES)})(
        gettext=lambda text: text.replace("北海道", "Hokkaido")
    )

    assert len(Page(one.value()).all("option")) == 5
    assert len(Page(other.value()).all("option")) == 2
    assert "Hokkaido" in translated.value()
    assert "Hokkaido" not in one.value()


def test_choices_may_change_between_two_renderings():
    form = type("One", (Form,), {"value": SelectField("県", choices=CHOICES)})(data={"value": "13"})
    before = form.value()
    form.value.choices = [("13", "東京")]

    assert "東京都" in before
    assert "東京都" not in form.value()
