"""Which places a postcode stands for, offline: the postcode data of Japan Post in one small file.

The file in ``data/`` names its source and date in its first line and is written by
``tools/build_postcodes.py``. It is unpacked once, at the first question, and then only read: safe
for any number of threads, about ten megabytes of memory. Japan Post claims no copyright on the
data (unverified).
"""

import lzma
import struct
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate
from threading import Lock
from typing import Final

from govkit.jp.place_text import clean_place, place_key

__all__ = [
    "DATA_DATE",
    "DATA_SOURCE",
    "Municipality",
    "PostalArea",
    "Town",
    "all_postcodes",
    "codes_by_town_key",
    "lookup",
    "municipalities",
    "municipality",
    "reverse",
    "towns",
]

_FILE: Final = files("govkit.jp") / "data" / "postcodes.xz"
_FORMAT: Final = "govkit-postcodes-1"
_LENGTHS: Final = struct.Struct("<4I")


def _header() -> tuple[date, str]:
    with _FILE.open("rb") as file:
        written_as, day, source = file.readline().decode().rstrip("\n").split("\t")
    if written_as != _FORMAT:
        raise RuntimeError(f"{_FILE}: {written_as} is not {_FORMAT}")
    return date.fromisoformat(day), source


_HEADER: Final = _header()
DATA_DATE: Final[date] = _HEADER[0]
"""Day of the postcode data."""
DATA_SOURCE: Final[str] = _HEADER[1]
"""Where the postcode data came from."""


@dataclass(frozen=True, slots=True)
class Municipality:
    """A city, ward, town or village (市区町村) as postal addresses name it.

    A designated city (政令指定都市) appears by its wards (行政区).

    :param code: Six digits of its code (全国地方公共団体コード).
    :param prefecture: Name of the prefecture.
    :param name: With district (郡) or designated city: 余市郡余市町, 札幌市中央区.
    :param kana: Reading in full-width katakana.
    """

    code: str
    prefecture: str
    name: str
    kana: str

    @property
    def district(self) -> str:
        """The district (郡) of a town or village, or the island that the mail names; else blank."""
        if self.name[-1] not in "町村":
            return ""
        head, sign, _ = self.name.partition("郡")
        if sign and head:
            return head + sign
        return next((each for each in _ISLANDS if self.name.startswith(each)), "")

    @property
    def designated_city(self) -> str:
        """The designated city of a ward: 札幌市; else blank."""
        head, sign, rest = self.name.partition("市")
        return head + sign if sign and rest and self.name[-1] == "区" else ""

    @property
    def own_name(self) -> str:
        """The name without its district: 余市町; a ward keeps its city."""
        return self.name.removeprefix(self.district)


_ISLANDS: Final = ("三宅島", "八丈島")


@dataclass(frozen=True, slots=True)
class PostalArea:
    """One place that a postcode stands for.

    :param postcode: Seven digits.
    :param municipality: Where it lies.
    :param town: Town (町域); blank when the code only tells the municipality.
    :param kana: Reading of the town in full-width katakana; blank for an office.
    :param note: What the source adds in brackets: blocks, floors, streets of Kyoto (通り名).
    :param street: Lot and building of an office.
    :param office: Name of an office with a code of its own (大口事業所個別番号), else blank.
    """

    postcode: str
    municipality: Municipality
    town: str
    kana: str = ""
    note: str = ""
    street: str = ""
    office: str = ""

    @property
    def prefecture(self) -> str:
        """Name of the prefecture."""
        return self.municipality.prefecture

    @property
    def city(self) -> str:
        """Name of the municipality with its district or designated city."""
        return self.municipality.name

    @property
    def municipality_code(self) -> str:
        """Six digits of the municipality's code."""
        return self.municipality.code

    def __str__(self) -> str:
        """The address down to the town, for an office down to the building."""
        return f"{self.prefecture}{self.city}{self.town}{self.street}"


@dataclass(frozen=True, slots=True)
class Town:
    """A town (町域) of a municipality with its postcodes.

    :param postcodes: Seven digits each; several where parts of the town have codes of their own.
    """

    name: str
    kana: str
    postcodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """The unpacked file: codes in order, and where the text of each begins."""

    places: tuple[Municipality, ...]
    codes: "array[int]"
    starts: "array[int]"
    text: bytes

    def areas(self, index: int) -> tuple[PostalArea, ...]:
        rows = self.text[self.starts[index] : self.starts[index + 1] - 1].decode().split("\n")
        code = f"{self.codes[index]:07d}"
        return tuple([self._area(code, row) for row in rows])

    def _area(self, code: str, row: str) -> PostalArea:
        place, *rest = row.split("\t")
        return PostalArea(code, self.places[int(place)], *rest)


_lock: Final = Lock()


def _table() -> _Table:
    with _lock:
        return _unpacked()


@cache
def _unpacked() -> _Table:
    packed = _FILE.read_bytes()
    content = lzma.decompress(packed[packed.index(b"\n") + 1 :])
    parts: list[bytes] = []
    position = _LENGTHS.size
    for length in _LENGTHS.unpack_from(content):
        parts.append(content[position : position + length])
        position += length
    places = tuple(Municipality(*row.split("\t")) for row in parts[0].decode().split("\n"))
    return _Table(places, _summed(parts[1]), _summed(parts[2]), parts[3])


def _summed(differences: bytes) -> "array[int]":
    numbers = array("I", differences)
    if sys.byteorder == "big":
        numbers.byteswap()
    return array("I", accumulate(numbers))


def lookup(postcode: str) -> tuple[PostalArea, ...]:
    """All places that a postcode stands for, in the order of the source.

    :param postcode: Seven digits, with or without a hyphen, as ``str(Postcode)`` gives them.
    :return: Several where the code covers several towns or municipalities; empty when the data
        knows no such code.
    """
    digits = postcode.replace("-", "")
    if len(digits) != 7 or not (digits.isascii() and digits.isdigit()):
        return ()
    table = _table()
    number = int(digits)
    index = bisect_left(table.codes, number)
    if index == len(table.codes) or table.codes[index] != number:
        return ()
    return table.areas(index)


def all_postcodes() -> Iterator[str]:
    """Every postcode of the data, offices' too, smallest first; seven digits each."""
    return (f"{number:07d}" for number in _table().codes)


@lru_cache(maxsize=64)
def municipalities(prefecture: str = "") -> tuple[Municipality, ...]:
    """All municipalities, or those of a prefecture, in the order of their codes.

    :param prefecture: Name with its last letter: 東京都.
    """
    return tuple(each for each in _table().places if prefecture in ("", each.prefecture))


def municipality(code: str) -> Municipality | None:
    """The municipality with a code of six digits, or of five without the check digit."""
    return _by_code().get(code[:5]) if len(code) in (5, 6) else None


@cache
def _by_code() -> dict[str, Municipality]:
    return {each.code[:5]: each for each in _table().places}


@cache
def _codes_by_place() -> dict[str, "array[int]"]:
    """For each municipality the numbers of its codes in the table; offices are left out."""
    table = _table()
    found = [array("I") for _ in table.places]
    for index, rows in enumerate(_rows(table)):
        for place in {int(row.split(b"\t", 1)[0]) for row in rows if row.count(b"\t") == 3}:
            found[place].append(index)
    return {place.code: indexes for place, indexes in zip(table.places, found, strict=True)}


def _rows(table: _Table) -> Iterator[list[bytes]]:
    for start, end in zip(table.starts, table.starts[1:], strict=False):
        yield table.text[start : end - 1].split(b"\n")


@lru_cache(maxsize=128)
def towns(code: str) -> tuple[Town, ...]:
    """The towns (町域) of a municipality in the order of their postcodes, each once.

    :param code: Six digits; an unknown municipality has none.
    """
    found: dict[tuple[str, str], list[str]] = {}
    table = _table()
    for index in _codes_by_place().get(code, ()):
        for area in table.areas(index):
            if area.municipality.code == code:
                found.setdefault((area.town, area.kana), []).append(area.postcode)
    return tuple(
        Town(name, kana, tuple(dict.fromkeys(codes)))
        for (name, kana), codes in found.items()
        if name
    )


@lru_cache(maxsize=128)
def codes_by_town_key(code: str) -> Mapping[str, tuple[str, ...]]:
    """Postcodes by :func:`govkit.jp.place_text.place_key` of the towns of a municipality.

    The blank key has those that only tell the municipality.

    :param code: Six digits; an unknown municipality has none.
    """
    found: dict[str, list[str]] = {}
    table = _table()
    for index in _codes_by_place().get(code, ()):
        for area in table.areas(index):
            if area.municipality.code == code:
                found.setdefault(place_key(area.town), []).append(area.postcode)
    return {key: tuple(dict.fromkeys(codes)) for key, codes in found.items()}


def reverse(prefecture: str, city: str, town: str = "") -> tuple[str, ...]:
    """The postcodes of a town; a blank town asks for the municipality's own code.

    Ways to write the names (ヶ, 大字, 一条) are told apart by nothing but
    :func:`govkit.jp.place_text.place_key`; the district (郡) may be left out.

    :return: Seven digits each, smallest first; several where parts of a town have codes of their
        own; empty when there is no such place. Offices are not among them.
    """
    wanted = place_key(city)
    codes: set[str] = set()
    for each in municipalities(clean_place(prefecture)):
        if wanted in (place_key(each.name), place_key(each.own_name)):
            codes.update(codes_by_town_key(each.code).get(place_key(town), ()))
    return tuple(sorted(codes))
