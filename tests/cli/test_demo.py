import sys
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from govkit.base.app import create_app
from govkit.base.deployment import Deployment
from govkit.base.work import JAPAN
from govkit.cli import main
from govkit.cli.demo import DEMO_PASSWORD, load_demo
from govkit.cli.demo_city import DEMO_CITIES
from govkit.formats.oneroster import Profile
from govkit.jp.calendar import school_year_of
from govkit.jp.numbers import SchoolCode
from govkit.modules import attendance, resident_extracts, schools
from govkit.modules.enrolment import replace_zones, zones
from govkit.modules.resident_extracts import ResidentExtract
from govkit.modules.schools import export_roster
from tests.cli.conftest import write_settings

SIZE = "300"


@pytest.fixture(scope="module")
def demo(databases, tmp_path_factory):
    """Folder and settings of a project with the demo in it; the tests leave it as it is."""
    folder = tmp_path_factory.mktemp("demo")
    settings = databases.settings()
    write_settings(folder, settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "path", [*sys.path])
        answer = CliRunner().invoke(main, ["demo", "--size", SIZE], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return folder, settings


@pytest.fixture
def filled(demo, folder, monkeypatch):
    """A deployment with the demo in it, and its folder as working directory."""
    monkeypatch.chdir(demo[0])
    deployment = Deployment(demo[1])
    yield deployment
    deployment.close()


def test_every_login_of_the_table_gets_in(govkit, filled):
    table = govkit("demo").output
    app = create_app(deployment=filled)
    app.config.update(WTF_CSRF_ENABLED=False)
    for city in DEMO_CITIES:
        for login in city.logins:
            assert login.login in table
            client = app.test_client()
            data = {"login": login.login, "password": DEMO_PASSWORD}
            page = client.get(client.post("/login", data=data).location)
            assert page.status_code == 200, login.login
            assert city.name in page.text
    assert DEMO_PASSWORD in table


def test_the_first_login_to_try_is_told_under_the_table(govkit, filled):
    assert "はじめは tachikawa-board でログインしてください。" in govkit("demo").output


def test_the_demo_names_its_preparation_and_not_the_user_of_the_machine(filled, work_of):
    with work_of(filled, "132021") as work:
        received = work.session.scalars(sa.select(ResidentExtract.received_by)).all()

    assert received == ["デモの準備"]


def test_schools_are_invented_but_their_codes_are_sound(filled, work_of):
    with work_of(filled, "132021") as work:
        for school in schools.schools(work):
            assert school.name.startswith("（架空）")
            assert SchoolCode.parse(school.code).is_public


def test_the_month_is_recorded_except_today(filled, work_of):
    with work_of(filled, "132021") as work:
        classes = schools.class_groups(work, school_year_of(work.today))
        assert classes
        for class_group in classes:
            sheet = attendance.month(work, class_group, work.today.replace(day=1))
            assert sheet.unrecorded == (work.today,)


def test_every_town_has_its_schools(filled, work_of):
    with work_of(filled, "132071") as work:
        found = zones(work)
        assert len(found) > 50
        assert all(zone.elementary and zone.junior_high for zone in found)


def test_the_zones_file_can_be_sent_back(filled, work_of):
    (path,) = Path("data").glob("立川市_通学区域.csv")
    with work_of(filled, "132021") as work:
        result = replace_zones(work, path, encoding="utf-8")
        assert result.zones == len(zones(work))
        assert result.left_out == 0


def test_a_roster_can_be_exported(filled, work_of):
    for city in DEMO_CITIES:
        with work_of(filled, city.code) as work:
            year = school_year_of(work.today)
            package = export_roster(work, year, Profile.newest(), "デモ")
            assert package.counts["orgs"] == 4


def test_the_files_to_upload_bring_news_and_two_rows_to_mend(govkit, filled):
    (extract,) = Path("data").glob("立川市_住民票_*.csv")
    (protection,) = Path("data").glob("立川市_支援措置対象者_*.csv")
    answer = govkit("residents", "import", str(extract), "--city", "132021", "--dry-run")

    assert answer.exit_code == 0, answer.output
    assert "受け入れなかった件数 2件" in answer.output
    assert "新規 0人" not in answer.output
    assert "なくなった人 0人" not in answer.output
    listed = ("residents", "import", str(protection), "--city", "132021", "--protection")
    assert govkit(*listed, "--dry-run").exit_code == 0


def test_loading_again_changes_nothing(govkit, filled):
    def counts():
        with filled.unscoped("数える", "test") as session:
            tables = (schools.Pupil, attendance.RollCall, resident_extracts.ResidentRow)
            return [session.scalar(sa.select(sa.func.count(table.id))) for table in tables]

    before = counts()
    answer = govkit("demo", "--size", SIZE)

    assert "前のまま使います" in answer.output
    assert counts() == before


@pytest.mark.parametrize(
    "today",
    [
        date(2026, 4, 1),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2027, 3, 31),
        date(2028, 2, 29),
    ],
)
def test_it_works_on_any_day(folder, sqlite_databases, work_of, today):
    now = datetime.combine(today, time(9), JAPAN).astimezone(UTC)
    deployment = Deployment(sqlite_databases.settings(), clock=lambda: now)
    load_demo(deployment, 120)

    with work_of(deployment, "132021") as work:
        (class_group, *_) = schools.class_groups(work, school_year_of(today))
        assert attendance.roll_call(work, class_group, today).day.takes_roll
    deployment.close()


def test_an_interrupted_demo_goes_on(folder, sqlite_databases, work_of, monkeypatch):
    deployment = Deployment(sqlite_databases.settings())
    with monkeypatch.context() as patch:
        patch.setattr("govkit.cli.demo.staff_city", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            load_demo(deployment, 120)
    load_demo(deployment, 120)

    with work_of(deployment, "132021") as work:
        classes = schools.class_groups(work, school_year_of(work.today))
        assert attendance.recorded_classes(work, classes, work.today) == frozenset()
        assert len(schools.schools(work)) == 3
        assert len(schools.posted_staff(work)) == len(classes) + 6
    deployment.close()


def _interrupt(*_):
    raise KeyboardInterrupt


def test_production_gets_no_demo(govkit, folder, sqlite_databases):
    settings = sqlite_databases.settings()
    write_settings(folder, settings)
    text = (folder / "govkit.toml").read_text()
    added = '[app]\nenvironment = "production"\ntrusted_hosts = ["koumu.example.lg.jp"]'
    keys = f'[encryption]\nkeys = ["2026:{"k" * 43}"]\n'
    (folder / "govkit.toml").write_text(keys + text.replace("[app]", added))
    answer = govkit("demo")

    assert answer.exit_code == 1
    assert "本番" in answer.output
