"""Text that a spreadsheet would take for a formula, and the apostrophe that keeps it text.

A cell that begins with ``=`` and came from a citizen's form can call programs on the clerk's machine
(CSV injection). Tables for people are guarded; tables for machines are never changed.
"""

import re
from datetime import date, time
from numbers import Number
from typing import Final

__all__ = ["WATERMARK", "guard_formula", "unguard_formula"]

WATERMARK: Final = "※この表を書き出した人と日時："
"""How the last line of a table begins that names who took it out; no other line may begin so."""

_SIGNS: Final = "=+\\-@＝＋－＠﹦﹢﹣﹫−"
# Spreadsheets may drop what stands unseen before the sign.
_UNSEEN: Final = "[\\s\x00-\x1f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
_START: Final = f"(?:[\t\r\n]|{_UNSEEN}*[{_SIGNS}]|{WATERMARK})"
_GUARDED: Final = re.compile(f"'*{_START}")
_HAS_GUARD: Final = re.compile(f"'+{_START}")


def guard_formula(cell: object) -> object:
    """A cell with an apostrophe before it if a spreadsheet could take it for a formula.

    Text that begins with ``= + - @`` of any width, also behind white space and unseen characters, or
    with a tab or line end. Numbers, days and ``None`` stay; every other value is judged by its text.
    """
    if cell is None or isinstance(cell, Number | date | time):
        return cell
    text = str(cell)
    return f"'{text}" if _GUARDED.match(text) else cell


def unguard_formula(text: str) -> str:
    """The text as it was before :func:`guard_formula`: any other apostrophe stays."""
    return text[1:] if text.startswith("'") and _HAS_GUARD.match(text) else text
