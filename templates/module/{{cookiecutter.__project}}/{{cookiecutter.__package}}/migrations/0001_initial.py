"""Tables of {{ cookiecutter.module_name }}."""

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    op.create_table(
        "{{ cookiecutter.module_name }}_entry",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("title", sa.String(length=100), nullable=False, comment="件名"),
        sa.Column("entered_on", sa.Date(), nullable=False, comment="登録日"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_{{ cookiecutter.module_name }}_entry_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "id", name=op.f("pk_{{ cookiecutter.module_name }}_entry")
        ),
        comment="記事",
    )
    op.create_index(
        "ix_{{ cookiecutter.module_name }}_entry_entered_on",
        "{{ cookiecutter.module_name }}_entry",
        ["municipality_code", "entered_on"],
    )


def downgrade(op: Operations) -> None:
    op.drop_table("{{ cookiecutter.module_name }}_entry")
