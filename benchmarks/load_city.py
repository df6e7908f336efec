"""Rows of many cities for the benchmark of load: schools, classes, pupils, teachers who are logged in.

All that a request needs is known without asking: identifiers, keys and pupils are made from the
city's code and the number of the class. Nobody in the rows exists.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

import sqlalchemy as sa
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.engine import Connection

from govkit.base.deployment import Deployment
from govkit.base.identity import Account, Appointment, Role, Staff, WebSession
from govkit.errors import InvalidValue
from govkit.jp.calendar import school_year_of
from govkit.jp.numbers import MunicipalityCode
from govkit.modules.schools import ClassGroup, ClassMembership, Pupil, School

__all__ = ["PUPILS_OF_A_CLASS", "Classroom", "city_codes", "fill", "form_token"]

PUPILS_OF_A_CLASS: Final = 40
_CLASSES_OF_A_SCHOOL: Final = 18
_CSRF: Final = "0" * 40
_BATCH: Final = 5_000


def _uuid(*parts: object) -> UUID:
    return UUID(hashlib.md5("/".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest())


def form_token(secret: str) -> str:
    """What every form of the made sessions sends against forgery (CSRF)."""
    return URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(_CSRF)


@dataclass(frozen=True, slots=True)
class Classroom:
    """A class of a city and its teacher, known by number alone."""

    code: str
    number: int

    @property
    def id(self) -> UUID:
        """Identifier of the class."""
        return _uuid("class", self.code, self.number)

    @property
    def school_id(self) -> UUID:
        """Identifier of its school."""
        return _uuid("school", self.code, self.number // _CLASSES_OF_A_SCHOOL)

    @property
    def cookie(self) -> str:
        """What the browser of its teacher sends."""
        return f"govkit=load-{self.code}-{self.number}"

    def pupil_ids(self) -> list[UUID]:
        """Identifiers of its pupils, by number."""
        first = self.number * PUPILS_OF_A_CLASS
        return [_uuid("pupil", self.code, first + each) for each in range(PUPILS_OF_A_CLASS)]

    def form(self, token: str, marks: dict[int, str], seen: dict[int, str]) -> bytes:
        """A roll call as the page sends it: who is not present, and who was not when it was shown."""
        pupils = self.pupil_ids()
        shown = {str(pupils[number]): [mark, ""] for number, mark in seen.items()}
        form = {"csrf_token": token, "idempotency_key": uuid4().hex, "lines": str(len(pupils))}
        form["seen"] = json.dumps(shown, separators=(",", ":"))
        for number, pupil in enumerate(pupils):
            form |= {f"mark-{pupil}": marks.get(number, "present")}
            form |= {f"other-{pupil}": "", f"note-{pupil}": ""}
        return urlencode(form).encode()


def city_codes(count: int) -> list[str]:
    """Codes with their right check digits."""
    found: list[str] = []
    for number in range(135_000, 140_000):
        try:
            found.append(str(MunicipalityCode.parse(str(number))))
        except InvalidValue:
            continue
    return found[:count]


def fill(connection: Connection, deployment: Deployment, code: str, classes: int, day: date) -> int:
    """Put a city's rows in; how many pupils it has.

    :param connection: Of somebody whom no wall stops.
    """
    if all(each.code != code for each in deployment.municipalities()):
        deployment.add_municipality(code, f"試験市{code}")
    role = sa.select(Role.id).where(Role.municipality_code == code, Role.name == "homeroom_teacher")
    role_id = connection.execute(role).scalar_one()
    connection.commit()
    rooms = [Classroom(code, number) for number in range(classes)]
    for model, rows in (
        (School, _schools(rooms)),
        (ClassGroup, _classes(rooms, day)),
        (Account, _accounts(rooms)),
        (Staff, _staff(rooms)),
        (Appointment, _appointments(rooms, role_id, day)),
        (WebSession, _sessions(rooms)),
        (Pupil, _pupils(rooms)),
        (ClassMembership, _memberships(rooms, day)),
    ):
        _insert(connection, model, rows)
    return classes * PUPILS_OF_A_CLASS


def _insert(connection: Connection, model: Any, rows: Iterator[dict[str, Any]]) -> None:
    table, batch = model.__table__, []
    empty = dict.fromkeys(each.name for each in table.columns if each.nullable)
    for row in rows:
        batch.append(empty | row)
        if len(batch) == _BATCH:
            connection.execute(sa.insert(table), batch)
            batch = []
    if batch:
        connection.execute(sa.insert(table), batch)
    connection.commit()


def _schools(rooms: list[Classroom]) -> Iterator[dict[str, Any]]:
    for number, key in enumerate(dict.fromkeys(each.school_id for each in rooms)):
        code = rooms[0].code
        named = {"code": f"B1{number:011}", "name": f"試験第{number + 1}小学校", "kind": "B1"}
        yield {"municipality_code": code, "id": key, **named}


def _classes(rooms: list[Classroom], day: date) -> Iterator[dict[str, Any]]:
    for room in rooms:
        place = room.number % _CLASSES_OF_A_SCHOOL
        yield {
            "municipality_code": room.code,
            "id": room.id,
            "school_id": room.school_id,
            "school_year": school_year_of(day),
            "grade": 1 + place // 3,
            "name": f"{place % 3 + 1}組",
            "is_special_needs": False,
        }


def _accounts(rooms: list[Classroom]) -> Iterator[dict[str, Any]]:
    for room in rooms:
        yield {
            "id": _uuid("account", room.code, room.number),
            "login": f"load-{room.code}-{room.number}",
            "password_hash": "",
            "is_enabled": True,
            "failures": 0,
        }


def _staff(rooms: list[Classroom]) -> Iterator[dict[str, Any]]:
    for room in rooms:
        yield {
            "municipality_code": room.code,
            "id": _uuid("staff", room.code, room.number),
            "account_id": _uuid("account", room.code, room.number),
            "family_name": "試験",
            "given_name": f"担任{room.number}",
            "kana_family_name": "シケン",
            "kana_given_name": "タンニン",
        }


def _appointments(rooms: list[Classroom], role_id: UUID, day: date) -> Iterator[dict[str, Any]]:
    for room in rooms:
        yield {
            "municipality_code": room.code,
            "id": _uuid("appointment", room.code, room.number),
            "staff_id": _uuid("staff", room.code, room.number),
            "role_id": role_id,
            "unit_id": room.id,
            "title": "学級担任",
            "valid_from": date(day.year - 1, 4, 1),
        }


def _sessions(rooms: list[Classroom]) -> Iterator[dict[str, Any]]:
    now = datetime.now(UTC)
    for room in rooms:
        key = room.cookie.partition("=")[2]
        yield {
            "key_hash": hashlib.sha256(key.encode()).hexdigest(),
            "account_id": _uuid("account", room.code, room.number),
            "municipality_code": room.code,
            "data": {"csrf_token": _CSRF},
            "created_at": now,
            "seen_at": now,
            "amr": ["pwd", "otp"],
            "auth_time": now,
            "is_pending": False,
            "device": "",
        }


def _pupils(rooms: list[Classroom]) -> Iterator[dict[str, Any]]:
    for room in rooms:
        for number, key in enumerate(room.pupil_ids()):
            place = room.number * PUPILS_OF_A_CLASS + number
            yield {
                "municipality_code": room.code,
                "id": key,
                "addressee_number": f"{place:015}",
                "family_name": "試験",
                "given_name": f"児童{place}",
                "kana_family_name": "シケン",
                "kana_given_name": "ジドウ",
                "birth_date": date(2017, 6, 1),
                "sex": "1",
                "is_protected": False,
                "master_id": key,
            }


def _memberships(rooms: list[Classroom], day: date) -> Iterator[dict[str, Any]]:
    for room in rooms:
        for number, key in enumerate(room.pupil_ids(), 1):
            yield {
                "municipality_code": room.code,
                "id": _uuid("membership", key),
                "pupil_id": key,
                "class_group_id": room.id,
                "number": number,
                "starts_on": date(school_year_of(day), 4, 1),
                "is_retained": False,
            }
