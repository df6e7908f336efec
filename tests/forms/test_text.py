import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms import Length, TextField
from tests.forms.cases import check, outcome, posted
from tests.forms.page import Page

CASES = [
    ("山田 花子", "山田 花子", ""),
    ("髙橋", "髙橋", ""),
    ("𠮷田", "𠮷田", ""),
    ("﨑", "﨑", ""),
    ("\ufa19", "\ufa19", ""),
    ("葛\U000e0100城", "葛\U000e0100城", ""),
    ("辻\ufe00", "辻\ufe00", ""),
    ("か\u3099", "か\u3099", ""),
    ("ﾔﾏﾀﾞ", "ﾔﾏﾀﾞ", ""),
    ("ＡＢＣ", "ＡＢＣ", ""),
    ("①㈱㍿№", "①㈱㍿№", ""),
    ("㋿８年", "㋿８年", ""),
    ("ゟヿ", "ゟヿ", ""),
    ("Ünal Đặng", "Ünal Đặng", ""),
    ("김철수", "김철수", ""),
    ("محمد", "محمد", ""),
    ("Б", "Б", ""),
    ("👍", "👍", ""),
    (" 山田", "山田", ""),
    ("山田\u3000", "山田", ""),
    ("\xa0山田\u2003", "山田", ""),
    ("山\u3000田", "山\u3000田", ""),
    ("山  田", "山  田", ""),
    ("山田\t花子", "山田 花子", ""),
    ("山田\r\n花子", "山田 花子", ""),
    ("山田\n", "山田", ""),
    ("山田\u2028花子", "山田 花子", ""),
    ("\u200b山\u200b田\ufeff", "山田", ""),
    ("山\u00ad田", "山田", ""),
    ("山\u2060田", "山田", ""),
    ("\u202e山田", "山田", ""),
    ("山\x00田\x1b\x7f", "山田", ""),
    ("=SUM(A1)", "=SUM(A1)", ""),
    ("'0312345678", "'0312345678", ""),
    ("1.23E+11", "1.23E+11", ""),
    ("<b>太字</b>", "<b>太字</b>", ""),
    ("{label}", "{label}", ""),
    ("%(label)s", "%(label)s", ""),
    ("None", "None", ""),
    ("0", "0", ""),
    ("\ue000", None, "character_private_use"),
    ("山\uf8ff", None, "character_private_use"),
    ("山\U000f0000田", None, "character_private_use"),
    ("\U0010fffd", None, "character_private_use"),
    ("\ufffd", None, "character_unreadable"),
    ("山\ud83d", None, "character_unreadable"),
    ("\udc00", None, "character_unreadable"),
    ("\uffff", None, "character_unreadable"),
    ("", None, ""),
    (" ", None, ""),
    ("\u3000\u3000", None, ""),
    ("\u200b\ufeff", None, ""),
    ("\U000e0100 山", "山", ""),
    (" \ufe00\u3000\U000e0101山 ", "山", ""),
    ("1234\U000e0100-5678-9018", None, "my_number_not_allowed"),
    ("\r\n", None, ""),
    ("\x00", None, ""),
    ("\u3164", None, ""),
    ("\ufe00\U000e0100", None, ""),
    ("123456789018", None, "my_number_not_allowed"),
    ("番号は１２３４－５６７８－９０１８", None, "my_number_not_allowed"),
    ("123456789012", "123456789012", ""),
]


@pytest.mark.parametrize("case", CASES, ids=ascii)
def test_one_line_of_text(case):
    check(TextField, case)


@pytest.mark.parametrize(
    ("typed", "options", "expected"),
    [
        ("", {"required": True}, (None, "required")),
        ("\u200b", {"required": True}, (None, "required")),
        (None, {"required": True}, (None, "required")),
        (["一", "二"], {}, ("一", "")),
        ("あいう", {"validators": [Length(max=2)]}, (None, "text_too_long")),
        ("𠮷葛\U000e0100", {"validators": [Length(max=2)]}, ("𠮷葛\U000e0100", "")),
        ("か\u3099き", {"validators": [Length(max=2)]}, ("か\u3099き", "")),
        ("あ" + "\ufe00" * 9, {"validators": [Length(max=2)]}, (None, "text_too_long")),
        ("e" + "\u0301" * 9, {"validators": [Length(max=2)]}, (None, "text_too_long")),
        ("あ", {"validators": [Length(min=2)]}, (None, "text_too_short")),
        ("\ud800", {"validators": [Length(max=0)]}, (None, "character_unreadable")),
        ("123456789018", {"guards_my_number": False}, ("123456789018", "")),
    ],
    ids=lambda value: ascii(value) if isinstance(value, str) else None,
)
def test_options(typed, options, expected):
    assert outcome(TextField, typed, **options) == expected


def test_a_text_with_gaiji_is_told_a_way_out():
    (message,) = posted(TextField, "山\ue000").errors
    assert "置きかえて" in message
    assert "2文字目（U+E000）" in message


def test_a_text_with_an_unreadable_letter_is_told_which():
    (message,) = posted(TextField, "葛\U000e0100城\ufffd").errors
    assert "3文字目（U+FFFD）" in message


def test_what_cannot_be_sent_to_a_browser_is_not_shown():
    assert Page(posted(TextField, "山\ud800")().encode().decode()).by_id("value")["value"] == "山?"


def test_attributes_stand_on_the_control():
    field = posted(TextField, "", autocomplete="organization", inputmode="text", width=16)
    control = Page(field(lang="ja")).by_id("value")

    assert control["autocomplete"] == "organization"
    assert control["inputmode"] == "text"
    assert control["data-width"] == "16"
    assert control["lang"] == "ja"


def test_the_mark_may_be_left_out():
    assert "任意" in posted(TextField, "")()
    assert "任意" not in posted(TextField, "", badge=False)()


@given(st.text(st.characters(exclude_categories=["Cs", "Co", "Cn"])))
def test_cleaning_is_idempotent_lengthens_nothing_and_changes_no_letter(typed):
    declared = TextField("文", guards_my_number=False)
    data, code = outcome(declared, typed)

    if not code and data is not None:
        assert outcome(declared, data) == (data, "")
        assert len(data) <= len(typed)
        rest = iter(typed)
        assert all(letter == " " or letter in rest for letter in data)
