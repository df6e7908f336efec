import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms.places import OneLineAddressField
from tests.forms.cases import check, outcome, posted

CASES = [
    ("東京都立川市錦町1-2-3", "東京都立川市錦町1-2-3", ""),
    ("立川市錦町1-2-3", "東京都立川市錦町1-2-3", ""),
    ("東京都　立川市　錦町　１－２－３", "東京都立川市錦町1-2-3", ""),
    ("東京都立川市錦町１ー２ー３", "東京都立川市錦町1-2-3", ""),
    ("東京都立川市錦町一丁目二番三号", "東京都立川市錦町1丁目2番3号", ""),
    (
        "東京都立川市錦町１－２－３メゾン・ド・ミノリー３０１",
        "東京都立川市錦町1-2-3 メゾン・ド・ミノリー301",
        "",
    ),
    ("東京都立川市錦町1-2-3-101号室", "東京都立川市錦町1-2-3 101号室", ""),
    ("〒190-0022東京都立川市錦町1", "〒190-0022 東京都立川市錦町1", ""),
    ("住所：東京都立川市錦町1", "東京都立川市錦町1", ""),
    ("東京都立\u200b川市錦町1", "東京都立川市錦町1", ""),
    ("\ufeff東京都立川市錦町1", "東京都立川市錦町1", ""),
    ("東京都立川市\n錦町1", "東京都立川市錦町1", ""),
    ("東京都立川市", "東京都立川市", ""),
    ("東京立川市錦町1", "東京都立川市錦町1", ""),
    ("三宅村阿古497", "東京都三宅村阿古497", ""),
    ("東京都三宅島三宅村阿古497", "東京都三宅島三宅村阿古497", ""),
    ("八幡市八幡園内75", "京都府八幡市八幡園内75", ""),
    ("千葉県市川市八幡1-1-1", "千葉県市川市八幡1-1-1", ""),
    ("新潟市中央区学校町通1番町602-1", "新潟県新潟市中央区学校町通1番町602-1", ""),
    ("四日市市諏訪町1-5", "三重県四日市市諏訪町1-5", ""),
    ("廿日市市下平良1-11-1", "広島県廿日市市下平良1-11-1", ""),
    ("大和郡山市北郡山町248-4", "奈良県大和郡山市北郡山町248-4", ""),
    ("東村山市本町1-2-3", "東京都東村山市本町1-2-3", ""),
    ("余市郡余市町朝日町26", "北海道余市郡余市町朝日町26", ""),
    ("北海道余市町朝日町26", "北海道余市町朝日町26", ""),
    (
        "京都市中京区寺町通御池上る上本能寺前町488",
        "京都府京都市中京区寺町通御池上る上本能寺前町488",
        "",
    ),
    ("札幌市中央区南5条西10丁目", "北海道札幌市中央区南5条西10丁目", ""),
    ("東京都千代田区霞ヶ関1-2-3", "東京都千代田区霞ヶ関1-2-3", ""),
    ("東京都千代田区霞が関1-2-3", "東京都千代田区霞が関1-2-3", ""),
    ("東京都港区三田三丁目四番", "東京都港区三田3丁目4番", ""),
    ("東京都千代田区九段南1-2-1", "東京都千代田区九段南1-2-1", ""),
    ("東京都千代田区一番町10", "東京都千代田区一番町10", ""),
    ("東京都中央区八丁堀2-3-4", "東京都中央区八丁堀2-3-4", ""),
    ("青森市大字大野字若宮1-2", "青森県青森市大字大野字若宮1-2", ""),
    ("香川県小豆郡土庄町甲１２３", "香川県小豆郡土庄町甲123", ""),
    ("東京都利島村無番地", "東京都利島村無番地", ""),
    ("府中市宮西町2-24", "東京都府中市宮西町2-24", ""),
    ("", None, ""),
    ("　", None, ""),
    (None, None, ""),
    ("〒190-0022", None, "address_empty"),
    ("曙町1-2-3", None, "address_no_city"),
    ("東京都", None, "address_no_city"),
    ("埼玉県立川市錦町1", None, "address_no_city"),
    ("浦和市高砂3-15-1", None, "address_no_city"),
    ("New York", None, "address_no_city"),
    ("①", None, "address_no_city"),
    ("\ue000", None, "address_no_city"),
    ("<script>", None, "address_no_city"),
    ("東京都立川市錦町1-2 \ue000ビル", None, "character_private_use"),
    ("東京都立川市\ue000町1-2", None, "character_private_use"),
    ("東京都立川市錦町1-2 \ufffd", None, "character_unreadable"),
    ("東京都立川市" + "一" * 1000, None, "address_too_long"),
    ("府中市", None, "address_ambiguous_city"),
    ("伊達市1-2", None, "address_ambiguous_city"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case)[:40])
def test_addresses(case):
    check(OneLineAddressField, case)


def test_the_value_has_the_parts():
    field = posted(OneLineAddressField, "立川市錦町1-2-3コーポ101")
    assert (field.value.town, field.value.lot, field.value.building) == (
        "錦町",
        "1-2-3",
        "コーポ101",
    )
    assert 'autocomplete="street-address"' in field()


@pytest.mark.parametrize(
    ("typed", "code"), [("立川市錦町", "address_no_lot"), ("立川市錦町1", ""), ("利島村無番地", "")]
)
def test_the_lot_may_have_to_be_there(typed, code):
    assert outcome(OneLineAddressField, typed, needs_lot=True)[1] == code


@given(st.text(st.sampled_from("東京都立川市錦町1２三－ー 　丁目番号コポ字①\u200b")) | st.text())
def test_reading_again_changes_nothing(text):
    data, code = outcome(OneLineAddressField, text)
    assert bool(code) or data is None or outcome(OneLineAddressField, data) == (data, "")
