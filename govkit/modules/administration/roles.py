"""Roles and their permissions as a table, and the acts that change it (権限の表)."""

import hashlib
import io
import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.fields import FieldRules
from govkit.base.identity import Appointment, Role, Staff
from govkit.base.module import Permission
from govkit.base.work import Work
from govkit.errors import Conflict, Refused
from govkit.formats.tabular import write_table

__all__ = [
    "MANAGE",
    "ROLE_FIELDS",
    "Holder",
    "LastHolder",
    "Matrix",
    "RoleLine",
    "add_role",
    "change_role",
    "find_role",
    "permission_matrix",
    "role_version",
    "write_matrix",
]

MANAGE: Final = "administration.permissions"
"""Right to see and change the table."""
ROLE_FIELDS: Final = FieldRules(Role, writes={MANAGE: ("title", "permissions")})
"""What of a role may be changed; its code stays."""
_KEPT: Final = (MANAGE, "base.manage_staff")
"""Rights without which nobody could give rights any more."""
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")


class LastHolder(Refused):
    """Nobody would be left who may administer the municipality."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a role today.

    :param title: Title of the appointment, which names the school or class.
    :param is_limited: Whether the role is held for one unit (学校・学級) rather than everywhere.
    :param valid_to: Last day, or ``None`` for no end.
    """

    staff_id: UUID
    name: str
    title: str
    is_limited: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role with its permissions and those who hold it today."""

    id: UUID
    name: str
    title: str
    permissions: frozenset[str]
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Roles × permissions of a municipality (権限の表).

    :param permissions: Those that the active modules declare, in the order of the modules.
    """

    permissions: tuple[Permission, ...]
    roles: tuple[RoleLine, ...]


def permission_matrix(work: Work, known: Iterable[Permission]) -> Matrix:
    """The table of the municipality as it is today; who is named in it is recorded as read.

    :param known: Every permission that the deployment knows.
    """
    work.require(MANAGE)
    held: dict[UUID, list[Holder]] = {}
    rows = work.session.execute(
        sa.select(Appointment, Staff)
        .join(Staff, Staff.id == Appointment.staff_id)
        .where(_valid_on(work.today))
        .order_by(Staff.kana_family_name, Staff.kana_given_name, Appointment.title)
    ).all()
    for appointment, staff in rows:
        held.setdefault(appointment.role_id, []).append(_holder(appointment, staff))
    work.saw(staff for _appointment, staff in rows)
    roles = work.session.scalars(sa.select(Role).order_by(Role.name))
    lines = (
        RoleLine(
            id=role.id,
            name=role.name,
            title=role.title,
            permissions=frozenset(role.permissions),
            holders=tuple(held.get(role.id, ())),
        )
        for role in roles
    )
    return Matrix(tuple(known), tuple(lines))


def _valid_on(day: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        Appointment.valid_from <= day,
        sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= day),
    )


def _holder(appointment: Appointment, staff: Staff) -> Holder:
    return Holder(
        staff_id=staff.id,
        name=staff.name,
        title=appointment.title,
        is_limited=appointment.unit_id is not None,
        valid_from=appointment.valid_from,
        valid_to=appointment.valid_to,
    )


def write_matrix(work: Work, headings: Sequence[str], rows: Collection[Sequence[str]]) -> bytes:
    """The table as CSV for people; that it was taken out is recorded."""
    work.require(MANAGE)
    work.record("administration.permissions_exported", "permissions", is_read=True, count=len(rows))
    body = io.BytesIO()
    write_table(body, headings, rows)
    return body.getvalue()


def find_role(work: Work, role_id: UUID) -> Role:
    """A role of the municipality.

    :raises NotFound: When there is none.
    """
    work.require(MANAGE)
    return work.find(Role, role_id)


def role_version(role: Role) -> str:
    """What a role says now, as a short fingerprint: whoever changes it tells which one was seen."""
    content = json.dumps([role.title, sorted(role.permissions)], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def add_role(
    work: Work, name: str, title: str, permissions: Collection[str], known: Iterable[Permission]
) -> Role:
    """Add a role (役割を加える).

    :param name: Short name for commands and files: small letters, digits and ``_``.
    :raises Refused: When the name is taken or unusable, or a permission is not known.
    """
    work.require(MANAGE)
    if not _NAME.fullmatch(name):
        raise Refused("役割コードは、小文字の英字で始まる英数字と「_」で入力してください。")
    if work.session.scalar(sa.select(Role.id).where(Role.name == name)):
        raise Refused("この役割コードはすでにあります。別のコードにしてください。")
    _insist_on_known(permissions, known)
    role = Role(name=name, title=title, permissions=sorted(set(permissions)))
    work.session.add(role)
    work.session.flush()
    work.record("administration.role_added", role, after=_content(role))
    return role


def change_role(
    work: Work,
    role: Role,
    title: str,
    permissions: Collection[str],
    *,
    seen: str,
    known: Iterable[Permission],
) -> None:
    """Change what a role may do; it holds from everybody's next request (役割の権限を変える).

    :param seen: :func:`role_version` of what the one who changes it looked at.
    :raises Conflict: When somebody else has changed it since.
    :raises LastHolder: When nobody would be left who may administer.
    :raises Refused: When a permission is not known.
    """
    work.require(MANAGE)
    work.session.refresh(role, with_for_update=True)
    if role_version(role) != seen:
        raise Conflict(role.name)
    _insist_on_known(set(permissions) - set(role.permissions), known)
    before, held = _content(role), _rights_held(work)
    values = {"title": title, "permissions": sorted(set(permissions))}
    ROLE_FIELDS.write(work, role, values)
    work.session.flush()
    if held - _rights_held(work):
        raise LastHolder(
            "この変更をすると、権限や配属を管理できる人がいなくなります。"
            "先に、ほかの人が管理できるようにしてください。"
        )
    if before != _content(role):
        work.record("administration.role_changed", role, before=before, after=_content(role))


def _insist_on_known(permissions: Iterable[str], known: Iterable[Permission]) -> None:
    if set(permissions) - {each.name for each in known}:
        raise Refused("知らない権限が含まれています。画面を開き直してから、選び直してください。")


def _content(role: Role) -> dict[str, object]:
    return {"title": role.title, "permissions": sorted(role.permissions)}


def _rights_held(work: Work) -> set[str]:
    """Which of the rights to administer somebody holds today for the whole municipality."""
    roles = work.session.scalars(
        sa.select(Role)
        .join(Appointment, Appointment.role_id == Role.id)
        .where(_valid_on(work.today), Appointment.unit_id.is_(None))
    )
    return {permission for role in roles for permission in role.permissions} & set(_KEPT)
