"""Documents are addressed by a kind and a key, which is text: role × kind × whose row, like all routes."""

import pytest

from govkit.modules.attendance.register_sheets import register_key
from govkit.modules.enrolment import RegisterEntry
from govkit.modules.schools import ClassGroup, Pupil
from govkit.testing.module_suite.world import World
from tests.authorization.test_matrix import FORBIDDEN, MATRIX, NOT_YOURS, OPEN, given

pytestmark = pytest.mark.requirement("AUT-2", "P3", "ASVS-8.2.1", "ASVS-8.2.2")

ABOUT = {
    "schools.enrolment_certificate": Pupil,
    "attendance.month_register": ClassGroup,
    "enrolment.school_notice": RegisterEntry,
}
"""Whose row the key of a document names."""
WHOSE = ("own", "other_school", "other_city")


def key_of(world: World, name: str, whose: str) -> str:
    row = world.rows[whose][ABOUT[name]]
    if ABOUT[name] is ClassGroup:
        return register_key(row.id, world.deployment.clock().date().replace(day=1))
    return str(row.id)


def expected(world: World, role: str, name: str, whose: str) -> int:
    held, level = MATRIX[role]["permissions"], MATRIX[role]["level"]
    if world.deployment.press.kinds[name].permission not in held:
        return FORBIDDEN
    if whose == "other_city":
        return NOT_YOURS
    if level == "municipality":
        return OPEN
    return OPEN if world.unit(level) in world.path(ABOUT[name], whose) else NOT_YOURS


def test_every_kind_of_document_is_asked_for(conformance_world: World) -> None:
    assert set(conformance_world.deployment.press.kinds) == set(ABOUT)


@pytest.mark.parametrize("role", sorted(MATRIX))
def test_documents_answer_as_the_table_says(conformance_world: World, role: str) -> None:
    world = conformance_world
    client, wrong = world.client(role, MATRIX[role]["level"]), []
    for name in ABOUT:
        for whose in WHOSE:
            right = expected(world, role, name, whose)
            path = f"/documents/{name}/{key_of(world, name, whose)}"
            ways = [("GET", path)]
            if right != OPEN:  # what may be seen is opened once: its pages show nothing more
                is_numbered = world.deployment.press.kinds[name].is_numbered
                ways.append(("POST", path) if is_numbered else ("GET", f"{path}/file"))
                ways.append(("GET", f"{path}/pages/1.png"))
            for method, address in ways:
                answer = world.open(client, address, method)
                if given(answer.status_code) != right:
                    wrong.append((method, address, whose, answer.status_code, right))
    assert not wrong, "\n".join(map(str, wrong))
