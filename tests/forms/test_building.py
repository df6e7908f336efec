"""The building field (方書)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms import BuildingField
from tests.forms.cases import check, outcome, posted

CASES = [
    ("グリーンハイツ101", "グリーンハイツ101", ""),
    ("ｸﾞﾘｰﾝﾊｲﾂ１０１", "グリーンハイツ101", ""),
    ("グリーンハイツ　１０１号室", "グリーンハイツ 101号室", ""),
    ("コーポ\u3000\u3000Ａ", "コーポ A", ""),
    ("  コーポ錦  ", "コーポ錦", ""),
    ("コーポ\t錦", "コーポ 錦", ""),
    ("コーポ\u200b髙橋", "コーポ髙橋", ""),
    ("\u202eビル", "ビル", ""),
    ("ビル\x07", "ビル", ""),
    ("メゾンー101", "メゾンー101", ""),
    ("メゾン1ー101", "メゾン1-101", ""),
    ("メゾン１－１０１", "メゾン1-101", ""),
    ("第２コーポ１−２０１", "第2コーポ1-201", ""),
    ("サンコーポラス10―2", "サンコーポラス10-2", ""),
    ("パークハウス—１０１", "パークハウス-101", ""),
    ("ハイツA−203", "ハイツA-203", ""),
    ("Ａ－２０１", "A-201", ""),
    ("都営－１", "都営-1", ""),
    ("A棟-B", "A棟-B", ""),
    ("ス−パ−ハイツ", "スーパーハイツ", ""),
    ("スｰパーハイツ", "スーパーハイツ", ""),
    ("グリ－ンハイツ2－201", "グリーンハイツ2-201", ""),
    ("シャト―", "シャトー", ""),
    ("シャト−　２０１", "シャトー 201", ""),
    ("ハイツー", "ハイツー", ""),
    ("ﾒｿﾞﾝ･ﾄﾞ･ﾊﾟﾘ", "メゾン・ド・パリ", ""),
    ("ザ・タワーズ〜イースト〜", "ザ・タワーズ〜イースト〜", ""),
    ("か\u3099ーでん", "がーでん", ""),
    ("ＡＢＣマンション", "ABCマンション", ""),
    ("髙橋荘", "髙橋荘", ""),
    ("𠮷野荘", "𠮷野荘", ""),
    ("\ufa19谷荘", "\ufa19谷荘", ""),
    ("葛\U000e0100城荘", "葛\U000e0100城荘", ""),
    ("№5ビル", "№5ビル", ""),
    ("Ⅲ号館", "Ⅲ号館", ""),
    ("第①ビル", "第①ビル", ""),
    ("ハイツ一番館", "ハイツ一番館", ""),
    ("コーポ一", "コーポ一", ""),
    ("３０５　山田様方", "305 山田様方", ""),
    ("ﾚｼﾞﾃﾞﾝｽB1F", "レジデンスB1F", ""),
    ("ハイツ（東）", "ハイツ(東)", ""),
    ("O'HARA HOUSE", "O'HARA HOUSE", ""),
    ("＝ビル", "=ビル", ""),
    ("", None, ""),
    ("　\u200b", None, ""),
    (None, None, ""),
    ("\ue000ビル", None, "character_private_use"),
    ("ビル\U000f0001", None, "character_private_use"),
    ("ビル\ufffd", None, "character_unreadable"),
    ("\ud800", None, "character_unreadable"),
    ("あ" * 301, None, "text_too_long"),
    ("あ" + "\u0301" * 2000, None, "text_too_long"),
    ("コーポ 123456789018", None, "my_number_not_allowed"),
]


@pytest.mark.parametrize("case", CASES, ids=ascii)
def test_buildings(case):
    check(BuildingField, case)


def test_a_required_building_is_asked_for():
    assert outcome(BuildingField, "　", required=True) == (None, "required")


def test_the_error_says_which_letter_is_wrong():
    (message,) = posted(BuildingField, "錦\ue000荘").errors
    assert "2文字目（U+E000）" in message


@given(st.text(st.sampled_from("1１アーｰ－−‐- 　髙\U000e0100棟号A\u3099\u200b")) | st.text())
def test_reading_again_changes_nothing(text):
    data, code = outcome(BuildingField, text)
    assert code or data is None or outcome(BuildingField, data) == (data, "")
    assert code or len(data or "") <= len(text)
