"""What all tests share: a browser, a server, no deadlines, no network beyond this machine."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis
import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

hypothesis.settings.register_profile("shared machine", deadline=None, max_examples=60)
hypothesis.settings.load_profile("shared machine")

_connect = socket.socket.connect
_LOCAL = ("127.0.0.1", "::1", "localhost")


def _connect_locally(self: socket.socket, address: Any) -> Any:
    if self.family != socket.AF_UNIX and address[0] not in _LOCAL:
        raise AssertionError(f"a test tried to reach {address[0]}")
    return _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    socket.socket.connect = _connect_locally  # type: ignore[method-assign]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium: the one that ``CHROMIUM`` names, or the one on the path."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    options = "--no-sandbox --disable-gpu --disable-background-networking --no-first-run"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options.split())
        yield browser
        browser.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Address of an application while it is served from a thread of the tests."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
