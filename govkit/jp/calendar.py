"""School years, ages, national holidays and business days; eras and days by re-export.

Days are :class:`datetime.date`, school years (年度) the year in which they begin. Nothing here asks
for today's date. Reading and writing days is in :mod:`govkit.jp.dates`, dates known in part are in
:mod:`govkit.jp.partial_dates`; their names can be imported from here as well.
"""

import re
from collections.abc import Collection
from datetime import date, timedelta
from functools import cache
from typing import Final

from govkit.errors import InvalidValue
from govkit.jp.date_text import ERA_PATTERN, ERAS, plain_date_text
from govkit.jp.dates import DateStyle, WarekiDate, format_date, parse_date
from govkit.jp.eras import CalendarProblem, Era, eras_on, year_name

__all__ = [
    "CalendarProblem",
    "DateStyle",
    "Era",
    "WarekiDate",
    "add_business_days",
    "age_on",
    "business_day_from",
    "day_of_reaching_age",
    "entry_cohort",
    "entry_school_year",
    "eras_on",
    "format_date",
    "format_school_year",
    "grade_in",
    "holiday_name",
    "is_business_day",
    "is_national_holiday",
    "legal_age_on",
    "next_business_day",
    "parse_date",
    "parse_school_year",
    "previous_business_day",
    "school_year_days",
    "school_year_of",
]


def format_school_year(school_year: int) -> str:
    """A fiscal or school year as official letters write it: 令和8年度.

    Named after the era of 1 April, but 2019 is 令和元年度 throughout (新元号への円滑な移行に向けた関係
    省庁連絡会議 申合せ, 2019-04-01; unverified).
    """
    named_on = date(school_year, 5 if school_year == 2019 else 4, 1)
    wareki = WarekiDate.from_date(named_on)
    return f"{wareki.era.kanji}{year_name(wareki.year)}度"


_SCHOOL_YEAR: Final = re.compile(
    rf"(?:({ERA_PATTERN})[-.]?(元|[0-9]{{1,3}})|(?:西暦)?([0-9]{{4}}))年?度?"
)


def parse_school_year(text: str) -> int:
    """Read a fiscal or school year (年度): 令和8年度, R8, 2026年度.

    平成31年度 and 令和元年度 are both 2019; a year of an era that ended before its 1 April, such as
    昭和64年度, is refused and the right name suggested.

    :raises InvalidValue: With a :class:`CalendarProblem`.
    """
    plain = plain_date_text(text).replace(" ", "")
    match = _SCHOOL_YEAR.fullmatch(plain)
    if match is None:
        lacks_era = re.fullmatch("(?:元|[0-9]{1,3})年?度?", plain)
        raise InvalidValue(CalendarProblem.NO_ERA if lacks_era else CalendarProblem.UNREADABLE)
    name, year, western = match.groups()
    era = ERAS.get(name)
    number = 1 if year == "元" else int(year or western)
    school_year = era.western_year(number) if era else number
    if number < 1 or school_year >= date.max.year:
        raise InvalidValue(CalendarProblem.NO_SUCH_DAY, part="year")
    if school_year < 1873:
        raise InvalidValue(CalendarProblem.BEFORE_GREGORIAN)
    if era and (era.last_day < date(school_year, 4, 1)):
        raise InvalidValue(
            CalendarProblem.AFTER_ERA,
            format_school_year(school_year),
            era=era.kanji,
            first_day=era.first_day,
            last_day=era.last_day,
        )
    return school_year


def school_year_of(day: date) -> int:
    """School year (年度) of a day: 1 April to 31 March (学校教育法施行規則第59条)."""
    return day.year if day.month >= 4 else day.year - 1


def school_year_days(school_year: int) -> tuple[date, date]:
    """First and last day of a school year."""
    return date(school_year, 4, 1), date(school_year + 1, 3, 31)


def day_of_reaching_age(birth: date, age: int) -> date:
    """The day on which an age is reached: the day before the birthday.

    年齢計算ニ関スル法律 with 民法第143条; who was born on 29 February reaches it on 28 February.
    """
    year = birth.year + age
    if (birth.month, birth.day) == (2, 29):
        return date(year, 2, 28)
    return date(year, birth.month, birth.day) - timedelta(days=1)


def age_on(birth: date, day: date) -> int:
    """Completed years at the beginning of a day, so one more from the birthday on.

    The law lets the age be reached at the end of the day before; where the day of reaching itself
    counts, use :func:`day_of_reaching_age`.
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def legal_age_on(birth: date, day: date) -> int:
    """The age that counts in law on a day: one more already on the day before the birthday.

    年齢計算ニ関スル法律 with 民法第143条: the age is reached as that day ends, and where the law asks
    for an age "on" a day (voting, school entry) that day counts.
    """
    return age_on(birth, day + timedelta(days=1))


def entry_school_year(birth: date) -> int:
    """School year in which a child enters elementary school.

    The first that begins after the day on which age 6 is reached (学校教育法第17条), so children born
    on 1 April are the youngest of the older year.
    """
    return birth.year + (6 if (birth.month, birth.day) <= (4, 1) else 7)


def entry_cohort(entry_year: int) -> tuple[date, date]:
    """First and last birthday of the children who enter elementary school in a school year."""
    return date(entry_year - 7, 4, 2), date(entry_year - 6, 4, 1)


def grade_in(birth: date, school_year: int) -> int:
    """Grade by age (学年): 1 to 6 elementary, 7 to 9 junior high, 0 the year before entry.

    Below 0 the child is younger, above 9 past compulsory schooling (学齢). Only a default: the
    recorded grade (原級留置, 下学年編入) always wins.
    """
    return school_year - entry_school_year(birth) + 1


@cache
def _holidays_of(year: int) -> dict[date, str]:
    import holidays  # takes longer to load than all the rest of this layer, and few ask for it

    return dict(holidays.country_holidays("JP", years=year, expand=False, language="ja").items())


def holiday_name(day: date) -> str | None:
    """Name of the national holiday (国民の祝日, 振替休日, 国民の休日) on a day.

    Known from 1949 to 2099; equinoxes that are not announced yet are computed.
    """
    return _holidays_of(day.year).get(day)


def is_national_holiday(day: date) -> bool:
    """Whether a day is a holiday under 国民の祝日に関する法律."""
    return day in _holidays_of(day.year)


def is_business_day(day: date, closed: Collection[date] = ()) -> bool:
    """Whether town halls are open: not at weekends, on holidays or from 29 December to 3 January.

    After 地方自治法第4条の2.

    :param closed: Further days on which this office is closed by its own ordinance.
    """
    is_new_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return (
        day.weekday() < 5 and not is_new_year and day not in closed and not is_national_holiday(day)
    )


def business_day_from(day: date, closed: Collection[date] = ()) -> date:
    """The day itself if it is a business day, else the next one.

    So a time limit that ends on a closed day ends on the next open one (地方自治法第4条の2第4項).
    """
    return day if is_business_day(day, closed) else next_business_day(day, closed)


def next_business_day(day: date, closed: Collection[date] = ()) -> date:
    """The first business day after a day."""
    return add_business_days(day, 1, closed)


def previous_business_day(day: date, closed: Collection[date] = ()) -> date:
    """The last business day before a day."""
    return add_business_days(day, -1, closed)


def add_business_days(day: date, count: int, closed: Collection[date] = ()) -> date:
    """The business day that many business days later, or earlier if the count is negative.

    The first day does not count (民法第140条), whether it is a business day or not; a count of 0
    gives it back.
    """
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_business_day(day, closed):
            day += step
    return day
