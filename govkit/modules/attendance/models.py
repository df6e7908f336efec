"""Tables of the attendance register (出席簿, 学校教育法施行規則第25条).

Rows name who acted as the paper register does, by name; the audit row written with them names
the account.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from govkit.base.columns import AssetClass
from govkit.base.db import (
    AppendOnly,
    Base,
    TenantTable,
    Versioned,
    tenant_index,
    tenant_key,
    tenant_unique,
)

__all__ = [
    "CalendarEntry",
    "Closure",
    "ClosureCause",
    "DayMark",
    "EntryKind",
    "MarkCorrection",
    "MonthClose",
    "RollCall",
]


class EntryKind(StrEnum):
    """What a school's calendar says about some days."""

    VACATION = "vacation"
    """休業日 of a season (学校教育法施行令第29条)."""
    LESSON_DAY = "lesson_day"
    """Lessons on a day that would be free, such as a sports day on a Saturday; wins over the rest."""
    NO_CLASS = "no_class"
    """A free weekday, such as 開校記念日 or 振替休業日."""


class ClosureCause(StrEnum):
    """Why lessons are cancelled (臨時休業の事由)."""

    INFECTION = "infection"
    """学校保健安全法第20条."""
    DISASTER = "disaster"
    """学校教育法施行規則第63条."""
    OTHER = "other"


class RollCall(Versioned, TenantTable, Base):
    """One class's attendance of one day, as saved last (出席簿の1日分)."""

    __tablename__ = "attendance_roll_call"
    __asset_class__ = AssetClass.III
    staff_columns = frozenset({"recorded_by"})
    __table_args__ = (
        tenant_key("class_group_id", "schools_class_group"),
        tenant_unique("class_group_id", "day"),
        {"comment": "出席簿の1日分"},
    )

    class_group_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学級")
    day: Mapped[date] = mapped_column(comment="日")
    recorded_by: Mapped[str] = mapped_column(sa.String(101), comment="最後に記録した人")
    recorded_at: Mapped[datetime] = mapped_column(comment="最後に記録した日時")


class DayMark(TenantTable, Base):
    """How one pupil spent one day (出欠); one row for everybody, present or not."""

    __tablename__ = "attendance_day_mark"
    __asset_class__ = AssetClass.III
    person_column = "pupil_id"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["municipality_code", "class_group_id", "day"],
            [
                "attendance_roll_call.municipality_code",
                "attendance_roll_call.class_group_id",
                "attendance_roll_call.day",
            ],
        ),
        tenant_key("pupil_id", "schools_pupil"),
        tenant_unique("pupil_id", "day"),
        tenant_index("attendance_day_mark", "class_group_id", "day"),
        {"comment": "出欠"},
    )

    class_group_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学級")
    pupil_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="児童生徒")
    day: Mapped[date] = mapped_column(comment="日")
    mark: Mapped[str] = mapped_column(sa.String(30), comment="出欠の種別")
    note: Mapped[str] = mapped_column(sa.String(100), info=AssetClass.II.info, comment="備考")


class MarkCorrection(AppendOnly, TenantTable, Base):
    """A mark that was changed after it was recorded, old value kept (出欠の訂正)."""

    __tablename__ = "attendance_mark_correction"
    __asset_class__ = AssetClass.III
    person_column = "pupil_id"
    staff_columns = frozenset({"corrected_by"})
    __table_args__ = (
        tenant_key("pupil_id", "schools_pupil"),
        tenant_key("class_group_id", "schools_class_group"),
        tenant_index("attendance_mark_correction", "class_group_id", "day"),
        tenant_index("attendance_mark_correction", "pupil_id"),
        {"comment": "出欠の訂正"},
    )

    pupil_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="児童生徒")
    class_group_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学級")
    day: Mapped[date] = mapped_column(comment="日")
    before: Mapped[str | None] = mapped_column(
        sa.String(30), comment="訂正前の種別(空なら記録なし)"
    )
    before_note: Mapped[str] = mapped_column(
        sa.String(100), info=AssetClass.II.info, comment="訂正前の備考"
    )
    after: Mapped[str] = mapped_column(sa.String(30), comment="訂正後の種別")
    after_note: Mapped[str] = mapped_column(
        sa.String(100), info=AssetClass.II.info, comment="訂正後の備考"
    )
    corrected_by: Mapped[str] = mapped_column(sa.String(101), comment="訂正した人")
    corrected_at: Mapped[datetime] = mapped_column(comment="訂正した日時")
    reason: Mapped[str] = mapped_column(
        sa.String(200), info=AssetClass.II.info, comment="訂正の理由"
    )


class CalendarEntry(TenantTable, Base):
    """Days of a school that differ from the ordinary week (授業日・休業日の定め)."""

    __tablename__ = "attendance_calendar_entry"
    __asset_class__ = AssetClass.IV
    staff_columns = frozenset({"withdrawn_by"})
    __table_args__ = (
        tenant_key("school_id", "schools_school"),
        tenant_index("attendance_calendar_entry", "school_id", "first_day"),
        {"comment": "授業日・休業日の定め"},
    )

    school_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学校")
    first_day: Mapped[date] = mapped_column(comment="最初の日")
    last_day: Mapped[date] = mapped_column(comment="最後の日")
    kind: Mapped[str] = mapped_column(sa.String(20), comment="種別")
    name: Mapped[str] = mapped_column(sa.String(60), comment="名称")
    withdrawn_by: Mapped[str | None] = mapped_column(
        sa.String(101), info=AssetClass.III.info, comment="取り消した人"
    )
    withdrawn_at: Mapped[datetime | None] = mapped_column(comment="取り消した日時")


class Closure(TenantTable, Base):
    """Cancelled lessons of a school, of one grade or of one class (臨時休業)."""

    __tablename__ = "attendance_closure"
    __asset_class__ = AssetClass.III
    staff_columns = frozenset({"withdrawn_by"})
    __table_args__ = (
        tenant_key("school_id", "schools_school"),
        tenant_key("class_group_id", "schools_class_group"),
        tenant_index("attendance_closure", "school_id", "first_day"),
        sa.CheckConstraint("grade IS NULL OR class_group_id IS NULL", name="one_scope"),
        {"comment": "臨時休業"},
    )

    school_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学校")
    grade: Mapped[int | None] = mapped_column(comment="学年(学年閉鎖のとき)")
    class_group_id: Mapped[UUID | None] = mapped_column(sa.Uuid, comment="学級(学級閉鎖のとき)")
    first_day: Mapped[date] = mapped_column(comment="最初の日")
    last_day: Mapped[date] = mapped_column(comment="最後の日")
    cause: Mapped[str] = mapped_column(sa.String(20), comment="事由")
    reason: Mapped[str] = mapped_column(sa.String(100), comment="理由")
    withdrawn_by: Mapped[str | None] = mapped_column(sa.String(101), comment="取り消した人")
    withdrawn_at: Mapped[datetime | None] = mapped_column(comment="取り消した日時")


class MonthClose(TenantTable, Base):
    """A month of a class's register that was closed, and perhaps reopened (月締め).

    Closing again is a new row, so that every closing and reopening stays readable.
    """

    __tablename__ = "attendance_month_close"
    __asset_class__ = AssetClass.III
    staff_columns = frozenset({"closed_by", "reopened_by"})
    __table_args__ = (
        tenant_key("class_group_id", "schools_class_group"),
        tenant_unique("class_group_id", "month", "times"),
        {"comment": "月締め"},
    )

    class_group_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学級")
    month: Mapped[date] = mapped_column(comment="月(初日)")
    times: Mapped[int] = mapped_column(comment="何回目の締めか")
    closed_by: Mapped[str | None] = mapped_column(
        sa.String(101), comment="締めた人(空なら年度替わりによる)"
    )
    closed_at: Mapped[datetime] = mapped_column(comment="締めた日時")
    reopened_by: Mapped[str | None] = mapped_column(sa.String(101), comment="解除した人")
    reopened_at: Mapped[datetime | None] = mapped_column(comment="解除した日時")
    reason: Mapped[str] = mapped_column(sa.String(200), comment="解除の理由")
