"""Puts the chunks of one municipality together: one current row per person, in order of number."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from govkit.residents.adapters.extract_history import LATEST
from govkit.residents.index.chunks import Chunked
from govkit.residents.index.keying import EntryKind
from govkit.residents.index.numbers import Numbers, encoded

__all__ = ["NO_HOUSEHOLD", "PROTECTED", "City", "merge_city", "spans"]

Array: TypeAlias = NDArray[Any]

PROTECTED: Final = 32
"""Bit of the flags of a protected person; bits 0-1 are the sex, 2-3 the status, 4 foreign."""
NO_HOUSEHOLD: Final = 0xFFFFFFFF
"""Stands where a person has no household."""
_CHUNK_BITS: Final = 40


@dataclass(frozen=True, slots=True)
class City:
    """The people of one municipality, with ids of names and places of the whole build.

    :param columns: Arrays by name; ``number`` and ``household_number`` are still texts.
    :param tails: For each person the keys of lot and building, of earlier rows too.
    :param duplicates: Chunk, row and number of rows of people with two current rows.
    :param bad: Chunk and row of current rows that are not sound.
    :param strangers: Protected numbers that nobody has.
    """

    columns: dict[str, Array]
    tails: bytes
    duplicates: list[tuple[int, int, str]] = field(default_factory=list)
    bad: list[tuple[int, int]] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)


def spans(start: Array, count: Array) -> Array:
    """Positions of several runs one after the other, each from its start on."""
    total = int(count.sum())
    first = np.repeat(start.astype(np.int64) - (np.cumsum(count) - count), count)
    return first + np.arange(total, dtype=np.int64)


class _Rows:
    """The rows of all chunks, one array per column, in the order of the files."""

    def __init__(self, chunks: Sequence[tuple[int, Chunked, Array, Array]]) -> None:
        self._chunks = chunks
        self.columns = {
            name: np.concatenate([chunk.arrays[name] for _, chunk, _, _ in chunks])
            for name in chunks[0][1].arrays
            if name not in ("family", "given", "place", "number", "household")
        }
        counts = [len(chunk.arrays["row"]) for _, chunk, _, _ in chunks]
        self.chunk = np.repeat(np.array([number for number, *_ in chunks], np.uint64), counts)
        for name in ("number", "household"):
            self.columns[name] = np.concatenate([chunk.arrays[name] for _, chunk, _, _ in chunks])
        for name in ("family", "given"):
            self.columns[name] = np.concatenate(
                [names[chunk.arrays[name]] for _, chunk, names, _ in chunks]
            )
        self.columns["place"] = np.concatenate(
            [places[chunk.arrays["place"]] for _, chunk, _, places in chunks]
        )

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def where(self, n: int) -> tuple[int, int]:
        """Chunk, and row in it, of a row."""
        return int(self.chunk[n]), int(self.columns["row"][n])


def merge_city(
    chunks: Sequence[tuple[int, Chunked, Array, Array]], protected: Container[str]
) -> City:
    """Merge chunks of one municipality.

    :param chunks: Number and content of each chunk, and for its names and places the ids in the
        whole build.
    :param protected: Addressee numbers of protected people.
    """
    rows = _Rows(chunks)
    order, counts, duplicates, bad = _current_rows(rows)
    heads = np.cumsum(counts) - counts
    former = np.ones(len(order), np.bool_)
    former[heads] = False
    people = _People(rows, order, counts, heads, former)
    columns = people.columns(protected) | people.entries() | people.extra_places()
    tails = people.tails()
    columns["tail_size"] = np.fromiter(map(len, tails), np.uint32, len(tails))
    return City(
        columns,
        b"".join(tails),
        [(*rows.where(n), rows["number"][n].decode()) for n in duplicates.tolist()],
        [rows.where(n) for n in bad.tolist()],
        people.strangers(protected),
    )


def _current_rows(rows: _Rows) -> tuple[Array, Array, Array, Array]:
    """Rows of the people to keep, by number, the current one first; rows of each; two refusals."""
    numbers: Numbers = encoded(rows["number"])
    rank = rows["rank"]
    order = np.lexsort((-np.arange(len(rank)), -rank, numbers))
    numbers, rank = numbers[order], rank[order]
    heads = np.flatnonzero(np.append(True, numbers[1:] != numbers[:-1])[: len(order)])
    counts = np.diff(np.append(heads, len(order)))
    top = np.repeat(rank[heads], counts)
    claims = (rank == top) | ((rank >= LATEST) & (top >= LATEST))
    places = np.cumsum(claims)
    tied = places[heads + counts - 1] - places[heads] > 0
    bad = rows["is_bad"][order[heads]] & ~tied
    kept = ~(tied | bad)
    return (
        order[np.repeat(kept, counts)],
        counts[kept],
        np.sort(order[claims & np.repeat(tied, counts)]),
        np.sort(order[heads[bad]]),
    )


class _People:
    """Columns of the people whose rows lie at ``order``, ``counts`` rows for each."""

    def __init__(self, rows: _Rows, order: Array, counts: Array, heads: Array, former: Array):
        self._rows, self._order, self._counts = rows, order, counts
        self._former = former
        self._current = order[heads]
        self._person = np.repeat(np.arange(len(counts), dtype=np.int64), counts)

    def columns(self, protected: Container[str]) -> dict[str, Array]:
        rows, current, order = self._rows, self._current, self._order
        numbers = rows["number"][current]
        shielded = np.fromiter(
            (number.decode() in protected for number in numbers.tolist()), np.bool_, len(numbers)
        )
        homes, household = np.unique(rows["household"][current], return_inverse=True)
        household = household.reshape(-1)
        if len(homes) and not homes[0]:
            homes = homes[1:]
            household = np.where(household == 0, NO_HOUSEHOLD, household - 1)
        return {
            "number": numbers,
            "first": rows["first"][current],
            "last": rows["last"][current],
            "flags": rows["flags"][current] | np.where(shielded, PROTECTED, 0).astype(np.uint8),
            "place": rows["place"][current],
            "household": household.astype(np.uint32),
            "household_number": homes,
            "rows": self._counts.astype(np.uint32),
            "row_at": rows["at"][order] | rows.chunk[order] << np.uint64(_CHUNK_BITS),
            "row_size": rows["size"][order],
            "row_rank": rows["rank"][order],
        }

    def entries(self) -> dict[str, Array]:
        """Entries of the current row; of earlier ones those that the person has not yet."""
        rows, order = self._rows, self._order
        counts = rows["entries"].astype(np.int64)
        start = np.cumsum(counts) - counts
        taken = spans(start[order], counts[order])
        family, given, kind = (rows[name][taken] for name in ("family", "given", "kind"))
        person = np.repeat(self._person, counts[order])
        former = np.repeat(self._former, counts[order])
        kind = kind | np.where(former, EntryKind.HISTORY, 0).astype(np.uint8)
        keep = np.ones(len(person), np.bool_)
        several = np.flatnonzero(np.repeat(self._counts > 1, self._counts).repeat(counts[order]))
        if len(several):
            reading = kind[several] % 2 == 0
            parts = (family[several], given[several], person[several])
            by = np.lexsort((several, reading, *parts))
            same = np.ones(len(by), np.bool_)
            same[0] = False
            for column in (reading, *parts):
                same[1:] &= column[by][1:] == column[by][:-1]
            keep[several[by[same]]] = False
        return {
            "entries": np.bincount(person[keep], minlength=len(self._counts)).astype(np.uint32),
            "family": family[keep],
            "given": given[keep],
            "kind": kind[keep],
        }

    def extra_places(self) -> dict[str, Array]:
        """Person and place of each earlier row that lay elsewhere."""
        place = self._rows["place"][self._order]
        now = self._rows["place"][self._current][self._person]
        elsewhere = self._former & (place != now)
        pairs = np.stack((self._person[elsewhere], place[elsewhere].astype(np.int64)), axis=1)
        pairs = np.unique(pairs, axis=0) if len(pairs) else pairs
        return {
            "extra_person": pairs[:, 0].astype(np.uint32),
            "extra_place": pairs[:, 1].astype(np.uint32),
        }

    def tails(self) -> list[bytes]:
        """For each person the keys of lot and building, those of earlier rows after U+001E."""
        sizes = self._rows["tail_size"].astype(np.int64)
        start = np.cumsum(sizes) - sizes
        text = self._rows["tails"].tobytes()
        ends = (start + sizes)[self._order].tolist()
        pieces = [text[a:b] for a, b in zip(start[self._order].tolist(), ends, strict=True)]
        if len(pieces) == len(self._counts):
            return pieces
        found, at = [], 0
        for count in self._counts.tolist():
            one = pieces[at : at + count]
            found.append(one[0] if count == 1 else b"\x1e".join(dict.fromkeys(one)))
            at += count
        return found

    def strangers(self, protected: Container[str]) -> list[str]:
        """Protected numbers that nobody of these people has."""
        if not isinstance(protected, frozenset | set):
            return []
        known = {number.decode() for number in self._rows["number"][self._current].tolist()}
        return sorted(protected - known)
