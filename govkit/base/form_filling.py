"""A page with what somebody had typed into one of its forms (入力の復元).

Works on the finished HTML, so that every form of every module is filled alike: texts, choices,
ticks and hidden values by the names of the controls. Passwords and files are never filled.
"""

from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from typing import Final

from markupsafe import escape

__all__ = ["filled"]

_NEVER: Final = frozenset({"password", "file", "submit", "button", "image", "reset"})
_TICKED: Final = frozenset({"checkbox", "radio"})


def filled(html: str, fields: Iterable[tuple[str, str]], is_form: Callable[[str], bool]) -> str:
    """The page with the fields in the forms that are the right one.

    :param is_form: Whether a form is, by its ``action``; blank when it has none.
    """
    filler = _Filler(list(fields), is_form)
    filler.feed(html)
    filler.close()
    return "".join(filler.written)


class _Filler(HTMLParser):
    def __init__(self, fields: list[tuple[str, str]], is_form: Callable[[str], bool]) -> None:
        super().__init__(convert_charrefs=False)
        self.written: list[str] = []
        self._fields = fields
        self._values: dict[str, list[str]] = {}
        self._is_form = is_form
        self._is_inside = False
        self._is_replacing = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Fill a control of the form; everything else stays as it is written."""
        given = {name: value or "" for name, value in attrs}
        text = self.get_starttag_text() or ""
        if tag == "form" and given.get("method", "").lower() == "post":
            self._enter(given.get("action", ""))
        elif self._is_inside:
            text = self._control(tag, given, text)
        self._write(text)
        if self._is_inside and tag == "textarea" and self._knows(given.get("name", "")):
            self._write(str(escape("\n" + self._next(given["name"], ""))))
            self._is_replacing = True

    def _enter(self, action: str) -> None:
        self._is_inside = self._is_form(action)
        self._values = {}
        for name, value in self._fields:
            self._values.setdefault(name, []).append(value)

    def _control(self, tag: str, given: dict[str, str], text: str) -> str:
        name, kind = given.get("name", ""), given.get("type", "text").lower()
        if tag == "select":
            self._select = name
        if tag == "option" and self._knows(self._select):
            return _marked(tag, given, "selected", on=self._has(self._select, given.get("value")))
        if tag != "input" or kind in _NEVER or not name:
            return text
        if kind in _TICKED:
            return _marked(tag, given, "checked", on=self._has(name, given.get("value", "on")))
        if not self._knows(name):
            return text
        return _tag(tag, given | {"value": self._next(name, given.get("value", ""))})

    def _knows(self, name: str) -> bool:
        return name in self._values

    def _has(self, name: str, value: str | None) -> bool:
        return value in self._values.get(name, ())

    def _next(self, name: str, otherwise: str) -> str:
        left = self._values[name]
        return left.pop(0) if left else otherwise

    def handle_endtag(self, tag: str) -> None:
        """Leave a form or a control."""
        if tag == "textarea":
            self._is_replacing = False
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._is_inside = False
        self._write(f"</{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """The same, for a tag with a slash."""
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        """Text stays."""
        self._write(data)

    def handle_entityref(self, name: str) -> None:
        """Entities stay."""
        self._write(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """Numbered characters stay."""
        self._write(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        """Comments stay."""
        self._write(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        """The document type stays."""
        self._write(f"<!{decl}>")

    def _write(self, text: str) -> None:
        if not self._is_replacing:
            self.written.append(text)


def _marked(tag: str, given: dict[str, str], mark: str, *, on: bool) -> str:
    rest = {name: value for name, value in given.items() if name != mark}
    return _tag(tag, rest | {mark: ""} if on else rest)


def _tag(tag: str, given: dict[str, str]) -> str:
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in given.items())
    return f"<{tag}{attributes}>"
