"""The identity provider that the settings name: its description, its keys, one login after another.

::

    begin   description (kept an hour) ─▶ address with state, nonce, S256 challenge
    finish  state, iss (RFC 9207) ─▶ code + verifier to the token endpoint ─▶ ID token ─▶ checks

All of one login's calls together take five seconds at most. Sources: OpenID Connect Core 1.0 and
Discovery 1.0, RFC 6749, RFC 7636, RFC 9207, RFC 9700. Needs the extra ``oidc``.
"""

import hmac
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote_plus

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from govkit.base.oidc import (
    ATTEMPT_LIFE,
    Attempt,
    Evidence,
    LoginRefused,
    LogoutOrder,
    ProviderUnavailable,
)
from govkit.base.oidc_http import Answer, Calls
from govkit.base.oidc_tokens import KeyStore, TokenChecks
from govkit.base.settings import Settings, is_guarded_address

__all__ = ["OidcProvider"]

_SECONDS: Final = 5.0
"""Longest time for all calls of one request of ours."""
_DESCRIPTION_LIFE: Final = 3600.0
_NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_OUTAGES: Final = frozenset({"server_error", "temporarily_unavailable"})
_AUTH_METHODS: Final = ("client_secret_basic", "client_secret_post")


class OidcProvider:
    """See :class:`govkit.base.oidc.Provider`."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._oidc = settings.oidc
        self._clock = clock
        self._is_development = settings.app.environment == "development"
        self._calls = Calls(is_development=self._is_development, ca_file=settings.oidc.ca_file)
        self._lock = threading.Lock()
        self._description: Mapping[str, Any] | None = None
        self._described_at = 0.0
        keys = KeyStore(self._fetch_keys, allows_rs256=self._oidc.allows_rs256)
        self._checks = TokenChecks(self._oidc, keys, clock)

    def close(self) -> None:
        """Give back threads and connections."""
        self._calls.close()

    def begin(self, redirect_uri: str, next_page: str) -> tuple[Attempt, str]:
        """A new attempt, and the address at the provider where the browser goes."""
        description = self._describe(_deadline())
        attempt = Attempt(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            redirect_uri=redirect_uri,
            begun_at=self._clock(),
            next_page=next_page,
        )
        address = prepare_grant_uri(
            description["authorization_endpoint"],
            client_id=self._oidc.client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=" ".join(self._oidc.scopes),
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
            max_age=None if self._oidc.max_age is None else str(self._oidc.max_age),
            acr_values=" ".join(self._oidc.required_acr) or None,
        )
        return attempt, address

    def finish(self, attempt: Attempt, answer: Mapping[str, str]) -> Evidence:
        """Check what the browser brought back, fetch the token and check it."""
        ends = _deadline()
        if not hmac.compare_digest(attempt.state.encode(), answer.get("state", "").encode()):
            raise LoginRefused("state")
        if not attempt.begun_at <= self._clock() <= attempt.begun_at + ATTEMPT_LIFE:
            raise LoginRefused("too_late")
        self._check_sender(answer, ends)
        if error := answer.get("error", ""):
            if error in _OUTAGES:
                raise ProviderUnavailable(error)
            raise LoginRefused("not_logged_in" if error == "access_denied" else "provider_error")
        if not answer.get("code"):
            raise LoginRefused("code")
        token, access_token = self._redeem(answer["code"], attempt, ends)
        return self._checks.id_token(
            token, nonce=attempt.nonce, access_token=access_token, ends=ends
        )

    def read_logout(self, token: str) -> LogoutOrder:
        """Check a logout token."""
        return self._checks.logout_token(token, _deadline())

    def logout_address(self, return_to: str) -> str:
        """Where the browser ends the provider's session too (RP-Initiated Logout 1.0)."""
        try:
            place = self._describe(_deadline()).get("end_session_endpoint")
        except ProviderUnavailable:
            return ""
        if not self._is_guarded(place):
            return ""
        said = {"client_id": self._oidc.client_id, "post_logout_redirect_uri": return_to}
        return str(add_params_to_uri(place, list(said.items())))

    def _check_sender(self, answer: Mapping[str, str], ends: float) -> None:
        """Insist that the answer comes from our provider, where it says so (RFC 9207)."""
        advertised = self._describe(ends).get("authorization_response_iss_parameter_supported")
        if (advertised or "iss" in answer) and answer.get("iss") != self._oidc.issuer:
            raise LoginRefused("iss")

    def _redeem(self, code: str, attempt: Attempt, ends: float) -> tuple[str, str]:
        """ID token and access token for a code; the latter is for ``at_hash`` alone."""
        description = self._describe(ends)
        form = prepare_token_request(
            "authorization_code",
            code=code,
            redirect_uri=attempt.redirect_uri,
            code_verifier=attempt.verifier,
        )
        address, headers, form = self._client_auth(description).prepare(
            "POST",
            description["token_endpoint"],
            {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"},
            form,
        )
        answer = self._calls.post(address, headers, form, ends)
        if answer.status in (400, 401) and answer.body is not None:
            # A code that is used up, stolen or forged; or our secret is wrong.
            raise LoginRefused("client" if answer.body.get("error") == "invalid_client" else "code")
        body = _whole(answer)
        tokens = (body.get("id_token"), body.get("access_token"))
        if not all(isinstance(each, str) and each for each in tokens):
            raise LoginRefused("token")
        return str(tokens[0]), str(tokens[1])

    def _client_auth(self, description: Mapping[str, Any]) -> ClientAuth:
        offered = _listed(description, "token_endpoint_auth_methods_supported", _AUTH_METHODS[:1])
        method = next((each for each in _AUTH_METHODS if each in offered), _AUTH_METHODS[0])
        name = self._oidc.client_id
        secret = self._oidc.client_secret.get_secret_value()
        if method == "client_secret_basic":
            name, secret = quote_plus(name), quote_plus(secret)  # RFC 6749, 2.3.1
        return ClientAuth(name, secret, method)

    def _describe(self, ends: float) -> Mapping[str, Any]:
        """The provider's description, kept for an hour (OpenID Connect Discovery 1.0)."""
        if not self._lock.acquire(timeout=max(0.0, ends - time.monotonic())):
            raise ProviderUnavailable("timeout")
        try:
            age = time.monotonic() - self._described_at
            if self._description is None or age > _DESCRIPTION_LIFE:
                self._description = self._fetch_description(ends)
                self._described_at = time.monotonic()
            return self._description
        finally:
            self._lock.release()

    def _fetch_description(self, ends: float) -> Mapping[str, Any]:
        address = f"{self._oidc.issuer.rstrip('/')}/.well-known/openid-configuration"
        found = _whole(self._calls.get(address, ends))
        if found.get("issuer") != self._oidc.issuer:
            raise ProviderUnavailable("other_issuer")
        if not all(self._is_guarded(found.get(each)) for each in _NEEDED):
            raise ProviderUnavailable("garbage")
        if "S256" not in _listed(found, "code_challenge_methods_supported", ("S256",)):
            raise ProviderUnavailable("no_pkce")
        return found

    def _is_guarded(self, address: object) -> bool:
        return isinstance(address, str) and is_guarded_address(
            address, allows_loopback=self._is_development
        )

    def _fetch_keys(self, ends: float) -> Mapping[str, Any]:
        return _whole(self._calls.get(self._describe(ends)["jwks_uri"], ends))


def _deadline() -> float:
    return time.monotonic() + _SECONDS


def _listed(description: Mapping[str, Any], key: str, default: Sequence[str]) -> Sequence[str]:
    found = description.get(key, default)
    return found if isinstance(found, list | tuple) else ()


def _whole(answer: Answer) -> Mapping[str, Any]:
    if answer.status != 200:
        raise ProviderUnavailable(f"http_{answer.status}")
    if answer.body is None:
        raise ProviderUnavailable("garbage")
    return answer.body
