import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms.places import MunicipalityField
from govkit.jp.postcodes import municipalities
from tests.forms.cases import check, outcome, posted

CASES = [
    ("立川市", "東京都立川市", ""),
    ("東京都立川市", "東京都立川市", ""),
    ("東京立川市", "東京都立川市", ""),
    ("　立川市　", "東京都立川市", ""),
    ("立 川 市", "東京都立川市", ""),
    ("立\u200b川市", "東京都立川市", ""),
    ("千代田区", "東京都千代田区", ""),
    ("余市町", "北海道余市郡余市町", ""),
    ("余市郡余市町", "北海道余市郡余市町", ""),
    ("北海道余市町", "北海道余市郡余市町", ""),
    ("三宅村", "東京都三宅島三宅村", ""),
    ("三宅島三宅村", "東京都三宅島三宅村", ""),
    ("八丈町", "東京都八丈島八丈町", ""),
    ("札幌市中央区", "北海道札幌市中央区", ""),
    ("広島県府中市", "広島県府中市", ""),
    ("東京都府中市", "東京都府中市", ""),
    ("四日市市", "三重県四日市市", ""),
    ("廿日市市", "広島県廿日市市", ""),
    ("市川市", "千葉県市川市", ""),
    ("大和郡山市", "奈良県大和郡山市", ""),
    ("郡山市", "福島県郡山市", ""),
    ("東村山市", "東京都東村山市", ""),
    ("八幡市", "京都府八幡市", ""),
    ("鎌ヶ谷市", "千葉県鎌ケ谷市", ""),
    ("鎌が谷市", "千葉県鎌ケ谷市", ""),
    ("いの町", "高知県吾川郡いの町", ""),
    ("中央区", "東京都中央区", ""),
    ("", None, ""),
    ("　", None, ""),
    ("\u200b", None, ""),
    (None, None, ""),
    ("府中市", None, "municipality_ambiguous"),
    ("伊達市", None, "municipality_ambiguous"),
    ("横浜市", None, "municipality_ambiguous"),
    ("美里町", None, "municipality_ambiguous"),
    ("立川", None, "municipality_unknown"),
    ("立川町", None, "municipality_unknown"),
    ("埼玉県立川市", None, "municipality_unknown"),
    ("東京都", None, "municipality_unknown"),
    ("立川市錦町", None, "municipality_unknown"),
    ("浦和市", None, "municipality_unknown"),
    ("浜松市中区", None, "municipality_unknown"),
    ("132021", None, "municipality_unknown"),
    ("\ue000", None, "municipality_unknown"),
    ("\ud800", None, "municipality_unknown"),
    ("<script>", None, "municipality_unknown"),
    ("一" * 5000, None, "municipality_unknown"),
    ("=立川市", None, "municipality_unknown"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case)[:40])
def test_municipalities(case):
    check(MunicipalityField, case)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("府中市", ("府中市", "")),
        ("広島県府中市", ("府中市", "")),
        ("東京都府中市", (None, "municipality_unknown")),
        ("立川市", (None, "municipality_unknown")),
    ],
)
def test_the_prefecture_may_be_given(typed, expected):
    assert outcome(MunicipalityField, typed, prefecture="広島県") == expected


def test_the_value_has_the_code():
    assert posted(MunicipalityField, "余市町").value.code == "014087"
    assert posted(MunicipalityField, "余市町").text == "北海道余市郡余市町"


@given(st.sampled_from(municipalities()))
def test_every_municipality_is_read_again(place):
    name = f"{place.prefecture}{place.name}"
    assert outcome(MunicipalityField, name) == (name, "")


@given(st.text(st.sampled_from("東京都立川市府中余郡町村区 　\u200b")) | st.text())
def test_reading_again_changes_nothing(text):
    data, code = outcome(MunicipalityField, text)
    assert bool(code) or data is None or outcome(MunicipalityField, data) == (data, "")
