"""Remarks, reasons, contacts and the history of an entry are encrypted; contacts are searched for."""

import sqlalchemy as sa
from alembic.operations import Operations

from govkit.base.sealing import seal_column, unseal_column


def upgrade(op: Operations) -> None:
    seal_column(op, "enrolment_register_entry", "note")
    seal_column(op, "enrolment_register_change", "before")
    seal_column(op, "enrolment_register_change", "after")
    seal_column(op, "enrolment_designation", "reason_text")
    op.add_column(
        "enrolment_guardian",
        sa.Column(
            "contact_key",
            sa.String(length=32),
            server_default="",
            nullable=False,
            comment="連絡先の検索キー",
        ),
    )
    seal_column(op, "enrolment_guardian", "contact", index="contact_key")
    op.create_index(
        "ix_enrolment_guardian_contact_key",
        "enrolment_guardian",
        ["municipality_code", "contact_key"],
    )


def downgrade(op: Operations) -> None:
    op.drop_index("ix_enrolment_guardian_contact_key", "enrolment_guardian")
    op.drop_column("enrolment_guardian", "contact_key")
    unseal_column(op, "enrolment_guardian", sa.Column("contact", sa.String(length=200)))
    unseal_column(op, "enrolment_designation", sa.Column("reason_text", sa.String(length=400)))
    unseal_column(op, "enrolment_register_change", sa.Column("after", sa.JSON()))
    unseal_column(op, "enrolment_register_change", sa.Column("before", sa.JSON()))
    unseal_column(op, "enrolment_register_entry", sa.Column("note", sa.Text()))
