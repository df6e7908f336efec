"""Which children of the register are in a class of a municipal school (在籍)."""

from uuid import UUID

import sqlalchemy as sa

from govkit.base.work import Work
from govkit.jp.calendar import school_year_of
from govkit.modules.enrolment.models import RegisterEntry
from govkit.modules.schools import ClassGroup, ClassMembership, Pupil

__all__ = ["admitted_schools", "present_schools"]


def admitted_schools(work: Work, entry_year: int) -> dict[UUID, frozenset[UUID]]:
    """Schools into whose classes of the entry year a child was admitted, by entry.

    Memberships that have ended count too: the child has entered a school already.
    """
    query = (
        sa.select(RegisterEntry.id, ClassGroup.school_id)
        .join(Pupil, Pupil.addressee_number == RegisterEntry.addressee_number)
        .join(ClassMembership, ClassMembership.pupil_id == Pupil.id)
        .join(ClassGroup, ClassGroup.id == ClassMembership.class_group_id)
        .where(RegisterEntry.entry_school_year == entry_year, ClassGroup.school_year == entry_year)
    )
    found: dict[UUID, frozenset[UUID]] = {}
    for entry_id, school_id in work.session.execute(query):
        found[entry_id] = found.get(entry_id, frozenset()) | {school_id}
    return found


def present_schools(work: Work, entry: RegisterEntry) -> frozenset[UUID]:
    """Schools where the child is in a class, now or from April, without an end."""
    year = max(entry.entry_school_year, school_year_of(work.today))
    query = (
        sa.select(ClassGroup.school_id)
        .join(ClassMembership, ClassMembership.class_group_id == ClassGroup.id)
        .join(Pupil, Pupil.id == ClassMembership.pupil_id)
        .where(
            Pupil.addressee_number == entry.addressee_number,
            ClassGroup.school_year >= year,
            ClassMembership.ends_on.is_(None),
        )
    )
    return frozenset(work.session.scalars(query))
