"""Second factors, kept forms, counted tries; sessions that say how somebody proved who they are.

Sessions are made anew: what was proved when the old ones began is not known, so they end.
"""

import sqlalchemy as sa
from alembic.operations import Operations

from govkit.base import db


def upgrade(op: Operations) -> None:
    op.drop_table("govkit_web_session")
    _make_sessions(
        op,
        sa.Column("amr", sa.JSON(), nullable=False, comment="証明した要素(RFC 8176)"),
        sa.Column(
            "auth_time", db.UtcDateTime(timezone=True), nullable=True, comment="最後に証明した日時"
        ),
        sa.Column("is_pending", sa.Boolean(), nullable=False, comment="2つ目の要素を待っている"),
        sa.Column("device", sa.String(length=60), nullable=False, comment="端末"),
    )
    op.create_table(
        "govkit_second_factor",
        sa.Column("account_id", sa.Uuid(), nullable=False, comment="アカウント"),
        sa.Column("totp_secret", sa.Text(), nullable=True, comment="認証アプリの鍵(暗号化)"),
        sa.Column(
            "new_totp_secret",
            sa.Text(),
            nullable=True,
            comment="確かめる前の認証アプリの鍵(暗号化)",
        ),
        sa.Column(
            "totp_step", sa.Integer(), nullable=False, comment="最後に使ったコードの時刻番号"
        ),
        sa.Column("failures", sa.Integer(), nullable=False, comment="続けて失敗した回数"),
        _account_key(op, "govkit_second_factor"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_govkit_second_factor")),
        comment="2つ目の要素",
    )
    op.create_table(
        "govkit_recovery_code",
        sa.Column("account_id", sa.Uuid(), nullable=False, comment="アカウント"),
        sa.Column("number", sa.Integer(), nullable=False, comment="番号"),
        sa.Column(
            "code_hash", sa.String(length=200), nullable=False, comment="コードのハッシュ(argon2id)"
        ),
        sa.Column("used_at", db.UtcDateTime(timezone=True), nullable=True, comment="使った日時"),
        _account_key(op, "govkit_recovery_code"),
        sa.PrimaryKeyConstraint("account_id", "number", name=op.f("pk_govkit_recovery_code")),
        comment="回復コード",
    )
    op.create_table(
        "govkit_passkey",
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子"),
        sa.Column("account_id", sa.Uuid(), nullable=False, comment="アカウント"),
        sa.Column(
            "credential_id", sa.String(length=1400), nullable=False, comment="資格情報ID(base64url)"
        ),
        sa.Column(
            "public_key", sa.String(length=4000), nullable=False, comment="公開鍵(base64url)"
        ),
        sa.Column("sign_count", sa.BigInteger(), nullable=False, comment="署名回数"),
        sa.Column("title", sa.String(length=60), nullable=False, comment="名前"),
        sa.Column("added_at", db.UtcDateTime(timezone=True), nullable=False, comment="登録日時"),
        sa.Column(
            "used_at", db.UtcDateTime(timezone=True), nullable=True, comment="最後に使った日時"
        ),
        _account_key(op, "govkit_passkey"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_govkit_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_govkit_passkey_credential_id")),
        comment="パスキー",
    )
    op.create_index(op.f("ix_govkit_passkey_account_id"), "govkit_passkey", ["account_id"])
    op.create_table(
        "govkit_kept_form",
        sa.Column("account_id", sa.Uuid(), nullable=False, comment="アカウント"),
        sa.Column(
            "municipality_code", sa.String(length=6), nullable=False, comment="仕事をしていた団体"
        ),
        sa.Column("endpoint", sa.String(length=120), nullable=False, comment="送り先の処理"),
        sa.Column("page", sa.String(length=2000), nullable=False, comment="入力した画面"),
        sa.Column("action", sa.String(length=2000), nullable=False, comment="送り先"),
        sa.Column("fields", sa.Text(), nullable=False, comment="入力した内容(暗号化)"),
        sa.Column("kept_at", db.UtcDateTime(timezone=True), nullable=False, comment="預かった日時"),
        _account_key(op, "govkit_kept_form"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_govkit_kept_form")),
        comment="預かった入力",
    )
    op.create_table(
        "govkit_counted_tries",
        sa.Column("key", sa.String(length=64), nullable=False, comment="対象のハッシュ"),
        sa.Column("count", sa.Integer(), nullable=False, comment="回数"),
        sa.Column("until", db.UtcDateTime(timezone=True), nullable=False, comment="数え終わる日時"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_govkit_counted_tries")),
        comment="試した回数",
    )
    op.create_index(op.f("ix_govkit_counted_tries_until"), "govkit_counted_tries", ["until"])


def downgrade(op: Operations) -> None:
    for table in (
        "govkit_counted_tries",
        "govkit_kept_form",
        "govkit_passkey",
        "govkit_recovery_code",
        "govkit_second_factor",
        "govkit_web_session",
    ):
        op.drop_table(table)
    _make_sessions(op)


def _make_sessions(op: Operations, *more: sa.Column) -> None:
    table = "govkit_web_session"
    op.create_table(
        table,
        sa.Column("key_hash", sa.String(length=64), nullable=False, comment="鍵のハッシュ"),
        sa.Column("account_id", sa.Uuid(), nullable=True, comment="アカウント"),
        sa.Column(
            "municipality_code", sa.String(length=6), nullable=True, comment="ログイン先の団体"
        ),
        sa.Column("data", sa.JSON(), nullable=False, comment="内容"),
        sa.Column("created_at", db.UtcDateTime(timezone=True), nullable=False, comment="開始日時"),
        sa.Column(
            "seen_at", db.UtcDateTime(timezone=True), nullable=False, comment="最後に使った日時"
        ),
        *more,
        _account_key(op, table),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f(f"fk_{table}_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("key_hash", name=op.f(f"pk_{table}")),
        comment="ログインセッション",
    )
    for column in ("account_id", "seen_at"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _account_key(op: Operations, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account_id"], ["govkit_account.id"], name=op.f(f"fk_{table}_account_id")
    )
