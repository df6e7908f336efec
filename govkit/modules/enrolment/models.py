"""The enrolment register (学齢簿): its entries with every statutory group, and what happened to them.

Groups after 学校教育法施行規則第30条 and the standard specification (学齢簿編製等 標準仕様書 第4.0版), whose
function ids are named at each class. Rows of record are closed, not deleted.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from govkit.base.columns import AssetClass
from govkit.base.db import (
    AppendOnly,
    Base,
    TenantTable,
    Versioned,
    tenant_index,
    tenant_key,
    tenant_unique,
)
from govkit.base.encrypted_columns import BlindIndex, Encrypted
from govkit.modules.enrolment.codes import EntryStatus

__all__ = [
    "AttendanceDemand",
    "AttendanceZone",
    "CompilationChange",
    "Exemption",
    "Guardian",
    "OutOfDistrictSchooling",
    "RegisterChange",
    "RegisterCompilation",
    "RegisterEntry",
    "SchoolDesignation",
    "SpecialNeedsSchooling",
]

_ENTRY = "enrolment_register_entry"


class RegisterEntry(Versioned, TenantTable, Base):
    """One child in the enrolment register (学齢簿): groups 1.1.1 (0170001) and 1.1.3 (0170013).

    Columns down to ``resident_since`` follow the resident register; those below are kept by hand
    and no compilation touches them. Children of other nationality stand in the list that is kept
    like the register (学齢簿に準じるもの).
    """

    __tablename__ = _ENTRY
    __asset_class__ = AssetClass.II
    person_column = "addressee_number"
    __table_args__ = (
        tenant_unique("addressee_number"),
        tenant_key("school_id", "schools_school"),
        tenant_index(_ENTRY, "entry_school_year", "kana_key"),
        {"comment": "学齢簿"},
    )

    addressee_number: Mapped[str] = mapped_column(sa.String(15), comment="宛名番号")
    official_name: Mapped[str] = mapped_column(sa.String(300), comment="氏名")
    family_name: Mapped[str] = mapped_column(sa.String(300), comment="氏")
    given_name: Mapped[str] = mapped_column(sa.String(300), comment="名")
    kana_name: Mapped[str] = mapped_column(sa.String(300), comment="氏名フリガナ")
    kana_family_name: Mapped[str] = mapped_column(sa.String(300), comment="氏フリガナ")
    kana_given_name: Mapped[str] = mapped_column(sa.String(300), comment="名フリガナ")
    preferred_name: Mapped[str] = mapped_column(sa.String(300), comment="通称名")
    preferred_kana: Mapped[str] = mapped_column(sa.String(300), comment="通称名フリガナ")
    roman_name: Mapped[str] = mapped_column(sa.String(300), comment="外国人氏名(英字)")
    kanji_name: Mapped[str] = mapped_column(sa.String(300), comment="外国人氏名(漢字)")
    name_preference: Mapped[str] = mapped_column(sa.String(10), comment="氏名優先区分")
    birth_date: Mapped[date] = mapped_column(comment="生年月日")
    birth_phrase: Mapped[str] = mapped_column(sa.String(300), comment="生年月日不詳表記")
    birth_is_certain: Mapped[bool] = mapped_column(comment="生年月日が確か")
    sex: Mapped[str] = mapped_column(sa.String(1), comment="性別")
    postcode: Mapped[str] = mapped_column(sa.String(300), comment="郵便番号")
    address_municipality_code: Mapped[str] = mapped_column(
        sa.String(300), comment="住所の市区町村コード"
    )
    machiaza_id: Mapped[str] = mapped_column(sa.String(300), comment="町字ID")
    prefecture: Mapped[str] = mapped_column(sa.String(300), comment="都道府県")
    city: Mapped[str] = mapped_column(sa.String(300), comment="市区町村")
    town: Mapped[str] = mapped_column(sa.String(300), comment="町字")
    lot: Mapped[str] = mapped_column(sa.String(300), comment="番地号")
    building: Mapped[str] = mapped_column(sa.String(300), comment="方書")
    household_number: Mapped[str] = mapped_column(sa.String(300), comment="世帯番号")
    relationship_to_head: Mapped[str] = mapped_column(sa.String(300), comment="続柄")
    nationality: Mapped[str] = mapped_column(sa.String(300), comment="国籍")
    is_foreign: Mapped[bool] = mapped_column(comment="外国籍(学齢簿に準じるもの)")
    is_protected: Mapped[bool] = mapped_column(info=AssetClass.I.info, comment="支援措置")
    resident_since: Mapped[date | None] = mapped_column(comment="住民となった年月日")
    kana_key: Mapped[str] = mapped_column(sa.String(300), comment="フリガナの検索キー")
    name_keys: Mapped[str] = mapped_column(sa.Text, comment="氏名の検索キー")
    entry_school_year: Mapped[int] = mapped_column(comment="小学校に入学する年度(西暦)")
    status: Mapped[str] = mapped_column(sa.String(10), comment="状態")
    closed_on: Mapped[date | None] = mapped_column(comment="除かれた年月日")
    closed_reason: Mapped[str] = mapped_column(sa.String(20), comment="除かれた事由")

    school_id: Mapped[UUID | None] = mapped_column(sa.Uuid, comment="就学校")
    entered_on: Mapped[date | None] = mapped_column(comment="入学年月日")
    joined_on: Mapped[date | None] = mapped_column(comment="編入学年月日")
    transferred_on: Mapped[date | None] = mapped_column(comment="転学年月日")
    graduated_on: Mapped[date | None] = mapped_column(comment="卒業年月日")
    is_special_needs_class: Mapped[bool] = mapped_column(comment="特別支援学級")
    schooling: Mapped[str] = mapped_column(sa.String(20), comment="外国籍の子の就学状況")
    note: Mapped[str] = mapped_column(Encrypted(), comment="備考(施行規則30条6号)")

    @property
    def name(self) -> str:
        """The name to show, by the preference of the family (氏名優先区分)."""
        chosen = {"2": self.preferred_name, "3": self.kanji_name}.get(self.name_preference, "")
        return chosen or self.official_name or self.roman_name or self.preferred_name

    @property
    def kana(self) -> str:
        """The reading of :attr:`name`."""
        if self.name_preference == "2" and self.preferred_name and self.preferred_kana:
            return self.preferred_kana
        return self.kana_name

    @property
    def address(self) -> str:
        """The address in one line; pages go through ``views.shown`` instead, which masks it."""
        place = f"{self.prefecture}{self.city}{self.town}{self.lot}"
        return f"{place}　{self.building}" if self.building else place

    @property
    def is_active(self) -> bool:
        """Whether the child stands in the register now."""
        return self.status == EntryStatus.ACTIVE


class Guardian(TenantTable, Base):
    """A guardian of a child (保護者): group 1.1.2 (0170459, 0170460); there may be several.

    A blank address means the child's own.
    """

    __tablename__ = "enrolment_guardian"
    __asset_class__ = AssetClass.II
    person_column = "entry_id"
    other_people = frozenset({"name", "kana", "address", "nationality", "contact"})
    __table_args__ = (
        tenant_key("entry_id", _ENTRY),
        tenant_unique("entry_id", "position"),
        tenant_index("enrolment_guardian", "contact_key"),
        {"comment": "保護者"},
    )

    entry_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学齢簿")
    position: Mapped[int] = mapped_column(comment="順番")
    name: Mapped[str] = mapped_column(sa.String(300), comment="氏名")
    kana: Mapped[str] = mapped_column(sa.String(300), comment="フリガナ")
    address: Mapped[str] = mapped_column(sa.String(600), comment="住所(空なら児童と同じ)")
    relation: Mapped[str] = mapped_column(sa.String(300), comment="児童から見た関係")
    nationality: Mapped[str] = mapped_column(sa.String(300), comment="国籍")
    contact: Mapped[str] = mapped_column(Encrypted(), comment="連絡先")
    contact_key: Mapped[str] = mapped_column(BlindIndex("contact"), comment="連絡先の検索キー")
    has_custody: Mapped[bool] = mapped_column(comment="監護者")
    has_joint_authority: Mapped[bool] = mapped_column(comment="共同親権者")
    source: Mapped[str] = mapped_column(sa.String(10), comment="出所(住民記録または手入力)")


class OutOfDistrictSchooling(TenantTable, Base):
    """Schooling outside the municipality's own schools (区域外就学): group 1.1.4 (0170019)."""

    __tablename__ = "enrolment_out_of_district"
    __asset_class__ = AssetClass.II
    person_column = "entry_id"
    __table_args__ = (tenant_key("entry_id", _ENTRY), {"comment": "区域外就学"})

    entry_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学齢簿")
    school_name: Mapped[str] = mapped_column(sa.String(200), comment="学校名")
    founder_name: Mapped[str] = mapped_column(sa.String(200), comment="設置者名")
    entered_on: Mapped[date | None] = mapped_column(comment="入学年月日")
    transferred_on: Mapped[date | None] = mapped_column(comment="転学年月日")
    withdrawn_on: Mapped[date | None] = mapped_column(comment="退学年月日")
    graduated_on: Mapped[date | None] = mapped_column(comment="卒業年月日")
    reason: Mapped[str] = mapped_column(sa.String(400), comment="事由")
    applied_on: Mapped[date | None] = mapped_column(comment="申請年月日")
    permitted_on: Mapped[date | None] = mapped_column(comment="許可年月日")
    starts_on: Mapped[date | None] = mapped_column(comment="開始年月日")
    ends_on: Mapped[date | None] = mapped_column(comment="終了年月日")


class SpecialNeedsSchooling(TenantTable, Base):
    """Schooling at a special needs school (特別支援学校): group 1.1.5 (0170021)."""

    __tablename__ = "enrolment_special_needs"
    __asset_class__ = AssetClass.II
    person_column = "entry_id"
    __table_args__ = (tenant_key("entry_id", _ENTRY), {"comment": "特別支援学校への就学"})

    entry_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学齢簿")
    school_name: Mapped[str] = mapped_column(sa.String(200), comment="学校名")
    department: Mapped[str] = mapped_column(sa.String(100), comment="部")
    founder_name: Mapped[str] = mapped_column(sa.String(200), comment="設置者名")
    entered_on: Mapped[date | None] = mapped_column(comment="入学年月日")
    transferred_on: Mapped[date | None] = mapped_column(comment="転学年月日")
    withdrawn_on: Mapped[date | None] = mapped_column(comment="退学年月日")
    graduated_on: Mapped[date | None] = mapped_column(comment="卒業年月日")
    disability: Mapped[str] = mapped_column(sa.String(100), comment="障がい区分")


class AttendanceDemand(TenantTable, Base):
    """A demand that a child be sent to school (督促): group 1.1.6 (0170023); 施行令20・21条."""

    __tablename__ = "enrolment_attendance_demand"
    __asset_class__ = AssetClass.II
    person_column = "entry_id"
    __table_args__ = (tenant_key("entry_id", _ENTRY), {"comment": "出席の督促"})

    entry_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学齢簿")
    notified_on: Mapped[date] = mapped_column(comment="校長からの通知の受理年月日")
    demanded_on: Mapped[date | None] = mapped_column(comment="督促年月日")


class Exemption(TenantTable, Base):
    """Postponement of or exemption from schooling (猶予・免除): group 1.1.7 (0170025); 学校教育法18条."""

    __tablename__ = "enrolment_exemption"
    __asset_class__ = AssetClass.II
    person_column = "entry_id"
    __table_args__ = (tenant_key("entry_id", _ENTRY), {"comment": "就学の猶予・免除"})

    entry_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学齢簿")
    kind: Mapped[str] = mapped_column(sa.String(10), comment="猶予または免除")
    decided_on: Mapped[date] = mapped_column(comment="猶予・免除年月日")
    reason: Mapped[str] = mapped_column(sa.String(400), comment="事由")
    starts_on: Mapped[date] = mapped_column(comment="期間の初日")
    ends_on: Mapped[date | None] = mapped_column(comment="期間の末日")
    returned_on: Mapped[date | None] = mapped_column(comment="復学年月日")


class RegisterChange(AppendOnly, TenantTable, Base):
    """What was changed in an entry, with the values before and after: group 1.1.8 (0170026)."""

    __tablename__ = "enrolment_register_change"
    __asset_class__ = AssetClass.II
    person_column = "entry_id"
    staff_columns = frozenset({"recorded_by"})
    other_people = frozenset({"guardian"})
    __table_args__ = (
        tenant_key("entry_id", _ENTRY),
        tenant_index("enrolment_register_change", "entry_id", "recorded_at"),
        {"comment": "学齢簿の変更"},
    )

    entry_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学齢簿")
    notified_on: Mapped[date | None] = mapped_column(comment="届出年月日")
    changed_on: Mapped[date] = mapped_column(comment="変更年月日")
    reason: Mapped[str] = mapped_column(sa.String(400), comment="事由")
    source: Mapped[str] = mapped_column(sa.String(10), comment="出所(住民記録または手入力)")
    before: Mapped[dict[str, Any]] = mapped_column(Encrypted(), comment="変更前")
    after: Mapped[dict[str, Any]] = mapped_column(Encrypted(), comment="変更後")
    recorded_by: Mapped[str] = mapped_column(sa.String(120), comment="記録した人")
    recorded_at: Mapped[datetime] = mapped_column(comment="記録日時")


class RegisterCompilation(AppendOnly, TenantTable, Base):
    """One compilation of the register of a year's entrants (学齢簿の編製); 施行令2条."""

    __tablename__ = "enrolment_compilation"
    __asset_class__ = AssetClass.III
    person_column = "undecided"
    staff_columns = frozenset({"compiled_by"})
    __table_args__ = (
        tenant_unique("entry_school_year", "number"),
        {"comment": "学齢簿の編製"},
    )

    entry_school_year: Mapped[int] = mapped_column(comment="小学校に入学する年度(西暦)")
    number: Mapped[int] = mapped_column(comment="何回目の編製か")
    reference_date: Mapped[date] = mapped_column(comment="基準日")
    source_as_of: Mapped[date | None] = mapped_column(comment="住民データの時点")
    children: Mapped[int] = mapped_column(comment="人数")
    new_count: Mapped[int] = mapped_column(comment="新規の人数")
    changed_count: Mapped[int] = mapped_column(comment="変更の人数")
    gone_count: Mapped[int] = mapped_column(comment="除かれた人数")
    undecided: Mapped[list[str]] = mapped_column(
        sa.JSON, info=AssetClass.II.info, comment="生年月日から判断できない宛名番号"
    )
    compiled_by: Mapped[str] = mapped_column(sa.String(120), comment="編製した人")
    compiled_at: Mapped[datetime] = mapped_column(comment="編製日時")


class CompilationChange(AppendOnly, TenantTable, Base):
    """What a compilation did to one entry: new, changed or gone (編製の差分)."""

    __tablename__ = "enrolment_compilation_change"
    __asset_class__ = AssetClass.III
    person_column = "entry_id"
    __table_args__ = (
        tenant_key("compilation_id", "enrolment_compilation"),
        tenant_key("entry_id", _ENTRY),
        tenant_unique("compilation_id", "entry_id"),
        {"comment": "編製の差分"},
    )

    compilation_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="編製")
    entry_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学齢簿")
    kind: Mapped[str] = mapped_column(sa.String(10), comment="新規・変更・除かれた")
    fields: Mapped[list[str]] = mapped_column(sa.JSON, comment="変わった項目")


class AttendanceZone(TenantTable, Base):
    """To which schools a town belongs (通学区域)."""

    __tablename__ = "enrolment_zone"
    __asset_class__ = AssetClass.IV
    __table_args__ = (
        tenant_unique("machiaza_id"),
        tenant_key("elementary_school_id", "schools_school"),
        tenant_key("junior_high_school_id", "schools_school"),
        {"comment": "通学区域"},
    )

    machiaza_id: Mapped[str] = mapped_column(sa.String(7), comment="町字ID")
    town: Mapped[str] = mapped_column(sa.String(300), comment="町字")
    elementary_school_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="小学校")
    junior_high_school_id: Mapped[UUID | None] = mapped_column(sa.Uuid, comment="中学校")


class SchoolDesignation(TenantTable, Base):
    """The school that the board designated for a child (就学校の指定); the open one is in force."""

    __tablename__ = "enrolment_designation"
    __asset_class__ = AssetClass.II
    person_column = "entry_id"
    staff_columns = frozenset({"decided_by"})
    __table_args__ = (
        tenant_key("entry_id", _ENTRY),
        tenant_key("school_id", "schools_school"),
        tenant_index("enrolment_designation", "entry_id"),
        tenant_index("enrolment_designation", "school_id"),
        {"comment": "就学校の指定"},
    )

    entry_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学齢簿")
    school_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="指定校")
    basis: Mapped[str] = mapped_column(sa.String(10), comment="通学区域または指定校変更")
    reason_code: Mapped[str] = mapped_column(sa.String(30), comment="指定校変更の理由")
    reason_text: Mapped[str] = mapped_column(Encrypted(), comment="理由の説明")
    decided_on: Mapped[date] = mapped_column(comment="決定年月日")
    decided_by: Mapped[str] = mapped_column(sa.String(120), comment="決定した人")
    valid_until: Mapped[date | None] = mapped_column(comment="許可の末日")
    ended_on: Mapped[date | None] = mapped_column(comment="終わった年月日")
    position: Mapped[int] = mapped_column(server_default="0", comment="児童ごとの記録の順番")
