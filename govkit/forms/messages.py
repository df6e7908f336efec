"""What a form says: error sentences with their codes, and the Japanese of WTForms' own messages.

WTForms' own catalogue has holes and mistakes. Our fields and validators never use its messages; the
table serves validators that others wrote for WTForms.
"""

from collections.abc import Callable
from typing import Any, Final

from wtforms.validators import ValidationError

__all__ = ["WTFORMS", "Catalogue", "Gettext", "Invalid", "Message", "as_message", "unchanged"]


class Message(str):
    """An error sentence: what to do, in the language of the reader.

    :ivar code: Stable code of the problem, such as ``required`` or ``postcode_wrong_length``.
    :ivar part: The part or field inside the field that is wrong, such as ``month``; blank for all.
    """

    code: str
    part: str

    def __new__(cls, text: str, code: str = "invalid", part: str = "") -> "Message":
        """A sentence with its code and part."""
        message = super().__new__(cls, str(text))
        message.code, message.part = str(code), part
        return message


def as_message(error: Any) -> Message:
    """An error as a message; a plain sentence of somebody else's validator has the code ``invalid``."""
    return error if isinstance(error, Message) else Message(str(error))


class Invalid(ValidationError):  # type: ignore[misc]
    """What was entered is refused; raised by ``parse``, by validators and by checks of blocks.

    :param text: Sentence that says what to do.
    :param code: Stable code of the problem.
    :param part: The part or field inside the field that is wrong; blank for all of it.
    """

    def __init__(self, text: str, code: str, part: str = "") -> None:
        super().__init__(Message(text, code, part))
        self.code, self.part = str(code), part


Gettext = Callable[[str], str]
"""Translates a Japanese sentence into the language of the reader."""

WTFORMS: Final = {
    "'%(value)s' are not valid choices for this field.": "一覧から選んでください。",
    "CSRF failed.": "もう一度、送信してください。",
    "CSRF token expired.": "画面を開いてから時間がたちました。もう一度、送信してください。",
    "CSRF token missing.": "画面を開き直して、もう一度送信してください。",
    "Choices cannot be None.": "選択肢がありません。",
    "Date must be at least %(min)s.": "%(min)s以降の日付を入力してください。",
    "Date must be at most %(max)s.": "%(max)s以前の日付を入力してください。",
    "Date must be between %(min)s and %(max)s.": "%(min)sから%(max)sまでの日付を入力してください。",
    "Field cannot be longer than %(max)d characters.": "%(max)d文字以内で入力してください。",
    "Field must be at least %(min)d characters long.": "%(min)d文字以上で入力してください。",
    "Field must be between %(min)d and %(max)d characters long.": (
        "%(min)d文字から%(max)d文字までで入力してください。"
    ),
    "Field must be equal to %(other_name)s.": "「%(other_label)s」と同じ内容を入力してください。",
    "Field must be exactly %(max)d characters long.": "%(max)d文字で入力してください。",
    "Invalid CSRF Token.": "画面を開き直して、もう一度送信してください。",
    "Invalid Choice: could not coerce.": "一覧から選んでください。",
    "Invalid IP address.": "IPアドレスの形で入力してください。",
    "Invalid Mac address.": "MACアドレスの形で入力してください。",
    "Invalid URL.": "https:// から始まるURLを入力してください。",
    "Invalid UUID.": "UUIDの形で入力してください。",
    "Invalid choice(s): one or more data inputs could not be coerced.": "一覧から選んでください。",
    "Invalid email address.": "「名前@example.jp」の形でメールアドレスを入力してください。",
    "Invalid field name '%s'.": "「%s」という項目はありません。",
    "Invalid input.": "決められた形で入力してください。",
    "Invalid value, can't be any of: %(values)s.": "次のほかの値を入力してください：%(values)s",
    "Invalid value, must be one of: %(values)s.": "次のどれかを入力してください：%(values)s",
    "Not a valid choice.": "一覧から選んでください。",
    "Not a valid date value.": "日付を「2026-04-01」の形で入力してください。",
    "Not a valid datetime value.": "日時を「2026-04-01 09:00」の形で入力してください。",
    "Not a valid decimal value.": "数を「1.5」の形で入力してください。",
    "Not a valid float value.": "数を「1.5」の形で入力してください。",
    "Not a valid integer value.": "数字で入力してください。",
    "Not a valid time value.": "時刻を「09:00」の形で入力してください。",
    "Not a valid week value.": "週を「2026-W14」の形で入力してください。",
    "Number must be at least %(min)s.": "%(min)s以上の数を入力してください。",
    "Number must be at most %(max)s.": "%(max)s以下の数を入力してください。",
    "Number must be between %(min)s and %(max)s.": "%(min)sから%(max)sまでの数を入力してください。",
    "This field cannot be edited.": "この項目は変えられません。",
    "This field is disabled and cannot have a value.": "この項目には入力できません。",
    "This field is required.": "入力してください。",
    "The CSRF session token is missing.": "画面を開き直して、もう一度送信してください。",
    "The CSRF token has expired.": (
        "画面を開いてから時間がたちました。もう一度、送信してください。"
    ),
    "The CSRF token is invalid.": "画面を開き直して、もう一度送信してください。",
    "The CSRF token is missing.": "画面を開き直して、もう一度送信してください。",
    "The CSRF tokens do not match.": "画面を開き直して、もう一度送信してください。",
}
"""Japanese by English message of WTForms 3.3, of a singular and a plural the plural, and of the token
of Flask-WTF."""


def unchanged(text: str) -> str:
    """The Japanese sentence itself."""
    return text


class Catalogue:
    """Translations in the shape that WTForms asks for.

    :param translate: Translates from Japanese.
    :ivar is_plain: Whether nothing is translated.
    """

    def __init__(self, translate: Gettext = unchanged) -> None:
        self._translate = translate
        self.is_plain = translate is unchanged

    def gettext(self, text: str) -> str:
        """A sentence of ours, or of WTForms, in the language of the reader."""
        return self._translate(WTFORMS.get(text, text))

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """The plural: Japanese has one form."""
        return self.gettext(plural if plural in WTFORMS or count != 1 else singular)
