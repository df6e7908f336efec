"""Numbers of corporations: 法人番号 and the registration number of invoices (登録番号)."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from govkit.errors import InvalidValue
from govkit.jp.digits import LOOK_ALIKES, bare, is_digits, is_spoilt_by_spreadsheet, upper_ascii
from govkit.jp.my_number import is_my_number
from govkit.jp.numbers import MunicipalityCode

__all__ = ["CorporateNumber", "CorporateNumberProblem", "InvoiceNumber", "InvoiceNumberProblem"]


class CorporateNumberProblem(StrEnum):
    """Why a 法人番号 cannot be read."""

    EMPTY = "corporate_number_empty"
    NOT_DIGITS = "corporate_number_not_digits"
    WRONG_LENGTH = "corporate_number_wrong_length"
    REGISTRY_NUMBER = "corporate_number_registry_number"
    CHECK_DIGIT = "corporate_number_check_digit"
    SPREADSHEET = "corporate_number_spreadsheet"


_LABEL: Final = re.compile(r"(?:法人番号|登録番号|適格請求書発行事業者登録番号)[:=]?")
_TO_DIGIT: Final = str.maketrans("OoIl|", "00111")


def _body(text: str) -> str:
    compact = bare(text)
    label = _LABEL.match(compact)
    return compact[label.end() :] if label else compact


@dataclass(frozen=True, slots=True, order=True)
class CorporateNumber:
    """Corporate number (法人番号): a check digit and twelve digits (番号法第2条第15項).

    :param digits: Thirteen ASCII digits.
    """

    digits: str
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number in any width, with spaces and dashes, also as T + 13 digits.

        The twelve digits of the commercial register (会社法人等番号) are refused with the 法人番号
        that they belong to, unless they could be a 個人番号.

        :raises InvalidValue: With a :class:`CorporateNumberProblem`.
        """
        digits = _body(text)
        if digits[:1] in {"T", "t"}:
            digits = digits[1:]
        if not digits:
            raise InvalidValue(CorporateNumberProblem.EMPTY)
        if is_spoilt_by_spreadsheet(digits):
            raise InvalidValue(CorporateNumberProblem.SPREADSHEET)
        if not is_digits(digits):
            raise InvalidValue(CorporateNumberProblem.NOT_DIGITS)
        if len(digits) == 12:
            full = "" if is_my_number(digits) else cls.check_digit(digits) + digits
            raise InvalidValue(CorporateNumberProblem.REGISTRY_NUMBER, full)
        if len(digits) != 13:
            raise InvalidValue(CorporateNumberProblem.WRONG_LENGTH)
        if cls.check_digit(digits[1:]) != digits[0]:
            raise InvalidValue(CorporateNumberProblem.CHECK_DIGIT)
        return cls(digits, text)

    @staticmethod
    def check_digit(twelve: str) -> str:
        """Check digit that stands before the twelve (財務省令 平成26年第70号 第2条).

        9 less the remainder by 9 of the digits from the right, weighted 1 and 2 in turn. It is
        never 0; a 0 written for a 9 further on, or the other way round, passes.
        """
        total = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(twelve)))
        return str(9 - total % 9)

    @property
    def municipality(self) -> MunicipalityCode | None:
        """The local government whose number it is: 000020 and its 団体コード after the check digit."""
        if self.digits[1:7] != "000020":
            return None
        try:
            return MunicipalityCode.parse(self.digits[7:])
        except InvalidValue:
            return None

    @property
    def registry_number(self) -> str:
        """The twelve digits after the check digit (会社法人等番号 of a registered corporation)."""
        return self.digits[1:]

    def __str__(self) -> str:
        return self.digits


class InvoiceNumberProblem(StrEnum):
    """Why a 登録番号 cannot be read."""

    EMPTY = "invoice_number_empty"
    MISSING_T = "invoice_number_missing_t"
    LOOK_ALIKE = "invoice_number_look_alike"
    NOT_DIGITS = "invoice_number_not_digits"
    WRONG_LENGTH = "invoice_number_wrong_length"
    CHECK_DIGIT = "invoice_number_check_digit"
    SPREADSHEET = "invoice_number_spreadsheet"


@dataclass(frozen=True, slots=True, order=True)
class InvoiceNumber:
    """Registration number of an issuer of qualified invoices (登録番号): T and thirteen digits.

    消費税法第57条の2. A corporation's is T and its 法人番号. That the numbers of sole traders follow the
    same check digit is unverified.

    :param text: The letter T and thirteen ASCII digits.
    """

    text: str
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number in any width and case, with spaces and dashes.

        Refused with the number that was meant: thirteen digits without T, a letter T of another
        script, O and I for 0 and 1.

        :raises InvalidValue: With an :class:`InvoiceNumberProblem`.
        """
        number = _body(text)
        if is_spoilt_by_spreadsheet(text):
            raise InvalidValue(InvoiceNumberProblem.SPREADSHEET)
        number = upper_ascii(number[:1]) + number[1:]
        problem = cls._problem_of(number)
        if problem in {InvoiceNumberProblem.MISSING_T, InvoiceNumberProblem.NOT_DIGITS}:
            latin = number.translate(LOOK_ALIKES)
            meant = "T" + upper_ascii(latin).removeprefix("T").translate(_TO_DIGIT)
            if cls._problem_of(meant):
                meant = ""
            elif not is_digits(number):
                problem = InvoiceNumberProblem.LOOK_ALIKE
            raise InvalidValue(problem, meant)
        if problem:
            raise InvalidValue(problem)
        return cls(number, text)

    @staticmethod
    def _problem_of(number: str) -> InvoiceNumberProblem | None:
        digits = number.removeprefix("T")
        if not number:
            return InvoiceNumberProblem.EMPTY
        if digits and not is_digits(digits):
            return InvoiceNumberProblem.NOT_DIGITS
        if len(digits) != 13:
            return InvoiceNumberProblem.WRONG_LENGTH
        if digits == number:
            return InvoiceNumberProblem.MISSING_T
        if CorporateNumber.check_digit(digits[1:]) != digits[0]:
            return InvoiceNumberProblem.CHECK_DIGIT
        return None

    @property
    def digits(self) -> str:
        """The thirteen digits without the T: the 法人番号 if the issuer is a corporation."""
        return self.text[1:]

    def __str__(self) -> str:
        return self.text
