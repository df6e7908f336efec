"""The whole way in a real browser: in through the provider, and out of both at once."""

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import served


@pytest.mark.requirement("AUT-6", "P16", "ASVS-10.5.5", "ASVS-7.4.1")
def test_a_browser_logs_in_and_out_at_the_provider(open_site, browser: Browser) -> None:
    site = open_site()
    site.appoint("s-0001")
    with served(site.app) as address:
        client = site.provider.register(
            address,
            backchannel_logout_uri=f"{address}/logout/oidc/ordered",
            backchannel_logout_session_required=True,
        )
        site.become(client)
        page = browser.new_page()
        refused: list[str] = []
        page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
        page.goto(f"{address}/account")
        page.get_by_role("button", name="職員アカウント").click()
        page.get_by_label("利用者").fill("s-0001")
        page.get_by_role("button", name="ログイン").click()
        expect(page).to_have_url(f"{address}/account")
        assert refused == []
        page.get_by_role("button", name="ログアウト").first.click()
        page.get_by_role("button", name="Yes").click()
        expect(page).to_have_url(f"{address}/login")
        page.close()
    assert site.events("login.ended_outside") == []
