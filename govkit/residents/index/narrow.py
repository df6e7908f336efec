"""Which entries of names can satisfy a condition on names, as boxes of the name dictionary.

A box is a set of first texts and a set of second texts; an entry lies in it if both of its texts
do. The boxes of a condition hold every entry that a
:class:`~govkit.residents.matching.Matcher` can accept, and few others.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from govkit.residents.agreement import NameMatch
from govkit.residents.index.columns import Columns, People
from govkit.residents.index.merge import spans
from govkit.residents.index.texts import Ids, TextTable
from govkit.residents.keys import KeyedName

__all__ = ["Box", "NameCondition", "distinct"]


@dataclass(frozen=True, slots=True)
class Box:
    """A set of first and a set of second texts by id; ``None`` is any text."""

    first: Ids | None
    second: Ids | None

    @property
    def is_empty(self) -> bool:
        """Whether no entry can lie in it."""
        return any(ids is not None and not len(ids) for ids in (self.first, self.second))


class _Finder:
    """Looks texts up in the dictionary; each only once for a condition."""

    def __init__(self, table: TextTable) -> None:
        self._table = table
        self._known: dict[tuple[str, str], Ids] = {}

    def _once(self, how: str, text: str, find: Callable[[str], Ids]) -> Ids:
        found = self._known.get((how, text))
        if found is None:
            found = self._known[how, text] = find(text)
        return found

    def exact(self, text: str) -> Ids:
        return self._once("exact", text, lambda one: _range(*self._table.exact(one)))

    def prefix(self, text: str) -> Ids:
        return self._once("prefix", text, lambda one: _range(*self._table.prefix(one)))

    def part(self, text: str) -> Ids:
        return self._once("part", text, lambda one: self._table.parts(one)[0])

    def endings(self, text: str) -> list[Ids]:
        return self._table.parts(text)[1]

    def near(self, text: str) -> Ids:
        return self._once("near", text, self._table.near)

    def slip(self, text: str) -> Ids:
        return self._once("slip", text, lambda one: self._table.near(one, even_short=True))


def _range(first: int, last: int) -> Ids:
    return np.arange(first, last, dtype=np.uint32)


def _both_ways(parts: Sequence[str], find: Callable[[str], Ids]) -> Iterator[Box]:
    """Two parts in either order; the longest ones, for they leave the fewest people."""
    one, other, *_ = sorted(parts, key=len, reverse=True)
    yield Box(find(one), find(other))
    yield Box(find(other), find(one))


def _alone(ids: Ids) -> Iterator[Box]:
    yield Box(ids, None)
    yield Box(None, ids)


def _whole(find: _Finder, name: KeyedName, ends: Callable[[str], Ids]) -> Iterator[Box]:
    """A whole name, cut anywhere, of which the last piece is found by ``ends``."""
    whole = name.whole
    yield from _alone(ends(whole))
    for cut in range(1, len(whole)):
        yield Box(find.exact(whole[:cut]), ends(whole[cut:]))
    if len(name.parts) > 1:
        yield from _both_ways(name.parts, ends)


def _exact(find: _Finder, name: KeyedName) -> Iterator[Box]:
    return _whole(find, name, find.exact)


def _prefix(find: _Finder, name: KeyedName) -> Iterator[Box]:
    return _whole(find, name, find.prefix)


def _part(find: _Finder, name: KeyedName) -> Iterator[Box]:
    whole = name.whole
    yield from _alone(find.part(whole))
    for cut, ending in enumerate(find.endings(whole), 1):
        yield Box(ending, find.prefix(whole[cut:]))
    if len(name.parts) > 1:
        yield from _both_ways(name.parts, find.part)


def _fuzzy(find: _Finder, name: KeyedName) -> Iterator[Box]:
    yield from _exact(find, name)
    if len(name.parts) > 1:
        yield from _both_ways(name.parts, find.near)
        return
    typed = name.whole
    yield from _alone(find.near(typed))
    for cut in range(1, len(typed)):
        left, right = typed[:cut], typed[cut:]
        yield from _both_ways((left, right), find.near)
        # One edit in the whole name may spoil a part too short to have neighbours of its own.
        yield Box(find.exact(left), find.slip(right))
        yield Box(find.slip(left), find.exact(right))
        swapped = f"{typed[: cut - 1]}{typed[cut]}{typed[cut - 1]}{typed[cut + 1 :]}"
        yield Box(find.exact(swapped[:cut]), find.exact(swapped[cut:]))


_BOXES: Final = {
    NameMatch.EXACT: _exact,
    NameMatch.PREFIX: _prefix,
    NameMatch.PART: _part,
    NameMatch.FUZZY: _fuzzy,
}


class NameCondition:
    """What a query asks of names, any of several readings of one text.

    :ivar size: How many entries must be looked at to list the people; those of which a second
        text has to be read and few stay cost a tenth.
    """

    def __init__(self, columns: Columns, names: Sequence[KeyedName], how: NameMatch) -> None:
        self._columns = columns
        find = _Finder(columns.names)
        boxes = (box for name in names for box in _BOXES[how](find, name))
        self._boxes = [box for box in boxes if not box.is_empty]
        self._sizes = [min(self._first_size(box), self._second_size(box)) for box in self._boxes]
        self.size = sum(
            size if box.first is None or box.second is None else size // 10
            for box, size in zip(self._boxes, self._sizes, strict=True)
        )
        self._masks: list[tuple[NDArray[np.bool_] | None, ...]] | None = None

    def _first_size(self, box: Box) -> int:
        return _size(self._columns.family_start, box.first)

    def _second_size(self, box: Box) -> int:
        return _size(self._columns.given_start, box.second)

    def people(self) -> People:
        """Everybody who has an entry in a box."""
        found = [
            self._in_box(box) for box, size in zip(self._boxes, self._sizes, strict=True) if size
        ]
        return distinct(np.concatenate(found)) if found else np.empty(0, np.uint32)

    def _in_box(self, box: Box) -> People:
        columns = self._columns
        if self._first_size(box) <= self._second_size(box):
            start, ids, other = columns.family_start, box.first, box.second
            texts, people = columns.family_given, columns.family_person
        else:
            start, ids, other = columns.given_start, box.second, box.first
            texts, people = columns.given_family, columns.given_person
        places = _places(start, ids)
        if other is not None:
            places = places[_within(texts[places], other, len(columns.names))]
        found: People = people[places]
        return found

    def holds(self, people: People) -> NDArray[np.bool_]:
        """For each of these people whether an entry lies in a box."""
        if not len(people):
            return np.zeros(0, np.bool_)
        columns = self._columns
        start = columns.entry_start[people].astype(np.int64)
        count = columns.entry_start[people + 1].astype(np.int64) - start
        if int(people[-1]) - int(people[0]) + 1 == len(people):
            entries: slice | NDArray[np.int64] = slice(int(start[0]), int(start[-1] + count[-1]))
        else:
            entries = spans(start, count)
        first, second = columns.entry_family[entries], columns.entry_given[entries]
        is_in = np.zeros(len(first), np.bool_)
        for one, other in self._all_masks():
            hit = one[first] if one is not None else None
            if other is not None:
                hit = other[second] if hit is None else hit & other[second]
            is_in |= True if hit is None else hit
        holders = np.repeat(np.arange(len(people)), count)[is_in]
        found = np.zeros(len(people), np.bool_)
        found[holders] = True
        return found

    def _all_masks(self) -> "list[tuple[NDArray[np.bool_] | None, ...]]":
        if self._masks is None:
            size = len(self._columns.names)
            self._masks = [
                tuple(None if ids is None else _mask(ids, size) for ids in (box.first, box.second))
                for box in self._boxes
            ]
        return self._masks


def distinct(people: NDArray[np.uint32]) -> People:
    """People sorted, each once; by sorting, for numpy's own way is slower on integers."""
    ordered = np.sort(people)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def _size(start: NDArray[np.uint32], ids: Ids | None) -> int:
    if ids is None:
        return int(start[-1])
    if _is_run(ids):
        return int(start[int(ids[-1]) + 1]) - int(start[int(ids[0])])
    return int((start[ids + np.uint32(1)] - start[ids]).sum(dtype=np.int64))


def _is_run(ids: Ids) -> bool:
    return int(ids[-1]) - int(ids[0]) + 1 == len(ids)


def _places(start: NDArray[np.uint32], ids: Ids | None) -> NDArray[np.int64]:
    if ids is None:
        return np.arange(int(start[-1]), dtype=np.int64)
    if _is_run(ids):
        return np.arange(int(start[int(ids[0])]), int(start[int(ids[-1]) + 1]), dtype=np.int64)
    first = start[ids].astype(np.int64)
    return spans(first, start[ids + np.uint32(1)].astype(np.int64) - first)


def _within(texts: NDArray[np.uint32], ids: Ids, size: int) -> NDArray[np.bool_]:
    if _is_run(ids):
        found: NDArray[np.bool_] = (texts >= ids[0]) & (texts <= ids[-1])
        return found
    return np.asarray(_mask(ids, size)[texts])


def _mask(ids: Ids, size: int) -> NDArray[np.bool_]:
    mask = np.zeros(size, np.bool_)
    mask[ids] = True
    return mask
