"""通称."""

import pytest
from hypothesis import given

from govkit.forms import AliasField
from govkit.jp.names import Alias
from tests.forms.cases import check, posted
from tests.forms.name_cases import COMMON, TEXTS, check_properties

CASES = [
    *COMMON,
    ("金村　太郎", "金村 太郎", ""),
    ("ジョン・スミス", "ジョン・スミス", ""),
    ("ﾏﾘｱ ｻﾝﾄｽ", "マリア サントス", ""),
    ("通称：金村", "金村", ""),
    ("ＬＥＥ", "LEE", ""),
    ("あ" * 101, None, "text_too_long"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_aliases(case):
    check(AliasField, case)


def test_the_value_is_an_alias():
    assert posted(AliasField, "金村　太郎").value == Alias("金村 太郎")


@given(TEXTS)
def test_aliases_keep_their_properties(typed):
    check_properties(AliasField, typed)
