"""The token endpoint of the stand-in: it verifies who asks, as the standard wants it."""

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import compare_digest, token_urlsafe
from urllib.parse import unquote

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from govkit.residents.adapters.rest_client import Clock
from govkit.testing.resident_api.faults import Reply

__all__ = ["TokenDesk"]

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LONGEST_ASSERTION = 300


@dataclass(frozen=True, slots=True)
class _Issued:
    scopes: frozenset[str]
    ends_at: float


class TokenDesk:
    """Issues tokens to one client: client credentials with ``client_secret_jwt`` or basic.

    :param scopes: What may be asked for.
    :ivar token_seconds: Life of a token.
    :ivar issued: Number of tokens issued so far.
    """

    def __init__(
        self, client_id: str, client_secret: str, scopes: frozenset[str], clock: Clock = time
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._scopes = scopes
        self._clock = clock
        self._tokens: dict[str, _Issued] = {}
        self._seen: set[str] = set()
        self.token_seconds = 300
        self.issued = 0

    def issue(self, form: Mapping[str, str], headers: Mapping[str, str], url: str) -> Reply:
        """A token, or why there is none (RFC 6749, 5.2).

        :param url: What the assertion has to be for.
        """
        if not self._is_client(form, headers, url):
            return Reply.json({"error": "invalid_client"}, 401)
        if form.get("grant_type") != "client_credentials":
            return Reply.json({"error": "unsupported_grant_type"}, 400)
        scopes = frozenset(form.get("scope", "").split())
        if not scopes or not scopes <= self._scopes:
            return Reply.json({"error": "invalid_scope"}, 400)
        token = token_urlsafe(32)
        self._tokens[token] = _Issued(scopes, self._clock.time() + self.token_seconds)
        self.issued += 1
        answer = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.token_seconds,
            "scope": " ".join(sorted(scopes)),
        }
        return Reply.json(answer)

    def introspect(self, form: Mapping[str, str], headers: Mapping[str, str], url: str) -> Reply:
        """Whether a token is good, and for what (RFC 7662)."""
        if not self._is_client(form, headers, url):
            return Reply.json({"error": "invalid_client"}, 401)
        found = self._current(form.get("token", ""))
        if found is None:
            return Reply.json({"active": False})
        answer = {
            "active": True,
            "client_id": self._client_id,
            "scope": " ".join(sorted(found.scopes)),
            "exp": int(found.ends_at),
        }
        return Reply.json(answer)

    def refusal(self, authorization: str, scope: str) -> Reply | None:
        """Why a call with these credentials is refused; ``None`` if it is not."""
        kind, _, token = authorization.partition(" ")
        found = self._current(token) if kind == "Bearer" else None
        if found is None:
            return Reply.json({"error": "invalid_token"}, 401)
        if scope not in found.scopes:
            return Reply.json({"error": "insufficient_scope"}, 403)
        return None

    def _current(self, token: str) -> _Issued | None:
        found = self._tokens.get(token)
        return found if found and self._clock.time() < found.ends_at else None

    def _is_client(self, form: Mapping[str, str], headers: Mapping[str, str], url: str) -> bool:
        kind, _, coded = headers.get("authorization", "").partition(" ")
        if kind == "Basic":
            pair = base64.b64decode(coded).decode("ascii", "replace").partition(":")
            own = f"{self._client_id}:{self._client_secret}"
            return compare_digest(f"{unquote(pair[0])}:{unquote(pair[2])}".encode(), own.encode())
        is_assertion = form.get("client_assertion_type") == _ASSERTION_TYPE
        return is_assertion and self._is_signed(form.get("client_assertion", ""), url)

    def _is_signed(self, assertion: str, url: str) -> bool:
        key, now = OctKey.import_key(self._client_secret), int(self._clock.time())
        registry = jwt.JWTClaimsRegistry(
            now=now,
            leeway=5,
            iss={"essential": True, "value": self._client_id},
            sub={"essential": True, "value": self._client_id},
            aud={"essential": True, "value": url},
            exp={"essential": True},
            jti={"essential": True},
        )
        try:
            claims = jwt.decode(assertion, key, algorithms=["HS256"]).claims
            registry.validate(claims)
        except (JoseError, ValueError):
            return False
        known, self._seen = claims["jti"] in self._seen, self._seen | {claims["jti"]}
        return not known and claims["exp"] - now <= _LONGEST_ASSERTION
