"""Records turned into the cells of each file, in the order of its headings."""

from collections.abc import Callable
from datetime import date
from typing import Final

from govkit.formats.oneroster.layout import FILES, Profile
from govkit.formats.oneroster.records import (
    AcademicSession,
    Course,
    Demographics,
    Enrollment,
    Org,
    Package,
    Role,
    SchoolClass,
    User,
)

__all__ = ["Cells", "sheets_of"]

Cells = tuple[str, ...]
"""Cells of one row, in the order of the headings."""
_FLAG: Final[dict[bool | None, str]] = {None: "", True: "true", False: "false"}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _session(one: AcademicSession) -> Cells:
    year = one.school_year
    return (
        one.sourced_id,
        "",
        "",
        f"{year}年度",
        "schoolYear",
        f"{year}-04-01",
        f"{year + 1}-03-31",
        "",
        str(year),
    )


def _org(one: Org) -> Cells:
    return (one.sourced_id, "", "", one.name, one.type, one.identifier, one.parent_sourced_id)


def _course(one: Course) -> Cells:
    return (
        one.sourced_id,
        "",
        "",
        one.school_year_sourced_id,
        f"{one.school_year}年度{one.name}",
        "",
        ",".join(one.grades),
        one.org_sourced_id,
        ",".join(one.subjects),
        ",".join(one.subject_codes),
    )


def _class(one: SchoolClass) -> Cells:
    return (
        one.sourced_id,
        "",
        "",
        one.title,
        ",".join(one.grades),
        one.course_sourced_id,
        "",
        one.type,
        one.location,
        one.school_sourced_id,
        ",".join(one.term_sourced_ids),
        ",".join(one.subjects),
        ",".join(one.subject_codes),
        ",".join(one.periods),
        _FLAG[one.special_needs],
    )


def _user(one: User, before_preferred: Cells) -> Cells:
    return (
        one.sourced_id,
        "",
        "",
        "true",
        one.username,
        ",".join(one.user_ids),
        one.given_name,
        one.family_name,
        one.middle_name,
        one.identifier,
        one.email,
        "",
        "",
        ",".join(one.agent_sourced_ids),
        ",".join(one.grades),
        "",
        one.user_master_identifier,
        *before_preferred,
        one.preferred_given_name,
        "",
        one.preferred_family_name,
        one.primary_org_sourced_id,
        "",
        one.kana_given_name,
        one.kana_family_name,
        one.kana_middle_name,
        one.home_class,
    )


def _user_ed2(one: User) -> Cells:
    return _user(one, ("",))


def _user_newer(one: User) -> Cells:
    return (*_user(one, ()), one.kana_preferred_family_name, one.kana_preferred_given_name, "")


def _role(one: Role) -> Cells:
    return (
        one.sourced_id,
        "",
        "",
        one.user_sourced_id,
        one.type,
        one.role,
        _day(one.begin_date),
        _day(one.end_date),
        one.org_sourced_id,
        "",
    )


def _enrollment(one: Enrollment) -> Cells:
    return (
        one.sourced_id,
        "",
        "",
        one.class_sourced_id,
        one.school_sourced_id,
        one.user_sourced_id,
        one.role,
        "true" if one.is_primary else "false",
        _day(one.begin_date),
        _day(one.end_date),
        "" if one.number is None else str(one.number),
        _FLAG[one.is_public],
    )


def _demographics(one: Demographics) -> Cells:
    return (one.user_sourced_id, "", "", _day(one.birth_date), one.sex or "", *[""] * 11)


def _manifest(package: Package, profile: Profile, present: set[str]) -> list[Cells]:
    return [
        ("manifest.version", "1.0"),
        ("oneroster.version", profile.value),
        *((f"file.{file}", "bulk" if file in present else "absent") for file in FILES),
        ("source.systemName", package.system_name),
        ("source.systemCode", package.system_code),
    ]


def sheets_of(package: Package, profile: Profile) -> dict[str, list[Cells]]:
    """Cells of every file of a package, by the file's name without ``.csv``."""
    user: Callable[[User], Cells] = _user_ed2 if profile is Profile.JAPAN_ED2 else _user_newer
    sheets = {
        "academicSessions": list(map(_session, package.academic_sessions)),
        "orgs": list(map(_org, package.orgs)),
        "courses": list(map(_course, package.courses)),
        "classes": list(map(_class, package.classes)),
        "users": list(map(user, package.users)),
        "roles": list(map(_role, package.roles)),
        "enrollments": list(map(_enrollment, package.enrollments)),
    }
    if package.demographics:
        sheets["demographics"] = list(map(_demographics, package.demographics))
    return {"manifest": _manifest(package, profile, set(sheets)), **sheets}
