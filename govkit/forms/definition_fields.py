"""Fields that serve definitions: a choice of yes and no, and numbers of so many digits."""

import re
from enum import StrEnum
from typing import Any

from govkit.forms.choices import RadioField
from govkit.forms.fields import TextField
from govkit.forms.messages import Invalid
from govkit.jp.text import fold_width

__all__ = ["DigitsField", "DigitsProblem", "YesNoField"]


class YesNoField(RadioField):
    """Yes or no, neither chosen beforehand; the data is ``True`` or ``False``."""

    def __init__(self, label: str, *args: Any, **options: Any) -> None:
        super().__init__(
            label, *args, choices=[(True, "はい"), (False, "いいえ")], coerce=_is_true, **options
        )


def _is_true(text: str) -> bool:
    if text not in ("True", "False"):
        raise ValueError(text)
    return text == "True"


class DigitsProblem(StrEnum):
    """Why a number of so many digits cannot be read."""

    NOT_DIGITS = "digits_not_digits"
    WRONG_LENGTH = "digits_wrong_length"


class DigitsField(TextField):
    """A number that is no quantity: text of digits that keeps its leading zeros.

    Either width is taken; spaces between groups are dropped.

    :param length: How many digits there must be; any number of them without.
    """

    inputmode = "numeric"
    width = 16

    def __init__(self, label: str, *args: Any, length: int | None = None, **options: Any) -> None:
        self.length = length
        super().__init__(label, *args, **options)

    def parse(self, text: str) -> str:
        """The digits.

        :raises Invalid: With a code of :class:`DigitsProblem`.
        """
        digits = "".join(fold_width(text).split())
        if re.fullmatch("[0-9]+", digits) is None:
            sentence = self.gettext("{label}は数字だけで入力してください")
            raise Invalid(sentence, DigitsProblem.NOT_DIGITS)
        if self.length is not None and len(digits) != self.length:
            sentence = self.gettext(
                "{label}は{length}桁で入力してください（いま{count}桁です。頭の0も入力します）",
                length=self.length,
                count=len(digits),
            )
            raise Invalid(sentence, DigitsProblem.WRONG_LENGTH)
        return digits
