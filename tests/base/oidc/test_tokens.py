"""AUT-6: tokens that look right but for one thing, signed with keys of our own."""

import base64
import hmac
import json
import threading
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from govkit.base.oidc import LoginRefused, ProviderUnavailable
from govkit.base.oidc_http import Calls
from govkit.base.oidc_tokens import KeyStore, TokenChecks
from tests.base.oidc.conftest import oidc_settings

ISSUER = "https://idp.example"
CLIENT = "govkit-tests"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
NONCE, ACCESS = "n-0S6_WzA2Mj", "an access token"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"

RSA = RSAKey.generate_key(3072, {"kid": "rsa", "use": "sig"})
EC = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})
with warnings.catch_warnings(action="ignore"):
    TINY = RSAKey.generate_key(1024, {"kid": "tiny"})
SMALL = RSAKey.generate_key(2048, {"kid": "small"})
FOREIGN = ECKey.generate_key("P-256", {"kid": "ec"})


class KeyServer:
    """A second server on this machine that gives keys, and counts how often."""

    def __init__(self) -> None:
        self.keys: list[dict] = []
        self.asked = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                body = json.dumps({"keys": outer.keys}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks"


@pytest.fixture(scope="module")
def key_server() -> Iterator[KeyServer]:
    served = KeyServer()
    thread = threading.Thread(target=served.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield served
    served.server.shutdown()
    thread.join()
    served.server.server_close()


@pytest.fixture(scope="module")
def calls() -> Iterator[Calls]:
    made = Calls(is_development=True)
    yield made
    made.close()


@pytest.fixture
def store(key_server, calls) -> KeyStore:
    key_server.keys = [key.as_dict(private=False) for key in (RSA, EC, SMALL, TINY)]
    key_server.keys.append({"kty": "oct", "k": "c2VjcmV0", "kid": "shared"})
    key_server.keys += [{"kty": "RSA", "kid": "broken", "n": "!"}, {"kid": "no kind"}, "no key"]
    key_server.asked = 0
    return KeyStore(lambda ends: calls.get(key_server.url, ends).body or {})


@pytest.fixture
def checks(store):
    def make(**settings: object) -> TokenChecks:
        return TokenChecks(oidc_settings(ISSUER, **settings), store, lambda: NOW)

    return make


def claims(**changed: object) -> dict[str, object]:
    """Claims of a right token; a changed one that is ``None`` is left out."""
    right = {
        "iss": ISSUER,
        "sub": "s-0001",
        "aud": CLIENT,
        "iat": SECONDS - 5,
        "exp": SECONDS + 300,
        "nonce": NONCE,
        "at_hash": create_half_hash(ACCESS, "ES256").decode(),
        "auth_time": SECONDS - 60,
        **changed,
    }
    return {key: value for key, value in right.items() if value is not None}


def signed(said: dict[str, object], key=EC, alg: str = "ES256", **header: object) -> str:
    head = {"alg": alg, "kid": key.get("kid"), **header}
    return jwt.encode(head, said, key, algorithms=[alg])


def unsigned(said: dict[str, object], alg: str) -> str:
    parts = ({"alg": alg, "typ": "JWT"}, said)
    return ".".join(_base64(json.dumps(part).encode()) for part in parts) + "."


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def check(checks: TokenChecks, token: str):
    return checks.id_token(token, nonce=NONCE, access_token=ACCESS, ends=time.monotonic() + 5)


def refusal(checks: TokenChecks, token: str) -> str:
    with pytest.raises(LoginRefused) as caught:
        check(checks, token)
    return caught.value.problem


@pytest.mark.requirement("ASVS-9.1.1", "ASVS-9.1.2")
@pytest.mark.parametrize(("alg", "key"), [("PS256", RSA), ("ES256", EC)])
def test_a_right_token_is_believed(checks, alg, key) -> None:
    found = check(checks(requires_at_hash=True, max_age=600), signed(claims(), key, alg))
    assert (found.subject, found.issuer) == ("s-0001", ISSUER)
    assert found.auth_time == datetime.fromtimestamp(SECONDS - 60, UTC)


@pytest.mark.requirement("AUT-6", "ASVS-9.2.1", "ASVS-9.2.3", "ASVS-10.5.1", "ASVS-10.5.4")
@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"iss": "https://other.example"}, "iss"),
        ({"iss": f"{ISSUER}/"}, "iss"),
        ({"iss": None}, "iss"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": "s" * 256}, "sub"),
        ({"sub": 1}, "sub"),
        ({"aud": "another client"}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": []}, "aud"),
        ({"aud": [CLIENT, "another client"], "azp": CLIENT}, "aud"),
        ({"azp": "another client"}, "azp"),
        ({"exp": SECONDS - 61}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": float("nan")}, "exp"),
        ({"exp": str(SECONDS + 300)}, "exp"),
        ({"nbf": SECONDS + 61}, "nbf"),
        ({"iat": SECONDS + 61}, "iat"),
        ({"iat": SECONDS - 601}, "iat"),
        ({"iat": None}, "iat"),
        ({"nonce": "of another login"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"nonce": 7}, "nonce"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "at_hash"),
        ({"at_hash": ""}, "at_hash"),
        ({"at_hash": 7}, "at_hash"),
        ({"at_hash": None}, "at_hash"),
        ({"acr": "weak"}, "acr"),
        ({"acr": None}, "acr"),
        ({"amr": "mfa"}, "amr"),
        ({"amr": ["pwd"]}, "amr"),
        ({"amr": None}, "amr"),
        ({"auth_time": SECONDS - 661}, "auth_time"),
        ({"auth_time": None}, "auth_time"),
        ({"auth_time": SECONDS + 61}, "auth_time"),
        ({"auth_time": True}, "auth_time"),
        ({"auth_time": "now"}, "auth_time"),
        ({"events": {LOGOUT: {}}}, "events"),
    ],
)
@pytest.mark.requirement("ASVS-15.3.5", "ASVS-6.8.4")
def test_one_wrong_claim_is_enough(checks, changed, problem) -> None:
    strict = checks(
        requires_at_hash=True, required_acr=("strong",), required_amr=("mfa",), max_age=600
    )
    said = claims(**{"acr": "strong", "amr": ["pwd", "mfa"], **changed})
    assert refusal(strict, signed(said)) == problem


@pytest.mark.requirement("ASVS-9.1.1", "ASVS-9.1.2", "ASVS-9.1.3", "ASVS-6.8.2")
def test_signatures_that_prove_nothing_are_refused(checks) -> None:
    mine = checks()
    assert refusal(mine, signed(claims(), FOREIGN)) == "signature"
    assert refusal(mine, signed(claims(), RSA, "PS256", kid="ec")) == "unknown_key"
    for alg in ("none", "None", "NONE", "", "HS256", "RS512"):
        assert refusal(mine, unsigned(claims(), alg)) == "alg"
    head, body, _signature = signed(claims()).split(".")
    assert refusal(mine, f"{head}.{body}.") == "signature"
    assert refusal(mine, f"{head}.{body}") == "signature"
    forged = _base64(json.dumps(claims(sub="s-0002")).encode())
    assert refusal(mine, f"{head}.{forged}.{_signature}") == "signature"
    for garbage in ("", "...", "x" * 40_000, "山"):
        assert refusal(mine, garbage) in ("signature", "token")


@pytest.mark.requirement("ASVS-9.1.2", "ASVS-9.1.3")
def test_a_shared_secret_signs_nothing_not_even_one_that_the_key_set_names(checks) -> None:
    for secret in (EC.as_pem(private=False), EC.as_der(private=False), b"secret"):
        for kid in ("ec", "shared"):
            parts = ({"alg": "HS256", "kid": kid}, claims())
            body = ".".join(_base64(json.dumps(part).encode()) for part in parts)
            signature = hmac.digest(secret, body.encode(), "sha256")
            assert refusal(checks(), f"{body}.{_base64(signature)}") == "alg"


@pytest.mark.requirement("ASVS-9.1.3")
def test_keys_in_the_token_itself_and_keys_too_small_are_ignored(checks, key_server) -> None:
    own = ECKey.generate_key("P-256")
    token = signed(claims(), own, "ES256", jwk=own.as_dict(private=False), kid="mine")
    assert refusal(checks(), token) == "unknown_key"
    token = signed(claims(), FOREIGN, jku="http://127.0.0.1:1/jwks", kid="mine")
    assert refusal(checks(), token) == "unknown_key"
    for small in (SMALL, TINY):
        assert refusal(checks(), signed(claims(), small, "PS256")) == "unknown_key"
    assert key_server.asked == 1


@pytest.mark.requirement("ASVS-11.2.3", "ASVS-11.6.1")
def test_weaker_signatures_are_believed_only_where_a_city_allows_them(checks, key_server, calls):
    """RS256 and 2048 bits; a key of 1024 bits never."""
    for key in (RSA, SMALL):
        assert refusal(checks(), signed(claims(), key, "RS256")) == "rs256"
    store = KeyStore(lambda ends: calls.get(key_server.url, ends).body or {}, allows_rs256=True)
    mine = TokenChecks(oidc_settings(ISSUER), store, lambda: NOW)
    for key, alg in ((RSA, "RS256"), (SMALL, "RS256"), (SMALL, "PS256"), (EC, "ES256")):
        check(mine, signed(claims(), key, alg))
    with warnings.catch_warnings(action="ignore"):
        assert refusal(mine, signed(claims(), TINY, "RS256")) == "unknown_key"
    assert refusal(mine, unsigned(claims(), "none")) == "alg"


@pytest.mark.requirement("ASVS-9.2.2")
@pytest.mark.parametrize("kind", ["at+jwt", "logout+jwt", "secevent+jwt"])
def test_a_token_of_another_kind_is_no_id_token(checks, kind) -> None:
    assert refusal(checks(), signed(claims(), typ=kind)) == "typ"


@pytest.mark.requirement("ASVS-9.1.3")
def test_keys_may_change_but_are_not_fetched_for_every_token(
    checks, store, key_server, monkeypatch
) -> None:
    mine = checks()
    check(mine, signed(claims()))
    new = ECKey.generate_key("P-256", {"kid": "new"})
    key_server.keys = [new.as_dict(private=False)]
    for _ in range(5):
        assert refusal(mine, signed(claims(), new)) == "unknown_key"
    assert key_server.asked == 1
    passed = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: passed() + 31)
    check(mine, signed(claims(), new))
    assert refusal(mine, signed(claims())) == "unknown_key"  # the old one is gone
    assert key_server.asked == 2


def test_without_a_name_the_key_must_be_the_only_one(checks, key_server) -> None:
    nameless = jwt.encode({"alg": "ES256"}, claims(), EC, algorithms=["ES256"])
    check(checks(), nameless)
    key_server.keys = [key.as_dict(private=False) for key in (EC, FOREIGN)]
    second = checks()
    second.keys._fetched_at = None
    assert refusal(second, nameless) == "unknown_key"


def test_a_key_set_that_is_none_is_an_outage(key_server, calls) -> None:
    store = KeyStore(lambda _ends: {"keys": "none"})
    mine = TokenChecks(oidc_settings(ISSUER), store, lambda: NOW)
    with pytest.raises(ProviderUnavailable):
        check(mine, signed(claims()))


def order(**changed: object) -> dict[str, object]:
    said = claims(nonce=None, at_hash=None, auth_time=None, sid="sid-1", jti="j", **changed)
    return {"events": {LOGOUT: {}}, **said}


@pytest.mark.requirement("ASVS-10.5.5", "ASVS-9.2.2")
def test_a_right_logout_token_says_whose_login_ends(checks) -> None:
    found = checks().logout_token(signed(order(), typ="logout+jwt"), time.monotonic() + 5)
    assert (found.issuer, found.subject, found.session_id) == (ISSUER, "s-0001", "sid-1")


@pytest.mark.requirement("ASVS-10.5.5", "ASVS-9.2.2")
@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"events": None}, "events"),
        ({"events": {}}, "events"),
        ({"events": {LOGOUT: True}}, "events"),
        ({"nonce": "x"}, "nonce"),
        ({"iss": "https://other.example"}, "iss"),
        ({"aud": "another client"}, "aud"),
        ({"iat": SECONDS - 601}, "iat"),
        ({"exp": SECONDS - 61}, "exp"),
        ({"jti": None}, "jti"),
        ({"sub": None, "sid": None}, "sub"),
        ({"sid": 1}, "sub"),
    ],
)
def test_a_wrong_logout_token_ends_nothing(checks, changed, problem) -> None:
    said = {key: value for key, value in {**order(), **changed}.items() if value is not None}
    with pytest.raises(LoginRefused) as caught:
        checks().logout_token(signed(said, typ="logout+jwt"), time.monotonic() + 5)
    assert caught.value.problem == problem


def test_an_id_token_is_no_logout_token(checks) -> None:
    with pytest.raises(LoginRefused):
        checks().logout_token(signed(claims()), time.monotonic() + 5)
