import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.forms import ResidenceCardField
from govkit.jp.residence_card import ResidenceCardNumber
from tests.forms.cases import check, posted
from tests.forms.digit_cases import DASHES, SPACES, UNSEEN

GOOD = "AB12345678CD"
FOR_DIGIT = "residence_card_letter_for_digit"
FOR_LETTER = "residence_card_digit_for_letter"
CASES = [
    (GOOD, GOOD, ""),
    ("ab12345678cd", GOOD, ""),
    ("ＡＢ１２３４５６７８ＣＤ", GOOD, ""),
    ("ａｂ１２３４５６７８ｃｄ", GOOD, ""),
    ("AB 12345678 CD", GOOD, ""),
    (" \u3000AB12345678CD\n", GOOD, ""),
    ("在留カード番号：AB12345678CD", GOOD, ""),
    ("在留カード等番号 AB12345678CD", GOOD, ""),
    ("No. AB12345678CD", GOOD, ""),
    ("番号AB12345678CD", GOOD, ""),
    ("'AB12345678CD", GOOD, ""),
    ('="AB12345678CD"', GOOD, ""),
    *[(f"AB{between}12345678CD", GOOD, "") for between in DASHES + SPACES + UNSEEN],
    ("OI00000000IO", "OI00000000IO", ""),
    ("NO12345678CD", "NO12345678CD", ""),
    ("", None, ""),
    ("　", None, ""),
    ("-", None, "residence_card_empty"),
    ("AB1234567OCD", None, FOR_DIGIT),
    ("ABI2345678CD", None, FOR_DIGIT),
    ("ABl2345678CD", None, FOR_DIGIT),
    ("ABO2345678CD", None, FOR_DIGIT),
    ("ABＯ2345678CD", None, FOR_DIGIT),
    ("0B12345678CD", None, FOR_LETTER),
    ("A112345678CD", None, FOR_LETTER),
    ("AB12345678C0", None, FOR_LETTER),
    ("АВ12345678СD", None, "residence_card_look_alike"),
    ("AB12345678CΟ", None, "residence_card_look_alike"),
    ("ABО2345678CD", None, "residence_card_look_alike"),
    ("АB12345678С0", None, "residence_card_look_alike"),
    ("AB12345678", None, "residence_card_wrong_length"),
    ("AB1234567CD", None, "residence_card_wrong_length"),
    ("AB123456789CD", None, "residence_card_wrong_length"),
    ("AB12345678CDE", None, "residence_card_wrong_length"),
    ("AB12345678CD\u0301", None, "residence_card_wrong_length"),
    ("12345678", None, "residence_card_wrong_length"),
    ("なし", None, "residence_card_wrong_length"),
    ("<script>alert(1)</script>", None, "residence_card_wrong_length"),
    ("AB1234X678CD", None, "residence_card_wrong_form"),
    ("ABCD12345678", None, "residence_card_wrong_form"),
    ("AB1234567٨CD", None, "residence_card_wrong_form"),
    ("ÄB12345678CD", None, "residence_card_wrong_form"),
    ("ßB12345678CD", None, "residence_card_wrong_form"),
    ("ſB12345678CD", None, "residence_card_wrong_form"),
    ("ıB12345678CD", None, "residence_card_wrong_form"),
    ("AB12345678C\ue000", None, "residence_card_wrong_form"),
    ("AB①②③④⑤⑥⑦⑧CD", None, "residence_card_wrong_form"),
    ("🄰B12345678CD", None, "residence_card_wrong_form"),
    ("あB12345678CD", None, "residence_card_wrong_form"),
    ("1.23E+11", None, "residence_card_spreadsheet"),
    ("123456789018", None, "my_number_not_allowed"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_residence_card(case):
    check(ResidenceCardField, case)


@pytest.mark.parametrize("typed", ["ABI2345678CD", "АВ12345678СD", "ABl2345678CD", "A812345678CD"])
def test_the_error_says_what_was_meant(typed):
    assert f"「{GOOD}」" in posted(ResidenceCardField, typed).errors[0]


@given(st.text("ABO0I1l－\u200b 12АОab", min_size=10, max_size=14))
def test_nothing_is_put_right_silently(text):
    try:
        number = ResidenceCardNumber.parse(text)
    except InvalidValue as error:
        if error.suggestion:
            assert str(ResidenceCardNumber.parse(error.suggestion)) == error.suggestion  # noqa: PT017
        return
    typed = [letter for letter in text.upper() if letter.isascii() and letter.isalnum()]
    assert str(number) == "".join(typed)
    assert ResidenceCardNumber.parse(str(number)) == number
