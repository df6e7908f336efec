import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.jp.characters import (
    CharacterKind,
    CharacterProblem,
    CharacterSet,
    InvalidCharacters,
    ShrinkUnavailable,
    UnsupportedCharacter,
    _shrink_tables,
    character_report,
    characters,
    check_characters,
    code_points,
    count_characters,
    drop_stray_selectors,
    has_private_use,
    has_variation_selector,
    in_cp932,
    in_jis_x_0208,
    in_jis_x_0213,
    kind_of,
    shrink_candidates,
    unsupported_characters,
)


@pytest.mark.parametrize(
    ("name", "jis", "cp932"),
    [
        ("\u9ad9橋", False, True),
        ("\U00020bb7田", False, False),
        ("葛\U000e0100", False, False),
        ("\U0002363a本", True, False),
        ("\ufa11", True, True),
        ("高橋", True, True),
        ("か\u309a", True, False),
        ("\ue000", False, False),
        ("Smith", True, True),
        ("", True, True),
        ("Nguyễn", False, False),
    ],
)
def test_names_fit_the_set_of_the_receiving_system(name, jis, cp932):
    assert (in_jis_x_0213(name), in_cp932(name)) == (jis, cp932)


def test_every_lost_character_is_reported_with_its_code_points():
    lost = unsupported_characters("葛\U000e0100西 \U00020bb7\u9ad9", CharacterSet.JIS_X_0213)
    assert lost == (
        UnsupportedCharacter("葛\U000e0100", 0),
        UnsupportedCharacter("\U00020bb7", 4),
        UnsupportedCharacter("\u9ad9", 5),
    )
    assert [one.code_points for one in lost] == ["U+845B U+E0100", "U+20BB7", "U+9AD9"]


def test_nothing_is_reported_for_a_name_that_fits():
    assert unsupported_characters("佐藤", CharacterSet.CP932) == ()


def test_private_use_and_selectors_are_seen():
    assert has_private_use("山\uf8ff")
    assert has_private_use("\U000f0000")
    assert not has_private_use("山")
    assert has_variation_selector("辻\U000e0101")
    assert not has_variation_selector("辻")
    assert code_points("髙橋") == "U+9AD9 U+6A4B"


@given(st.text(max_size=12))
def test_report_is_empty_exactly_when_the_text_fits(text):
    assert in_jis_x_0213(text) is (not unsupported_characters(text, CharacterSet.JIS_X_0213))
    assert in_cp932(text) is (not unsupported_characters(text, CharacterSet.CP932))


@pytest.mark.parametrize(
    ("text", "sets"),
    [
        ("高橋", "0208 0213 cp932 moji"),
        ("\u9ad9", "cp932 moji"),
        ("\U00020bb7", "moji"),
        ("\ufa11", "0213 cp932 moji"),
        ("\ufa19", "0213 cp932 moji"),
        ("\u4ff1", "0213 moji"),
        ("\U0002363a", "0213 moji"),
        ("葛\U000e0100", "moji"),
        ("\u4e02", "0213 moji"),
        ("\u3401", "moji"),
        ("\U0001b002", "moji"),
        ("々〆仝ヶヴ", "0208 0213 cp932 moji"),
        ("ｱ", "0213 cp932 moji"),
        ("ヷ", "0213 moji"),
        ("か\u309a", "0213 moji"),
        ("㈱①", "0213 cp932 moji"),
        ("é", "0213 moji latin"),
        ("ễ", "latin"),
        ("e\u0301", "0213 moji latin"),
        ("e\u0323", "latin"),
        ("O'Brien", "0208 0213 cp932 moji latin"),
        ("Д", "0208 0213 cp932 moji"),
        ("\ue000", ""),
        ("한", ""),
        ("\ufffd", ""),
        ("一\U000e0100\U000e0101", ""),
        ("か葛\u309a", ""),
    ],
)
def test_each_set_holds_what_its_standard_lists(text, sets):
    names = {
        "0208": CharacterSet.JIS_X_0208,
        "0213": CharacterSet.JIS_X_0213,
        "cp932": CharacterSet.CP932,
        "moji": CharacterSet.MOJI_JOHO,
        "latin": CharacterSet.LATIN,
    }
    holding = {name for name, one in names.items() if not unsupported_characters(text, one)}
    assert holding == set(sets.split())


def test_half_a_surrogate_pair_is_in_no_set():
    half = "\ud842"
    assert kind_of(half) is CharacterKind.UNREADABLE
    assert all(unsupported_characters(half, one) for one in CharacterSet)


def test_jis_x_0208_has_its_6355_kanji_and_nothing_of_jis_x_0212():
    kanji = [chr(code) for code in (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))]
    assert sum(map(in_jis_x_0208, kanji)) == 6355 + len("仝")
    only_in_0212 = "\u4e02\u4e04\u9ad9"
    assert not any(map(in_jis_x_0208, only_in_0212))


def test_compatibility_kanji_of_jis_x_0213_are_left_as_they_are():
    ideographs = [chr(code) for code in (*range(0xF900, 0xFADA), *range(0x2F800, 0x2FA1E))]
    changed_by_nfc = [
        one for one in ideographs if in_jis_x_0213(one) and unicodedata.normalize("NFC", one) != one
    ]
    assert len(changed_by_nfc) == 75
    assert all(kind_of(one) is CharacterKind.KANJI for one in changed_by_nfc)
    assert all(drop_stray_selectors(one) == one for one in changed_by_nfc)


@pytest.mark.parametrize(
    ("character", "kind"),
    [
        ("山", "kanji"), ("々", "kanji"), ("〆", "kanji"), ("〇", "kanji"), ("\ufa19", "kanji"),
        ("\U00020bb7", "kanji"), ("\U0002f800", "kanji"), ("\U00030000", "kanji"),
        ("葛\U000e0100", "kanji"), ("あ", "hiragana"), ("ゟ", "hiragana"), ("ゝ", "hiragana"),
        ("\U0001b002", "hiragana"), ("ア", "katakana"), ("ー", "katakana"), ("ヽ", "katakana"),
        ("ｱ", "katakana"), ("ㇰ", "katakana"), ("・", "symbol"), ("A", "latin"), ("Ａ", "latin"),
        ("é", "latin"), ("ễ", "latin"), ("×", "symbol"), ("ª", "other_letter"), ("1", "digit"),
        ("１", "digit"), ("٣", "other_letter"), ("①", "symbol"), ("Ⅲ", "symbol"), (" ", "space"),
        ("\u3000", "space"), ("\t", "space"), ("\u2028", "space"), ("\ue000", "private_use"),
        ("\U000f0000", "private_use"), ("⼭", "radical"), ("⺼", "radical"), ("\ufffd", "unreadable"),
        ("\uffff", "unreadable"), ("А", "other_letter"),
        ("Ω", "other_letter"), ("한", "other_letter"), ("😀", "symbol"), ("゛", "symbol"),
        ("○", "symbol"), ("-", "symbol"),
    ],
)  # fmt: skip
def test_the_kind_of_a_character_is_told(character, kind):
    assert kind_of(character) == kind


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0), ("山田", 2), ("葛\U000e0100城", 2), ("𠮷野", 2), ("か\u309a", 1), ("e\u0302\u0301", 1),
        ("辻\ufe00", 1), ("山 田", 3), ("辻" + "\ufe00" * 9, 4), ("か\u3099", 1),
    ],
)  # fmt: skip
def test_characters_are_counted_as_people_count_them(text, count):
    assert count_characters(text) == len(characters(text)) == count
    assert "".join(characters(text)) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("\U000e0100山", "山"),
        ("あ\ufe0fい", "あい"),
        ("葛\U000e0100\U000e0101", "葛\U000e0100"),
        ("\ufa19\ufe00", "\ufa19\ufe00"),
        ("A\ufe0e", "A"),
    ],
)
def test_a_selector_without_its_kanji_is_dropped(text, left):
    assert drop_stray_selectors(text) == left


@pytest.mark.parametrize(
    ("text", "character_set", "problem", "number", "letters"),
    [
        ("山\ue000田", None, CharacterProblem.PRIVATE_USE, 2, ("\ue000",)),
        ("葛\U000e0100\uf8ff\uf8ff", None, CharacterProblem.PRIVATE_USE, 2, ("\uf8ff",)),
        ("\ufffd\ue000", None, CharacterProblem.PRIVATE_USE, 2, ("\ue000",)),
        ("山\ufffd", None, CharacterProblem.UNREADABLE, 2, ("\ufffd",)),
        ("\u9ad9橋𠮷", CharacterSet.JIS_X_0213, CharacterProblem.NOT_IN_SET, 1, ("\u9ad9", "𠮷")),
        (
            "葛\U000e0100",
            CharacterSet.JIS_X_0208,
            CharacterProblem.NOT_IN_SET,
            1,
            ("葛\U000e0100",),
        ),
    ],
)
def test_the_place_of_what_cannot_be_taken_is_named(text, character_set, problem, number, letters):
    with pytest.raises(InvalidCharacters) as caught:
        check_characters(text, character_set)
    error = caught.value
    assert (error.problem, error.number, error.letters) == (problem, number, letters)
    assert error.character == letters[0]


def test_every_other_character_may_pass():
    check_characters("\u9ad9橋 𠮷子 葛\U000e0100 Nguyễn 한 ①")
    check_characters("髙橋", CharacterSet.CP932)


def test_a_report_lists_code_points_and_sets_of_each_character():
    high, arrowroot, digit = character_report("\u9ad9葛\U000e01001")
    assert (high.number, high.code_points, high.kind) == (1, "U+9AD9", CharacterKind.KANJI)
    assert high.sets == (CharacterSet.CP932, CharacterSet.MOJI_JOHO)
    assert (arrowroot.number, arrowroot.code_points) == (2, "U+845B U+E0100")
    assert arrowroot.sets == (CharacterSet.MOJI_JOHO,)
    assert digit.number == 3
    assert digit.sets == tuple(CharacterSet)


@pytest.mark.parametrize(
    ("character", "character_set", "candidates"),
    [
        ("\u9ad9", CharacterSet.JIS_X_0208, {"高"}),
        ("\U00020bb7", CharacterSet.JIS_X_0208, {"吉"}),
        ("\ufa11", CharacterSet.JIS_X_0208, {"崎"}),
        ("\ufa11", CharacterSet.JIS_X_0213, {"\ufa11"}),
        ("㐂", CharacterSet.JIS_X_0208, {"喜"}),
        ("濵", CharacterSet.JIS_X_0208, {"浜", "濱"}),
        ("葛\U000e0100", CharacterSet.JIS_X_0213, {"葛"}),
        ("邊\U000e0101", CharacterSet.JIS_X_0208, {"邊", "辺"}),
        ("邉", CharacterSet.JIS_X_0208, {"邉"}),
        ("\ue000", CharacterSet.JIS_X_0208, set()),
        ("é", CharacterSet.JIS_X_0208, set()),
        ("😀", CharacterSet.JIS_X_0208, set()),
        ("\U00030edd", CharacterSet.JIS_X_0208, set()),
        ("\u9ad9橋", CharacterSet.JIS_X_0208, set()),
        ("", CharacterSet.JIS_X_0208, {""}),
    ],
)
def test_candidates_for_a_smaller_set_are_offered(character, character_set, candidates):
    offered = shrink_candidates(character, character_set)
    assert set(offered) == candidates
    assert len(offered) == len(candidates)
    assert "\ufffd" not in offered


def test_without_the_tables_the_extra_is_named(monkeypatch):
    _shrink_tables.cache_clear()
    monkeypatch.setitem(sys.modules, "jntajis", None)

    with pytest.raises(ShrinkUnavailable, match=r"govkit-jp\[shrink\]"):
        shrink_candidates("\u9ad9")
    assert shrink_candidates("高") == ("高",)
