import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.base.settings import Settings
from govkit.base.work import Work
from govkit.cli import main

Govkit = Callable[..., Result]


def write_settings(folder: Path, settings: Settings) -> None:
    """Write ``govkit.toml`` for a test database."""
    modules = ", ".join(f'"{name}"' for name in settings.app.modules)
    lines = ["[app]", f"modules = [{modules}]", "[database]", f'url = "{settings.database.url}"']
    if settings.database.owner_url:
        lines.append(f'owner_url = "{settings.database.owner_url}"')
    lines += ["[security]", f'secret_key = "{settings.security.secret_key.get_secret_value()}"']
    (folder / "govkit.toml").write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delenv("GOVKIT_SETTINGS", raising=False)
    return tmp_path


@pytest.fixture
def project(folder, databases) -> Settings:
    """A working directory with settings, whose database holds 立川市 and 昭島市."""
    settings = databases.settings()
    write_settings(folder, settings)
    return settings


@pytest.fixture
def govkit(folder) -> Govkit:
    """Runs a command in the working directory; what is no error of ours is raised."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, catch_exceptions=False)

    return run


@pytest.fixture
def work_of():
    """Work of an operator: ``with work_of(deployment, "132021") as work``."""

    def make(deployment: Deployment, code: str) -> AbstractContextManager[Work]:
        return deployment.work(deployment.municipality(code), Actor.operator("test"))

    return make
