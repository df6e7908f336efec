import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.residents import patterns
from govkit.residents.keys import keyed_name, loose_key, readings
from govkit.residents.patterns import search_pattern

_NASTY = "ウゥうぅｳｩヴゔヵァアぁあｧオォおｵヲｦーｰ-‐～〜ﾞﾟ゛゜\u3099々〻ヽゝヾゞ・ 　\u200b渡邉邊辺\U000e0100齋斉斎𠮷髙ワヷツｯッっづチNn％%_*\\[]^&|"
_TEXTS = st.text(st.one_of(st.sampled_from(_NASTY), st.characters(exclude_categories=["Cs"])))


@given(raw=_TEXTS, data=st.data())
def test_a_text_whose_key_contains_a_key_is_matched_by_its_pattern(raw, data):
    for reading in readings(raw):
        key = loose_key(reading)
        first = data.draw(st.integers(0, len(key)))
        part = key[first : data.draw(st.integers(first, len(key)))]
        pattern = search_pattern(part)
        # A key that begins with an iteration mark is not the key of a text of its own.
        if pattern is not None and part:
            assert re.search(pattern, raw)


@given(texts=st.lists(_TEXTS, min_size=1, max_size=4))
def test_the_keys_of_the_parts_of_a_name_are_found_in_the_whole_text(texts):
    raw = " ".join(texts)
    keyed = keyed_name(raw, loose_key)
    for key in (*keyed.parts, *keyed.heads, *keyed.tails):
        assert re.search(search_pattern(key), raw)


@pytest.mark.parametrize(
    ("typed", "raw"),
    [
        ("ワタナベ", "わたなべ"),
        ("わたなべ", "ﾜﾀﾅﾍﾞ　ｱｵｲ"),
        ("オオノ", "オーノ"),
        ("オオノ", "おうの"),
        ("バン", "ヴァン"),
        ("バン", "ｳﾞｧﾝ"),
        ("佐佐木", "佐々木"),
        ("渡辺", "渡邉\U000e0101"),
        ("斎藤", "齊藤"),
        ("ミハ", "ミ・ヷ"),
        ("100%", "１００％"),
        ("a^[b]-\\", "A^[B]-\\"),
    ],
)
def test_pattern_finds_other_ways_of_writing(typed, raw):
    assert re.search(search_pattern(loose_key(typed)), raw)


@pytest.mark.parametrize(
    ("typed", "raw"), [("100%", "1000"), ("a*", "aaa"), (".", "x"), ("山", "川")]
)
def test_wildcards_are_letters(typed, raw):
    key = loose_key(typed)
    assert not key or not re.search(search_pattern(key), raw)


def test_every_character_that_a_key_folds_is_known():
    known = set(patterns._foldable())
    for first in range(0, 0x32000, 0x100):
        block = range(first, first + 0x100)
        left = [c for c in map(chr, block) if c not in known and not 0xD800 <= ord(c) < 0xE000]
        assert loose_key("".join(left)) == "".join(left)
    for code in (*range(0xE01F0, 0xE0300), 0x10FFFF):
        assert loose_key(chr(code)) == chr(code)


def test_characters_that_a_database_cannot_hold_are_left_out():
    def holds(character):
        return bool(character.encode("euc_jp", "ignore"))

    assert "\U000e0100" in search_pattern("辺見")
    held = search_pattern(loose_key("辺見"), holds=holds)
    assert "\U000e0100" not in held
    assert "邉" in held
    assert search_pattern("𠮷", holds=lambda character: character in "ー・") is None
