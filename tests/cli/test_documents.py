"""How a city changes its documents, step by step as ``docs/operate/documents.md`` tells it."""

import re
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from tests.architecture.sources import ROOT

PAGE = (ROOT / "docs" / "operate" / "documents.md").read_text(encoding="utf-8")
POLICY, SETTINGS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def databases(sqlite_databases):
    """Layouts are files: one kind of database is enough."""
    return sqlite_databases


@pytest.fixture
def with_folder(project):
    lines = re.sub(r"font_paths.*\n", "", SETTINGS)
    path = Path("govkit.toml")
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{lines}", encoding="utf-8")
    Path("documents/132021").mkdir(parents=True)
    return Path("documents/132021")


def pages(path):
    document = pdfium.PdfDocument(path)
    found = ["".join(page.get_textpage().get_text_range().split()) for page in document]
    document.close()
    return found


def test_a_city_changes_words_places_and_layout_as_the_page_tells(govkit, with_folder):
    Path("documents.toml").write_text(POLICY, encoding="utf-8")
    (with_folder / "seal.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    )
    assert govkit("city", "policy", "132021", "documents", "documents.toml").exit_code == 0

    checked = govkit("documents", "check")

    assert checked.exit_code == 1  # the page names a picture that is not there yet
    assert "seal.png" in checked.output
    Path("documents.toml").write_text(POLICY.replace("seal.png", "seal.svg"), encoding="utf-8")
    assert govkit("city", "policy", "132021", "documents", "documents.toml").exit_code == 0
    checked = govkit("documents", "check")
    assert checked.exit_code == 0, checked.output
    assert "Noto Serif JP" in checked.output

    copied = govkit("documents", "copy", "132021", "enrolment.school_notice")
    assert copied.exit_code == 0, copied.output
    layout = with_folder / "enrolment.school_notice.typ"
    layout.write_text(layout.read_text("utf-8").replace("　様", "　殿"), encoding="utf-8")
    assert "団体の様式" in govkit("documents", "check").output
    printed = govkit("documents", "print", "132021", "enrolment.school_notice", "-o", "sample.pdf")
    assert printed.exit_code == 0, printed.output
    first, again = pages("sample.pdf")
    assert "入学通知書" in first
    assert "見本一郎殿" in first
    assert "再交付" in again
    assert govkit("documents", "copy", "132021", "enrolment.school_notice").exit_code == 1


def test_mistakes_are_told_with_their_place(govkit, with_folder):
    (with_folder / "enrolment.school_notice.typ").write_text("#let sheet(it) = [\n#it.nothing]")
    Path("wrong.toml").write_text(
        '[kinds."schools.nothing".words]\na = "b"\n'
        '[kinds."schools.enrolment_certificate".words]\nledd = "つづりの誤り"\n'
    )
    govkit("city", "policy", "132071", "documents", "wrong.toml")

    told = govkit("documents", "check")

    assert told.exit_code == 1
    assert "layout.typ:2:4" in told.output
    assert (
        "schools.nothing：昭島市（132071）、標準の様式。この名前の帳票はありません" in told.output
    )
    assert "様式にない言葉か位置です: ledd" in told.output
    assert govkit("documents", "copy", "132021", "schools.nothing").exit_code == 1


def test_copying_needs_a_folder(govkit, project):
    told = govkit("documents", "copy", "132021", "enrolment.school_notice")

    assert told.exit_code == 1
    assert "folder" in told.output
