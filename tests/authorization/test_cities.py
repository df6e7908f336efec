"""P1: 62 cities full of marked rows; whoever asks, in whatever role, no mark of another city comes.

Pages, downloads, headers, log lines and audit rows are searched for the marks of the other cities.
The short form has few cities; ``GOVKIT_SOAK=1`` takes 62 and 200,000 requests.
"""

import io
import logging
import random
import re
import zipfile

import pytest
import sqlalchemy as sa

from govkit.base.audit import AuditEvent
from govkit.base.deployment import Deployment
from govkit.errors import InvalidValue
from govkit.jp.numbers import MunicipalityCode
from govkit.testing.module_suite.rows import tenant_classes
from govkit.testing.module_suite.world import Route, World
from govkit.testing.plugin import FixedClock
from tests.authorization.test_documents import ABOUT, key_of
from tests.authorization.test_matrix import MATRIX, routes_of
from tests.soak import SOAK

pytestmark = pytest.mark.requirement("TEN-1", "P1", "ASVS-8.4.1")

CITIES, REQUESTS = (62, 200_000) if SOAK else (4, 250)
MARK = re.compile(r"札(\d{6})")


def _is_code(text: str) -> bool:
    try:
        MunicipalityCode.parse(text)
    except InvalidValue:
        return False
    return True


def codes(count: int) -> list[str]:
    """Codes in Tokyo (13), joined or invented, each with its right check digit."""
    numbers = (f"13{number:03}{digit}" for number in range(500, 999) for digit in range(10))
    return [each for each in numbers if _is_code(each)][:count]


@pytest.fixture(scope="module")
def crowd(sqlite_databases):
    """Many cities, each with a row of every table, all texts marked with the city's code."""
    deployment = Deployment(sqlite_databases.settings(), clock=FixedClock())
    world = World(deployment)
    for code in codes(CITIES):
        world.add_city(code, f"札{code}市", f"札{code}")
    world.remember()
    for code in codes(CITIES):
        for role in MATRIX if SOAK else random.Random(code).sample(sorted(MATRIX), 3):
            world.client(role, MATRIX[role]["level"], code)
    yield world
    deployment.close()


def texts(answer) -> str:
    """Everything an answer says: headers, text, and what is inside an archive."""
    found = [str(answer.headers), answer.data.decode("utf-8", "replace")]
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            found += [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    return "\n".join(found)


def test_no_mark_of_another_city_comes_to_light(crowd: World, caplog) -> None:
    caplog.set_level(logging.INFO)
    chance = random.Random(62)
    asked: list[Route | str] = [*routes_of(crowd), *ABOUT]  # documents by the name of their kind
    foreign: list[object] = []
    own_seen = 0
    people = [each for each in crowd.clients if each.rpartition("@")[2] in crowd.rows]
    for number in range(REQUESTS):
        name = chance.choice(people)
        city = name.rpartition("@")[2]
        # Every route is asked for in turn, of the own city and of another one.
        route = asked[number % len(asked)]
        whose = city if chance.random() < 0.5 else chance.choice(codes(CITIES))
        if isinstance(route, Route):
            answer = crowd.ask(crowd.clients[name], route, whose)
        else:
            address = f"/documents/{route}/{key_of(crowd, route, whose)}"
            answer = crowd.open(crowd.clients[name], address)
        marks = set(MARK.findall(texts(answer)))
        own_seen += city in marks
        if marks - {city} or answer.status_code >= 500:
            foreign.append((name, route, whose, answer.status_code, marks))
    assert not foreign, foreign[:5]
    assert own_seen > REQUESTS / 10
    assert not MARK.search("".join(str(vars(each)) for each in caplog.records))
    _assert_audit_is_clean(crowd)


def _assert_audit_is_clean(crowd: World) -> None:
    """No audit row of a city names a row, or holds a text, of another city."""
    owner = {
        str(row.id): code
        for code in codes(CITIES)
        for model, row in crowd.rows[code].items()
        if model in tenant_classes()
    }
    for code in codes(CITIES):
        with crowd.deployment.session(code, writes=False) as session:
            events = session.scalars(sa.select(AuditEvent)).all()
        named = {owner.get(each, code) for event in events for each in event.subject_ids}
        said = {mark for event in events for mark in MARK.findall(f"{event.reason}{event.detail}")}
        assert named | said <= {code}
