"""A defined form on paper: one HTML page that prints on A4 and needs nothing beside itself.

Whoever cannot or does not want to use a screen gets the same questions, with boxes to write in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from markupsafe import Markup

from govkit.forms.blocks import Block
from govkit.forms.choices import CheckboxesField, CheckboxField, RadioField, SelectField
from govkit.forms.conditions import describe
from govkit.forms.dates import DateField, EraDateField, PartialDateField
from govkit.forms.definition import Definition
from govkit.forms.definition_fields import DigitsField
from govkit.forms.fields import Field, TextAreaField
from govkit.forms.files import FilesField
from govkit.forms.identifiers import CorporateNumberField, MyNumberField
from govkit.forms.messages import Gettext, unchanged
from govkit.forms.money import AmountField
from govkit.forms.parts import PartsField
from govkit.forms.places import PostcodeField, PrefectureField
from govkit.forms.quantities import DecimalField, IntegerField
from govkit.forms.rows import RowsField
from govkit.forms.rules import Rule
from govkit.forms.validators import Length
from govkit.forms.widgets import render

__all__ = ["Box", "PaperField", "PaperPage", "paper_pages", "print_form"]

_LETTERS_A_LINE: Final = 40
_MOST_CELLS: Final = 20
_MOST_ROWS: Final = 8
_MOST_TICKS: Final = 3


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


def print_form(
    definition: Definition, language: str = "ja", gettext: Gettext | None = None
) -> Markup:
    """The whole page.

    :param language: ``ja``, or ``en`` where the definition has English texts.
    :param gettext: Translates the sentences that are not of the definition in another way.
    """
    translate = definition.translator(language, gettext)
    parts = definition.parts
    return render(
        "definition_print.html",
        definition=definition,
        pages=paper_pages(definition, translate),
        title=translate(parts.title.ja),
        about=_paragraphs(translate(parts.about.ja)),
        language=language,
        _=translate,
    )


def paper_pages(definition: Definition, gettext: Gettext = unchanged) -> list[PaperPage]:
    """The questions as paper shows them."""
    form = definition.form_class(gettext=gettext)
    fields = {field.id: field for field in definition.fields}
    return [
        PaperPage(
            gettext(page.title.ja),
            _paragraphs(gettext(page.about.ja)),
            describe(page.rule, form) if page.rule else "",
            [_paper(form[name], fields[name].rule) for name in page.fields],
        )
        for page in definition.pages
    ]


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def _paper(field: Field, rule: Rule | None) -> PaperField:
    return PaperField(
        field.name,
        field.label.text,
        field.requirement,
        field.support_text,
        describe(rule, field._form) if rule else "",  # noqa: SLF001
        _box(field),
    )


def _box(field: Field) -> Box:
    maker = next((_BOXES[each] for each in type(field).__mro__ if each in _BOXES), _line)
    return maker(field)


def _line(field: Field) -> Box:
    limits = [each.max for each in field.validators if isinstance(each, Length) and each.max]
    return Box("line", min(-(-limits[0] // _LETTERS_A_LINE), 5) if limits else 1)


def _area(field: Any) -> Box:
    return Box("area", field.rows)


def _titles(field: Any) -> Box:
    return Box("choices", titles=[choice.title for choice in field])


def _tick(field: Field) -> Box:
    return Box("choices", titles=[field.label.text])


def _cells(field: Any) -> Box:
    return (
        Box("cells", field.length) if field.length and field.length <= _MOST_CELLS else Box("line")
    )


def _parts(field: Any) -> Box:
    inner = []
    for control in field.controls():
        titles = [choice.title for choice in control.choices]
        box = Box("choices", titles=titles) if titles else Box("line")
        inner.append(PaperField(control.name, control.label, "", "", "", box))
    return Box("fields", fields=inner)


def _inner(field: Any) -> Box:
    return Box("fields", fields=[_paper(each, each.show_if) for each in field.form])


def _in_cell(field: PaperField) -> PaperField:
    """A question in a cell of a table: long lists are written in words there."""
    box = field.box
    if box.shape not in ("choices", "date", "fields") or len(box.titles) > _MOST_TICKS:
        return replace(field, box=Box("blank"))
    return replace(field, box=replace(box, shape="day")) if box.shape == "date" else field


def _table(field: Any) -> Box:
    row = field.form_class(gettext=field._form.translator)  # noqa: SLF001
    columns = [_in_cell(_paper(each, each.show_if)) for each in row]
    return Box("table", min(field.max_rows, _MOST_ROWS), fields=columns)


_BOXES: Final[Mapping[type, Callable[[Any], Box]]] = {
    Field: _line,
    TextAreaField: _area,
    IntegerField: lambda _field: Box("number"),
    DecimalField: lambda _field: Box("number"),
    DateField: lambda _field: Box("date"),
    EraDateField: lambda _field: Box("date"),
    PartialDateField: lambda _field: Box("date"),
    PostcodeField: lambda _field: Box("postcode"),
    PrefectureField: _line,
    AmountField: lambda _field: Box("amount"),
    MyNumberField: lambda _field: Box("cells", 12),
    CorporateNumberField: lambda _field: Box("cells", 13),
    DigitsField: _cells,
    RadioField: _titles,
    SelectField: _titles,
    CheckboxesField: _titles,
    CheckboxField: _tick,
    FilesField: lambda _field: Box("papers"),
    PartsField: _parts,
    Block: _inner,
    RowsField: _table,
}
