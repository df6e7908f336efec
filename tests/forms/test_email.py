import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.forms import EmailField
from govkit.jp.contact import EmailAddress
from tests.forms.cases import check, outcome, posted
from tests.forms.digit_cases import UNSEEN

GOOD = "taro@example.jp"
DOMAIN = "email_domain"
LOCAL = "email_local_character"
LONGEST = "a" * 60 + "@" + ("a" * 60 + ".") * 3 + "example.jp"
CASES = [
    (GOOD, GOOD, ""),
    ("Taro.Yamada@Example.JP", "Taro.Yamada@example.jp", ""),
    ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", GOOD, ""),
    ("taro＠example.jp", GOOD, ""),
    ("taro﹫example.jp", GOOD, ""),
    ("taro@example。jp", GOOD, ""),
    ("taro@example｡jp", GOOD, ""),
    (" \u3000taro@example.jp\r\n", GOOD, ""),
    *[(f"ta{unseen}ro@example.jp", GOOD, "") for unseen in UNSEEN.replace("\x1f", "")],
    ("mailto:taro@example.jp", GOOD, ""),
    ("ｍａｉｌｔｏ：taro@example.jp", GOOD, ""),
    ("E-mail: taro@example.jp", GOOD, ""),
    ("メールアドレス：taro@example.jp", GOOD, ""),
    ("<taro@example.jp>", GOOD, ""),
    ("'taro@example.jp", GOOD, ""),
    ('="taro@example.jp"', GOOD, ""),
    ("a..b@docomo.ne.jp", "a..b@docomo.ne.jp", ""),
    (".a@docomo.ne.jp", ".a@docomo.ne.jp", ""),
    ("a.@docomo.ne.jp", "a.@docomo.ne.jp", ""),
    ("a.-.b..@ezweb.ne.jp", "a.-.b..@ezweb.ne.jp", ""),
    ("..x@softbank.ne.jp", "..x@softbank.ne.jp", ""),
    ("a..b@t.vodafone.ne.jp", "a..b@t.vodafone.ne.jp", ""),
    ("a..b@au.com", "a..b@au.com", ""),
    ("a+b@example.jp", "a+b@example.jp", ""),
    ("a_b-c@example.co.jp", "a_b-c@example.co.jp", ""),
    ("-a@example.jp", "-a@example.jp", ""),
    ("!#$%&'*+/=?^_`{|}~-@example.jp", "!#$%&'*+/=?^_`{|}~-@example.jp", ""),
    ("taro−1@example.jp", "taro-1@example.jp", ""),
    ("taroー1@example.jp", "taro-1@example.jp", ""),
    ("taro@city‐tachikawa.example.jp", "taro@city-tachikawa.example.jp", ""),
    ("taro@日本語.jp", "taro@xn--wgv71a119e.jp", ""),
    ("taro@サーバー.jp", "taro@xn--vckucxgb.jp", ""),
    ("taro@ｻｰﾊﾞｰ.jp", "taro@xn--vckucxgb.jp", ""),
    ("taro@xn--wgv71a119e.jp", "taro@xn--wgv71a119e.jp", ""),
    ("a" * 64 + "@example.jp", "a" * 64 + "@example.jp", ""),
    ("1@1.example.jp", "1@1.example.jp", ""),
    ("", None, ""),
    ("　", None, ""),
    ("taro", None, "email_no_at"),
    ("taro.example.jp", None, "email_no_at"),
    ("-", None, "email_no_at"),
    ("なし", None, "email_no_at"),
    ("090-1234-5678", None, "email_no_at"),
    ("taro@@example.jp", None, "email_several_at"),
    ("taro@ex@ample.jp", None, "email_several_at"),
    ("@taro@example.jp", None, "email_several_at"),
    ("taro@example.jp,jiro@example.jp", None, "email_several"),
    ("taro@example.jp;jiro@example.jp", None, "email_several"),
    ("taro@example.jp jiro@example.jp", None, "email_several"),
    ("taro@example.jp、jiro@example.jp", None, "email_several"),
    ("taro@example.jp\njiro@example.jp", None, "email_several"),
    ("taro @example.jp", None, "email_space"),
    ("taro@ example.jp", None, "email_space"),
    ("taro　yamada@example.jp", None, "email_space"),
    ("山田 <taro@example.jp>", GOOD, ""),
    ("山田太郎＜taro@example.jp＞", GOOD, ""),
    ("<taro@example.jp> 山田", None, "email_space"),
    ("taro@example,jp", None, "email_comma"),
    ("taro，yamada@example.jp", None, "email_comma"),
    ("taro@example、jp", None, "email_comma"),
    ("taro@example.jp.", None, "email_trailing_dot"),
    ("taro@example.jp。", None, "email_trailing_dot"),
    ("taro@example.jp,", None, "email_trailing_dot"),
    ('"taro"@example.jp', None, "email_quoted"),
    ('"a b"@example.jp', None, "email_quoted"),
    ("太郎@example.jp", None, LOCAL),
    ("たろう@example.jp", None, LOCAL),
    ("ﾀﾛｳ@example.jp", None, LOCAL),
    ("tаro@example.jp", None, LOCAL),
    ("täro@example.jp", None, LOCAL),
    ("taro(work)@example.jp", None, LOCAL),
    ("ta,ro\\@example.jp", None, "email_comma"),
    ("ta\\ro@example.jp", None, LOCAL),
    ("ta:ro@example.jp", None, LOCAL),
    ("t\ue000@example.jp", None, LOCAL),
    ("𠮷@example.jp", None, LOCAL),
    ("t😀@example.jp", None, LOCAL),
    ("taro١@example.jp", None, LOCAL),
    ("<b>@example.jp", None, LOCAL),
    ("a..b@example.jp", None, "email_local_dots"),
    (".a@example.jp", None, "email_local_dots"),
    ("a.@gmail.com", None, "email_local_dots"),
    ("a..b@docomo.ne.jp.example.com", None, "email_local_dots"),
    ("@example.jp", None, "email_local_empty"),
    ("..@docomo.ne.jp", None, "email_local_empty"),
    ("taro@", None, DOMAIN),
    ("taro@example", None, DOMAIN),
    ("taro@docomo", None, DOMAIN),
    ("taro@localhost", None, DOMAIN),
    ("taro@.example.jp", None, DOMAIN),
    ("taro@example..jp", None, DOMAIN),
    ("taro@-example.jp", None, DOMAIN),
    ("taro@example-.jp", None, DOMAIN),
    ("taro@exam_ple.jp", None, DOMAIN),
    ("taro@exam!ple.jp", None, DOMAIN),
    ("taro@example.j", None, DOMAIN),
    ("taro@example.123", None, DOMAIN),
    ("taro@127.0.0.1", None, DOMAIN),
    ("taro@[127.0.0.1]", None, DOMAIN),
    ("taro@еxample.jp", None, DOMAIN),
    ("taro@ⓔxample.jp", None, DOMAIN),
    ("taro@straße.de", None, DOMAIN),
    ("taro@example١.jp", None, DOMAIN),
    ("taro@exam\ue000ple.jp", None, DOMAIN),
    ("taro@" + "a" * 64 + ".jp", None, DOMAIN),
    ("taro@" + "a." * 130 + "jp", None, DOMAIN),
    ("taro@<script>.jp", None, DOMAIN),
    ("a" * 65 + "@example.jp", None, "email_too_long"),
    (LONGEST, LONGEST, ""),
    ("a" * 64 + "@" + ("a" * 62 + ".") * 3 + "jp", None, "email_too_long"),
    ("a" * 5000 + "@example.jp", None, "email_too_long"),
    ("123456789018@example.jp", None, "my_number_not_allowed"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_email(case):
    check(EmailField, case)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("taro@example,jp", GOOD),
        ("taro@example.jp.", GOOD),
        ("taro @example.jp", GOOD),
        ("taro@docomo", "taro@docomo.ne.jp"),
        (".a@docomo", ".a@docomo.ne.jp"),
        ("taro@gmail", "taro@gmail.com"),
    ],
)
def test_the_error_says_what_was_meant(typed, meant):
    assert f"「{meant}」" in posted(EmailField, typed).errors[0]


@pytest.mark.parametrize("typed", ["<taro@example.jp> 山田", "ta ro@exam,", "a,b@c"])
def test_nothing_wrong_is_suggested(typed):
    assert "ではありませんか" not in posted(EmailField, typed).errors[0]


def test_a_japanese_domain_can_be_shown_in_japanese():
    assert posted(EmailField, "taro@日本語.jp").value.domain_in_unicode == "日本語.jp"


def test_the_control_tells_keyboards_and_browsers_what_it_is():
    html = posted(EmailField, "")()
    for attribute in (
        'type="email"', 'inputmode="email"', 'autocomplete="email"', 'spellcheck="false"',
    ):  # fmt: skip
        assert attribute in html


@given(st.text("aA1.@＠-ー。,‐ 日é<>\u200b", max_size=20) | st.text() | st.emails())
def test_reading_is_idempotent(text):
    try:
        address = EmailAddress.parse(text)
    except InvalidValue as error:
        suggestion = error.suggestion
    else:
        suggestion = str(address)
        assert EmailAddress.parse(str(address)) == address
        assert str(address).isascii()
    assert not suggestion or str(EmailAddress.parse(suggestion))


def test_blank_is_refused_where_it_is_required():
    assert outcome(EmailField, " ", required=True) == (None, "required")
