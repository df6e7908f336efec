from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.jp.eras import CalendarProblem, Era, eras_on
from govkit.jp.partial_dates import MonthThird, PartialDate, Season, YearMonth

DAYS = st.dates(date(1873, 1, 1), date(2100, 12, 31))


@st.composite
def partial_dates(draw):
    """Every kind of partial date of 1873 to 2100."""
    day = draw(DAYS)
    month = draw(st.sampled_from([None, day.month, *Season]))
    known = [None, day.day, *MonthThird] if isinstance(month, int) else [None]
    era = draw(st.sampled_from([None, *eras_on(day)]))
    about = draw(st.booleans())
    try:
        return PartialDate(day.year, month, draw(st.sampled_from(known)), about, era)
    except InvalidValue:
        return PartialDate(day.year, month, about=about)


@pytest.mark.parametrize(
    ("typed", "stored", "phrase", "earliest", "latest"),
    [
        ("昭和25年", "1950-00-00", "昭和25年月日不詳", "1950-01-01", "1950-12-31"),
        ("1950年", "1950-00-00", "昭和25年月日不詳", "1950-01-01", "1950-12-31"),
        ("1950", "1950-00-00", "昭和25年月日不詳", "1950-01-01", "1950-12-31"),
        ("S25", "1950-00-00", "昭和25年月日不詳", "1950-01-01", "1950-12-31"),
        ("昭和25年月日不詳", "1950-00-00", "昭和25年月日不詳", "1950-01-01", "1950-12-31"),
        ("昭和25年（月日不詳）", "1950-00-00", "昭和25年月日不詳", "1950-01-01", "1950-12-31"),
        ("昭和25年 月日不明", "1950-00-00", "昭和25年月日不詳", "1950-01-01", "1950-12-31"),
        ("昭和二十五年月日不詳", "1950-00-00", "昭和25年月日不詳", "1950-01-01", "1950-12-31"),
        ("昭和25年頃", "1950-00-00頃", "昭和25年頃", "1949-01-01", "1951-12-31"),
        ("昭和25年ごろ", "1950-00-00頃", "昭和25年頃", "1949-01-01", "1951-12-31"),
        ("1950年頃（推定）", "1950-00-00頃", "昭和25年頃", "1949-01-01", "1951-12-31"),
        ("推定昭和25年", "1950-00-00頃", "昭和25年頃", "1949-01-01", "1951-12-31"),
        ("昭和25年春", "1950-A1-00", "昭和25年春", "1950-03-01", "1950-05-31"),
        ("昭和25年夏", "1950-A2-00", "昭和25年夏", "1950-06-01", "1950-08-31"),
        ("昭和25年秋", "1950-A3-00", "昭和25年秋", "1950-09-01", "1950-11-30"),
        ("昭和25年冬", "1950-A4-00", "昭和25年冬", "1950-01-01", "1950-12-31"),
        ("昭和25年春頃", "1950-A1-00頃", "昭和25年春頃", "1949-12-01", "1950-08-31"),
        ("昭和25年4月", "1950-04-00", "昭和25年4月日不詳", "1950-04-01", "1950-04-30"),
        ("昭和25年4月日不詳", "1950-04-00", "昭和25年4月日不詳", "1950-04-01", "1950-04-30"),
        ("昭和25年4月（日不詳）", "1950-04-00", "昭和25年4月日不詳", "1950-04-01", "1950-04-30"),
        ("１９５０年４月", "1950-04-00", "昭和25年4月日不詳", "1950-04-01", "1950-04-30"),
        ("1950-04", "1950-04-00", "昭和25年4月日不詳", "1950-04-01", "1950-04-30"),
        ("S25.4", "1950-04-00", "昭和25年4月日不詳", "1950-04-01", "1950-04-30"),
        ("昭和 25 年 4 月 頃", "1950-04-00頃", "昭和25年4月頃", "1950-03-01", "1950-05-31"),
        ("昭和25年12月頃", "1950-12-00頃", "昭和25年12月頃", "1950-11-01", "1951-01-31"),
        ("昭和25年4月上旬", "1950-04-A1", "昭和25年4月上旬", "1950-04-01", "1950-04-10"),
        ("昭和25年4月初旬", "1950-04-A1", "昭和25年4月上旬", "1950-04-01", "1950-04-10"),
        ("昭和25年4月中旬", "1950-04-A2", "昭和25年4月中旬", "1950-04-11", "1950-04-20"),
        ("昭和25年2月下旬", "1950-02-A3", "昭和25年2月下旬", "1950-02-21", "1950-02-28"),
        ("昭和27年2月下旬", "1952-02-A3", "昭和27年2月下旬", "1952-02-21", "1952-02-29"),
        ("昭和25年四月上旬頃", "1950-04-A1頃", "昭和25年4月上旬頃", "1950-03-22", "1950-04-20"),
        ("昭和25年4月1日", "1950-04-01", "昭和25年4月1日", "1950-04-01", "1950-04-01"),
        ("1950/4/1", "1950-04-01", "昭和25年4月1日", "1950-04-01", "1950-04-01"),
        ("昭和25年4月1日頃", "1950-04-01頃", "昭和25年4月1日頃", "1950-03-22", "1950-04-11"),
        ("昭和25年月不詳15日", "1950-00-15", "昭和25年月不詳15日", "1950-01-15", "1950-12-15"),
        ("年月日不詳", "0000-00-00", "年月日不詳", None, None),
        ("生年月日不詳", "0000-00-00", "年月日不詳", None, None),
        ("不詳", "0000-00-00", "年月日不詳", None, None),
        ("不明", "0000-00-00", "年月日不詳", None, None),
        ("0000-00-00", "0000-00-00", "年月日不詳", None, None),
        ("年不詳4月1日", "0000-04-01", "年不詳4月1日", None, None),
        ("昭和年月日不詳", "S00-00-00", "昭和年月日不詳", "1926-12-25", "1989-01-07"),
        ("昭和年不詳4月1日", "S00-04-01", "昭和年不詳4月1日", "1926-12-25", "1989-01-07"),
        ("1950-A1-00", "1950-A1-00", "昭和25年春", "1950-03-01", "1950-05-31"),
        ("1950-04-A3", "1950-04-A3", "昭和25年4月下旬", "1950-04-21", "1950-04-30"),
        ("昭和64年", "S64-00-00", "昭和64年月日不詳", "1989-01-01", "1989-01-07"),
        ("平成元年", "H01-00-00", "平成元年月日不詳", "1989-01-08", "1989-12-31"),
        ("1989年", "1989-00-00", "1989年月日不詳", "1989-01-01", "1989-12-31"),
        ("平成31年春", "H31-A1-00", "平成31年春", "2019-03-01", "2019-04-30"),
        ("大正15年12月", "T15-12-00", "大正15年12月日不詳", "1926-12-01", "1926-12-25"),
        ("S64-00-00", "S64-00-00", "昭和64年月日不詳", "1989-01-01", "1989-01-07"),
    ],
)
def test_what_is_known_of_a_date_is_read(typed, stored, phrase, earliest, latest):
    read = PartialDate.parse(typed)

    assert (str(read), read.phrase, read.raw) == (stored, phrase, typed)
    bounds = [day and day.isoformat() for day in (read.earliest, read.latest)]
    assert bounds == [earliest, latest]
    assert PartialDate.parse(stored) == PartialDate.parse(phrase) == read


@pytest.mark.parametrize(
    ("typed", "problem", "meant"),
    [
        ("", CalendarProblem.EMPTY, ""),
        ("　", CalendarProblem.EMPTY, ""),
        ("頃", CalendarProblem.UNREADABLE, ""),
        ("昭和", CalendarProblem.UNREADABLE, ""),
        ("1950-13-00", CalendarProblem.NO_SUCH_DAY, ""),
        ("昭和25年13月", CalendarProblem.NO_SUCH_DAY, ""),
        ("昭和25年4月31日頃", CalendarProblem.NO_SUCH_DAY, ""),
        ("1950-00-32", CalendarProblem.NO_SUCH_DAY, ""),
        ("昭和22年2月29日", CalendarProblem.NO_SUCH_DAY, ""),
        ("1947-02-29", CalendarProblem.NO_SUCH_DAY, ""),
        ("昭和22年2月30日頃", CalendarProblem.NO_SUCH_DAY, ""),
        ("令和0年", CalendarProblem.NO_SUCH_DAY, ""),
        ("明治5年春", CalendarProblem.BEFORE_GREGORIAN, ""),
        ("1800年頃", CalendarProblem.BEFORE_GREGORIAN, ""),
        ("平成31年夏", CalendarProblem.AFTER_ERA, "令和元年夏"),
        ("昭和100年春", CalendarProblem.AFTER_ERA, "令和7年春"),
        ("令和元年1月上旬", CalendarProblem.BEFORE_ERA, "平成31年1月上旬"),
        ("平成31年5月1日頃", CalendarProblem.AFTER_ERA, "令和元年5月1日"),
        ("8年春", CalendarProblem.UNREADABLE, ""),
        ("8.4.1", CalendarProblem.NO_ERA, ""),
        ("4月頃", CalendarProblem.INCOMPLETE, ""),
        ("195004", CalendarProblem.INCOMPLETE, ""),
        ("18354", CalendarProblem.SERIAL, ""),
        ("1950-A5-00", CalendarProblem.UNREADABLE, ""),
        ("1950-A1-A1-A1", CalendarProblem.UNREADABLE, ""),
        ("昭和25年から30年", CalendarProblem.UNREADABLE, ""),
        ("昭和25年度", CalendarProblem.UNREADABLE, ""),
        ("むかし", CalendarProblem.UNREADABLE, ""),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(typed, problem, meant):
    with pytest.raises(InvalidValue) as refused:
        PartialDate.parse(typed)
    assert (refused.value.problem, refused.value.suggestion) == (problem, meant)


def test_29_february_of_a_common_year_passes_where_registers_are_read():
    read = PartialDate.parse("昭和22年2月29日", off_calendar=True)

    assert read == PartialDate.from_register("1947-02-29")
    assert read.is_off_calendar
    assert not read.is_known
    assert (read.earliest, read.latest) == (date(1947, 2, 28), date(1947, 3, 1))
    assert read.phrase == "昭和22年2月29日"
    assert not PartialDate(1948, 2, 29).is_off_calendar


@pytest.mark.parametrize("written", ["1950-4-00", "S25-00-00", "昭和25年", "1950-04-00頃", ""])
def test_register_form_is_read_strictly(written):
    with pytest.raises(InvalidValue):
        PartialDate.from_register(written)


@pytest.mark.parametrize(
    ("mine", "other", "before", "after"),
    [
        ("1950-00-00", "1951-01-01", True, False),
        ("1950-00-00", "1950-12-31", None, False),
        ("1950-00-00", "1950-06-01", None, None),
        ("1950-00-00", "1950-01-01", False, None),
        ("1950-00-00", "1949-12-31", False, True),
        ("1950-04-01", "1950-04-01", False, False),
        ("1950-04-A1", "1950-04-A2", True, False),
        ("1950-04-A2", "1950-04-A2", None, None),
        ("1950-00-00頃", "1951-06-01", None, None),
        ("0000-00-00", "1950-01-01", None, None),
        ("1950-01-01", "0000-04-01", None, None),
        ("S00-00-00", "1990-01-01", True, False),
    ],
)
def test_comparison_says_yes_no_or_maybe(mine, other, before, after):
    mine, other = PartialDate.parse(mine), PartialDate.parse(other)
    assert (mine.before(other), mine.after(other)) == (before, after)
    assert (other.after(mine), other.before(mine)) == (before, after)
    if other.is_known:
        assert (mine.before(other.to_date()), mine.after(other.to_date())) == (before, after)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(1950, 1, 1), date(1950, 12, 31), True),
        (date(1950, 4, 2), date(1951, 4, 1), None),
        (date(1951, 1, 1), date(1951, 12, 31), False),
        (date(1952, 1, 1), date(1949, 12, 31), False),
    ],
)
def test_year_lies_within_yes_no_or_maybe(first, last, expected):
    assert PartialDate(1950).within(first, last) is expected
    assert PartialDate().within(first, last) in (None, False)


def test_only_a_certain_day_is_known():
    assert PartialDate.of(date(2026, 4, 1)).to_date() == date(2026, 4, 1)
    assert PartialDate(2026, 4, 1, about=True).to_date() is None
    assert PartialDate(2026, 4).to_date() is None
    assert PartialDate().to_date() is None


def test_era_is_kept_only_where_it_narrows_the_date():
    assert PartialDate(1950, era=Era.SHOWA) == PartialDate(1950)
    assert PartialDate(1989, era=Era.SHOWA) != PartialDate(1989)
    assert PartialDate(1926, 12, 25, era=Era.TAISHO) == PartialDate.of(date(1926, 12, 25))


@given(partial_dates())
def test_written_forms_read_back(known):
    assert PartialDate.parse(str(known)) == known
    assert PartialDate.parse(known.phrase) == known
    assert known.earliest <= known.latest


@given(DAYS, DAYS, DAYS)
def test_known_date_compares_as_a_calendar_day(day, other, third):
    known = PartialDate.of(day)
    assert known.before(other) is (day < other)
    assert known.after(other) is (day > other)
    assert known.within(other, third) is (other <= day <= third)


@given(partial_dates(), DAYS)
def test_answers_never_contradict_each_other(known, day):
    assert not (known.before(day) and known.after(day))
    if known.within(day, day) is True:
        assert known.to_date() == day or known.about


@given(st.text(max_size=20) | st.text("昭和年月日不詳頃上旬春0125A- ", max_size=12))
def test_any_text_is_read_or_refused(text):
    try:
        read = PartialDate.parse(text)
    except InvalidValue:
        return
    assert PartialDate.parse(str(read)) == read


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("令和8年4月", "2026-04"),
        ("2026-04", "2026-04"),
        ("２０２６／４", "2026-04"),
        ("202604", "2026-04"),
        ("R8.4", "2026-04"),
        ("R0804", "2026-04"),
        ("二〇二六年四月", "2026-04"),
        ("2026 4", "2026-04"),
        ("平成31年4月", "2019-04"),
        ("令和元年5月", "2019-05"),
        ("昭和64年1月", "1989-01"),
        ("平成元年1月", "1989-01"),
        ("明治45年7月", "1912-07"),
        ("大正元年7月", "1912-07"),
    ],
)
def test_month_is_read_in_either_calendar(typed, stored):
    month = YearMonth.parse(typed)
    assert (str(month), month.raw) == (stored, typed)
    assert YearMonth.parse(stored) == YearMonth.parse(month.wareki) == month


@pytest.mark.parametrize(
    ("typed", "problem", "meant"),
    [
        ("", CalendarProblem.EMPTY, ""),
        ("平成31年5月", CalendarProblem.AFTER_ERA, "令和元年5月"),
        ("令和元年4月", CalendarProblem.BEFORE_ERA, "平成31年4月"),
        ("8年4月", CalendarProblem.NO_ERA, ""),
        ("4/2026", CalendarProblem.YEAR_NOT_FIRST, ""),
        ("2026", CalendarProblem.INCOMPLETE, ""),
        ("令和8年", CalendarProblem.INCOMPLETE, ""),
        ("4月", CalendarProblem.INCOMPLETE, ""),
        ("2026年13月", CalendarProblem.NO_SUCH_DAY, ""),
        ("令和8年0月", CalendarProblem.NO_SUCH_DAY, ""),
        ("令和0年4月", CalendarProblem.NO_SUCH_DAY, ""),
        ("0000-04", CalendarProblem.NO_SUCH_DAY, ""),
        ("明治5年12月", CalendarProblem.BEFORE_GREGORIAN, ""),
        ("46113", CalendarProblem.SERIAL, ""),
        ("2026-04-01", CalendarProblem.UNREADABLE, ""),
        ("٢٠٢٦-٠٤", CalendarProblem.UNREADABLE, ""),
    ],
)
def test_month_that_cannot_be_is_refused_with_its_reason(typed, problem, meant):
    with pytest.raises(InvalidValue) as refused:
        YearMonth.parse(typed)
    assert (refused.value.problem, refused.value.suggestion) == (problem, meant)


def test_month_has_its_days_and_order():
    month = YearMonth(2024, 2)
    assert (month.first_day, month.last_day) == (date(2024, 2, 1), date(2024, 2, 29))
    assert month < YearMonth(2024, 3) < YearMonth(2025, 1)
