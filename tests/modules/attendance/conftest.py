import pytest

from govkit.base.work import Work
from govkit.modules.schools import ClassGroup, Pupil, School
from tests.modules.attendance import rows


@pytest.fixture(scope="session")
def govkit_modules():
    return ("schools", "attendance")


@pytest.fixture
def school(work: Work) -> School:
    return rows.add_school(work)


@pytest.fixture
def class_group(work: Work, school: School) -> ClassGroup:
    return rows.add_class(work, school)


@pytest.fixture
def pupils(work: Work, class_group: ClassGroup) -> list[Pupil]:
    return rows.add_pupils(work, class_group, 3)
