import shutil

import pytest

from govkit.residents.index import LocalIndex
from govkit.testing.resident_source import Fault, ResidentSourceConformance
from tests.residents.index_files import indexed, scratch


@pytest.fixture(scope="module")
def shelf():
    folder = scratch()
    yield folder
    shutil.rmtree(folder)


class TestLocalIndex(ResidentSourceConformance):
    faults = frozenset({Fault.UNREACHABLE, Fault.TRUNCATED, Fault.STALE_HALF})

    @pytest.fixture(autouse=True)
    def _shelf(self, shelf):
        self._shelf, self._built = shelf, {}

    def make_source(self, residents):
        # The same people twice are built once: a property asks for them several times.
        key = hash(tuple(residents))
        if key not in self._built:
            self._built[key] = indexed(self._shelf / f"{abs(key):x}", residents)
        return self._built[key]

    def make_faulty_source(self, residents, fault):
        target = self._shelf / fault.value
        indexed(target, residents)
        generation = target / (target / "CURRENT").read_text(encoding="ascii").strip()
        files = sorted(generation.iterdir())
        if fault is Fault.UNREACHABLE:
            shutil.rmtree(target)
        elif fault is Fault.TRUNCATED:
            for file in files:
                file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
        else:  # a build that was killed before it named its generation
            half = target / f"{int(generation.name) + 1:08d}"
            half.mkdir()
            for file in files[: len(files) // 2]:
                shutil.copy(file, half)
        return LocalIndex(target)

    def replace_residents(self, source, residents):
        indexed(source.target, residents, allowed_change=None)
