"""A text of any length is refused before a parser ponders it: with cubic patterns this file would not end."""

import pytest

from govkit.errors import InvalidValue
from govkit.jp.amounts import Amount
from govkit.jp.bank import AccountNumber, BankAccountName
from govkit.jp.contact import EmailAddress, Url
from govkit.jp.corporate import CorporateNumber, InvoiceNumber
from govkit.jp.kanji_numerals import parse_kanji_number
from govkit.jp.my_number import MyNumber
from govkit.jp.numbers import MunicipalityCode, SchoolCode
from govkit.jp.residence_card import ResidenceCardNumber
from govkit.jp.telephone import Telephone

PARSERS = [
    Amount.parse,
    AccountNumber.parse,
    BankAccountName.parse,
    EmailAddress.parse,
    Url.parse,
    CorporateNumber.parse,
    InvoiceNumber.parse,
    parse_kanji_number,
    MyNumber.parse,
    MunicipalityCode.parse,
    SchoolCode.parse,
    ResidenceCardNumber.parse,
    Telephone.parse,
]
LONG = [
    one * 20_000
    for one in (
        " x", "1", "1-", "(", "TEL", "内線", "x1", "1,", "a@", "a.", "あ.", "/", "%41", "千", "1千",
        "ﾞ", "カ", "・", "代", "1.", "㈱", "株式会社", "='", "mail ",
    )
]  # fmt: skip
LONG += ["x" + " " * 20_000 + "x", "https://" + "a." * 20_000, "a@" + "a." * 20_000]


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__qualname__)
def test_long_texts_are_refused_at_once(parse):
    for text in LONG:
        with pytest.raises(InvalidValue):
            parse(text)
