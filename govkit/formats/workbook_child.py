"""The program that opens an Excel workbook in a process of its own; :mod:`govkit.formats.workbooks` starts it.

It imports nothing of govkit, so that it starts in milliseconds. The file is its standard input;
bounds are its only argument, in JSON. What it finds goes to standard output as frames: four bytes of
length, then JSON: ``{"sheet": …}``, ``{"rows": […]}``, ``{"problem": code, …}``, ``{"end": …}``. Before
it looks at the file it gives up what it does not need: memory, time, files, the network.
"""

import ctypes
import json
import lzma
import re
import resource
import stat
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final
from xml.parsers import expat

import python_calamine

__all__ = ["main"]

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_NO_NEW_PRIVILEGES: Final = 38
_OPEN_FILES: Final = 16
_FRAME_LETTERS: Final = 1 << 18
_SMALL: Final = 1 << 20
_MOST_PLACES: Final = 20
_EXACT: Final = 10**15
"""From here on Excel has rounded a number (15 significant digits)."""

_REFERENCE: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,3})([0-9]{1,7})["']""")
_BAD_CELL: Final = re.compile(
    rb"""<(?:\w+:)?c\s(?P<mark>[^<>]*\bt\s*=\s*["']e["'][^<>]*)>.{0,2000}?<(?:\w+:)?v[^<>]*>(?P<value>[^<]{0,40})"""
    rb"""|<(?:\w+:)?c\s(?P<formula>[^<>]*)>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)"""
    rb"""\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v\s*></(?:\w+:)?v>)?\s*</(?:\w+:)?c>""",
    re.DOTALL,
)
_SUSPICIOUS: Final = (b'"e"', b"'e'", b"<f", b":f")
"""What a sheet without errors and formulas lacks; found many times faster than the pattern."""
_DAMAGE: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error, lzma.LZMAError),
    *(EOFError, NotImplementedError, OSError, RuntimeError, ValueError),
)
"""What :mod:`zipfile` raises for archives that are cut, spoilt or packed in ways it does not know."""
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_XML_ENDINGS: Final = (".xml", ".rels", ".vml")


class Unusable(Exception):
    """The file cannot be used; the arguments are the code and its facts."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def main(bounds: dict[str, Any], source: BinaryIO, target: BinaryIO) -> None:
    """Give the rows of the only sheet, or say why not."""
    try:
        _check_archive(bounds, source)
        count = _send_rows(bounds, source, target)
        _send(target, end=count, cpu=_cpu_seconds(), memory=_peak_bytes())
    except Unusable as refused:
        _send(
            target, problem=refused.code, cpu=_cpu_seconds(), memory=_peak_bytes(), **refused.facts
        )
    except MemoryError:
        _send(target, problem="workbook_memory", cpu=_cpu_seconds(), memory=_peak_bytes())


def confine(bounds: dict[str, Any]) -> None:
    """Give up memory, time, files and the network, as far as the system allows."""
    seconds = int(bounds["seconds"])
    limits = {
        resource.RLIMIT_AS: bounds["memory_bytes"],
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))
    libc = ctypes.CDLL(None)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    # Where user namespaces are forbidden this fails, and the other limits hold.
    libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_bytes() -> int:
    # Not ru_maxrss: that counts what the starting process had before this program was loaded.
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _send(target: BinaryIO, **frame: object) -> None:
    body = json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    target.write(struct.pack(">I", len(body)))
    target.write(body)
    target.flush()


# -- the archive


def _check_archive(bounds: dict[str, Any], source: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
            _check_entries(bounds, entries)
            _check_kind({entry.filename for entry in entries})
            cells = _check_parts(bounds, archive, entries)
    except _DAMAGE as error:
        raise Unusable("workbook_damaged") from error
    if cells > bounds["max_cells"]:
        raise Unusable("workbook_cells", found=cells, limit=bounds["max_cells"])


def _check_entries(bounds: dict[str, Any], entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > bounds["max_entries"]:
        raise Unusable("archive_entries", found=len(entries), limit=bounds["max_entries"])
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise Unusable("archive_path")
    for entry in entries:
        path = PurePosixPath(entry.orig_filename.replace("\\", "/"))
        is_link = stat.S_ISLNK(entry.external_attr >> 16)
        if is_link or path.is_absolute() or ".." in path.parts or ":" in entry.orig_filename:
            raise Unusable("archive_path")
        if entry.flag_bits & 1:
            raise Unusable("archive_encrypted")
        if entry.file_size > max(_SMALL, entry.compress_size * bounds["max_ratio"]):
            raise Unusable("archive_ratio")
    if sum(entry.file_size for entry in entries) > bounds["max_unpacked_bytes"]:
        raise Unusable("archive_unpacked", limit=bounds["max_unpacked_bytes"] // _SMALL)


def _check_kind(names: set[str]) -> None:
    folded = {name.lower() for name in names}
    if any(name.endswith("vbaproject.bin") for name in folded):
        raise Unusable("macro_workbook")
    if "xl/workbook.bin" in folded:
        raise Unusable("binary_workbook")
    if not {"[content_types].xml", "xl/workbook.xml"} <= folded:
        raise Unusable("no_workbook")


def _check_parts(
    bounds: dict[str, Any], archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]
) -> int:
    """Read every part to its end, whose check sum tells damage; the cells of all sheets."""
    left, cells = bounds["max_unpacked_bytes"], 0
    for entry in entries:
        with archive.open(entry) as part:
            data = part.read(left + 1)  # what the directory says of sizes is not to be believed
        left -= len(data)
        if left < 0:
            raise Unusable("archive_unpacked", limit=bounds["max_unpacked_bytes"] // _SMALL)
        if entry.filename.lower().endswith(_XML_ENDINGS):
            _check_xml(entry.filename, data)
            if entry.filename.lower() == "[content_types].xml" and b"macroEnabled" in data:
                raise Unusable("macro_workbook")
            if _SHEET.fullmatch(entry.filename):
                cells += _check_sheet(bounds, data)
    return cells


def _check_xml(name: str, data: bytes) -> None:
    if b"\0" in data[:8] or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unusable("workbook_xml", part=name)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Unusable("xml_declarations", part=name)
    parser = expat.ParserCreate()
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # LookupError: of the encoding
        raise Unusable("workbook_xml", part=name) from error


def _check_sheet(bounds: dict[str, Any], data: bytes) -> int:
    """The area that the cells of a sheet span, which is what a reader has to hold."""
    width = height = 0
    letters: dict[bytes, int] = {}
    for found in _REFERENCE.finditer(data):
        name, row = found[1], int(found[2])
        height = max(height, row)
        if name not in letters:
            letters[name] = _column_number(name)
            width = max(width, letters[name])
    if height > bounds["max_rows"]:
        raise Unusable("workbook_rows", found=height, limit=bounds["max_rows"])
    if width > bounds["max_columns"]:
        raise Unusable("workbook_columns", found=width, limit=bounds["max_columns"])
    if places := list(_bad_cells(data)):
        raise Unusable("bad_cells", places=places)
    return width * height


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _bad_cells(data: bytes) -> Iterator[tuple[int, str, str]]:
    """Row, column and text of cells that hold an error, or a formula that was never worked out."""
    if not any(mark in data for mark in _SUSPICIOUS):
        return
    for count, found in enumerate(_BAD_CELL.finditer(data)):
        if count == _MOST_PLACES:
            return
        place = _REFERENCE.search(b" " + (found["mark"] or found["formula"] or b""))
        row, column = (int(place[2]), place[1].decode()) if place else (0, "")
        yield row, column, (found["value"] or b"").decode("utf-8", "replace")


# -- the rows


def _send_rows(bounds: dict[str, Any], source: BinaryIO, target: BinaryIO) -> int:
    source.seek(0)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(source)
        title, rows = _only_sheet(workbook)
    except python_calamine.PasswordError as error:
        raise Unusable("encrypted_workbook") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Unusable("workbook_unreadable") from error
    _send(target, sheet=title)
    batch: list[list[str]] = []
    letters = count = 0
    for count, row in enumerate(rows, start=1):
        cells = [_text(cell) for cell in row]
        length = sum(map(len, cells))
        longest = max(map(len, cells), default=0)
        if longest > bounds["max_cell_length"] or length > _FRAME_LETTERS * 4:
            raise Unusable("cell_length", row=count, limit=bounds["max_cell_length"])
        batch.append(cells)
        letters += length + len(cells)
        if letters > _FRAME_LETTERS:
            _send(target, rows=batch)
            batch, letters = [], 0
    _send(target, rows=batch)
    return count


def _only_sheet(workbook: Any) -> tuple[str, Iterator[list[Any]]]:
    """The only sheet that is shown and holds anything."""
    filled = []
    for index, sheet in enumerate(workbook.sheets_metadata):
        if (
            sheet.visible == python_calamine.SheetVisibleEnum.Visible
            and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ):
            read = workbook.get_sheet_by_index(index)
            if read.height:
                filled.append(read)
    if not filled:
        raise Unusable("workbook_empty")
    if len(filled) > 1:
        raise Unusable("several_sheets", names="、".join(sheet.name for sheet in filled)[:200])
    return filled[0].name, filled[0].iter_rows()


def _text(cell: object) -> str:
    """A cell as a CSV file would have it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _number(float(cell))
    if isinstance(cell, datetime):
        is_day = cell.time() == time()
        return cell.date().isoformat() if is_day else cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    raise Unusable("workbook_unreadable")


def _number(value: float) -> str:
    if value.is_integer():
        return str(int(value)) if abs(value) < _EXACT else f"{value:.14E}"
    return repr(value)


if __name__ == "__main__":
    limits = json.loads(sys.argv[1])
    confine(limits)
    main(limits, sys.stdin.buffer, sys.stdout.buffer)
