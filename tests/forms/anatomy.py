"""The anatomy of a form control: which parts it has, in which order, and what refers to what.

The same reader takes our fields and the HTML samples of the Digital Agency Design System (DADS).
The anatomy of the samples is kept in ``dads_anatomy.toml``, made by::

    python -m tests.forms.anatomy CHECKOUT-OF-THE-SAMPLES > tests/forms/dads_anatomy.toml
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = {"input", "meta", "link", "br", "path", "rect"}
CONTROLS = {"input", "select", "textarea"}
SAMPLES = (
    "checkbox/errored",
    "checkbox/stacked",
    "date-picker/readonly",
    "date-picker/with-form-control-label",
    "file-upload/playground",
    "form-control-label/multiple",
    "form-control-label/single",
    "input-text/readonly",
    "input-text/with-form-control-label",
    "notification-banner/error",
    "radio/errored",
    "radio/stacked",
    "select/with-form-control-label",
    "textarea/readonly",
    "textarea/with-counter",
    "textarea/with-form-control-label",
)
# Part by how a class name ends: theirs, then ours.
PARTS = {
    "form-control-label__label": "name",
    "__requirement": "mark",
    "__status": "mark",
    "__support-text": "support",
    "__error-text": "error",
    "__error-messages": "error",
    "__counter": "counter",
    "notification-banner__icon": "icon",
    "notification-banner__heading": "heading",
    "notification-banner__close": "close",
    "notification-banner__body": "body",
    "gk-field__label": "name",
    "gk-field__support": "support",
    "gk-field__error": "error",
    "gk-notification__icon": "icon",
    "gk-notification__heading": "heading",
    "gk-notification__body": "body",
}


@dataclass
class Node:
    """An element with its attributes, children and text."""

    tag: str
    attributes: dict[str, str]
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    text: str = ""

    def walk(self) -> Iterator["Node"]:
        """The element and everything inside, in the order of the document."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def part(self) -> str:
        """Which part of a control it is; blank for what only holds others."""
        for name in self.attributes.get("class", "").split():
            for ending, part in PARTS.items():
                if name.endswith(ending):
                    return part
        return ""


class Tree(HTMLParser):
    """Elements of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = self._at = Node("", {})
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self._at)
        self._at.children.append(node)
        if tag not in VOID:
            self._at = node

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self._at.parent is not None:
            self._at = self._at.parent

    def handle_data(self, data: str) -> None:
        self._at.text += data.strip()


def anatomy(html: str) -> list[str]:
    """Parts of the first control of a page, in order, each with what it says about others."""
    root = Tree(html).root
    nodes = [node for node in root.walk() if node.attributes.get("class", "")]
    first = next(node for node in nodes if _is_frame(node))
    parts = {node.attributes["id"]: node.part for node in first.walk() if "id" in node.attributes}
    told = [_told(node, first, parts) for node in first.walk()]
    kept: list[str] = []
    for line in filter(None, told):
        # One line stands for all boxes of a group.
        if not (kept and kept[-1] == line and line.startswith(("radio", "checkbox"))):
            kept.append(line)
    return kept


def _is_frame(node: Node) -> bool:
    names = node.attributes["class"].split()
    return bool({"dads-form-control-label", "gk-field"} & set(names)) or any(
        name in ("dads-notification-banner", "gk-notification") for name in names
    )


def _told(node: Node, first: Node, parts: dict[str, str]) -> str:
    if node is first:
        return f"{node.tag}{_described(node, parts)}"
    if node.tag in CONTROLS and node.attributes.get("type") != "hidden":
        return _control(node, parts)
    match node.part:
        case "name":
            return "name for control" if "for" in node.attributes else f"name as {node.tag}"
        case "mark":
            marks = {"※必須": "required", "※任意": "optional", "任意": "optional"}
            return f"mark {marks.get(node.text, 'readonly')}"
        case "icon":
            return "icon hidden" if "aria-hidden" in node.attributes else "icon named"
        case "":
            return ""
        case part:
            return part


def _described(node: Node, parts: dict[str, str]) -> str:
    ids = node.attributes.get("aria-describedby", "").split()
    return f" described by {', '.join(parts[id_] or 'other' for id_ in ids)}" if ids else ""


def _control(node: Node, parts: dict[str, str]) -> str:
    kind = node.attributes.get("type", "text") if node.tag == "input" else node.tag
    at: Node | None = node
    while at is not None and at.tag != "label":
        at = at.parent
    given = [
        kind,
        "in label" if at is not None else "",
        "invalid" if node.attributes.get("aria-invalid") == "true" else "",
        "readonly" if "readonly" in node.attributes else "",
        node.attributes.get("inputmode", ""),
    ]
    return " ".join(filter(None, given)) + _described(node, parts)


def recorded(checkout: Path) -> Iterator[str]:
    """The file that keeps the anatomy of the samples."""
    asked = ["git", "-C", str(checkout), "rev-parse", "HEAD"]
    commit = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    yield "# What the form samples of digital-go-jp/design-system-example-components-html are made of,"
    yield "# in our words. Made by tests/forms/anatomy.py."
    yield f'commit = "{commit}"'
    for name in SAMPLES:
        html = (checkout / "src" / "components" / f"{name}.html").read_text(encoding="utf-8")
        lines = ",\n".join(f"  {json.dumps(line)}" for line in anatomy(html))
        yield f'\n[samples."{name}"]\nanatomy = [\n{lines},\n]'


if __name__ == "__main__":
    print("\n".join(recorded(Path(sys.argv[1]))))
