"""Eras, school years, ages and national holidays.

Days are :class:`datetime.date`, school years (年度) the year in which they begin. Nothing here asks
for today's date.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, StrEnum
from functools import cache
from typing import Final, Self

import holidays

from govkit.errors import InvalidValue
from govkit.jp.text import DASHES, fold_width

__all__ = [
    "CalendarProblem",
    "Era",
    "WarekiDate",
    "age_on",
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
    "parse_date",
    "school_year_days",
    "school_year_of",
]


class CalendarProblem(StrEnum):
    """Why a date cannot be read."""

    EMPTY = "date_empty"
    UNREADABLE = "date_unreadable"
    NO_SUCH_DAY = "date_no_such_day"
    BEFORE_ERA = "date_before_era"
    AFTER_ERA = "date_after_era"
    BEFORE_GREGORIAN = "date_before_gregorian"


class Era(Enum):
    """An era (元号) since 明治, with its letter and its first and last day.

    30 July 1912 and 25 December 1926 carry both names; the later changes fell between two days.
    """

    MEIJI = ("明治", "M", date(1868, 10, 23), date(1912, 7, 30))
    TAISHO = ("大正", "T", date(1912, 7, 30), date(1926, 12, 25))
    SHOWA = ("昭和", "S", date(1926, 12, 25), date(1989, 1, 7))
    HEISEI = ("平成", "H", date(1989, 1, 8), date(2019, 4, 30))
    REIWA = ("令和", "R", date(2019, 5, 1), date.max)

    def __init__(self, kanji: str, letter: str, first_day: date, last_day: date) -> None:
        self.kanji = kanji
        self.letter = letter
        self.first_day = first_day
        self.last_day = last_day


_GREGORIAN_FROM: Final = date(1873, 1, 1)
"""Japan counts by the Gregorian calendar from 明治6年1月1日 (太政官布告第337号)."""


def eras_on(day: date) -> tuple[Era, ...]:
    """The eras whose name a day carries: two on a change day of 1912 and 1926.

    :raises InvalidValue: For a day before 明治6年1月1日.
    """
    if day < _GREGORIAN_FROM:
        raise InvalidValue(CalendarProblem.BEFORE_GREGORIAN)
    return tuple(era for era in Era if era.first_day <= day <= era.last_day)


def _year_name(year: int) -> str:
    return "元年" if year == 1 else f"{year}年"


@dataclass(frozen=True, slots=True)
class WarekiDate:
    """A day written with its era (和暦). Always a day that exists and lies within the era."""

    era: Era
    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        _day_in_era(self.era, self.year, self.month, self.day)

    @classmethod
    def from_date(cls, day: date) -> Self:
        """The wareki of a day, a change day under its newer name.

        :raises InvalidValue: For a day before 明治6年1月1日.
        """
        era = eras_on(day)[-1]
        return cls(era, day.year - era.first_day.year + 1, day.month, day.day)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what people type: 令和8年4月1日, Ｒ８．４．１, ㋿元年五月一日, S64-1-7, R080401.

        :raises InvalidValue: With a :class:`CalendarProblem`.
        """
        match = _WAREKI.fullmatch(_prepare(text))
        if match is None:
            raise InvalidValue(CalendarProblem.UNREADABLE)
        era, *parts = (part for part in match.groups() if part)
        return cls(_ERAS[era], *(1 if part == "元" else int(part) for part in parts))

    def to_date(self) -> date:
        """The same day in the Gregorian calendar."""
        return date(self.era.first_day.year + self.year - 1, self.month, self.day)

    def __str__(self) -> str:
        return f"{self.era.kanji}{_year_name(self.year)}{self.month}月{self.day}日"


def _day_in_era(era: Era, year: int, month: int, day: int) -> date:
    if year < 1:
        raise InvalidValue(CalendarProblem.NO_SUCH_DAY)
    try:
        result = date(era.first_day.year + year - 1, month, day)
    except ValueError:
        raise InvalidValue(CalendarProblem.NO_SUCH_DAY) from None
    if result < era.first_day:
        raise InvalidValue(CalendarProblem.BEFORE_ERA)
    if result > era.last_day:
        raise InvalidValue(CalendarProblem.AFTER_ERA)
    if result < _GREGORIAN_FROM:
        raise InvalidValue(CalendarProblem.BEFORE_GREGORIAN)
    return result


_SQUARE_ERAS: Final = {"㍾": "明治", "㍽": "大正", "㍼": "昭和", "㍻": "平成", "㋿": "令和"}
_ERAS: Final = {name: era for era in Era for name in (era.kanji, era.kanji[0], era.letter)}
_KANJI_DIGITS: Final = {kanji: str(value) for value, kanji in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "壱": "1",
    "弐": "2",
    "参": "3",
}
_KANJI_NUMBER: Final = re.compile(f"[{''.join(_KANJI_DIGITS)}十拾廿]+")
_SEPARATOR: Final = f"[/.,{re.escape(DASHES)}]"
_DAY_PARTS: Final = (
    rf"(?:年|{_SEPARATOR})([0-9]{{1,2}})(?:月|{_SEPARATOR})([0-9]{{1,2}})日?",
    r"([0-9]{2})([0-9]{2})",
)
_WAREKI: Final = re.compile(
    rf"({'|'.join(sorted(_ERAS, key=len, reverse=True))})"
    rf"(?:(元|[0-9]{{1,3}}){_DAY_PARTS[0]}|([0-9]{{2}}){_DAY_PARTS[1]})"
)
_WESTERN: Final = re.compile(rf"([0-9]{{4}})(?:{_DAY_PARTS[0]}|{_DAY_PARTS[1]})")


def _kanji_number(match: re.Match[str]) -> str:
    tens, ten, units = match[0].replace("廿", "二十").replace("拾", "十").partition("十")
    if not ten:
        return "".join(_KANJI_DIGITS[kanji] for kanji in match[0])
    if len(tens) > 1 or len(units) > 1 or "十" in units:
        return match[0]
    return _KANJI_DIGITS.get(tens, "1") + _KANJI_DIGITS.get(units, "0")


def _prepare(text: str) -> str:
    compact = "".join(fold_width(text).split()).upper()
    if not compact:
        raise InvalidValue(CalendarProblem.EMPTY)
    for square, kanji in _SQUARE_ERAS.items():
        compact = compact.replace(square, kanji)
    return _KANJI_NUMBER.sub(_kanji_number, compact)


def parse_date(text: str) -> date:
    """Read a day in wareki or in Western years: 2026-04-01, 2026年4月1日, 20260401, R8.4.1.

    :raises InvalidValue: With a :class:`CalendarProblem`.
    """
    match = _WESTERN.fullmatch(_prepare(text))
    if match is None:
        return WarekiDate.parse(text).to_date()
    try:
        return date(*(int(part) for part in match.groups() if part))
    except ValueError:
        raise InvalidValue(CalendarProblem.NO_SUCH_DAY) from None


def format_date(day: date) -> str:
    """A day as official letters write it: 令和元年5月1日."""
    return str(WarekiDate.from_date(day))


def format_school_year(school_year: int) -> str:
    """A fiscal or school year as official letters write it: 令和8年度.

    Named after the era of 1 April, but 2019 is 令和元年度 throughout (新元号への円滑な移行に向けた関係
    省庁連絡会議 申合せ, 2019-04-01; unverified).
    """
    named_on = date(school_year, 5 if school_year == 2019 else 4, 1)
    wareki = WarekiDate.from_date(named_on)
    return f"{wareki.era.kanji}{_year_name(wareki.year)}度"


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
    return dict(holidays.country_holidays("JP", years=year, expand=False, language="ja").items())


def holiday_name(day: date) -> str | None:
    """Name of the national holiday (国民の祝日, 振替休日, 国民の休日) on a day."""
    return _holidays_of(day.year).get(day)


def is_national_holiday(day: date) -> bool:
    """Whether a day is a holiday under 国民の祝日に関する法律."""
    return day in _holidays_of(day.year)


def is_business_day(day: date) -> bool:
    """Whether town halls are open: not at weekends, on holidays or from 29 December to 3 January.

    After 地方自治法第4条の2; a municipality's own ordinance may add days.
    """
    is_new_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < 5 and not is_new_year and not is_national_holiday(day)
