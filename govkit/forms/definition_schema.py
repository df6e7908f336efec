"""JSON for other systems: answers as JSON, and the JSON Schema (2020-12) that describes them.

The schema is read off the fields themselves, so that screen and schema have the same limits. What
is blank is left out, and so is what was not asked; files and 個人番号 are never part of it.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO, Final

from govkit.forms.blocks import Block
from govkit.forms.choices import CheckboxesField, CheckboxField, RadioField, SelectField
from govkit.forms.contact import EmailField, UrlField
from govkit.forms.dates import DateField, MonthField, PartialDateField, SchoolYearField, TimeField
from govkit.forms.definition import Definition
from govkit.forms.definition_fields import DigitsField, YesNoField
from govkit.forms.fields import Field
from govkit.forms.form import Form
from govkit.forms.identifiers import (
    BoardCodeField,
    CorporateNumberField,
    InvoiceNumberField,
    MunicipalityCodeField,
    ResidenceCardField,
    SchoolCodeField,
)
from govkit.forms.money import AmountField
from govkit.forms.places import PostcodeField
from govkit.forms.quantities import DecimalField, IntegerField
from govkit.forms.rows import RowsField
from govkit.forms.rules import Rule
from govkit.forms.search import SearchField
from govkit.forms.validators import Length, Range

__all__ = ["DIALECT", "json_schema", "to_json", "write_json"]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
"""Dialect of the schemas."""

Schema = dict[str, Any]
# Variation selectors (IVS) belong to the letter before them and are not counted.
_SELECTORS: Final = "\ufe00-\ufe0f\U000e0100-\U000e01ef"


def json_schema(definition: Definition) -> Schema:
    """The schema of the answers to one form: titles, limits, choices and conditions."""
    form = definition.table_class()
    about = "\n".join(filter(None, (definition.parts.about.ja, definition.parts.legal_basis)))
    return {
        "$schema": DIALECT,
        "$id": f"urn:govkit:form:{definition.id}",
        "title": definition.title.ja,
        **({"description": about} if about else {}),
        **_object_of(form),
    }


def _described(field: Field) -> Schema:
    words = {"title": field.label.text}
    if field.support:
        words["description"] = field.support
    return {**words, **_shape(field)}


def _is_needed(field: Field) -> bool:
    if isinstance(field, Block):
        return not field.may_be_blank and any(_is_needed(inner) for inner in field.form)
    return field.required


def _shape(field: Field) -> Schema:
    maker = next(_SHAPES[each] for each in type(field).__mro__ if each in _SHAPES)
    return maker(field)


def _text(field: Field) -> Schema:
    limits = next((each for each in field.validators if isinstance(each, Length)), Length(1))
    if limits.max is None and limits.min <= 1:
        return {"type": "string", "minLength": 1}
    counted = f"{{{max(limits.min, 1)},{limits.max or ''}}}"
    return {
        "type": "string",
        "pattern": f"^[{_SELECTORS}]*([^{_SELECTORS}][{_SELECTORS}]*){counted}$",
    }


def _number(field: Any) -> Schema:
    least: Schema = {} if field.allows_negative else {"minimum": 0}
    return {"type": "integer", **least, **_limits(field, ("minimum", "maximum"))}


def _day(field: Field) -> Schema:
    # JSON Schema knows no limits of days; these are annotations, in the words of OpenAPI tools.
    days = _limits(field, ("formatMinimum", "formatMaximum"))
    return {"type": "string", "format": "date", **{name: str(day) for name, day in days.items()}}


def _limits(field: Field, names: tuple[str, str]) -> Schema:
    found: Schema = {}
    own = Range(getattr(field, "min", None), getattr(field, "max", None))
    for limits in (own, *field.validators):
        if isinstance(limits, Range):
            pairs = zip(names, (limits.min, limits.max), strict=True)
            found |= {name: limit for name, limit in pairs if limit is not None}
    return found


def _one_of(field: Any) -> Schema:
    return {"oneOf": [{"const": str(value), "title": title} for value, title in field.choices]}


def _some_of(field: Any) -> Schema:
    return {"type": "array", "items": _one_of(field), "uniqueItems": True, "minItems": 1}


def _box(field: Field) -> Schema:
    return {"const": True} if field.required else {"type": "boolean"}


def _digits(field: Any) -> Schema:
    return {
        "type": "string",
        "pattern": f"^[0-9]{{{field.length}}}$" if field.length else "^[0-9]+$",
    }


def _object(field: Any) -> Schema:
    return _object_of(field.form)


def _rows(field: Any) -> Schema:
    limits = {"minItems": max(field.min_rows, 1), "maxItems": field.max_rows}
    return {"type": "array", "items": _object_of(field.form_class()), **limits}


def _object_of(form: Form) -> Schema:
    properties = {field.short_name: _described(field) for field in form}
    always = [field for field in form if field.show_if is None and _is_needed(field)]
    conditions = [
        _condition(field, properties)
        for field in form
        if field.show_if is not None and _inside(field.show_if, properties)
    ]
    return {
        "type": "object",
        "properties": properties,
        "required": [field.short_name for field in always],
        "additionalProperties": False,
        **({"allOf": conditions} if conditions else {}),
    }


def _inside(rule: Rule, properties: Schema) -> bool:
    """Whether a condition looks at nothing but this object: JSON Schema cannot look out of it."""
    return {name.partition(".")[0] for name in rule.names} <= properties.keys()


def _pattern(pattern: str) -> Callable[[Field], Schema]:
    return lambda _field: {"type": "string", "pattern": pattern}


_SHAPES: Final[Mapping[type, Callable[[Any], Schema]]] = {
    Field: _text,
    IntegerField: _number,
    DecimalField: lambda field: {**_number(field), "type": "number"},
    SearchField: _one_of,
    DateField: _day,
    PartialDateField: lambda _field: {"type": "string", "minLength": 4},
    MonthField: _pattern("^[0-9]{4}-(0[1-9]|1[0-2])$"),
    SchoolYearField: lambda _field: {"type": "integer"},
    TimeField: _pattern("^[0-2][0-9]:[0-5][0-9]$"),
    AmountField: _number,
    EmailField: lambda _field: {"type": "string", "format": "email"},
    UrlField: lambda _field: {"type": "string", "format": "uri"},
    PostcodeField: _pattern("^[0-9]{3}-[0-9]{4}$"),
    CorporateNumberField: _pattern("^[0-9]{13}$"),
    InvoiceNumberField: _pattern("^T[0-9]{13}$"),
    ResidenceCardField: _pattern("^[A-Z]{2}[0-9]{8}[A-Z]{2}$"),
    MunicipalityCodeField: _pattern("^[0-9]{6}$"),
    BoardCodeField: _pattern("^[0-9]{6}$"),
    SchoolCodeField: _pattern("^[A-Z][0-9]{12}$"),
    RadioField: _one_of,
    SelectField: _one_of,
    CheckboxesField: _some_of,
    YesNoField: lambda _field: {"type": "boolean"},
    CheckboxField: _box,
    DigitsField: _digits,
    Block: _object,
    RowsField: _rows,
}


# -- conditions


def _condition(field: Any, properties: Schema) -> Schema:
    """Asked and perhaps required when the rule holds, absent otherwise."""
    name = field.short_name
    held = {"required": [name]} if _is_needed(field) else {}
    return {
        "if": _holding(field.show_if.as_data(), properties),
        "then": held,
        "else": {"properties": {name: False}},
    }


def _holding(data: list[Any], properties: Schema) -> Schema:
    kind, *rest = data
    if kind == "not":
        return {"not": _holding(rest[0], properties)}
    if kind in ("and", "or"):
        word = "allOf" if kind == "and" else "anyOf"
        return {word: [_holding(each, properties) for each in rest]}
    name, *values = rest
    head, _, inner = name.partition(".")
    owner = properties.get(head, {})
    if inner:
        below = _holding([kind, inner, *values], owner.get("properties", {}))
        return {"required": [head], "properties": {head: below}}
    return {"required": [head], "properties": {head: _matching(kind, values, owner)}}


def _matching(kind: str, values: list[str], owner: Schema) -> Schema:
    is_box = owner.get("type") == "boolean" or owner.get("const") is True
    if kind == "filled":
        return {"const": True} if is_box else {}
    if kind != "=":
        return _compared(kind, Decimal(values[0]), is_list=owner.get("type") == "array")
    stored: list[Any] = list(values)
    if is_box:
        stored = [value == "True" for value in values]
    elif owner.get("type") == "integer":
        stored = [int(value) for value in values if value.isdigit()]
    wanted: Schema = {"enum": stored}
    return {"contains": wanted} if owner.get("type") == "array" else wanted


def _compared(sign: str, limit: Decimal, *, is_list: bool) -> Schema:
    if is_list:
        count = int(limit)
        whole = {
            ">=": ("minItems", count),
            ">": ("minItems", count + 1),
            "<=": ("maxItems", count),
            "<": ("maxItems", count - 1),
        }
        return dict([whole[sign]])
    words = {">=": "minimum", ">": "exclusiveMinimum", "<=": "maximum", "<": "exclusiveMaximum"}
    return {words[sign]: _plain(limit)}


# -- answers


def to_json(definition: Definition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as JSON can hold them: days as 2026-04-01, what is blank left out."""
    kept = {field.id for field in definition.fields if field.kind.is_in_tables}
    plain = {name: _plain(value) for name, value in answers.items() if name in kept}
    return {name: value for name, value in plain.items() if not _is_blank(value)}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        plain = {name: _plain(each) for name, each in value.items()}
        return {name: each for name, each in plain.items() if not _is_blank(each)}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool | int | float | None) else str(value)


def _is_blank(value: Any) -> bool:
    return value is None or value in ("", [], {})


def write_json(
    definition: Definition, answers: Iterable[Mapping[str, Any]], target: BinaryIO
) -> int:
    """Write answers as one JSON document in UTF-8; how many there were."""
    everything = [to_json(definition, each) for each in answers]
    document = {"form": definition.id, "answers": everything}
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    target.write(text.encode())
    return len(everything)
