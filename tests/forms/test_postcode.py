"""The postcode field: what people type, paste and export."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms.places import PostcodeField
from govkit.jp.address import Postcode
from tests.forms.cases import check, outcome, posted

CASES = [
    ("190-0022", "190-0022", ""),
    ("1900022", "190-0022", ""),
    ("１９０００２２", "190-0022", ""),
    ("〒１９０－００２２", "190-0022", ""),
    ("〒 190-0022", "190-0022", ""),
    ("〒190ー0022", "190-0022", ""),
    ("190‐0022", "190-0022", ""),
    ("190–0022", "190-0022", ""),
    ("190—0022", "190-0022", ""),
    ("190―0022", "190-0022", ""),
    ("190−0022", "190-0022", ""),
    ("190─0022", "190-0022", ""),
    ("190ｰ0022", "190-0022", ""),
    ("190﹣0022", "190-0022", ""),
    ("190一0022", "190-0022", ""),
    ("一九〇－〇〇二二", "190-0022", ""),
    ("190 0022", "190-0022", ""),
    ("190　0022", "190-0022", ""),
    (" 190-0022\n", "190-0022", ""),
    ("190\u200b-\u200b0022", "190-0022", ""),
    ("\ufeff190-0022", "190-0022", ""),
    ("\u202a190-0022\u202c", "190-0022", ""),
    ("190\u00ad0022", "190-0022", ""),
    ("190\x000022", "190-0022", ""),
    ("1900022.0", "190-0022", ""),
    ("'0600001", "060-0001", ""),
    ('="0600001"', "060-0001", ""),
    ("郵便番号：190-0022", "190-0022", ""),
    ("（190-0022）", "190-0022", ""),
    ("0000000", "000-0000", ""),
    ("", None, ""),
    ("　", None, ""),
    ("\u200b", None, ""),
    (None, None, ""),
    ("〒", None, "postcode_empty"),
    ("-", None, "postcode_empty"),
    ("600001", None, "postcode_lost_zero"),
    ("60-0001", None, "postcode_lost_zero"),
    ("6-0001", None, "postcode_lost_zero"),
    ("600001.0", None, "postcode_lost_zero"),
    ("1.9E+06", None, "postcode_spreadsheet"),
    ("1.900022E+06", None, "postcode_spreadsheet"),
    ("190", None, "postcode_old"),
    ("190-15", None, "postcode_old"),
    ("19015", None, "postcode_old"),
    ("ABC-1234", None, "postcode_digital_address"),
    ("ａｂｃ１２３４", None, "postcode_digital_address"),
    ("A1B-2C3D", None, "postcode_digital_address"),
    ("19O-0022", None, "postcode_not_digits"),
    ("١٩٠٠٠٢٢", None, "postcode_not_digits"),
    ("१९०-००२२", None, "postcode_not_digits"),
    ("①⑨⓪-⓪⓪②②", None, "postcode_not_digits"),
    ("𝟏𝟗𝟎𝟎𝟎𝟐𝟐", None, "postcode_not_digits"),
    ("190〜0022", "190-0022", ""),
    ("190～0022", "190-0022", ""),
    ("190:0022", None, "postcode_not_digits"),
    ("190.0022", None, "postcode_not_digits"),
    ("+1900022", None, "postcode_not_digits"),
    ("立川市", None, "postcode_not_digits"),
    ("190-0022 立川市錦町", None, "postcode_not_digits"),
    ("\ue000", None, "postcode_not_digits"),
    ("\ud800", None, "postcode_not_digits"),
    ("<script>alert(1)</script>", None, "postcode_not_digits"),
    ("190-002", None, "postcode_wrong_length"),
    ("190-00222", None, "postcode_wrong_length"),
    ("19", None, "postcode_wrong_length"),
    ("042-523-2111", None, "postcode_wrong_length"),
    ("1234-5678-9018", None, "my_number_not_allowed"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_postcodes(case):
    check(PostcodeField, case)


def test_a_required_postcode_is_asked_for():
    assert outcome(PostcodeField, "　", required=True) == (None, "required")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("190-0022", ("190-0022", "")), ("999-9999", (None, "postcode_unknown"))],
)
def test_a_postcode_may_have_to_be_known(typed, expected):
    assert outcome(PostcodeField, typed, known=True) == expected


def test_the_error_says_what_was_probably_meant():
    field = posted(PostcodeField, "600001")
    assert "060-0001" in field.errors[0]
    assert field.text == "600001"
    assert "190-0022" in posted(PostcodeField, "19O0022").errors[0]


def test_a_digital_address_is_explained():
    assert "デジタルアドレス" in posted(PostcodeField, "ABC-1234").errors[0]


def test_the_value_is_a_postcode_and_the_control_has_its_tokens():
    field = posted(PostcodeField, "1900022")
    assert field.value == Postcode("1900022")
    html = field()
    for part in ('autocomplete="postal-code"', 'inputmode="numeric"', 'value="190-0022"'):
        assert part in html


@given(st.text(st.sampled_from("0123456789０９-－ー〒 　A.E+一'\u200b①١")) | st.text())
def test_reading_again_changes_nothing(text):
    data, code = outcome(PostcodeField, text)
    assert bool(code) or data is None or outcome(PostcodeField, data) == (data, "")
    assert data is None or len(data) == 8
