"""Tables of received extracts: imports, refused rows, residents, protected people (住民票抽出)."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from govkit.base.columns import AssetClass
from govkit.base.db import AppendOnly, Base, TenantTable, tenant_index, tenant_key, tenant_unique

__all__ = ["ProtectedPerson", "RefusedRow", "ResidentExtract", "ResidentRow"]

_ITEMS: Final = {
    "full": "氏名",
    "family": "氏",
    "given": "名",
    "kana_full": "フリガナ",
    "kana_family": "氏フリガナ",
    "kana_given": "名フリガナ",
    "preference": "氏名優先区分",
    "roman": "ローマ字氏名",
    "kanji": "漢字氏名",
    "alias": "通称",
    "alias_kana": "通称フリガナ",
    "former_family": "旧氏",
    "former_kana": "旧氏フリガナ",
    "name": "氏名",
    "birth": "生年月日",
    "address": "住所",
    "kind": "住民種別",
    "status": "住民状態",
    "relationship": "続柄",
    "move_reason": "異動事由",
    "household": "世帯",
    "moved_on": "異動日",
    "business_id": "業務ID",
    "v": "形式の版",
    "history": "前の記録",
    "municipality_code": "団体コード",
}
"""Titles of the items of a resident's record."""


class ResidentExtract(AppendOnly, TenantTable, Base):
    """One accepted import of an extract of the resident register (抽出データの受入).

    ``number`` counts the imports of a municipality from 1, so that two at once cannot both happen.
    """

    __tablename__ = "resident_extracts_extract"
    __asset_class__ = AssetClass.III
    staff_columns = frozenset({"received_by"})
    __table_args__ = (tenant_unique("number"), {"comment": "住民票抽出データの受入"})

    number: Mapped[int] = mapped_column(comment="受入番号")
    file_name: Mapped[str] = mapped_column(sa.String(300), comment="ファイル名")
    sha256: Mapped[str] = mapped_column(sa.String(64), comment="ファイルのSHA-256")
    encoding: Mapped[str] = mapped_column(sa.String(20), comment="文字コード")
    as_of: Mapped[date] = mapped_column(comment="抽出時点")
    profile: Mapped[str] = mapped_column(sa.String(40), comment="項目名の版")
    rows_read: Mapped[int] = mapped_column(comment="読んだ行数")
    people: Mapped[int] = mapped_column(comment="受け入れた人数")
    new_count: Mapped[int] = mapped_column(comment="新規の人数")
    changed_count: Mapped[int] = mapped_column(comment="変更の人数")
    gone_count: Mapped[int] = mapped_column(comment="なくなった人数")
    refused_count: Mapped[int] = mapped_column(comment="受け入れなかった件数")
    closes_gone: Mapped[bool] = mapped_column(comment="なくなった人を閉じた")
    notices: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, comment="注意")
    received_by: Mapped[str] = mapped_column(sa.String(120), comment="受け入れた人")
    received_at: Mapped[datetime] = mapped_column(comment="受入日時")


class RefusedRow(AppendOnly, TenantTable, Base):
    """Why a row of an extract was refused (受け入れなかった行); never holds a 個人番号."""

    __tablename__ = "resident_extracts_refused_row"
    __asset_class__ = AssetClass.II
    __table_args__ = (
        tenant_key("extract_id", "resident_extracts_extract"),
        tenant_index("resident_extracts_refused_row", "extract_id", "row_number"),
        {"comment": "受け入れなかった行"},
    )

    extract_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="受入")
    row_number: Mapped[int] = mapped_column(comment="行")
    column_name: Mapped[str] = mapped_column(sa.String(300), comment="項目名")
    cell: Mapped[str] = mapped_column(sa.String(400), comment="値")
    code: Mapped[str] = mapped_column(sa.String(60), comment="理由コード")
    text: Mapped[str] = mapped_column(sa.String(300), comment="理由の文")
    params: Mapped[dict[str, Any]] = mapped_column(sa.JSON, comment="文に入る値")


class ResidentRow(TenantTable, Base):
    """The current row of one person as the latest extracts give it (住民).

    ``born_first`` and ``born_last`` bound the day of birth where it is unknown in part. People who
    are missing in a newer extract keep their row, with ``gone_on``.
    """

    __tablename__ = "resident_extracts_resident"
    __asset_class__ = AssetClass.II
    person_column = "addressee_number"
    other_people = frozenset({"head_name"})
    item_titles = _ITEMS
    __table_args__ = (
        tenant_unique("addressee_number"),
        tenant_index("resident_extracts_resident", "household_number"),
        tenant_index("resident_extracts_resident", "born_first", "born_last"),
        {"comment": "住民"},
    )

    addressee_number: Mapped[str] = mapped_column(sa.String(15), comment="宛名番号")
    household_number: Mapped[str | None] = mapped_column(sa.String(300), comment="世帯番号")
    born_first: Mapped[date] = mapped_column(comment="生年月日(最も早い日)")
    born_last: Mapped[date] = mapped_column(comment="生年月日(最も遅い日)")
    machiaza_id: Mapped[str] = mapped_column(sa.String(300), comment="町字ID")
    town: Mapped[str] = mapped_column(sa.String(300), comment="町字")
    name_keys: Mapped[str] = mapped_column(sa.Text, comment="氏名の検索キー")
    is_protected: Mapped[bool] = mapped_column(info=AssetClass.I.info, comment="支援措置")
    content_hash: Mapped[str] = mapped_column(sa.String(64), comment="内容のハッシュ")
    content: Mapped[str] = mapped_column(sa.Text, comment="内容(JSON)")
    gone_on: Mapped[date | None] = mapped_column(comment="抽出データからなくなった日")


class ProtectedPerson(TenantTable, Base):
    """Somebody under support measures (支援措置対象者), also where no extract knows the person."""

    __tablename__ = "resident_extracts_protected"
    __asset_class__ = AssetClass.I
    person_column = "addressee_number"
    is_protection_list = True
    __table_args__ = (tenant_unique("addressee_number"), {"comment": "支援措置対象者"})

    addressee_number: Mapped[str] = mapped_column(sa.String(15), comment="宛名番号")
    is_active: Mapped[bool] = mapped_column(comment="支援措置中")
    changed_at: Mapped[datetime] = mapped_column(comment="最後に変わった日時")
