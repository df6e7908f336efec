"""Times of day as people write them (時刻)."""

import re
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import Final, Self

from govkit.errors import InvalidValue
from govkit.jp.date_text import plain_date_text

__all__ = ["TimeOfDay", "TimeProblem"]


class TimeProblem(StrEnum):
    """Why a time cannot be read."""

    EMPTY = "time_empty"
    UNREADABLE = "time_unreadable"
    NO_SUCH_HOUR = "time_no_such_hour"
    NO_SUCH_MINUTE = "time_no_such_minute"
    TWELVE = "time_twelve_unclear"
    """午前12時 and 午後12時 are read in two ways; 正午, 0時 and 12:30 PM are not."""
    WITH_SECONDS = "time_with_seconds"
    DAY_FRACTION = "time_spreadsheet_fraction"
    """A spreadsheet's fraction of a day, such as 0.375."""


_HALVES: Final = {"午前": 0, "午後": 12, "AM": 0, "PM": 12, "A.M.": 0, "P.M.": 12}
_HALF: Final = "|".join(map(re.escape, _HALVES))
_TIME: Final = re.compile(
    rf"(?P<before>{_HALF})?(?P<hour>[0-9]{{1,2}})"
    r"(?P<rest>[:∶](?P<colon>[0-9]{2})(?:[:∶](?P<second>[0-9]{2}))?|\.(?P<dot>[0-9]{2})"
    r"|時(?:(?P<minute>[0-9]{1,2})(?:分(?:(?P<seconds>[0-9]{1,2})秒)?)?|(?P<half>半))?)?"
    rf"(?P<after>{_HALF})?"
)
_COMPACT: Final = re.compile("([0-9]{2})([0-9]{2})")
_WORDS: Final = {"正午": (12, 0), "NOON": (12, 0), "正子": (0, 0)}


@dataclass(frozen=True, slots=True, order=True)
class TimeOfDay:
    """A time of day to the minute (時刻), from 00:00 to 24:00, the end of the day.

    :param raw: The text as it was typed; blank if the value was made otherwise.
    """

    hour: int
    minute: int = 0
    raw: str = field(default="", compare=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.hour <= 24:
            raise InvalidValue(TimeProblem.NO_SUCH_HOUR)
        if not 0 <= self.minute <= 59:
            raise InvalidValue(TimeProblem.NO_SUCH_MINUTE)
        if self.hour == 24 and self.minute:
            raise InvalidValue(TimeProblem.NO_SUCH_HOUR)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a time: 9:05, ９：０５, 午後3時, 15時30分, 午前9時半, 0905, 正午, 24:00.

        :raises InvalidValue: With a :class:`TimeProblem`.
        """
        try:
            plain = plain_date_text(text).replace(" ", "")
        except InvalidValue as error:
            blank = error.problem.value == "date_empty"
            raise InvalidValue(TimeProblem.EMPTY if blank else TimeProblem.UNREADABLE) from None
        if plain in _WORDS:
            return cls(*_WORDS[plain], text)
        if (match := _COMPACT.fullmatch(plain)) is not None:
            return cls(int(match[1]), int(match[2]), text)
        if re.fullmatch(r"0?\.[0-9]{2,}", plain):
            raise InvalidValue(TimeProblem.DAY_FRACTION)
        if (match := _TIME.fullmatch(plain)) is None:
            raise InvalidValue(TimeProblem.UNREADABLE)
        return cls._read(match, text)

    @classmethod
    def _read(cls, match: re.Match[str], text: str) -> Self:
        half = match["before"] or match["after"]
        if (match["before"] and match["after"]) or not (half or match["rest"]):
            raise InvalidValue(TimeProblem.UNREADABLE)
        if int(match["second"] or match["seconds"] or 0):
            raise InvalidValue(TimeProblem.WITH_SECONDS)
        minute = (
            30 if match["half"] else int(match["colon"] or match["dot"] or match["minute"] or 0)
        )
        return cls(_in_24(int(match["hour"]), half), minute, text)

    @property
    def is_end_of_day(self) -> bool:
        """Whether it is 24:00, which :class:`datetime.time` cannot hold."""
        return self.hour == 24

    def to_time(self) -> time:
        """The same time as a :class:`datetime.time`.

        :raises ValueError: For 24:00.
        """
        return time(self.hour, self.minute)

    @property
    def words(self) -> str:
        """The time as letters write it: 午後3時30分, 正午."""
        if (self.hour, self.minute) == (12, 0):
            return "正午"
        if self.hour == 24:
            return "24時"
        half, hour = ("午前", self.hour) if self.hour < 12 else ("午後", self.hour - 12)
        return f"{half}{hour}時" + (f"{self.minute}分" if self.minute else "")

    def __str__(self) -> str:
        return f"{self.hour:02}:{self.minute:02}"


def _in_24(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if hour > 12:
        raise InvalidValue(TimeProblem.NO_SUCH_HOUR)
    if hour == 12 and half in ("午前", "午後"):
        raise InvalidValue(TimeProblem.TWELVE)
    return hour % 12 + _HALVES[half]
