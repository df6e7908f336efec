"""One box: yes or no; programs that send forms write words for no."""

import pytest

from govkit.forms import CheckboxField
from tests.forms.cases import check, outcome, posted
from tests.forms.page import Page

TICKED = [
    "y", "Y", "on", "ON", "1", "１", "true", "True", "yes", "はい", "チェック", "2", "-1", "01", "00",
    "𠮷", "=1", "+1", "@a", "<b>", '"><script>', "123456789018", "ｙ", "👍", "x" * 300, "0.0", "０.",
    "null", "None", "nope", "offer", "falsehood", ["1", "2"], ["y", ""], ["1", "0"],
]  # fmt: skip
NOT_TICKED = [
    None, "", " ", "\u3000", "\t", "0", "０", "false", "False", "FALSE", "ｆａｌｓｅ", "off", "Off",
    "no", "NO", " no ", ["0", "1"], ["", "1"], ["off"],
]  # fmt: skip


@pytest.mark.parametrize("sent", TICKED, ids=lambda sent: ascii(sent)[:40])
def test_a_box_that_was_sent_is_ticked(sent):
    check(CheckboxField, (sent, True, ""))
    assert outcome(CheckboxField, sent, required=True) == (True, "")


@pytest.mark.parametrize("sent", NOT_TICKED, ids=ascii)
def test_a_box_that_was_not_sent_is_not_ticked(sent):
    check(CheckboxField, (sent, False, ""))
    assert outcome(CheckboxField, sent, required=True) == (None, "required")


def test_the_box_alone_is_invalid_and_says_what_to_do():
    field = posted(CheckboxField, None, required=True)

    assert field.errors == ["「項目」を確かめて、チェックを入れてください"]
    assert Page(field()).by_id("value")["aria-invalid"] == "true"
