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
from govkit.modules.enrolment.codes import Basis, DesignationReason, EntryStatus, Schooling, Source
from govkit.modules.enrolment.models import (
    AttendanceZone,
    Exemption,
    RegisterChange,
    RegisterEntry,
    SchoolDesignation,
    SpecialNeedsSchooling,
)
from govkit.modules.schools import School

__all__ = [
    "AssignResult",
    "DesignationRequest",
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

    Exceptions stay. Doing it again changes only what the zones changed.
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
    assigned: list[SchoolDesignation] = []
    kept = unplaced = 0
    for entry in entries:
        before = current.get(entry.id)
        zone = zones.get(entry.machiaza_id)
        if entry.id in excused:
            continue
        if before is not None and before.basis == Basis.EXCEPTION:
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
    work.session.add_all(assigned)
    work.session.flush()
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
    )


def change_designation(
    work: Work, entry: RegisterEntry, school: School, request: DesignationRequest
) -> SchoolDesignation:
    """Designate another school than that of the zone, with a reason (指定校変更, 施行令第8条).

    :raises Conflict: When the entry changed since the deciding person saw it.
    :raises SameSchool: When the school is designated already.
    :raises Refused: When the child is not in the register, or the school is not for entrants.
    """
    work.require("enrolment.designate")
    if request.version is not None and request.version != entry.version:
        raise Conflict
    if not entry.is_active:
        raise Refused("学齢簿から除かれた児童の指定校は変更できません。")
    if 1 not in school.grades:
        raise Refused("小学校または義務教育学校を選んでください。")
    if school.closed_on is not None and school.closed_on < date(entry.entry_school_year, 4, 1):
        raise Refused("入学の時点で廃止されている学校は選べません。")
    before = open_designations(work, [entry.id]).get(entry.id)
    if before is not None and before.school_id == school.id:
        raise SameSchool("すでにこの学校が指定されています。別の学校を選んでください。")
    _end(work, before)
    designation = _designation(work, entry, school.id, Basis.EXCEPTION, request)
    work.session.add(designation)
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
    work.record(
        "enrolment.designation_changed", entry, request.text, reason_code=request.reason.value
    )
    return designation


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
