"""Calls of the standard REST interface (公開API連携): signed in, bounded, retried, never half an answer.

After 共通機能標準仕様書 (API連携): OAuth 2.0 client credentials with ``client_secret_jwt`` (HS256), a
Bearer token per provider without refresh tokens, scopes ``{業務ID}:{call}:{Read}``, JSON by POST. It
says of outages that time-outs of about 30 seconds and maintenance give 5xx without JSON. ::

    bulkhead of 8 ─▶ circuit breaker ─▶ token ─▶ POST ─▶ 200 JSON object         the answer
                                          │              400 E0002 E0003          UnsupportedQuery
                                          │              400 others               RequestRefused
                                          └── 401 once ◀─┘   all else, twice ─▶   SourceUnavailable

Personal data travels in bodies alone: no URL, log entry or exception of this module holds any.
Needs ``urllib3`` and ``joserfc``: ``pip install 'govkit-jp[rest]'``. urllib3 because nothing then
reads proxies, passwords or cookies from the surroundings; joserfc because Authlib rests on it.
"""

import base64
import json
import logging
import math
import random
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import StrEnum
from ipaddress import ip_address
from typing import Any, Final, Protocol, TypeAlias
from urllib.parse import quote, urlencode, urlsplit
from uuid import uuid4

from govkit.errors import InvalidSettings, Problem
from govkit.residents.adapters.rest_breaker import CircuitBreaker, ProviderFault
from govkit.residents.source import SourceUnavailable, UnsupportedQuery, seconds_left

try:
    import urllib3
    from joserfc import jwt
    from joserfc.jwk import OctKey
except ImportError as error:  # pragma: no cover - the extra is there where tests run
    raise ImportError("REST sources need urllib3: pip install 'govkit-jp[rest]'") from error

__all__ = ["ClientAuth", "Clock", "Provider", "RequestRefused", "RestClient"]

_TRIES: Final = 2
_CONCURRENT: Final = 8
_PAUSE: Final = 0.5
_BUSY_PAUSE: Final = 1.0
_RENEWED_AT: Final = 0.8
_ASSERTION_SECONDS: Final = 60
_LONGEST_TOKEN: Final = 1e9
_CHUNK: Final = 1 << 16
_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_QUERY_CODES: Final = frozenset({"E0002", "E0003"})
_CODE: Final = re.compile(r"E\d{4}")
_CALL: Final = re.compile(r"[A-Za-z0-9_.~/-]+")

_log = logging.getLogger(__name__)


class Clock(Protocol):
    """What tells the time and waits; the module :mod:`time` is one."""

    def time(self) -> float:
        """Seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds of a clock that never goes back."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Wait."""
        ...


class ClientAuth(StrEnum):
    """How the client proves who it is to the token endpoint."""

    SECRET_JWT = "client_secret_jwt"  # noqa: S105 - the name of a method
    BASIC = "client_secret_basic"
    """Allowed by the standard for the time being."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Where a REST interface is and how to sign in there.

    :param base_url: Calls are paths below it.
    :param client_id: 32 letters and digits; the secret has 32 characters at least.
    :param business_id: Business whose data is asked for (業務ID): ``001`` residents, ``031``
        people outside the register (住登外者).
    :param audience: Who the assertion is for; the token URL unless given.
    :param ca_file: Certificates to trust instead of the system's: a path of a PEM file.
    :param allows_http: Whether ``http://`` may be used beyond this machine.
    :param total_seconds: Longest time for an answer, retries included, when the asker sets none.
    :param max_bytes: Greatest answer.
    :raises InvalidSettings: With everything that is wrong.
    """

    base_url: str
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    business_id: str = "001"
    client_auth: ClientAuth = ClientAuth.SECRET_JWT
    audience: str = ""
    ca_file: str = ""
    allows_http: bool = False
    connect_seconds: float = 3.0
    read_seconds: float = 30.0
    total_seconds: float = 60.0
    max_bytes: int = 32 << 20

    def __post_init__(self) -> None:
        problems = [
            *_url_problems("base_url", self.base_url, allows_http=self.allows_http),
            *_url_problems("token_url", self.token_url, allows_http=self.allows_http),
        ]
        if not (
            self.client_id.isascii() and self.client_id.isalnum() and len(self.client_id) == 32
        ):
            text = "クライアントIDは32桁の英数字で書いてください。"
            problems.append(Problem("rest_client_id", text, column="client_id"))
        if len(self.client_secret) < 32:
            text = "クライアントシークレットは32文字以上のものを設定してください。"
            problems.append(Problem("rest_client_secret", text, column="client_secret"))
        for name in ("connect_seconds", "read_seconds", "total_seconds", "max_bytes"):
            if not 0 < getattr(self, name) < math.inf:
                text = "0より大きい数を書いてください。"
                problems.append(Problem("rest_not_positive", text, column=name))
        if problems:
            raise InvalidSettings(problems)


def _url_problems(name: str, url: str, *, allows_http: bool) -> Iterable[Problem]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
        text = "https:// で始まる、? や利用者名のないURLを書いてください。"
        yield Problem("rest_url", text, column=name)
    elif parts.scheme == "http" and not (allows_http or _is_loopback(parts.hostname)):
        text = "暗号化されない http:// は使えません。https:// のURLを書いてください。"
        yield Problem("rest_http", text, column=name)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class RequestRefused(SourceUnavailable):
    """The provider says that our request is wrong: settings or adapter have to be mended.

    :ivar codes: Codes of the standard: ``E0001`` an item is missing, ``E0004`` items do not fit.
    """

    code = "rest_request_refused"

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = tuple(codes)
        super().__init__(" ".join((self.code, *self.codes)))


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> dict[str, Any] | None:
        """The JSON object it holds, if it is one, said to be one, and in UTF-8."""
        kind, _, rest = self.headers.get("content-type", "").lower().partition(";")
        charset = rest.partition("charset=")[2].strip(' "') or "utf-8"
        if kind.strip() != "application/json" or charset not in ("utf-8", "utf8"):
            return None
        try:
            found = json.loads(self.body.decode("utf-8"))
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def retry_after(self, now: float) -> float | None:
        """Seconds to wait, if the provider says so (RFC 9110, 10.2.3)."""
        text = self.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdigit():
            return float(text[:6])
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError):
            return None
        return max(0.0, moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - now)


@dataclass(frozen=True, slots=True)
class _Token:
    value: str = field(repr=False)
    renew_at: float
    ends_at: float


_Headers: TypeAlias = Mapping[str, str]


class RestClient:
    """Asks the calls of one provider; safe to share between threads, and meant to be.

    Everything that is no answer is a :class:`~govkit.residents.source.SourceUnavailable`.

    :param calls: Names of every call to be asked, for the scopes of the one token.
    :param chance: Random numbers from 0 to 1, for the jitter of the pauses.
    """

    def __init__(
        self,
        provider: Provider,
        calls: Iterable[str],
        *,
        clock: Clock = time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._provider = provider
        self._calls = tuple(dict.fromkeys(calls))
        self._clock = clock
        self._chance = chance
        self._breaker = CircuitBreaker(clock.monotonic)
        self._slots = threading.BoundedSemaphore(_CONCURRENT)
        self._workers = ThreadPoolExecutor(_CONCURRENT, thread_name_prefix="govkit-rest")
        self._token: _Token | None = None
        self._token_lock = threading.Lock()
        self._pool = urllib3.PoolManager(
            maxsize=_CONCURRENT, cert_reqs="CERT_REQUIRED", ca_certs=provider.ca_file or None
        )

    def close(self) -> None:
        """Give back threads and connections; the client cannot be used any more."""
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._pool.clear()

    def ask(self, call: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of a call that only reads, so that it may be asked twice.

        It is given up at :func:`~govkit.residents.source.seconds_left`, whatever the network does.

        :raises SourceUnavailable: When there is no whole answer in time.
        :raises RequestRefused: When our request is wrong (E0001, E0004).
        :raises UnsupportedQuery: When the provider takes no such value (E0002, E0003).
        """
        if call not in self._calls or not _CALL.fullmatch(call):
            raise ValueError(f"{call!r} is not among the calls of this client")
        clock, started = self._clock, self._clock.monotonic()
        left = seconds_left()
        ends = started + min(self._provider.total_seconds, math.inf if left is None else left)
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        for attempt in range(1, _TRIES + 1):
            try:
                with self._breaker.watch():
                    answer = self._asked(call, content, ends)
            except SourceUnavailable as outage:
                took = clock.monotonic() - started
                _log.warning("%s: %s (try %d, %.1f s)", call, outage, attempt, took)
                pause = self._pause(outage)
                retries = isinstance(outage, ProviderFault) and attempt < _TRIES
                if not retries or clock.monotonic() + pause >= ends:
                    raise
            else:
                return answer
            clock.sleep(pause)
        raise AssertionError  # pragma: no cover - the last try has returned or raised

    def _pause(self, outage: SourceUnavailable) -> float:
        return max(outage.retry_after or 0.0, _PAUSE * (0.5 + self._chance()))

    def _asked(self, call: str, content: bytes, ends: float) -> dict[str, Any]:
        url = f"{self._provider.base_url.rstrip('/')}/{quote(call)}"
        answer = token = None
        for _ in range(2):
            token = self._signed_in(ends, refused=token)
            headers = {
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
            }
            answer = self._exchanged(url, content, headers, ends)
            if answer.status != 401:
                break
        assert answer is not None  # noqa: S101 - it was asked at least once
        return self._read(answer)

    def _read(self, answer: _Answer) -> dict[str, Any]:
        """What a call answered, or why that is no answer."""
        status, found = answer.status, answer.json()
        if status == 200 and found is not None and "errors" not in found:
            return found
        codes = _codes(found)
        if status == 400 and codes:
            if _QUERY_CODES.issuperset(codes):
                raise UnsupportedQuery(" ".join(codes))
            raise RequestRefused(codes)
        retry_after = answer.retry_after(self._clock.time())
        if status == 200:
            raise ProviderFault("answer_not_json", retry_after)
        if status in (408, 429) or status >= 500:
            raise ProviderFault(f"http_{status}", retry_after)
        raise SourceUnavailable(f"http_{status}", retry_after)

    def _signed_in(self, ends: float, *, refused: str | None) -> str:
        """A token that is not the refused one; only one thread at a time asks for a new one."""
        if not self._token_lock.acquire(timeout=max(0.0, ends - self._clock.monotonic())):
            raise SourceUnavailable("deadline")
        try:
            token, now = self._token, self._clock.monotonic()
            usable = token is not None and token.value != refused and now < token.ends_at
            if token is None or not usable or now >= token.renew_at:
                try:
                    self._token = token = self._new_token(ends)
                except SourceUnavailable:
                    if token is None or not usable:
                        raise
            return token.value
        finally:
            self._token_lock.release()

    def _new_token(self, ends: float) -> _Token:
        form, headers = self._grant()
        started = self._clock.monotonic()
        answer = self._exchanged(
            self._provider.token_url, urlencode(form).encode("ascii"), headers, ends
        )
        if answer.status == 429 or answer.status >= 500:
            raise ProviderFault(f"token_{answer.status}", answer.retry_after(self._clock.time()))
        if answer.status != 200:
            raise SourceUnavailable(f"token_{answer.status}")
        found = answer.json() or {}
        value, seconds = found.get("access_token"), found.get("expires_in")
        if (
            not isinstance(value, str)
            or not re.fullmatch(r"[\x21-\x7e]+", value)
            or not isinstance(seconds, int | float)
            or not 0 < seconds < _LONGEST_TOKEN
            or str(found.get("token_type", "")).lower() != "bearer"
        ):
            raise ProviderFault("token_answer")
        return _Token(value, started + seconds * _RENEWED_AT, started + seconds)

    def _grant(self) -> tuple[dict[str, str], _Headers]:
        provider = self._provider
        scopes = (f"{provider.business_id}:{call}:Read" for call in self._calls)
        form = {"grant_type": "client_credentials", "scope": " ".join(scopes)}
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        if provider.client_auth is ClientAuth.BASIC:
            pair = f"{quote(provider.client_id, '')}:{quote(provider.client_secret, '')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
            return form, headers
        now = int(self._clock.time())
        claims = {
            "iss": provider.client_id,
            "sub": provider.client_id,
            "aud": provider.audience or provider.token_url,
            "jti": uuid4().hex,
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
        }
        key = OctKey.import_key(provider.client_secret)
        assertion = jwt.encode({"alg": "HS256"}, claims, key, algorithms=["HS256"])
        more = {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": assertion}
        return form | more, headers

    def _exchanged(self, url: str, content: bytes, headers: _Headers, ends: float) -> _Answer:
        """One request and its whole answer, by ``ends`` at the latest.

        A worker does it, because no time limit of sockets covers slow name servers and answers
        that trickle in; it keeps its place in the bulkhead until it is really done.
        """
        left = ends - self._clock.monotonic()
        if left <= 0:
            raise SourceUnavailable("deadline")
        if not self._slots.acquire(blocking=False):
            raise SourceUnavailable("bulkhead_full", _BUSY_PAUSE)
        try:
            done: Future[_Answer] = self._workers.submit(self._sent, url, content, headers, left)
        except BaseException:
            self._slots.release()
            raise
        try:
            return done.result(timeout=left)
        except (urllib3.exceptions.HTTPError, OSError) as failure:
            reason = _reason(failure)
            # That somebody waits but a moment is no fault of the provider's.
            hurried = left < self._provider.connect_seconds and reason == "timeout"
            outage = SourceUnavailable("deadline") if hurried else ProviderFault(reason)
        raise outage

    def _sent(self, url: str, content: bytes, headers: _Headers, left: float) -> _Answer:
        try:
            return self._fetched(url, content, headers, left)
        finally:
            # Before the asker hears of it: its next request must find the place free.
            self._slots.release()

    def _fetched(self, url: str, content: bytes, headers: _Headers, left: float) -> _Answer:
        provider = self._provider
        response = self._pool.request(
            "POST",
            url,
            body=content,
            headers=headers,
            redirect=False,
            retries=False,
            preload_content=False,
            decode_content=False,
            timeout=urllib3.Timeout(
                connect=min(provider.connect_seconds, left), read=min(provider.read_seconds, left)
            ),
        )
        try:
            parts: list[bytes] = []
            size = 0
            for part in response.stream(_CHUNK, decode_content=False):
                size += len(part)
                if size > provider.max_bytes:
                    raise _TooLarge
                parts.append(part)
        finally:
            response.close()
        names = {name.lower(): value for name, value in response.headers.items()}
        return _Answer(response.status, names, b"".join(parts))


class _TooLarge(urllib3.exceptions.HTTPError):
    pass


_REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (_TooLarge, "answer_too_large"),
    (urllib3.exceptions.SSLError, "tls"),
    (urllib3.exceptions.NewConnectionError, "not_reached"),
    (urllib3.exceptions.TimeoutError, "timeout"),
    (TimeoutError, "timeout"),
    (urllib3.exceptions.ProtocolError, "connection_lost"),
)


def _reason(failure: Exception) -> str:
    """The kind of a failure; its own text is not repeated."""
    return next((text for kind, text in _REASONS if isinstance(failure, kind)), "not_reached")


def _codes(found: Mapping[str, Any] | None) -> list[str]:
    """The codes of a refusal; its messages may repeat what was asked and are left alone."""
    errors = (found or {}).get("errors")
    if not isinstance(errors, list):
        return []
    codes = (one.get("code") for one in errors if isinstance(one, dict))
    return [code for code in codes if isinstance(code, str) and _CODE.fullmatch(code)]
