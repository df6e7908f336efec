"""The lot field (番地)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms.places import LotField
from govkit.jp.lots import LotNumber
from tests.forms.cases import check, outcome, posted

CASES = [
    ("1234一5678一9018", None, "my_number_not_allowed"),
    ("1-2-3", "1-2-3", ""),
    ("１－２－３", "1-2-3", ""),
    ("1ー2ー3", "1-2-3", ""),
    ("1ｰ2ｰ3", "1-2-3", ""),
    ("1‐2‑3", "1-2-3", ""),
    ("1–2—3", "1-2-3", ""),
    ("1―2−3", "1-2-3", ""),
    ("1─2﹣3", "1-2-3", ""),
    ("1一2一3", "1-2-3", ""),
    ("1 - 2 - 3", "1-2-3", ""),
    ("　1-2-3　", "1-2-3", ""),
    ("1-\u200b2\ufeff-3", "1-2-3", ""),
    ("1\u00ad2", "12", ""),
    ("1-2-", "1-2", ""),
    ("１丁目２番地の３", "1丁目2番地の3", ""),
    ("一丁目二番三号", "1丁目2番3号", ""),
    ("1丁目　2番　3号", "1丁目2番3号", ""),
    ("二十三番地の四", "23番地の4", ""),
    ("12番地ノ3", "12番地の3", ""),
    ("甲１２３", "甲123", ""),
    ("イ‐１２３", "イ-123", ""),
    ("ｲ-123", "イ-123", ""),
    ("123番地イ", "123番地イ", ""),
    ("無番地", "無番地", ""),
    ("１２３番地先", "123番地先", ""),
    ("123番外地", "123番外地", ""),
    ("南５条西１０丁目", "南5条西10丁目", ""),
    ("南五条西十丁目１－２", "南5条西10丁目1-2", ""),
    ("第９地割１２", "第9地割12", ""),
    ("東３線北５号", "東3線北5号", ""),
    ("西五条南七丁目１番地", "西5条南7丁目1番地", ""),
    ("１町目２－３", "1町目2-3", ""),
    ("廿五番地", "25番地", ""),
    ("い１２３", "い123", ""),
    ("123番イ号", "123番イ号", ""),
    ("1234番地の1外2筆", "1234番地の1外2筆", ""),
    ("'1-2-3", "1-2-3", ""),
    ('="1-2-3"', "1-2-3", ""),
    ("1", "1", ""),
    ("", None, ""),
    ("　", None, ""),
    ("\u200b", None, ""),
    (None, None, ""),
    ("-", None, "lot_not_a_lot"),
    ("丁目", None, "lot_not_a_lot"),
    ("なし", None, "lot_not_a_lot"),
    ("三田", None, "lot_not_a_lot"),
    ("١-٢-٣", None, "lot_not_a_lot"),
    ("①-②", None, "lot_not_a_lot"),
    ("=1-2-3", None, "lot_not_a_lot"),
    ("@1", None, "lot_not_a_lot"),
    ("\ue000", None, "lot_not_a_lot"),
    ("\ud800", None, "lot_not_a_lot"),
    ("<script>", None, "lot_not_a_lot"),
    ("101号室", None, "lot_not_a_lot"),
    ("錦町1-2-3", None, "lot_has_town"),
    ("1番町4-4", None, "lot_has_town"),
    ("百百 A", None, "lot_has_town"),
    ("大字大野字若宮1", None, "lot_has_town"),
    ("1-2-3コーポ錦", None, "lot_has_building"),
    ("1-2-3 405", None, "lot_has_building"),
    ("1番2号101号室", None, "lot_has_building"),
    ("１－２－３メゾン・ド・ミノリー３０１", None, "lot_has_building"),
    ("2001/2/3", None, "lot_turned_into_date"),
    ("1月2日", None, "lot_turned_into_date"),
    ("2-Jan", None, "lot_turned_into_date"),
    ("1-" * 30 + "1", None, "lot_too_long"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_lots(case):
    check(LotField, case)


def test_a_required_lot_is_asked_for():
    assert outcome(LotField, "", required=True) == (None, "required")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("１－２－３メゾン・ド・ミノリー３０１", "1-2-3 メゾン・ド・ミノリー301"),
        ("1丁目2番3号　101号室", "1丁目2番3号 101号室"),
        ("1-2-3-101号室", "1-2-3 101号室"),
        ("１ー２コーポー３", "1-2 コーポー3"),
        ("1-2", "1-2"),
        ("一丁目二番", "1丁目2番"),
    ],
)
def test_a_building_may_follow_in_the_same_box(typed, expected):
    assert outcome(LotField, typed, building=True) == (expected, "")
    assert outcome(LotField, expected, building=True) == (expected, "")


def test_a_building_holds_no_private_characters():
    assert outcome(LotField, "1-2 \ue000荘", building=True) == (None, "character_private_use")


def test_the_error_says_what_goes_where():
    message = posted(LotField, "1-2-3コーポ錦").errors[0]
    assert "「1-2-3」" in message
    assert "「コーポ錦」" in message


def test_the_value_has_the_form_of_envelopes():
    field = posted(LotField, "一丁目二番三号")
    assert field.value == LotNumber("1丁目2番3号")
    assert field.value.hyphenated == "1-2-3"
    assert 'autocomplete="address-line1"' in field()


@given(st.text(st.sampled_from("1２三十0-ー－ 　丁目番地号室先甲イコポ・東条①١\u200b")) | st.text())
def test_reading_again_changes_nothing(text):
    for building in (False, True):
        data, code = outcome(LotField, text, building=building)
        assert code or data is None or outcome(LotField, data, building=building) == (data, "")
