"""INP-1: workbooks are read by a bounded child, and what is wrong with one is told in words of its own."""

import io
import json
import os
import socket
import stat
import subprocess
import sys
import time
import zipfile
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from govkit.errors import InvalidInput
from govkit.formats import workbooks
from govkit.formats.workbooks import Bounds, Workbook, write_as_csv
from tests.base.table_layouts import as_xlsx, zipped

pytestmark = pytest.mark.requirement("INP-1", "ASVS-5.2.2", "ASVS-5.2.3")

WHOLE = as_xlsx([["氏名", "番号"], ["髙﨑 𠮷男", "001"]])
SHEET = "xl/worksheets/sheet1.xml"
ENDS = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def parts(**changed):
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    return found | {
        name.replace("__", "/").replace("_xml", ".xml"): data for name, data in changed.items()
    }


def with_sheet(rows):
    return zipped(parts() | {SHEET: ENDS.format(rows).encode()})


@pytest.fixture
def read(tmp_path):
    def make(body, **bounds):
        path = tmp_path / "表.xlsx"
        path.write_bytes(body)
        with Workbook(path, bounds=Bounds(**bounds)) as workbook:
            return list(workbook)

    return make


@pytest.fixture
def refused(read):
    def make(body, **bounds):
        began = time.monotonic()
        with pytest.raises(InvalidInput) as error:
            read(body, **bounds)
        assert time.monotonic() - began < 5
        assert all(each.file == "表.xlsx" and each.message for each in error.value.problems)
        return error.value.problems

    return make


def test_cells_become_the_text_a_csv_file_would_have(read):
    rows = read(as_xlsx([["a", 1, 1.5, date(2020, 1, 2), True], [], ["", 132021000000001, -3]]))
    assert rows == [
        ["a", "1", "1.5", "2020-01-02", "TRUE"],
        [""] * 5,
        ["", "132021000000001", "-3", "", ""],
    ]


def test_numbers_that_excel_has_rounded_can_be_seen(read):
    assert read(as_xlsx([[1234567890123456]])) == [["1.23456789012346E+15"]]


def test_row_n_of_the_sheet_is_row_n_of_the_csv_file(tmp_path):
    path, target = tmp_path / "a.xlsx", io.BytesIO()
    path.write_bytes(as_xlsx([[], ["氏名"], [], ["改\n行"]]))
    with Workbook(path) as workbook:
        assert workbook.sheet == "名簿"
        assert write_as_csv(workbook, target) == 4
    assert target.getvalue().decode() == '""\r\n氏名\r\n""\r\n"改\n行"\r\n'
    assert 0 < workbook.usage.peak_bytes < 64 << 20
    assert workbook.usage.cpu_seconds < 2


CORNERS = (
    '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
)
BOMBS = {
    "workbook_rows": lambda: with_sheet(CORNERS),
    "workbook_columns": lambda: with_sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>'),
    "workbook_cells": lambda: with_sheet('<row r="150000"><c r="ZZ150000"><v>1</v></c></row>'),
    "archive_ratio": lambda: with_sheet(" " * 192_000_000),
    "archive_entries": lambda: zipped(parts() | {f"x/{n}": b"" for n in range(1100)}),
    "xml_declarations": lambda: zipped(parts() | {SHEET: b'<!DOCTYPE a [<!ENTITY b "cc">]>' + ENDS.encode()}),
    "workbook_xml": lambda: zipped(parts() | {SHEET: ENDS.encode()[:-9]}),
    "workbook_memory": lambda: zipped(
        parts()
        | {
            SHEET: ENDS.format(
                "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 40_000))
            ).encode(),
            "xl/sharedStrings.xml": (
                '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
                + "あ" * 30_000
                + "</t></si></sst>"
            ).encode(),
        }
    ),
    "macro_workbook": lambda: zipped(parts() | {"xl/vbaProject.bin": b"x"}),
    "binary_workbook": lambda: zipped(parts() | {"xl/workbook.bin": b"x"}),
    "no_workbook": lambda: zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
    "workbook_damaged": lambda: WHOLE[:-30],
    "workbook_empty": lambda: as_xlsx([]),
    "cell_length": lambda: with_sheet(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * 40_000}</t></is></c></row>'),
}  # fmt: skip


@pytest.mark.parametrize("code", BOMBS)
@pytest.mark.requirement("ASVS-1.5.1", "ASVS-5.2.3")
def test_every_kind_of_bad_workbook_has_words_of_its_own(refused, code):
    (problem,) = refused(BOMBS[code]())
    assert problem.code == code


@pytest.mark.requirement("ASVS-5.3.3", "ASVS-5.2.5")
@pytest.mark.parametrize("name", ["../../x", "/etc/x", "C:\\x", "a/../../b", "\\\\server\\x"])
def test_names_that_lead_out_of_the_archive_are_refused(refused, name):
    assert refused(zipped(parts() | {name: b"x"}))[0].code == "archive_path"


@pytest.mark.requirement("ASVS-5.2.5")
def test_links_in_the_archive_are_refused(refused):
    body = io.BytesIO(WHOLE)
    with zipfile.ZipFile(body, "a") as archive:
        link = zipfile.ZipInfo("xl/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(body.getvalue())[0].code == "archive_path"


def test_several_filled_sheets_are_not_chosen_between(refused):
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        for name in ("一", "二"):
            book.add_worksheet(name).write_string(0, 0, "a")
        book.add_worksheet("空")
    (problem,) = refused(body.getvalue())
    assert (problem.code, problem.params["names"]) == ("several_sheets", "一、二")


@pytest.mark.requirement("INP-2")
def test_errors_and_formulas_without_a_value_are_told_with_their_cells(refused):
    cells = '<row r="2"><c r="B2" t="e"><v>#N/A</v></c><c r="C2"><f>1+1</f></c></row>'
    first, second = refused(with_sheet(cells))
    assert (first.row, first.column, first.value, first.code) == (2, "B", "#N/A", "error_cell")
    assert (second.row, second.column, second.code) == (2, "C", "formula_without_value")


def test_a_child_that_takes_too_long_is_ended(refused, monkeypatch, tmp_path):
    slow = tmp_path / "slow.py"
    slow.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(workbooks, "_CHILD", slow)
    monkeypatch.setattr(Workbook, "_patience", 0.2)
    (problem,) = refused(WHOLE)
    assert problem.code == "workbook_time"
    assert subprocess.run(["pgrep", "-f", str(slow)], check=False).returncode == 1


def test_a_child_that_dies_is_a_problem_like_any_other(refused, monkeypatch, tmp_path):
    dying = tmp_path / "dying.py"
    monkeypatch.setattr(workbooks, "_CHILD", dying)
    for program, code in {
        "import os; os.abort()": "workbook_memory",
        "import sys; sys.exit(3)": "workbook_stopped",
        "import sys; sys.stdout.buffer.write(b'\\xff' * 9)": "workbook_stopped",
        "while True: pass": "workbook_time",
    }.items():
        limit = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\n"
        dying.write_text(limit + program)
        assert refused(WHOLE)[0].code == code


PROBE = """
import json, os, resource, socket, sys
sys.path.insert(0, {folder!r})
import workbook_child
workbook_child.confine(json.loads(sys.argv[1]))
found = {{"environment": sorted(set(os.environ) - {{"LC_CTYPE"}}), "isolated": sys.flags.isolated}}
found["open"] = sorted(int(fd) for fd in os.listdir("/proc/self/fd"))[:-1]
for name, act in {{
    "write": lambda: os.write(os.open({probe!r}, os.O_WRONLY | os.O_CREAT), b"x"),
    "memory": lambda: bytearray(1 << 30),
    "connect": lambda: socket.create_connection(("127.0.0.1", {port}), timeout=2),
    "files": lambda: [open("/dev/null") for _ in range(99)],
}}.items():
    try:
        act()
        found[name] = "done"
    except BaseException as error:
        found[name] = type(error).__name__
print(json.dumps(found))
"""


def test_the_child_has_no_network_no_files_and_little_memory(tmp_path):
    folder = str(Path(workbooks.__file__).parent)
    with socket.create_server(("127.0.0.1", 0)) as server:
        program = PROBE.format(
            folder=folder, probe=str(tmp_path / "probe"), port=server.getsockname()[1]
        )
        done = subprocess.run(
            [sys.executable, "-I", "-c", program, json.dumps(asdict(Bounds()))],
            capture_output=True, env={}, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    found = json.loads(done.stdout or b"{}")
    assert found["environment"] == []
    assert found["isolated"] == 1
    assert found["open"] == [0, 1, 2]
    assert found["memory"] == "MemoryError"
    assert found["files"] == "OSError"
    assert found["write"] != "done"
    if os.geteuid() == 0 or Path("/proc/sys/user/max_user_namespaces").read_text().strip() != "0":
        assert found["connect"] != "done"
