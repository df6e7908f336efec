import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms import Form, IntegerField, Range
from tests.forms.cases import check, outcome, posted
from tests.forms.page import Page

CASES = [
    ("12", 12, ""),
    ("１２", 12, ""),
    ("1２", 12, ""),
    ("0", 0, ""),
    ("007", 7, ""),
    ("000", 0, ""),
    (" 5 ", 5, ""),
    ("\u30005\u3000", 5, ""),
    ("\xa05", 5, ""),
    ("\u200b5\ufeff", 5, ""),
    ("1,234", 1234, ""),
    ("１，２３４", 1234, ""),
    ("1、234", 1234, ""),
    ("1,234,567", 1234567, ""),
    ("12,34", None, "number_commas"),
    ("1,23", None, "number_commas"),
    ("1234,567", None, "number_commas"),
    (",123", None, "number_commas"),
    ("123,", None, "number_commas"),
    ("1,,234", None, "number_commas"),
    (",", None, "number_not_a_number"),
    ("1.0", 1, ""),
    ("12.00", 12, ""),
    ("１２．０", 12, ""),
    ("12.", 12, ""),
    ("1.5", None, "number_decimals"),
    ("0.1", None, "number_decimals"),
    ("1。5", None, "number_decimals"),
    (".", None, "number_not_a_number"),
    ("1.2.3", None, "number_not_a_number"),
    ("-1", -1, ""),
    ("−１", -1, ""),
    ("ー1", -1, ""),
    ("▲1", -1, ""),
    ("マイナス1", -1, ""),
    ("-0", 0, ""),
    ("--1", None, "number_not_a_number"),
    ("1-1", None, "number_not_a_number"),
    ("+1", None, "number_not_a_number"),
    ("1_000", None, "number_not_a_number"),
    ("٣", None, "number_not_a_number"),
    ("१२", None, "number_not_a_number"),
    ("𝟏𝟐", None, "number_not_a_number"),
    ("²", None, "number_not_a_number"),
    ("①", None, "number_not_a_number"),
    ("Ⅻ", None, "number_not_a_number"),
    ("十二", None, "number_not_a_number"),
    ("〇", None, "number_not_a_number"),
    ("O", None, "number_not_a_number"),
    ("l2", None, "number_not_a_number"),
    ("12人", None, "number_not_a_number"),
    ("第12", None, "number_not_a_number"),
    ("1 2", None, "number_not_a_number"),
    ("0x10", None, "number_not_a_number"),
    ("1/2", None, "number_not_a_number"),
    ("½", None, "number_not_a_number"),
    ("=12", None, "number_not_a_number"),
    ('="12"', 12, ""),
    ("'12", 12, ""),
    ("1.23E+11", None, "number_spreadsheet"),
    ("1e3", None, "number_spreadsheet"),
    ("１Ｅ３", None, "number_spreadsheet"),
    ("nan", None, "number_not_a_number"),
    ("inf", None, "number_not_a_number"),
    ("9" * 18, 10**18 - 1, ""),
    ("9" * 19, None, "number_too_long"),
    ("0" * 30 + "1", 1, ""),
    ("9" * 5000, None, "number_too_long"),
    ("１" * 19, None, "number_too_long"),
    ("", None, ""),
    ("   ", None, ""),
    ("\u3000", None, ""),
    ("\u200b", None, ""),
    ("\x00", None, ""),
    ("<script>", None, "number_not_a_number"),
    ("\ud800", None, "number_not_a_number"),
    ("\ue000", None, "number_not_a_number"),
    ("1234-5678-9018", None, "my_number_not_allowed"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
@pytest.mark.requirement("ASVS-1.4.2", "ASVS-2.2.1")
def test_whole_numbers(case):
    check(IntegerField, case)


@pytest.mark.parametrize(
    ("typed", "options", "expected"),
    [
        ("", {"required": True}, (None, "required")),
        ("\u3000", {"required": True}, (None, "required")),
        ("0", {"required": True}, (0, "")),
        ("0", {"min": 1, "max": 60}, (None, "number_too_small")),
        ("1", {"min": 1, "max": 60}, (1, "")),
        ("60", {"min": 1, "max": 60}, (60, "")),
        ("61", {"min": 1, "max": 60}, (None, "number_too_large")),
        ("-5", {"min": -10}, (-5, "")),
        ("△５", {"min": -10}, (-5, "")),
        ("-11", {"min": -10}, (None, "number_too_small")),
        ("−5", {"validators": [Range(min=-10)]}, (-5, "")),
        ("-5", {"validators": [Range(max=10)]}, (-5, "")),
        ("-5", {"validators": [Range(0, 10)]}, (None, "number_negative")),
        ("▲5", {"min": 0}, (None, "number_negative")),
        ("-5", {"allows_negative": False}, (None, "number_negative")),
        ("-0", {"allows_negative": True}, (0, "")),
        ("マイナス 3", {"allows_negative": True}, (-3, "")),
        ("12人", {"units": ("人", "名")}, (12, "")),
        ("１２ 名", {"units": ("人", "名")}, (12, "")),
        ("人", {"units": ("人", "名")}, (None, "number_not_a_number")),
        ("12歳", {"units": ("人", "名")}, (None, "number_not_a_number")),
        ("二十三", {"allows_kanji": True}, (23, "")),
        ("1万2千", {"allows_kanji": True}, (12000, "")),
        ("1万2", {"allows_kanji": True}, (10002, "")),
        ("十五人", {"allows_kanji": True, "units": ("人",)}, (15, "")),
        ("1.5", {"allows_kanji": True}, (None, "number_decimals")),
        ("二", {"allows_kanji": True, "max": 1}, (None, "number_too_large")),
        ("ニ", {"allows_kanji": True}, (None, "number_not_a_number")),
        ("百京", {"allows_kanji": True}, (None, "number_too_long")),
        (None, {}, (None, "")),
        (["3", "4"], {}, (3, "")),
    ],
)
def test_options(typed, options, expected):
    assert outcome(IntegerField, typed, **options) == expected


def test_what_was_refused_is_shown_as_it_was_typed_and_what_was_read_as_digits():
    assert Page(posted(IntegerField, "1_000")()).by_id("value")["value"] == "1_000"
    assert Page(posted(IntegerField, "１，２３４")()).by_id("value")["value"] == "1234"


def test_a_mark_alone_is_told_to_be_no_number():
    assert "数字だけで" in posted(IntegerField, "'").errors[0]


def test_the_number_keyboard_is_asked_for_unless_a_minus_may_be_typed():
    assert Page(posted(IntegerField, "1")()).by_id("value")["inputmode"] == "numeric"
    assert Page(posted(IntegerField, "1", min=-5)()).by_id("value").get("inputmode") is None


def test_the_number_of_a_record_is_shown():
    form = type("Record", (Form,), {"count": IntegerField("人数")})(data={"count": 0})

    assert Page(form.count()).by_id("count")["value"] == "0"
    assert form.count.data == 0


@given(st.integers(0, 10**18 - 1))
def test_every_number_is_read_back_in_each_way_of_writing(number):
    wide = str(number).translate({48 + digit: 0xFF10 + digit for digit in range(10)})
    for typed in (str(number), f"{number:,}", wide, f" {number} "):
        assert outcome(IntegerField("数", guards_my_number=False), typed) == (number, "")
