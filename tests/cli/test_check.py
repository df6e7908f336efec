import subprocess
import sys
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from govkit.base import db
from govkit.cli.demo_city import DEMO_CITIES
from tests.cli.conftest import write_settings


@contextmanager
def owner(settings):
    """Connection of the owner of the tables, past all walls."""
    engine = db.create_engine(settings.database.owner_url or settings.database.url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def codes(answer):
    """Codes of the findings."""
    lines = answer.output.splitlines()
    return [line.split()[1].rstrip(":") for line in lines if line.startswith("✘")]


def test_a_sound_deployment_has_no_findings(govkit, project):
    answer = govkit("check")

    assert answer.exit_code == 0, answer.output
    assert "問題はありません" in answer.output


def test_missing_tables_are_found_and_nothing_is_migrated(govkit, folder):
    (folder / "govkit.toml").write_text(
        '[database]\nurl = "sqlite:///new.sqlite3"\n[security]\nsecret_key = "an invented one"\n'
    )

    assert set(codes(govkit("check"))) == {"migrations.pending"}
    assert set(codes(govkit("check"))) == {"migrations.pending"}
    assert govkit("database", "migrate").exit_code == 0
    assert govkit("check").exit_code == 0
    assert "最新の版です" in govkit("database", "migrate").output


def test_a_table_changed_by_hand_is_found(govkit, project):
    with owner(project) as connection:
        connection.execute(sa.text("ALTER TABLE schools_school ADD COLUMN motto VARCHAR(20)"))
    answer = govkit("check")

    assert answer.exit_code == 1
    assert "migrations.differ" in codes(answer)
    assert "motto" in answer.output


def test_an_audit_table_that_can_be_rewritten_is_found_and_mended(govkit, project):
    with owner(project) as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(sa.text("DROP TRIGGER govkit_audit_event_no_update"))
        else:
            role = make_url(project.database.url).username
            connection.execute(sa.text(f"GRANT UPDATE ON govkit_audit_event TO {role}"))

    assert codes(govkit("check")) == ["isolation.not_append_only"]
    assert govkit("database", "secure").exit_code == 0
    assert codes(govkit("check")) == []


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("ALTER TABLE schools_pupil NO FORCE ROW LEVEL SECURITY", "isolation.no_row_security"),
        ("ALTER TABLE schools_pupil DISABLE ROW LEVEL SECURITY", "isolation.no_row_security"),
        ("DROP POLICY own_municipality ON schools_pupil", "isolation.policies"),
        ("CREATE POLICY everybody ON schools_pupil USING (true)", "isolation.policies"),
    ],
)
def test_a_wall_taken_down_is_found(govkit, folder, postgres_databases, statement, code):
    settings = postgres_databases.settings()
    write_settings(folder, settings)
    with owner(settings) as connection:
        connection.execute(sa.text(statement))
    answer = govkit("check")

    assert codes(answer) == [code]
    assert "schools_pupil" in answer.output


def test_an_application_that_connects_as_a_mighty_role_is_found(
    govkit, folder, postgres_databases, postgres_server
):
    settings = postgres_databases.settings()
    mighty = make_url(postgres_server).set(database=make_url(settings.database.url).database)
    url = mighty.render_as_string(hide_password=False)
    database = settings.database.model_copy(update={"url": url})
    write_settings(folder, settings.model_copy(update={"database": database}))

    assert "isolation.role_superuser" in codes(govkit("check"))


def test_an_unreachable_database_is_told_without_the_password(govkit, folder):
    url = "postgresql://app:geheim@127.0.0.1:9/nowhere"
    (folder / "govkit.toml").write_text(f'[database]\nurl = "{url}"\n')
    answer = govkit("check")

    assert codes(answer) == ["database.unreachable"]
    assert "geheim" not in answer.output


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ('[app]\nnmae = "x"\n', "settings.invalid_setting"),
        ("[app\n", "settings.unreadable_settings"),
        ('[app]\nmodules = ["dance"]\n', "settings.module_missing"),
        ('[app]\nmodules = ["dance:module"]\n', "settings.module_missing"),
        ('[app]\nmodules = ["attendance"]\n', "settings.module_requires"),
        ('[app]\nenvironment = "production"\n', "settings.short_secret"),
    ],
)
def test_wrong_settings_are_found(govkit, folder, settings, code):
    (folder / "govkit.toml").write_text(settings, encoding="utf-8")
    answer = govkit("check")

    assert answer.exit_code == 1
    assert code in codes(answer)


def test_a_page_without_a_known_permission_is_found(folder):
    (folder / "tango").mkdir()
    (folder / "tango" / "__init__.py").write_text(
        "from govkit.base.module import Module\n"
        "from govkit.base.web import Pages\n"
        "module = Module('tango', '踊り', 'tango', blueprint='tango:pages')\n"
        "pages = Pages('tango', __name__)\n"
        "pages.get('/', permission='tango.watch')(lambda work: '')\n",
        encoding="utf-8",
    )
    settings = (
        '[app]\nmodules = ["tango:module"]\n[database]\nurl = "sqlite:///d.sqlite3"\n'
        '[security]\nsecret_key = "an invented one"\n'
    )
    (folder / "govkit.toml").write_text(settings, encoding="utf-8")
    # In a process of its own: here the tables of all modules are mapped.
    for arguments in (["database", "migrate"], ["check"]):
        command = [sys.executable, "-m", "govkit.cli", *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=False)

    assert done.returncode == 1
    assert "✘ routes.no_permission: " in done.stdout
    assert "tango.watch" in done.stdout


def test_demo_logins_are_found_in_production(govkit, folder, sqlite_databases):
    settings = sqlite_databases.settings()
    write_settings(folder, settings)
    assert govkit("demo", "--size", "100").exit_code == 0
    assert codes(govkit("check")) == []
    text = (folder / "govkit.toml").read_text()
    added = '[app]\nenvironment = "production"\ntrusted_hosts = ["koumu.example.lg.jp"]'
    keys = f'[encryption]\nkeys = ["2026:{"k" * 43}"]\n'
    (folder / "govkit.toml").write_text(keys + text.replace("[app]", added))
    answer = govkit("check")

    assert codes(answer) == ["accounts.demo"]
    for city in DEMO_CITIES:
        assert all(login.login in answer.output for login in city.logins)
