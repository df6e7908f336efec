"""One generation of the index: memory-mapped columns, and residents decoded on demand.

People stand in the order of their ids, and *position* means the place of one in that order. All
arrays are read-only; they stay readable when the generation was replaced and removed.
"""

import json
import mmap
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from govkit.residents.adapters.extract_rows import Dates, resident_of
from govkit.residents.index.keying import Place
from govkit.residents.index.layout import read_manifest
from govkit.residents.index.merge import PROTECTED
from govkit.residents.index.numbers import find, number_text
from govkit.residents.index.texts import TextTable
from govkit.residents.records import HouseholdId, PersonId, Resident
from govkit.residents.source import SourceUnavailable

__all__ = ["Columns", "People"]

People: TypeAlias = NDArray[np.uint32]
"""Positions of people, sorted, each once."""

_OFFSET: Final = (1 << 40) - 1
_DATES: Final = 1 << 16


class Columns:
    """The columns of a generation.

    :ivar manifest: What the generation holds.
    :ivar municipalities: Codes, sorted; ``city_start`` has the first position of each.
    :ivar people: Number of people.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder)
        self.municipalities: tuple[str, ...] = tuple(self.manifest["municipalities"])
        self.people: int = self.manifest["people"]
        self._dates = Dates()
        self._maps: list[mmap.mmap] = []
        self._scattered: list[mmap.mmap] = []
        for name, facts in self.manifest["files"].items():
            if (folder / name).stat().st_size != facts["bytes"]:
                raise SourceUnavailable("index file size")

    def _array(self, name: str) -> NDArray[Any]:
        path = self.folder / f"{name}.npy"
        with path.open("rb") as file:
            np.lib.format.read_magic(file)
            (count,), _, kind = np.lib.format.read_array_header_1_0(file)
            start = file.tell()
        return np.frombuffer(self._mapped(path), kind, count, start) if count else np.empty(0, kind)

    def _mapped(self, path: Path, *, is_scattered: bool = False) -> "mmap.mmap | bytes":
        """A file in memory; one that is read here and there brings no neighbours with it."""
        with path.open("rb") as file:
            if not path.stat().st_size:
                return b""
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if is_scattered:
            mapped.madvise(mmap.MADV_RANDOM)
        (self._scattered if is_scattered else self._maps).append(mapped)
        return mapped

    def let_go(self, *, columns: bool) -> None:
        """Give the memory of the records back; what is asked for next comes again by itself.

        :param columns: That of the columns too, which many questions share.
        """
        for mapped in (*self._scattered, *(self._maps if columns else ())):
            mapped.madvise(mmap.MADV_DONTNEED)

    @cached_property
    def city_start(self) -> NDArray[np.int64]:
        """First position of each municipality, and the number of people."""
        return self._array("city_start")

    @cached_property
    def number(self) -> NDArray[Any]:
        """Addressee numbers (宛名番号), see :mod:`govkit.residents.index.numbers`."""
        return self._array("number")

    @cached_property
    def born_first(self) -> NDArray[np.int32]:
        """First day a birth can lie on, as a proleptic ordinal."""
        return self._array("born_first")

    @cached_property
    def born_last(self) -> NDArray[np.int32]:
        """Last day a birth can lie on; the same as the first if the day is known."""
        return self._array("born_last")

    @cached_property
    def by_birth(self) -> NDArray[np.uint32]:
        """People whose day of birth is known, by that day."""
        return self._array("by_birth")

    @cached_property
    def unsure_birth(self) -> People:
        """All others."""
        return self._array("unsure_birth")

    @cached_property
    def flags(self) -> NDArray[np.uint8]:
        """Bits 0-1 sex, 2-3 status, 4 foreign, 5 protected."""
        return self._array("flags")

    @property
    def sex(self) -> NDArray[np.uint8]:
        """Sex (性別) of each person: 0, 1 or 2."""
        return self.flags & np.uint8(3)

    @cached_property
    def place(self) -> NDArray[np.uint32]:
        """Id of the place where each person lives."""
        return self._array("place")

    @cached_property
    def place_start(self) -> NDArray[np.uint32]:
        """By place: where its people begin in :attr:`place_person`."""
        return self._array("place_start")

    @cached_property
    def place_person(self) -> NDArray[np.uint32]:
        """People by place, those who lived there earlier too."""
        return self._array("place_person")

    @cached_property
    def extra_person(self) -> NDArray[np.uint32]:
        """People who lived elsewhere earlier, sorted; :attr:`extra_place` tells where."""
        return self._array("extra_person")

    @cached_property
    def extra_place(self) -> NDArray[np.uint32]:
        """Place of each of :attr:`extra_person`."""
        return self._array("extra_place")

    @cached_property
    def household(self) -> NDArray[np.uint32]:
        """Position of each person's household; 0xFFFFFFFF for none."""
        return self._array("household")

    @cached_property
    def household_number(self) -> NDArray[Any]:
        """Household numbers (世帯番号), sorted within a municipality."""
        return self._array("household_number")

    @cached_property
    def household_start(self) -> NDArray[np.uint32]:
        """By household: where its members begin in :attr:`household_person`."""
        return self._array("household_start")

    @cached_property
    def household_person(self) -> NDArray[np.uint32]:
        """Members of the households."""
        return self._array("household_person")

    @cached_property
    def household_city_start(self) -> NDArray[np.int64]:
        """First household of each municipality, and the number of households."""
        return self._array("household_city_start")

    @cached_property
    def entry_start(self) -> NDArray[np.uint32]:
        """By person: where the entries of the names begin."""
        return self._array("entry_start")

    @cached_property
    def entry_family(self) -> NDArray[np.uint32]:
        """Id of the first text of each entry."""
        return self._array("entry_family")

    @cached_property
    def entry_given(self) -> NDArray[np.uint32]:
        """Id of the second text of each entry."""
        return self._array("entry_given")

    @cached_property
    def entry_kind(self) -> NDArray[np.uint8]:
        """:class:`~govkit.residents.index.keying.EntryKind` of each entry."""
        return self._array("entry_kind")

    @cached_property
    def family_start(self) -> NDArray[np.uint32]:
        """By id of the first text: where its entries begin in the two columns below."""
        return self._array("family_start")

    @cached_property
    def family_given(self) -> NDArray[np.uint32]:
        """Second text of the entries sorted by (first text, second text, person)."""
        return self._array("family_given")

    @cached_property
    def family_person(self) -> NDArray[np.uint32]:
        """Person of the entries sorted by (first text, second text, person)."""
        return self._array("family_person")

    @cached_property
    def given_start(self) -> NDArray[np.uint32]:
        """By id of the second text: where its entries begin in the two columns below."""
        return self._array("given_start")

    @cached_property
    def given_family(self) -> NDArray[np.uint32]:
        """First text of the entries sorted by (second text, first text, person)."""
        return self._array("given_family")

    @cached_property
    def given_person(self) -> NDArray[np.uint32]:
        """Person of the entries sorted by (second text, first text, person)."""
        return self._array("given_person")

    @cached_property
    def names(self) -> TextTable:
        """Every text of a name by id: the :func:`name_key` as plain, the :func:`loose_key`."""
        return TextTable(
            {
                part: self._array(f"names_{part}")
                for part in ("start", "loose", "plain", "near_hash", "near_id")
            }
        )

    @cached_property
    def place_texts(self) -> TextTable:
        """The part of the address key that all addresses of a place begin with."""
        return TextTable(
            {part: self._array(f"places_{part}") for part in ("start", "loose", "plain")}
        )

    @cached_property
    def places(self) -> Sequence[Place]:
        """Every place by id."""
        text = (self.folder / "places.json").read_text(encoding="utf-8")
        return tuple(Place._make(place) for place in json.loads(text))

    @cached_property
    def row_start(self) -> NDArray[np.uint32]:
        """By person: the first of the rows below; it is the current one."""
        return self._array("row_start")

    @cached_property
    def _row_at(self) -> NDArray[np.uint64]:
        return self._array("row_at")

    @cached_property
    def _row_size(self) -> NDArray[np.uint32]:
        return self._array("row_size")

    @cached_property
    def _row_rank(self) -> NDArray[np.int64]:
        return self._array("row_rank")

    @cached_property
    def tail_start(self) -> NDArray[np.uint64]:
        """By person: where the text of :meth:`tail` begins."""
        return self._array("tail_start")

    @cached_property
    def tails(self) -> mmap.mmap | bytes:
        """The texts of :meth:`tail` of all people."""
        return self._mapped(self.folder / "tails.bin")

    @cached_property
    def _records(self) -> "dict[int, mmap.mmap | bytes]":
        files = self.folder.glob("records-*")
        return {
            int(path.name.removeprefix("records-")): self._mapped(path, is_scattered=True)
            for path in files
        }

    def city(self, code: str) -> tuple[int, int]:
        """First position, and one past the last, of a municipality."""
        if code not in self.municipalities:
            return 0, 0
        n = self.municipalities.index(code)
        return int(self.city_start[n]), int(self.city_start[n + 1])

    def position(self, person: PersonId) -> int:
        """Position of a person, -1 if there is nobody with this id."""
        return find(self.number, person.addressee_number, *self.city(person.municipality_code))

    def person_id(self, position: int) -> PersonId:
        """Id of the person at a position."""
        n = bisect_right(self.city_start, position) - 1
        return PersonId(self.municipalities[n], number_text(self.number, position))

    def members(self, household: HouseholdId) -> People:
        """Members of a household."""
        if household.municipality_code not in self.municipalities:
            return self.household_person[:0]
        n = self.municipalities.index(household.municipality_code)
        first, last = (int(place) for place in self.household_city_start[n : n + 2])
        at = find(self.household_number, household.household_number, first, last)
        if at < 0:
            return self.household_person[:0]
        return self.household_person[self.household_start[at] : self.household_start[at + 1]]

    def tail(self, position: int) -> bytes:
        """Keys of lot and building, U+001F between; those of earlier rows after U+001E."""
        first, last = self.tail_start[position : position + 2].tolist()
        return self.tails[first:last]

    def resident(self, position: int, *, is_protected: bool | None = None) -> Resident:
        """The person at a position in full.

        :param is_protected: Instead of what the generation holds.
        """
        if is_protected is None:
            is_protected = bool(self.flags[position] & PROTECTED)
        if self._dates.size > _DATES:
            self._dates = Dates()
        return resident_of(
            self.person_id(position),
            self.contents(position),
            self._dates,
            is_protected=is_protected,
        )

    def contents(self, position: int) -> list[str]:
        """The contents of a person's rows, the current one first, then the newest."""
        first, last = self.row_start[position : position + 2].tolist()
        rows = zip(
            self._row_at[first:last].tolist(), self._row_size[first:last].tolist(), strict=True
        )
        return [self._record(at >> 40, at & _OFFSET, size) for at, size in rows]

    def ranks(self, position: int) -> list[int]:
        """The ranks of the rows that :meth:`contents` gives, see :func:`rank_of`."""
        first, last = self.row_start[position : position + 2].tolist()
        return [int(rank) for rank in self._row_rank[first:last]]

    def open(self) -> None:
        """Map every file, so that the columns stay whole when the generation is removed."""
        for name in dir(type(self)):
            if isinstance(getattr(type(self), name), cached_property):
                getattr(self, name)

    def _record(self, file: int, at: int, size: int) -> str:
        return self._records[file][at : at + size].decode("utf-8", "surrogatepass")
