"""The shared module that ``govkit new module`` makes."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from govkit.cli import main
from tests.scaffold.test_app import run


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> Path:
    """A module for school lunch."""
    into = tmp_path_factory.mktemp("module")
    arguments = ["new", "module", "school_lunch", "--title", "学校給食", "--into", str(into)]
    answer = CliRunner().invoke(main, arguments)
    assert answer.exit_code == 0, answer.output
    return into / "govkit-school-lunch"


@pytest.fixture(scope="module")
def installed(rendered) -> Path:
    """The module as an installed package, in a folder of its own."""
    target = rendered / "site"
    options = ["--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "--target", str(target), str(rendered)],
        check=True,
    )
    return target


def test_it_is_installed_passes_its_tests_and_is_found_by_name(rendered, installed, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(installed))
    done = run(rendered, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests")

    assert done.returncode == 0, done.stdout + done.stderr


def test_an_application_boots_with_it(rendered, installed, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(installed))
    (tmp_path / "govkit.toml").write_text(
        '[app]\nmodules = ["schools", "school_lunch"]\n[security]\nsecret_key = "an invented one"\n'
    )
    for arguments in (["database", "migrate"], ["check"], ["city", "add", "132012", "八王子市"]):
        done = run(tmp_path, "-m", "govkit.cli", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    code = (
        "from govkit.base.app import create_app\n"
        "print(create_app().test_client().get('/school_lunch/').status_code)"
    )
    done = run(tmp_path, "-c", code)
    assert done.stdout == "303\n", done.stderr


def test_its_migration_is_complete(rendered, installed, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(installed))
    (tmp_path / "govkit.toml").write_text('[app]\nmodules = ["school_lunch"]\n')
    code = (
        "from govkit.base import migrate\n"
        "from govkit.base.deployment import Deployment\n"
        "deployment = Deployment.open()\n"
        "with deployment.owner_engine() as owner:\n"
        "    with owner.connect() as connection:\n"
        "        assert migrate.differences(connection) == []\n"
        "    migrate.revert(owner, 'school_lunch', 'govkit_school_lunch')\n"
        "    assert len(deployment.pending_migrations()) == 1\n"
    )
    done = run(tmp_path, "-c", code)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["School", "給食", "login", "a-b", "x" * 31])
def test_a_name_that_cannot_work_is_refused(tmp_path, capfd, name):
    answer = CliRunner().invoke(main, ["new", "module", name, "--into", str(tmp_path)])

    assert answer.exit_code == 1
    assert "名前" in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []
