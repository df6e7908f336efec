"""Dates as people type and paste them, brought to one plain form before they are read."""

import re
from typing import Final

from govkit.errors import InvalidValue
from govkit.jp.eras import CalendarProblem, Era
from govkit.jp.text import DASHES, fold_width

__all__ = ["ERAS", "ERA_PATTERN", "SEPARATOR", "in_kanji", "joined", "plain_date_text"]

_DIGITS: Final = {
    letter: str(value)
    for value, letters in enumerate(
        (
            "〇零○◯",
            "一壱壹弌",
            "二弐貳貮弍",
            "三参參弎",
            "四肆",
            "五伍",
            "六陸",
            "七漆柒",
            "八捌",
            "九玖",
        )
    )
    for letter in letters
}
_UNITS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "阡": 1000}
_TENS: Final = {"廿": "二十", "廾": "二十", "卅": "三十", "丗": "三十", "卌": "四十"}
_NUMBER: Final = re.compile(f"[{''.join((*_DIGITS, *_UNITS, *_TENS))}]+")
_GROUPS: Final = re.compile("(?:(.?)千)?(?:(.?)百)?(?:(.?)十)?(.?)")

# Kangxi radicals and one-letter squares: what comes out of PDF files and of input methods.
_LOOK_ALIKES: Final = {
    **dict(zip("⼀⼆⼋⼗⽉⽕⽔⽊⾦⼟⽇⼤", "一二八十月火水木金土日大", strict=True)),
    "\uf9a8": "令",
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
    if all(letter in _DIGITS for letter in written):
        return "".join(_DIGITS[letter] for letter in written)
    text = match.string
    if (
        text[match.start() - 1 : match.start()].isdigit()
        or text[match.end() : match.end() + 1].isdigit()
    ):
        return written  # 十2 could be 12 or 102
    for short, long in _TENS.items():
        written = written.replace(short, long)
    written = re.sub(
        "[拾佰仟阡]", lambda unit: {10: "十", 100: "百", 1000: "千"}[_UNITS[unit[0]]], written
    )
    groups = _GROUPS.fullmatch(written)
    if groups is None or not all(digit in (None, "", *_DIGITS) for digit in groups.groups()):
        return match[0]
    return str(
        sum(
            _value(digit, unit)
            for digit, unit in zip(groups.groups(), (1000, 100, 10, 1), strict=True)
        )
    )


def _value(digit: str | None, unit: int) -> int:
    if digit is None:
        return 0
    if not digit:
        return unit if unit > 1 else 0
    return int(_DIGITS[digit]) * unit


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


def in_kanji(number: int) -> str:
    """A number from 1 to 999 in kanji numerals, as in 令和二十一年."""
    digits = "〇一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, units = divmod(rest, 10)
    parts = ((hundreds, "百"), (tens, "十"))
    words = "".join(("" if count == 1 else digits[count]) + unit for count, unit in parts if count)
    return words + (digits[units] if units else "")
