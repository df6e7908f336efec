"""Requests that read, beside floors: the roll call of 40 pupils as a page, and the security layer.

``page``: the floor is a plain Flask view that reads the same pupils and marks with one query and
renders the same buttons, lists and notes with a plain Jinja template: no session, rights, audit,
calendar or menu. ``security``: an empty page behind the session, the rights of the day, the unit of
work and the headers, beside an empty Flask view; what matters is the difference.
"""

import logging
from collections.abc import Callable
from datetime import date
from functools import partial
from statistics import median
from uuid import UUID

import sqlalchemy as sa
from bench_attendance_save import FloorBase, FloorMark, School, lesson_days, serve
from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from jinja2 import DictLoader
from measure import databases, options, print_table, round_times
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.test import EnvironBuilder, run_wsgi_app

from govkit.base import web
from govkit.base.work import Work

MARKS = {"present": "出席", "absent_illness": "欠席", "late": "遅刻", "early_leave": "早退"}
BUTTONS = MARKS | {"other": "その他"}
OTHERS = {f"other_{number}": f"その他の理由{number}" for number in range(8)}
PAGE = """<!doctype html>
<html lang="ja">
<head><meta charset="utf-8"><title>{{ day }}</title><link rel="stylesheet" href="/a.css"></head>
<body><main><h1>{{ day }}</h1>
<form method="post">
<ol class="gk-roll">
{% for pupil_id, number, name, kana, mark, note in lines %}
  <li class="gk-roll__pupil">
    <div class="gk-roll__name" id="mark-{{ pupil_id }}-name">
      <span class="gk-roll__number"><span class="gk-visually-hidden">出席番号</span>{{ number }}</span>
      <span class="gk-roll__person">{{ name }} <span class="gk-roll__kana">{{ kana }}</span></span>
    </div>
    <div class="gk-segments" role="radiogroup" aria-labelledby="mark-{{ pupil_id }}-name">
    {% for value, text in buttons %}
      <label class="gk-segments__choice"{% if value != "present" %} data-marked{% endif %}>
        <input type="radio" name="mark-{{ pupil_id }}" value="{{ value }}"
         {%- if value == mark %} checked{% endif %}>
        <span class="gk-segments__text">{{ text }}</span>
      </label>
    {% endfor %}
    </div>
    <div class="gk-roll__details">
      <label class="gk-roll__other">
        <span class="gk-visually-hidden">{{ name }}</span>その他の内容
        <span class="gk-select"><select class="gk-input" name="other-{{ pupil_id }}">
          <option value="">選んでください</option>
          {% for value, text in others %}
          <option value="{{ value }}"{% if value == mark %} selected{% endif %}>{{ text }}</option>
          {% endfor %}
        </select></span>
      </label>
      <label class="gk-roll__remark">
        <span class="gk-visually-hidden">{{ name }}</span>備考
        <input class="gk-input" type="text" name="note-{{ pupil_id }}" value="{{ note }}"
         maxlength="100" autocomplete="off">
      </label>
    </div>
  </li>
{% endfor %}
</ol>
<button>保存する</button>
</form></main></body></html>
"""
empty_pages = web.Pages("empty", __name__)


@empty_pages.get("/", permission=web.SIGNED_IN)
def empty(work: Work) -> ResponseReturnValue:
    """Nothing."""
    return ""


class FloorPupil(FloorBase):
    """A pupil as a quick application would keep it."""

    __tablename__ = "floor_pupil"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    class_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(100))
    kana: Mapped[str] = mapped_column(sa.String(100))


LINES = (
    sa.select(
        FloorPupil.id,
        FloorPupil.number,
        FloorPupil.name,
        FloorPupil.kana,
        FloorMark.mark,
        FloorMark.note,
    )
    .join(FloorMark, FloorMark.pupil_id == FloorPupil.id)
    .where(FloorPupil.class_id == sa.bindparam("class_id"), FloorMark.day == sa.bindparam("day"))
    .order_by(FloorPupil.number)
)


def floor_app(engine: sa.Engine) -> Flask:
    """The plain page and the empty view."""
    app = Flask("floor")
    app.jinja_options = {"loader": DictLoader({"page.html": PAGE})}

    @app.get("/attendance/<uuid:class_id>/<day>")
    def page(class_id: UUID, day: str) -> ResponseReturnValue:
        with Session(engine) as session:
            asked = {"class_id": class_id, "day": date.fromisoformat(day)}
            lines = session.execute(LINES, asked).all()
        choices = {"buttons": list(BUTTONS.items()), "others": list(OTHERS.items())}
        return render_template("page.html", day=day, lines=lines, **choices)

    @app.get("/empty/")
    def nothing() -> ResponseReturnValue:
        return ""

    return app


def fill_floor(school: School) -> None:
    """The first class with the marks of the first day."""
    class_id, pupils, _day = _first_day(school)
    with Session(school.engine) as session:
        for number, key in enumerate(pupils, 1):
            name, kana = f"試験 児童{number - 1}", "シケン ジドウ"
            session.add(FloorPupil(id=key, class_id=class_id, number=number, name=name, kana=kana))
        session.commit()


def ask(app: Flask, path: str, cookie: str, times: int) -> str:
    """The last of many answers."""
    for _ in range(times):
        environ = EnvironBuilder(path=path, headers=[("Cookie", cookie)]).get_environ()
        body, status, _headers = run_wsgi_app(app, environ, buffered=True)
        assert status.startswith("200"), status
    return b"".join(body).decode()


def main() -> None:
    chosen = options(__doc__, pupils=40, requests=60, rounds=5)
    logging.disable(logging.INFO)
    table = []
    with databases(chosen.database) as found:
        for database in found:
            school = School(database, chosen.pupils, 2, empty_pages)
            floor = floor_app(school.engine)
            fill_floor(school)
            for app in (school.floors["bare"], school.app):
                school.saves = iter([_first_day(school)])
                serve(app, school.requests(1))
            acts = _acts(school, floor, chosen.requests)
            round_times(1, database.cpu_seconds, lambda: None, acts)  # warms all
            times = round_times(chosen.rounds, database.cpu_seconds, lambda: None, acts)
            table += _rows(database.title, times, chosen.requests)
            school.close()
    print(f"median of {chosen.rounds} rounds of {chosen.requests} requests")
    headings = ("database", "request", "floor ms", "ours ms", "difference ms", "ratio")
    print_table(headings, table)


def _first_day(school: School) -> tuple[UUID, list[UUID], date]:
    class_id, pupils = next(iter(school.classes.items()))
    return class_id, pupils, next(lesson_days(school.deployment.clock().date()))


def _acts(school: School, floor: Flask, times: int) -> dict[str, Callable[[None], object]]:
    class_id, pupils, day = _first_day(school)
    paths = {"page": f"/attendance/{class_id}/{day}", "security": "/empty/"}
    apps = {"floor": floor, "ours": school.app}
    for app in apps.values():
        page = ask(app, paths["page"], school.cookie, 1)
        assert page.count('type="radio"') == len(BUTTONS) * len(pupils)
        assert page.count("<option") == (1 + len(OTHERS)) * len(pupils)
    return {
        f"{kind} {side}": partial(_ask, apps[side], path, school.cookie, times)
        for kind, path in paths.items()
        for side in apps
    }


def _ask(app: Flask, path: str, cookie: str, times: int, _prepared: None) -> None:
    ask(app, path, cookie, times)


def _rows(title: str, times: dict[str, list[float]], requests: int) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for kind in ("page", "security"):
        floor, ours = (times[f"{kind} {side}"] for side in ("floor", "ours"))
        least, own = (median(each) * 1000 / requests for each in (floor, ours))
        ratio = median(b / a for a, b in zip(floor, ours, strict=True))
        rows.append(
            (title, kind, f"{least:.2f}", f"{own:.2f}", f"{own - least:.2f}", f"{ratio:.2f}")
        )
    return rows


if __name__ == "__main__":
    main()
