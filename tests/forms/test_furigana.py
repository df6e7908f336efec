"""フリガナ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms import FuriganaField
from govkit.jp.names import Furigana
from tests.forms.cases import check, outcome, posted
from tests.forms.name_cases import LETTERS, TEXTS

CASES = [
    ("", None, ""),
    ("\u3000\u200b", None, ""),
    ("ヤマダ　タロウ", "ヤマダ タロウ", ""),
    ("やまだ たろう", "ヤマダ タロウ", ""),
    ("ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ タロウ", ""),
    ("ﾔﾏﾀ゛", "ヤマダ", ""),
    ("ﾊ\u309aｸ", "パク", ""),
    ("か\u3099く", "ガク", ""),
    ("カ゛ク", "ガク", ""),
    ("キョウコ", "キョウコ", ""),
    ("キヨウコ", "キヨウコ", ""),
    ("きようこ", "キヨウコ", ""),
    ("ｷﾖｳｺ", "キヨウコ", ""),
    ("ｷｮｳｺ", "キョウコ", ""),
    ("イツキ", "イツキ", ""),
    ("イッキ", "イッキ", ""),
    ("サラー", "サラー", ""),
    ("サラ-", "サラー", ""),
    ("サラ－", "サラー", ""),
    ("サラ−", "サラー", ""),
    ("サラ‐", "サラー", ""),
    ("サラ–", "サラー", ""),
    ("サラ—", "サラー", ""),
    ("サラ―", "サラー", ""),
    ("サラ─", "サラー", ""),
    ("サラｰ", "サラー", ""),
    ("サラ～", "サラー", ""),
    ("サラ〜", "サラー", ""),
    ("さらー", "サラー", ""),
    ("シ\u00adナ", "シナ", ""),
    ("シ\u200bナ", "シナ", ""),
    ("シ\x00ナ\r\n", "シナ", ""),
    ("ヤマダ\u00a0\u3000ハナコ", "ヤマダ ハナコ", ""),
    ("ヴィヰヱヲヂヅ", "ヴィヰヱヲヂヅ", ""),
    ("ゔぃゐゑを", "ヴィヰヱヲ", ""),
    ("ァィゥェォッャュョヮ", "ァィゥェォッャュョヮ", ""),
    ("ンゴ", "ンゴ", ""),
    ("フリガナ：ヤマダ", "ヤマダ", ""),
    ("山田", None, "furigana_kanji"),
    ("ヤマ田", None, "furigana_kanji"),
    ("サ一ラ", None, "furigana_kanji"),
    ("口バート", None, "furigana_kanji"),
    ("ニ力", None, "furigana_kanji"),
    ("𠮷", None, "furigana_kanji"),
    ("葛\U000e0100", None, "furigana_kanji"),
    ("Yamada", None, "furigana_latin"),
    ("Ｙａｍａｄａ", None, "furigana_latin"),
    ("ヤマダ2", None, "furigana_digit"),
    ("ヤマダ２", None, "furigana_digit"),
    ("ヤマダ٢", None, "furigana_other_letter"),
    ("Аня", None, "furigana_other_letter"),
    ("야마다", None, "furigana_other_letter"),
    ("ジョン・スミス", None, "furigana_symbol"),
    ("ｼﾞｮﾝ･ｽﾐｽ", None, "furigana_symbol"),
    ("ヤマダ（タロウ）", None, "furigana_symbol"),
    ("ヤマダ、タロウ", None, "furigana_symbol"),
    ("=ヤマダ", None, "furigana_symbol"),
    ("-ヤマダ", None, "furigana_symbol"),
    ("ヤマダ -タロウ", None, "furigana_symbol"),
    ("ア゛", None, "furigana_symbol"),
    ("ー", None, "furigana_leading_mark"),
    ("ーヤマダ", None, "furigana_leading_mark"),
    ("ヤマダ ータロウ", None, "furigana_leading_mark"),
    ("ミスヾ", None, "furigana_not_listed"),
    ("すゞ", None, "furigana_not_listed"),
    ("ワ゛", None, "furigana_not_listed"),
    ("ヷ", None, "furigana_not_listed"),
    ("ヿ", None, "furigana_not_listed"),
    ("ゟ", None, "furigana_not_listed"),
    ("ㇰ", None, "furigana_not_listed"),
    ("カ\u309a", None, "furigana_not_listed"),
    ("\U0001b000", None, "furigana_not_listed"),
    ("ヤ\ue000", None, "furigana_private_use"),
    ("山\ue000", None, "furigana_private_use"),
    ("ヤ\ufffd", None, "furigana_unreadable"),
    ("<script>", None, "furigana_symbol"),
    ("123456789018", None, "my_number_not_allowed"),
    ("ガ" * 100, "ガ" * 100, ""),
    ("ｶﾞ" * 100, "ガ" * 100, ""),
    ("ガ" * 101, None, "text_too_long"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_readings(case):
    check(FuriganaField, case)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("サ一ラ", "フリガナの2文字目の「一」は漢字です。カタカナで入力してください"),
        (
            "ジョン・スミス",
            "フリガナの4文字目の「・」はフリガナに使えません。区切るときは空白を入れてください",
        ),
        ("ーア", "フリガナは「ー」で始めずに、カタカナで入力してください"),
        ("ヤ\ue000", "フリガナの2文字目（U+E000）は外字です。カタカナで入力してください"),
    ],
)
def test_the_message_says_what_to_do(typed, sentence):
    assert posted(FuriganaField("フリガナ"), typed).errors == [sentence]


def test_the_value_is_a_reading():
    assert posted(FuriganaField, "やまだ").value == Furigana("ヤマダ")


@given(TEXTS | st.text(LETTERS + "ぁゃゐヴヵﾟｰ", max_size=15))
def test_reading_again_changes_nothing_and_never_lengthens(typed):
    data, _code = outcome(FuriganaField, typed, guards_my_number=False)
    if data is not None:
        assert outcome(FuriganaField, data) == (data, "")
        assert len(data) <= len(typed)


@given(st.text("アァイィツッヤャユュヨョワヮカヵケヶ", min_size=1))
def test_small_and_large_kana_stay_as_they_are(typed):
    assert outcome(FuriganaField, typed) == (typed, "")
