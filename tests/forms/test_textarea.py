import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms import Form, Length, TextAreaField
from tests.forms.cases import check, outcome, posted
from tests.forms.page import Page

CASES = [
    ("一行", "一行", ""),
    ("一\n二", "一\n二", ""),
    ("一\r\n二", "一\n二", ""),
    ("一\r二", "一\n二", ""),
    ("一\n\r二", "一\n\n二", ""),
    ("一\u2028二", "一\n二", ""),
    ("一\u2029二", "一\n二", ""),
    ("一\x85二", "一\n二", ""),
    ("一\v二\f三", "一\n二\n三", ""),
    ("一\n\n\n二", "一\n\n\n二", ""),
    ("\n一", "一", ""),
    ("一\n", "一", ""),
    ("  一\n  二  ", "一\n  二", ""),
    ("\u3000一\n\u3000二", "一\n\u3000二", ""),
    ("一\t二", "一\t二", ""),
    ("・一\n・二", "・一\n・二", ""),
    ("髙\U000e0100橋\n𠮷田", "髙\U000e0100橋\n𠮷田", ""),
    ("\ufa19", "\ufa19", ""),
    ("か\u3099", "か\u3099", ""),
    ("①㈱№", "①㈱№", ""),
    ("ﾊﾝｶｸ", "ﾊﾝｶｸ", ""),
    ("👍", "👍", ""),
    ("a\u200bb\ufeffc", "abc", ""),
    ("a\u00adb", "ab", ""),
    ("a\x00b\x1bc", "abc", ""),
    ("\u202eabc", "abc", ""),
    ("<b>&amp;", "<b>&amp;", ""),
    ("</textarea>", "</textarea>", ""),
    ("{label} {}", "{label} {}", ""),
    ("=1+1", "=1+1", ""),
    ("None", "None", ""),
    ("一\n\ue000", None, "character_private_use"),
    ("\U000f0000", None, "character_private_use"),
    ("一\n\ufffd", None, "character_unreadable"),
    ("\ud800", None, "character_unreadable"),
    ("", None, ""),
    ("\n", None, ""),
    ("\r\n\r\n", None, ""),
    (" \u3000\t", None, ""),
    ("\u200b\n\ufeff", None, ""),
    ("\x00", None, ""),
    ("番号\n1234 5678 9018", None, "my_number_not_allowed"),
    ("1234\n5678\n9018", None, "my_number_not_allowed"),
    ("123456789012", "123456789012", ""),
]


@pytest.mark.parametrize("case", CASES, ids=ascii)
def test_several_lines(case):
    check(TextAreaField, case)


@pytest.mark.parametrize(
    ("typed", "limits", "expected"),
    [
        ("あいうえお", {"max": 5}, ("あいうえお", "")),
        ("あい\r\nうえ", {"max": 5}, ("あい\nうえ", "")),
        ("あい\r\nうえお", {"max": 5}, (None, "text_too_long")),
        ("葛\U000e0100" * 5, {"max": 5}, ("葛\U000e0100" * 5, "")),
        ("𠮷" * 6, {"max": 5}, (None, "text_too_long")),
        ("あ\n", {"min": 2}, (None, "text_too_short")),
        ("", {"min": 2}, (None, "")),
    ],
)
def test_lengths_are_counted_as_people_count(typed, limits, expected):
    assert outcome(TextAreaField("備考", [Length(**limits)]), typed) == expected


def test_a_required_one_is_asked_for():
    assert outcome(TextAreaField, "\r\n", required=True) == (None, "required")


def test_the_limit_is_told_without_a_script_and_counted_with_one():
    page = Page(posted(TextAreaField("備考", [Length(max=400)], support="例"), "x")())
    counter = page.by_id("value-counter")

    assert counter.text == "400文字まで入力できます"
    assert counter["data-text"] == "{count} / {limit}文字"
    assert counter["data-counter-for"] == "value"
    assert page.by_id("value")["aria-describedby"] == "value-support value-counter"


def test_without_a_limit_there_is_no_counter():
    assert "counter" not in posted(TextAreaField, "x")()


def test_what_was_typed_stays_inside_the_control():
    form = type("One", (Form,), {"note": TextAreaField("備考")})(data={"note": "</textarea><b>"})

    assert "".join(Page(form.note()).by_id("note").parts) == "\n</textarea><b>"


@given(st.text(st.characters(exclude_categories=["Cs", "Co", "Cn"])))
def test_cleaning_is_idempotent_and_lengthens_nothing(typed):
    declared = TextAreaField("文", guards_my_number=False)
    data, code = outcome(declared, typed)

    if not code and data is not None:
        assert outcome(declared, data) == (data, "")
        assert len(data) <= len(typed)
