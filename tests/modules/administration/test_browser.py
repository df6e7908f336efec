"""The table of permissions in a real browser: wide and narrow, by keyboard, on paper."""

import pytest
from playwright.sync_api import expect

from govkit.base.app import create_app
from govkit.base.deployment import Deployment
from govkit.testing.plugin import PASSWORD, FixedClock, appoint
from tests.conftest import served
from tests.pages import overflow

pytestmark = pytest.mark.requirement("P22")


@pytest.fixture(scope="module")
def site(sqlite_databases):
    """Address, and the log-in of an administrator."""
    deployment = Deployment(sqlite_databases.settings(), clock=FixedClock())
    login = appoint(deployment, "132021", "administrator")
    appoint(deployment, "132021", "principal")
    with served(create_app(deployment=deployment)) as address:
        yield address, login
    deployment.close()


def logged_in(context, site):
    page = context.new_page()
    page.goto("/login")
    page.fill("input[name=login]", site[1])
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site[0]}/")
    return page


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_fit(browser, site, width):
    context = browser.new_context(
        base_url=site[0], viewport={"width": width, "height": 900}, bypass_csp=True
    )
    page = logged_in(context, site)
    page.goto("/administration/permissions")
    assert overflow(page) <= 0
    page.get_by_role("link", name="校長").first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("校長")
    assert overflow(page) <= 0
    page.get_by_label("出席簿を見る").click()
    page.get_by_role("button", name="この権限にする").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("校長")
    page.goto("/administration/roles/new")
    page.get_by_role("button", name="役割を加える").press("Enter")
    expect(page.get_by_label("役割コード")).to_have_attribute("aria-invalid", "true")
    context.close()


def test_the_table_fits_a_sheet_of_paper(browser, site):
    """A4 on its side less the margins is 273 mm, 1032 px, wide."""
    context = browser.new_context(base_url=site[0], viewport={"width": 1032, "height": 700})
    page = logged_in(context, site)
    page.goto("/administration/permissions")
    page.emulate_media(media="print")
    assert overflow(page) <= 0
    expect(page.get_by_role("link", name="CSVをダウンロード")).to_be_hidden()
    context.close()
