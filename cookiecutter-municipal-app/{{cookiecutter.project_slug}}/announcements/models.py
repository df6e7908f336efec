"""Tables of the announcements (お知らせ)."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from govkit.base.columns import AssetClass
from govkit.base.db import Base, TenantTable, tenant_index

__all__ = ["Announcement"]


class Announcement(TenantTable, Base):
    """An announcement of one municipality (お知らせ)."""

    __tablename__ = "announcements_announcement"
    __asset_class__ = AssetClass.IV
    __table_args__ = (
        tenant_index("announcements_announcement", "posted_on"),
        {"comment": "お知らせ"},
    )

    title: Mapped[str] = mapped_column(sa.String(100), comment="件名")
    body: Mapped[str] = mapped_column(sa.String(2000), comment="本文")
    posted_on: Mapped[date] = mapped_column(comment="掲示日")
