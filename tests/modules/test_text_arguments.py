"""P20: rows that the address of a contributed module names by a text are asked for like all others."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import pytest

from govkit.base.deployment import Deployment
from govkit.base.identity import Role
from govkit.testing.module_suite import ModuleConformance
from govkit.testing.module_suite.world import World
from govkit.testing.plugin import FixedClock, TestDatabases

pytestmark = pytest.mark.requirement("P20", "TEN-6")


class Suite(ModuleConformance):
    module = "by_code"
    samples: ClassVar = {"code": Role.name}


@pytest.fixture(scope="module")
def world(sqlite_databases: TestDatabases) -> Iterator[World]:
    settings = sqlite_databases.settings()
    names = ("tests.modules.by_code:careful", "tests.modules.by_code:careless")
    app = settings.app.model_copy(update={"modules": (*settings.app.modules, *names)})
    opened = Deployment(settings.model_copy(update={"app": app}), clock=FixedClock())
    yield World(opened)
    opened.close()


def ask(world: World, module: str, samples: Mapping[str, Any]) -> None:
    world.samples = samples
    Suite().test_rows_of_another_city_answer_like_rows_that_are_not_there(
        world, world.routes(module)
    )


def test_a_text_that_names_a_row_is_tried_with_another_city_and_with_nothing(world):
    ask(world, "by_code", Suite.samples)
    Suite().test_a_route_asks_for_its_permission(world, world.routes("by_code"))
    Suite().test_a_route_has_its_methods_and_no_others(world, world.routes("by_code"))


def test_a_refusal_that_tells_of_another_city_is_found(world):
    with pytest.raises(AssertionError, match="by_code_careless"):
        ask(world, "by_code_careless", Suite.samples)


def test_a_text_that_nobody_explained_is_asked_about(world):
    world.samples = {}
    with pytest.raises(LookupError, match="say in samples what code"):
        Suite().test_reading_changes_nothing(world, world.routes("by_code"))
