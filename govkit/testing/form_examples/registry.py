"""What an example is: a field as one writes it, what fits, what does not, and its four states."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, cast

from wtforms.fields.core import UnboundField

from govkit import forms
from govkit.forms.form import Sending
from govkit.forms.uploads import Holding, MemoryUploads

__all__ = ["READONLY_REASON", "Example", "State", "example", "form_of"]

READONLY_REASON: Final = "窓口で確かめたので、変えられません"
"""Why a field in the state :attr:`State.READONLY` cannot be edited."""

Texts = str | Sequence[Any] | Mapping[str, Any]
"""A text, what is ticked or uploaded, or texts by the end of the control's name such as ``"-month"``."""


class State(StrEnum):
    """What a field may look like."""

    EMPTY = "empty"
    FILLED = "filled"
    ERROR = "error"
    READONLY = "readonly"

    @property
    def japanese(self) -> str:
        """Its name in Japanese."""
        return _NAMES[self]


_NAMES: Final = {
    State.EMPTY: "未入力",
    State.FILLED: "入力済み",
    State.ERROR: "エラー",
    State.READONLY: "編集不可",
}


@dataclass(frozen=True)
class Example:
    """One field as a developer writes it.

    :param make: Writes the field; its name is the field's, its source is what the pages show.
    :param good: What fits.
    :param bad: What does not.
    :param wrong: Ends of the names of the controls that ``bad`` marks as wrong.
    :param other: The class that it shows, where that stands inside a block.
    """

    make: Callable[[], Any]
    good: Texts
    bad: Texts
    wrong: Sequence[str] = ("",)
    other: type[forms.Field] | None = None

    @property
    def name(self) -> str:
        """Name of the field."""
        return self.make.__name__

    @property
    def title(self) -> str:
        """What the field is for: the first line of the docstring."""
        return _docstring(self.make).partition("\n")[0]

    @property
    def explanation(self) -> str:
        """What is worth knowing about it: the rest of the docstring."""
        return _docstring(self.make).partition("\n")[2].strip()

    @cached_property
    def unbound(self) -> UnboundField:
        """The field as a class of forms holds it."""
        return self.make()

    @property
    def shows(self) -> type[forms.Field]:
        """The class that the example is for."""
        return self.other or cast(type[forms.Field], self.unbound.field_class)

    @property
    def code(self) -> str:
        """The field as one writes it into a class of forms."""
        source = textwrap.dedent(inspect.getsource(self.make))
        function = ast.parse(source).body[0]
        assert isinstance(function, ast.FunctionDef)
        first = function.body[1].lineno - 1
        body = textwrap.dedent("\n".join(source.splitlines()[first:]))
        return body.replace("return ", f"{self.name} = ", 1)

    def posted(self, texts: Texts, prefix: str = "") -> Sending:
        """What a browser would send for texts of this example."""
        by_end = texts if isinstance(texts, Mapping) else {"": texts}
        return Sending(
            {
                f"{prefix}{self.name}{end}": text if isinstance(text, list) else [text]
                for end, text in by_end.items()
            }
        )

    def sent(self) -> list[Any]:
        """All values that fit and that do not."""
        both = [self.posted(texts) for texts in (self.good, self.bad)]
        return [value for posted in both for values in posted.values() for value in values]

    def field(self, state: State) -> UnboundField:
        """The field as a class of forms holds it, in a state."""
        if state != State.READONLY:
            return self.unbound
        options = {**self.unbound.kwargs, "readonly": READONLY_REASON}
        return UnboundField(self.unbound.field_class, *self.unbound.args, **options)


def _docstring(function: Callable[[], Any]) -> str:
    return inspect.cleandoc(function.__doc__ or "")


def example(
    *,
    good: Texts,
    bad: Texts,
    wrong: Sequence[str] = ("",),
    shows: type[forms.Field] | None = None,
) -> Callable[[Callable[[], Any]], Example]:
    """Make an example of a function that writes a field; see :class:`Example`."""
    return lambda make: Example(make, good, bad, wrong, shows)


def _class_of(fields: Mapping[str, UnboundField]) -> type[forms.Form]:
    return type("ExampleForm", (forms.Form,), dict(fields))


def form_of(
    examples: Iterable[Example], state: State, *, prefix: str = "", **options: Any
) -> forms.Form:
    """A form with the fields of the examples, all in one state.

    :param prefix: Begins every name and id, so that several forms fit on one page.
    :param options: As :class:`govkit.forms.Form` takes them, such as ``gettext``.
    """
    chosen = list(examples)
    options.setdefault(
        "meta", {"holding": Holding(MemoryUploads(), b"examples of fields", owner="examples")}
    )
    fields = {each.name: each.field(state) for each in chosen}
    kind = _class_of(fields)
    if state == State.EMPTY:
        return kind(prefix=prefix, **options)
    texts = [each.bad if state == State.ERROR else each.good for each in chosen]
    sent = Sending()
    for each, text in zip(chosen, texts, strict=True):
        sent |= each.posted(text, prefix)
    if state == State.ERROR:
        form = kind(sent, prefix=prefix, **options)
        form.validate()
        return form
    form = _class_of({each.name: each.unbound for each in chosen})(
        sent, prefix=prefix, meta=options["meta"]
    )
    assert form.validate(), form.errors
    return kind(data=form.data, prefix=prefix, **options)
