"""Days in wareki and in Western years: reading what people type, writing what letters need.

The order of month and day is never guessed, nor the era of a year: the year comes first and is
Western with four digits or bears its era.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, Self

from govkit.errors import InvalidValue
from govkit.jp.date_text import (
    ERA_PATTERN,
    ERAS,
    SEPARATOR,
    joined,
    plain_date_text,
)
from govkit.jp.eras import CalendarProblem, Era, day_in_era, eras_on, western_day, year_name
from govkit.jp.kanji_numerals import format_kanji_number

__all__ = ["DateStyle", "WarekiDate", "format_date", "parse_date", "weekday_name"]


class DateStyle(StrEnum):
    """How a day is written."""

    WAREKI = "wareki"
    """令和8年4月1日, 令和元年5月1日: official letters."""
    WAREKI_KANJI = "wareki_kanji"
    """令和八年四月一日: certificates."""
    WAREKI_SHORT = "wareki_short"
    """R8.4.1: narrow tables."""
    WAREKI_PADDED = "wareki_padded"
    """R08.04.01 (JIS X 0301; unverified)."""
    WAREKI_COMPACT = "wareki_compact"
    """R080401."""
    WESTERN = "western"
    """2026年4月1日."""
    BOTH = "both"
    """2026年（令和8年）4月1日."""
    ISO = "iso"
    """2026-04-01 (ISO 8601)."""
    SLASHES = "slashes"
    """2026/04/01."""
    COMPACT = "compact"
    """20260401."""


@dataclass(frozen=True, slots=True)
class WarekiDate:
    """A day written with its era (和暦). Always a day that exists and lies within the era.

    :param raw: The text as it was typed; blank if the value was made otherwise.
    """

    era: Era
    year: int
    month: int
    day: int
    raw: str = field(default="", compare=False, repr=False)

    def __post_init__(self) -> None:
        day_in_era(self.era, self.year, self.month, self.day, is_typed=False)

    @classmethod
    def from_date(cls, day: date) -> Self:
        """The wareki of a day, a change day under its newer name.

        :raises InvalidValue: For a day before 明治6年1月1日.
        """
        return cls.all_of(day)[-1]

    @classmethod
    def all_of(cls, day: date) -> tuple[Self, ...]:
        """Every name of a day, the older first: 大正15年12月25日 is 昭和元年12月25日.

        :raises InvalidValue: For a day before 明治6年1月1日.
        """
        return tuple(cls(era, era.year_of(day.year), day.month, day.day) for era in eras_on(day))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what people type: 令和8年4月1日, Ｒ８．４．１, ㋿元年五月一日, S64-1-7, R080401.

        :raises InvalidValue: With a :class:`CalendarProblem`.
        """
        era, day = _read(text)
        if era is None:
            raise InvalidValue(CalendarProblem.NO_ERA)
        return cls(era, era.year_of(day.year), day.month, day.day, text)

    def to_date(self) -> date:
        """The same day in the Gregorian calendar."""
        return date(self.era.western_year(self.year), self.month, self.day)

    def format(self, style: DateStyle = DateStyle.WAREKI) -> str:
        """The day in a style, under this era's name."""
        if style in _WAREKI:
            return _WAREKI[style](self)
        return _WESTERN[style](self.to_date())

    def __str__(self) -> str:
        return f"{self.era.kanji}{year_name(self.year)}{self.month}月{self.day}日"


def _kanji(when: WarekiDate) -> str:
    year = "元" if when.year == 1 else format_kanji_number(when.year)
    return f"{when.era.kanji}{year}年{format_kanji_number(when.month)}月{format_kanji_number(when.day)}日"


def _both(when: WarekiDate) -> str:
    era_year = f"{when.era.kanji}{year_name(when.year)}"
    return f"{when.to_date().year}年（{era_year}）{when.month}月{when.day}日"


_WAREKI: Final[Mapping[DateStyle, Callable[[WarekiDate], str]]] = {
    DateStyle.WAREKI: str,
    DateStyle.WAREKI_KANJI: _kanji,
    DateStyle.WAREKI_SHORT: lambda when: f"{when.era.letter}{when.year}.{when.month}.{when.day}",
    DateStyle.WAREKI_PADDED: lambda when: (
        f"{when.era.letter}{when.year:02}.{when.month:02}.{when.day:02}"
    ),
    DateStyle.WAREKI_COMPACT: lambda when: (
        f"{when.era.letter}{when.year:02}{when.month:02}{when.day:02}"
    ),
    DateStyle.BOTH: _both,
}
_WESTERN: Final[Mapping[DateStyle, Callable[[date], str]]] = {
    DateStyle.WESTERN: lambda day: f"{day.year}年{day.month}月{day.day}日",
    DateStyle.ISO: date.isoformat,
    DateStyle.SLASHES: lambda day: day.isoformat().replace("-", "/"),
    DateStyle.COMPACT: lambda day: day.isoformat().replace("-", ""),
}
_WEEKDAYS: Final = "月火水木金土日"
_ENGLISH_WEEKDAYS: Final = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def weekday_name(day: date) -> str:
    """The weekday in one letter: 水."""
    return _WEEKDAYS[day.weekday()]


def format_date(
    day: date, style: DateStyle = DateStyle.WAREKI, *, with_weekday: bool = False
) -> str:
    """A day as official letters write it, 令和元年5月1日, or in another style.

    :raises InvalidValue: For a day before 明治6年1月1日 in a style with an era.
    """
    western = _WESTERN.get(style)
    text = western(day) if western else WarekiDate.from_date(day).format(style)
    return f"{text}（{weekday_name(day)}）" if with_weekday else text


_YEAR: Final = rf"(?:(?:{ERA_PATTERN})[-.]?(?:元|[0-9]{{1,4}})|(?:西暦)?[0-9]{{4}})"
_YEAR_PARTS: Final = re.compile(rf"(?:({ERA_PATTERN})[-.]?(元|[0-9]+)|(?:西暦)?([0-9]{{4}}))")
_MONTH_DAY: Final = rf"(?:年|{SEPARATOR})([0-9]{{1,2}})(?:月|{SEPARATOR})([0-9]{{1,2}})日?"
_TAIL: Final = re.compile("(?:生まれ|生れ|うまれ|生|付け|付|現在|[.,、。])$")
_WEEKDAY: Final = re.compile(
    rf"(?:\(([{_WEEKDAYS}])(?:曜日?)?(?:[・、,/.]?(?:祝日?|休日?))?\)|([{_WEEKDAYS}])曜日?"
    rf"|\(?({'|'.join(_ENGLISH_WEEKDAYS)})[A-Z]{{0,6}}\.?\)?)$"
)
_TIME: Final = re.compile(r"(?: ?T ?| +)([0-9]{1,2}:[0-9]{2}.*|[0-9]{1,2}時.*)$")
_MIDNIGHT: Final = re.compile(r"0{1,2}:00(?::00(?:\.0+)?)?|0{1,2}時(?:0{1,2}分)?")
_DAY: Final = re.compile(
    rf"({_YEAR}){_MONTH_DAY}"
    rf"|((?:{ERA_PATTERN})(?:[1-9]?[0-9]{{2}})(?=[0-9]{{4}}$)|[0-9]{{4}}(?=[0-9]{{4}}$))([0-9]{{2}})([0-9]{{2}})"
)
_TWO_YEARS: Final = re.compile(rf"({_YEAR})年?\(({_YEAR})年?\)年?(.+)")
_ISO: Final = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})")

_REASONS: Final = tuple(
    (re.compile(pattern), problem)
    for pattern, problem in (
        (r"[0-9]{5}(?:[.-][0-9]+)?", CalendarProblem.SERIAL),
        (rf"(?:慶応|慶應)(?:元|[0-9]){_MONTH_DAY}", CalendarProblem.BEFORE_GREGORIAN),
        (r"(?:18|19|20|21)[0-9]{2}(?:0[1-9]|1[0-2])", CalendarProblem.INCOMPLETE),
        (r"[0-9]{6}", CalendarProblem.NO_ERA),
        (rf"(?:元|[0-9]{{1,3}}){_MONTH_DAY}", CalendarProblem.NO_ERA),
        (
            rf"[0-9]{{1,2}}{SEPARATOR}[0-9]{{1,2}}{SEPARATOR}[0-9]{{4}}",
            CalendarProblem.YEAR_NOT_FIRST,
        ),
        (
            rf"{_YEAR}年?|{_YEAR}(?:年|{SEPARATOR})(?:[0-9]{{1,2}}(?:月|{SEPARATOR})?)?",
            CalendarProblem.INCOMPLETE,
        ),
        (rf"[0-9]{{1,2}}(?:月|{SEPARATOR})(?:[0-9]{{1,2}}日?)?", CalendarProblem.INCOMPLETE),
    )
)


def parse_date(text: str) -> date:
    """Read a day in wareki or in Western years: 2026-04-01, 2026年4月1日, 20260401, R8.4.1.

    Also with both years, ``2026年（令和8年）4月1日``, and with its weekday in brackets.

    :raises InvalidValue: With a :class:`CalendarProblem`.
    """
    match = _ISO.fullmatch(text)
    if match is not None:
        return western_day(int(match[1]), int(match[2]), int(match[3]))
    return _read(text)[1]


def _read(text: str) -> tuple[Era | None, date]:
    plain, weekday = _without_weekday(_without_time(plain_date_text(text)))
    ways = joined(plain)
    for way in ways:
        if (found := _in_one_way(way)) is not None:
            _check_weekday(found[1], weekday)
            return found
    raise InvalidValue(
        next(
            (reason for pattern, reason in _REASONS if any(map(pattern.fullmatch, ways))),
            CalendarProblem.UNREADABLE,
        )
    )


def _without_time(plain: str) -> str:
    match = _TIME.search(plain)
    if match is None:
        return re.sub(r"(?<=[0-9]{8})\.0+$", "", plain)
    if _MIDNIGHT.fullmatch(match[1]) is None:
        raise InvalidValue(CalendarProblem.WITH_TIME)
    return plain[: match.start()]


def _without_weekday(plain: str) -> tuple[str, int | None]:
    match = _WEEKDAY.search(plain)
    if match is None:
        return _TAIL.sub("", plain).strip(), None
    kanji = match[1] or match[2]
    weekday = _WEEKDAYS.index(kanji) if kanji else _ENGLISH_WEEKDAYS.index(match[3])
    return plain[: match.start()].strip(" ,"), weekday


def _check_weekday(day: date, weekday: int | None) -> None:
    if weekday is not None and weekday != day.weekday():
        raise InvalidValue(CalendarProblem.WRONG_WEEKDAY, weekday_name(day))


def _in_one_way(plain: str) -> tuple[Era | None, date] | None:
    if (match := _DAY.fullmatch(plain)) is not None:
        year, month, day = (part for part in match.groups() if part)
        return _in_year(year, int(month), int(day))
    if (both := _TWO_YEARS.fullmatch(plain)) is None:
        return None
    found, other = (_in_one_way(f"{year}年{both[3]}") for year in (both[1], both[2]))
    if found != other and (found is None or other is None or found[1] != other[1]):
        raise InvalidValue(CalendarProblem.YEARS_DISAGREE)
    return found if found is None or found[0] else other


def _in_year(text: str, month: int, day: int) -> tuple[Era | None, date]:
    match = _YEAR_PARTS.fullmatch(text)
    assert match is not None  # noqa: S101 - the text was matched by the same expression
    name, year, western = match.groups()
    if western:
        return None, western_day(int(western), month, day)
    era = ERAS[name]
    return era, day_in_era(era, 1 if year == "元" else int(year), month, day)
