"""The indexed local store as a source of residents."""

import heapq
import itertools
import mmap
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Final

import numpy as np

from govkit.residents.index.columns import Columns
from govkit.residents.index.layout import current_generation, read_manifest
from govkit.residents.index.merge import PROTECTED
from govkit.residents.index.numbers import number_text
from govkit.residents.index.overlay import Overlay
from govkit.residents.index.search import Narrowing, born_between
from govkit.residents.matching import Matcher, ResidentQuery, household_order
from govkit.residents.records import HouseholdId, PersonId, Resident
from govkit.residents.source import (
    Capability,
    Changes,
    ResidentSource,
    SourceDescription,
    SourceUnavailable,
    seconds_left,
)

__all__ = ["LocalIndex", "Snapshot"]

_CAN: Final = frozenset(Capability)
_TRIES: Final = 5
# So many questions apart the memory is looked at.
_LOOK_AFTER: Final = 128
_STATM: Final = Path("/proc/self/statm")


class Snapshot:
    """One generation as it was when it was opened: columns, and what deltas changed over them.

    :ivar generation: Its name.
    :ivar columns: The columns, without the changes.
    :ivar overlay: The changes.
    """

    def __init__(self, target: Path, generation: str) -> None:
        folder = target / generation
        self.generation = generation
        self.manifest = read_manifest(folder)
        self.columns = Columns(target / self.manifest.get("base", generation))
        self.columns.open()
        self.overlay = Overlay.load(folder)
        places = {one: self.columns.position(one) for one in self.overlay.people}
        self._replaced = {place for place in places.values() if place >= 0}
        self._changed = self.overlay.source(
            {one: self._was_protected(one, place) for one, place in places.items()}
        )

    def _was_protected(self, person: PersonId, position: int) -> bool:
        """Whether the list of the build protects somebody, even if they were not there yet."""
        if position >= 0:
            return bool(self.columns.flags[position] & PROTECTED)
        waiting = self.manifest["protected_unknown"].get(person.municipality_code, ())
        return person.addressee_number in waiting

    def protected_numbers(self, code: str) -> frozenset[str]:
        """The protected numbers (支援措置) of a municipality."""
        numbers = self.overlay.protected.get(code)
        if numbers is not None:
            return numbers
        first, last = self.columns.city(code)
        places = first + np.flatnonzero(self.columns.flags[first:last] & np.uint8(PROTECTED))
        known = (number_text(self.columns.number, int(place)) for place in places)
        return frozenset((*known, *self.manifest["protected_unknown"].get(code, ())))

    @property
    def changed(self) -> ResidentSource:
        """Everybody whom deltas changed over the columns."""
        return self._changed

    @property
    def people(self) -> int:
        """Number of people."""
        changed = self._changed.describe().rows or 0
        return self.columns.people - len(self._replaced) + changed

    def resident(self, position: int) -> Resident | None:
        """The person at a position of the columns, unless a delta changed them."""
        if position in self._replaced:
            return None
        protected = self.overlay.protected
        if not protected:
            return self.columns.resident(position)
        one = self.columns.person_id(position)
        numbers = protected.get(one.municipality_code)
        shielded = None if numbers is None else one.addressee_number in numbers
        return self.columns.resident(position, is_protected=shielded)

    def get(self, person: PersonId) -> Resident | None:
        """The person with this id."""
        if person in self.overlay.people:
            return self._changed.get_many([person]).get(person)
        position = self.columns.position(person)
        return self.resident(position) if position >= 0 else None

    def search(
        self, matcher: Matcher, limit: int, within: tuple[int, int], code: str
    ) -> list[Resident]:
        """Everybody the matcher accepts, by id, at most ``limit + 1``."""
        found = self._matches(matcher, within)
        if self.overlay.people:
            changed = self._changed.search(matcher.query, self.people)
            ours = [one for one in changed if code in ("", one.id.municipality_code)]
            found = heapq.merge(found, ours, key=attrgetter("id"))
        return list(islice(found, limit + 1))

    def _matches(self, matcher: Matcher, within: tuple[int, int]) -> Iterator[Resident]:
        for count, position in enumerate(Narrowing(self.columns, matcher, within).people()):
            if count % 64 == 0:
                seconds_left()
            resident = self.resident(position)
            if resident is not None and matcher.match(resident) is not None:
                yield resident

    def household(self, household: HouseholdId) -> list[Resident]:
        """All members of a household, by :func:`household_order`."""
        members = map(self.resident, self.columns.members(household).tolist())
        found = [one for one in members if one is not None]
        found += self._changed.household(household)
        return sorted(found, key=household_order)

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days or perhaps born then, by id."""
        found = map(self.resident, born_between(self.columns, first, last).tolist())
        known = (one for one in found if one is not None)
        return heapq.merge(known, self._changed.born_between(first, last), key=attrgetter("id"))

    def changes(self, since: str) -> Changes:
        """Who changed since another generation."""
        steps = self.overlay.steps
        before = [self.manifest.get("base", self.generation), *(name for name, _ in steps)]
        if since == self.generation:
            return Changes(self.generation, ())
        if since not in before:
            return Changes(self.generation, None)
        later = steps[before.index(since) :]
        ids = sorted({one for _, changed in later for one in changed})
        return Changes(self.generation, tuple(ids))


class LocalIndex(ResidentSource):
    """Residents out of an index on disk, built by :func:`~govkit.residents.index.build_index`.

    A new generation is taken up with the next question; questions that are under way end on the
    one they began with. It may be asked from several threads, and forked.

    :param target: Directory of the index.
    :param municipality_code: Answer for this municipality alone; blank for all of the index.
    :param memory: Bytes of its files that may stay in the memory of the process; what is beyond
        that goes back to the system's own cache.
    :ivar target: The directory.
    """

    def __init__(
        self,
        target: Path,
        municipality_code: str = "",
        *,
        name: str = "index",
        memory: int = 232 << 20,
    ) -> None:
        self.target = target
        self._code, self._name, self._memory = municipality_code, name, memory
        self._asked = itertools.count()
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._open: Snapshot | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The current generation.

        :raises SourceUnavailable: When no index was built yet, or it cannot be read.
        """
        try:
            facts = (self.target / "CURRENT").stat()
        except FileNotFoundError:
            raise SourceUnavailable("no index") from None
        seen = facts.st_ino, facts.st_mtime_ns
        opened = self._open
        if opened is not None and seen == self._seen:
            if next(self._asked) % _LOOK_AFTER == 0:
                self._save_memory(opened)
            return opened
        with self._lock:
            if self._open is None or seen != self._seen:
                self._open = self._reopened()
                self._seen = seen
            return self._open

    def _save_memory(self, opened: Snapshot) -> None:
        if _mapped_bytes() > self._memory:
            opened.columns.let_go(columns=False)
            if _mapped_bytes() > self._memory:
                opened.columns.let_go(columns=True)

    def _reopened(self) -> Snapshot:
        for _ in range(_TRIES):
            generation = current_generation(self.target)
            if self._open is not None and self._open.generation == generation:
                return self._open
            try:
                return Snapshot(self.target, generation)
            except FileNotFoundError:
                # It was replaced and removed between the two looks; the next one is there.
                continue
        raise SourceUnavailable("index changes too fast")

    @property
    def municipality_code(self) -> str:
        """The municipality it answers for; blank for all of the index."""
        return self._code

    @property
    def columns(self) -> Columns:
        """The columns of the current generation, for work over everybody."""
        return self.snapshot.columns

    def describe(self) -> SourceDescription:
        """What the index holds."""
        opened = self.snapshot
        manifest = opened.manifest
        as_of = manifest["as_of"]
        rows: int | None = opened.people
        if self._code:
            first, last = opened.columns.city(self._code)
            rows = None if opened.overlay.people else last - first
        return SourceDescription(
            self._name,
            manifest["profile"],
            date.fromisoformat(as_of) if as_of else None,
            rows,
            _CAN,
        )

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        """The residents with these ids."""
        opened = self.snapshot
        found = ((one, opened.get(one)) for one in ids if self._is_ours(one.municipality_code))
        return {one: resident for one, resident in found if resident is not None}

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        """Everybody the query describes, by id, at most ``limit + 1``.

        :raises UnsupportedQuery: When millions of people would have to be read one by one.
        """
        opened = self.snapshot
        within = opened.columns.city(self._code) if self._code else (0, opened.columns.people)
        return opened.search(Matcher.of(query), limit, within, self._code)

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        """All members of a household, the head first."""
        if not self._is_ours(household.municipality_code):
            return []
        return self.snapshot.household(household)

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days or perhaps born then, by id."""
        found = self.snapshot.born_between(first, last)
        return (one for one in found if self._is_ours(one.id.municipality_code))

    def changes(self, since: str) -> Changes:
        """Who changed since a generation; everybody after a new build."""
        found = self.snapshot.changes(since)
        if found.ids is None or not self._code:
            return found
        ours = tuple(one for one in found.ids if self._is_ours(one.municipality_code))
        return Changes(found.version, ours)

    def _is_ours(self, code: str) -> bool:
        return self._code in ("", code)


def _mapped_bytes() -> int:
    """Bytes of files in the memory of this process; 0 where the system does not tell."""
    try:
        return int(_STATM.read_text(encoding="ascii").split()[2]) * mmap.PAGESIZE
    except OSError:
        return 0
