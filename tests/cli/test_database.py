from uuid import uuid4

import pytest
from sqlalchemy.engine import make_url

from govkit.base.settings import DatabaseSettings, SecuritySettings, Settings
from tests.cli.conftest import write_settings


@pytest.fixture
def new_database(folder, postgres_server):
    """Settings that name roles and a database which do not exist yet."""
    name = f"govkit_{uuid4().hex[:8]}"
    urls = [
        make_url(postgres_server)
        .set(database=name, username=f"{name}_{role}", password=role)
        .render_as_string(hide_password=False)
        for role in ("app", "owner")
    ]
    settings = Settings(
        database=DatabaseSettings(url=urls[0], owner_url=urls[1]),
        security=SecuritySettings(secret_key="k" * 32),
    )
    write_settings(folder, settings)
    return settings


def test_preparing_makes_roles_database_and_tables_and_can_be_repeated(
    govkit, new_database, postgres_server
):
    for _ in range(2):
        answer = govkit("database", "prepare", "--superuser-url", postgres_server)
        assert answer.exit_code == 0, answer.output

    assert govkit("check").exit_code == 0
    assert govkit("city", "add", "132012", "八王子市").exit_code == 0


def test_sqlite_needs_no_preparing(govkit, folder):
    (folder / "govkit.toml").touch()
    answer = govkit("database", "prepare", "--superuser-url", "postgresql://localhost/postgres")

    assert answer.exit_code == 1
    assert "PostgreSQLを使う設定ではありません" in answer.output


def test_names_that_postgres_would_have_to_quote_are_refused(govkit, folder, postgres_server):
    (folder / "govkit.toml").write_text(
        "[database]\n"
        'url = "postgresql://app@localhost/Koumu-DB"\n'
        'owner_url = "postgresql://owner@localhost/Koumu-DB"\n'
    )
    answer = govkit("database", "prepare", "--superuser-url", postgres_server)

    assert answer.exit_code == 1
    assert "英小文字・数字・下線だけ" in answer.output


def test_a_superuser_address_that_is_none_is_refused(govkit, new_database):
    answer = govkit("database", "prepare", "--superuser-url", "localhost")

    assert answer.exit_code == 1
    assert "接続先として読めません" in answer.output


def test_migrating_tells_which_cities_got_new_default_permissions(govkit, folder, project):
    names = tuple(each for each in project.app.modules if each != "resident_lookup")
    fewer = project.model_copy(update={"app": project.app.model_copy(update={"modules": names})})
    write_settings(folder, fewer)
    assert govkit("city", "add", "132012", "八王子市").exit_code == 0
    write_settings(folder, project)

    answer = govkit("database", "migrate")

    assert "八王子市：役割「学務課担当」に、新しい既定の権限を加えました" in answer.output
    assert "立川市" not in answer.output
    assert govkit("database", "migrate").output == "表は最新の版です。\n"
