"""``govkit doctor`` finds what is wrong around a deployment, and nothing where all is well."""

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.base.settings import DatabaseSettings, SecuritySettings, Settings
from govkit.cli.doctor import PROBES


@pytest.fixture
def examined(govkit):
    """What each probe says, by its code."""

    def ask():
        answer = govkit("doctor", "--json")
        found = {each["code"]: each for each in json.loads(answer.output)}
        broken = [each for each in found.values() if each["problems"] and each["is_error"]]
        assert answer.exit_code == bool(broken), answer.output
        return found

    return ask


def test_every_probe_has_a_code_of_its_own_and_a_remedy():
    codes = [probe.code for probe in PROBES]
    assert len(codes) == len(set(codes))
    assert all(probe.title and probe.remedy for probe in PROBES)


def test_a_new_deployment_is_told_what_production_needs(govkit, project, folder):
    (folder / "govkit.toml").chmod(0o644)
    answer = govkit("doctor")
    assert answer.exit_code == 1
    assert "✔ GK-D001" in answer.output
    assert "✘ GK-S004" in answer.output
    assert "app.environment を production にしてください" in answer.output


@pytest.mark.requirement("ASVS-13.2.3")
def test_settings_that_cannot_be_read_are_told_alone(govkit, folder):
    (folder / "govkit.toml").write_text("[app]\nnam = 1\n", encoding="utf-8")
    answer = govkit("doctor")
    assert answer.exit_code == 1
    assert "✘ GK-S001" in answer.output
    assert "✔" not in answer.output


@pytest.mark.parametrize(
    ("url", "code"),
    [("postgresql://x:y@127.0.0.1:1/none", "GK-D001"), ("sqlite:///new.sqlite3", "GK-D002")],
)
def test_a_database_without_tables_is_told_alone(govkit, folder, url, code):
    (folder / "govkit.toml").write_text(
        f'[database]\nurl = "{url}"\n[security]\nsecret_key = "an invented one"\n'
    )
    answer = govkit("doctor")
    assert answer.exit_code == 1
    assert f"✘ {code}" in answer.output
    assert "✔" not in answer.output


@pytest.mark.requirement("ASVS-13.3.2")
def test_files_that_others_can_read_are_found(project, folder, examined):
    settings = folder / "govkit.toml"
    settings.chmod(0o604)
    assert "govkit.toml" in examined()["GK-S007"]["problems"][0]
    settings.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert not any("govkit.toml" in each for each in examined()["GK-S007"]["problems"])


@pytest.mark.requirement("ASVS-13.4.1", "ASVS-13.4.2", "ASVS-5.4.3")
def test_what_does_not_belong_into_production_is_found(project, folder, examined, monkeypatch):
    before = examined()
    assert before["GK-S006"]["problems"] == before["GK-S008"]["problems"] == []
    assert before["GK-O005"]["problems"]
    monkeypatch.setenv("FLASK_DEBUG", "1")
    monkeypatch.setenv("GOVKIT_UPLOADS__SCANNER", '["clamdscan"]')
    (folder / ".git").mkdir()
    after = examined()
    assert after["GK-S006"]["problems"]
    assert after["GK-S008"]["problems"]
    assert after["GK-O005"]["problems"] == []


@pytest.mark.requirement("ASVS-12.3.1", "ASVS-12.3.4")
def test_a_database_elsewhere_is_spoken_to_with_its_certificate_checked():
    probe = next(each for each in PROBES if each.code == "GK-D005")

    def problems(url):
        settings = Settings(
            database=DatabaseSettings(url=url),
            security=SecuritySettings(secret_key=SecretStr("an invented secret for tests only")),
        )
        deployment = Deployment(settings)
        try:
            return list(probe.look(deployment))
        finally:
            deployment.close()

    assert problems("postgresql://a:b@db.example.lg.jp/govkit")
    assert problems("postgresql://a:b@db.example.lg.jp/govkit?sslmode=require")
    assert not problems("postgresql://a:b@db.example.lg.jp/govkit?sslmode=verify-full")
    assert not problems("postgresql://a:b@localhost/govkit")
    assert not problems("sqlite:///x.sqlite3")


def test_every_connection_waits_for_the_disk_whatever_the_file_says(folder, project, examined):
    if project.database.url.startswith("sqlite"):
        engine = sa.create_engine(project.database.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
        engine.dispose()
        assert examined()["GK-D004"]["problems"] == []
    else:  # the server of the tests is set to forget on purpose
        assert len(examined()["GK-D004"]["problems"]) == 3


@pytest.mark.requirement("LOG-2")
def test_records_without_an_anchor_are_found(project, examined, folder):
    late = datetime.now(UTC) - timedelta(hours=1)
    deployment = Deployment(project, clock=lambda: late)
    with deployment.work(deployment.municipality("132021"), Actor.operator("試験")) as work:
        work.record("account.password_changed", uuid4())
    anchor = deployment.anchor_file
    deployment.close()
    if anchor is not None and anchor.exists():
        os.truncate(anchor, 0)
    found = examined()["GK-O002"]
    assert any("立川市" in each for each in found["problems"])
    assert not any("昭島市" in each for each in found["problems"])
