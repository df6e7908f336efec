import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.jp.characters import (
    CharacterSet,
    UnsupportedCharacter,
    code_points,
    has_private_use,
    has_variation_selector,
    in_cp932,
    in_jis_x_0213,
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
