"""INP-1 and TEN-5: what is uploaded waits in quarantine, is judged by content, scanned, and forgotten."""

import hashlib
import io
import os
import stat
from datetime import timedelta

import pytest
import xlsxwriter

from govkit.base.settings import UploadSettings
from govkit.base.uploads import Uploads
from govkit.errors import InvalidInput
from govkit.formats.tabular import Column, read_table
from tests.base.table_layouts import as_csv, as_xlsx

pytestmark = pytest.mark.requirement(
    "INP-1", "ASVS-5.2.1", "ASVS-5.2.2", "ASVS-5.3.1", "ASVS-5.3.2"
)

TABLE = [["氏名"], ["髙﨑"]]
CSV, XLSX = as_csv(TABLE), as_xlsx(TABLE)
# The harmless test string of EICAR, in two parts, so that no scanner takes this file away.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture
def uploads(tmp_path, work):
    def make(**options):
        settings = UploadSettings(**{"folder": tmp_path / "held", **options})
        return Uploads(settings, options.pop("max_bytes", 1 << 20), lambda: work.now)

    return make


def kept(tmp_path):
    return sorted(path for path in (tmp_path / "held").rglob("*") if path.is_file())


def refuse(uploads, work, body, name):
    with pytest.raises(InvalidInput) as error:
        uploads.receive(work, io.BytesIO(body), name)
    (problem,) = error.value.problems
    assert problem.file == name
    return problem.code


def test_a_file_is_held_under_a_random_name_for_its_owner_alone(uploads, work, tmp_path):
    with uploads().receive(work, io.BytesIO(CSV), "../名簿.csv") as received:
        (path,) = kept(tmp_path)
        assert path == received.path
        assert path.parent.parent.name == work.municipality.code
        assert "名簿" not in path.name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert (received.name, received.size) == ("名簿.csv", len(CSV))
        assert received.sha256 == hashlib.sha256(CSV).hexdigest()
    assert kept(tmp_path) == []


@pytest.mark.requirement("TEN-5")
def test_cities_and_people_have_folders_of_their_own(uploads, work, work_for, tmp_path):
    with (
        uploads().receive(work, io.BytesIO(CSV), "a.csv") as own,
        uploads().receive(work_for("132071"), io.BytesIO(CSV), "a.csv") as other,
        uploads().receive(
            work_for("132021", "board_clerk", session_of=work), io.BytesIO(CSV), "a.csv"
        ) as third,
    ):
        folders = {each.path.parent for each in (own, other, third)}
        assert len(folders) == 3
        assert {each.parent.name for each in folders} == {"132021", "132071"}


@pytest.mark.requirement("INP-2")
def test_problems_of_a_workbook_name_its_sheet(uploads, work):
    with (
        pytest.raises(InvalidInput) as error,
        uploads().receive(work, io.BytesIO(XLSX), "名簿.xlsx") as received,
        read_table(received.path, [Column("番号")], name=received.name),
    ):
        pass
    assert str(error.value).startswith("名簿.xlsx 名簿 1行目: ")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
WRONG = {
    "empty_file": (b"", "a.csv"),
    "old_workbook": (OLE, "a.xls"),
    "encrypted_workbook": (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx"),
    "html_file": (b"\r\n<html><body><table><tr><td>1</td></tr></table>", "a.xls"),
    "xml_spreadsheet": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "a.xls",
    ),
    "pdf_file": (b"%PDF-1.7\n", "a.csv"),
    "picture_file": (b"\x89PNG\r\n\x1a\n\0", "a.csv"),
    "packed_file": (b"\x1f\x8b\x08\0", "a.csv"),
    "program_file": (b"\x7fELF\0", "a.csv"),
    "text_named_workbook": (CSV, "a.xlsx"),
    "workbook_named_text": (XLSX, "a.csv"),
    "unknown_ending": (CSV, "a.exe"),
    "file_too_large": (b"x" * (1 << 20) + b"y", "a.csv"),
    "workbook_damaged": (XLSX[:-40], "a.xlsx"),
}


@pytest.mark.parametrize("code", WRONG)
def test_what_is_no_table_is_told_so_and_not_kept(uploads, work, tmp_path, code):
    body, name = WRONG[code]
    assert refuse(uploads(), work, body, name) == code
    assert kept(tmp_path) == []
    event = work._reads[-1]
    assert (event.action, event.detail["reasons"]) == ("upload.refused", [code])


def test_headings_that_begin_like_a_program_are_text(uploads, work):
    with uploads().receive(work, io.BytesIO("MZ番号,BM\n1,2\n".encode()), "a.csv") as received:
        assert received.sheet == ""


SCANNER = """#!/bin/sh
if [ "$MODE" ]; then exit 9; fi
if grep -q EICAR-STANDARD "$2"; then exit 1; fi
exit 0
"""


@pytest.mark.requirement("ASVS-14.2.8")
def test_who_made_a_workbook_is_forgotten_with_it(uploads, work, tmp_path):
    maker = "".join(("山田", "秘密"))
    body = io.BytesIO()
    with xlsxwriter.Workbook(body) as workbook:
        workbook.set_properties({"author": maker, "manager": maker, "comments": maker})
        workbook.add_worksheet("名簿").write_column(0, 0, ["氏名", "髙﨑"])
    with uploads().receive(work, io.BytesIO(body.getvalue()), "名簿.xlsx") as received:
        left = {path: path.read_bytes() for path in kept(tmp_path)}
        assert received.path in left
        assert not any(b"docProps" in each or maker.encode() in each for each in left.values())
    assert kept(tmp_path) == []
    assert maker not in "".join(str(each.detail) for each in work._events)


@pytest.fixture
def scanner(tmp_path):
    program = tmp_path / "scan.sh"
    program.write_text(SCANNER)
    program.chmod(0o700)
    return (str(program), "--quiet")


@pytest.mark.requirement("ASVS-5.4.3")
def test_the_scanner_decides_and_what_it_refuses_stays_in_quarantine(
    uploads, work, scanner, tmp_path
):
    watched = uploads(scanner=scanner)
    watched.receive(work, io.BytesIO(CSV), "a.csv").close()
    assert kept(tmp_path) == []
    assert refuse(watched, work, EICAR, "a.csv") == "file_infected"
    (path,) = kept(tmp_path)
    assert path.suffix == ".infected"
    assert stat.S_IMODE(path.stat().st_mode) == 0o400


@pytest.mark.requirement("ASVS-5.4.3")
@pytest.mark.parametrize("fault", ["absent", "slow", "confused"])
def test_a_file_is_not_taken_while_the_scanner_gives_no_answer(uploads, work, tmp_path, fault):
    program = tmp_path / "scan.sh"
    if fault != "absent":
        program.write_text("#!/bin/sh\n" + {"slow": "exec sleep 9", "confused": "exit 2"}[fault])
        program.chmod(0o700)
    watched = uploads(scanner=(str(program),), scanner_seconds=1)
    assert refuse(watched, work, CSV, "a.csv") == "file_not_scanned"
    assert [path.suffix for path in kept(tmp_path)] == [".failed"]


@pytest.mark.requirement("ASVS-5.2.4")
def test_nobody_fills_the_quarantine(uploads, work, work_for, scanner):
    limited = uploads(scanner=scanner, max_user_files=2)
    for _ in range(2):
        assert refuse(limited, work, EICAR, "a.csv") == "file_infected"
    assert refuse(limited, work, CSV, "a.csv") == "user_quota"
    limited.receive(
        work_for("132021", "board_clerk", session_of=work), io.BytesIO(CSV), "a.csv"
    ).close()
    small = uploads(max_user_bytes=1 << 30, max_city_bytes=1024)
    big = uploads(scanner=scanner)
    for _ in range(9):
        refuse(big, work_for("132021", "board_clerk", session_of=work), EICAR * 2, "a.csv")
    assert (
        refuse(small, work_for("132021", "board_clerk", session_of=work), CSV, "a.csv")
        == "city_quota"
    )


def test_what_was_left_behind_is_deleted_in_time(uploads, work, scanner, tmp_path):
    refuse(uploads(scanner=scanner), work, EICAR, "a.csv")
    (path,) = kept(tmp_path)
    old = (work.now - timedelta(hours=25)).timestamp()
    os.utime(path, (old, old))
    uploads().receive(work, io.BytesIO(CSV), "a.csv").close()
    assert kept(tmp_path) == []
