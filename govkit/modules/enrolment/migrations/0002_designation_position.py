"""The order in which designations of a child were recorded; rows from before have 0."""

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    op.add_column(
        "enrolment_designation",
        sa.Column(
            "position",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="児童ごとの記録の順番",
        ),
    )


def downgrade(op: Operations) -> None:
    op.drop_column("enrolment_designation", "position")
