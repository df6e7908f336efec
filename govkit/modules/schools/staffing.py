"""Staff at schools: a dated appointment, and what they do where (職員の配属)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.identity import Appointment, Role, Staff
from govkit.base.work import Work
from govkit.errors import NotFound, NotPermitted, Refused
from govkit.jp.text import kana_sort_key, to_katakana
from govkit.modules.schools.models import (
    ClassGroup,
    Duty,
    School,
    StaffExchangeName,
    StaffPosting,
)
from govkit.modules.schools.pupils import check_exchange_name

__all__ = [
    "NewPosting",
    "PostedStaff",
    "PostingPeriod",
    "check_posting",
    "choose_staff_exchange_name",
    "end_appointment",
    "find_appointment",
    "find_staff",
    "periods_of",
    "post_staff",
    "posted_staff",
    "roles",
    "staff_exchange_name",
]

MANAGE: Final = "base.manage_staff"

_SCHOOL_ROLES: Final = frozenset({"principal", "school_clerk", "homeroom_teacher"})
_CLASS_ROLES: Final = frozenset({"homeroom_teacher"})


@dataclass(frozen=True, slots=True)
class NewPosting:
    """A member of staff and the work they are to do (新しい配属).

    Names are used only when the municipality does not know the account yet.

    :param school: ``None`` for work at the board of education, with the whole municipality.
    :param class_group: The class the right is limited to; ``None`` for the whole school.
    :param valid_to: Last day, or ``None`` until further notice; for a class until its year's end.
    """

    account_id: UUID
    family_name: str
    given_name: str
    kana_family_name: str
    kana_given_name: str
    role: str
    school: School | None
    class_group: ClassGroup | None
    duty: Duty | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class PostingPeriod:
    """One appointment as a page shows it (配属)."""

    appointment_id: UUID
    title: str
    duty: Duty | None
    valid_from: date
    valid_to: date | None
    state: str


@dataclass(frozen=True, slots=True)
class PostedStaff:
    """A member of staff with their appointments, present and to come (職員)."""

    staff_id: UUID
    name: str
    kana: str
    periods: Sequence[PostingPeriod]


def roles(work: Work) -> list[Role]:
    """The roles of the municipality (役割), by title."""
    if not work.actor.holds(MANAGE):
        raise NotPermitted(MANAGE)
    return sorted(work.session.scalars(sa.select(Role)), key=lambda role: role.title)


def post_staff(work: Work, new: NewPosting) -> Appointment:
    """Appoint somebody to a role (配属), for a school, a class or the board of education.

    A person the municipality does not know yet becomes its staff. The right begins and ends at
    0:00 of the days given; nothing else has to be done when somebody moves.

    :raises Refused: When the role needs a school or a class, the period is reversed or lies
        outside the class's year, or the same appointment exists.
    """
    work.require(MANAGE, new.class_group or new.school)
    role = _check_posting(work, new)
    staff = _staff_for(work, new)
    unit_id = new.class_group.id if new.class_group else new.school.id if new.school else None
    _refuse_repeated(work, staff, role, unit_id, new)
    appointment = Appointment(
        staff_id=staff.id,
        role_id=role.id,
        unit_id=unit_id,
        title=_title(new, role),
        valid_from=new.valid_from,
        valid_to=_last_day(new),
    )
    work.session.add(appointment)
    work.session.flush()
    if new.school is not None and new.duty is not None:
        work.session.add(
            StaffPosting(
                appointment_id=appointment.id,
                school_id=new.school.id,
                class_group_id=new.class_group.id if new.class_group else None,
                duty=new.duty.value,
            )
        )
        work.session.flush()
    work.record("staff.appointed", appointment, role=role.name, unit_id=str(unit_id or ""))
    return appointment


def check_posting(work: Work, new: NewPosting) -> None:
    """What :func:`post_staff` would refuse, before an account is made for it.

    :raises Refused: With what to change.
    """
    work.require(MANAGE, new.class_group or new.school)
    role = _check_posting(work, new)
    staff = _known_staff(work, new.account_id)
    if staff is not None:
        unit_id = new.class_group.id if new.class_group else new.school.id if new.school else None
        _refuse_repeated(work, staff, role, unit_id, new)
    elif not new.family_name.strip():
        raise Refused("はじめて配属する職員です。氏名とフリガナを入力してください。")


def _check_posting(work: Work, new: NewPosting) -> Role:
    role = work.session.scalar(sa.select(Role).where(Role.name == new.role))
    if role is None:
        raise NotFound("Role")
    if role.name in _SCHOOL_ROLES and new.school is None:
        raise Refused("この役割には学校が必要です。学校を選んでください。")
    if role.name in _CLASS_ROLES and new.class_group is None:
        raise Refused("学級担任には学級が必要です。学級を選んでください。")
    if (new.school is None) != (new.duty is None):
        raise Refused("学校に配属するときは、学校と職務の両方を選んでください。")
    if new.valid_to is not None and new.valid_to < new.valid_from:
        raise Refused("終了日は開始日以後の日付にしてください。")
    if new.class_group is not None:
        _check_class(new)
    return role


def _check_class(new: NewPosting) -> None:
    class_group = new.class_group
    assert class_group is not None  # noqa: S101
    if new.school is None or class_group.school_id != new.school.id:
        raise Refused("この学校の学級を選んでください。")
    first, last = date(class_group.school_year, 4, 1), date(class_group.school_year + 1, 3, 31)
    if not first <= new.valid_from <= last:
        raise Refused(
            "開始日は、選んだ学級の年度({school_year}年度)の日付にしてください。",
            school_year=class_group.school_year,
        )


def _last_day(new: NewPosting) -> date | None:
    # A class ends with its school year, and so does every right to it.
    if new.class_group is None:
        return new.valid_to
    year_end = date(new.class_group.school_year + 1, 3, 31)
    return min(new.valid_to or year_end, year_end)


def _known_staff(work: Work, account_id: UUID) -> Staff | None:
    return work.session.scalar(sa.select(Staff).where(Staff.account_id == account_id))


def _staff_for(work: Work, new: NewPosting) -> Staff:
    staff = _known_staff(work, new.account_id)
    if staff is None:
        if not new.family_name.strip():
            raise Refused("はじめて配属する職員です。氏名とフリガナを入力してください。")
        staff = Staff(
            account_id=new.account_id,
            family_name=new.family_name.strip(),
            given_name=new.given_name.strip(),
            kana_family_name=to_katakana(new.kana_family_name).strip(),
            kana_given_name=to_katakana(new.kana_given_name).strip(),
        )
        work.session.add(staff)
        work.session.flush()
        work.record("staff.added", staff)
    return staff


def _refuse_repeated(
    work: Work, staff: Staff, role: Role, unit_id: UUID | None, new: NewPosting
) -> None:
    query = sa.select(Appointment.id).where(
        Appointment.staff_id == staff.id,
        Appointment.role_id == role.id,
        Appointment.unit_id.is_(None) if unit_id is None else Appointment.unit_id == unit_id,
        sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= new.valid_from),
    )
    last_day = _last_day(new)
    if last_day is not None:
        query = query.where(Appointment.valid_from <= last_day)
    if work.session.scalar(query) is not None:
        raise Refused("同じ役割の配属が、この期間にすでにあります。期間か役割を確かめてください。")


def _title(new: NewPosting, role: Role) -> str:
    place = [new.school.name] if new.school else []
    if new.class_group is not None:
        place.append(new.class_group.label)
    return " ".join([*place, str(role.title)])[:100]


def end_appointment(work: Work, appointment: Appointment, last_day: date) -> None:
    """End an appointment with its last day (配属の終了): the right is gone at 0:00 the day after.

    :raises Refused: When it would end later than before, or it is the actor's own right to appoint.
    """
    work.require(MANAGE, _scope_of(work, appointment))
    if appointment.valid_to is not None and last_day > appointment.valid_to:
        raise Refused("配属を延ばすことはできません。新しい配属を追加してください。")
    if last_day < work.today - timedelta(days=1):
        raise Refused("終了日は昨日以後の日付にしてください。")
    role = work.find(Role, appointment.role_id)
    if appointment.staff_id == work.actor.staff_id and MANAGE in role.permissions:
        raise Refused("自分の管理者としての配属は終了できません。ほかの管理者に依頼してください。")
    appointment.valid_to = last_day
    work.record("staff.appointment_ended", appointment, last_day=last_day.isoformat())


def _scope_of(work: Work, appointment: Appointment) -> School | ClassGroup | None:
    if appointment.unit_id is None:
        return None
    key = (work.municipality.code, appointment.unit_id)
    school: School | None = work.session.get(School, key)
    if school is not None:
        return school
    class_group: ClassGroup | None = work.session.get(ClassGroup, key)
    return class_group


def find_staff(work: Work, identifier: UUID) -> Staff:
    """The member of staff, if the actor may manage staff of the municipality.

    :raises NotFound: When there is none, or the right is limited to a school.
    """
    work.require(MANAGE)
    return work.find(Staff, identifier)


def find_appointment(work: Work, identifier: UUID) -> Appointment:
    """The appointment, if the actor may manage staff there.

    :raises NotFound: When there is none, or it is not the actor's to see.
    """
    appointment = work.find(Appointment, identifier)
    work.require(MANAGE, _scope_of(work, appointment))
    return appointment


def posted_staff(work: Work, school: School | None = None) -> list[PostedStaff]:
    """Staff with an appointment today or to come, in kana order.

    :param school: Only those of one school.
    """
    if not work.actor.holds(MANAGE):
        raise NotPermitted(MANAGE)
    query = _held(work)
    if school is not None:
        query = query.where(StaffPosting.school_id == school.id)
    units = work.units(MANAGE)
    if units is not None:
        query = query.where(_within(units))
    people: dict[UUID, PostedStaff] = {}
    periods: dict[UUID, list[PostingPeriod]] = {}
    for staff, appointment, posting in work.session.execute(query):
        listed = periods.setdefault(staff.id, [])
        listed.append(_period(work, appointment, posting))
        kana = f"{staff.kana_family_name} {staff.kana_given_name}".strip()
        people.setdefault(staff.id, PostedStaff(staff.id, staff.name, kana, listed))
    return sorted(people.values(), key=lambda each: (kana_sort_key(each.kana), str(each.staff_id)))


def periods_of(work: Work, staff: Staff) -> list[PostingPeriod]:
    """Appointments of one member of staff, present and to come."""
    work.require(MANAGE)
    query = _held(work).where(Staff.id == staff.id)
    return [
        _period(work, appointment, posting)
        for _staff, appointment, posting in work.session.execute(query)
    ]


def _held(work: Work) -> sa.Select[Staff, Appointment, StaffPosting]:
    still_holds = sa.and_(
        Appointment.valid_to >= work.today, Appointment.valid_to >= Appointment.valid_from
    )
    return (
        sa.select(Staff, Appointment, StaffPosting)
        .join(Appointment, Appointment.staff_id == Staff.id)
        .outerjoin(StaffPosting, StaffPosting.appointment_id == Appointment.id)
        .where(sa.or_(Appointment.valid_to.is_(None), still_holds))
        .order_by(Appointment.valid_from, Appointment.title)
    )


def _within(units: Collection[UUID]) -> sa.ColumnElement[bool]:
    return sa.or_(StaffPosting.school_id.in_(units), StaffPosting.class_group_id.in_(units))


def _period(work: Work, appointment: Appointment, posting: StaffPosting | None) -> PostingPeriod:
    return PostingPeriod(
        appointment_id=appointment.id,
        title=appointment.title,
        duty=Duty(posting.duty) if posting else None,
        valid_from=appointment.valid_from,
        valid_to=appointment.valid_to,
        state="current" if appointment.valid_from <= work.today else "future",
    )


def choose_staff_exchange_name(
    work: Work, staff: Staff, family_name: str | None, given_name: str | None
) -> None:
    """Choose the form of a name of staff for systems that know JIS X 0213 only (連携用の氏名).

    :raises Refused: When a part is missing or holds a character outside JIS X 0213.
    """
    work.require(MANAGE)
    family, given = check_exchange_name(family_name, given_name)
    chosen = _exchange_name_of(work, staff)
    if family is None or given is None:
        if chosen is not None:
            work.session.delete(chosen)
    elif chosen is None:
        work.session.add(StaffExchangeName(staff_id=staff.id, family_name=family, given_name=given))
    else:
        chosen.family_name, chosen.given_name = family, given
    work.record("staff.exchange_name_chosen", staff, is_chosen=family is not None)


def staff_exchange_name(work: Work, staff: Staff) -> tuple[str, str] | None:
    """Family and given name chosen for exchange, if any."""
    work.require(MANAGE)
    chosen = _exchange_name_of(work, staff)
    return (chosen.family_name, chosen.given_name) if chosen else None


def _exchange_name_of(work: Work, staff: Staff) -> StaffExchangeName | None:
    return work.session.scalar(
        sa.select(StaffExchangeName).where(StaffExchangeName.staff_id == staff.id)
    )
