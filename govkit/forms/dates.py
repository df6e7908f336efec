"""Fields of days, months, school years and times; days also in parts and known in part.

No field reads the clock: where a rule needs today, the caller gives it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Final, Unpack

from wtforms.utils import unset_value

from govkit.errors import InvalidValue
from govkit.forms.days import DAY_TEXTS, PART_TEXTS, DateOptions, DayField, WordedField
from govkit.forms.fields import FieldOptions, Validator
from govkit.forms.messages import Invalid, Message
from govkit.forms.parts import Part, PartsField
from govkit.forms.widgets import TemplateWidget
from govkit.jp.calendar import format_school_year, parse_school_year
from govkit.jp.date_text import ERA_PATTERN, ERAS, plain_date_text
from govkit.jp.dates import DateStyle, WarekiDate, parse_date
from govkit.jp.eras import (
    GREGORIAN_FROM,
    CalendarProblem,
    Era,
    day_in_era,
    western_day,
    year_name,
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

_WESTERN: Final = "西暦"


class DateField(DayField):
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


_ERA_TITLES: Final = (_WESTERN, "令和", "平成", "昭和", "大正", "明治")
_BOXES: Final = ("era", "year", "month", "day")
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


class EraDateField(DayField, PartsField):
    """A day as a choice of the era and boxes for year, month and day.

    Controls are ``<name>-era``, ``-year``, ``-month`` and ``-day``. The values of the eras are their
    names: 西暦, 令和. Without an era a year of four digits is Western, so that browsers can fill in a
    birthday (``autocomplete="bday"``). ``data`` is a :class:`datetime.date`.

    :param eras: Names of the calendars to choose from, in their order.
    :param order: Names of the boxes in their order on the page.
    """

    style = DateStyle.WAREKI
    process_errors: list[Any]

    def __init__(
        self,
        label: str,
        validators: Sequence[Validator] = (),
        *,
        eras: Sequence[str] = _ERA_TITLES,
        order: Sequence[str] = _BOXES,
        **options: Unpack[DateOptions],
    ) -> None:
        unknown = [name for name in eras if name not in _ERA_TITLES]
        if unknown:
            raise ValueError(f"unknown eras: {', '.join(unknown)}")
        if sorted(order) != sorted(_BOXES):
            raise ValueError(f"order needs {', '.join(_BOXES)}, each once")
        self.eras = tuple(eras)
        super().__init__(label, validators, **options)
        tokens = _BIRTHDAY if self.autocomplete == "bday" else ("", "", "")
        choices = (("", "選んでください"), *((name, name) for name in self.eras))
        boxes = {
            "era": Part("era", "元号", width=8, choices=choices),
            "year": Part("year", "年", "numeric", 4, tokens[0]),
            "month": Part("month", "月", "numeric", 4, tokens[1]),
            "day": Part("day", "日", "numeric", 4, tokens[2]),
        }
        self.parts = tuple(boxes[name] for name in order)

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
        month, day = (_number(name, plain[name]) or 0 for name in ("month", "day"))
        number = int(year[2]) if year[2].isdigit() else 1
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
        number = _number(part.name, text)
        if number is None:
            sentence = self.gettext(
                "{label}の{part}は数字で入力してください", part=self.translate(part.label)
            )
            return Message(sentence, CalendarProblem.UNREADABLE, part.name)
        if not 1 <= number <= _LARGEST[part.name]:
            sentence = self.gettext(PART_TEXTS[part.name])
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
                    year = year_name(wareki.year)[:-1]
                    return {"era": wareki.era.kanji, "year": year, **boxes}
        return {"era": _WESTERN, "year": str(day.year), **boxes}

    @property
    def text(self) -> str:
        """The day in one line."""
        return (
            self.shown(self.data) if isinstance(self.data, date) else " ".join(self.texts.values())
        )


def _number(part: str, text: str) -> int | None:
    match = _OTHER_BOXES[part].fullmatch(text)
    return int(match[1]) if match else None


def _plain(text: str) -> str:
    try:
        return plain_date_text(text).replace(" ", "")
    except InvalidValue as error:
        return "" if error.problem is CalendarProblem.EMPTY else "?"


def _calendar(name: str) -> Era | str | None:
    return _WESTERN if name == _WESTERN else ERAS.get(name)


class PartialDateField(DayField):
    """A day that may be known in part only (不詳), with a box to tick when nothing is known.

    ``data`` is the form of registers, ``1950-04-A1``; ``value`` the :class:`PartialDate`. A limit
    refuses only what certainly lies beyond it.

    :param may_be_unknown: Whether a date of which nothing is known passes, and the box is shown.
    """

    width = 16
    style = DateStyle.WAREKI
    support = "分かるところまで入力してください。例：昭和25年4月1日、昭和25年4月上旬、昭和25年春、昭和25年頃"
    problem_texts: ClassVar[Mapping[Any, str]] = {
        **DAY_TEXTS,
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
        self.is_ticked = self._sent_tick = False
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
        self._sent_tick = bool(sent) and self.may_be_unknown
        super().process(formdata, data, extra_filters)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the text, unless the box says that there is nothing to tell."""
        self.is_ticked = self._sent_tick
        super().process_formdata(valuelist)
        if self.is_ticked and self.data is None:
            self.take(PartialDate())
        nothing_known = self.data is not None and self.value == PartialDate()
        if self.is_ticked and not nothing_known:
            self.data = None
            raise Invalid(
                self.gettext(
                    "{label}は、日付を入力するか「分からない」を選ぶか、どちらか一方にしてください"
                ),
                "date_known_and_unknown",
            )
        self.is_ticked = nothing_known and self.may_be_unknown

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


class MonthField(WordedField):
    """A month of a year (年月); ``data`` is ``2026-04``, ``value`` a :class:`YearMonth`.

    :param style: ``WESTERN`` or ``WAREKI``: how the control shows the month.
    """

    width = 16
    support = "例：2026年4月、令和8年4月"
    problem_texts: ClassVar[Mapping[Any, str]] = {
        **DAY_TEXTS,
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


class SchoolYearField(WordedField):
    """A school or fiscal year (年度); ``data`` is the Western year in which it begins."""

    width = 8
    support = "例：令和8年度、2026"
    problem_texts: ClassVar[Mapping[Any, str]] = {
        **DAY_TEXTS,
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


class TimeField(WordedField):
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
