"""How far a journey is: what was typed, step by step, and what it comes to.

What is kept is what the browser sent, valid or not, so that no way through the journey loses anything;
answers, errors and states are worked out from it anew at every visit. Never kept: uploaded content (only
tokens), passwords, and any text that holds a 個人番号.
"""

import secrets
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from govkit.forms.compound import Compound
from govkit.forms.fields import Field, PasswordField
from govkit.forms.files import FilesField
from govkit.forms.form import Form, Sending, Sent
from govkit.forms.messages import Gettext, Message
from govkit.forms.rules import Rule, lookup
from govkit.forms.uploads import Holding
from govkit.jp.my_number import find_my_number

__all__ = ["Entry", "Progress", "Step", "StepState", "Walk", "leaves"]

Pairs = Sequence[Sequence[str]]


class StepState(StrEnum):
    """How far a step is."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    NEEDS_FIXING = "needs_fixing"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Step:
    """One page of a journey.

    :param name: Part of its address: lower-case letters, digits, ``-`` and ``_``.
    :param title: Heading of the page, and its line in the task list.
    :param show_if: When it is asked, by answers of earlier steps: ``kind`` or ``applicant.kind``.
    :param lead: A sentence below the heading.
    :param section: Title of the task of which this is one of several pages.
    """

    name: str
    title: str
    form: type[Form]
    show_if: Rule | None = None
    lead: str = ""
    section: str = ""


# A form in which nothing is ticked sends nothing; this tells it from a form not sent at all.
_MARK: Final = ("sent-step", "1")


def leaves(form: Form) -> Iterator[Field]:
    """Every field that holds a value itself, those inside blocks and rows included."""
    for each in form:
        if isinstance(each, Compound):
            for inner in each.forms:
                yield from leaves(inner)
        else:
            yield each


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of a step.

    :param is_sent: Whether the page was finished, not just left.
    :param refused: Path, sentence and code of what was refused and is not kept.
    """

    pairs: Pairs
    is_sent: bool = False
    refused: Sequence[Sequence[str]] = ()

    @classmethod
    def of(cls, sent: Sent, form: Form, *, is_sent: bool) -> "Entry":
        """What to keep of a page that was sent and bound to its form."""
        fields = list(leaves(form))
        files = {each.name for each in fields if isinstance(each, FilesField)}
        guarded = {each.name: each.guards_my_number for each in fields}
        pairs = [
            [name, text]
            for name in dict.fromkeys(sent)
            if name not in files and cls._belongs(name, form)
            for text in sent.getlist(name)
            if isinstance(text, str) and not (guarded.get(name, True) and find_my_number(text))
        ]
        acting = [each for each in fields if isinstance(each, FilesField)]
        pressed = {button for each in acting for button in (f"{each.name}-add", form.pressed)}
        if any(form.pressed.startswith(f"{each.name}-") for each in acting):
            # Done once and for all; done again at the next look it would remove another file.
            pairs = [pair for pair in pairs if pair[0] not in pressed]
        pairs += [list(pair) for each in acting for pair in each.kept_pairs()]
        return cls(pairs, is_sent and not form.pressed, cls._refusals(form, fields))

    @staticmethod
    def _belongs(name: str, form: Form) -> bool:
        return any(name == each.name or name.startswith(f"{each.name}-") for each in form)

    @staticmethod
    def _refusals(form: Form, fields: Sequence[Field]) -> list[list[str]]:
        return [
            [each.name, str(error), error.code]
            for each in fields
            for error in each.process_errors
            if isinstance(error, Message)
            and (isinstance(each, FilesField) or error.code == "my_number_not_allowed")
        ]

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered."""
        return not any(text.strip() for _name, text in self.pairs) and not self.refused

    def bind(self, form_class: type[Form], **options: Any) -> Form:
        """The form as it was left."""
        return form_class(Sending.of([*self.pairs, _MARK]), **options)

    def retell(self, form: Form) -> None:
        """Say again what was refused, in place of what is wrong without it."""
        told: dict[str, list[Message]] = {}
        for name, text, code in self.refused:
            told.setdefault(name, []).append(Message(text, code))
        for each in leaves(form):
            if each.name in told:
                each.errors = told[each.name]

    def as_data(self) -> dict[str, Any]:
        """For the store."""
        return {
            "pairs": [list(pair) for pair in self.pairs],
            "sent": self.is_sent,
            "refused": [list(each) for each in self.refused],
        }


class Progress:
    """The state of a journey in a mapping that the application keeps for the visitor.

    Values are what JSON can hold; a changed value is always set anew under its first key.
    """

    def __init__(self, state: MutableMapping[str, Any]) -> None:
        self._state = state
        for key in ("id", "key"):
            if key not in state:
                state[key] = secrets.token_urlsafe(24)

    @property
    def id(self) -> str:
        """Unguessable name of the journey, to which uploads are bound."""
        return str(self._state["id"])

    @property
    def key(self) -> str:
        """Handed over when all is sent in: the same key is the same application."""
        return str(self._state["key"])

    @property
    def receipt(self) -> str:
        """Receipt number once all was sent in; blank before."""
        return str(self._state.get("receipt", ""))

    @property
    def saved(self) -> tuple[str, str] | None:
        """Resume code and last day of the draft, once it was saved."""
        found = self._state.get("saved")
        return (str(found[0]), str(found[1])) if found else None

    def entry(self, name: str) -> Entry | None:
        """What is kept of a step."""
        found = self._state.get("steps", {}).get(name)
        return Entry(found["pairs"], found["sent"], found["refused"]) if found else None

    def keep(self, name: str, entry: Entry) -> None:
        """Keep what was sent of a step."""
        self._state["steps"] = {**self._state.get("steps", {}), name: entry.as_data()}

    def digest(self) -> str:
        """Changes with anything that was typed."""
        return sha256(repr(sorted(self._state.get("steps", {}).items())).encode()).hexdigest()[:16]

    def finish(self, receipt: str) -> None:
        """Keep the receipt number and nothing that was typed."""
        for key in ("steps", "saved", "notice"):
            self._state.pop(key, None)
        self._state["receipt"] = receipt

    def start_anew(self) -> None:
        """Forget everything."""
        self._state.clear()
        Progress(self._state)

    def note(self, saved: tuple[str, str]) -> None:
        """Remember under which code the draft was saved."""
        self._state["saved"] = list(saved)

    def warn(self, notice: str) -> None:
        """Leave a notice for the next page."""
        self._state["notice"] = notice

    def take_notice(self) -> str:
        """The notice for this page, once."""
        return str(self._state.pop("notice", ""))

    def draft(self) -> Mapping[str, Any]:
        """What a draft holds."""
        return {each: self._state.get(each, {}) for each in ("id", "key", "steps")}

    def resume(self, draft: Mapping[str, Any], saved: tuple[str, str]) -> None:
        """Go on with a draft, in place of what was typed so far."""
        self._state.clear()
        self._state.update(draft)
        self.note(saved)


@dataclass
class Walk:
    """All steps with what was kept of them, in order: forms, states and answers.

    :ivar answers: By name of the field, and by name of the step and of the field inside.
    """

    steps: Sequence[Step]
    progress: Progress
    gettext: Gettext
    holding: Holding | None = None
    forms: dict[str, Form] = field(default_factory=dict)
    states: dict[str, StepState] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    before: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for step in self.steps:
            self.before[step.name] = dict(self.answers)
            if step.show_if is not None and not step.show_if.holds(self.answers):
                self.states[step.name] = StepState.NOT_NEEDED
                continue
            form = self.form(step)
            self.states[step.name] = self._judge(step, form)
            self.forms[step.name] = form
            data = form.data if step.name in self._begun else {}
            # A field is what a rule means where a step has the same name.
            self.answers = {step.name: data, **self.answers, **data}

    @property
    def _begun(self) -> Mapping[str, Entry]:
        kept = {step.name: self.progress.entry(step.name) for step in self.steps}
        return {name: entry for name, entry in kept.items() if entry is not None}

    def options(self, step: Step) -> dict[str, Any]:
        """What the form of a step is made with."""
        meta = {"answers": self.before[step.name], "holding": self.holding}
        return {"gettext": self.gettext, "meta": meta}

    def form(self, step: Step) -> Form:
        """The form of a step as it was left, not judged yet."""
        entry = self.progress.entry(step.name)
        options = self.options(step)
        form = entry.bind(step.form, **options) if entry else step.form(**options)
        secret = [each.name for each in leaves(form) if is_secret(each)]
        if secret:
            raise ValueError(
                f"step {step.name}: {', '.join(secret)} must not be kept; ask on the last page"
            )
        return form

    def _judge(self, step: Step, form: Form) -> StepState:
        entry = self.progress.entry(step.name)
        if entry is None:
            return StepState.NOT_STARTED
        valid = form.validate() and not entry.refused
        entry.retell(form)
        if not entry.is_sent:
            return StepState.IN_PROGRESS
        return StepState.DONE if valid else StepState.NEEDS_FIXING

    def is_decided(self, step: Step) -> bool:
        """Whether the answers are there on which it depends if a step is asked."""
        names = step.show_if.names if step.show_if else ()
        return all(lookup(self.before[step.name], name) is not None for name in names)

    @property
    def shown(self) -> list[Step]:
        """The steps that are asked, in order."""
        return [step for step in self.steps if step.name in self.forms]

    @property
    def open(self) -> list[Step]:
        """Those of them that are not done."""
        return [step for step in self.shown if self.states[step.name] != StepState.DONE]

    def data(self) -> dict[str, Mapping[str, Any]]:
        """Values by name of step and field, of what is asked alone."""
        return {name: form.data for name, form in self.forms.items()}


def is_secret(each: Any) -> bool:
    """Whether nothing typed into a field may be kept."""
    return bool(getattr(each, "is_secret", False)) or isinstance(each, PasswordField)
