"""``make run`` from the second minute on: the environment is there, the demo is not."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clone(tmp_path) -> Path:
    """What ``make run`` needs of a clone, with an environment that is ready."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    for stamp in ("made", "ready-run"):
        (tmp_path / ".venv" / stamp).touch()
    return tmp_path


def make_run(clone: Path, port: int) -> tuple[str, str]:
    """What is printed until the address answers, and the login page there."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GOVKIT_")}
    process = subprocess.Popen(
        ["make", "run", f"PORT={port}"],
        cwd=clone,
        env=environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
    )
    printed, page = "", ""
    try:
        for line in process.stdout:
            printed += line
            if address := re.match(r"(http://\S+) で動いています", line):
                with urllib.request.urlopen(f"{address[1]}/login") as answer:
                    page = answer.read().decode()
                break
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
        process.stdout.close()
    return printed, page


def test_it_scaffolds_fills_and_serves_and_keeps_its_data_the_next_time(clone):
    first, page = make_run(clone, 0)
    database = (clone / "demo" / "var" / "govkit.sqlite3").read_bytes()
    second, again = make_run(clone, 0)

    assert "govkit デモ" in page
    assert "tachikawa-board" in first
    assert "akishima-teacher" in first
    assert "前のまま使います" in second
    assert "tachikawa-board" in second
    assert "govkit デモ" in again
    assert len((clone / "demo" / "var" / "govkit.sqlite3").read_bytes()) == len(database)


def test_an_occupied_port_is_told(clone):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        printed, page = make_run(clone, port)

    assert f"ポート {port} はほかのプログラムが使っています" in printed
    assert page == ""
