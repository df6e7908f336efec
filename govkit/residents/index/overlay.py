"""What deltas changed since a generation was built: small, held in memory over its columns.

A generation made by a delta has a manifest that names its base and one file with all rows of
everybody who changed since; protection lists given since are in it as a whole.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from govkit.residents.adapters.csv_delta import PersonRows
from govkit.residents.adapters.extract_rows import Dates, resident_of
from govkit.residents.adapters.memory import MemorySource
from govkit.residents.records import PersonId, Resident

__all__ = ["Overlay"]

_FILE: Final = "overlay.jsonl"


@dataclass(frozen=True, slots=True)
class Overlay:
    """Changes over a base.

    :param people: Rows of everybody who changed; none if removed.
    :param protected: Protected numbers of each municipality whose list was given since.
    :param steps: For each delta its generation and whom it changed, the oldest first.
    """

    people: Mapping[PersonId, PersonRows] = field(default_factory=dict)
    protected: Mapping[str, frozenset[str]] = field(default_factory=dict)
    steps: Sequence[tuple[str, tuple[PersonId, ...]]] = ()

    @classmethod
    def load(cls, folder: Path) -> "Overlay":
        """What :meth:`save` wrote; nothing where a generation has no overlay."""
        people: dict[PersonId, PersonRows] = {}
        protected: dict[str, frozenset[str]] = {}
        steps: list[tuple[str, tuple[PersonId, ...]]] = []
        path = folder / _FILE
        if path.exists():
            with path.open(encoding="utf-8") as file:
                for kind, *facts in map(json.loads, file):
                    if kind == "person":
                        code, number, rows = facts
                        people[PersonId(code, number)] = tuple(
                            (rank, content) for rank, content in rows
                        )
                    elif kind == "protected":
                        protected[facts[0]] = frozenset(facts[1])
                    else:
                        steps.append((facts[0], tuple(PersonId(*one) for one in facts[1])))
        return cls(people, protected, steps)

    def save(self, folder: Path) -> None:
        """Write it into the folder of a generation."""
        with (folder / _FILE).open("w", encoding="utf-8") as file:
            for line in self._lines():
                file.write(f"{json.dumps(line, ensure_ascii=True)}\n")

    def _lines(self) -> Iterator[list[Any]]:
        for one, rows in self.people.items():
            yield ["person", one.municipality_code, one.addressee_number, rows]
        for code, numbers in self.protected.items():
            yield ["protected", code, sorted(numbers)]
        for generation, ids in self.steps:
            pairs = [(one.municipality_code, one.addressee_number) for one in ids]
            yield ["step", generation, pairs]

    def source(self, was_protected: Mapping[PersonId, bool]) -> MemorySource:
        """Everybody who changed and is still there.

        :param was_protected: Whether somebody is protected where no list was given since.
        """
        dates = Dates()
        return MemorySource(self._residents(dates, was_protected))

    def _residents(
        self, dates: Dates, was_protected: Mapping[PersonId, bool]
    ) -> Iterator[Resident]:
        for one, rows in self.people.items():
            if rows:
                numbers = self.protected.get(one.municipality_code)
                shielded = (
                    was_protected.get(one, False)
                    if numbers is None
                    else one.addressee_number in numbers
                )
                contents = [content for _, content in rows]
                yield resident_of(one, contents, dates, is_protected=shielded)
