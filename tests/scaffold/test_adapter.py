"""The adapter that ``govkit new adapter`` makes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from govkit.cli import main
from tests.scaffold.test_app import run


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> Path:
    """An adapter for the register of one city."""
    into = tmp_path_factory.mktemp("adapter")
    arguments = ["new", "adapter", "tachikawa_register", "--title", "立川市の住民情報"]
    answer = CliRunner().invoke(main, [*arguments, "--into", str(into)])
    assert answer.exit_code == 0, answer.output
    return into / "govkit-tachikawa-register"


def test_it_passes_the_conformance_suite_and_reports_it(rendered, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(rendered))
    report = rendered / "conformance.json"
    options = ["-q", "-p", "no:cacheprovider", f"--conformance-report={report}"]
    done = run(rendered, "-m", "pytest", *options, "tests")

    assert done.returncode == 0, done.stdout + done.stderr
    (adapter,) = json.loads(report.read_text(encoding="utf-8"))["adapters"].values()
    assert adapter["source"] == "tachikawa_register"
    assert adapter["faults"] == ["malformed", "truncated", "unreachable"]
    assert adapter["failed"] == 0
    assert adapter["passed"] > 100


def test_it_is_short(rendered):
    source = rendered / "govkit_tachikawa_register" / "source.py"
    lines = source.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 80
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("name", ["Register", "台帳", "a-b", "x" * 31])
def test_a_name_that_cannot_work_is_refused(tmp_path, capfd, name):
    answer = CliRunner().invoke(main, ["new", "adapter", name, "--into", str(tmp_path)])

    assert answer.exit_code == 1
    assert "名前" in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []
