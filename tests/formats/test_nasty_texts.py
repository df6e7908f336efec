"""P17 and OUT-1: five hundred nasty texts leave in a table for people, start nothing, and come back."""

import csv
import io
import re

import pytest

from govkit.formats.formulas import WATERMARK
from govkit.formats.tabular import Audience, Column, ReadOptions, read_table, write_table

pytestmark = pytest.mark.requirement("P17", "OUT-1", "ASVS-1.2.10")

_SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫−"
_BEFORE = (
    "",
    " ",
    "\u3000",
    "\t",
    "\r",
    "\n",
    "\u200b",
    "\ufeff",
    "\u00ad",
    "\u061c",
    "\u202e",
    "\x01",
    "'",
    "''",
    '"',
    ",",
)
_ACTS = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.example","x")')
NASTY = [
    *(f"{before}{sign}{act}" for before in _BEFORE for sign in _SIGNS for act in _ACTS[:2]),
    *(f"{sign}{_ACTS[2]}" for sign in _SIGNS),
    *("SUM(A1)", "DDE('cmd')", "%0A=1", "\x0b=1", "\x0c=1", "\x85=1", "\u2028=1", "\u2029=1", "\u2066=1"),
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{7*7}}", "${7*7}", "#{7*7}"),
    *("'; DROP TABLE x; --", "' OR 1=1 --", "\\", "\\\\server\\x", "../../etc/passwd", "%00", "a\\,b"),
    *('"', '""', '"""', '"=1"', '","', "a\nb", "a\r\nb", "a\rb", " a ", "\u3000a\u3000", "", "'", "''a"),
    *("髙﨑", "𠮷野家", "葛󠄀城", "か゚", "ヴ", "㈱", "①", "〜", "～", "—", "―", "¥", "\\n", "👨‍👩‍👧", "é", "e\u0301"),
    *("NaN", "inf", "1e308", "0x10", "007", "1/2", "3月4日", "2026-11-24", "TRUE", "#N/A", "#REF!"),
    *("1.32E+14", "000000000000001", "A" * 3000, "あ" * 3000, "\u0301", "\uffff", "\U0010ffff", "\x7f"),
    *(WATERMARK, f"{WATERMARK}山田", f" {WATERMARK}", f"'{WATERMARK}", "＝＝", "--", "-", "+81-42-523-2111"),
    *("mailto:a@example.jp", "@here", "ｱｲｳ", "ｶﾞ", "\u200d", "\u2060=1", "=1\t", "=\n1"),
]  # fmt: skip


def test_there_are_five_hundred_of_them():
    assert len(NASTY) == len(set(NASTY)) >= 500


def starts_a_formula(cell):
    """What spreadsheets do: they look at the first sign behind whatever they drop (own words of OWASP)."""
    seen = re.sub("^[\\s\x00-\x20\u00ad\u200b-\u200f\u061c\u2028-\u202e\u2060\ufeff]+", "", cell)
    return seen[:1] in set(_SIGNS) or cell[:1] in ("\t", "\r", "\n")


@pytest.mark.parametrize("audience", list(Audience))
def test_texts_come_back_letter_by_letter(audience):
    body, rows = io.BytesIO(), [(text, f"{n}") for n, text in enumerate(NASTY)]
    is_people = audience is Audience.PEOPLE
    write_table(
        body, ["本文", "番号"], rows, audience=audience, watermark="山田 花子 2026-11-24 09:00"
    )
    options = ReadOptions(is_guarded=is_people)
    with read_table(body, [Column("本文"), Column("番号")], options=options) as table:
        assert [cells for _, cells in table] == rows
        assert table.problems == []


def test_no_cell_for_people_starts_a_formula():
    body = io.BytesIO()
    write_table(body, ["本文", "番号"], [(text, "1") for text in NASTY], watermark="=山田")
    cells = list(csv.reader(io.StringIO(body.getvalue().decode("utf-8-sig"), newline="")))
    assert [cell for row in cells for cell in row if starts_a_formula(cell)] == []
    assert cells[-1] == [f"{WATERMARK}=山田", ""]
    assert sum(row[0].startswith(WATERMARK) for row in cells) == 1


def test_cells_for_machines_are_exact():
    body = io.BytesIO()
    write_table(
        body, ["本文"], [(text,) for text in NASTY], audience=Audience.MACHINE, watermark="x"
    )
    cells = [row[0] for row in csv.reader(io.StringIO(body.getvalue().decode(), newline=""))]
    assert cells == ["本文", *NASTY]
