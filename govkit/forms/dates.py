"""Fields of days, months, school years and times; days also in parts and known in part.

No field reads the clock: where a rule needs today, the caller gives it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, ClassVar, Final, Unpack

import wtforms
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from govkit.errors import InvalidValue
from govkit.forms.fields import Field, FieldOptions, Validator
from govkit.forms.messages import Invalid, Message
from govkit.forms.parts import Part, PartsField
from govkit.forms.widgets import TemplateWidget
from govkit.jp.calendar import format_school_year, parse_school_year
from govkit.jp.date_text import ERA_PATTERN, ERAS, plain_date_text
from govkit.jp.dates import DateStyle, WarekiDate, format_date, parse_date
from govkit.jp.eras import (
    GREGORIAN_FROM,
    CalendarProblem,
    Era,
    day_in_era,
    eras_on,
    western_day,
)
from govkit.jp.partial_dates import PartialDate, YearMonth
from govkit.jp.times import TimeOfDay, TimeProblem

__all__ = [
    "DateField",
    "DateOptions",
    "EraDateField",
    "MonthField",
    "PartialDateField",
    "SchoolYearField",
    "TimeField",
]

Day = date | Callable[[], date] | None
_WESTERN: Final = "西暦"


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
_PART_TEXTS: Final = {
    "year": "{label}の年は1以上の数字で入力してください",
    "month": "{label}の月は1から12までの数字で入力してください",
    "day": "{label}の日は1から31までの数字で入力してください",
}
_LAST_DAY: Final = "{label}の日を確かめてください。{month}月は{last_day}日までです"
_DAY_TEXTS: Final[Mapping[Any, str]] = {
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


class _WordedField(Field):
    """Puts the facts of a problem into its sentence: the right era, the last day of the month."""

    problem_texts: ClassVar[Mapping[Any, str]] = _DAY_TEXTS

    def read(self, parse: Callable[[Any], Any], typed: Any) -> Any:
        """Parse, with the problem of a parser put into words.

        :raises Invalid: With the sentence to show.
        """
        try:
            return parse(typed)
        except InvalidValue as error:
            raise self.refusal(error) from None

    def refusal(self, error: InvalidValue) -> Invalid:
        """The error of a value that was refused."""
        params = error.params
        text = self.problem_texts[error.problem]
        if error.problem is CalendarProblem.NO_SUCH_DAY:
            is_complete = isinstance(params.get("month"), int)
            text = _LAST_DAY if is_complete else _PART_TEXTS.get(str(params.get("part")), text)
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


class _DayField(_WordedField):
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


class DateField(_DayField):
    """A day in one text box, in Western years or wareki: people can type or paste what they have.

    ``data`` is a :class:`datetime.date`. See :class:`DateOptions` for limits and the style.
    """

    width = 16
    support = "例：2026年4月1日、令和8年4月1日、2026-04-01"

    def format(self, value: Any) -> str:
        """A day in the field's style."""
        return self.shown(value) if isinstance(value, date) else str(value)

    def parse(self, text: str) -> date:
        """The day.

        :raises InvalidValue: With a ``CalendarProblem``.
        """
        return parse_date(text)


_ERA_TITLES: Final = (_WESTERN, *(era.kanji for era in reversed(Era)))
_BIRTHDAY: Final = ("bday-year", "bday-month", "bday-day")
_YEAR_BOX: Final = re.compile(rf"(?:({ERA_PATTERN}|西暦)[-.]?)?(元|[0-9]{{1,4}})年?")
_OTHER_BOXES: Final = {
    "month": re.compile("([0-9]{1,2})月?"),
    "day": re.compile("([0-9]{1,2})日?"),
}
_LARGEST: Final = {"month": 12, "day": 31}
_PART_OF_PROBLEM: Final[Mapping[Any, str]] = {
    CalendarProblem.BEFORE_ERA: "era",
    CalendarProblem.AFTER_ERA: "era",
    CalendarProblem.YEARS_DISAGREE: "era",
    CalendarProblem.BEFORE_GREGORIAN: "year",
    CalendarProblem.WESTERN_YEAR: "year",
}


class EraDateField(_DayField, PartsField):
    """A day as a choice of the era and boxes for year, month and day.

    Controls are ``<name>-era``, ``-year``, ``-month`` and ``-day``. The values of the eras are their
    names: 西暦, 令和. Without an era a year of four digits is Western, so that browsers can fill in a
    birthday (``autocomplete="bday"``). ``data`` is a :class:`datetime.date`.

    :param eras: Names of the calendars to choose from, in their order.
    """

    style = DateStyle.WAREKI
    process_errors: list[Any]

    def __init__(
        self,
        label: str,
        validators: Sequence[Validator] = (),
        *,
        eras: Sequence[str] = _ERA_TITLES,
        **options: Unpack[DateOptions],
    ) -> None:
        unknown = [name for name in eras if name not in _ERA_TITLES]
        if unknown:
            raise ValueError(f"unknown eras: {', '.join(unknown)}")
        self.eras = tuple(eras)
        super().__init__(label, validators, **options)
        tokens = _BIRTHDAY if self.autocomplete == "bday" else ("", "", "")
        choices = (("", "選んでください"), *((name, name) for name in self.eras))
        self.parts = (
            Part("era", "元号", width=8, choices=choices),
            Part("year", "年", "numeric", 4, tokens[0]),
            Part("month", "月", "numeric", 4, tokens[1]),
            Part("day", "日", "numeric", 4, tokens[2]),
        )

    def wrong_part(self, error: InvalidValue) -> str:
        """The box that is to be changed."""
        return _PART_OF_PROBLEM.get(error.problem, "") or str(error.params.get("part", ""))

    def parse(self, text: str) -> date:
        """The day of a text, as records and drafts hold it.

        :raises InvalidValue: With a ``CalendarProblem``.
        """
        return parse_date(text)

    def parse_parts(self, texts: Mapping[str, str]) -> date:
        """The day; every box that is blank or unreadable gets its own error.

        :raises InvalidValue: With a ``CalendarProblem``.
        :raises Invalid: For a box that is blank or unreadable.
        """
        plain = {name: _plain(text) for name, text in texts.items()}
        problems = [problem for part in self.parts if (problem := self._problem(part, plain))]
        if problems:
            self.process_errors = [*self.process_errors, *problems[:-1]]
            raise Invalid(problems[-1], problems[-1].code, problems[-1].part)
        year = _YEAR_BOX.fullmatch(plain["year"])
        assert year is not None  # noqa: S101 - judged above
        month, day = (int(plain[name].rstrip("月日")) for name in ("month", "day"))
        number = 1 if year[2] == "元" else int(year[2])
        calendar = _calendar(plain["era"]) or _calendar(year[1] or "") or _WESTERN
        if isinstance(calendar, Era):
            return day_in_era(calendar, number, month, day)
        return western_day(number, month, day)

    def _problem(self, part: Part, plain: Mapping[str, str]) -> Message | None:
        text = plain[part.name]
        if part.name == "era":
            return self._era_problem(text, plain["year"])
        if not text:
            sentence = self.gettext(
                "{label}の{part}を入力してください", part=self.translate(part.label)
            )
            return Message(sentence, CalendarProblem.INCOMPLETE, part.name)
        if part.name == "year":
            return self._year_problem(text, plain["era"])
        if _OTHER_BOXES[part.name].fullmatch(text) is None:
            sentence = self.gettext(
                "{label}の{part}は数字で入力してください", part=self.translate(part.label)
            )
            return Message(sentence, CalendarProblem.UNREADABLE, part.name)
        if not 1 <= int(text.rstrip("月日")) <= _LARGEST[part.name]:
            sentence = self.gettext(_PART_TEXTS[part.name])
            return Message(sentence, CalendarProblem.NO_SUCH_DAY, part.name)
        return None

    def _era_problem(self, text: str, year: str) -> Message | None:
        match = _YEAR_BOX.fullmatch(year)
        typed = match[1] if match else None
        if text and _calendar(text) is None:
            sentence = self.gettext("{label}の元号を一覧から選んでください")
            return Message(sentence, CalendarProblem.UNREADABLE, "era")
        if text and typed and _calendar(text) != _calendar(typed):
            return self._worded(CalendarProblem.YEARS_DISAGREE, "era")
        if text or typed or (match is not None and len(match[2]) == 4):
            return None
        return Message(self.gettext("{label}の元号を選んでください"), CalendarProblem.NO_ERA, "era")

    def _year_problem(self, text: str, era: str) -> Message | None:
        match = _YEAR_BOX.fullmatch(text)
        if match is None:
            return Message(
                self.gettext("{label}の年は数字か「元」で入力してください"),
                CalendarProblem.UNREADABLE,
                "year",
            )
        if _WESTERN in (_calendar(era), _calendar(match[1] or "")) and len(match[2]) != 4:
            return Message(
                self.gettext("{label}の年は西暦4桁で入力してください（例：2026）"),
                CalendarProblem.NO_ERA,
                "year",
            )
        return None

    def _worded(self, problem: CalendarProblem, part: str) -> Message:
        return Message(self.gettext(self.problem_texts[problem]), problem, part)

    def format_parts(self, value: Any) -> Mapping[str, str]:
        """The boxes of a day: under its era, or in Western years where that is the style."""
        day: date = value
        boxes = {"month": str(day.month), "day": str(day.day)}
        if day >= GREGORIAN_FROM and self.style is not DateStyle.WESTERN:
            for wareki in reversed(WarekiDate.all_of(day)):
                if wareki.era.kanji in self.eras:
                    year = "元" if wareki.year == 1 else str(wareki.year)
                    return {"era": wareki.era.kanji, "year": year, **boxes}
        return {"era": _WESTERN, "year": str(day.year), **boxes}

    @property
    def text(self) -> str:
        """The day in one line."""
        return (
            self.shown(self.data) if isinstance(self.data, date) else " ".join(self.texts.values())
        )


def _plain(text: str) -> str:
    try:
        return plain_date_text(text).replace(" ", "")
    except InvalidValue as error:
        return "" if error.problem is CalendarProblem.EMPTY else "?"


def _calendar(name: str) -> Era | str | None:
    return _WESTERN if name == _WESTERN else ERAS.get(name)


class PartialDateField(_DayField):
    """A day that may be known in part only (不詳), with a box to tick when nothing is known.

    ``data`` is the form of registers, ``1950-04-A1``; ``value`` the :class:`PartialDate`. A limit
    refuses only what certainly lies beyond it.

    :param may_be_unknown: Whether a date of which nothing is known passes, and the box is shown.
    """

    width = 16
    style = DateStyle.WAREKI
    support = "分かるところまで入力してください。例：昭和25年4月1日、昭和25年4月上旬、昭和25年春、昭和25年頃"
    problem_texts: ClassVar[Mapping[Any, str]] = {
        **_DAY_TEXTS,
        CalendarProblem.UNREADABLE: (
            "{label}は「昭和25年4月1日」「昭和25年4月」「昭和25年頃」などの形で入力してください"
        ),
        CalendarProblem.INCOMPLETE: (
            "{label}は「昭和25年4月1日」「昭和25年4月」「昭和25年頃」などの形で入力してください"
        ),
    }
    widget = TemplateWidget("partial_date.html")

    def __init__(
        self,
        label: str,
        validators: Sequence[Validator] = (),
        *,
        may_be_unknown: bool = True,
        **options: Unpack[DateOptions],
    ) -> None:
        self.may_be_unknown = may_be_unknown
        self.is_ticked = False
        super().__init__(label, validators, **options)

    @property
    def unknown_label(self) -> str:
        """Label of the box."""
        return self.gettext("分からない（年月日不詳）")

    def process(
        self, formdata: Any, data: Any = unset_value, extra_filters: Sequence[Any] | None = None
    ) -> None:
        """Look for the box first."""
        sent = formdata.getlist(f"{self.name}-unknown") if formdata is not None else ()
        self.is_ticked = bool(sent) and self.may_be_unknown and not self.readonly
        super().process(formdata, data, extra_filters)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the text, unless the box says that there is nothing to tell."""
        super().process_formdata(valuelist)
        if not self.is_ticked:
            return
        if self.data is not None and self.value != PartialDate():
            self.data = None
            raise Invalid(
                self.gettext(
                    "{label}は、日付を入力するか「分からない」を選ぶか、どちらか一方にしてください"
                ),
                "date_known_and_unknown",
            )
        self.take(PartialDate())

    def parse(self, text: str) -> PartialDate:
        """What is known of the date.

        :raises InvalidValue: With a ``CalendarProblem``.
        :raises Invalid: When nothing is known and that does not pass.
        """
        read = PartialDate.parse(text)
        if not self.may_be_unknown and read.year is None:
            raise Invalid(
                self.gettext("{label}は分かるところまで入力してください（例：昭和25年頃）"),
                "date_unknown",
            )
        return read

    def process_data(self, value: Any) -> None:
        """Take the value of the record: a partial date, a day or the text of one."""
        super().process_data(PartialDate.of(value) if isinstance(value, date) else value)
        self.is_ticked = self.may_be_unknown and self.value == PartialDate()

    def bounds(self) -> tuple[date, date] | None:
        """First and last day that the value can be."""
        return self.value.bounds if isinstance(self.value, PartialDate) else None

    def format(self, value: Any) -> str:
        """What is known, in words; nothing where the box says it."""
        if value == PartialDate() and self.may_be_unknown:
            return ""
        day = value.to_date()
        return self.shown(day) if day else str(value.phrase)

    @property
    def answer(self) -> str:
        """What is known, in words."""
        value = self.value
        return value.phrase if isinstance(value, PartialDate) else self.text


class MonthField(_WordedField):
    """A month of a year (年月); ``data`` is ``2026-04``, ``value`` a :class:`YearMonth`.

    :param style: ``WESTERN`` or ``WAREKI``: how the control shows the month.
    """

    width = 16
    support = "例：2026年4月、令和8年4月"
    problem_texts: ClassVar[Mapping[Any, str]] = {
        **_DAY_TEXTS,
        CalendarProblem.UNREADABLE: "{label}は「2026年4月」か「令和8年4月」の形で入力してください",
        CalendarProblem.INCOMPLETE: "{label}は年と月を入力してください（例：2026年4月）",
        CalendarProblem.YEAR_NOT_FIRST: "{label}は年・月の順に入力してください（例：2026年4月）",
        CalendarProblem.SERIAL: (
            "{label}が表計算ソフトの通し番号になっています。「2026年4月」の形で入力してください"
        ),
    }

    def __init__(
        self,
        label: str,
        validators: Sequence[Validator] = (),
        *,
        style: DateStyle = DateStyle.WESTERN,
        **options: Unpack[FieldOptions],
    ) -> None:
        self.style = style
        super().__init__(label, validators, **options)

    def parse(self, text: str) -> YearMonth:
        """The month.

        :raises InvalidValue: With a ``CalendarProblem``.
        """
        return YearMonth.parse(text)

    def format(self, value: Any) -> str:
        """The month in the field's style."""
        month: YearMonth = value
        return month.wareki if self.style is DateStyle.WAREKI else f"{month.year}年{month.month}月"


class SchoolYearField(_WordedField):
    """A school or fiscal year (年度); ``data`` is the Western year in which it begins."""

    width = 8
    support = "例：令和8年度、2026"
    problem_texts: ClassVar[Mapping[Any, str]] = {
        **_DAY_TEXTS,
        CalendarProblem.UNREADABLE: "{label}は「令和8年度」か「2026」の形で入力してください",
        CalendarProblem.BEFORE_GREGORIAN: "{label}は明治6年度（1873年度）以降を入力してください",
        CalendarProblem.NO_ERA: (
            "{label}は、元号を付けるか、西暦4桁で入力してください（例：令和8年度、2026）"
        ),
    }

    def parse(self, text: str) -> int:
        """The year.

        :raises InvalidValue: With a ``CalendarProblem``.
        """
        return parse_school_year(text)

    def format(self, value: Any) -> str:
        """The year as letters write it: 令和8年度."""
        return format_school_year(value) if isinstance(value, int) else str(value)


class TimeField(_WordedField):
    """A time of day (時刻); ``data`` is ``09:05``, ``value`` a :class:`TimeOfDay`.

    :param end_of_day: Whether 24:00, the end of the day, is accepted.
    """

    width = 8
    support = "例：9:30、午後3時、15時30分"
    problem_texts: ClassVar[Mapping[Any, str]] = {
        TimeProblem.EMPTY: "{label}を入力してください",
        TimeProblem.UNREADABLE: "{label}は「9:30」か「午後3時30分」の形で入力してください",
        TimeProblem.NO_SUCH_HOUR: (
            "{label}の時を確かめてください（0時から23時まで、午前・午後を付けるときは0時から11時まで）"
        ),
        TimeProblem.NO_SUCH_MINUTE: "{label}の分は0から59までの数字で入力してください",
        TimeProblem.TWELVE: (
            "{label}の12時は、昼なら「正午」か「午後0時」、夜なら「午前0時」と入力してください"
        ),
        TimeProblem.WITH_SECONDS: "{label}は分まで入力してください（秒は除いてください）",
        TimeProblem.DAY_FRACTION: (
            "{label}が表計算ソフトの小数になっています。「9:30」の形で入力してください"
        ),
    }

    def __init__(
        self,
        label: str,
        validators: Sequence[Validator] = (),
        *,
        end_of_day: bool = False,
        **options: Unpack[FieldOptions],
    ) -> None:
        self.end_of_day = end_of_day
        super().__init__(label, validators, **options)

    def parse(self, text: str) -> TimeOfDay:
        """The time.

        :raises InvalidValue: With a :class:`TimeProblem`.
        :raises Invalid: For 24:00 where the end of the day does not pass.
        """
        read = TimeOfDay.parse(text)
        if read.is_end_of_day and not self.end_of_day:
            raise Invalid(
                self.gettext("{label}は0:00から23:59までの時刻を入力してください"),
                "time_end_of_day",
            )
        return read

    def process_data(self, value: Any) -> None:
        """Take the value of the record: a time of day, also as :class:`datetime.time`."""
        hour = getattr(value, "hour", None)
        is_time = hour is not None and not isinstance(value, TimeOfDay)
        super().process_data(TimeOfDay(value.hour, value.minute) if is_time else value)

    @property
    def answer(self) -> str:
        """The time as it is stored."""
        return self.text
