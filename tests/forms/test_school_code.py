import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms import SchoolCodeField
from tests.forms.cases import check, posted
from tests.forms.digit_cases import DASHES, SPACES, UNSEEN

GOOD = "B113299999920"
CASES = [
    (GOOD, GOOD, ""),
    ("b113299999920", GOOD, ""),
    ("Ｂ１１３２９９９９９９２０", GOOD, ""),
    ("ｂ１１３２９９９９９９２０", GOOD, ""),
    (" \u3000B113299999920\r\n", GOOD, ""),
    ("B1-13-2-9999992-0", GOOD, ""),
    ("'B113299999920", GOOD, ""),
    ("学校コード：B113299999920", GOOD, ""),
    ("F113110102700", "F113110102700", ""),
    ('="B113299999920"', GOOD, ""),
    *[(f"B1132{between}99999920", GOOD, "") for between in DASHES + SPACES + UNSEEN],
    ("C102210000881", "C102210000881", ""),
    ("H239390000083", "H239390000083", ""),
    ("", None, ""),
    ("　", None, ""),
    ("-", None, "code_empty"),
    ("B113299999921", None, "code_check_digit"),
    ("C113299999920", None, "code_check_digit"),
    ("B11329999992", None, "code_wrong_length"),
    ("B1132999999201", None, "code_wrong_length"),
    ("113299999921", None, "code_wrong_length"),
    ("B113299999921\u0301", None, "code_wrong_length"),
    ("13202", None, "code_wrong_length"),
    ("立川市立第一小学校", None, "code_wrong_length"),
    ("B313299999920", None, "code_wrong_form"),
    ("B213299999920", None, "code_wrong_form"),
    ("I113299999920", None, "code_wrong_form"),
    ("B113499999920", None, "code_wrong_form"),
    ("B113209999911", None, "code_wrong_form"),
    ("1113299999920", None, "code_wrong_form"),
    ("BB13299999920", None, "code_wrong_form"),
    ("В113299999920", None, "code_wrong_form"),
    ("Β113299999920", None, "code_wrong_form"),
    ("BI13299999920", None, "code_wrong_form"),
    ("Bl13299999920", None, "code_wrong_form"),
    ("B11329999992\ue000", None, "code_wrong_form"),
    ("B1132999999٢0", None, "code_wrong_form"),
    ("𝐁113299999920", None, "code_wrong_form"),
    ("Ⓑ113299999920", None, "code_wrong_form"),
    ("ß113299999920", None, "code_wrong_form"),
    ("ſ113299999920", None, "code_wrong_form"),
    ("B148299999920", None, "code_unknown_prefecture"),
    ("B100299999920", None, "code_unknown_prefecture"),
    ("1.13E+12", None, "code_spreadsheet"),
    ("123456789018", None, "my_number_not_allowed"),
    ("<script>1</a>", None, "code_wrong_form"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_school_code(case):
    check(SchoolCodeField, case)


@pytest.mark.parametrize("typed", ["В113299999920", "Bl13299999920", "ВI13299999920"])
def test_letters_that_look_alike_are_told_with_the_code_that_was_meant(typed):
    assert f"「{GOOD}」" in posted(SchoolCodeField, typed).errors[0]


@given(st.integers(5, 12), st.integers(1, 9))
def test_a_wrong_digit_is_always_caught(place, change):
    digit = str((int(GOOD[place]) + change) % 10)
    assert posted(SchoolCodeField, GOOD[:place] + digit + GOOD[place + 1 :]).errors
