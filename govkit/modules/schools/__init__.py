"""Schools (学校): schools, classes, pupils and postings, and the roster for other systems."""

from govkit.base.i18n import lazy_gettext as _
from govkit.base.module import Module
from govkit.modules.schools.models import (
    ClassGroup,
    ClassMembership,
    Duty,
    Pupil,
    School,
    SchoolKind,
    SchoolYear,
    StaffPosting,
)

__all__ = [
    "ClassGroup",
    "ClassMembership",
    "Duty",
    "Pupil",
    "School",
    "SchoolKind",
    "SchoolYear",
    "StaffPosting",
    "module",
]

module = Module(
    name="schools",
    title=_("学校"),
    package="govkit.modules.schools",
    models=("govkit.modules.schools.models",),
)
