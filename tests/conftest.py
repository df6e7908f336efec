"""What all tests share: a browser, a server, no deadlines, no network beyond this machine."""

import atexit
import gc
import os
import re
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
from werkzeug.routing import Rule
from werkzeug.serving import WSGIRequestHandler, make_server
from xdist.scheduler import LoadScopeScheduling

hypothesis.settings.register_profile("shared machine", deadline=None, max_examples=60)
hypothesis.settings.load_profile("shared machine")

LONGEST = (
    "tests/journeys",
    "tests/accessibility",
    "tests/benchmarks",
    "_browser.py",
    "tests/scaffold",
    "tests/cli",
    "test_conformance.py",
    "test_sql_view.py",
    "test_code_blocks.py",
    "test_archive.py",
    "test_leaks.py",
    "tests/base/jobs",
    "test_views.py",
)
"""Parts of paths whose tests start first, so that no process is left alone with them at the end."""


PAGES = (
    "tests/base/test_factors.py",
    "tests/base/test_logins.py",
    "tests/base/test_step_up.py",
    "tests/base/test_web.py",
    "tests/modules/administration/test_audit.py",
    "tests/modules/administration/test_permissions.py",
    "tests/modules/attendance/test_views.py",
    "tests/modules/enrolment/test_views.py",
    "tests/modules/resident_extracts/test_views.py",
    "tests/modules/resident_lookup/test_views.py",
    "tests/modules/schools/test_pages.py",
)
"""Tests of pages, tried on SQLite: the services below them, the inherited suite of each module, the
crawl and the story are tried on PostgreSQL too (on both with GOVKIT_SOAK=1)."""


def _is_tried_elsewhere(item: pytest.Item) -> bool:
    return item.path.as_posix().endswith(PAGES) and "[postgres" in item.name


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the longest, once pytest has put together what shares a fixture."""
    if not os.environ.get("GOVKIT_SOAK"):
        items[:] = [item for item in items if not _is_tried_elsewhere(item)]

    def rank(item: pytest.Item) -> int:
        path = item.path.as_posix()
        return next((rank for rank, each in enumerate(LONGEST) if each in path), len(LONGEST))

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what stays until the end: modules, tests, sources."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)  # what a test makes and throws away is little, and soon gone


# Python would search all that is left for cycles, several times, before it ends.
atexit.register(gc.freeze)


class ByFileAndDatabase(LoadScopeScheduling):
    """Tests of one file and one database run in one process, with the fixtures they share."""

    def _split_scope(self, nodeid: str) -> str:
        path, _, test = nodeid.partition("::")
        return f"{path} {re.search('postgres|sqlite|$', test.partition('[')[2])[0]}"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFileAndDatabase | None:
    """What each process runs, when there are several."""
    return ByFileAndDatabase(config, log) if config.getvalue("dist") == "loadscope" else None


_compile_builder: Any = Rule._compile_builder
_builders: dict[tuple[str, ...], Any] = {}


def _compile_builder_once(rule: Rule, append_unknown: bool = True) -> Any:
    """What builds the addresses of a rule: the same in the hundreds of applications of a run."""
    key = (rule.rule, repr(rule._trace), repr(rule.defaults), repr(append_unknown))
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


Rule._compile_builder = _compile_builder_once  # type: ignore[method-assign]


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
    installed = map(shutil.which, ("chromium-headless-shell", "chromium"))
    path = os.environ.get("CHROMIUM") or next(filter(None, installed), None)
    options = "--no-sandbox --disable-gpu --disable-background-networking --no-first-run"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options.split())
        yield browser
        browser.close()


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Address of an application while it is served from a thread of the tests.

    Browsers keep styles and scripts, as they do in production, and nothing is logged.
    """
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
