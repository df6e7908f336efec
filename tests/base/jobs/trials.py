"""Starts a program of trials, and tells it what to try (see :mod:`tests.base.jobs.worker_process`)."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

RunTrial = Callable[[dict[str, Any]], dict[str, Any]]


@contextmanager
def trials_of(program: str) -> Iterator[RunTrial]:
    """What makes one trial and tells what it reached before its kill."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name(program))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )

    def run(trial: dict[str, Any]) -> dict[str, Any]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(trial) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        assert answer, "the process of the trials failed; its error stands above"
        reached: dict[str, Any] = json.loads(answer)
        return reached

    yield run
    process.communicate(timeout=60)
