import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.forms import CorporateNumberField
from govkit.jp.corporate import CorporateNumber
from tests.forms.cases import check, outcome, posted
from tests.forms.digit_cases import refused, taken

GOOD = "8000020130001"  # 東京都
CASES = [
    *taken(GOOD),
    *refused(GOOD, "corporate_number_not_digits"),
    ("", None, ""),
    ("　\u200b", None, ""),
    ("ー", None, "corporate_number_empty"),
    ("8-1234-5678-9018", None, "corporate_number_check_digit"),
    ("T", None, "corporate_number_empty"),
    ("T8000020130001", GOOD, ""),
    ("Ｔ８０００－０２０１－３０００１", GOOD, ""),
    ("t-8000020130001", GOOD, ""),
    ("法人番号：8000020130001", GOOD, ""),
    ("法人番号8000020130001", GOOD, ""),
    ("8-0000-2013-0001", GOOD, ""),
    ("8000020130010", None, "corporate_number_check_digit"),
    ("9000020130001", None, "corporate_number_check_digit"),
    ("0000020130001", None, "corporate_number_check_digit"),
    ("0000000000000", None, "corporate_number_check_digit"),
    ("９９９９９９９９９９９９９", "9999999999999", ""),
    ("000020130001", None, "corporate_number_registry_number"),
    ("0000-20-130001", None, "corporate_number_registry_number"),
    ("T000020130001", None, "corporate_number_registry_number"),
    ("123456789018", None, "my_number_not_allowed"),
    ("1234-5678-9018", None, "my_number_not_allowed"),
    ("800002013000", None, "corporate_number_registry_number"),
    ("80000201300011", None, "corporate_number_wrong_length"),
    ("80000201300", None, "corporate_number_wrong_length"),
    ("8" * 5000, None, "corporate_number_wrong_length"),
    ("8", None, "corporate_number_wrong_length"),
    ("8E+12", None, "corporate_number_spreadsheet"),
    ("8.00002E+12", None, "corporate_number_spreadsheet"),
    ("Т8000020130001", None, "corporate_number_not_digits"),
    ("TT8000020130001", None, "corporate_number_not_digits"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_corporate_number(case):
    check(CorporateNumberField, case)


def test_the_number_of_the_register_is_told_with_its_corporate_number():
    error = posted(CorporateNumberField, "000020130001").errors[0]
    assert "会社法人等番号" in error
    assert f"「{GOOD}」" in error


def test_what_could_be_an_individual_number_is_not_shown_again():
    field = posted(CorporateNumberField, "123456789018")
    assert "123456789018" not in field()
    assert "123456789018" not in repr(field.errors)


def test_a_municipality_is_told_by_its_code():
    value = posted(CorporateNumberField, "9000020132021").value
    read = value or CorporateNumber(CorporateNumber.check_digit("000020132021") + "000020132021")
    assert str(read.municipality) == "132021"
    assert CorporateNumber.parse("9999999999999").municipality is None
    assert CorporateNumber("7000020132022").municipality is None
    assert read.registry_number == "000020132021"


@given(st.from_regex("[0-9]{12}", fullmatch=True), st.integers(0, 12), st.integers(1, 9))
def test_a_wrong_digit_is_caught_but_for_0_and_9(twelve, place, change):
    good = CorporateNumber.check_digit(twelve) + twelve
    digit = str((int(good[place]) + change) % 10)
    wrong = good[:place] + digit + good[place + 1 :]
    is_caught = outcome(CorporateNumberField, wrong)[1] == "corporate_number_check_digit"
    assert is_caught or {good[place], digit} == {"0", "9"}


@given(st.text())
def test_reading_is_idempotent(text):
    try:
        number = CorporateNumber.parse(text)
    except InvalidValue:
        return
    assert CorporateNumber.parse(str(number)) == number
