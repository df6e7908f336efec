import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.formats.formulas import guard_formula, unguard_formula
from govkit.formats.tabular import Audience, Column, ReadOptions, read_table, write_table
from govkit.jp.numbers import MunicipalityCode
from govkit.jp.telephone import Telephone

FORMULAS = [
    "=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "-", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠SUM(A1)",
    "﹦1", "﹢1", "﹣1", "﹫A", "−1", "\t=1", "\t1", "\r=1", "\r1", "\n=1", "\n1", "\r\n-1", " =1",
    "\u3000=1", "\u00a0=1", "\u200b=1", "\ufeff=1", "\x00=1", "\u200e＝1", " \u3000 @A", "=",
    '=HYPERLINK("https://example.jp","x")', "=\n1", "'=1", "''＝1",
]  # fmt: skip
PLAIN = [
    "", "1", "a=b", "山田", "1-2-3", "042-523-2111", "'", "'a", "''", " ", "　山田", "ー", "～", "*",
    "taro@example.jp", "1+1", "(1)", "#", "%", "|", ";", '"', ",", "・", "▲1", "△",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_could_run_gets_an_apostrophe(text):
    assert guard_formula(text) == f"'{text}"
    assert unguard_formula(f"'{text}") == text


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays(text):
    assert guard_formula(text) == text
    assert unguard_formula(text) == text


@pytest.mark.parametrize("value", [None, -1, -1.5, Decimal(-1), True, date(2026, 4, 1)])
def test_numbers_and_days_stay_what_they_are(value):
    assert guard_formula(value) is value


def test_other_values_are_judged_by_their_text():
    abroad = Telephone.parse("+1 212 555 1234", allows_foreign=True)
    assert guard_formula(abroad) == "'+12125551234"
    code = MunicipalityCode("132021")
    assert guard_formula(code) is code


@given(st.text())
def test_the_guard_can_be_taken_off_again_and_leaves_no_formula(text):
    guarded = str(guard_formula(text))
    assert unguard_formula(guarded) == text
    assert guarded[:1] not in set("=+-@\t\r\n＝＋－＠")


ROWS = [[text, "x"] for text in FORMULAS + PLAIN if "\x00" not in text]


def test_a_table_for_people_holds_no_formula_in_headings_or_cells():
    target = io.BytesIO()
    write_table(target, ["=a", "＠b"], ROWS)
    records = list(csv.reader(io.StringIO(target.getvalue().decode("utf-8-sig"), newline="")))
    assert records[0] == ["'=a", "'＠b"]
    assert not [cell for row in records for cell in row if cell[:1] in set("=+-@\t\r\n＝＋－＠")]


def test_a_table_for_people_is_read_back_as_it_was():
    target = io.BytesIO()
    write_table(target, ["=a", "＠b"], ROWS)
    options = ReadOptions(is_guarded=True)
    table = read_table(target, [Column("=a"), Column("＠b")], options=options)
    assert [list(cells) for _, cells in table] == ROWS


def test_a_table_for_machines_is_exact_to_the_byte():
    target = io.BytesIO()
    write_table(target, ["=a", "b"], ROWS, audience=Audience.MACHINE)
    lines = [["=a", "b"], *ROWS]
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in lines]
    assert target.getvalue() == "".join(f"{line}\r\n" for line in quoted).encode()
