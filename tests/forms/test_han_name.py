"""漢字氏名 of foreigners."""

import pytest
from hypothesis import given

from govkit.forms import HanNameField
from govkit.jp.names import HanName
from tests.forms.cases import check, posted
from tests.forms.name_cases import COMMON, TEXTS, check_properties

CASES = [
    *COMMON,
    ("王　小明", "王 小明", ""),
    ("李", "李", ""),
    ("刘晓波", "刘晓波", ""),
    ("歐陽\u00a0修", "歐陽 修", ""),
    ("ワン", None, "name_kana"),
    ("王シャオミン", None, "name_kana"),
    ("王しゃおみん", None, "name_kana"),
    ("ﾜﾝ", None, "name_kana"),
    ("WANG", None, "name_latin"),
    ("王WANG", None, "name_latin"),
    ("王" * 101, None, "text_too_long"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_names_in_chinese_characters(case):
    check(HanNameField, case)


def test_the_value_is_a_name():
    assert posted(HanNameField, "王　小明").value == HanName("王 小明")


@given(TEXTS)
def test_names_keep_their_properties(typed):
    check_properties(HanNameField, typed)
