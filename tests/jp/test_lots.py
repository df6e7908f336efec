import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.jp.lots import LotNumber, clean_building, find_lot, split_lot
from govkit.jp.place_text import kanji_number, place_key
from govkit.jp.text import DASHES

LOTS = [
    # typed, stored, on envelopes
    ("1-2-3", "1-2-3", "1-2-3"),
    ("１－２－３", "1-2-3", "1-2-3"),
    ("１丁目２番地の３", "1丁目2番地の3", "1-2-3"),
    ("一丁目二番三号", "1丁目2番3号", "1-2-3"),
    ("一丁目２番3号", "1丁目2番3号", "1-2-3"),
    ("甲１２３", "甲123", "甲123"),
    ("イ‐１２３", "イ-123", "イ-123"),
    ("イー１２３", "イ-123", "イ-123"),
    ("ロの12", "ロの12", "ロ-12"),
    ("無番地", "無番地", "無番地"),
    ("１２３番地先", "123番地先", "123先"),
    ("123地先", "123地先", "123地先"),
    ("南5条西10丁目", "南5条西10丁目", "南5条西10"),
    ("南五条西十丁目２－３", "南5条西10丁目2-3", "南5条西10-2-3"),
    ("東３線北５号", "東3線北5号", "東3線北5"),
    ("16丁目左6", "16丁目左6", "16-左6"),
    ("第９地割１２", "第9地割12", "第9地割12"),
    ("1ー2ー3", "1-2-3", "1-2-3"),
    ("1ｰ2ｰ3", "1-2-3", "1-2-3"),
    ("1一2一3", "1-2-3", "1-2-3"),
    ("1 - 2 - 3", "1-2-3", "1-2-3"),
    ("1丁目 2番 3号", "1丁目2番3号", "1-2-3"),
    ("　1丁目　2番　3号　", "1丁目2番3号", "1-2-3"),
    ("1-\u200b2", "1-2", "1-2"),
    ("1--2", "1-2", "1-2"),
    ("1-2-", "1-2", "1-2"),
    ("12番地ノ3", "12番地の3", "12-3"),
    ("12番地之3", "12番地の3", "12-3"),
    ("二十三番地", "23番地", "23"),
    ("一〇二番地", "102番地", "102"),
    ("百二十三番地四", "123番地4", "123-4"),
    ("千二百三十四", "1234", "1234"),
    ("一の二", "1の2", "1-2"),
    ("123番地イ", "123番地イ", "123-イ"),
    ("123番甲", "123番甲", "123-甲"),
    ("123-イ", "123-イ", "123-イ"),
    ("丙2-1", "丙2-1", "丙2-1"),
    ("123番外地", "123番外地", "123番外地"),
    ("1・2番地", "1・2番地", "1・2"),
    ("12番地、13番地", "12番地、13番地", "12、13"),
    ("１", "1", "1"),
    ("1丁目", "1丁目", "1"),
    ("'1-2-3", "1-2-3", "1-2-3"),
    ('="1-2-3"', "1-2-3", "1-2-3"),
    ("999番地99", "999番地99", "999-99"),
    ("1〜2〜3", "1-2-3", "1-2-3"),
    ("１～２～３", "1-2-3", "1-2-3"),
    ("12〜15番地", "12〜15番地", "12〜15"),
    ("弐拾参番地", "23番地", "23"),
    ("壱丁目弐番参号", "1丁目2番3号", "1-2-3"),
    ("1丁2番3号", "1丁2番3号", "1-2-3"),
    ("１丁２－３", "1丁2-3", "1-2-3"),
    ("1の2の3", "1の2の3", "1-2-3"),
    ("1丁目2-3号", "1丁目2-3号", "1-2-3"),
    ("１町目２－３", "1町目2-3", "1-2-3"),
    ("廿五番地", "25番地", "25"),
    ("卅番一号", "30番1号", "30-1"),
    ("い１２３", "い123", "い123"),
    ("ぬ48番地", "ぬ48番地", "ぬ48"),
    ("123番イ号", "123番イ号", "123-イ"),
    ("1番甲号", "1番甲号", "1-甲"),
    ("1234番地の1外2筆", "1234番地の1外2筆", "1234-1外2筆"),
    ("123番地 他", "123番地他", "123他"),
]


@pytest.mark.parametrize(("typed", "stored", "short"), LOTS)
def test_lots_are_read_as_people_write_them(typed, stored, short):
    lot = LotNumber.parse(typed)
    assert (str(lot), lot.hyphenated, lot.raw) == (stored, short, typed)
    assert LotNumber.parse(stored) == lot


@pytest.mark.parametrize("dash", sorted(set(DASHES) - {"\u00ad"}))
def test_every_dash_is_a_hyphen_between_numbers(dash):
    assert str(LotNumber.parse(f"１{dash}２{dash}３")) == "1-2-3"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "lot_empty"),
        ("　", "lot_empty"),
        ("\u200b", "lot_empty"),
        ("-", "lot_not_a_lot"),
        ("コーポ", "lot_not_a_lot"),
        ("丁目", "lot_not_a_lot"),
        ("١-٢", "lot_not_a_lot"),
        ("①", "lot_not_a_lot"),
        ("=1-2", "lot_not_a_lot"),
        ("三階", "lot_not_a_lot"),
        ("三田", "lot_not_a_lot"),
        ("<script>", "lot_not_a_lot"),
        ("101号室", "lot_not_a_lot"),
        ("1.2.3", "lot_not_a_lot"),
        ("1/2", "lot_not_a_lot"),
        ("1?", "lot_not_a_lot"),
        ("富士見町1-2", "lot_has_town"),
        ("字山田１", "lot_has_town"),
        ("八幡1", "lot_has_town"),
        ("百百", "lot_has_town"),
        ("百百 A", "lot_has_town"),
        ("1番町4-4", "lot_has_town"),
        ("1-2外山ビル", "lot_has_building"),
        ("1番A号室", "lot_has_building"),
        ("1-2-3コーポ", "lot_has_building"),
        ("1-2-3 405", "lot_has_building"),
        ("1-2-3-101号室", "lot_has_building"),
        ("1番2号101号室", "lot_has_building"),
        ("1-2-3 3F", "lot_has_building"),
        ("２－３メゾン・ド・ミノリー３０１", "lot_has_building"),
        ("2001/2/3", "lot_turned_into_date"),
        ("1月2日", "lot_turned_into_date"),
        ("2-Jan", "lot_turned_into_date"),
        ("Feb-03", "lot_turned_into_date"),
        ("1-" * 30 + "1", "lot_too_long"),
        ("一" * 100_000, "lot_too_long"),
    ],
)
def test_other_texts_are_refused(typed, code):
    with pytest.raises(InvalidValue) as refused:
        LotNumber.parse(typed)
    assert refused.value.problem == code


@pytest.mark.parametrize(
    ("typed", "lot", "building"),
    [
        ("１－２－３メゾン・ド・ミノリー３０１", "1-2-3", "メゾン・ド・ミノリー301"),
        ("1-2-3 コーポ", "1-2-3", "コーポ"),
        ("１番２号　１０１号室", "1番2号", "101号室"),
        ("1-2-3-101号室", "1-2-3", "101号室"),
        ("1-2-3 405", "1-2-3", "405"),
        ("1-2-3-3F", "1-2-3", "3F"),
        ("1丁目2番3号　2階", "1丁目2番3号", "2階"),
        ("123番地の4　第二コーポ", "123番地の4", "第二コーポ"),
        ("1-2三田ハイツ", "1-2", "三田ハイツ"),
        ("1-2-3 2号棟405", "1-2-3", "2号棟405"),
        ("1-2-3第2号館", "1-2-3", "第2号館"),
        ("2丁目3−4−タワー1", "2丁目3-4", "タワー1"),
        ("1-2 山田方", "1-2", "山田方"),
        ("1-2-3-405", "1-2-3-405", ""),
        ("1-番地", "1番地", ""),
        ("コーポ錦101", "", "コーポ錦101"),
        ("", "", ""),
    ],
)
def test_the_building_is_not_swallowed(typed, lot, building):
    assert split_lot(typed) == (lot, building)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("メゾン・ド・ミノリー３０１", "メゾン・ド・ミノリー301"),
        ("コーポ", "コーポ"),
        ("ｺｰﾎﾟ", "コーポ"),
        ("コ‐ポ", "コーポ"),
        ("ﾒｿﾞﾝ－Ａ", "メゾン-A"),
        ("タワー‐１", "タワー-1"),
        ("シャト―", "シャトー"),
        ("シャト−　２０１", "シャトー 201"),
        ("シャト- 201", "シャト- 201"),
        ("ビー1", "ビー1"),
        ("Ａ棟１０１ー２", "A棟101-2"),
        ("ハイツⅡ 一〇一", "ハイツⅡ 一〇一"),
        ("三階", "三階"),
    ],
)
def test_the_long_mark_of_a_building_stays(typed, expected):
    assert clean_building(typed) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("二三", 23),
        ("一〇二", 102),
        ("百一", 101),
        ("千", 1000),
        ("二千三百四十五", 2345),
        ("", None),
        ("十十", None),
        ("三田", None),
    ],
)
def test_numerals_in_kanji(text, number):
    assert kanji_number(text) == number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("霞ヶ関", "霞が関"),
        ("霞ケ関", "霞が関"),
        ("大字大野字若宮", "大野若宮"),
        ("北一条西", "北１条西"),
        ("南十一条", "南11条"),
        ("井の頭", "井之頭"),
        ("瀧野川", "滝野川"),
        ("ｱｵﾊﾞ", "アオバ"),
        ("つつじ が丘", "つつじヶ丘"),
    ],
)
def test_one_place_has_one_key(one, other):
    assert place_key(one) == place_key(other)


@pytest.mark.parametrize(("one", "other"), [("三田", "二田"), ("11条", "1条1"), ("中町", "仲町")])
def test_other_places_have_other_keys(one, other):
    assert place_key(one) != place_key(other)


def test_two_ways_to_write_a_lot_have_one_key():
    assert LotNumber.parse("一丁目二番三号").key == LotNumber.parse("1-2-3").key
    assert LotNumber.parse("一丁目二番三号") != LotNumber.parse("1-2-3")


TEXTS = (
    st.text(
        st.sampled_from(
            "1２三十百廿0-ー－‐−　 丁目番地号室階の先外他筆甲イいコポ・東条町方Aa〜①١\u200b"
        )
    )
    | st.text()
)


@given(TEXTS)
def test_reading_again_changes_nothing(text):
    try:
        lot = LotNumber.parse(text)
    except InvalidValue:
        return
    assert LotNumber.parse(str(lot)) == lot
    assert len(str(lot)) <= 50


@given(TEXTS)
def test_splitting_never_fails_and_is_stable(text):
    lot, building = split_lot(text)
    assert split_lot(lot) == (lot, "")
    assert not lot or split_lot(f"{lot} {building}") == (lot, building)
    assert find_lot(text) >= -1
    assert clean_building(building) == building


@given(st.text())
def test_kanji_of_a_building_stay(text):
    kanji = [letter for letter in text if "㐀" <= letter <= "鿿" or "豈" <= letter <= "舘"]
    cleaned = clean_building(text)
    kept = [letter for letter in cleaned if "㐀" <= letter <= "鿿" or "豈" <= letter <= "舘"]
    assert [each for each in kept if each != "一"] == [each for each in kanji if each != "一"]
    assert len(cleaned) <= len(text)


@pytest.mark.parametrize("letter", ["一", "ー-", "1号室", "イ-", " ", "〜1", "ー1", "1の"])
def test_long_texts_take_no_time_to_speak_of(letter):
    for length in (900, 200_000):
        text = (letter * length)[:length]
        split_lot(text)
        find_lot(text)
        clean_building(text)
