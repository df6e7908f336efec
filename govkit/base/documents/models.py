"""The issue ledger (交付簿): which document was issued to whom, under which number."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from govkit.base.columns import AssetClass
from govkit.base.db import AppendOnly, Base, TenantTable, tenant_index, tenant_key, tenant_unique

__all__ = ["DocumentCounter", "DocumentIssue"]

_ISSUE = "govkit_document_issue"


class DocumentCounter(TenantTable, Base):
    """The last number of a document in a fiscal year (文書番号の採番).

    Numbers have no gaps: the row is locked until the issue is committed, and rolled back with it.
    """

    __tablename__ = "govkit_document_counter"
    __asset_class__ = AssetClass.III
    __table_args__ = (tenant_unique("kind", "year"), {"comment": "文書番号の採番"})

    kind: Mapped[str] = mapped_column(sa.String(80), comment="帳票")
    year: Mapped[int] = mapped_column(comment="年度(西暦)")
    last_number: Mapped[int] = mapped_column(comment="最後の番号")


class DocumentIssue(AppendOnly, TenantTable, Base):
    """One document that was issued (交付した文書), frozen as it was.

    The data is kept, not the PDF: printed again with the same ``edition`` it gives the same bytes.
    A copy that another one ``replaces`` is no longer valid.
    """

    __tablename__ = _ISSUE
    __asset_class__ = AssetClass.II
    staff_columns = frozenset({"issued_by"})
    person_column = "addressee_number"
    __table_args__ = (
        tenant_unique("kind", "year", "number", "nth"),
        tenant_unique("code"),
        tenant_unique("replaces_id"),
        tenant_key("replaces_id", _ISSUE),
        tenant_index(_ISSUE, "kind", "subject_key"),
        tenant_index(_ISSUE, "addressee_number"),
        {"comment": "文書の交付簿"},
    )

    kind: Mapped[str] = mapped_column(sa.String(80), comment="帳票")
    year: Mapped[int] = mapped_column(comment="年度(西暦)")
    number: Mapped[int] = mapped_column(comment="番号")
    nth: Mapped[int] = mapped_column(comment="同じ番号の何通目か")
    number_text: Mapped[str] = mapped_column(sa.String(100), comment="文書番号")
    code: Mapped[str] = mapped_column(sa.String(24), comment="確認番号")
    subject_key: Mapped[str] = mapped_column(sa.String(120), comment="対象")
    addressee_number: Mapped[str] = mapped_column(sa.String(15), comment="宛名番号")
    issued_on: Mapped[date] = mapped_column(comment="交付年月日")
    issued_at: Mapped[datetime] = mapped_column(comment="交付日時")
    issued_by: Mapped[str] = mapped_column(sa.String(120), comment="交付した人")
    reason: Mapped[str] = mapped_column(sa.String(400), comment="再交付の理由")
    replaces_id: Mapped[UUID | None] = mapped_column(sa.Uuid, comment="替えた元の文書")
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON, comment="印字した内容")
    edition: Mapped[str] = mapped_column(sa.String(64), comment="様式・書体・組版の指紋")
    pdf_hash: Mapped[str] = mapped_column(sa.String(64), comment="渡したPDFファイルのハッシュ")
