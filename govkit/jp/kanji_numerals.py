"""Whole numbers in kanji (漢数字): read in every usual way of writing, written in four."""

import re
from enum import StrEnum
from typing import Final

from govkit.errors import InvalidValue
from govkit.jp.digits import tidy

__all__ = ["KanjiNumberProblem", "KanjiStyle", "format_kanji_number", "parse_kanji_number"]


class KanjiNumberProblem(StrEnum):
    """Why a text is no number in kanji."""

    EMPTY = "kanji_number_empty"
    NOT_A_NUMBER = "kanji_number_not_a_number"
    WRONG_ORDER = "kanji_number_wrong_order"
    TOO_LARGE = "kanji_number_too_large"


class KanjiStyle(StrEnum):
    """Ways to write a number in kanji, each with how it writes 20,305."""

    UNITS = "二万三百五"
    POSITIONAL = "二〇三〇五"
    LEGAL = "弐萬参百五"
    MIXED = "2万305"


_DIGITS: Final = {
    kanji: str(value)
    for value, kanjis in enumerate(
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
    for kanji in kanjis
}
_SMALL_UNITS: Final = {
    "十": 10,
    "拾": 10,
    "百": 100,
    "佰": 100,
    "陌": 100,
    "千": 1000,
    "仟": 1000,
    "阡": 1000,
}
_TENS: Final = {"廿": "2十", "卄": "2十", "卅": "3十", "丗": "3十", "卌": "4十"}
_LARGE_UNITS: Final = {"万": 10**4, "萬": 10**4, "億": 10**8, "兆": 10**12, "京": 10**16}
_FOLD: Final = {
    **{ord(kanji): digit for kanji, digit in _DIGITS.items()},
    **{ord(kanji): digits for kanji, digits in _TENS.items()},
    **dict(zip(map(ord, "拾佰陌仟阡萬"), "十百百千千万", strict=True)),
}
_NUMBER: Final = re.compile(r"[0-9十百千万億兆京,]+")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+")
_LARGE: Final = re.compile(r"([0-9十百千,]*)([万億兆京])")
# 〇 may stand for a unit that is left out: 千〇五.
_SKIPPED: Final = r"(?:0(?=[0-9]))?"
_SMALL: Final = re.compile(
    rf"(?:([0-9,]*)千)?{_SKIPPED}(?:([0-9,]*)百)?{_SKIPPED}(?:([0-9,]*)十)?{_SKIPPED}([0-9,]*)"
)
_LIMIT: Final = 10**20
_LONGEST: Final = 40
"""Digits and commas that are still counted, zeros before the number included."""


def parse_kanji_number(text: str) -> int:
    """Read 二〇二六, 千二百三十四, 壱萬弐阡参佰, 廿五, 1万2千, 1,234万 or plain digits of either width.

    A digit before a unit may be several when it is an Arabic one (1,200千). Units must fall; ヶ, ニ, ハ
    and other signs that only look like kanji numbers are none.

    :raises InvalidValue: With a :class:`KanjiNumberProblem`.
    """
    plain = "".join(tidy(text).split())
    if not plain:
        raise InvalidValue(KanjiNumberProblem.EMPTY)
    folded = plain.translate(_FOLD)
    if not _NUMBER.fullmatch(folded):
        raise InvalidValue(KanjiNumberProblem.NOT_A_NUMBER)
    return _value(folded)


def _value(folded: str) -> int:
    total, unit_before, rest = 0, _LIMIT, folded
    while match := _LARGE.match(rest):
        unit = _LARGE_UNITS[match[2]]
        part = _group(match[1]) * unit
        if not part or (total and part >= unit_before):
            raise InvalidValue(KanjiNumberProblem.WRONG_ORDER)
        total, unit_before, rest = total + part, unit, rest[match.end() :]
    last = _group(rest) if rest else 0
    if total and last >= unit_before:
        raise InvalidValue(KanjiNumberProblem.WRONG_ORDER)
    total += last
    if total >= _LIMIT:
        raise InvalidValue(KanjiNumberProblem.TOO_LARGE)
    return total


def _group(text: str) -> int:
    """The number between two large units."""
    match = _SMALL.fullmatch(text)
    if not text or match is None:
        raise InvalidValue(KanjiNumberProblem.WRONG_ORDER)
    total, unit_before = 0, _LIMIT
    for digits, unit in zip(match.groups(), (1000, 100, 10, 1), strict=True):
        if digits is None or (unit == 1 and not digits):
            continue
        part = unit * (_count(digits) if digits else 1)
        if (total and part >= unit_before) or (not part and (total or unit > 1)):
            raise InvalidValue(KanjiNumberProblem.WRONG_ORDER)
        total, unit_before = total + part, unit
    return total


def _count(digits: str) -> int:
    if not _GROUPED.fullmatch(digits):
        raise InvalidValue(KanjiNumberProblem.WRONG_ORDER)
    if len(digits) > _LONGEST:
        raise InvalidValue(KanjiNumberProblem.TOO_LARGE)
    return int(digits.replace(",", ""))


_WRITTEN: Final = {
    KanjiStyle.UNITS: ("〇一二三四五六七八九", "十百千", "万億兆京"),
    KanjiStyle.LEGAL: ("零壱弐参四五六七八九", "拾百千", "萬億兆京"),
}


def format_kanji_number(number: int, style: KanjiStyle = KanjiStyle.UNITS) -> str:
    """Write a whole number from 0 to 9,999京.

    The legal style takes 壱弐参拾 for 一二三十, as registrations of rights and shares do, and writes 一 before
    百 and 千 as well, so that nothing can be added.

    :raises InvalidValue: With :attr:`KanjiNumberProblem.TOO_LARGE`, also for numbers below 0.
    """
    if not 0 <= number < _LIMIT:
        raise InvalidValue(KanjiNumberProblem.TOO_LARGE)
    if style is KanjiStyle.POSITIONAL:
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))
    groups = _groups_of_four(number)
    if style is KanjiStyle.MIXED:
        text = "".join(
            f"{group}{unit}" for group, unit in zip(groups, "京兆億万 ", strict=True) if group
        )
        return text.strip() or "0"
    digits, _, large = _WRITTEN[style]
    units = (*reversed(large), "")
    written = (
        _four_in_kanji(group, style) + unit
        for group, unit in zip(groups, units, strict=True)
        if group
    )
    return "".join(written) or digits[0]


def _groups_of_four(number: int) -> list[int]:
    return [number // 10**power % 10000 for power in (16, 12, 8, 4, 0)]


def _four_in_kanji(group: int, style: KanjiStyle) -> str:
    digits, small, _ = _WRITTEN[style]
    text = ""
    for digit, unit in zip(f"{group:04d}", (*reversed(small), ""), strict=True):
        if digit == "0":
            continue
        is_silent = digit == "1" and unit and style is KanjiStyle.UNITS
        text += ("" if is_silent else digits[int(digit)]) + unit
    return text
