"""Role × route × method × whose row: every answer is what the reviewed table says (AUT-2, P3).

The expected answer comes from ``matrix.toml``, from the permission a route declares, and from the
rows' own links to schools and classes; not from the code that answers.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from govkit.base.identity import Role
from govkit.base.web import PUBLIC, SIGNED_IN
from govkit.testing.module_suite.world import OWN, RELATIONS, Route, World
from tests.soak import SOAK

pytestmark = pytest.mark.requirement("AUT-2", "P1", "P3", "ASVS-8.2.1", "ASVS-8.2.2", "ASVS-8.3.1")

HERE = Path(__file__).parent
MATRIX: dict[str, dict[str, Any]] = tomllib.loads((HERE / "matrix.toml").read_text("utf-8"))
WHOLE: list[str] = tomllib.loads((HERE / "scopes.toml").read_text("utf-8"))["whole_municipality"]
NOT_YOURS, FORBIDDEN, OPEN = 404, 403, 0


def expected(world: World, route: Route, role: str, relation: str) -> int:
    """403, 404, or 0 for an answer that is neither."""
    held, level = MATRIX[role]["permissions"], MATRIX[role]["level"]
    if route.permission not in (PUBLIC, SIGNED_IN) and route.permission not in held:
        return FORBIDDEN
    # What a form lacks is told before this right is asked for; an empty one changes nothing.
    if route.endpoint in WHOLE and level != "municipality" and route.method == "GET":
        return NOT_YOURS
    if not route.identifiers:
        return OPEN
    if relation in ("absent", "other_city"):
        return NOT_YOURS
    if level == "municipality":
        return OPEN
    return OPEN if world.unit(level) in world.route_path(route, relation) else NOT_YOURS


def given(status: int) -> int:
    """The answer in the words of :func:`expected`; whether a form was filled in does not matter."""
    if status in (401, 405) or status >= 500:
        return status
    return status if status in (FORBIDDEN, NOT_YOURS) else OPEN


def routes_of(world: World) -> list[Route]:
    modules = [route for each in world.deployment.modules for route in world.routes(each.name)]
    # Pages of the base about one's own jobs, notices and documents are tested where they are.
    base = (each for each in world.routes("govkit") if not each.rule.arguments)
    return modules + [each for each in base if each.permission != PUBLIC]


SHORT = {
    "municipality": ("own",),
    "school": ("own", "other_school"),
    "class": ("own", "other_class", "other_school"),
}
"""What tells levels apart; other cities are asked for by the suite that every module inherits."""


def relations(world: World, route: Route, role: str) -> tuple[str, ...]:
    if not route.identifiers:
        return RELATIONS[:1]
    if SOAK:
        return RELATIONS
    is_open = expected(world, route, role, "own") != FORBIDDEN
    return SHORT[MATRIX[role]["level"]] if is_open else RELATIONS[:1]


@pytest.mark.parametrize("role", sorted(MATRIX))
def test_every_route_answers_as_the_table_says(conformance_world: World, role: str) -> None:
    world = conformance_world
    client, wrong, asked = world.client(role, MATRIX[role]["level"]), [], 0
    for route in routes_of(world):
        for relation in relations(world, route, role):
            answer = world.ask(client, route, relation)
            asked += 1
            right = expected(world, route, role, relation)
            if given(answer.status_code) != right:
                wrong.append((route.method, route.rule.rule, relation, answer.status_code, right))
            if route.method == "POST" and answer.status_code < 400:
                world.restore()
    world.restore()
    assert asked >= len(routes_of(world))
    assert not wrong, "\n".join(map(str, wrong))


def test_the_table_is_what_a_new_city_begins_with(conformance_world: World) -> None:
    """A change of a default right shows in review as a change of matrix.toml."""
    with conformance_world.deployment.session(OWN, writes=False) as session:
        roles = session.scalars(sa.select(Role)).all()
    made = {each.name: sorted(each.permissions) for each in roles if " " not in each.name}
    listed = {name: sorted(role["permissions"]) for name, role in MATRIX.items()}
    assert {name: made.get(name) for name in listed} == listed
    extra = set(made) - set(listed)
    assert {name for name in extra if not name.isdecimal()} <= {"every_right", "no_right"}


def test_nobody_logged_in_opens_nothing(conformance_world: World) -> None:
    world, visitor, wrong = conformance_world, conformance_world.app.test_client(), []
    for route in routes_of(world):
        for relation in RELATIONS if SOAK and route.identifiers else RELATIONS[:1]:
            answer = world.ask(visitor, route, relation)
            right = 303 if route.method == "GET" else 401
            if route.permission != PUBLIC and answer.status_code != right:
                wrong.append((route.method, route.rule.rule, relation, answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))
