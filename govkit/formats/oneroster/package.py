"""Packages: the ZIP file that holds a roster, written byte for byte alike and checked on receipt."""

import csv
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final

from govkit.errors import InvalidInput, Problem
from govkit.formats.oneroster.layout import FILES, MANDATORY_FILES, Profile, headings
from govkit.formats.oneroster.records import OrgType, Package
from govkit.formats.oneroster.rows import Cells, sheets_of
from govkit.formats.oneroster.rules import check_sheets

__all__ = ["check_package", "package_name", "write_package"]

_ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_DAMAGE: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error, lzma.LZMAError),
    *(EOFError, NotImplementedError, OSError, RuntimeError, ValueError),
)
"""What :mod:`zipfile` raises for archives that are cut, spoilt or packed in ways it does not know."""
_MAX_BYTES: Final = 1 << 30
_BOM: Final = "\ufeff"
_NAME: Final = re.compile(r"RO_[0-9]{8}_(?:[0-9]{6}|[A-H][12][0-9]{11})\.zip")


def package_name(package: Package, made_on: date) -> str:
    """File name of a package: ``RO_YYYYMMDD_`` and the code of its board of education."""
    codes = [org.identifier for org in package.orgs if org.type == OrgType.DISTRICT]
    codes += [org.identifier for org in package.orgs]
    return f"RO_{made_on:%Y%m%d}_{codes[0]}.zip"


def write_package(
    package: Package, target: BinaryIO, *, profile: Profile = Profile.JAPAN_K12_1_0
) -> None:
    """Check a package and write it as a ZIP file; the same package gives the same bytes.

    UTF-8 without BOM, CR LF, every cell quoted. A problem's row less two is the index of its
    record in the package.

    :raises InvalidInput: With every problem found, before a byte is written.
    """
    sheets = sheets_of(package, profile)
    if problems := check_sheets(dict(sheets), profile):
        raise InvalidInput(problems)
    with zipfile.ZipFile(target, "w") as archive:
        for file, rows in sheets.items():
            entry = zipfile.ZipInfo(f"{file}.csv", _ZIP_EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o600 << 16
            data = _csv_text(headings(file, profile), rows).encode()
            # Level 1 costs a third of the default and makes the file an eighth larger.
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED, compresslevel=1)


def _csv_text(heads: Cells, rows: Sequence[Cells]) -> str:
    """All cells quoted; joined as a whole where no cell holds a quotation mark of its own."""
    lines = [f'"{cells}"\r\n' for cells in map('","'.join, (heads, *rows))]
    text = "".join(lines)
    if text.count('"') == 2 * len(heads) * len(lines):
        return text
    quoted = io.StringIO(newline="")
    csv.writer(quoted, quoting=csv.QUOTE_ALL).writerows((heads, *rows))
    return quoted.getvalue()


def _problem(code: str, text: str, name: str = "", **params: object) -> Problem:
    return Problem(f"oneroster_{code}", text, file=name, params=params)


def check_package(source: Path | BinaryIO) -> list[Problem]:
    """Every problem of a package that somebody made, of any of the three dialects."""
    found = _problems_of(source)
    name = source.name if isinstance(source, Path) else ""
    return [replace(each, file=each.file or name) for each in found]


def _problems_of(source: Path | BinaryIO) -> list[Problem]:
    problems = []
    if isinstance(source, Path) and not _NAME.fullmatch(source.name):
        text = "ファイル名は RO_YYYYMMDD_（教育委員会コードか学校コード）.zip にしてください。"
        problems.append(_problem("file_name", text, source.name))
    try:
        with zipfile.ZipFile(source) as archive:
            return problems + _check_archive(archive)
    except _DAMAGE:
        return [*problems, _problem("not_a_zip", "ZIPファイルではないか、壊れています。")]


def _check_archive(archive: zipfile.ZipFile) -> list[Problem]:
    entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > _MAX_BYTES:
        return [_problem("too_large", "展開すると大きすぎます。学校ごとに分けてください。")]
    if any(entry.flag_bits & 1 for entry in entries):
        return [_problem("encrypted", "暗号化されたZIPです。パスワードなしのZIPにしてください。")]
    names = [entry.filename for entry in entries]
    problems = [
        _problem("file_twice", "同じ名前のファイルが二つあります。", name)
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if "manifest.csv" not in names:
        text = "manifest.csvがありません。フォルダーに入れず、ZIPの直下に置いてください。"
        return [*problems, _problem("no_manifest", text)]
    contents = {name: archive.read(name) for name in names}
    manifest, found = _read_sheet("manifest.csv", contents, ("propertyName", "value"))
    problems += found
    declared = {row[0]: row[1] for row in manifest or ()}
    profile, found = _check_manifest(declared, set(names))
    problems += found
    if profile is Profile.JAPAN_ED2 and b"resourceSourcedIds" not in contents.get("users.csv", b""):
        # Packages of JP v1.2.1 state 1.2 as well.
        profile = Profile.JAPAN_1_2_1
    sheets: dict[str, Sequence[Cells]] = {}
    for file in (*MANDATORY_FILES, "userProfiles", "demographics"):
        if f"{file}.csv" in contents:
            rows, found = _read_sheet(f"{file}.csv", contents, headings(file, profile))
            problems += found
            if rows is not None:
                sheets[file] = rows
    is_whole = all(file in sheets for file in MANDATORY_FILES)
    return problems + (check_sheets(sheets, profile) if is_whole else [])


def _check_manifest(declared: dict[str, str], names: set[str]) -> tuple[Profile, list[Problem]]:
    problems = []
    versions = {profile.value: profile for profile in Profile}
    version = declared.get("oneroster.version", "")
    if version not in versions or declared.get("manifest.version") != "1.0":
        text = "manifest.versionは1.0、oneroster.versionは {versions} のどれかにしてください。"
        problems.append(_problem("version", text, "manifest.csv", versions=" / ".join(versions)))
    for file in FILES:
        name, mode = f"{file}.csv", declared.get(f"file.{file}", "")
        if mode not in {"absent", "bulk", "delta"}:
            text = "file.{file} は absent / bulk / delta のどれかにしてください。"
        elif file in MANDATORY_FILES and mode != "bulk":
            text = "file.{file} は bulk にしてください。"
        elif (mode == "absent") is (name in names):
            text = "file.{file} の値と、ZIPの中のファイルの有無が合いません。"
        else:
            continue
        problems.append(_problem("manifest", text, "manifest.csv", file=file))
    profile = versions.get(version, Profile.newest())
    unknown = names - {f"{file}.csv" for file in FILES} - {"manifest.csv"}
    text = "manifest.csvにないファイルです。ZIPから取り除いてください。"
    problems += [_problem("undeclared_file", text, name) for name in sorted(unknown)]
    return profile, problems


def _read_sheet(
    name: str, contents: dict[str, bytes], expected: Cells
) -> tuple[list[Cells] | None, list[Problem]]:
    """Rows below the headings, or none where the file cannot be read."""
    try:
        text = contents[name].decode()
    except UnicodeDecodeError:
        return None, [_problem("not_utf_8", "UTF-8にしてください。", name)]
    problems = []
    if text.startswith(_BOM):
        problems.append(_problem("bom", "BOMを付けないUTF-8にしてください。", name))
        text = text.removeprefix(_BOM)
    try:
        first, *rows = map(tuple, csv.reader(io.StringIO(text, newline=""), strict=True))
    except (csv.Error, ValueError):
        return None, [*problems, _problem("not_csv", "CSVとして読めません。", name)]
    if text != _csv_text(first, rows):
        found = "すべての値を引用符で囲み、行の終わりをCR LFにしてください。"
        problems.append(_problem("not_quoted", found, name))
    if first != expected:
        found = "見出しの並びが違います。決められた順にしてください。"
        return None, [*problems, _problem("headings", found, name)]
    if any(len(row) != len(first) for row in rows):
        found = "列の数が見出しと違う行があります。"
        return None, [*problems, _problem("ragged", found, name)]
    return rows, problems
