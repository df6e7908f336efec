"""A person at a browser: logs in, follows links, fills forms, and checks every page on the way."""

import os
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from tests.pages import leaving, overflow, settled

SCREENSHOTS = os.environ.get("STORY_SCREENSHOTS", "")
"""Folder for a picture of each page of the story; blank takes none."""


class Visitor:
    """One person with one browser.

    :param scripted: Whether the browser runs JavaScript.
    :param inspects: Whether the width of each page is checked too.
    """

    def __init__(
        self,
        browser: Browser,
        address: str,
        *,
        scripted: bool,
        inspects: bool = True,
        width: int = 1280,
    ) -> None:
        self.scripted = scripted
        self._inspects = inspects
        self.address = address
        self._context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=scripted,
            accept_downloads=True,
            locale="ja-JP",
        )
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("console", self._note_error)
        self._titles: dict[str, str] = {}
        self._problems: list[str] = []

    def _note_error(self, entry: Any) -> None:
        # A page that is not there is an answer the story asks for; everything else is a fault.
        if entry.type == "error" and "status of 404" not in entry.text:
            self._problems.append(entry.text)

    def log_in(self, login: str, password: str) -> None:
        """Log in on the login page."""
        self.page.goto(f"{self.address}/login")
        self.page.get_by_label("ログイン名").fill(login)
        self.page.get_by_label("パスワード").fill(password)
        self.press("ログインする")

    def open(self, path: str) -> int:
        """Open an address of the application; the status of the answer."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        return answer.status

    def follow(self, text: str) -> None:
        """Follow a link by its words, in the page itself."""
        self.leave_by(self.main.get_by_role("link", name=text, exact=True))

    def menu(self, text: str) -> None:
        """Follow a link of the menu."""
        menu = self.page.get_by_role("navigation", name="メニュー").first
        self.leave_by(menu.get_by_role("link", name=text, exact=True))

    def press(self, text: str) -> None:
        """Press a button of the page by its words."""
        self.leave_by(self.main.get_by_role("button", name=text))

    def leave_by(self, door: Locator) -> None:
        """Click what leads to another page, and wait for that page."""
        with leaving(self.page):
            door.first.click()

    @property
    def main(self) -> Locator:
        """The page without its head and foot."""
        return settled(self.page).get_by_role("main")

    @property
    def text(self) -> str:
        """All words of the page itself."""
        return self.main.inner_text()

    def check(self, picture: str = "") -> None:
        """Check the page as every page is checked: title, width, scripts."""
        page = settled(self.page)
        title, path = page.title(), re.sub(r"[0-9a-f-]{36}|[?#].*", "", page.url)
        assert title, f"{path} has no title"
        known = self._titles.setdefault(title, path)
        assert known == path, f"{path} has the same title as {known}: {title}"
        assert self._problems == []
        if self._inspects:
            self._check_width(page)
        if picture and SCREENSHOTS:
            self._take(picture)

    @staticmethod
    def _check_width(page: Page) -> None:
        size = page.viewport_size
        assert size is not None
        for width in (390, size["width"]):
            page.set_viewport_size({"width": width, "height": size["height"]})
            wider = overflow(page)
            assert wider <= 0, f"{page.url} is {wider} px too wide at {width}"

    def _take(self, picture: str) -> None:
        folder = Path(SCREENSHOTS)
        folder.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size
        for width, height in ((1280, 800), (390, 800)):
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.screenshot(path=folder / f"{picture}-{width}.jpg", type="jpeg", quality=60)
        assert size is not None
        self.page.set_viewport_size(size)

    def close(self) -> None:
        """Go home."""
        self._context.close()
