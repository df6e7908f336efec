"""Fields of one value that is entered in several controls, such as era, year, month and day."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import wtforms
from markupsafe import Markup
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from govkit.forms.choices import Choice
from govkit.forms.fields import Field
from govkit.forms.messages import Invalid, Message
from govkit.forms.widgets import TemplateWidget, markup_of

__all__ = ["Part", "PartControl", "PartsField"]


@dataclass(frozen=True, slots=True)
class Part:
    """One control of several.

    :param name: Ending of the control's name: ``birth-month``.
    :param label: Label beside the control.
    :param width: Width in characters: 4, 8 or 16; 0 for the whole line.
    :param choices: Pairs of value and title; makes the control a select box.
    :param is_optional: Whether the part may stay blank although the field is required.
    """

    name: str
    label: str
    inputmode: str = ""
    width: int = 4
    autocomplete: str = ""
    choices: Sequence[tuple[str, str]] = ()
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class PartControl:
    """One control as the template shows it."""

    id: str
    name: str
    label: str
    text: str
    choices: Sequence[Choice]
    attributes: Markup


class PartsField(Field):
    """One value from several controls in one fieldset with one place for errors.

    Controls are named ``<name>-<part>``. Subclasses set ``parts`` and write ``parse_parts`` and
    ``format_parts``; errors with a ``part`` mark that control alone.
    """

    parts: Sequence[Part] = ()
    problem_parts: ClassVar[Mapping[Any, str]] = {}
    """Name of the part that is wrong, by problem of the parser."""
    texts: Mapping[str, str]
    """What was typed, by name of the part."""
    widget = TemplateWidget("parts.html")

    def parse_parts(self, texts: Mapping[str, str]) -> Any:
        """The value of what was typed, at least one part of which is not blank.

        :raises InvalidValue: With a problem that ``problem_texts`` has a sentence for.
        :raises Invalid: With the sentence to show and the part that is wrong.
        """
        raise NotImplementedError

    def format_parts(self, value: Any) -> Mapping[str, str]:
        """A value as texts of the controls, by name of the part."""
        raise NotImplementedError

    def has_text(self, texts: Mapping[str, str]) -> bool:
        """Whether anything was entered."""
        return any(texts.values())

    def process(
        self, formdata: Any, data: Any = unset_value, extra_filters: Sequence[Any] | None = None
    ) -> None:
        """Collect what was sent for each part."""
        self.texts = {}
        if formdata is not None and not self.readonly:
            for part in self.parts:
                sent = formdata.getlist(f"{self.name}-{part.name}")
                self.texts[part.name] = self.clean(str(sent[0])) if sent else ""
        super().process(formdata, data, extra_filters)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the parts together."""
        self.data = None
        if not self.has_text(self.texts):
            return
        try:
            self.guard(" ".join(self.texts.values()))
        except ValueError:
            self.texts = {}
            raise
        self.take(self.read(self.parse_parts, self.texts))

    def invalid(self, problem: Any, part: str = "", **facts: object) -> Invalid:
        """The error of a problem of a parser, at the part it belongs to."""
        return super().invalid(problem, part or self.problem_parts.get(problem, ""), **facts)

    def pre_validate(self, form: wtforms.Form) -> None:
        """A required field left blank says so at its first part."""
        if not self.process_errors and self.required and self.is_blank:
            raise StopValidation(Message(self.required_message(), "required"))
        super().pre_validate(form)

    @property
    def shown_texts(self) -> Mapping[str, str]:
        """What the controls show: after an error what was typed, else the value."""
        value = self.value
        if value is None or self.errors or self.process_errors:
            return self.texts
        return self.format_parts(value)

    @property
    def focus_id(self) -> str:
        """The first part."""
        return f"{self.id}-{self.parts[0].name}"

    def focus_id_of(self, part: str) -> str:
        """The part that is wrong, else the first."""
        return f"{self.id}-{part}" if part else self.focus_id

    def attributes(self) -> Mapping[str, str | None]:
        """Attributes of the group."""
        return {"aria-describedby": self.described_by()}

    def controls(self) -> Iterator[PartControl]:
        """The controls, each with its text and attributes."""
        texts = self.shown_texts
        wrong = {message.part for message in self.errors}
        for part in self.parts:
            text = texts.get(part.name, "")
            choices = [
                Choice("", value, self.translate(title), value == text)
                for value, title in part.choices
            ]
            if self.readonly and choices:
                # HTML has no select box that cannot be changed.
                text = next((choice.title for choice in choices if choice.is_chosen), text)
                choices = []
            yield PartControl(
                id=f"{self.id}-{part.name}",
                name=f"{self.name}-{part.name}",
                label=self.translate(part.label),
                text=text,
                choices=choices,
                attributes=markup_of(self._part_attributes(part, wrong)),
            )

    def _part_attributes(self, part: Part, wrong: Collection[str]) -> Mapping[str, str | None]:
        is_wrong = part.name in wrong or "" in wrong
        is_required = self.flags.required and not part.is_optional and not self.readonly
        focus = self._form.focus_target or (self.focus_id if self.has_focus else "")
        return {
            "autocomplete": part.autocomplete or None,
            "inputmode": part.inputmode or None,
            "data-width": str(part.width) if part.width else None,
            "aria-describedby": f"{self.id}-error" if is_wrong else None,
            "aria-required": "true" if is_required else None,
            "aria-invalid": "true" if is_wrong else None,
            "readonly": "" if self.readonly else None,
            "autofocus": "" if focus == f"{self.id}-{part.name}" else None,
        }
