"""The pages of auditors in a real browser: wide and narrow, without scripts, accessible."""

import pytest
from playwright.sync_api import expect

from govkit.base.app import create_app
from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.base.persons import AddresseeNumber
from govkit.testing.plugin import PASSWORD, FixedClock, appoint
from tests.conftest import served
from tests.pages import leaving, overflow

CITY = "132021"
pytestmark = pytest.mark.requirement("P22")


@pytest.fixture(scope="module")
def site(sqlite_databases):
    """Address, and the log-ins of an auditor and of a clerk."""
    deployment = Deployment(sqlite_databases.settings(), clock=FixedClock())
    logins = [appoint(deployment, CITY, role) for role in ("auditor", "board_clerk")]
    for number in range(60):
        with deployment.work(deployment.municipality(CITY), Actor.operator("試験")) as work:
            people = [AddresseeNumber(f"{number + each:015d}") for each in range(9)]
            work.record("residents.search", people, "窓口", purpose="就学", screen="schools.x")
    with served(create_app(deployment=deployment)) as address:
        yield address, *logins
    deployment.close()


@pytest.fixture(params=[390, 1280])
def page_of(request, browser, site):
    """Pages of a given width for one log-in, with scripts in the wide one alone."""
    contexts = []

    def make(login):
        context = browser.new_context(
            base_url=site[0], viewport={"width": request.param, "height": 900}, bypass_csp=True
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site[0]}/")
        return page

    yield make
    for context in contexts:
        context.close()


def check(page):
    assert overflow(page) <= 0


def test_records_are_found_page_by_page(page_of, site):
    page = page_of(site[1])
    page.goto("/administration/audit")
    check(page)
    page.get_by_label("対象の人").fill("000000000000030")
    page.get_by_role("button", name="調べる", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="見つかった記録")).to_be_visible()
    check(page)
    page.get_by_label("対象の人").fill("")
    page.get_by_role("button", name="調べる", exact=True).press("Enter")
    with leaving(page):
        page.get_by_role("button", name="この前の記録を見る").press("Enter")
    check(page)
    page.get_by_label("対象の人").fill(f"9{page.viewport_size['width']}")
    page.get_by_role("button", name="調べる", exact=True).press("Enter")
    expect(page.get_by_text("条件に合う記録はありません")).to_be_visible()
    check(page)


def test_the_inquiry_and_the_disclosure_fit(page_of, site):
    page = page_of(site[1])
    page.goto("/administration/breach")
    check(page)
    page.get_by_label("調べる理由").fill("紛失")
    page.get_by_role("button", name="調べる", exact=True).press("Enter")
    expect(page.get_by_text("報告の期限", exact=True)).to_be_visible()
    check(page)
    page = page_of(site[2])
    page.goto("/administration/disclosure")
    check(page)
