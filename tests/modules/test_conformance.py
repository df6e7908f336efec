"""P20: every module that is shipped stands what every contributed module must stand."""

import pytest

from govkit.testing.module_suite import ModuleConformance

pytestmark = pytest.mark.requirement("P20")


class TestAdministration(ModuleConformance):
    module = "administration"


class TestSchools(ModuleConformance):
    module = "schools"


class TestResidentExtracts(ModuleConformance):
    module = "resident_extracts"


class TestEnrolment(ModuleConformance):
    module = "enrolment"


class TestAttendance(ModuleConformance):
    module = "attendance"


class TestResidentLookup(ModuleConformance):
    module = "resident_lookup"
