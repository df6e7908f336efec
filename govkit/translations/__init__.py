"""Catalogues of the user interface: Japanese is in the source, other languages are in ``.po`` files.

Message ids are the Japanese sentences themselves, so Japanese needs no catalogue. The files are read
here without a library, so that forms speak English where nothing but WTForms and Jinja is installed.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

__all__ = ["FOLDER", "read_catalogue", "translator"]

FOLDER = Path(__file__).parent
"""Folder of govkit's own catalogues, ``<language>.po``."""

_LINE = re.compile(r'(?:(msgid|msgid_plural|msgctxt|msgstr(?:\[\d+\])?)\s+)?("(?:[^"\\]|\\.)*")\s*')


def read_catalogue(path: Path) -> dict[str, str]:
    """Translations by Japanese sentence.

    Entries that are fuzzy, blank or plural, and those with a context, are left out.

    :raises ValueError: With the number of a line that cannot be read.
    """
    messages: dict[str, str] = {}
    for entry in _entries(path.read_text("utf-8")):
        if entry.keys() == {"msgid", "msgstr"} and entry["msgid"] and entry["msgstr"]:
            messages.setdefault(entry["msgid"], entry["msgstr"])
    return messages


def _entries(text: str) -> Iterator[dict[str, str]]:
    entry: dict[str, str] = {}
    keyword, is_fuzzy, was_fuzzy = "", False, False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#,"):
            is_fuzzy = "fuzzy" in line
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None or not (match[1] or keyword):
            raise ValueError(f"line {number} cannot be read")
        if match[1] == "msgctxt" or (match[1] == "msgid" and keyword != "msgctxt"):
            if entry and not was_fuzzy:
                yield entry
            entry, was_fuzzy, is_fuzzy = {}, is_fuzzy, False
        keyword = match[1] or keyword
        entry[keyword] = entry.get(keyword, "") + json.loads(match[2])
    if entry and not was_fuzzy:
        yield entry


@cache
def translator(language: str) -> Callable[[str], str] | None:
    """Translates govkit's own sentences; ``None`` for Japanese and for languages without a catalogue.

    :param language: Code such as ``en``; of ``en-GB`` the first part counts.
    """
    path = FOLDER / f"{re.split('[-_]', language)[0]}.po"
    if not path.is_file():
        return None
    messages = read_catalogue(path)
    return lambda text: messages.get(text, text)
