"""Two people edit the same values: what only one of them changed is merged, the rest is shown (同時更新).

A page sends back what it showed beside what was typed into it, so that three versions can be told
apart without keeping old ones: what the editor saw, what is stored by now, and what was typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Clash", "Merge", "merge"]

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Clash(Generic[Value]):
    """A value that two people changed, each in another way; a person has to choose.

    :param theirs: What is stored, saved by somebody else after the editor looked.
    :param mine: What the editor typed.
    """

    theirs: Value
    mine: Value


@dataclass(frozen=True, slots=True)
class Merge(Generic[Key, Value]):
    """Two edits of the same values, put together.

    :param values: What holds for everything that is stored: theirs where only they changed it, and
        what was typed elsewhere, clashes included.
    :param clashes: What both changed; as long as there is one, nothing may be saved.
    :param theirs: Keys of what only somebody else changed.
    """

    values: Mapping[Key, Value]
    clashes: Mapping[Key, Clash[Value]]
    theirs: frozenset[Key]


def merge(
    seen: Mapping[Key, Value], stored: Mapping[Key, Value], typed: Mapping[Key, Value]
) -> Merge[Key, Value]:
    """Merge what was typed into what is stored (三方向マージ).

    :param seen: What the editor saw; what is missing was not there.
    :param stored: What is stored now; only its keys count.
    :param typed: What the editor typed; what is missing the editor leaves as it is.
    """
    values = dict(stored)
    clashes: dict[Key, Clash[Value]] = {}
    theirs = set()
    for key, now in stored.items():
        before = seen.get(key)
        mine = typed.get(key, before)
        if mine is None or mine == before:
            if now != before:
                theirs.add(key)
            continue
        values[key] = mine
        if now not in (before, mine):
            clashes[key] = Clash(now, mine)
    return Merge(values, clashes, frozenset(theirs))
