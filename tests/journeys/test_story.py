"""The whole story in a real browser: extract, register, schools, roll call, roster, two cities.

Told on the demo that ``make run`` serves, once with 立川市 and JavaScript, once with 昭島市 and
without, on both databases. The pages are the same on both: their width is checked on SQLite.
"""

import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from govkit.base.app import create_app
from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.base.settings import Settings
from govkit.cli.demo import DEMO_PASSWORD, load_demo
from govkit.cli.demo_city import DEMO_CITIES, DemoCity
from govkit.formats.oneroster import check_package
from govkit.modules.schools import prepare_year, schools
from govkit.testing.plugin import FixedClock, TestDatabases
from tests.conftest import served
from tests.journeys.visitor import Visitor

TODAY = date(2026, 11, 24)
APRIL_FIRST = date(2027, 4, 1)


@dataclass
class Stage:
    """A served deployment with the demo's two cities in it."""

    deployment: Deployment
    clock: FixedClock
    address: str
    files: Path
    settings: Settings
    inspects: bool


@pytest.fixture(scope="module")
def stage(databases: TestDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    clock = FixedClock()
    settings, inspects = databases.settings(), databases.kind == "sqlite"
    deployment = Deployment.open(settings, clock=clock)
    folder = tmp_path_factory.mktemp("demo")
    here = Path.cwd()
    os.chdir(folder)
    try:
        load_demo(deployment, 4000)
    finally:
        os.chdir(here)
    with served(create_app(deployment=deployment)) as address:
        yield Stage(deployment, clock, address, folder / "data", settings, inspects)
    deployment.close()


@pytest.mark.parametrize(
    ("main", "other", "third", "scripted"),
    [
        pytest.param(*DEMO_CITIES, ("132012", "八王子市"), True, id="scripts"),
        pytest.param(*reversed(DEMO_CITIES), ("132047", "三鷹市"), False, id="no-scripts"),
    ],
)
@pytest.mark.requirement("A11-1", "P22", "P15")
def test_the_whole_story(
    stage: Stage,
    browser: Browser,
    main: DemoCity,
    other: DemoCity,
    third: tuple[str, str],
    scripted: bool,
    tmp_path: Path,
) -> None:
    stage.clock.move_to(TODAY)
    story = Story(stage, browser, main, other, tmp_path, scripted=scripted)
    story.clerk_receives_the_extract()
    story.clerk_compiles_the_register()
    entry = story.clerk_assigns_schools()
    story.schools_admit_the_children()
    story.teacher_takes_the_roll()
    story.clerk_exports_the_roster()
    story.other_city_sees_nothing(entry)
    story.third_city_joins(*third)
    story.teacher_moves()
    story.close()


class Story:
    """The people of the story, and what each of them does."""

    def __init__(
        self,
        stage: Stage,
        browser: Browser,
        main: DemoCity,
        other: DemoCity,
        folder: Path,
        *,
        scripted: bool,
    ) -> None:
        self.stage, self.main, self.other, self.folder = stage, main, other, folder
        self._browser, self._scripted = browser, scripted
        self._visitors: list[Visitor] = []
        self.clerk = self.visitor(f"{main.prefix}-board")

    def visitor(self, login: str, password: str = DEMO_PASSWORD, width: int = 1280) -> Visitor:
        visitor = Visitor(
            self._browser,
            self.stage.address,
            scripted=self._scripted,
            inspects=self.stage.inspects,
            width=width,
        )
        self._visitors.append(visitor)
        visitor.log_in(login, password)
        return visitor

    def close(self) -> None:
        for visitor in self._visitors:
            visitor.close()

    def file(self, city: DemoCity, kind: str) -> Path:
        (found,) = self.stage.files.glob(f"{city.name}_{kind}*.csv")
        return found

    # 1 ---------------------------------------------------------------------------------------

    def clerk_receives_the_extract(self) -> None:
        clerk = self.clerk
        clerk.check("01-home")
        clerk.menu("住民票抽出データ")
        clerk.check("02-extracts")
        clerk.follow("抽出データを受け入れる")
        clerk.check("03-upload")
        clerk.page.get_by_label("ファイル").set_input_files(self._extract_with_a_fault())
        clerk.page.get_by_label("抽出時点").fill("令和8年11月23日")
        clerk.press("受け入れる")
        clerk.page.get_by_role("link", name="受入の結果を見る").wait_for(timeout=120_000)
        clerk.check("04-progress")
        clerk.follow("受入の結果を見る")
        clerk.check("05-report")
        for part in ("受け入れなかった", "生年月日", "2020-02-31"):
            assert part in clerk.text

    def _extract_with_a_fault(self) -> Path:
        lines = self.file(self.main, "住民票").read_text("utf-8-sig").splitlines(keepends=True)
        headings = [each.strip('"') for each in lines[0].rstrip("\r\n").split(",")]
        last = [each.strip('"') for each in lines[-1].rstrip("\r\n").split(",")]
        last[headings.index("宛名番号")] = "9" * 15
        last[headings.index("生年月日")] = "2020-02-31"
        path = self.folder / "住民票.csv"
        path.write_text("".join([*lines, ",".join(last) + "\r\n"]), "utf-8")
        return path

    def clerk_compiles_the_register(self) -> None:
        clerk = self.clerk
        clerk.menu("学齢簿の編製")
        clerk.check("06-compile")
        assert clerk.page.get_by_label("基準日").input_value() in ("2026-10-01", "2026年10月1日")
        clerk.press("編製する")
        clerk.check("07-register")
        assert "2027" in clerk.page.title() or "令和9年度" in clerk.page.title()
        before = clerk.main.get_by_role("status").all_inner_texts()
        clerk.menu("学齢簿の編製")
        clerk.press("編製する")
        assert "前回の編製から変わったことはありません" in clerk.text
        assert clerk.main.get_by_role("status").all_inner_texts()[-1] == before[-1]

    # 2 ---------------------------------------------------------------------------------------

    def clerk_assigns_schools(self) -> str:
        clerk = self.clerk
        clerk.menu("通学区域")
        clerk.page.get_by_label("通学区域のファイル").set_input_files(
            self.file(self.main, "通学区域")
        )
        clerk.press("登録する")
        clerk.check("08-zones")
        clerk.menu("学齢簿")
        clerk.press("通学区域で就学校を指定する")
        clerk.check("09-assigned")
        children = clerk.main.get_by_role("table").get_by_role("link")
        clerk.leave_by(children)
        clerk.check("10-entry")
        entry = clerk.page.url.removeprefix(self.stage.address)
        self._designate_another_school(clerk)
        return entry

    def _designate_another_school(self, clerk: Visitor) -> None:
        clerk.main.locator("summary", has_text="指定校を変更する").click()
        school = clerk.page.get_by_label("新しい指定校")
        present = " ".join(clerk.main.get_by_role("table").all_inner_texts())
        names = school.locator("option").all_inner_texts()
        school.select_option(label=next(each for each in names[1:] if each not in present))
        reason = clerk.page.get_by_label("変更の理由")
        reason.select_option(index=1)
        clerk.page.get_by_label("理由の説明").fill("兄が同じ学校に通っているため")
        clerk.press("指定校を変更する")
        assert "指定校を変更しました" in clerk.text
        assert "兄が同じ学校に通っているため" in clerk.text
        clerk.check("11-designation")

    def schools_admit_the_children(self) -> None:
        clerk = self.clerk
        clerk.menu("入学の受入")
        clerk.check("12-admission")
        buttons = clerk.main.get_by_role("button", name=re.compile("人を受け入れる"))
        admitted = 0
        while buttons.count():
            clerk.leave_by(buttons)
            admitted += 1
        assert admitted >= 2
        clerk.menu("学級と児童生徒")
        clerk.check("13-classes")
        clerk.open("/schools/?year=2027")
        clerk.leave_by(clerk.main.get_by_role("link", name=re.compile("1年1組")))
        clerk.check("14-class")
        rows = clerk.main.get_by_role("table").first.get_by_role("row")
        assert rows.count() > 5

    # 3 ---------------------------------------------------------------------------------------

    def teacher_takes_the_roll(self) -> None:
        self.teacher = teacher = self.visitor(f"{self.main.prefix}-teacher", width=820)
        teacher.menu("今日の出席簿") if teacher.page.viewport_size["width"] > 1000 else (
            teacher.follow("今日の出席簿") if "/attendance" not in teacher.page.url else None
        )
        self.class_address = teacher.page.url.removeprefix(self.stage.address)
        teacher.check("15-roll-call")
        absent = teacher.main.get_by_role("radio", name="欠席", exact=True)
        late = teacher.main.get_by_role("radio", name="遅刻", exact=True)
        interactions = 0
        for choice in (absent.nth(1), absent.nth(4), late.nth(6)):
            choice.locator("xpath=following-sibling::*|..").first.click()
            interactions += 1
        teacher.press("保存する")
        interactions += 1
        assert interactions <= 5
        teacher.check("16-saved")
        assert "最後の保存" in teacher.text
        present = teacher.main.get_by_role("radio", name="出席", exact=True)
        present.nth(4).locator("xpath=following-sibling::*|..").first.click()
        teacher.press("保存する")
        teacher.follow("訂正の記録")
        teacher.check("17-corrections")
        teacher.open(self.class_address)
        teacher.follow("月ごとの出席簿")
        teacher.check("18-month")
        self._check_identities(teacher)

    @staticmethod
    def _check_identities(teacher: Visitor) -> None:
        table = teacher.main.get_by_role("table").first
        rows = [row.inner_text().split("\t") for row in table.locator("tbody tr").all()]
        checked = 0
        for cells in rows:
            numbers = [int(cell) for cell in cells if cell.strip().isdigit()]
            lesson, excused, required, absent, present = numbers[-7:-2]
            assert lesson == excused + required
            assert required == absent + present
            checked += 1
        assert checked > 5

    # 4 ---------------------------------------------------------------------------------------

    def clerk_exports_the_roster(self) -> None:
        first, second = self._export(), self._export()
        assert first[0] == second[0]
        assert re.fullmatch(rf"RO_\d{{8}}_{self.main.board_code}\.zip", first[0])
        assert check_package(io.BytesIO(first[1])) == []
        names = [zipfile.ZipFile(io.BytesIO(each[1])) for each in (first, second)]
        for csv_name in names[0].namelist():
            assert names[0].read(csv_name) == names[1].read(csv_name)
        assert len(names[0].namelist()) >= 8

    def _export(self) -> tuple[str, bytes]:
        clerk = self.clerk
        clerk.menu("名簿の書き出し")
        clerk.check("19-roster")
        clerk.page.get_by_label("利用目的").select_option(label="ほかのシステムへの登録・連携")
        clerk.page.get_by_label("理由").fill("学習eポータルへの名簿の登録")
        clerk.press("書き出してダウンロードする")
        clerk.check("19-waiting")
        path = urlsplit(clerk.page.url).path
        chief = self.visitor(f"{self.main.prefix}-chief")
        chief.open(path)
        chief.check("19-approval")
        chief.press("承認する")
        chief.check("19-exports")
        clerk.open(path)
        with clerk.page.expect_download(timeout=60_000) as download:
            clerk.main.get_by_role("button", name="ファイルを受け取る").click()
        return download.value.suggested_filename, Path(download.value.path()).read_bytes()

    # 5 ---------------------------------------------------------------------------------------

    def other_city_sees_nothing(self, entry: str) -> None:
        clerk = self.visitor(f"{self.other.prefix}-board")
        teacher = self.visitor(f"{self.other.prefix}-teacher")
        absent = re.sub(r"[0-9a-f-]{36}", "00000000-0000-4000-8000-000000000000", entry)
        assert clerk.open(entry) == clerk.open(absent) == 404
        assert teacher.open(self.class_address) == 404
        assert teacher.open(entry) in (403, 404)
        clerk.check("20-not-found")
        clerk.open("/resident_extracts/import")
        clerk.page.get_by_label("ファイル").set_input_files(self.file(self.main, "住民票"))
        clerk.page.get_by_label("抽出時点").fill("2026-11-23")
        clerk.press("受け入れる")
        clerk.page.locator("[data-outcome]").wait_for(timeout=120_000)
        assert self.main.name not in clerk.page.get_by_role("banner").inner_text()
        assert "受け入れました" not in clerk.text or "0人を受け入れました" in clerk.text

    def third_city_joins(self, code: str, name: str) -> None:
        environment = os.environ | {
            "GOVKIT_DATABASE__URL": self.stage.settings.database.url,
            "GOVKIT_DATABASE__OWNER_URL": self.stage.settings.database.owner_url or "",
            "GOVKIT_SECURITY__SECRET_KEY": "k1l2m3n4" * 4,
        }
        if not environment["GOVKIT_DATABASE__OWNER_URL"]:
            del environment["GOVKIT_DATABASE__OWNER_URL"]
        done = subprocess.run(
            [sys.executable, "-m", "govkit.cli", "city", "add", code, name],
            env=environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        login, password = self._clerk_of(done.stdout, code)
        # The command has no clock but the machine's: the clerk's appointment begins today.
        self.stage.clock.now = datetime.now(UTC)
        clerk = self.visitor(login, password)
        clerk.check("21-own-password")
        clerk.page.get_by_label("今のパスワード").fill(password)
        clerk.page.locator("[name=new]").fill("窓口で思いついた自分だけの長い言葉")
        clerk.press("パスワードを変えて続ける")
        assert name in clerk.page.get_by_role("banner").inner_text()
        clerk.menu("住民票抽出データ")
        clerk.check("21-third-city")
        clerk.follow("抽出データを受け入れる")
        assert clerk.page.get_by_label("ファイル").count() == 1
        self.stage.clock.move_to(TODAY)

    @staticmethod
    def _clerk_of(output: str, code: str) -> tuple[str, str]:
        line = next(each for each in output.splitlines() if "clerk-" in each)
        words = [each for each in re.split(r"\s+", line) if each.isascii()]
        return words[-2], words[-1]

    def teacher_moves(self) -> None:
        deployment = self.stage.deployment
        city = deployment.municipality(self.other.code)
        with deployment.work(city, Actor.operator("test")) as work:
            school = schools(work)[0]
            prepare_year(work, school, 2027, [])
            school_name = school.name
        admin = self.visitor(f"{self.other.prefix}-admin")
        admin.menu("職員と配属")
        admin.check("22-staff")
        admin.follow("職員を配属する")
        admin.page.get_by_label("ログイン名").fill(f"{self.main.prefix}-teacher")
        names = {
            "family_name": "青木",
            "given_name": "真由美",
            "kana_family_name": "アオキ",
            "kana_given_name": "マユミ",
        }
        for field, text in names.items():
            admin.page.locator(f"[name={field}]").fill(text)
        admin.page.locator("[name=role]").select_option("homeroom_teacher")
        admin.page.locator("[name=school]").select_option(label=school_name)
        admin.page.locator("[name=duty]").select_option("homeroom")
        group = admin.page.locator("[name=class_group]")
        option = next(
            each
            for each in group.locator("option").all_inner_texts()
            if "2027" in each or "令和9" in each
        )
        group.select_option(label=option)
        admin.page.get_by_label("開始日").fill("2027-04-01")
        admin.press("配属する")
        assert "エラー" not in admin.page.title(), admin.text
        admin.check("23-appointed")

        self.stage.clock.move_to(date(2027, 3, 31), time(23, 50))
        teacher = self.visitor(f"{self.main.prefix}-teacher")
        assert teacher.open(self.class_address) == 200
        self.stage.clock.move_to(APRIL_FIRST, time(0, 0))
        teacher.open(self.class_address)
        assert self.main.name not in teacher.page.get_by_role("banner").inner_text()
        teacher.log_in(f"{self.main.prefix}-teacher", DEMO_PASSWORD)
        assert self.other.name in teacher.page.get_by_role("banner").inner_text()
        assert teacher.open(self.class_address) == 404
        teacher.open("/attendance/")
        teacher.check("24-new-city")
        assert "年" in teacher.text
