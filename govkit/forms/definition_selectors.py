"""Ids that never change: what robots (RPA) and other systems hold on to, recorded and compared.

A record is a small JSON file beside the definition, committed with it. A release that takes away a
field, a choice or a control of the last one says so below ``retired``, or it is refused.
"""

import json
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any, Final

from govkit.errors import InvalidInput, Problem
from govkit.forms.definition import Definition

__all__ = ["compare_selectors", "read_selectors", "selectors_of", "write_selectors"]

_CONTROLS: Final = frozenset({"input", "select", "textarea", "button"})
_TEXTS: Final = {
    "form_id_changed": "様式のidが「{old}」から変わっています。元のidに戻してください。",
    "field_removed": "項目「{id}」がなくなっています。使うのをやめたなら、[form] の retired に書き加えてください。",
    "type_changed": "項目「{id}」の種類が「{old}」から変わっています。新しいidの項目にして、元のidを retired に書き加えてください。",
    "choice_removed": "選択肢「{id}」がなくなっています。使うのをやめたなら、[form] の retired に書き加えてください。",
    "control_removed": "項目「{id}」の入力欄 {selector} がなくなっています。新しいidの項目にして、元のidを retired に書き加えてください。",
    "retired_forgotten": "使うのをやめた「{id}」が、[form] の retired から消えています。書き戻してください。",
    "not_selectors": "項目の記録（.selectors.json）として読めません。正しいファイルを選んでください。",
}  # fmt: skip


def selectors_of(definition: Definition) -> dict[str, Any]:
    """A CSS selector for every control, by field, as they stand in the page.

    Controls are told by name and value: ids of choices count the choices and would move.
    """
    form = definition.form_class()
    return {
        "form": definition.id,
        "retired": sorted(definition.parts.retired),
        "fields": {
            field.id: {
                "type": field.kind.name,
                "choices": [choice.value for choice in field.choices],
                "controls": _selectors(str(form[field.id]())),
            }
            for field in definition.fields
        },
    }


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in _CONTROLS or not given.get("name"):
            return
        selector = f'[name="{given["name"]}"]'
        if given.get("type") in ("radio", "checkbox") and given.get("value"):
            selector += f'[value="{given["value"]}"]'
        self.found.append(selector)


def _selectors(page: str) -> list[str]:
    collector = _Collector()
    collector.feed(page)
    return sorted(set(collector.found))


def write_selectors(definition: Definition) -> bytes:
    """The record to commit beside the definition."""
    text = json.dumps(selectors_of(definition), ensure_ascii=False, indent=2, sort_keys=True)
    return (text + "\n").encode()


def read_selectors(content: bytes, name: str) -> dict[str, Any]:
    """A record that was committed.

    :raises InvalidInput: When it is none.
    """
    try:
        record = json.loads(content)
    except ValueError:
        record = None
    if not isinstance(record, dict) or not {"form", "fields", "retired"} <= record.keys():
        raise InvalidInput([Problem("not_selectors", _TEXTS["not_selectors"], file=name)])
    return record


def compare_selectors(
    definition: Definition, record: Mapping[str, Any], name: str
) -> list[Problem]:
    """What the definition took away since the record and does not own up to.

    :param name: Name of the definition's file, for problems.
    """
    now = selectors_of(definition)
    retired = set(definition.parts.retired)
    found: list[tuple[str, dict[str, object]]] = []
    if record["form"] != now["form"]:
        found.append(("form_id_changed", {"old": record["form"]}))
    found += [
        ("retired_forgotten", {"id": each}) for each in record["retired"] if each not in retired
    ]
    for field, before in record["fields"].items():
        if field in retired:
            continue
        found += _lost(field, before, now["fields"].get(field), retired)
    return [Problem(code, _TEXTS[code], file=name, params=params) for code, params in found]


def _lost(
    field: str, before: Mapping[str, Any], after: Mapping[str, Any] | None, retired: set[str]
) -> list[tuple[str, dict[str, object]]]:
    if after is None:
        return [("field_removed", {"id": field})]
    if after["type"] != before["type"]:
        return [("type_changed", {"id": field, "old": before["type"]})]
    gone = [each for each in before["choices"] if each not in after["choices"]]
    untold = [f"{field}.{each}" for each in gone if f"{field}.{each}" not in retired]
    if gone:
        return [("choice_removed", {"id": each}) for each in untold]
    lost = sorted(set(before["controls"]) - set(after["controls"]))
    return [("control_removed", {"id": field, "selector": each}) for each in lost]
