"""Postcodes and addresses as people write them: one parse, then parts.

>>> str(Postcode.parse("〒１９０ー００２２"))
'190-0022'
>>> parts = AddressParts.parse("東京都立川市錦町一丁目２－３コーポ錦１０１")
>>> parts.city, parts.town, parts.lot, parts.building
('立川市', '錦町', '1丁目2-3', 'コーポ錦101')
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import Final, Self

from govkit.errors import InvalidValue
from govkit.jp.digits import LOOK_ALIKES, is_digits, is_spoilt_by_spreadsheet, tidy
from govkit.jp.lots import LotNumber, LotProblem, find_lot, split_lot
from govkit.jp.place_text import ALL_DASHES, clean_place, keyed, place_key
from govkit.jp.postcodes import Municipality, codes_by_town_key, municipalities
from govkit.jp.prefectures import PREFECTURES, Prefecture, PrefectureProblem
from govkit.jp.text import WAVES

__all__ = [
    "AddressParts",
    "AddressProblem",
    "LotNumber",
    "LotProblem",
    "MunicipalityProblem",
    "Postcode",
    "PostcodeProblem",
    "Prefecture",
    "PrefectureProblem",
    "find_municipality",
]


class PostcodeProblem(StrEnum):
    """Why a text is no postcode of seven digits."""

    EMPTY = "postcode_empty"
    NOT_DIGITS = "postcode_not_digits"
    WRONG_LENGTH = "postcode_wrong_length"
    OLD = "postcode_old"
    LOST_ZERO = "postcode_lost_zero"
    SPREADSHEET = "postcode_spreadsheet"
    DIGITAL_ADDRESS = "postcode_digital_address"


_LABEL: Final = re.compile(
    "^(?:[〒〶〠]|郵便番号|〒番号|ゆうびんばんごう|postal ?code|post ?code|zip(?: ?code)?)+[ :;は]*",
    re.IGNORECASE,
)
_BRACKETS: Final = re.compile(r"[(\[「【](.*)[)\]」】]")
_BETWEEN: Final = str.maketrans(dict.fromkeys(ALL_DASHES + WAVES, "-"))
_KANJI_DIGITS: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")
_WHOLE_NUMBER: Final = re.compile(r"([0-9]+)\.0")
_DIGITAL: Final = re.compile("(?=.*[A-Z])[0-9A-Z]{3}-?[0-9A-Z]{4}")
_LOOKS_LIKE_DIGITS: Final = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Postcode:
    """Postcode (郵便番号) of seven digits, valid since 1998.

    :param digits: Seven ASCII digits.
    :param raw: The text as it was typed.
    """

    digits: str
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a citizen typed: any width, with 〒, any dash, spaces, also in kanji (一九〇).

        A code whose leading zero a spreadsheet has lost is refused, never repaired; the error
        suggests what was probably meant. A digital address (デジタルアドレス, seven letters and
        digits such as ABC-1234) names a person's address and only Japan Post can resolve it.

        :raises InvalidValue: With a :class:`PostcodeProblem`.
        """
        code = _bare_code(text)
        if not code:
            raise InvalidValue(PostcodeProblem.EMPTY)
        if is_spoilt_by_spreadsheet(code):
            raise InvalidValue(PostcodeProblem.SPREADSHEET)
        digits = code.replace("-", "")
        if not is_digits(digits):
            raise _not_digits(code)
        if len(digits) != 7:
            raise _wrong_length(code, digits)
        return cls(digits, text)

    def __str__(self) -> str:
        """The form of envelopes: ``190-0022``."""
        return f"{self.digits[:3]}-{self.digits[3:]}"


def _bare_code(text: str) -> str:
    """The code without label and spaces, its dashes all ``-``."""
    plain = _LABEL.sub("", clean_place(tidy(text)))
    plain = bracket[1] if (bracket := _BRACKETS.fullmatch(plain)) else plain
    # 一 stands for a hyphen after three digits, for the numeral everywhere else.
    plain = re.sub("^([0-9]{3})一(?=[0-9]{4}$)", r"\1-", plain.replace(" ", ""))
    code = plain.translate(_BETWEEN).translate(_KANJI_DIGITS)
    whole = _WHOLE_NUMBER.fullmatch(code)
    return re.sub("-{2,}", "-", whole[1] if whole else code).strip("-")


def _not_digits(code: str) -> InvalidValue:
    letters = code.translate(LOOK_ALIKES).upper()
    meant = letters.translate(_LOOKS_LIKE_DIGITS).replace("-", "")
    if is_digits(meant):
        suggestion = f"{meant[:3]}-{meant[3:]}" if len(meant) == 7 else ""
        return InvalidValue(PostcodeProblem.NOT_DIGITS, suggestion)
    if _DIGITAL.fullmatch(letters):
        return InvalidValue(PostcodeProblem.DIGITAL_ADDRESS)
    return InvalidValue(PostcodeProblem.NOT_DIGITS)


def _wrong_length(code: str, digits: str) -> InvalidValue:
    head, dash, tail = code.partition("-")
    if dash and len(tail) == 4 and len(head) in (1, 2):
        return InvalidValue(PostcodeProblem.LOST_ZERO, f"{head:0>3}-{tail}")
    if len(digits) == 6 and not dash:
        return InvalidValue(PostcodeProblem.LOST_ZERO, f"0{digits[:2]}-{digits[2:]}")
    # 190 and 190-15 were whole codes until 1998.
    if len(digits) == 3 or (len(digits) == 5 and (not dash or len(head) == 3)):
        return InvalidValue(PostcodeProblem.OLD)
    return InvalidValue(PostcodeProblem.WRONG_LENGTH)


class MunicipalityProblem(StrEnum):
    """Why a text names no single municipality."""

    EMPTY = "municipality_empty"
    UNKNOWN = "municipality_unknown"
    AMBIGUOUS = "municipality_ambiguous"


@cache
def _by_key() -> Mapping[str, tuple[Municipality, ...]]:
    """Municipalities by key of each way to write them; a designated city gives all its wards."""
    found: dict[str, dict[str, Municipality]] = {}
    for each in municipalities():
        for name in {each.name, each.own_name, each.designated_city} - {""}:
            found.setdefault(place_key(name), {})[each.code] = each
    return {key: tuple(places.values()) for key, places in found.items()}


@cache
def _longest_name() -> int:
    return max(map(len, _by_key()))


def find_municipality(text: str, prefecture: str = "") -> Municipality:
    """The municipality that a text names, with or without its district (郡) and prefecture.

    :param prefecture: Name with its last letter, where it is known from elsewhere.
    :raises InvalidValue: With a :class:`MunicipalityProblem`; 府中市 alone is ambiguous, and so is
        a designated city (横浜市) without its ward.
    """
    cleaned = clean_place(text).replace(" ", "")
    if not cleaned:
        raise InvalidValue(MunicipalityProblem.EMPTY)
    named, rest = _divide_prefecture(cleaned)
    wanted = prefecture or named
    places = _by_key().get(place_key(rest), ()) or _by_key().get(place_key(cleaned), ())
    places = tuple(each for each in places if wanted in ("", each.prefecture))
    if not places or (prefecture and named not in ("", prefecture)):
        raise InvalidValue(MunicipalityProblem.UNKNOWN)
    if len(places) > 1:
        raise InvalidValue(MunicipalityProblem.AMBIGUOUS)
    return places[0]


class AddressProblem(StrEnum):
    """Why a line of text cannot be divided into the parts of an address."""

    EMPTY = "address_empty"
    NO_CITY = "address_no_city"
    AMBIGUOUS_CITY = "address_ambiguous_city"
    TOO_LONG = "address_too_long"


_LONGEST: Final = 1000  # more than twice what the fields of resident records hold together


@dataclass(frozen=True, slots=True)
class AddressParts:
    """An address (住所) in its parts; spellings of names stay as they were typed.

    :param prefecture: 都道府県; added where it was left out and only one can be meant.
    :param city: 市区町村, with district (郡) or ward as typed.
    :param street: Streets of Kyoto (通り名) before the town.
    :param town: 町字.
    :param lot: 番地・号 as :class:`govkit.jp.lots.LotNumber` writes it.
    :param building: 方書.
    :param municipality_code: Six digits; blank for a designated city without its ward.
    :param postcode: A postcode before the address, with its hyphen.
    :param raw: The text as it was typed.
    """

    prefecture: str
    city: str
    street: str = ""
    town: str = ""
    lot: str = ""
    building: str = ""
    municipality_code: str = ""
    postcode: str = ""
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Divide one line by the postcode data, the longest name first.

        :raises InvalidValue: With an :class:`AddressProblem`.
        """
        if len(text) > _LONGEST:
            raise InvalidValue(AddressProblem.TOO_LONG)
        parts = cls._divided(text)
        # Written in order the parts must be the same: what followed a space may now follow a town.
        for _round in range(4):
            before, parts = parts, cls._divided(str(parts))
            if parts == before:
                break
        return replace(parts, raw=text)

    @classmethod
    def _divided(cls, text: str) -> Self:
        postcode, line = _divide_postcode(clean_place(tidy(text)))
        if not line:
            raise InvalidValue(AddressProblem.EMPTY)
        prefecture, rest = _divide_prefecture(line)
        city, places, rest = _divide_city(prefecture, rest)
        street, town, rest, places = _divide_town(places, rest)
        lot, building = split_lot(rest)
        if len({each.prefecture for each in places}) > 1 or _too_many(places):
            raise InvalidValue(AddressProblem.AMBIGUOUS_CITY)
        code = places[0].code if len(places) == 1 else ""
        found = prefecture or places[0].prefecture
        return cls(found, city, street, town, lot, building, code, postcode)

    def __str__(self) -> str:
        """The whole address on one line, a space before the building."""
        # 鶴沼第1 and 12番地 must not run together.
        gap = " " if self.town[-1:].isdigit() and self.lot[:1].isdigit() else ""
        place = f"{self.prefecture}{self.city}{self.street}{self.town}{gap}{self.lot}"
        code = f"〒{self.postcode} " if self.postcode else ""
        return f"{code}{place} {self.building}".rstrip()


_POSTCODE: Final = re.compile(
    f"^(?:住所|所在地)?[ :]*〒? ?([0-9]{{3}}) ?[{re.escape(ALL_DASHES)}]? ?([0-9]{{4}})(?![0-9]) ?"
)
_ADDRESS_LABEL: Final = re.compile("^(?:住所|所在地|現住所)[ :]+")


def _divide_postcode(line: str) -> tuple[str, str]:
    found = _POSTCODE.match(line)
    if found:
        return f"{found[1]}-{found[2]}", line[found.end() :].strip()
    return "", _ADDRESS_LABEL.sub("", line).removeprefix("〒").strip()


def _divide_prefecture(line: str) -> tuple[str, str]:
    """Name of the prefecture as it should be, and the rest; blank when the line begins otherwise."""
    compact = re.match("(?:. ?){1,4}", line)
    head = compact[0].replace(" ", "") if compact else ""
    for each in PREFECTURES:
        if head.startswith(each.name):
            return each.name, _after(line, len(each.name))
    for each in PREFECTURES:
        short = each.name[:-1]
        rest = _after(line, len(short))
        if head.startswith(short) and _cities_at(rest, each.name) and not _cities_at(line, ""):
            return each.name, rest
    return "", line


def _after(line: str, letters: int) -> str:
    """The line without so many letters, spaces not counted."""
    return re.sub(f"^(?: ?[^ ]){{{letters}}} ?", "", line)


def _cities_at(line: str, prefecture: str) -> tuple[int, tuple[Municipality, ...]] | None:
    """End of the longest name that the line begins with, and the municipalities so called."""
    key, ends = keyed(line)
    for length in range(min(len(key), _longest_name()), 1, -1):
        places = _by_key().get(key[:length], ()) if ends[length - 1] >= 0 else ()
        places = tuple(each for each in places if prefecture in ("", each.prefecture))
        if places:
            return ends[length - 1], places
    return None


def _divide_city(prefecture: str, line: str) -> tuple[str, tuple[Municipality, ...], str]:
    found = _cities_at(line, prefecture)
    if found is None:
        raise InvalidValue(AddressProblem.NO_CITY)
    end, places = found
    return line[:end].replace(" ", ""), places, line[end:].lstrip()


_TURNS: Final = re.compile("上[るルが](?:る)?|下[るルが](?:る)?|[東西]入[るル]?")
_BLOCK: Final = re.compile(
    "第?(?:[0-9]+|[〇零一二三四五六七八九十百]+)(?:番町|番丁|町目)(?:[東西南北])?"
)
_NAME: Final = re.compile("[一-鿿々〆ヶァ-ヺぁ-ゖー]+")
_BUILDINGS: Final = re.compile(
    "ビル|マンション|アパート|ハイツ|コーポ|荘|ハウス|庁舎|団地|住宅|レジデンス|メゾン|タワー|ハイム|寮|会館|センター|宿舎|パーク|病院|学校|大学|方"
)


def _divide_town(
    places: tuple[Municipality, ...], line: str
) -> tuple[str, str, str, tuple[Municipality, ...]]:
    """Street, town, rest, and those of the municipalities that have the town."""
    street = _street(line) if any("京都市" in each.name for each in places) else ""
    after = line[len(street) :].lstrip()
    town, places = _longest_town(places, after)
    rest = after[len(town) :]
    block = _BLOCK.match(rest)
    more = block[0] if block else _smaller_town(rest)
    return street.replace(" ", ""), (town + more).replace(" ", ""), rest[len(more) :], places


def _street(line: str) -> str:
    """Streets of Kyoto up to the last turn (上る, 東入る) before the lot."""
    lot = find_lot(line)
    turns = list(_TURNS.finditer(line[:lot] if lot > 0 else line))
    return line[: turns[-1].end()] if turns else ""


def _longest_town(
    places: tuple[Municipality, ...], line: str
) -> tuple[str, tuple[Municipality, ...]]:
    key, ends = keyed(line)
    known = {each: codes_by_town_key(each.code) for each in places}
    for length in range(min(len(key), 40), 0, -1):
        if ends[length - 1] >= 0:
            having = tuple(each for each in places if key[:length] in known[each])
            if having:
                return line[: ends[length - 1]], having
    return "", places


def _smaller_town(rest: str) -> str:
    """A 字 or another name that the postcode data does not list, before the lot."""
    lot = find_lot(rest)
    name = rest[:lot] if lot >= 0 else rest
    if lot < 0 and not name.endswith(("町", "村", "字")):
        return ""
    if name.startswith(("字", "大字")):
        return name
    return name if _NAME.fullmatch(name) and not _BUILDINGS.search(name) else ""


def _too_many(places: tuple[Municipality, ...]) -> bool:
    return len(places) > 1 and len({each.designated_city or each.code for each in places}) > 1
