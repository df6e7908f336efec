"""Tables of govkit."""

import sqlalchemy as sa
from alembic.operations import Operations

from govkit.base import db


def upgrade(op: Operations) -> None:
    op.create_table(
        "govkit_account",
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子"),
        sa.Column("login", sa.String(length=120), nullable=False, comment="ログイン名"),
        sa.Column(
            "password_hash",
            sa.String(length=200),
            nullable=False,
            comment="パスワードのハッシュ(argon2id)",
        ),
        sa.Column("is_enabled", sa.Boolean(), nullable=False, comment="有効"),
        sa.Column("failures", sa.Integer(), nullable=False, comment="続けて失敗した回数"),
        sa.Column(
            "locked_until",
            db.UtcDateTime(timezone=True),
            nullable=True,
            comment="この時刻まで受け付けない",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_govkit_account")),
        sa.UniqueConstraint("login", name=op.f("uq_govkit_account_login")),
        comment="アカウント",
    )
    op.create_table(
        "govkit_municipality",
        sa.Column("code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("name", sa.String(length=60), nullable=False, comment="団体名"),
        sa.Column("board_code", sa.String(length=6), nullable=False, comment="教育委員会コード"),
        sa.Column("joined_at", db.UtcDateTime(timezone=True), nullable=False, comment="参加日時"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_govkit_municipality")),
        comment="参加団体",
    )
    op.create_table(
        "govkit_system_event",
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子"),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False, comment="日時"),
        sa.Column("actor", sa.String(length=120), nullable=False, comment="操作者"),
        sa.Column("action", sa.String(length=80), nullable=False, comment="操作"),
        sa.Column("reason", sa.String(length=400), nullable=False, comment="理由"),
        sa.Column("detail", sa.JSON(), nullable=False, comment="補足"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_govkit_system_event")),
        comment="全体の記録",
    )
    op.create_table(
        "govkit_audit_event",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("at", db.UtcDateTime(timezone=True), nullable=False, comment="日時"),
        sa.Column(
            "actor", sa.String(length=120), nullable=False, comment="操作者(アカウントIDなど)"
        ),
        sa.Column("action", sa.String(length=80), nullable=False, comment="操作"),
        sa.Column("subject_kind", sa.String(length=60), nullable=False, comment="対象の種類"),
        sa.Column("subject_ids", sa.JSON(), nullable=False, comment="対象の識別子"),
        sa.Column("reason", sa.String(length=400), nullable=False, comment="理由・目的"),
        sa.Column("detail", sa.JSON(), nullable=False, comment="補足(件数など)"),
        sa.Column("request_id", sa.String(length=40), nullable=False, comment="リクエストID"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_govkit_audit_event_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_govkit_audit_event")),
        comment="監査記録",
    )
    op.create_index(
        "ix_govkit_audit_event_at", "govkit_audit_event", ["municipality_code", "at"], unique=False
    )
    op.create_table(
        "govkit_policy",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("module", sa.String(length=60), nullable=False, comment="モジュール"),
        sa.Column("values", sa.JSON(), nullable=False, comment="値"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_govkit_policy_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_govkit_policy")),
        sa.UniqueConstraint(
            "municipality_code", "module", name=op.f("uq_govkit_policy_municipality_code_module")
        ),
        comment="団体ごとの方針",
    )
    op.create_table(
        "govkit_role",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("name", sa.String(length=60), nullable=False, comment="役割コード"),
        sa.Column("title", sa.String(length=60), nullable=False, comment="役割名"),
        sa.Column("permissions", sa.JSON(), nullable=False, comment="権限"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_govkit_role_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_govkit_role")),
        sa.UniqueConstraint(
            "municipality_code", "name", name=op.f("uq_govkit_role_municipality_code_name")
        ),
        comment="役割",
    )
    op.create_table(
        "govkit_staff",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("account_id", sa.Uuid(), nullable=False, comment="アカウント"),
        sa.Column("family_name", sa.String(length=50), nullable=False, comment="氏"),
        sa.Column("given_name", sa.String(length=50), nullable=False, comment="名"),
        sa.Column("kana_family_name", sa.String(length=100), nullable=False, comment="氏フリガナ"),
        sa.Column("kana_given_name", sa.String(length=100), nullable=False, comment="名フリガナ"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_govkit_staff_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_govkit_staff")),
        sa.UniqueConstraint(
            "municipality_code",
            "account_id",
            name=op.f("uq_govkit_staff_municipality_code_account_id"),
        ),
        comment="職員",
    )
    op.create_table(
        "govkit_web_session",
        sa.Column("key_hash", sa.String(length=64), nullable=False, comment="鍵のハッシュ"),
        sa.Column("account_id", sa.Uuid(), nullable=True, comment="アカウント"),
        sa.Column(
            "municipality_code", sa.String(length=6), nullable=True, comment="ログイン先の団体"
        ),
        sa.Column("data", sa.JSON(), nullable=False, comment="内容"),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False, comment="開始日時"),
        sa.Column(
            "seen_at", db.UtcDateTime(timezone=True), nullable=False, comment="最後に使った日時"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["govkit_account.id"], name=op.f("fk_govkit_web_session_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_govkit_web_session_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_govkit_web_session")),
        comment="ログインセッション",
    )
    op.create_index(
        op.f("ix_govkit_web_session_account_id"), "govkit_web_session", ["account_id"], unique=False
    )
    op.create_index(
        op.f("ix_govkit_web_session_seen_at"), "govkit_web_session", ["seen_at"], unique=False
    )
    op.create_table(
        "govkit_appointment",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("staff_id", sa.Uuid(), nullable=False, comment="職員"),
        sa.Column("role_id", sa.Uuid(), nullable=False, comment="役割"),
        sa.Column("unit_id", sa.Uuid(), nullable=True, comment="学校または学級(空なら団体全体)"),
        sa.Column("title", sa.String(length=100), nullable=False, comment="表示名"),
        sa.Column("valid_from", sa.Date(), nullable=False, comment="開始日"),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="終了日(この日まで有効)"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "role_id"],
            ["govkit_role.municipality_code", "govkit_role.id"],
            name=op.f("fk_govkit_appointment_municipality_code_role_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "staff_id"],
            ["govkit_staff.municipality_code", "govkit_staff.id"],
            name=op.f("fk_govkit_appointment_municipality_code_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_govkit_appointment_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_govkit_appointment")),
        comment="配属",
    )
    op.create_index(
        "ix_govkit_appointment_staff_id",
        "govkit_appointment",
        ["municipality_code", "staff_id"],
        unique=False,
    )


def downgrade(op: Operations) -> None:
    op.drop_index("ix_govkit_appointment_staff_id", table_name="govkit_appointment")
    op.drop_table("govkit_appointment")
    op.drop_index(op.f("ix_govkit_web_session_seen_at"), table_name="govkit_web_session")
    op.drop_index(op.f("ix_govkit_web_session_account_id"), table_name="govkit_web_session")
    op.drop_table("govkit_web_session")
    op.drop_table("govkit_staff")
    op.drop_table("govkit_role")
    op.drop_table("govkit_policy")
    op.drop_index("ix_govkit_audit_event_at", table_name="govkit_audit_event")
    op.drop_table("govkit_audit_event")
    op.drop_table("govkit_system_event")
    op.drop_table("govkit_municipality")
    op.drop_table("govkit_account")
