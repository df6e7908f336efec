"""Admission of a year's entrants to the classes of their school (入学の受入)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from govkit.base.work import Work
from govkit.modules.enrolment.codes import EntryStatus, Schooling
from govkit.modules.enrolment.designation import excused_entries, note_manual_change
from govkit.modules.enrolment.facts import new_pupil
from govkit.modules.enrolment.models import (
    OutOfDistrictSchooling,
    RegisterEntry,
    SchoolDesignation,
)
from govkit.modules.enrolment.placement import admitted_schools
from govkit.modules.enrolment.protection import Shield
from govkit.modules.schools import ClassGroup, School, admit, member_counts, open_classes, schools

__all__ = ["AdmissionState", "AdmitResult", "admission_states", "admit_entrants", "entrants"]

ADMIT = "enrolment.admit"
_ELSEWHERE = frozenset({Schooling.FOREIGN_SCHOOL.value, Schooling.NONE.value})


@dataclass(frozen=True, slots=True)
class AdmitResult:
    """How many children came into how many classes.

    :param present: Children who were there already.
    """

    admitted: int
    present: int
    classes: int


@dataclass(frozen=True, slots=True)
class AdmissionState:
    """A school, how many entrants are designated for it and how many of them are admitted.

    :param waiting: Entrants who are in no class yet, whom :func:`admit_entrants` would admit.
    """

    school: School
    admitted: int
    waiting: int

    @property
    def entrants(self) -> int:
        """Entrants in a class of the school or waiting for one."""
        return self.admitted + self.waiting


def entrants(work: Work, school: School, entry_year: int) -> list[RegisterEntry]:
    """Children who enter a school in a year, by kana.

    Without those who are postponed or exempt, go to a special needs school or outside the
    municipality, or are of other nationality and known to go elsewhere.
    """
    work.require(ADMIT, school)
    outside = sa.select(OutOfDistrictSchooling.entry_id).where(
        OutOfDistrictSchooling.ends_on.is_(None),
        OutOfDistrictSchooling.withdrawn_on.is_(None),
        OutOfDistrictSchooling.transferred_on.is_(None),
    )
    query = (
        sa.select(RegisterEntry)
        .join(SchoolDesignation, SchoolDesignation.entry_id == RegisterEntry.id)
        .where(
            SchoolDesignation.school_id == school.id,
            SchoolDesignation.ended_on.is_(None),
            RegisterEntry.entry_school_year == entry_year,
            RegisterEntry.status == EntryStatus.ACTIVE,
            RegisterEntry.schooling.not_in(_ELSEWHERE),
            RegisterEntry.id.not_in(outside),
        )
        .order_by(RegisterEntry.kana_key, RegisterEntry.addressee_number)
    )
    excused = excused_entries(work, entry_year)
    return [entry for entry in work.session.scalars(query) if entry.id not in excused]


def admission_states(work: Work, entry_year: int) -> list[AdmissionState]:
    """How far admission is at every school for which the actor may admit."""
    states = []
    for school in schools(work, permission=ADMIT):
        if 1 in school.grades:
            waiting, present = _candidates(work, school, entry_year)
            states.append(AdmissionState(school, present, len(waiting)))
    return states


def _candidates(work: Work, school: School, entry_year: int) -> tuple[list[RegisterEntry], int]:
    """The entrants who are in no class of the entry year yet; how many are in one of the school.

    Who entered another school first comes by a transfer (転入学), not by admission in April.
    """
    children = entrants(work, school, entry_year)
    admitted = admitted_schools(work, entry_year)
    waiting = [child for child in children if child.id not in admitted]
    return waiting, sum(school.id in admitted.get(child.id, ()) for child in children)


def admit_entrants(work: Work, school: School, entry_year: int) -> AdmitResult:
    """Admit the entrants of a school to its first grade, from 1 April.

    Classes are as many as the standard asks for (学級編制), children are dealt out evenly in kana
    order. Doing it again admits only who has come since, to the smallest classes.
    """
    work.require(ADMIT, school)
    waiting, present = _candidates(work, school, entry_year)
    if not waiting:
        return AdmitResult(0, present, 0)
    starts_on = date(entry_year, 4, 1)
    classes = open_classes(work, school, entry_year, 1, present + len(waiting))
    work.session.flush()
    shield = Shield.of(work, waiting)
    for class_group, group in _dealt(work, classes, waiting, starts_on):
        facts = [new_pupil(each, is_protected=shield.is_protected(each)) for each in group]
        admit(work, class_group, facts, starts_on)
    for child in waiting:
        child.school_id, child.entered_on = school.id, starts_on
        note_manual_change(
            work, child, "入学", before={"school": ""}, after={"school": str(school.id)}
        )
    work.session.flush()
    work.record(
        "enrolment.admitted",
        waiting,
        school_year=entry_year,
        school=school.code,
        count=len(waiting),
    )
    return AdmitResult(len(waiting), present, len(classes))


def _dealt(
    work: Work, classes: Sequence[ClassGroup], waiting: Sequence[RegisterEntry], day: date
) -> list[tuple[ClassGroup, list[RegisterEntry]]]:
    """Each child to the class that is smallest so far."""
    counts = member_counts(work, classes, day)
    sizes: dict[UUID, int] = {each.id: counts.get(each.id, 0) for each in classes}
    dealt: dict[UUID, list[RegisterEntry]] = {each.id: [] for each in classes}
    for child in waiting:
        smallest = min(classes, key=lambda each: sizes[each.id])
        sizes[smallest.id] += 1
        dealt[smallest.id].append(child)
    return [(each, dealt[each.id]) for each in classes if dealt[each.id]]
