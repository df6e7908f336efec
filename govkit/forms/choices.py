"""Fields that offer a choice: radio buttons, checkboxes, a select box."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import wtforms

from govkit.forms.fields import Field
from govkit.forms.messages import Invalid
from govkit.forms.widgets import FramedWidget
from govkit.jp.text import fold_width

__all__ = [
    "CheckboxField",
    "CheckboxesField",
    "Choice",
    "ChoiceField",
    "RadioField",
    "SelectField",
]

Choices = Iterable[tuple[Any, str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice as the templates show it."""

    id: str
    value: str
    title: str
    is_chosen: bool


def _text_of(value: Any) -> str:
    return str(value.value if isinstance(value, Enum) else value)


class ChoiceField(Field):
    """One or several out of a list.

    :param choices: Pairs of value and title, or a function that gives them for each request; may
        also be set on the bound field before validation.
    :param coerce: Makes the value of the text that was sent, such as ``UUID``.
    """

    def __init__(
        self,
        label: str,
        *args: Any,
        choices: Choices | Callable[[], Choices] = (),
        coerce: Callable[[str], Any] = str,
        **options: Any,
    ) -> None:
        self.choices: Choices = choices() if callable(choices) else choices
        self.coerce = coerce
        super().__init__(label, *args, **options)

    def __iter__(self) -> Iterator[Choice]:
        """The choices, each told whether it is chosen."""
        chosen = self.chosen()
        for index, (value, title) in enumerate(self.options()):
            yield Choice(f"{self.id}-{index}", value, title, value in chosen)

    def options(self) -> tuple[tuple[str, str], ...]:
        """Values and titles as texts, the titles in the language of the form."""
        if self._translations.is_plain and all(
            type(pair) is tuple and type(pair[0]) is type(pair[1]) is str for pair in self.choices
        ):
            return tuple(self.choices)
        translate = self._translations.gettext
        return tuple((_text_of(value), str(translate(title))) for value, title in self.choices)

    def frame(self) -> tuple[Any, ...]:
        """With the choices and which of them are chosen: nothing that was typed."""
        options, chosen = self.options(), self.chosen()
        listed = tuple(value for value, _title in options if value in chosen) if chosen else ()
        return (*super().frame(), options, listed)

    def chosen(self) -> set[str]:
        """Texts of what is chosen."""
        return set() if self.data is None else {_text_of(self.data)}

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the choice."""
        text = str(valuelist[0]) if valuelist else ""
        self.data = self.coerced(text) if text else None

    def coerced(self, text: str) -> Any:
        """The value of a text that was sent.

        :raises Invalid: With code ``choice_not_listed``.
        """
        try:
            return self.coerce(text)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            raise self._not_listed() from None

    def _not_listed(self) -> Invalid:
        return Invalid(self.gettext("{label}は一覧から選んでください"), "choice_not_listed")

    @property
    def titles(self) -> list[str]:
        """Titles of what is chosen, in the order of the list."""
        return [choice.title for choice in self if choice.is_chosen]

    @property
    def text(self) -> str:
        """Titles of what is chosen."""
        return "、".join(self.titles)

    def required_message(self) -> str:
        """What to do when nothing was chosen."""
        return self.gettext("{label}を選んでください")

    def pre_validate(self, form: wtforms.Form) -> None:
        """Only what is offered may be chosen."""
        super().pre_validate(form)
        chosen = self.chosen()
        if chosen and not chosen <= {_text_of(value) for value, _title in self.choices}:
            raise self._not_listed()


class SelectField(ChoiceField):
    """One out of a list, as a select box with a blank first line."""

    widget = FramedWidget("select.html", fixed="fixed.html")

    @property
    def blank_title(self) -> str:
        """Title of the blank line."""
        return self.gettext("選んでください")


class _Group(ChoiceField):
    @property
    def focus_id(self) -> str:
        """The first button of the group."""
        return f"{self.id}-0"

    def attributes(self) -> Mapping[str, str | None]:
        """Attributes of the group."""
        names = ("aria-describedby", "aria-required", "aria-invalid", "autofocus")
        return {name: value for name, value in super().attributes().items() if name in names}


class RadioField(_Group):
    """One out of a few, all in sight."""

    widget = FramedWidget("radio.html", fixed="fixed.html")


class CheckboxesField(_Group):
    """Several out of a few; the value is a list in the order of the choices, blank for none.

    :param none: Value of the choice that excludes all others, such as 「どれもない」.
    """

    widget = FramedWidget("checkboxes.html", fixed="fixed.html")

    def __init__(self, label: str, *args: Any, none: Any = None, **options: Any) -> None:
        self.none = none
        super().__init__(label, *args, **options)

    @property
    def is_blank(self) -> bool:
        """Whether nothing is ticked."""
        return not self.data

    @property
    def none_text(self) -> str:
        """Text of the value that excludes all others; blank without one."""
        return "" if self.none is None else _text_of(self.none)

    def chosen(self) -> set[str]:
        """Texts of what is ticked."""
        return {_text_of(value) for value in self.data or ()}

    def frame(self) -> tuple[Any, ...]:
        """With the choice that excludes the others."""
        return (*super().frame(), self.none_text)

    def process_data(self, value: Any) -> None:
        """Take the values of the record."""
        self.data = None if value is None else list(value)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take every ticked value once."""
        self.data = []
        self.data = [self.coerced(text) for text in dict.fromkeys(map(str, valuelist)) if text]

    def pre_validate(self, form: wtforms.Form) -> None:
        """None of the others beside the choice that excludes them."""
        super().pre_validate(form)
        chosen = self.chosen()
        if self.none_text in chosen and len(chosen) > 1:
            title = dict(self.options())[self.none_text]
            sentence = "{label}は、「{title}」だけを選ぶか、「{title}」のチェックを外してください"
            raise Invalid(self.gettext(sentence, title=title), "choice_none_with_others")
        if self.data:
            by_text = {_text_of(value): value for value in self.data}
            self.data = [by_text[text] for text, _title in self.options() if text in by_text]

    def attributes(self) -> Mapping[str, str | None]:
        """A plain group is neither required nor invalid; its boxes are."""
        return {"aria-describedby": self.described_by()}


_NO: Final = frozenset({"", "0", "false", "off", "no"})


class CheckboxField(Field):
    """Yes or no; required means that it must be ticked."""

    widget = FramedWidget("checkbox.html", fixed="fixed.html")

    @property
    def is_blank(self) -> bool:
        """Whether it is not ticked."""
        return not self.data

    def frame(self) -> tuple[Any, ...]:
        """With the tick."""
        return (*super().frame(), bool(self.data))

    @property
    def requirement(self) -> str:
        """The mark ※必須; a box that may stay empty needs none."""
        return super().requirement if self.flags.required else ""

    def process_data(self, value: Any) -> None:
        """Take the value of the record."""
        self.data = value

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Only a ticked box is sent by a browser; programs also send words for no."""
        text = fold_width(str(valuelist[0])).strip().lower() if valuelist else ""
        self.data = text not in _NO

    @property
    def answer(self) -> str:
        """Yes or no."""
        return self.translate("はい" if self.data else "いいえ")

    def required_message(self) -> str:
        """What to do when it is not ticked."""
        return self.gettext("「{label}」を確かめて、チェックを入れてください")
