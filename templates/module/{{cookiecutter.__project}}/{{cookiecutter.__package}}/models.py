"""Tables."""

from datetime import date

import sqlalchemy as sa
from govkit.base.columns import AssetClass
from govkit.base.db import Base, TenantTable, tenant_index
from sqlalchemy.orm import Mapped, mapped_column

__all__ = ["Entry"]


class Entry(TenantTable, Base):
    """An entry of one municipality (記事)."""

    __tablename__ = "{{ cookiecutter.module_name }}_entry"
    __asset_class__ = AssetClass.III
    __table_args__ = (
        tenant_index("{{ cookiecutter.module_name }}_entry", "entered_on"),
        {"comment": "記事"},
    )

    title: Mapped[str] = mapped_column(sa.String(100), comment="件名")
    entered_on: Mapped[date] = mapped_column(comment="登録日")
