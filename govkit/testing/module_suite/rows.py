"""Rows of any mapped class, made from what the class declares."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from govkit.base.db import Base, TenantTable, UtcDateTime
from govkit.base.encrypted_columns import BlindIndex, Encrypted
from govkit.base.tenancy import ScopedSession

__all__ = ["PLAUSIBLE", "identity", "links", "make", "tenant_classes"]

_numbers = count(1)

PLAUSIBLE: dict[str, Any] = {
    "govkit_job.state": "done",
    "govkit_job.problems": [],
    "govkit_job.result": {},
    "schools_school.kind": "B1",
    "schools_class_group.school_year": 2026,
    "schools_class_group.grade": 1,
    "enrolment_register_entry.entry_school_year": 2027,
    "enrolment_compilation.entry_school_year": 2027,
    "schools_staff_posting.duty": "homeroom",
    "attendance_day_mark.mark": "present",
    "attendance_mark_correction.before": "present",
    "attendance_mark_correction.after": "late",
    "attendance_calendar_entry.kind": "vacation",
    "attendance_closure.cause": "infection",
    "enrolment_register_entry.status": "active",
    "enrolment_register_entry.closed_reason": "",
    "enrolment_register_entry.schooling": "unknown",
    "enrolment_register_entry.sex": "1",
    "enrolment_guardian.source": "resident",
    "enrolment_designation.basis": "zone",
    "enrolment_designation.reason_code": "",
    "enrolment_register_change.source": "resident",
    "enrolment_register_change.before": {},
    "enrolment_register_change.after": {},
    "enrolment_compilation_change.kind": "new",
    "enrolment_exemption.kind": "postponed",
    "attendance_calendar_entry.withdrawn_by": None,
    "attendance_calendar_entry.withdrawn_at": None,
    "attendance_closure.withdrawn_by": None,
    "attendance_closure.withdrawn_at": None,
    "schools_school.closed_on": None,
    "schools_class_membership.starts_on": date(2026, 4, 1),
    "schools_class_membership.ends_on": None,
    "govkit_role.permissions": [],
}
"""Values of columns that hold one of a few codes."""


def tenant_classes() -> list[type[Base]]:
    """Every mapped tenant class of the loaded modules, by table name."""
    mapped: list[Any] = [each.class_ for each in Base.registry.mappers]
    return sorted((c for c in mapped if issubclass(c, TenantTable)), key=lambda c: c.__tablename__)


def _class_of(table: Any) -> Any:
    (found,) = [each.class_ for each in Base.registry.mappers if each.local_table is table]
    return found


def links(model: Any) -> dict[str, Any]:
    """Columns that point at tenant rows, with the class they point at."""
    return {
        element.parent.key: _class_of(element.column.table)
        for constraint in model.__table__.foreign_key_constraints
        for element in constraint.elements
        if element.column.key == "id" and issubclass(_class_of(element.column.table), TenantTable)
    }


def make(
    session: ScopedSession,
    model: Any,
    municipality_code: str,
    mark: str = "",
    known: dict[Any, Any] | None = None,
) -> Any:
    """A row of the class with every column filled, and the rows it points at.

    :param mark: Begins every text that is long enough for it.
    :param known: Rows to point at, by class, to which every new row is added; without it each
        row gets rows of its own to point at.
    """
    if known is not None and model in known:
        return known[model]
    values: dict[str, Any] = {"municipality_code": municipality_code, "id": uuid4()}
    linked = links(model)
    for key in model.__table__.foreign_key_constraints:
        parent = _class_of(key.referred_table)
        if issubclass(parent, TenantTable) and parent is not model:
            row = make(session, parent, municipality_code, mark, known)
            for element in key.elements:
                values[element.parent.key] = getattr(row, element.column.key)
    for column in model.__table__.columns:
        if column.key not in values:
            usual = f"{model.__tablename__}.{column.key}"
            if column.key in linked:
                values[column.key] = None
            else:
                known_value = PLAUSIBLE[usual] if usual in PLAUSIBLE else _value(column, mark)
                values[column.key] = known_value
    try:
        made = _flushed(session, model, values)
    except IntegrityError:
        # A check of the table forbids to fill everything: what may stay blank stays blank.
        for column in model.__table__.columns:
            if column.nullable and column.key not in linked:
                values[column.key] = None
        made = _flushed(session, model, values)
    if known is not None:
        known[model] = made
    return made


def _flushed(session: ScopedSession, model: Any, values: dict[str, Any]) -> Any:
    with session.begin_nested():
        row = model(**values)
        session.add(row)
        session.flush()
    return row


def _value(column: sa.Column[Any], mark: str) -> Any:
    number = next(_numbers)
    kind = column.type
    if isinstance(kind, sa.Enum):
        return kind.enums[0]
    if isinstance(kind, Encrypted):
        return f"{mark}{number:06}"
    if isinstance(kind, BlindIndex):
        return ""  # the session fills it in
    if isinstance(kind, sa.String) and (kind.length or 50) >= 50:
        return f"{mark}{number:06}"
    if isinstance(kind, sa.String):
        return str(number)[-(kind.length or 20) :].zfill(min(kind.length or 6, 6))
    made = {
        sa.Boolean: False,
        UtcDateTime: datetime(2026, 4, 1, tzinfo=UTC),
        sa.Date: date.fromordinal(date(2026, 4, 1).toordinal() + number),
        sa.Integer: number,
        sa.Uuid: uuid4(),
        sa.LargeBinary: mark.encode() + b"%d" % number,
        sa.JSON: {},
    }
    for each, value in made.items():
        if isinstance(kind, each):
            return value
    raise AssertionError(f"no value for {column}")


def identity(row: Any) -> tuple[str, UUID]:
    """Primary key of a row."""
    return row.municipality_code, row.id
