"""Indexes over keys of names that fit into memory: by text, and by one edit."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from govkit.residents.keys import KeyedName, is_near, keyed_name, loose_key, resident_forms
from govkit.residents.records import Resident

__all__ = ["FuzzyNames", "KeyText"]


class KeyText:
    """The keys of many people in one text, a line per key: found by equality, beginning or part.

    :param entries: The keys of each person in turn; answers are positions in this order.
    """

    def __init__(self, entries: Iterable[Iterable[str]]) -> None:
        self._starts: array[int] = array("l")
        lines: list[str] = []
        length = 0
        for keys in entries:
            self._starts.append(length)
            entry = "\n".join(("", *keys, ""))
            lines.append(entry)
            length += len(entry)
        self._starts.append(length)
        self._text = "".join(lines)

    def equal(self, *keys: str) -> Iterator[int]:
        """Everybody with each of these keys."""
        return self._find([f"\n{key}\n" for key in keys])

    def beginning(self, *keys: str) -> Iterator[int]:
        """Everybody with keys that begin with these."""
        return self._find([f"\n{key}" for key in keys])

    def holding(self, *keys: str) -> Iterator[int]:
        """Everybody with keys that hold these."""
        return self._find(list(keys))

    def _find(self, needles: Sequence[str]) -> Iterator[int]:
        rarest, *others = sorted(needles, key=len, reverse=True)
        at = self._text.find(rarest)
        while at >= 0:
            person = bisect_right(self._starts, at) - 1
            start, end = self._starts[person], self._starts[person + 1]
            if all(self._text.find(other, start, end) >= 0 for other in others):
                yield person
            at = self._text.find(rarest, end)


def _deletions(text: str) -> set[str]:
    return {text, *(text[:n] + text[n + 1 :] for n in range(len(text)))}


class FuzzyNames:
    """Names by keys that are one edit apart: two such keys share a text with a letter deleted.

    Indexed are the parts of names, and of names with three parts and more their beginnings and
    ends, of which there are far fewer than of people; hardly any whole name.
    """

    def __init__(self, rows: Sequence[Resident]) -> None:
        self._people: dict[str, array[int]] = {}
        for position, row in enumerate(rows):
            for key in _stretches(row):
                self._people.setdefault(key, array("l")).append(position)
        self._near: dict[str, list[str]] = {}
        for key in self._people:
            for text in _deletions(key):
                self._near.setdefault(text, []).append(key)

    def find(self, name: KeyedName) -> list[int]:
        """Position of everybody whose name can be this one with an edit, in order."""
        if len(name.parts) > 1:
            every = [self._with(self._near_to(part)) for part in name.parts]
            return sorted(set.intersection(*every))
        return sorted(self._with(self._near_to(name.whole)) | self._in_two(name.whole))

    def _in_two(self, typed: str) -> set[int]:
        """Whose name is typed without a space: two stretches of it, in either order."""
        found: set[int] = set()
        for cut in range(len(typed) + 1):
            left, right = typed[:cut], typed[cut:]
            found |= self._both(self._near_to(left), self._near_to(right))
            # An edit of the whole may lie in a short part, which is_near takes as it is only.
            found |= self._both({left}, self._edited(right)) | self._both(
                {right}, self._edited(left)
            )
            if left and right:
                swapped = left[:-1] + right[0], left[-1] + right[1:]
                found |= self._both({swapped[0]}, {swapped[1]})
        return found

    def _both(self, some: set[str], others: set[str]) -> set[int]:
        first = self._with(some)
        return first and {
            position
            for key in others
            for position in self._people.get(key, ())
            if position in first
        }

    def _with(self, keys: Iterable[str]) -> set[int]:
        return {position for key in keys for position in self._people.get(key, ())}

    def _near_to(self, text: str) -> set[str]:
        return {key for key in self._edited(text) if is_near(key, text)}

    def _edited(self, text: str) -> set[str]:
        return {key for one in _deletions(text) for key in self._near.get(one, ())}


def _stretches(resident: Resident) -> set[str]:
    found: set[str] = set()
    for form in resident_forms(resident, history=True):
        keyed = keyed_name(form.text, loose_key)
        found.update(keyed.parts, keyed.heads[:-1], keyed.tails[1:])
        pairs = zip(keyed.heads, keyed.tails[1:], strict=False)
        if any(f"{head}{tail}" != keyed.whole for head, tail in pairs):
            found.add(keyed.whole)  # letters that meet change one another: サトウ ウメ
    return found
