"""The postcode data: what the counts of the source must be, and what is cleaned away."""

import subprocess
import sys
import threading
from collections import Counter, defaultdict
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.jp import postcodes
from govkit.jp.numbers import MunicipalityCode
from govkit.jp.postcodes import all_postcodes, lookup, municipalities, municipality, reverse, towns
from govkit.jp.prefectures import PREFECTURES

NOT_LISTED = "以下に掲載がない場合"


@pytest.fixture(scope="module")
def areas():
    table = postcodes._table()
    return {f"{code:07d}": table.areas(index) for index, code in enumerate(table.codes)}


def test_the_data_says_its_source_and_date():
    assert date(2026, 10, 1) <= postcodes.DATA_DATE
    assert "Japan Post" in postcodes.DATA_SOURCE
    assert postcodes._FILE.read_bytes().split(b"\n", 1)[0].count(b"\t") == 2


def test_the_data_is_small():
    assert len(postcodes._FILE.read_bytes()) <= 2_000_000


def test_all_codes_of_the_source_are_there(areas):
    offices = {code for code, found in areas.items() if any(each.office for each in found)}
    assert len(offices) == 22_200
    assert len(areas) - len(offices) == 120_720


def test_all_postcodes_are_listed_in_order(areas):
    assert list(all_postcodes()) == sorted(areas)


def test_codes_with_several_places_keep_them_all(areas):
    # 1,339 codes have several rows in the source, one more names three towns in one row.
    places = {code: [each for each in found if not each.office] for code, found in areas.items()}
    assert sum(len(found) > 1 for found in places.values()) == 1_340
    cities = [code for code, found in places.items() if len({a.city for a in found}) > 1]
    assert len(cities) == 134
    prefectures = [code for code, found in places.items() if len({a.prefecture for a in found}) > 1]
    assert prefectures == ["4980000", "6180000", "8710000"]


def test_codes_for_the_rest_of_a_municipality_have_a_blank_town(areas):
    first = [found[0] for found in areas.values()]
    rest = [each for each in first if each.note == NOT_LISTED]
    assert len(rest) == 1_769
    assert {each.town for each in rest} == {""}
    # One of the 552 stands behind 甲、乙.
    assert sum(each.note in ("その他", "甲、乙（その他）") for each in first) == 552


def test_no_town_holds_a_remark(areas):
    remarks = ("（", "(", "以下に", "の次に", "がくる場合", "地割", "〜", "、")
    assert [
        each.town
        for found in areas.values()
        for each in found
        if any(remark in each.town + each.kana for remark in remarks) and not each.office
    ] == []


def test_every_area_has_a_reading_in_katakana(areas):
    unread = Counter(
        each.kana
        for found in areas.values()
        for each in found
        if each.town and not each.office and not each.kana
    )
    assert not unread
    letters = {letter for found in areas.values() for each in found for letter in each.kana}
    assert [letter for letter in letters if not ("ァ" <= letter <= "ー" or letter.isascii())] == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("1900022", [("東京都", "立川市", "錦町", "ニシキチョウ", "")]),
        ("190-0022", [("東京都", "立川市", "錦町", "ニシキチョウ", "")]),
        ("0600042", [("北海道", "札幌市中央区", "大通西", "オオドオリニシ", "1〜19丁目")]),
        ("1000000", [("東京都", "千代田区", "", "", NOT_LISTED)]),
        (
            "4980000",
            [
                ("愛知県", "弥富市", "", "", NOT_LISTED),
                ("三重県", "桑名郡木曽岬町", "", "", NOT_LISTED),
            ],
        ),
        ("5220317", [("滋賀県", "犬上郡多賀町", "一円", "イチエン", "")]),
        ("1000301", [("東京都", "利島村", "", "", "")]),
        ("3060433", [("茨城県", "猿島郡境町", "", "", "")]),
        ("4090142", [("山梨県", "北都留郡小菅村", "", "", "小菅村の次に1〜663番地がくる場合")]),
        ("7614103", [("香川県", "小豆郡土庄町", "", "", "甲、乙（大木戸）")]),
        (
            "4411324",
            [
                ("愛知県", "新城市", "井道", "イミチ", ""),
                ("愛知県", "新城市", "奥井道", "オクイミチ", ""),
                ("愛知県", "新城市", "内井道", "ウチイミチ", ""),
            ],
        ),
        (
            "1006001",
            [("東京都", "千代田区", "霞が関霞が関ビル", "カスミガセキカスミガセキビル", "1階")],
        ),
        ("9999999", []),
        ("0000000", []),
        ("190002", []),
        ("１９０００２２", []),
        ("", []),
        ("ABC1234", []),
    ],
)
def test_lookup(code, expected):
    found = [(a.prefecture, a.city, a.town, a.kana, a.note) for a in lookup(code)]
    assert found == expected


def test_streets_of_kyoto_are_notes():
    (area,) = lookup("6020847")
    assert (area.city, area.town, area.kana) == ("京都市上京区", "大宮町", "オオミヤチョウ")
    assert area.note.startswith("今出川通河原町西入、")


def test_blocks_of_iwate_are_notes():
    found = {area.town: area for area in lookup("0295503")}
    assert found["穴明"].note == "22地割、23地割"
    assert found["間木野"].kana == "マギノ"


def test_offices_have_a_name_and_a_street():
    (area,) = lookup("0608621")
    assert (area.city, area.town) == ("札幌市中央区", "北一条西")
    assert area.street == "6丁目1-2アーバンネット札幌ビル2F"
    assert area.office == "株式会社　日本経済新聞社　札幌支社"
    assert str(area) == "北海道札幌市中央区北一条西6丁目1-2アーバンネット札幌ビル2F"
    assert [each.office[-5:] for each in lookup("0608797")][1:3] == ["　札幌支店", "域センター"]


def test_municipalities_are_those_of_the_data():
    assert len(municipalities()) == 1_892
    assert {each.prefecture for each in municipalities()} == {each.name for each in PREFECTURES}
    assert {each.code for each in municipalities()} == {
        str(MunicipalityCode.parse(each.code)) for each in municipalities()
    }
    assert len(municipalities("東京都")) == 62
    assert municipalities("江戸") == ()


def test_municipality_codes_begin_with_their_prefecture():
    names = {each.code: each.name for each in PREFECTURES}
    assert all(names[each.code[:2]] == each.prefecture for each in municipalities())


@pytest.mark.parametrize(
    ("code", "name", "district", "designated_city", "own_name"),
    [
        ("132021", "立川市", "", "", "立川市"),
        ("01408", "余市郡余市町", "余市郡", "", "余市町"),
        ("011011", "札幌市中央区", "", "札幌市", "札幌市中央区"),
        ("131016", "千代田区", "", "", "千代田区"),
        ("292036", "大和郡山市", "", "", "大和郡山市"),
        ("13381", "三宅島三宅村", "三宅島", "", "三宅村"),
        ("13401", "八丈島八丈町", "八丈島", "", "八丈町"),
        ("13421", "小笠原村", "", "", "小笠原村"),
        ("242021", "四日市市", "", "", "四日市市"),
        ("342131", "廿日市市", "", "", "廿日市市"),
        ("122033", "市川市", "", "", "市川市"),
        ("132136", "東村山市", "", "", "東村山市"),
    ],
)
def test_parts_of_a_municipality(code, name, district, designated_city, own_name):
    found = municipality(code)
    assert found is not None
    assert (found.name, found.district) == (name, district)
    assert (found.designated_city, found.own_name) == (designated_city, own_name)


def test_every_town_and_village_has_a_district_but_the_islands_of_tokyo():
    without = [each for each in municipalities() if each.name[-1] in "町村" and not each.district]
    assert {each.prefecture for each in without} == {"東京都"}
    assert len(without) == 7


@pytest.mark.parametrize("code", ["", "1", "999999", "13202100", "13999", "北海道"])
def test_an_unknown_code_has_no_municipality(code):
    assert municipality(code) is None


@pytest.mark.parametrize(
    ("place", "codes"),
    [
        (("東京都", "立川市", "錦町"), ("1900022",)),
        (("東京都", "千代田区", "霞が関"), ("1000013",)),
        (("東京都", "千代田区", "霞ヶ関"), ("1000013",)),
        (("東京都", "千代田区", "霞ケ関"), ("1000013",)),
        (("東京都", "千代田区", "九段南"), ("1020074",)),
        (("東京都", "千代田区", "一番町"), ("1020082",)),
        (("北海道", "余市郡余市町", "大川町"), ("0460004",)),
        (("北海道", "余市町", "大川町"), ("0460004",)),
        (("北海道", "札幌市中央区", "北１条西"), ("0600001", "0640821")),
        (("北海道", "札幌市中央区", "北一条西"), ("0600001", "0640821")),
        (("東京都", "千代田区", ""), ("1000000",)),
        (("東京都", "千代田区", "富士見町"), ()),
        (("東京都", "江戸市", "錦町"), ()),
        (("埼玉県", "立川市", "錦町"), ()),
        (("", "立川市", "錦町"), ("1900022",)),
    ],
)
def test_reverse_lookup(place, codes):
    assert reverse(*place) == codes


def test_towns_of_a_municipality_come_once():
    found = towns("131016")
    assert found[0].name == "千代田"
    names = [(town.name, town.kana) for town in found]
    assert len(set(names)) == len(names)
    assert next(town for town in found if town.name == "一ツ橋").postcodes == ("1000003", "1010003")
    assert towns("999999") == ()


@given(st.data())
def test_lookup_and_reverse_agree(data):
    table = postcodes._table()
    index = data.draw(st.integers(0, len(table.codes) - 1))
    for area in lookup(f"{table.codes[index]:07d}"):
        if not area.office:
            assert area.postcode in reverse(area.prefecture, area.city, area.town)


@given(st.integers(0, 9_999_999))
def test_any_number_can_be_asked_for(number):
    assert all(area.postcode == f"{number:07d}" for area in lookup(f"{number:07d}"))


def test_threads_may_ask_at_once():
    postcodes._unpacked.cache_clear()
    found: dict[int, object] = defaultdict(object)
    threads = [
        threading.Thread(target=lambda n=n: found.__setitem__(n, postcodes._table()))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(table) for table in found.values()}) == 1


def test_importing_unpacks_nothing():
    program = "from govkit.jp import postcodes; print(postcodes._unpacked.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"0"


def test_the_table_takes_few_megabytes():
    table = postcodes._table()
    parts = (table.text, table.codes, table.starts)
    assert sum(sys.getsizeof(part) for part in parts) < 10_000_000
