import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from tests.cli.conftest import write_settings


@pytest.fixture
def serve(folder, sqlite_databases):
    """Starts ``govkit run`` and gives the process and its address."""
    write_settings(folder, sqlite_databases.settings())
    processes = []

    def start(*arguments: str):
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "govkit.cli", "run", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
        processes.append(process)
        for line in process.stdout:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                return process, found[0]
        raise AssertionError(process.returncode)

    yield start
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_stops_when_told(serve, stop):
    held = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell does for what runs behind
    try:
        process, address = serve()
    finally:
        signal.signal(signal.SIGINT, held)
    with urllib.request.urlopen(f"{address}/login") as answer:
        assert "ログイン" in answer.read().decode()
    process.send_signal(stop)

    assert process.wait(20) == 0
    rest = process.stdout.read()
    assert "開発用のサーバーです" in rest
    assert "止めました。" in rest


def test_the_log_names_no_address(serve):
    process, address = serve("--log")
    urllib.request.urlopen(f"{address}/login?name=yamada").close()
    process.terminate()

    rest = process.stdout.read()
    assert '"endpoint": "govkit.login"' in rest
    assert "yamada" not in rest


def test_an_occupied_port_is_told_before_any_long_work(govkit, folder):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        answer = govkit("run", "--port", port, "--demo")

    assert answer.exit_code == 1
    assert f"ポート {port} はほかのプログラムが使っています" in answer.output
    assert not (folder / "var").exists()


def test_an_address_of_another_machine_is_told(govkit, folder):
    answer = govkit("run", "--host", "192.0.2.1", "--port", "0")

    assert answer.exit_code == 1
    assert "192.0.2.1 のポート 0 で待ち受けられません" in answer.output
