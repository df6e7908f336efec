"""Saving a class of 40 marks through HTTP, beside three floors that write the same 40 rows.

``bare`` is a Flask view without session, login, permission, CSRF protection, validation, version or
audit: it reads the form and inserts a row per pupil. ``full`` and ``fast`` give the guarantees too,
see :mod:`save_floors`. All are called through WSGI with requests made beforehand; every request is
the first save of its day, and any answer but a redirect ends the run. The CPU time of PostgreSQL's
own processes is counted on all sides.
"""

import io
import logging
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from http.cookies import SimpleCookie
from statistics import median
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import Blueprint, Flask, redirect, request
from flask.typing import ResponseReturnValue
from measure import Database, databases, options, print_table, round_times
from save_floors import SESSION_KEY, TOKEN, GuardedMark, guarded_app, prepare
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from werkzeug.test import EnvironBuilder, run_wsgi_app

from govkit.base.app import create_app
from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.jp.calendar import is_business_day
from govkit.modules import schools
from govkit.modules.attendance import DayMark
from govkit.modules.schools import NewPupil
from govkit.testing.plugin import PASSWORD, FixedClock, appoint

CITY = "132021"
FIRST_DAY = date(2026, 4, 1)
FLOORS = ("bare", "full", "fast")
Request = dict[str, Any]


class FloorBase(DeclarativeBase):
    """Tables of the floor."""


class FloorMark(FloorBase):
    """A mark as a quick application would keep it."""

    __tablename__ = "floor_mark"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    class_id: Mapped[UUID]
    pupil_id: Mapped[UUID]
    day: Mapped[date]
    mark: Mapped[str] = mapped_column(sa.String(20))
    note: Mapped[str] = mapped_column(sa.String(100))
    __table_args__ = (sa.UniqueConstraint("pupil_id", "day"),)


def floor_app(engine: sa.Engine) -> Flask:
    app = Flask("floor")

    @app.post("/attendance/<uuid:class_id>/<day>")
    def save(class_id: UUID, day: str) -> ResponseReturnValue:
        rows = [
            {
                "id": uuid4(),
                "class_id": class_id,
                "pupil_id": UUID(name[5:]),
                "day": date.fromisoformat(day),
                "mark": mark,
                "note": request.form.get(f"note-{name[5:]}", ""),
            }
            for name, mark in request.form.items()
            if name.startswith("mark-")
        ]
        with Session(engine) as session:
            session.execute(sa.insert(FloorMark), rows)
            session.commit()
        return redirect(f"/attendance/{class_id}/{day}", 303)

    return app


def floor_engine(url: str, owner_url: str | None) -> sa.Engine:
    """An engine as plain as can be, with the same promise that a commit is on the disk."""
    if owner_url:
        return sa.create_engine(sa.make_url(owner_url).set(drivername="postgresql+psycopg"))
    engine = sa.create_engine(url.replace(".sqlite3", "-floor.sqlite3"))

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    return engine


class School:
    """A school with classes, a teacher of them all who is logged in, and days to save.

    :param more: Pages beside those of govkit.
    """

    def __init__(self, database: Database, pupils: int, saves: int, *more: Blueprint) -> None:
        settings = database.settings()
        self.deployment = Deployment(settings, clock=FixedClock())
        self.app = create_app(deployment=self.deployment)
        for each in more:
            self.app.register_blueprint(each)
        days = list(lesson_days(self.deployment.clock().date()))
        self.classes = self._classes(1 + saves // len(days), pupils)
        self.saves: Iterator[tuple[UUID, list[UUID], date]] = (
            (class_id, members, day) for class_id, members in self.classes.items() for day in days
        )
        self.cookie, self.token = self._log_in(days[0])
        self.engine = floor_engine(settings.database.url, settings.database.owner_url)
        FloorBase.metadata.create_all(self.engine)
        prepare(self.engine)
        self.floors = {kind: guarded_app(self.engine, kind) for kind in ("full", "fast")}
        self.floors["bare"] = floor_app(self.engine)

    def _classes(self, count: int, pupils: int) -> dict[UUID, list[UUID]]:
        municipality = self.deployment.municipality(CITY)
        classes = {}
        with self.deployment.work(municipality, Actor.operator("benchmark")) as work:
            school = schools.add_school(work, "B113299999911", "試験第一小学校")
            for number in range(count):
                group = schools.add_class_group(work, school, 2026, 3, f"{number + 1}組")
                children = [_child(number * pupils + each) for each in range(pupils)]
                members = schools.admit(work, group, children, FIRST_DAY)
                classes[group.id] = [each.id for each in members]
            self.school_id = school.id
        return classes

    def _log_in(self, day: date) -> tuple[str, str]:
        login = appoint(self.deployment, CITY, "homeroom_teacher", unit_id=self.school_id)
        client = self.app.test_client()
        page = client.get("/login").text
        form = {"login": login, "password": PASSWORD, "csrf_token": _token(page)}
        answer = client.post("/login", data=form)
        assert answer.status_code == 303, answer.text
        cookie: SimpleCookie = SimpleCookie()
        for sent in answer.headers.getlist("Set-Cookie"):
            cookie.load(sent)
        page = client.get(f"/attendance/{next(iter(self.classes))}/{day}").text
        return "; ".join(f"{name}={each.value}" for name, each in cookie.items()), _token(page)

    def requests(self, count: int, *, to_floor: bool = False) -> list[Request]:
        """Requests that each save a day for the first time, two pupils absent and one late."""
        token = TOKEN if to_floor else self.token
        cookie = f"floor={SESSION_KEY}" if to_floor else self.cookie
        made = []
        for _ in range(count):
            class_id, pupils, day = next(self.saves)
            form: dict[str, str] = {"csrf_token": token, "lines": str(len(pupils))}
            form |= {"seen": "{}", "version": "0", "idempotency_key": uuid4().hex}
            for number, pupil in enumerate(pupils):
                mark = {3: "absent_illness", 7: "absent_illness", 11: "late"}.get(number, "present")
                form |= {f"mark-{pupil}": mark, f"other-{pupil}": "", f"note-{pupil}": ""}
            builder = EnvironBuilder(
                path=f"/attendance/{class_id}/{day}",
                method="POST",
                data=urlencode(form),
                content_type="application/x-www-form-urlencoded",
                headers=[("Cookie", cookie)],
            )
            made.append(builder.get_environ())
        return made

    def check(self, rows: int) -> None:
        """Every row that was asked for is there, on both sides."""
        with self.deployment.session(CITY, writes=False) as session:
            assert session.scalar(sa.select(sa.func.count(DayMark.id))) == rows
        with Session(self.engine) as session:
            assert session.scalar(sa.select(sa.func.count(FloorMark.id))) == rows
            marks = sa.select(sa.func.count()).select_from(GuardedMark)
            assert session.scalar(marks) == 2 * rows

    def close(self) -> None:
        self.deployment.close()
        self.engine.dispose()


def lesson_days(until: date) -> Iterator[date]:
    """The weekdays of the school year before a day."""
    day = FIRST_DAY
    while day < until:
        if is_business_day(day):
            yield day
        day += timedelta(days=1)


def _child(number: int) -> NewPupil:
    return NewPupil(
        addressee_number=f"{number:08}",
        family_name="試験",
        given_name=f"児童{number}",
        kana_family_name="シケン",
        kana_given_name="ジドウ",
        birth_date=date(2017, 6, 1),
        sex="1",
        is_protected=False,
    )


def _token(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def serve(app: Flask, requests: Iterable[Request]) -> None:
    """Send requests that each must end in a redirect."""
    for environ in requests:
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].getvalue())
        _, status, _ = run_wsgi_app(app, environ, buffered=True)
        assert status.startswith("303"), status


def main() -> None:
    chosen = options(__doc__, pupils=40, saves=60, rounds=5)
    logging.disable(logging.INFO)
    table = []
    with databases(chosen.database) as found:
        for database in found:
            times = measure(database, chosen.pupils, chosen.saves, chosen.rounds)
            ours = median(times["ours"]) * 1000 / chosen.saves
            for kind in FLOORS:
                floor = median(times[kind]) * 1000 / chosen.saves
                pairs = zip(times["ours"], times[kind], strict=True)
                ratio = median(own / other for own, other in pairs)
                row = (f"{floor:.2f}", f"{ours:.2f}", f"{ratio:.2f}")
                table.append((database.title, kind, *row))
    print(f"{chosen.pupils} marks a save, median of {chosen.rounds} rounds of {chosen.saves} saves")
    print_table(("database", "floor", "floor ms", "ours ms", "ratio"), table)


def measure(database: Database, pupils: int, saves: int, rounds: int) -> dict[str, list[float]]:
    """CPU seconds of each side by round; each side saves days of its own."""
    sides = (*FLOORS, "ours")
    school = School(database, pupils, len(sides) * saves * (rounds + 1))
    apps = {**school.floors, "ours": school.app}
    acts = {side: partial(_serve_side, apps[side], side) for side in sides}

    def prepare_round() -> dict[str, list[Request]]:
        return {side: school.requests(saves, to_floor=side in FLOORS) for side in sides}

    round_times(1, database.cpu_seconds, prepare_round, acts)  # warms all
    times = round_times(rounds, database.cpu_seconds, prepare_round, acts)
    school.check(pupils * saves * (rounds + 1))
    school.close()
    return times


def _serve_side(app: Flask, side: str, requests: dict[str, list[Request]]) -> None:
    serve(app, requests[side])


if __name__ == "__main__":
    main()
