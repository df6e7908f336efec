import pytest

from govkit.forms import BoardCodeField
from tests.forms.cases import check, outcome, posted
from tests.forms.digit_cases import refused, taken

CASES = [
    *taken("132020"),
    *refused("132020", "code_not_digits"),
    ("", None, ""),
    ("\u3000", None, ""),
    ("--", None, "code_empty"),
    ("011000", "011000", ""),
    ("13202", None, "code_wrong_length"),
    ("1320200", None, "code_wrong_length"),
    ("000000", None, "code_unknown_prefecture"),
    ("480000", None, "code_unknown_prefecture"),
    ("1.32E+05", None, "code_spreadsheet"),
    ("123456789018", None, "my_number_not_allowed"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_board_code(case):
    check(BoardCodeField, case)


def test_the_lost_zero_is_suggested():
    assert "「011000」" in posted(BoardCodeField, "11000").errors[0]


def test_blank_is_refused_where_it_is_required():
    assert outcome(BoardCodeField, "", required=True) == (None, "required")
