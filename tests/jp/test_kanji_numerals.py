import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.jp.kanji_numerals import (
    KanjiNumberProblem,
    KanjiStyle,
    format_kanji_number,
    parse_kanji_number,
)

NOT_A_NUMBER = KanjiNumberProblem.NOT_A_NUMBER
WRONG_ORDER = KanjiNumberProblem.WRONG_ORDER


def outcome(text):
    try:
        return parse_kanji_number(text)
    except InvalidValue as refused:
        return refused.problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("〇", 0), ("零", 0), ("○", 0), ("◯", 0), ("一", 1), ("十", 10), ("十一", 11), ("二十", 20),
        ("廿", 20), ("廿五", 25), ("卅", 30), ("丗一", 31), ("卌二", 42), ("百", 100), ("一百", 100),
        ("百五", 105), ("百〇五", 105), ("千〇五", 1005), ("千〇五十", 1050), ("千二百三十四", 1234),
        ("二〇二六", 2026), ("二千二十六", 2026), ("一二三", 123), ("〇〇七", 7), ("三〇〇", 300),
        ("壱", 1), ("弐", 2), ("参", 3), ("壹貳參", 123), ("壱拾弐", 12), ("壱萬弐阡参佰", 12300),
        ("壱億弐千参百四拾五萬六千七百八拾九", 123456789), ("伍拾", 50), ("柒拾捌", 78), ("陸仟", 6000),
        ("一万", 10000), ("1万2千", 12000), ("１万２千", 12000), ("1万2千300", 12300), ("1千200", 1200),
        ("2万305", 20305), ("1億2345万6789", 123456789), ("1,234万", 12340000), ("千万", 10**7),
        ("5百万", 5 * 10**6), ("1,200千", 1200000), ("1,234百万", 1234 * 10**6), ("百五十万", 1500000),
        ("一〇〇万", 10**6), ("一兆", 10**12), ("九千九百九十九京", 9999 * 10**16), ("1京1", 10**16 + 1),
        ("一億一", 10**8 + 1), ("十万", 10**5), ("1234", 1234), ("１，２３４", 1234), ("0", 0), ("007", 7),
        ("二 千\u3000二十六", 2026), ("\u200b百\ufeff", 100), ("12百", 1200),
    ],
)  # fmt: skip
def test_number_is_read(text, expected):
    assert outcome(text) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", KanjiNumberProblem.EMPTY), ("　", KanjiNumberProblem.EMPTY),
        ("\u200b", KanjiNumberProblem.EMPTY), ("ニ", NOT_A_NUMBER), ("ハ", NOT_A_NUMBER),
        ("ー", NOT_A_NUMBER), ("―", NOT_A_NUMBER), ("-1", NOT_A_NUMBER), ("口", NOT_A_NUMBER),
        ("マイナス一", NOT_A_NUMBER), ("一点五", NOT_A_NUMBER), ("1.5万", NOT_A_NUMBER),
        ("元", NOT_A_NUMBER), ("一つ", NOT_A_NUMBER), ("①", NOT_A_NUMBER), ("㊀", NOT_A_NUMBER),
        ("Ⅳ", NOT_A_NUMBER), ("٣", NOT_A_NUMBER), ("⼀", NOT_A_NUMBER), ("𝟏", NOT_A_NUMBER),
        ("1e3", NOT_A_NUMBER), ("十九\ue000", NOT_A_NUMBER), ("三\u3099", NOT_A_NUMBER),
        ("十百", WRONG_ORDER), ("百百", WRONG_ORDER), ("百千", WRONG_ORDER), ("二十三十", WRONG_ORDER),
        ("万億", WRONG_ORDER), ("一万一億", WRONG_ORDER), ("一万二万", WRONG_ORDER), ("万", WRONG_ORDER),
        ("億", WRONG_ORDER), ("〇万", WRONG_ORDER), ("〇十", WRONG_ORDER), ("廿十", WRONG_ORDER),
        ("1,2", WRONG_ORDER), ("1,23万", WRONG_ORDER), (",", WRONG_ORDER), ("百12345", WRONG_ORDER),
        ("千1200", WRONG_ORDER), ("1千12百", WRONG_ORDER), ("1億1,234百万", WRONG_ORDER),
        ("一万一二三四五", WRONG_ORDER), ("十〇", WRONG_ORDER),
        ("10000京", KanjiNumberProblem.TOO_LARGE), ("1" * 21, KanjiNumberProblem.TOO_LARGE),
        ("9" * 4400, KanjiNumberProblem.TOO_LARGE),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_its_reason(text, problem):
    assert outcome(text) is problem


@pytest.mark.parametrize(
    ("number", "units", "positional", "legal", "mixed"),
    [
        (0, "〇", "〇", "零", "0"),
        (1, "一", "一", "壱", "1"),
        (10, "十", "一〇", "壱拾", "10"),
        (1234, "千二百三十四", "一二三四", "壱千弐百参拾四", "1234"),
        (10000, "一万", "一〇〇〇〇", "壱萬", "1万"),
        (20305, "二万三百五", "二〇三〇五", "弐萬参百五", "2万305"),
        (10**7, "千万", "一〇〇〇〇〇〇〇", "壱千萬", "1000万"),
        (10**16 + 1, "一京一", "一〇〇〇〇〇〇〇〇〇〇〇〇〇〇〇一", "壱京壱", "1京1"),
    ],
)
def test_number_is_written_in_four_ways(number, units, positional, legal, mixed):
    assert [format_kanji_number(number, style) for style in KanjiStyle] == [
        units,
        positional,
        legal,
        mixed,
    ]


@pytest.mark.parametrize("number", [-1, 10**20])
def test_what_has_no_name_is_not_written(number):
    with pytest.raises(InvalidValue) as refused:
        format_kanji_number(number)
    assert refused.value.problem is KanjiNumberProblem.TOO_LARGE


@given(st.integers(0, 10**20 - 1), st.sampled_from(KanjiStyle))
def test_what_is_written_is_read_back(number, style):
    assert parse_kanji_number(format_kanji_number(number, style)) == number


@given(st.text("〇一二三十百千万億兆京廿0123,万"))
def test_any_text_is_read_or_refused_with_a_code(text):
    assert isinstance(outcome(text), int | KanjiNumberProblem)
