"""The keys under which names and places of the register are found.

A name has several written forms; each is split into parts at spaces and middle dots, and every
part has a key. Three keys lie over one another, each coarser than the one before and none longer
than the text: :func:`govkit.jp.text.search_key` (kana, width), :func:`name_key` (true variants of
kanji too) and :func:`loose_key` (characters that people confuse too). An index holds the coarsest.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from govkit.jp.place_text import place_key
from govkit.jp.text import search_key, spell_out_long_o
from govkit.jp.variants import confused_key, fold_variants
from govkit.residents.records import Address, PersonName, Resident

__all__ = [
    "KeyedName",
    "MatchedOn",
    "NameForm",
    "address_key",
    "building_key",
    "is_near",
    "keyed_name",
    "loose_key",
    "name_forms",
    "name_key",
    "name_keys",
    "place_keys",
    "readings",
    "resident_forms",
    "resident_keys",
]


class MatchedOn(StrEnum):
    """What made a person a candidate."""

    NUMBER = "number"
    HOUSEHOLD = "household"
    NAME = "name"
    KANA = "kana"
    ALIAS = "alias"
    FORMER_NAME = "former_name"
    HISTORY = "history"
    """A name or an address of an earlier row (履歴)."""
    BIRTH = "birth"
    ADDRESS = "address"
    SOURCE = "source"


_MEMO: Final = 1 << 16
_plain_key = lru_cache(_MEMO)(search_key)


@lru_cache(_MEMO)
def name_key(text: str) -> str:
    """The key of a name: :func:`~govkit.jp.text.search_key` with true variants of kanji as one.

    髙橋 and 高橋 share it, 斎藤 and 斉藤 do not.
    """
    return fold_variants(search_key(text))


@lru_cache(_MEMO)
def loose_key(text: str) -> str:
    """The key that also takes for one what people confuse: 斎藤 and 斉藤 share it.

    It is as long as :func:`name_key`, and texts that share that share this: an index over it finds
    a superset under every rule.
    """
    return confused_key(name_key(text))


_BETWEEN_NAMES: Final = re.compile(r"[\s・･·‧•]+")


@dataclass(frozen=True, slots=True)
class KeyedName:
    """The keys of one text of a name.

    :param parts: Keys of what stands between spaces and middle dots.
    :param heads: Keys of the first part, the first two and so on; the last one is the whole.
    :param tails: Keys of the whole, of all but the first part and so on; the last one is a part.
    """

    parts: tuple[str, ...]
    heads: tuple[str, ...]
    tails: tuple[str, ...]

    @property
    def whole(self) -> str:
        """The key of the whole name, blank if it has no letters."""
        return self.tails[0] if self.tails else ""


def keyed_name(text: str, key: Callable[[str], str] = name_key) -> KeyedName:
    """The keys of a name as written or typed.

    The key of several parts is that of their letters written together, not always the keys of the
    parts one after the other: サトウ ウメ.
    """
    return _keyed(text, key)


@lru_cache(_MEMO)
def _keyed(text: str, key: Callable[[str], str]) -> KeyedName:
    texts = [part for part in _BETWEEN_NAMES.split(text) if key(part)]
    parts = tuple(map(key, texts))
    if len(parts) == 1:
        return KeyedName(parts, parts, parts)
    places = range(len(parts))
    heads = tuple(key("".join(texts[: n + 1])) for n in places)
    return KeyedName(parts, heads, tuple(key("".join(texts[n:])) for n in places))


def readings(text: str) -> tuple[str, ...]:
    """The ways a text with long marks can be meant: one or two texts.

    The long mark counts for nothing, so メアリー is メアリ; after the o-row it may also stand for the
    vowel, so オーノ is オノ and オオノ, while those two stay apart.
    """
    spelled = spell_out_long_o(text)
    return (text,) if spelled == text else (text, spelled)


@dataclass(frozen=True, slots=True)
class NameForm:
    """One written form of a name.

    :param is_kana: Whether it is a reading.
    :param text: The form as registered, one space between its parts, or with its long marks
        spelled out.
    """

    matched_on: MatchedOn
    is_kana: bool
    text: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The :func:`name_key` of each part."""
        return keyed_name(self.text).parts


def name_forms(name: PersonName) -> tuple[NameForm, ...]:
    """Every form under which a name may be asked for, each once."""
    return tuple(_distinct(_forms(name)))


def resident_forms(resident: Resident, *, history: bool) -> tuple[NameForm, ...]:
    """The forms of a resident's names.

    :param history: With the forms of earlier rows that the current row does not have.
    """
    forms = name_forms(resident.name)
    if not (history and resident.history):
        return forms
    known = {(form.is_kana, form.text) for form in forms}
    former = (
        NameForm(MatchedOn.HISTORY, form.is_kana, form.text)
        for row in resident.history
        for form in name_forms(row.name)
        if (form.is_kana, form.text) not in known
    )
    return (*forms, *dict.fromkeys(former))


def _distinct(forms: Iterator[tuple[MatchedOn, bool, str]]) -> dict[NameForm, None]:
    return {
        NameForm(matched_on, is_kana, reading): None
        for matched_on, is_kana, text in forms
        if text and not text.isspace()
        for reading in readings(" ".join(_BETWEEN_NAMES.split(text)).strip())
    }


def _forms(name: PersonName) -> Iterator[tuple[MatchedOn, bool, str]]:
    for text in (name.full, f"{name.family} {name.given}", name.roman, name.kanji):
        yield MatchedOn.NAME, False, text
    for text in (name.kana_full, f"{name.kana_family} {name.kana_given}"):
        yield MatchedOn.KANA, True, text
    yield MatchedOn.ALIAS, False, name.alias
    yield MatchedOn.ALIAS, True, name.alias_kana
    if name.former_family:
        yield MatchedOn.FORMER_NAME, False, f"{name.former_family} {name.given}"
    if name.former_kana:
        yield MatchedOn.FORMER_NAME, True, f"{name.former_kana} {name.kana_given}"


def name_keys(*names: PersonName) -> tuple[str, ...]:
    """Every :func:`loose_key` under which a name can be found, each once.

    For each form the key of the whole, of each rest from a part on, and of each part. An index
    over these keys that answers equality, prefix and part for the loose keys of a
    :class:`~govkit.residents.matching.Matcher` finds all that the matcher accepts.
    """
    keys: dict[str, None] = {}
    for name in names:
        for form in name_forms(name):
            keyed = keyed_name(form.text, loose_key)
            keys |= dict.fromkeys((*keyed.tails, *keyed.parts, *keyed.heads))
    return tuple(keys)


def resident_keys(resident: Resident) -> tuple[str, ...]:
    """The :func:`name_keys` of a resident, earlier rows too."""
    return name_keys(resident.name, *(row.name for row in resident.history))


_SEPARATORS: Final = re.compile("(?<=[0-9])(?:丁目|番地|番|号|-|ノ(?=[0-9]))+")
_ROOM: Final = re.compile("(?<=[0-9])(?:号室|号)")


@lru_cache(_MEMO)
def address_key(text: str) -> str:
    """The key of an address without its building (住所).

    As :func:`~govkit.jp.place_text.place_key`, where ヶ, ケ and が are one; 二丁目1番3号 and 2-1-3 are
    one too.
    """
    return name_key(_SEPARATORS.sub("/", place_key(text)))


@lru_cache(_MEMO)
def building_key(text: str) -> str:
    """The key of building and room (方書), with or without 号 or 号室 after a number."""
    return name_key(_ROOM.sub("", place_key(text)))


def place_keys(address: Address) -> tuple[str, str]:
    """The :func:`address_key` and the :func:`building_key` of an address."""
    place = f"{address.prefecture}{address.city}{address.town}{address.lot}"
    return address_key(place), building_key(address.building)


def is_near(one: str, other: str) -> bool:
    """Whether two keys are equal, or of three letters or more and one edit apart.

    An edit inserts, deletes or replaces a letter, or swaps two neighbours.
    """
    if one == other:
        return True
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(short) < 3 or len(long) - len(short) > 1:
        return False
    start = 0
    for a, b in zip(short, long, strict=False):
        if a != b:
            break
        start += 1
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    if short[start + 1 :] == long[start + 1 :]:
        return True
    swapped = short[start + 1 : start + 2] + short[start : start + 1]
    return swapped == long[start : start + 2] and short[start + 2 :] == long[start + 2 :]
