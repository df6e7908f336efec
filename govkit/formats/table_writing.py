"""Tables as CSV files, written for people or for machines; :mod:`govkit.formats.tabular` reads them."""

import csv
import io
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import BinaryIO, Final

from govkit.errors import InvalidInput, Problem
from govkit.formats.formulas import WATERMARK, guard_formula
from govkit.jp.characters import CharacterSet, unsupported_characters

__all__ = ["Audience", "Encoding", "write_table"]

_UTF_8_BOM: Final = b"\xef\xbb\xbf"


class Encoding(StrEnum):
    """Encodings a person can choose; none is ever guessed."""

    UTF_8 = "utf-8"
    CP932 = "cp932"


class Audience(StrEnum):
    """Who opens the file: people in a spreadsheet, or another system."""

    PEOPLE = "people"
    MACHINE = "machine"


def write_table(
    target: BinaryIO,
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    audience: Audience = Audience.PEOPLE,
    encoding: Encoding = Encoding.UTF_8,
    watermark: str = "",
) -> int:
    """Write a CSV file and return the number of rows below the headings.

    For people: a byte order mark (BOM), and an apostrophe before text that a spreadsheet would take
    for a formula; :func:`read_table` with ``is_guarded`` takes it off again. For machines: no BOM,
    every cell quoted and unchanged. Lines end in CR LF.

    :param watermark: Who took the file out and when (すかし), a last line that people see and
        :func:`read_table` leaves out; files for machines have none.
    :raises InvalidInput: When CP932 lacks a character: every one with its row and column.
    """
    is_for_people = audience is Audience.PEOPLE
    if encoding is Encoding.CP932:
        rows = list(rows)
        if problems := _not_in_cp932(headings, rows):
            raise InvalidInput(problems)
    if encoding is Encoding.UTF_8 and is_for_people:
        target.write(_UTF_8_BOM)
    text = io.TextIOWrapper(target, encoding, newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL if is_for_people else csv.QUOTE_ALL)
    count = 0
    try:
        writer.writerow(map(guard_formula, headings) if is_for_people else headings)
        for row in rows:
            writer.writerow(list(map(guard_formula, row)) if is_for_people else row)
            count += 1
        if watermark and is_for_people:
            writer.writerow([f"{WATERMARK}{watermark}", *[""] * (len(headings) - 1)])
        text.flush()
    finally:
        text.detach()
    return count


def _not_in_cp932(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> list[Problem]:
    return [
        Problem(
            "unsupported_character",
            "シフトJISで表せない文字 {code_points} があります。UTF-8で出力してください。",
            row=number,
            column=heading,
            value=lost.text,
            params={"code_points": lost.code_points},
        )
        for number, row in enumerate(rows, start=2)
        for heading, cell in zip(headings, row, strict=True)
        for lost in unsupported_characters(str(cell), CharacterSet.CP932)
    ]
