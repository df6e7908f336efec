import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.jp.text import fold_width, kana_sort_key, search_key, to_katakana

KANA = "".join(map(chr, [*range(0x3041, 0x3097), *range(0x3099, 0x30FF), *range(0xFF61, 0xFFA0)]))
TEXTS = st.text(max_size=30) | st.text(KANA + "-ー　 Ａa1１・", max_size=30)
KANJI = "".join(map(chr, [*range(0x4E00, 0x9FFF, 97), *range(0xF900, 0xFAD9), 0x20BB7, 0x2363A]))


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ｶﾞｷﾞﾊﾟﾊﾞｳﾞ", "ガギパバヴ"),
        ("ﾜﾞｦﾞ", "ヷヺ"),
        ("か\u3099は\u309aカ\u3099う\u3099", "がぱガゔ"),
        ("カ゛ハ゜", "ガパ"),
        ("ｶ゛カﾞ", "ガガ"),
        ("ｱﾞ", "ア\u309b"),
        ("ＡＢＣ１２３－（）＠", "ABC123-()@"),
        ("立川　太郎", "立川 太郎"),
        ("①㈱神\ufa19", "①㈱神\ufa19"),
        ("", ""),
    ],
)
def test_width_is_folded(typed, folded):
    assert fold_width(typed) == folded


@pytest.mark.parametrize(
    ("typed", "katakana"),
    [
        ("やまだ たろう", "ヤマダ タロウ"),
        ("ﾔﾏﾀﾞ", "ヤマダ"),
        ("か\u3099く", "ガク"),
        ("きょうこ", "キョウコ"),
        ("きようこ", "キヨウコ"),
        ("さとし-", "サトシー"),
        ("シ−ナ", "シーナ"),
        ("Anne-Marie", "Anne-Marie"),
        ("ゔぁいおれっと", "ヴァイオレット"),
        ("山田", "山田"),
    ],
)
def test_reading_becomes_katakana(typed, katakana):
    assert to_katakana(typed) == katakana


@pytest.mark.parametrize(
    "same",
    [
        ["イイヅカ", "イイズカ", "イイツカ", "いいづか", "ｲｲﾂﾞｶ"],
        ["オヂヤ", "オジヤ"],
        ["カワハラ", "カワワラ", "カハハラ"],
        ["ヴァン", "バン", "ハン"],
        ["ヴ", "ブ"],
        ["カヲル", "カオル", "かをる"],
        ["ヒロ", "ピロ", "ビロ"],
        ["キョウコ", "キヨウコ", "キヨオコ", "ｷｮｳｺ"],
        ["コウノ", "コオノ"],
        ["メアリー", "メアリ", "メアリ-", "メアリ−", "メアリ～"],
        ["ヤマダ タロウ", "ヤマダ　タロオ", "ヤマダ・タロウ", "ヤマダタロウ"],
        ["ＳＭＩＴＨ Ｊｏｈｎ", "smith john", "Smith-John"],
        ["葛\U000e0100城", "葛城"],
        ["ヰノウエ", "イノウエ"],
        ["ヷ", "ワ"],
    ],
)
def test_names_that_sound_alike_share_a_search_key(same):
    assert len({search_key(name) for name in same}) == 1


@pytest.mark.parametrize(("one", "other"), [("アオイ", "アオキ"), ("髙橋", "高橋"), ("タ", "ナ")])
def test_other_names_have_another_search_key(one, other):
    assert search_key(one) != search_key(other)


def test_names_are_sorted_in_kana_order():
    names = [
        "アイ", "アオイ", "イトウ", "カアト", "カート", "カト", "カド", "カトウ", "ガトウ",
        "キヨウコ", "ササキ", "ハット", "ハツト", "ハト", "ハド", "ハナ", "バナ", "パナ", "ワタナベ", "ヲカ", "ン",
    ]  # fmt: skip
    by_key = sorted(set(names), key=kana_sort_key)
    assert by_key.index("カート") < by_key.index("カアト") < by_key.index("カト")
    assert by_key.index("ハット") < by_key.index("ハツト")
    expected = [name for name in names if name not in {"カアト", "カート"}]
    assert [name for name in by_key if name not in {"カアト", "カート"}] == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("やまだ あい", "ヤマダ イチロウ"),
        ("ﾔﾏ ﾀﾛｳ", "ヤマダ アイ"),
        ("イスヾ", "イスズキ"),
    ],
)
def test_sorting_disregards_the_kind_of_kana(first, second):
    assert kana_sort_key(first) < kana_sort_key(second)


@given(TEXTS)
def test_folding_twice_changes_nothing_more(text):
    for fold in (fold_width, to_katakana, search_key):
        once = fold(text)
        assert fold(once) == once


@given(TEXTS)
def test_folding_never_lengthens(text):
    for fold in (fold_width, to_katakana, search_key):
        assert len(fold(text)) <= len(text)


@given(st.text(KANJI, max_size=20))
def test_kanji_are_never_changed(text):
    assert fold_width(text) == to_katakana(text) == search_key(text) == text
