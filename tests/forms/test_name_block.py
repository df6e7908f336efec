"""A name with its reading, in two boxes or in one."""

import pytest

from govkit.forms import Form, NameBlock
from govkit.jp.characters import CharacterSet
from govkit.jp.names import Furigana, NamePart
from tests.forms.cases import posted
from tests.forms.page import Page

TWO = {"family_name": "山田", "given_name": "太郎", "family_kana": "ヤマダ", "given_kana": "タロウ"}
ONE = {"name": "山田 太郎", "name_kana": "ヤマダ タロウ"}


def two(family="", given="", family_kana="", given_kana=""):
    return dict(zip(TWO, (family, given, family_kana, given_kana), strict=True))


def one(name="", name_kana=""):
    return {"name": name, "name_kana": name_kana}


def read(typed, **options):
    block = posted(NameBlock("申請者", **options), typed)
    return dict(block.data), [(each.part, each.code) for each in block.errors]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (two("山田", "太郎", "ヤマダ", "タロウ"), ("山田", "太郎", "ヤマダ", "タロウ")),
        (two("　山田 ", "太郎\u200b", "やまだ", "ﾀﾛｳ"), ("山田", "太郎", "ヤマダ", "タロウ")),
        (two("髙橋", "𠮷子", "たかはし", "よしこ"), ("髙橋", "𠮷子", "タカハシ", "ヨシコ")),
        (two("葛\U000e0100城", "鏡子", "カツラギ", "キヨウコ"), ("葛\U000e0100城", "鏡子", "カツラギ", "キヨウコ")),
        (two("葛城", "鏡子", "カツラギ", "キョウコ"), ("葛城", "鏡子", "カツラギ", "キョウコ")),
        (two("神\ufa19", "一", "カミ", "はじめ"), ("神\ufa19", "一", "カミ", "ハジメ")),
        (two("さくら", "さくら", "ハナ", "ハナ"), ("さくら", "さくら", "ハナ", "ハナ")),
        (two("ＳＭＩＴＨ", "Ｊｏｈｎ　Ｐ．", "スミス", "ジョン ピー"), ("SMITH", "John P.", "スミス", "ジョン ピー")),
        (two("デ ラ クルス", "マリア", "デ ラ クルス", "マリア"), ("デ ラ クルス", "マリア", "デ ラ クルス", "マリア")),
        (two("山田", "太郎", "ヤマダ-", "サラ−"), ("山田", "太郎", "ヤマダー", "サラー")),
    ],
)  # fmt: skip
def test_two_boxes_store_what_was_entered(typed, stored):
    assert read(typed, required=True) == (dict(zip(TWO, stored, strict=True)), [])


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        (two(), [("family_name", "required"), ("given_name", "required"), ("family_kana", "required"), ("given_kana", "required")]),
        (two("山田"), [("given_name", "required"), ("family_kana", "required"), ("given_kana", "required")]),
        (two("", "太郎", "", "タロウ"), [("family_name", "required"), ("family_kana", "required")]),
        (two("山田", "太郎"), [("family_kana", "required"), ("given_kana", "required")]),
        (two("", "", "ヤマダ", "タロウ"), [("family_name", "required"), ("given_name", "required")]),
        (two("山田 太郎", "太郎", "ヤマダ", "タロウ"), [("family_name", "name_space")]),
        (two("山\ue000", "太郎", "ヤマダ", "タロウ"), [("family_name", "name_private_use")]),
        (two("山田", "太郎2", "ヤマダ", "タロウ"), [("given_name", "name_digit")]),
        (two("ヤマダ", "タロウ", "山田", "太郎"), [("family_kana", "furigana_kanji"), ("given_kana", "furigana_kanji")]),
        (two("山田", "太郎", "Yamada", "ｔａｒｏ"), [("family_kana", "furigana_latin"), ("given_kana", "furigana_latin")]),
        (two("山田", "太郎", "ヤマダ", "タ・ロウ"), [("given_kana", "furigana_symbol")]),
        (two("山田", "太郎", "ーヤマダ", "タロウ"), [("family_kana", "furigana_leading_mark")]),
        (two("あ" * 51, "太郎", "ヤマダ", "タロウ"), [("family_name", "text_too_long")]),
        (two("Аня", "太郎", "ヤマダ", "タロウ"), [("family_name", "name_other_letter")]),
        (two("123456789018", "太郎", "ヤマダ", "タロウ"), [("family_name", "my_number_not_allowed")]),
        (two("\u200b", "太郎", "ヤマダ", "タロウ"), [("family_name", "required")]),
    ],
)  # fmt: skip
def test_each_wrong_box_is_told(typed, errors):
    assert read(typed, required=True)[1] == errors


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (one("山田　太郎", "やまだ　たろう"), ("山田 太郎", "ヤマダ タロウ")),
        (one("山田太郎", "ヤマダタロウ"), ("山田太郎", "ヤマダタロウ")),
        (
            one("JOHN PAUL SMITH", "ジョン ポール スミス"),
            ("JOHN PAUL SMITH", "ジョン ポール スミス"),
        ),
        (one("Suharto", "スハルト"), ("Suharto", "スハルト")),
        (one("葛\U000e0100城　𠮷子", "ｶﾂﾗｷﾞ ﾖｼｺ"), ("葛\U000e0100城 𠮷子", "カツラギ ヨシコ")),
        (one("ジョン・スミス", "ジョン スミス"), ("ジョン・スミス", "ジョン スミス")),
        (one("山田 太郎", "ヤマダ"), ("山田 太郎", "ヤマダ")),
    ],
)
def test_one_box_stores_what_was_entered(typed, stored):
    assert read(typed, boxes=1, required=True) == (dict(zip(ONE, stored, strict=True)), [])


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        (one(), [("name", "required"), ("name_kana", "required")]),
        (one("山田"), [("name_kana", "required")]),
        (one("", "ヤマダ"), [("name", "required")]),
        (one("山田①", "ヤマダ"), [("name", "name_symbol")]),
        (one("山田", "山田"), [("name_kana", "furigana_kanji")]),
        (one("⼭田", "ヤマ田"), [("name", "name_radical"), ("name_kana", "furigana_kanji")]),
        (one("あ" * 101, "ア" * 101), [("name", "text_too_long"), ("name_kana", "text_too_long")]),
    ],
)
def test_each_wrong_one_of_one_box_is_told(typed, errors):
    assert read(typed, boxes=1, required=True)[1] == errors


@pytest.mark.parametrize("options", [{}, {"boxes": 1}])
def test_a_block_that_is_not_required_may_stay_blank_but_not_half_blank(options):
    assert read({}, **options)[1] == []
    first = "name" if options else "family_name"
    assert ("name_kana" if options else "family_kana", "required") in read(
        {first: "山田"}, **options
    )[1]


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        (two("", "スカルノ", "", "スカルノ"), []),
        (two("山田", "太郎", "ヤマダ", "タロウ"), []),
        (two("山田", "太郎", "", "タロウ"), [("family_kana", "required")]),
        (two("", "太郎", "ヤマダ", "タロウ"), [("family_name", "required")]),
        (two("山@", "太郎", "ヤマダ", "タロウ"), [("family_name", "name_symbol")]),
        (two("山田", "太郎", "山田", "タロウ"), [("family_kana", "furigana_kanji")]),
        (two("スカルノ", "", "スカルノ", ""), [("given_name", "required"), ("given_kana", "required")]),
    ],
)  # fmt: skip
def test_people_with_one_name_have_no_family_name(typed, errors):
    assert read(typed, allows_one_name=True, required=True)[1] == errors


def test_a_reading_may_be_left_out_where_it_is_not_needed():
    assert read(two("山田", "太郎"), needs_reading=False, required=True)[1] == []
    assert read(one("山田"), boxes=1, needs_reading=False, required=True)[1] == []
    typed = two("", "太郎", "ヤマダ")
    assert read(typed, needs_reading=False, allows_one_name=True, required=True)[1] == [
        ("family_name", "required")
    ]
    typed = two("山田", "太郎")
    assert read(typed, needs_reading=False, allows_one_name=True, required=True)[1] == []


def test_the_characters_of_the_receiving_system_hold_for_every_box():
    options = {"character_set": CharacterSet.JIS_X_0213, "required": True}
    assert read(two("髙橋", "𠮷子", "タ", "ヨ"), **options)[1] == [
        ("family_name", "character_not_in_set"),
        ("given_name", "character_not_in_set"),
    ]


def test_values_are_names_and_readings():
    block = posted(NameBlock("申請者"), TWO)
    assert block.value["family_name"] == NamePart("山田")
    assert block.value["given_kana"] == Furigana("タロウ")


@pytest.mark.parametrize(
    ("is_own", "tokens"), [(True, ["family-name", "given-name"]), (False, [None, None])]
)
def test_browsers_fill_in_only_the_name_of_their_user(is_own, tokens):
    page = Page(posted(NameBlock("申請者", is_own=is_own), {})())
    shown = [page.by_id(f"value-{name}").get("autocomplete") for name in list(TWO)[:2]]
    assert shown == tokens
    assert page.all("fieldset")
    assert page.all("legend")[0].text.startswith("申請者")


def test_the_record_is_shown_and_two_forms_do_not_share_their_fields():
    form_class = type("One", (Form,), {"person": NameBlock("本人", required=True)})
    first, second = form_class(data={"person": TWO}), form_class()
    assert Page(first.person()).by_id("person-family_name")["value"] == "山田"
    assert Page(second.person()).by_id("person-family_name")["value"] == ""
