from datetime import date, timedelta

import pytest

from govkit.errors import InvalidValue
from govkit.jp.calendar import (
    CalendarProblem,
    Era,
    add_business_days,
    age_on,
    business_day_from,
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
    legal_age_on,
    next_business_day,
    parse_school_year,
    previous_business_day,
    school_year_days,
    school_year_of,
)


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


def test_no_era_is_given_before_the_gregorian_calendar():
    with pytest.raises(InvalidValue):
        eras_on(date(1872, 12, 31))


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


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2008, 4, 1), date(2026, 3, 30), 17),
        (date(2008, 4, 1), date(2026, 3, 31), 18),
        (date(2008, 4, 2), date(2026, 3, 31), 17),
        (date(2008, 2, 29), date(2026, 2, 27), 17),
        (date(2008, 2, 29), date(2026, 2, 28), 18),
        (date(2008, 3, 1), date(2026, 2, 28), 18),
        (date(2009, 1, 1), date(2026, 12, 31), 18),
    ],
)
def test_age_in_law_turns_on_the_day_before_the_birthday(birth, day, age):
    assert legal_age_on(birth, day) == age
    assert (day_of_reaching_age(birth, age) <= day) is True


@pytest.mark.parametrize(
    ("typed", "school_year"),
    [
        ("令和8年度", 2026),
        ("令和８年度", 2026),
        ("令和八年度", 2026),
        ("R8", 2026),
        ("Ｒ８年度", 2026),
        ("㋿8年度", 2026),
        ("2026", 2026),
        ("２０２６年度", 2026),
        ("2026年", 2026),
        (" 令和 8 年度 ", 2026),
        ("令和元年度", 2019),
        ("平成31年度", 2019),
        ("平成元年度", 1989),
        ("大正15年度", 1926),
        ("昭和元年度", 1926),
        ("明治6年度", 1873),
    ],
)
def test_school_year_is_read_in_either_calendar(typed, school_year):
    assert parse_school_year(typed) == school_year


@pytest.mark.parametrize(
    ("typed", "problem", "suggestion"),
    [
        ("", CalendarProblem.EMPTY, ""),
        ("8", CalendarProblem.NO_ERA, ""),
        ("８年度", CalendarProblem.NO_ERA, ""),
        ("昭和64年度", CalendarProblem.AFTER_ERA, "平成元年度"),
        ("平成32年度", CalendarProblem.AFTER_ERA, "令和2年度"),
        ("令和0年度", CalendarProblem.NO_SUCH_DAY, ""),
        ("0000", CalendarProblem.NO_SUCH_DAY, ""),
        ("9999", CalendarProblem.NO_SUCH_DAY, ""),
        ("明治5年度", CalendarProblem.BEFORE_GREGORIAN, ""),
        ("1868", CalendarProblem.BEFORE_GREGORIAN, ""),
        ("2026-04-01", CalendarProblem.UNREADABLE, ""),
        ("今年度", CalendarProblem.UNREADABLE, ""),
        ("٢٠٢٦", CalendarProblem.UNREADABLE, ""),
    ],
)
def test_school_year_that_cannot_be_is_refused_with_its_reason(typed, problem, suggestion):
    with pytest.raises(InvalidValue) as refused:
        parse_school_year(typed)
    assert (refused.value.problem, refused.value.suggestion) == (problem, suggestion)


def test_written_school_year_reads_back():
    for school_year in range(1873, 2101):
        assert parse_school_year(format_school_year(school_year)) == school_year


def test_ordinance_may_close_further_days():
    assert not is_business_day(date(2026, 11, 24), {date(2026, 11, 24)})


@pytest.mark.parametrize(
    ("day", "count", "closed", "expected"),
    [
        (date(2026, 4, 28), 1, (), date(2026, 4, 30)),
        (date(2026, 5, 1), 1, (), date(2026, 5, 7)),
        (date(2026, 12, 28), 1, (), date(2027, 1, 4)),
        (date(2026, 12, 28), 2, (date(2027, 1, 4),), date(2027, 1, 6)),
        (date(2026, 11, 21), 1, (), date(2026, 11, 24)),
        (date(2026, 11, 24), -1, (), date(2026, 11, 20)),
        (date(2027, 1, 4), -2, (), date(2026, 12, 25)),
        (date(2026, 11, 21), 0, (), date(2026, 11, 21)),
        (date(2026, 4, 1), 10, (), date(2026, 4, 15)),
    ],
)
def test_business_days_are_counted_without_the_first(day, count, closed, expected):
    assert add_business_days(day, count, closed) == expected


def test_next_and_previous_business_day_leave_the_day_itself_out():
    monday = date(2026, 11, 30)
    assert next_business_day(monday) == date(2026, 12, 1)
    assert previous_business_day(monday) == date(2026, 11, 27)


def test_time_limit_on_a_closed_day_moves_to_the_next_open_day():
    assert business_day_from(date(2026, 5, 3)) == date(2026, 5, 7)
    assert business_day_from(date(2026, 5, 7)) == date(2026, 5, 7)
    assert business_day_from(date(2026, 5, 7), [date(2026, 5, 7)]) == date(2026, 5, 8)
