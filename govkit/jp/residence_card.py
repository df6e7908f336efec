"""Number of the residence card (在留カード) and of the special permanent resident certificate."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from govkit.errors import InvalidValue
from govkit.jp.digits import LOOK_ALIKES, bare, is_spoilt_by_spreadsheet, upper_ascii

__all__ = ["ResidenceCardNumber", "ResidenceCardProblem"]


class ResidenceCardProblem(StrEnum):
    """Why the number of a residence card cannot be read."""

    EMPTY = "residence_card_empty"
    WRONG_LENGTH = "residence_card_wrong_length"
    WRONG_FORM = "residence_card_wrong_form"
    LETTER_FOR_DIGIT = "residence_card_letter_for_digit"
    DIGIT_FOR_LETTER = "residence_card_digit_for_letter"
    LOOK_ALIKE = "residence_card_look_alike"
    SPREADSHEET = "residence_card_spreadsheet"


_FORM: Final = re.compile(r"[A-Z]{2}[0-9]{8}[A-Z]{2}")
_LABEL: Final = re.compile(r"(?:在留カー?ド等?|特別永住者証明書)?番号[:=]?|NO\.[:=]?")
_TO_DIGIT: Final = str.maketrans("OQDIL|SZB", "000111528")
_TO_LETTER: Final = str.maketrans("015280|", "OISZBOI")


@dataclass(frozen=True, slots=True, order=True)
class ResidenceCardNumber:
    """Number of a residence card (在留カード番号): two letters, eight digits, two letters.

    It changes with every renewal and has no public check digit; whether a card is valid only the
    Immigration Services Agency tells. Special permanent resident certificates (特別永住者証明書) have
    the same form.

    :param text: Twelve ASCII characters, the letters upper-case.
    """

    text: str
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number in any width and case, with spaces and dashes.

        O for 0, I for 1 and letters of other scripts are never put right silently, as the number
        has no check digit: they are refused with what was probably meant.

        :raises InvalidValue: With a :class:`ResidenceCardProblem`.
        """
        number = upper_ascii(bare(text))
        if label := _LABEL.match(number):
            number = number[label.end() :]
        if not number:
            raise InvalidValue(ResidenceCardProblem.EMPTY)
        if is_spoilt_by_spreadsheet(text):
            raise InvalidValue(ResidenceCardProblem.SPREADSHEET)
        if _FORM.fullmatch(number):
            return cls(number, text)
        raise _refusal(number)

    def __str__(self) -> str:
        return self.text


def _refusal(number: str) -> InvalidValue:
    if len(number) != 12:
        return InvalidValue(ResidenceCardProblem.WRONG_LENGTH)
    latin = upper_ascii(number.translate(LOOK_ALIKES))
    digits = latin[2:10].translate(_TO_DIGIT)
    meant = latin[:2].translate(_TO_LETTER) + digits + latin[10:].translate(_TO_LETTER)
    if not _FORM.fullmatch(meant):
        return InvalidValue(ResidenceCardProblem.WRONG_FORM)
    if latin != number:
        return InvalidValue(ResidenceCardProblem.LOOK_ALIKE, meant)
    if digits != number[2:10]:
        return InvalidValue(ResidenceCardProblem.LETTER_FOR_DIGIT, meant)
    return InvalidValue(ResidenceCardProblem.DIGIT_FOR_LETTER, meant)
