import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms.places import PrefectureField
from govkit.jp.prefectures import PREFECTURES
from tests.forms.cases import check, outcome, posted

CASES = [
    ("東京都", "東京都", ""),
    ("東京", "東京都", ""),
    ("　東京都　", "東京都", ""),
    ("東 京 都", "東京都", ""),
    ("東\u200b京都", "東京都", ""),
    ("とうきょうと", "東京都", ""),
    ("とうきょう", "東京都", ""),
    ("トウキョウト", "東京都", ""),
    ("ﾄｳｷｮｳﾄ", "東京都", ""),
    ("13", "東京都", ""),
    ("１３", "東京都", ""),
    ("1", "北海道", ""),
    ("01", "北海道", ""),
    ("09", "栃木県", ""),
    ("47", "沖縄県", ""),
    ("北海道", "北海道", ""),
    ("ホッカイドウ", "北海道", ""),
    ("京都", "京都府", ""),
    ("京都府", "京都府", ""),
    ("キョウト", "京都府", ""),
    ("大阪", "大阪府", ""),
    ("神奈川県", "神奈川県", ""),
    ("かながわ", "神奈川県", ""),
    ("", None, ""),
    (" ", None, ""),
    ("　", None, ""),
    ("\u200b", None, ""),
    (None, None, ""),
    ("東京府", None, "choice_not_listed"),
    ("京都都", None, "choice_not_listed"),
    ("北海", None, "choice_not_listed"),
    ("ホッカイ", None, "choice_not_listed"),
    ("江戸", None, "choice_not_listed"),
    ("東京都立川市", None, "choice_not_listed"),
    ("0", None, "choice_not_listed"),
    ("48", None, "choice_not_listed"),
    ("001", None, "choice_not_listed"),
    ("-1", None, "choice_not_listed"),
    ("13.0", None, "choice_not_listed"),
    ("١٣", None, "choice_not_listed"),
    ("⑬", None, "choice_not_listed"),
    ("東亰都", None, "choice_not_listed"),
    ("\ue000", None, "choice_not_listed"),
    ("\ud800", None, "choice_not_listed"),
    ("<script>", None, "choice_not_listed"),
    ("None", None, "choice_not_listed"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_prefectures(case):
    check(PrefectureField, case)


def test_a_required_prefecture_is_asked_for():
    assert outcome(PrefectureField, "", required=True) == (None, "required")


def test_the_box_has_47_lines_and_a_blank_one():
    html = posted(PrefectureField, "東京")()
    assert html.count("<option") == 48
    assert 'value="東京都" selected' in html
    assert 'autocomplete="address-level1"' in html


def test_the_choices_are_all_prefectures_in_order():
    names = [each.name for each in PREFECTURES]
    assert list(posted(PrefectureField, "").choices) == [(name, name) for name in names]


def test_the_value_is_a_prefecture():
    assert posted(PrefectureField, "東京都").value == PREFECTURES[12]


def test_fewer_prefectures_may_be_offered():
    kanto = [("東京都", "東京都"), ("埼玉県", "埼玉県")]
    assert outcome(PrefectureField, "東京", choices=kanto) == ("東京都", "")
    assert outcome(PrefectureField, "大阪府", choices=kanto) == (None, "choice_not_listed")


@given(st.sampled_from(PREFECTURES))
def test_name_reading_and_code_are_the_same_choice(prefecture):
    for typed in (prefecture.name, prefecture.kana, prefecture.code):
        assert outcome(PrefectureField, typed) == (prefecture.name, "")


@given(st.text())
def test_reading_again_changes_nothing(text):
    data, code = outcome(PrefectureField, text)
    assert bool(code) or data is None or outcome(PrefectureField, data) == (data, "")
