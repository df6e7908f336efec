"""Writes the columns of a new generation from the merged municipalities."""

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from govkit.residents.index.keying import Place, stable_key
from govkit.residents.index.merge import NO_HOUSEHOLD
from govkit.residents.index.numbers import encoded
from govkit.residents.index.texts import text_columns
from govkit.residents.keys import loose_key

__all__ = ["Vocabulary", "assemble"]

Array: TypeAlias = NDArray[Any]
LoadCity: TypeAlias = Callable[[int], Mapping[str, Array]]
"""The columns of a municipality by its number."""

_WORD: Final = 64
_Key = TypeVar("_Key", bound=Hashable)


class Vocabulary:
    """All texts of names and all places of a build, with their ids.

    Give it every chunk by :meth:`take`, then call :meth:`close`.

    :ivar names: Loose and plain key of each text by id; ``places`` stable key and place.
    :ivar name_ids: For each chunk the ids of its texts; ``place_ids`` those of its places.
    """

    def __init__(self) -> None:
        self.names: list[tuple[str, str]] = []
        self.places: list[tuple[str, Place]] = []
        self.name_ids: list[Array] = []
        self.place_ids: list[Array] = []
        self._texts: dict[str, int] = {"": 0}
        self._known_places: dict[Place, int] = {}

    def take(self, names: Sequence[str], places: Sequence[Sequence[str]]) -> None:
        """Take the texts and the places of the next chunk."""
        texts, known = self._texts, self._known_places
        ids = (texts.setdefault(text, len(texts)) for text in names)
        self.name_ids.append(np.fromiter(ids, np.uint32, len(names)))
        made = map(Place._make, places)
        ids = (known.setdefault(place, len(known)) for place in made)
        self.place_ids.append(np.fromiter(ids, np.uint32, len(places)))

    def close(self) -> None:
        """Sort everything and give it the ids that count."""
        self.names = sorted((loose_key(text), text) for text in self._texts)
        self.places = sorted((stable_key(place), place) for place in self._known_places)
        names = _renumbered(self._texts, [text for _, text in self.names])
        places = _renumbered(self._known_places, [place for _, place in self.places])
        self.name_ids = [names[ids] for ids in self.name_ids]
        self.place_ids = [places[ids] for ids in self.place_ids]

    def write(self, folder: Path) -> None:
        """Write the dictionaries."""
        for name, column in text_columns(self.names, near=True).items():
            _save(folder, f"names_{name}", column)
        texts = [(stable, stable) for stable, _ in self.places]
        for name, column in text_columns(texts, near=False).items():
            _save(folder, f"places_{name}", column)
        places = json.dumps([place for _, place in self.places], ensure_ascii=False)
        (folder / "places.json").write_text(places, encoding="utf-8")


def _renumbered(numbers: Mapping[_Key, int], order: Sequence[_Key]) -> Array:
    """By old number the place in the order."""
    found = np.empty(len(order), np.uint32)
    for place, key in enumerate(order):
        found[numbers[key]] = place
    return found


def assemble(folder: Path, vocabulary: Vocabulary, count: int, load: LoadCity) -> int:
    """Write every column but those of the records' texts.

    :param count: Number of municipalities.
    :returns: Number of people.
    """
    cities = _Cities(count, load)
    people = _write_people(folder, cities)
    _write_households(folder, cities, people)
    _write_places(folder, cities, len(vocabulary.places), people)
    _write_names(folder, cities, len(vocabulary.names), people)
    vocabulary.write(folder)
    return people


class _Cities:
    """Columns of the municipalities one after the other; each column is loaded when asked for."""

    def __init__(self, count: int, load: LoadCity) -> None:
        self._count, self._load = count, load
        self.sizes = [len(load(n)["flags"]) for n in range(count)]

    def each(self, name: str) -> list[Array]:
        """The column of each municipality."""
        return [self._load(n)[name] for n in range(self._count)]

    def joined(self, name: str) -> Array:
        """The column of all."""
        return np.concatenate(self.each(name))


def _save(folder: Path, name: str, column: Array) -> None:
    np.save(folder / f"{name}.npy", column, allow_pickle=False)


def _starts(counts: Array | Sequence[int], kind: type[np.generic]) -> Array:
    return np.concatenate(([0], np.cumsum(counts))).astype(kind)


def _write_people(folder: Path, cities: _Cities) -> int:
    _save(folder, "city_start", _starts(cities.sizes, np.int64))
    _save(folder, "number", encoded(cities.joined("number")))
    first, last = cities.joined("first"), cities.joined("last")
    _save(folder, "born_first", first)
    _save(folder, "born_last", last)
    known = np.flatnonzero(first == last).astype(np.uint32)
    order = _sorted_pairs(first[known], known, len(first))
    _save(folder, "by_birth", order)
    _save(folder, "unsure_birth", np.flatnonzero(first != last).astype(np.uint32))
    _save(folder, "flags", cities.joined("flags"))
    _save(folder, "row_start", _starts(cities.joined("rows"), np.uint32))
    _save(folder, "row_at", cities.joined("row_at"))
    _save(folder, "row_size", cities.joined("row_size"))
    _save(folder, "row_rank", cities.joined("row_rank"))
    _save(folder, "tail_start", _starts(cities.joined("tail_size"), np.uint64))
    return len(first)


def _bits(size: int) -> int:
    return max(size - 1, 1).bit_length()


def _sorted_pairs(keys: Array, people: Array, size: int) -> Array:
    """People sorted by key, then by position."""
    shift = np.uint64(_bits(size))
    packed = keys.astype(np.uint64) << shift | people.astype(np.uint64)
    packed.sort()
    packed &= (np.uint64(1) << shift) - np.uint64(1)
    return packed.astype(np.uint32)


def _write_households(folder: Path, cities: _Cities, people: int) -> None:
    numbers = cities.each("household_number")
    start = _starts([len(part) for part in numbers], np.int64)
    width = max(part.dtype.itemsize for part in numbers)
    codes = encoded(np.concatenate([part.astype(f"S{max(width, 1)}") for part in numbers]))
    _save(folder, "household_number", codes)
    _save(folder, "household_city_start", start)
    column = np.concatenate(
        [
            np.where(part == NO_HOUSEHOLD, part, part + np.uint32(first))
            for part, first in zip(cities.each("household"), start.tolist(), strict=False)
        ]
    ).astype(np.uint32)
    _save(folder, "household", column)
    members = np.flatnonzero(column != NO_HOUSEHOLD).astype(np.uint32)
    homes = column[members]
    _save(folder, "household_start", _starts(np.bincount(homes, minlength=len(codes)), np.uint32))
    _save(folder, "household_person", _sorted_pairs(homes, members, people))


def _write_places(folder: Path, cities: _Cities, places: int, people: int) -> None:
    column = cities.joined("place")
    _save(folder, "place", column)
    first = _starts(cities.sizes, np.int64).tolist()
    extra_person = np.concatenate(
        [part + np.uint32(n) for part, n in zip(cities.each("extra_person"), first, strict=False)]
    )
    extra_place = cities.joined("extra_place")
    _save(folder, "extra_person", extra_person)
    _save(folder, "extra_place", extra_place)
    every = np.concatenate((column, extra_place))
    person = np.concatenate((np.arange(people, dtype=np.uint32), extra_person))
    _save(folder, "place_start", _starts(np.bincount(every, minlength=places), np.uint32))
    _save(folder, "place_person", _sorted_pairs(every, person, people))


def _write_names(folder: Path, cities: _Cities, names: int, people: int) -> None:
    counts = cities.joined("entries")
    _save(folder, "entry_start", _starts(counts, np.uint32))
    person = np.repeat(np.arange(people, dtype=np.uint32), counts)
    _save(folder, "entry_kind", cities.joined("kind"))
    family, given = cities.joined("family"), cities.joined("given")
    _save(folder, "entry_family", family)
    _save(folder, "entry_given", given)
    _write_view(folder, ("family", "given"), (family, given, person), (names, people))
    _write_view(folder, ("given", "family"), (given, family, person), (names, people))


def _write_view(
    folder: Path,
    names: tuple[str, str],
    columns: tuple[Array, Array, Array],
    sizes: tuple[int, int],
) -> None:
    """Write second text and person of the entries by (first text, second text, person)."""
    first, second, person = columns
    texts, people = sizes
    low, high = _bits(people), _bits(texts)
    if low + 2 * high <= _WORD:
        packed = first.astype(np.uint64) << np.uint64(low + high)
        packed |= second.astype(np.uint64) << np.uint64(low)
        packed |= person
        packed.sort()
        person = (packed & np.uint64((1 << low) - 1)).astype(np.uint32)
        second = (packed >> np.uint64(low) & np.uint64((1 << high) - 1)).astype(np.uint32)
        del packed
    else:
        order = np.lexsort((person, second, first))
        second, person = second[order], person[order]
    starts = _starts(np.bincount(first, minlength=texts), np.uint32)
    _save(folder, f"{names[0]}_start", starts)
    _save(folder, f"{names[0]}_{names[1]}", second)
    _save(folder, f"{names[0]}_person", person)
