"""Which people can live where a query asks, now or earlier."""

import re

import numpy as np
from numpy.typing import NDArray

from govkit.residents.index.columns import Columns, People
from govkit.residents.index.merge import spans
from govkit.residents.index.texts import Ids
from govkit.residents.matching import Matcher

__all__ = ["PlaceCondition"]


class PlaceCondition:
    """What a query asks of the address.

    :ivar size: How many people have lived in a place that fits, ``None`` if every place does.
    """

    def __init__(self, columns: Columns, matcher: Matcher) -> None:
        self._columns = columns
        self._needles = {matcher.building_key.encode("utf-8", "surrogatepass")} - {b""}
        self._address_needles: frozenset[bytes] = frozenset()
        self._sure = np.zeros(0, np.bool_)
        places = self._by_address(matcher.address_key)
        if matcher.machiaza_id or matcher.postcode:
            places = self._by_codes(matcher, places)
        self._places = places
        self._mask: NDArray[np.bool_] | None = None
        self.size: int | None = None
        if places is not None:
            start = columns.place_start
            self.size = int((start[places + np.uint32(1)] - start[places]).sum(dtype=np.int64))
            self._mask = np.zeros(len(start) - 1, np.bool_)
            self._mask[places] = True

    def _by_address(self, key: str) -> Ids | None:
        """Places that fit the address, and what the rest of the address must then hold."""
        if not key:
            return None
        inside, ends = self._columns.place_texts.parts(key)
        cuts = [cut for cut, ids in enumerate(ends, 1) if len(ids)]
        may_be_rest = set(key) <= set(self._columns.manifest["letters"])
        rests = {key[cut:] for cut in cuts} | ({key} if may_be_rest else set())
        # Where every such place holds the key itself, nothing more needs to be looked at.
        found = np.unique(np.concatenate((inside, *ends)))
        if len(found) > len(inside) or may_be_rest:
            sure = np.zeros(len(self._columns.place_texts), np.bool_)
            sure[inside] = True
            self._sure = sure
            self._address_needles = frozenset(one.encode("utf-8") for one in rests | {key})
        return None if may_be_rest else found.astype(np.uint32)

    def _by_codes(self, matcher: Matcher, places: Ids | None) -> Ids:
        every = self._columns.places
        wanted = range(len(every)) if places is None else places.tolist()
        found = [
            n
            for n in wanted
            if (not matcher.machiaza_id or every[n].machiaza_id == matcher.machiaza_id)
            and (not matcher.postcode or _digits(every[n].postcode) == matcher.postcode)
        ]
        return np.array(found, np.uint32)

    def people(self) -> People:
        """Everybody who has lived in a place that fits."""
        places = self._places
        if places is None:
            return np.arange(self._columns.people, dtype=np.uint32)
        start = self._columns.place_start
        first = start[places].astype(np.int64)
        runs = spans(first, start[places + np.uint32(1)].astype(np.int64) - first)
        return np.unique(self._columns.place_person[runs])

    def holds(self, people: People) -> NDArray[np.bool_]:
        """For each of these people whether they have lived in a place that fits."""
        columns = self._columns
        if self._mask is None:
            return np.ones(len(people), np.bool_)
        found = self._mask[columns.place[people]]
        first = np.searchsorted(columns.extra_person, people, side="left")
        last = np.searchsorted(columns.extra_person, people, side="right")
        for n in np.flatnonzero((last > first) & ~found).tolist():
            found[n] = self._mask[columns.extra_place[first[n] : last[n]]].any()
        return found

    def building_holds(self, people: People) -> NDArray[np.bool_]:
        """For each of these people whether the text of lot and building holds the building.

        Only a run of people without a gap is looked at, the others pass.
        """
        found = np.ones(len(people), np.bool_)
        first, last = int(people[0]), int(people[-1]) + 1
        if last - first != len(people) or len(people) == 1:
            return found
        start = self._columns.tail_start[first : last + 1]
        text = self._columns.tails[int(start[0]) : int(start[-1])]
        for needle in self._needles:
            holders = np.searchsorted(start[1:] - start[0], _found(text, needle), side="right")
            holding = np.zeros(len(people), np.bool_)
            holding[holders] = True
            found &= holding
        return found

    def may_live(self, position: int) -> bool:
        """Whether lot and building of a person, or earlier ones, hold what they must."""
        if not (self._needles or self._address_needles):
            return True
        tail = self._columns.tail(position)
        if not all(needle in tail for needle in self._needles):
            return False
        if not self._address_needles or self._is_sure(position):
            return True
        return any(needle in tail for needle in self._address_needles)

    def _is_sure(self, position: int) -> bool:
        columns = self._columns
        if self._sure[columns.place[position]]:
            return True
        first, last = np.searchsorted(columns.extra_person, (position, position + 1))
        return bool(self._sure[columns.extra_place[first:last]].any())


def _found(text: bytes, needle: bytes) -> NDArray[np.uint64]:
    """Every place at which a text holds another."""
    found: list[int] = []
    at = text.find(needle)
    while at >= 0:
        found.append(at)
        at = text.find(needle, at + len(needle))
    return np.array(found, np.uint64)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text, flags=re.ASCII)
