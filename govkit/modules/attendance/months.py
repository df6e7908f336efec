"""The register by month (出席簿の月表), the five numbers, and closing a month (月締め)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from govkit.base.work import Work
from govkit.errors import Conflict, NotFound
from govkit.jp.calendar import school_year_days
from govkit.modules.attendance.closing import MonthState, month_states, turn_of_year
from govkit.modules.attendance.days import DayKind, SchoolDay, lesson_calendar, month_days
from govkit.modules.attendance.marks import Mark
from govkit.modules.attendance.models import DayMark, MonthClose
from govkit.modules.attendance.numbers import Attendance, Period, add_up
from govkit.modules.attendance.refusals import (
    MonthClosed,
    MonthOpen,
    ReasonMissing,
    UnrecordedDays,
)
from govkit.modules.schools import (
    ClassGroup,
    Member,
    Pupil,
    members_between,
    memberships_of,
    stays_between,
)

__all__ = [
    "Closing",
    "MonthRow",
    "MonthSheet",
    "class_summary",
    "close_month",
    "closing",
    "month",
    "pupil_summary",
    "reopen_month",
]


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One pupil's month.

    :param marks: One for each day of the month; ``None`` for a lesson day without a record.
    """

    pupil_id: UUID
    number: int
    name: str
    kana: str
    marks: tuple[Mark | None, ...]
    attendance: Attendance


@dataclass(frozen=True, slots=True)
class MonthSheet:
    """A class's month (月表).

    :param unrecorded: Lesson days of the month, up to today, that somebody has no mark for.
    """

    days: tuple[SchoolDay, ...]
    rows: tuple[MonthRow, ...]
    state: MonthState
    unrecorded: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """Whether a month can be closed; it names no pupil.

    :param unrecorded: Lesson days of the month, up to today, that somebody has no mark for.
    """

    state: MonthState
    unrecorded: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class _Register:
    days: list[SchoolDay]
    periods: Mapping[UUID, list[Period]]
    marks: Mapping[UUID, dict[date, Mark]]

    def add_up(self, pupil_id: UUID, until: date) -> Attendance:
        return add_up(self.days, self.periods[pupil_id], self.marks[pupil_id], until)

    def unrecorded(self, until: date) -> tuple[date, ...]:
        found = {day for each in self.periods for day in self.add_up(each, until).unrecorded}
        return tuple(sorted(found))


def month(work: Work, class_group: ClassGroup, month: date) -> MonthSheet:
    """The register of a class for the month of a day."""
    work.require("attendance.view", class_group)
    first, last = month_days(month)
    members = _members(work, class_group, first, last)
    register = _register(work, class_group, first, last)
    rows = tuple(
        MonthRow(
            pupil_id,
            member.number,
            member.pupil.name,
            member.pupil.kana,
            tuple(
                _cell(day, register.periods[pupil_id], register.marks[pupil_id])
                for day in register.days
            ),
            register.add_up(pupil_id, work.today),
        )
        for pupil_id, member in members.items()
    )
    state = month_states(work, [class_group.id], first, first)[class_group.id, first]
    return MonthSheet(tuple(register.days), rows, state, register.unrecorded(work.today))


def class_summary(
    work: Work, class_group: ClassGroup, first: date, last: date
) -> dict[UUID, Attendance]:
    """How every pupil of a class attended between two days, while in the class."""
    work.require("attendance.view", class_group)
    register = _register(work, class_group, first, last)
    return {
        each: register.add_up(each, work.today) for each in _members(work, class_group, first, last)
    }


def pupil_summary(work: Work, pupil: Pupil, first: date, last: date) -> Attendance:
    """How a pupil attended between two days, in all classes the pupil was in.

    The record follows the pupil: the right for one of the classes is enough.

    :raises NotFound: When the actor sees none of the pupil's classes.
    """
    held = [
        each
        for each in memberships_of(work, pupil)
        if each.starts_on <= last and (each.ends_on is None or each.ends_on >= first)
    ]
    if not any(work.allows("attendance.view", each.class_group) for each in held):
        raise NotFound("Pupil")
    days: dict[date, SchoolDay] = {}
    for each in held:
        # A class ends with its school year, whatever its memberships say.
        year_first, year_last = school_year_days(each.class_group.school_year)
        starts_on = max(each.starts_on, first, year_first)
        ends_on = min(each.ends_on or last, last, year_last)
        calendar = lesson_calendar(work, each.class_group.school_id, starts_on, ends_on)
        for day in calendar.of(each.class_group, starts_on, ends_on):
            days.setdefault(day.day, day)
    marks = _marks(work, [pupil.id], first, last)[pupil.id]
    return add_up(days.values(), [Period(first, last)], marks, work.today)


def closing(work: Work, class_group: ClassGroup, month: date) -> Closing:
    """Whether the month of a day can be closed, and what is missing; nobody's record is shown."""
    work.require("attendance.close_month", class_group)
    first, last = month_days(month)
    state = month_states(work, [class_group.id], first, first)[class_group.id, first]
    register = _register(work, class_group, first, last)
    return Closing(state, register.unrecorded(work.today))


def close_month(work: Work, class_group: ClassGroup, month: date) -> MonthClose:
    """Close a month (月締め): its marks cannot be changed until it is reopened.

    :raises MonthClosed: When it is closed.
    :raises UnrecordedDays: With every lesson day of the month that is not recorded.
    """
    work.require("attendance.close_month", class_group)
    first, last = month_days(month)
    if month_states(work, [class_group.id], first, first)[class_group.id, first].is_closed:
        raise MonthClosed(first)
    unrecorded = _register(work, class_group, first, last).unrecorded(last)
    if unrecorded:
        raise UnrecordedDays(unrecorded)
    row = MonthClose(
        class_group_id=class_group.id,
        month=first,
        times=_times(work, class_group, first) + 1,
        closed_by=work.actor.name,
        closed_at=work.now,
        reopened_by=None,
        reopened_at=None,
        reason="",
    )
    _store(work, row)
    work.record("attendance.month_closed", class_group, month=first.isoformat())
    return row


def reopen_month(work: Work, class_group: ClassGroup, month: date, reason: str) -> None:
    """Let a closed month be corrected again (締めの解除), also one of a past school year.

    :raises ReasonMissing: When no reason is given.
    :raises MonthOpen: When the month is not closed.
    """
    work.require("attendance.reopen_month", class_group)
    if not reason.strip():
        raise ReasonMissing
    first, _last = month_days(month)
    state = month_states(work, [class_group.id], first, first)[class_group.id, first]
    if not state.is_closed:
        raise MonthOpen
    times = _times(work, class_group, first)
    row = None if state.is_over else _latest(work, class_group, first, times)
    if row is None:
        row = MonthClose(
            class_group_id=class_group.id,
            month=first,
            times=times + 1,
            closed_by=None,
            closed_at=turn_of_year(first),
        )
    row.reopened_by = work.actor.name
    row.reopened_at = work.now
    row.reason = reason.strip()
    _store(work, row)
    work.record("attendance.month_reopened", class_group, reason.strip(), month=first.isoformat())


def _times(work: Work, class_group: ClassGroup, first: date) -> int:
    highest = work.session.scalar(
        sa.select(sa.func.max(MonthClose.times)).where(
            MonthClose.class_group_id == class_group.id, MonthClose.month == first
        )
    )
    return highest or 0


def _latest(work: Work, class_group: ClassGroup, first: date, times: int) -> MonthClose | None:
    return work.session.scalar(
        sa.select(MonthClose).where(
            MonthClose.class_group_id == class_group.id,
            MonthClose.month == first,
            MonthClose.times == times,
        )
    )


def _store(work: Work, row: MonthClose) -> None:
    work.session.add(row)
    try:
        work.session.flush()
    except IntegrityError as error:
        raise Conflict("month") from error


def _members(work: Work, class_group: ClassGroup, first: date, last: date) -> dict[UUID, Member]:
    members: dict[UUID, Member] = {}
    for each in members_between(work, class_group, first, last, permission="attendance.view"):
        members.setdefault(each.pupil.id, each)
    return members


def _register(work: Work, class_group: ClassGroup, first: date, last: date) -> _Register:
    periods = defaultdict(list)
    for pupil_id, starts_on, ends_on in stays_between(work, class_group, first, last):
        periods[pupil_id].append(Period(starts_on, ends_on))
    calendar = lesson_calendar(work, class_group.school_id, first, last)
    days = calendar.of(class_group, first, last)
    return _Register(days, periods, _marks(work, periods, first, last))


def _marks(
    work: Work, pupil_ids: Iterable[UUID], first: date, last: date
) -> Mapping[UUID, dict[date, Mark]]:
    rows = work.session.execute(
        sa.select(DayMark.pupil_id, DayMark.day, DayMark.mark).where(
            DayMark.pupil_id.in_(list(pupil_ids)), DayMark.day.between(first, last)
        )
    )
    marks: dict[UUID, dict[date, Mark]] = defaultdict(dict)
    for pupil_id, day, mark in rows:
        marks[pupil_id][day] = Mark(mark)
    return marks


def _cell(day: SchoolDay, periods: list[Period], marks: Mapping[date, Mark]) -> Mark | None:
    if not day.is_lesson_day:
        return Mark.NO_CLASS
    if not any(day.day in period for period in periods):
        before = all(day.day < period.starts_on for period in periods)
        return Mark.NOT_YET_ENROLLED if before else Mark.LEFT
    if day.kind is DayKind.CLASS_CLOSED:
        return Mark.CLASS_CLOSURE
    return marks.get(day.day)
