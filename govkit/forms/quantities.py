"""Fields for plain numbers: whole and decimal."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from govkit.forms.fields import Field
from govkit.forms.validators import Range
from govkit.jp.quantities import QuantityProblem, read_decimal, read_integer

__all__ = ["DecimalField", "IntegerField"]


class _NumberField(Field):
    """A number between two limits.

    :param min: Smallest number; from zero on, no minus is read. A ``Range`` does the same.
    :param max: Largest number.
    :param allows_negative: Whether a minus is read; by default where no smallest number forbids it.
    :param units: Words that may stand after the number: ``("人", "名")``.
    """

    width = 8
    problem_texts: ClassVar[Mapping[Any, str]] = {
        QuantityProblem.EMPTY: "{label}は数字だけで入力してください（例：12）",
        QuantityProblem.NOT_A_NUMBER: "{label}は数字だけで入力してください（例：12）",
        QuantityProblem.COMMAS: (
            "{label}のコンマは3桁ごとに付けるか、すべて取ってください（例：1,234）"
        ),
        QuantityProblem.DECIMALS: "{label}は小数点のない数で入力してください（例：12）",
        QuantityProblem.PLACES: "{label}は小数点以下{places}桁までで入力してください",
        QuantityProblem.NEGATIVE: "{label}はマイナスの付かない数で入力してください",
        QuantityProblem.TOO_LONG: "{label}は{max}桁までの数を入力してください",
        QuantityProblem.SPREADSHEET: (
            "{label}は表計算ソフトの「E」の付いた形ではなく、数字だけで入力してください（例：1200）"
        ),
    }

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] = (),
        *,
        min: int | Decimal | None = None,  # noqa: A002
        max: int | Decimal | None = None,  # noqa: A002
        allows_negative: bool | None = None,
        units: Collection[str] = (),
        **options: Any,
    ) -> None:
        limits = [] if min is None and max is None else [Range(min, max)]
        super().__init__(label, [*limits, *validators], **options)
        given = [each.min for each in self.validators if isinstance(each, Range)]
        lowest = [each for each in given if isinstance(each, int | Decimal)]
        if allows_negative is None:
            allows_negative = not any(each >= 0 for each in lowest)
        elif allows_negative:
            lowest.append(-1)
        self.allows_negative = allows_negative
        if any(each < 0 for each in lowest):
            self.inputmode = ""  # keyboards of digits lack the minus
        self.units = units


class IntegerField(_NumberField):
    """A whole number: digits of either width, commas at every third; the data is an ``int``.

    Counts are never below zero: give them ``min=0`` or more, and a minus is refused with a sentence.

    :param allows_kanji: Whether 二十三 and 1万2千 are read, too.
    """

    inputmode = "numeric"

    def __init__(self, label: str, *args: Any, allows_kanji: bool = False, **options: Any) -> None:
        super().__init__(label, *args, **options)
        self.allows_kanji = allows_kanji

    def parse(self, text: str) -> int:
        """The number; Python's ``int`` alone would take ``1_000`` and other scripts' digits."""
        return read_integer(
            text,
            allows_negative=self.allows_negative,
            allows_kanji=self.allows_kanji,
            units=self.units,
        )


class DecimalField(_NumberField):
    """A decimal number; the data is a ``Decimal`` with the digits as typed.

    :param places: Most digits after the point.
    """

    inputmode = "decimal"
    problem_texts: ClassVar[Mapping[Any, str]] = {
        **_NumberField.problem_texts,
        QuantityProblem.NOT_A_NUMBER: "{label}は数字と小数点だけで入力してください（例：36.5）",
    }

    def __init__(self, label: str, *args: Any, places: int | None = None, **options: Any) -> None:
        super().__init__(label, *args, **options)
        self.places = places

    def format(self, value: Decimal) -> str:
        """The number without exponent."""
        return format(value, "f") if isinstance(value, Decimal) else str(value)

    def parse(self, text: str) -> Decimal:
        """The number."""
        return read_decimal(
            text, places=self.places, allows_negative=self.allows_negative, units=self.units
        )
