"""Reads the forms of a page and fills them in plausibly, as a person in a hurry would."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

__all__ = ["PageForm", "forms_of"]

_OFFERED = ("text", "search", "email", "tel", "url", "number", "date", "time", "month", "")
_BY_NAME: tuple[tuple[str, str], ...] = (
    ("kana", "シケン"),
    ("year", "2026"),
    ("month", "11"),
    ("day", "24"),
    ("date", "2026-11-24"),
    ("_on", "2026-11-24"),
    ("valid_", "2026-11-24"),
    ("period", "2026-11-24"),
    ("first", "2026-11-24"),
    ("last", "2026-11-24"),
    ("number", "1"),
    ("login", "somebody"),
)
"""What to type where the page offers nothing, by a part of the field's name."""


@dataclass
class PageForm:
    """A form as a page holds it.

    :param values: What it would send if nothing but blanks were filled in.
    :param typed: Names of the fields that were blank.
    :param hidden: Names of the fields that nobody sees.
    """

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    _radios: set[str] = field(default_factory=set)

    def put(self, name: str, value: str) -> None:
        """Send one more value."""
        self.values.setdefault(name, []).append(value)


def _guess(name: str) -> str:
    return next((value for part, value in _BY_NAME if part in name), "試験")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._open: PageForm | None = None
        self._select = ""
        self._options: list[tuple[str, bool]] = []
        self._area = ""
        self._area_text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = PageForm(facts.get("action", ""), facts.get("method", "get").lower())
            self.forms.append(self._open)
        if self._open is None or "disabled" in facts:
            return
        if tag == "input" and facts.get("name"):
            self._input(self._open, facts)
        elif tag == "select":
            self._select, self._options = facts.get("name", ""), []
        elif tag == "option":
            self._options.append((facts.get("value", ""), "selected" in facts))
        elif tag == "textarea":
            self._area, self._area_text = facts.get("name", ""), ""

    def _input(self, form: PageForm, facts: Mapping[str, str]) -> None:
        kind, name, value = facts.get("type", "text"), facts["name"], facts.get("value", "")
        if kind == "checkbox":
            if "checked" in facts:
                form.put(name, value or "on")
        elif kind == "radio":
            if "checked" in facts:
                form.values[name] = [value]
            else:
                form.values.setdefault(name, [value])
        elif kind == "hidden":
            form.hidden.add(name)
            form.put(name, value)
        elif kind == "password":
            form.put(name, "correct horse battery staple")
        elif kind in _OFFERED:
            if not value:
                form.typed.add(name)
            form.put(name, value or _guess(name))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area_text += data

    def handle_endtag(self, tag: str) -> None:
        form = self._open
        if tag == "form":
            self._open = None
        if form is None:
            return
        if tag == "select" and self._select:
            chosen = [value for value, is_chosen in self._options if is_chosen and value]
            offered = [value for value, _is_chosen in self._options if value]
            if chosen or offered:
                form.put(self._select, (chosen or offered)[0])
            self._select = ""
        elif tag == "textarea" and self._area:
            form.put(self._area, self._area_text.strip() or "試験")
            self._area = ""


def forms_of(page: str) -> list[PageForm]:
    """Every form of a page that posts, filled in."""
    reader = _Reader()
    reader.feed(page)
    return [form for form in reader.forms if form.method == "post"]
