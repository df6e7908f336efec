import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.forms import TelephoneField
from govkit.jp.telephone import Telephone, TelephoneKind
from tests.forms.cases import check, outcome, posted
from tests.forms.digit_cases import refused, taken

LAND, MOBILE = "0425232111", "09012345678"
NOT_DIGITS = "telephone_not_digits"
LENGTH = "telephone_wrong_length"
PREFIX = "telephone_unknown_prefix"
LOST = "telephone_lost_zero"
READ = [
    *taken(LAND),
    *taken(MOBILE),
    ("042-523-2111", LAND, ""),
    ("(042)523-2111", LAND, ""),
    ("（042）523－2111", LAND, ""),
    ("042（523）2111", LAND, ""),
    ("042)523-2111", LAND, ""),
    ("[042]523-2111", LAND, ""),
    ("０４２ー５２３ー２１１１", LAND, ""),
    ("042.523.2111", LAND, ""),
    ("042・523・2111", LAND, ""),
    ("042-523-2111（代）", LAND, ""),
    ("042-523-2111(代表)", LAND, ""),
    ("042-523-2111 代表", LAND, ""),
    ("042-523-2111㈹", LAND, ""),
    ("代表042-523-2111", LAND, ""),
    ("042-523-2111（直通）", LAND, ""),
    ("TEL:042-523-2111", LAND, ""),
    ("Tel. 042-523-2111", LAND, ""),
    ("ＴＥＬ　０４２－５２３－２１１１", LAND, ""),
    ("tel:+81-42-523-2111", LAND, ""),
    ("℡042-523-2111", LAND, ""),
    ("☎042-523-2111", LAND, ""),
    ("📞 042-523-2111", LAND, ""),
    ("電話番号：042-523-2111", LAND, ""),
    ("自宅 042-523-2111", LAND, ""),
    ("携帯:090-1234-5678", MOBILE, ""),
    ("（携帯）090-1234-5678", MOBILE, ""),
    ("+81 42-523-2111", LAND, ""),
    ("+81 (0)42-523-2111", LAND, ""),
    ("+81(0)90-1234-5678", MOBILE, ""),
    ("＋８１－９０－１２３４－５６７８", MOBILE, ""),
    ("+81 042-523-2111", LAND, ""),
    ("010-81-42-523-2111", LAND, ""),
    ("0081-42-523-2111", LAND, ""),
    ("042-523-2111 内線1234", "0425232111内線1234", ""),
    ("042-523-2111（内線１２３４）", "0425232111内線1234", ""),
    ("042-523-2111(内)1234", "0425232111内線1234", ""),
    ("042-523-2111（代）内線：1234", "0425232111内線1234", ""),
    ("042-523-2111 ext. 12", "0425232111内線12", ""),
    ("042-523-2111x12", "0425232111内線12", ""),
    ("042-523-2111#12", "0425232111内線12", ""),
    ("060-1234-5678", "06012345678", ""),
    ("070-1234-5678", "07012345678", ""),
    ("080-1234-5678", "08012345678", ""),
    ("050-1234-5678", "05012345678", ""),
    ("0120-123-456", "0120123456", ""),
    ("0800-123-4567", "08001234567", ""),
    ("0570-012-345", "0570012345", ""),
    ("0990-123-456", "0990123456", ""),
    ("03-1234-5678", "0312345678", ""),
    ("04992-2-1121", "0499221121", ""),
]
REFUSED = [
    *[
        case
        for case in refused(MOBILE, NOT_DIGITS)
        if case[0] not in {"09012345678.5", "+09012345678", "0901234567O", "0901234567l"}
    ],
    ("", None, ""),
    (" \u3000\u200b", None, ""),
    ("-", None, "telephone_empty"),
    ("TEL:", None, "telephone_empty"),
    ("312345678", None, LOST),
    ("3-1234-5678", None, LOST),
    ("425232111", None, LOST),
    ("9012345678", None, LOST),
    ("9012345678.0", None, LOST),
    ("８０－１２３４－５６７８", None, LOST),
    ("120123456", None, LOST),
    ("8001234567", None, LOST),
    ("3.12E+08", None, "telephone_spreadsheet"),
    ("9.01235E+09", None, "telephone_spreadsheet"),
    ("523-2111", None, "telephone_no_area_code"),
    ("1234-5678", None, "telephone_no_area_code"),
    ("042-523-211", None, LENGTH),
    ("042-523-21111", None, LENGTH),
    ("03-1234-56789", None, LENGTH),
    ("090-1234-567", None, LENGTH),
    ("090-1234-56789", None, LENGTH),
    ("0120-12-3456-7", None, LENGTH),
    ("0120-1234-567", None, LENGTH),
    ("0120-12-345", None, LENGTH),
    ("0800-123-456", None, LENGTH),
    ("0570-000-0000", None, LENGTH),
    ("050-123-4567", None, LENGTH),
    ("0425232111" + " " * 500 + "x", None, NOT_DIGITS),
    ("+81", None, LENGTH),
    ("+81-90-1234-567", None, LENGTH),
    ("000-0000-0000", None, PREFIX),
    ("0000000000", None, PREFIX),
    ("090-0123-4567", None, PREFIX),
    ("020-1234-5678", None, PREFIX),
    ("+8100312345678", None, PREFIX),
    ("110", None, "telephone_emergency"),
    ("１１９", None, "telephone_emergency"),
    ("118", None, "telephone_emergency"),
    ("#7119", None, "telephone_emergency"),
    ("O42-523-2111", None, "telephone_letter_for_digit"),
    ("O9O-1234-5678", None, "telephone_letter_for_digit"),
    ("090-l234-5678", None, "telephone_letter_for_digit"),
    ("0901234567O", None, "telephone_letter_for_digit"),
    ("+1 212 555 1234", None, "telephone_foreign"),
    ("010-1-212-555-1234", None, "telephone_foreign"),
    ("＋８２－２－１２３－４５６７", None, "telephone_foreign"),
    ("81-42-523-2111", None, "telephone_missing_plus"),
    ("042-523-2111 内線", None, "telephone_extension"),
    ("042-523-2111 内線123456789", None, "telephone_extension"),
    ("042-523-2111 内線総務課", None, "telephone_extension"),
    ("042-523-2111 / 090-1234-5678", None, "telephone_several"),
    ("042-523-2111、090-1234-5678", None, "telephone_several"),
    ("042-523-2111　FAX 042-523-2112", None, "telephone_several"),
    ("TEL:042-523-2111 ＦＡＸ：042-523-2112", None, "telephone_several"),
    ("042-523-2111 090-1234-5678", None, "telephone_several"),
    ("042-523-2111\n090-1234-5678", None, "telephone_several"),
    ("042-523-2111～2113", None, NOT_DIGITS),
    ("042/523/2111", None, NOT_DIGITS),
    ("taro@example.jp", None, NOT_DIGITS),
    ("内線1234", None, NOT_DIGITS),
    ("Z42-523-2111", None, NOT_DIGITS),
    ("123456789018", None, "my_number_not_allowed"),
    ("1234 5678 9018", None, "my_number_not_allowed"),
]


@pytest.mark.parametrize("case", READ + REFUSED, ids=repr)
def test_telephone(case):
    check(TelephoneField, case)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("312345678", "0312345678"),
        ("9012345678.0", "09012345678"),
        ("O9O-1234-5678", "09012345678"),
        ("81-42-523-2111", "0425232111"),
    ],
)
def test_the_error_says_what_was_meant(typed, meant):
    assert f"「{meant}」" in posted(TelephoneField, typed).errors[0]


@pytest.mark.parametrize(
    ("typed", "shown", "kind"),
    [
        ("0312345678", "03-1234-5678", TelephoneKind.GEOGRAPHIC),
        ("0612345678", "06-1234-5678", TelephoneKind.GEOGRAPHIC),
        ("0112112111", "011-211-2111", TelephoneKind.GEOGRAPHIC),
        ("0425232111", "042-523-2111", TelephoneKind.GEOGRAPHIC),
        ("0422515131", "0422-51-5131", TelephoneKind.GEOGRAPHIC),
        ("0471671111", "04-7167-1111", TelephoneKind.GEOGRAPHIC),
        ("0429981111", "04-2998-1111", TelephoneKind.GEOGRAPHIC),
        ("0499221121", "04992-2-1121", TelephoneKind.GEOGRAPHIC),
        ("0499823111", "04998-2-3111", TelephoneKind.GEOGRAPHIC),
        ("0980229911", "09802-2-9911", TelephoneKind.GEOGRAPHIC),
        ("0980531212", "0980-53-1212", TelephoneKind.GEOGRAPHIC),
        ("0988662333", "098-866-2333", TelephoneKind.GEOGRAPHIC),
        ("0849261111", "084-926-1111", TelephoneKind.GEOGRAPHIC),
        ("0210000000", "0210000000", TelephoneKind.GEOGRAPHIC),
        ("06012345678", "060-1234-5678", TelephoneKind.MOBILE),
        ("05012345678", "050-1234-5678", TelephoneKind.IP),
        ("0120123456", "0120-123-456", TelephoneKind.FREE),
        ("08001234567", "0800-123-4567", TelephoneKind.FREE),
        ("0570012345", "0570-012-345", TelephoneKind.SHARED_COST),
        ("0990123456", "0990-123-456", TelephoneKind.PREMIUM),
        ("0425232111内線12", "042-523-2111 内線12", TelephoneKind.GEOGRAPHIC),
    ],
)
def test_the_page_shows_hyphens_after_the_area_code(typed, shown, kind):
    field = posted(TelephoneField, typed)
    assert (field.text, field.value.kind) == (shown, kind)
    assert f'value="{shown}"' in field()


def test_numbers_abroad_are_taken_where_they_are_allowed():
    def read(typed):
        return outcome(TelephoneField, typed, allows_foreign=True)

    assert read("+1 212-555-1234") == ("+12125551234", "")
    assert read("010-44-20-7946-0000") == ("+442079460000", "")
    assert read("+81-3-1234-5678") == ("0312345678", "")
    assert read("+123") == (None, LENGTH)
    assert read("+0123456789") == (None, LENGTH)
    assert read(f"+{'1' * 16}") == (None, LENGTH)
    value = posted(TelephoneField, "+12125551234", allows_foreign=True).value
    assert (value.kind, value.formatted, value.international) == (
        TelephoneKind.FOREIGN, "+12125551234", "+12125551234",
    )  # fmt: skip


def test_extensions_can_be_refused():
    assert outcome(TelephoneField, "042-523-2111 内線1", allows_extension=False) == (
        None,
        "telephone_extension_not_allowed",
    )


def test_the_number_can_be_dialled_from_abroad():
    assert posted(TelephoneField, "042-523-2111 内線1").value.international == "+81425232111"


def test_the_control_tells_keyboards_and_browsers_what_it_is():
    html = posted(TelephoneField, "")()
    for attribute in ('type="tel"', 'inputmode="tel"', 'autocomplete="tel"'):
        assert attribute in html


@given(st.text("0123456789-（）()+８１ 内線代ー０\u200bTEL:.", max_size=20))
def test_reading_is_idempotent_and_so_is_what_is_shown(text):
    try:
        number = Telephone.parse(text)
    except InvalidValue:
        return
    assert Telephone.parse(str(number)) == number == Telephone.parse(number.formatted)
    assert str(number).replace("内線", "").isdecimal()


@given(st.text())
def test_any_text_is_read_or_refused_with_a_code(text):
    data, code = outcome(TelephoneField, text)
    assert data is None or code == ""
    assert code != "invalid"
