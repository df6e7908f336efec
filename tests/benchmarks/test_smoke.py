"""Every benchmark runs to its end; the figures of so small a run mean nothing."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.soak import SOAK

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
TINY = {
    "bench_attendance_save": ("--pupils=3", "--saves=2", "--rounds=1"),
    "bench_audit": ("--events=200", "--rounds=1"),
    "bench_compile_register": ("--residents=300", "--rounds=1"),
    "bench_oneroster": ("--pupils=40", "--rounds=1"),
    "bench_requests": ("--pupils=3", "--requests=2", "--rounds=1"),
}
# Beside other libraries, which are not installed for a test.
TINY_ALONE = {
    "bench_logins": ("--rate=4", "--seconds=1", "--workers=1", "--database=sqlite"),
    "bench_guard": ("--people=300", "--calls=20", "--rounds=1"),
    "bench_match": ("--claims=50", "--residents=500", "--peers=0"),
    "bench_residents": ("--people=500", "--questions=20", "--peers=0"),
    "bench_documents": ("--letters=2", "--rounds=1", "--peers=0"),
    "bench_load": (
        *("--database=postgres", "--cities=2", "--pupils=4000"),
        *("--seconds=1", "--workers=1", "--peak=4"),
    ),
    "bench_grid": ("--pupils=2", "--times=1", "--rounds=1"),
    "bench_forms": ("--times=1", "--rounds=1", "--peers=0"),
    "bench_postcodes": ("--lookups=50", "--rounds=1", "--peers=0"),
}

RUN_ALL = """
import json, runpy, sys
sys.path.insert(0, ".")
for name, options in json.loads(sys.argv[1]).items():
    print(f"\\f{name}", flush=True)
    sys.argv[:] = [name, *options]
    runpy.run_path(f"{name}.py", run_name="__main__")
"""


def test_every_benchmark_has_a_tiny_run():
    assert {each.stem for each in BENCHMARKS.glob("bench_*.py")} == {*TINY, *TINY_ALONE}


@pytest.fixture(scope="module")
def outputs(postgres_server: str) -> dict[str, str]:
    """What each benchmark prints; all run in one process, for most of a tiny run is imports."""
    runs = TINY | TINY_ALONE
    done = subprocess.run(
        [sys.executable, "-c", RUN_ALL, json.dumps(runs)],
        cwd=BENCHMARKS,
        env={**os.environ, "GOVKIT_TEST_POSTGRES_URL": postgres_server},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    parts = dict(part.split("\n", 1) for part in done.stdout.split("\f")[1:])
    assert parts.keys() == runs.keys()
    return parts


@pytest.mark.parametrize("name", TINY)
def test_benchmark_tells_floor_ours_and_ratio_on_both_databases(name, outputs):
    for word in ("floor", "ours", "ratio", "SQLite", "PostgreSQL"):
        assert word in outputs[name]


@pytest.mark.requirement("P10")
def test_a_small_morning_peak_is_answered_whole(outputs):
    """Every save, page and notice, on time or not: none is refused, none is lost."""
    answers = re.findall(r"/s (save|page|notice) .*?(\d+)x (\S+)(.*)", outputs["bench_load"])
    assert {kind for kind, *_rest in answers} == {"save", "page", "notice"}
    for kind, _count, status, more in answers:
        assert status == ("200" if kind == "page" else "303"), outputs["bench_load"]
        assert "x" not in more, outputs["bench_load"]


if SOAK:

    @pytest.mark.requirement("P10")
    def test_half_of_tokyo_is_answered_whole(postgres_server):
        """62 cities, 830,000 pupils, 50 saves, 50 pages and 15 notices a second: nobody is refused."""
        done = subprocess.run(
            [sys.executable, "bench_load.py", "--database=postgres"],
            cwd=BENCHMARKS,
            env={**os.environ, "GOVKIT_TEST_POSTGRES_URL": postgres_server},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        print(done.stdout)
        rows = [line for line in done.stdout.splitlines() if "PostgreSQL, must" in line]
        assert len(rows) == 3
        assert all("503" not in row and "Error" not in row for row in rows), done.stdout


@pytest.mark.parametrize("name", TINY_ALONE)
def test_benchmark_runs_without_its_peers(name, outputs):
    assert "govkit" in outputs[name]
