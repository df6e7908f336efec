"""Readings as they are typed in Latin letters."""

import pytest

from govkit.jp.romaji import romanised


@pytest.mark.parametrize(
    ("kana", "typed"),
    [
        ("チョウフシ", ("choufushi", "chofushi")),
        ("オオメシ", ("oomeshi", "omeshi")),
        ("ふっさし", ("fussashi",)),
        ("マッチ", ("matchi",)),
        ("ジュウニシャ", ("juunisha", "junisha")),
        ("キョウト", ("kyouto", "kyoto")),
        ("ｱｷｼﾏｼ", ("akishimashi",)),
        ("立川", ("",)),
    ],
)
def test_a_reading_is_typed_with_long_vowels_in_full_and_short(kana, typed) -> None:
    assert romanised(kana) == typed
