"""One thing out of many, found by conditions: a button searches, radio buttons offer, one is picked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import wtforms

from govkit.forms.blocks import Block
from govkit.forms.fields import Button
from govkit.forms.messages import Invalid
from govkit.forms.widgets import TemplateWidget

__all__ = ["Pick", "PickerBlock"]


@dataclass(frozen=True, slots=True)
class Pick:
    """A candidate that a :class:`PickerBlock` offers (候補).

    :param value: What the browser sends back for it.
    :param data: What the block's ``data`` becomes.
    :param details: Pairs of term and text that tell it from the others.
    :param badge: A word that warns, such as 「支援措置」.
    """

    value: str
    data: Any
    title: str
    details: Sequence[tuple[str, str]] = ()
    badge: str = ""


class PickerBlock(Block):
    """Conditions, a button 「さがす」, candidates as radio buttons, and what was picked.

    ``data`` is the ``data`` of the candidate picked, ``None`` while none is. Nothing needs a script:
    the button sends the form, the page comes back with the candidates, and the one marked is taken
    when the form is sent. From then on the page shows what was picked, also after errors elsewhere;
    the button 「選び直す」 brings the conditions back. Enter in a condition searches as well: a form
    that is sent with conditions and without a pick offers the candidates beside its error.

    Subclasses write :meth:`find` and :meth:`recall`. What the browser sends is never trusted:
    :meth:`recall` looks the value up again each time.
    """

    notice: str = ""
    """What the search says instead of candidates."""
    candidates: Sequence[Pick] = ()
    """What is offered."""
    widget = TemplateWidget("picker.html")

    def find(self) -> Sequence[Pick] | str:
        """The candidates for the conditions, or a sentence that says why there are none.

        Called once the conditions have been validated.
        """
        raise NotImplementedError

    def recall(self, value: str) -> Pick | None:
        """The candidate that a value stands for; ``None`` if it stands for none.

        :raises Invalid: When it cannot be told now; the value stays, and the form says why.
        """
        raise NotImplementedError

    def value_of(self, data: Any) -> str:
        """The value that stands for what a record holds."""
        return str(data)

    # -- reading

    def read_forms(self, sent: Any, data: Any) -> None:
        """Read the conditions, and recall what was picked now or before."""
        self.form = self.make_form(sent, None)
        # Any of the conditions may stay blank: the mark 任意 would say no more than that.
        self.form.shows_optional = False  # type: ignore[misc]
        self.notice, self.candidates = "", ()
        self._picked: Pick | None = None
        self._refusal: Invalid | None = None
        self._marked = "" if data is None else self.value_of(data)
        if sent is not None:
            marked = sent.getlist(self._pick_name)
            self._marked = str(marked[0]) if marked else ""
        self._carried = self._worth_carrying(sent)
        is_helped = sent is not None and any(name in sent for name in self._own_buttons)
        if self._marked and not is_helped:
            self._picked = self._recalled()

    def _recalled(self) -> Pick | None:
        try:
            found = self.recall(self._marked)
        except Invalid as refusal:
            self._refusal = refusal
            return None
        if found is None:
            sentence = "選んだ候補は見つかりません。もう一度さがしてください"
            self._refusal = Invalid(self.gettext(sentence), "pick_not_found")
            self._marked = ""
        return found

    def _worth_carrying(self, sent: Any) -> Sequence[tuple[str, str]]:
        """What was sent for conditions that could be read; a 個人番号 among them is forgotten."""
        if sent is None:
            return ()
        prefixes = tuple(field.name for field in self.form if not field.process_errors)
        own = (self._pick_name, *self._own_buttons)
        return [
            (name, str(value))
            for name in dict.fromkeys(sent)
            if name.startswith(prefixes) and name not in own
            for value in sent.getlist(name)
        ]

    @property
    def _pick_name(self) -> str:
        return f"{self.name}-pick"

    @property
    def data(self) -> Any:
        """What was picked; ``None`` while nothing is."""
        return self._picked.data if self._picked else None

    @property
    def value(self) -> Any:
        """The candidate picked."""
        return self._picked

    @property
    def text(self) -> str:
        """Title of what was picked."""
        return self._picked.title if self._picked else ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was picked and no condition entered."""
        return not self._marked and super().is_blank

    # -- rules

    def validate(self, form: wtforms.Form, extra_validators: Sequence[Any] = ()) -> bool:
        """Judge the conditions only while nothing is picked."""
        self.errors = ()
        if self.readonly or self.is_hidden or (self.is_blank and not self.required):
            return True
        return super().validate(form, extra_validators)

    @property
    def judged_forms(self) -> Sequence[Any]:
        """None once something is picked: its conditions have done their work."""
        return () if self._marked else super().judged_forms

    def check(self) -> None:
        """Something is picked.

        :raises Invalid: With code ``pick_not_found``, ``pick_missing`` or ``required``.
        """
        if self._refusal is not None:
            raise self._refusal
        if self._picked is not None:
            return
        if super().is_blank:
            raise Invalid(self.required_message(), "required")
        if any(field.errors for field in self.form):
            return
        self._search()
        if not self.candidates:
            text, self.notice = self.notice, ""
            raise Invalid(text, "pick_missing")
        raise Invalid(self.gettext("{label}を候補から選んでください"), "pick_missing")

    def required_message(self) -> str:
        """What to do when nothing was picked."""
        return self.gettext("{label}をさがして、候補から選んでください")

    # -- helper buttons

    @property
    def _own_buttons(self) -> tuple[str, str]:
        return f"{self.name}-find", f"{self.name}-change"

    @property
    def buttons(self) -> Collection[str]:
        """The button that searches, and the one that picks anew."""
        return [*self._own_buttons, *super().buttons]

    @property
    def find_button(self) -> Button:
        """The button that searches."""
        return Button(self._own_buttons[0], self.gettext("さがす"))

    @property
    def change_button(self) -> Button:
        """The button that brings the conditions back."""
        return Button(self._own_buttons[1], self.gettext("選び直す"))

    def act(self, pressed: str) -> None:
        """Search, or forget what was picked."""
        if pressed not in self._own_buttons:
            super().act(pressed)
        elif pressed == self.change_button.name:
            self._marked = ""
        elif [field.validate(self.form) for field in self.form].count(False) == 0:
            self._search()

    def _search(self) -> None:
        found = self.find()
        if isinstance(found, str):
            self.notice = found
        else:
            self.candidates = found
            self.notice = self.gettext("候補が{count}件あります", count=len(found))

    def focus_after(self, pressed: str) -> str:
        """What was found, or the first condition."""
        if pressed != self.find_button.name:
            return super().focus_after(pressed)
        return self.result_id if self.notice else self.focus_id

    # -- page

    @property
    def requirement(self) -> str:
        """The mark ※必須 or 任意 of the whole."""
        return super(Block, self).requirement

    @property
    def result_id(self) -> str:
        """Id of what the search says."""
        return f"{self.id}-result"

    @property
    def focus_id(self) -> str:
        """The button 「選び直す」, the first candidate, or the first condition."""
        if self.readonly:
            return self.result_id
        if self._picked is not None:
            return self.change_button.name
        return f"{self.id}-pick-0" if self.candidates else super().focus_id

    @property
    def picked(self) -> Pick | None:
        """What is picked."""
        return self._picked

    @property
    def hidden_inputs(self) -> Sequence[tuple[str, str]]:
        """What the page carries along unseen while it shows what is picked."""
        picked = self._picked
        return [] if picked is None else [(self._pick_name, picked.value), *self._carried]

    @property
    def kept(self) -> str:
        """A value that could not be recalled just now, and is carried along."""
        return "" if self._picked or self.candidates else self._marked

    def is_marked(self, candidate: Pick) -> bool:
        """Whether a candidate offered is the one that was marked."""
        return candidate.value == self._marked

    @property
    def candidates_label(self) -> str:
        """Question above the candidates."""
        return self.gettext("{label}を選んでください")
