"""What a school roster consists of, as records to hand to :func:`~.package.write_package`.

Records are named tuples, for a city has some hundred thousand of them. ``sourced_id`` is a UUIDv4 in
lower case that never changes. There is no field for passwords, addresses or guardians' data.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

__all__ = [
    "AcademicSession",
    "ClassType",
    "Course",
    "Demographics",
    "Enrollment",
    "EnrollmentRole",
    "Org",
    "OrgType",
    "Package",
    "Role",
    "RoleName",
    "RoleType",
    "SchoolClass",
    "Sex",
    "User",
    "grade_code",
]


def grade_code(grade: int) -> str:
    """OneRoster code of a grade counted 1 to 9 as in a 義務教育学校: ``P1`` to ``P6``, ``J1`` to ``J3``.

    :raises ValueError: For another grade.
    """
    if not 1 <= grade <= 9:
        raise ValueError(f"no compulsory grade: {grade}")
    return f"P{grade}" if grade <= 6 else f"J{grade - 6}"


class OrgType(StrEnum):
    """Kind of organisation."""

    DISTRICT = "district"
    SCHOOL = "school"


class ClassType(StrEnum):
    """Homeroom class (学級) or taught class (授業)."""

    HOMEROOM = "homeroom"
    SCHEDULED = "scheduled"


class RoleType(StrEnum):
    """Whether a role is the main one of its user in the organisation."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


class RoleName(StrEnum):
    """Roles that the Japanese profile knows; the last three only as secondary roles."""

    STUDENT = "student"
    TEACHER = "teacher"
    GUARDIAN = "guardian"
    PRINCIPAL = "principal"
    SITE_ADMINISTRATOR = "siteAdministrator"
    DISTRICT_ADMINISTRATOR = "districtAdministrator"


class EnrollmentRole(StrEnum):
    """Role of a user in a class."""

    STUDENT = "student"
    TEACHER = "teacher"
    ADMINISTRATOR = "administrator"
    GUARDIAN = "guardian"


class Sex(StrEnum):
    """Sex as OneRoster codes it."""

    MALE = "male"
    FEMALE = "female"
    UNSPECIFIED = "unspecified"
    OTHER = "other"


class AcademicSession(NamedTuple):
    """A school year (年度), 1 April to 31 March."""

    sourced_id: str
    school_year: int


class Org(NamedTuple):
    """A board of education (``district``) or a school; the identifier is its public code."""

    sourced_id: str
    name: str
    type: OrgType
    identifier: str
    parent_sourced_id: str = ""


class Course(NamedTuple):
    """A subject in a school year; the year is put before the name when it is written."""

    sourced_id: str
    school_year: int
    school_year_sourced_id: str
    name: str
    org_sourced_id: str
    grades: Sequence[str] = ()
    subjects: Sequence[str] = ()
    subject_codes: Sequence[str] = ()


class SchoolClass(NamedTuple):
    """A class; ``special_needs`` marks a 特別支援学級."""

    sourced_id: str
    title: str
    course_sourced_id: str
    type: ClassType
    school_sourced_id: str
    term_sourced_ids: Sequence[str]
    grades: Sequence[str] = ()
    subjects: Sequence[str] = ()
    subject_codes: Sequence[str] = ()
    special_needs: bool | None = None
    location: str = ""
    periods: Sequence[str] = ()


class User(NamedTuple):
    """A pupil or a member of staff, under names made of JIS X 0213 characters only.

    :param user_master_identifier: UUIDv4 that stays with the person across schools.
    :param home_class: ``sourced_id`` of the homeroom class.
    """

    sourced_id: str
    user_master_identifier: str
    username: str
    family_name: str
    given_name: str
    kana_family_name: str
    kana_given_name: str
    preferred_family_name: str
    preferred_given_name: str
    grades: Sequence[str] = ()
    primary_org_sourced_id: str = ""
    home_class: str = ""
    middle_name: str = ""
    kana_middle_name: str = ""
    kana_preferred_family_name: str = ""
    kana_preferred_given_name: str = ""
    user_ids: Sequence[str] = ()
    identifier: str = ""
    email: str = ""
    agent_sourced_ids: Sequence[str] = ()


class Role(NamedTuple):
    """What a user is in an organisation."""

    sourced_id: str
    user_sourced_id: str
    type: RoleType
    role: RoleName
    org_sourced_id: str
    begin_date: date | None = None
    end_date: date | None = None


class Enrollment(NamedTuple):
    """A user in a class; ``number`` is the 出席番号, ``is_primary`` marks the main teacher."""

    sourced_id: str
    class_sourced_id: str
    school_sourced_id: str
    user_sourced_id: str
    role: EnrollmentRole
    is_primary: bool = False
    begin_date: date | None = None
    end_date: date | None = None
    number: int | None = None
    is_public: bool | None = None


class Demographics(NamedTuple):
    """Birth date and sex of a user: only where the receiver's contract asks for them."""

    user_sourced_id: str
    birth_date: date | None = None
    sex: Sex | None = None


class Package(NamedTuple):
    """One roster of one founder (設置者); ``demographics.csv`` is absent unless given."""

    academic_sessions: Sequence[AcademicSession]
    orgs: Sequence[Org]
    courses: Sequence[Course]
    classes: Sequence[SchoolClass]
    users: Sequence[User]
    roles: Sequence[Role]
    enrollments: Sequence[Enrollment]
    demographics: Sequence[Demographics] = ()
    system_name: str = ""
    system_code: str = ""
