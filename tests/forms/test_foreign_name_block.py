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
        (("DE LA CRUZ MARIA",), ("DE LA CRUZ MARIA", None, None, None, None)),
        (("SUHARTO", "", "スハルト"), ("SUHARTO", None, "スハルト", None, None)),
        (("Nguyễn Văn A",), ("Nguyễn Văn A", None, None, None, None)),
        (("ANNE−MARIE",), ("ANNE-MARIE", None, None, None, None)),
        (("SM\u200bITH\ufeff",), ("SMITH", None, None, None, None)),
        (("’t HOOFT",), ("'t HOOFT", None, None, None, None)),
        (("WANG", "葛\U000e0100"), ("WANG", "葛\U000e0100", None, None, None)),
        (("WANG", "𠮷"), ("WANG", "𠮷", None, None, None)),
        (("WANG", "　", "\u200b"), ("WANG", None, None, None, None)),
        (("SMITH", "", "スミス−"), ("SMITH", None, "スミスー", None, None)),
        (("KIM", "", "", "ｷﾑ", "きむ"), ("KIM", None, None, "キム", "キム")),
        (("KIM", "", "", "LEE", "リー"), ("KIM", None, None, "LEE", "リー")),
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
        (("JOHN 2",), [("latin", "latin_name_digit")]),
        (("JOHN/SMITH",), [("latin", "latin_name_symbol")]),
        (("ｽﾐｽ",), [("latin", "latin_name_japanese")]),
        (("-",), [("latin", "latin_name_no_letter")]),
        (("J\ue000",), [("latin", "latin_name_private_use")]),
        (("A" * 101,), [("latin", "text_too_long")]),
        (("123456789018",), [("latin", "my_number_not_allowed")]),
        (("JOHN", "⼭"), [("han", "name_radical")]),
        (("JOHN", "王1"), [("han", "name_digit")]),
        (("JOHN", "", "ジョン・スミス"), [("kana", "furigana_symbol")]),
        (("JOHN", "", "ージョン"), [("kana", "furigana_leading_mark")]),
        (("JOHN", "", "김"), [("kana", "furigana_other_letter")]),
        (("JOHN", "", "", "김", "キム"), [("alias", "name_other_letter")]),
        (("JOHN", "", "", "金村", "ー"), [("alias_kana", "furigana_leading_mark")]),
    ],
)
def test_what_is_wrong_is_told(typed, errors):
    assert read(*typed, required=True)[1] == errors


def test_the_block_may_stay_blank_where_it_is_not_required():
    assert read() == ((None,) * 5, [])
