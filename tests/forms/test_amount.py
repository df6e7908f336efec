import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.forms import AmountField, Range
from govkit.jp.amounts import Amount
from tests.forms.cases import check, outcome, posted

NOT_A_NUMBER, COMMAS = "amount_not_a_number", "amount_commas"
DECIMALS, NEGATIVE, LARGE = "amount_decimals", "amount_negative", "amount_too_large"
CASES = [
    ("1234", 1234, ""),
    ("1,234", 1234, ""),
    ("１２３４", 1234, ""),
    ("１，２３４", 1234, ""),
    ("1、234", 1234, ""),
    ("1,234円", 1234, ""),
    ("１，２３４円", 1234, ""),
    ("1,234 円", 1234, ""),
    ("￥1,234", 1234, ""),
    ("¥1,234", 1234, ""),
    ("\\1,234", 1234, ""),
    ("￥1,234-", 1234, ""),
    ("￥1,234.-", 1234, ""),
    ("￥１，２３４－", 1234, ""),
    ("1,234円也", 1234, ""),
    ("金1,234円也", 1234, ""),
    ("金 1,234 円", 1234, ""),
    ("金額：1,234円", 1234, ""),
    ("1,234JPY", 1234, ""),
    ("1234yen", 1234, ""),
    (" \u30001234\r\n", 1234, ""),
    ("1,\u200b234", 1234, ""),
    ("1 234 567", 1234567, ""),
    ("'1234", 1234, ""),
    ('="1234"', 1234, ""),
    ("0", 0, ""),
    ("0円", 0, ""),
    ("-0", 0, ""),
    ("007", 7, ""),
    ("1万2千円", 12000, ""),
    ("１万２千円", 12000, ""),
    ("1万円", 10000, ""),
    ("12万3456円", 123456, ""),
    ("1,234千円", 1234000, ""),
    ("5百万円", 5000000, ""),
    ("1億2,345万円", 123450000, ""),
    ("一万二千円", 12000, ""),
    ("百五十円", 150, ""),
    ("二〇〇円", 200, ""),
    ("金壱万弐千参百円也", 12300, ""),
    ("金壱萬弐阡円也", 12000, ""),
    ("金伍拾萬圓也", 500000, ""),
    ("999999999999999", 999999999999999, ""),
    ("123456789018", 123456789018, ""),
    ("", None, ""),
    ("　", None, ""),
    ("1,23", None, COMMAS),
    ("12,34", None, COMMAS),
    ("1,2345", None, COMMAS),
    (",123", None, COMMAS),
    ("1,,234", None, COMMAS),
    ("1234,567", None, COMMAS),
    ("100 20", None, COMMAS),
    ("1234.5", None, DECIMALS),
    ("1,234.50円", None, DECIMALS),
    ("1234.0", 1234, ""),
    ("￥１，２３４．００", 1234, ""),
    ("1.000", None, DECIMALS),
    ("0.5", None, DECIMALS),
    (".5", None, DECIMALS),
    ("1.5万円", None, DECIMALS),
    ("１．５", None, DECIMALS),
    ("-1,234", None, NEGATIVE),
    ("−1,234円", None, NEGATIVE),
    ("ー1234", None, NEGATIVE),
    ("▲1,234", None, NEGATIVE),
    ("△1,234円", None, NEGATIVE),
    ("(1,234)", None, NEGATIVE),
    ("（１，２３４）", None, NEGATIVE),
    ("￥-1,234", None, NEGATIVE),
    ("-￥1,234", None, NEGATIVE),
    ("マイナス1234", None, NEGATIVE),
    ("1000000000000000", None, LARGE),
    ("1千兆円", None, LARGE),
    ("9" * 300, None, LARGE),
    ("9" * 5000, None, LARGE),
    ("1.23E+05", None, "amount_spreadsheet"),
    ("1E5", None, "amount_spreadsheet"),
    ("$12", None, "amount_other_currency"),
    ("12ドル", None, "amount_other_currency"),
    ("€12", None, "amount_other_currency"),
    ("１２ユーロ", None, "amount_other_currency"),
    ("円", None, NOT_A_NUMBER),
    ("￥", None, NOT_A_NUMBER),
    ("-", None, NOT_A_NUMBER),
    ("+1234", None, NOT_A_NUMBER),
    ("=1234", None, NOT_A_NUMBER),
    ("1_234", None, NOT_A_NUMBER),
    ("1'234", None, NOT_A_NUMBER),
    ("約1000円", None, NOT_A_NUMBER),
    ("1000円以上", None, NOT_A_NUMBER),
    ("1000〜2000", None, NOT_A_NUMBER),
    ("1000-2000", None, NOT_A_NUMBER),
    ("1円2円", None, NOT_A_NUMBER),
    ("十百円", None, NOT_A_NUMBER),
    ("万円", None, NOT_A_NUMBER),
    ("無料", None, NOT_A_NUMBER),
    ("なし", None, NOT_A_NUMBER),
    ("١٢٣٤", None, NOT_A_NUMBER),
    ("①②", None, NOT_A_NUMBER),
    ("1²", None, NOT_A_NUMBER),
    ("𝟏", None, NOT_A_NUMBER),
    ("12\u0301", None, NOT_A_NUMBER),
    ("12\ue000", None, NOT_A_NUMBER),
    ("O12", None, NOT_A_NUMBER),
    ("0x10", None, NOT_A_NUMBER),
    ("1/2", None, NOT_A_NUMBER),
    ("<script>", None, NOT_A_NUMBER),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case)[:80])
def test_amount(case):
    check(AmountField, case)


@pytest.mark.parametrize(
    ("typed", "yen"),
    [("▲1,234", -1234), ("△５００円", -500), ("(1,234)", -1234), ("-￥100", -100), ("(△1)", -1)],
)
def test_amounts_below_zero_are_taken_where_they_are_allowed(typed, yen):
    assert outcome(AmountField, typed, allows_negative=True) == (yen, "")


def test_commas_in_wrong_places_are_told_with_what_was_meant():
    assert "「1,234,567」" in posted(AmountField, "1234,567").errors[0]


def test_the_page_shows_commas_and_yen():
    field = posted(AmountField, "一万二千円")
    assert (field.text, field.value.in_kanji) == ("12,000円", "金壱萬弐千円")
    assert 'value="12,000円"' in field()
    assert 'inputmode="numeric"' in field()
    assert Amount(-1).in_kanji == ""


def test_amounts_can_be_limited():
    field = AmountField("金額", [Range(1, 10000)])
    assert outcome(field, "10,001円")[1] != ""
    assert outcome(field, "10,000円") == (10000, "")


def test_an_amount_of_a_record_is_shown():
    field = posted(AmountField("金額", default=1200), None)
    assert field.errors == []


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_what_is_written_is_read_back(yen):
    amount = Amount(yen)
    for text in (str(amount), amount.formatted, amount.in_kanji or str(amount)):
        assert Amount.parse(text, allows_negative=True) == amount


@given(st.text("0123,.-円￥▲()万千百〇一金也 １，", max_size=12))
def test_any_text_is_read_or_refused_and_read_again_alike(text):
    try:
        amount = Amount.parse(text, allows_negative=True)
    except InvalidValue:
        return
    assert Amount.parse(str(amount), allows_negative=True) == amount
