"""Settings: one TOML file, the environment on top, every problem at once and in words."""

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


def test_a_file_that_is_not_there_is_named(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("GOVKIT_SETTINGS", str(tmp_path / "none.toml"))
    with pytest.raises(InvalidSettings, match=r"none\.toml"):
        load_settings()


def test_production_demands_what_keeps_people_safe(settings_file) -> None:
    settings_file(
        '[app]\nenvironment = "production"\n[database]\nurl = "postgresql://app@/city"\n'
        '[security]\nsecret_key = "short"\n'
    )
    assert set(_problems()) == {
        "security.secret_key",
        "app.trusted_hosts",
        "database.owner_url",
    }
