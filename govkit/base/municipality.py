"""Municipalities (地方公共団体) that share a deployment, and what each decides for itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from govkit.base.columns import AssetClass
from govkit.base.db import Base, SharedTable, TenantTable, tenant_unique

__all__ = ["Municipality", "MunicipalityPolicy", "MunicipalityRow"]


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality as services and templates see it.

    :param code: Six digits with check digit (全国地方公共団体コード).
    :param board_code: Six digits of its board of education (教育委員会コード), or blank.
    """

    code: str
    name: str
    board_code: str = ""


class MunicipalityRow(SharedTable, Base):
    """A municipality that has joined the deployment (参加団体)."""

    __tablename__ = "govkit_municipality"
    __asset_class__ = AssetClass.IV
    __table_args__ = ({"comment": "参加団体"},)

    code: Mapped[str] = mapped_column(sa.String(6), primary_key=True, comment="団体コード")
    name: Mapped[str] = mapped_column(sa.String(60), comment="団体名")
    board_code: Mapped[str] = mapped_column(sa.String(6), comment="教育委員会コード")
    joined_at: Mapped[datetime] = mapped_column(comment="参加日時")

    def value(self) -> Municipality:
        """The plain value that leaves the session."""
        return Municipality(self.code, self.name, self.board_code)


class MunicipalityPolicy(TenantTable, Base):
    """What a municipality decides for itself about one module (団体ごとの方針)."""

    __tablename__ = "govkit_policy"
    __asset_class__ = AssetClass.III
    __table_args__ = (tenant_unique("module"), {"comment": "団体ごとの方針"})

    module: Mapped[str] = mapped_column(sa.String(60), comment="モジュール")
    values: Mapped[dict[str, Any]] = mapped_column(sa.JSON, comment="値")
