from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.jp.text import search_key
from govkit.jp.variants import CONFUSED, VARIANTS, confused_key, fold_variants, variants_of

LETTERS = "".join(VARIANTS) + "".join(group for groups in CONFUSED.values() for group in groups)
TEXTS = st.text(
    LETTERS + "あアa1\ufa19\ufa10\U0002f80e\u2f25\ufe00\U000e0101", max_size=20
) | st.text(max_size=20)


@pytest.mark.parametrize(
    "same",
    [
        "高髙", "崎﨑嵜", "辺邊邉", "吉𠮷", "浜濵濱", "斎齋", "斉齊", "沢澤", "桜櫻", "国國", "島嶋嶌", "富冨",
        "橋槗𣘺", "桑桒", "館舘", "柳栁", "園薗", "野埜", "峰峯", "達逹", "鶴靏靍", "広廣", "曽曾", "籠篭", "条條",
        "徳德", "恵惠", "竜龍", "寿壽", "真眞", "槙槇", "遥遙", "弥彌", "礼禮", "栄榮", "清淸", "静靜", "淵渕", "巌巖",
        "鴎鷗", "薮藪籔", "侠俠", "神\ufa19", "塚\ufa10", "隆\uf9dc", "海\ufa45", "者\ufa5b", "勉\ufa33", "朗\uf929",
        "都\ufa26", "女\u2f25", "祖\ufa50", "欄\uf91d", "楽樂\uf914", "亜亞", "湾灣", "弁辨瓣辯", "余餘", "芸藝", "予豫", "亀龜",
        "緒緖", "錬鍊", "剣劍劔剱釼", "関關闗", "秋穐", "喜㐂", "土圡𡈽", "叱𠮟", "桧檜", "尭堯", "亘亙", "凜凛",
    ],
)  # fmt: skip
def test_true_variants_are_one(same):
    folded = {fold_variants(kanji) for kanji in same}
    assert len(folded) == 1
    assert folded <= set(same)


@pytest.mark.parametrize(
    "apart",
    [
        "斎斉", "齋齊", "大太", "己巳", "已巳", "藤籐", "埼崎", "坂阪", "裕祐", "郎朗", "末未", "土士", "岩巌", "州洲",
        "荘庄", "畑畠", "日曰", "千干", "里裏", "後后", "辻逗", "井丼", "高亭", "嶺峰", "鶴鵠", "栄永", "沢択", "楠楢",
    ],
)  # fmt: skip
def test_what_is_held_apart_stays_apart(apart):
    assert len({fold_variants(kanji) for kanji in apart}) == len(apart)


def test_selectors_are_dropped():
    names = ["渡邉\U000e0102葵", "渡辺葵", "渡邊\ufe00葵"]
    assert {fold_variants(name) for name in names} == {"渡辺葵"}
    assert fold_variants("神\ufe00") == fold_variants("\ufa19") == "神"


@pytest.mark.parametrize(
    "same",
    [
        "斎斉齋齊",
        "藤籐",
        "崎埼﨑",
        "坂阪",
        "大太",
        "己巳已",
        "郎朗",
        "裕祐佑",
        "荻萩",
        "土士圡",
        "戌戍",
    ],
)
def test_what_people_confuse_shares_the_second_key(same):
    assert len({confused_key(kanji) for kanji in same}) == 1


@pytest.mark.parametrize("apart", ["栄永", "佐左", "伊尹", "渡度", "木本", "高橋", "林森"])
def test_other_kanji_share_no_key(apart):
    assert len({confused_key(kanji) for kanji in apart}) == len(apart)


def test_every_character_is_in_one_group():
    assert max(Counter("".join(VARIANTS)).values()) == 1
    confused = [group for groups in CONFUSED.values() for group in groups]
    assert max(Counter("".join(confused)).values()) == 1
    assert all(fold_variants(kanji) == kanji for group in confused for kanji in group)
    assert all(len(group) > 1 for group in (*VARIANTS, *confused))


def test_variants_of_a_kanji_begin_with_the_representative():
    assert variants_of("﨑") == variants_of("崎") == ("崎", "﨑", "嵜")
    assert variants_of("\ufa19") == ("神",)
    assert variants_of("A") == ("A",)


@given(TEXTS)
def test_folding_is_idempotent_and_never_lengthens(text):
    for fold in (fold_variants, confused_key):
        once = fold(text)
        assert fold(once) == once
        assert len(once) <= len(text)
    assert confused_key(fold_variants(text)) == confused_key(text)


@given(TEXTS)
def test_the_key_of_a_search_stays_one_under_folding(text):
    key = fold_variants(search_key(text))
    assert fold_variants(search_key(key)) == key
