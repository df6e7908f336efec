"""The pages of exports in a browser: small and wide, accessible, without scripts too."""

import pytest
from playwright.sync_api import expect

from govkit.base.app import create_app
from govkit.base.deployment import Deployment
from govkit.base.exports import Given, Outgoing, hand_out
from govkit.base.identity import Account, find_actor
from govkit.testing.plugin import PASSWORD, FixedClock, appoint
from tests.conftest import served
from tests.pages import overflow

CITY = "132021"


@pytest.fixture(scope="module")
def site(sqlite_databases):
    clock = FixedClock()
    deployment = Deployment.open(sqlite_databases.settings(), clock=clock)
    logins = [appoint(deployment, CITY, "board_clerk") for _ in range(2)]
    for login in logins:
        with deployment.system() as session:
            account_id = session.query(Account.id).filter_by(login=login).scalar()
        with deployment.session(CITY, writes=False) as session:
            actor = find_actor(session, account_id, clock().date())
        with deployment.work(deployment.municipality(CITY), actor) as work:
            for rows in (3, 400):
                file = Outgoing(
                    kind="enrolment.register",
                    title="学齢簿の一覧",
                    permission="enrolment.export",
                    file_name="学齢簿_2027年度入学.csv",
                    media_type="text/csv",
                    content=b"x",
                    rows=rows,
                    people=[str(n) for n in range(rows)],
                )
                hand_out(work, file, Given("duty", "就学時健康診断の案内を保護者に送るため"))
    with served(create_app(deployment=deployment)) as address:
        yield address, logins
    deployment.close()


@pytest.mark.requirement("A11-1", "P22", "OUT-2")
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_of_exports_fit(browser, site, width, tmp_path):
    address, (first, second) = site
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()

    def check(picture):
        assert overflow(page) <= 0
        page.screenshot(path=tmp_path / f"{picture}.png", full_page=True)

    page.goto(f"{address}/login")
    page.fill("input[name=login]", first if width == 390 else second)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("書き出しの承認")).to_be_visible()
    page.goto(f"{address}/exports")
    check("list")
    page.get_by_role("main").get_by_role("link", name="学齢簿の一覧").first.click()
    expect(page.get_by_role("heading", name="確かめて決める")).to_be_visible()
    check("decide")
    page.get_by_role("button", name="承認しない").click()
    expect(page.get_by_text("承認しない理由を入力してください").first).to_be_visible()
    check("error")
    page.get_by_role("button", name="承認する").click()
    expect(page.get_by_text("書き出しを承認しました")).to_be_visible()
    check("approved")
    context.close()
