"""Town and building: what is folded in them, and what must stay as it was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms.places import BuildingField, TownField
from tests.forms.cases import check, outcome, posted

BOTH = [
    ("", None, ""),
    ("　", None, ""),
    ("\u200b", None, ""),
    (None, None, ""),
    ("\ue000町", None, "character_private_use"),
    ("\U000f0000町", None, "character_private_use"),
    ("\ufffd町", None, "character_unreadable"),
    ("\ud800町", None, "character_unreadable"),
    ("𠮷野", "𠮷野", ""),
    ("葛\U000e0100城", "葛\U000e0100城", ""),
    ("神\ufa19", "神\ufa19", ""),
    ("髙﨑", "髙﨑", ""),
    ("ＡＢＣ", "ABC", ""),
    ("ｱｵﾊﾞ", "アオバ", ""),
    ("青\u200b葉", "青葉", ""),
    ("青\x00葉", "青葉", ""),
    ("青葉\n台", "青葉 台", ""),
    ("<script>alert(1)</script>", "<script>alert(1)</script>", ""),
]

TOWNS = [
    *BOTH,
    ("錦町", "錦町", ""),
    ("　錦町　", "錦町", ""),
    ("三田", "三田", ""),
    ("九段南", "九段南", ""),
    ("一番町", "一番町", ""),
    ("八丁堀", "八丁堀", ""),
    ("霞ヶ関", "霞ヶ関", ""),
    ("霞ケ関", "霞ケ関", ""),
    ("霞が関", "霞が関", ""),
    ("大字大野字若宮", "大字大野字若宮", ""),
    ("北１条西", "北1条西", ""),
    ("北一条西", "北一条西", ""),
    ("富士見町一丁目", "富士見町一丁目", ""),
    ("富士見町１丁目", "富士見町1丁目", ""),
    ("今出川通河原町西入大宮町", "今出川通河原町西入大宮町", ""),
    ("学校町通", "学校町通", ""),
    ("つつじヶ丘", "つつじヶ丘", ""),
    ("ニセコ", "ニセコ", ""),
    ("ユーカリが丘", "ユーカリが丘", ""),
    ("ﾕｰｶﾘが丘", "ユーカリが丘", ""),
    ("々", "々", ""),
    ("みなとみらい", "みなとみらい", ""),
    ("①町", "①町", ""),
    ("町" * 120, "町" * 120, ""),
    ("町" * 121, None, "text_too_long"),
]

BUILDINGS = [
    *BOTH,
    ("メゾン・ド・ミノリー３０１", "メゾン・ド・ミノリー301", ""),
    ("コーポ", "コーポ", ""),
    ("ｺｰﾎﾟ１０１", "コーポ101", ""),
    ("コーポ錦　１０１号室", "コーポ錦 101号室", ""),
    ("１０１号室", "101号室", ""),
    ("101", "101", ""),
    ("Ａ棟１０１－２", "A棟101-2", ""),
    ("タワー‐１", "タワー-1", ""),
    ("タワー1", "タワー1", ""),
    ("コ－ポ", "コーポ", ""),
    ("ハイツⅡ", "ハイツⅡ", ""),
    ("ハイツ㈱", "ハイツ㈱", ""),
    ("一〇一号室", "一〇一号室", ""),
    ("三階", "三階", ""),
    ("３Ｆ", "3F", ""),
    ("山田様方", "山田様方", ""),
    ("第二コーポ", "第二コーポ", ""),
    ("A&B ビル", "A&B ビル", ""),
    ("ビル〜別館", "ビル〜別館", ""),
    ("ビル1〜2F", "ビル1〜2F", ""),
    ("グラン・デ'アネックス", "グラン・デ'アネックス", ""),
    ("館" * 300, "館" * 300, ""),
    ("館" * 301, None, "text_too_long"),
]


@pytest.mark.parametrize("case", TOWNS, ids=lambda case: repr(case)[:40])
def test_towns(case):
    check(TownField, case)


@pytest.mark.parametrize("case", BUILDINGS, ids=lambda case: repr(case)[:40])
def test_buildings(case):
    check(BuildingField, case)


def test_the_controls_have_their_tokens():
    assert 'autocomplete="address-level3"' in posted(TownField, "錦町")()
    assert 'autocomplete="address-line2"' in posted(BuildingField, "コーポ")()


def kanji(text):
    return [
        each
        for each in text
        if "㐀" <= each <= "鿿" or "豈" <= each <= "舘" or "𠀀" <= each <= "𲎯"
    ]


@pytest.mark.parametrize("field", [TownField, BuildingField])
@given(text=st.text() | st.text(st.sampled_from("一二町ー－- コポ1２ｶﾞ\u3099字\U000e0100")))
def test_cleaning_is_idempotent_keeps_kanji_and_never_lengthens(field, text):
    data, code = outcome(field, text)
    if code or data is None:
        return
    assert outcome(field, data) == (data, "")
    assert len(data) <= len(text)
    wanted = [each for each in kanji(text) if each != "一"]
    assert [each for each in kanji(data) if each != "一"][: len(wanted)] == wanted
