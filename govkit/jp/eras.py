"""The eras (元号) since 明治, to the day.

Nothing here reads text or asks for today's date; see :mod:`govkit.jp.dates` for what people type.
"""

from calendar import monthrange
from datetime import date
from enum import Enum, StrEnum
from typing import Final

from govkit.errors import InvalidValue

__all__ = [
    "GREGORIAN_FROM",
    "CalendarProblem",
    "Era",
    "day_in_era",
    "eras_on",
    "western_day",
    "year_name",
]


class CalendarProblem(StrEnum):
    """Why a date cannot be read.

    With ``NO_SUCH_DAY`` go the parameters ``part`` (``year``, ``month`` or ``day``), ``month`` and
    ``last_day``; with ``BEFORE_ERA`` and ``AFTER_ERA`` ``era``, ``first_day`` and ``last_day``, and
    the suggestion is the same day under the name it has.
    """

    EMPTY = "date_empty"
    UNREADABLE = "date_unreadable"
    NO_SUCH_DAY = "date_no_such_day"
    BEFORE_ERA = "date_before_era"
    AFTER_ERA = "date_after_era"
    BEFORE_GREGORIAN = "date_before_gregorian"
    """Before 明治6年1月1日 Japan counted by the moon (太陰太陽暦): 明治5年12月2日 was followed by it."""
    INCOMPLETE = "date_incomplete"
    """The year, the month or the day is missing."""
    NO_ERA = "date_year_without_era"
    """A year of one or two digits could be Western or of any era."""
    YEAR_NOT_FIRST = "date_year_not_first"
    """With the year last, month and day could stand in either order."""
    SERIAL = "date_spreadsheet_serial"
    """A spreadsheet's number of the day, such as 46113."""
    WITH_TIME = "date_with_time"
    WRONG_WEEKDAY = "date_wrong_weekday"
    """The weekday in brackets is another one; the suggestion is the right one."""
    WESTERN_YEAR = "date_western_year_with_era"
    """A Western year stands behind an era; the suggestion is the era year it may be."""
    YEARS_DISAGREE = "date_years_disagree"
    """A Western and an era year stand side by side and differ."""


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

    def western_year(self, year: int) -> int:
        """The Western year of a year of the era, whether the era lasted that long or not."""
        return self.first_day.year + year - 1

    def year_of(self, western_year: int) -> int:
        """The year of the era that a Western year is, 1 being 元年."""
        return western_year - self.first_day.year + 1

    @property
    def last_year(self) -> int | None:
        """The last year of the era; ``None`` for the present one."""
        return None if self.last_day == date.max else self.year_of(self.last_day.year)


GREGORIAN_FROM: Final = date(1873, 1, 1)
"""Japan counts by the Gregorian calendar from 明治6年1月1日 (太政官布告第337号)."""


def year_name(year: int) -> str:
    """A year of an era in words: 元年, 8年."""
    return "元年" if year == 1 else f"{year}年"


def eras_on(day: date) -> tuple[Era, ...]:
    """The eras whose name a day carries: two on a change day of 1912 and 1926.

    :raises InvalidValue: For a day before 明治6年1月1日.
    """
    if day < GREGORIAN_FROM:
        raise InvalidValue(CalendarProblem.BEFORE_GREGORIAN)
    return tuple(era for era in Era if era.first_day <= day <= era.last_day)


def western_day(year: int, month: int, day: int) -> date:
    """The day of a Western year, from 1873 on.

    :raises InvalidValue: With a :class:`CalendarProblem`.
    """
    if not 1 <= year <= 9999:
        raise InvalidValue(CalendarProblem.NO_SUCH_DAY, part="year")
    if year < GREGORIAN_FROM.year:
        raise InvalidValue(CalendarProblem.BEFORE_GREGORIAN)
    if not 1 <= month <= 12:
        raise InvalidValue(CalendarProblem.NO_SUCH_DAY, part="month")
    last_day = monthrange(year, month)[1]
    if not 1 <= day <= last_day:
        raise InvalidValue(CalendarProblem.NO_SUCH_DAY, part="day", month=month, last_day=last_day)
    return date(year, month, day)


def day_in_era(era: Era, year: int, month: int, day: int, *, is_typed: bool = True) -> date:
    """The day of a year of an era, if it exists and bears the era's name.

    :param is_typed: Whether a person wrote it, who with 令和2026年 means a Western year.
    :raises InvalidValue: With a :class:`CalendarProblem`.
    """
    if year < 1:
        raise InvalidValue(CalendarProblem.NO_SUCH_DAY, part="year")
    if year >= 1000 and is_typed:
        meant = western_day(year, month, day)
        raise InvalidValue(CalendarProblem.WESTERN_YEAR, _name_of(meant))
    result = western_day(era.western_year(year), month, day)
    if era.first_day <= result <= era.last_day:
        return result
    problem = CalendarProblem.BEFORE_ERA if result < era.first_day else CalendarProblem.AFTER_ERA
    raise InvalidValue(
        problem,
        _name_of(result),
        era=era.kanji,
        first_day=era.first_day,
        last_day=era.last_day,
    )


def _name_of(day: date) -> str:
    era = eras_on(day)[-1]
    return f"{era.kanji}{year_name(era.year_of(day.year))}{day.month}月{day.day}日"
