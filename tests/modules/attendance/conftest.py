from collections.abc import Iterator

import pytest

from govkit.base.i18n import use_language
from govkit.base.work import Work
from govkit.modules.schools import ClassGroup, Pupil, School
from tests.modules.attendance import rows


@pytest.fixture(autouse=True)
def _japanese() -> Iterator[None]:
    # A request that asked for English leaves the language behind in the thread of the tests.
    with use_language("ja"):
        yield


@pytest.fixture
def school(work: Work) -> School:
    return rows.add_school(work)


@pytest.fixture
def class_group(work: Work, school: School) -> ClassGroup:
    return rows.add_class(work, school)


@pytest.fixture
def pupils(work: Work, class_group: ClassGroup) -> list[Pupil]:
    return rows.add_pupils(work, class_group, 3)
