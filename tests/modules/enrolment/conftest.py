import pytest

from govkit.modules.schools import add_school

ELEMENTARY, OTHER, JUNIOR_HIGH = "B113299999911", "B113299999920", "C113299999919"


@pytest.fixture
def school(work):
    return add_school(work, ELEMENTARY, "第一小学校")


@pytest.fixture
def other_school(work):
    return add_school(work, OTHER, "第二小学校")


@pytest.fixture
def junior_high(work):
    return add_school(work, JUNIOR_HIGH, "第一中学校")
