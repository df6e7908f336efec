from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.jp.calendar import (
    CalendarProblem,
    Era,
    WarekiDate,
    age_on,
    day_of_reaching_age,
    entry_cohort,
    entry_school_year,
    eras_on,
    format_date,
    format_school_year,
    grade_in,
    holiday_name,
    is_business_day,
    is_national_holiday,
    parse_date,
    school_year_days,
    school_year_of,
)

GREGORIAN_DAYS = st.dates(date(1873, 1, 1), date(2200, 12, 31))


def days(first: date, last: date):
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


@pytest.mark.parametrize(
    ("birth", "grade"),
    [
        (date(2020, 2, 29), 1),
        (date(2019, 4, 1), 2),
        (date(2019, 4, 2), 1),
        (date(2020, 4, 1), 1),
        (date(2020, 4, 2), 0),
        (date(2013, 12, 31), 7),
        (date(2011, 4, 2), 9),
        (date(2011, 4, 1), 10),
    ],
)
def test_grade_by_age_in_school_year_2026(birth, grade):
    assert grade_in(birth, 2026) == grade


def test_entry_follows_the_law_for_every_birthday_from_2010_to_2025():
    for birth in days(date(2010, 1, 1), date(2025, 12, 31)):
        after_reaching_six = day_of_reaching_age(birth, 6) + timedelta(days=1)
        by_law = next(year for year in range(2010, 2040) if date(year, 4, 1) >= after_reaching_six)
        assert entry_school_year(birth) == by_law
        first, last = entry_cohort(by_law)
        assert first <= birth <= last


def test_cohorts_meet_without_gap_or_overlap():
    for year in range(1950, 2100):
        assert entry_cohort(year)[1] + timedelta(days=1) == entry_cohort(year + 1)[0]


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2020, 2, 29), date(2026, 2, 28), 5),
        (date(2020, 2, 29), date(2026, 3, 1), 6),
        (date(2020, 4, 1), date(2026, 3, 31), 5),
        (date(2020, 4, 1), date(2026, 4, 1), 6),
        (date(2020, 4, 1), date(2020, 4, 1), 0),
    ],
)
def test_age_counts_from_the_birthday(birth, day, age):
    assert age_on(birth, day) == age


@pytest.mark.parametrize(
    ("birth", "reached"),
    [
        (date(2020, 2, 29), date(2026, 2, 28)),
        (date(2020, 3, 1), date(2026, 2, 28)),
        (date(2020, 1, 1), date(2025, 12, 31)),
        (date(2020, 4, 1), date(2026, 3, 31)),
    ],
)
def test_age_is_reached_on_the_day_before_the_birthday(birth, reached):
    assert day_of_reaching_age(birth, 6) == reached


@pytest.mark.parametrize(
    ("day", "school_year"),
    [(date(2027, 3, 31), 2026), (date(2027, 4, 1), 2027), (date(2027, 2, 15), 2026)],
)
def test_school_year_turns_on_the_first_of_april(day, school_year):
    assert school_year_of(day) == school_year
    first, last = school_year_days(school_year)
    assert first <= day <= last


@pytest.mark.parametrize(
    ("school_year", "name"),
    [
        (2026, "令和8年度"),
        (2019, "令和元年度"),
        (2018, "平成30年度"),
        (1989, "平成元年度"),
        (1988, "昭和63年度"),
        (1926, "大正15年度"),
        (1912, "明治45年度"),
    ],
)
def test_school_year_is_named_after_its_era(school_year, name):
    assert format_school_year(school_year) == name


@pytest.mark.parametrize(
    ("day", "eras"),
    [
        (date(1912, 7, 29), [Era.MEIJI]),
        (date(1912, 7, 30), [Era.MEIJI, Era.TAISHO]),
        (date(1912, 7, 31), [Era.TAISHO]),
        (date(1926, 12, 24), [Era.TAISHO]),
        (date(1926, 12, 25), [Era.TAISHO, Era.SHOWA]),
        (date(1926, 12, 26), [Era.SHOWA]),
        (date(1989, 1, 7), [Era.SHOWA]),
        (date(1989, 1, 8), [Era.HEISEI]),
        (date(2019, 4, 30), [Era.HEISEI]),
        (date(2019, 5, 1), [Era.REIWA]),
    ],
)
def test_two_change_days_carry_both_names(day, eras):
    assert list(eras_on(day)) == eras


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(1873, 1, 1), "明治6年1月1日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2026, 11, 23), "令和8年11月23日"),
    ],
)
def test_day_is_written_with_its_era(day, text):
    assert format_date(day) == text


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("大正15年12月25日", date(1926, 12, 25)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("Ｒ８．４．１", date(2026, 4, 1)),
        ("R8.4.1", date(2026, 4, 1)),
        ("r8/4/1", date(2026, 4, 1)),
        ("R08-04-01", date(2026, 4, 1)),
        ("R8ー4ー1", date(2026, 4, 1)),
        ("R8−4−1", date(2026, 4, 1)),
        ("R080401", date(2026, 4, 1)),
        ("㋿元年５月１日", date(2019, 5, 1)),
        ("㍻31年4月30日", date(2019, 4, 30)),
        ("令和　８年　４月　１日", date(2026, 4, 1)),
        ("令8.4.1", date(2026, 4, 1)),
        ("令和八年四月一日", date(2026, 4, 1)),
        ("昭和五十三年十二月三十一日", date(1978, 12, 31)),
        ("平成三十一年四月廿日", date(2019, 4, 20)),
        ("昭和六〇年一〇月二〇日", date(1985, 10, 20)),
        ("2026-04-01", date(2026, 4, 1)),
        ("２０２６／４／１", date(2026, 4, 1)),
        ("2026年4月1日", date(2026, 4, 1)),
        ("二〇二六年四月一日", date(2026, 4, 1)),
        ("20260401", date(2026, 4, 1)),
    ],
)
def test_date_is_read_as_people_type_it(typed, day):
    assert parse_date(typed) == day


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("平成31年5月1日", CalendarProblem.AFTER_ERA),
        ("昭和64年1月8日", CalendarProblem.AFTER_ERA),
        ("昭和100年1月1日", CalendarProblem.AFTER_ERA),
        ("大正15年12月26日", CalendarProblem.AFTER_ERA),
        ("令和元年4月30日", CalendarProblem.BEFORE_ERA),
        ("平成元年1月7日", CalendarProblem.BEFORE_ERA),
        ("明治元年10月22日", CalendarProblem.BEFORE_ERA),
        ("明治5年12月2日", CalendarProblem.BEFORE_GREGORIAN),
        ("明治33年2月29日", CalendarProblem.NO_SUCH_DAY),
        ("令和0年1月1日", CalendarProblem.NO_SUCH_DAY),
        ("令和7年2月29日", CalendarProblem.NO_SUCH_DAY),
        ("2026-02-30", CalendarProblem.NO_SUCH_DAY),
        ("2026-13-01", CalendarProblem.NO_SUCH_DAY),
        ("", CalendarProblem.EMPTY),
        ("　", CalendarProblem.EMPTY),
        ("8.4.1", CalendarProblem.UNREADABLE),
        ("令和八百年一月一日", CalendarProblem.UNREADABLE),
        ("令和十十年一月一日", CalendarProblem.UNREADABLE),
        ("R٨.٤.١", CalendarProblem.UNREADABLE),
        ("二千二十六年四月一日", CalendarProblem.UNREADABLE),
        ("X8.4.1", CalendarProblem.UNREADABLE),
    ],
)
def test_date_that_cannot_be_is_refused_with_its_reason(typed, problem):
    with pytest.raises(InvalidValue) as refused:
        parse_date(typed)
    assert refused.value.problem is problem


def test_wareki_cannot_be_built_outside_its_era():
    with pytest.raises(InvalidValue):
        WarekiDate(Era.HEISEI, 31, 5, 1)


def test_no_era_is_given_before_the_gregorian_calendar():
    with pytest.raises(InvalidValue):
        eras_on(date(1872, 12, 31))


@given(GREGORIAN_DAYS)
def test_written_day_reads_back(day):
    wareki = WarekiDate.from_date(day)
    assert wareki.to_date() == day
    assert parse_date(str(wareki)) == day
    assert WarekiDate.parse(str(wareki)) == wareki
    assert parse_date(day.isoformat()) == day


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text):
    try:
        day = parse_date(text)
    except InvalidValue:
        return
    assert isinstance(day, date)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 5, 6), "振替休日"),
        (date(2026, 9, 22), "国民の休日"),
        (date(2019, 5, 1), "天皇の即位の日"),
        (date(2026, 11, 23), "勤労感謝の日"),
        (date(2020, 7, 24), "スポーツの日"),
        (date(2026, 11, 24), None),
    ],
)
def test_national_holidays_have_their_names(day, name):
    assert holiday_name(day) == name
    assert is_national_holiday(day) is (name is not None)


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2026, 12, 28), True),
        (date(2026, 12, 29), False),
        (date(2027, 1, 3), False),
        (date(2027, 1, 4), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 23), False),
        (date(2026, 11, 24), True),
    ],
)
def test_town_halls_close_at_weekends_holidays_and_new_year(day, is_open):
    assert is_business_day(day) is is_open
