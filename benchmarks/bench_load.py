"""The morning peak (朝の混雑): requests that come by the clock, whether or not the last were answered.

PostgreSQL with many cities behind gunicorn as the sample configuration starts it: saves of a class's
first roll call of the day, pages of a roll call, and notices of one absence more (a second save, with
what the page showed). SQLite with one city: saves and pages while a backup and an import run. How
long an answer takes is counted from the moment at which the request was due. The generator, the
application and the database share the machine; what it was doing stands beside the figures.
"""

import asyncio
import logging
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from socket import socket
from typing import Any, Final

import psutil
import sqlalchemy as sa
from load_city import PUPILS_OF_A_CLASS, Classroom, city_codes, fill, form_token
from measure import Database, databases, options, print_table

from govkit.base.deployment import Deployment
from govkit.base.work import JAPAN
from govkit.jp.calendar import is_business_day
from govkit.residents.synthetic import Population

_PATIENCE_SECONDS: Final = 30
_LARGEST: Final = "132012"
"""The largest city (八王子市); the residents of the import are invented."""
_SENT_AT: Final = b"(moment)"
_FIRST_MARKS: Final = {3: "absent_illness", 7: "late"}


@dataclass
class Site:
    """Cities full of classes, and the server that serves them."""

    deployment: Deployment
    rooms: list[Classroom]
    day: date
    port: int
    token: str
    _unsaved: Iterator[Classroom] = field(init=False)
    _saved: list[Classroom] = field(default_factory=list)

    def __post_init__(self) -> None:
        mixed = random.Random(1).sample(self.rooms, len(self.rooms))
        self._unsaved = iter(mixed)

    def request(self, kind: str) -> bytes:
        """A request as the server in front of the application hands it on."""
        if kind == "page":
            room = random.choice(self.rooms)
            return self._head("GET", room)
        if kind == "notice" and self._saved:
            room = self._saved.pop(0)
            marks = {**_FIRST_MARKS, 11: "absent_illness"}
            return self._post(room, room.form(self.token, marks, _FIRST_MARKS))
        return self.first_save(self.unsaved())

    def note_saved(self, room: Classroom) -> None:
        """From now on an absence can be added to the class."""
        self._saved.append(room)

    def unsaved(self) -> Classroom:
        """A class whose roll was not called yet."""
        room = next(self._unsaved, None)
        if room is None:
            raise SystemExit("too few classes for so many saves; ask for more pupils")
        return room

    def first_save(self, room: Classroom) -> bytes:
        """The first save of a class."""
        return self._post(room, room.form(self.token, _FIRST_MARKS, {}))

    def _post(self, room: Classroom, body: bytes) -> bytes:
        kind = "application/x-www-form-urlencoded"
        head = self._head("POST", room, f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n")
        return head + body

    def _head(self, method: str, room: Classroom, more: str = "") -> bytes:
        return (
            f"{method} /attendance/{room.id}/{self.day} HTTP/1.1\r\nHost: localhost\r\n"
            f"Cookie: {room.cookie}\r\nX-Request-Start: t={_SENT_AT.decode()}\r\n"
            f"X-Forwarded-For: 192.0.2.1\r\nConnection: close\r\n{more}\r\n"
        ).encode()


@dataclass
class Outcome:
    """What one kind of request met."""

    seconds: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    def percentile(self, share: float) -> float:
        """Milliseconds within which so many of the good answers came."""
        times = sorted(self.seconds)
        return times[min(len(times) - 1, int(share * len(times)))] * 1000 if times else 0.0


async def send(port: int, content: bytes) -> str:
    """Status of the answer; ``late`` when none came in time, and how a refusal says when to retry."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(content.replace(_SENT_AT, f"{time.time():.3f}".encode(), 1))
            answer = await reader.read(-1)
            writer.close()
    except (TimeoutError, OSError) as error:
        return type(error).__name__
    status = answer[9:12].decode()
    return status + (" + Retry-After" if b"\r\nRetry-After:" in answer[:800] else "")


async def press(site: Site, rates: dict[str, float], seconds: float) -> dict[str, Outcome]:
    """Send at the rates for a while; arrivals are as irregular as people's (exponential gaps)."""
    chance, loop = random.Random(2), asyncio.get_running_loop()
    due: list[tuple[float, str, bytes]] = []
    for kind, rate in rates.items():
        moment = chance.expovariate(rate) if rate else seconds
        while moment < seconds:
            due.append((moment, kind, site.request(kind)))
            moment += chance.expovariate(rate)
    outcomes = {kind: Outcome() for kind in rates}
    psutil.cpu_percent()
    began = loop.time() + 0.2

    async def ask(moment: float, kind: str, content: bytes) -> None:
        status = await send(site.port, content)
        outcomes[kind].answers[status] += 1
        if status == ("200" if kind == "page" else "303"):
            outcomes[kind].seconds.append(loop.time() - began - moment)

    async with asyncio.TaskGroup() as tasks:
        for moment, kind, content in sorted(due):
            await asyncio.sleep(max(0.0, began + moment - loop.time()))
            tasks.create_task(ask(moment, kind, content))
    return outcomes


@contextmanager
def site_of(database: Database, chosen: Any, folder: Path) -> Iterator[Site]:
    """Fill the database and serve it."""
    settings = database.settings()
    secret = settings.security.secret_key.get_secret_value()
    today = datetime.now(JAPAN).date()
    day = next(each for back in range(30) if is_business_day(each := today - timedelta(back)))
    deployment = Deployment(settings)
    codes = city_codes(chosen.cities) if database.server else [_LARGEST]
    pupils = chosen.pupils if database.server else chosen.alone
    classes = max(1, pupils // PUPILS_OF_A_CLASS // len(codes))
    began = time.monotonic()
    with _unwalled(database, deployment) as connection:
        for code in codes:
            fill(connection, deployment, code, classes, day)
    database.gather_statistics(settings)
    print(
        f"{database.title}: {len(codes)} cities, {len(codes) * classes:,} classes, "
        f"{len(codes) * classes * PUPILS_OF_A_CLASS:,} pupils in {time.monotonic() - began:.0f} s",
        flush=True,
    )
    file = folder / f"{database.title}.toml"
    file.write_text(write_toml(settings, secret), encoding="utf-8")
    with serve(file, chosen.workers) as port:
        rooms = [Classroom(code, number) for code in codes for number in range(classes)]
        yield Site(deployment, rooms, day, port, form_token(secret))
    deployment.close()


@contextmanager
def _unwalled(database: Database, deployment: Deployment) -> Iterator[sa.Connection]:
    """A connection of the database's own administrator."""
    url = deployment.engine.url
    if database.server:
        named = sa.make_url(database.server_url)
        url = named.set(drivername="postgresql+psycopg", database=url.database)
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        if database.server:  # rows of one order need no check of each key
            connection.exec_driver_sql("SET session_replication_role = replica")
        yield connection
    engine.dispose()


def write_toml(settings: Any, secret: str) -> str:
    """Settings of a server for the database."""
    lines = ["[app]", "proxies = 1", "[database]", f'url = "{settings.database.url}"']
    if settings.database.owner_url:
        lines.append(f'owner_url = "{settings.database.owner_url}"')
    return "\n".join([*lines, "[security]", f'secret_key = "{secret}"', ""])


@contextmanager
def serve(settings: Path, workers: int) -> Iterator[int]:
    """The port at which gunicorn serves."""
    with socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--timeout", "30"]
    command += ["--workers", str(workers), "--log-level", "error", "govkit.base.app:create_app()"]
    environment = os.environ | {"GOVKIT_SETTINGS": str(settings)}
    process = subprocess.Popen(command, env=environment, cwd=settings.parent)
    try:
        until = time.monotonic() + 60
        ready = b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        while asyncio.run(send(port, ready)) != "200":
            if time.monotonic() > until or process.poll() is not None:
                raise SystemExit("the server did not start")
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def _other_work(site: Site, folder: Path, rows: int) -> Iterator[None]:
    """A backup and an import of residents beside the requests."""
    settings = folder / "SQLite.toml"
    code, file = site.rooms[0].code, folder / "residents.csv"
    Population(code, rows).write_extract(file)
    govkit = [sys.executable, "-m", "govkit.cli"]
    acts = [
        [*govkit, "residents", "import", str(file), "--city", code],
        [*govkit, "backup", str(folder / "backup.zip")],
    ]
    environment = os.environ | {"GOVKIT_SETTINGS": str(settings)}
    began = time.monotonic()
    running = [
        subprocess.Popen(
            each, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for each in acts
    ]
    yield
    for act, process in zip(("import", "backup"), running, strict=True):
        told = process.communicate(timeout=600)[0].decode()
        if process.returncode:
            raise SystemExit(told)
        print(f"{act} of {rows:,} rows ended within {time.monotonic() - began:.0f} s")


def _measure(
    database: Database, site: Site, rates: dict[str, float], seconds: float
) -> dict[str, Outcome]:
    """One run, after the saves that its notices need, of which the database knows by then."""

    async def run() -> dict[str, Outcome]:
        for _ in range(int(rates.get("notice", 0) * seconds * 1.3) + 5):
            room = site.unsaved()
            assert await send(site.port, site.first_save(room)) == "303"
            site.note_saved(room)
        database.gather_statistics(site.deployment.settings)
        return await press(site, rates, seconds)

    return asyncio.run(run())


def _rows(title: str, rates: dict[str, float], outcomes: dict[str, Outcome]) -> list[list[str]]:
    busy, load = psutil.cpu_percent(), os.getloadavg()[0]
    return [
        [
            title,
            f"{rates[kind]:g}/s {kind}",
            *(f"{outcome.percentile(share):.0f}" for share in (0.5, 0.99, 1.0)),
            ", ".join(f"{count}x {status}" for status, count in sorted(outcome.answers.items())),
            f"{busy:.0f} % CPU, load {load:.1f}",
        ]
        for kind, outcome in outcomes.items()
    ]


PEAKS: Final = {"must": 1.0, "stretch": 2.0, "past the limit": 6.0}
"""Runs on PostgreSQL, as multiples of the rates."""


def main() -> None:
    chosen = options(
        __doc__,
        cities=62,
        pupils=830_000,
        alone=38_000,
        rows=40_000,
        seconds=60,
        workers=(os.cpu_count() or 1) + 1,
        peak=100,
    )
    logging.disable(logging.INFO)
    share = chosen.peak / 100
    table: list[list[str]] = []
    with tempfile.TemporaryDirectory() as name, databases(chosen.database) as found:
        for database in found:
            folder = Path(name)
            with site_of(database, chosen, folder) as site:
                if database.server is None:
                    rates = {"save": 6 * share, "page": 6 * share}
                    with _other_work(site, folder, chosen.rows):
                        outcomes = _measure(database, site, rates, chosen.seconds)
                    table += _rows("SQLite, backup and import", rates, outcomes)
                    continue
                for title, times in PEAKS.items():
                    seconds = chosen.seconds if times < 3 else chosen.seconds / 4
                    rates = {"save": 50.0, "page": 50.0, "notice": 15.0}
                    rates = {kind: rate * times * share for kind, rate in rates.items()}
                    outcomes = _measure(database, site, rates, seconds)
                    table += _rows(f"PostgreSQL, {title}", rates, outcomes)
    headings = ("govkit", "requests", "p50 ms", "p99 ms", "max ms", "answers", "machine")
    print_table(headings, table)


if __name__ == "__main__":
    main()
