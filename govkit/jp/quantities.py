"""Plain numbers as people type them into a form: counts, sizes, rates.

For yen see :mod:`govkit.jp.amounts`, for numbers in kanji :mod:`govkit.jp.kanji_numerals`.
"""

import re
from collections.abc import Collection
from decimal import Decimal
from enum import StrEnum
from typing import Final

from govkit.errors import InvalidValue
from govkit.jp.digits import DASH_LIKE, is_spoilt_by_spreadsheet, tidy
from govkit.jp.kanji_numerals import parse_kanji_number

__all__ = ["QuantityProblem", "read_decimal", "read_integer"]


class QuantityProblem(StrEnum):
    """Why a number cannot be read."""

    EMPTY = "number_empty"
    NOT_A_NUMBER = "number_not_a_number"
    COMMAS = "number_commas"
    DECIMALS = "number_decimals"
    PLACES = "number_too_many_places"
    NEGATIVE = "number_negative"
    TOO_LONG = "number_too_long"
    SPREADSHEET = "number_spreadsheet"


MOST_DIGITS: Final = 18
"""Digits of a whole number that every database and spreadsheet program of ours keeps."""

_NUMBER: Final = re.compile(r"(?P<whole>[0-9,]*)(?:\.(?P<places>[0-9]*))?")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+")
_MINUS: Final = re.compile(rf"(?:[{re.escape(DASH_LIKE)}▲△]|マイナス)\s*")
_POINT: Final = re.compile("(?<=[0-9])。(?=[0-9])")
_COMMA: Final = re.compile("(?<=[0-9])、(?=[0-9])")


def read_integer(
    text: str,
    *,
    allows_negative: bool = False,
    allows_kanji: bool = False,
    units: Collection[str] = (),
) -> int:
    """Read a whole number of at most eighteen digits.

    Digits of either width; commas at every third digit; ``.0`` as spreadsheets write it; one of the
    units after it. A minus may be any dash, ▲, △ or マイナス. Digits of other scripts, ``1_000`` and
    fractions are refused.

    :param allows_kanji: Whether 二十三 and 1万2千 are read, too.
    :raises InvalidValue: With a :class:`QuantityProblem`.
    """
    is_negative, number = _signed(text, units, allows_negative=allows_negative)
    if allows_kanji and not _NUMBER.fullmatch(number):
        value = _kanji(number)
    else:
        whole, places = _split(number)
        if places.strip("0"):
            raise InvalidValue(QuantityProblem.DECIMALS)
        value = int(whole or "0")
    return -value if is_negative else value


def read_decimal(
    text: str,
    *,
    places: int | None = None,
    allows_negative: bool = False,
    units: Collection[str] = (),
) -> Decimal:
    """Read a decimal number: as :func:`read_integer`, with a point and digits after it.

    The value has the digits as typed: ``1.50`` stays ``1.50``.

    :param places: Most digits after the point.
    :raises InvalidValue: With a :class:`QuantityProblem`.
    """
    is_negative, number = _signed(text, units, allows_negative=allows_negative)
    whole, fraction = _split(number)
    if places is not None and len(fraction) > places:
        if fraction[places:].strip("0"):
            raise InvalidValue(QuantityProblem.PLACES, places=places)
        fraction = fraction[:places]
    if len(whole) + len(fraction) > MOST_DIGITS:
        raise InvalidValue(QuantityProblem.TOO_LONG, max=MOST_DIGITS)
    value = Decimal(f"{whole or '0'}.{fraction}" if fraction else whole or "0")
    return -value if is_negative and value else value


def _signed(text: str, units: Collection[str], *, allows_negative: bool) -> tuple[bool, str]:
    """Whether there is a minus, and the number without sign and unit."""
    number = tidy(text)
    if not number:
        raise InvalidValue(QuantityProblem.EMPTY)
    if is_spoilt_by_spreadsheet(number):
        raise InvalidValue(QuantityProblem.SPREADSHEET)
    for unit in sorted(units, key=len, reverse=True):
        if number != unit and number.endswith(unit):
            number = number.removesuffix(unit).rstrip()
            break
    minus = _MINUS.match(number)
    if minus is None:
        return False, _marks(number)
    number = _marks(number[minus.end() :])
    if not allows_negative and _is_above_zero(number):
        raise InvalidValue(QuantityProblem.NEGATIVE)
    return True, number


def _marks(number: str) -> str:
    return _COMMA.sub(",", _POINT.sub(".", number))


def _is_above_zero(number: str) -> bool:
    return _NUMBER.fullmatch(number) is not None and bool(number.strip("0.,"))


def _split(number: str) -> tuple[str, str]:
    """Digits before and after the point."""
    match = _NUMBER.fullmatch(number)
    if match is None or not number.strip(".,"):
        raise InvalidValue(QuantityProblem.NOT_A_NUMBER)
    whole, places = match["whole"], match["places"] or ""
    if whole and not _GROUPED.fullmatch(whole):
        raise InvalidValue(QuantityProblem.COMMAS)
    digits = whole.replace(",", "").lstrip("0")
    if len(digits) > MOST_DIGITS:
        raise InvalidValue(QuantityProblem.TOO_LONG, max=MOST_DIGITS)
    return digits, places


def _kanji(number: str) -> int:
    try:
        value = parse_kanji_number(number)
    except InvalidValue:
        raise InvalidValue(QuantityProblem.NOT_A_NUMBER) from None
    if len(str(value)) > MOST_DIGITS:
        raise InvalidValue(QuantityProblem.TOO_LONG, max=MOST_DIGITS)
    return value
