import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms import MunicipalityCodeField
from govkit.jp.numbers import MunicipalityCode
from tests.forms.cases import check, outcome, posted
from tests.forms.digit_cases import refused, taken

CASES = [
    *taken("132021"),
    *refused("132021", "code_not_digits"),
    ("", None, ""),
    (" \u3000\u200b", None, ""),
    ("-", None, "code_empty"),
    ("011002", "011002", ""),
    ("473821", "473821", ""),
    ("130001", "130001", ""),
    ("13202-1", "132021", ""),
    ("132022", None, "code_check_digit"),
    ("132012", "132012", ""),
    ("13202", None, "code_wrong_length"),
    ("11002", None, "code_wrong_length"),
    ("1320211", None, "code_wrong_length"),
    ("002021", None, "code_unknown_prefecture"),
    ("482021", None, "code_unknown_prefecture"),
    ("992021", None, "code_unknown_prefecture"),
    ("1.32E+05", None, "code_spreadsheet"),
    ("１．３２Ｅ＋０５", None, "code_spreadsheet"),
    ("123456789018", None, "my_number_not_allowed"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_municipality_code(case):
    check(MunicipalityCodeField, case)


@pytest.mark.parametrize(
    ("typed", "meant"), [("13202", "132021"), ("11002", "011002"), ("1320", ""), ("99202", "")]
)
def test_the_error_says_what_was_meant(typed, meant):
    error = posted(MunicipalityCodeField, typed).errors[0]
    assert meant in error
    assert ("ではありませんか" in error) == bool(meant)


def test_the_value_tells_the_prefecture_and_keeps_what_was_typed():
    value = posted(MunicipalityCodeField, "１３２０２１").value
    assert (value.prefecture, value.raw) == ("13", "１３２０２１")
    assert value == MunicipalityCode("132021")


def test_blank_is_refused_where_it_is_required():
    assert outcome(MunicipalityCodeField, "　", required=True) == (None, "required")


@given(st.from_regex("(0[1-9]|[1-3][0-9])[0-9]{3}", fullmatch=True), st.integers(2, 4))
def test_a_wrong_digit_is_caught_unless_both_remainders_give_1(five, place):
    check_digit = MunicipalityCode.check_digit(five)
    wrong = five[:place] + str((int(five[place]) + 1) % 10) + five[place + 1 :]
    is_caught = outcome(MunicipalityCodeField, wrong + check_digit)[1] == "code_check_digit"
    assert is_caught or check_digit == "1"
