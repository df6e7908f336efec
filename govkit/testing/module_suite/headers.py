"""Twelve rules that the headers of every answer keep (WEB-1, P16)."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from werkzeug.test import TestResponse

__all__ = ["HEADER_RULES", "broken_rules"]

_MINE: Final = re.compile(r"'nonce-[\w-]{20,}'")


def _policy(answer: TestResponse) -> dict[str, str]:
    parts = answer.headers.get("Content-Security-Policy", "").split(";")
    pairs = (part.strip().partition(" ") for part in parts if part.strip())
    return {name: value for name, _space, value in pairs}


def _is_text(answer: TestResponse) -> bool:
    return (answer.mimetype or "").startswith("text/")


HEADER_RULES: Final[Mapping[str, Callable[[TestResponse], bool]]] = {
    "policy denies by default": lambda it: _policy(it).get("default-src") == "'none'",
    "policy lets in own scripts and those with the nonce": lambda it: (
        _policy(it).get("script-src", "").split()[:1] == ["'self'"]
        and bool(_MINE.search(_policy(it)["script-src"]))
    ),
    "policy knows nothing unsafe": lambda it: (
        "unsafe" not in str(_policy(it)) and "*" not in str(_policy(it))
    ),
    "policy refuses framing": lambda it: _policy(it).get("frame-ancestors") == "'none'",
    "policy pins the base address and the targets of forms": lambda it: (
        _policy(it).get("base-uri") == "'none'" and _policy(it).get("form-action") == "'self'"
    ),
    "types are not guessed": lambda it: it.headers.get("X-Content-Type-Options") == "nosniff",
    "old browsers refuse framing": lambda it: it.headers.get("X-Frame-Options") == "DENY",
    "addresses stay here": lambda it: it.headers.get("Referrer-Policy") == "same-origin",
    "other windows and sites stay out": lambda it: (
        it.headers.get("Cross-Origin-Opener-Policy") == "same-origin"
        and it.headers.get("Cross-Origin-Resource-Policy") == "same-origin"
    ),
    "text says its encoding": lambda it: (
        not _is_text(it) or (it.mimetype_params.get("charset") or "").lower() == "utf-8"
    ),
    "nothing is stored": lambda it: (
        it.request.path.startswith("/static/") or it.headers.get("Cache-Control") == "no-store"
    ),
    "the request has a number, the server no name": lambda it: (
        bool(it.headers.get("X-Request-Id")) and "Werkzeug" not in it.headers.get("Server", "")
    ),
}
"""Rules by name; each tells whether an answer keeps it."""


def broken_rules(answer: TestResponse) -> list[str]:
    """Names of the rules that an answer breaks."""
    return [name for name, keeps in HEADER_RULES.items() if not keeps(answer)]
