"""Two floors of ``bench_attendance_save``: the guarantees of a save, written by hand without govkit.

Both look the session up on the server, check the CSRF token and the grid, set the tenant, know a
repeat by its idempotency key, insist on the version, and add a link to a chain of audit rows.
``full`` does so through the ORM, ``fast`` with Core statements made beforehand.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import Flask, abort, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

__all__ = ["SESSION_KEY", "TOKEN", "FloorTable", "GuardedMark", "guarded_app", "prepare"]

SESSION_KEY = "floor-session"
TOKEN = "floor-token"
TENANT = "132021"
MARKS = frozenset({"present", "absent_illness", "late"})


class FloorTable(DeclarativeBase):
    """Tables of both floors."""


class Login(FloorTable):
    """A session on the server."""

    __tablename__ = "guarded_login"
    key_hash: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str]
    tenant: Mapped[str]


class Roll(FloorTable):
    """A class's day with its version."""

    __tablename__ = "guarded_roll"
    tenant: Mapped[str] = mapped_column(primary_key=True)
    class_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class GuardedMark(FloorTable):
    """A mark of a pupil."""

    __tablename__ = "guarded_mark"
    tenant: Mapped[str] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    class_id: Mapped[UUID]
    mark: Mapped[str] = mapped_column(sa.String(20))
    note: Mapped[str] = mapped_column(sa.String(100))


class Sent(FloorTable):
    """A request that was answered."""

    __tablename__ = "guarded_sent"
    tenant: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[int]


class Link(FloorTable):
    """A link of the audit chain."""

    __tablename__ = "guarded_audit"
    tenant: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    text: Mapped[str]
    hash: Mapped[str]


class Head(FloorTable):
    """The newest link of a chain."""

    __tablename__ = "guarded_head"
    tenant: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    hash: Mapped[str]


Grid = dict[UUID, tuple[str, str]]


def prepare(engine: sa.Engine) -> None:
    """Make the tables, a login and the start of the chain."""
    FloorTable.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Login(key_hash=_hash(SESSION_KEY), token=TOKEN, tenant=TENANT))
        session.add(Head(tenant=TENANT, number=0, hash=""))
        session.commit()


def guarded_app(engine: sa.Engine, kind: str) -> Flask:
    """The floor ``full`` or ``fast``."""
    app = Flask(kind)
    save = {"full": _save_full, "fast": _save_fast}[kind]

    @app.post("/attendance/<uuid:class_id>/<day>")
    def answer(class_id: UUID, day: str) -> ResponseReturnValue:
        with Session(engine) as session:
            login = session.get(Login, _hash(request.cookies.get("floor", "")))
            if login is None or login.token != request.form.get("csrf_token"):
                abort(403)
            tenant = login.tenant
            session.rollback()
            grid, version = _grid(), int(request.form["version"])
            if engine.dialect.name == "postgresql":
                session.execute(_SET_TENANT, {"tenant": tenant})
            save(session, tenant, (class_id, date.fromisoformat(day), version), grid)
            session.commit()
        return redirect(f"/attendance/{class_id}/{day}", 303)

    return app


def _grid() -> Grid:
    grid = {}
    for name, mark in request.form.items():
        if name.startswith("mark-"):
            note = request.form.get(f"note-{name[5:]}", "").strip()
            if mark not in MARKS or len(note) > 100:
                abort(400)
            grid[UUID(name[5:])] = (mark, note)
    if str(len(grid)) != request.form.get("lines"):
        abort(400)
    return grid


def _save_full(session: Session, tenant: str, what: tuple[UUID, date, int], grid: Grid) -> None:
    class_id, day, version = what
    key = request.form["idempotency_key"]
    if session.get(Sent, (tenant, key)) is not None:
        return
    roll = session.get(Roll, (tenant, class_id, day))
    if (roll.version if roll else 0) != version:
        abort(409)
    if roll is None:
        session.add(Roll(tenant=tenant, class_id=class_id, day=day))
    stored = session.scalars(
        sa.select(GuardedMark).where(
            GuardedMark.tenant == tenant, GuardedMark.day == day, GuardedMark.pupil_id.in_(grid)
        )
    )
    known = {each.pupil_id: each for each in stored}
    for pupil_id, (mark, note) in grid.items():
        row = known.get(pupil_id)
        if row is None:
            row = GuardedMark(tenant=tenant, pupil_id=pupil_id, day=day)
            session.add(row)
        row.class_id, row.mark, row.note = class_id, mark, note
    session.add(Sent(tenant=tenant, key=key, status=303))
    head = session.get_one(Head, tenant, with_for_update=True)
    values = _link(tenant, head.number, head.hash, what)
    session.add(Link(**values))
    head.number, head.hash = values["number"], values["hash"]


_SENTS, _ROLLS, _MARKS, _LINKS, _HEADS = (
    FloorTable.metadata.tables[each.__tablename__] for each in (Sent, Roll, GuardedMark, Link, Head)
)
_SET_TENANT = sa.text("SELECT set_config('floor.tenant', :tenant, true)")
_SENT = sa.select(_SENTS.c.status).where(
    _SENTS.c.tenant == sa.bindparam("t"), _SENTS.c.key == sa.bindparam("k")
)
_ROLL = sa.select(_ROLLS.c.version).where(
    _ROLLS.c.tenant == sa.bindparam("t"),
    _ROLLS.c.class_id == sa.bindparam("c"),
    _ROLLS.c.day == sa.bindparam("d"),
)
_HEAD = (
    sa.select(_HEADS.c.number, _HEADS.c.hash)
    .where(_HEADS.c.tenant == sa.bindparam("t"))
    .with_for_update()
)
_MOVE_HEAD = (
    sa.update(_HEADS)
    .where(_HEADS.c.tenant == sa.bindparam("t"))
    .values(number=sa.bindparam("n"), hash=sa.bindparam("h"))
)
_ADD_ROLL, _ADD_MARKS, _ADD_SENT, _ADD_LINK = (
    sa.insert(each) for each in (_ROLLS, _MARKS, _SENTS, _LINKS)
)


def _save_fast(session: Session, tenant: str, what: tuple[UUID, date, int], grid: Grid) -> None:
    class_id, day, version = what
    key = request.form["idempotency_key"]
    run = session.connection().execute
    if run(_SENT, {"t": tenant, "k": key}).first():
        return
    if (run(_ROLL, {"t": tenant, "c": class_id, "d": day}).scalar() or 0) != version or version:
        abort(409)  # the floor only ever makes the first save of a day
    run(_ADD_ROLL, {"tenant": tenant, "class_id": class_id, "day": day, "version": 1})
    run(_ADD_MARKS, list(_rows(tenant, class_id, day, grid)))
    run(_ADD_SENT, {"tenant": tenant, "key": key, "status": 303})
    number, last = run(_HEAD, {"t": tenant}).one()
    values = _link(tenant, number, last, what)
    run(_ADD_LINK, values)
    run(_MOVE_HEAD, {"t": tenant, "n": values["number"], "h": values["hash"]})


def _rows(tenant: str, class_id: UUID, day: date, grid: Grid) -> Iterable[dict[str, Any]]:
    same = {"tenant": tenant, "class_id": class_id, "day": day}
    return (
        {**same, "pupil_id": key, "mark": mark, "note": note} for key, (mark, note) in grid.items()
    )


def _link(tenant: str, number: int, last: str, what: tuple[UUID, date, int]) -> dict[str, Any]:
    text = json.dumps([uuid4().hex, *map(str, what)])
    return {
        "tenant": tenant,
        "number": number + 1,
        "at": datetime.now(UTC),
        "text": text,
        "hash": _hash(f"{last}{number + 1}{text}"),
    }


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
