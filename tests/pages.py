"""What is asked of every page in a browser: it has arrived whole, fits, and is accessible."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def settled(page: Page) -> Page:
    """The page, once it is there whole: a click returns as soon as the next page has begun."""
    page.wait_for_load_state("load")
    return page


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(settled(page).evaluate(wide))


def assert_accessible(page: Page, state: str = "") -> None:
    """Axe finds nothing on the page."""
    results = Axe().run(settled(page))
    assert results.violations_count == 0, f"{state or page.url}\n{results.generate_report()}"
