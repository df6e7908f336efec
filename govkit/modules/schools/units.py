"""Schools, school years and classes: adding, finding, limiting to what an actor may see (学校・学級)."""

import re
from collections.abc import Collection, Iterable
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from govkit.base.work import Work
from govkit.errors import NotFound, NotPermitted, Refused
from govkit.jp.calendar import school_year_days, school_year_of
from govkit.jp.numbers import SchoolCode
from govkit.modules.schools.models import ClassGroup, School, SchoolKind, SchoolYear
from govkit.modules.schools.policy import (
    ClassComposition,
    SchoolsPolicy,
    class_size_limit,
    class_sizes,
)

__all__ = [
    "add_class_group",
    "add_school",
    "class_groups",
    "close_school",
    "current_school_year",
    "find_class_group",
    "find_school_by_code",
    "open_classes",
    "open_school_year",
    "open_school_years",
    "schools",
]

_KINDS = frozenset(kind.value for kind in SchoolKind)


def current_school_year(work: Work) -> int:
    """School year of the day of the work: it changes at 0:00 on 1 April in Japan."""
    return school_year_of(work.today)


def add_school(work: Work, code: str, name: str, opened_on: date | None = None) -> School:
    """Add a school that the municipality founded (学校の新設).

    :raises InvalidValue: When the school code is wrong.
    :raises Refused: When the code is taken, or is not that of a municipal compulsory school.
    """
    work.require("schools.manage")
    parsed = SchoolCode.parse(code)
    if parsed.kind.value not in _KINDS or not parsed.is_public:
        raise Refused(
            "公立の小学校・中学校・義務教育学校・特別支援学校の学校コードを入力してください。"
        )
    if _by_code(work, str(parsed)) is not None:
        raise Refused("この学校コードの学校はすでに登録されています。")
    school = School(
        code=str(parsed),
        name=name.strip(),
        kind=parsed.kind.value,
        opened_on=opened_on,
        closed_on=None,
        successor_code=None,
    )
    work.session.add(school)
    work.record("school.added", school, code=school.code)
    return school


def close_school(
    work: Work, school: School, closed_on: date, successor_code: str | None = None
) -> None:
    """Close a school (廃止); its code stays, and leads to the school that takes over.

    :param closed_on: Last day.
    :raises InvalidValue: When the successor's code is wrong.
    :raises Refused: When the successor is the school itself or leads back to it.
    """
    work.require("schools.manage")
    successor = str(SchoolCode.parse(successor_code)) if successor_code else None
    following = successor
    while following is not None:
        if following == school.code:
            raise Refused("移行後の学校コードには、別の学校の学校コードを入力してください。")
        found = _by_code(work, following)
        following = found.successor_code if found else None
    school.closed_on = closed_on
    school.successor_code = successor
    work.record("school.closed", school, closed_on=closed_on.isoformat(), successor=successor)


def _by_code(work: Work, code: str) -> School | None:
    return work.session.scalar(sa.select(School).where(School.code == code))


def find_school_by_code(work: Work, code: str) -> School:
    """The school with the code; the code of a closed school leads to the one that took over.

    :raises InvalidValue: When the code is wrong.
    :raises NotFound: When no such school is registered.
    """
    _insist(work, "schools.view")
    wanted: str | None = str(SchoolCode.parse(code))
    school = None
    while wanted is not None:
        school = _by_code(work, wanted)
        if school is None:
            raise NotFound("school")
        is_closed = school.closed_on is not None and school.closed_on < work.today
        wanted = school.successor_code if is_closed else None
    assert school is not None  # noqa: S101
    return school


def schools(
    work: Work, *, permission: str = "schools.view", includes_closed: bool = False
) -> list[School]:
    """Schools for which the actor holds a right, by code."""
    _insist(work, permission)
    query = sa.select(School).order_by(School.code)
    if not includes_closed:
        query = query.where(sa.or_(School.closed_on.is_(None), School.closed_on >= work.today))
    units = work.units(permission)
    if units is not None:
        of_classes = sa.select(ClassGroup.school_id).where(ClassGroup.id.in_(units))
        query = query.where(sa.or_(School.id.in_(units), School.id.in_(of_classes)))
    return list(work.session.scalars(query))


def open_school_year(work: Work, year: int) -> SchoolYear:
    """Open a school year (年度); opening it again gives the same one."""
    work.require("schools.manage")
    return ensure_school_year(work, year)


def ensure_school_year(work: Work, year: int) -> SchoolYear:
    """The school year, opened if it is not yet; the caller has asked for the right."""
    found = work.session.scalar(sa.select(SchoolYear).where(SchoolYear.year == year))
    if found is None:
        found = SchoolYear(year=year)
        work.session.add(found)
        work.record("school_year.opened", found, school_year=year)
    return found


def open_school_years(work: Work) -> list[int]:
    """School years that have been opened, newest first; the current one always belongs to them."""
    _insist(work, "schools.view")
    years = set(work.session.scalars(sa.select(SchoolYear.year)))
    return sorted(years | {current_school_year(work)}, reverse=True)


def add_class_group(
    work: Work,
    school: School,
    school_year: int,
    grade: int,
    name: str,
    *,
    is_special_needs: bool = False,
) -> ClassGroup:
    """Add a class to a school year (学級).

    :param grade: 1 to 9; the first year of junior high school is 7.
    :raises Refused: When the class exists or the school does not teach the grade.
    """
    work.require("schools.manage", school)
    if grade not in school.grades:
        raise Refused("この学校にはない学年です。学年を選び直してください。")
    exists = sa.select(ClassGroup.id).where(
        ClassGroup.school_id == school.id,
        ClassGroup.school_year == school_year,
        ClassGroup.grade == grade,
        ClassGroup.name == name.strip(),
    )
    if work.session.scalar(exists):
        raise Refused("同じ学年・組の学級がすでにあります。別の組にしてください。")
    ensure_school_year(work, school_year)
    return new_class_group(
        work, school, school_year, grade, name.strip(), is_special_needs=is_special_needs
    )


def new_class_group(
    work: Work, school: School, school_year: int, grade: int, name: str, *, is_special_needs: bool
) -> ClassGroup:
    """Add a class that is known to be missing; the caller has asked for the right."""
    class_group = ClassGroup(
        school_id=school.id,
        school_year=school_year,
        grade=grade,
        name=name,
        is_special_needs=is_special_needs,
    )
    class_group.school = school
    work.session.add(class_group)
    work.record("class_group.added", class_group, school_year=school_year, grade=grade)
    return class_group


def open_classes(
    work: Work, school: School, school_year: int, grade: int, pupil_count: int
) -> list[ClassGroup]:
    """As many ordinary classes as the standard asks for so many pupils (学級編制), in order.

    Classes that exist are kept, even when there are more of them than needed.
    """
    work.require("schools.manage", school)
    limit = class_size_limit(
        work.policy(SchoolsPolicy),
        SchoolKind(school.kind),
        grade,
        school_year,
        ClassComposition.SINGLE_GRADE,
    )
    query = sa.select(ClassGroup).where(
        ClassGroup.school_id == school.id,
        ClassGroup.school_year == school_year,
        ClassGroup.grade == grade,
    )
    existing = list(work.session.scalars(query))
    present = [each for each in existing if not each.is_special_needs]
    names = {each.name for each in existing}
    wanted = len(class_sizes(pupil_count, limit))
    number = 0
    while len(present) < wanted:
        number += 1
        if f"{number}組" not in names:
            present.append(add_class_group(work, school, school_year, grade, f"{number}組"))
    return sorted(present, key=_class_order)


def class_groups(
    work: Work,
    school_year: int,
    school: School | None = None,
    *,
    permission: str = "schools.view",
) -> list[ClassGroup]:
    """Classes of a school year for which the actor holds a right, by school, grade and name.

    :param permission: The right that the caller acts under.
    :raises NotPermitted: When the actor does not hold the right at all.
    """
    _insist(work, permission)
    query = (
        sa.select(ClassGroup)
        .options(joinedload(ClassGroup.school))
        .where(ClassGroup.school_year == school_year)
    )
    if school is not None:
        query = query.where(ClassGroup.school_id == school.id)
    units = work.units(permission)
    if units is not None:
        query = query.where(_within(units))
    found = work.session.scalars(query)
    return sorted(found, key=lambda each: (each.school.code, *_class_order(each)))


def find_class_group(
    work: Work, identifier: UUID, *, permission: str = "schools.view"
) -> ClassGroup:
    """The class, if the actor holds the right for it.

    :raises NotFound: When there is none, or it is not the actor's to see.
    """
    class_group = work.session.scalar(_CLASS_GROUP, {"id": identifier})
    if class_group is None:
        raise NotFound(ClassGroup.__name__)
    work.require(permission, class_group)
    return class_group


_CLASS_GROUP: Final = (
    sa.select(ClassGroup)
    .options(joinedload(ClassGroup.school))
    .where(ClassGroup.id == sa.bindparam("id"))
)


def _within(units: Collection[UUID]) -> sa.ColumnElement[bool]:
    return sa.or_(ClassGroup.school_id.in_(units), ClassGroup.id.in_(units))


def _class_order(class_group: ClassGroup) -> tuple[int, bool, list[tuple[int, str]]]:
    return class_group.grade, class_group.is_special_needs, natural_order(class_group.name)


def natural_order(text: str) -> list[tuple[int, str]]:
    """Key under which 2組 comes before 10組."""
    parts: Iterable[str] = re.findall(r"[0-9]+|[^0-9]+", text)
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


def first_day_shown(school_year: int, today: date) -> date:
    """The day as of which a year is shown: today within it, else the nearest day of it."""
    first, last = school_year_days(school_year)
    return min(max(first, today), last)


def _insist(work: Work, permission: str) -> None:
    if not work.actor.holds(permission):
        raise NotPermitted(permission)
