"""Which characters another system can take: JIS X 0213, CP932, private use, variation selectors.

A name is stored as it was given. Only where it leaves for a system with a smaller set is each
character that would be lost reported, so that a person can choose a form (縮退) for it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = [
    "CharacterSet",
    "UnsupportedCharacter",
    "code_points",
    "has_private_use",
    "has_variation_selector",
    "in_cp932",
    "in_jis_x_0213",
    "unsupported_characters",
]


class CharacterSet(StrEnum):
    """A set of characters that a receiving system takes; the value is Python's codec."""

    JIS_X_0213 = "euc_jis_2004"
    CP932 = "cp932"


@dataclass(frozen=True, slots=True)
class UnsupportedCharacter:
    """A character that the set lacks.

    :param text: The character with its variation selector, if it has one.
    :param position: Index of its first code point in the text.
    """

    text: str
    position: int

    @property
    def code_points(self) -> str:
        """Its code points, such as ``U+845B U+E0100``."""
        return code_points(self.text)


_SELECTORS: Final = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_SELECTOR: Final = re.compile(f"[{_SELECTORS}]")
# JIS X 0213 has letters that Unicode writes as two code points, such as か + U+309A.
_CHARACTER: Final = re.compile(f".[{_SELECTORS}\u0300-\u036f\u3099\u309a]*", re.DOTALL)
_PRIVATE_USE: Final = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")


def code_points(text: str) -> str:
    """The code points of a text for people to look up: ``U+9AD9 U+6A4B``."""
    return " ".join(f"U+{ord(character):04X}" for character in text)


def has_private_use(text: str) -> bool:
    """Whether the text holds a character of the private use areas (外字)."""
    return _PRIVATE_USE.search(text) is not None


def has_variation_selector(text: str) -> bool:
    """Whether the text holds a variation selector (IVS, 異体字セレクタ)."""
    return _SELECTOR.search(text) is not None


def _is_in(text: str, character_set: CharacterSet) -> bool:
    if text.isascii():
        return True
    try:
        text.encode(character_set)
    except UnicodeEncodeError:
        return False
    # CP932 encodes private use code points; what they show differs on every machine.
    return not has_private_use(text)


def in_jis_x_0213(text: str) -> bool:
    """Whether every character is in JIS X 0213 (so 髙 U+9AD9 and 𠮷 U+20BB7 are not)."""
    return _is_in(text, CharacterSet.JIS_X_0213)


def in_cp932(text: str) -> bool:
    """Whether every character is in CP932 (Windows-31J, 「シフトJIS」), private use excluded."""
    return _is_in(text, CharacterSet.CP932)


def _lacking(text: str, character_set: CharacterSet) -> Iterator[UnsupportedCharacter]:
    for match in _CHARACTER.finditer(text):
        if not _is_in(match[0], character_set):
            yield UnsupportedCharacter(match[0], match.start())


def unsupported_characters(
    text: str, character_set: CharacterSet
) -> tuple[UnsupportedCharacter, ...]:
    """Every character of the text that the set lacks, in order."""
    if _is_in(text, character_set):
        return ()
    return tuple(_lacking(text, character_set))
