"""Answers of requests, so that a form sent twice has one effect."""

import sqlalchemy as sa
from alembic.operations import Operations

from govkit.base import db


def upgrade(op: Operations) -> None:
    op.create_table(
        "govkit_answered_request",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("fingerprint", sa.String(length=64), nullable=False, comment="要求のハッシュ"),
        sa.Column("answered_at", db.UtcDateTime(timezone=True), nullable=False, comment="回答日時"),
        sa.Column("status", sa.Integer(), nullable=False, comment="HTTPの状態コード"),
        sa.Column("headers", sa.JSON(), nullable=False, comment="回答の見出し"),
        sa.Column(
            "body", sa.LargeBinary(), nullable=True, comment="回答の本文(空なら残していない)"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_govkit_answered_request_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_govkit_answered_request")),
        sa.UniqueConstraint(
            "municipality_code",
            "fingerprint",
            name=op.f("uq_govkit_answered_request_municipality_code_fingerprint"),
        ),
        comment="処理済みの要求(二重送信の防止)",
    )
    op.create_index(
        "ix_govkit_answered_request_answered_at",
        "govkit_answered_request",
        ["municipality_code", "answered_at"],
    )


def downgrade(op: Operations) -> None:
    op.drop_index("ix_govkit_answered_request_answered_at", "govkit_answered_request")
    op.drop_table("govkit_answered_request")
