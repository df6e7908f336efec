from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.jp.text import search_key
from govkit.residents.keys import (
    MatchedOn,
    NameForm,
    address_key,
    building_key,
    is_near,
    keyed_name,
    loose_key,
    name_forms,
    name_key,
    name_keys,
    place_keys,
    readings,
    resident_forms,
    resident_keys,
)
from govkit.residents.records import Address, FormerRow, Masked, PersonName
from govkit.testing.resident_source import invented_residents

PEOPLE = {int(one.id.addressee_number): one for one in invented_residents()}
LETTERS = "アイウオコノトサタハバヴァー・ 　斎斉齋々髙高𠮷\U000e0101aAｱﾞ-%"
TEXTS = st.text(LETTERS, max_size=12) | st.text(max_size=12)


@pytest.mark.parametrize(
    "same",
    [
        ["髙𣘺", "高橋", "高槗"],
        ["渡邉󠄂", "渡邊", "渡辺"],
        ["𠮷田", "吉田"],
        ["佐々木", "佐佐木"],
        ["サヽキ", "ササキ", "ささき", "さゝき"],
        ["スヾキ", "スズキ", "すゞき"],
        ["シヨウ", "ショウ", "ｼｮｳ", "ショオ"],
        ["オウノ", "オオノ", "ｵｵﾉ", "おおの"],
        ["ニハ", "ニワ", "ﾆﾜ"],
        ["ヂ", "ジ", "ｼﾞ", "ジ"],
        ["ヴァン", "バン", "ハン", "ウ゛ァン"],
        ["ヒロ", "ピロ", "ビロ"],
        ["カヲル", "カオル"],
        ["メアリー", "メアリ", "メアリｰ", "メアリ−", "メアリ—"],
        ["ＪＯＨＮ", "john", "John"],
        ["O'Brien", "OBrien", "O’Brien"],
        ["神田", "神田", "神︀田"],
    ],
)
def test_names_written_differently_share_a_key(same):
    assert len({name_key(name) for name in same}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("斎藤", "斉藤"),
        ("大田", "太田"),
        ("オノ", "オオノ"),
        ("ユウコ", "ユコ"),
        ("林", "森"),
        ("タ", "ナ"),
    ],
)
def test_other_names_have_another_key(one, other):
    assert name_key(one) != name_key(other)


def test_people_confuse_more_than_is_a_variant():
    assert loose_key("斉藤") == loose_key("齋籐") == "斎藤"
    assert loose_key("オノ") != loose_key("オオノ")


@given(TEXTS)
def test_each_key_is_coarser_than_the_one_before_and_none_is_longer(text):
    assert name_key(search_key(text)) == name_key(text) == name_key(name_key(text))
    assert loose_key(name_key(text)) == loose_key(text) == loose_key(loose_key(text))
    assert len(loose_key(text)) == len(name_key(text)) <= len(search_key(text)) <= len(text)


@pytest.mark.parametrize(
    ("text", "parts", "heads", "tails"),
    [
        ("", (), (), ()),
        ("　・ ー", (), (), ()),
        ("アベ", ("アヘ",), ("アヘ",), ("アヘ",)),
        ("髙𣘺　裕子", ("高橋", "裕子"), ("高橋", "高橋裕子"), ("高橋裕子", "裕子")),
        ("サトウ ウメ", ("サトオ", "ウメ"), ("サトオ", "サトオオメ"), ("サトオオメ", "ウメ")),
        ("Nguyen Van・An", ("nguyen", "van", "an"), None, ("nguyenvanan", "vanan", "an")),
        ("ﾏﾘｱ･ﾛｻ", ("マリア", "ロサ"), None, None),
        ("佐 々木", ("佐", "々木"), ("佐", "佐佐木"), ("佐佐木", "々木")),
    ],
)
def test_a_name_is_split_at_spaces_and_dots(text, parts, heads, tails):
    keyed = keyed_name(text)
    assert keyed.parts == parts
    assert heads is None or keyed.heads == heads
    assert tails is None or keyed.tails == tails
    assert keyed.whole == name_key(text)


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("オーノ", {"オノ", "オオノ"}),
        ("ｵｰﾉ", {"オノ", "オオノ"}),
        ("ジョージ", {"シヨシ", "シヨオシ"}),
        ("トーマス ロー", {"トマスロ", "トオマスロオ"}),
        ("メアリー", {"メアリ"}),
        ("オオノ", {"オオノ"}),
        ("大野", {"大野"}),
    ],
)
def test_a_long_mark_after_o_can_be_meant_in_two_ways(text, ways):
    assert {name_key(reading) for reading in readings(text)} == ways


def test_forms_are_all_names_a_person_goes_by():
    assert [(form.matched_on, form.is_kana, form.parts) for form in name_forms(PEOPLE[7].name)] == [
        (MatchedOn.NAME, False, ("高橋", "裕子")),
        (MatchedOn.KANA, True, ("タカハシ", "ユウコ")),
        (MatchedOn.FORMER_NAME, False, ("大野", "裕子")),
        (MatchedOn.FORMER_NAME, True, ("オオノ", "ユウコ")),
    ]
    assert name_forms(PersonName()) == ()


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        (PersonName(alias="山本　安"), ["山本 安"]),
        (PersonName(alias_kana="ヤマモト　アン"), ["ヤマモト アン"]),
        (PersonName(full="A B", kanji="王　明"), ["A B", "王 明"]),
        (PersonName(given="花", former_family="旧"), ["花", "旧 花"]),
        (PersonName(kana_full="オーノ"), ["オーノ", "オウノ"]),
    ],
)
def test_a_name_without_some_of_its_forms_has_the_others(name, texts):
    assert [form.text for form in name_forms(name)] == texts


def test_earlier_rows_add_only_what_is_new():
    former = FormerRow(replace(PEOPLE[1].name, full="大野　葵", family="大野"), Masked())
    person = replace(PEOPLE[1], history=(former, former))
    new = [
        form for form in resident_forms(person, history=True) if form not in name_forms(person.name)
    ]
    assert new == [NameForm(MatchedOn.HISTORY, False, "大野 葵")]
    assert resident_forms(person, history=False) == name_forms(person.name)
    assert set(resident_keys(person)) == {*name_keys(person.name), "大野葵", "大野"}


def test_name_keys_hold_whole_rest_and_parts_of_each_form():
    assert set(name_keys(PEOPLE[1].name)) == {
        "渡辺葵",
        "葵",
        "渡辺",
        "ハタナヘアオイ",
        "アオイ",
        "ハタナヘ",
    }
    assert name_keys(PEOPLE[9].name) == name_keys() == ()


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("富士見町1-2-3", "東京都立川市富士見町一丁目2番3号"),
        ("富士見町一丁目", "立川市富士見町１－２－３"),
        ("一丁目2番", "富士見町1丁目２番３号"),
        ("富士見町１丁目２番地の３", "富士見町一丁目2番3号"),
        ("霞が関", "霞ヶ関三丁目"),
        ("霞ｶﾞ関", "霞ケ関三丁目"),
        ("瀧ノ上", "大字滝の上"),
        ("四之宮", "四の宮"),
        ("竜ケ崎", "龍ヶ﨑市"),
        ("塩沢", "鹽澤"),
    ],
)
def test_addresses_written_differently_are_found(part, whole):
    assert address_key(part) in address_key(whole)


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("富士見町一丁目", "富士見町10番地"),
        ("2番3号", "23番"),
        ("柴崎町", "芝崎町"),
    ],
)
def test_other_addresses_are_not_found(part, whole):
    assert address_key(part) not in address_key(whole)


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("コーポ３", "コーポ3　101号室"),
        ("コーポ3 101", "コーポ３―１０１号"),
        ("第二コーポ", "第2コーポ"),
        ("シャトー", "シヤト-桜"),
        ("桜荘", "櫻莊"),
    ],
)
def test_buildings_written_differently_are_found(part, whole):
    assert building_key(part) in building_key(whole)


def test_places_have_two_keys():
    address = Address(town="柴崎町二丁目", lot="1番3号", building="コーポ2　305号")
    assert place_keys(address) == (address_key("柴崎町2-1-3-"), building_key("コーポ2 305"))
    assert place_keys(Address()) == ("", "")


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("ワタナヘ", "ワタナヘ", True),
        ("ワタナヘ", "ワタヘ", True),
        ("ワタヘ", "ワタナヘ", True),
        ("ワタナヘ", "カタナヘ", True),
        ("ワタナヘ", "ワタナカ", True),
        ("ワタナヘ", "ワナタヘ", True),
        ("ワタナヘ", "タワナヘ", True),
        ("ワタナヘ", "ワタヘナ", True),
        ("ワタナ", "ワタナヘ", True),
        ("タナヘ", "ワタナヘ", True),
        ("ワタナヘ", "ナタワヘ", False),
        ("ワタナヘ", "ワタ", False),
        ("ワタナヘ", "カタナカ", False),
        ("ワタナヘ", "ワタナヘコオ", False),
        ("サトオ", "カトオ", True),
        ("アヘ", "アホ", False),
        ("アヘ", "アヘイ", False),
        ("アヘ", "アヘ", True),
        ("ハ", "ヒ", False),
        ("", "", True),
        ("", "ア", False),
        ("アアイ", "アイア", True),
        ("アアアア", "アアア", True),
    ],
)
def test_near_is_one_edit_in_three_letters_or_more(one, other, near):
    assert is_near(one, other) is near
    assert is_near(other, one) is near


def edits(text):
    letters = "アイウ"
    for n in range(len(text) + 1):
        yield from (text[:n] + letter + text[n:] for letter in letters)
        if n < len(text):
            yield text[:n] + text[n + 1 :]
            yield from (text[:n] + letter + text[n + 1 :] for letter in letters)
        if n + 1 < len(text):
            yield text[:n] + text[n + 1] + text[n] + text[n + 2 :]


@given(st.text("アイウ", min_size=3, max_size=6), st.text("アイウ", max_size=7))
def test_near_is_what_one_edit_makes(one, other):
    expected = one == other or (len(other) >= 3 and other in set(edits(one)))
    assert is_near(one, other) is expected
