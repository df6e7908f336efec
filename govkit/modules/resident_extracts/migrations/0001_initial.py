"""Tables of resident_extracts."""

import sqlalchemy as sa
from alembic.operations import Operations

from govkit.base import db


def upgrade(op: Operations) -> None:
    op.create_table(
        "resident_extracts_extract",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("number", sa.Integer(), nullable=False, comment="受入番号"),
        sa.Column("file_name", sa.String(length=300), nullable=False, comment="ファイル名"),
        sa.Column("sha256", sa.String(length=64), nullable=False, comment="ファイルのSHA-256"),
        sa.Column("encoding", sa.String(length=20), nullable=False, comment="文字コード"),
        sa.Column("as_of", sa.Date(), nullable=False, comment="抽出時点"),
        sa.Column("profile", sa.String(length=40), nullable=False, comment="項目名の版"),
        sa.Column("rows_read", sa.Integer(), nullable=False, comment="読んだ行数"),
        sa.Column("people", sa.Integer(), nullable=False, comment="受け入れた人数"),
        sa.Column("new_count", sa.Integer(), nullable=False, comment="新規の人数"),
        sa.Column("changed_count", sa.Integer(), nullable=False, comment="変更の人数"),
        sa.Column("gone_count", sa.Integer(), nullable=False, comment="なくなった人数"),
        sa.Column("refused_count", sa.Integer(), nullable=False, comment="受け入れなかった件数"),
        sa.Column("closes_gone", sa.Boolean(), nullable=False, comment="なくなった人を閉じた"),
        sa.Column("notices", sa.JSON(), nullable=False, comment="注意"),
        sa.Column("received_by", sa.String(length=120), nullable=False, comment="受け入れた人"),
        sa.Column("received_at", db.UtcDateTime(timezone=True), nullable=False, comment="受入日時"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_resident_extracts_extract_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "id", name=op.f("pk_resident_extracts_extract")
        ),
        sa.UniqueConstraint(
            "municipality_code",
            "number",
            name=op.f("uq_resident_extracts_extract_municipality_code_number"),
        ),
        comment="住民票抽出データの受入",
    )
    op.create_table(
        "resident_extracts_protected",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("addressee_number", sa.String(length=15), nullable=False, comment="宛名番号"),
        sa.Column("is_active", sa.Boolean(), nullable=False, comment="支援措置中"),
        sa.Column(
            "changed_at",
            db.UtcDateTime(timezone=True),
            nullable=False,
            comment="最後に変わった日時",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_resident_extracts_protected_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "id", name=op.f("pk_resident_extracts_protected")
        ),
        sa.UniqueConstraint(
            "municipality_code",
            "addressee_number",
            name=op.f("uq_resident_extracts_protected_municipality_code_addressee_number"),
        ),
        comment="支援措置対象者",
    )
    op.create_table(
        "resident_extracts_resident",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("addressee_number", sa.String(length=15), nullable=False, comment="宛名番号"),
        sa.Column("household_number", sa.String(length=300), nullable=True, comment="世帯番号"),
        sa.Column("born_first", sa.Date(), nullable=False, comment="生年月日(最も早い日)"),
        sa.Column("born_last", sa.Date(), nullable=False, comment="生年月日(最も遅い日)"),
        sa.Column("machiaza_id", sa.String(length=300), nullable=False, comment="町字ID"),
        sa.Column("town", sa.String(length=300), nullable=False, comment="町字"),
        sa.Column("name_keys", sa.Text(), nullable=False, comment="氏名の検索キー"),
        sa.Column("is_protected", sa.Boolean(), nullable=False, comment="支援措置"),
        sa.Column("content_hash", sa.String(length=64), nullable=False, comment="内容のハッシュ"),
        sa.Column("content", sa.Text(), nullable=False, comment="内容(JSON)"),
        sa.Column("gone_on", sa.Date(), nullable=True, comment="抽出データからなくなった日"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_resident_extracts_resident_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "id", name=op.f("pk_resident_extracts_resident")
        ),
        sa.UniqueConstraint(
            "municipality_code",
            "addressee_number",
            name=op.f("uq_resident_extracts_resident_municipality_code_addressee_number"),
        ),
        comment="住民",
    )
    op.create_index(
        "ix_resident_extracts_resident_born_first_born_last",
        "resident_extracts_resident",
        ["municipality_code", "born_first", "born_last"],
        unique=False,
    )
    op.create_index(
        "ix_resident_extracts_resident_household_number",
        "resident_extracts_resident",
        ["municipality_code", "household_number"],
        unique=False,
    )
    op.create_table(
        "resident_extracts_refused_row",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("extract_id", sa.Uuid(), nullable=False, comment="受入"),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="行"),
        sa.Column("column_name", sa.String(length=300), nullable=False, comment="項目名"),
        sa.Column("cell", sa.String(length=400), nullable=False, comment="値"),
        sa.Column("code", sa.String(length=60), nullable=False, comment="理由コード"),
        sa.Column("text", sa.String(length=300), nullable=False, comment="理由の文"),
        sa.Column("params", sa.JSON(), nullable=False, comment="文に入る値"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "extract_id"],
            ["resident_extracts_extract.municipality_code", "resident_extracts_extract.id"],
            name=op.f("fk_resident_extracts_refused_row_municipality_code_extract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_resident_extracts_refused_row_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "id", name=op.f("pk_resident_extracts_refused_row")
        ),
        comment="受け入れなかった行",
    )
    op.create_index(
        "ix_resident_extracts_refused_row_extract_id_row_number",
        "resident_extracts_refused_row",
        ["municipality_code", "extract_id", "row_number"],
        unique=False,
    )


def downgrade(op: Operations) -> None:
    op.drop_index(
        "ix_resident_extracts_refused_row_extract_id_row_number",
        table_name="resident_extracts_refused_row",
    )
    op.drop_table("resident_extracts_refused_row")
    op.drop_index(
        "ix_resident_extracts_resident_household_number", table_name="resident_extracts_resident"
    )
    op.drop_index(
        "ix_resident_extracts_resident_born_first_born_last",
        table_name="resident_extracts_resident",
    )
    op.drop_table("resident_extracts_resident")
    op.drop_table("resident_extracts_protected")
    op.drop_table("resident_extracts_extract")
