"""What is asked of every page in a browser: it has arrived whole, fits, and is accessible."""

from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def settled(page: Page) -> Page:
    """The page, once it is there whole: a click returns as soon as the next page has begun."""
    page.wait_for_load_state("load")
    return page


@contextmanager
def leaving(page: Page) -> Iterator[None]:
    """Whatever leads to another page, until that one is there whole."""
    with page.expect_navigation():
        yield


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(settled(page).evaluate(wide))


def assert_accessible(page: Page, state: str = "") -> None:
    """Axe finds nothing on the page."""
    results = Axe().run(settled(page), options={"resultTypes": ["violations"]})
    assert results.violations_count == 0, f"{state or page.url}\n{results.generate_report()}"
