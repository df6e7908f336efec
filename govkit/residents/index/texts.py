"""A sorted dictionary of texts in arrays: prefix, part, end and one edit without a pass in Python.

The texts lie one after the other as code points, each followed by a zero. They are sorted by a
*loose* form that has the same length (characters that people confuse taken for one), so that all
texts with one loose beginning are one range of ids.
"""

import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from govkit.residents.keys import is_near

__all__ = ["Ids", "TextTable", "text_columns"]

Ids: TypeAlias = NDArray[np.uint32]
"""Sorted ids without repeats."""

_NONE: Final[Ids] = np.empty(0, np.uint32)
# Before two keys it lifts the rule that short keys have no neighbours.
_PAD: Final = "\x01\x01"


def text_columns(pairs: Sequence[tuple[str, str]], *, near: bool) -> dict[str, NDArray[np.generic]]:
    """The arrays of a table over (loose, plain) texts, which must be sorted.

    :param near: Whether :meth:`TextTable.near` is to work.
    """
    lengths = np.fromiter((len(loose) + 1 for loose, _ in pairs), np.uint32, len(pairs))
    start = np.zeros(len(pairs) + 1, np.uint32)
    np.cumsum(lengths, out=start[1:])
    columns: dict[str, NDArray[np.generic]] = {
        "start": start,
        "loose": _points(loose for loose, _ in pairs),
        "plain": _points(plain for _, plain in pairs),
    }
    if near:
        columns |= _neighbours([loose for loose, _ in pairs])
    return columns


def _points(texts: Iterable[str]) -> NDArray[np.uint32]:
    joined = "".join(f"{text}\0" for text in texts)
    return np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)


def _neighbours(texts: Sequence[str]) -> dict[str, NDArray[np.generic]]:
    hashes: list[int] = []
    owners: list[int] = []
    for n, text in enumerate(texts):
        found = set(_deletions(text))
        hashes.extend(found)
        owners.extend([n] * len(found))
    order = np.argsort(np.array(hashes, np.uint32), kind="stable")
    return {
        "near_hash": np.array(hashes, np.uint32)[order],
        "near_id": np.array(owners, np.uint32)[order],
    }


def _deletions(text: str) -> Iterator[int]:
    """Hashes of a text and of what is left of it without one letter."""
    yield zlib.crc32(text.encode("utf-8", "surrogatepass"))
    for n in range(len(text)):
        yield zlib.crc32((text[:n] + text[n + 1 :]).encode("utf-8", "surrogatepass"))


class TextTable:
    """A dictionary of texts by id."""

    def __init__(self, columns: Mapping[str, NDArray[np.generic]]) -> None:
        self._columns = columns
        self._start: NDArray[np.uint32] = columns["start"]  # type: ignore[assignment]
        self._loose: NDArray[np.uint32] = columns["loose"]  # type: ignore[assignment]
        self._plain: NDArray[np.uint32] = columns["plain"]  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self._start) - 1

    def text(self, n: int) -> str:
        """The plain text with this id."""
        return self._read(self._plain, n)

    def loose(self, n: int) -> str:
        """The loose form of the text with this id."""
        return self._read(self._loose, n)

    def _read(self, points: NDArray[np.uint32], n: int) -> str:
        piece = points[self._start[n] : self._start[n + 1] - 1]
        return piece.tobytes().decode("utf-32-le", "surrogatepass")

    def find(self, text: str, loose: str) -> int:
        """Id of a plain text with this loose form, -1 if it is not there."""
        first, last = self.exact(loose)
        for n in range(first, last):
            if self.text(n) == text:
                return n
        return -1

    def exact(self, loose: str) -> tuple[int, int]:
        """First id, and one past the last, of texts with exactly this loose form."""
        return self._bisect(loose), self._bisect(f"{loose}\0")

    def prefix(self, loose: str) -> tuple[int, int]:
        """First id, and one past the last, of texts whose loose form begins so."""
        return self._bisect(loose), self._bisect(f"{loose}\U0010ffff")

    def _bisect(self, loose: str) -> int:
        return bisect_left(range(len(self)), loose, key=self.loose)

    def parts(self, loose: str) -> tuple[Ids, list[Ids]]:
        """Ids of texts that hold this loose text; and for each cut of it, of those that end so.

        The second list has the texts that end with the first letter, the first two and so on,
        all but the last.
        """
        if not loose:
            return np.arange(len(self), dtype=np.uint32), []
        letters = [ord(letter) for letter in loose]
        places = np.flatnonzero(self._loose == letters[0])
        ends: list[Ids] = []
        for n, letter in enumerate(letters[1:], 1):
            following = self._loose[places + n]
            ends.append(self._owners(places[following == 0]))
            places = places[following == letter]
        return self._owners(places), ends

    def _owners(self, places: NDArray[np.intp]) -> Ids:
        if not len(places):
            return _NONE
        owners = np.searchsorted(self._start, places.astype(np.uint32), side="right") - 1
        return np.unique(owners).astype(np.uint32)

    def near(self, loose: str, *, even_short: bool = False) -> Ids:
        """Ids of texts equal to this one or one edit away, see :func:`is_near`.

        :param even_short: One edit counts for the shortest texts too.
        """
        pad = _PAD if even_short else ""
        wanted = f"{pad}{loose}"
        found = [n for n in self._suspects(loose) if is_near(wanted, f"{pad}{self.loose(n)}")]
        return np.array(sorted(found), np.uint32)

    def _suspects(self, loose: str) -> set[int]:
        hashes, owners = self._columns["near_hash"], self._columns["near_id"]
        wanted = np.array(sorted(set(_deletions(loose))), np.uint32)
        first = np.searchsorted(hashes, wanted, side="left")
        last = np.searchsorted(hashes, wanted, side="right")
        return {int(n) for a, b in zip(first, last, strict=True) for n in owners[a:b].tolist()}
