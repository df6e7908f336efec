"""Conditional questions on a page: which are shown, in words for people and as data for the script.

Without a script every question that may be needed is on the page, with a sentence that says for whom it
is; ``forms-conditions.js`` shows and hides at once. What counts is decided on the server.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from govkit.forms.rules import ALWAYS, NEVER, Rule, When
from govkit.forms.widgets import render

__all__ = ["Answers", "condition_id", "conditional", "describe", "is_open"]


class Answers(Mapping[str, Any]):
    """Answers of a form as rules see them: a question that is hidden has none.

    Names are looked up in the form itself, then in the form around it, then in ``meta.answers``, which
    holds what was answered on other pages.
    """

    def __init__(self, form: Any) -> None:
        self._form = form

    def _outside(self) -> Mapping[str, Any]:
        if self._form._parent_form is not None:  # noqa: SLF001
            return Answers(self._form._parent_form)  # noqa: SLF001
        return getattr(self._form.meta, "answers", {})

    def __getitem__(self, name: str) -> Any:
        """The answer of a name, ``None`` while it is hidden."""
        if name not in self._form:
            return self._outside()[name]
        field = self._form[name]
        return None if getattr(field, "is_hidden", False) else field.data

    def __iter__(self) -> Iterator[str]:
        names = [field.short_name for field in self._form]
        return iter(dict.fromkeys([*names, *self._outside()]))

    def __len__(self) -> int:
        return sum(1 for _name in self)


def _find(form: Any, name: str) -> Any:
    """The field on the page that a name of a rule means; ``None`` when it is on another page."""
    head, _, rest = name.partition(".")
    if head not in form:
        parent = form._parent_form  # noqa: SLF001
        return None if parent is None else _find(parent, name)
    field = form[head]
    inner = getattr(field, "form", None)
    return _find(inner, rest) if rest and inner is not None else field


def _open(rule: Rule, form: Any) -> Rule:
    """What the page itself decides: answers of other pages, and those that cannot change, are settled."""
    found = {name: _find(form, name) for name in rule.names}
    here = {name for name, field in found.items() if field is not None and not field.readonly}
    return rule.given(Answers(form), here)


def _speaker(field: Any) -> Any:
    """The first of the questions in a row with one condition: it says it for all of them."""
    row = None
    for each in field._form:  # noqa: SLF001
        if getattr(each, "show_if", None) != field.show_if:
            row = None
        elif row is None:
            row = each
        if each is field:
            break
    return row


def condition_id(field: Any) -> str:
    """Id of the sentence that says for whom a question is."""
    return f"{_speaker(field).id}-condition"


def _with_controls(data: list[Any], form: Any) -> list[Any]:
    if data[0] in ("and", "or", "not"):
        return [data[0], *(_with_controls(each, form) for each in data[1:])]
    return [data[0], _find(form, data[1]).name, *data[2:]]


def is_open(field: Any) -> bool:
    """Whether the page itself decides if the question is asked."""
    return _open(field.show_if, field._form) not in (ALWAYS, NEVER)  # noqa: SLF001


def conditional(field: Any, markup: Markup) -> Markup:
    """A field with its condition around it; nothing when answers of other pages rule it out."""
    form = field._form  # noqa: SLF001
    rule = _open(field.show_if, form)
    if rule in (ALWAYS, NEVER):
        return markup if rule == ALWAYS else Markup("")
    data = json.dumps(_with_controls(rule.as_data(), form), ensure_ascii=False)
    note = describe(rule, form) if _speaker(field) is field else ""
    return render("conditional.html", id=field.id, rule=data, note=note, markup=markup)


def describe(rule: Rule, form: Any) -> str:
    """For whom a question is, in the language of the form, with the labels of the page."""
    return _Words(form).sentence(rule)


class _Words:
    def __init__(self, form: Any) -> None:
        self._form = form

    def _say(self, text: str, **facts: object) -> str:
        translated: str = self._form._catalogue.gettext(text)  # noqa: SLF001
        return translated.format(**facts)

    def sentence(self, rule: Rule) -> str:
        gettext = self._say
        if isinstance(rule, When) and rule.test == "=":
            facts = {"label": self._label(rule), "values": self._values(rule)}
            return gettext("「{label}」が{values}のときだけ、答えてください。", **facts)
        text = self._phrase(rule.as_data())
        return gettext("次のときだけ、答えてください：{condition}", condition=text)

    def _phrase(self, data: list[Any]) -> str:
        gettext = self._say
        if data[0] == "and":
            return gettext("、かつ").join(map(self._inner, data[1:]))
        if data[0] == "or":
            return gettext("、または").join(map(self._inner, data[1:]))
        if data[0] == "not":
            return self._denied(data[1])
        leaf = _leaf(data)
        label = self._label(leaf)
        if leaf.test == "=":
            return gettext("「{label}」が{values}", label=label, values=self._values(leaf))
        if leaf.test == "filled":
            return gettext("「{label}」に答えた", label=label)
        return self._compared(leaf, label)

    def _inner(self, data: list[Any]) -> str:
        gettext, phrase = self._say, self._phrase(data)
        return gettext("（{condition}）", condition=phrase) if data[0] in ("and", "or") else phrase

    def _denied(self, data: list[Any]) -> str:
        gettext = self._say
        if data[0] in ("and", "or"):
            return gettext("（{condition}）ではない", condition=self._phrase(data))
        leaf = _leaf(data)
        label = self._label(leaf)
        if leaf.test == "=":
            return gettext("「{label}」が{values}以外", label=label, values=self._values(leaf))
        if leaf.test == "filled":
            return gettext("「{label}」に答えていない", label=label)
        return gettext("（{condition}）ではない", condition=self._compared(leaf, label))

    def _compared(self, leaf: When, label: str) -> str:
        gettext, number = self._say, leaf.values[0]
        match leaf.test:
            case ">=":
                return gettext("「{label}」が{number}以上", label=label, number=number)
            case "<=":
                return gettext("「{label}」が{number}以下", label=label, number=number)
            case ">":
                return gettext("「{label}」が{number}より大きい", label=label, number=number)
            case _:
                return gettext("「{label}」が{number}より小さい", label=label, number=number)

    def _label(self, leaf: When) -> str:
        return str(_find(self._form, leaf.name).label.text)

    def _values(self, leaf: When) -> str:
        gettext = self._say
        choices = getattr(_find(self._form, leaf.name), "choices", ())
        translate = self._form._catalogue.gettext  # noqa: SLF001
        titles = {str(value): translate(str(title)) for value, title in choices}
        values = [titles.get(value, value) for value in leaf.values]
        return gettext("か").join(gettext("「{value}」", value=value) for value in values)


def _leaf(data: list[Any]) -> When:
    if data[0] == "filled":
        return When(data[1], filled=True)
    if data[0] == "=":
        return When(data[1], is_in=data[2:])
    return When(data[1], compares=(data[0], data[2]))
