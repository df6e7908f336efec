"""The roll call in a real browser, with and without scripts."""

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page

from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.modules.attendance import Mark, MarkEntry, record_day, roll_call
from govkit.modules.schools import ClassGroup
from govkit.testing.plugin import PASSWORD, appoint
from tests.conftest import served
from tests.modules.attendance import rows
from tests.pages import leaving, overflow

TODAY = date(2026, 11, 24)
SIZES = [
    {"width": 1280, "height": 900},
    {"width": 820, "height": 1180},
    {"width": 390, "height": 844},
]


class Classroom:
    """A class of 35 with its teacher, served on an address."""

    def __init__(self, deployment) -> None:
        self.deployment = deployment
        self.city = deployment.municipality("132021")
        with deployment.work(self.city, Actor.operator("準備")) as work:
            school = rows.add_school(work)
            class_group = rows.add_class(work, school)
            self.class_id, self.school_id = class_group.id, school.id
            rows.add_pupils(work, class_group, 35)

    def marks(self) -> list[MarkEntry | None]:
        with self.deployment.work(self.city, Actor.operator("確認"), writes=False) as work:
            sheet = roll_call(work, work.find(ClassGroup, self.class_id), TODAY)
            return [line.entry for line in sheet.lines]

    def record(self, place: int, mark: Mark) -> None:
        """Somebody else records the mark of the pupil in a place of the list."""
        with self.deployment.work(self.city, Actor.operator("ほかの人")) as work:
            class_group = work.find(ClassGroup, self.class_id)
            pupil_id = roll_call(work, class_group, TODAY).lines[place].pupil_id
            record_day(work, class_group, TODAY, {pupil_id: MarkEntry(mark)})


@pytest.fixture
def deployment(sqlite_databases, clock) -> Iterator[Deployment]:
    """What a browser shows does not depend on the database."""
    opened = Deployment(sqlite_databases.settings(), clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def classroom(deployment) -> Classroom:
    return Classroom(deployment)


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(request, app, browser: Browser, classroom: Classroom) -> Iterator[Page]:
    login = appoint(classroom.deployment, "132021", "homeroom_teacher", unit_id=classroom.class_id)
    with served(app) as address:
        context = browser.new_context(
            base_url=address, java_script_enabled=request.param, viewport=SIZES[1]
        )
        page = context.new_page()
        page.goto("/login?next=/attendance/")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/2026-11-24")
        yield page
        context.close()


def choose(page: Page, number: int, title: str) -> None:
    page.locator(".gk-roll__pupil").nth(number).get_by_label(title, exact=True).check()


def test_two_absent_and_one_late_take_four_interactions(page, classroom):
    choose(page, 4, "欠席")
    choose(page, 10, "欠席")
    choose(page, 34, "遅刻")
    page.get_by_role("button", name="保存する").click()

    page.get_by_text("出欠を保存しました。").wait_for()
    marks = [entry.mark for entry in classroom.marks() if entry]
    assert len(marks) == 35
    assert [marks[4], marks[10], marks[34]] == [
        Mark.ABSENT_ILLNESS,
        Mark.ABSENT_ILLNESS,
        Mark.LATE,
    ]
    assert marks.count(Mark.PRESENT) == 32


def test_reason_and_list_appear_for_those_who_need_them(page, classroom):
    pupil = page.locator(".gk-roll__pupil").nth(2)
    note, others = pupil.get_by_role("textbox"), pupil.get_by_role("combobox")
    assert not note.is_visible()
    choose(page, 2, "欠席")
    assert note.is_visible()
    assert not others.is_visible()
    choose(page, 2, "その他")
    others.select_option("忌引")
    note.fill("祖母")
    page.get_by_role("button", name="保存する").click()

    page.get_by_text("出欠を保存しました。").wait_for()
    assert classroom.marks()[2] == MarkEntry(Mark.BEREAVEMENT, "祖母")


def test_the_keyboard_alone_records_a_roll_call(page, classroom):
    page.locator(".gk-roll__pupil").first.get_by_label("出席", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("発熱")
    page.keyboard.press("Enter")

    page.get_by_text("出欠を保存しました。").wait_for()
    assert classroom.marks()[0] == MarkEntry(Mark.ABSENT_ILLNESS, "発熱")


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with scripts"])
def test_every_state_fits(page, classroom):
    base = f"/attendance/{classroom.class_id}"

    check(page, "first")
    choose(page, 1, "その他")
    check(page, "marked")
    page.get_by_role("button", name="保存する").click()
    page.get_by_text("まだ保存していません。1か所を直してください").wait_for()
    check(page, "problem")
    choose(page, 1, "早退")
    choose(page, 0, "遅刻")
    classroom.record(0, Mark.ABSENT_ILLNESS)
    page.get_by_role("button", name="保存する").click()
    page.get_by_text("ほかの人も同じ人の出欠を変えたため").wait_for()
    check(page, "conflict")
    with leaving(page):
        page.get_by_role("button", name="保存する").click()
    page.get_by_text("まだ保存していません。1か所を直してください").wait_for()
    check(page, "conflict left open")
    page.get_by_label("保存済みの「欠席（病気）」を残す").check()
    page.get_by_role("button", name="保存する").click()
    page.get_by_text("出欠を保存しました。").wait_for()
    check(page, "saved")
    for path in (
        "2026-11-23",
        "months/2026-11-01",
        "corrections/2026-11-01",
        "corrections/2026-10-01",
        "months/2026-11-01/close",
    ):
        page.goto(f"{base}/{path}")
        check(page, path)


def test_the_pages_of_the_principal_fit(app, browser, classroom):
    login = appoint(classroom.deployment, "132021", "principal", unit_id=classroom.school_id)
    with served(app) as address:
        page = browser.new_context(base_url=address).new_page()
        page.goto("/login?next=/attendance/")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_text("3年1組").wait_for()
        check(page, "today")
        calendar = f"/attendance/calendar/{classroom.school_id}"
        reopen = f"/attendance/{classroom.class_id}/months/2026-06-01/reopen"
        for path in (calendar, f"{calendar}/entries/new", f"{calendar}/closures/new", reopen):
            page.goto(path)
            check(page, path)
            if not path.endswith(str(classroom.school_id)):
                page.locator("main form button").click()
                page.locator("[id$=error-summary]").wait_for()
                check(page, f"{path} with errors")
        page.context.close()


def check(page: Page, state: str) -> None:
    """Nothing is wider than any of the windows."""
    for size in SIZES:
        page.set_viewport_size(size)
        assert overflow(page) == 0, (state, size)
