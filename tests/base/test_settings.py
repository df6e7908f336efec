"""Settings: one TOML file, the environment on top, every problem at once and in words."""

import os

import pytest

from govkit.base.settings import load_settings
from govkit.errors import InvalidSettings


@pytest.fixture
def settings_file(tmp_path, monkeypatch):
    def write(text: str) -> None:
        path = tmp_path / "govkit.toml"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("GOVKIT_SETTINGS", str(path))

    return write


def _problems() -> dict[str, str]:
    with pytest.raises(InvalidSettings) as caught:
        load_settings()
    return {problem.column: problem.message for problem in caught.value.problems}


def test_the_file_is_read(settings_file) -> None:
    settings_file('[app]\nname = "三市校務"\nmodules = []\n[security]\nidle_minutes = 30\n')
    settings = load_settings()
    assert (settings.app.name, settings.security.idle_minutes) == ("三市校務", 30)


def test_the_environment_wins_over_the_file(settings_file, monkeypatch) -> None:
    settings_file('[app]\nname = "三市校務"\n')
    monkeypatch.setenv("GOVKIT_APP__NAME", "四市校務")
    assert load_settings().app.name == "四市校務"


def test_all_problems_are_told_at_once(settings_file) -> None:
    settings_file('[app]\nnmae = "x"\n[security]\nidle_minutes = 600\nabsolute_hours = "long"\n')
    assert set(_problems()) == {
        "app.nmae",
        "security.idle_minutes",
        "security.absolute_hours",
    }


def test_a_file_that_is_no_toml_is_named(settings_file) -> None:
    settings_file("[app\n")
    (message,) = _problems().values()
    assert "TOML" in message


def test_nothing_starts_without_settings(monkeypatch, tmp_path) -> None:
    for name in [name for name in os.environ if name.startswith("GOVKIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidSettings, match=r"govkit\.toml.*govkit new app.*GOVKIT_SETTINGS"):
        load_settings()
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("GOVKIT_APP__NAME", "環境だけ")
    assert load_settings().app.name == "環境だけ"


def test_a_file_of_notepad_is_read(settings_file, tmp_path) -> None:
    settings_file('\ufeff[app]\nname = "三市校務"\n')
    assert load_settings().app.name == "三市校務"


def test_a_file_in_another_encoding_is_told(settings_file, tmp_path) -> None:
    settings_file("")
    (tmp_path / "govkit.toml").write_bytes('[app]\nname = "三市校務"\n'.encode("cp932"))
    (message,) = _problems().values()
    assert "UTF-8" in message


def test_a_list_in_the_environment_is_told_how_to_be_written(settings_file, monkeypatch) -> None:
    settings_file('[app]\nnmae = "x"\n')
    monkeypatch.setenv("GOVKIT_APP__TRUSTED_HOSTS", "a.jp,b.jp")
    problems = _problems()
    assert set(problems) == {"app.nmae", "app.trusted_hosts"}
    assert '["a.jp", "b.jp"]' in problems["app.trusted_hosts"]
    assert "GOVKIT_APP__TRUSTED_HOSTS" in problems["app.trusted_hosts"]


def test_misspelt_variables_are_refused_like_misspelt_keys(settings_file, monkeypatch) -> None:
    settings_file('[app]\nnmae = "x"\n')
    monkeypatch.setenv("GOVKIT_SECURTY__SECRET_KEY", "x" * 40)
    monkeypatch.setenv("GOVKIT_SECURITY__SECRET", "x" * 40)
    monkeypatch.setenv("GOVKIT_TEST_POSTGRES_URL", "postgresql://postgres@/x")
    assert set(_problems()) == {"app.nmae", "GOVKIT_SECURTY__SECRET_KEY", "security.secret"}


@pytest.mark.requirement("LOG-3", "P21")
def test_settings_print_no_secret(settings_file) -> None:
    settings_file(
        '[database]\nurl = "postgresql://app:topsecret@/x"\n'
        'owner_url = "postgresql://owner:topsecret@/x"\n'
        '[security]\nsecret_key = "topsecret"\n'
    )
    settings = load_settings()
    assert "topsecret" not in f"{settings!r}{settings}"


@pytest.mark.requirement("P21")
def test_refused_settings_are_not_repeated(settings_file) -> None:
    settings_file('[encryption]\nkeys = "topsecret"\n')
    with pytest.raises(InvalidSettings) as caught:
        load_settings()
    assert "topsecret" not in f"{caught.value}{caught.value.__cause__}"


@pytest.mark.parametrize(
    ("hosts", "secret", "wrong"),
    [
        ("['*']", "0123456789abcdef0123456789abcdef", {"app.trusted_hosts"}),
        ("['a.jp', '*']", "0123456789abcdef0123456789abcdef", {"app.trusted_hosts"}),
        ("['a.jp']", "a" * 32, {"security.secret_key"}),
        ("['a.jp']", "abcabcd" * 6, {"security.secret_key"}),
    ],
)
def test_production_takes_nothing_that_only_looks_safe(settings_file, hosts, secret, wrong) -> None:
    settings_file(
        f"[app]\nenvironment = 'production'\ntrusted_hosts = {hosts}\n"
        f"[security]\nsecret_key = '{secret}'\n"
        f"[encryption]\nkeys = ['2026:{'k' * 43}']\n"
    )
    assert set(_problems()) == wrong


def test_a_file_that_is_not_there_is_named(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("GOVKIT_SETTINGS", str(tmp_path / "none.toml"))
    with pytest.raises(InvalidSettings, match=r"none\.toml"):
        load_settings()


@pytest.mark.requirement("ASVS-13.4.2")
def test_production_demands_what_keeps_people_safe(settings_file) -> None:
    settings_file(
        '[app]\nenvironment = "production"\n[database]\nurl = "postgresql://app@/city"\n'
        '[security]\nsecret_key = "short"\n'
    )
    assert set(_problems()) == {
        "security.secret_key",
        "app.trusted_hosts",
        "database.owner_url",
        "security.audit_anchor_file",
        "encryption.keys",
    }
