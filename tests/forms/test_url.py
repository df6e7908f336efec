import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.forms import UrlField
from govkit.jp.contact import Url
from tests.forms.cases import check, outcome, posted

GOOD = "https://www.example.jp/a"
SCHEME, HOST, PRIVATE = "url_scheme", "url_host", "url_private_host"
MISSING = "url_missing_scheme"
CASES = [
    (GOOD, GOOD, ""),
    ("http://example.jp", "http://example.jp", ""),
    ("HTTPS://WWW.Example.JP/a", GOOD, ""),
    ("https://www.example.jp/A", "https://www.example.jp/A", ""),
    ("ｈｔｔｐｓ：／／ｗｗｗ．ｅｘａｍｐｌｅ．ｊｐ／ａ", GOOD, ""),
    ("https：//www.example.jp/a", GOOD, ""),
    ("https://www。example。jp/a", GOOD, ""),
    ("https://ｗｗｗ.example.jp/a", GOOD, ""),
    (" \u3000https://www.example.jp/a\r\n", GOOD, ""),
    ("\ufeffhttps://www.exam\u200bple.jp/a", GOOD, ""),
    ("<https://www.example.jp/a>", GOOD, ""),
    ("'https://www.example.jp/a", GOOD, ""),
    ("URL: https://www.example.jp/a", GOOD, ""),
    ("https://example.jp:443/", "https://example.jp/", ""),
    ("http://example.jp:80/", "http://example.jp/", ""),
    ("http://example.jp:443/", "http://example.jp:443/", ""),
    ("https://example.jp:8443/", "https://example.jp:8443/", ""),
    ("https://example.jp:/", "https://example.jp/", ""),
    ("https://example.jp./", "https://example.jp/", ""),
    ("https://example.jp?q=1#x", "https://example.jp?q=1#x", ""),
    ("https://example.jp/立川", "https://example.jp/%E7%AB%8B%E5%B7%9D", ""),
    ("https://example.jp/ａ！", "https://example.jp/%EF%BD%81%EF%BC%81", ""),
    ("https://example.jp/%E7%AB%8B%e5%b7%9d", "https://example.jp/%E7%AB%8B%e5%b7%9d", ""),
    ("https://example.jp/100%", "https://example.jp/100%25", ""),
    ("https://example.jp/a?b=c&d=(e)[f]~", "https://example.jp/a?b=c&d=(e)[f]~", ""),
    ("https://日本語.jp/", "https://xn--wgv71a119e.jp/", ""),
    ("https://サーバー.jp/", "https://xn--vckucxgb.jp/", ""),
    ("https://93.184.216.34/", "https://93.184.216.34/", ""),
    ("https://[2001:4860:4860::8888]/", "https://[2001:4860:4860::8888]/", ""),
    ("https://example.jp/a@b:c", "https://example.jp/a@b:c", ""),
    ("", None, ""),
    ("　", None, ""),
    ("www.example.jp", None, MISSING),
    ("example.jp/a", None, MISSING),
    ("example.jp:8080", None, MISSING),
    ("//example.jp", None, MISSING),
    ("ttps://example.jp", None, MISSING),
    ("ttp://example.jp", None, MISSING),
    ("http:/example.jp", None, MISSING),
    ("http//example.jp", None, MISSING),
    ("https;//example.jp", None, MISSING),
    ("なし", None, MISSING),
    ("taro@example.jp", None, MISSING),
    ("=https://example.jp", None, MISSING),
    ("javascript:alert(1)", None, SCHEME),
    ("JaVaScRiPt:alert(1)", None, SCHEME),
    ("ｊａｖａｓｃｒｉｐｔ：alert(1)", None, SCHEME),
    ("java\x00script:alert(1)", None, SCHEME),
    ("javascript://example.jp/%0aalert(1)", None, SCHEME),
    ("data:text/html,<b>", None, SCHEME),
    ("vbscript:x", None, SCHEME),
    ("ftp://example.jp/", None, SCHEME),
    ("file:///etc/passwd", None, SCHEME),
    ("mailto:taro@example.jp", None, SCHEME),
    ("view-source:https://example.jp", None, SCHEME),
    ("https:example.jp", None, SCHEME),
    ("https://example.jp/a b", None, "url_space"),
    ("https://exam ple.jp/", None, "url_space"),
    ("https://example.jp https://example.com", None, "url_space"),
    ("java\tscript:alert(1)", None, "url_space"),
    ("https://user:password@example.jp/", None, "url_credentials"),
    ("https://user@example.jp/", None, "url_credentials"),
    ("https://example.jp@evil.example/", None, "url_credentials"),
    ("https://example.jp＠evil.example/", None, "url_credentials"),
    ("https://example.jp\\@evil.example/", None, "url_credentials"),
    ("https://", None, HOST),
    ("https:///a", None, HOST),
    ("https://?a", None, HOST),
    ("https://.jp/", None, HOST),
    ("https://example..jp/", None, HOST),
    ("https://-example.jp/", None, HOST),
    ("https://ex_ample.jp/", None, HOST),
    ("https://example.123/", None, HOST),
    ("https://1.2.3.4.5/", None, HOST),
    ("https://256.1.1.1/", None, HOST),
    ("http://2130706433/", None, HOST),
    ("http://127.1/", None, HOST),
    ("http://0x7f.0.0.1/", None, HOST),
    ("http://[::zz]/", None, HOST),
    ("https://еxample.jp/", None, HOST),
    ("https://ⓔxample.jp/", None, HOST),
    ("https://exam\ue000ple.jp/", None, HOST),
    ("https://<script>.jp/", None, HOST),
    ("https://example.jp:99999/", None, "url_port"),
    ("https://example.jp:ab/", None, "url_port"),
    ("http://localhost/", None, PRIVATE),
    ("http://127.0.0.1/", None, PRIVATE),
    ("http://１２７．０．０．１/", None, PRIVATE),
    ("http://10.0.0.1/", None, PRIVATE),
    ("http://192.168.1.1/", None, PRIVATE),
    ("http://169.254.169.254/", None, PRIVATE),
    ("http://0.0.0.0/", None, PRIVATE),
    ("http://[::1]/", None, PRIVATE),
    ("http://[::ffff:10.0.0.1]/", None, PRIVATE),
    ("http://intra/", None, PRIVATE),
    ("http://printer.local/", None, PRIVATE),
    ("https://example.jp/<script>", None, "url_character"),
    ('https://example.jp/"', None, "url_character"),
    ("https://example.jp/a\\b", None, "url_character"),
    ("https://example.jp/\ue000", None, "url_character"),
    ("https://example.jp/" + "a" * 2000, None, "url_too_long"),
    ("https://example.jp/123456789018", None, "my_number_not_allowed"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case)[:80])
def test_url(case):
    check(UrlField, case)


@pytest.mark.parametrize(
    "typed", ["www.example.jp/a", "ttps://www.example.jp/a", "//www.example.jp/a"]
)
def test_the_error_says_what_was_meant(typed):
    assert f"「{GOOD}」" in posted(UrlField, typed).errors[0]


@pytest.mark.parametrize("typed", ["なし", "taro@example.jp", "localhost/a"])
def test_nothing_wrong_is_suggested(typed):
    assert posted(UrlField, typed).errors == ["項目は「https://」から入力してください"]


def test_hosts_inside_a_network_are_taken_where_they_are_allowed():
    for typed in ("http://localhost:8080/", "http://10.0.0.1/", "http://intra/"):
        assert outcome(UrlField, typed, allows_private=True) == (typed, "")


def test_the_value_tells_the_host():
    assert posted(UrlField, "https://example.jp:8443/a").value.host == "example.jp"


def test_the_control_tells_keyboards_and_browsers_what_it_is():
    html = posted(UrlField, "")()
    for attribute in ('type="url"', 'inputmode="url"', 'autocomplete="url"'):
        assert attribute in html


@given(st.text("htps:/.@%jp-日?#[] ：１ー<", max_size=30).map("https://".__add__) | st.text())
def test_reading_is_idempotent_and_gives_http_alone(text):
    try:
        url = Url.parse(text, allows_private=True)
    except InvalidValue:
        return
    assert Url.parse(str(url), allows_private=True) == url
    assert str(url).startswith(("http://", "https://"))
    assert str(url).isascii()
    assert not set('<>"\\ ') & set(str(url))
