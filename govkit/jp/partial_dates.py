"""Dates of which a part is unknown (不詳), and months.

Resident registers hold births and deaths of which only the year, the season or the third of a
month is known. Comparisons with such dates answer yes, no or maybe.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Self

from govkit.errors import InvalidValue
from govkit.jp.date_text import ERA_PATTERN, ERAS, SEPARATOR, joined, plain_date_text
from govkit.jp.dates import WarekiDate, parse_date
from govkit.jp.eras import GREGORIAN_FROM, CalendarProblem, Era, eras_on, year_name

__all__ = ["MonthThird", "PartialDate", "Season", "YearMonth", "bounds_within", "month_bounds"]


class Season(StrEnum):
    """A season (春夏秋冬) in place of a month, with the code registers write for it."""

    SPRING = "A1"
    SUMMER = "A2"
    AUTUMN = "A3"
    WINTER = "A4"


class MonthThird(StrEnum):
    """A third of a month (上旬, 中旬, 下旬) in place of a day, with the code registers write."""

    EARLY = "A1"
    MIDDLE = "A2"
    LATE = "A3"


_SEASONS: Final = dict(zip("春夏秋冬", Season, strict=True))
_THIRDS: Final = dict(zip("上中下", MonthThird, strict=True))
# Winter spans a turn of the year, so within one year it may be any month.
_MONTHS: Final = {
    Season.SPRING: (3, 5),
    Season.SUMMER: (6, 8),
    Season.AUTUMN: (9, 11),
    Season.WINTER: (1, 12),
}
_DAYS: Final = {MonthThird.EARLY: (1, 10), MonthThird.MIDDLE: (11, 20), MonthThird.LATE: (21, 31)}
_YEAR: Final = rf"(?:({ERA_PATTERN})[-.]?(元|[0-9]{{1,3}})|(?:西暦)?([0-9]{{4}}))"
_BRACKETS: Final = str.maketrans("", "", "() ")
_ABOUT: Final = re.compile("頃|ごろ|ころ|推定|およそ|おおよそ|約")
_UNKNOWN: Final = re.compile("不明|未詳|わからない|分からない")
_NOTHING: Final = re.compile(rf"({ERA_PATTERN})?(?:生?年月日)?不詳")
_REGISTERED: Final = re.compile("([0-9]{4})-([0-9]{2}|A[1-4])-([0-9]{2}|A[1-3])")
_WRITTEN: Final = re.compile(
    rf"(?:({ERA_PATTERN})([0-9]{{2,3}})|([0-9]{{4}}))-([0-9]{{2}}|A[1-4])-([0-9]{{2}}|A[1-3])"
)
_PHRASE: Final = re.compile(
    rf"(?:{_YEAR}(?:年|{SEPARATOR}|$)|({ERA_PATTERN})?年不詳)"
    rf"(?:月?日?不詳|([春夏秋冬])|(月不詳|[0-9]{{1,2}}(?:月|{SEPARATOR}|$))"
    rf"(?:日?不詳|([上中下初])旬|([0-9]{{1,2}})日?)?)?"
)


def month_bounds(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def bounds_within(bounds: tuple[date, date] | None, first: date, last: date) -> bool | None:
    """Whether a day of which only the bounds are known lies between two days; ``None``: maybe."""
    if first > last:
        return False
    if bounds is None:
        return None
    if bounds[1] < first or bounds[0] > last:
        return False
    return True if first <= bounds[0] and bounds[1] <= last else None


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known in part (不詳日): year, season or month, third of the month or day.

    ``str`` gives the form of registers, ``1950-04-A1``: four digits of the year, ``00`` for what
    is unknown, ``A1`` to ``A4`` for spring to winter, ``A1`` to ``A3`` for the thirds of a month, and
    頃 at the end of a date that is only about right. Where only the era limits it, the year bears the
    era's letter: ``S64-00-00`` lies in the first week of 1989.

    :param year: Western year, ``None`` if unknown; ``month`` and ``day`` alike.
    :param about: Only about right (頃, 推定).
    :param era: The era, kept only where it narrows what the date can be.
    :param raw: The text as it was typed; blank if the value was made otherwise.
    """

    year: int | None = None
    month: int | Season | None = None
    day: int | MonthThird | None = None
    about: bool = False
    era: Era | None = None
    raw: str = field(default="", compare=False, repr=False)

    def __post_init__(self) -> None:
        self._check_parts()
        if self.era is None:
            return
        whole = self._calendar_bounds()
        if whole is None:
            return
        first, last = max(whole[0], self.era.first_day), min(whole[1], self.era.last_day)
        if first > last:
            raise self._outside(self.era, whole[0])
        if (first, last) == whole:
            object.__setattr__(self, "era", None)

    def _check_parts(self) -> None:
        year, month, day = self.year, self.month, self.day
        if year is not None and not 1 <= year <= 9999:
            raise InvalidValue(CalendarProblem.NO_SUCH_DAY, part="year")
        if isinstance(month, int) and not 1 <= month <= 12:
            raise InvalidValue(CalendarProblem.NO_SUCH_DAY, part="month")
        if isinstance(day, int):
            longest = _longest(year, month)
            if not 1 <= day <= longest:
                raise InvalidValue(
                    CalendarProblem.NO_SUCH_DAY, part="day", month=month, last_day=longest
                )

    def _outside(self, era: Era, day: date) -> InvalidValue:
        problem = CalendarProblem.BEFORE_ERA
        if day > era.last_day:
            problem = CalendarProblem.AFTER_ERA
        if day < GREGORIAN_FROM:
            return InvalidValue(CalendarProblem.BEFORE_GREGORIAN)
        right = replace(self, era=eras_on(day)[-1])
        return InvalidValue(
            problem,
            right.phrase,
            era=era.kanji,
            first_day=era.first_day,
            last_day=era.last_day,
        )

    @classmethod
    def of(cls, day: date) -> Self:
        """A date known to the day."""
        return cls(day.year, day.month, day.day)

    @classmethod
    def parse(cls, text: str, *, off_calendar: bool = False) -> Self:
        """Read a date or what is known of it: 昭和25年4月上旬, 1950年頃, 昭和25年月日不詳, 年月日不詳.

        :param off_calendar: Whether 29 February of a common year passes, which old registers hold
            (住民記録システム標準仕様書 1.1.8).
        :raises InvalidValue: With a :class:`CalendarProblem`.
        """
        plain = _UNKNOWN.sub("不詳", plain_date_text(text))
        about = _ABOUT.search(plain) is not None
        bare = _ABOUT.sub("", plain).strip()
        if not bare:
            raise InvalidValue(CalendarProblem.UNREADABLE)
        try:
            return replace(cls.of(parse_date(bare)), about=about, raw=text)
        except InvalidValue as error:
            known = cls._in_part(bare, error)
        if known.is_off_calendar and not off_calendar:
            raise InvalidValue(CalendarProblem.NO_SUCH_DAY, part="day", month=2, last_day=28)
        return replace(known, about=about, raw=text)

    @classmethod
    def from_register(cls, written: str) -> Self:
        """Read the form of registers alone: ``1950-04-A1``, ``0000-00-00``, ``1947-02-29``.

        :raises InvalidValue: With ``UNREADABLE`` or ``NO_SUCH_DAY``.
        """
        match = _REGISTERED.fullmatch(written)
        if match is None:
            raise InvalidValue(CalendarProblem.UNREADABLE)
        return cls(int(match[1]) or None, _month(match[2]), _day(match[3]))

    @classmethod
    def _in_part(cls, plain: str, refused: InvalidValue) -> Self:
        bare = plain.translate(_BRACKETS)
        if (match := _NOTHING.fullmatch(bare)) is not None:
            return cls(era=ERAS[match[1]] if match[1] else None)
        if (match := _WRITTEN.fullmatch(bare)) is not None:
            return cls._written(match)
        for way in joined(plain.replace("(", "").replace(")", "")):
            if (match := _PHRASE.fullmatch(way)) is not None:
                return cls._phrased(match)
        raise refused

    @classmethod
    def _written(cls, match: re.Match[str]) -> Self:
        name, era_year, western, month, day = match.groups()
        year = _western_year(name, era_year, western)
        return cls(year, _month(month), _day(day), era=ERAS.get(name))

    @classmethod
    def _phrased(cls, match: re.Match[str]) -> Self:
        name, era_year, western, lone_era, season, month, third, day = match.groups()
        number = re.match("[0-9]+", month or "")
        return cls(
            _western_year(name, era_year, western),
            _SEASONS[season] if season else int(number[0]) if number else None,
            _THIRDS["上" if third == "初" else third] if third else int(day) if day else None,
            era=ERAS.get(name or lone_era),
        )

    @property
    def is_known(self) -> bool:
        """Whether it is one certain day on the calendar."""
        bounds = self.bounds
        return not self.about and bounds is not None and bounds[0] == bounds[1]

    @property
    def is_off_calendar(self) -> bool:
        """Whether it is 29 February in a common year."""
        return (
            (self.month, self.day) == (2, 29)
            and self.year is not None
            and monthrange(self.year, 2)[1] == 28
        )

    def to_date(self) -> date | None:
        """The day, or ``None`` while it is not one certain day."""
        return self.earliest if self.is_known else None

    @property
    def earliest(self) -> date | None:
        """First day it can be; ``None`` if there is no bound."""
        return self.bounds[0] if self.bounds else None

    @property
    def latest(self) -> date | None:
        """Last day it can be; ``None`` if there is no bound, or only the present era is known."""
        return self.bounds[1] if self.bounds else None

    @property
    def bounds(self) -> tuple[date, date] | None:
        """First and last day it can be; ``None`` if nothing bounds it.

        29 February of a common year is the day before or after. What is only about right may be
        off by one more of the smallest known part: a year, three months, a month, ten days (a
        convention of govkit; no rule says how far 頃 reaches).
        """
        bounds = self._calendar_bounds()
        if self.era is not None:
            first, last = self.era.first_day, self.era.last_day
            bounds = (max(bounds[0], first), min(bounds[1], last)) if bounds else (first, last)
        return self._widened(*bounds) if bounds and self.about else bounds

    def _calendar_bounds(self) -> tuple[date, date] | None:
        if self.year is None:
            return None
        if self.is_off_calendar:
            return date(self.year, 2, 28), date(self.year, 3, 1)
        months = _MONTHS[self.month] if isinstance(self.month, Season) else None
        low, high = months or ((self.month, self.month) if self.month else (1, 12))
        days = _DAYS[self.day] if isinstance(self.day, MonthThird) else None
        start, end = days or ((self.day, self.day) if self.day else (1, 31))
        return (
            date(self.year, int(low), min(int(start), monthrange(self.year, int(low))[1])),
            date(self.year, int(high), min(int(end), monthrange(self.year, int(high))[1])),
        )

    def _widened(self, first: date, last: date) -> tuple[date, date]:
        if self.day is not None:
            margin = timedelta(days=10)
            return max(first, date.min + margin) - margin, min(last, date.max - margin) + margin
        months = 12 if self.month is None else 3 if isinstance(self.month, Season) else 1
        before = max(first.year * 12 + first.month - 1 - months, 12)
        after = min(last.year * 12 + last.month - 1 + months, 9999 * 12 + 11)
        return (
            date(before // 12, before % 12 + 1, 1),
            month_bounds(after // 12, after % 12 + 1)[1],
        )

    def within(self, first: date, last: date) -> bool | None:
        """Whether it lies between two days, both included; ``None`` means maybe."""
        return bounds_within(self.bounds, first, last)

    def before(self, other: "date | PartialDate") -> bool | None:
        """Whether it lies before another date; ``None`` means maybe."""
        mine, theirs = self.bounds, _bounds(other)
        if mine is None or theirs is None:
            return None
        if mine[1] < theirs[0]:
            return True
        return False if mine[0] >= theirs[1] else None

    def after(self, other: "date | PartialDate") -> bool | None:
        """Whether it lies after another date; ``None`` means maybe."""
        mine, theirs = self.bounds, _bounds(other)
        if mine is None or theirs is None:
            return None
        if mine[0] > theirs[1]:
            return True
        return False if mine[1] <= theirs[0] else None

    @property
    def phrase(self) -> str:
        """The date in words as registers print it (不詳表記): 昭和25年4月上旬, 令和元年5月1日."""
        if self.year is None and self.month is None and self.day is None:
            return f"{self.era.kanji if self.era else ''}年月日不詳"
        if not self.month and self.day is None:
            rest = "頃" if self.about else "月日不詳"
        else:
            rest = self._month_words() + self._day_words() + ("頃" if self.about else "")
        return self._year_words() + rest

    def _year_words(self) -> str:
        if self.year is None:
            return f"{self.era.kanji if self.era else ''}年不詳"
        bounds = self._calendar_bounds()
        assert bounds is not None  # noqa: S101 - a year bounds it
        if bounds[0] < GREGORIAN_FROM:
            return f"{self.year}年"
        common = [era for era in eras_on(bounds[0]) if era in eras_on(bounds[1])]
        if self.era is None and not common:
            return f"{self.year}年"
        era = self.era or common[-1]
        return f"{era.kanji}{year_name(era.year_of(self.year))}"

    def _month_words(self) -> str:
        if isinstance(self.month, Season):
            return "春夏秋冬"[int(self.month[1]) - 1]
        return f"{self.month}月" if self.month else "月不詳"

    def _day_words(self) -> str:
        if isinstance(self.day, MonthThird):
            return "上中下"[int(self.day[1]) - 1] + "旬"
        if self.day:
            return f"{self.day}日"
        return "" if self.about or isinstance(self.month, Season) else "日不詳"

    def __str__(self) -> str:
        year = f"{self.year or 0:04}"
        if self.era is not None:
            year = f"{self.era.letter}{self.era.year_of(self.year) if self.year else 0:02}"
        parts = (
            part if isinstance(part, str) else f"{part or 0:02}" for part in (self.month, self.day)
        )
        return "-".join((year, *parts)) + ("頃" if self.about else "")


def _bounds(when: "date | PartialDate") -> tuple[date, date] | None:
    return when.bounds if isinstance(when, PartialDate) else (when, when)


def _month(code: str) -> int | Season | None:
    return Season(code) if code[0] == "A" else int(code) or None


def _day(code: str) -> int | MonthThird | None:
    return MonthThird(code) if code[0] == "A" else int(code) or None


def _longest(year: int | None, month: int | Season | None) -> int:
    # 29 February is legal in every year (住民記録システム標準仕様書 1.1.8).
    if not isinstance(month, int):
        return 31
    return 29 if month == 2 else monthrange(year or 2000, month)[1]


def _western_year(name: str | None, era_year: str | None, western: str | None) -> int | None:
    if western:
        year = int(western)
        if 0 < year < GREGORIAN_FROM.year:
            raise InvalidValue(CalendarProblem.BEFORE_GREGORIAN)
        return year or None
    if name is None or not era_year:
        return None
    if era_year == "00":
        return None
    number = 1 if era_year == "元" else int(era_year)
    if number < 1:
        raise InvalidValue(CalendarProblem.NO_SUCH_DAY, part="year")
    year = ERAS[name].western_year(number)
    if year < GREGORIAN_FROM.year:
        raise InvalidValue(CalendarProblem.BEFORE_GREGORIAN)
    return year


_MONTH: Final = re.compile(
    rf"{_YEAR}(?:年|{SEPARATOR})([0-9]{{1,2}})月?|({ERA_PATTERN})([0-9]{{2}})(?=[0-9]{{2}}$)([0-9]{{2}})"
    rf"|([0-9]{{4}})([0-9]{{2}})"
)

_NO_MONTH: Final = tuple(
    (re.compile(pattern), problem)
    for pattern, problem in (
        (rf"{_YEAR}年?", CalendarProblem.INCOMPLETE),
        ("[0-9]{1,2}月", CalendarProblem.INCOMPLETE),
        (rf"(?:元|[0-9]{{1,2}})(?:年|{SEPARATOR})[0-9]{{1,2}}月?", CalendarProblem.NO_ERA),
        (rf"[0-9]{{1,2}}{SEPARATOR}[0-9]{{4}}", CalendarProblem.YEAR_NOT_FIRST),
        ("[0-9]{5}", CalendarProblem.SERIAL),
    )
)


@dataclass(frozen=True, slots=True, order=True)
class YearMonth:
    """A month of a year (年月).

    :param raw: The text as it was typed; blank if the value was made otherwise.
    """

    year: int
    month: int
    raw: str = field(default="", compare=False, repr=False)

    def __post_init__(self) -> None:
        if not 1 <= self.year <= 9999:
            raise InvalidValue(CalendarProblem.NO_SUCH_DAY, part="year")
        if self.year < GREGORIAN_FROM.year:
            raise InvalidValue(CalendarProblem.BEFORE_GREGORIAN)
        if not 1 <= self.month <= 12:
            raise InvalidValue(CalendarProblem.NO_SUCH_DAY, part="month")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a month: 令和8年4月, 2026-04, 2026/4, 202604, R8.4; of a change month either name.

        :raises InvalidValue: With a :class:`CalendarProblem`.
        """
        plain = plain_date_text(text)
        for way in joined(plain):
            if (match := _MONTH.fullmatch(way)) is not None:
                return cls._read(match, text)
        raise InvalidValue(
            next(
                (reason for pattern, reason in _NO_MONTH if pattern.fullmatch(plain)),
                CalendarProblem.UNREADABLE,
            )
        )

    @classmethod
    def _read(cls, match: re.Match[str], text: str) -> Self:
        name = match[1] or match[5]
        year, month = (part for part in match.groups() if part and part != name)
        if name is None:
            return cls(int(year), int(month), text)
        era = ERAS[name]
        number = 1 if year == "元" else int(year)
        if number < 1:
            raise InvalidValue(CalendarProblem.NO_SUCH_DAY, part="year")
        read = cls(era.western_year(number), int(month), text)
        if era.first_day <= read.last_day and read.first_day <= era.last_day:
            return read
        late = read.first_day > era.last_day
        raise InvalidValue(
            CalendarProblem.AFTER_ERA if late else CalendarProblem.BEFORE_ERA,
            read.wareki,
            era=era.kanji,
            first_day=era.first_day,
            last_day=era.last_day,
        )

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return month_bounds(self.year, self.month)[1]

    @property
    def wareki(self) -> str:
        """The month as official letters write it, named after its last day: 令和元年5月."""
        when = WarekiDate.from_date(self.last_day)
        return f"{when.era.kanji}{year_name(when.year)}{self.month}月"

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"
