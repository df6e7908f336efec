import pytest

from govkit.forms import AccountNumberField, BankCodeField, BranchCodeField
from tests.forms.cases import check, outcome, posted
from tests.forms.digit_cases import refused, taken

NOT_DIGITS, LENGTH, LOST = "bank_code_not_digits", "bank_code_wrong_length", "bank_code_lost_zero"
SHARED = [
    ("", None, ""),
    ("　", None, ""),
    ("-", None, NOT_DIGITS),
    ("1E+06", None, "bank_code_spreadsheet"),
    ("123456789018", None, "my_number_not_allowed"),
]
BANK = [
    *taken("0123"),
    *refused("0123", NOT_DIGITS),
    *SHARED,
    ("0000", "0000", ""),
    ("9900", "9900", ""),
    ("1", None, LOST),
    ("１", None, LOST),
    ("1.0", None, LOST),
    ("123", None, LOST),
    ("01234", None, LENGTH),
    ("みずほ銀行", None, NOT_DIGITS),
]
BRANCH = [
    *taken("012"),
    *refused("012", NOT_DIGITS),
    *SHARED,
    ("000", "000", ""),
    ("〇〇八", None, NOT_DIGITS),
    ("1", None, LOST),
    ("12", None, LOST),
    ("0012", None, LENGTH),
]
ACCOUNT = [
    *taken("0123456"),
    *refused("0123456", NOT_DIGITS),
    *SHARED,
    ("123-4567", "1234567", ""),
    ("123456", None, LOST),
    ("1234", None, LOST),
    ("123456.0", None, LOST),
    ("123", None, LENGTH),
    ("12345678", None, LENGTH),
    ("10980-12345671", None, LENGTH),
]


@pytest.mark.parametrize("case", BANK, ids=repr)
def test_bank_code(case):
    check(BankCodeField, case)


@pytest.mark.parametrize("case", BRANCH, ids=repr)
def test_branch_code(case):
    check(BranchCodeField, case)


@pytest.mark.parametrize("case", ACCOUNT, ids=repr)
def test_account_number(case):
    check(AccountNumberField, case)


@pytest.mark.parametrize(
    ("field", "typed", "meant"),
    [
        (BankCodeField, "1", "0001"),
        (BranchCodeField, "12", "012"),
        (AccountNumberField, "123456", "0123456"),
    ],
)
def test_zeros_are_asked_for_and_never_put_in_silently(field, typed, meant):
    assert outcome(field, typed) == (None, LOST)
    assert f"「{meant}」" in posted(field, typed).errors[0]
