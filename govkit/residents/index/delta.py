"""Lays deltas and new protection lists over the current generation.

The outcome is a generation of its own that holds only what changed and names its base, so it is
written in little time and swapped like any other.
"""

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from govkit.errors import InvalidInput, Problem
from govkit.residents.adapters.csv_delta import (
    DeltaReading,
    PersonRows,
    merged_rows,
    read_delta,
)
from govkit.residents.adapters.protection_list import ProtectionList
from govkit.residents.index.build import ExtractFile
from govkit.residents.index.layout import (
    current_generation,
    exclusive,
    install,
    new_generation,
    remove_old,
    write_manifest,
)
from govkit.residents.index.overlay import Overlay
from govkit.residents.index.source import Snapshot
from govkit.residents.records import PersonId

__all__ = ["DeltaReport", "apply_delta"]

_WORKING: Final = "delta"
_OWN: Final = frozenset({"format", "files"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaReport:
    """What a delta did.

    :param changed: People who were added or changed; ``removed`` those who are gone.
    :param protection_changed: People who became protected or no longer are.
    :param overlay: People held over the base by now; build anew when they are many.
    :param problems: Every refused row and why; the people in them are as before.
    """

    generation: str
    rows_read: int
    changed: int
    removed: int
    protection_changed: int
    overlay: int
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]
    seconds: float


def apply_delta(
    target: Path,
    files: Sequence[ExtractFile] = (),
    *,
    protected: Mapping[str, ProtectionList] | None = None,
    as_of: date | None = None,
) -> DeltaReport:
    """Lay deltas over an index and make that current.

    :param files: Deltas in the order of their making.
    :param protected: New whole lists of protected people, by municipality; they count at once.
    :param as_of: Day the deltas stand for; the day before stays without it.
    :raises InvalidInput: When a file is refused as a whole or there is no index yet; nothing
        changes then.
    :raises Locked: When another process writes to this index.
    """
    started = time.monotonic()
    readings = [
        read_delta(one.path, municipality_code=one.municipality_code, encoding=one.encoding)
        for one in files
    ]
    with exclusive(target):
        current = current_generation(target)
        if not current:
            text = "索引がまだありません。住民票のファイルから作ってください。"
            raise InvalidInput([Problem("index_missing", text)])
        change = _Change(Snapshot(target, current))
        for reading in readings:
            change.take(reading)
        for code, numbers in (protected or {}).items():
            change.protect(code, numbers.protected)
        generation = change.write(target, as_of)
    return DeltaReport(
        generation=generation,
        rows_read=sum(one.rows_read for one in readings),
        changed=sum(bool(rows) for rows in change.touched.values()),
        removed=sum(not rows for rows in change.touched.values()),
        protection_changed=len(change.shielded),
        overlay=len(change.people),
        problems=tuple(problem for one in readings for problem in one.problems),
        notices=tuple(notice for one in readings for notice in one.notices),
        seconds=time.monotonic() - started,
    )


class _Change:
    """The overlay of a snapshot and what comes on top of it.

    :ivar people: Rows of everybody who differs from the base.
    :ivar touched: Rows of those whom the deltas changed.
    :ivar shielded: Whom the new protection lists change.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.people: dict[PersonId, PersonRows] = dict(snapshot.overlay.people)
        self._protected = dict(snapshot.overlay.protected)
        self.touched: dict[PersonId, PersonRows] = {}
        self.shielded: set[PersonId] = set()

    def take(self, reading: DeltaReading) -> None:
        """Take the rows of a delta."""
        for number, changes in reading.people.items():
            person = PersonId(reading.municipality_code, number)
            before = self._rows(person)
            after = merged_rows(before, changes)
            if after != before:
                self.people[person] = self.touched[person] = after

    def _rows(self, person: PersonId) -> PersonRows:
        known = self.people.get(person)
        if known is not None:
            return known
        columns = self._snapshot.columns
        position = columns.position(person)
        if position < 0:
            return ()
        return tuple(zip(columns.ranks(position), columns.contents(position), strict=True))

    def protect(self, code: str, numbers: frozenset[str]) -> None:
        """Take a new list of a municipality."""
        before = self._snapshot.protected_numbers(code)
        self.shielded |= {PersonId(code, number) for number in before ^ numbers}
        self._protected[code] = numbers

    def write(self, target: Path, as_of: date | None) -> str:
        """Write the new generation and make it current; its name."""
        generation = new_generation(target)
        snapshot = self._snapshot
        step = (generation, tuple(sorted(self.touched.keys() | self.shielded)))
        steps = (*snapshot.overlay.steps, step)
        folder = target / _WORKING
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        Overlay(self.people, self._protected, steps).save(folder)
        facts = {key: value for key, value in snapshot.manifest.items() if key not in _OWN}
        facts["base"] = snapshot.manifest.get("base", snapshot.generation)
        facts["as_of"] = as_of.isoformat() if as_of else facts["as_of"]
        counts: dict[str, Any] = dict(facts["people_by_municipality"])
        for person, change in self._arrivals():
            code = person.municipality_code
            counts[code] = counts.get(code, 0) + change
        facts["people_by_municipality"] = counts
        facts["people"] = sum(counts.values())
        write_manifest(folder, facts)
        folder.rename(target / generation)
        install(target, generation)
        remove_old(target)
        return generation

    def _arrivals(self) -> Iterator[tuple[PersonId, int]]:
        """Who came, with 1, and who went, with -1."""
        for person, rows in self.touched.items():
            was_there = self._snapshot.get(person) is not None
            yield person, bool(rows) - was_there
