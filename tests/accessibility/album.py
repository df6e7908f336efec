"""Keeps every page that an application answers with, and what it has answered at all."""

from dataclasses import dataclass, field
from typing import Any

from flask import Flask, template_rendered
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

_ALBUM = "tests.accessibility"


@dataclass(frozen=True)
class Picture:
    """One page.

    :param endpoint: Route that answered; blank where there is none.
    :param state: Who asked, and how things stood.
    """

    endpoint: str
    method: str
    status: int
    address: str
    state: str
    html: str = field(repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.address} {self.status} ({self.state})"


class Album:
    """Pages of one application, from now on.

    :ivar state: Goes onto the next pictures.
    :ivar templates: What was rendered, macros and includes left out.
    :ivar others: Endpoints that have answered with a file, or with data.
    """

    def __init__(self, app: Flask) -> None:
        self.pictures: list[Picture] = []
        self.templates: set[str] = set()
        self.others: set[str] = set()
        self.state = ""
        self._addresses = app.url_map.bind("localhost")
        self.of(app)

    def of(self, app: Flask) -> Flask:
        """Keep the pages of this application, too, which has the same routes."""
        app.test_client_class = _Client
        app.extensions[_ALBUM] = self
        template_rendered.connect(self._rendered, app)
        return app

    def _rendered(self, sender: Flask, template: Any, **_context: Any) -> None:
        self.templates.add(template.name)

    def endpoint(self, address: str, method: str = "GET") -> str:
        """Route of an address; blank where there is none."""
        try:
            return str(self._addresses.match(address.partition("?")[0], method=method)[0])
        except HTTPException:
            return ""

    def add(self, html: str, name: str) -> None:
        """Keep a page that no client has asked for."""
        self.pictures.append(Picture("", "GET", 0, name, self.state, html))

    def keep(self, answer: TestResponse) -> None:
        """Keep the page, if it is one."""
        request = answer.request
        endpoint = self.endpoint(request.path, request.method)
        if answer.mimetype != "text/html":
            self.others.add(endpoint)
        elif answer.status_code not in (301, 302, 303, 307, 308):
            asked = (request.method, answer.status_code, request.full_path.rstrip("?"))
            self.pictures.append(Picture(endpoint, *asked, self.state, answer.text))


class _Client(FlaskClient):
    """Gives every page to the album."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        answer = super().open(*args, **options)
        answer.get_data()
        answer.close()
        self.application.extensions[_ALBUM].keep(answer)
        return answer
