"""Every adapter of the tree, over given residents: for what has to hold whichever stands behind."""

import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.residents.adapters.cached import Cached
from govkit.residents.adapters.memory import MemorySource
from govkit.residents.adapters.sql_view import SqlView
from govkit.testing.plugin import FixedClock
from govkit.testing.resident_source import CITY
from tests.modules.resident_extracts.test_source import stored
from tests.residents.foreign_view import columns, fill
from tests.residents.index_files import indexed, scratch
from tests.residents.rest_api import standing
from tests.residents.test_composite import (
    TestMunicipalities,
    TestOneOfMunicipalities,
    TestStandby,
    TestWithNonResidents,
)
from tests.residents.test_csv_extract import TestCsvExtract
from tests.residents.test_non_residents import outside_the_register
from tests.residents.test_protected import TestProtected
from tests.residents.test_recorded import Replayed


@contextmanager
def memory():
    yield MemorySource


@contextmanager
def csv_extract():
    yield TestCsvExtract().make_source


@contextmanager
def protected():
    yield TestProtected().make_source


@contextmanager
def cached():
    yield lambda residents: Cached(MemorySource(residents), ttl=timedelta(minutes=10))


@contextmanager
def municipalities():
    yield TestMunicipalities().make_source


@contextmanager
def one_of_municipalities():
    yield TestOneOfMunicipalities().make_source


@contextmanager
def with_non_residents():
    yield TestWithNonResidents().make_source


@contextmanager
def standby():
    yield TestStandby().make_source


@contextmanager
def recorded():
    with tempfile.TemporaryDirectory() as folder:
        yield lambda residents: Replayed(residents, Path(folder))


@contextmanager
def local_index():
    shelf = scratch()
    yield lambda residents: indexed(shelf / f"{hash(tuple(residents)) & 0xFFFFFFFF:x}", residents)
    shutil.rmtree(shelf)


@contextmanager
def sql_view():
    with tempfile.TemporaryDirectory() as folder:
        engine = sa.create_engine(f"sqlite:///{Path(folder)}/register.sqlite3")

        def make(residents):
            fill(engine, residents)
            return SqlView(engine, columns(), municipality_code=CITY)

        yield make
        engine.dispose()


@contextmanager
def rest():
    with standing() as stand:
        yield stand.source
        stand.reset()


@contextmanager
def non_residents():
    with outside_the_register() as (stand, make):
        yield make
        stand.reset()


@contextmanager
def stored_residents(databases):
    deployment = Deployment(databases.settings(), clock=FixedClock())
    city = deployment.municipality(CITY)
    with deployment.work(city, Actor.operator("試験")) as work:
        yield lambda residents: stored(work, residents)
    deployment.close()


EVERY = {
    each.__name__: each
    for each in (
        memory,
        csv_extract,
        protected,
        cached,
        municipalities,
        one_of_municipalities,
        with_non_residents,
        standby,
        recorded,
        local_index,
        sql_view,
        rest,
        non_residents,
        stored_residents,
    )
}
"""Opens what makes sources, by name of the adapter; one is used before the next one is made."""
SLOW = {"non_residents", "recorded", "rest", "sql_view", "stored_residents"}
"""Those that take longer: fewer questions in the normal run."""
HOMELESS = {"non_residents"}
"""Those whose people have no household, as they are not in the register."""


def known_to(name, residents):
    """Residents as the adapter of that name holds them."""
    if name not in HOMELESS:
        return residents
    alone = {"household": None, "relationship": "", "head_name": ""}
    return type(residents)(replace(one, **alone) for one in residents)


@pytest.fixture(scope="module", params=EVERY)
def adapter(request):
    """The name of an adapter, and what makes a source of it."""
    needs = [request.getfixturevalue("sqlite_databases")] * (request.param == "stored_residents")
    with EVERY[request.param](*needs) as make:
        yield request.param, make
