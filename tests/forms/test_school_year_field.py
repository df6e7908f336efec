import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms import Form, SchoolYearField
from tests.forms.cases import check, outcome, posted

CASES = [
    ("令和8年度", 2026, ""),
    ("4583", 4583, ""),
    ("令和８年度", 2026, ""),
    ("令和八年度", 2026, ""),
    ("令和 8 年度", 2026, ""),
    ("令和8", 2026, ""),
    ("令和8年", 2026, ""),
    ("令8", 2026, ""),
    ("R8", 2026, ""),
    ("Ｒ８", 2026, ""),
    ("r8年度", 2026, ""),
    ("R.8", 2026, ""),
    ("㋿8年度", 2026, ""),
    ("Reiwa 8", 2026, ""),
    ("2026", 2026, ""),
    ("２０２６", 2026, ""),
    ("2026年度", 2026, ""),
    ("西暦2026年度", 2026, ""),
    ("二〇二六年度", 2026, ""),
    ("\u200b2026\u3000", 2026, ""),
    ("'2026", 2026, ""),
    ("令和元年度", 2019, ""),
    ("平成31年度", 2019, ""),
    ("㍻三十年度", 2018, ""),
    ("平成元年度", 1989, ""),
    ("昭和63年度", 1988, ""),
    ("昭和元年度", 1926, ""),
    ("大正15年度", 1926, ""),
    ("明治6年度", 1873, ""),
    ("", None, ""),
    ("　", None, ""),
    ("昭和64年度", None, "date_after_era"),
    ("平成32年度", None, "date_after_era"),
    ("昭和100年度", None, "date_after_era"),
    ("8", None, "date_year_without_era"),
    ("8年度", None, "date_year_without_era"),
    ("元年度", None, "date_year_without_era"),
    ("令和0年度", None, "date_no_such_day"),
    ("0000", None, "date_no_such_day"),
    ("明治5年度", None, "date_before_gregorian"),
    ("1600", None, "date_before_gregorian"),
    ("2026-04-01", None, "date_unreadable"),
    ("20260", None, "date_unreadable"),
    ("2026.0", None, "date_unreadable"),
    ("今年度", None, "date_unreadable"),
    ("٢٠٢٦", None, "date_unreadable"),
    ("+2026", None, "date_unreadable"),
    ("-2026", None, "date_unreadable"),
    ("<script>", None, "date_unreadable"),
    ("123456789018", None, "my_number_not_allowed"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_school_years(case):
    check(SchoolYearField, case)


def test_a_school_year_is_shown_with_its_era():
    class Sheet(Form):
        year = SchoolYearField("年度")

    assert posted(SchoolYearField, "2026").text == "令和8年度"
    assert Sheet(data={"year": 2019}).year.text == "令和元年度"


def test_the_right_name_is_suggested():
    (error,) = posted(SchoolYearField, "昭和64年度").errors
    assert "「平成元年度」のことでしょうか" in error


@given(st.integers(1873, 2100))
def test_every_school_year_reads_back_from_what_the_control_shows(year):
    assert outcome(SchoolYearField, posted(SchoolYearField, str(year)).text) == (year, "")
