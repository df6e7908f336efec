"""The lookup in a real browser: by keyboard, with and without scripts, narrow and wide."""

import pytest
from playwright.sync_api import expect

from govkit.base.app import create_app
from govkit.base.deployment import Deployment
from govkit.testing.plugin import PASSWORD, FixedClock, appoint
from tests.conftest import served
from tests.modules.resident_extracts.files import CITY
from tests.modules.resident_lookup.conftest import register
from tests.pages import leaving, overflow


@pytest.fixture(scope="module")
def site(sqlite_databases, tmp_path_factory):
    """Address, and the log-ins of a clerk and an administrator."""
    deployment = Deployment(sqlite_databases.settings(), clock=FixedClock())
    register(deployment, tmp_path_factory.mktemp("residents"))
    logins = [appoint(deployment, CITY, role) for role in ("board_clerk", "administrator")]
    with served(create_app(deployment=deployment)) as address:
        yield address, *logins
    deployment.close()


@pytest.fixture
def opened(browser, site):
    contexts = []

    def open_page(login, *, scripted=True, width=1280):
        context = browser.new_context(
            base_url=site[0],
            java_script_enabled=scripted,
            viewport={"width": width, "height": 900},
            bypass_csp=scripted,
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site[0]}/")
        return page

    yield open_page
    for context in contexts:
        context.close()


def check(page):
    assert overflow(page) <= 0, page.url


@pytest.mark.parametrize(("scripted", "width"), [(True, 1280), (False, 390)])
def test_the_keyboard_alone_leads_from_the_purpose_to_a_household(opened, site, scripted, width):
    page = opened(site[1], scripted=scripted, width=width)
    page.goto("/resident_lookup/")
    expect(page).to_have_url(f"{site[0]}/resident_lookup/purpose")
    page.get_by_role("radio", name="学齢簿の確認").press("Space")
    page.get_by_label("照会する理由").fill("区域外就学の確認")
    page.keyboard.press("Enter")
    page.get_by_label("氏名またはフリガナ").fill("やまだ")
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_be_focused()
    expect(page.locator("#result")).to_contain_text("2人見つかりました")
    check(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("山田")
    check(page)
    page.get_by_role("button", name="世帯を見る").press("Enter")
    expect(page.get_by_role("button", name="太郎")).to_be_visible()
    check(page)
    page.get_by_role("button", name="住民の情報に戻る").press("Enter")
    page.get_by_role("button", name="検索結果に戻る").press("Enter")
    expect(page.get_by_label("氏名またはフリガナ")).to_have_value("やまだ")
    assert "やまだ" not in page.url


def test_every_page_is_accessible_on_a_phone(opened, site):
    page = opened(site[1], width=390)
    page.goto("/resident_lookup/purpose")
    check(page)
    with leaving(page):
        page.get_by_role("button", name="この目的で調べる").click()
    check(page)
    page.get_by_role("radio", name="学齢簿の確認").check()
    page.get_by_label("照会する理由").fill("確認")
    page.get_by_role("button", name="この目的で調べる").click()
    page.get_by_label("氏名またはフリガナ").fill("佐々木")
    page.get_by_role("button", name="検索する").click()
    expect(page.get_by_text("支援措置")).to_be_visible()
    page.get_by_role("button", name="佐々木").click()
    expect(page.get_by_text("＊＊＊").first).to_be_visible()
    check(page)


def test_the_record_of_lookups_is_downloaded(opened, site):
    page = opened(site[2])
    for path in ("alarms", "sources", "report"):
        page.goto(f"/resident_lookup/{path}")
        check(page)
    page.get_by_label("宛名番号").fill("000000000000001")
    page.get_by_label("記録を見る理由").fill("開示請求")
    with leaving(page):
        page.get_by_role("button", name="記録を見る").click()
    check(page)
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSVをダウンロード").click()
    assert download.value.suggested_filename == "照会の記録_2026-11-24.csv"
