"""Pupils and who belongs to which class from when to when (児童生徒・在籍)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from govkit.base.fields import FieldRules
from govkit.base.fixed import Fixed
from govkit.base.work import Work
from govkit.errors import NotFound, NotPermitted, Refused
from govkit.jp.calendar import grade_in, school_year_days, school_year_of
from govkit.jp.characters import in_jis_x_0213
from govkit.jp.text import kana_sort_key, to_katakana
from govkit.modules.schools.models import (
    ClassGroup,
    ClassMembership,
    Pupil,
    kana_at_school,
    name_at_school,
)
from govkit.modules.schools.units import current_school_year

__all__ = [
    "PUPIL_FIELDS",
    "Member",
    "MemberName",
    "NewPupil",
    "NumbersAreFixed",
    "admit",
    "choose_exchange_name",
    "class_members",
    "class_names",
    "correct_kana",
    "find_pupil",
    "grade_differs",
    "leave",
    "member_counts",
    "members_between",
    "memberships_of",
    "refresh_pupils",
    "renumber",
    "resume",
    "stays_between",
]

PUPIL_FIELDS: Final = FieldRules(
    Pupil, writes={"schools.manage_pupils": ("kana_family_name", "kana_given_name")}
)
"""What of a pupil a person may change; the rest comes from the register of residents."""
_SLICE = 500


class NumbersAreFixed(Refused):
    """Numbers of a class are not dealt out anew once its school year has begun."""

    code = "numbers_are_fixed"


@dataclass(frozen=True, slots=True)
class NewPupil:
    """A child as the board of education hands it to the school (新しく受け入れる児童生徒).

    :param master_id: Identifier that the child brings from another municipality, if any.
    """

    addressee_number: str
    family_name: str
    given_name: str
    kana_family_name: str
    kana_given_name: str
    birth_date: date
    sex: str
    is_protected: bool
    preferred_family_name: str | None = None
    preferred_given_name: str | None = None
    preferred_kana_family_name: str | None = None
    preferred_kana_given_name: str | None = None
    master_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A pupil in a class with the number in the attendance register (出席番号).

    :param ends_on: Last day when the pupil left before the year's end.
    """

    pupil: Pupil
    number: int
    starts_on: date
    ends_on: date | None
    is_retained: bool


def admit(
    work: Work, class_group: ClassGroup, new_pupils: Sequence[NewPupil], starts_on: date
) -> list[Pupil]:
    """Admit children to a class (受入れ), in the order given; admitting again changes nothing.

    Children are known by their 宛名番号. New members get the next free numbers, in kana order
    (五十音順) among each other; names on record are brought up to date.

    :raises Refused: When the day lies outside the class's school year, a child is named twice, or
        a child belongs to another class on that day or later in the year.
    """
    work.require("schools.manage_pupils", class_group)
    first, last = school_year_days(class_group.school_year)
    if not first <= starts_on <= last:
        raise Refused(
            "受け入れる日は{school_year}年度の日付にしてください。",
            school_year=class_group.school_year,
        )
    if len({each.addressee_number for each in new_pupils}) < len(new_pupils):
        raise Refused("同じ宛名番号の児童生徒が重なっています。名簿を確かめてください。")
    known = _known_pupils(work, [each.addressee_number for each in new_pupils])
    staying = _staying(work, class_group, known.values(), starts_on)
    number = _highest_number(work, class_group)
    added = []
    for new in sorted(new_pupils, key=_register_order):
        pupil = known.get(new.addressee_number)
        if pupil is None:
            pupil = known[new.addressee_number] = _pupil_from(new)
            work.session.add(pupil)
        else:
            _refresh(pupil, new)
        if pupil.id not in staying:
            number += 1
            work.session.add(_membership(pupil.id, class_group.id, number, starts_on))
            added.append(pupil)
    work.session.flush()
    if added:
        work.record("pupils.admitted", added, starts_on=starts_on.isoformat(), count=len(added))
    return [known[each.addressee_number] for each in new_pupils]


def _membership(
    pupil_id: UUID, class_group_id: UUID, number: int, starts_on: date, *, is_retained: bool = False
) -> ClassMembership:
    return ClassMembership(
        pupil_id=pupil_id,
        class_group_id=class_group_id,
        number=number,
        starts_on=starts_on,
        ends_on=None,
        is_retained=is_retained,
    )


def _register_order(new: NewPupil) -> tuple[bool, str, str]:
    family = new.preferred_kana_family_name or new.kana_family_name
    given = new.preferred_kana_given_name or new.kana_given_name
    kana = f"{family} {given}".strip()
    return not kana, kana_sort_key(kana), new.addressee_number


def register_order(pupil: Pupil) -> tuple[bool, str, str]:
    """Key of the kana order (五十音順) in which a class is numbered; without kana comes last."""
    return not pupil.kana, kana_sort_key(pupil.kana), pupil.addressee_number


def _known_pupils(work: Work, numbers: Sequence[str]) -> dict[str, Pupil]:
    # Locked, so that two schools cannot admit the same child at the same time.
    known: dict[str, Pupil] = {}
    for start in range(0, len(numbers), _SLICE):
        query = (
            sa.select(Pupil)
            .where(Pupil.addressee_number.in_(numbers[start : start + _SLICE]))
            .order_by(Pupil.addressee_number)
            .with_for_update()
        )
        known |= {pupil.addressee_number: pupil for pupil in work.session.scalars(query)}
    return known


def _staying(
    work: Work, class_group: ClassGroup, pupils: Iterable[Pupil], starts_on: date
) -> set[UUID]:
    """The pupils who already belong to the class; who belongs to another one is refused."""
    staying: set[UUID] = set()
    elsewhere: set[UUID] = set()
    ids = [pupil.id for pupil in pupils]
    for start in range(0, len(ids), _SLICE):
        query = (
            sa.select(ClassMembership)
            .join(ClassGroup, ClassGroup.id == ClassMembership.class_group_id)
            .where(
                ClassMembership.pupil_id.in_(ids[start : start + _SLICE]),
                ClassGroup.school_year == class_group.school_year,
                sa.or_(ClassMembership.ends_on.is_(None), ClassMembership.ends_on >= starts_on),
            )
        )
        for membership in work.session.scalars(query):
            same = membership.class_group_id == class_group.id
            (staying if same else elsewhere).add(membership.pupil_id)
    if elsewhere:
        raise Refused(
            "ほかの学級に在籍している児童生徒が{count}人います。先に元の学級の在籍を終了してください。",
            count=len(elsewhere),
        )
    return staying


def _highest_number(work: Work, class_group: ClassGroup) -> int:
    query = sa.select(sa.func.max(ClassMembership.number)).where(
        ClassMembership.class_group_id == class_group.id
    )
    return work.session.scalar(query) or 0


def _pupil_from(new: NewPupil) -> Pupil:
    return Pupil(
        addressee_number=new.addressee_number,
        family_name=new.family_name,
        given_name=new.given_name,
        kana_family_name=new.kana_family_name,
        kana_given_name=new.kana_given_name,
        preferred_family_name=new.preferred_family_name,
        preferred_given_name=new.preferred_given_name,
        preferred_kana_family_name=new.preferred_kana_family_name,
        preferred_kana_given_name=new.preferred_kana_given_name,
        exchange_family_name=None,
        exchange_given_name=None,
        birth_date=new.birth_date,
        sex=new.sex,
        is_protected=new.is_protected,
        master_id=new.master_id or uuid4(),
    )


_FACTS = (
    "family_name",
    "given_name",
    "preferred_family_name",
    "preferred_given_name",
    "preferred_kana_family_name",
    "preferred_kana_given_name",
    "birth_date",
    "sex",
    "is_protected",
)


def _refresh(pupil: Pupil, new: NewPupil) -> bool:
    before = {
        name: getattr(pupil, name) for name in (*_FACTS, "kana_family_name", "kana_given_name")
    }
    for name in _FACTS:
        setattr(pupil, name, getattr(new, name))
    if new.kana_family_name or new.kana_given_name:
        # The school may know a reading that the resident register lacks.
        pupil.kana_family_name = new.kana_family_name
        pupil.kana_given_name = new.kana_given_name
    names = [name for name in _FACTS if name.endswith(("family_name", "given_name"))]
    if any(before[name] != getattr(pupil, name) for name in names if "kana" not in name):
        # A form chosen for the old name says nothing about the new one.
        pupil.exchange_family_name = pupil.exchange_given_name = None
    return any(value != getattr(pupil, name) for name, value in before.items())


def refresh_pupils(work: Work, facts: Sequence[NewPupil]) -> list[Pupil]:
    """Bring names, birth dates and protection of known pupils up to date; who changed.

    Children who are not at a school of the municipality are passed over.
    """
    work.require("schools.manage_pupils")
    known = _known_pupils(work, [each.addressee_number for each in facts])
    changed = [
        known[each.addressee_number]
        for each in facts
        if each.addressee_number in known and _refresh(known[each.addressee_number], each)
    ]
    if changed:
        work.record("pupils.refreshed", changed, count=len(changed))
    return changed


def members_between(
    work: Work,
    class_group: ClassGroup,
    first: date,
    last: date,
    *,
    permission: str = "schools.view",
) -> list[Member]:
    """Everyone who belongs to the class on some day of a period, by number.

    :param permission: The right that the caller acts under.
    """
    work.require(permission, class_group)
    memberships = _between(work, _MEMBERS, class_group, first, last)
    work.saw(each.pupil for each in memberships)
    return [
        Member(each.pupil, each.number, each.starts_on, each.ends_on, each.is_retained)
        for each in memberships
    ]


def stays_between(
    work: Work, class_group: ClassGroup, first: date, last: date
) -> list[tuple[UUID, date, date | None]]:
    """Who belongs to the class from when to when, by identifier alone, for sums that show nobody.

    The caller has asked for its right; nobody's record is read.
    """
    return [
        (each.pupil_id, each.starts_on, each.ends_on)
        for each in _between(work, _STAYS, class_group, first, last)
    ]


_WITHIN: Final = (
    ClassMembership.class_group_id == sa.bindparam("class_group_id"),
    ClassMembership.starts_on <= sa.bindparam("last"),
    sa.or_(ClassMembership.ends_on.is_(None), ClassMembership.ends_on >= sa.bindparam("first")),
)
_BY_NUMBER: Final = (ClassMembership.number, ClassMembership.starts_on)
_STAYS: Final = sa.select(ClassMembership).where(*_WITHIN).order_by(*_BY_NUMBER)
_MEMBERS: Final = _STAYS.options(joinedload(ClassMembership.pupil))
"""Made once: every class calls its roll at the same minute."""


def _between(
    work: Work, query: sa.Select[ClassMembership], class_group: ClassGroup, first: date, last: date
) -> Sequence[ClassMembership]:
    year_first, year_last = school_year_days(class_group.school_year)
    if first > year_last or last < year_first:
        return []  # a class ends with its school year, whatever its memberships say
    asked = {"class_group_id": class_group.id, "first": first, "last": last}
    return work.session.scalars(query, asked).all()


def class_members(
    work: Work, class_group: ClassGroup, day: date, *, permission: str = "schools.view"
) -> list[Member]:
    """Who belongs to the class on a day (在籍), by number; nobody outside its school year."""
    return members_between(work, class_group, day, day, permission=permission)


class MemberName(NamedTuple):
    """A pupil of a class as the lists of a day show them."""

    pupil_id: UUID
    number: int
    name: str
    kana: str


_NAMES: Final = Fixed(
    sa.select(
        ClassMembership.pupil_id,
        ClassMembership.number,
        Pupil.family_name,
        Pupil.given_name,
        Pupil.kana_family_name,
        Pupil.kana_given_name,
        Pupil.preferred_family_name,
        Pupil.preferred_given_name,
        Pupil.preferred_kana_family_name,
        Pupil.preferred_kana_given_name,
    )
    .join(ClassMembership.pupil)
    .where(*_WITHIN)
    .order_by(*_BY_NUMBER)
)


def class_names(
    work: Work, class_group: ClassGroup, day: date, *, permission: str = "schools.view"
) -> list[MemberName]:
    """Number, name and reading of those who belong to the class on a day of its school year.

    The same pupils as :func:`class_members`, read as columns: for what every class asks at once.
    """
    work.require(permission, class_group)
    if school_year_of(day) != class_group.school_year:
        return []
    rows = work.session.read(_NAMES, class_group_id=class_group.id, first=day, last=day)
    work.saw_ids(Pupil, [each.pupil_id for each in rows])
    return [
        MemberName(each.pupil_id, each.number, name_at_school(each), kana_at_school(each))
        for each in rows
    ]


def member_counts(work: Work, class_groups: Sequence[ClassGroup], day: date) -> Mapping[UUID, int]:
    """Number of members on a day by class identifier, for classes that the caller may see."""
    query = (
        sa.select(ClassMembership.class_group_id, sa.func.count(ClassMembership.id))
        .where(
            ClassMembership.class_group_id.in_([each.id for each in class_groups]),
            ClassMembership.starts_on <= day,
            sa.or_(ClassMembership.ends_on.is_(None), ClassMembership.ends_on >= day),
        )
        .group_by(ClassMembership.class_group_id)
    )
    counts = {row[0]: row[1] for row in work.session.execute(query)}
    return {each.id: counts.get(each.id, 0) for each in class_groups}


def memberships_of(work: Work, pupil: Pupil) -> list[ClassMembership]:
    """Every class a pupil belonged, belongs or is going to belong to, newest first."""
    query = (
        sa.select(ClassMembership)
        .options(joinedload(ClassMembership.class_group).joinedload(ClassGroup.school))
        .where(ClassMembership.pupil_id == pupil.id)
        .order_by(ClassMembership.starts_on.desc())
    )
    return list(work.session.scalars(query))


def find_pupil(work: Work, identifier: UUID, *, permission: str = "schools.view") -> Pupil:
    """The pupil, if the actor holds the right for a class of theirs, present or to come.

    :raises NotFound: When there is none, or it is not the actor's to see.
    """
    pupil = work.find(Pupil, identifier)
    require_for_pupil(work, permission, pupil)
    work.saw([pupil])
    return pupil


def require_for_pupil(work: Work, permission: str, pupil: Pupil) -> None:
    """Insist on a right for a pupil: for the whole municipality, or for a class of theirs.

    :raises NotPermitted: When the actor does not hold the right at all.
    :raises NotFound: When it is held, but not for this pupil.
    """
    if not work.actor.holds(permission):
        raise NotPermitted(permission)
    if not allows_for_pupil(work, permission, pupil):
        raise NotFound("Pupil")


def allows_for_pupil(work: Work, permission: str, pupil: Pupil) -> bool:
    """Whether the actor holds a right for a pupil."""
    return work.allows(permission) or any(
        work.allows(permission, membership.class_group)
        for membership in memberships_of(work, pupil)
        if _is_open(work, membership)
    )


def _is_open(work: Work, membership: ClassMembership) -> bool:
    ends_on = membership.ends_on
    return membership.class_group.school_year >= current_school_year(work) and (
        ends_on is None or ends_on >= work.today
    )


def leave(work: Work, pupil: Pupil, last_day: date, reason: str) -> ClassMembership:
    """End a pupil's membership (転出・退学) with its last day; what was prepared for later goes.

    :param last_day: Last day on which the pupil belonged to the class (去った日).
    :raises Refused: When the pupil belongs to no class on that day, or a reason is missing.
    """
    require_for_pupil(work, "schools.manage_pupils", pupil)
    if not reason.strip():
        raise Refused("在籍を終了する理由を入力してください。")
    year = school_year_of(last_day)
    held = [
        each
        for each in memberships_of(work, pupil)
        if each.class_group.school_year == year
        and each.starts_on <= last_day
        and (each.ends_on is None or each.ends_on >= last_day)
    ]
    if not held:
        raise Refused("この日に在籍している学級がありません。日付を確かめてください。")
    for later in memberships_of(work, pupil):
        if later.starts_on > max(last_day, work.today):
            work.session.delete(later)
        elif later.starts_on > last_day:
            raise Refused("この日より後に始まった在籍があります。日付を確かめてください。")
    held[0].ends_on = last_day
    work.record("pupil.left", pupil, reason=reason.strip(), last_day=last_day.isoformat())
    return held[0]


def resume(work: Work, membership: ClassMembership, reason: str) -> None:
    """Take back the end of a membership (在籍終了の取消し).

    :raises Refused: When the pupil has joined another class meanwhile, or a reason is missing.
    """
    work.require("schools.manage_pupils", membership.class_group)
    if not reason.strip():
        raise Refused("取り消す理由を入力してください。")
    if membership.ends_on is None:
        return
    pupil = work.find(Pupil, membership.pupil_id)
    _staying(work, membership.class_group, [pupil], membership.ends_on + timedelta(days=1))
    membership.ends_on = None
    work.record("pupil.resumed", pupil, reason=reason.strip())


def renumber(work: Work, class_group: ClassGroup) -> int:
    """Number a class anew in kana order (五十音順) before its year begins; how many pupils.

    :raises NumbersAreFixed: When the school year of the class has begun.
    """
    work.require("schools.manage_pupils", class_group)
    first, _last = school_year_days(class_group.school_year)
    if work.today >= first:
        raise NumbersAreFixed(
            "年度が始まった学級の出席番号は振り直せません。途中から入った児童生徒は次の番号になります。"
        )
    count = deal_numbers(work, class_group.id)
    work.record("class_group.renumbered", class_group, count=count)
    return count


def deal_numbers(work: Work, class_group_id: UUID) -> int:
    """Deal the numbers of a class anew in kana order; the caller has asked for the right."""
    query = (
        sa.select(ClassMembership)
        .options(joinedload(ClassMembership.pupil))
        .where(ClassMembership.class_group_id == class_group_id)
    )
    memberships = sorted(work.session.scalars(query), key=lambda each: register_order(each.pupil))
    wanted = list(range(1, len(memberships) + 1))
    if [each.number for each in memberships] == wanted:
        return len(memberships)
    # Numbers are unique in a class at every moment, so they are parked out of the way first.
    for parked in (True, False):
        for number, membership in zip(wanted, memberships, strict=True):
            membership.number = -number if parked else number
        work.session.flush()
    return len(memberships)


def grade_differs(pupil: Pupil, class_group: ClassGroup) -> bool:
    """Whether the grade on record is another than that by age; a hint, the record is right.

    原級留置, 下学年編入 and late entry are lawful, so nothing is ever changed because of it.
    """
    return grade_in(pupil.birth_date, class_group.school_year) != class_group.grade


def choose_exchange_name(
    work: Work, pupil: Pupil, family_name: str | None, given_name: str | None
) -> None:
    """Choose the form of a name for systems that know JIS X 0213 only (連携用の氏名).

    The name on record stays as it is. Without both parts the choice is taken back.

    :raises Refused: When a part is missing or holds a character outside JIS X 0213.
    """
    require_for_pupil(work, "schools.manage_pupils", pupil)
    family, given = check_exchange_name(family_name, given_name)
    pupil.exchange_family_name, pupil.exchange_given_name = family, given
    work.record("pupil.exchange_name_chosen", pupil, is_chosen=family is not None)


def check_exchange_name(
    family_name: str | None, given_name: str | None
) -> tuple[str | None, str | None]:
    """Both parts of a name for exchange, or neither.

    :raises Refused: With what to change.
    """
    family, given = ((part or "").strip() for part in (family_name, given_name))
    if not family and not given:
        return None, None
    if not family or not given:
        raise Refused("連携用の氏と名は、両方入力するか、両方空にしてください。")
    if not in_jis_x_0213(family + given):
        raise Refused("JIS第四水準までの漢字(JIS X 0213)で入力してください。")
    return family, given


def correct_kana(work: Work, pupil: Pupil, family_name: str, given_name: str) -> None:
    """Write down the reading of a name that the register lacks or has wrong (フリガナ)."""
    require_for_pupil(work, "schools.manage_pupils", pupil)
    kana = {"kana_family_name": family_name, "kana_given_name": given_name}
    PUPIL_FIELDS.write(
        work, pupil, {name: to_katakana(text).strip() for name, text in kana.items()}
    )
    work.record("pupil.kana_corrected", pupil)
