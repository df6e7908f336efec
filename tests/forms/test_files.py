import zipfile
from io import BytesIO
from unittest.mock import ANY

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict

from govkit.forms import FileField, FilesField, Form, TextField
from govkit.forms.filekinds import KINDS, clean_filename, numbered, recognise
from govkit.forms.files import size_in_words
from govkit.forms.uploads import Holding, MemoryUploads, Scan
from tests.forms.page import Page

SECRET = b"0123456789abcdef"


def archive(*names):
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return target.getvalue()


PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00"
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
XLSM = archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin")
DOCX = archive("[Content_Types].xml", "word/document.xml")
ZIP = archive("a.txt")
SJIS = "氏名,住所\r\n髙橋,①町\r\n".encode("cp932")
UTF8 = "\ufeff氏名,住所\r\n𠮷田,立川市\r\n".encode()
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04"
UTF16 = "氏名".encode("utf-16")


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        (PDF, {"pdf"}),
        (b"\n\n junk" + PDF, {"pdf"}),
        (PNG, {"png"}),
        (PNG[:4] + b"\x00", set()),
        (JPEG, {"jpeg"}),
        (b"\xff\xd8", set()),
        (HEIC, {"heic"}),
        (MP4, set()),
        (XLSX, {"xlsx"}),
        (XLSM, set()),
        (DOCX, {"docx"}),
        (ZIP, set()),
        (XLSX[:-10], set()),
        (b"PK\x03\x04" + b"\x00" * 40, set()),
        (SJIS, {"csv", "text"}),
        (UTF8, {"csv", "text"}),
        (b"a,b\n1,2\n", {"csv", "text"}),
        (b"a,b\x1a", {"csv", "text"}),
        (UTF16, set()),
        (b"\xff\xfe\xff", set()),
        (b"a\x00b", set()),
        (EXE, set()),
        ("氏".encode()[:2], {"csv", "text"}),
        ("氏名".encode()[:5] + b"\xff", set()),
        (b"GIF89a\x01\x00", set()),
    ],
    ids=lambda each: repr(sorted(each) if isinstance(each, set) else each)[:20],
)
def test_a_file_is_what_its_content_says(body, kinds):
    stream = BytesIO(body)

    assert set(recognise(stream, KINDS)) == kinds
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("住民票.pdf", "住民票.pdf"),
        ("髙\U000e0100橋 𠮷子.jpg", "髙\U000e0100橋 𠮷子.jpg"),
        ("か\u3099くせい.png", "か\u3099くせい.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\花子\\写真.JPG", "写真.JPG"),
        ("/etc/passwd", "passwd"),
        ("..", "file"),
        ("...", "file"),
        ("", "file"),
        ("   ", "file"),
        ("\u3000.pdf", "file.pdf"),
        (".pdf", "file.pdf"),
        ("a\x00.exe\x00.pdf", "a.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066a\u2069.pdf", "a.pdf"),
        ("a\u200bb\ufeff.pdf", "ab.pdf"),
        ('<a href="x">.pdf', "_a href=_x__.pdf"),
        ("a|b?c*d.pdf", "a_b_c_d.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("nul", "_nul"),
        ("com1.txt", "_com1.txt"),
        ("a  \t b.pdf", "a b.pdf"),
        (" a.pdf ", "a.pdf"),
        ("a.pdf.", "a.pdf"),
        ("令和5／6年.pdf", "令和5／6年.pdf"),
        ("a\u2044b.pdf", "a_b.pdf"),
        ("¥server¥x.pdf", "_server_x.pdf"),
        ("\ud800.pdf", "file.pdf"),
        ("a.verylongending", "a.verylongending"),
    ],
    ids=ascii,
)
@pytest.mark.requirement("ASVS-5.4.1")
def test_names_of_files_are_cleaned(name, cleaned):
    assert clean_filename(name) == cleaned


@given(st.text())
def test_cleaned_names_are_safe_and_stay_as_they_are(name):
    cleaned = clean_filename(name)

    assert cleaned
    assert not set(cleaned) & set('/\\\x00\r\n\u202e"')
    assert len(cleaned.encode()) <= 210
    assert clean_filename(cleaned) == cleaned


def test_long_names_are_cut_before_their_ending():
    cleaned = clean_filename("あ" * 300 + ".pdf")

    assert cleaned.endswith("あ.pdf")
    assert len(cleaned.encode()) <= 200


@pytest.mark.parametrize(
    ("name", "taken", "free"),
    [
        ("a.pdf", [], "a.pdf"),
        ("a.pdf", ["a.pdf"], "a(2).pdf"),
        ("a.pdf", ["A.PDF"], "a(2).pdf"),
        ("a.pdf", ["a.pdf", "a(2).pdf"], "a(3).pdf"),
        ("写真", ["写真"], "写真(2)"),
    ],
)
def test_the_same_name_gets_a_number(name, taken, free):
    assert numbered(name, taken) == free


@pytest.mark.parametrize(
    ("size", "words"),
    [(1, "1KB"), (1499, "1KB"), (820_000, "820KB"), (1_000_000, "1.0MB"), (12_345_678, "12.3MB")],
)
def test_sizes_are_said_in_words(size, words):
    assert size_in_words(size) == words


class Papers(Form):
    name = TextField("氏名", required=True)
    papers = FilesField(
        "添付書類",
        types=("pdf", "jpeg", "csv"),
        max_megabytes=1,
        max_files=3,
        max_total_megabytes=2,
        required=True,
    )
    photo = FileField("写真", types=("png", "jpeg"), max_megabytes=1)


def sent(name, body):
    return FileStorage(stream=BytesIO(body), filename=name)


class Visitor:
    """Sends the form as a browser does: what the page carries along, and what was chosen."""

    def __init__(self, owner="visitor", scanner=None, **options):
        self.store = options.pop("store", None) or MemoryUploads()
        self.holding = Holding(self.store, SECRET, owner, scanner, **options)
        self.form = self.bind([])

    def bind(self, pairs):
        files = MultiDict([pair for pair in pairs if not isinstance(pair[1], str)])
        texts = MultiDict([pair for pair in pairs if isinstance(pair[1], str)])
        return Papers(texts, files=files, meta={"holding": self.holding})

    def send(self, *pairs, name=""):
        hidden = [
            (each["name"], each["value"])
            for each in Page(self.form.render()).all("input")
            if each["type"] == "hidden"
        ]
        self.form = self.bind([("name", name), *hidden, *pairs])
        self.form.validate()
        return self.form

    def names(self):
        return [each.filename for each in self.form.papers.data]


def test_files_are_kept_while_something_else_is_wrong():
    visitor = Visitor()
    visitor.send(("papers", sent("住民票.pdf", PDF)))
    assert visitor.form.name.errors
    assert visitor.names() == ["住民票.pdf"]

    form = visitor.send(name="花子")

    assert form.validate()
    assert form.papers.data[0].read() == PDF
    assert form.papers.data[0].kind == "pdf"
    assert form.papers.answer == "住民票.pdf（1KB）"


def test_more_files_are_added_to_those_that_are_kept():
    visitor = Visitor()
    visitor.send(("papers", sent("a.pdf", PDF)), ("papers", sent("a.pdf", PDF)))
    visitor.send(("papers", sent("A.PDF", PDF)))

    assert visitor.names() == ["a.pdf", "a(2).pdf", "A(3).PDF"]
    assert Page(visitor.form.papers()).all("li")[1].text.startswith("a(2).pdf（1KB）")
    assert 'type="file"' not in visitor.form.papers()


def test_a_kept_file_is_removed_by_its_button_and_deleted():
    visitor = Visitor()
    visitor.send(("papers", sent("a.pdf", PDF)), ("papers", sent("b.jpg", JPEG)))
    token = visitor.form.papers.data[0].token
    buttons = [each.text for each in Page(visitor.form.papers()).all("button") if each.text]
    assert buttons == ["「a.pdf」を取り消す", "「b.jpg」を取り消す", "選んだファイルを加える"]

    form = visitor.send(("papers-remove-0", "1"))

    assert form.pressed == "papers-remove-0"
    assert visitor.names() == ["b.jpg"]
    assert visitor.holding.find(token) is None
    assert not form.errors


def test_the_button_that_adds_tells_at_once_what_was_refused():
    visitor = Visitor()
    form = visitor.send(
        ("papers", sent("a.pdf", PDF)), ("papers", sent("b.pdf", b"")), ("papers-add", "1")
    )

    assert visitor.names() == ["a.pdf"]
    assert form.papers.error_codes == ("file_empty",)
    assert not form.name.errors
    assert "「b.pdf」は中身が空です" in form.error_summary()


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("a.pdf", b"", "file_empty"),
        ("a.pdf", PDF + b"x" * 1_000_000, "file_too_large"),
        ("a.exe", EXE, "file_wrong_type"),
        ("a.pdf", EXE, "file_wrong_ending"),
        ("a.pdf", JPEG, "file_wrong_ending"),
        ("a.exe", PDF, "file_wrong_ending"),
        ("a", PDF, "file_wrong_ending"),
        ("a.png", PNG, "file_wrong_type"),
        ("a.csv", XLSX, "file_wrong_ending"),
        ("a.csv", UTF16, "file_wrong_ending"),
        ("a.svg", b"<svg onload='x'/>", "file_wrong_ending"),
        ("a.jpg.exe", JPEG, "file_wrong_ending"),
        ("gpj.\u202efdp", PDF, "file_wrong_ending"),
        ("a.PDF", PDF, ""),
        ("a.jpeg", JPEG, ""),
        ("a.jfif", JPEG, ""),
        ("a.csv", SJIS, ""),
        ("a.csv", UTF8, ""),
        ("\u202ea.pdf", PDF, ""),
    ],
    ids=lambda each: ascii(each)[:20],
)
def test_what_is_refused_says_why(name, body, code):
    form = Visitor().send(("papers", sent(name, body)), name="花子")

    assert form.papers.error_code == code
    assert bool(form.papers.data) is not bool(code)
    assert all("{" not in message for message in form.papers.errors)


def test_numbers_and_sums_are_limited():
    four = [("papers", sent(f"{number}.pdf", PDF)) for number in range(4)]
    form = Visitor().send(*four, name="花子")
    assert form.papers.error_codes == ("files_too_many",)
    assert len(form.papers.data) == 3

    big = [("papers", sent(f"{number}.pdf", PDF + b"x" * 900_000)) for number in range(3)]
    form = Visitor().send(*big, name="花子")
    assert form.papers.error_codes == ("files_too_large",)
    assert len(form.papers.data) == 2


def test_a_single_file_is_exchanged_by_choosing_another():
    visitor = Visitor()
    visitor.send(("photo", sent("a.png", PNG)))
    first = visitor.form.photo.data
    visitor.send(("photo", sent("b.jpg", JPEG)))

    assert visitor.form.photo.data.filename == "b.jpg"
    assert visitor.holding.find(first.token) is None
    visitor.send(("photo", sent("c.exe", EXE)))
    assert visitor.form.photo.data.filename == "b.jpg"
    visitor.send(("photo-remove-0", "1"))
    assert visitor.form.photo.data is None


@pytest.mark.parametrize(
    "token",
    ["x", ".", "../../x", "é.x", "\ud800", "A" * 32, "A" * 32 + ".x", "A" * 5000, "..%00"],
    ids=lambda each: ascii(each)[:20],
)
def test_a_forged_token_is_nothing(token):
    visitor = Visitor()
    form = visitor.send(("papers", token), name="花子")

    assert form.papers.error_codes == ("file_lost",)
    assert form.papers.data == []


def test_the_token_of_another_visitor_is_nothing():
    mine = Visitor("mine")
    mine.send(("papers", sent("a.pdf", PDF)))
    token = mine.form.papers.data[0].token
    other = Visitor("other", store=mine.store)

    assert mine.holding.find(token)
    assert other.send(("papers", token)).papers.error_codes == ("file_lost",)
    assert mine.holding.find(token[:-1] + ("A" if token[-1] != "A" else "B")) is None


def test_a_token_twice_is_one_file():
    visitor = Visitor()
    visitor.send(("papers", sent("a.pdf", PDF)))
    token = visitor.form.papers.data[0].token

    assert len(visitor.send(("papers", token)).papers.data) == 1


@pytest.mark.parametrize(
    ("said", "options", "code"),
    [
        (Scan.CLEAN, {}, ""),
        (Scan.INFECTED, {}, "file_infected"),
        (Scan.INFECTED, {"accepts_unscanned": True}, "file_infected"),
        (Scan.UNAVAILABLE, {}, "file_not_scanned"),
        (Scan.UNAVAILABLE, {"accepts_unscanned": True}, ""),
        (OSError("no clamd"), {}, "file_not_scanned"),
        (OSError("no clamd"), {"accepts_unscanned": True}, ""),
    ],
)
def test_what_the_scanner_says_is_heeded(said, options, code):
    def scanner(stream):
        assert stream.read() == PDF
        if isinstance(said, Exception):
            raise said
        return said

    visitor = Visitor(scanner=scanner, **options)
    form = visitor.send(("papers", sent("a.pdf", PDF)), name="花子")

    assert form.papers.error_code == code
    assert bool(visitor.store._files) is not bool(code)


def test_without_a_holding_a_field_hands_over_what_came():
    form = Papers(MultiDict({"name": "花子"}), files=MultiDict({"papers": sent("a.pdf", PDF)}))

    assert form.validate()
    assert form.papers.data[0].read() == PDF
    assert not form.papers.buttons
    assert 'type="hidden"' not in form.papers()


def test_names_are_escaped_and_never_in_a_repr():
    visitor = Visitor()
    visitor.send(("papers", sent("&amp;花子'.pdf", PDF)))

    assert "&amp;amp;花子&#39;.pdf" in visitor.form.papers()
    assert "花子" not in repr(visitor.form.papers.data)
    assert "visitor" not in repr(visitor.holding)


def test_the_control_says_what_it_takes():
    page = Page(Papers().papers())
    control = page.by_id("papers")

    assert control["accept"] == ".pdf,.jpg,.jpeg,.jpe,.jfif,.csv"
    assert "multiple" in control.attributes
    assert control["aria-describedby"] == "papers-notes"
    assert (
        page.by_id("papers-notes").text
        == "PDF、JPEG、CSVのファイル・1つ1MBまで・3個まで・合わせて2MBまで"
    )
    assert "multiple" not in Page(Papers().photo()).by_id("photo").attributes


def test_an_unknown_kind_is_a_slip_of_the_pen():
    class Wrong(Form):
        paper = FileField("書類", types=("pfd",))

    with pytest.raises(ValueError, match="pfd"):
        Wrong()


def test_files_of_the_record_are_shown_in_words():
    visitor = Visitor()
    visitor.send(("papers", sent("a.pdf", PDF)))
    held = visitor.form.papers.data
    form = Papers(data={"papers": held}, meta={"holding": visitor.holding})

    assert form.papers.data == held
    assert form.papers.kept_pairs() == [("papers", ANY)]
