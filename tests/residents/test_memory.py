from datetime import date

import pytest

from govkit.residents.adapters.memory import MemorySource
from govkit.testing.resident_source import ResidentSourceConformance, invented_residents


class TestMemorySource(ResidentSourceConformance):
    def make_source(self, residents):
        return MemorySource(residents)


def test_two_residents_with_one_id_are_an_error():
    people = invented_residents()
    with pytest.raises(ValueError, match="same id"):
        MemorySource([*people, people[0]])


def test_description_tells_day_and_profile():
    described = MemorySource(
        [], name="見本", profile="フリガナ", as_of=date(2026, 10, 1)
    ).describe()
    assert (described.name, described.rows, described.as_of) == ("見本", 0, date(2026, 10, 1))
