"""Dates as people type and paste them, brought to one plain form before they are read."""

import re
from functools import lru_cache
from typing import Final

from govkit.errors import InvalidValue
from govkit.jp.eras import CalendarProblem, Era
from govkit.jp.kanji_numerals import parse_kanji_number
from govkit.jp.text import DASHES, fold_width

__all__ = ["ERAS", "ERA_PATTERN", "SEPARATOR", "joined", "plain_date_text"]

_DIGITS: Final = "〇零○◯一壱壹弌二弐貳貮弍三参參弎四肆五伍六陸七漆柒八捌九玖"
_UNITS: Final = "十拾百佰陌千仟阡廿卄卅丗卌"
_NUMBER: Final = re.compile(f"[{_DIGITS}{_UNITS}]+")

# Kangxi radicals and one-letter squares: what comes out of PDF files and of input methods.
_LOOK_ALIKES: Final = {
    **dict(zip("⼀⼆⼋⼗⽉⽕⽔⽊⾦⼟⽇⼤", "一二八十月火水木金土日大", strict=True)),
    "\uf9a8": "令",
    "廾": "廿",
    "㍾": "明治",
    "㍽": "大正",
    "㍼": "昭和",
    "㍻": "平成",
    "㋿": "令和",
    **{chr(0x32C0 + number): f"{number + 1}月" for number in range(12)},
    **{chr(0x33E0 + number): f"{number + 1}日" for number in range(31)},
    **dict.fromkeys("［〔【", "("),
    **dict.fromkeys("］〕】", ")"),
    **dict.fromkeys("[", "("),
    **dict.fromkeys("]", ")"),
}
_SPACES: Final = "\t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_INVISIBLE: Final = (
    *(code for code in (*range(32), *range(127, 160)) if chr(code) not in _SPACES),
    *(*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)),
    *(0x034F, 0x180E, 0xFEFF, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)),
)
_PLAIN: Final[dict[int, str | None]] = {
    **dict.fromkeys(_INVISIBLE),
    **dict.fromkeys(map(ord, _SPACES), " "),
    **dict.fromkeys(map(ord, DASHES), "-"),
    **{ord(letter): plain for letter, plain in _LOOK_ALIKES.items()},
    **{code: chr(code - 32) for code in range(ord("a"), ord("z") + 1)},
}
_LONGEST: Final = 80
_CELL: Final = re.compile(r"=\"(.*)\"|\"(.*)\"|'(.*)")

ERAS: Final = {name: era for era in Era for name in (era.kanji, era.kanji[0], era.name, era.letter)}
"""Every name of an era in plain text: 令和, 令, REIWA, R."""

ERA_PATTERN: Final = "|".join(sorted(ERAS, key=len, reverse=True))
"""Regular expression of the names."""

SEPARATOR: Final = "[-/.,、。・·∕⁄_]"
"""Regular expression of what stands between year, month and day."""


def _number(match: re.Match[str]) -> str:
    written = match[0]
    before, after = match.string[: match.start()], match.string[match.end() :]
    has_units = any(letter in _UNITS for letter in written)
    if has_units and (before[-1:].isdigit() or after[:1].isdigit()):
        return written  # 十2 could be 12 or 102
    return _in_digits(written) if has_units else "".join(map(_in_digits, written))


@lru_cache(maxsize=1024)
def _in_digits(written: str) -> str:
    try:
        return str(parse_kanji_number(written))
    except InvalidValue:
        return written


def plain_date_text(text: str) -> str:
    """Half-width, kanji numerals as digits, eras and letters in capitals, dashes as ``-``.

    What is invisible goes, and the quotes that spreadsheets put around a cell; spaces stay, as they
    may part numbers.

    :raises InvalidValue: When nothing is left, or it is far too long for a date.
    """
    plain = fold_width(text).translate(_PLAIN).strip()
    if (cell := _CELL.fullmatch(plain)) is not None:
        plain = next(part for part in cell.groups() if part is not None).strip()
    if not plain:
        raise InvalidValue(CalendarProblem.EMPTY)
    if len(plain) > _LONGEST:
        raise InvalidValue(CalendarProblem.UNREADABLE)
    return plain if plain.isascii() else _NUMBER.sub(_number, plain)


def joined(plain: str) -> tuple[str, ...]:
    """The ways to read spaces: as separators between two numbers, else as nothing.

    Numbers grow together only where 年, 月 and 日 mark their ends or there is nothing but digits, so
    that ``2026/4/1 1`` does not become the 11th.
    """
    if " " not in plain:
        return (plain,)
    apart = re.sub("(?<=[0-9]) +(?=[0-9])", "-", plain).replace(" ", "")
    together = plain.replace(" ", "")
    has_ends = re.fullmatch(r"[^-/.,]*", together) is not None
    return (apart, together) if has_ends and apart != together else (apart,)
