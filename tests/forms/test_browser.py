"""The page shell in a real browser: axe, focus, narrow screens, no script.

Every field in every state is tried in ``test_components_browser.py``.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.conftest import served
from tests.forms.gallery import create_gallery
from tests.pages import assert_accessible, overflow

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 800}
PATHS = [
    "/",
    "/?none",
    "/components",
    "/roll",
    "/month",
    "/form",
    "/login",
    "/appointments",
    "/appointments?none",
    "/progress",
    "/error/404",
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(create_gallery()) as address:
        yield address


@pytest.fixture
def open_page(browser, address):
    contexts = []

    def open_page(path, viewport, **options) -> Page:
        context = browser.new_context(viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("console", lambda entry: entry.type == "error" and page.problems.append(entry.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def send_blank(page):
    page.get_by_role("button", name="登録する").click()
    page.wait_for_url("**/form")
    page.locator("#error-summary").wait_for()


@pytest.mark.parametrize("path", PATHS)
def test_pages_pass_axe_and_fit_the_screen(open_page, path):
    page = open_page(path, WIDE)
    assert_accessible(page)
    for viewport in (WIDE, NARROW):
        page.set_viewport_size(viewport)
        assert overflow(page) == 0
    assert [p for p in page.problems if "404" not in p] == []


@pytest.mark.parametrize("path", ["/", "/components", "/roll", "/form"])
def test_pages_pass_axe_on_a_dark_ground(open_page, path):
    page = open_page(path, WIDE, color_scheme="dark")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(26, 26, 26)"
    assert_accessible(page)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_the_error_summary_has_the_focus_when_the_page_opens(open_page):
    page = open_page("/form", NARROW, java_script_enabled=False)
    send_blank(page)

    page.wait_for_function("document.activeElement.id === 'error-summary'")
    assert page.title() == "エラー: 転入の届｜校務システム"


def test_the_login_name_has_the_focus_when_the_page_opens(open_page):
    page = open_page("/login", WIDE)

    page.wait_for_function("document.activeElement.id === 'login'")


@pytest.mark.parametrize("path", ["/components", "/roll"])
def test_what_people_touch_is_44_pixels_high(open_page, path):
    page = open_page(path, NARROW)
    page.locator("summary").first.click()

    small = page.evaluate(
        """() => [...document.querySelectorAll(
            '.gk-button, .gk-nav__link, summary, .gk-input, .gk-choice, .gk-segments__choice'
          )].filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 44)
            .map(each => each.outerHTML)"""
    )
    assert small == []


def test_the_menu_opens_without_a_script_and_by_keyboard(open_page):
    page = open_page("/roll", NARROW, java_script_enabled=False)
    menu = page.locator("details nav")
    assert not menu.is_visible()

    page.locator("summary").first.focus()
    page.keyboard.press("Enter")

    assert menu.get_by_role("link", name="月の出席簿").is_visible()
    assert page.locator("details").first.get_by_role("button", name="ログアウト").is_visible()


def test_a_pupil_is_marked_by_keyboard_and_the_tally_follows(open_page):
    page = open_page("/roll", NARROW)
    assert page.locator("[data-tally]").text_content() == "出席 18人、出席以外 2人"

    page.locator("input[name=mark-1]:checked").focus()
    page.keyboard.press("ArrowRight")

    assert page.locator("input[name=mark-1]:checked").get_attribute("value") == "absent"
    assert page.locator("[data-tally]").text_content() == "出席 17人、出席以外 3人"


def test_the_save_bar_stays_in_sight_and_covers_no_focused_button(open_page):
    page = open_page("/roll", NARROW)
    save = page.get_by_role("button", name="保存する")
    assert save.bounding_box()["y"] + save.bounding_box()["height"] <= NARROW["height"]

    bar = page.locator(".gk-savebar")
    for number in range(2, 21):
        page.keyboard.press("Tab")
        page.locator(f"input[name=mark-{number}]:checked").focus()
        focused = page.locator(f"input[name=mark-{number}]:checked").bounding_box()
        assert focused["y"] + focused["height"] <= bar.bounding_box()["y"]


def test_the_first_column_of_the_month_stays_in_sight(open_page):
    page = open_page("/month", NARROW)

    page.evaluate("document.querySelector('.gk-table-region').scrollLeft = 600")

    assert page.locator("tbody th").first.bounding_box()["x"] == pytest.approx(16, abs=1)


def test_the_month_shows_its_five_numbers_at_1280(open_page):
    page = open_page("/month", WIDE)

    region = page.locator(".gk-table-region")
    assert region.evaluate("each => each.scrollWidth - each.clientWidth") == 0


def test_a_second_press_does_not_send_again(open_page):
    page = open_page("/form", WIDE)

    sent = page.evaluate(
        """() => {
          let sent = 0;
          window.addEventListener('submit', (event) => {
            sent += !event.defaultPrevented;
            event.preventDefault();
          });
          const button = document.querySelector('.gk-form .gk-button');
          button.click();
          button.click();
          return [sent, button.getAttribute('aria-disabled')];
        }"""
    )

    assert sent == [1, "true"]


def test_the_counter_counts_as_the_server_does(open_page):
    page = open_page("/form", WIDE)

    page.locator("#reason").fill("髙\U000e0100橋 𠮷子\n")

    assert page.locator("[data-limit]").text_content() == "5 / 20文字"


def test_nobody_is_asked_to_wait_once_the_outcome_is_there(open_page):
    lead = open_page("/progress", WIDE, java_script_enabled=False).locator(".gk-progress-lead")
    assert lead.count() == 1
    assert not lead.is_visible()

    page = open_page("/progress", WIDE)
    page.evaluate("document.querySelector('[data-outcome]').remove()")
    assert page.locator(".gk-progress-lead").is_visible()
