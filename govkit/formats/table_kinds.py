"""What a file that should be a table is, by its content: a workbook, text, or something to explain.

The name is only compared with the content: who gives a file another ending than it has is told, for
such files come from wrong exports and from people who would like to slip something in.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Final

from govkit.errors import InvalidInput, Problem

__all__ = ["TableKind", "table_kind"]


class TableKind(StrEnum):
    """The two kinds of file that hold a table for us."""

    CSV = "csv"
    WORKBOOK = "xlsx"


_HEAD: Final = 4096
_CHUNK: Final = 1 << 20
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# MS-OFFCRYPTO 2.3.4: the stream that holds an encrypted package, in the directory's UTF-16.
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OTHERS: Final[Mapping[str, tuple[bytes, ...]]] = {
    "pdf_file": (b"%PDF-",),
    "picture_file": (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*"),
    "packed_file": (b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ\0", b"LZIP"),
    "program_file": (b"MZ", b"\x7fELF", b"#!"),
}
_MARKUP: Final = (b"<html", b"<!doctype html", b"<table", b"<head", b"<meta", b"<body", b"<div")
_SPREADSHEET_ML: Final = b"urn:schemas-microsoft-com:office:spreadsheet"
_TEXTS: Final[Mapping[str, str]] = {
    "empty_file": "ファイルが空です。中身のあるファイルを選んでください。",
    "old_workbook": "古い形式のExcelファイル（xls）です。「Excelブック（*.xlsx）」で保存し直してください。",
    "encrypted_workbook": "パスワードのかかったブックです。パスワードを外して保存し直してください。",
    "html_file": "中身がウェブページ（HTML）のファイルです。Excelで開き「Excelブック（*.xlsx）」で保存し直してください。",
    "xml_spreadsheet": "中身がXMLスプレッドシートのファイルです。「Excelブック（*.xlsx）」で保存し直してください。",
    "pdf_file": "PDFのファイルです。元の表をCSVかExcelブック（xlsx）で保存して選んでください。",
    "picture_file": "画像のファイルです。元の表をCSVかExcelブック（xlsx）で保存して選んでください。",
    "packed_file": "圧縮されたファイルです。展開した中のCSVかExcelブック（xlsx）を選んでください。",
    "program_file": "表のファイルではありません。CSVかExcelブック（xlsx）を選んでください。",
    "text_named_workbook": "名前はExcelのファイルですが、中身は文字だけ（CSVなど）です。名前の終わりを .csv にして選び直してください。",
    "workbook_named_text": "名前は {ending} ですが、中身はExcelブックかZIPです。Excelブックなら名前の終わりを .xlsx にして選び直してください。",
    "unknown_ending": "名前の終わりが {ending} のファイルは受け付けません。CSV（.csv）かExcelブック（.xlsx）を選んでください。",
}
_WORKBOOK_ENDINGS: Final = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".xltx", ".xltm", ".ods"})
_TEXT_ENDINGS: Final = frozenset({".csv", ".txt", ".tsv", ""})


def table_kind(path: Path, name: str) -> TableKind:
    """What the file is.

    :param name: The name that its sender gave it.
    :raises InvalidInput: When it is no table, or is named as what it is not.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    ending = PurePath(name).suffix.lower()
    if not head:
        raise _refusal("empty_file", name)
    if head.startswith(_OLE):
        is_encrypted = _holds(path, _ENCRYPTED)
        raise _refusal("encrypted_workbook" if is_encrypted else "old_workbook", name)
    for code, signatures in _OTHERS.items():
        # Two letters may begin a heading, too; nothing that is text is taken for a program.
        if head.startswith(signatures) and (b"\0" in head or len(signatures[0]) > 2):
            raise _refusal(code, name)
    if head.startswith(b"PK\x03\x04"):
        # Every kind of workbook in a ZIP goes on to its reader, which knows the better words.
        if ending not in _WORKBOOK_ENDINGS:
            raise _refusal("workbook_named_text", name, ending=ending or "（なし）")
        return TableKind.WORKBOOK
    _refuse_markup(head, name)
    if ending in _WORKBOOK_ENDINGS:
        raise _refusal("text_named_workbook", name)
    if ending not in _TEXT_ENDINGS:
        raise _refusal("unknown_ending", name, ending=ending)
    return TableKind.CSV


def _refuse_markup(head: bytes, name: str) -> None:
    text = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip().lower()
    if text.startswith((b"<?xml", b"<workbook")) and _SPREADSHEET_ML in text:
        raise _refusal("xml_spreadsheet", name)
    if text.startswith(_MARKUP) or (
        text.startswith(b"<") and any(each in text for each in _MARKUP)
    ):
        raise _refusal("html_file", name)


def _holds(path: Path, wanted: bytes) -> bool:
    """Whether the bytes stand anywhere in the file, which is never held as a whole."""
    with path.open("rb") as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            if wanted in tail + chunk:
                return True
            tail = chunk[-len(wanted) :]
    return False


def _refusal(code: str, name: str, **params: object) -> InvalidInput:
    return InvalidInput([Problem(code, _TEXTS[code], file=name, params=params)])
