"""Which characters a field or another system takes: JIS X 0208, JIS X 0213, CP932, 文字情報基盤.

A name is stored as it was given. Only where it leaves for a system with a smaller set is each
character that would be lost reported, so that a person can choose a form (縮退) for it. Private use
characters (外字) look different on every machine and can be taken nowhere.
"""

import importlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from types import ModuleType
from typing import Final, Self

from govkit.errors import GovkitError, InvalidValue

__all__ = [
    "CharacterKind",
    "CharacterProblem",
    "CharacterReport",
    "CharacterSet",
    "InvalidCharacters",
    "ShrinkUnavailable",
    "UnsupportedCharacter",
    "character_report",
    "characters",
    "check_characters",
    "code_points",
    "count_characters",
    "drop_stray_selectors",
    "has_private_use",
    "has_variation_selector",
    "in_cp932",
    "in_jis_x_0208",
    "in_jis_x_0213",
    "kind_of",
    "shrink_candidates",
    "unsupported_characters",
]


class CharacterSet(StrEnum):
    """A set of characters that a field or a receiving system takes."""

    JIS_X_0208 = "iso2022_jp"
    """6,355 kanji, with neither 髙 (U+9AD9) nor 﨑 (U+FA11)."""
    JIS_X_0213 = "euc_jis_2004"
    """About 10,050 kanji (unverified), with 﨑 but neither 髙 nor 𠮷 (U+20BB7)."""
    CP932 = "cp932"
    """Windows-31J, 「シフトJIS」: with 髙 and 﨑, without 𠮷."""
    MOJI_JOHO = "moji_joho"
    """JIS X 0213 and every kanji of Unicode with or without a variation selector, and 変体仮名: what
    文字情報基盤 is drawn from."""
    LATIN = "latin"
    """Printable ASCII and Latin letters with diacritics."""


_CODECS: Final = {CharacterSet.JIS_X_0208, CharacterSet.JIS_X_0213, CharacterSet.CP932}


class CharacterProblem(StrEnum):
    """Why a character cannot be taken."""

    PRIVATE_USE = "character_private_use"
    UNREADABLE = "character_unreadable"
    NOT_IN_SET = "character_not_in_set"


class CharacterKind(StrEnum):
    """What a character is, as far as names are concerned."""

    KANJI = "kanji"
    HIRAGANA = "hiragana"
    KATAKANA = "katakana"
    LATIN = "latin"
    DIGIT = "digit"
    SPACE = "space"
    PRIVATE_USE = "private_use"
    RADICAL = "radical"
    """Looks like a kanji but is the sign of a part of kanji (部首), as copied out of a PDF."""
    UNREADABLE = "unreadable"
    """What was lost before it came here: U+FFFD, half a surrogate pair, an unassigned code point."""
    OTHER_LETTER = "other_letter"
    SYMBOL = "symbol"


@dataclass(frozen=True, slots=True)
class UnsupportedCharacter:
    """A character that cannot be taken.

    :param text: The character with its variation selector, if it has one.
    :param position: Index of its first code point in the text.
    """

    text: str
    position: int

    @property
    def code_points(self) -> str:
        """Its code points, such as ``U+845B U+E0100``."""
        return code_points(self.text)


class InvalidCharacters(InvalidValue):
    """A text holds characters that cannot be taken.

    :param problem: Why; a code of this module or of the value that was read.
    :param places: Each of the characters once with its first place, in order; places are counted
        as people count: from 1, without selectors.
    """

    def __init__(self, problem: StrEnum, places: Sequence[tuple[int, str]]) -> None:
        number, letter = places[0]
        super().__init__(problem, number=number, code=code_points(letter))
        self.places = tuple(places)

    @property
    def number(self) -> int:
        """Place of the first of them."""
        return self.places[0][0]

    @property
    def character(self) -> str:
        """The first of them."""
        return self.places[0][1]

    @property
    def letters(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(letter for _number, letter in self.places)

    @classmethod
    def found(cls, problem: StrEnum, text: str, wrong: Sequence[str]) -> Self:
        """The error for those characters of a text that are among ``wrong``."""
        every = characters(text)
        return cls(problem, [(every.index(one) + 1, one) for one in dict.fromkeys(wrong)])


class ShrinkUnavailable(GovkitError):
    """The tables for 縮退 are not installed: ``pip install "govkit-jp[shrink]"``."""

    code = "shrink_unavailable"


_SELECTORS: Final = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_SELECTOR: Final = re.compile(f"[{_SELECTORS}]")
_KANJI: Final = (
    "\u3005-\u3007\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufad9\U00020000-\U0002a6df"
    "\U0002a700-\U0002ee5d\U0002f800-\U0002fa1d\U00030000-\U00033479"
)
_STRAY_SELECTOR: Final = re.compile(
    f"(?<![{_KANJI}])[{_SELECTORS}]+|(?<=[{_SELECTORS}])[{_SELECTORS}]+"
)
# JIS X 0213 has letters that Unicode writes as two code points, such as か + U+309A.
# No letter has more than two marks (ệ); a longer run is counted, so that no limit lets it pass.
_CHARACTER: Final = re.compile(f".[{_SELECTORS}\u0300-\u036f\u3099\u309a]{{0,2}}", re.DOTALL)
_PRIVATE_USE: Final = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
_OF_MOJI_JOHO: Final = re.compile(f"[{_KANJI}][{_SELECTORS}]?|[\U0001b000-\U0001b16f]")
_OF_LATIN: Final = re.compile(
    "[ -~\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff]+"
)
_KINDS: Final = tuple(
    (kind, re.compile(f"[{ranges}]"))
    for kind, ranges in (
        (CharacterKind.KANJI, _KANJI),
        (CharacterKind.KATAKANA, "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9d"),
        (CharacterKind.HIRAGANA, "\u3041-\u3096\u309d-\u309f\U0001b000-\U0001b16f"),
        (
            CharacterKind.LATIN,
            "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a",
        ),
        (CharacterKind.DIGIT, "0-9\uff10-\uff19"),
        (CharacterKind.PRIVATE_USE, _PRIVATE_USE.pattern[1:-1]),
        (CharacterKind.RADICAL, "\u2e80-\u2fdf\u31c0-\u31ef"),
        (CharacterKind.UNREADABLE, "\ufffc\ufffd\ud800-\udfff"),
    )
)


def characters(text: str) -> tuple[str, ...]:
    """The characters as people count them: each with its variation selector and combining marks."""
    return tuple(_CHARACTER.findall(text))


def count_characters(text: str) -> int:
    """Number of characters as people count them: variation selectors (IVS) are none."""
    return sum(1 for _character in _CHARACTER.finditer(text))


def drop_stray_selectors(text: str) -> str:
    """The text without variation selectors that follow no kanji, and without a second one."""
    return _STRAY_SELECTOR.sub("", text)


@lru_cache(maxsize=4096)
def kind_of(character: str) -> CharacterKind:
    """What a character is; its first code point decides."""
    first = character[0]
    for kind, pattern in _KINDS:
        if pattern.match(first):
            return kind
    category = unicodedata.category(first)
    if category[0] == "Z" or first in "\t\n\r":
        return CharacterKind.SPACE
    if category == "Cn":
        return CharacterKind.UNREADABLE
    is_letter = category[0] == "L" or category == "Nd"
    return CharacterKind.OTHER_LETTER if is_letter else CharacterKind.SYMBOL


def code_points(text: str) -> str:
    """The code points of a text for people to look up: ``U+9AD9 U+6A4B``."""
    return " ".join(f"U+{ord(character):04X}" for character in text)


def has_private_use(text: str) -> bool:
    """Whether the text holds a character of the private use areas (外字)."""
    return _PRIVATE_USE.search(text) is not None


def has_variation_selector(text: str) -> bool:
    """Whether the text holds a variation selector (IVS, 異体字セレクタ)."""
    return _SELECTOR.search(text) is not None


def _is_encodable(text: str, codec: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    # CP932 encodes private use code points; what they show differs on every machine.
    return not has_private_use(text)


def _is_in(text: str, character_set: CharacterSet) -> bool:
    if text.isascii():
        return True
    if character_set in _CODECS:
        return _is_encodable(text, character_set)
    if character_set is CharacterSet.LATIN:
        return _OF_LATIN.fullmatch(text) is not None
    return _is_encodable(_OF_MOJI_JOHO.sub("〇", text), CharacterSet.JIS_X_0213)


def in_jis_x_0208(text: str) -> bool:
    """Whether every character is in JIS X 0208 or ASCII; half-width kana are in neither.

    The codec is that of ISO-2022-JP: ``euc_jp`` would let JIS X 0212 pass as well.
    """
    return _is_in(text, CharacterSet.JIS_X_0208)


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


_LOST: Final = {
    CharacterKind.PRIVATE_USE: CharacterProblem.PRIVATE_USE,
    CharacterKind.UNREADABLE: CharacterProblem.UNREADABLE,
}


def check_characters(text: str, character_set: CharacterSet | None = None) -> None:
    """Refuse what no system can take, and what the set lacks.

    :param character_set: ``None`` takes every character but private use and unreadable ones.
    :raises InvalidCharacters: With a :class:`CharacterProblem`, the first kind of fault there is.
    """
    every = characters(text)
    for kind, problem in _LOST.items():
        wrong = [one for one in every if kind_of(one) is kind]
        if wrong:
            raise InvalidCharacters.found(problem, text, wrong)
    if character_set is None:
        return
    lost = [one.text for one in unsupported_characters(text, character_set)]
    if lost:
        raise InvalidCharacters.found(CharacterProblem.NOT_IN_SET, text, lost)


@dataclass(frozen=True, slots=True)
class CharacterReport:
    """What a clerk needs to know of one character, to find it in another system.

    :param number: Place in the text, from 1, selectors not counted.
    :param text: The character with its selector.
    :param sets: Those sets that hold it.
    """

    number: int
    text: str
    kind: CharacterKind
    sets: tuple[CharacterSet, ...]

    @property
    def code_points(self) -> str:
        """Its code points, such as ``U+845B U+E0100``."""
        return code_points(self.text)


def character_report(text: str) -> tuple[CharacterReport, ...]:
    """The code points of a text, character by character, and the sets that hold each."""
    return tuple(
        CharacterReport(number, one, kind_of(one), tuple(s for s in CharacterSet if _is_in(one, s)))
        for number, one in enumerate(characters(text), 1)
    )


@cache
def _shrink_tables(name: str = "jntajis") -> ModuleType:
    try:
        return importlib.import_module(name)  # large: only where candidates are asked for
    except ImportError:
        raise ShrinkUnavailable('pip install "govkit-jp[shrink]"') from None


def shrink_candidates(
    character: str, character_set: CharacterSet = CharacterSet.JIS_X_0208
) -> tuple[str, ...]:
    """Characters of a smaller set that may stand for one that it lacks (縮退候補).

    Candidates after the map of 文字情報基盤 (MJ縮退マップ), then that of the National Tax Agency; a
    person chooses, nothing is ever replaced. Empty when there is none, and for what is no kanji. A
    character that the set holds is its own only candidate.

    :param character: One kanji, with or without a variation selector.
    :raises ShrinkUnavailable: When the extra ``shrink`` is not installed.
    """
    if _is_in(character, character_set):
        return (character,)
    if count_characters(character) != 1 or kind_of(character) is not CharacterKind.KANJI:
        return ()
    tables = _shrink_tables()
    plain = _SELECTOR.sub("", character)
    every_scheme = ~tables.MJShrinkSchemeCombo(0)
    found = [plain, *tables.mj_shrink_candidates(plain, every_scheme)]
    # Without passthrough the library writes U+FFFD for a letter that it does not know.
    found.append(tables.jnta_shrink_translit(plain, passthrough=True))
    return tuple(one for one in dict.fromkeys(found) if one and _is_in(one, character_set))
