"""P22: the ten main tasks by keyboard alone: Tab, arrows, Enter, Space and letters.

Wherever the focus goes, something is drawn around what has it, and nothing covers it (WCAG 2.4.7,
2.4.11).
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from govkit.base.app import create_app
from govkit.base.deployment import Deployment
from govkit.cli.demo import DEMO_PASSWORD, load_demo
from govkit.cli.demo_city import DEMO_CITIES
from govkit.testing.plugin import FixedClock, TestDatabases
from tests.conftest import served
from tests.pages import leaving, settled

CITY = DEMO_CITIES[0]
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return "nothing has the focus";
  const drawn = (each) => {
    const style = each ? getComputedStyle(each) : {};
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  };
  const shown = one.matches("[type=radio], [type=checkbox]") ? [one, one.nextElementSibling, one.parentElement] : [one];
  const name = one.outerHTML.slice(0, 120);
  if (!shown.some((each) => each && drawn(each))) return `not drawn around: ${name}`;
  const box = one.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const label = one.labels?.[0];
  const seen = top && (one.contains(top) || top.contains(one) || label?.contains(top));
  return seen ? "" : `covered: ${name}`;
}"""


class Keyboard:
    """Somebody without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(15_000)

    def to(self, target: Locator) -> None:
        """Go on with Tab until the target has the focus."""
        settled(self.page)
        expect(target.first).to_be_visible()
        wanted = target.first.element_handle()
        for _ in range(200):
            self.page.keyboard.press("Tab")
            told = self.page.evaluate(FOCUS)
            assert told in ("", "nothing has the focus"), (
                told
            )  # the browser's own bar comes between
            if self.page.evaluate("(one) => one === document.activeElement", wanted):
                return
        raise AssertionError(f"Tab does not lead to {target}")

    def type(self, label: str, text: str) -> None:
        """Type into the field with a label; what stands in it gives way."""
        self.to(self.page.get_by_label(label))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, label: str, downs: int = 1) -> None:
        """Choose in a list."""
        self.to(self.page.get_by_label(label))
        for _ in range(downs):
            self.page.keyboard.press("ArrowDown")

    def enter(self, target: Locator) -> None:
        """Follow a link or press a button, to another page."""
        self.to(target)
        self.send()

    def send(self) -> None:
        """Enter, where the focus is."""
        with leaving(self.page):
            self.page.keyboard.press("Enter")

    def menu(self, text: str) -> None:
        """Follow a link of the menu."""
        menu = self.page.get_by_role("navigation", name="メニュー").first
        self.enter(menu.get_by_role("link", name=text, exact=True))

    def button(self, text: str) -> None:
        """Press a button."""
        self.enter(self.page.get_by_role("main").get_by_role("button", name=text))

    def upload(self, label: str, file: Path) -> None:
        """Choose a file in the browser's own window."""
        self.to(self.page.get_by_label(label))
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Space")
        chooser.value.set_files(file)


@dataclass
class Office:
    """The demo, served, and the folder with files to upload."""

    address: str
    files: Path

    def file(self, kind: str) -> Path:
        (found,) = self.files.glob(f"{CITY.name}_{kind}*.csv")
        return found


@pytest.fixture(scope="module")
def office(
    sqlite_databases: TestDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    deployment = Deployment(sqlite_databases.settings(), clock=FixedClock())
    folder, here = tmp_path_factory.mktemp("demo"), Path.cwd()
    os.chdir(folder)
    try:
        load_demo(deployment, 400)
    finally:
        os.chdir(here)
    with served(create_app(deployment=deployment)) as address:
        yield Office(address, folder / "data")
    deployment.close()


def log_in(keys: Keyboard, office: Office, who: str) -> None:
    keys.page.goto(f"{office.address}/login")
    keys.type("ログイン名", f"{CITY.prefix}-{who}")
    keys.type("パスワード", DEMO_PASSWORD)
    keys.send()
    assert CITY.name in keys.page.get_by_role("banner").inner_text()


def call_the_roll(keys: Keyboard, _office: Office) -> None:
    keys.menu("今日の出席簿")
    radios = keys.page.get_by_role("main").get_by_role("radio")
    keys.to(radios.first)
    keys.page.keyboard.press("ArrowRight")
    expect(radios.nth(1)).to_be_checked()
    keys.button("保存する")
    expect(keys.page.get_by_role("main")).to_contain_text("最後の保存")


def read_the_month(keys: Keyboard, _office: Office) -> None:
    keys.enter(keys.page.get_by_role("main").get_by_role("link", name="月ごとの出席簿"))
    expect(keys.page.get_by_role("table").first).to_be_visible()


def log_out(keys: Keyboard, office: Office) -> None:
    keys.enter(keys.page.get_by_role("button", name="ログアウト"))
    log_in(keys, office, "board")


def receive_an_extract(keys: Keyboard, office: Office) -> None:
    keys.menu("住民票抽出データ")
    keys.enter(keys.page.get_by_role("link", name="抽出データを受け入れる"))
    keys.upload("ファイル", office.file("住民票"))
    keys.type("抽出時点", "令和8年11月23日")
    keys.button("受け入れる")
    keys.enter(keys.page.get_by_role("link", name="受入の結果を見る"))
    expect(keys.page.get_by_role("main")).to_contain_text("受け入れ")


def compile_the_register(keys: Keyboard, _office: Office) -> None:
    keys.menu("学齢簿の編製")
    keys.button("編製する")
    expect(keys.page.get_by_role("table").first).to_be_visible()


def assign_schools(keys: Keyboard, office: Office) -> None:
    keys.menu("通学区域")
    keys.upload("通学区域のファイル", office.file("通学区域"))
    keys.button("登録する")
    keys.menu("学齢簿")
    keys.button("通学区域で就学校を指定する")


def search_the_register(keys: Keyboard, _office: Office) -> None:
    keys.menu("学齢簿")
    name = keys.page.get_by_role("table").get_by_role("link").first.inner_text()
    keys.to(keys.page.get_by_role("searchbox"))
    keys.page.keyboard.type(name.split()[0])
    keys.send()
    keys.enter(keys.page.get_by_role("table").get_by_role("link", name=name))
    expect(keys.page.get_by_role("heading", level=1)).to_contain_text(name.split()[0])


def look_a_resident_up(keys: Keyboard, _office: Office) -> None:
    keys.menu("住民照会")
    keys.to(keys.page.get_by_role("radio"))
    keys.page.keyboard.press("Space")
    keys.type("照会する理由", "転入の確認")
    keys.send()
    keys.type("氏名またはフリガナ", "サトウ")
    keys.send()
    expect(keys.page.locator("#result")).to_be_focused()


def export_the_roster(keys: Keyboard, _office: Office) -> None:
    keys.menu("名簿の書き出し")
    keys.choose("利用目的")
    keys.type("理由", "学習eポータルへの名簿の登録")
    keys.to(keys.page.get_by_role("button", name="書き出してダウンロードする"))
    with keys.page.expect_download() as download:
        keys.page.keyboard.press("Enter")
    assert download.value.suggested_filename.startswith("RO_")


def log_in_as_a_teacher(keys: Keyboard, office: Office) -> None:
    log_in(keys, office, "teacher")


TASKS: tuple[Callable[[Keyboard, Office], None], ...] = (
    log_in_as_a_teacher,
    call_the_roll,
    read_the_month,
    log_out,
    receive_an_extract,
    compile_the_register,
    assign_schools,
    search_the_register,
    look_a_resident_up,
    export_the_roster,
)


@pytest.mark.requirement("P22", "A11-1")
def test_the_main_tasks_need_no_mouse(browser: Browser, office: Office) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    keys = Keyboard(context.new_page())
    for task in TASKS:
        task(keys, office)
    context.close()
    print(f"P22: {len(TASKS)}/10 tasks by keyboard alone")
