"""How many people the file of a job tells of, so that it leaves as all files do.

A file that exists already counts as the whole of its job.
"""

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    column = sa.Column(
        "people", sa.Integer(), server_default="0", nullable=False, comment="載っている人の数"
    )
    op.add_column("govkit_job_file", column)
    if (
        op.get_bind().dialect.name == "postgresql"
    ):  # whose owner would see no row; put up again afterwards
        for table in ("govkit_job", "govkit_job_file"):
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE govkit_job_file SET people = (SELECT total FROM govkit_job WHERE "
        "govkit_job.municipality_code = govkit_job_file.municipality_code "
        "AND govkit_job.id = govkit_job_file.job_id)"
    )


def downgrade(op: Operations) -> None:
    op.drop_column("govkit_job_file", "people")
