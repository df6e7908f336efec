"""The roll call (出欠の記録): read it, record it, record it again as a correction.

Recording is the one thing that every class does at the same minute, so it selects columns, writes
with one statement per table, and loads no rows that it does not change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from govkit.base.fixed import Fixed
from govkit.base.merging import merge
from govkit.base.work import Work
from govkit.jp.calendar import school_year_days, school_year_of
from govkit.modules.attendance.closing import MonthState, month_states, refuse_closed
from govkit.modules.attendance.days import LessonCalendar, SchoolDay, lesson_calendar
from govkit.modules.attendance.marks import MARKS, Mark, MarkEntry
from govkit.modules.attendance.models import DayMark, MarkCorrection, RollCall
from govkit.modules.attendance.refusals import (
    FutureDay,
    MarkNotRecordable,
    NotALessonDay,
    NotEnrolledThatDay,
    RollCallConflict,
)
from govkit.modules.schools import ClassGroup, ClassMembership, class_names

__all__ = ["Recorded", "RollLine", "RollSheet", "record_day", "roll_call"]

NO_VERSION: Final = 0
"""Version of a roll call that has not been saved yet."""
_PRESENT: Final = MarkEntry()

# Statements are made once, checked once and limited once: every class calls its roll at 8:30.
_OF_THE_DAY: Final = (
    RollCall.class_group_id == sa.bindparam("class_group_id"),
    RollCall.day == sa.bindparam("day"),
)
_HEADING: Final = Fixed(
    sa.select(RollCall.version, RollCall.recorded_by, RollCall.recorded_at).where(*_OF_THE_DAY)
)
_CALL: Final = Fixed(sa.select(RollCall.id, RollCall.version).where(*_OF_THE_DAY).with_for_update())
_MEMBERS: Final = Fixed(
    sa.select(ClassMembership.pupil_id, DayMark.id, DayMark.mark, DayMark.note)
    .outerjoin(
        DayMark,
        sa.and_(DayMark.pupil_id == ClassMembership.pupil_id, DayMark.day == sa.bindparam("day")),
    )
    .where(
        ClassMembership.class_group_id == sa.bindparam("class_group_id"),
        ClassMembership.starts_on <= sa.bindparam("day"),
        sa.or_(ClassMembership.ends_on.is_(None), ClassMembership.ends_on >= sa.bindparam("day")),
    )
)
_ADD_CALL, _ADD_MARKS, _ADD_CORRECTIONS = (
    Fixed(sa.insert(each)) for each in (RollCall, DayMark, MarkCorrection)
)
_SAVE_AGAIN: Final = Fixed(
    sa.update(RollCall)
    .where(RollCall.id == sa.bindparam("call_id"), RollCall.version == sa.bindparam("seen_version"))
    .values(
        recorded_by=sa.bindparam("by"),
        recorded_at=sa.bindparam("at"),
        version=RollCall.version + 1,
    )
)
_CHANGE_MARK: Final = Fixed(
    sa.update(DayMark)
    .where(DayMark.id == sa.bindparam("mark_id"))
    .values(
        mark=sa.bindparam("new_mark"),
        note=sa.bindparam("new_note"),
        class_group_id=sa.bindparam("group_id"),
    )
)
_Stored = Mapping[UUID, tuple[UUID | None, MarkEntry | None]]


@dataclass(frozen=True, slots=True)
class RollLine:
    """One pupil of a roll call.

    :param entry: ``None`` while the pupil is not recorded.
    """

    pupil_id: UUID
    number: int
    name: str
    kana: str
    entry: MarkEntry | None


@dataclass(frozen=True, slots=True)
class RollSheet:
    """A class's roll call of one day as it stands (出席簿の1日分).

    :param day: The day, and why there are no lessons if there are none.
    :param version: How often it was saved; 0 before the first time.
    :param previous: The lesson day before, in the same school year.
    :param following: The lesson day after, in the same school year.
    """

    day: SchoolDay
    version: int
    lines: tuple[RollLine, ...]
    month: MonthState
    recorded_by: str = ""
    recorded_at: datetime | None = None
    previous: date | None = None
    following: date | None = None

    @property
    def is_recorded(self) -> bool:
        """Whether the roll was called."""
        return self.version != NO_VERSION


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording did.

    :param version: Version of the roll call now.
    :param changed: Pupils whose mark or note is now different.
    :param assumed: Pupils whom nobody gave a mark, so that they are present.
    :param kept: Pupils whose mark somebody else changed meanwhile and the caller did not.
    """

    version: int
    changed: tuple[UUID, ...]
    assumed: tuple[UUID, ...]
    kept: tuple[UUID, ...] = ()


def roll_call(work: Work, class_group: ClassGroup, day: date) -> RollSheet:
    """The roll call of a class on a day, recorded or not.

    Nobody is on it outside the class's school year, on a day without lessons, or before the day.

    :raises NotFound: When the class is another teacher's.
    """
    work.require("attendance.view", class_group)
    calendar = lesson_calendar(
        work, class_group.school_id, *school_year_days(class_group.school_year)
    )
    found = work.session.read(_HEADING, class_group_id=class_group.id, day=day)
    version, recorded_by, recorded_at = found[0] if found else (NO_VERSION, "", None)
    school_day = calendar.at(class_group.id, class_group.grade, day)
    is_called = school_day.takes_roll and day <= work.today
    return RollSheet(
        school_day,
        version,
        _lines(work, class_group, day) if is_called else (),
        month_states(work, [class_group.id], day, day)[class_group.id, day.replace(day=1)],
        recorded_by,
        recorded_at,
        *_neighbours(calendar, class_group, day),
    )


def _neighbours(
    calendar: LessonCalendar, class_group: ClassGroup, day: date
) -> tuple[date | None, date | None]:
    return calendar.near(class_group, day, -1), calendar.near(class_group, day, 1)


def _lines(work: Work, class_group: ClassGroup, day: date) -> tuple[RollLine, ...]:
    stored = _stored(work, class_group, day)
    return tuple(
        RollLine(*each, stored[each.pupil_id][1])
        for each in class_names(work, class_group, day, permission="attendance.view")
    )


def record_day(
    work: Work,
    class_group: ClassGroup,
    day: date,
    marks: Mapping[UUID, MarkEntry],
    *,
    seen: Mapping[UUID, MarkEntry] | None = None,
    reason: str = "",
) -> Recorded:
    """Record a roll call (出欠): pupils without a mark are present.

    Recording a day again corrects it: what changes is kept with its old value, who and when. The
    same content twice changes nothing.

    With ``seen``, two may edit the same day: what only one of them changed is put together, and
    pupils without a mark stay as they are recorded.

    :param marks: Mark and note by pupil.
    :param seen: What the caller saw before editing, pupils who were present without a note left out;
        ``None`` replaces whatever is there.
    :raises MonthClosed: When the month is closed.
    :raises NotALessonDay: When the class has no lessons that day.
    :raises FutureDay: When the day has not come yet.
    :raises NotEnrolledThatDay: When a pupil is not in the class that day.
    :raises MarkNotRecordable: For a mark that only the calendar or enrolment gives.
    :raises RollCallConflict: When both changed the same pupil, or somebody else called the roll for
        the first time at this very moment; nothing was recorded.
    """
    work.require("attendance.record", class_group)
    _refuse_day(work, class_group, day)
    if not all(MARKS[entry.mark].is_recordable for entry in marks.values()):
        raise MarkNotRecordable
    # The roll call before its marks: who saves at the same moment waits here, then reads them.
    call_id, version = _call(work, class_group, day)
    stored = _stored(work, class_group, day)
    wanted, kept = _wanted(stored, marks, seen)
    changes = [
        _Change(pupil_id, mark_id, before, wanted[pupil_id])
        for pupil_id, (mark_id, before) in stored.items()
        if wanted[pupil_id] != before
    ]
    assumed = _assumed(stored, marks, seen)
    if call_id is not None and not changes:
        return Recorded(version, (), assumed, kept)
    _save_call(work, class_group, day, call_id, version)
    _save_marks(work, class_group, day, changes)
    corrected = [each for each in changes if call_id is not None or each.before is not None]
    _keep_corrections(work, class_group, day, corrected, reason)
    work.record(
        "attendance.corrected" if call_id is not None else "attendance.recorded",
        class_group,
        reason,
        day=day.isoformat(),
        version=version + 1,
        changed=len(changes),
        corrected=[str(each.pupil_id) for each in corrected],
    )
    return Recorded(version + 1, tuple(each.pupil_id for each in changes), assumed, kept)


def _wanted(
    stored: _Stored, marks: Mapping[UUID, MarkEntry], seen: Mapping[UUID, MarkEntry] | None
) -> tuple[Mapping[UUID, MarkEntry], tuple[UUID, ...]]:
    """What is to be recorded of each pupil, and who stays as somebody else recorded them.

    :raises NotEnrolledThatDay: For a pupil who is not in the class, unless nothing was changed.
    :raises RollCallConflict: When two changed the same pupil.
    """
    if any(
        pupil_id not in stored and (seen is None or entry != seen.get(pupil_id, _PRESENT))
        for pupil_id, entry in marks.items()
    ):
        raise NotEnrolledThatDay
    if seen is None:
        return {pupil_id: marks.get(pupil_id, _PRESENT) for pupil_id in stored}, ()
    merged = merge(
        {**dict.fromkeys(stored, _PRESENT), **seen},
        {pupil_id: entry or _PRESENT for pupil_id, (_id, entry) in stored.items()},
        marks,
    )
    if merged.clashes:
        raise RollCallConflict(merged)
    return merged.values, tuple(merged.theirs)


def _assumed(
    stored: _Stored, marks: Mapping[UUID, MarkEntry], seen: Mapping[UUID, MarkEntry] | None
) -> tuple[UUID, ...]:
    """Pupils whom nobody gave a mark."""
    left = stored.keys() - marks.keys()
    return tuple(each for each in left if seen is None or stored[each][1] is None)


@dataclass(frozen=True, slots=True)
class _Change:
    pupil_id: UUID
    mark_id: UUID | None
    before: MarkEntry | None
    after: MarkEntry


def _refuse_day(work: Work, class_group: ClassGroup, day: date) -> None:
    if day > work.today:
        raise FutureDay
    if school_year_of(day) != class_group.school_year:
        raise NotALessonDay
    refuse_closed(work, [class_group.id], day, day)
    calendar = lesson_calendar(work, class_group.school_id, day, day)
    if not calendar.at(class_group.id, class_group.grade, day).takes_roll:
        raise NotALessonDay


def _stored(work: Work, class_group: ClassGroup, day: date) -> _Stored:
    """Every pupil of the class that day, with the stored row if there is one."""
    rows = work.session.read(_MEMBERS, class_group_id=class_group.id, day=day)
    return {
        pupil_id: (mark_id, MarkEntry(Mark(mark), note) if mark_id else None)
        for pupil_id, mark_id, mark, note in rows
    }


def _call(work: Work, class_group: ClassGroup, day: date) -> tuple[UUID | None, int]:
    found = work.session.read(_CALL, class_group_id=class_group.id, day=day)
    return found[0] if found else (None, NO_VERSION)


def _save_call(
    work: Work, class_group: ClassGroup, day: date, call_id: UUID | None, version: int
) -> None:
    if call_id is None:
        saved = {"recorded_by": work.actor.name, "recorded_at": work.now, "version": version + 1}
        try:
            work.session.write(_ADD_CALL, [_row(class_group, day) | saved])
        except IntegrityError as error:
            # Somebody else called the same roll between our look and our save.
            raise RollCallConflict from error
        return
    seen = {"call_id": call_id, "seen_version": version}
    if work.session.write(_SAVE_AGAIN, [seen | {"by": work.actor.name, "at": work.now}]) != 1:
        raise RollCallConflict


def _save_marks(work: Work, class_group: ClassGroup, day: date, changes: Sequence[_Change]) -> None:
    new = [
        _row(class_group, day)
        | {"pupil_id": each.pupil_id, "mark": each.after.mark.value, "note": each.after.note}
        for each in changes
        if each.mark_id is None
    ]
    changed = [
        {
            "mark_id": each.mark_id,
            "new_mark": each.after.mark.value,
            "new_note": each.after.note,
            "group_id": class_group.id,
        }
        for each in changes
        if each.mark_id is not None
    ]
    work.session.write(_ADD_MARKS, new)
    work.session.write(_CHANGE_MARK, changed)


def _keep_corrections(
    work: Work, class_group: ClassGroup, day: date, changes: Sequence[_Change], reason: str
) -> None:
    rows = [
        {
            **_row(class_group, day),
            "pupil_id": each.pupil_id,
            "before": each.before.mark.value if each.before else None,
            "before_note": each.before.note if each.before else "",
            "after": each.after.mark.value,
            "after_note": each.after.note,
            "corrected_by": work.actor.name,
            "corrected_at": work.now,
            "reason": reason,
        }
        for each in changes
    ]
    work.session.write(_ADD_CORRECTIONS, rows)


def _row(class_group: ClassGroup, day: date) -> dict[str, Any]:
    return {"id": uuid4(), "class_group_id": class_group.id, "day": day}
