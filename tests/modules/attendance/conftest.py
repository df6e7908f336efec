from collections.abc import Iterator

import pytest

from govkit.base.i18n import use_language
from govkit.base.identity import Actor
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


@pytest.fixture
def city(deployment):
    """A school of 立川市 with two classes, the first of which has three pupils."""

    class City:
        def work(self, **options):
            return deployment.work(
                deployment.municipality("132021"), Actor.operator("準備"), **options
            )

    made = City()
    with made.work() as work:
        school = rows.add_school(work)
        made.school_id = school.id
        first, second = (rows.add_class(work, school, name) for name in ("1組", "2組"))
        made.class_id, made.other_class_id = first.id, second.id
        made.pupils = [pupil.id for pupil in rows.add_pupils(work, first, 3)]
    return made
