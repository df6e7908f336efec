import re
from pathlib import Path

import pytest

import govkit.base
from tests.forms.gallery import FIVE_NUMBERS, create_gallery
from tests.forms.page import Page

STATIC = Path(govkit.base.__file__).parent / "static" / "govkit"
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
def client():
    return create_gallery().test_client()


@pytest.mark.parametrize("path", PATHS)
def test_pages_are_whole_and_carry_nothing_inline_and_nothing_from_elsewhere(client, path):
    page = Page(client.get(path).text)

    assert len(page.all("h1")) == 1
    assert page.all("title")[0].text == f"{page.all('h1')[0].text}｜校務システム"
    assert page.all("html")[0]["lang"] == "ja"
    assert page.all("style") == []
    assert all(script["src"].startswith("/static/") for script in page.all("script"))
    for element in page.elements:
        assert not [name for name in element.attributes if name == "style" or name[:2] == "on"]
    assert not re.search(r'(?:href|src|action)="(?:https?:)?//', page.html)
    ids = [each["id"] for each in page.elements if each.get("id")]
    assert len(ids) == len(set(ids))


def test_every_linked_file_exists(client):
    page = Page(client.get("/").text)
    addresses = [link["href"] for link in page.all("link")]
    addresses += [script["src"] for script in page.all("script")]

    assert len(addresses) == 9
    for address in addresses:
        with client.get(address) as answer:
            assert answer.status_code == 200


def test_the_skip_link_comes_first_and_leads_to_the_main_part(client):
    page = Page(client.get("/").text)

    assert page.all("a")[0]["href"] == "#main"
    assert page.by_id("main").tag == "main"


def test_the_current_page_is_marked_in_the_navigation(client):
    page = Page(client.get("/roll").text)

    current = [
        a
        for a in page.all("a")
        if a.get("class") == "gk-nav__link" and "aria-current" in a.attributes
    ]
    assert {a["href"] for a in current} == {"/roll"}


def test_a_login_page_shows_no_city_no_menu_and_no_logout(client):
    html = client.get("/login").text

    assert "立川市" not in html
    assert "ログアウト" not in html
    assert "<details" not in html
    assert "English" in html


def test_errors_in_the_form_reach_the_title(client):
    page = Page(client.post("/form", data={}).text)

    assert page.all("title")[0].text == "エラー:転入の届｜校務システム"
    assert page.all("h1")[0].text == "転入の届"


def test_flashes_become_banners_with_the_right_role(client):
    page = Page(client.get("/components").text)

    roles = {
        e["data-kind"]: e.get("role")
        for e in page.all("div")
        if e.get("class") == "gk-notification" and e.get("role")
    }
    assert roles == {"success": "status", "error": "alert"}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 418, 429, 500, 503, 504])
def test_every_error_says_what_to_do_and_gives_the_number(client, status):
    page = Page(client.get(f"/error/{status}").text)

    assert page.by_id("main").text.count("ください") >= 1
    assert page.all("code")[0].text == "0a1b2c"


def test_cells_are_escaped_and_named_for_narrow_screens(client):
    page = Page(client.get("/components").text)

    assert "&lt;b&gt;渡邉&lt;/b&gt;" in page.html
    labels = [e["data-label"] for e in page.elements if e.get("data-label")]
    assert labels[:4] == ["氏名", "生年月日", "番号", "状態"]


def test_a_button_that_acts_is_a_form_with_a_token(client):
    html = client.get("/components").text

    (form,) = re.findall(r'<form[^>]*action="/compile".*?</form>', html, re.DOTALL)
    assert 'method="post"' in form
    assert 'name="csrf_token"' in form
    assert 'name="year" value="2027"' in form


def test_the_roll_call_is_one_group_of_radio_buttons_for_each_pupil(client):
    page = Page(client.get("/roll").text)

    groups = [e for e in page.elements if e.get("role") == "radiogroup"]
    assert len(groups) == 20
    assert page.by_id(groups[1]["aria-labelledby"]).text.startswith("出席番号2𠮷田")
    chosen = [e["value"] for e in page.all("input") if "checked" in e.attributes]
    assert chosen == ["present", "absent", "late", *["present"] * 17]
    names = {e["name"] for e in page.all("input") if e.get("type") == "radio"}
    assert len(names) == 20


def test_the_month_table_has_a_cell_for_every_day_and_the_five_numbers(client):
    page = Page(client.get("/month").text)

    assert [e.text for e in page.all("th") if e.get("class") == "gk-month__sum"] == FIVE_NUMBERS
    assert len(page.all("td")) == 21 * (31 + 5)
    marked = [e for e in page.all("td") if "data-mark" in e.attributes]
    assert {e.text for e in marked} == {"／欠席"}


def test_progress_ends_with_the_outcome_and_the_way_on(client):
    page = Page(client.get("/progress").text)

    items = page.all("li")
    outcome = next(e for e in items if "data-outcome" in e.attributes)
    assert "取り込みました" in outcome.text
    assert "10/10" in page.by_id("main").text


def test_pagination_names_the_neighbours_and_the_ends(client):
    page = Page(client.get("/components").text)

    links = [a["href"] for a in page.all("a") if a["href"].startswith("?page=")]
    assert links == ["?page=4", "?page=1", "?page=4", "?page=6", "?page=12", "?page=6"]


def test_style_sheets_and_script_call_nobody():
    for path in STATIC.iterdir():
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "://" not in text, path
        assert "@import" not in text, path


def test_the_script_holds_no_words():
    code = re.sub(r"/\*.*?\*/", "", (STATIC / "govkit.js").read_text("utf-8"), flags=re.DOTALL)

    assert code.isascii()


def test_every_token_that_is_used_is_defined():
    text = "".join(path.read_text("utf-8") for path in STATIC.glob("*.css"))

    used = set(re.findall(r"var\((--[\w-]+)\)", text))
    assert used <= set(re.findall(r"(--[\w-]+):", text))
