"""Validators; each message says in Japanese what to do.

Blank fields pass all of them but :class:`Required`.
"""

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from pathlib import PurePath
from typing import Any, Final

from wtforms.validators import StopValidation, ValidationError

from govkit.forms.fields import Field, long_date
from govkit.forms.messages import Invalid, Message
from govkit.jp.characters import count_characters

__all__ = [
    "FileSize",
    "FileType",
    "Length",
    "OneOf",
    "Pattern",
    "Range",
    "Required",
    "StopValidation",
    "ValidationError",
]


class Required:
    """The field must not be blank: like ``required=True`` of a field, with a sentence of one's own.

    :param message: Sentence instead of the field's own.
    """

    field_flags: Final = {"required": True}

    def __init__(self, message: str = "") -> None:
        self.message = message

    def __call__(self, form: Any, field: Field) -> None:
        """Stop at a blank field."""
        if field.is_blank:
            raise StopValidation(Message(self.message or field.required_message(), "required"))


class Length:
    """Limits of the number of characters."""

    def __init__(self, min: int = 0, max: int | None = None) -> None:  # noqa: A002
        self.min, self.max = min, max
        self.field_flags = {"limit": max}

    def __call__(self, form: Any, field: Field) -> None:
        """Compare the number of characters as people count them: a selector or mark is none."""
        if field.is_blank:
            return
        count = count_characters(str(field.data))
        if self.max is not None and count > self.max:
            text = field.gettext(
                "{label}は{max}文字以内で入力してください（いま{count}文字です）",
                max=self.max,
                count=count,
            )
            raise Invalid(text, "text_too_long")
        if count < self.min:
            text = field.gettext(
                "{label}は{min}文字以上で入力してください（いま{count}文字です）",
                min=self.min,
                count=count,
            )
            raise Invalid(text, "text_too_short")


class Range:
    """Smallest and largest number, or first and last day."""

    def __init__(
        self,
        min: int | Decimal | date | None = None,  # noqa: A002
        max: int | Decimal | date | None = None,  # noqa: A002
    ) -> None:
        self.min, self.max = min, max

    def __call__(self, form: Any, field: Field) -> None:
        """Compare with both limits."""
        if field.is_blank:
            return
        too_low = self.min is not None and field.data < self.min
        too_high = self.max is not None and field.data > self.max
        if not too_low and not too_high:
            return
        if isinstance(field.data, date):
            raise Invalid(self._days(field), "date_too_early" if too_low else "date_too_late")
        raise Invalid(self._numbers(field), "number_too_small" if too_low else "number_too_large")

    def _numbers(self, field: Field) -> str:
        limits = {"min": self.min, "max": self.max}
        if self.max is None:
            return field.gettext("{label}は{min}以上の数を入力してください", **limits)
        if self.min is None:
            return field.gettext("{label}は{max}以下の数を入力してください", **limits)
        return field.gettext("{label}は{min}から{max}までの数を入力してください", **limits)

    def _days(self, field: Field) -> str:
        limits = {
            "min": long_date(self.min) if isinstance(self.min, date) else "",
            "max": long_date(self.max) if isinstance(self.max, date) else "",
        }
        if self.max is None:
            return field.gettext("{label}は{min}以降の日付を入力してください", **limits)
        if self.min is None:
            return field.gettext("{label}は{max}以前の日付を入力してください", **limits)
        return field.gettext("{label}は{min}から{max}までの日付を入力してください", **limits)


class OneOf:
    """The value must be one of a few."""

    def __init__(self, values: Collection[object]) -> None:
        self.values = values

    def __call__(self, form: Any, field: Field) -> None:
        """Look the value up."""
        if not field.is_blank and field.data not in self.values:
            values = "、".join(str(value) for value in self.values)
            raise Invalid(
                field.gettext("{label}は次のどれかを入力してください：{values}", values=values),
                "value_not_listed",
            )


class Pattern:
    """The whole text must match a regular expression.

    :param message: What to do, for example 「学校コードは13文字で入力してください」.
    :param code: Stable code of the error.
    """

    def __init__(self, expression: str, message: str, code: str = "text_wrong_pattern") -> None:
        self.expression = re.compile(expression)
        self.message, self.code = message, code

    def __call__(self, form: Any, field: Field) -> None:
        """Match the whole text."""
        if not field.is_blank and self.expression.fullmatch(str(field.data)) is None:
            raise Invalid(field.gettext(str(self.message)), self.code)


class FileType:
    """Endings of the names of files; what is inside is for the reader of the file to judge.

    :param endings: Such as ``".csv"``.
    :param is_checked: ``False`` where the reader has better words for every other file: the browser
        offers these endings first, and that is all.
    """

    def __init__(self, *endings: str, is_checked: bool = True) -> None:
        self.endings = tuple(ending.lower() for ending in endings)
        self.is_checked = is_checked
        self.field_flags = {"accept": ",".join(self.endings)}

    def __call__(self, form: Any, field: Field) -> None:
        """Compare the ending of the file's name."""
        if not self.is_checked or field.is_blank:
            return
        if PurePath(field.data.filename).suffix.lower() in self.endings:
            return
        types = "、".join(self.endings)
        raise Invalid(
            field.gettext("{label}は{types}のファイルを選んでください", types=types),
            "file_wrong_type",
        )


class FileSize:
    """Limit of the size of a file.

    :param max_megabytes: In units of 1,000,000 bytes.
    """

    def __init__(self, max_megabytes: int) -> None:
        self.max_megabytes = max_megabytes

    def __call__(self, form: Any, field: Field) -> None:
        """Measure the file; reading goes on at its start."""
        if field.is_blank:
            return
        size = field.data.stream.seek(0, 2)
        field.data.stream.seek(0)
        if size > self.max_megabytes * 1_000_000:
            raise Invalid(
                field.gettext(
                    "{label}は{max}MB以下のファイルを選んでください", max=self.max_megabytes
                ),
                "file_too_large",
            )
