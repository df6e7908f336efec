"""Fields that hold one value: text, passwords, hidden values, buttons."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, Final, Protocol, TypedDict, Unpack, cast

import wtforms
from markupsafe import Markup
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from govkit.errors import InvalidValue
from govkit.forms.conditions import Answers, condition_id, conditional, is_open
from govkit.forms.messages import Invalid, Message, as_message
from govkit.forms.rules import Rule
from govkit.forms.widgets import FramedWidget, TemplateWidget
from govkit.jp.characters import CharacterProblem, check_characters
from govkit.jp.my_number import find_my_number
from govkit.jp.text import drop_invisible

__all__ = [
    "Button",
    "Field",
    "FieldOptions",
    "HiddenField",
    "PasswordField",
    "SubmitField",
    "TextAreaField",
    "TextField",
    "Validator",
    "long_date",
]

_LINE_ENDS: Final = dict.fromkeys(map(ord, "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"), "\n")
# A variation selector (異体字セレクタ) belongs to the letter before it: at the start it is stray.
_START: Final = re.compile("[\\s\ufe00-\ufe0f\U000e0100-\U000e01ef]+")


def _from_first_letter(text: str) -> str:
    """The text without white space around it and selectors that follow no letter."""
    start = _START.match(text)
    return text[start.end() if start else 0 :].rstrip()


def long_date(day: date) -> str:
    """A day in sentences and controls: 2026年4月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


class Validator(Protocol):
    """Checks a field that has been read."""

    def __call__(self, form: Any, field: Any) -> None:
        """Pass in silence.

        :raises ValidationError: With the sentence to show; :class:`Invalid` carries a code, too.
        """


class FieldOptions(TypedDict, total=False):
    """Options that every field takes, next to those of ``wtforms.Field``."""

    required: bool
    support: str
    """Help before the control: conditions and an example."""
    readonly: str
    """Why the value cannot be changed here; what is sent is ignored and the value stays."""
    badge: bool
    """Whether the mark 必須 or 任意 is shown."""
    autocomplete: str
    """Token of WCAG 1.3.5, such as ``family-name``."""
    inputmode: str
    width: int
    """Width of the control in characters: 4, 8 or 16; otherwise the whole line."""
    autofocus: bool
    guards_my_number: bool
    """Whether text that holds a 個人番号 is refused."""
    show_if: Rule | None
    """When the question is asked; while it is not, it is neither required nor part of the data."""
    default: Any
    filters: Sequence[Any]
    name: str
    id: str
    render_kw: Mapping[str, Any]


class Field(wtforms.Field):  # type: ignore[misc]
    """A field that renders itself whole.

    :param label: Noun that also reads well inside a sentence: 「氏名」を入力してください.
    :param validators: Run in order once the value could be read.
    """

    data: Any
    """What one stores: canonical text, day, number, list …; ``None`` when blank."""
    errors: Sequence[Message]
    raw_data: list[Any] | None
    required: bool = False
    support: str = ""
    readonly: str = ""
    tells_why: bool = True
    """Whether the field itself says why it cannot be changed; inside a block the block says it."""
    badge: bool = True
    autocomplete: str = ""
    inputmode: str = ""
    width: int | None = None
    autofocus: bool = False
    guards_my_number: bool = True
    show_if: Rule | None = None
    input_type: ClassVar[str] = "text"
    has_files: ClassVar[bool] = False
    is_answer: ClassVar[bool] = True
    """Whether the value is one to list for checking: buttons, passwords and repetitions are not."""
    problem_texts: ClassVar[Mapping[Any, str]] = {}
    """Japanese sentence (message id) by problem of the parser in ``govkit.jp``; may hold ``{label}``."""
    meant_texts: ClassVar[Mapping[Any, str]] = {}
    """Sentence in its place when the parser has a suggestion; holds ``{suggestion}``."""
    widget: Any = FramedWidget("text.html")
    _read: tuple[Any, Any] | None = None
    _is_deciding: bool = False

    def __init__(
        self,
        label: str,
        validators: Sequence[Validator] = (),
        **options: Unpack[FieldOptions],
    ) -> None:
        rest: dict[str, Any] = {}
        for name, value in options.items():
            if name in _OWN_OPTIONS:
                setattr(self, name, value)
            else:
                rest[name] = value
        super().__init__(label, validators, **rest)
        self.label.text = self.translate(label)
        if self.required:
            self.flags.required = True

    def translate(self, text: str) -> str:
        """A text of a declaration in the language of the form, its braces left alone."""
        return cast(str, self._translations.gettext(text)) if text else ""

    def gettext(self, text: str, **params: object) -> str:
        """A sentence in the language of the form; ``{label}`` is filled in by itself."""
        translated = cast(str, self._translations.gettext(text))
        if "{" not in translated:
            return translated
        return translated.format(label=self._form.name_in_row(self.label.text), **params)

    @property
    def is_hidden(self) -> bool:
        """Whether the question is not asked, by its ``show_if`` and the other answers."""
        if self.show_if is None:
            return False
        if self._is_deciding:
            raise ValueError(f"show_if of {self.name} depends on itself")
        self._is_deciding = True
        try:
            return not self.show_if.holds(Answers(self._form))
        finally:
            self._is_deciding = False

    # -- value

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered."""
        return self.data is None

    @property
    def is_untouched(self) -> bool:
        """Whether it is blank or as it was made beforehand; what could not be read was answered."""
        is_default = self.default is not None and self.data == self.default
        return not self.process_errors and (self.is_blank or is_default)

    @property
    def value(self) -> Any:
        """The value object of the data, such as a ``Postcode``; the data where there is none.

        ``None`` when blank, and for stored text that cannot be read (any more).
        """
        data = self.data
        if self._read is not None and self._read[0] is data:
            return self._read[1]
        if not isinstance(data, str):
            return data
        try:
            value = self.parse(data)
        except (InvalidValue, ValueError):
            value = None
        self._read = (data, value)
        return value

    @property
    def text(self) -> str:
        """What the control shows: after an error what was typed, else the value."""
        if self.raw_data and (self.errors or self.process_errors):
            # Half a surrogate pair cannot be sent to a browser.
            return str(self.raw_data[0]).encode("utf-8", "replace").decode()
        if self.data is None:
            return ""
        value = self.value
        return str(self.data) if value is None else self.format(value)

    @property
    def answer(self) -> str:
        """The value in words, as a page shows it that lists what was entered."""
        return self.text

    def format(self, value: Any) -> str:
        """A value as text for the control."""
        return str(value)

    def parse(self, text: str) -> Any:
        """The value of a text that is not blank.

        :raises InvalidValue: With a problem that ``problem_texts`` has a sentence for.
        :raises Invalid: With the sentence to show.
        """
        return text

    def stored(self, value: Any) -> Any:
        """What ``data`` is for a value: of a value object its canonical text, else the value."""
        return str(value) if is_dataclass(value) else value

    def take(self, value: Any) -> None:
        """Make a value the field's own; ``None`` is blank."""
        self.data = None if value is None else self.stored(value)
        self._read = (self.data, value)

    def clean(self, text: str) -> str:
        """The text in one line, without what nobody can see and without white space around it."""
        if text.isascii() and text.isprintable():
            return text.strip()
        lines = drop_invisible(text).replace("\t", " ").splitlines()
        return _from_first_letter(" ".join(lines))

    def process(
        self, formdata: Any, data: Any = unset_value, extra_filters: Sequence[Any] | None = None
    ) -> None:
        """Read what was sent; nothing when the field cannot be changed."""
        if data is unset_value:
            data = self.default() if callable(self.default) else self.default
        super().process(None if self.readonly else formdata, data, extra_filters)

    def process_data(self, value: Any) -> None:
        """Take the value of the record."""
        if isinstance(value, str):
            self.data, self._read = value or None, None
        else:
            self.take(value)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what was sent; a field that was not sent is blank."""
        self.data = None
        text = self.clean(str(valuelist[0])) if valuelist else ""
        if text:
            self.guard(text)
            value = self.read(self.parse, text)
            canonical = str(self.stored(value))
            if canonical != text:  # reading may have put its digits together
                self.guard(canonical)
            self.take(value)

    def read(self, parse: Callable[[Any], Any], typed: Any) -> Any:
        """Parse, with the problem of a parser put into words.

        :raises Invalid: With the sentence to show.
        """
        try:
            return parse(typed)
        except InvalidValue as error:
            raise self.refusal(error) from None

    def refusal(self, error: InvalidValue) -> Invalid:
        """The error of a value that a parser refused."""
        facts = {"suggestion": error.suggestion, **error.params}
        part = str(facts.pop("part", ""))
        return self.invalid(error.problem, part, **facts)

    def guard(self, text: str) -> None:
        """Refuse text that holds a 個人番号, and forget it.

        :raises Invalid: With code ``my_number_not_allowed``.
        """
        if self.guards_my_number and find_my_number(text):
            self.raw_data = []
            sentence = self.gettext(
                "{label}に個人番号（マイナンバー）は入力できません。番号を除いてください"
            )
            raise Invalid(sentence, "my_number_not_allowed")

    def invalid(self, problem: StrEnum, part: str = "", **facts: object) -> Invalid:
        """The error of a problem of a parser.

        :param facts: For the sentence: the limit, or as ``suggestion`` what was probably meant.
        """
        sentence = self.problem_texts.get(problem, "{label}を確かめて、入力し直してください")
        if facts.get("suggestion"):
            sentence = self.meant_texts.get(problem, sentence)
        return Invalid(self.gettext(sentence, **facts), problem.value, part)

    # -- errors

    @property
    def error_code(self) -> str:
        """Code of the first error; blank when there is none."""
        return self.errors[0].code if self.errors else ""

    @property
    def error_codes(self) -> tuple[str, ...]:
        """Codes of all errors."""
        return tuple(message.code for message in self.errors)

    @property
    def own_errors(self) -> Sequence[Message]:
        """Errors of the field itself, without those of fields inside it."""
        return self.errors

    def add_error(self, text: str, code: str = "invalid", part: str = "") -> None:
        """Add an error that was found outside the field."""
        self.errors = [*self.own_errors, Message(text, code, part)]

    def error_entries(self) -> list[tuple[str, Message]]:
        """Every error with the id of the control that a link in the error summary leads to."""
        return [(self.focus_id_of(message.part), message) for message in self.errors]

    def required_message(self) -> str:
        """What to do when the field is blank."""
        return self.gettext("{label}を入力してください")

    def validate(self, form: wtforms.Form, extra_validators: Sequence[Any] = ()) -> bool:
        """Run all validators; what cannot be changed or is not asked for is not judged."""
        if self.readonly or self.is_hidden:
            self.errors = []
            return True
        valid = cast(bool, super().validate(form, extra_validators))
        if not valid:
            self.errors = [as_message(error) for error in self.errors]
        return valid

    def pre_validate(self, form: wtforms.Form) -> None:
        """Judge only what could be read, and nothing further about a required field left blank."""
        if self.process_errors:
            raise StopValidation
        if self.required and self.is_blank:
            raise StopValidation(Message(self.required_message(), "required"))

    # -- helper buttons

    @property
    def buttons(self) -> Collection[str]:
        """Names of submit buttons of the field that ask for help and do not end the form."""
        return ()

    def act(self, pressed: str) -> None:
        """Do what a helper button asks for, such as filling in an address.

        :param pressed: One of :attr:`buttons`.
        """

    def focus_after(self, pressed: str) -> str:
        """Id of the control that has the focus after a helper button was pressed."""
        return self.focus_id

    @property
    def default_button(self) -> str:
        """Name of the button that the Enter key presses: the form's first, never a helper."""
        buttons = (field.name for field in self._form.root if isinstance(field, SubmitField))
        return next(buttons, "")

    # -- page

    @property
    def requirement(self) -> str:
        """The mark beside the label: ※必須, 任意, 編集不可 or none."""
        if self.readonly:
            return cast(str, self._translations.gettext("編集不可"))
        if not self.badge:
            return ""
        if self.flags.required:
            return cast(str, self._translations.gettext("※必須"))
        return cast(str, self._translations.gettext("任意")) if self._form.shows_optional else ""

    @property
    def support_text(self) -> str:
        """The help in the language of the form."""
        return self.translate(self.support)

    @property
    def readonly_text(self) -> str:
        """Why the value cannot be changed, in the language of the form."""
        return self.translate(self.readonly)

    def be_fixed(self, reason: str) -> None:
        """Make the value one that cannot be changed, as part of a whole that says why."""
        if not self.readonly:
            self.readonly, self.tells_why = reason, False

    @property
    def focus_id(self) -> str:
        """Id of the first control; blank when there is none that takes the focus."""
        return cast(str, self.id)

    def focus_id_of(self, part: str) -> str:
        """Id of the control of a part, for links in the error summary."""
        return self.focus_id

    @property
    def has_focus(self) -> bool:
        """Whether the page opens with the focus on the control."""
        target = self._form.focus_target
        if target:
            return cast(bool, target == self.focus_id)
        return self.autofocus and not self._form.errors

    def is_focused(self, target: str) -> bool:
        """Whether the page opens with the focus on one of the field's buttons."""
        return cast(bool, target == self._form.focus_target)

    def described_by(self) -> str | None:
        """Ids of error and help, the error first."""
        ids = [f"{self.id}-error"] if self.own_errors else []
        if self.support:
            ids.append(f"{self.id}-support")
        if self.readonly and self.tells_why:
            ids.append(f"{self.id}-readonly")
        if self.show_if is not None and is_open(self):
            ids.append(condition_id(self))
        return " ".join(ids) or None

    def __call__(self, **extra: Any) -> Markup:
        """The whole field as HTML; ``extra`` become attributes of the control."""
        markup = super().__call__(**extra) if extra or self.render_kw else self.widget(self)
        return markup if self.show_if is None else conditional(self, markup)

    def frame(self) -> tuple[Any, ...]:
        """All that the template takes from the field, but for text, errors and attributes."""
        return (
            self.id,
            self.name,
            self.label.text,
            self.requirement,
            self.flags.required,
            self.support_text,
            self.input_type,
        )

    def attributes(self) -> Mapping[str, str | None]:
        """Attributes of the control; ``None`` leaves one out, a blank text writes its name alone."""
        return {
            "autocomplete": self.autocomplete or None,
            "inputmode": self.inputmode or None,
            "data-width": str(self.width) if self.width else None,
            "aria-describedby": self.described_by(),
            "aria-required": "true" if self.flags.required and not self.readonly else None,
            "aria-invalid": "true" if self.errors else None,
            "readonly": "" if self.readonly else None,
            "autofocus": "" if self.has_focus else None,
        }


_OWN_OPTIONS: Final = frozenset(FieldOptions.__annotations__) & frozenset(vars(Field))


class _LettersField(Field):
    problem_texts: ClassVar[Mapping[Any, str]] = {
        CharacterProblem.PRIVATE_USE: (
            "{label}の{number}文字目（{code}）は、この機械だけの文字（外字）です。ほかの字に置きかえて、もとの字の形を備考などに書いてください"
        ),
        CharacterProblem.UNREADABLE: (
            "{label}の{number}文字目（{code}）は読み取れません。その文字を消して、入力し直してください"
        ),
    }

    def parse(self, text: str) -> str:
        """The text as typed.

        :raises InvalidValue: When it holds private-use characters (外字) or unreadable ones.
        """
        if not text.isprintable() or "\ufffd" in text:
            check_characters(text)
        return text


class TextField(_LettersField):
    """One line of text; blank is ``None``. Letters stay as they were typed."""


class TextAreaField(_LettersField):
    """Several lines of text, with the limit that a ``Length`` sets and, by script, a counter.

    :param rows: Height of the control in lines.
    """

    widget = FramedWidget("textarea.html")

    def __init__(self, label: str, *args: Any, rows: int = 5, **options: Any) -> None:
        self.rows = rows
        super().__init__(label, *args, **options)

    def clean(self, text: str) -> str:
        """The text with line ends of one kind, without what nobody can see."""
        visible = drop_invisible(text.replace("\r\n", "\n").translate(_LINE_ENDS))
        return _from_first_letter(visible)

    def frame(self) -> tuple[Any, ...]:
        """With the height and the counter."""
        return (*super().frame(), self.rows, self.flags.limit, self.counter)

    @property
    def counter(self) -> str:
        """Text of the counter, for the script to fill."""
        return cast(str, self._translations.gettext("{count} / {limit}文字"))

    @property
    def limit_text(self) -> str:
        """The limit in words, in the place of the counter."""
        return self.gettext("{limit}文字まで入力できます", limit=self.flags.limit)

    def described_by(self) -> str | None:
        """With the limit at last."""
        ids = super().described_by()
        return f"{ids or ''} {self.id}-counter".strip() if self.flags.limit else ids


class PasswordField(Field):
    """A password: taken as typed, never shown again."""

    problem_texts: ClassVar[Mapping[Any, str]] = {
        CharacterProblem.UNREADABLE: (
            "{label}に、読み取れない文字があります。その文字を消して、入力し直してください"
        ),
    }
    input_type = "password"
    is_answer = False
    autocomplete = "current-password"
    guards_my_number = False

    @property
    def text(self) -> str:
        """Nothing."""
        return ""

    def clean(self, text: str) -> str:
        """The password as typed."""
        return text

    def parse(self, text: str) -> str:
        """The password.

        :raises InvalidValue: When it holds half a surrogate pair, which cannot be stored.
        """
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidValue(CharacterProblem.UNREADABLE) from None
        return text


class HiddenField(Field):
    """A value that the page carries along unseen; anybody can change it."""

    guards_my_number = False
    is_answer = False
    widget = TemplateWidget("hidden.html")

    @property
    def focus_id(self) -> str:
        """None: what is unseen takes no focus."""
        return ""


@dataclass(frozen=True, slots=True)
class Button:
    """A helper button as the template ``button.html`` shows it.

    :param name: Name of the control, one of the field's ``buttons``.
    :param title: What it does: 「住所を検索する」.
    """

    name: str
    title: str


class SubmitField(Field):
    """A button; true when it was the one pressed."""

    is_answer = False
    widget = TemplateWidget("submit.html")

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Only the pressed button is sent."""
        self.data = bool(valuelist)
