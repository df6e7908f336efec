"""Asset classes of columns (情報資産の重要性分類): how much harm it does when one is leaked.

::

    class DayMark(TenantTable, Base):
        __asset_class__ = AssetClass.III                       # of every column …
        note: Mapped[str] = mapped_column(info=AssetClass.II.info, comment="備考")    # … but this one

The four classes are those of the 文部科学省 教育情報セキュリティポリシーに関するガイドライン; the wording of
the classes and which asset is an example of which are from memory (unverified). A city may
classify otherwise: its own policy rules. What shows, exports or logs several columns is as
sensitive as the most sensitive of them: :func:`strictest`.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

__all__ = ["AssetClass", "asset_class", "strictest"]

_KEY: Final = "asset_class"


class AssetClass(StrEnum):
    """Class of an information asset (重要性分類), I being the most sensitive; unverified wording."""

    I = "I"  # noqa: E741 - the classes are written in Roman numerals
    """A leak would gravely harm people's life, property or privacy: keys, 指導要録の原本, 支援措置."""
    II = "II"
    """A leak would seriously harm people or the work: register, grades, health, guidance."""
    III = "III"
    """A leak would do some harm: names of classes, attendance, materials."""
    IV = "IV"
    """Hardly any harm: what is public anyway."""

    @property
    def info(self) -> dict[str, "AssetClass"]:
        """For ``mapped_column(info=…)``."""
        return {_KEY: self}

    @property
    def rank(self) -> int:
        """1 for the most sensitive class, 4 for the least."""
        return list(AssetClass).index(self) + 1


def asset_class(column: sa.Column[Any]) -> AssetClass | None:
    """The class of a column: its own, or that of its table; ``None`` where neither says."""
    found: AssetClass | None = column.info.get(_KEY) or column.table.info.get(_KEY)
    return found


def strictest(columns: Iterable[sa.Column[Any]]) -> AssetClass:
    """The class of something that holds all these columns; one without a class counts as I."""
    classes = [asset_class(each) or AssetClass.I for each in columns]
    return min(classes, key=lambda each: each.rank, default=AssetClass.IV)
