"""Residents held in memory: for tests, demonstrations and files read as a whole."""

import heapq
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property

from govkit.residents.adapters.name_index import FuzzyNames, KeyText
from govkit.residents.keys import KeyedName, place_keys, resident_keys
from govkit.residents.matching import Matcher, NameMatch, ResidentQuery, household_order
from govkit.residents.records import Address, HouseholdId, PersonId, Resident
from govkit.residents.source import ResidentSource, SourceDescription

__all__ = ["MemorySource"]


class MemorySource(ResidentSource):
    """A source over residents that fit into memory, with an index for every question.

    :param residents: Current rows, one per person.
    :raises ValueError: When two rows have the same id.
    """

    def __init__(
        self,
        residents: Iterable[Resident],
        *,
        name: str = "memory",
        profile: str = "",
        as_of: date | None = None,
    ) -> None:
        self._rows = sorted(residents, key=lambda resident: resident.id)
        self._by_id = {row.id: row for row in self._rows}
        if len(self._by_id) != len(self._rows):
            raise ValueError("two residents have the same id")
        self._description = SourceDescription(name, profile, as_of, len(self._rows))

    def describe(self) -> SourceDescription:
        """What the source is; it can do everything."""
        return self._description

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        """The residents with these ids."""
        return {one: self._by_id[one] for one in ids if one in self._by_id}

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        """Everybody the query describes, by id, at most ``limit + 1``."""
        matcher = Matcher.of(query)
        found: list[Resident] = []
        for row in self._narrowed(matcher):
            if matcher.match(row) is not None:
                found.append(row)
                if len(found) > limit:
                    break
        return found

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        """All members of a household, the head first."""
        return self._households.get(household, ())

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days or perhaps born then, by id."""
        start, end = first.toordinal(), last.toordinal()
        ordinals, positions, unsure = self._births
        hits = list(positions[bisect_left(ordinals, start) : bisect_right(ordinals, end)])
        hits += (n for n in unsure if self._rows[n].birth.within(first, last) is not False)
        return (self._rows[n] for n in sorted(hits))

    def _narrowed(self, matcher: Matcher) -> Iterable[Resident]:
        """Those who can match, by id: by the index that leaves the fewest."""
        query = matcher.query
        if matcher.number:
            ids = [PersonId(code, matcher.number) for code in self._codes]
            return self.get_many(ids).values()
        if matcher.household_number:
            homes = (HouseholdId(code, matcher.household_number) for code in self._codes)
            members = (row for home in homes for row in self.household(home))
            return sorted(members, key=lambda row: row.id)
        if matcher.names:
            return (self._rows[n] for n in self._named(matcher))
        if query.birth_from or query.birth_to:
            return self.born_between(query.birth_from or date.min, query.birth_to or date.max)
        if matcher.address_key:
            return (self._rows[n] for n in self._places.holding(matcher.address_key))
        if matcher.building_key:
            return (self._rows[n] for n in self._buildings.holding(matcher.building_key))
        return self._rows

    def _named(self, matcher: Matcher) -> Iterator[int]:
        """Position of everybody whose name can match, by the longer of the names asked for."""
        asked = max(matcher.names, key=lambda ways: len(ways[0].whole))
        how = matcher.query.name_match
        found = [one for way in asked for one in self._lookups(way, how)]
        last = -1
        for position in heapq.merge(*found):
            if position != last:
                yield position
            last = position

    def _lookups(self, name: KeyedName, how: NameMatch) -> Iterator[Iterator[int]]:
        if how is NameMatch.FUZZY:
            yield iter(self._fuzzy_names.find(name))
            how = NameMatch.EXACT
        find = {
            NameMatch.EXACT: self._names.equal,
            NameMatch.PREFIX: self._names.beginning,
            NameMatch.PART: self._names.holding,
        }[how]
        yield find(name.whole)
        if len(name.parts) > 1:
            yield find(*name.parts)

    @cached_property
    def _codes(self) -> Sequence[str]:
        return sorted({row.id.municipality_code for row in self._rows})

    @cached_property
    def _households(self) -> Mapping[HouseholdId, Sequence[Resident]]:
        found: dict[HouseholdId, list[Resident]] = {}
        for row in self._rows:
            if isinstance(row.household, HouseholdId):
                found.setdefault(row.household, []).append(row)
        return {one: sorted(members, key=household_order) for one, members in found.items()}

    @cached_property
    def _births(self) -> "tuple[array[int], array[int], list[int]]":
        known: list[tuple[int, int]] = []
        unsure: list[int] = []
        for n, row in enumerate(self._rows):
            if row.birth.value is not None and row.birth.is_known:
                known.append((row.birth.value.toordinal(), n))
            else:
                unsure.append(n)
        known.sort()
        return array("l", (day for day, _ in known)), array("l", (n for _, n in known)), unsure

    @cached_property
    def _names(self) -> KeyText:
        return KeyText(map(resident_keys, self._rows))

    @cached_property
    def _fuzzy_names(self) -> FuzzyNames:
        return FuzzyNames(self._rows)

    @cached_property
    def _places(self) -> KeyText:
        return KeyText(
            [place for place, _ in map(place_keys, _addresses(row))] for row in self._rows
        )

    @cached_property
    def _buildings(self) -> KeyText:
        return KeyText([room for _, room in map(place_keys, _addresses(row))] for row in self._rows)


def _addresses(resident: Resident) -> Iterator[Address]:
    for address in (resident.address, *(row.address for row in resident.history)):
        if isinstance(address, Address):
            yield address
