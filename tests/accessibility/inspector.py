"""Looks at recorded pages in a real Chromium, all in one window."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser
from playwright.sync_api import Page as Window

import govkit.base

_STATIC = Path(govkit.base.__file__).parent / "static" / "govkit"
_SCRIPT, _SEMANTICS = (
    (Path(__file__).parent / name).read_text("utf-8") for name in ("inspector.js", "semantics.js")
)


@dataclass(frozen=True)
class View:
    """How a page is looked at, and what is asked of it.

    :param questions: Of ``axe`` (all rules but contrast), ``targets``, ``order``, ``overflow``.
    :param ground: What contrast is judged on, such as ``dark``; blank for no judgement.
    :param whole: Whether rows built alike, and texts whose like has been judged, are looked at too.
    """

    width: int = 1280
    questions: tuple[str, ...] = ("overflow",)
    ground: str = ""
    scripted: bool = True
    whole: bool = False

    @property
    def media(self) -> dict[str, Any]:
        """What the browser is to pretend."""
        return {
            "color_scheme": "dark" if "dark" in self.ground else "light",
            "forced_colors": "active" if "forced" in self.ground else "none",
        }

    @property
    def options(self) -> dict[str, Any]:
        """For the script in the window."""
        return {
            "questions": self.questions,
            "ground": self.ground,
            "scripted": self.scripted,
            "whole": self.whole,
        }


class Inspector:
    """A window in which recorded pages are shown one after another."""

    def __init__(self, window: Window) -> None:
        self._window = window
        window.set_content("<!doctype html><title>…</title>")
        window.evaluate(AXE_SCRIPT)
        files = {
            kind: {each.name: each.read_text("utf-8") for each in _STATIC.glob(f"*.{kind}")}
            for kind in ("css", "js")
        }
        given = f"{{...given, semantics: {_SEMANTICS}}}"
        window.evaluate(
            f"(given) => ({_SCRIPT})({given})", {"sheets": files["css"], "scripts": files["js"]}
        )

    def take(self, html: str) -> list[str]:
        """Keep a page under the next number, from 0 on; what it must say of itself and does not."""
        return list(self._window.evaluate("(html) => inspector.take(html)", html))

    def chosen(self) -> list[int]:
        """Pages that hold, all together, every kind of element inside every kind of parent."""
        return list(self._window.evaluate("() => inspector.choose()"))

    def look(self, view: View, numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
        """What is wrong with which page."""
        self._window.set_viewport_size({"width": view.width, "height": 900})
        self._window.emulate_media(**view.media)
        for number in numbers:
            asked = [number, view.options]
            for each in self._window.evaluate("([n, o]) => inspector.look(n, o)", asked):
                yield number, each


@contextmanager
def inspector(browser: Browser) -> Iterator[Inspector]:
    """An inspector in a window of its own."""
    context = browser.new_context(bypass_csp=True)
    try:
        yield Inspector(context.new_page())
    finally:
        context.close()
