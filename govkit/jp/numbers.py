"""Public codes with their check digits: municipalities, boards of education, schools."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from govkit.errors import InvalidValue
from govkit.jp.digits import LOOK_ALIKES, bare, is_digits, is_spoilt_by_spreadsheet, upper_ascii

__all__ = [
    "BoardCode",
    "CodeProblem",
    "MunicipalityCode",
    "SchoolCode",
    "SchoolCodeKind",
]


class CodeProblem(StrEnum):
    """Why a code cannot be read."""

    EMPTY = "code_empty"
    NOT_DIGITS = "code_not_digits"
    WRONG_LENGTH = "code_wrong_length"
    WRONG_FORM = "code_wrong_form"
    UNKNOWN_PREFECTURE = "code_unknown_prefecture"
    CHECK_DIGIT = "code_check_digit"
    SPREADSHEET = "code_spreadsheet"


def _plain(text: str) -> str:
    code = bare(text)
    if not code:
        raise InvalidValue(CodeProblem.EMPTY)
    if is_spoilt_by_spreadsheet(text):
        raise InvalidValue(CodeProblem.SPREADSHEET)
    return code


def _six_digits(text: str, suggest: Callable[[str], str]) -> str:
    digits = _plain(text)
    if not is_digits(digits):
        raise InvalidValue(CodeProblem.NOT_DIGITS)
    if len(digits) != 6:
        raise InvalidValue(CodeProblem.WRONG_LENGTH, suggest(digits))
    if not _is_prefecture(digits[:2]):
        raise InvalidValue(CodeProblem.UNKNOWN_PREFECTURE)
    return digits


def _is_prefecture(two: str) -> bool:
    return 1 <= int(two) <= 47


@dataclass(frozen=True, slots=True, order=True)
class MunicipalityCode:
    """Code of a local government (全国地方公共団体コード): five digits and a check digit.

    :param digits: Six ASCII digits.
    """

    digits: str
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code in any width, with or without spaces and dashes.

        Five digits are refused with the six that they stand for: a spreadsheet took the zero, or
        the check digit was left off.

        :raises InvalidValue: With a :class:`CodeProblem`.
        """
        digits = _six_digits(text, cls._completed)
        if cls.check_digit(digits[:5]) != digits[5]:
            raise InvalidValue(CodeProblem.CHECK_DIGIT)
        return cls(digits, text)

    @classmethod
    def _completed(cls, digits: str) -> str:
        if len(digits) != 5:
            return ""
        with_zero = f"0{digits}"
        if with_zero[:2] != "00" and cls.check_digit(with_zero[:5]) == digits[-1]:
            return with_zero
        return digits + cls.check_digit(digits) if _is_prefecture(digits[:2]) else ""

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
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code in any width, with or without spaces and dashes.

        :raises InvalidValue: With a :class:`CodeProblem`; five digits with the zero before them.
        """
        return cls(_six_digits(text, cls._completed), text)

    @staticmethod
    def _completed(digits: str) -> str:
        return f"0{digits}" if len(digits) == 5 and digits[0] != "0" else ""

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
_SCHOOL_LABEL: Final = re.compile("^学校コー?ド[:=]?")
_TO_DIGIT: Final = str.maketrans("OIL", "011")


def _latin_school_code(code: str) -> str:
    latin = upper_ascii(code.translate(LOOK_ALIKES))
    return latin[:1] + latin[1:].translate(_TO_DIGIT)


@dataclass(frozen=True, slots=True, order=True)
class SchoolCode:
    """School code of the Ministry of Education (学校コード): 13 characters with a check digit.

    Kind of school (2), prefecture (2), founder (1: national, public, private), number (7), check
    digit. Codes are never reused.

    :param text: Thirteen ASCII characters, the first an upper-case letter.
    """

    text: str
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code in any width and case, with or without spaces and dashes.

        Letters of other scripts and O, I for 0, 1 are refused with the code that was meant.

        :raises InvalidValue: With a :class:`CodeProblem`.
        """
        code = upper_ascii(_plain(text))
        code = _SCHOOL_LABEL.sub("", code, count=1)
        if problem := cls._problem_of(code):
            meant = _latin_school_code(code)
            raise InvalidValue(problem, "" if cls._problem_of(meant) else meant)
        return cls(code, text)

    @classmethod
    def _problem_of(cls, code: str) -> CodeProblem | None:
        if len(code) != 13:
            return CodeProblem.WRONG_LENGTH
        if not _SCHOOL_CODE.fullmatch(code) or code[:2] not in _KINDS:
            return CodeProblem.WRONG_FORM
        if not _is_prefecture(code[2:4]):
            return CodeProblem.UNKNOWN_PREFECTURE
        if cls.check_digit(code[:12]) != code[12]:
            return CodeProblem.CHECK_DIGIT
        return None

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
