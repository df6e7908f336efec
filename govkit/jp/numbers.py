"""Public codes with their check digits, and the recognition of 個人番号 in order to refuse it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from govkit.errors import InvalidValue
from govkit.jp.text import DASHES, fold_width

__all__ = [
    "BoardCode",
    "CodeProblem",
    "MunicipalityCode",
    "SchoolCode",
    "SchoolCodeKind",
    "find_my_number",
    "is_my_number",
]


class CodeProblem(StrEnum):
    """Why a code cannot be read."""

    EMPTY = "code_empty"
    NOT_DIGITS = "code_not_digits"
    WRONG_LENGTH = "code_wrong_length"
    WRONG_FORM = "code_wrong_form"
    UNKNOWN_PREFECTURE = "code_unknown_prefecture"
    CHECK_DIGIT = "code_check_digit"


def _six_digits(text: str) -> str:
    digits = fold_width(text).strip()
    if not digits:
        raise InvalidValue(CodeProblem.EMPTY)
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidValue(CodeProblem.NOT_DIGITS)
    if len(digits) != 6:
        raise InvalidValue(CodeProblem.WRONG_LENGTH)
    if not 1 <= int(digits[:2]) <= 47:
        raise InvalidValue(CodeProblem.UNKNOWN_PREFECTURE)
    return digits


@dataclass(frozen=True, slots=True, order=True)
class MunicipalityCode:
    """Code of a local government (全国地方公共団体コード): five digits and a check digit.

    :param digits: Six ASCII digits.
    """

    digits: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code in any width.

        :raises InvalidValue: With a :class:`CodeProblem`.
        """
        digits = _six_digits(text)
        if cls.check_digit(digits[:5]) != digits[5]:
            raise InvalidValue(CodeProblem.CHECK_DIGIT)
        return cls(digits)

    @staticmethod
    def check_digit(five: str) -> str:
        """Check digit of the first five: modulus 11, weights 6 to 2."""
        total = sum(
            int(digit) * weight for digit, weight in zip(five, range(6, 1, -1), strict=True)
        )
        return str(11 - total % 11)[-1]

    @property
    def prefecture(self) -> str:
        """Two digits of the prefecture (都道府県)."""
        return self.digits[:2]

    @property
    def is_prefecture(self) -> bool:
        """Whether the code is that of the prefecture itself."""
        return self.digits[2:5] == "000"

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True, order=True)
class BoardCode:
    """Code of a board of education (教育委員会コード): prefecture and four digits, no check digit.

    :param digits: Six ASCII digits.
    """

    digits: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code in any width.

        :raises InvalidValue: With a :class:`CodeProblem`.
        """
        return cls(_six_digits(text))

    @property
    def prefecture(self) -> str:
        """Two digits of the prefecture (都道府県)."""
        return self.digits[:2]

    def __str__(self) -> str:
        return self.digits


class SchoolCodeKind(StrEnum):
    """Kind of school (学校種) in a school code."""

    KINDERGARTEN = "A1"
    CERTIFIED_CHILDCARE = "A2"
    ELEMENTARY = "B1"
    JUNIOR_HIGH = "C1"
    COMPULSORY = "C2"
    HIGH = "D1"
    SECONDARY = "D2"
    SPECIAL_NEEDS = "E1"
    UNIVERSITY = "F1"
    JUNIOR_COLLEGE = "F2"
    TECHNOLOGY = "G1"
    VOCATIONAL = "H1"
    MISCELLANEOUS = "H2"


_KINDS: Final = frozenset(kind.value for kind in SchoolCodeKind)
_SCHOOL_CODE: Final = re.compile(r"[A-H][12][0-9]{2}[123][1-9][0-9]{7}")


@dataclass(frozen=True, slots=True, order=True)
class SchoolCode:
    """School code of the Ministry of Education (学校コード): 13 characters with a check digit.

    Kind of school (2), prefecture (2), founder (1: national, public, private), number (7), check
    digit. Codes are never reused.

    :param text: Thirteen ASCII characters, the first an upper-case letter.
    """

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code in any width and case.

        :raises InvalidValue: With a :class:`CodeProblem`.
        """
        code = fold_width(text).strip().upper()
        if not code:
            raise InvalidValue(CodeProblem.EMPTY)
        if len(code) != 13:
            raise InvalidValue(CodeProblem.WRONG_LENGTH)
        if not _SCHOOL_CODE.fullmatch(code) or code[:2] not in _KINDS:
            raise InvalidValue(CodeProblem.WRONG_FORM)
        if not 1 <= int(code[2:4]) <= 47:
            raise InvalidValue(CodeProblem.UNKNOWN_PREFECTURE)
        if cls.check_digit(code[:12]) != code[12]:
            raise InvalidValue(CodeProblem.CHECK_DIGIT)
        return cls(code)

    @staticmethod
    def check_digit(twelve: str) -> str:
        """Check digit of the first twelve characters; A to H count as 01 to 08."""
        digits = f"{ord(twelve[0]) - ord('A') + 1:02d}{twelve[1:]}"
        total = 0
        for position, digit in enumerate(digits):
            tens, units = divmod(int(digit) * (1 + position % 2), 10)
            total += tens + units
        return str(-total % 10)

    @property
    def kind(self) -> SchoolCodeKind:
        """Kind of school."""
        return SchoolCodeKind(self.text[:2])

    @property
    def prefecture(self) -> str:
        """Two digits of the prefecture (都道府県)."""
        return self.text[2:4]

    @property
    def is_public(self) -> bool:
        """Whether a prefecture or municipality founded the school (公立)."""
        return self.text[4] == "2"

    def __str__(self) -> str:
        return self.text


_DIGIT: Final = "[0-9\uff10-\uff19]"
_BETWEEN: Final = rf"[\s\u200b\ufeff{re.escape(DASHES)}]{{0,3}}"
# A look-ahead finds overlapping runs: a date before the number must not hide it.
_TWELVE_DIGITS: Final = re.compile(
    rf"(?<!{_DIGIT})(?=({_DIGIT}(?:{_BETWEEN}{_DIGIT}){{11}})(?!{_DIGIT}))"
)
_TO_DIGITS: Final = {0xFF10 + value: str(value) for value in range(10)}


def _passes_check(digits: str) -> bool:
    # 総務省令 (平成26年第85号) 第5条: weights 2 to 7 and 2 to 6 from the right, modulus 11.
    weights = (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)
    total = sum(int(digit) * weight for digit, weight in zip(digits[10::-1], weights, strict=True))
    remainder = total % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder) and digits != "0" * 12


def find_my_number(text: str) -> tuple[int, int] | None:
    """Where a 個人番号 stands in free text, as start and end; the number itself is not returned.

    Twelve digits in any width, with spaces or dashes between them, whose check digit is right.
    One in eleven other numbers of twelve digits is found as well.
    """
    for match in _TWELVE_DIGITS.finditer(text):
        digits = "".join(re.findall("[0-9]", match[1].translate(_TO_DIGITS)))
        if _passes_check(digits):
            return match.span(1)
    return None


def is_my_number(text: str) -> bool:
    """Whether the whole text is a 個人番号, in any width, with or without spaces and dashes."""
    stripped = text.strip()
    return find_my_number(stripped) == (0, len(stripped))
