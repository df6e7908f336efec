"""Residents of another system, here a SQLite file with the table ``person``."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from itertools import islice
from pathlib import Path

from govkit.errors import InvalidValue
from govkit.residents.codec import from_record
from govkit.residents.matching import Matcher, ResidentQuery, household_order
from govkit.residents.records import HouseholdId, PersonId, Resident
from govkit.residents.source import ResidentSource, SourceDescription, SourceUnavailable

__all__ = ["{{ cookiecutter.__class }}"]


class {{ cookiecutter.__class }}(ResidentSource):
    """The residents of one municipality."""

    def __init__(self, path: Path, municipality_code: str) -> None:
        self._path = path
        self._municipality_code = municipality_code

    def describe(self) -> SourceDescription:
        """What the source is; every kind of match, for the matcher decides."""
        return SourceDescription("{{ cookiecutter.adapter_name }}")

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        """The residents with these ids."""
        numbers = [each.addressee_number for each in ids if self._is_ours(each)]
        rows = self._rows("number IN (SELECT value FROM json_each(?))", json.dumps(numbers))
        return {row.id: row for row in rows}

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        """Narrow down as the system can, then let the matcher have the last word."""
        matcher = Matcher(query)
        if query.birth_from or query.birth_to:
            rows = self._born(query.birth_from or date.min, query.birth_to or date.max)
        else:
            rows = self._rows("? IN ('', number)", query.addressee_number.strip())
        return list(islice((row for row in rows if matcher.match(row) is not None), limit + 1))

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        """All members of a household, the head first."""
        number = household.household_number if self._is_ours(household) else ""
        return sorted(self._rows("household = ?", number), key=household_order)

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days, and those who may have been."""
        rows = self._born(first, last)
        return (row for row in rows if row.birth.within(first, last) is not False)

    def _is_ours(self, one: PersonId | HouseholdId) -> bool:
        return one.municipality_code == self._municipality_code

    def _born(self, first: date, last: date) -> list[Resident]:
        return self._rows("born_last >= ? AND born_first <= ?", f"{first}", f"{last}")

    def _rows(self, where: str, *values: str) -> list[Resident]:
        statement = f"SELECT record FROM person WHERE {where} ORDER BY number"
        try:
            with closing(sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True)) as database:
                return [_resident(record) for (record,) in database.execute(statement, values)]
        except (sqlite3.Error, InvalidValue, json.JSONDecodeError) as error:
            raise SourceUnavailable(type(error).__name__) from error


def _resident(record: str) -> Resident:
    return from_record(json.loads(record))
