"""Somebody who follows every link and sends every form: blank, wrong, and filled in."""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit
from uuid import uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from govkit.base.idempotency import KEY_FIELD
from govkit.testing.module_suite.forms import PageForm, forms_of
from tests.accessibility.album import Album

_LEAVING = {"govkit.logout", "govkit.static"}
_WRONG = "〓" * 300
_LINK = re.compile(r'<a [^>]*?href="([?/][^"]*)"')


class Wanderer:
    """See the module.

    :param go_back: Undoes what a form has done.
    :param typed: By endpoint, what to type where a guess would find nothing.
    :param most: How many addresses of one route, and forms to it, are tried.
    """

    def __init__(
        self,
        album: Album,
        client: FlaskClient,
        go_back: Callable[[], None],
        typed: Mapping[str, Mapping[str, str]],
        most: int = 1,
    ) -> None:
        self._album, self._client, self._go_back = album, client, go_back
        self._typed, self._most = typed, most
        self._seen: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._forms: deque[tuple[str, PageForm]] = deque()

    def walk(self, addresses: Iterable[str]) -> None:
        """Open addresses, and all that their pages lead to."""
        waiting = deque(addresses)
        while waiting:
            address = waiting.popleft()
            if self._is_new(address):
                answer = self._client.get(address)
                waiting.extend(self._take(answer, address))

    def _is_new(self, address: str) -> bool:
        endpoint = self._album.endpoint(address)
        kind = f"{endpoint} {sorted({name for name, _value in parse_qsl(urlsplit(address).query)})}"
        if address in self._seen or not endpoint or endpoint in _LEAVING or "lang=" in address:
            return False
        self._seen.add(address)
        self._counts[kind] += 1
        return self._counts[kind] <= self._most

    def _take(self, answer: TestResponse, address: str) -> list[str]:
        """Note the forms of a page; the addresses that it leads to."""
        if answer.status_code in (302, 303):
            return [answer.headers["Location"]]
        if answer.mimetype != "text/html":
            return []
        for form in forms_of(answer.text):
            action = urljoin(address, form.action or address)
            endpoint = self._album.endpoint(action, "POST")
            kind = f"POST {endpoint} {sorted(form.values)}"
            self._counts[kind] += 1
            if endpoint not in _LEAVING and self._counts[kind] <= self._most:
                self._forms.append((action, form))
        return [urljoin(address, unescape(each)) for each in _LINK.findall(answer.text)]

    def send_forms(self) -> None:
        """Send every form that was found, and go on from there; all is undone afterwards."""
        forms, self._forms = self._forms, deque()
        cookies = self._cookies()
        for action, form in forms:
            self._send(action, form)
            self._go_back()
            for name, value in cookies.items():
                self._client.set_cookie(name, value)

    def _cookies(self) -> dict[str, str]:
        found = ((name, self._client.get_cookie(name)) for name in ("govkit", "govkit-device"))
        return {name: cookie.value for name, cookie in found if cookie}

    def _send(self, action: str, form: PageForm) -> None:
        state = self._album.state
        for kind, values in self._fillings(action, form):
            self._album.state = f"{state}, {kind}"
            sent = values | {KEY_FIELD: [uuid4().hex]}
            answer = self._client.post(action, data=sent)
            self.walk(self._take(answer, action))
        while self._forms:  # what the answers have brought up
            self._send(*self._forms.popleft())
        self._album.state = state

    def _fillings(self, action: str, form: PageForm) -> list[tuple[str, dict[str, list[str]]]]:
        typed = self._typed.get(self._album.endpoint(action, "POST"), {})
        hidden = {name: each for name, each in form.values.items() if name in form.hidden}
        wrong = {name: [_WRONG] for name in form.values if name not in form.hidden}
        right = form.values | {name: [text] for name, text in typed.items()}
        return [("blank", hidden), ("wrong", hidden | wrong), ("filled in", right)]
