"""Notices to one user: what happened while the user was not looking (お知らせ).

A notice is written in the work of what it tells, and so exists exactly if that happened. It names no
resident or pupil: it is shown on every page as a number, and its text is a sentence with a link.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from govkit.base.columns import AssetClass
from govkit.base.db import Base, TenantTable, tenant_index
from govkit.base.fixed import Fixed
from govkit.base.tenancy import ScopedSession
from govkit.base.work import Work
from govkit.errors import NotFound

__all__ = ["Notice", "mark_all_read", "open_notice", "own_notices", "tell", "unread_count"]

_SHOWN: Final = 200


class Notice(TenantTable, Base):
    """One sentence for one member of the staff (お知らせ)."""

    __tablename__ = "govkit_notice"
    __asset_class__ = AssetClass.III
    __table_args__ = (
        tenant_index("govkit_notice", "staff_id", "read_at"),
        {"comment": "お知らせ"},
    )
    staff_columns = frozenset({"staff_id"})

    staff_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="宛先の職員")
    kind: Mapped[str] = mapped_column(sa.String(12), comment="種類(info、success、warning、error)")
    text: Mapped[str] = mapped_column(sa.String(300), comment="文")
    params: Mapped[dict[str, Any]] = mapped_column(sa.JSON, comment="文に入る値")
    path: Mapped[str] = mapped_column(sa.String(300), comment="開くページ")
    at: Mapped[datetime] = mapped_column(comment="日時")
    read_at: Mapped[datetime | None] = mapped_column(comment="読んだ日時")


def tell(
    work: Work,
    staff_id: UUID | None,
    text: str,
    *,
    kind: str = "info",
    path: str = "",
    **params: str,
) -> None:
    """Leave a notice for somebody, which appears when the work is committed.

    :param staff_id: ``None`` tells nobody: an operator has no pages.
    :param text: A Japanese message id; ``{placeholders}`` are filled from ``params``.
    :param kind: ``info``, ``success``, ``warning`` or ``error``.
    :param path: Address inside this site where more is to be seen, such as ``/jobs/…``.
    """
    if staff_id is None:
        return
    notice = Notice(staff_id=staff_id, kind=kind, text=str.__str__(text), params=params, path=path)
    notice.at, notice.read_at = work.now, None
    work.session.add(notice)


_UNREAD: Final = Fixed(
    sa.select(sa.func.count(Notice.id)).where(
        Notice.staff_id == sa.bindparam("staff_id"), Notice.read_at.is_(None)
    )
)


def unread_count(session: ScopedSession, staff_id: UUID) -> int:
    """How many notices somebody has not read yet."""
    [[count]] = session.read(_UNREAD, staff_id=staff_id)
    return int(count)


def own_notices(work: Work) -> Sequence[Notice]:
    """The actor's notices, the latest first."""
    return work.session.scalars(
        sa.select(Notice)
        .where(Notice.staff_id == work.actor.staff_id)
        .order_by(Notice.at.desc(), Notice.id)
        .limit(_SHOWN)
    ).all()


def open_notice(work: Work, notice_id: UUID) -> Notice:
    """Mark one of the actor's notices as read.

    :raises NotFound: When it is not the actor's.
    """
    notice = work.find(Notice, notice_id)
    if notice.staff_id != work.actor.staff_id:
        raise NotFound("notice")
    notice.read_at = notice.read_at or work.now
    return notice


def mark_all_read(work: Work) -> None:
    """Mark all of the actor's notices as read."""
    work.session.execute(
        sa.update(Notice)
        .where(Notice.staff_id == work.actor.staff_id, Notice.read_at.is_(None))
        .values(read_at=work.now)
    )
