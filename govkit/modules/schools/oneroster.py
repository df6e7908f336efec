"""The roster of all schools of a municipality as a OneRoster package (名簿の書き出し).

Pupils and teachers leave under names, class and number only: no birth date, address or guardian is
part of it, so there is nothing to hide for people under protection (支援措置).
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import sqlalchemy as sa

from govkit.base.identity import Appointment, Staff
from govkit.base.work import Work
from govkit.errors import InvalidInput, Problem, Refused
from govkit.formats.oneroster import (
    AcademicSession,
    ClassType,
    Course,
    Enrollment,
    EnrollmentRole,
    Org,
    OrgType,
    Package,
    Profile,
    Role,
    RoleName,
    RoleType,
    SchoolClass,
    User,
    grade_code,
    package_name,
    write_package,
)
from govkit.jp.calendar import school_year_days
from govkit.jp.characters import in_jis_x_0213
from govkit.jp.text import to_katakana
from govkit.modules.schools.models import (
    ClassGroup,
    ClassMembership,
    Duty,
    ExchangeId,
    Pupil,
    School,
    SchoolYear,
    StaffExchangeName,
    StaffPosting,
)
from govkit.modules.schools.units import class_groups

__all__ = ["Profile", "RosterExport", "RosterFinding", "RosterRefused", "export_roster"]

PERMISSION: Final = "schools.export_roster"
HOMEROOM: Final = "ホームルーム"
SYSTEM_NAME: Final = "govkit"

_DUTIES: Final = (Duty.HOMEROOM, Duty.SUBJECT, Duty.HEAD)
"""Duties of people who are users of the receiving systems: office staff are not."""


@dataclass(frozen=True, slots=True)
class RosterExport:
    """A package ready to be handed over (名簿パッケージ).

    :param counts: Number of records by file, such as ``{"users": 412}``.
    :param people: Identifiers of the users in it.
    """

    filename: str
    content: bytes
    counts: Mapping[str, int]
    people: Sequence[str]


@dataclass(frozen=True, slots=True)
class RosterFinding:
    """Why a roster cannot be written, and whom it is about.

    :param place: School, class and number, or the part of the roster: never a name.
    :param name: Name of the person, for the page of somebody who may see it.
    """

    place: str
    name: str
    item: str
    problem: Problem
    pupil_id: UUID | None = None
    staff_id: UUID | None = None


class RosterRefused(InvalidInput):
    """A roster is not written because something in it breaks the profile's rules.

    :param findings: Every problem with the person it is about.
    """

    code = "roster_refused"

    def __init__(self, findings: Iterable[RosterFinding]) -> None:
        self.findings = tuple(findings)
        super().__init__(
            Problem(
                finding.problem.code,
                finding.problem.text,
                sheet=finding.place,
                column=finding.item,
                params=finding.problem.params,
            )
            for finding in self.findings
        )


_NAMES: Final = (
    "family_name",
    "given_name",
    "kana_family_name",
    "kana_given_name",
    "preferred_family_name",
    "preferred_given_name",
    "preferred_kana_family_name",
    "preferred_kana_given_name",
    "exchange_family_name",
    "exchange_given_name",
)


class _Person(NamedTuple):
    """Somebody in the roster, with the words that lead to them."""

    place: str
    name: str
    pupil_id: UUID | None
    staff_id: UUID | None


class _Names(NamedTuple):
    family: str
    given: str
    preferred_family: str
    preferred_given: str


class _Ids:
    """Identifiers of what is no row of ours, the same in every file (連携用の識別子)."""

    def __init__(self, work: Work, kind: str) -> None:
        self._work = work
        self._kind = kind
        rows = work.session.execute(
            sa.select(ExchangeId.key, ExchangeId.id).where(ExchangeId.kind == kind)
        )
        self._known = {key: str(identifier) for key, identifier in rows}
        self._new: list[dict[str, object]] = []

    def __getitem__(self, key: str) -> str:
        known = self._known.get(key)
        if known is None:
            identifier = uuid4()
            known = self._known[key] = str(identifier)
            self._new.append(
                {
                    "municipality_code": self._work.municipality.code,
                    "id": identifier,
                    "kind": self._kind,
                    "key": key,
                }
            )
        return known

    def store(self) -> None:
        """Keep the new ones."""
        if self._new:
            self._work.session.execute(sa.insert(ExchangeId), self._new)


def export_roster(work: Work, school_year: int, profile: Profile, purpose: str) -> RosterExport:
    """The roster of all schools as a OneRoster package; nothing is written half.

    The same people, classes and roles have the same identifiers in every package. A year that has
    not begun is exported as of its first day, a past one as of its last.

    :param purpose: What the receiver needs the roster for; goes into the audit record.
    :raises Refused: Without a purpose, board code or school year.
    :raises RosterRefused: With every problem, such as names outside JIS X 0213.
    """
    work.require(PERMISSION)
    if not purpose.strip():
        raise Refused("書き出す目的を入力してください。")
    if not work.municipality.board_code:
        raise Refused(
            "教育委員会コードが登録されていません。システムの運用担当者に登録を依頼してください。"
        )
    # Locked, so that two exports at a time do not invent two identifiers for one thing.
    year = work.session.scalar(
        sa.select(SchoolYear).where(SchoolYear.year == school_year).with_for_update()
    )
    if year is None:
        raise Refused(
            "{school_year}年度はまだ開いていません。先に学級を登録してください。",
            school_year=school_year,
        )
    package, people = _Roster(work, year).build()
    content = _write(package, profile, people)
    counts = {
        name: len(getattr(package, name))
        for name in ("orgs", "courses", "classes", "users", "roles", "enrollments")
    }
    work.record(
        "roster.exported",
        year,
        reason=purpose.strip(),
        school_year=school_year,
        profile=profile.name,
        counts=counts,
    )
    users = [user.sourced_id for user in package.users]
    return RosterExport(package_name(package, work.today), content, counts, users)


def _write(package: Package, profile: Profile, people: Sequence[_Person]) -> bytes:
    target = io.BytesIO()
    try:
        write_package(package, target, profile=profile)
    except InvalidInput as error:
        raise RosterRefused(_findings(error.problems, people)) from None
    return target.getvalue()


_ITEMS: Final = {
    "familyName": "氏",
    "givenName": "名",
    "preferredFamilyName": "氏",
    "preferredGivenName": "名",
    "metadata.jp.kanaFamilyName": "氏のフリガナ",
    "metadata.jp.kanaGivenName": "名のフリガナ",
    "metadata.jp.kanaPreferredFamilyName": "氏のフリガナ",
    "metadata.jp.kanaPreferredGivenName": "名のフリガナ",
}


def _findings(problems: Iterable[Problem], people: Sequence[_Person]) -> Iterator[RosterFinding]:
    seen = set()
    for problem in problems:
        item = _ITEMS.get(problem.column, problem.column)
        if problem.file != "users.csv" or problem.row is None:
            yield RosterFinding(problem.file, "", item, problem)
            continue
        person = people[problem.row - 2]
        # The name and the preferred name are mostly the same: one thing to mend, told once.
        told = (problem.row, item, problem.message)
        if told not in seen:
            seen.add(told)
            yield RosterFinding(
                person.place, person.name, item, problem, person.pupil_id, person.staff_id
            )


class _Roster:
    """Collects the records of one package."""

    def __init__(self, work: Work, year: SchoolYear) -> None:
        first, last = school_year_days(year.year)
        self.work = work
        self.year = year
        self.day = min(max(first, work.today), last)
        self.role_ids = _Ids(work, "role")
        self.people: list[_Person] = []
        self.users: list[User] = []
        self.roles: list[Role] = []
        self.enrollments: list[Enrollment] = []

    def build(self) -> tuple[Package, Sequence[_Person]]:
        """The package, and the person behind each of its users."""
        district_ids, course_ids = _Ids(self.work, "org"), _Ids(self.work, "course")
        district = district_ids["district"]
        schools = self._schools()
        session = str(self.year.id)
        courses = {
            school.id: Course(
                course_ids[f"{school.id}:{self.year.year}:homeroom"],
                self.year.year,
                session,
                HOMEROOM,
                str(school.id),
            )
            for school in schools
        }
        groups = [
            group
            for group in class_groups(self.work, self.year.year, permission=PERMISSION)
            if group.school_id in courses
        ]
        self._add_pupils({group.id: group for group in groups})
        self._add_staff({school.id: school for school in schools}, {group.id for group in groups})
        for ids in (district_ids, course_ids, self.role_ids):
            ids.store()
        package = Package(
            academic_sessions=[AcademicSession(session, self.year.year)],
            orgs=[self._district(district), *(_org(school, district) for school in schools)],
            courses=list(courses.values()),
            classes=[_class(group, courses[group.school_id], session) for group in groups],
            users=self.users,
            roles=self.roles,
            enrollments=self.enrollments,
            system_name=SYSTEM_NAME,
        )
        return package, self.people

    def _schools(self) -> list[School]:
        query = (
            sa.select(School)
            .where(sa.or_(School.closed_on.is_(None), School.closed_on >= self.day))
            .order_by(School.code)
        )
        return list(self.work.session.scalars(query))

    def _district(self, sourced_id: str) -> Org:
        board = self.work.municipality
        return Org(sourced_id, f"{board.name}教育委員会", OrgType.DISTRICT, board.board_code)

    def _add_pupils(self, groups: Mapping[UUID, ClassGroup]) -> None:
        # Columns instead of rows: a city has some ten thousand pupils, and none of them changes.
        query = (
            sa.select(
                ClassMembership.id.label("membership_id"),
                ClassMembership.class_group_id,
                ClassMembership.number,
                ClassMembership.starts_on,
                ClassMembership.ends_on,
                Pupil.id.label("pupil_id"),
                Pupil.master_id,
                *(getattr(Pupil, name) for name in _NAMES),
            )
            .join(Pupil, Pupil.id == ClassMembership.pupil_id)
            .join(ClassGroup, ClassGroup.id == ClassMembership.class_group_id)
            .where(
                ClassGroup.school_year == self.year.year,
                ClassMembership.starts_on <= self.day,
                sa.or_(ClassMembership.ends_on.is_(None), ClassMembership.ends_on >= self.day),
            )
        )
        position = {identifier: index for index, identifier in enumerate(groups)}
        rows = [row for row in self.work.session.execute(query) if row.class_group_id in position]
        for row in sorted(rows, key=lambda each: (position[each.class_group_id], each.number)):
            self._add_pupil(row, groups[row.class_group_id])

    def _add_pupil(self, row: sa.Row[Any], group: ClassGroup) -> None:
        user, school = str(row.pupil_id), str(group.school_id)
        family = row.preferred_family_name or row.family_name
        given = row.preferred_given_name or row.given_name
        place = f"{group.school.name} {group.label} {row.number}番"
        self.people.append(_Person(place, f"{family} {given}".strip(), row.pupil_id, None))
        names = _names_of(row, family, given)
        self.users.append(
            User(
                sourced_id=user,
                user_master_identifier=str(row.master_id),
                username=user,
                family_name=names.family,
                given_name=names.given,
                kana_family_name=to_katakana(row.kana_family_name),
                kana_given_name=to_katakana(row.kana_given_name),
                preferred_family_name=names.preferred_family,
                preferred_given_name=names.preferred_given,
                kana_preferred_family_name=to_katakana(row.preferred_kana_family_name or ""),
                kana_preferred_given_name=to_katakana(row.preferred_kana_given_name or ""),
                grades=(grade_code(group.grade),),
                primary_org_sourced_id=school,
                home_class=str(group.id),
            )
        )
        self._add_role(user, school, RoleType.PRIMARY, RoleName.STUDENT)
        self.enrollments.append(
            Enrollment(
                str(row.membership_id),
                str(group.id),
                school,
                user,
                EnrollmentRole.STUDENT,
                begin_date=row.starts_on,
                end_date=row.ends_on,
                number=row.number,
            )
        )

    def _add_role(self, user: str, org: str, kind: RoleType, name: RoleName) -> None:
        self.roles.append(Role(self.role_ids[f"{user}:{org}:{name}"], user, kind, name, org))

    def _add_staff(self, schools: Mapping[UUID, School], groups: set[UUID]) -> None:
        postings: dict[UUID, list[StaffPosting]] = {}
        staff_by_id: dict[UUID, Staff] = {}
        for staff, posting in self._postings():
            if posting.school_id in schools:
                staff_by_id[staff.id] = staff
                postings.setdefault(staff.id, []).append(posting)
        chosen = {
            each.staff_id: each for each in self.work.session.scalars(sa.select(StaffExchangeName))
        }
        for staff_id, held in postings.items():
            # The homeroom comes first: it tells which school is the main one.
            held.sort(key=lambda each: _DUTIES.index(Duty(each.duty)))
            self._add_teacher(staff_by_id[staff_id], held, schools, chosen.get(staff_id))
        led: set[str] = set()
        for staff_id, held in postings.items():
            self._enroll_teacher(str(staff_id), held, groups, led)

    def _postings(self) -> Iterable[tuple[Staff, StaffPosting]]:
        query = (
            sa.select(Staff, StaffPosting)
            .join(Appointment, Appointment.staff_id == Staff.id)
            .join(StaffPosting, StaffPosting.appointment_id == Appointment.id)
            .where(
                StaffPosting.duty.in_([duty.value for duty in _DUTIES]),
                Appointment.valid_from <= self.day,
                sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= self.day),
            )
            .order_by(Appointment.valid_from, Appointment.id)
        )
        return [(staff, posting) for staff, posting in self.work.session.execute(query)]

    def _add_teacher(
        self,
        staff: Staff,
        held: Sequence[StaffPosting],
        schools: Mapping[UUID, School],
        chosen: StaffExchangeName | None,
    ) -> None:
        user, main = str(staff.id), held[0].school_id
        self.people.append(_Person(f"{schools[main].name} 教職員", staff.name, None, staff.id))
        family = chosen.family_name if chosen else staff.family_name
        given = chosen.given_name if chosen else staff.given_name
        self.users.append(
            User(
                sourced_id=user,
                user_master_identifier=str(staff.account_id),
                username=user,
                family_name=family,
                given_name=given,
                kana_family_name=to_katakana(staff.kana_family_name),
                kana_given_name=to_katakana(staff.kana_given_name),
                preferred_family_name=family,
                preferred_given_name=given,
                primary_org_sourced_id=str(main),
            )
        )
        for school_id in dict.fromkeys(each.school_id for each in held):
            kind = RoleType.PRIMARY if school_id == main else RoleType.SECONDARY
            self._add_role(user, str(school_id), kind, RoleName.TEACHER)
        for school_id in dict.fromkeys(
            each.school_id for each in held if each.duty == Duty.HEAD.value
        ):
            self._add_role(user, str(school_id), RoleType.SECONDARY, RoleName.PRINCIPAL)

    def _enroll_teacher(
        self, user: str, held: Sequence[StaffPosting], groups: set[UUID], led: set[str]
    ) -> None:
        """Put a teacher into their classes; the first homeroom teacher of each is its main one."""
        known: set[UUID] = set()
        for posting in held:
            group_id = posting.class_group_id
            if group_id is None or group_id not in groups or group_id in known:
                continue
            known.add(group_id)
            leads = posting.duty == Duty.HOMEROOM.value and str(group_id) not in led
            if leads:
                led.add(str(group_id))
            self.enrollments.append(
                Enrollment(
                    str(posting.id),
                    str(group_id),
                    str(posting.school_id),
                    user,
                    EnrollmentRole.TEACHER,
                    is_primary=leads,
                )
            )


def _org(school: School, district: str) -> Org:
    return Org(str(school.id), school.name, OrgType.SCHOOL, school.code, district)


def _class(group: ClassGroup, course: Course, session: str) -> SchoolClass:
    return SchoolClass(
        sourced_id=str(group.id),
        title=group.label,
        course_sourced_id=course.sourced_id,
        type=ClassType.HOMEROOM,
        school_sourced_id=str(group.school_id),
        term_sourced_ids=(session,),
        grades=(grade_code(group.grade),),
        special_needs=group.is_special_needs,
    )


def _names_of(row: sa.Row[Any], family: str, given: str) -> _Names:
    """Names as they leave: the chosen form stands for the name used at school.

    Beside a 通称 the official name is kept, unless a chosen form has to stand in for it too.
    """
    has_alias = bool(row.preferred_family_name or row.preferred_given_name)
    has_form = bool(row.exchange_family_name and row.exchange_given_name)
    if has_form:
        family, given = row.exchange_family_name, row.exchange_given_name
    if has_alias and (not has_form or in_jis_x_0213(row.family_name + row.given_name)):
        return _Names(row.family_name, row.given_name, family, given)
    return _Names(family, given, family, given)
