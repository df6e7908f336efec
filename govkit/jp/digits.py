"""Numbers as people type, paste and export them: what is cleaned before a parser looks at them.

Only ``0-9`` are digits after the folding of width; the digits of other scripts are never read, for
nobody can tell whether they were meant.
"""

import re
from enum import StrEnum
from typing import Final

from govkit.errors import InvalidValue
from govkit.jp.text import DASHES, drop_invisible, fold_width

__all__ = [
    "DASH_LIKE",
    "LOOK_ALIKES",
    "bare",
    "is_digits",
    "is_spoilt_by_spreadsheet",
    "read_digits",
    "tidy",
    "upper_ascii",
]

DASH_LIKE: Final = DASHES + "_\u207b\u208b\u23af\u2574\u31d0"
"""Characters that people type, or programs write, for a hyphen between digits."""

_PRESENTATION: Final = dict.fromkeys((0xFE0E, 0xFE0F))
_LONGEST: Final = 400
_FORMULA: Final = re.compile(r'=\s*"(.*)"', re.DOTALL)
_WHOLE: Final = re.compile(r"([0-9]+)\.0")
_EXPONENT: Final = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+")
_DASHES_OUT: Final = dict.fromkeys(map(ord, DASH_LIKE))
_UPPER: Final = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
# Cyrillic and Greek capitals that no eye tells from Latin ones.
LOOK_ALIKES: Final = {
    ord(other): latin
    for others, latins in (
        ("АВЕЅІЈКМНОРСТХУ", "ABESIJKMHOPCTXY"),
        ("аесоруіјѕхӏ", "aecopyijsxl"),
        ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
        ("οϲ", "oc"),
    )
    for other, latin in zip(others, latins, strict=True)
}
"""Latin letters by Cyrillic or Greek letter of the same shape, for ``str.translate``."""


def tidy(text: str) -> str:
    """The text half-width, without unseen characters and without a spreadsheet's wrapping.

    ``'0312`` and ``="0312"`` are how spreadsheets keep a zero; a text of white space is blank. What
    is too long for any number is cut, so that no parser ponders it; … keeps it unreadable where the
    cut is not inside a word.
    """
    plain = drop_invisible(text).translate(_PRESENTATION).strip()
    if len(plain) > _LONGEST:
        is_open = plain[_LONGEST - 1].isalnum() and plain[_LONGEST - 1] not in DASH_LIKE
        plain = plain[:_LONGEST] + ("" if is_open else "…")
    plain = fold_width(plain).strip()
    if (formula := _FORMULA.fullmatch(plain)) is not None:
        plain = formula[1].strip()
    return plain.removeprefix("'").strip()


def bare(text: str) -> str:
    """The tidied text without spaces and dashes, and without the ``.0`` of a spreadsheet's number."""
    compact = "".join(tidy(text).split()).translate(_DASHES_OUT)
    whole = _WHOLE.fullmatch(compact)
    return whole[1] if whole else compact


def upper_ascii(text: str) -> str:
    """The text with a to z upper-case; other letters stay, as their capitals may be Latin ones."""
    return text.translate(_UPPER)


def is_digits(text: str) -> bool:
    """Whether the text is digits 0 to 9 alone, at least one."""
    return text.isascii() and text.isdigit()


def is_spoilt_by_spreadsheet(text: str) -> bool:
    """Whether a spreadsheet turned a long number into an exponent (1.32E+12): digits are lost."""
    return _EXPONENT.fullmatch("".join(tidy(text).split())) is not None


def read_digits(text: str, *, empty: StrEnum, spoilt: StrEnum, other: StrEnum) -> str:
    """The digits of a text in which only spaces and dashes may stand between them.

    :param empty: Problem of a blank text.
    :param spoilt: Problem of a number in exponential notation.
    :param other: Problem of every other text.
    :raises InvalidValue: With one of the three.
    """
    digits = bare(text)
    if not digits:
        raise InvalidValue(empty if not tidy(text) else other)
    if is_digits(digits):
        return digits
    raise InvalidValue(spoilt if is_spoilt_by_spreadsheet(text) else other)
