import shutil

import pytest

from govkit.testing.resident_source import ResidentSourceConformance
from tests.residents.index_files import indexed, scratch


@pytest.fixture(scope="module")
def shelf():
    folder = scratch()
    yield folder
    shutil.rmtree(folder)


class TestLocalIndex(ResidentSourceConformance):
    @pytest.fixture(autouse=True)
    def _shelf(self, shelf):
        self._shelf, self._built = shelf, {}

    def make_source(self, residents):
        # The same people twice are built once: a property asks for them several times.
        key = hash(tuple(residents))
        if key not in self._built:
            self._built[key] = indexed(self._shelf / f"{abs(key):x}", residents)
        return self._built[key]

    def replace_residents(self, source, residents):
        indexed(source.target, residents, allowed_change=None)
