"""Tables of schools."""

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    op.create_table(
        "schools_exchange_id",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("kind", sa.String(length=20), nullable=False, comment="種類"),
        sa.Column("key", sa.String(length=160), nullable=False, comment="対象"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_schools_exchange_id_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_schools_exchange_id")),
        sa.UniqueConstraint(
            "municipality_code",
            "kind",
            "key",
            name=op.f("uq_schools_exchange_id_municipality_code_kind_key"),
        ),
        comment="連携用の識別子",
    )
    op.create_table(
        "schools_pupil",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("addressee_number", sa.String(length=15), nullable=False, comment="宛名番号"),
        sa.Column("family_name", sa.String(length=100), nullable=False, comment="氏"),
        sa.Column("given_name", sa.String(length=100), nullable=False, comment="名"),
        sa.Column("kana_family_name", sa.String(length=100), nullable=False, comment="氏フリガナ"),
        sa.Column("kana_given_name", sa.String(length=100), nullable=False, comment="名フリガナ"),
        sa.Column(
            "preferred_family_name", sa.String(length=100), nullable=True, comment="通称の氏"
        ),
        sa.Column("preferred_given_name", sa.String(length=100), nullable=True, comment="通称の名"),
        sa.Column(
            "preferred_kana_family_name",
            sa.String(length=100),
            nullable=True,
            comment="通称の氏フリガナ",
        ),
        sa.Column(
            "preferred_kana_given_name",
            sa.String(length=100),
            nullable=True,
            comment="通称の名フリガナ",
        ),
        sa.Column(
            "exchange_family_name", sa.String(length=100), nullable=True, comment="連携用の氏"
        ),
        sa.Column(
            "exchange_given_name", sa.String(length=100), nullable=True, comment="連携用の名"
        ),
        sa.Column("birth_date", sa.Date(), nullable=False, comment="生年月日"),
        sa.Column("sex", sa.String(length=1), nullable=False, comment="性別"),
        sa.Column("is_protected", sa.Boolean(), nullable=False, comment="支援措置"),
        sa.Column("master_id", sa.Uuid(), nullable=False, comment="利用者の共通ID(転校しても同じ)"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_schools_pupil_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_schools_pupil")),
        sa.UniqueConstraint(
            "municipality_code",
            "addressee_number",
            name=op.f("uq_schools_pupil_municipality_code_addressee_number"),
        ),
        comment="児童生徒",
    )
    op.create_table(
        "schools_school",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("code", sa.String(length=13), nullable=False, comment="学校コード"),
        sa.Column("name", sa.String(length=100), nullable=False, comment="学校名"),
        sa.Column("kind", sa.String(length=2), nullable=False, comment="学校種"),
        sa.Column("opened_on", sa.Date(), nullable=True, comment="設置年月日"),
        sa.Column("closed_on", sa.Date(), nullable=True, comment="廃止年月日"),
        sa.Column(
            "successor_code", sa.String(length=13), nullable=True, comment="移行後の学校コード"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_schools_school_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_schools_school")),
        sa.UniqueConstraint(
            "municipality_code", "code", name=op.f("uq_schools_school_municipality_code_code")
        ),
        comment="学校",
    )
    op.create_table(
        "schools_school_year",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("year", sa.Integer(), nullable=False, comment="年度(西暦)"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_schools_school_year_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_schools_school_year")),
        sa.UniqueConstraint(
            "municipality_code", "year", name=op.f("uq_schools_school_year_municipality_code_year")
        ),
        comment="年度",
    )
    op.create_table(
        "schools_class_group",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("school_id", sa.Uuid(), nullable=False, comment="学校"),
        sa.Column("school_year", sa.Integer(), nullable=False, comment="年度(西暦)"),
        sa.Column("grade", sa.Integer(), nullable=False, comment="学年(1から9)"),
        sa.Column("name", sa.String(length=20), nullable=False, comment="組"),
        sa.Column("is_special_needs", sa.Boolean(), nullable=False, comment="特別支援学級"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "school_id"],
            ["schools_school.municipality_code", "schools_school.id"],
            name=op.f("fk_schools_class_group_municipality_code_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_schools_class_group_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_schools_class_group")),
        sa.UniqueConstraint(
            "municipality_code",
            "school_id",
            "school_year",
            "grade",
            "name",
            name=op.f("uq_schools_class_group_municipality_code_school_id_school_year_grade_name"),
        ),
        comment="学級",
    )
    op.create_table(
        "schools_staff_exchange_name",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("staff_id", sa.Uuid(), nullable=False, comment="職員"),
        sa.Column("family_name", sa.String(length=100), nullable=False, comment="連携用の氏"),
        sa.Column("given_name", sa.String(length=100), nullable=False, comment="連携用の名"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "staff_id"],
            ["govkit_staff.municipality_code", "govkit_staff.id"],
            name=op.f("fk_schools_staff_exchange_name_municipality_code_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_schools_staff_exchange_name_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "id", name=op.f("pk_schools_staff_exchange_name")
        ),
        sa.UniqueConstraint(
            "municipality_code",
            "staff_id",
            name=op.f("uq_schools_staff_exchange_name_municipality_code_staff_id"),
        ),
        comment="職員の連携用の氏名",
    )
    op.create_table(
        "schools_class_membership",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("pupil_id", sa.Uuid(), nullable=False, comment="児童生徒"),
        sa.Column("class_group_id", sa.Uuid(), nullable=False, comment="学級"),
        sa.Column("number", sa.Integer(), nullable=False, comment="出席番号"),
        sa.Column("starts_on", sa.Date(), nullable=False, comment="開始日"),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="終了日(この日まで在籍)"),
        sa.Column("is_retained", sa.Boolean(), nullable=False, comment="原級留置"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "class_group_id"],
            ["schools_class_group.municipality_code", "schools_class_group.id"],
            name=op.f("fk_schools_class_membership_municipality_code_class_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "pupil_id"],
            ["schools_pupil.municipality_code", "schools_pupil.id"],
            name=op.f("fk_schools_class_membership_municipality_code_pupil_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_schools_class_membership_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "id", name=op.f("pk_schools_class_membership")
        ),
        sa.UniqueConstraint(
            "municipality_code",
            "class_group_id",
            "number",
            "starts_on",
            name=op.f(
                "uq_schools_class_membership_municipality_code_class_group_id_number_starts_on"
            ),
        ),
        sa.UniqueConstraint(
            "municipality_code",
            "pupil_id",
            "class_group_id",
            "starts_on",
            name=op.f(
                "uq_schools_class_membership_municipality_code_pupil_id_class_group_id_starts_on"
            ),
        ),
        comment="在籍",
    )
    op.create_index(
        "ix_schools_class_membership_pupil_id",
        "schools_class_membership",
        ["municipality_code", "pupil_id"],
        unique=False,
    )
    op.create_table(
        "schools_staff_posting",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("appointment_id", sa.Uuid(), nullable=False, comment="配属"),
        sa.Column("school_id", sa.Uuid(), nullable=False, comment="学校"),
        sa.Column("class_group_id", sa.Uuid(), nullable=True, comment="学級"),
        sa.Column("duty", sa.String(length=20), nullable=False, comment="職務"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "appointment_id"],
            ["govkit_appointment.municipality_code", "govkit_appointment.id"],
            name=op.f("fk_schools_staff_posting_municipality_code_appointment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "class_group_id"],
            ["schools_class_group.municipality_code", "schools_class_group.id"],
            name=op.f("fk_schools_staff_posting_municipality_code_class_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "school_id"],
            ["schools_school.municipality_code", "schools_school.id"],
            name=op.f("fk_schools_staff_posting_municipality_code_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_schools_staff_posting_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_schools_staff_posting")),
        sa.UniqueConstraint(
            "municipality_code",
            "appointment_id",
            name=op.f("uq_schools_staff_posting_municipality_code_appointment_id"),
        ),
        comment="校務分掌",
    )


def downgrade(op: Operations) -> None:
    op.drop_table("schools_staff_posting")
    op.drop_index("ix_schools_class_membership_pupil_id", table_name="schools_class_membership")
    op.drop_table("schools_class_membership")
    op.drop_table("schools_staff_exchange_name")
    op.drop_table("schools_class_group")
    op.drop_table("schools_school_year")
    op.drop_table("schools_school")
    op.drop_table("schools_pupil")
    op.drop_table("schools_exchange_id")
