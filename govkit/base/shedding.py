"""Load shedding (過負荷の制御): past its limit a process refuses at once instead of answering late.

Two signs tell that a process is past its limit: more requests in progress than it may have, and a
request that waited too long before it got here. The second needs a server in front that says when
the request arrived, in ``X-Request-Start: t=<seconds since 1970>``; it is the only sign where the
server hands over one request at a time. Who is refused did nothing, so sending again is safe.
Checks of health are always answered: a busy process is not a broken one.
"""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from markupsafe import escape

from govkit.base import i18n

__all__ = ["RETRY_SECONDS", "LoadShedding"]

RETRY_SECONDS: Final = 10
"""When somebody who was refused should try again (``Retry-After``), in seconds."""

_EXEMPT: Final = "/health/"
_HEADERS: Final = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Retry-After", str(RETRY_SECONDS)),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
)
_TEXT: Final = (
    "ただいま混み合っています。送信した内容は保存されていません。"
    "10秒ほど待ってから、ページを再読み込みしてください。"
)


class LoadShedding:
    """WSGI middleware that answers 503 with ``Retry-After`` (RFC 9110, 10.2.3) past the limit.

    :param most: Requests that may be in progress in this process; an answer that is only being
        sent, such as a download, takes no place.
    :param longest_wait: Seconds that a request may have waited; ``None`` believes no such claim.
    :param note: Called for every request refused.
    """

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        most: int,
        longest_wait: float | None,
        note: Callable[[], None] = lambda: None,
    ) -> None:
        self._application = application
        self._most = most
        self._longest_wait = longest_wait
        self._note = note
        self._lock = threading.Lock()
        self._in_progress = 0
        self._page = _page().encode()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Hand a request on, or refuse it."""
        if environ.get("PATH_INFO", "").startswith(_EXEMPT):
            return self._application(environ, start_response)
        if self._waited_too_long(environ) or not self._enter():
            self._note()
            start_response("503 Service Unavailable", [*_HEADERS])
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [self._page]
        try:
            return self._application(environ, start_response)
        finally:
            self._leave()

    def _enter(self) -> bool:
        with self._lock:
            has_room = self._in_progress < self._most
            self._in_progress += has_room
        return has_room

    def _leave(self) -> None:
        with self._lock:
            self._in_progress -= 1

    def _waited_too_long(self, environ: dict[str, Any]) -> bool:
        if self._longest_wait is None:
            return False
        try:
            began = float(environ.get("HTTP_X_REQUEST_START", "").removeprefix("t="))
        except ValueError:
            return False
        return time.time() - began > self._longest_wait


def _page() -> str:
    """The refusal in every language: which one is spoken is not known yet."""
    texts = []
    for code in i18n.LANGUAGES:
        with i18n.use_language(code):
            texts.append(f'<p lang="{code}">{escape(i18n.gettext(_TEXT))}</p>')
    return (
        '<!doctype html><html lang="ja"><meta charset="utf-8"><title>503｜govkit</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<main><h1>503</h1>{''.join(texts)}</main></html>"
    )
