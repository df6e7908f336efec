"""On which days a class has lessons (授業日).

Monday to Friday without national holidays, vacations and other free days of the school, plus the
days on which the school teaches nevertheless. A closure of the school or of the whole grade takes
a day out of 授業日数; a closure of single classes leaves it in, and counts as 出席停止・忌引等
(学校保健安全法第20条, 指導要録「出欠の記録」).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.fixed import Fixed
from govkit.base.i18n import gettext as _
from govkit.base.work import Work
from govkit.jp.calendar import holiday_name, school_year_days
from govkit.modules.attendance.models import CalendarEntry, Closure, EntryKind
from govkit.modules.schools import ClassGroup

__all__ = [
    "ClosedDays",
    "DayKind",
    "EntryDays",
    "LessonCalendar",
    "SchoolDay",
    "days_between",
    "lesson_calendar",
    "month_days",
]


class DayKind(StrEnum):
    """What a day is for a class."""

    LESSON = "lesson"
    CLASS_CLOSED = "class_closed"
    CLOSED = "closed"
    NO_CLASS = "no_class"
    VACATION = "vacation"
    HOLIDAY = "holiday"
    WEEKEND = "weekend"


@dataclass(frozen=True, slots=True)
class SchoolDay:
    """A day of a class.

    :param name: Why there are no lessons: the holiday, the vacation, the reason of the closure.
    """

    day: date
    kind: DayKind
    name: str = ""

    @property
    def takes_roll(self) -> bool:
        """Whether attendance is recorded that day."""
        return self.kind is DayKind.LESSON

    @property
    def is_lesson_day(self) -> bool:
        """Whether the day is one of 授業日数."""
        return self.kind in (DayKind.LESSON, DayKind.CLASS_CLOSED)


@dataclass(frozen=True, slots=True)
class EntryDays:
    """Days that a school's calendar names."""

    first_day: date
    last_day: date
    kind: EntryKind
    name: str


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Days of cancelled lessons of a class, of a grade, or of the school when both are ``None``."""

    first_day: date
    last_day: date
    grade: int | None
    class_group_id: UUID | None
    reason: str

    def meets(self, class_group_id: UUID, grade: int) -> bool:
        """Whether a class is closed."""
        if self.class_group_id is not None:
            return self.class_group_id == class_group_id
        return self.grade is None or self.grade == grade


_SEARCH: Final = 400
"""Days within which the next lesson day is looked for."""


@dataclass(frozen=True, slots=True)
class LessonCalendar:
    """The days of one school, as far as they were loaded."""

    entries: Sequence[EntryDays] = ()
    closures: Sequence[ClosedDays] = ()

    def at(self, class_group_id: UUID, grade: int, day: date) -> SchoolDay:
        """What a day is for a class."""
        free = self._free(day)
        if free is not None:
            return free
        closed = [
            each
            for each in self.closures
            if each.first_day <= day <= each.last_day and each.meets(class_group_id, grade)
        ]
        for each in closed:
            if each.class_group_id is None:
                return SchoolDay(day, DayKind.CLOSED, each.reason)
        if closed:
            return SchoolDay(day, DayKind.CLASS_CLOSED, closed[0].reason)
        return SchoolDay(day, DayKind.LESSON)

    def of(self, class_group: ClassGroup, first: date, last: date) -> list[SchoolDay]:
        """The days of a class from one to another."""
        return [
            self.at(class_group.id, class_group.grade, day) for day in days_between(first, last)
        ]

    def near(self, class_group: ClassGroup, day: date, step: int) -> date | None:
        """The next day with a roll call after a day, or before it with a step of -1."""
        first, last = school_year_days(class_group.school_year)
        for distance in range(1, _SEARCH):
            other = day + timedelta(days=step * distance)
            if not first <= other <= last:
                return None
            if self.at(class_group.id, class_group.grade, other).takes_roll:
                return other
        return None

    def _free(self, day: date) -> SchoolDay | None:
        named = {
            each.kind: each.name for each in self.entries if each.first_day <= day <= each.last_day
        }
        if EntryKind.LESSON_DAY in named:
            return None
        if EntryKind.NO_CLASS in named:
            return SchoolDay(day, DayKind.NO_CLASS, named[EntryKind.NO_CLASS])
        if EntryKind.VACATION in named:
            return SchoolDay(day, DayKind.VACATION, named[EntryKind.VACATION])
        holiday = holiday_name(day)
        if holiday is not None:
            return SchoolDay(day, DayKind.HOLIDAY, holiday)
        if day.weekday() >= 5:
            return SchoolDay(
                day, DayKind.WEEKEND, _("土曜日") if day.weekday() == 5 else _("日曜日")
            )
        return None


def _standing(model: type[CalendarEntry] | type[Closure]) -> sa.ColumnElement[bool]:
    return sa.and_(
        model.school_id == sa.bindparam("school_id"),
        model.first_day <= sa.bindparam("last"),
        model.last_day >= sa.bindparam("first"),
        model.withdrawn_at.is_(None),
    )


_CALENDAR: Final = Fixed(
    sa.union_all(
        sa.select(
            CalendarEntry.first_day,
            CalendarEntry.last_day,
            CalendarEntry.name,
            CalendarEntry.kind,
            sa.cast(sa.null(), Closure.grade.type).label("grade"),
            sa.cast(sa.null(), Closure.class_group_id.type).label("class_group_id"),
        ).where(_standing(CalendarEntry)),
        sa.select(
            Closure.first_day,
            Closure.last_day,
            Closure.reason,
            sa.null(),
            Closure.grade,
            Closure.class_group_id,
        ).where(_standing(Closure)),
    )
)


def lesson_calendar(work: Work, school_id: UUID, first: date, last: date) -> LessonCalendar:
    """The calendar of a school from one day to another."""
    entries, closures = [], []
    rows = work.session.read(_CALENDAR, school_id=school_id, first=first, last=last)
    for starts_on, ends_on, name, kind, grade, class_group_id in rows:
        if kind is not None:
            entries.append(EntryDays(starts_on, ends_on, EntryKind(kind), name))
        else:
            closures.append(ClosedDays(starts_on, ends_on, grade, class_group_id, name))
    return LessonCalendar(entries, closures)


def days_between(first: date, last: date) -> list[date]:
    """Every day from one to another, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def month_days(month: date) -> tuple[date, date]:
    """First and last day of the month of a day."""
    first = month.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
