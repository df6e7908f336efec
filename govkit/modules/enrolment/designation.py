"""Designated schools (就学校の指定): by zone, and by exception with a reason (指定校変更)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from govkit.base.i18n import lazy_gettext as _
from govkit.base.work import Work
from govkit.errors import Conflict, Refused
from govkit.jp.calendar import format_date
from govkit.modules.enrolment.codes import Basis, DesignationReason, EntryStatus, Schooling, Source
from govkit.modules.enrolment.models import (
    AttendanceZone,
    Exemption,
    RegisterChange,
    RegisterEntry,
    SchoolDesignation,
    SpecialNeedsSchooling,
)
from govkit.modules.enrolment.placement import admitted_schools, present_schools
from govkit.modules.enrolment.protection import Shield
from govkit.modules.schools import School

__all__ = [
    "AssignResult",
    "DesignationRequest",
    "PermissionEndsTooEarly",
    "SameSchool",
    "assign_schools",
    "change_designation",
    "excused_entries",
    "open_designations",
    "update_remarks",
]

_CHUNK: Final = 500


class SameSchool(Refused):
    """The school is the one that is designated already."""

    code = "same_school"


class PermissionEndsTooEarly(Refused):
    """The last day of the permission (許可の末日) has passed or comes before the child enters."""

    code = "permission_ends_too_early"


@dataclass(frozen=True, slots=True)
class AssignResult:
    """What an assignment by zone did.

    :param assigned: Children who got a school, or another one because the zone changed.
    :param kept: Children whose school stayed, exceptions included.
    :param unplaced: Children whose town has no zone.
    :param excused: Children for whom no school is designated (猶予・免除、特別支援学校).
    """

    assigned: int
    kept: int
    unplaced: int
    excused: int


@dataclass(frozen=True, slots=True)
class DesignationRequest:
    """Why another school is allowed, and until when (指定校変更の許可).

    :param valid_until: Last day, or ``None`` until graduation.
    :param version: Version of the entry that the deciding person saw, if any.
    """

    reason: DesignationReason
    text: str = ""
    valid_until: date | None = None
    version: int | None = None


def _chunks(items: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))


def open_designations(work: Work, entry_ids: Sequence[UUID]) -> dict[UUID, SchoolDesignation]:
    """The designations in force, by entry."""
    found: dict[UUID, SchoolDesignation] = {}
    for chunk in _chunks(entry_ids):
        query = sa.select(SchoolDesignation).where(
            SchoolDesignation.entry_id.in_(chunk), SchoolDesignation.ended_on.is_(None)
        )
        found |= {each.entry_id: each for each in work.session.scalars(query)}
    return found


def excused_entries(work: Work, entry_year: int) -> frozenset[UUID]:
    """Children of a year who go to no municipal school: 猶予・免除 and 特別支援学校."""
    first_day = date(entry_year, 4, 1)
    year = RegisterEntry.entry_school_year == entry_year
    exempted = (
        sa.select(Exemption.entry_id)
        .join(RegisterEntry, RegisterEntry.id == Exemption.entry_id)
        .where(
            year,
            Exemption.returned_on.is_(None),
            Exemption.starts_on <= first_day,
            sa.or_(Exemption.ends_on.is_(None), Exemption.ends_on >= first_day),
        )
    )
    special = (
        sa.select(SpecialNeedsSchooling.entry_id)
        .join(RegisterEntry, RegisterEntry.id == SpecialNeedsSchooling.entry_id)
        .where(
            year,
            SpecialNeedsSchooling.transferred_on.is_(None),
            SpecialNeedsSchooling.withdrawn_on.is_(None),
            SpecialNeedsSchooling.graduated_on.is_(None),
        )
    )
    return frozenset((*work.session.scalars(exempted), *work.session.scalars(special)))


def assign_schools(work: Work, entry_year: int) -> AssignResult:
    """Designate the school of the zone for every entrant of a year (施行令第5条第2項).

    Exceptions stay, and so does the school of a child who is in a class already. Doing it again
    changes only what the zones changed.
    """
    work.require("enrolment.designate")
    zones = {zone.machiaza_id: zone for zone in work.session.scalars(sa.select(AttendanceZone))}
    if not zones:
        raise Refused(
            "通学区域がまだ登録されていません。先に通学区域のファイルを登録してください。"
        )
    entries = work.session.scalars(
        sa.select(RegisterEntry).where(
            RegisterEntry.entry_school_year == entry_year,
            RegisterEntry.status == EntryStatus.ACTIVE,
        )
    ).all()
    excused = excused_entries(work, entry_year)
    current = open_designations(work, [entry.id for entry in entries])
    admitted = admitted_schools(work, entry_year)
    assigned: list[SchoolDesignation] = []
    kept = unplaced = 0
    for entry in entries:
        before = current.get(entry.id)
        zone = zones.get(entry.machiaza_id)
        if entry.id in excused:
            continue
        if before is not None and (before.basis == Basis.EXCEPTION or entry.id in admitted):
            kept += 1
        elif zone is None:
            unplaced += 1
            _end(work, before)
        elif before is not None and before.school_id == zone.elementary_school_id:
            kept += 1
        else:
            _end(work, before)
            assigned.append(_designation(work, entry, zone.elementary_school_id, Basis.ZONE))
    work.session.flush()
    _add_last(work, assigned)
    result = AssignResult(
        len(assigned), kept, unplaced, sum(entry.id in excused for entry in entries)
    )
    work.record(
        "enrolment.schools_assigned",
        [each.entry_id for each in assigned],
        school_year=entry_year,
        assigned=result.assigned,
        unplaced=result.unplaced,
    )
    return result


def _end(work: Work, designation: SchoolDesignation | None) -> None:
    if designation is not None:
        designation.ended_on = work.today


def _add_last(work: Work, designations: Sequence[SchoolDesignation]) -> None:
    """Record each designation as the last one of its child."""
    before: dict[UUID, int] = {}
    for chunk in _chunks([each.entry_id for each in designations]):
        query = (
            sa.select(SchoolDesignation.entry_id, sa.func.count(SchoolDesignation.id))
            .where(SchoolDesignation.entry_id.in_(chunk))
            .group_by(SchoolDesignation.entry_id)
        )
        before |= {row[0]: row[1] for row in work.session.execute(query)}
    for each in designations:
        each.position = before.get(each.entry_id, 0) + 1
    work.session.add_all(designations)
    work.session.flush()


def _designation(
    work: Work,
    entry: RegisterEntry,
    school_id: UUID,
    basis: Basis,
    request: DesignationRequest | None = None,
) -> SchoolDesignation:
    return SchoolDesignation(
        entry_id=entry.id,
        school_id=school_id,
        basis=basis.value,
        reason_code=request.reason.value if request else "",
        reason_text=request.text if request else "",
        decided_on=work.today,
        decided_by=work.actor.name,
        valid_until=request.valid_until if request else None,
        ended_on=None,
        position=0,
    )


def change_designation(
    work: Work, entry: RegisterEntry, school: School, request: DesignationRequest
) -> SchoolDesignation:
    """Designate another school than that of the zone, with a reason (指定校変更, 施行令第8条).

    :raises Conflict: When the entry changed since the deciding person saw it.
    :raises SameSchool: When the school is designated already.
    :raises PermissionEndsTooEarly: When the permission ends in the past or before 1 April.
    :raises Refused: When the child is not in the register or is in a class of another school, the
        school is not for entrants, or the actor may not see the school of this protected child:
        otherwise trying one school after another would tell it.
    """
    work.require("enrolment.designate")
    if Shield.of(work, [entry]).hides(entry):
        raise Refused(
            "支援措置対象者の指定校は変更できません。支援措置担当に変更を依頼してください。"
        )
    if request.version is not None and request.version != entry.version:
        raise Conflict
    _check_change(work, entry, school)
    _check_last_day(work, entry, request.valid_until)
    before = open_designations(work, [entry.id]).get(entry.id)
    if before is not None and before.school_id == school.id:
        raise SameSchool("すでにこの学校が指定されています。別の学校を選んでください。")
    _end(work, before)
    designation = _designation(work, entry, school.id, Basis.EXCEPTION, request)
    _add_last(work, [designation])
    note_manual_change(
        work,
        entry,
        _("指定校変更"),
        before={"school": str(before.school_id) if before else ""},
        after={"school": str(school.id)},
    )
    # The version of the entry moves on, so that of two who decide at once one is told.
    flag_modified(entry, "note")
    work.session.flush()
    # The text may tell of health or home: it stands encrypted in the designation, not in the audit.
    work.record("enrolment.designation_changed", entry, reason_code=request.reason.value)
    return designation


def _check_change(work: Work, entry: RegisterEntry, school: School) -> None:
    if not entry.is_active:
        raise Refused("学齢簿から除かれた児童の指定校は変更できません。")
    if 1 not in school.grades:
        raise Refused("小学校または義務教育学校を選んでください。")
    if school.closed_on is not None and school.closed_on < date(entry.entry_school_year, 4, 1):
        raise Refused("入学の時点で廃止されている学校は選べません。")
    if present_schools(work, entry) - {school.id}:
        raise Refused(
            "この児童はすでに学級に受け入れられています。先に今の学校での在籍を終了してから、指定校を変更してください。"
        )


def _check_last_day(work: Work, entry: RegisterEntry, last_day: date | None) -> None:
    first_day = date(entry.entry_school_year, 4, 1)
    if last_day is None:
        return
    if last_day < first_day:
        raise PermissionEndsTooEarly(
            "許可の末日は、入学の日（{day}）以降にしてください。", day=format_date(first_day)
        )
    if last_day < work.today:
        raise PermissionEndsTooEarly("許可の末日は、今日以降にしてください。")


def update_remarks(
    work: Work, entry: RegisterEntry, *, note: str, schooling: Schooling, version: int | None = None
) -> None:
    """Keep what the board finds necessary (規則第30条第6号) and where a foreign child goes to school.

    :raises Conflict: When the entry changed since the page was opened.
    """
    work.require("enrolment.edit")
    if version is not None and version != entry.version:
        raise Conflict
    after = {"note": note, "schooling": schooling.value}
    before = {name: getattr(entry, name) for name in after}
    if before == after:
        return
    entry.note, entry.schooling = note, schooling.value
    note_manual_change(work, entry, _("備考・就学状況の記入"), before=before, after=after)
    work.session.flush()
    work.record("enrolment.remarks_updated", entry)


def note_manual_change(
    work: Work,
    entry: RegisterEntry,
    reason: str,
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    """Write what a clerk changed into the history of the entry (学齢簿の変更)."""
    work.session.add(
        RegisterChange(
            entry_id=entry.id,
            notified_on=None,
            changed_on=work.today,
            reason=str.__str__(reason),
            source=Source.MANUAL.value,
            before=dict(before),
            after=dict(after),
            recorded_by=work.actor.name,
            recorded_at=work.now,
        )
    )
