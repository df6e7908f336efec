import pytest

from govkit.base.work import Work
from govkit.modules.schools import ClassGroup, School
from tests.modules.schools import rows


@pytest.fixture
def school(work: Work) -> School:
    return rows.add_school(work)


@pytest.fixture
def class_group(work: Work, school: School) -> ClassGroup:
    return rows.add_class(work, school)
