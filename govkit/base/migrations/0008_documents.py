"""The issue ledger of documents and its numbers."""

import sqlalchemy as sa
from alembic.operations import Operations

from govkit.base import db


def upgrade(op: Operations) -> None:
    op.create_table(
        "govkit_document_counter",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("kind", sa.String(length=80), nullable=False, comment="帳票"),
        sa.Column("year", sa.Integer(), nullable=False, comment="年度(西暦)"),
        sa.Column("last_number", sa.Integer(), nullable=False, comment="最後の番号"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_govkit_document_counter_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_govkit_document_counter")),
        sa.UniqueConstraint(
            "municipality_code",
            "kind",
            "year",
            name=op.f("uq_govkit_document_counter_municipality_code_kind_year"),
        ),
        comment="文書番号の採番",
    )
    op.create_table(
        "govkit_document_issue",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("kind", sa.String(length=80), nullable=False, comment="帳票"),
        sa.Column("year", sa.Integer(), nullable=False, comment="年度(西暦)"),
        sa.Column("number", sa.Integer(), nullable=False, comment="番号"),
        sa.Column("nth", sa.Integer(), nullable=False, comment="同じ番号の何通目か"),
        sa.Column("number_text", sa.String(length=100), nullable=False, comment="文書番号"),
        sa.Column("code", sa.String(length=24), nullable=False, comment="確認番号"),
        sa.Column("subject_key", sa.String(length=120), nullable=False, comment="対象"),
        sa.Column("addressee_number", sa.String(length=15), nullable=False, comment="宛名番号"),
        sa.Column("issued_on", sa.Date(), nullable=False, comment="交付年月日"),
        sa.Column("issued_at", db.UtcDateTime(timezone=True), nullable=False, comment="交付日時"),
        sa.Column("issued_by", sa.String(length=120), nullable=False, comment="交付した人"),
        sa.Column("reason", sa.String(length=400), nullable=False, comment="再交付の理由"),
        sa.Column("replaces_id", sa.Uuid(), nullable=True, comment="替えた元の文書"),
        sa.Column("data", sa.JSON(), nullable=False, comment="印字した内容"),
        sa.Column(
            "edition", sa.String(length=64), nullable=False, comment="様式・書体・組版の指紋"
        ),
        sa.Column(
            "pdf_hash", sa.String(length=64), nullable=False, comment="渡したPDFファイルのハッシュ"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "replaces_id"],
            ["govkit_document_issue.municipality_code", "govkit_document_issue.id"],
            name=op.f("fk_govkit_document_issue_municipality_code_replaces_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_govkit_document_issue_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_govkit_document_issue")),
        sa.UniqueConstraint(
            "municipality_code",
            "code",
            name=op.f("uq_govkit_document_issue_municipality_code_code"),
        ),
        sa.UniqueConstraint(
            "municipality_code",
            "kind",
            "year",
            "number",
            "nth",
            name=op.f("uq_govkit_document_issue_municipality_code_kind_year_number_nth"),
        ),
        sa.UniqueConstraint(
            "municipality_code",
            "replaces_id",
            name=op.f("uq_govkit_document_issue_municipality_code_replaces_id"),
        ),
        comment="文書の交付簿",
    )
    op.create_index(
        "ix_govkit_document_issue_addressee_number",
        "govkit_document_issue",
        ["municipality_code", "addressee_number"],
        unique=False,
    )
    op.create_index(
        "ix_govkit_document_issue_kind_subject_key",
        "govkit_document_issue",
        ["municipality_code", "kind", "subject_key"],
        unique=False,
    )


def downgrade(op: Operations) -> None:
    op.drop_index("ix_govkit_document_issue_kind_subject_key", table_name="govkit_document_issue")
    op.drop_index("ix_govkit_document_issue_addressee_number", table_name="govkit_document_issue")
    op.drop_table("govkit_document_issue")
    op.drop_table("govkit_document_counter")
