"""旧氏: a family name out of a 戸籍."""

import pytest
from hypothesis import given

from govkit.forms import FormerNameField
from govkit.jp.names import FormerName
from tests.forms.cases import check, posted
from tests.forms.name_cases import COMMON, TEXTS, check_properties

CASES = [
    *(case for case in COMMON if case[0] != "{label}"),
    ("山田 花子", None, "name_space"),
    ("山　田", None, "name_space"),
    ("スミス ジョーンズ", None, "name_space"),
    ("Smith", None, "name_latin"),
    ("ＳＭＩＴＨ", None, "name_latin"),
    ("山田Smith", None, "name_latin"),
    ("旧氏：山田", "山田", ""),
    ("スミス・ジョーンズ", "スミス・ジョーンズ", ""),
    ("ｽﾐｽ", "スミス", ""),
    ("ク−リ", "クーリ", ""),
    ("あ" * 50, "あ" * 50, ""),
    ("あ" * 51, None, "text_too_long"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_former_names(case):
    check(FormerNameField, case)


def test_the_value_is_a_former_name():
    assert posted(FormerNameField, " 佐々木").value == FormerName("佐々木")


def test_latin_letters_are_named():
    (error,) = posted(FormerNameField("旧氏"), "Smith").errors
    assert error == (
        "旧氏の1文字目の「S」、2文字目の「m」、3文字目の「i」はローマ字です。"
        "漢字かかなで入力してください"
    )


@given(TEXTS)
def test_former_names_keep_their_properties(typed):
    check_properties(FormerNameField, typed)
