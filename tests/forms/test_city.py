"""市区町村 as typed: also one that is no more, so no list decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms import CityField
from tests.forms.cases import check, outcome

CASES = [
    ("立川市", "立川市", ""),
    ("　立川市　", "立川市", ""),
    ("立川市\n", "立川市", ""),
    ("\x00立川市", "立川市", ""),
    ("立川\u200b市", "立川市", ""),
    ("立川\u00ad市", "立川市", ""),
    ("\ufeff立川市", "立川市", ""),
    ("余市郡余市町", "余市郡余市町", ""),
    ("札幌市中央区", "札幌市中央区", ""),
    ("京都市　北区", "京都市 北区", ""),
    ("四日市市", "四日市市", ""),
    ("廿日市市", "廿日市市", ""),
    ("市川市", "市川市", ""),
    ("三宅村", "三宅村", ""),
    ("八幡市", "八幡市", ""),
    ("大和郡山市", "大和郡山市", ""),
    ("東村山市", "東村山市", ""),
    ("塩竈市", "塩竈市", ""),
    ("塩釜市", "塩釜市", ""),
    ("龍ケ崎市", "龍ケ崎市", ""),
    ("龍ヶ崎市", "龍ヶ崎市", ""),
    ("鎌ケ谷市", "鎌ケ谷市", ""),
    ("南アルプス市", "南アルプス市", ""),
    ("さいたま市大宮区", "さいたま市大宮区", ""),
    ("つくばみらい市", "つくばみらい市", ""),
    ("ﾆｾｺ町", "ニセコ町", ""),
    ("虻田郡ニセコ町", "虻田郡ニセコ町", ""),
    ("浜松市中区", "浜松市中区", ""),
    ("飛驒市", "飛驒市", ""),
    ("葛\U000e0100城市", "葛\U000e0100城市", ""),
    ("\ufa19戸市", "\ufa19戸市", ""),
    ("𠮷野町", "𠮷野町", ""),
    ("髙島市", "髙島市", ""),
    ("Tachikawa", "Tachikawa", ""),
    ("Ｔａｃｈｉｋａｗａ", "Tachikawa", ""),
    ("あ" * 120, "あ" * 120, ""),
    ("あ" * 121, None, "text_too_long"),
    ("\ue000市", None, "character_private_use"),
    ("\U000f0000市", None, "character_private_use"),
    ("\ufffd市", None, "character_unreadable"),
    ("123456789018", None, "my_number_not_allowed"),
    ("立川市 1234-5678-9018", None, "my_number_not_allowed"),
    ("", None, ""),
    ("　", None, ""),
    ("\u200b", None, ""),
    (None, None, ""),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case)[:60])
def test_cities(case):
    check(CityField, case)


@pytest.mark.parametrize("typed", ["", " ", "　", None])
def test_a_required_city_is_asked_for(typed):
    assert outcome(CityField, typed, required=True) == (None, "required")


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=30))
def test_no_kanji_is_changed(text):
    assert outcome(CityField, text) == (text, "")
