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
from govkit.forms.dates import DateField
from govkit.forms.definition import Definition
from govkit.forms.definition_fields import DigitsField, YesNoField
from govkit.forms.fields import Field
from govkit.forms.quantities import IntegerField
from govkit.forms.rules import Rule
from govkit.forms.validators import Length, Range

__all__ = ["DIALECT", "json_schema", "to_json", "write_json"]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
"""Dialect of the schemas."""

Schema = dict[str, Any]
# Variation selectors (IVS) belong to the letter before them and are not counted.
_SELECTORS: Final = "\ufe00-\ufe0f\U000e0100-\U000e01ef"


def json_schema(definition: Definition) -> Schema:
    """The schema of the answers to one form: titles, limits, choices and conditions."""
    form = definition.form_class()
    about = "\n".join(filter(None, (definition.parts.about.ja, definition.parts.legal_basis)))
    kept = [field for field in definition.fields if field.kind.is_in_tables]
    properties: Schema = {field.id: _described(form[field.id]) for field in kept}
    always = [
        field.id
        for field in kept
        if field.id not in definition.rules and _is_needed(form[field.id])
    ]
    schema: Schema = {
        "$schema": DIALECT,
        "$id": f"urn:govkit:form:{definition.id}",
        "title": definition.title.ja,
        **({"description": about} if about else {}),
        "type": "object",
        "properties": properties,
        "required": always,
        "additionalProperties": False,
    }
    conditions = [
        _condition(definition.rules[field.id], field.id, form, properties)
        for field in kept
        if field.id in definition.rules
    ]
    return {**schema, "allOf": conditions} if conditions else schema


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


def _number(field: Field) -> Schema:
    return {"type": "integer", "minimum": 0, **_limits(field, ("minimum", "maximum"))}


def _day(field: Field) -> Schema:
    # JSON Schema knows no limits of days; these are annotations, in the words of OpenAPI tools.
    days = _limits(field, ("formatMinimum", "formatMaximum"))
    return {"type": "string", "format": "date", **{name: str(day) for name, day in days.items()}}


def _limits(field: Field, names: tuple[str, str]) -> Schema:
    found: Schema = {}
    for limits in field.validators:
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
    inner = field.form._fields
    return {
        "type": "object",
        "properties": {name: _described(each) for name, each in inner.items()},
        "required": [name for name, each in inner.items() if _is_needed(each)],
        "additionalProperties": False,
    }


_SHAPES: Final[Mapping[type, Callable[[Any], Schema]]] = {
    Field: _text,
    IntegerField: _number,
    DateField: _day,
    RadioField: _one_of,
    SelectField: _one_of,
    CheckboxesField: _some_of,
    YesNoField: lambda _field: {"type": "boolean"},
    CheckboxField: _box,
    DigitsField: _digits,
    Block: _object,
}


# -- conditions


def _condition(rule: Rule, name: str, form: Any, properties: Schema) -> Schema:
    """Asked and perhaps required when the rule holds, absent otherwise."""
    held = {"required": [name]} if _is_needed(form[name]) else {}
    return {
        "if": _holding(rule.as_data(), properties),
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
