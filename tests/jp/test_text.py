import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.jp.text import (
    DASHES,
    drop_invisible,
    fold_dashes,
    fold_spaces,
    fold_width,
    kana_sort_key,
    search_key,
    spell_out_long_o,
    to_full_width,
    to_half_width,
    to_hiragana,
    to_katakana,
)

KANA = "".join(map(chr, [*range(0x3041, 0x3097), *range(0x3099, 0x30FF), *range(0xFF61, 0xFFA0)]))
TEXTS = st.text(max_size=30) | st.text(KANA + "-ー　 Ａa1１・々〻山", max_size=30)
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
        ("￥１，０００", "¥1,000"),
        ("か゛は゜", "がぱ"),
        ("ﾊ\u309a", "パ"),
        ("う゛", "ゔ"),
        ("ゝ゛ヽﾞ", "ゞヾ"),
        ("あ\u3099", "あ\u3099"),
        ("ん゜", "ん\u309c"),
        ("ゟヿ", "ゟヿ"),
        ("㋿½㎡№…℡", "㋿½㎡№…℡"),
        ("−‐―", "−‐―"),
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
        ("シ\u00adナ", "シナ"),
        ("シ\u200bナ\ufeff", "シナ"),
        ("シ～ナ", "シーナ"),
        ("シ\u301cナ", "シーナ"),
        ("しーな", "シーナ"),
        ("ｼｰﾅ", "シーナ"),
        ("シ――ナ", "シーーナ"),
        ("-シナ", "-シナ"),
        ("ゟ", "ゟ"),
        ("ゐゑをゎゕゖ", "ヰヱヲヮヵヶ"),
        ("すゞ", "スヾ"),
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
        ["佐々木", "佐佐木", "佐〻木"],
        ["サヽキ", "ササキ", "さゝき", "ｻｻｷ"],
        ["スヾキ", "スズキ", "スヽキ"],
        ["代々々木", "代代代木"],
        ["コヽウ", "ココウ", "ココオ"],
        ["ニハ", "ニワ"],
        ["シヨウ", "ショウ", "ショオ"],
    ],
)
def test_names_that_sound_alike_share_a_search_key(same):
    assert len({search_key(name) for name in same}) == 1


@pytest.mark.parametrize(("one", "other"), [("アオイ", "アオキ"), ("髙橋", "高橋"), ("タ", "ナ")])
def test_other_names_have_another_search_key(one, other):
    assert search_key(one) != search_key(other)


@pytest.mark.parametrize(
    ("reading", "spelled"),
    [
        ("オーノ", "オウノ"),
        ("ｵｰﾉ", "オウノ"),
        ("おーの", "オウノ"),
        ("ジョージ", "ジョウジ"),
        ("ローー", "ロウウ"),
        ("ポール", "ポウル"),
        ("オ－ノ", "オウノ"),
        ("メアリー", "メアリー"),
        ("ﾒｱﾘｰ", "ﾒｱﾘｰ"),
        ("おおの", "おおの"),
        ("A-1", "A-1"),
        ("", ""),
    ],
)
def test_a_long_mark_after_o_is_spelled_out(reading, spelled):
    assert spell_out_long_o(reading) == spelled
    assert spell_out_long_o(spelled) == spelled


def test_an_iteration_mark_without_a_letter_stays():
    assert search_key("々木") == "々木"
    assert search_key("ヽ") == "ヽ"


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


@pytest.mark.parametrize(
    "mark", "-－ー−‐‑–—―ｰ~〜～゠=＝・･·•‧.,'’‘ʼ`´ \u3000\u00a0\u2003\u2009\u202f\t"
)
def test_a_mark_between_names_does_not_matter(mark):
    assert search_key(f"アン{mark}マリ") == search_key(f"ann{mark}").replace("ann", "アンマリ")


@pytest.mark.parametrize("letter", "%_*\\?#&/")
def test_a_sign_that_is_no_mark_between_names_is_a_letter(letter):
    assert search_key(f"a{letter}b") == f"a{letter}b"


DASH_LOOK_ALIKES = sorted(set(DASHES) - {"\u00ad"})


@pytest.mark.parametrize("dash", DASH_LOOK_ALIKES, ids=lambda dash: f"U+{ord(dash):04X}")
def test_a_dash_is_folded_by_what_stands_around_it(dash):
    assert fold_dashes(f"1{dash}2") == "1-2"
    assert fold_dashes(f"Anne{dash}Marie") == "Anne-Marie"
    assert fold_dashes(f"シ{dash}ナ") == "シーナ"
    assert fold_dashes(f"さとし{dash}") == "さとしー"
    assert fold_dashes(f"青葉{dash}棟") == f"青葉{dash}棟"
    assert to_katakana(f"さとし{dash}") == "サトシー"


@pytest.mark.parametrize("wave", "~\u301c\uff5e\u223c")
def test_a_wave_is_folded_like_a_dash(wave):
    assert fold_dashes(f"1{wave}3") == "1-3"
    assert fold_dashes(f"ラ{wave}メン") == "ラーメン"
    assert fold_dashes(f"朝日{wave}") == f"朝日{wave}"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("山\u200b田", "山田"),
        ("\ufeff山田", "山田"),
        ("山\u00ad田", "山田"),
        ("山\x00\x1b\x7f\x9f田", "山田"),
        ("\u202e山田\u202c", "山田"),
        ("山\u2060田\u200d", "山田"),
        ("\u3164\uffa0\u115f", ""),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("辻\ufe00", "辻\ufe00"),
        ("山\u3000田\t\n", "山\u3000田\t\n"),
        ("𠮷", "𠮷"),
    ],
)
def test_what_nobody_can_see_is_dropped(text, left):
    assert drop_invisible(text) == left


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("\u3000山田\u3000\u3000太郎 ", "山田 太郎"),
        ("山田\t太郎\r\n", "山田 太郎"),
        ("山田\u00a0太郎", "山田 太郎"),
        ("山田\u2003\u2009太郎", "山田 太郎"),
        ("山田\u2028太郎\x1c", "山田 太郎"),
        (" \u3000\n", ""),
    ],
)
def test_white_space_of_any_kind_is_one_space(text, folded):
    assert fold_spaces(text) == folded


@pytest.mark.parametrize(
    ("full", "half"),
    [
        ("ガギパヴ", "ｶﾞｷﾞﾊﾟｳﾞ"),
        ("キョウコ", "ｷｮｳｺ"),
        ("サトシー", "ｻﾄｼｰ"),
        ("ＡＢＣ　１２３", "ABC 123"),
        ("「ア、イ。」・", "｢ｱ､ｲ｡｣･"),
        ("ヷヺ", "ﾜﾞｦﾞ"),
        ("ヰヱヮヵヶ", "ヰヱヮヵヶ"),
        ("ゟヿ漢字かな", "ゟヿ漢字かな"),
        ("ｶﾞカ\u3099", "ｶﾞｶﾞ"),
    ],
)
def test_kana_become_half_width_with_their_marks_apart(full, half):
    assert to_half_width(full) == half
    assert fold_width(half) == fold_width(full)


def test_text_becomes_full_width_and_hiragana():
    assert to_full_width("ｶﾞｯｺｳ 1-2A") == "ガッコウ　１－２Ａ"
    assert to_hiragana("ヤマダ ﾀﾛｳ ヴヵヶー") == "やまだ たろう ゔゕゖー"
    assert to_hiragana("ヷヿ山") == "ヷヿ山"


@given(TEXTS)
def test_cleaning_is_idempotent_and_never_lengthens(text):
    for clean in (drop_invisible, fold_spaces, fold_dashes, to_hiragana, to_full_width):
        once = clean(text)
        assert clean(once) == once
        assert len(once) <= len(text)


@given(TEXTS)
def test_half_width_text_folds_back(text):
    half = to_half_width(text)
    assert to_half_width(half) == half
    assert fold_width(half) == fold_width(fold_width(text))


@given(st.text(KANJI, max_size=20))
def test_no_conversion_changes_a_kanji(text):
    for convert in (drop_invisible, fold_spaces, fold_dashes, to_hiragana, to_half_width):
        assert convert(text) == text
