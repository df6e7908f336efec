"""Names of a foreign resident."""

import pytest

from govkit.forms import ForeignNameBlock
from tests.forms.cases import posted

NAMES = ("latin", "han", "kana", "alias", "alias_kana")


def read(*texts, **options):
    typed = dict(zip(NAMES, texts, strict=False))
    block = posted(ForeignNameBlock("氏名", **options), typed)
    return tuple(block.data.values()), [(each.part, each.code) for each in block.errors]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (("SMITH JOHN",), ("SMITH JOHN", None, None, None, None)),
        (("ＷＡＮＧ　Xiaoming", "王　小明"), ("WANG Xiaoming", "王 小明", None, None, None)),
        (("WANG", "", "ワン"), ("WANG", None, "ワン", None, None)),
        (("KIM", "金", "きむ", "金村　太郎", "ｶﾈﾑﾗ ﾀﾛｳ"), ("KIM", "金", "キム", "金村 太郎", "カネムラ タロウ")),
        (("O’BRIEN", "", "", "ジョン・スミス", "じょん すみす"), ("O'BRIEN", None, None, "ジョン・スミス", "ジョン スミス")),
        (("LIU", "刘"), ("LIU", "刘", None, None, None)),
    ],
)  # fmt: skip
def test_names_are_stored_as_written(typed, stored):
    assert read(*typed, required=True) == (stored, [])


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ((), [("latin", "required")]),
        (("", "王"), [("latin", "required")]),
        (("王",), [("latin", "latin_name_japanese")]),
        (("ЈOHN",), [("latin", "latin_name_other_letter")]),
        (("JOHN", "ジョン"), [("han", "name_kana")]),
        (("JOHN", "JOHN"), [("han", "name_latin")]),
        (("JOHN", "\ue000"), [("han", "name_private_use")]),
        (("JOHN", "", "JOHN"), [("kana", "furigana_latin")]),
        (("JOHN", "", "", "金村"), [("alias_kana", "required")]),
        (("JOHN", "", "", "", "カネムラ"), [("alias", "required")]),
        (("JOHN", "", "", "金@", "カネムラ"), [("alias", "name_symbol")]),
        (("JOHN", "", "", "金村", "金村"), [("alias_kana", "furigana_kanji")]),
    ],
)
def test_what_is_wrong_is_told(typed, errors):
    assert read(*typed, required=True)[1] == errors


def test_the_block_may_stay_blank_where_it_is_not_required():
    assert read() == ((None,) * 5, [])
