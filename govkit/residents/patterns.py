"""Regular expressions that find names in a foreign database which holds no keys.

:func:`search_pattern` turns a key back into everything that may have been written for it. It finds
too many rather than too few; :class:`~govkit.residents.matching.Matcher` has the last word.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Final

from govkit.jp.text import DASHES, WAVES
from govkit.jp.variants import CONFUSED, VARIANTS
from govkit.residents.keys import keyed_name, loose_key

__all__ = ["search_pattern"]

_FOLDED_BLOCKS: Final = (
    (0x0000, 0x0250),
    (0x02B0, 0x0370),
    (0x061C, 0x061D),
    (0x1160, 0x1162),
    (0x115F, 0x1160),
    (0x1680, 0x1681),
    (0x17B4, 0x17B6),
    (0x180B, 0x1810),
    (0x2000, 0x2070),
    (0x2200, 0x2260),
    (0x2500, 0x2502),
    (0x2796, 0x2797),
    (0x2800, 0x2801),
    (0x2E80, 0x2FE0),
    (0x3000, 0x3200),
    (0xF900, 0xFB00),
    (0xFE00, 0xFE70),
    (0xFEFF, 0x10000),
    (0x1D173, 0x1D17B),
    (0x2F800, 0x2FA20),
    (0xE0000, 0xE01F0),
)
"""Where Unicode holds characters that a key does not keep as they are, variants of kanji apart."""

_ITERATIONS: Final = frozenset("々〻ヽ")
_HA_ROW: Final = dict(zip("ハヒフヘホ", "アイウエオ", strict=True))


def _foldable() -> Iterator[str]:
    for first, end in _FOLDED_BLOCKS:
        yield from map(chr, range(first, end))
    yield from DASHES + WAVES
    for groups in (VARIANTS, *CONFUSED.values()):
        yield from "".join(groups)


@lru_cache(1)
def _written() -> tuple[Mapping[str, frozenset[str]], frozenset[str]]:
    """What may be written for each letter of a key (blank: for all others), and what it drops."""
    by_key: defaultdict[str, set[str]] = defaultdict(set)
    dropped: set[str] = set()
    for character in _foldable():
        by_key[loose_key(character)].add(character)
        if not keyed_name(character).parts:  # dropped, or the end of a part
            dropped.add(character)
    del by_key[""]
    # An iteration mark stands for the letter before it; ウ after the o-row and a long mark there
    # may be read as オ; ヴ is フ, and may be written as ウ with a mark of its own.
    by_key["オ"] |= by_key["ウ"] | set(DASHES + WAVES)
    by_key["フ"] |= by_key["ウ"]
    marks = frozenset().union(*(by_key[mark] for mark in _ITERATIONS))
    letters = {key: frozenset(found | {key} | marks) for key, found in by_key.items()}
    return letters | {"": marks}, frozenset(dropped)


def search_pattern(key: str, *, holds: Callable[[str], bool] | None = None) -> str | None:
    """A pattern for every text whose key contains a key.

    It uses what regular expressions of Python, PostgreSQL and most others have in common.

    :param key: A :func:`~govkit.residents.keys.loose_key`, or any finer one.
    :param holds: Whether the database can hold a character; by default every one.
    :returns: ``None`` when the database cannot hold such a text at all.
    """
    holds = holds or _is_text
    between = f"{_class(_written()[1], holds)}*"
    parts = [_letter(letter, between, holds) for letter in loose_key(key)]
    return between.join(part for part in parts if part) if all(parts) else None


def _letter(letter: str, between: str, holds: Callable[[str], bool]) -> str:
    written = _written()[0]
    plain = _class(written.get(letter, written[""]) | {letter}, holds)
    if letter not in _HA_ROW or not plain:
        return plain
    # ヴァ is one letter of a key, and two of a text.
    v, vowel = _class(written["フ"], holds), _class(written[_HA_ROW[letter]], holds)
    return f"(?:{plain}|{v}{between}{vowel})"


def _class(characters: Iterable[str], holds: Callable[[str], bool]) -> str:
    held = sorted(filter(holds, characters))
    return f"[{''.join(_ranges(held))}]" if held else ""


def _ranges(characters: Sequence[str]) -> Iterator[str]:
    """Neighbours beyond ASCII as a range, the others one by one."""
    runs = groupby(enumerate(characters), lambda at: ord(at[1]) - at[0])
    for _, run in runs:
        found = [character for _, character in run]
        if len(found) > 3 and not found[0].isascii():
            yield f"{found[0]}-{found[-1]}"
        else:
            yield from map(_in_brackets, found)


def _in_brackets(character: str) -> str:
    return re.sub(r"[^\w\s]", r"\\\g<0>", character) if character.isascii() else character


def _is_text(character: str) -> bool:
    return not "\ud800" <= character <= "\udfff"
