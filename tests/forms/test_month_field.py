from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms import MonthField
from govkit.jp.dates import DateStyle
from govkit.jp.partial_dates import YearMonth
from tests.forms.cases import check, outcome, posted

CASES = [
    ("2026年4月", "2026-04", ""),
    ("２０２６年４月", "2026-04", ""),
    ("2026-04", "2026-04", ""),
    ("2026-4", "2026-04", ""),
    ("2026−04", "2026-04", ""),
    ("2026ー4", "2026-04", ""),
    ("2026/4", "2026-04", ""),
    ("2026.4", "2026-04", ""),
    ("2026 4", "2026-04", ""),
    ("202604", "2026-04", ""),
    ("'202604", "2026-04", ""),
    ("令和8年4月", "2026-04", ""),
    ("令和 8 年 4 月", "2026-04", ""),
    ("令和八年四月", "2026-04", ""),
    ("二〇二六年十二月", "2026-12", ""),
    ("㋿8年4月", "2026-04", ""),
    ("Ｒ８．４", "2026-04", ""),
    ("R0804", "2026-04", ""),
    ("2026年㋃", "2026-04", ""),
    ("2026年4⽉", "2026-04", ""),
    ("平成31年4月", "2019-04", ""),
    ("令和元年5月", "2019-05", ""),
    ("昭和64年1月", "1989-01", ""),
    ("平成元年1月", "1989-01", ""),
    ("大正15年12月", "1926-12", ""),
    ("昭和元年12月", "1926-12", ""),
    ("明治6年1月", "1873-01", ""),
    ("", None, ""),
    ("　", None, ""),
    ("平成31年5月", None, "date_after_era"),
    ("昭和64年2月", None, "date_after_era"),
    ("令和元年4月", None, "date_before_era"),
    ("明治5年12月", None, "date_before_gregorian"),
    ("2026年13月", None, "date_no_such_day"),
    ("2026-00", None, "date_no_such_day"),
    ("令和0年4月", None, "date_no_such_day"),
    ("8年4月", None, "date_year_without_era"),
    ("26/4", None, "date_year_without_era"),
    ("4/2026", None, "date_year_not_first"),
    ("2026", None, "date_incomplete"),
    ("令和8年", None, "date_incomplete"),
    ("4月", None, "date_incomplete"),
    ("46113", None, "date_spreadsheet_serial"),
    ("2026-04-01", None, "date_unreadable"),
    ("٢٠٢٦-٠٤", None, "date_unreadable"),
    ("今月", None, "date_unreadable"),
    ("<script>", None, "date_unreadable"),
    ("123456789018", None, "my_number_not_allowed"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_months(case):
    check(MonthField, case)


@pytest.mark.parametrize(
    ("style", "shown"), [(DateStyle.WESTERN, "2026年4月"), (DateStyle.WAREKI, "令和8年4月")]
)
def test_a_month_is_shown_in_either_calendar(style, shown):
    read = posted(MonthField, "R8.4", style=style)
    assert (read.value, read.text) == (YearMonth(2026, 4), shown)


def test_a_far_month_is_shown():
    assert "令和1001年1月" in posted(MonthField, "3019-01", style=DateStyle.WAREKI)()


def test_the_right_era_is_suggested():
    (error,) = posted(MonthField, "平成31年5月").errors
    assert "「令和元年5月」のことでしょうか" in error


@given(st.dates(date(1873, 1, 1), date(2100, 12, 31)), st.sampled_from(["WESTERN", "WAREKI"]))
def test_every_month_reads_back_from_what_the_control_shows(day, style):
    read = posted(MonthField, f"{day.year}-{day.month}", style=DateStyle[style])
    assert outcome(MonthField, read.text) == (read.data, "")
    assert outcome(MonthField, read.data) == (f"{day.year}-{day.month:02}", "")
