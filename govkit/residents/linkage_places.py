"""How far an address in one line, as people write it, agrees with an address of the register.

The town is looked for in the line, the numbers after it are held against lot and room: whether
they are written 二丁目9番5号 or 2-9-5 does not matter.
"""

import re
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

from govkit.jp.place_text import kanji_number, place_key
from govkit.jp.text import fold_width
from govkit.residents.records import Address, Masked, Resident

__all__ = ["ClaimedPlace", "PlaceAgreement", "agrees_in_town", "compare_places"]


class PlaceAgreement(Enum):
    """How far a claimed address agrees with the register's."""

    __hash__ = object.__hash__

    BUILDING = "方書まで一致"
    LOT = "番地まで一致"
    TOWN = "町字まで一致"
    FORMER = "以前の住所と一致"
    POSTCODE = "郵便番号が一致"
    DIFFERENT = "不一致"
    MISSING = "比べられない"


_NUMERALS: Final = "〇一二三四五六七八九十百千"
_NUMBER: Final = re.compile(f"[0-9]+|[{_NUMERALS}]+(?![^丁番号の\\-ー−－])")
_CHOME: Final = re.compile(f"([0-9]+|[{_NUMERALS}]+)丁目$")
_NOT_DIGIT: Final = re.compile("[^0-9]+")


class ClaimedPlace(NamedTuple):
    """A claimed address, read once.

    :param text: In one width.
    :param postcode: Seven digits, or blank.
    """

    text: str
    postcode: str
    machiaza_id: str

    @classmethod
    def of(cls, address: str, postcode: str, machiaza_id: str) -> "ClaimedPlace":
        """Fold what was typed."""
        digits = _NOT_DIGIT.sub("", fold_width(postcode)) if postcode else ""
        return cls(
            fold_width(address.strip()),
            digits if len(digits) == 7 else "",
            fold_width(machiaza_id).strip() if machiaza_id else "",
        )

    @property
    def is_blank(self) -> bool:
        """Whether nothing of a place was claimed."""
        return not (self.text or self.postcode or self.machiaza_id)


_key = lru_cache(1 << 14)(place_key)


def compare_places(claimed: ClaimedPlace, resident: Resident) -> PlaceAgreement:
    """How far a claimed address agrees with where a resident lives or lived."""
    if claimed.is_blank:
        return PlaceAgreement.MISSING
    address = resident.address
    if isinstance(address, Masked) or not (address.town or address.postcode):
        return PlaceAgreement.MISSING
    agreement = _compare(claimed, address)
    if agreement is not PlaceAgreement.DIFFERENT:
        return agreement
    for row in resident.history:
        if not isinstance(row.address, Masked) and _compare(claimed, row.address) in _AT_HOME:
            return PlaceAgreement.FORMER
    return agreement


def agrees_in_town(claimed: ClaimedPlace, address: Address) -> bool:
    """Whether a claimed address may be in the town of this one."""
    return not claimed.is_blank and _compare(claimed, address) is not PlaceAgreement.DIFFERENT


_AT_HOME: Final = (PlaceAgreement.BUILDING, PlaceAgreement.LOT)


def _compare(claimed: ClaimedPlace, address: Address) -> PlaceAgreement:
    if claimed.text and (found := _in_text(claimed.text, address)) is not None:
        return found
    if claimed.machiaza_id and claimed.machiaza_id == address.machiaza_id:
        return PlaceAgreement.TOWN
    if claimed.postcode and claimed.postcode == address.postcode:
        return PlaceAgreement.POSTCODE
    return PlaceAgreement.DIFFERENT


def _in_text(text: str, address: Address) -> PlaceAgreement | None:
    """How far a line agrees, or ``None`` if the town is not in it."""
    base, chome = _town(address.town)
    end = _after(text, base, address.city)
    if end is None:
        # Perhaps only written another way: ヶ and ケ, old and new forms of kanji, 大字 or none.
        text = _key(text)
        end = _after(text, _key(base), _key(address.city))
    if end is None:
        return None
    numbers = _numbers(text[end:])
    if chome:
        if not numbers or numbers[0] != chome:
            return None
        numbers = numbers[1:]
    lot = _registered_numbers(address.lot)
    if not lot or numbers[: len(lot)] != lot:
        return PlaceAgreement.TOWN
    room = _registered_numbers(address.building)
    if room and numbers[len(lot) : len(lot) + len(room)] == room:
        return PlaceAgreement.BUILDING
    return PlaceAgreement.LOT


def _after(text: str, base: str, city: str) -> int | None:
    """Where the town ends in the line, or ``None`` if the line has it not, or in another city."""
    if not base:
        return None
    if city and city not in text and not text.startswith(base):
        return None
    at = text.find(base, text.find(city) + len(city) if city in text else 0)
    return at + len(base) if at >= 0 else None


@lru_cache(1 << 14)
def _town(town: str) -> tuple[str, int]:
    """Name of a town without its 丁目, and that number; 0 without one."""
    folded = fold_width(town)
    match = _CHOME.search(folded)
    if match is None:
        return folded, 0
    return folded[: match.start()], _value(match[1])


def _numbers(text: str) -> list[int]:
    return [_value(each) for each in _NUMBER.findall(text)]


@lru_cache(1 << 16)
def _registered_numbers(text: str) -> list[int]:
    return _numbers(fold_width(text))


@lru_cache(1 << 14)
def _value(numeral: str) -> int:
    return int(numeral) if numeral.isascii() else kanji_number(numeral) or 0
