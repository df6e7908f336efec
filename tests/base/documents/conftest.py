"""Documents with layouts of their own, for tests of the press and of the ledger."""

from datetime import UTC, datetime

import pypdfium2 as pdfium
import pytest

from govkit.base.documents import Draft
from govkit.base.typesetting import DocumentKind, Press, SheetSet

AT = datetime(2026, 11, 24, tzinfo=UTC)
CITY = "132021"


class Printer:
    """A press over a folder of layouts, with one layout in it."""

    def __init__(self, folder):
        self.folder = folder / "layouts"
        (self.folder / CITY).mkdir(parents=True)
        self.kind = kind()
        self.press = Press([self.kind], folder=self.folder)

    def write(self, source, name=None):
        name = name or f"{self.kind.name}.typ"
        (self.folder / CITY / name).write_text(source, encoding="utf-8")

    def sheets(self, *data, **changes):
        values = {
            "sheets": data,
            "words": self.kind.words,
            "places": self.kind.places,
            "municipality_code": CITY,
            "at": AT,
            "title": "試験",
        }
        return SheetSet(**{**values, **changes})

    def pdf(self, *data, **changes):
        return self.press.pdf(self.kind, self.sheets(*data, **changes))


def kind(**changes):
    """A numbered document with the layout of the certificate of enrolment."""
    values = {
        "name": "schools.enrolment_certificate",
        "title": "在学証明書",
        "package": "govkit.modules.schools",
        "permission": "schools.certify",
        "prepare": f"{__name__}:drafts",
    }
    return DocumentKind(**{**values, **changes})


def sample(kind):
    """Data of one sheet as it comes with the layout."""
    issue = {"number": "第12号", "date": "令和8年11月24日", "again": "", "code": ""}
    return {**kind.sample, "issue": issue, "verify": None}


def drafts(work, keys):
    """One sheet for each key, which the certificate's layout can print."""
    work.require("schools.certify")
    data = sample(kind())
    data.pop("issue")
    data.pop("verify")
    return [
        Draft(key=key, label=f"児童{key}", data={**data, "name": f"見本 {key}"}, people=())
        for key in keys
        if not key.startswith("missing")
    ]


@pytest.fixture
def printer(tmp_path):
    return Printer(tmp_path)


@pytest.fixture
def shown():
    """The texts of a PDF, a page each, without spaces and line breaks."""
    return texts


def texts(pdf):
    document = pdfium.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return ["".join(each.split()) for each in pages]
