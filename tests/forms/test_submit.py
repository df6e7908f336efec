"""Buttons: true for the one that was pressed, whatever its value."""

import pytest

from govkit.forms import SubmitField
from tests.forms.cases import check, posted
from tests.forms.page import Page

SENT = [
    "a", "1", "0", "０", "on", "ON", "保存", "𠮷", "髙\U000e0100", "か\u3099", "\ufa19",
    "①", "㈱", "ﾊﾟ", "ＡＢ", "٣", "-1", "－", "ー", "1_000", "1,234", "1.5", "1E5", "=1", "+1",
    "@a", "'1", '"', "<b>", '"><script>', "&amp;", "{label}", "%s", "\\n", "a b", "a　b", "👍",
    "123456789018", "null", "None", "true", "../x", "a;b", "a|b", "x" * 300,
    "", " ", "\x00", ["1", "2"],
]  # fmt: skip


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: ascii(sent)[:40])
def test_a_button_that_was_pressed_is_true(sent):
    check(SubmitField, (sent, True, ""))


def test_a_button_that_was_not_pressed_is_false():
    check(SubmitField, (None, False, ""))


def test_what_was_sent_does_not_show_in_the_page_and_is_no_answer_to_check():
    assert "<b>" not in posted(SubmitField, "<b>")()
    assert [each.text for each in Page(posted(SubmitField, "x")()).all("button")] == ["項目"]
    assert not SubmitField.is_answer
