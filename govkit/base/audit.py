"""Audit: who did or read what, when and why, written with the change itself (監査記録).

Rows are append-only for the application: the mapper, the database role (PostgreSQL) and a
trigger (SQLite) all refuse to change or delete them. Rows name people by identifier, never by
name, and never hold what was read. The events of a municipality form a chain, see
:mod:`govkit.base.audit_chain`.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from govkit.base.columns import AssetClass
from govkit.base.db import (
    AppendOnly,
    Base,
    SystemTable,
    TenantTable,
    tenant_index,
    tenant_unique,
)

__all__ = ["AuditCheckpoint", "AuditEvent", "AuditHead", "SystemEvent"]


class AuditEvent(AppendOnly, TenantTable, Base):
    """An act or a read inside a municipality (監査記録).

    Events that were written before there was a chain have no number.
    """

    __tablename__ = "govkit_audit_event"
    __asset_class__ = AssetClass.II
    __table_args__ = (
        tenant_index("govkit_audit_event", "at"),
        tenant_index("govkit_audit_event", "actor", "at"),
        tenant_index("govkit_audit_event", "action", "at"),
        tenant_index("govkit_audit_event", "request_id"),
        sa.Index("ix_govkit_audit_event_number", "municipality_code", "number", unique=True),
        {"comment": "監査記録"},
    )

    at: Mapped[datetime] = mapped_column(comment="日時")
    actor: Mapped[str] = mapped_column(sa.String(120), comment="操作者(アカウントIDなど)")
    action: Mapped[str] = mapped_column(sa.String(80), comment="操作")
    subject_kind: Mapped[str] = mapped_column(sa.String(60), comment="対象の種類")
    subject_ids: Mapped[list[str]] = mapped_column(sa.JSON, comment="対象の識別子")
    reason: Mapped[str] = mapped_column(sa.String(400), comment="理由・目的")
    detail: Mapped[dict[str, Any]] = mapped_column(sa.JSON, comment="補足(件数など)")
    request_id: Mapped[str] = mapped_column(sa.String(40), comment="リクエストID")
    number: Mapped[int | None] = mapped_column(comment="連番(鎖)")
    chain_hash: Mapped[str | None] = mapped_column(sa.String(64), comment="鎖のハッシュ")


class AuditHead(TenantTable, Base):
    """The newest link of a municipality's chain of events (監査記録の鎖の先頭); one row each.

    ``unnumbered`` counts the events from before there was a chain.
    """

    __tablename__ = "govkit_audit_head"
    __asset_class__ = AssetClass.III
    __table_args__ = ({"comment": "監査記録の鎖の先頭"},)

    number: Mapped[int] = mapped_column(comment="最新の連番")
    chain_hash: Mapped[str] = mapped_column(sa.String(64), comment="最新のハッシュ")
    unnumbered: Mapped[int] = mapped_column(comment="鎖より前の記録の件数")


class AuditCheckpoint(AppendOnly, TenantTable, Base):
    """Where a chain begins since its oldest events were retired (鎖の区切り).

    :func:`govkit.base.audit_chain.checkpoint_digest` of each row stands in the anchor file, so that
    nobody who can only write to the database makes one up.
    """

    __tablename__ = "govkit_audit_checkpoint"
    __asset_class__ = AssetClass.III
    staff_columns = frozenset({"ordered_by"})
    __table_args__ = (tenant_unique("last_number"), {"comment": "監査記録の鎖の区切り"})

    first_number: Mapped[int] = mapped_column(comment="削除した最初の連番")
    last_number: Mapped[int] = mapped_column(comment="削除した最後の連番")
    chain_hash: Mapped[str] = mapped_column(sa.String(64), comment="最後に削除した記録のハッシュ")
    first_at: Mapped[datetime] = mapped_column(comment="削除した最初の記録の日時")
    last_at: Mapped[datetime] = mapped_column(comment="削除した最後の記録の日時")
    archive_sha256: Mapped[str] = mapped_column(
        sa.String(64), comment="書き出したファイルのハッシュ"
    )
    ordered_by: Mapped[str] = mapped_column(sa.String(120), comment="指示した人")
    reason: Mapped[str] = mapped_column(sa.String(400), comment="理由")
    retired_at: Mapped[datetime] = mapped_column(comment="削除した日時")


class SystemEvent(AppendOnly, SystemTable, Base):
    """An act on the deployment itself: log-ins, joining, work across municipalities (全体の記録)."""

    __tablename__ = "govkit_system_event"
    __asset_class__ = AssetClass.II
    __table_args__ = ({"comment": "全体の記録"},)

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True, comment="識別子")
    at: Mapped[datetime] = mapped_column(comment="日時")
    actor: Mapped[str] = mapped_column(sa.String(120), comment="操作者")
    action: Mapped[str] = mapped_column(sa.String(80), comment="操作")
    reason: Mapped[str] = mapped_column(sa.String(400), comment="理由")
    detail: Mapped[dict[str, Any]] = mapped_column(sa.JSON, comment="補足")
