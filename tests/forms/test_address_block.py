"""The address block: what the button fills in, offers, keeps and tells; without a script."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from govkit.forms import Form, SubmitField
from govkit.forms.places_block import AddressBlock, postcode_json
from govkit.jp import postcodes


class Moving(Form):
    address = AddressBlock("住所", required=True)
    old = AddressBlock("前の住所", is_own=False, needs_postcode=False)
    send = SubmitField("送信")


GOOD = {
    "postcode": "190-0022",
    "prefecture": "東京都",
    "city": "立川市",
    "town": "錦町",
    "lot": "1-2-3",
}


def sent(press="", block="address", **values):
    pairs = {f"{block}-{name}": text for name, text in values.items()}
    if press:
        pairs[f"{block}-{press}"] = "1"
    form = Moving(MultiDict(pairs or {"send": "1"}))
    form.validate()
    return form


def shown(form, block="address"):
    return {name: field.text for name, field in form[block].form._fields.items()}


def place(form):
    block = form["address"]
    return block["prefecture"].data, block["city"].data, block["town"].data


def test_a_good_address_is_taken():
    form = sent(**GOOD, building="コーポ錦　１０１")
    assert not form.errors
    assert form.data["address"] == {**GOOD, "building": "コーポ錦 101"}


@pytest.mark.parametrize(
    ("postcode", "expected"),
    [
        ("1900022", ("東京都", "立川市", "錦町")),
        ("〒１９０ー００２２", ("東京都", "立川市", "錦町")),
        ("0600042", ("北海道", "札幌市中央区", "大通西")),
        ("0460004", ("北海道", "余市郡余市町", "大川町")),
        ("1000013", ("東京都", "千代田区", "霞が関")),
        ("6020847", ("京都府", "京都市上京区", "大宮町")),
        ("1000000", ("東京都", "千代田区", None)),
        ("1000301", ("東京都", "利島村", None)),
        ("1006001", ("東京都", "千代田区", "霞が関霞が関ビル")),
        ("0608621", ("北海道", "札幌市中央区", "北一条西")),
    ],
)
def test_the_button_fills_in_one_place(postcode, expected):
    form = sent("lookup", postcode=postcode)
    assert form.pressed == "address-lookup"
    assert place(form) == expected
    assert not form.errors
    assert not form["address"].places
    html = form["address"]()
    assert 'role="status"' in html
    assert "入れました" in html


@pytest.mark.parametrize(
    ("postcode", "expected"),
    [
        ("4980000", (None, None, None)),
        ("6180000", (None, None, None)),
        ("8710000", (None, None, None)),
        ("4411324", ("愛知県", "新城市", None)),
        ("9896712", ("宮城県", "大崎市", None)),
        ("0295503", ("岩手県", "和賀郡西和賀町", None)),
        ("0608797", ("北海道", "札幌市中央区", None)),
    ],
)
def test_several_places_are_offered(postcode, expected):
    form = sent("lookup", postcode=postcode)
    block = form["address"]
    assert place(form) == expected
    assert len(block.places) == len(postcodes.lookup(postcode))
    html = block()
    assert html.count('name="address-place"') == len(block.places)
    assert 'name="address-choose"' in html
    assert 'id="address-place-0"' in html
    assert html.count("autofocus") == 1
    assert form.focus_target == "address-place-0"


@pytest.mark.parametrize(
    ("postcode", "number", "expected"),
    [
        ("4980000", 0, ("愛知県", "弥富市", None)),
        ("4980000", 1, ("三重県", "桑名郡木曽岬町", None)),
        ("4411324", 1, ("愛知県", "新城市", "奥井道")),
        ("8710000", 1, ("大分県", "中津市", None)),
    ],
)
def test_a_place_that_was_chosen_is_taken(postcode, number, expected):
    picked = f"{postcode}-{number}"
    form = sent("choose", postcode=postcode, place=picked)
    assert place(form) == expected
    assert not form["address"].places
    # Whoever sends the form without pressing the second button has chosen as well.
    form = sent(postcode=postcode, place=picked, lot="1")
    assert place(form) == expected
    assert not form.errors


def test_a_choice_does_not_win_over_what_was_typed():
    form = sent(
        postcode="4980000", place="4980000-0", prefecture="三重県", city="木曽岬町", lot="1"
    )
    assert place(form) == ("三重県", "木曽岬町", None)


@pytest.mark.parametrize(
    "picked",
    [
        "4980000-2",
        "4980000-",
        "4980000",
        "1900022-0",
        "-1",
        "4980000--1",
        "<script>",
        "١-١",
        "\ue000",
    ],
)
def test_a_choice_that_was_never_offered_is_ignored(picked):
    form = sent("choose", postcode="4980000", place=picked)
    assert place(form) == (None, None, None)
    assert len(form["address"].places) == 2
    assert "<script" not in form["address"]()


@pytest.mark.parametrize(
    ("postcode", "told"),
    [
        ("", "郵便番号を入力してから"),
        ("　", "郵便番号を入力してから"),
        ("9999999", "見つかりませんでした"),
        ("190", "3桁と5桁"),
        ("600001", "060-0001"),
        ("ABC-1234", "デジタルアドレス"),
        ("立川市", "7桁の数字"),
        ("1.9E+06", "表計算ソフト"),
    ],
)
def test_the_button_says_kindly_why_nothing_was_found(postcode, told):
    form = sent("lookup", postcode=postcode, city="立川市", lot="1-2")
    assert place(form) == (None, "立川市", None)
    assert told in form["address"].notices[0]
    assert not form.errors
    assert form.focus_target == "address-postcode"
    assert shown(form)["postcode"].replace("-", "") == postcode.strip("　").replace("-", "")


@pytest.mark.parametrize("postcode", ["1900022", "4980000", "9999999", "", "0608621"])
def test_lot_and_building_are_never_lost(postcode):
    form = sent("lookup", postcode=postcode, lot="9-9 ☆", building="コーポ☆")
    assert (shown(form)["lot"], shown(form)["building"]) == ("9-9 ☆", "コーポ☆")
    form = sent("lookup", postcode=postcode, lot="９－９", building="コーポ")
    assert (shown(form)["lot"], shown(form)["building"]) == ("9-9", "コーポ")


def test_an_office_fills_in_lot_and_building():
    form = sent("lookup", postcode="0608621")
    assert shown(form)["lot"] == "6丁目1-2"
    assert shown(form)["building"] == "アーバンネット札幌ビル2F 株式会社 日本経済新聞社 札幌支社"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"city": "余市町"}, "余市町"),
        ({"city": "余市郡余市町"}, "余市郡余市町"),
        ({"city": "余市郡　余市町"}, "余市郡 余市町"),
    ],
)
def test_another_way_to_write_the_city_is_kept(typed, kept):
    form = sent("lookup", postcode="0460004", **typed)
    assert shown(form)["city"] == kept
    assert len(form["address"].notices) == 1


def test_a_town_that_goes_on_is_kept():
    form = sent("lookup", postcode="9896711", town="")
    town = form["address"]["town"].data
    form = sent("lookup", postcode="9896711", town=f"{town}字新屋敷")
    assert form["address"]["town"].data == f"{town}字新屋敷"


def test_what_is_replaced_is_told():
    form = sent("lookup", postcode="1900022", prefecture="埼玉県", city="浦和市", town="高砂")
    assert place(form) == ("東京都", "立川市", "錦町")
    told = " ".join(form["address"].notices)
    for name in ("埼玉県", "浦和市", "高砂"):
        assert name in told
    assert "埼玉県" in form["address"]()


def test_a_code_that_only_tells_the_city_keeps_the_town():
    form = sent("lookup", postcode="1000000", town="富士見")
    assert place(form) == ("東京都", "千代田区", "富士見")


def test_the_focus_goes_to_what_is_next():
    assert sent("lookup", postcode="1900022").focus_target == "address-lot"
    assert sent("lookup", postcode="1000000").focus_target == "address-town"
    html = sent("lookup", postcode="1900022")["address"]()
    assert html.count("autofocus") == 1


@pytest.mark.parametrize(
    ("change", "code", "part"),
    [
        ({"prefecture": "埼玉県"}, "address_prefecture_mismatch", "prefecture"),
        ({"prefecture": "大阪府"}, "address_prefecture_mismatch", "prefecture"),
        (
            {"postcode": "498-0000", "prefecture": "岐阜県"},
            "address_prefecture_mismatch",
            "prefecture",
        ),
        ({"postcode": "498-0000", "prefecture": "三重県"}, "", ""),
        ({"postcode": "498-0000", "prefecture": "愛知県"}, "", ""),
        ({"postcode": "999-9999"}, "", ""),
        ({"city": "浦和市"}, "", ""),
        ({"town": ""}, "", ""),
        ({"building": ""}, "", ""),
        ({"postcode": ""}, "required", "postcode"),
        ({"prefecture": ""}, "required", "prefecture"),
        ({"city": "　"}, "required", "city"),
        ({"lot": ""}, "required", "lot"),
        ({"postcode": "600001"}, "postcode_lost_zero", "postcode"),
        ({"postcode": "ABC1234"}, "postcode_digital_address", "postcode"),
        ({"prefecture": "江戸"}, "choice_not_listed", "prefecture"),
        ({"lot": "コーポ"}, "lot_not_a_lot", "lot"),
        ({"lot": "錦町1"}, "lot_has_town", "lot"),
        ({"lot": "2番地 3"}, "lot_has_building", "lot"),
        ({"lot": "1-2コーポ", "building": "B棟"}, "lot_has_building", "lot"),
        ({"building": "\ue000"}, "character_private_use", "building"),
        ({"town": "\ue000"}, "character_private_use", "town"),
        ({"city": "町" * 121}, "text_too_long", "city"),
    ],
)
@pytest.mark.requirement("ASVS-2.2.3")
def test_errors_stand_at_their_field(change, code, part):
    form = sent(**{**GOOD, **change})
    errors = form["address"].errors
    assert [(error.code, error.part) for error in errors] == ([(code, part)] if code else [])
    if code:
        assert f'href="#{form["address"][part].focus_id}"' in form.error_summary()


def test_a_building_typed_behind_the_lot_goes_into_its_box():
    form = sent(**{**GOOD, "lot": "１ー２ー３メゾン・ド・ミノリー３０１"})
    assert not form.errors
    assert form.data["address"]["lot"] == "1-2-3"
    assert form.data["address"]["building"] == "メゾン・ド・ミノリー301"


def test_an_optional_block_may_stay_blank_as_a_whole():
    assert "old" not in sent(**GOOD).errors
    form = sent(block="old", city="立川市")
    assert [error.part for error in form["old"].errors] == ["prefecture", "lot"]


def test_tokens_are_for_ones_own_address_only():
    form = Moving()
    html = form["address"]()
    for token in ("postal-code", "address-level1", "address-level2", "address-line1"):
        assert f'autocomplete="{token}"' in html
    assert 'autocomplete="address-line2"' in html
    assert "autocomplete" not in form["old"]()


def test_the_stored_address_is_shown_again():
    form = Moving(data={"address": {**GOOD, "building": None}})
    assert shown(form) == {**GOOD, "building": ""}


def test_a_block_that_cannot_be_changed_has_no_button():
    fixed = type("Fixed", (Form,), {"address": AddressBlock("住所", readonly="確認済み")})
    form = fixed(MultiDict({"address-city": "他市", "address-lookup": "1"}), data={"address": GOOD})
    assert form.data["address"]["city"] == "立川市"
    assert "住所を調べる" not in form["address"]()


def test_the_script_is_told_where_to_ask():
    asking = type("Asking", (Form,), {"address": AddressBlock("住所", lookup_url="/postcode")})
    assert 'data-lookup-url="/postcode"' in asking()["address"]()
    assert "data-lookup-url" not in Moving()["address"]()
    assert "<script" not in asking()["address"]()


@pytest.mark.parametrize(
    ("text", "count"),
    [("190-0022", 1), ("１９０００２２", 1), ("4980000", 2), ("9999999", 0), ("x", 0), ("", 0)],
)
def test_places_as_json(text, count):
    places = json.loads(postcode_json(text))["places"]
    assert len(places) == count
    assert all({"prefecture", "city", "town", "lot", "building"} <= {*each} for each in places)


def test_an_office_as_json():
    (found,) = json.loads(postcode_json("060-8621"))["places"]
    assert (found["town"], found["lot"]) == ("北一条西", "6丁目1-2")


VISIBLE = st.text(st.characters(exclude_categories=("C", "Z", "M")))


@given(st.text(), st.text(), VISIBLE)
def test_whatever_is_typed_nothing_is_lost(postcode, city, lot):
    form = sent("lookup", postcode=postcode, city=city, lot=lot)
    assert shown(form)["lot"] == sent(lot=lot)["address"]["lot"].text
    assert not form.errors
