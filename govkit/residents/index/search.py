"""Answers queries over the columns: narrows by every condition, the matcher has the last word.

People are tried in the order of their ids, and no further than the answer needs. Where a condition
leaves few people they are listed; where it leaves many they are met soon, so the columns are read
from the front.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from govkit.residents.index.columns import Columns, People
from govkit.residents.index.narrow import NameCondition
from govkit.residents.index.places import PlaceCondition
from govkit.residents.matching import Matcher
from govkit.residents.records import HouseholdId, PersonId
from govkit.residents.source import UnsupportedQuery

__all__ = ["Narrowing", "born_between"]

_Mask: TypeAlias = NDArray[np.bool_]
_Filter: TypeAlias = Callable[[People], _Mask]

# Up to so many people are listed at once; of more, the first so many are read from the front.
_LISTED: Final = 20_000
_READ_FIRST: Final = 100_000
_LISTED_AT_MOST: Final = 1_000_000
_READ_AT_MOST: Final = 4_000_000
_BLOCKS: Final = (1 << 11, 1 << 16)


class Narrowing:
    """One query over one generation.

    :param within: First position, and one past the last, of the people who count.
    """

    def __init__(self, columns: Columns, matcher: Matcher, within: tuple[int, int]) -> None:
        self._columns, self._matcher = columns, matcher
        self._first, self._last = within
        query = matcher.query
        self._names = [NameCondition(columns, names, query.name_match) for names in matcher.names]
        self._place = PlaceCondition(columns, matcher) if matcher.asks_place else None
        self._born = _days(query.birth_from, query.birth_to)
        self._is_born_settled = False

    def people(self) -> Iterator[int]:
        """Positions of all who can match, in order.

        :raises UnsupportedQuery: When millions would have to be read one by one.
        """
        for block in self._blocks():
            kept = block
            for keeps in self._filters():
                if len(kept):
                    kept = kept[keeps(kept)]
            for position in kept.tolist():
                if self._place is None or self._place.may_live(position):
                    yield position

    def _blocks(self) -> Iterator[People]:
        listed = self._by_number()
        if listed is None:
            size, make = min(
                self._lists(), key=lambda one: one[0], default=(_READ_AT_MOST + 1, None)
            )
            if size <= _LISTED and make is not None:
                listed = make()
            else:
                yield from self._from_the_front(size, make)
                return
        yield from _sliced(self._inside(listed))

    def _inside(self, people: People) -> People:
        first, last = np.searchsorted(people, (self._first, self._last))
        return people[first:last]

    def _from_the_front(self, size: int, make: Callable[[], People] | None) -> Iterator[People]:
        can_list = make is not None and size <= _LISTED_AT_MOST
        read = self._first
        stop = self._last if not can_list else min(self._last, self._first + _READ_FIRST)
        for block in _runs(self._first, stop):
            read += len(block)
            if read - self._first > _READ_AT_MOST:
                raise UnsupportedQuery("too wide")
            yield block
        if read < self._last and make is not None:
            rest = self._inside(make())
            yield from _sliced(rest[np.searchsorted(rest, read) :])

    def _by_number(self) -> People | None:
        """Those with the number or of the household asked for, if one is."""
        columns, matcher = self._columns, self._matcher
        codes = columns.municipalities
        if matcher.number:
            found = [columns.position(PersonId(code, matcher.number)) for code in codes]
            return np.array([place for place in found if place >= 0], np.uint32)
        if matcher.household_number:
            homes = [HouseholdId(code, matcher.household_number) for code in codes]
            return np.sort(np.concatenate([columns.members(home) for home in homes]))
        return None

    def _lists(self) -> Iterator[tuple[int, Callable[[], People]]]:
        """For each condition that can list its people how many they are at most."""
        for names in self._names:
            yield names.size, names.people
        if self._place is not None and self._place.size is not None:
            yield self._place.size, self._place.people
        if self._born is not None:
            first, last = self._born
            yield _count_born(self._columns, first, last), lambda: self._list_born(first, last)

    def _list_born(self, first: int, last: int) -> People:
        self._is_born_settled = True
        return _born(self._columns, first, last)

    def _filters(self) -> Iterator[_Filter]:
        columns, sex = self._columns, self._matcher.query.sex
        if sex:
            code = int(sex) if sex in ("0", "1", "2") else 9
            yield lambda people: (columns.flags[people] & np.uint8(3)) == code
        if self._born is not None:
            first, last = self._born
            yield (
                lambda people: (
                    (columns.born_first[people] <= last) & (columns.born_last[people] >= first)
                )
            )
        if self._place is not None and self._place.size is not None:
            yield self._place.holds
        for names in self._names:
            yield names.holds
        if self._matcher.building_key and self._place is not None:
            yield self._place.building_holds


def _sliced(people: People) -> Iterator[People]:
    start, size = 0, _BLOCKS[0]
    while start < len(people):
        yield people[start : start + size]
        start, size = start + size, min(size * 4, _BLOCKS[1])


def _runs(first: int, last: int) -> Iterator[People]:
    size = _BLOCKS[0]
    while first < last:
        end = min(first + size, last)
        yield np.arange(first, end, dtype=np.uint32)
        first, size = end, min(size * 4, _BLOCKS[1])


def _days(first: date | None, last: date | None) -> tuple[int, int] | None:
    if first is None and last is None:
        return None
    return (first or date.min).toordinal(), (last or date.max).toordinal()


def _birth_places(columns: Columns, first: int, last: int) -> tuple[int, int]:
    def place(day: int) -> int:
        low, high = 0, len(columns.by_birth)
        while low < high:
            middle = (low + high) // 2
            if columns.born_first[columns.by_birth[middle]] < day:
                low = middle + 1
            else:
                high = middle
        return low

    return place(first), place(last + 1)


def _count_born(columns: Columns, first: int, last: int) -> int:
    start, end = _birth_places(columns, first, last)
    return max(end - start, 0) + len(columns.unsure_birth)


def _born(columns: Columns, first: int, last: int) -> People:
    start, end = _birth_places(columns, first, last)
    unsure = columns.unsure_birth
    maybe = (columns.born_first[unsure] <= last) & (columns.born_last[unsure] >= first)
    return np.sort(np.concatenate((columns.by_birth[start : max(start, end)], unsure[maybe])))


def born_between(columns: Columns, first: date, last: date) -> People:
    """Everybody born between two days or perhaps born then, in order."""
    if first > last:
        return np.empty(0, np.uint32)
    return _born(columns, first.toordinal(), last.toordinal())
