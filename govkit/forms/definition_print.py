"""A defined form on paper: one HTML page that prints on A4 and needs nothing beside itself.

Whoever cannot or does not want to use a screen gets the same questions, with boxes to write in.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from govkit.forms.blocks import Block
from govkit.forms.choices import CheckboxesField, CheckboxField, RadioField, SelectField
from govkit.forms.dates import DateField
from govkit.forms.definition import DefinedForm, Definition
from govkit.forms.definition_fields import DigitsField
from govkit.forms.fields import Field, TextAreaField
from govkit.forms.files import FilesField
from govkit.forms.messages import Gettext, unchanged
from govkit.forms.parts import PartsField
from govkit.forms.quantities import IntegerField
from govkit.forms.rules import Rule
from govkit.forms.validators import Length
from govkit.forms.widgets import render

__all__ = ["Box", "PaperField", "PaperPage", "paper_pages", "print_form"]

_LETTERS_A_LINE: Final = 40
_MOST_CELLS: Final = 20


@dataclass(frozen=True, slots=True)
class Box:
    """Where one writes.

    :param shape: ``line``, ``area``, ``cells``, ``date``, ``choices``, ``papers`` or ``fields``.
    :param size: Number of lines or of cells.
    :param titles: Titles of the choices.
    :param fields: Fields inside a block.
    """

    shape: str
    size: int = 1
    titles: Sequence[str] = ()
    fields: "Sequence[PaperField]" = ()


@dataclass(frozen=True, slots=True)
class PaperField:
    """One question on paper."""

    id: str
    label: str
    requirement: str
    help: str
    condition: str
    box: Box


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One part of the paper form."""

    title: str
    about: Sequence[str]
    condition: str
    fields: Sequence[PaperField]


def print_form(definition: Definition, gettext: Gettext = unchanged) -> Markup:
    """The whole page.

    :param gettext: :meth:`Definition.translator` for English.
    """
    parts = definition.parts
    return render(
        "definition_print.html",
        definition=definition,
        pages=paper_pages(definition, gettext),
        title=gettext(parts.title.ja),
        about=_paragraphs(gettext(parts.about.ja)),
        language="ja" if gettext(parts.title.ja) == parts.title.ja else "en",
        _=gettext,
    )


def paper_pages(definition: Definition, gettext: Gettext = unchanged) -> list[PaperPage]:
    """The questions as paper shows them."""
    words = _Words(definition, gettext)
    form = definition.form_class(gettext=gettext)
    fields = {field.id: field for field in definition.fields}
    return [
        PaperPage(
            gettext(page.title.ja),
            _paragraphs(gettext(page.about.ja)),
            words.condition(page.rule),
            [_paper(form[name], fields[name].rule, words) for name in page.fields],
        )
        for page in definition.pages
    ]


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def _paper(field: Field, rule: Rule | None, words: "_Words") -> PaperField:
    return PaperField(
        field.name,
        field.label.text,
        field.requirement,
        field.support_text,
        words.condition(rule),
        _box(field, words),
    )


def _box(field: Field, words: "_Words") -> Box:
    maker = next((_BOXES[each] for each in type(field).__mro__ if each in _BOXES), _line)
    return maker(field, words)


def _line(field: Field, _words: "_Words") -> Box:
    limits = [each.max for each in field.validators if isinstance(each, Length) and each.max]
    return Box("line", min(-(-limits[0] // _LETTERS_A_LINE), 5) if limits else 1)


def _area(field: Any, _words: "_Words") -> Box:
    return Box("area", field.rows)


def _titles(field: Any, _words: "_Words") -> Box:
    return Box("choices", titles=[choice.title for choice in field])


def _tick(field: Field, _words: "_Words") -> Box:
    return Box("choices", titles=[field.label.text])


def _cells(field: Any, _words: "_Words") -> Box:
    return (
        Box("cells", field.length) if field.length and field.length <= _MOST_CELLS else Box("line")
    )


def _parts(field: Any, words: "_Words") -> Box:
    inner = []
    for control in field.controls():
        titles = [choice.title for choice in control.choices]
        box = Box("choices", titles=titles) if titles else Box("line")
        inner.append(PaperField(control.name, control.label, "", "", "", box))
    return Box("fields", fields=inner)


def _inner(field: Any, words: "_Words") -> Box:
    return Box("fields", fields=[_paper(each, None, words) for each in field.form])


_BOXES: Final[Mapping[type, Callable[[Any, "_Words"], Box]]] = {
    Field: _line,
    TextAreaField: _area,
    IntegerField: lambda _field, _words: Box("number"),
    DateField: lambda _field, _words: Box("date"),
    DigitsField: _cells,
    RadioField: _titles,
    SelectField: _titles,
    CheckboxesField: _titles,
    CheckboxField: _tick,
    FilesField: lambda _field, _words: Box("papers"),
    PartsField: _parts,
    Block: _inner,
}


class _Words:
    """Conditions in words: paper cannot hide a question, it tells who should answer it."""

    def __init__(self, definition: Definition, gettext: Gettext) -> None:
        self._form: DefinedForm = definition.form_class(gettext=gettext)
        self.gettext = gettext

    def condition(self, rule: Rule | None) -> str:
        """Who should answer; blank for everybody."""
        if rule is None:
            return ""
        told = self.gettext("{condition}ときだけ書いてください")
        return told.format(condition=self._told(rule.as_data()))

    def _told(self, data: list[Any]) -> str:
        kind, *rest = data
        if kind in ("and", "or"):
            between = "、かつ、" if kind == "and" else "、または、"
            return self.gettext(between).join(self._told(each) for each in rest)
        if kind == "not":
            return self.gettext("（{condition}）以外の").format(condition=self._told(rest[0]))
        name, *values = rest
        label = self._label(name)
        if kind == "filled":
            return self.gettext("「{label}」に答えがある").format(label=label)
        if kind != "=":
            return self._compared(kind).format(label=label, limit=values[0])
        titles = self.gettext("か").join(f"「{title}」" for title in self._titles(name, values))
        return self.gettext("「{label}」が{titles}の").format(label=label, titles=titles)

    def _compared(self, sign: str) -> str:
        match sign:
            case ">=":
                return self.gettext("「{label}」が{limit}以上の")
            case "<=":
                return self.gettext("「{label}」が{limit}以下の")
            case ">":
                return self.gettext("「{label}」が{limit}より多い")
            case _:
                return self.gettext("「{label}」が{limit}より少ない")

    def _field(self, name: str) -> Any:
        return self._form.find(name.replace(".", "-"))

    def _label(self, name: str) -> str:
        return str(self._field(name).label.text)

    def _titles(self, name: str, values: Sequence[str]) -> Iterator[str]:
        titles = dict(_value_titles(self._field(name)))
        return (titles.get(value, value) for value in values)


def _value_titles(field: Any) -> Iterator[tuple[str, str]]:
    if isinstance(field, CheckboxField):
        yield from (("True", field.translate("はい")), ("False", field.translate("いいえ")))
    elif hasattr(field, "choices"):
        yield from ((choice.value, choice.title) for choice in field)
