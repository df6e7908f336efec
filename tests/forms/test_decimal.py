from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms import DecimalField, Form, Range
from tests.forms.cases import check, outcome
from tests.forms.page import Page

CASES = [
    ("0123456789018", None, "my_number_not_allowed"),
    ("36.5", Decimal("36.5"), ""),
    ("３６．５", Decimal("36.5"), ""),
    ("36。5", Decimal("36.5"), ""),
    ("36", Decimal(36), ""),
    ("36.", Decimal(36), ""),
    (".5", Decimal("0.5"), ""),
    ("0.5", Decimal("0.5"), ""),
    ("00.50", Decimal("0.50"), ""),
    ("007", Decimal(7), ""),
    (" 1.5\u3000", Decimal("1.5"), ""),
    ("\u200b1.5", Decimal("1.5"), ""),
    ("1,234.5", Decimal("1234.5"), ""),
    ("１，２３４．５", Decimal("1234.5"), ""),
    ("1、234.5", Decimal("1234.5"), ""),
    ("1,5", None, "number_commas"),
    ("1、5", None, "number_commas"),
    ("12,34.5", None, "number_commas"),
    ("1.234,5", None, "number_not_a_number"),
    ("1.2.3", None, "number_not_a_number"),
    ("1..5", None, "number_not_a_number"),
    (".", None, "number_not_a_number"),
    ("。", None, "number_not_a_number"),
    ("・", None, "number_not_a_number"),
    ("1・5", None, "number_not_a_number"),
    ("1'5", None, "number_not_a_number"),
    ("-1.5", Decimal("-1.5"), ""),
    ("－１．５", Decimal("-1.5"), ""),
    ("▲1.5", Decimal("-1.5"), ""),
    ("-0.0", Decimal("0.0"), ""),
    ("+1.5", None, "number_not_a_number"),
    ("1_0.5", None, "number_not_a_number"),
    ("٣.٥", None, "number_not_a_number"),
    ("1٫5", None, "number_not_a_number"),
    ("三・五", None, "number_not_a_number"),
    ("½", None, "number_not_a_number"),
    ("1/2", None, "number_not_a_number"),
    ("50%", None, "number_not_a_number"),
    ("36.5度", None, "number_not_a_number"),
    ("NaN", None, "number_not_a_number"),
    ("Infinity", None, "number_not_a_number"),
    ("sNaN", None, "number_not_a_number"),
    ("1E+3", None, "number_spreadsheet"),
    ("1.5e3", None, "number_spreadsheet"),
    ("１．５Ｅ３", None, "number_spreadsheet"),
    ('="1.50"', Decimal("1.50"), ""),
    ("'1.5", Decimal("1.5"), ""),
    ("=1.5", None, "number_not_a_number"),
    ("1" * 18, Decimal("1" * 18), ""),
    ("1" * 19, None, "number_too_long"),
    ("1." + "1" * 18, None, "number_too_long"),
    ("", None, ""),
    ("\u3000", None, ""),
    ("\x00", None, ""),
    ("<script>", None, "number_not_a_number"),
    ("\ue000", None, "number_not_a_number"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_decimal_numbers(case):
    check(DecimalField, case)


@pytest.mark.parametrize(
    ("typed", "options", "expected"),
    [
        ("", {"required": True}, (None, "required")),
        ("36.55", {"places": 1}, (None, "number_too_many_places")),
        ("36.50", {"places": 1}, (Decimal("36.5"), "")),
        ("36.0", {"places": 0}, (Decimal(36), "")),
        ("36.5", {"places": 0}, (None, "number_too_many_places")),
        ("-1.5", {"min": Decimal(-2)}, (Decimal("-1.5"), "")),
        ("-1.5", {"min": Decimal(0)}, (None, "number_negative")),
        ("−1.5", {"validators": [Range(Decimal(-2), 2)]}, (Decimal("-1.5"), "")),
        ("34.9", {"min": 35, "max": Decimal("42.0")}, (None, "number_too_small")),
        ("42.1", {"min": 35, "max": Decimal("42.0")}, (None, "number_too_large")),
        ("36.5℃", {"units": ("℃", "度")}, (Decimal("36.5"), "")),
        ("36.5 度", {"units": ("℃", "度")}, (Decimal("36.5"), "")),
    ],
)
def test_options(typed, options, expected):
    assert outcome(DecimalField, typed, **options) == expected


def test_the_digits_stay_as_typed():
    data, _code = outcome(DecimalField, "1.50")
    assert str(data) == "1.50"


def test_a_stored_number_is_shown_without_exponent():
    form = type("Record", (Form,), {"rate": DecimalField("率")})(data={"rate": Decimal("1E+3")})

    assert Page(form.rate()).by_id("rate")["value"] == "1000"
    assert Page(form.rate()).by_id("rate")["inputmode"] == "decimal"


@given(st.decimals(0, 10**9, allow_nan=False, allow_infinity=False, places=3))
def test_every_number_is_read_back(number):
    assert outcome(DecimalField("率", guards_my_number=False), f"{number:,f}") == (number, "")
