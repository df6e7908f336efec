"""Lines of a TOML text: where each key and each element of a list stands.

``tomllib`` tells values without their places. This reads only texts that ``tomllib`` has read
without error, so that it may trust their form.
"""

import re
import tomllib
from bisect import bisect_right
from typing import Final

__all__ = ["KeyPath", "find_lines"]

KeyPath = tuple[str | int, ...]
"""Way to a value: ``("field", 2, "label")`` is the label of the third ``[[field]]``."""

_BLANK: Final = re.compile(r"[ \t]*")
_BLANK_AND_COMMENTS: Final = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY_PART: Final = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*'""")
# A text of several lines may end in up to two quotation marks of its own.
_SCALAR: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9][^\s,\]}#]*"
    r"|[^\s,\]}#]+",
    re.DOTALL,
)


def find_lines(text: str) -> dict[KeyPath, int]:
    """Line, counted from 1, of every table, key and list element of a valid TOML text.

    A table that is opened several times stands where it is opened first; an empty path is the
    whole text, line 1.
    """
    return _Scanner(text.replace("\r\n", "\n")).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._lengths: dict[KeyPath, int] = {}
        self.lines: dict[KeyPath, int] = {(): 1}

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        self._skip(_BLANK_AND_COMMENTS)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK_AND_COMMENTS)
        return self.lines

    def _skip(self, blank: re.Pattern[str]) -> None:
        match = blank.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise ValueError(f"no valid TOML at character {self._at}")
        self._at = match.end()
        return match[0]

    def _note(self, path: KeyPath, at: int) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], bisect_right(self._starts, at))

    def _header(self) -> KeyPath:
        at = self._at
        is_list = self._text.startswith("[[", at)
        self._at += 2 if is_list else 1
        path: KeyPath = ()
        keys = self._keys()
        for key in keys[:-1]:
            path = self._last_element((*path, key))
        path = (*path, keys[-1])
        if is_list:
            index = self._lengths.get(path, 0)
            self._lengths[path] = index + 1
            path = (*path, index)
        self._at += 2 if is_list else 1
        self._note(path, at)
        return path

    def _last_element(self, path: KeyPath) -> KeyPath:
        """Tables below a list of tables belong to its last element."""
        return (*path, self._lengths[path] - 1) if path in self._lengths else path

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while not keys or self._text[self._at] == ".":
            self._at += bool(keys)
            self._skip(_BLANK)
            keys.append(_key(self._take(_KEY_PART)))
            self._skip(_BLANK)
        return keys

    def _pair(self, table: KeyPath) -> None:
        at = self._at
        path: KeyPath = (*table, *self._keys())
        self._note(path, at)
        self._at += 1
        self._skip(_BLANK)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        opening = self._text[self._at]
        if opening == "[":
            self._elements(path)
        elif opening == "{":
            self._inside(path)
        else:
            self._take(_SCALAR)

    def _elements(self, path: KeyPath) -> None:
        self._at += 1
        index = 0
        while not self._closes("]"):
            self._note((*path, index), self._at)
            self._value((*path, index))
            index += 1

    def _inside(self, path: KeyPath) -> None:
        self._at += 1
        while not self._closes("}"):
            self._pair(path)

    def _closes(self, mark: str) -> bool:
        self._skip(_BLANK_AND_COMMENTS)
        if self._text[self._at] == ",":
            self._at += 1
            self._skip(_BLANK_AND_COMMENTS)
        is_closed = self._text[self._at] == mark
        self._at += is_closed
        return is_closed


def _key(written: str) -> str:
    """A key without its quotation marks."""
    return str(tomllib.loads(f"key = {written}")["key"]) if written[0] in "\"'" else written
