"""Passwords that somebody else chose have an end; when an account was last logged in to.

The passwords of accounts that exist already count as chosen by their owners: nobody knows better.
"""

import sqlalchemy as sa
from alembic.operations import Operations

from govkit.base import db


def upgrade(op: Operations) -> None:
    for name, comment in (
        ("initial_until", "初期パスワードの期限(空なら本人が決めたパスワード)"),
        ("logged_in_at", "最後にログインした日時"),
    ):
        column = sa.Column(name, db.UtcDateTime(timezone=True), nullable=True, comment=comment)
        op.add_column("govkit_account", column)


def downgrade(op: Operations) -> None:
    for name in ("logged_in_at", "initial_until"):
        op.drop_column("govkit_account", name)
