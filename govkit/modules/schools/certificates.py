"""Certificates of enrolment as documents (在学証明書), and who signs for a school."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.documents import DocumentsMissing, Draft
from govkit.base.i18n import lazy_gettext as _
from govkit.base.identity import Appointment, Staff
from govkit.base.typesetting import DocumentKind
from govkit.base.work import Work
from govkit.errors import NotFound
from govkit.jp.calendar import format_date
from govkit.modules.schools.models import (
    ClassGroup,
    ClassMembership,
    Duty,
    Pupil,
    School,
    SchoolKind,
    StaffPosting,
)
from govkit.modules.schools.pupils import find_pupil, memberships_of

__all__ = [
    "ENROLMENT_CERTIFICATE",
    "formal_school_name",
    "homeroom_teachers",
    "prepare_enrolment_certificates",
    "principal",
]

ENROLMENT_CERTIFICATE: Final = DocumentKind(
    name="schools.enrolment_certificate",
    title=_("在学証明書"),
    package="govkit.modules.schools",
    permission="schools.certify",
    prepare="govkit.modules.schools.certificates:prepare_enrolment_certificates",
)
"""在学証明書: says where a pupil goes to school, and never where the pupil lives."""


def prepare_enrolment_certificates(work: Work, keys: Sequence[str]) -> list[Draft]:
    """Certificates of some pupils as of today.

    :param keys: Identifiers of pupils.
    :raises NotFound: When one is not the actor's to see.
    :raises DocumentsMissing: When one goes to no school of the municipality today.
    """
    pupils = [find_pupil(work, _uuid(each), permission="schools.certify") for each in keys]
    held = {each.id: _membership_today(work, each) for each in pupils}
    if missing := [each.name for each in pupils if held[each.id] is None]:
        raise DocumentsMissing(missing)
    return [
        _draft(work, pupil, membership)
        for pupil in pupils
        if (membership := held[pupil.id]) is not None
    ]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("Pupil") from None


def _membership_today(work: Work, pupil: Pupil) -> ClassMembership | None:
    for each in memberships_of(work, pupil):
        if each.starts_on <= work.today and (each.ends_on is None or each.ends_on >= work.today):
            return each
    return None


def _draft(work: Work, pupil: Pupil, membership: ClassMembership) -> Draft:
    group = membership.class_group
    school = group.school
    own_grade = group.grade - 6 if school.kind == SchoolKind.JUNIOR_HIGH else group.grade
    entered_on = _entered_on(work, pupil, school)
    return Draft(
        key=str(pupil.id),
        label=pupil.name,
        data={
            "name": pupil.name,
            "kana": pupil.kana,
            "birth": format_date(pupil.birth_date),
            "grade": f"第{own_grade}学年",
            "entered_on": format_date(entered_on) if entered_on else "",
            "school": formal_school_name(work, school),
            "principal": principal(work, school),
        },
        people=(pupil,),
        addressee_number=pupil.addressee_number,
        group=school.name,
    )


def _entered_on(work: Work, pupil: Pupil, school: School) -> date | None:
    """The day of entry, where the memberships reach back to the school's first grade."""
    own = [each for each in memberships_of(work, pupil) if each.class_group.school_id == school.id]
    first = min(own, key=lambda each: each.starts_on)
    return first.starts_on if first.class_group.grade == school.grades[0] else None


def formal_school_name(work: Work, school: School) -> str:
    """Name of a school with its founder, as certificates say it: 立川市立第一小学校."""
    city = work.municipality.name
    return school.name if school.name.startswith(city) else f"{city}立{school.name}"


def principal(work: Work, school: School) -> str:
    """Name of the principal today (校長), or blank."""
    return "・".join(_posted(work, Duty.HEAD, StaffPosting.school_id == school.id)[:1])


def homeroom_teachers(work: Work, class_group: ClassGroup) -> list[str]:
    """Names of those who lead a class today (学級担任)."""
    return _posted(work, Duty.HOMEROOM, StaffPosting.class_group_id == class_group.id)


def _posted(work: Work, duty: Duty, place: sa.ColumnElement[bool]) -> list[str]:
    query = (
        sa.select(Staff)
        .join(Appointment, Appointment.staff_id == Staff.id)
        .join(StaffPosting, StaffPosting.appointment_id == Appointment.id)
        .where(
            place,
            StaffPosting.duty == duty.value,
            Appointment.valid_from <= work.today,
            sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= work.today),
        )
        .order_by(Appointment.valid_from.desc(), Appointment.id)
    )
    return [each.name for each in work.session.scalars(query)]
