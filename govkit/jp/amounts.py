"""Amounts of money in yen, as people and spreadsheets write them."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from govkit.errors import InvalidValue
from govkit.jp.digits import DASH_LIKE, is_spoilt_by_spreadsheet, tidy, upper_ascii
from govkit.jp.kanji_numerals import KanjiStyle, format_kanji_number, parse_kanji_number

__all__ = ["Amount", "AmountProblem"]


class AmountProblem(StrEnum):
    """Why an amount cannot be read."""

    EMPTY = "amount_empty"
    NOT_A_NUMBER = "amount_not_a_number"
    COMMAS = "amount_commas"
    DECIMALS = "amount_decimals"
    NEGATIVE = "amount_negative"
    TOO_LARGE = "amount_too_large"
    SPREADSHEET = "amount_spreadsheet"
    OTHER_CURRENCY = "amount_other_currency"


_DASH: Final = f"[{re.escape(DASH_LIKE)}]"
_YEN: Final = r"(?:[¥\\]|JPY|円)"
_MINUS: Final = rf"(?:{_DASH}|[▲△▼]|マイナス)"
_START: Final = re.compile(rf"(?:金(?:額)?:?)?(?P<minus>{_MINUS}?){_YEN}?(?P<after>{_MINUS}?)")
_END: Final = re.compile(rf"(?:(?:円|圓|YEN|JPY)?(?:也|{_DASH}+|\.{_DASH}+)?)$")
_OTHER: Final = re.compile(r"[$€£₩元]|(?:US)?ドル|USD|EUR|ユーロ")
_PLAIN: Final = re.compile(r"[0-9]+")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_COMMAS: Final = re.compile(r"[0-9,]*[0-9][0-9,]*")
_DECIMALS: Final = re.compile(r"([0-9,]*)\.([0-9]+)([十百千万億兆]*)")
_CENTS: Final = re.compile(r"(?<=[0-9])\.00?$")  # spreadsheets write 1,234.00
_BETWEEN: Final = re.compile(r"(?<=[0-9]) (?=[0-9])")
_MOST_DIGITS: Final = 15


@dataclass(frozen=True, slots=True, order=True)
class Amount:
    """An amount of money (金額).

    :param yen: Whole yen; below zero only where that was asked for.
    """

    yen: int
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str, *, allows_negative: bool = False) -> Self:
        """Read 1,234円, ￥1,234-, 金壱万円也, 1万2千円, 1,234千円; commas only at every third digit.

        A minus may be written -, ▲, △, マイナス or by brackets around the whole amount; a dash after
        it closes the amount and means nothing. Up to fifteen digits.

        :raises InvalidValue: With an :class:`AmountProblem`.
        """
        plain = tidy(text)
        if not plain:
            raise InvalidValue(AmountProblem.EMPTY)
        if is_spoilt_by_spreadsheet(text):
            raise InvalidValue(AmountProblem.SPREADSHEET)
        is_negative, number = _split(upper_ascii(plain))
        yen = _read(number)
        if is_negative and yen:
            if not allows_negative:
                raise InvalidValue(AmountProblem.NEGATIVE)
            yen = -yen
        return cls(yen, text)

    @property
    def formatted(self) -> str:
        """The amount for people to read: 1,234円."""
        return f"{self.yen:,}円"

    @property
    def in_kanji(self) -> str:
        """The amount as deeds and receipts write it: 金壱千弐百参拾四円; blank below zero."""
        return "" if self.yen < 0 else f"金{format_kanji_number(self.yen, KanjiStyle.LEGAL)}円"

    def __str__(self) -> str:
        return str(self.yen)


def _split(plain: str) -> tuple[bool, str]:
    """Whether the amount is below zero, and its number alone."""
    compact = _BETWEEN.sub(",", " ".join(plain.split())).replace(" ", "")
    is_bracketed = len(compact) > 2 and compact[0] == "(" and compact[-1] == ")"
    inner = compact[1:-1] if is_bracketed else compact
    start = _START.match(inner)
    has_minus = start is not None and bool(start["minus"] or start["after"])
    number = inner[start.end() :] if start else inner
    return is_bracketed or has_minus, _END.sub("", number, count=1)


def _read(number: str) -> int:
    number = _CENTS.sub("", number.replace("、", ","))
    if _OTHER.search(number):
        raise InvalidValue(AmountProblem.OTHER_CURRENCY)
    if decimals := _DECIMALS.fullmatch(number):
        is_whole = not decimals[2].strip("0") and not decimals[3]
        raise InvalidValue(AmountProblem.DECIMALS, decimals[1] if is_whole else "")
    if _COMMAS.fullmatch(number) and not (_PLAIN.fullmatch(number) or _GROUPED.fullmatch(number)):
        digits = number.replace(",", "")
        raise InvalidValue(AmountProblem.COMMAS, f"{int(digits[:20]):,}")
    return _value(number)


def _value(number: str) -> int:
    if _PLAIN.fullmatch(number):
        number = number.lstrip("0") or "0"
        if len(number) > _MOST_DIGITS:
            raise InvalidValue(AmountProblem.TOO_LARGE)
    try:
        yen = parse_kanji_number(number)
    except InvalidValue:
        raise InvalidValue(AmountProblem.NOT_A_NUMBER) from None
    if len(str(yen)) > _MOST_DIGITS:
        raise InvalidValue(AmountProblem.TOO_LARGE)
    return yen
