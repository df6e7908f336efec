"""Telephone numbers of Japan: read as people write them, stored as digits, shown with hyphens."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final, Self

from govkit.errors import InvalidValue
from govkit.jp.digits import DASH_LIKE, is_digits, is_spoilt_by_spreadsheet, tidy

__all__ = ["Telephone", "TelephoneKind", "TelephoneProblem"]


class TelephoneProblem(StrEnum):
    """Why a telephone number cannot be read."""

    EMPTY = "telephone_empty"
    NOT_DIGITS = "telephone_not_digits"
    WRONG_LENGTH = "telephone_wrong_length"
    LOST_ZERO = "telephone_lost_zero"
    NO_AREA_CODE = "telephone_no_area_code"
    UNKNOWN_PREFIX = "telephone_unknown_prefix"
    LETTER_FOR_DIGIT = "telephone_letter_for_digit"
    MISSING_PLUS = "telephone_missing_plus"
    FOREIGN = "telephone_foreign"
    EMERGENCY = "telephone_emergency"
    EXTENSION = "telephone_extension"
    SEVERAL = "telephone_several"
    SPREADSHEET = "telephone_spreadsheet"


class TelephoneKind(StrEnum):
    """What a number is for, after the numbering plan (電気通信番号計画)."""

    GEOGRAPHIC = "geographic"
    MOBILE = "mobile"
    IP = "ip"
    FREE = "free"
    SHARED_COST = "shared_cost"
    PREMIUM = "premium"
    FOREIGN = "foreign"


# First digits, number of digits, groups of the written form; 060 since the plan of December 2024.
_PLAN: Final = (
    (re.compile("0120"), 10, (4, 3, 3), TelephoneKind.FREE),
    (re.compile("0570"), 10, (4, 3, 3), TelephoneKind.SHARED_COST),
    (re.compile("0990"), 10, (4, 3, 3), TelephoneKind.PREMIUM),
    (re.compile("0800"), 11, (4, 3, 4), TelephoneKind.FREE),
    (re.compile("050[1-9]"), 11, (3, 4, 4), TelephoneKind.IP),
    (re.compile("0[6-9]0[1-9]"), 11, (3, 4, 4), TelephoneKind.MOBILE),
)
_NOT_ASSIGNED: Final = re.compile("00|020|0(?!800)[2-9]00")
_SHORT: Final = re.compile(r"1[0-9]{2}|#[0-9]{3,4}")
_JAPAN: Final = re.compile(r"(?:\+|010|00)81")
_MOST_DIGITS: Final = 15
_MARKS: Final = "℡☎☏✆📞📱🕻🕼🖀"
_NAMES: Final = (
    "TELEPHONE", "TEL", "PHONE", "MOBILE", "FAX", "電話番号", "電話", "携帯番号", "携帯電話", "携帯",
    "自宅", "固定", "勤務先", "職場", "会社", "代表", "直通", "連絡先", "昼間", "日中", "本人",
)  # fmt: skip
_LABEL: Final = re.compile(rf"(?:(?:{'|'.join(_NAMES)}|[{_MARKS}])[.:;/ ]*)+", re.IGNORECASE)
_NOTE: Final = re.compile(
    r" *[(\[【〔<]? *(?:代表?|直通?|呼出?し?|自宅|携帯|勤務先|職場|会社|本人|㈹)(?:電話|番号)? *[)\]】〕>]? *"
)
_EXTENSION: Final = re.compile(
    r"[ (\[【〔、,;/]*(?:内線?|EXTENSION|EXT|(?<![A-Z])(?:EX|X|#)(?=[.:= ]*[0-9]))(?:番号)?[)\]】〕]?[.:=# ]*([^)\]】〕]*)[)\]】〕 ]*$",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(rf"[\s.・·･()\[\]【】〔〕{re.escape(DASH_LIKE)}]+")
_PIECES: Final = re.compile(r"[/、,;&]|又は|または|及び|と|\bOR\b|\bFAX\b", re.IGNORECASE)
_TO_DIGIT: Final = str.maketrans("OoIl|", "00111")


@dataclass(frozen=True, slots=True)
class Telephone:
    """A telephone number (電話番号).

    :param number: ASCII digits from the leading zero; ``+`` and digits for one abroad.
    :param extension: Digits of the extension (内線), blank without one.
    """

    number: str
    extension: str = ""
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str, *, allows_foreign: bool = False) -> Self:
        """Read a number with any dashes, spaces, dots and brackets, +81, TEL:, （代） and 内線.

        Refused with what was meant: a zero that a spreadsheet lost, O and I for 0 and 1, 81 without
        plus. Numbers of machines (020), short numbers such as 110 and two numbers at once are
        refused.

        :param allows_foreign: Whether numbers of other countries are read, from their ``+``.
        :raises InvalidValue: With a :class:`TelephoneProblem`.
        """
        plain = " ".join(tidy(text).split())
        if not plain:
            raise InvalidValue(TelephoneProblem.EMPTY)
        if is_spoilt_by_spreadsheet(text):
            raise InvalidValue(TelephoneProblem.SPREADSHEET)
        if label := _LABEL.match(plain):
            plain = plain[label.end() :]
        plain, extension = _split_extension(plain)
        number = _number(_NOTE.sub(" ", plain).strip(), allows_foreign=allows_foreign)
        return cls(number, extension, text)

    @property
    def kind(self) -> TelephoneKind:
        """What the number is for."""
        return _plan_of(self.number)[2]

    @property
    def formatted(self) -> str:
        """The number with hyphens: 042-523-2111.

        Area codes have two to five digits; a number of no known area, and one abroad, stays whole.
        """
        _, groups, kind = _plan_of(self.number)
        if kind is TelephoneKind.GEOGRAPHIC:
            groups = _geographic_groups(self.number)
        written = _grouped(self.number, groups) if groups else self.number
        return f"{written} 内線{self.extension}" if self.extension else written

    @property
    def international(self) -> str:
        """The number as dialled from abroad (E.164): +81425232111; without the extension."""
        return self.number if self.number.startswith("+") else f"+81{self.number[1:]}"

    def __str__(self) -> str:
        return f"{self.number}内線{self.extension}" if self.extension else self.number


def _split_extension(plain: str) -> tuple[str, str]:
    found = _EXTENSION.search(plain)
    if found is None or found.start() == 0:
        return plain, ""
    digits = _BETWEEN.sub("", found[1])
    if not is_digits(digits) or len(digits) > 8:
        raise InvalidValue(TelephoneProblem.EXTENSION)
    return plain[: found.start()], digits


def _number(plain: str, *, allows_foreign: bool) -> str:
    digits = _BETWEEN.sub("", plain.removesuffix(".0"))
    if not digits:
        raise InvalidValue(TelephoneProblem.EMPTY)
    if _SHORT.fullmatch(digits):
        raise InvalidValue(TelephoneProblem.EMERGENCY)
    if not is_digits(digits.removeprefix("+")):
        raise _unreadable(plain, digits)
    if len(digits) > _MOST_DIGITS + len("010"):
        raise InvalidValue(TelephoneProblem.SEVERAL)
    if japan := _JAPAN.match(digits):
        digits = "0" + digits[japan.end() :].removeprefix("0")
    elif digits.startswith("010"):
        digits = f"+{digits[3:]}"
    if digits.startswith("+"):
        return _abroad(digits, allows_foreign=allows_foreign)
    if problem := _problem_of(digits):
        raise _refusal(digits, problem)
    return digits


def _unreadable(plain: str, digits: str) -> InvalidValue:
    if sum(len(re.findall("[0-9]", piece)) >= 9 for piece in _PIECES.split(plain)) > 1:
        return InvalidValue(TelephoneProblem.SEVERAL)
    meant = digits.translate(_TO_DIGIT)
    if len(re.findall("[0-9]", digits)) >= 6 and is_digits(meant) and not _problem_of(meant):
        return InvalidValue(TelephoneProblem.LETTER_FOR_DIGIT, meant)
    return InvalidValue(TelephoneProblem.NOT_DIGITS)


def _abroad(number: str, *, allows_foreign: bool) -> str:
    """A number with its country code; the longest that E.164 allows has fifteen digits."""
    if not allows_foreign:
        raise InvalidValue(TelephoneProblem.FOREIGN)
    if number[1:2] in {"", "0"} or not 7 <= len(number) - 1 <= _MOST_DIGITS:
        raise InvalidValue(TelephoneProblem.WRONG_LENGTH)
    return number


def _refusal(digits: str, problem: TelephoneProblem) -> InvalidValue:
    if digits.startswith("0"):
        return InvalidValue(problem)
    national = f"0{digits[2:].removeprefix('0')}"
    if len(digits) > 10 and digits.startswith("81") and not _problem_of(national):
        return InvalidValue(TelephoneProblem.MISSING_PLUS, national)
    if not _problem_of(f"0{digits}"):
        return InvalidValue(TelephoneProblem.LOST_ZERO, f"0{digits}")
    if 5 <= len(digits) <= 8:
        return InvalidValue(TelephoneProblem.NO_AREA_CODE)
    return InvalidValue(problem)


def _problem_of(digits: str) -> TelephoneProblem | None:
    if not digits.startswith("0"):
        return TelephoneProblem.WRONG_LENGTH
    if _NOT_ASSIGNED.match(digits):
        return TelephoneProblem.UNKNOWN_PREFIX
    length, _, _ = _plan_of(digits)
    return None if len(digits) == length else TelephoneProblem.WRONG_LENGTH


def _plan_of(number: str) -> tuple[int, tuple[int, ...], TelephoneKind]:
    if number.startswith("+"):
        return len(number), (), TelephoneKind.FOREIGN
    for prefix, length, groups, kind in _PLAN:
        if prefix.match(number):
            return length, groups, kind
    return 10, (), TelephoneKind.GEOGRAPHIC


def _grouped(number: str, groups: tuple[int, ...]) -> str:
    parts, start = [], 0
    for size in groups:
        parts.append(number[start : start + size])
        start += size
    return "-".join(parts)


@cache
def _area_codes() -> dict[str, int]:
    lines = (files("govkit.jp") / "data" / "area_codes.txt").read_text(encoding="utf-8").split("\n")
    pairs = (line.split() for line in lines if line and not line.startswith("#"))
    return {beginning: int(length) for beginning, length in pairs}


def _geographic_groups(number: str) -> tuple[int, ...]:
    """Area code, exchange and the last four digits; none where the area is not assigned."""
    codes = _area_codes()
    area = next((codes[number[:size]] for size in range(6, 1, -1) if number[:size] in codes), 0)
    return (area, 6 - area, 4) if area else ()
