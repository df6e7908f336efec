import pytest

from govkit.forms import Length, PasswordField
from tests.forms.cases import check, outcome, posted
from tests.forms.page import Page

PASSWORDS = [
    ("秘密", "秘密", ""),
    (" 秘密 ", " 秘密 ", ""),
    ("\u3000", "\u3000", ""),
    (" ", " ", ""),
    ("\t", "\t", ""),
    ("a\nb", "a\nb", ""),
    ("a\x00b", "a\x00b", ""),
    ("\u200b", "\u200b", ""),
    ("ＡＢＣ", "ＡＢＣ", ""),
    ("か\u3099", "か\u3099", ""),
    ("が", "が", ""),
    ("\ufa19", "\ufa19", ""),
    ("葛\U000e0100", "葛\U000e0100", ""),
    ("👍", "👍", ""),
    ("\ue000", "\ue000", ""),
    ("<script>", "<script>", ""),
    ("{label}", "{label}", ""),
    ("%s", "%s", ""),
    ("=1", "=1", ""),
    ("123456789018", "123456789018", ""),
    ("x" * 1000, "x" * 1000, ""),
    ("correct horse battery", "correct horse battery", ""),
    ("'; DROP TABLE", "'; DROP TABLE", ""),
    ("\u202eabc", "\u202eabc", ""),
    ("\u00ad", "\u00ad", ""),
    ("\ufeff", "\ufeff", ""),
    ("ﾊﾟｽﾜｰﾄﾞ", "ﾊﾟｽﾜｰﾄﾞ", ""),
    ("①㈱", "①㈱", ""),
    ("٣٤", "٣٤", ""),
    ("ーｰ-－", "ーｰ-－", ""),
    ("&amp;", "&amp;", ""),
    ("\\n", "\\n", ""),
    ("a\r\nb", "a\r\nb", ""),
    ("0", "0", ""),
    ("None", "None", ""),
    ("\ud800", None, "character_unreadable"),
    ("a\udfff", None, "character_unreadable"),
    ("", None, ""),
    (None, None, ""),
]


@pytest.mark.parametrize("case", PASSWORDS, ids=lambda case: ascii(case)[:60])
@pytest.mark.requirement("ASVS-6.2.8")
def test_passwords_are_taken_as_typed(case):
    check(PasswordField, case)
    if case[0] and case[0].strip():
        assert case[0] not in posted(PasswordField, case[0])()


def test_limits_and_requirement():
    assert outcome(PasswordField, "", required=True) == (None, "required")
    assert outcome(PasswordField("p", [Length(min=15)]), "short") == (None, "text_too_short")


@pytest.mark.requirement("ASVS-6.2.6", "ASVS-6.2.7")
def test_the_browser_is_told_which_password_it_is():
    new = posted(PasswordField, "x", autocomplete="new-password")

    assert Page(new()).by_id("value")["autocomplete"] == "new-password"
    assert Page(posted(PasswordField, "x")()).by_id("value")["autocomplete"] == "current-password"


def test_it_is_no_answer_to_check():
    assert not PasswordField.is_answer
