"""The individual number (個人番号, マイナンバー): a value that never shows itself, and its recognition.

The law limits who may ask for it and why (番号法第9条, 第19条); everywhere else it is recognised only
to be refused.
"""

import re
from enum import StrEnum
from hmac import compare_digest
from typing import Final, Never, Self

from govkit.errors import InvalidValue
from govkit.jp.digits import bare, is_digits, is_spoilt_by_spreadsheet
from govkit.jp.text import DASHES

__all__ = ["MyNumber", "MyNumberProblem", "find_my_number", "is_my_number"]


class MyNumberProblem(StrEnum):
    """Why a 個人番号 cannot be read."""

    EMPTY = "my_number_empty"
    NOT_DIGITS = "my_number_not_digits"
    WRONG_LENGTH = "my_number_wrong_length"
    ALL_ZEROS = "my_number_all_zeros"
    CHECK_DIGIT = "my_number_check_digit"
    SPREADSHEET = "my_number_spreadsheet"


_LABEL: Final = re.compile(r"(?:個人番号|マイナンバー?|MyNumber)[:=]?", re.IGNORECASE)
_MASK: Final = "*" * 12


class MyNumber:
    """An individual number (個人番号) that gives its digits to :meth:`reveal` alone.

    ``repr``, ``str`` and every format are twelve asterisks; it can be neither pickled nor written
    as JSON, and holds no text as typed. Two are equal when their digits are.
    """

    __slots__ = ("__digits",)
    __digits: str

    def __init__(self, digits: str) -> None:
        if problem := _problem_of(digits):
            raise InvalidValue(problem)
        object.__setattr__(self, "_MyNumber__digits", digits)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number in any width, with spaces and dashes, with or without its name before it.

        :raises InvalidValue: With a :class:`MyNumberProblem`; the error holds no digit.
        """
        digits = bare(text)
        if label := _LABEL.match(digits):
            digits = digits[label.end() :]
        if digits and is_spoilt_by_spreadsheet(text):
            raise InvalidValue(MyNumberProblem.SPREADSHEET)
        return cls(digits)

    @staticmethod
    def check_digit(eleven: str) -> str:
        """Check digit of the first eleven digits.

        総務省令 (平成26年第85号) 第5条: weights 2 to 7 and 2 to 6 from the right, modulus 11; the
        remainders 0 and 1 both give 0, so some single wrong digits pass.
        """
        weights = (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)
        pairs = zip(reversed(eleven), weights, strict=True)
        remainder = sum(int(digit) * weight for digit, weight in pairs) % 11
        return "0" if remainder <= 1 else str(11 - remainder)

    def reveal(self) -> str:
        """The twelve digits. Every call is a use of the number under the law: keep them few."""
        return self.__digits

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MyNumber):
            return NotImplemented
        return compare_digest(self.__digits, other.__digits)

    def __hash__(self) -> int:
        return hash((MyNumber, self.__digits))

    def __repr__(self) -> str:
        return f"MyNumber('{_MASK}')"

    def __str__(self) -> str:
        return _MASK

    def __format__(self, spec: str) -> str:
        return format(_MASK, spec)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError("a MyNumber does not change")

    def __delattr__(self, name: str) -> Never:
        raise AttributeError("a MyNumber does not change")

    def __getstate__(self) -> Never:
        raise TypeError("a MyNumber cannot be pickled: store it encrypted, from reveal()")

    def __reduce_ex__(self, protocol: object) -> Never:
        self.__getstate__()


def _problem_of(digits: str) -> MyNumberProblem | None:
    if not digits:
        return MyNumberProblem.EMPTY
    if not is_digits(digits):
        return MyNumberProblem.NOT_DIGITS
    if len(digits) != 12:
        return MyNumberProblem.WRONG_LENGTH
    if digits == "0" * 12:  # passes the formula, and people type it for «none»
        return MyNumberProblem.ALL_ZEROS
    if MyNumber.check_digit(digits[:11]) != digits[11]:
        return MyNumberProblem.CHECK_DIGIT
    return None


_DIGIT: Final = "[0-9\uff10-\uff19]"
_BETWEEN: Final = rf"[\s\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef{re.escape(DASHES)}]{{0,3}}"
# A look-ahead finds overlapping runs: a date before the number must not hide it.
_TWELVE_DIGITS: Final = re.compile(
    rf"(?<!{_DIGIT})(?=({_DIGIT}(?:{_BETWEEN}{_DIGIT}){{11}})(?!{_DIGIT}))"
)
# The id of a row, as programs write it; its groups of digits are drawn by chance.
_UUID: Final = re.compile(
    r"(?<![0-9A-Za-z])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9A-Za-z])", re.IGNORECASE
)
_TO_DIGITS: Final = {0xFF10 + value: str(value) for value in range(10)}


def find_my_number(text: str) -> tuple[int, int] | None:
    """Where a 個人番号 stands in free text, as start and end; the number itself is not returned.

    Twelve digits in any width, with spaces or dashes between them, whose check digit is right.
    One in eleven other numbers of twelve digits is found as well, but not those inside of a UUID.
    """
    ids = [each.span() for each in _UUID.finditer(text)]
    for match in _TWELVE_DIGITS.finditer(text):
        start, end = match.span(1)
        if any(first <= start and end <= last for first, last in ids):
            continue
        digits = "".join(re.findall("[0-9]", match[1].translate(_TO_DIGITS)))
        if _problem_of(digits) is None:
            return match.span(1)
    return None


def is_my_number(text: str) -> bool:
    """Whether the whole text is a 個人番号, in any width, with or without spaces and dashes."""
    stripped = text.strip()
    return find_my_number(stripped) == (0, len(stripped))
