"""How common names are: of a source that cannot count its own, the names that ship with govkit."""

from collections import Counter
from functools import cache
from typing import Final

from govkit.residents.keys import name_key
from govkit.residents.linkage_rules import NameFrequencies
from govkit.residents.synthetic.data import table

__all__ = ["common_names"]

_UNKNOWN_SIZE: Final = 1_000_000


class _CommonNames:
    """Rough shares of the commonest Japanese names; others count as rare."""

    def __init__(self, people: int) -> None:
        self.people = people
        self._family, self._given = _shares("surnames"), _shares("given_names")

    def family(self, key: str) -> float:
        """Share of the people with this family name."""
        return self._family.get(key, 0.0)

    def given(self, key: str) -> float:
        """Share of the people with this given name."""
        return self._given.get(key, 0.0)


def common_names(people: int | None) -> NameFrequencies:
    """Shares for a source of so many people; a million when it is not known."""
    return _CommonNames(people or _UNKNOWN_SIZE)


@cache
def _shares(name: str) -> dict[str, float]:
    found: Counter[str] = Counter()
    total = 0.0
    for row in table(name):
        weight = float(row["weight"])
        total += weight
        for key in {name_key(row["name"]), name_key(row["kana"])}:
            found[key] += weight  # type: ignore[assignment]
    return {key: weight / total for key, weight in found.items()}
