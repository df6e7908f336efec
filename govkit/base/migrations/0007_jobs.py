"""Jobs, their files, and notices to users."""

import sqlalchemy as sa
from alembic.operations import Operations

from govkit.base import db


def _tenant(table: str, *columns: sa.schema.SchemaItem) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        *columns,
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=f"fk_{table}_municipality_code",
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=f"pk_{table}"),
    ]


def _moment(name: str, comment: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, db.UtcDateTime(timezone=True), nullable=nullable, comment=comment)


def upgrade(op: Operations) -> None:
    _create_jobs(op)
    op.create_table(
        "govkit_job_file",
        *_tenant(
            "govkit_job_file",
            sa.Column("job_id", sa.Uuid(), nullable=False, comment="ジョブ"),
            sa.Column("name", sa.String(length=200), nullable=False, comment="ファイル名"),
            sa.Column(
                "media_type", sa.String(length=100), nullable=False, comment="メディアタイプ"
            ),
            sa.Column(
                "stored_as", sa.String(length=64), nullable=False, comment="保存した名前(乱数)"
            ),
            sa.Column("size", sa.BigInteger(), nullable=False, comment="バイト数"),
            sa.Column("sha256", sa.String(length=64), nullable=False, comment="内容のSHA-256"),
            _moment("made_at", "作成日時"),
            _moment("expires_at", "この日時を過ぎたら削除する"),
            _moment("removed_at", "削除した日時", nullable=True),
            sa.ForeignKeyConstraint(
                ["municipality_code", "job_id"],
                ["govkit_job.municipality_code", "govkit_job.id"],
                name="fk_govkit_job_file_municipality_code_job_id",
            ),
        ),
        comment="ジョブのファイル",
    )
    op.create_index("ix_govkit_job_file_job_id", "govkit_job_file", ["municipality_code", "job_id"])
    op.create_table(
        "govkit_notice",
        *_tenant(
            "govkit_notice",
            sa.Column("staff_id", sa.Uuid(), nullable=False, comment="宛先の職員"),
            sa.Column(
                "kind",
                sa.String(length=12),
                nullable=False,
                comment="種類(info、success、warning、error)",
            ),
            sa.Column("text", sa.String(length=300), nullable=False, comment="文"),
            sa.Column("params", sa.JSON(), nullable=False, comment="文に入る値"),
            sa.Column("path", sa.String(length=300), nullable=False, comment="開くページ"),
            _moment("at", "日時"),
            _moment("read_at", "読んだ日時", nullable=True),
        ),
        comment="お知らせ",
    )
    op.create_index(
        "ix_govkit_notice_staff_id_read_at",
        "govkit_notice",
        ["municipality_code", "staff_id", "read_at"],
    )


def _create_jobs(op: Operations) -> None:
    op.create_table(
        "govkit_job",
        *_tenant(
            "govkit_job",
            sa.Column("name", sa.String(length=80), nullable=False, comment="ジョブ名"),
            sa.Column("title", sa.String(length=200), nullable=False, comment="画面に出す名前"),
            sa.Column("key", sa.String(length=120), nullable=True, comment="二重登録を防ぐ鍵"),
            sa.Column("arguments", sa.JSON(), nullable=False, comment="引数(識別子だけ)"),
            sa.Column("state", sa.String(length=12), nullable=False, comment="状態"),
            sa.Column(
                "asked_by", sa.String(length=120), nullable=False, comment="頼んだ人(操作者)"
            ),
            sa.Column("account_id", sa.Uuid(), nullable=True, comment="頼んだ人のアカウント"),
            sa.Column("staff_id", sa.Uuid(), nullable=True, comment="頼んだ職員"),
            _moment("enqueued_at", "受け付けた日時"),
            _moment("not_before", "この日時より前には始めない"),
            _moment("started_at", "始めた日時", nullable=True),
            _moment("finished_at", "終えた日時", nullable=True),
            sa.Column("done", sa.Integer(), nullable=False, comment="済んだ数"),
            sa.Column("total", sa.Integer(), nullable=False, comment="全体の数(分からなければ0)"),
            sa.Column("attempts", sa.Integer(), nullable=False, comment="取りかかった回数"),
            sa.Column("result", sa.JSON(), nullable=False, comment="結果"),
            sa.Column("problems", sa.JSON(), nullable=False, comment="できなかった理由"),
            sa.Column(
                "worker", sa.String(length=120), nullable=False, comment="取りかかっているワーカー"
            ),
            sa.Column("lease", sa.Uuid(), nullable=True, comment="取りかかりの印"),
            _moment("heartbeat_at", "最後に生存を確かめた日時", nullable=True),
            sa.Column("cancel_requested", sa.Boolean(), nullable=False, comment="中止を頼まれた"),
            sa.UniqueConstraint(
                "municipality_code",
                "name",
                "key",
                name="uq_govkit_job_municipality_code_name_key",
            ),
        ),
        comment="ジョブ",
    )
    for columns in (("state", "not_before"), ("account_id", "enqueued_at")):
        op.create_index(
            f"ix_govkit_job_{'_'.join(columns)}", "govkit_job", ["municipality_code", *columns]
        )


def downgrade(op: Operations) -> None:
    op.drop_table("govkit_notice")
    op.drop_table("govkit_job_file")
    op.drop_table("govkit_job")
