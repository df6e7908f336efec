"""What a file is, judged by its content, and names of files that are safe to keep and to show."""

import codecs
import re
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Final

__all__ = ["KINDS", "FileKind", "clean_filename", "numbered", "recognise"]


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file.

    :param name: Name in declarations: ``pdf``.
    :param endings: Endings of names that say so, the usual one first.
    :param media_type: As registered with IANA.
    """

    name: str
    endings: tuple[str, ...]
    media_type: str


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
KINDS: Final = {
    kind.name: kind
    for kind in (
        FileKind("pdf", (".pdf",), "application/pdf"),
        FileKind("jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), "image/jpeg"),
        FileKind("png", (".png",), "image/png"),
        FileKind("heic", (".heic", ".heif"), "image/heic"),
        FileKind("xlsx", (".xlsx",), f"{_OFFICE}.spreadsheetml.sheet"),
        FileKind("docx", (".docx",), f"{_OFFICE}.wordprocessingml.document"),
        FileKind("csv", (".csv",), "text/csv"),
        FileKind("text", (".txt",), "text/plain"),
    )
}
"""The kinds of file that can be told apart, by name."""

_HEAD: Final = 1024
_CHUNK: Final = 1 << 16
_MAX_PARTS: Final = 10_000
# ISO/IEC 23008-12 annex B and ISO/IEC 14496-12: brands of still pictures coded in HEVC.
_HEIC_BRANDS: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
# What Python makes of bytes that CP932 does not define.
_NO_LETTER: Final = re.compile("[\x80-\x9f\uf8f0-\uf8f3]")
_BINARY: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")


def _is_heic(stream: BinaryIO) -> bool:
    head = stream.read(12)
    return head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS


def _starts(*signatures: bytes) -> Callable[[BinaryIO], bool]:
    return lambda stream: stream.read(16).startswith(signatures)


def _is_pdf(stream: BinaryIO) -> bool:
    # ISO 32000-1 annex H: readers accept the header within the first 1024 bytes.
    return b"%PDF-" in stream.read(_HEAD)


def _is_office(part: str) -> Callable[[BinaryIO], bool]:
    def holds(stream: BinaryIO) -> bool:
        try:
            with zipfile.ZipFile(stream) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
            return False
        has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        is_whole = {"[Content_Types].xml", part} <= set(names)
        return is_whole and not has_macros and len(names) <= _MAX_PARTS

    return holds


def _is_decodable(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        while chunk := stream.read(_CHUNK):
            if _BINARY.search(chunk):
                return False
            if _NO_LETTER.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_text(stream: BinaryIO) -> bool:
    """UTF-8 with or without a mark at its start, or CP932, as spreadsheets write it."""
    if _is_pdf(stream):
        return False
    for encoding in ("utf-8", "cp932"):
        stream.seek(0)
        if _is_decodable(stream, encoding):
            return True
    return False


_CHECKS: Final[dict[str, Callable[[BinaryIO], bool]]] = {
    "pdf": _is_pdf,
    "jpeg": _starts(b"\xff\xd8\xff"),
    "png": _starts(b"\x89PNG\r\n\x1a\n"),
    "heic": _is_heic,
    "xlsx": _is_office("xl/workbook.xml"),
    "docx": _is_office("word/document.xml"),
    "csv": _is_text,
    "text": _is_text,
}


def recognise(stream: BinaryIO, kinds: Collection[str]) -> tuple[str, ...]:
    """Those of some kinds that the content fits; text may be several. Reading goes on at its start."""
    found = []
    for name in kinds:
        stream.seek(0)
        if _CHECKS[name](stream):
            found.append(name)
    stream.seek(0)
    return tuple(found)


# Controls, zero-width characters and marks that turn the direction of writing: a name with U+202E
# shows "gpj.exe" for what is "exe.jpg".
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
    "|[\ud800-\udfff]|[\U000e0000-\U000e007f]"
)
# Forbidden on Windows, or folded into a separator by its code pages.
_FORBIDDEN: Final = re.compile('[<>:"|?*\u00a5\u2044\u2215\u29f8]')
_DEVICE: Final = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_LONGEST_BYTES: Final = 200


def _cut(stem: str, ending: str) -> str:
    while stem and len((stem + ending).encode()) > _LONGEST_BYTES:
        stem = stem[:-1]
    return stem + ending


def clean_filename(name: str) -> str:
    """The name of an uploaded file, without folders and without what misleads or breaks a system.

    Kanji and kana stay as they are. Blank names become ``file``.
    """
    last = re.split(r"[/\\]", _UNSEEN.sub("", name))[-1]
    plain = " ".join(_FORBIDDEN.sub("_", last).split()).rstrip(". ")
    if plain.startswith("."):
        plain = f"file.{plain.lstrip('. ')}"
    if _DEVICE.fullmatch(plain):
        plain = f"_{plain}"
    path = PurePosixPath(plain or "file")
    ending = path.suffix if len(path.suffix) <= 10 else ""
    return _cut(plain.removesuffix(ending) if ending else plain or "file", ending)


def numbered(name: str, taken: Collection[str]) -> str:
    """The name, with ``(2)``, ``(3)`` … before its ending while another file has it already."""
    folded = {each.casefold() for each in taken}
    path, number, free = PurePosixPath(name), 1, name
    while free.casefold() in folded:
        number += 1
        free = _cut(path.stem, f"({number}){path.suffix}")
    return free
