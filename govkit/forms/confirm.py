"""The same value typed once more, such as an e-mail address."""

from collections.abc import Sequence
from typing import Any, cast

import wtforms
from wtforms.validators import StopValidation

from govkit.forms.fields import Field
from govkit.forms.messages import Invalid, Message

__all__ = ["ConfirmField"]


class ConfirmField(Field):
    """Another field typed once more (確認のための再入力); both must give the same value.

    It is read as the other field is, so that widths and dashes need not agree. It has to be filled
    in whenever the other is. A value that is not to be shown again, such as a password, is not.

    :param of: Name of the other field, declared before this one in the same form or block.
    """

    is_answer = False

    def __init__(self, label: str, *args: Any, of: str, **options: Any) -> None:
        self.of = of
        super().__init__(label, *args, **options)
        other = self.other
        self.guards_my_number = other.guards_my_number
        self.autocomplete = self.autocomplete or other.autocomplete
        self.inputmode = self.inputmode or other.inputmode
        self.width = self.width or other.width
        if other.flags.required:
            self.flags.required = True

    @property
    def other(self) -> Field:
        """The field that is repeated."""
        return cast(Field, self._form[self.of])

    @property
    def input_type(self) -> str:  # type: ignore[override]
        """The kind of control of the other field."""
        return self.other.input_type

    @property
    def text(self) -> str:
        """What was typed, unless the other field never shows it."""
        return "" if self.input_type == "password" else super().text

    def clean(self, text: str) -> str:
        """The text as the other field cleans it."""
        return self.other.clean(text)

    def parse(self, text: str) -> Any:
        """The value as the other field reads it; text that it refuses is compared as it is."""
        try:
            return self.other.read(self.other.parse, text)
        except Invalid:
            return text

    def format(self, value: Any) -> str:
        """A value as the other field shows it."""
        return value if isinstance(value, str) else self.other.format(value)

    def process_data(self, value: Any) -> None:
        """Take the value of the other field's record: what is stored needs no second typing."""
        super().process_data(self.other.object_data if value is None else value)

    def validate(self, form: wtforms.Form, extra_validators: Sequence[Any] = ()) -> bool:
        """Compare with the other field, which has to be in order itself."""
        if self.other.readonly or self.other.errors:
            self.errors = []
            return True
        return super().validate(form, extra_validators)

    def pre_validate(self, form: wtforms.Form) -> None:
        """Nothing is asked for where the other field is blank."""
        super().pre_validate(form)
        if self.data == self.other.data:
            return
        if self.is_blank:
            raise StopValidation(Message(self.required_message(), "required"))
        sentence = "{label}が「{other}」と違います。同じ内容を入力してください"
        raise Invalid(self.gettext(sentence, other=self.other.label.text), "confirm_mismatch")
