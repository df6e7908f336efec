"""Checks of the provider's signed tokens: keys, algorithm, and every claim that matters.

Sources: OpenID Connect Core 1.0 (3.1.3.7), Back-Channel Logout 1.0 (2.6), RFC 7515, RFC 8725.
Needs ``authlib``: ``pip install 'govkit-jp[oidc]'``.
"""

import hmac
import math
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from authlib.oidc.core import CodeIDToken
from authlib.oidc.core.util import create_half_hash
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, RSAKey, import_key

from govkit.base.oidc import Evidence, LoginRefused, LogoutOrder, ProviderUnavailable
from govkit.base.settings import OidcSettings

__all__ = ["ALGORITHMS", "LEEWAY_SECONDS", "WEAKER_ALGORITHM", "KeyStore", "TokenChecks"]

ALGORITHMS: Final = ("PS256", "ES256")
"""How tokens may be signed. Never ``none``, never with a shared secret (HS256)."""
WEAKER_ALGORITHM: Final = "RS256"
"""Only where a city allows it: padding of PKCS #1 v1.5, which ASVS 5.0 (appendix C) disallows."""
LEEWAY_SECONDS: Final = 60
"""How far the clocks may differ."""
_OLDEST_TOKEN: Final = 600
_KEYS_LIFE: Final = 3600.0
_REFETCH_EVERY: Final = 30.0
_MIN_RSA_BITS: Final = 3072
_WEAKER_RSA_BITS: Final = 2048
_LONGEST_TOKEN: Final = 32 * 1024
_LONGEST_NAME: Final = 255
_LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_KEY_KINDS: Final[Mapping[str, str]] = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}


class KeyStore:
    """The provider's public keys (JWKS): kept for an hour, fetched again for an unknown key.

    Keys come from the address in the provider's own description alone; what a token's header says
    of keys is ignored. Unknown keys make it ask again every half a minute at most.

    :param fetch: Gives the key set's JSON object.
    :param allows_rs256: Whether RS256, and RSA keys of 2048 bits (a strength of 112), will do too.
    """

    def __init__(
        self, fetch: Callable[[float], Mapping[str, Any]], *, allows_rs256: bool = False
    ) -> None:
        self._fetch = fetch
        self.algorithms: Final = (*ALGORITHMS, *((WEAKER_ALGORITHM,) if allows_rs256 else ()))
        self._min_rsa_bits = _WEAKER_RSA_BITS if allows_rs256 else _MIN_RSA_BITS
        self._lock = threading.Lock()
        self._keys: tuple[Key, ...] = ()
        self._fetched_at: float | None = None

    def find(self, header: Mapping[str, Any], ends: float) -> Key:
        """The key that signed a token.

        :raises LoginRefused: When the provider has no such key.
        :raises ProviderUnavailable: When its keys cannot be had.
        """
        alg = header.get("alg", "")
        if alg not in self.algorithms:
            raise LoginRefused("rs256" if alg == WEAKER_ALGORITHM else "alg")
        kind = _KEY_KINDS[alg]
        if not self._lock.acquire(timeout=max(0.0, ends - time.monotonic())):
            raise ProviderUnavailable("timeout")
        try:
            found, age = self._named(header, kind), self._age()
            if age > _KEYS_LIFE or (found is None and age > _REFETCH_EVERY):
                self._renew(ends)
                found = self._named(header, kind)
        finally:
            self._lock.release()
        if found is None:
            raise LoginRefused("unknown_key")
        return found

    def _age(self) -> float:
        return math.inf if self._fetched_at is None else time.monotonic() - self._fetched_at

    def _renew(self, ends: float) -> None:
        found = self._fetch(ends).get("keys")
        if not isinstance(found, list):
            raise ProviderUnavailable("garbage")
        usable = (_usable(each, self._min_rsa_bits) for each in found)
        self._keys = tuple(key for key in usable if key is not None)
        self._fetched_at = time.monotonic()

    def _named(self, header: Mapping[str, Any], kind: str) -> Key | None:
        kid, alg = header.get("kid"), header["alg"]
        fitting = [
            key
            for key in self._keys
            if key.key_type == kind
            and key.get("alg", alg) == alg
            and (kid is None or key.get("kid") == kid)
        ]
        return fitting[0] if len(fitting) == 1 else None  # without a name it must be the only one


def _usable(found: object, min_rsa_bits: int) -> Key | None:
    """A public key for signatures; whatever else the set holds is passed over."""
    if not isinstance(found, dict) or found.get("kty") not in ("RSA", "EC"):
        return None
    if found.get("use", "sig") != "sig" or "d" in found:
        return None
    if found["kty"] == "RSA" and len(str(found.get("n", ""))) * 6 < min_rsa_bits:
        return None
    try:
        key = import_key(found)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    is_small = isinstance(key, RSAKey) and key.public_key.key_size < min_rsa_bits
    return None if is_small else key


@dataclass(frozen=True, slots=True)
class TokenChecks:
    """The checks of one provider's tokens for one client.

    :param clock: Source of the present moment.
    """

    settings: OidcSettings
    keys: KeyStore
    clock: Callable[[], datetime]

    def id_token(self, token: str, *, nonce: str, access_token: str, ends: float) -> Evidence:
        """Check an ID token of the code flow.

        :raises LoginRefused: Naming the claim that is not as it must be.
        :raises ProviderUnavailable: When the provider's keys cannot be had.
        """
        signed = self._signed(token, ("JWT",), ends)
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            options=self._expected(),
            params={
                "nonce": nonce,
                "client_id": self.settings.client_id,
                "access_token": access_token,
                "max_age": self.settings.max_age,
            },
        )
        now = int(self.clock().timestamp())
        try:
            claims.validate(now=now, leeway=LEEWAY_SECONDS)
        except JoseError as error:
            raise LoginRefused(str(getattr(error, "claim", "")) or "claims") from error
        self._insist(claims, signed.header["alg"], nonce, access_token, now)
        return self._evidence(claims, now)

    def logout_token(self, token: str, ends: float) -> LogoutOrder:
        """Check a logout token.

        :raises LoginRefused: Naming the claim that is not as it must be.
        :raises ProviderUnavailable: When the provider's keys cannot be had.
        """
        signed = self._signed(token, ("JWT", "logout+jwt"), ends)
        claims, now = signed.claims, int(self.clock().timestamp())
        events = claims.get("events")
        try:
            jwt.JWTClaimsRegistry(
                now, LEEWAY_SECONDS, **self._expected(), jti={"essential": True}
            ).validate(claims)
        except JoseError as error:
            raise LoginRefused(str(getattr(error, "claim", "")) or "claims") from error
        _refuse_unless(self._is_for_us(claims), "aud")
        _refuse_unless(now - claims["iat"] <= _OLDEST_TOKEN, "iat")
        _refuse_unless("nonce" not in claims, "nonce")
        _refuse_unless(
            isinstance(events, dict) and isinstance(events.get(_LOGOUT_EVENT), dict), "events"
        )
        subject, session_id = claims.get("sub", ""), claims.get("sid", "")
        _refuse_unless(isinstance(subject, str) and isinstance(session_id, str), "sub")
        _refuse_unless(bool(subject or session_id), "sub")
        return LogoutOrder(claims["iss"], subject, session_id, claims["jti"])

    def _signed(self, token: str, kinds: Collection[str], ends: float) -> jwt.Token:
        if len(token) > _LONGEST_TOKEN or not token.isascii():
            raise LoginRefused("token")
        try:
            header = jws.extract_compact(token.encode("ascii")).headers()
            # Which kind of token it is stands in its header (RFC 8725, 3.11).
            _refuse_unless(str(header.get("typ", "JWT")).upper() in map(str.upper, kinds), "typ")
            key = self.keys.find(header, ends)
            return jwt.decode(token, key, algorithms=list(self.keys.algorithms))
        except (JoseError, ValueError, TypeError) as error:
            raise LoginRefused("signature") from error

    def _expected(self) -> dict[str, Any]:
        return {
            "iss": {"essential": True, "value": self.settings.issuer},
            "aud": {"essential": True, "value": self.settings.client_id},
            "exp": {"essential": True},
            "iat": {"essential": True},
        }

    def _is_for_us(self, claims: Mapping[str, Any]) -> bool:
        """Whether nobody else may use the token: audiences that are not trusted are none."""
        return claims["aud"] in (self.settings.client_id, [self.settings.client_id])

    def _insist(
        self, claims: Mapping[str, Any], alg: str, nonce: str, access_token: str, now: int
    ) -> None:
        """What the library leaves open."""
        settings = self.settings
        _refuse_unless(self._is_for_us(claims), "aud")
        _refuse_unless(_is_name(claims["sub"]), "sub")
        _refuse_unless(now - claims["iat"] <= _OLDEST_TOKEN, "iat")
        _refuse_unless(_same(claims["nonce"], nonce), "nonce")
        _refuse_unless("events" not in claims, "events")
        if settings.requires_at_hash or "at_hash" in claims:
            half = create_half_hash(access_token, alg)
            said = claims.get("at_hash")
            _refuse_unless(half is not None and _same(said, half.decode()), "at_hash")
        if settings.required_acr:
            _refuse_unless(claims.get("acr") in settings.required_acr, "acr")
        if settings.required_amr:
            _refuse_unless(set(settings.required_amr) <= set(_methods(claims)), "amr")
        if settings.max_age is not None:
            when = _auth_time(claims)
            _refuse_unless(
                when is not None and now - when <= settings.max_age + LEEWAY_SECONDS, "auth_time"
            )

    def _evidence(self, claims: Mapping[str, Any], now: int) -> Evidence:
        when, acr, session_id = _auth_time(claims), claims.get("acr"), claims.get("sid")
        _refuse_unless(when is None or 0 <= when <= now + LEEWAY_SECONDS, "auth_time")
        return Evidence(
            issuer=claims["iss"],
            subject=claims["sub"],
            session_id=session_id if isinstance(session_id, str) else "",
            acr=acr if isinstance(acr, str) else "",
            amr=_methods(claims),
            auth_time=None if when is None else datetime.fromtimestamp(min(when, now), UTC),
            claims=dict(claims),
        )


def _methods(claims: Mapping[str, Any]) -> tuple[str, ...]:
    found = claims.get("amr")
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def _auth_time(claims: Mapping[str, Any]) -> float | None:
    found = claims.get("auth_time")
    if found is None:
        return None
    _refuse_unless(isinstance(found, int | float) and not isinstance(found, bool), "auth_time")
    return float(found)


def _is_name(found: object) -> bool:
    return isinstance(found, str) and found.isascii() and 0 < len(found) <= _LONGEST_NAME


def _same(one: object, other: str) -> bool:
    return isinstance(one, str) and hmac.compare_digest(one.encode(), other.encode())


def _refuse_unless(proof: object, problem: str) -> None:
    if not proof:
        raise LoginRefused(problem)
