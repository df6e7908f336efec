"""Real tables in every layout that the tree reads, and ways in which files go wrong."""

import csv
import io
import random
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import xlsxwriter

from govkit.forms.definition_table import check_table, headings
from govkit.modules.enrolment.zones import replace_zones
from govkit.residents.adapters.csv_delta import read_delta
from govkit.residents.adapters.csv_extract import read_extract
from govkit.residents.adapters.extract_columns import COLUMNS
from govkit.residents.adapters.protection_feed import ProtectionFeed
from govkit.residents.adapters.protection_list import read_protection_list
from govkit.residents.claims import read_claims
from tests.forms.definitions import define
from tests.residents.extracts import CITY, PLAIN

NAMES = ("山田　花", "髙﨑　𠮷男", "辻󠄀　葛󠄀", "渡邉　美佐", "ニュエン　ヴァン", "O'Neil, Ann")


def _people(**more):
    return [
        PLAIN | {"宛名番号": f"{n:015d}", "世帯番号": f"{n + 90:015d}", "氏名": NAMES[n % 6]} | more
        for n in range(1, 9)
    ]


def _protected(**more):
    row = {"市区町村コード": CITY, "措置区分": "1"} | more
    return [row | {"宛名番号": f"{n:015d}"} for n in range(1, 9)]


FORM = define(
    '[[field]]\nid = "name"\ntype = "text"\nlabel = "氏名"\nrequired = true\n'
    '[[field]]\nid = "birth"\ntype = "date"\nlabel = "生年月日"\n'
)


@dataclass(frozen=True)
class Layout:
    """A table and what reads it: ``read(work, received, encoding)`` gives problems of rows."""

    name: str
    rows: Sequence[dict[str, str]]
    read: Callable

    def __repr__(self):
        return self.name

    @property
    def table(self):
        heads = list(self.rows[0])
        return [heads, *([row.get(head, "") for head in heads] for row in self.rows)]


def _city(reader):
    def read(work, received, encoding):
        found = reader(received.path, municipality_code=CITY, encoding=encoding, name=received.name)
        return getattr(found, "problems", ())

    return read


def _feed(work, received, encoding):
    feed = ProtectionFeed(municipality_code=CITY, clock=lambda: work.now, max_age=timedelta(days=1))
    feed.read_list(received.path, encoding=encoding, name=received.name)
    return ()


def _zones(work, received, encoding):
    replace_zones(work, received.path, encoding=encoding, name=received.name)
    return ()


def _claims(work, received, encoding):
    return read_claims(received.path, encoding=encoding, name=received.name).problems


def _form(work, received, encoding):
    return check_table(FORM, received.path, encoding=encoding, name=received.name).problems


_ALIASED = {column.aliases[0]: column.name for column in COLUMNS if column.aliases}


def _older(rows):
    """The extract under the headings of another version."""
    named = {ours: theirs for theirs, ours in _ALIASED.items()}
    return [{named.get(key, key): value for key, value in row.items()} for row in rows]


_ZONES = [
    {"町字ID": f"{n:07d}", "町字": "錦町", "小学校コード": "", "中学校コード": ""}
    for n in range(1, 9)
]
_LIST = [
    {
        "番号": str(n),
        "氏名": name,
        "フリガナ": "ヤマダ ハナ",
        "生年月日": "令和2年4月1日",
        "性別": "女",
    }
    for n, name in enumerate(NAMES)
]
_BUILDINGS = [
    {"氏": "山田", "名": "花", "誕生日": "2020/4/1", "住所": "立川市錦町1-1", "方書": "コーポ\n201"}
] * 6
_WHOLE = {column.name: "" for column in COLUMNS}
LAYOUTS = (
    Layout("extract", _people(), _city(read_extract)),
    Layout("extract_older", _older(_people()), _city(read_extract)),
    Layout("extract_whole", [_WHOLE | row for row in _people()], _city(read_extract)),
    Layout("extract_deleted", _people(削除フラグ="1"), _city(read_extract)),
    Layout("delta", _people(個人履歴番号="2"), _city(read_delta)),
    Layout("protection", _protected(), _city(read_protection_list)),
    Layout(
        "protection_history", _protected(履歴番号="1", 最新フラグ="1"), _city(read_protection_list)
    ),
    Layout("feed", _protected(支援措置終了年月日="2027-04-01", 支援措置番号="1"), _feed),
    Layout("zones", _ZONES, _zones),
    Layout("claims", _LIST, _claims),
    Layout("claims_parts", _BUILDINGS, _claims),
    Layout(
        "form",
        [dict(zip(headings(FORM), (name, "令和2年4月1日"), strict=True)) for name in NAMES],
        _form,
    ),
)


def as_csv(table, encoding="utf-8", newline="\r\n", *, is_quoted=False):
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL
    csv.writer(text, lineterminator=newline, quoting=quoting).writerows(table)
    return text.getvalue().encode(encoding, "replace")


def as_xlsx(table):
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("名簿")
        for number, row in enumerate(table):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    form = workbook.add_format({"num_format": "yyyy-mm-dd"})
                    sheet.write_datetime(number, column, cell, form)
                elif isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                else:
                    sheet.write(number, column, cell)
    return body.getvalue()


# -- damage


def _cut(rng, body):
    return body[: rng.randrange(len(body) + 1)]


def _flip(rng, body):
    spoilt = bytearray(body)
    for _ in range(rng.randint(1, 8)):
        spoilt[rng.randrange(len(spoilt))] ^= 1 << rng.randrange(8)
    return bytes(spoilt)


def _insert(rng, body):
    what = rng.choice(
        [b"\0", b"\0" * 99, b'"', b'""', b'","', b"\r", b"\n\n", b"\xff", b"\x81", b"\xef\xbb\xbf",
         b"=1+1", b"\x1a", b"," * 3000, b"A" * 200_000, '"あ\n'.encode() * 5000, "👨‍👩‍👧".encode(),
         b"\xed\xa0\x80", b"1.32E+14", "１２３４５６７８９０１８".encode(), b"<html>", b"PK\x03\x04"]
    )  # fmt: skip
    at = rng.randrange(len(body) + 1)
    return body[:at] + what + body[at:]


def _shuffle(rng, body):
    size = max(1, len(body) // 12)
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    rng.shuffle(pieces)
    return b"".join(pieces)


def _repeat(rng, body):
    lines = body.splitlines(keepends=True)
    return b"".join(rng.choices(lines, k=min(2000, len(lines) * rng.randint(1, 40))))


def _noise(rng, body):
    return rng.randbytes(rng.randint(0, 4000))


BYTES = (_cut, _flip, _insert, _shuffle, _repeat, _noise)


def _cells(rng, table):
    """A table with cells that no reader expects."""
    strange = [
        "", " ", "\u3000", "0", "-1", "1e999", "2021-02-30", "令和99年13月", "9" * 400, "あ" * 40_000,
        "\t", "\r\n", "'", '"', "=HYPERLINK(1)", "\u202e", "\ufeff", "123456789018", "\ud83d", "∞", "NaN",
    ]  # fmt: skip
    spoilt = [list(row) for row in table]
    for _ in range(rng.randint(1, 12)):
        row = rng.choice(spoilt)
        act = rng.randrange(5)
        if act < 3 and row:
            row[rng.randrange(len(row))] = rng.choice(strange)
        elif act == 3 and row:
            del row[rng.randrange(len(row))]
        else:
            row.insert(rng.randint(0, len(row)), rng.choice(strange))
    return spoilt


def malformed_csv(rng: random.Random, layout: Layout) -> bytes:
    """A CSV file of a layout that went wrong."""
    table = layout.table if rng.random() < 0.6 else _cells(rng, layout.table)
    encoding = rng.choice(
        ["utf-8", "utf-8", "cp932", "utf-8-sig", "utf-16", "euc-jp", "iso2022_jp"]
    )
    body = as_csv(table, encoding, rng.choice(["\r\n", "\n", "\r"]), is_quoted=rng.random() < 0.3)
    for _ in range(rng.randint(0 if table is not layout.table else 1, 2)):
        body = rng.choice(BYTES)(rng, body)
    return body


def malformed_xlsx(rng: random.Random, whole: bytes) -> bytes:
    """A workbook that went wrong: its bytes, its archive, or what stands in its parts."""
    way = rng.randrange(4)
    if way == 0:
        return rng.choice(BYTES)(rng, whole)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    likely = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"} & set(parts)
    name = rng.choice([*sorted(likely), *parts])
    if way == 1:
        parts[name] = rng.choice(BYTES)(rng, parts[name])
    elif way == 2:
        parts[name] = _spoilt_xml(rng, parts[name])
    else:
        act = rng.randrange(4)
        if act == 0:
            del parts[name]
        elif act == 1:
            parts[rng.choice(["../../x", "/etc/x", "C:\\x", "xl/vbaProject.bin", "a/../b"])] = b"x"
        elif act == 2:
            parts |= {f"xl/media/{n}.bin": b"" for n in range(rng.choice([3, 1200]))}
        else:
            parts[name] = b" " * rng.choice([2_000_000, 40_000_000])
    return zipped(parts)


def zipped(parts):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return body.getvalue()


def _spoilt_xml(rng, data):
    """Well formed for the most part, and wrong."""
    old, new = rng.choice(
        [
            (b'r="A2"', b'r="XFD1048576"'), (b'r="B3"', b'r="ZZZ9999999"'), (b't="s"', b't="e"'),
            (b"<v>0</v>", b"<v>99999999</v>"), (b"<v>1</v>", b"<v>-1</v>"), (b"<v>", b"<f>1+1</f><v>"),
            (b"</sheetData>", b""), (b"<sheetData>", b"<sheetData><row><c/></row>"),
            (b"?>", b'?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
            (b"<t>", b"<t>&a;"), (b"<t>", b"<t>&#0;"), (b"UTF-8", b"UTF-16"), (b't="s"', b't="inlineStr"'),
            (b't="s"', b't="d"'), (b't="s"', b""), (b"<row ", b"<row><row "), (b"<si>", b"<si><si>"),
            (b'r="1"', b'r="0"'), (b'r="2"', b'r="-2"'), (b"sheet1.xml", b"sheet9.xml"),
        ]
    )  # fmt: skip
    return data.replace(old, new, rng.choice([1, 3, -1]))
