"""Tables of announcements."""

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    op.create_table(
        "announcements_announcement",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("title", sa.String(length=100), nullable=False, comment="件名"),
        sa.Column("body", sa.String(length=2000), nullable=False, comment="本文"),
        sa.Column("posted_on", sa.Date(), nullable=False, comment="掲示日"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_announcements_announcement_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "id", name=op.f("pk_announcements_announcement")
        ),
        comment="お知らせ",
    )
    op.create_index(
        "ix_announcements_announcement_posted_on",
        "announcements_announcement",
        ["municipality_code", "posted_on"],
        unique=False,
    )


def downgrade(op: Operations) -> None:
    op.drop_index(
        "ix_announcements_announcement_posted_on", table_name="announcements_announcement"
    )
    op.drop_table("announcements_announcement")
