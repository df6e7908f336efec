"""Fields that hold one value: text, numbers, days, files, passwords, buttons."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Final, Protocol, TypedDict, Unpack, cast

import wtforms
from wtforms.validators import StopValidation

from govkit.errors import InvalidValue
from govkit.forms.widgets import TemplateWidget
from govkit.jp.calendar import CalendarProblem, parse_date
from govkit.jp.numbers import find_my_number
from govkit.jp.text import fold_width

__all__ = [
    "DateField",
    "Field",
    "FieldOptions",
    "FileField",
    "HiddenField",
    "IntegerField",
    "PasswordField",
    "SubmitField",
    "TextAreaField",
    "TextField",
    "Validator",
    "long_date",
]

# PostgreSQL stores no NUL, and no other of these belongs in a text that people typed.
_CONTROLS: Final = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])


def long_date(day: date) -> str:
    """A day in sentences and controls: 2026年4月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


class Validator(Protocol):
    """Checks a field that has been read."""

    def __call__(self, form: Any, field: Any) -> None:
        """Pass in silence.

        :raises ValidationError: With the sentence to show.
        """


class FieldOptions(TypedDict, total=False):
    """Options that every field takes, next to those of ``wtforms.Field``."""

    required: bool
    support: str
    """Help before the control: conditions and an example."""
    autocomplete: str
    """Token of WCAG 1.3.5, such as ``family-name``."""
    inputmode: str
    width: int
    """Width of the control in characters: 4, 8 or 16; otherwise the whole line."""
    autofocus: bool
    guards_my_number: bool
    """Whether text that holds a 個人番号 is refused."""
    default: Any
    filters: Sequence[Any]
    name: str
    id: str


class Field(wtforms.Field):  # type: ignore[misc]
    """A field that renders itself whole.

    :param label: Noun that also reads well inside a sentence: 「氏名」を入力してください.
    :param validators: Run in order once the value could be read.
    """

    data: Any
    errors: Sequence[str]
    raw_data: list[Any] | None
    required: bool = False
    support: str = ""
    autocomplete: str = ""
    inputmode: str = ""
    width: int | None = None
    autofocus: bool = False
    guards_my_number: bool = True
    input_type: ClassVar[str] = "text"
    widget: Any = TemplateWidget("text.html")

    def __init__(
        self,
        label: str,
        validators: Sequence[Validator] = (),
        **options: Unpack[FieldOptions],
    ) -> None:
        rest = dict(options)
        for name in set(FieldOptions.__annotations__) & {*vars(Field)} & {*rest}:
            setattr(self, name, rest.pop(name))
        super().__init__(label, list(validators), **rest)
        if self.required:
            self.flags.required = True

    def gettext(self, text: str, **params: object) -> str:
        """A sentence in the language of the form; ``{label}`` is filled in by itself."""
        translated = cast(str, self._translations.gettext(text))
        if "{" not in translated:
            return translated
        return translated.format(label=self.label.text, **params)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered."""
        return self.data is None

    @property
    def requirement(self) -> str:
        """The mark beside the label: ※必須, 任意 or none."""
        if self.flags.required:
            return self.gettext("※必須")
        return self.gettext("任意") if self._form.shows_optional else ""

    @property
    def focus_id(self) -> str:
        """Id of the control that a link in the error summary leads to."""
        return cast(str, self.id)

    @property
    def text(self) -> str:
        """What the control shows: what was typed, else the value."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.format(self.data)

    def format(self, value: Any) -> str:
        """A value as text for the control."""
        return str(value)

    def required_message(self) -> str:
        """What to do when the field is blank."""
        return self.gettext("{label}を入力してください")

    def described_by(self) -> str | None:
        """Ids of error and help, the error first."""
        ids = [f"{self.id}-error"] if self.errors else []
        if self.support:
            ids.append(f"{self.id}-support")
        return " ".join(ids) or None

    def attributes(self) -> Mapping[str, str | None]:
        """Attributes of the control; ``None`` leaves one out."""
        return {
            "autocomplete": self.autocomplete or None,
            "inputmode": self.inputmode or None,
            "data-width": str(self.width) if self.width else None,
            "aria-describedby": self.described_by(),
            "aria-required": "true" if self.flags.required else None,
            "aria-invalid": "true" if self.errors else None,
            "autofocus": "" if self.autofocus and not self._form.errors else None,
        }

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what was sent; a field that was not sent is blank."""
        self.data = None
        text = self.clean(str(valuelist[0])) if valuelist else ""
        if not text:
            return
        if self.guards_my_number and find_my_number(text):
            self.raw_data = []
            raise ValueError(
                self.gettext(
                    "{label}に個人番号（マイナンバー）は入力できません。番号を除いてください"
                )
            )
        self.data = self.parse(text)

    def clean(self, text: str) -> str:
        """The text without control characters and without white space around it."""
        return " ".join(text.translate(_CONTROLS).splitlines()).strip()

    def parse(self, text: str) -> Any:
        """The value of a text that is not blank.

        :raises ValueError: With the sentence to show.
        """
        return text

    def pre_validate(self, form: wtforms.Form) -> None:
        """Judge only what could be read, and nothing further about a required field left blank."""
        if self.process_errors:
            raise StopValidation
        if self.required and self.is_blank:
            raise StopValidation(self.required_message())


class TextField(Field):
    """One line of text; blank is ``None``. Letters stay as they were typed."""


class TextAreaField(Field):
    """Several lines of text, with a counter (script only) where a ``Length`` sets a limit.

    :param rows: Height of the control in lines.
    """

    widget = TemplateWidget("textarea.html")

    def __init__(self, label: str, *args: Any, rows: int = 5, **options: Any) -> None:
        self.rows = rows
        super().__init__(label, *args, **options)

    def clean(self, text: str) -> str:
        """The text with line ends of one kind."""
        return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS).strip()

    @property
    def counter(self) -> str:
        """Text of the counter, for the script to fill."""
        return cast(str, self._translations.gettext("{count} / {limit}文字"))


class IntegerField(Field):
    """A whole number of digits 0 to 9, half-width or full-width, without sign."""

    inputmode = "numeric"
    width = 8

    def parse(self, text: str) -> int:
        """The number; Python's ``int`` alone would take ``1_000`` and other scripts' digits."""
        folded = fold_width(text)
        if re.fullmatch("[0-9]{1,18}", folded) is None:
            raise ValueError(self.gettext("{label}は数字だけで入力してください（例：12）"))
        return int(folded)


class DateField(Field):
    """A day in one text box, in Western years or wareki: people can type or paste what they have."""

    width = 16

    def __init__(self, label: str, *args: Any, **options: Any) -> None:
        super().__init__(label, *args, **options)
        if not self.support:
            self.support = self.gettext("例：2026年4月1日、令和8年4月1日、2026-04-01")

    def format(self, value: Any) -> str:
        """A day in Western years."""
        return long_date(value) if isinstance(value, date) else str(value)

    def parse(self, text: str) -> date:
        """The day."""
        try:
            return parse_date(text)
        except InvalidValue as error:
            raise ValueError(self._problem(error.problem)) from None

    def _problem(self, problem: str) -> str:
        match problem:
            case CalendarProblem.NO_SUCH_DAY:
                return self.gettext(
                    "{label}は、ある日付を入力してください（月と日を確かめてください）"
                )
            case CalendarProblem.BEFORE_ERA | CalendarProblem.AFTER_ERA:
                return self.gettext("{label}の元号と年が合いません。元号か年を直してください")
            case CalendarProblem.BEFORE_GREGORIAN:
                return self.gettext("{label}は明治6年（1873年）以降の日付を入力してください")
            case _:
                return self.gettext(
                    "{label}は「2026年4月1日」か「令和8年4月1日」の形で入力してください"
                )


class PasswordField(Field):
    """A password: taken as typed, never shown again."""

    input_type = "password"
    autocomplete = "current-password"
    guards_my_number = False

    @property
    def text(self) -> str:
        """Nothing."""
        return ""

    def clean(self, text: str) -> str:
        """The password as typed."""
        return text


class HiddenField(Field):
    """A value that the page carries along unseen; anybody can change it."""

    guards_my_number = False
    widget = TemplateWidget("hidden.html")

    @property
    def focus_id(self) -> str:
        """None: what is unseen takes no focus."""
        return ""


class FileField(Field):
    """One uploaded file: an object with ``filename`` and ``stream``, or ``None``.

    The form needs ``enctype="multipart/form-data"`` and ``Form(request.form, files=request.files)``.
    """

    widget = TemplateWidget("file.html")

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the file; without one the browser sends an empty name."""
        files = [value for value in valuelist if getattr(value, "filename", "")]
        self.data = files[0] if files else None

    def required_message(self) -> str:
        """What to do when no file was chosen."""
        return self.gettext("{label}を選んでください")

    def attributes(self) -> Mapping[str, str | None]:
        """With the accepted endings of names."""
        return {**super().attributes(), "accept": self.flags.accept}


class SubmitField(Field):
    """A button; true when it was the one pressed."""

    widget = TemplateWidget("submit.html")

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Only the pressed button is sent."""
        self.data = bool(valuelist)
