"""Preparing the next school year: every class goes up by a grade (年度更新)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from govkit.base.work import Work
from govkit.errors import NotFound, Refused
from govkit.jp.calendar import school_year_days
from govkit.modules.schools.models import ClassGroup, ClassMembership, School
from govkit.modules.schools.pupils import deal_numbers
from govkit.modules.schools.units import (
    class_groups,
    current_school_year,
    ensure_school_year,
    new_class_group,
)

__all__ = ["YearPreparation", "prepare_year", "retained_pupils"]


@dataclass(frozen=True, slots=True)
class YearPreparation:
    """Where the pupils of a school go in the year that is prepared (年度更新の結果).

    :param promoted: Pupils in the next grade (進級).
    :param retained: Pupils who stay in their grade (原級留置).
    :param leaving: Pupils of the last grade who leave the school (卒業).
    :param changed: Memberships that this run added or took back; 0 when nothing was left to do.
    """

    school_year: int
    promoted: int
    retained: int
    leaving: int
    changed: int


@dataclass(frozen=True, slots=True)
class _Move:
    membership: ClassMembership
    grade: int
    is_retained: bool


def prepare_year(
    work: Work, school: School, school_year: int, retained: Collection[UUID]
) -> YearPreparation:
    """Prepare a school's classes of the next school year (年度更新); running again changes nothing.

    Whoever is in a class at the end of the year before goes up by one grade with the class, in kana
    order; ``retained`` pupils stay in their grade. The last grade leaves the school. The result is
    tentative: nothing shows it as current before 1 April. Pupils whom somebody has already put
    into a class of the right grade stay there.

    :param retained: Identifiers of all pupils of the school who stay in their grade.
    :raises Refused: When the year is neither the current nor the next one.
    :raises NotFound: When a retained pupil is not at the school.
    """
    work.require("schools.prepare_year", school)
    current = current_school_year(work)
    if school_year not in (current, current + 1):
        raise Refused("準備できるのは今年度と来年度だけです。年度を選び直してください。")
    moves = list(_moves(work, school, school_year, retained))
    if not set(retained) <= {move.membership.pupil_id for move in moves}:
        raise NotFound("Pupil")
    ensure_school_year(work, school_year)
    changed = _place(work, school, school_year, moves)
    staying = [move for move in moves if move.grade in school.grades]
    result = YearPreparation(
        school_year=school_year,
        promoted=sum(not move.is_retained for move in staying),
        retained=sum(move.is_retained for move in staying),
        leaving=len(moves) - len(staying),
        changed=changed,
    )
    work.record(
        "school_year.prepared",
        school,
        school_year=school_year,
        promoted=result.promoted,
        retained=result.retained,
        leaving=result.leaving,
        changed=result.changed,
    )
    return result


def _moves(
    work: Work, school: School, school_year: int, retained: Collection[UUID]
) -> Iterator[_Move]:
    # A stored last day, even 31 March, says that the pupil left the school.
    query = (
        sa.select(ClassMembership)
        .join(ClassGroup, ClassGroup.id == ClassMembership.class_group_id)
        .options(
            joinedload(ClassMembership.pupil),
            joinedload(ClassMembership.class_group).joinedload(ClassGroup.school),
        )
        .where(
            ClassGroup.school_id == school.id,
            ClassGroup.school_year == school_year - 1,
            ClassMembership.ends_on.is_(None),
        )
        .order_by(ClassGroup.grade, ClassGroup.name, ClassMembership.number)
    )
    for membership in work.session.scalars(query):
        is_retained = membership.pupil_id in retained
        grade = membership.class_group.grade + (0 if is_retained else 1)
        yield _Move(membership, grade, is_retained)


def _place(work: Work, school: School, school_year: int, moves: list[_Move]) -> int:
    starts_on, _ends_on = school_year_days(school_year)
    is_tentative = work.today < starts_on
    present = _present(work, school_year, [move.membership.pupil_id for move in moves])
    classes = {
        (each.grade, each.name): each
        for each in class_groups(work, school_year, school, permission="schools.prepare_year")
    }
    touched: set[UUID] = set()
    additions: list[tuple[_Move, ClassGroup]] = []
    changed = 0
    for move in moves:
        placed = present.get(move.membership.pupil_id)
        if placed is not None:
            elsewhere = placed.class_group.school_id != school.id
            right = placed.class_group.grade == move.grade
            if right and not elsewhere:
                placed.is_retained = move.is_retained
            if right or elsewhere or not is_tentative:
                continue
            touched.add(placed.class_group_id)
            work.session.delete(placed)
            changed += 1
        if move.grade in school.grades:
            target = _target(work, school, school_year, move, classes)
            additions.append((move, target))
    work.session.flush()
    for class_group_id in _add(work, additions):
        touched.add(class_group_id)
        changed += sum(target.id == class_group_id for _move, target in additions)
    if is_tentative:
        for class_group_id in sorted(touched):
            deal_numbers(work, class_group_id)
    return changed


def _add(work: Work, additions: list[tuple[_Move, ClassGroup]]) -> set[UUID]:
    """Add the memberships behind the highest number of each class; the classes they went to."""
    numbers: dict[UUID, int] = {}
    for move, target in additions:
        if target.id not in numbers:
            query = sa.select(sa.func.max(ClassMembership.number)).where(
                ClassMembership.class_group_id == target.id
            )
            numbers[target.id] = work.session.scalar(query) or 0
        numbers[target.id] += 1
        work.session.add(
            ClassMembership(
                pupil_id=move.membership.pupil_id,
                class_group_id=target.id,
                number=numbers[target.id],
                starts_on=school_year_days(target.school_year)[0],
                ends_on=None,
                is_retained=move.is_retained,
            )
        )
    work.session.flush()
    return set(numbers)


def _present(work: Work, school_year: int, pupils: list[UUID]) -> dict[UUID, ClassMembership]:
    found: dict[UUID, ClassMembership] = {}
    for start in range(0, len(pupils), 500):
        query = (
            sa.select(ClassMembership)
            .join(ClassGroup, ClassGroup.id == ClassMembership.class_group_id)
            .options(joinedload(ClassMembership.class_group))
            .where(
                ClassMembership.pupil_id.in_(pupils[start : start + 500]),
                ClassGroup.school_year == school_year,
            )
        )
        found |= {each.pupil_id: each for each in work.session.scalars(query)}
    return found


def _target(
    work: Work,
    school: School,
    school_year: int,
    move: _Move,
    classes: dict[tuple[int, str], ClassGroup],
) -> ClassGroup:
    old = move.membership.class_group
    key = (move.grade, old.name)
    if key not in classes:
        classes[key] = new_class_group(
            work,
            school,
            school_year,
            move.grade,
            old.name,
            is_special_needs=old.is_special_needs,
        )
    return classes[key]


def retained_pupils(work: Work, school: School, school_year: int) -> frozenset[UUID]:
    """Pupils who are prepared to stay in their grade in a school year (原級留置の予定)."""
    work.require("schools.prepare_year", school)
    query = (
        sa.select(ClassMembership.pupil_id)
        .join(ClassGroup, ClassGroup.id == ClassMembership.class_group_id)
        .where(
            ClassGroup.school_id == school.id,
            ClassGroup.school_year == school_year,
            ClassMembership.is_retained.is_(True),
        )
    )
    return frozenset(work.session.scalars(query))
