"""姓 and 名 in boxes of their own."""

import pytest
from hypothesis import given

from govkit.forms import FamilyNameField, GivenNameField
from govkit.jp.names import NamePart
from tests.forms.cases import check, posted
from tests.forms.name_cases import COMMON, TEXTS, check_properties
from tests.forms.page import Page

CASES = [
    *COMMON,
    ("山田 太郎", None, "name_space"),
    ("山　田", None, "name_space"),
    ("葛\U000e0100 城", None, "name_space"),
    ("ＶＡＮ　ＤＥＲ　ＢＥＲＧ", "VAN DER BERG", ""),
    ("デ　ラ　クルス", "デ ラ クルス", ""),
    ("O’Brien", "O'Brien", ""),
    ("スミス−ジョーンズ", "スミスージョーンズ", ""),
    ("Smith—Jones", "Smith-Jones", ""),
    ("姓：山田", "山田", ""),
    ("名：太郎", "太郎", ""),
    ("ﾔﾏﾀﾞ", "ヤマダ", ""),
    ("さとし-", "さとしー", ""),
    ("のゞ", "のゞ", ""),
    ("𠮷" * 50, "𠮷" * 50, ""),
    ("あ" * 51, None, "text_too_long"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
@pytest.mark.parametrize("field", [FamilyNameField, GivenNameField])
def test_parts_of_names(field, case):
    check(field, case)


def test_each_box_has_its_token():
    assert Page(posted(FamilyNameField, "")()).by_id("value")["autocomplete"] == "family-name"
    assert Page(posted(GivenNameField, "")()).by_id("value")["autocomplete"] == "given-name"


def test_the_value_is_a_part_of_a_name():
    assert posted(GivenNameField, " 太郎").value == NamePart("太郎")


def test_a_whole_name_in_one_box_is_sent_back():
    (error,) = posted(FamilyNameField("姓"), "山田 太郎").errors
    assert error == "姓の欄には姓だけを、空白を入れずに入力してください"


@given(TEXTS)
def test_parts_keep_their_properties(typed):
    check_properties(FamilyNameField, typed)
