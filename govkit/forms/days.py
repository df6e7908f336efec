"""What the fields of days have in common: their sentences, their limits, how days are shown.

No field reads the clock: where a rule needs today, the caller gives it.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any, ClassVar, Final, Unpack

import wtforms
from wtforms.validators import StopValidation

from govkit.errors import InvalidValue
from govkit.forms.fields import Field, FieldOptions, Validator
from govkit.forms.messages import Invalid, Message
from govkit.jp.dates import DateStyle, format_date
from govkit.jp.eras import GREGORIAN_FROM, CalendarProblem, eras_on

__all__ = ["DAY_TEXTS", "PART_TEXTS", "DateOptions", "DayField", "WordedField"]

Day = date | Callable[[], date] | None


class DateOptions(FieldOptions, total=False):
    """Options of the fields of days, next to those of every field."""

    min: Day
    """First day that is accepted, or a function that gives it."""
    max: Day
    today: Day
    """Today, or a function that gives it; needed by ``past`` and ``future``."""
    past: bool
    """The day must not lie after today: births, events that are reported."""
    future: bool
    """The day must not lie before today: appointments."""
    style: DateStyle
    """How the control shows the day."""


_OPTIONS: Final = frozenset(DateOptions.__annotations__) - frozenset(FieldOptions.__annotations__)
PART_TEXTS: Final = {
    "year": "{label}の年は1以上の数字で入力してください",
    "month": "{label}の月は1から12までの数字で入力してください",
    "day": "{label}の日は1から31までの数字で入力してください",
}
"""Sentence (message id) by the part of a date that cannot be."""

_LAST_DAY: Final = "{label}の日を確かめてください。この年の{month}月は{last_day}日までです"
DAY_TEXTS: Final[Mapping[Any, str]] = {
    CalendarProblem.EMPTY: "{label}を入力してください",
    CalendarProblem.UNREADABLE: (
        "{label}は「2026年4月1日」か「令和8年4月1日」の形で入力してください"
    ),
    CalendarProblem.NO_SUCH_DAY: (
        "{label}は、ある日付を入力してください（月と日を確かめてください）"
    ),
    CalendarProblem.BEFORE_ERA: (
        "{label}の元号と年を確かめてください。「{suggestion}」のことでしょうか"
    ),
    CalendarProblem.AFTER_ERA: (
        "{label}の元号と年を確かめてください。「{suggestion}」のことでしょうか"
    ),
    CalendarProblem.BEFORE_GREGORIAN: (
        "{label}は明治6年（1873年）以降の日付を入力してください（明治5年までは暦が違います）"
    ),
    CalendarProblem.INCOMPLETE: ("{label}は年・月・日をすべて入力してください（例：2026年4月1日）"),
    CalendarProblem.NO_ERA: (
        "{label}の年は、元号を付けるか、西暦4桁で入力してください（例：令和8年、2026年）"
    ),
    CalendarProblem.YEAR_NOT_FIRST: (
        "{label}は年・月・日の順に入力してください（例：2026年4月1日）"
    ),
    CalendarProblem.SERIAL: (
        "{label}が表計算ソフトの通し番号になっています。「2026年4月1日」の形で入力してください"
    ),
    CalendarProblem.WITH_TIME: "{label}は日付だけを入力してください（時刻は除いてください）",
    CalendarProblem.WRONG_WEEKDAY: (
        "{label}の日付と曜日を確かめてください。この日は{suggestion}曜日です"
    ),
    CalendarProblem.WESTERN_YEAR: (
        "{label}の元号の後が西暦の年になっています。「{suggestion}」のことでしょうか"
    ),
    CalendarProblem.YEARS_DISAGREE: "{label}の元号と年が合いません。どちらかを直してください",
}
"""Sentence (message id) by problem of a date."""


class WordedField(Field):
    """Puts the facts of a problem into its sentence: the right era, the last day of the month."""

    problem_texts: ClassVar[Mapping[Any, str]] = DAY_TEXTS

    def refusal(self, error: InvalidValue) -> Invalid:
        """With the last day of the month, or the part that is wrong."""
        params = error.params
        text = self.problem_texts[error.problem]
        if error.problem is CalendarProblem.NO_SUCH_DAY:
            is_complete = isinstance(params.get("month"), int)
            text = _LAST_DAY if is_complete else PART_TEXTS.get(str(params.get("part")), text)
        sentence = self.gettext(
            text,
            suggestion=error.suggestion,
            month=params.get("month", ""),
            last_day=params.get("last_day", ""),
        )
        return Invalid(sentence, error.problem.value, self.wrong_part(error))

    def wrong_part(self, error: InvalidValue) -> str:
        """The part that is wrong; one text box has none."""
        return ""


class DayField(WordedField):
    """What the fields of days have in common: their limits and how days are shown."""

    min: Day = None
    max: Day = None
    today: Day = None
    past: bool = False
    future: bool = False
    style: DateStyle = DateStyle.WESTERN

    def __init__(
        self, label: str, validators: Sequence[Validator] = (), **options: Unpack[DateOptions]
    ) -> None:
        rest: dict[str, Any] = {}
        for name, value in options.items():
            if name in _OPTIONS:
                setattr(self, name, value)
            else:
                rest[name] = value
        if (self.past or self.future) and self.today is None:
            raise ValueError("past and future need today: fields never read the clock")
        super().__init__(label, validators, **rest)

    def in_words(self, day: date) -> str:
        """A day for sentences, in both calendars: 2026年（令和8年）4月1日."""
        if day < GREGORIAN_FROM:
            return format_date(day, DateStyle.WESTERN)
        era = eras_on(day)[-1]
        number = era.year_of(day.year)
        name = self.translate(era.kanji)
        era_year = (
            self.gettext("{era}元年", era=name)
            if number == 1
            else self.gettext("{era}{year}年", era=name, year=number)
        )
        return self.gettext(
            "{year}年（{era_year}）{month}月{day}日",
            year=day.year,
            era_year=era_year,
            month=day.month,
            day=day.day,
        )

    @property
    def answer(self) -> str:
        """The day in both calendars."""
        return self.in_words(self.data) if isinstance(self.data, date) else self.text

    def process_data(self, value: Any) -> None:
        """Take the value of the record; the text of a day becomes the day."""
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, str) and value:
            with suppress(InvalidValue, ValueError):
                value = self.parse(value)
        super().process_data(value)

    def pre_validate(self, form: wtforms.Form) -> None:
        """Compare with the limits what could be read."""
        super().pre_validate(form)
        bounds = self.bounds()
        if bounds is not None and (message := self._beyond(*bounds)) is not None:
            raise StopValidation(message)

    def bounds(self) -> tuple[date, date] | None:
        """First and last day that the value can be."""
        return (self.data, self.data) if isinstance(self.data, date) else None

    def _beyond(self, first: date, last: date) -> Message | None:
        today = _resolved(self.today)
        if self.past and today is not None and first > today:
            text = "{label}は今日（{today}）までの日付を入力してください"
            return Message(self.gettext(text, today=self.in_words(today)), "date_in_future")
        if self.future and today is not None and last < today:
            text = "{label}は今日（{today}）以降の日付を入力してください"
            return Message(self.gettext(text, today=self.in_words(today)), "date_in_past")
        low, high = _resolved(self.min), _resolved(self.max)
        too_early = low is not None and last < low
        too_late = high is not None and first > high
        if not (too_early or too_late):
            return None
        code = "date_too_early" if too_early else "date_too_late"
        return Message(self._limits_text(low, high), code)

    def _limits_text(self, low: date | None, high: date | None) -> str:
        if low is not None and high is not None:
            text = "{label}は{min}から{max}までの日付を入力してください"
        elif low is not None:
            text = "{label}は{min}以降の日付を入力してください"
        else:
            text = "{label}は{max}以前の日付を入力してください"
        return self.gettext(
            text,
            min=self.in_words(low) if low is not None else "",
            max=self.in_words(high) if high is not None else "",
        )

    def shown(self, day: date) -> str:
        """A day in the style of the control; days before 1873 have Western years only."""
        return format_date(day, DateStyle.WESTERN if day < GREGORIAN_FROM else self.style)


def _resolved(day: Day) -> date | None:
    return day() if callable(day) else day
