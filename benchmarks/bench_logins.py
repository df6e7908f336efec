"""A storm of logins: so many people a second, each with an own account, whether or not the last ones are in.

The server is gunicorn with the workers of the shipped unit. Each person opens the page and sends
login name and password, once; the time runs from the moment when the person was due until the
answer that logs them in. ``hashing`` is what argon2id takes by itself, ``server`` what all workers
took, both in cores; ``ms a login`` is the CPU time of the workers, whatever else runs. The load average tells who else was on the machine; it counts the people, too.
"""

import logging
import os
import re
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode
from uuid import UUID, uuid4

import psutil
import sqlalchemy as sa
from bench_load import serve, write_toml
from measure import databases, options, print_table

from govkit.base.deployment import Deployment
from govkit.base.identity import Account, Appointment, Role, Staff
from govkit.base.passwords import add_account, is_secret
from govkit.base.settings import Settings

CITY = "132021"
PASSWORD = "correct horse battery staple"
MEBIBYTE = 1 << 20


@dataclass
class Seen:
    """What the people met."""

    waits: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, answer: str, seconds: float) -> None:
        """One person's answer, and how long it took."""
        with self.lock:
            self.answers[answer] += 1
            self.waits.append(seconds)


def fill(deployment: Deployment, people: int) -> list[str]:
    """Teachers with one password, whose hash costs what it costs."""
    with deployment.system() as session:
        first = add_account(session, "teacher-0", PASSWORD)
        others = [_like(first, f"teacher-{number}") for number in range(1, people)]
        session.add_all(others)
        accounts = {each.id: each.login for each in (first, *others)}
    with deployment.session(CITY) as session:
        role_id = session.scalars(sa.select(Role.id).where(Role.name == "homeroom_teacher")).one()
        staff = [_member(each) for each in accounts]
        session.add_all(staff)
        session.flush()
        session.add_all(_appointment(each.id, role_id) for each in staff)
        session.commit()
    return list(accounts.values())


def _like(account: Account, login: str) -> Account:
    return Account(
        id=uuid4(), login=login, password_hash=account.password_hash, is_enabled=True, failures=0
    )


def _member(account_id: UUID) -> Staff:
    names = {"family_name": "試験", "given_name": "花子"}
    kana = {"kana_family_name": "シケン", "kana_given_name": "ハナコ"}
    return Staff(account_id=account_id, **names, **kana)


def _appointment(staff_id: UUID, role_id: UUID) -> Appointment:
    return Appointment(
        staff_id=staff_id,
        role_id=role_id,
        unit_id=None,
        title="学級担任",
        valid_from=date(2026, 4, 1),
        valid_to=None,
    )


def log_in(port: int, login: str) -> str:
    """Open the page, send the form; the status of the answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/login")
        page = connection.getresponse()
        text = page.read().decode()
        if page.status != 200:
            return f"page {page.status}"
        token = re.search(r'name="csrf_token" value="([^"]+)"', text)
        cookie = re.search(r"govkit=[^;]+", page.headers["Set-Cookie"] or "")
        assert token is not None
        assert cookie is not None
        form = {"login": login, "password": PASSWORD, "csrf_token": token[1]}
        kind = "application/x-www-form-urlencoded"
        headers = {"Cookie": cookie[0], "Content-Type": kind}
        connection.close()
        connection.request("POST", "/login", urlencode(form), headers)
        answer = connection.getresponse()
        answer.read()
        return str(answer.status)
    except OSError as error:
        return type(error).__name__
    finally:
        connection.close()


def storm(port: int, logins: list[str], rate: int) -> tuple[Seen, float]:
    """Everybody comes when due; what they met, and the seconds until the last one was in."""
    seen, begin = Seen(), time.perf_counter() + 0.1

    def come(number: int, login: str) -> None:
        due = begin + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        answer = log_in(port, login)
        seen.note(answer, time.perf_counter() - due)

    with ThreadPoolExecutor(min(512, len(logins))) as pool:
        for number, login in enumerate(logins):
            pool.submit(come, number, login)
    return seen, time.perf_counter() - begin


def _used(workers: list[psutil.Process]) -> float:
    times = [each.cpu_times() for each in workers]
    return sum(each.user + each.system for each in times)


def hash_seconds() -> float:
    """CPU time of checking one password."""
    start = time.process_time()
    for _ in range(5):
        is_secret(None, PASSWORD)
    return (time.process_time() - start) / 5


def measure(settings: Settings, logins: list[str], rate: int, workers: int) -> list[str]:
    """One storm, as a row of the table."""
    secret = settings.security.secret_key.get_secret_value()
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "govkit.toml"
        file.write_text(write_toml(settings, secret), encoding="utf-8")
        with serve(file, workers) as port:
            every = psutil.Process().children(recursive=True)
            servers = [each for each in every if "gunicorn" in each.cmdline()]
            before = _used(servers)
            seen, seconds = storm(port, logins, rate)
            used = _used(servers) - before
            memory = max(each.memory_info().rss for each in servers) / MEBIBYTE
    inside = seen.answers["303"]
    others = ", ".join(f"{n}×{name}" for name, n in seen.answers.items() if name != "303")
    last = quantiles(seen.waits, n=100)[98] if len(seen.waits) > 1 else seen.waits[0]
    return [
        f"{inside / seconds:.1f}",
        f"{inside} of {len(logins)}",
        others or "none",
        f"{median(seen.waits):.2f}",
        f"{last:.2f}",
        f"{inside * hash_seconds() / seconds:.2f}",
        f"{used / seconds:.2f}",
        f"{1000 * used / max(1, inside):.0f}",
        f"{memory:.0f}",
    ]


def main() -> None:
    chosen = options(__doc__, rate=90, seconds=60, workers=4)
    logging.disable(logging.INFO)
    rows = []
    with databases(chosen.database) as found:
        for database in found:
            settings = database.settings()
            deployment = Deployment(settings)
            logins = fill(deployment, chosen.rate * chosen.seconds)
            deployment.close()  # nothing of it may be shared with the server
            database.gather_statistics(settings)
            before = os.getloadavg()[0]
            row = measure(settings, logins, chosen.rate, chosen.workers)
            load = f"{before:.1f} to {os.getloadavg()[0]:.1f}"
            rows.append([f"govkit on {database.title}", *row, load])
    print(f"{chosen.rate} people a second for {chosen.seconds} s, {os.cpu_count()} cores")
    times = (
        "median s",
        "p99 s",
        "hashing cores",
        "server cores",
        "ms a login",
        "MiB a worker",
        "load",
    )
    print_table(("server", "logins/s", "logged in", "others", *times), rows)


if __name__ == "__main__":
    main()
