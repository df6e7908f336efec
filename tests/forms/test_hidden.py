"""Hidden values: carried along as they are, escaped, without control characters around them."""

import pytest

from govkit.forms import HiddenField
from tests.forms.cases import check, posted
from tests.forms.page import Page

AS_SENT = [
    "a", "1", "0", "０", "on", "ON", "保存", "𠮷", "髙\U000e0100", "か\u3099", "\ufa19",
    "①", "㈱", "ﾊﾟ", "ＡＢ", "٣", "-1", "－", "ー", "1_000", "1,234", "1.5", "1E5", "=1", "+1",
    "@a", "'1", '"', "<b>", '"><script>', "&amp;", "{label}", "%s", "\\n", "a b", "a　b", "👍",
    "123456789018", "null", "None", "true", "../x", "a;b", "a|b", "x" * 300,
]  # fmt: skip
TIDIED = [
    ("  a ", "a", ""),
    ("a\x00b", "ab", ""),
    ("a\nb", "a b", ""),
    ("\u3000", None, ""),
    ("", None, ""),
    (None, None, ""),
]


@pytest.mark.parametrize("text", AS_SENT, ids=lambda text: ascii(text)[:40])
def test_a_value_comes_back_as_it_was_sent(text):
    check(HiddenField, (text, text, ""))
    (shown,) = (each for each in Page(posted(HiddenField, text)()).elements if each.tag == "input")
    assert shown["value"] == text
    assert shown.get("id") is None  # two forms of a page may carry the same along


@pytest.mark.parametrize("case", TIDIED, ids=ascii)
def test_what_cannot_be_stored_is_left_out(case):
    check(HiddenField, case)


def test_it_takes_no_focus_and_is_no_answer_to_check():
    assert posted(HiddenField, "a").focus_id == ""
    assert not HiddenField.is_answer
