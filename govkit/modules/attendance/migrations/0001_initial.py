"""Tables of attendance."""

import sqlalchemy as sa
from alembic.operations import Operations

from govkit.base import db


def upgrade(op: Operations) -> None:
    op.create_table(
        "attendance_calendar_entry",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("school_id", sa.Uuid(), nullable=False, comment="学校"),
        sa.Column("first_day", sa.Date(), nullable=False, comment="最初の日"),
        sa.Column("last_day", sa.Date(), nullable=False, comment="最後の日"),
        sa.Column("kind", sa.String(length=20), nullable=False, comment="種別"),
        sa.Column("name", sa.String(length=60), nullable=False, comment="名称"),
        sa.Column("withdrawn_by", sa.String(length=101), nullable=True, comment="取り消した人"),
        sa.Column(
            "withdrawn_at", db.UtcDateTime(timezone=True), nullable=True, comment="取り消した日時"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "school_id"],
            ["schools_school.municipality_code", "schools_school.id"],
            name=op.f("fk_attendance_calendar_entry_municipality_code_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_attendance_calendar_entry_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "id", name=op.f("pk_attendance_calendar_entry")
        ),
        comment="授業日・休業日の定め",
    )
    op.create_index(
        "ix_attendance_calendar_entry_school_id_first_day",
        "attendance_calendar_entry",
        ["municipality_code", "school_id", "first_day"],
        unique=False,
    )
    op.create_table(
        "attendance_closure",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("school_id", sa.Uuid(), nullable=False, comment="学校"),
        sa.Column("grade", sa.Integer(), nullable=True, comment="学年(学年閉鎖のとき)"),
        sa.Column("class_group_id", sa.Uuid(), nullable=True, comment="学級(学級閉鎖のとき)"),
        sa.Column("first_day", sa.Date(), nullable=False, comment="最初の日"),
        sa.Column("last_day", sa.Date(), nullable=False, comment="最後の日"),
        sa.Column("cause", sa.String(length=20), nullable=False, comment="事由"),
        sa.Column("reason", sa.String(length=100), nullable=False, comment="理由"),
        sa.Column("withdrawn_by", sa.String(length=101), nullable=True, comment="取り消した人"),
        sa.Column(
            "withdrawn_at", db.UtcDateTime(timezone=True), nullable=True, comment="取り消した日時"
        ),
        sa.CheckConstraint(
            "grade IS NULL OR class_group_id IS NULL", name=op.f("ck_attendance_closure_one_scope")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "class_group_id"],
            ["schools_class_group.municipality_code", "schools_class_group.id"],
            name=op.f("fk_attendance_closure_municipality_code_class_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "school_id"],
            ["schools_school.municipality_code", "schools_school.id"],
            name=op.f("fk_attendance_closure_municipality_code_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_attendance_closure_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_attendance_closure")),
        comment="臨時休業",
    )
    op.create_index(
        "ix_attendance_closure_school_id_first_day",
        "attendance_closure",
        ["municipality_code", "school_id", "first_day"],
        unique=False,
    )
    op.create_table(
        "attendance_mark_correction",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("pupil_id", sa.Uuid(), nullable=False, comment="児童生徒"),
        sa.Column("class_group_id", sa.Uuid(), nullable=False, comment="学級"),
        sa.Column("day", sa.Date(), nullable=False, comment="日"),
        sa.Column(
            "before", sa.String(length=30), nullable=True, comment="訂正前の種別(空なら記録なし)"
        ),
        sa.Column("before_note", sa.String(length=100), nullable=False, comment="訂正前の備考"),
        sa.Column("after", sa.String(length=30), nullable=False, comment="訂正後の種別"),
        sa.Column("after_note", sa.String(length=100), nullable=False, comment="訂正後の備考"),
        sa.Column("corrected_by", sa.String(length=101), nullable=False, comment="訂正した人"),
        sa.Column(
            "corrected_at", db.UtcDateTime(timezone=True), nullable=False, comment="訂正した日時"
        ),
        sa.Column("reason", sa.String(length=200), nullable=False, comment="訂正の理由"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "class_group_id"],
            ["schools_class_group.municipality_code", "schools_class_group.id"],
            name=op.f("fk_attendance_mark_correction_municipality_code_class_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "pupil_id"],
            ["schools_pupil.municipality_code", "schools_pupil.id"],
            name=op.f("fk_attendance_mark_correction_municipality_code_pupil_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_attendance_mark_correction_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "id", name=op.f("pk_attendance_mark_correction")
        ),
        comment="出欠の訂正",
    )
    op.create_index(
        "ix_attendance_mark_correction_class_group_id_day",
        "attendance_mark_correction",
        ["municipality_code", "class_group_id", "day"],
        unique=False,
    )
    op.create_index(
        "ix_attendance_mark_correction_pupil_id",
        "attendance_mark_correction",
        ["municipality_code", "pupil_id"],
        unique=False,
    )
    op.create_table(
        "attendance_month_close",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("class_group_id", sa.Uuid(), nullable=False, comment="学級"),
        sa.Column("month", sa.Date(), nullable=False, comment="月(初日)"),
        sa.Column("times", sa.Integer(), nullable=False, comment="何回目の締めか"),
        sa.Column(
            "closed_by",
            sa.String(length=101),
            nullable=True,
            comment="締めた人(空なら年度替わりによる)",
        ),
        sa.Column("closed_at", db.UtcDateTime(timezone=True), nullable=False, comment="締めた日時"),
        sa.Column("reopened_by", sa.String(length=101), nullable=True, comment="解除した人"),
        sa.Column(
            "reopened_at", db.UtcDateTime(timezone=True), nullable=True, comment="解除した日時"
        ),
        sa.Column("reason", sa.String(length=200), nullable=False, comment="解除の理由"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "class_group_id"],
            ["schools_class_group.municipality_code", "schools_class_group.id"],
            name=op.f("fk_attendance_month_close_municipality_code_class_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_attendance_month_close_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_attendance_month_close")),
        sa.UniqueConstraint(
            "municipality_code",
            "class_group_id",
            "month",
            "times",
            name=op.f("uq_attendance_month_close_municipality_code_class_group_id_month_times"),
        ),
        comment="月締め",
    )
    op.create_table(
        "attendance_roll_call",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("class_group_id", sa.Uuid(), nullable=False, comment="学級"),
        sa.Column("day", sa.Date(), nullable=False, comment="日"),
        sa.Column("recorded_by", sa.String(length=101), nullable=False, comment="最後に記録した人"),
        sa.Column(
            "recorded_at",
            db.UtcDateTime(timezone=True),
            nullable=False,
            comment="最後に記録した日時",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="版番号(楽観ロック)"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "class_group_id"],
            ["schools_class_group.municipality_code", "schools_class_group.id"],
            name=op.f("fk_attendance_roll_call_municipality_code_class_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_attendance_roll_call_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_attendance_roll_call")),
        sa.UniqueConstraint(
            "municipality_code",
            "class_group_id",
            "day",
            name=op.f("uq_attendance_roll_call_municipality_code_class_group_id_day"),
        ),
        comment="出席簿の1日分",
    )
    op.create_table(
        "attendance_day_mark",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("class_group_id", sa.Uuid(), nullable=False, comment="学級"),
        sa.Column("pupil_id", sa.Uuid(), nullable=False, comment="児童生徒"),
        sa.Column("day", sa.Date(), nullable=False, comment="日"),
        sa.Column("mark", sa.String(length=30), nullable=False, comment="出欠の種別"),
        sa.Column("note", sa.String(length=100), nullable=False, comment="備考"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "class_group_id", "day"],
            [
                "attendance_roll_call.municipality_code",
                "attendance_roll_call.class_group_id",
                "attendance_roll_call.day",
            ],
            name=op.f("fk_attendance_day_mark_municipality_code_class_group_id_day"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "pupil_id"],
            ["schools_pupil.municipality_code", "schools_pupil.id"],
            name=op.f("fk_attendance_day_mark_municipality_code_pupil_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_attendance_day_mark_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_attendance_day_mark")),
        sa.UniqueConstraint(
            "municipality_code",
            "pupil_id",
            "day",
            name=op.f("uq_attendance_day_mark_municipality_code_pupil_id_day"),
        ),
        comment="出欠",
    )
    op.create_index(
        "ix_attendance_day_mark_class_group_id_day",
        "attendance_day_mark",
        ["municipality_code", "class_group_id", "day"],
        unique=False,
    )


def downgrade(op: Operations) -> None:
    op.drop_index("ix_attendance_day_mark_class_group_id_day", table_name="attendance_day_mark")
    op.drop_table("attendance_day_mark")
    op.drop_table("attendance_roll_call")
    op.drop_table("attendance_month_close")
    op.drop_index("ix_attendance_mark_correction_pupil_id", table_name="attendance_mark_correction")
    op.drop_index(
        "ix_attendance_mark_correction_class_group_id_day", table_name="attendance_mark_correction"
    )
    op.drop_table("attendance_mark_correction")
    op.drop_index("ix_attendance_closure_school_id_first_day", table_name="attendance_closure")
    op.drop_table("attendance_closure")
    op.drop_index(
        "ix_attendance_calendar_entry_school_id_first_day", table_name="attendance_calendar_entry"
    )
    op.drop_table("attendance_calendar_entry")
