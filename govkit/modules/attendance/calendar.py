"""Changing a school's calendar: vacations, extra lesson days, closures (授業日・臨時休業の登録)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from govkit.base.work import Work
from govkit.errors import NotFound
from govkit.jp.calendar import school_year_days, school_year_of
from govkit.modules.attendance.closing import refuse_closed
from govkit.modules.attendance.models import CalendarEntry, Closure, ClosureCause, EntryKind
from govkit.modules.attendance.refusals import InvalidPeriod
from govkit.modules.schools import ClassGroup, School

__all__ = [
    "NewClosure",
    "NewEntry",
    "SchoolCalendar",
    "add_calendar_entry",
    "add_closure",
    "remove_calendar_entry",
    "remove_closure",
    "school_calendar",
]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Days that differ from the ordinary week, such as 夏季休業."""

    first_day: date
    last_day: date
    kind: EntryKind
    name: str


@dataclass(frozen=True, slots=True)
class NewClosure:
    """Cancelled lessons of the whole school, of one grade (学年閉鎖) or of one class (学級閉鎖)."""

    first_day: date
    last_day: date
    cause: ClosureCause
    reason: str
    grade: int | None = None
    class_group_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """What a school has entered for a school year, withdrawn lines left out."""

    entries: Sequence[CalendarEntry]
    closures: Sequence[Closure]


def school_calendar(work: Work, school: School, school_year: int) -> SchoolCalendar:
    """What differs from the ordinary week in a school year."""
    work.require("attendance.manage_calendar", school)
    first, last = school_year_days(school_year)
    entries = work.session.scalars(
        sa.select(CalendarEntry)
        .where(
            CalendarEntry.school_id == school.id,
            CalendarEntry.first_day.between(first, last),
            CalendarEntry.withdrawn_at.is_(None),
        )
        .order_by(CalendarEntry.first_day, CalendarEntry.last_day)
    )
    closures = work.session.scalars(
        sa.select(Closure)
        .where(
            Closure.school_id == school.id,
            Closure.first_day.between(first, last),
            Closure.withdrawn_at.is_(None),
        )
        .order_by(Closure.first_day, Closure.last_day)
    )
    return SchoolCalendar(entries.all(), closures.all())


def add_calendar_entry(work: Work, school: School, new: NewEntry) -> CalendarEntry:
    """Enter a vacation, an extra lesson day or a free day.

    :raises InvalidPeriod: When the days are the wrong way round or in two school years.
    :raises MonthClosed: When a class has closed one of the months.
    """
    work.require("attendance.manage_calendar", school)
    _check_period(new.first_day, new.last_day)
    _refuse_closed(work, school, new.first_day, new.last_day)
    row = CalendarEntry(
        school_id=school.id,
        first_day=new.first_day,
        last_day=new.last_day,
        kind=new.kind.value,
        name=new.name,
        withdrawn_by=None,
        withdrawn_at=None,
    )
    work.session.add(row)
    work.session.flush()
    work.record("attendance.calendar_entry_added", row, kind=row.kind, days=_days(row))
    return row


def remove_calendar_entry(work: Work, school: School, entry_id: UUID) -> None:
    """Withdraw an entry (取消し); the line stays on record.

    :raises NotFound: When the school has no such entry.
    :raises MonthClosed: When a class has closed one of the months.
    """
    work.require("attendance.manage_calendar", school)
    row = work.find(CalendarEntry, entry_id)
    if row.school_id != school.id or row.withdrawn_at is not None:
        raise NotFound("CalendarEntry")
    _refuse_closed(work, school, row.first_day, row.last_day)
    row.withdrawn_by, row.withdrawn_at = _now(work)
    work.record("attendance.calendar_entry_removed", row, kind=row.kind, days=_days(row))


def add_closure(work: Work, school: School, new: NewClosure) -> Closure:
    """Enter a closure (臨時休業). Marks recorded on its days stay, but do not count.

    :raises InvalidPeriod: When the days are the wrong way round or in two school years.
    :raises NotFound: When the grade or class is not the school's.
    :raises MonthClosed: When a closed class has closed one of the months.
    """
    work.require("attendance.manage_calendar", school)
    _check_period(new.first_day, new.last_day)
    if new.grade is not None and (new.class_group_id or new.grade not in school.grades):
        raise NotFound("grade")
    affected = _classes(work, school, new)
    if new.class_group_id is not None and not affected:
        raise NotFound("ClassGroup")
    refuse_closed(work, affected, new.first_day, new.last_day)
    row = Closure(
        school_id=school.id,
        grade=new.grade,
        class_group_id=new.class_group_id,
        first_day=new.first_day,
        last_day=new.last_day,
        cause=new.cause.value,
        reason=new.reason,
        withdrawn_by=None,
        withdrawn_at=None,
    )
    work.session.add(row)
    work.session.flush()
    work.record("attendance.closure_added", row, cause=row.cause, days=_days(row))
    return row


def remove_closure(work: Work, school: School, closure_id: UUID) -> None:
    """Withdraw a closure (取消し); the line stays on record, and marks on its days count again.

    :raises NotFound: When the school has no such closure.
    :raises MonthClosed: When a closed class has closed one of the months.
    """
    work.require("attendance.manage_calendar", school)
    row = work.find(Closure, closure_id)
    if row.school_id != school.id or row.withdrawn_at is not None:
        raise NotFound("Closure")
    refuse_closed(work, _classes(work, school, row), row.first_day, row.last_day)
    row.withdrawn_by, row.withdrawn_at = _now(work)
    work.record("attendance.closure_removed", row, cause=row.cause, days=_days(row))


def _check_period(first: date, last: date) -> None:
    if last < first or school_year_of(first) != school_year_of(last):
        raise InvalidPeriod


def _refuse_closed(work: Work, school: School, first: date, last: date) -> None:
    whole = NewClosure(first, last, ClosureCause.OTHER, "")
    refuse_closed(work, _classes(work, school, whole), first, last)


def _classes(work: Work, school: School, closed: NewClosure | Closure) -> Sequence[UUID]:
    query = sa.select(ClassGroup.id).where(
        ClassGroup.school_id == school.id,
        ClassGroup.school_year == school_year_of(closed.first_day),
    )
    if closed.grade is not None:
        query = query.where(ClassGroup.grade == closed.grade)
    if closed.class_group_id is not None:
        query = query.where(ClassGroup.id == closed.class_group_id)
    return work.session.scalars(query).all()


def _now(work: Work) -> tuple[str, datetime]:
    return work.actor.name, work.now


def _days(row: CalendarEntry | Closure) -> list[str]:
    return [row.first_day.isoformat(), row.last_day.isoformat()]
