"""The chain of audit events, and its head."""

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    op.create_table(
        "govkit_audit_head",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("number", sa.Integer(), nullable=False, comment="最新の連番"),
        sa.Column("chain_hash", sa.String(length=64), nullable=False, comment="最新のハッシュ"),
        sa.Column("unnumbered", sa.Integer(), nullable=False, comment="鎖より前の記録の件数"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_govkit_audit_head_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_govkit_audit_head")),
        comment="監査記録の鎖の先頭",
    )
    op.add_column(
        "govkit_audit_event", sa.Column("number", sa.Integer(), nullable=True, comment="連番(鎖)")
    )
    op.add_column(
        "govkit_audit_event",
        sa.Column("chain_hash", sa.String(length=64), nullable=True, comment="鎖のハッシュ"),
    )
    op.create_index(
        "ix_govkit_audit_event_number",
        "govkit_audit_event",
        ["municipality_code", "number"],
        unique=True,
    )


def downgrade(op: Operations) -> None:
    op.drop_index("ix_govkit_audit_event_number", "govkit_audit_event")
    op.drop_column("govkit_audit_event", "chain_hash")
    op.drop_column("govkit_audit_event", "number")
    op.drop_table("govkit_audit_head")
