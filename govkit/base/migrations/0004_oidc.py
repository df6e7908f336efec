"""Links to people of identity providers; sessions that say at which provider they began."""

import sqlalchemy as sa
from alembic.operations import Operations

from govkit.base import db


def upgrade(op: Operations) -> None:
    op.create_table(
        "govkit_external_identity",
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子"),
        sa.Column("issuer", sa.String(length=255), nullable=False, comment="発行者"),
        sa.Column(
            "subject", sa.String(length=255), nullable=False, comment="発行者での識別子(sub)"
        ),
        sa.Column("account_id", sa.Uuid(), nullable=False, comment="アカウント"),
        sa.Column(
            "linked_at", db.UtcDateTime(timezone=True), nullable=False, comment="結び付けた日時"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["govkit_account.id"],
            name=op.f("fk_govkit_external_identity_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_govkit_external_identity")),
        sa.UniqueConstraint(
            "account_id", "issuer", name=op.f("uq_govkit_external_identity_account_id_issuer")
        ),
        sa.UniqueConstraint(
            "issuer", "subject", name=op.f("uq_govkit_external_identity_issuer_subject")
        ),
        comment="外部IDの結び付け",
    )
    op.add_column(
        "govkit_web_session",
        sa.Column(
            "external_session",
            sa.String(length=64),
            nullable=True,
            comment="認証基盤でのセッション(ハッシュ)",
        ),
    )
    op.create_index(
        op.f("ix_govkit_web_session_external_session"), "govkit_web_session", ["external_session"]
    )


def downgrade(op: Operations) -> None:
    op.drop_index(op.f("ix_govkit_web_session_external_session"), table_name="govkit_web_session")
    op.drop_column("govkit_web_session", "external_session")
    op.drop_table("govkit_external_identity")
