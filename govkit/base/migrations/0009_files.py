"""Files that leave with a purpose, and those that wait for a second person."""

import sqlalchemy as sa
from alembic.operations import Operations

from govkit.base import db


def upgrade(op: Operations) -> None:
    op.create_table(
        "govkit_export",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("kind", sa.String(length=80), nullable=False, comment="種類"),
        sa.Column("title", sa.String(length=200), nullable=False, comment="題名"),
        sa.Column("permission", sa.String(length=80), nullable=False, comment="必要な権限"),
        sa.Column("units", sa.JSON(), nullable=True, comment="権限の範囲(全体ならnull)"),
        sa.Column("purpose", sa.String(length=60), nullable=False, comment="利用目的"),
        sa.Column("reason", sa.String(length=400), nullable=False, comment="理由"),
        sa.Column("row_count", sa.Integer(), nullable=False, comment="行数"),
        sa.Column("people", sa.Integer(), nullable=False, comment="人数"),
        sa.Column("people_print", sa.String(length=64), nullable=False, comment="対象者の指紋"),
        sa.Column("file_class", sa.String(length=4), nullable=False, comment="資産の分類"),
        sa.Column("file_name", sa.String(length=300), nullable=False, comment="ファイル名"),
        sa.Column("media_type", sa.String(length=100), nullable=False, comment="形式"),
        sa.Column("size", sa.Integer(), nullable=False, comment="大きさ(バイト)"),
        sa.Column("sha256", sa.String(length=64), nullable=False, comment="ファイルのハッシュ"),
        sa.Column("content", sa.LargeBinary(), nullable=True, comment="中身(渡すまで)"),
        sa.Column("state", sa.String(length=12), nullable=False, comment="状態"),
        sa.Column("requested_by", sa.Uuid(), nullable=True, comment="書き出した人(アカウント)"),
        sa.Column("requested_staff", sa.Uuid(), nullable=True, comment="書き出した人(職員)"),
        sa.Column(
            "requested_name", sa.String(length=120), nullable=False, comment="書き出した人の氏名"
        ),
        sa.Column(
            "requested_at", db.UtcDateTime(timezone=True), nullable=False, comment="書き出した日時"
        ),
        sa.Column("expires_at", db.UtcDateTime(timezone=True), nullable=True, comment="期限"),
        sa.Column("decided_by", sa.Uuid(), nullable=True, comment="決めた人(アカウント)"),
        sa.Column("decided_name", sa.String(length=120), nullable=False, comment="決めた人の氏名"),
        sa.Column("decided_at", db.UtcDateTime(timezone=True), nullable=True, comment="決めた日時"),
        sa.Column("decision", sa.String(length=400), nullable=False, comment="決めた理由"),
        sa.Column("version", sa.Integer(), nullable=False, comment="版番号(楽観ロック)"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_govkit_export_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_govkit_export")),
        comment="書き出し",
    )
    op.create_index(
        "ix_govkit_export_requested_by",
        "govkit_export",
        ["municipality_code", "requested_by"],
        unique=False,
    )
    op.create_index(
        "ix_govkit_export_state", "govkit_export", ["municipality_code", "state"], unique=False
    )


def downgrade(op: Operations) -> None:
    op.drop_table("govkit_export")
