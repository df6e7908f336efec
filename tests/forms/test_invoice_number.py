import pytest

from govkit.forms import InvoiceNumberField
from tests.forms.cases import check, posted
from tests.forms.digit_cases import DASHES, SPACES, UNSEEN

GOOD = "T8000020130001"
CASES = [
    (GOOD, GOOD, ""),
    ("t8000020130001", GOOD, ""),
    ("Ｔ８００００２０１３０００１", GOOD, ""),
    ("ｔ８００００２０１３０００１", GOOD, ""),
    ("T-8000020130001", GOOD, ""),
    ("T 8000-0201-30001", GOOD, ""),
    ("登録番号：T8000020130001", GOOD, ""),
    ("登録番号 Ｔ8000020130001", GOOD, ""),
    ("適格請求書発行事業者登録番号:T8000020130001", GOOD, ""),
    ("'T8000020130001", GOOD, ""),
    ('="T8000020130001"', GOOD, ""),
    *[(f"T{between}8000020130001", GOOD, "") for between in DASHES + SPACES + UNSEEN],
    ("", None, ""),
    ("　", None, ""),
    ("-", None, "invoice_number_empty"),
    ("8000020130001", None, "invoice_number_missing_t"),
    ("８０００－０２０１３０００１", None, "invoice_number_missing_t"),
    ("8000020130001.0", None, "invoice_number_missing_t"),
    ("Т8000020130001", None, "invoice_number_look_alike"),
    ("Τ8000020130001", None, "invoice_number_look_alike"),
    ("T8OOOO2O13OOO1", None, "invoice_number_look_alike"),
    ("T8000020I30001", None, "invoice_number_look_alike"),
    ("T", None, "invoice_number_wrong_length"),
    ("T800002013000", None, "invoice_number_wrong_length"),
    ("T80000201300011", None, "invoice_number_wrong_length"),
    ("800002013001", None, "invoice_number_wrong_length"),
    ("T8000020130010", None, "invoice_number_check_digit"),
    ("T0000000000000", None, "invoice_number_check_digit"),
    ("TT8000020130001", None, "invoice_number_not_digits"),
    ("A8000020130001", None, "invoice_number_not_digits"),
    ("T800002013000١", None, "invoice_number_not_digits"),
    ("T①②③", None, "invoice_number_not_digits"),
    ("T8000020130001\u0301", None, "invoice_number_not_digits"),
    ("T8000020130001\ue000", None, "invoice_number_not_digits"),
    ("〒8000020130001", None, "invoice_number_not_digits"),
    ("=T8000020130001", None, "invoice_number_not_digits"),
    ("T8,000,020,130,001", None, "invoice_number_not_digits"),
    ("申請中", None, "invoice_number_not_digits"),
    ("<script>", None, "invoice_number_not_digits"),
    ("8E+12", None, "invoice_number_spreadsheet"),
    ("8.00002E+12", None, "invoice_number_spreadsheet"),
    ("123456789018", None, "my_number_not_allowed"),
    ("T123456789018", None, "my_number_not_allowed"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_invoice_number(case):
    check(InvoiceNumberField, case)


@pytest.mark.parametrize("typed", ["8000020130001", "Т8000020130001", "T8000020I30001"])
def test_the_error_says_what_was_meant(typed):
    assert f"「{GOOD}」" in posted(InvoiceNumberField, typed).errors[0]


def test_the_value_gives_the_corporate_number():
    assert posted(InvoiceNumberField, GOOD).value.digits == GOOD[1:]
