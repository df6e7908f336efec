"""保護者: name, reading, relationship, telephone, address."""

import pytest

from govkit.forms import Form, GuardianBlock, TextField
from govkit.forms.contact import TelephoneField
from tests.forms.cases import posted
from tests.forms.page import Page

RELATIONSHIPS = (("father", "父"), ("mother", "母"), ("other", "そのほか"))
GOOD = {
    "family_name": "山田",
    "given_name": "花子",
    "family_kana": "やまだ",
    "given_kana": "はなこ",
    "relationship": "mother",
    "telephone": "042-523-2111",
    "address_kind": "same",
}


def guardian(typed, **options):
    options = {"relationships": RELATIONSHIPS, "address": TextField, **options}
    return posted(GuardianBlock("保護者", **options), typed)


def errors_of(block):
    return [(each.part, each.code) for each in block.errors]


def test_a_guardian_is_read():
    block = guardian(GOOD, required=True)

    assert block.errors == []
    assert block.data["family_kana"] == "ヤマダ"
    assert block.data["relationship"] == "mother"
    assert block.data["address_kind"] == "same"
    assert block.data["telephone"]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"family_name": ""}, [("family_name", "required")]),
        ({"family_name": "山\ue000"}, [("family_name", "name_private_use")]),
        ({"given_name": "花子 "}, []),
        ({"given_name": "山田 花子"}, [("given_name", "name_space")]),
        ({"family_kana": "山田"}, [("family_kana", "furigana_kanji")]),
        ({"given_kana": ""}, [("given_kana", "required")]),
        ({"family_name": "髙\U000e0100橋"}, []),
        ({"family_name": "𠮷田"}, []),
        ({"family_name": "山\u200b田"}, []),
        ({"family_name": "山\ufffd"}, [("family_name", "name_unreadable")]),
        ({"family_name": "山田1"}, [("family_name", "name_digit")]),
        ({"given_name": "花子@"}, [("given_name", "name_symbol")]),
        ({"given_name": "Аня"}, [("given_name", "name_other_letter")]),
        ({"given_name": "あ" * 51}, [("given_name", "text_too_long")]),
        ({"family_kana": "ﾔﾏﾀﾞ"}, []),
        ({"family_kana": "ヤマダ-"}, []),
        ({"family_kana": "ーヤマダ"}, [("family_kana", "furigana_leading_mark")]),
        ({"given_kana": "Hanako"}, [("given_kana", "furigana_latin")]),
        ({"given_kana": "ハナ・コ"}, [("given_kana", "furigana_symbol")]),
        ({"relationship": "FATHER"}, [("relationship", "choice_not_listed")]),
        ({"telephone": "０４２ー５２３ー２１１１"}, []),
        ({"relationship": ""}, [("relationship", "required")]),
        ({"relationship": "母"}, [("relationship", "choice_not_listed")]),
        ({"telephone": ""}, []),
        ({"address_kind": ""}, [("address_kind", "required")]),
        ({"address_kind": "elsewhere"}, [("address_kind", "choice_not_listed")]),
        ({"address_kind": "other"}, [("address", "required")]),
        ({"address_kind": "other", "address": "　"}, [("address", "required")]),
        ({"address_kind": "other", "address": "横浜市港北区"}, []),
        ({"address_kind": "same", "address": "123456789018"}, []),
        ({"given_name": "①子"}, [("given_name", "name_symbol")]),
        ({"family_name": "　山田　"}, []),
        ({"family_kana": "キヨウ"}, []),
        ({"telephone": "312345678"}, [("telephone", "telephone_lost_zero")]),
        ({"telephone": "110"}, [("telephone", "telephone_emergency")]),
        (
            {"family_name": "", "telephone": "1"},
            [("family_name", "required"), ("telephone", "telephone_wrong_length")],
        ),
    ],
)
def test_what_is_wrong_is_told(changes, errors):
    assert errors_of(guardian({**GOOD, **changes}, required=True)) == errors


def test_a_wrong_telephone_number_is_told():
    (error,) = guardian({**GOOD, "telephone": "電話なし"}).errors
    assert error.part == "telephone"


def test_an_address_counts_only_where_it_is_another():
    typed = {**GOOD, "address": "横浜市港北区"}
    assert guardian(typed).data.get("address") is None
    assert guardian({**typed, "address_kind": "other"}).data["address"] == "横浜市港北区"


def test_an_address_is_a_block_of_its_own():
    other = {
        "address_kind": "other",
        "address-postcode": "190-0015",
        "address-prefecture": "13",
        "address-city": "立川市",
        "address-town": "錦町",
        "address-lot": "１−２−３",
    }
    typed = {**GOOD, **other}

    block = guardian(typed, address=None)
    assert block.errors == []
    assert block["address"]["city"].data == "立川市"
    assert ("address-city", "required") in errors_of(
        guardian({**typed, "address-city": ""}, address=None)
    )
    assert errors_of(guardian({**typed, "address_kind": "same"}, address=None)) == []
    assert guardian({**GOOD, "address-city": "@"}, address=None).errors == []


def test_a_guardian_may_be_left_out_where_none_is_required():
    assert errors_of(guardian({})) == []
    assert ("given_name", "required") in errors_of(guardian({"family_name": "山田"}))
    assert ("address_kind", "required") in errors_of(guardian({}, required=True))


def test_the_telephone_field_may_be_the_callers():
    telephone = TelephoneField("昼間の電話番号", required=True)
    assert errors_of(guardian({**GOOD, "telephone": ""}, telephone=telephone)) == [
        ("telephone", "required")
    ]


def test_one_box_and_another_persons_name():
    block = guardian(
        {**GOOD, "name": "山田 花子", "name_kana": "ヤマダ ハナコ"}, boxes=1, is_own=False
    )
    assert block.errors == []
    page = Page(block())
    assert page.by_id("value-name").get("autocomplete") is None
    assert page.by_id("value-telephone").get("autocomplete") is None


def test_a_record_that_cannot_be_changed_stays():
    form_class = type(
        "One",
        (Form,),
        {
            "guardian": GuardianBlock(
                "保護者",
                relationships=RELATIONSHIPS,
                address=TextField,
                readonly="住民票のとおりです",
            )
        },
    )
    record = {"address_kind": "other", "address": "横浜市"}
    form = form_class(data={"guardian": record})
    assert form.validate()
    assert form.guardian.data["address"] == "横浜市"
