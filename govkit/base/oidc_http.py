"""Calls to the identity provider: https, no redirects, bounded in size and time (外部への呼び出し).

Needs ``urllib3``: ``pip install 'govkit-jp[oidc]'``. urllib3 because nothing then reads proxies,
passwords or cookies from the surroundings.
"""

import json
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

import urllib3

from govkit.base.oidc import ProviderUnavailable
from govkit.base.settings import is_guarded_address

__all__ = ["Answer", "Calls"]

_CONCURRENT: Final = 8
_MAX_BYTES: Final = 256 * 1024
_CHUNK: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: status and JSON object, ``None`` where the body is none."""

    status: int
    body: dict[str, Any] | None


class Calls:
    """Asks one provider; safe to share between threads.

    At most eight calls are under way at once: what comes on top is told at once that the provider
    is out of reach, so that a slow provider never takes all threads of the server.

    :param is_development: Whether ``http://`` may be used on this machine.
    :param ca_file: Certificates to trust instead of the system's.
    """

    def __init__(self, *, is_development: bool, ca_file: Path | None = None) -> None:
        self._is_development = is_development
        self._slots = BoundedSemaphore(_CONCURRENT)
        self._workers = ThreadPoolExecutor(_CONCURRENT, thread_name_prefix="govkit-oidc")
        self._pool = urllib3.PoolManager(
            maxsize=_CONCURRENT,
            cert_reqs="CERT_REQUIRED",
            ca_certs=str(ca_file) if ca_file else None,
        )

    def close(self) -> None:
        """Give back threads and connections."""
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._pool.clear()

    def get(self, url: str, ends: float) -> Answer:
        """The answer to a question without a body.

        :param ends: Moment of :func:`time.monotonic` at which it is given up.
        :raises ProviderUnavailable: When there is no whole answer in time.
        """
        return self._asked("GET", url, {"Accept": "application/json"}, None, ends)

    def post(self, url: str, headers: Mapping[str, str], form: str, ends: float) -> Answer:
        """The answer to a form.

        :raises ProviderUnavailable: When there is no whole answer in time.
        """
        return self._asked("POST", url, headers, form.encode("ascii"), ends)

    def _asked(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, ends: float
    ) -> Answer:
        """A worker asks, because no time limit of sockets covers name servers and trickling."""
        if not is_guarded_address(url, allows_loopback=self._is_development):
            raise ProviderUnavailable("not_https")
        if ends <= time.monotonic():
            raise ProviderUnavailable("timeout")
        if not self._slots.acquire(blocking=False):
            raise ProviderUnavailable("busy")
        try:
            done = self._workers.submit(self._sent, method, url, headers, body, ends)
        except BaseException:
            self._slots.release()
            raise
        return _result(done, ends)

    def _sent(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, ends: float
    ) -> Answer:
        try:
            response = self._pool.request(
                method,
                url,
                body=body,
                headers={**headers, "Accept-Encoding": "identity"},
                redirect=False,
                retries=False,
                preload_content=False,
                timeout=max(0.1, ends - time.monotonic()),
            )
            try:
                return Answer(response.status, _json(_read(response, ends)))
            finally:
                response.close()
        finally:
            self._slots.release()


def _result(done: "Future[Answer]", ends: float) -> Answer:
    try:
        return done.result(timeout=max(0.0, ends - time.monotonic()))
    except urllib3.exceptions.NewConnectionError as failure:  # a kind of time-out to urllib3
        raise ProviderUnavailable("not_reached") from failure
    except (TimeoutError, urllib3.exceptions.TimeoutError) as failure:
        raise ProviderUnavailable("timeout") from failure
    except (urllib3.exceptions.HTTPError, OSError) as failure:
        raise ProviderUnavailable("not_reached") from failure


def _read(response: urllib3.BaseHTTPResponse, ends: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := response.read1(_CHUNK):
        size += len(part)
        if size > _MAX_BYTES:
            raise urllib3.exceptions.HTTPError("too large")
        if time.monotonic() > ends:
            raise TimeoutError
        parts.append(part)
    return b"".join(parts)


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
