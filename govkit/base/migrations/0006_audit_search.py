"""Indexes for searching the audit, and checkpoints of chains whose beginning was retired."""

import sqlalchemy as sa
from alembic.operations import Operations

from govkit.base import db

_INDEXES = (("actor", "at"), ("action", "at"), ("request_id",))


def upgrade(op: Operations) -> None:
    op.create_table(
        "govkit_audit_checkpoint",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("first_number", sa.Integer(), nullable=False, comment="削除した最初の連番"),
        sa.Column("last_number", sa.Integer(), nullable=False, comment="削除した最後の連番"),
        sa.Column(
            "chain_hash",
            sa.String(length=64),
            nullable=False,
            comment="最後に削除した記録のハッシュ",
        ),
        sa.Column("first_at", db.UtcDateTime(), nullable=False, comment="削除した最初の記録の日時"),
        sa.Column("last_at", db.UtcDateTime(), nullable=False, comment="削除した最後の記録の日時"),
        sa.Column(
            "archive_sha256",
            sa.String(length=64),
            nullable=False,
            comment="書き出したファイルのハッシュ",
        ),
        sa.Column("ordered_by", sa.String(length=120), nullable=False, comment="指示した人"),
        sa.Column("reason", sa.String(length=400), nullable=False, comment="理由"),
        sa.Column("retired_at", db.UtcDateTime(), nullable=False, comment="削除した日時"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_govkit_audit_checkpoint_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_govkit_audit_checkpoint")),
        sa.UniqueConstraint(
            "municipality_code",
            "last_number",
            name=op.f("uq_govkit_audit_checkpoint_municipality_code_last_number"),
        ),
        comment="監査記録の鎖の区切り",
    )
    for columns in _INDEXES:
        op.create_index(
            f"ix_govkit_audit_event_{'_'.join(columns)}",
            "govkit_audit_event",
            ["municipality_code", *columns],
        )


def downgrade(op: Operations) -> None:
    for columns in _INDEXES:
        op.drop_index(f"ix_govkit_audit_event_{'_'.join(columns)}", "govkit_audit_event")
    op.drop_table("govkit_audit_checkpoint")
