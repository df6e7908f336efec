"""A class's register of a month as a document (出席簿); 学校教育法施行規則25条."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.documents import DocumentsMissing, Draft
from govkit.base.i18n import lazy_gettext as _
from govkit.base.typesetting import DocumentKind
from govkit.base.work import Work
from govkit.errors import NotFound
from govkit.jp.calendar import format_date, school_year_of
from govkit.modules.attendance.days import DayKind, SchoolDay
from govkit.modules.attendance.marks import MARKS, AttendancePolicy, Category, Mark
from govkit.modules.attendance.months import MonthRow, MonthSheet, month
from govkit.modules.schools import (
    ClassGroup,
    Pupil,
    find_class_group,
    formal_school_name,
    homeroom_teachers,
    principal,
)

__all__ = ["MONTH_REGISTER", "prepare_month_registers", "register_key"]

_KEY: Final = re.compile(r"([0-9a-f-]{36})\.([0-9]{4})-(0[1-9]|1[0-2])")
_WEEKDAYS: Final = "月火水木金土日"

MONTH_REGISTER: Final = DocumentKind(
    name="attendance.month_register",
    title=_("出席簿"),
    package="govkit.modules.attendance",
    permission="attendance.print",
    prepare="govkit.modules.attendance.register_sheets:prepare_month_registers",
    is_numbered=False,
)
"""出席簿（月表）, A4 or A3 landscape by the word ``paper``."""


def register_key(class_group_id: UUID, day: date) -> str:
    """Key of the register of a class for the month of a day."""
    return f"{class_group_id}.{day:%Y-%m}"


def prepare_month_registers(work: Work, keys: Sequence[str]) -> list[Draft]:
    """Registers of classes and months.

    :param keys: As :func:`register_key` gives them.
    :raises NotFound: When a class is not the actor's, or the month is not of its school year.
    :raises DocumentsMissing: When nobody belongs to the class in the month.
    """
    return [_draft(work, each) for each in keys]


def _draft(work: Work, key: str) -> Draft:
    match = _KEY.fullmatch(key)
    if match is None:
        raise NotFound("month")
    first = date(int(match[2]), int(match[3]), 1)
    class_group = find_class_group(work, UUID(match[1]), permission="attendance.print")
    if school_year_of(first) != class_group.school_year:
        raise NotFound("month")
    sheet = month(work, class_group, first)
    label = f"{class_group.school.name} {class_group.label} {first.year}-{first.month:02}"
    if not sheet.rows:
        raise DocumentsMissing([label])
    ids = [each.pupil_id for each in sheet.rows]
    pupils = tuple(work.session.scalars(sa.select(Pupil).where(Pupil.id.in_(ids))))
    work.saw(pupils)
    return Draft(
        key=key,
        label=label,
        data=_data(work, class_group, first, sheet),
        people=pupils,
        group=class_group.label,
    )


def _data(work: Work, class_group: ClassGroup, first: date, sheet: MonthSheet) -> Mapping[str, Any]:
    policy = work.policy(AttendancePolicy)
    used = {mark for row in sheet.rows for mark in row.marks if mark is not None}
    rows = [_row(row, policy) for row in sheet.rows]
    figures = [each["sums"] for each in rows]
    return {
        "month": format_date(first).rpartition("月")[0] + "月",
        "school": formal_school_name(work, class_group.school),
        "class": class_group.label,
        "teacher": "・".join(homeroom_teachers(work, class_group)),
        "principal": principal(work, class_group.school),
        "days": [_day(each) for each in sheet.days],
        "rows": rows,
        "absent": [_absent(sheet, index) for index in range(len(sheet.days))],
        "totals": [sum(column) for column in zip(*figures, strict=True)],
        "legend": [
            [policy.symbol(mark), str(MARKS[mark].title)]
            for mark in Mark
            if mark in used and policy.symbol(mark)
        ],
        "is_closed": sheet.state.is_closed,
    }


def _day(day: SchoolDay) -> Mapping[str, Any]:
    kind = "closed" if day.kind is DayKind.CLASS_CLOSED else "lesson"
    return {
        "day": day.day.day,
        "weekday": _WEEKDAYS[day.day.weekday()],
        "kind": kind if day.is_lesson_day else "off",
    }


def _row(row: MonthRow, policy: AttendancePolicy) -> dict[str, Any]:
    numbers = row.attendance.numbers
    return {
        "number": row.number,
        "name": row.name,
        "marks": [policy.symbol(mark) if mark is not None else "" for mark in row.marks],
        "sums": [*numbers.figures, numbers.late, numbers.early],
        "remarks": row.attendance.remarks,
    }


def _absent(sheet: MonthSheet, index: int) -> str:
    if not sheet.days[index].is_lesson_day:
        return ""
    marks = [row.marks[index] for row in sheet.rows]
    count = sum(mark is not None and MARKS[mark].category is Category.ABSENT for mark in marks)
    return str(count) if any(mark is not None for mark in marks) else ""
