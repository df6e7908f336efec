"""Default permissions that each municipality has been offered."""

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    op.create_table(
        "govkit_offered_default",
        sa.Column("role", sa.String(length=60), nullable=False, comment="役割コード"),
        sa.Column(
            "permission",
            sa.String(length=80),
            nullable=False,
            comment="権限(空なら役割そのもの)",
        ),
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_govkit_offered_default_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_govkit_offered_default")),
        sa.UniqueConstraint(
            "municipality_code",
            "role",
            "permission",
            name=op.f("uq_govkit_offered_default_municipality_code_role_permission"),
        ),
        comment="示した既定の権限",
    )


def downgrade(op: Operations) -> None:
    op.drop_table("govkit_offered_default")
