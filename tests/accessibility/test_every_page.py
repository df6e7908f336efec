"""A11-1, P22: every page, in every state, for every role, is accessible in a real Chromium.

The pages come from a city that somebody wanders through who follows every link and sends every form
(:mod:`tests.accessibility.wanderer`), from every role that may see a route, and from states that no
link leads to (:mod:`tests.accessibility.states`). All are asked what a page must say of itself; as
many as hold every kind of element in every kind of parent are looked at, and with ``GOVKIT_SOAK=1``
every one, in every width and on every ground.
"""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from govkit.base.deployment import Deployment
from govkit.base.web import PUBLIC, SIGNED_IN
from govkit.testing.plugin import FixedClock, TestDatabases
from tests.accessibility.city import City
from tests.accessibility.inspector import Inspector, View, inspector
from tests.accessibility.states import STATES, routes
from tests.accessibility.wanderer import Wanderer
from tests.authorization.test_matrix import MATRIX
from tests.soak import SOAK

pytestmark = pytest.mark.requirement("A11-1", "P22")

VIEWS = (
    View(1280, ("axe", "order", "overflow"), "light", whole=SOAK),
    View(1280, (), "dark", whole=SOAK),
    View(320, whole=SOAK),
)
MORE_VIEWS = (
    View(390, ("targets", "overflow"), "light narrow", whole=True),
    View(1280, (), "forced", whole=True),
    View(390, ("axe",), scripted=False, whole=True),
)
UNSEEN: dict[str, str] = {}
"""Routes that never answer with a page, with the reason."""


@pytest.fixture(scope="module")
def city(
    sqlite_databases: TestDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[City]:
    """A filled city, all of whose pages have been seen."""
    clock = FixedClock()
    deployment = Deployment(sqlite_databases.settings(), clock=clock)
    city = City(deployment, clock, tmp_path_factory.mktemp("city"))
    _look_at_everything(city)
    yield city
    deployment.close()


def _look_at_everything(city: City) -> None:
    city.album.state = "every right"
    wanderer = Wanderer(city.album, city.client, city.world.restore, city.typed)
    wanderer.walk(city.world.address(each) for each in routes(city))
    wanderer.walk(["/"])
    wanderer.send_forms()
    for role, given in MATRIX.items():
        city.album.state = role
        client, held = city.world.client(role, given["level"]), given["permissions"]
        for route in routes(city):
            if route.permission in (*held, PUBLIC, SIGNED_IN):
                client.get(city.world.address(route))
    for lead in STATES:
        city.album.state = lead.__name__.replace("_", " ")
        lead(city)
        city.world.restore()


@pytest.fixture(scope="module")
def seen(city: City, browser: Browser) -> Iterator[tuple[Inspector, list[list[str]]]]:
    """The pages in a window, and what each lacks."""
    with inspector(browser) as window:
        yield window, [window.take(each.html) for each in city.album.pictures]


def test_every_route_was_seen(city: City) -> None:
    shown = {each.endpoint for each in city.album.pictures} | city.album.others
    asked = {each.endpoint for each in routes(city)}
    assert asked - shown - UNSEEN.keys() == set()
    assert UNSEEN.keys() <= asked
    roles = {each.state.partition(",")[0] for each in city.album.pictures}
    assert MATRIX.keys() <= roles


def test_every_page_says_of_itself_what_it_must(
    city: City, seen: tuple[Inspector, list[list[str]]]
) -> None:
    lacking: dict[str, str] = {}
    for picture, lacks in zip(city.album.pictures, seen[1], strict=True):
        lacking |= {each: str(picture) for each in lacks}
    assert lacking == {}, "\n".join(f"{what}: {page}" for what, page in lacking.items())


def test_every_page_is_accessible(city: City, seen: tuple[Inspector, list[list[str]]]) -> None:
    window, pictures = seen[0], city.album.pictures
    numbers = [*range(len(pictures))] if SOAK else window.chosen()
    wrong: dict[str, str] = {}
    for view in (*VIEWS, *MORE_VIEWS) if SOAK else VIEWS:
        began = time.monotonic()
        for number, what in window.look(view, numbers):
            wrong[f"{view.width} {view.ground} {what}"] = str(pictures[number])
        print(f"{view.width} {view.ground}: {time.monotonic() - began:.1f} s")
    roles = len({each.state.partition(",")[0] for each in pictures})
    print(f"A11-1: {len(pictures)} pages, {roles} roles and states, {len(numbers)} looked at")
    assert wrong == {}, "\n".join(f"{what}: {page}" for what, page in wrong.items())
