"""What of a row the index holds: entries of its names, and the keys of its place.

A name form of two parts is one *entry* (family, given); of one part (part, blank); of more, one for
each cut in two and one for each pair of parts. So every question about names becomes one about
pairs of texts.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from functools import lru_cache
from itertools import combinations
from typing import Final, NamedTuple, TypeAlias

from govkit.jp.text import DASHES, WAVES
from govkit.residents.adapters.extract_columns import Cells
from govkit.residents.adapters.extract_rows import name_of
from govkit.residents.keys import (
    KeyedName,
    MatchedOn,
    address_key,
    building_key,
    keyed_name,
    name_forms,
    name_key,
    readings,
)

__all__ = ["EntryKind", "EntryMaker", "Place", "PlaceMaker", "stable_key"]


class EntryKind(IntEnum):
    """Which form of a name an entry is of; the bit ``HISTORY`` is added for earlier rows."""

    NAME = 1
    KANA = 2
    ALIAS = 3
    ALIAS_KANA = 4
    FORMER = 5
    FORMER_KANA = 6
    HISTORY = 8


Entry: TypeAlias = tuple[int, int, int]
"""Id of the family part, id of the given part, kind."""

_KINDS: Final = {
    (MatchedOn.NAME, False): EntryKind.NAME,
    (MatchedOn.KANA, True): EntryKind.KANA,
    (MatchedOn.ALIAS, False): EntryKind.ALIAS,
    (MatchedOn.ALIAS, True): EntryKind.ALIAS_KANA,
    (MatchedOn.FORMER_NAME, False): EntryKind.FORMER,
    (MatchedOn.FORMER_NAME, True): EntryKind.FORMER_KANA,
}
_NAME, _KANA = int(EntryKind.NAME), int(EntryKind.KANA)
_FULL: Final = Cells._fields.index("full")
_NAMES: Final = slice(_FULL, Cells._fields.index("preference"))
_SPACE: Final = "\u3000"
# A part that begins with one of these may change the key of what stands before it.
_LEANS_BACK: Final = frozenset(
    f"うウゥゔヴぁぃぅぇぉァィゥェォｳｧｨｩｪｫ\u3099\u309a\u309b\u309c\uff9e\uff9f{DASHES}{WAVES}"
)
_BETWEEN: Final = re.compile(r"[\s・･·‧•]")


class EntryMaker:
    """Makes the entries of names and numbers their texts in the order of their coming.

    :ivar ids: Id of each :func:`name_key`; the blank text has id 0.
    """

    def __init__(self) -> None:
        self.ids: dict[str, int] = {"": 0}
        self._plain_parts: dict[str, int | None] = {}

    def entries(self, cells: tuple[str, ...]) -> list[Entry]:
        """The entries of a row."""
        full, family, given, roman, kanji, kana, kana_family, kana_given, *others = cells[_NAMES]
        if (
            full == f"{family}{_SPACE}{given}"
            and kana == f"{kana_family}{_SPACE}{kana_given}"
            and not (roman or kanji or any(others))
        ):
            parts = self._plain_parts
            try:
                first, second = parts[family], parts[given]
                third, fourth = parts[kana_family], parts[kana_given]
            except KeyError:
                self._learn(family, given, kana_family, kana_given)
                return self.entries(cells)
            if not (first is None or second is None or third is None or fourth is None):
                return [(first, second, _NAME), (third, fourth, _KANA)]
        return list(dict.fromkeys(self._all(cells)))

    def _learn(self, *parts: str) -> None:
        """Take up parts that are nothing but one part of a name."""
        for part in parts:
            if part not in self._plain_parts:
                key = _plain_key(part)
                self._plain_parts[part] = None if key is None else self._id(key)

    def _id(self, key: str) -> int:
        return self.ids.setdefault(key, len(self.ids))

    def _all(self, cells: tuple[str, ...]) -> Iterator[Entry]:
        for form in name_forms(name_of(Cells._make(cells))):
            kind = _KINDS[form.matched_on, form.is_kana]
            for family, given in pairs_of(keyed_name(form.text)):
                yield self._id(family), self._id(given), kind


@lru_cache(1 << 19)
def _plain_key(part: str) -> str | None:
    """The key of a text that is one part of a name and changes no key beside it, else ``None``."""
    is_plain = (
        part != ""
        and part[0] not in _LEANS_BACK
        and not _BETWEEN.search(part)
        and readings(part) == (part,)
    )
    return name_key(part) or None if is_plain else None


def pairs_of(name: KeyedName) -> Iterator[tuple[str, str]]:
    """The pairs of texts that stand for a form of a name."""
    if len(name.parts) == 1:
        yield name.parts[0], ""
        return
    for head, tail in zip(name.heads, name.tails[1:], strict=False):
        yield head, tail
        # The key of the whole is not always that of its parts: サトウ ウメ.
        if head + tail != name.whole:
            yield name.whole[: len(head)], name.whole[len(head) :]
    if len(name.parts) > 2:
        yield from combinations(name.parts, 2)


class Place(NamedTuple):
    """What of an address many people share."""

    municipality_code: str
    machiaza_id: str
    prefecture: str
    city: str
    town: str
    postcode: str


_PLACE: Final = tuple(
    map(
        Cells._fields.index,
        (
            "address_municipality_code",
            "machiaza_id",
            "prefecture",
            "city",
            "town",
            "postcode",
        ),
    )
)
_LOT, _BUILDING = map(Cells._fields.index, ("lot", "building"))
# What a lot may join on to: a number, the words after one, and the letter before.
_OPEN_END: Final = re.compile(
    r"[0-9０-９〇零一二三四五六七八九十百千丁目番地号ノの之\-－ー−‐–大]*\Z"
)
_UNSTABLE: Final = re.compile(r"[0-9/]+\Z")


class _Known(NamedTuple):
    """What is remembered of a place: id, its last letters, and their key."""

    number: int
    end: str
    stable_end: str


class PlaceMaker:
    """Numbers the places of rows, and gives the keys of lot and building.

    :ivar ids: Id of each place.
    :ivar letters: Every letter that stands in the key of an address after its place.
    """

    def __init__(self) -> None:
        self.ids: dict[Place, int] = {}
        self.letters: set[str] = set()
        self._known: dict[tuple[str, ...], _Known] = {}
        self._tails: dict[tuple[str, str], str] = {}

    def place(self, cells: tuple[str, ...]) -> tuple[int, str, str]:
        """Id of the place, key of what the address has after it, key of the building."""
        a, b, c, d, e, f = _PLACE
        place = (cells[a], cells[b], cells[c], cells[d], cells[e], cells[f])
        known = self._known.get(place) or self._learn(place)
        lot = known.end, cells[_LOT]
        tail = self._tails.get(lot)
        if tail is None:
            tail = self._tails[lot] = _tail(known.end, known.stable_end, cells[_LOT])
            self.letters.update(tail)
        return known.number, tail, _building(cells[_BUILDING])

    def _learn(self, cells: tuple[str, ...]) -> _Known:
        *others, postcode = cells
        place = Place._make((*others, postcode.replace("-", "")))
        text = f"{place.prefecture}{place.city}{place.town}"
        end = text[max(_OPEN_END.search(text).start() - 1, 0) :]  # type: ignore[union-attr]
        number = self.ids.setdefault(place, len(self.ids))
        known = self._known[cells] = _Known(number, end, _stable(end))
        return known


@lru_cache(1 << 18)
def _tail(end: str, stable_end: str, lot: str) -> str:
    return address_key(f"{end}{lot}").removeprefix(stable_end)


@lru_cache(1 << 18)
def _building(text: str) -> str:
    return building_key(text) if text else ""


def _stable(text: str) -> str:
    return _UNSTABLE.sub("", address_key(text))


def stable_key(place: Place) -> str:
    """The part of every :func:`address_key` in a place that no lot after it can change."""
    return _stable(f"{place.prefecture}{place.city}{place.town}")
