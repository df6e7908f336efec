"""The databases that the indexed local store is compared with, on the same rows.

Each holds a table of six columns with the indexes its manual recommends. PostgreSQL is the one of
``/usr/lib/postgresql`` if there is one with pg_trgm, started on a socket of its own; without it that
peer is left out and the output says so.
"""

import csv
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from peers import site_packages

__all__ = ["PEERS", "Opened", "Row"]

_LIMIT = 51


class Row(NamedTuple):
    """A person as the peers hold one; the reading as its search key."""

    code: str
    number: str
    name: str
    kana: str
    birth: str
    household: str


@dataclass(frozen=True)
class Opened:
    """A peer that is loaded: what it can be asked, and how large it is in bytes."""

    acts: Mapping[str, Callable[..., int]]
    size: Callable[[], int]


_COLUMNS = "code, number, name, kana, birth, household"
_ANSWER = "SELECT code, number, name FROM people WHERE"


def _folder_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@contextmanager
def _sqlite(folder: Path, rows: Sequence[Row], *, fts: bool) -> Iterator[Opened]:
    path = folder / ("fts.sqlite" if fts else "like.sqlite")
    path.unlink(missing_ok=True)
    base = sqlite3.connect(path)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute(
        f"CREATE TABLE people ({_COLUMNS}, PRIMARY KEY (code, number)) WITHOUT ROWID"
        if not fts
        else f"CREATE TABLE people ({_COLUMNS})"
    )
    base.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?)", rows)
    base.execute("CREATE INDEX home ON people (code, household)")
    base.execute("CREATE INDEX kana ON people (kana, birth)")
    if fts:
        base.execute("CREATE UNIQUE INDEX id ON people (code, number)")
        base.execute(
            "CREATE VIRTUAL TABLE words USING fts5(kana, content='people', tokenize='trigram')"
        )
        base.execute("INSERT INTO words (words) VALUES ('rebuild')")
    base.execute("ANALYZE")
    base.commit()

    def ask(sql: str, *values: object) -> int:
        return len(base.execute(f"{sql} LIMIT {_LIMIT}", values).fetchall())

    acts: dict[str, Callable[..., int]] = {
        "number": lambda code, number: ask(f"{_ANSWER} code = ? AND number = ?", code, number),
        "household": lambda code, home: ask(f"{_ANSWER} code = ? AND household = ?", code, home),
        "prefix + birth": lambda kana, birth: ask(
            f"{_ANSWER} kana >= ? AND kana < ? AND birth = ?", kana, f"{kana}\U0010ffff", birth
        ),
        "prefix": lambda kana: ask(f"{_ANSWER} kana >= ? AND kana < ?", kana, f"{kana}\U0010ffff"),
        "part": lambda kana: ask(f"{_ANSWER} kana LIKE ?", f"%{kana}%"),
    }
    if fts:
        joined = (
            "SELECT code, number, name FROM words JOIN people ON people.rowid = words.rowid WHERE"
        )
        acts["part"] = lambda kana: ask(f"{joined} words MATCH ?", f'"{kana}"')
    yield Opened(acts, lambda: path.stat().st_size)
    base.close()
    path.unlink()


def _postgres_programs() -> Path | None:
    for home in sorted(Path("/usr/lib/postgresql").glob("*"), reverse=True):
        control = Path("/usr/share/postgresql") / home.name / "extension/pg_trgm.control"
        if (home / "bin/initdb").exists() and control.exists():
            return home / "bin"
    return None


def _as_server(command: Sequence[str]) -> None:
    """Run a program of the server, which refuses to run as root, as its own user."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def _postgres(folder: Path, rows: Sequence[Row]) -> Iterator[Opened]:
    programs = _postgres_programs()
    if programs is None:
        print(
            "PostgreSQL: no server with pg_trgm in /usr/lib/postgresql, left out", file=sys.stderr
        )
        yield Opened({}, lambda: 0)
        return
    home = Path("/tmp") / f"govkit-peer-postgres-{os.getpid()}"
    home.mkdir(mode=0o700)
    if os.getuid() == 0:
        shutil.chown(home, "postgres", "postgres")
    data = str(home / "data")
    _as_server(
        [str(programs / "initdb"), "-D", data, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust"]
    )
    settings = (
        f"-k {home} -c listen_addresses='' -c shared_buffers=512MB -c maintenance_work_mem=512MB"
    )
    server = [str(programs / "pg_ctl"), "-D", data, "-w", "-o", settings, "-l", str(home / "log")]
    _as_server([*server, "start"])
    try:
        user = "postgres" if os.getuid() == 0 else os.environ.get("USER", "")
        with psycopg.connect(host=str(home), dbname="postgres", user=user, autocommit=True) as base:
            _fill_postgres(base, rows)
            yield Opened(_postgres_acts(base), lambda: _postgres_size(base))
    finally:
        _as_server([*server, "-m", "fast", "stop"])
        shutil.rmtree(home)


def _fill_postgres(base: "psycopg.Connection[Any]", rows: Sequence[Row]) -> None:
    base.execute("CREATE EXTENSION pg_trgm")
    base.execute(
        "CREATE TABLE people (code text, number text, name text, kana text, birth date, household text)"
    )
    with base.cursor().copy("COPY people FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    base.execute("ALTER TABLE people ADD PRIMARY KEY (code, number)")
    base.execute("CREATE INDEX ON people (code, household)")
    base.execute('CREATE INDEX ON people (kana COLLATE "C", birth)')
    base.execute("CREATE INDEX ON people USING gin (kana gin_trgm_ops)")
    base.execute("VACUUM ANALYZE people")


def _postgres_acts(base: "psycopg.Connection[Any]") -> Mapping[str, Callable[..., int]]:
    def ask(condition: str, *values: object, order: str = "") -> int:
        sql = f"{_ANSWER} {condition} {order} LIMIT {_LIMIT}"
        return len(base.execute(sql, values, prepare=True).fetchall())

    between = 'kana COLLATE "C" >= %s AND kana COLLATE "C" < %s'
    return {
        "number": lambda code, number: ask("code = %s AND number = %s", code, number),
        "household": lambda code, home: ask("code = %s AND household = %s", code, home),
        "prefix + birth": lambda kana, birth: ask(
            f"{between} AND birth = %s", kana, f"{kana}\U0010ffff", birth
        ),
        "prefix": lambda kana: ask(between, kana, f"{kana}\U0010ffff"),
        "part": lambda kana: ask("kana LIKE %s", f"%{kana}%"),
        "fuzzy": lambda kana: ask(
            "kana %% %s", kana, kana, order="ORDER BY similarity(kana, %s) DESC"
        ),
    }


def _postgres_size(base: "psycopg.Connection[Any]") -> int:
    row = base.execute("SELECT pg_total_relation_size('people')").fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def _duckdb(folder: Path, rows: Sequence[Row]) -> Iterator[Opened]:
    sys.path.append(str(site_packages(["duckdb"])))
    path, table = folder / "peer.duckdb", folder / "peer.csv"
    path.unlink(missing_ok=True)
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    base = import_module("duckdb").connect(str(path))
    base.execute("SET threads = 2")
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in Row._fields)
    base.execute(
        f"CREATE TABLE people AS SELECT * FROM read_csv('{table}', header=false, columns={{{columns}}})"
    )
    base.execute("CREATE UNIQUE INDEX id ON people (code, number)")
    base.execute("CREATE INDEX home ON people (household)")

    def ask(condition: str, *values: object) -> int:
        return len(base.execute(f"{_ANSWER} {condition} LIMIT {_LIMIT}", values).fetchall())

    yield Opened(
        {
            "number": lambda code, number: ask("code = ? AND number = ?", code, number),
            "household": lambda code, home: ask("household = ? AND code = ?", home, code),
            "prefix + birth": lambda kana, birth: ask(
                "starts_with(kana, ?) AND birth = ?", kana, birth
            ),
            "prefix": lambda kana: ask("starts_with(kana, ?)", kana),
            "part": lambda kana: ask("contains(kana, ?)", kana),
            "fuzzy": lambda kana: ask("levenshtein(kana, ?) <= 3", kana),
        },
        lambda: path.stat().st_size,
    )
    base.close()
    for one in (path, table):
        one.unlink()


PEERS: Mapping[str, Callable[[Path, Sequence[Row]], AbstractContextManager[Opened]]] = {
    "SQLite LIKE": lambda folder, rows: _sqlite(folder, rows, fts=False),
    "SQLite FTS5": lambda folder, rows: _sqlite(folder, rows, fts=True),
    "PostgreSQL pg_trgm": _postgres,
    "DuckDB": _duckdb,
}
"""By name, the most embedded first. DuckDB counts bytes: one kana is three of them."""
