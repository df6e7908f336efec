"""保護者: name, reading, relationship, telephone, address."""

import pytest

from govkit.forms import Block, Form, GuardianBlock, TextField
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
    return posted(GuardianBlock("保護者", relationships=RELATIONSHIPS, **options), typed)


def errors_of(block):
    return [(each.part, each.code) for each in block.errors]


def test_a_guardian_is_read():
    block = guardian(GOOD, required=True)

    assert block.errors == []
    assert block.data["family_kana"] == "ヤマダ"
    assert block.data["relationship"] == "mother"
    assert (block.data["address_kind"], block.data["address"]) == ("same", None)
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
        ({"relationship": ""}, [("relationship", "required")]),
        ({"relationship": "母"}, [("relationship", "choice_not_listed")]),
        ({"telephone": ""}, []),
        ({"address_kind": ""}, [("address_kind", "required")]),
        ({"address_kind": "elsewhere"}, [("address_kind", "choice_not_listed")]),
        ({"address_kind": "other"}, [("address", "required")]),
        ({"address_kind": "other", "address": "　"}, [("address", "required")]),
        ({"address_kind": "other", "address": "あ" * 201}, [("address", "text_too_long")]),
        ({"address_kind": "other", "address": "横浜市港北区"}, []),
        ({"address_kind": "same", "address": "あ" * 201}, []),
    ],
)
def test_what_is_wrong_is_told(changes, errors):
    assert errors_of(guardian({**GOOD, **changes}, required=True)) == errors


def test_a_wrong_telephone_number_is_told():
    (error,) = guardian({**GOOD, "telephone": "電話なし"}).errors
    assert error.part == "telephone"


def test_an_address_counts_only_where_it_is_another():
    typed = {**GOOD, "address": "横浜市港北区"}
    assert guardian(typed).data["address"] is None
    assert guardian({**typed, "address_kind": "other"}).data["address"] == "横浜市港北区"


def test_a_block_of_address_fields_takes_the_place_of_one_box():
    address = Block(
        "別の住所", fields={"city": TextField("市区町村", required=True)}, may_be_blank=True
    )
    typed = {**GOOD, "address_kind": "other", "address-city": "横浜市"}

    assert guardian(typed, address=address).data["address"] == {"city": "横浜市"}
    assert errors_of(guardian({**typed, "address-city": ""}, address=address)) == [
        ("address", "required")
    ]
    assert guardian({**typed, "address_kind": "same"}, address=address).data["address"] == {
        "city": None
    }


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
                "保護者", relationships=RELATIONSHIPS, readonly="住民票のとおりです"
            )
        },
    )
    record = {"address_kind": "same", "address": "横浜市"}
    form = form_class(data={"guardian": record})
    assert form.validate()
    assert form.guardian.data["address"] == "横浜市"
