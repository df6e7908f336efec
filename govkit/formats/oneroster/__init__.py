"""OneRoster 1.2 CSV for Japanese schools (名簿連携): three dialects, written and checked.

Build a :class:`Package` of records and hand it to :func:`write_package`; every rule of the profile
is checked first. :func:`check_package` checks the package of somebody else.
"""

from govkit.formats.oneroster.layout import Profile
from govkit.formats.oneroster.package import check_package, package_name, write_package
from govkit.formats.oneroster.records import (
    AcademicSession,
    ClassType,
    Course,
    Demographics,
    Enrollment,
    EnrollmentRole,
    Org,
    OrgType,
    Package,
    Role,
    RoleName,
    RoleType,
    SchoolClass,
    Sex,
    User,
    grade_code,
)

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
    "Profile",
    "Role",
    "RoleName",
    "RoleType",
    "SchoolClass",
    "Sex",
    "User",
    "check_package",
    "grade_code",
    "package_name",
    "write_package",
]
