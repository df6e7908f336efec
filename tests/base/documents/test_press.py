"""Layouts and data to PDF: safe, equal, accessible, and never with a box for a character."""

import hashlib
import io
import json
import subprocess
import sys

import pypdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from govkit.base.deployment import Deployment
from govkit.base.typesetting import LayoutBroken, Press
from govkit.errors import InvalidSettings, NotFound
from govkit.modules.attendance import module as attendance
from govkit.modules.enrolment import module as enrolment
from govkit.modules.schools import module as schools
from tests.base.documents.conftest import AT, CITY, Printer, sample, texts
from tests.formats.test_nasty_texts import NASTY as NASTY_TEXTS

KINDS = [*enrolment.documents, *schools.documents, *attendance.documents]
PLAIN = '#import "govkit.typ": *\n#let sheet(it) = [#heading(level: 1, it.name)\n\n#it.text]\n'
NASTY = [
    '#import "@preview/x:1.0.0": *',
    '#read("/etc/passwd") #sys.inputs',
    "*太字* _斜体_ $x^2$ @label <label> `raw` ~ -- ... // comment /* x */",
    "\\u{41} \\ \\# \\n {{ jinja }} ${7*7} %s",
    "= 見出し\n+ 箇条\n- 箇条",
    "'; DROP TABLE pupils; --",
    "<script>alert(1)</script>&amp;",
    "=1+1 ＝1+1 +A1 @SUM(A1)",
    "]#panic()[",
    '"\\"]}, "issue": {"number": "偽"}',
    "𠮷𣘺﨑髙",
]


@pytest.mark.requirement("P17", "ASVS-1.3.7")
@pytest.mark.parametrize("text", NASTY)
def test_what_people_are_called_is_never_a_command(printer, text):
    printer.write(PLAIN)

    [page] = texts(printer.pdf({"name": text, "text": text}))

    assert page == "".join((text + text).split())


@pytest.mark.requirement("P17")
def test_five_hundred_nasty_texts_are_printed_as_they_are_or_told_before(printer):
    printer.write("#let sheet(it) = [= #it.text]")
    printable = [
        each for each in NASTY_TEXTS if each.strip() and not printer.press.unshown({"text": each})
    ]

    pdf = printer.pdf(*({"text": each} for each in printable))

    pages = "".join(texts(pdf))
    position = 0
    for each in printable:
        plain = "".join(each.split())
        assert pages.startswith(plain, position), each
        position += len(plain)
    assert position == len(pages)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert not {"/OpenAction", "/AA", "/Names", "/AcroForm"} & set(reader.trailer["/Root"])
    assert not any("/Annots" in page or "/AA" in page for page in reader.pages)
    assert len(printable) > 150


@pytest.mark.parametrize(
    ("text", "unshown"),
    [
        ("見本 さくら\n第二行　全角", []),
        ("髙橋𠮷田𣘺本﨑", []),
        ("葛\U000e0100 葛\U000e0101", []),
        ("葛\U000e01ef", ["U+845B U+E01EF"]),
        ("أب", ["U+0623", "U+0628"]),
        ("a\u202eb\u200d\x00", ["U+202E", "U+200D", "U+0000"]),
        pytest.param("\ud800", ["U+D800"], id="lone surrogate"),
        ("\U000e0100", ["U+E0100"]),
        ("\ue000", ["U+E000"]),
        ("😀", ["U+1F600"]),
    ],
)
def test_text_that_no_font_shows_is_found_before_printing(printer, text, unshown):
    found = printer.press.unshown({"list": [{"name": text}]})

    assert [each.code_points for each in found] == unshown


def gaiji_font(path, family="試験外字"):
    """A font with one variant of 葛 that the standard fonts lack."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for point in ((100, 800), (900, 800), (900, 0)):
        pen.lineTo(point)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "kuzu", "kuzu2"])
    glyph = pen.glyph()
    builder.setupCharacterMap({0x845B: "kuzu", 0xE000: "kuzu2"}, [(0x845B, 0xE01EF, "kuzu2")])
    builder.setupGlyf({".notdef": glyph, "kuzu": glyph, "kuzu2": glyph})
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", "kuzu", "kuzu2"], (1000, 0)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable(
        {"familyName": family, "styleName": "Regular", "psName": "TestGaiji-Regular"}
    )
    builder.setupOS2(sTypoAscender=880)
    builder.setupPost()
    builder.save(path)


def test_a_variant_is_printed_from_a_further_font(tmp_path):
    gaiji_font(tmp_path / "gaiji.ttf", "Test Gaiji")
    printer = Printer(tmp_path)
    printer.press = Press(
        [printer.kind], folder=printer.folder, font_paths=[tmp_path / "gaiji.ttf"]
    )
    printer.write(PLAIN)

    data = {"name": "葛\U000e01ef城", "text": "葛"}
    assert printer.press.unshown(data) == ()
    pdf = printer.pdf(data)

    fonts = pypdf.PdfReader(_stream(pdf)).pages[0]["/Resources"]["/Font"].values()
    names = {each.get_object()["/BaseFont"].partition("+")[2] for each in fonts}
    assert any("Gaiji" in name for name in names), names


def _stream(pdf):
    return io.BytesIO(pdf)


def test_font_paths_without_a_font_are_told(tmp_path):
    with pytest.raises(InvalidSettings, match=r"documents\.font_paths"):
        _ = Press([], font_paths=[tmp_path]).fonts.files


@pytest.mark.parametrize("kind", KINDS, ids=lambda each: each.name)
def test_documents_of_the_modules_are_accessible(kind):
    press = Press([kind])
    printer = Printer.__new__(Printer)
    printer.kind, printer.press = kind, press

    reader = pypdf.PdfReader(_stream(printer.pdf(sample(kind), title="就学の文書")))

    catalog = reader.trailer["/Root"]
    assert catalog["/Lang"] == "ja-JP" or catalog["/Lang"] == "ja"
    assert catalog["/MarkInfo"]["/Marked"].value is True
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert reader.metadata.title == "就学の文書"
    assert reader.metadata.author is None  # nor anything else that names who made it
    assert set(reader.metadata) <= {"/Title", "/Creator", "/CreationDate", "/ModDate"}
    assert "pdfuaid:part" in catalog["/Metadata"].get_object().get_data().decode()
    tags = _tags(catalog["/StructTreeRoot"])
    assert "/H1" in tags
    if "table(" in (press._sources(kind, CITY)["layout.typ"]).decode():
        assert {"/Table", "/TR", "/TD"} <= tags
    assert len(reader.pages) == 1
    # Everything that could start something when the file is opened is absent.
    assert not {"/OpenAction", "/AA", "/Names", "/AcroForm"} & set(catalog)


def _tags(node):
    found = {node["/S"]} if "/S" in node else set()
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(kid, dict):
            found |= _tags(kid)
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda each: each.name)
def test_all_of_the_data_is_on_the_page(kind):
    printer = Printer.__new__(Printer)
    printer.kind, printer.press = kind, Press([kind])
    data = sample(kind)

    [page] = texts(printer.pdf(data))

    wanted = [each["name"] for each in data.get("rows", [])] or [data["name"], data["school"]]
    position = 0
    for text in wanted:
        position = page.index("".join(text.split()), position)


def test_equal_data_gives_equal_bytes_in_every_process(printer):
    printer.write(PLAIN)
    data = {"name": "見本", "text": "本文"}
    code = (
        "import sys, json, hashlib; sys.path.insert(0, '.')\n"
        "from pathlib import Path\n"
        "from tests.base.documents.conftest import Printer, kind\n"
        "from govkit.base.typesetting import Press\n"
        "p = Printer.__new__(Printer); p.kind = kind(); p.folder = Path(sys.argv[1])\n"
        "p.press = Press([p.kind], folder=p.folder)\n"
        "sys.stdout.write(hashlib.sha256(p.pdf(json.loads(sys.argv[2]))).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", code, str(printer.folder), json.dumps(data)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert hashlib.sha256(printer.pdf(data)).hexdigest() == other.stdout
    later = printer.pdf(data, at=AT.replace(year=2027))
    assert later != printer.pdf(data)


def test_a_preview_shows_the_same_with_the_mark(printer):
    data = sample(printer.kind)

    assert len(printer.press.pictures(printer.kind, printer.sheets(data))) == 1
    [page] = texts(printer.pdf(data))
    [marked] = texts(printer.pdf(data, is_specimen=True))
    assert marked.replace("見本", "") == page.replace("見本", "")


def test_a_city_replaces_a_layout_by_a_file(printer):
    [standard] = texts(printer.pdf(sample(printer.kind)))
    edition = printer.press.edition(printer.kind, CITY)
    printer.write('#import "govkit.typ": *\n#let sheet(it) = [= 独自の様式\n#it.name]')

    [own] = texts(printer.pdf(sample(printer.kind)))

    assert own == "独自の様式見本さくら"
    assert standard != own
    assert printer.press.edition(printer.kind, CITY) != edition
    [other] = texts(printer.pdf(sample(printer.kind), municipality_code="132071"))
    assert other == standard


@pytest.mark.parametrize(
    "source",
    [
        '#import "@preview/tiaoma:0.2.0": x\n#let sheet(it) = [= x]',
        '#let sheet(it) = [= x #read("/etc/passwd")]',
        '#let sheet(it) = [= x #read("../../../../pyproject.toml")]',
        "#let sheet(it) = [= x #it.nothing]",
        "#let sheet(it) = [= x",
        "",
    ],
)
def test_a_layout_reads_its_own_folder_alone_and_tells_its_mistakes(printer, source):
    printer.write(source)

    with pytest.raises(LayoutBroken, match="在学証明書") as refused:
        printer.pdf(sample(printer.kind))
    assert "さくら" not in str(refused.value)


def test_without_the_extra_everything_else_goes_on_and_printing_says_what_to_install():
    code = (
        "import sys; sys.modules['typst'] = None\n"
        "from govkit.base.typesetting import Press, PrintingNotInstalled\n"
        "from govkit.modules.schools import ENROLMENT_CERTIFICATE as kind\n"
        "try: Press([kind]).edition(kind, '132021')\n"
        "except PrintingNotInstalled as error: print(error)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "govkit-jp[documents]" in told.stdout


def test_a_document_that_nobody_prints_is_not_found():
    with pytest.raises(NotFound):
        Press().kind("schools.nothing")


def test_every_document_of_a_module_stands_in_the_press(sqlite_databases):
    deployment = Deployment(sqlite_databases.settings())
    assert {each.name for each in KINDS} <= set(deployment.press.kinds)
    deployment.close()


def test_standard_fonts_may_be_embedded_in_what_is_given_to_the_public():
    for path in Press().fonts.files:
        with TTFont(str(path), lazy=True) as font:
            assert font["OS/2"].fsType == 0
