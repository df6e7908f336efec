"""Every journey in a real browser, with and without scripts: axe, focus, back and reload."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.conftest import served
from tests.forms.journey import Office, create_app, create_journey
from tests.pages import assert_accessible, overflow, settled

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 800}
SCRIPTED = pytest.mark.parametrize("scripted", [True, False], ids=["script", "no-script"])
PDF = {"name": "免許証.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n1 0 obj"}
EXE = {"name": "b.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90"}


@pytest.fixture(scope="module")
def office() -> Office:
    return Office()


@pytest.fixture(scope="module")
def address(office) -> Iterator[str]:
    journey, _uploads = create_journey(submit=office)
    with served(create_app(journey)) as address:
        yield f"{address}/todoke/"


@pytest.fixture
def open_page(browser, address):
    contexts = []

    def open_page(path="", viewport=NARROW, *, scripted=True) -> Page:
        context = browser.new_context(viewport=viewport, java_script_enabled=scripted)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.problems = []
        page.on("console", lambda entry: entry.type == "error" and page.problems.append(entry.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        assert [each.problems for each in context.pages] == [[]]
        context.close()


def look(page, *, scripted):
    """What every page of a journey must be: accessible, not too wide, with one heading."""
    assert settled(page).locator("h1").count() == 1
    assert overflow(page) == 0
    small = page.evaluate(
        """() => [...document.querySelectorAll('.gk-button, .gk-input, .gk-choice, .gk-tasks__link')]
            .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 44)
            .map(each => each.outerHTML)"""
    )
    assert small == []
    if scripted:
        assert_accessible(page)


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    with page.expect_navigation():
        page.get_by_role("link", name=name).click()


def focused(page):
    return page.evaluate("document.activeElement.id")


def wait_for_focus(page, target):
    # A page without scripts draws no frames that the browser could count for us.
    for _attempt in range(100):
        if focused(page) == target:
            return
        page.wait_for_timeout(20)
    assert focused(page) == target


def fill_applicant(page, *, kind="転入"):
    page.get_by_label("氏名").fill("𠮷田 花子")
    page.get_by_label(kind, exact=True).check()
    if kind == "転入":
        page.get_by_label("前の市区町村").fill("昭島市")
    press(page, "次へ進む")


def fill_rest(page):
    page.get_by_label("いいえ").check()
    press(page, "次へ進む")
    page.get_by_label("本人確認の書類").set_input_files(PDF)
    press(page, "次へ進む")
    page.get_by_label("はい").check()
    press(page, "次へ進む")


@SCRIPTED
def test_from_the_task_list_to_the_receipt(open_page, office, address, scripted):
    page = open_page(scripted=scripted)
    look(page, scripted=scripted)
    follow(page, "入力を始める")

    press(page, "次へ進む")
    assert page.title() == "エラー: 届け出る人｜立川市"
    wait_for_focus(page, "error-summary")
    look(page, scripted=scripted)
    page.locator("#error-summary a").first.click()
    wait_for_focus(page, "name")

    fill_applicant(page)
    assert page.url == f"{address}house"
    fill_rest(page)

    assert page.url == f"{address}check"
    look(page, scripted=scripted)
    follow(page, re.compile("変更する *：氏名"))
    wait_for_focus(page, "name")
    page.get_by_label("氏名").fill("髙橋 花子")
    press(page, "確認の画面へ進む")
    assert page.get_by_text("髙橋 花子").is_visible()

    page.get_by_label("内容に間違いがない").check()
    press(page, "この内容で送信する")
    assert page.url == f"{address}done"
    receipt = page.locator(".gk-receipt dd").text_content()
    look(page, scripted=scripted)
    page.reload()
    assert page.locator(".gk-receipt dd").text_content() == receipt
    page.go_back()
    assert page.locator(".gk-receipt dd").text_content() == receipt
    assert receipt in [number for number, *_rest in office.received.values()]


@SCRIPTED
def test_the_browsers_own_buttons_lose_nothing(open_page, address, scripted):
    page = open_page("applicant", scripted=scripted)
    fill_applicant(page)
    page.get_by_label("学校").check()
    press(page, "前へ戻る")

    assert page.get_by_label("氏名").input_value() == "𠮷田 花子"
    press(page, "次へ進む")
    assert page.get_by_label("学校").is_checked()
    page.go_back()
    assert page.get_by_label("氏名").input_value() == "𠮷田 花子"
    page.reload()
    assert page.get_by_label("前の市区町村").input_value() == "昭島市"
    page.goto(f"{address}house")
    assert page.get_by_label("学校").is_checked()


def test_a_question_appears_with_the_answer_that_asks_it(open_page):
    page = open_page("applicant")
    former = page.get_by_label("前の市区町村")
    assert not former.is_visible()

    page.get_by_label("転入", exact=True).check()
    assert former.is_visible()
    assert not page.locator("#former-condition").is_visible()
    look(page, scripted=True)
    former.fill("昭島市")
    page.get_by_label("転居", exact=True).check()
    assert not former.is_visible()

    page.get_by_label("氏名").fill("花子")
    press(page, "次へ進む")
    page.go_back()
    assert not former.is_visible()
    page.get_by_label("転入", exact=True).check()
    assert former.input_value() == "昭島市"


def test_without_a_script_every_question_is_there_and_says_for_whom(open_page):
    page = open_page("applicant", scripted=False)

    assert page.get_by_label("前の市区町村").is_visible()
    assert page.get_by_text("「届出の種類」が「転入」のときだけ、答えてください。").is_visible()
    fill_applicant(page, kind="転居")
    assert page.locator("h1").text_content() == "世帯"
    page.go_back()
    fill_applicant(page, kind="転居")
    page.goto(page.url.replace("house", "check"))
    assert page.get_by_text("前の市区町村").count() == 0


@SCRIPTED
def test_another_child_is_added_removed_and_brought_back(open_page, address, scripted):
    page = open_page("house", scripted=scripted)
    page.get_by_label("はい").check()
    press(page, "次へ進む")
    assert page.url == f"{address}children"
    page.get_by_label("氏名").fill("一郎")
    press(page, "子どもを追加する")
    wait_for_focus(page, "children-1-name")
    look(page, scripted=scripted)

    page.locator("#children-1-name").fill("二郎")
    press(page, "1人目を削除する")
    wait_for_focus(page, "children-restore")
    assert page.get_by_text("1人目を削除しました。").is_visible()
    assert page.locator("#children-1-name").input_value() == "二郎"
    look(page, scripted=scripted)
    press(page, "元に戻す")
    assert page.locator("#children-0-name").input_value() == "一郎"

    press(page, "次へ進む")
    wait_for_focus(page, "error-summary")
    links = page.locator("#error-summary a")
    assert [links.nth(at).text_content() for at in range(2)] == [
        "1人目の生年月日を入力してください",
        "2人目の生年月日を入力してください",
    ]
    look(page, scripted=scripted)
    links.nth(1).click()
    assert focused(page).startswith("children-1-birth")


@SCRIPTED
def test_the_enter_key_presses_no_helper_button(open_page, address, scripted):
    page = open_page("house", scripted=scripted)
    page.get_by_label("はい").check()
    press(page, "次へ進む")
    with page.expect_navigation():
        page.get_by_label("氏名").press("Enter")

    wait_for_focus(page, "error-summary")
    assert page.get_by_role("group", name="2人目").count() == 0


@SCRIPTED
def test_uploads_are_kept_while_something_else_is_wrong(open_page, address, scripted):
    page = open_page("papers", scripted=scripted)
    page.get_by_label("本人確認の書類").set_input_files([PDF, EXE])
    press(page, "次へ進む")

    wait_for_focus(page, "error-summary")
    assert (
        "「b.pdf」は、名前の終わりと中身が合いません"
        in page.locator("#error-summary").text_content()
    )
    assert page.get_by_text("免許証.pdf（1KB）").is_visible()
    look(page, scripted=scripted)
    page.get_by_label("本人確認の書類").set_input_files(PDF)
    press(page, "選んだファイルを加える")
    assert page.get_by_text("免許証(2).pdf（1KB）").is_visible()
    assert page.get_by_label("本人確認の書類").count() == 0
    look(page, scripted=scripted)

    press(page, "「免許証.pdf」を取り消す")
    assert page.get_by_text("免許証.pdf（1KB）").count() == 0
    page.goto(f"{address}house")
    page.goto(f"{address}papers")
    assert page.get_by_text("免許証(2).pdf（1KB）").is_visible()
    press(page, "次へ進む")
    assert page.url == f"{address}letter"


@SCRIPTED
def test_a_journey_is_saved_and_resumed_in_another_browser(open_page, address, scripted):
    page = open_page("papers", WIDE, scripted=scripted)
    page.get_by_label("本人確認の書類").set_input_files(PDF)
    press(page, "保存して中断する")
    look(page, scripted=scripted)
    code = page.locator(".gk-receipt dd").text_content()

    other = open_page(scripted=scripted)
    follow(other, "保存した続きから始める")
    press(other, "続きから始める")
    wait_for_focus(other, "error-summary")
    look(other, scripted=scripted)
    other.get_by_label("再開コード").fill(code.lower().replace("-", "ー"))
    press(other, "続きから始める")
    assert other.url == address
    other.goto(f"{address}papers")
    assert other.get_by_text("免許証.pdf（1KB）").is_visible()


def test_a_double_press_without_a_script_sends_once(open_page, office, address):
    page = open_page("applicant", scripted=False)
    fill_applicant(page)
    fill_rest(page)
    before = len(office.received)
    page.get_by_label("内容に間違いがない").check()
    page.get_by_role("button", name="この内容で送信する").dblclick()
    page.wait_for_url("**/done")

    assert len(office.received) == before + 1


def test_pages_pass_axe_on_a_wide_screen(open_page, address):
    page = open_page("applicant", WIDE)
    look(page, scripted=True)
    for path in ("", "papers", "check"):
        page.goto(address + path)
        look(page, scripted=True)
