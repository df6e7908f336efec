"""Tables of schools: schools, classes, pupils, who belongs where and since when (学校・学級・在籍)."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from govkit.base.columns import AssetClass
from govkit.base.db import Base, TenantTable, tenant_index, tenant_join, tenant_key, tenant_unique

__all__ = [
    "ClassGroup",
    "ClassMembership",
    "Duty",
    "ExchangeId",
    "Pupil",
    "School",
    "SchoolKind",
    "SchoolYear",
    "StaffExchangeName",
    "StaffPosting",
    "kana_at_school",
    "name_at_school",
]


class SchoolKind(StrEnum):
    """Kind of school (学校種); the value is the prefix of its school code."""

    ELEMENTARY = "B1"
    JUNIOR_HIGH = "C1"
    COMPULSORY = "C2"
    SPECIAL = "E1"


class Duty(StrEnum):
    """What a member of staff does at a school (職務)."""

    HEAD = "head"
    HOMEROOM = "homeroom"
    SUBJECT = "subject"
    OFFICE = "office"


class School(TenantTable, Base):
    """A school (学校) that the municipality founded."""

    __tablename__ = "schools_school"
    __asset_class__ = AssetClass.IV
    __table_args__ = (tenant_unique("code"), {"comment": "学校"})

    code: Mapped[str] = mapped_column(sa.String(13), comment="学校コード")
    name: Mapped[str] = mapped_column(sa.String(100), comment="学校名")
    kind: Mapped[str] = mapped_column(sa.String(2), comment="学校種")
    opened_on: Mapped[date | None] = mapped_column(comment="設置年月日")
    closed_on: Mapped[date | None] = mapped_column(comment="廃止年月日")
    successor_code: Mapped[str | None] = mapped_column(sa.String(13), comment="移行後の学校コード")

    @property
    def scope_path(self) -> tuple[UUID, ...]:
        """The school itself."""
        return (self.id,)

    @property
    def grades(self) -> range:
        """Grades that the school teaches, 1–9 (学年)."""
        return {
            SchoolKind.ELEMENTARY: range(1, 7),
            SchoolKind.JUNIOR_HIGH: range(7, 10),
        }.get(SchoolKind(self.kind), range(1, 10))


class SchoolYear(TenantTable, Base):
    """A school year (年度) that the municipality has opened, 1 April to 31 March."""

    __tablename__ = "schools_school_year"
    __asset_class__ = AssetClass.IV
    __table_args__ = (tenant_unique("year"), {"comment": "年度"})

    year: Mapped[int] = mapped_column(comment="年度(西暦)")

    @property
    def starts_on(self) -> date:
        """1 April (学校教育法施行規則59条)."""
        return date(self.year, 4, 1)

    @property
    def ends_on(self) -> date:
        """31 March of the next calendar year."""
        return date(self.year + 1, 3, 31)


class ClassGroup(TenantTable, Base):
    """A class of one school year (学級)."""

    __tablename__ = "schools_class_group"
    __asset_class__ = AssetClass.III
    __table_args__ = (
        tenant_key("school_id", "schools_school"),
        tenant_unique("school_id", "school_year", "grade", "name"),
        {"comment": "学級"},
    )

    school_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学校")
    school_year: Mapped[int] = mapped_column(comment="年度(西暦)")
    grade: Mapped[int] = mapped_column(comment="学年(1から9)")
    name: Mapped[str] = mapped_column(sa.String(20), comment="組")
    is_special_needs: Mapped[bool] = mapped_column(comment="特別支援学級")

    school: Mapped[School] = relationship(primaryjoin=tenant_join("ClassGroup.school_id", "School"))

    @property
    def scope_path(self) -> tuple[UUID, ...]:
        """School, then class."""
        return (self.school_id, self.id)

    @property
    def label(self) -> str:
        """Grade and class as the school says them, ``1年2組``.

        A junior high school counts its own grades, 7–9 being 1–3; a compulsory school
        (義務教育学校) says 1–9.
        """
        own = self.grade - 6 if self.school.kind == SchoolKind.JUNIOR_HIGH else self.grade
        return f"{own}年{self.name}"


class Pupil(TenantTable, Base):
    """A child at a school of the municipality (児童生徒).

    Names are stored unchanged. ``exchange_*`` is the form chosen for systems that know JIS X 0213
    only; ``preferred_*`` is the name used at school (通称).
    """

    __tablename__ = "schools_pupil"
    __asset_class__ = AssetClass.II
    person_column = "addressee_number"
    __table_args__ = (tenant_unique("addressee_number"), {"comment": "児童生徒"})

    addressee_number: Mapped[str] = mapped_column(sa.String(15), comment="宛名番号")
    family_name: Mapped[str] = mapped_column(sa.String(100), comment="氏")
    given_name: Mapped[str] = mapped_column(sa.String(100), comment="名")
    kana_family_name: Mapped[str] = mapped_column(sa.String(100), comment="氏フリガナ")
    kana_given_name: Mapped[str] = mapped_column(sa.String(100), comment="名フリガナ")
    preferred_family_name: Mapped[str | None] = mapped_column(sa.String(100), comment="通称の氏")
    preferred_given_name: Mapped[str | None] = mapped_column(sa.String(100), comment="通称の名")
    preferred_kana_family_name: Mapped[str | None] = mapped_column(
        sa.String(100), comment="通称の氏フリガナ"
    )
    preferred_kana_given_name: Mapped[str | None] = mapped_column(
        sa.String(100), comment="通称の名フリガナ"
    )
    exchange_family_name: Mapped[str | None] = mapped_column(sa.String(100), comment="連携用の氏")
    exchange_given_name: Mapped[str | None] = mapped_column(sa.String(100), comment="連携用の名")
    birth_date: Mapped[date] = mapped_column(comment="生年月日")
    sex: Mapped[str] = mapped_column(sa.String(1), comment="性別")
    is_protected: Mapped[bool] = mapped_column(info=AssetClass.I.info, comment="支援措置")
    master_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="利用者の共通ID(転校しても同じ)")

    @property
    def name(self) -> str:
        """The name used at school: 通称 where there is one."""
        return name_at_school(self)

    @property
    def kana(self) -> str:
        """Reading of the name used at school."""
        return kana_at_school(self)


def name_at_school(pupil: Any) -> str:
    """The name used at school, of a pupil or of a row with the columns of the name."""
    family = pupil.preferred_family_name or pupil.family_name
    given = pupil.preferred_given_name or pupil.given_name
    return f"{family} {given}".strip()


def kana_at_school(pupil: Any) -> str:
    """Its reading, likewise."""
    family = pupil.preferred_kana_family_name or pupil.kana_family_name
    given = pupil.preferred_kana_given_name or pupil.kana_given_name
    return f"{family} {given}".strip()


class ClassMembership(TenantTable, Base):
    """A pupil in a class, from a day to a day (在籍); its grade wins over the grade by age."""

    __tablename__ = "schools_class_membership"
    __asset_class__ = AssetClass.III
    person_column = "pupil_id"
    __table_args__ = (
        tenant_key("pupil_id", "schools_pupil"),
        tenant_key("class_group_id", "schools_class_group"),
        tenant_unique("pupil_id", "class_group_id", "starts_on"),
        tenant_unique("class_group_id", "number", "starts_on"),
        tenant_index("schools_class_membership", "pupil_id"),
        {"comment": "在籍"},
    )

    pupil_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="児童生徒")
    class_group_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学級")
    number: Mapped[int] = mapped_column(comment="出席番号")
    starts_on: Mapped[date] = mapped_column(comment="開始日")
    ends_on: Mapped[date | None] = mapped_column(comment="終了日(この日まで在籍)")
    is_retained: Mapped[bool] = mapped_column(comment="原級留置")

    pupil: Mapped[Pupil] = relationship(
        primaryjoin=tenant_join("ClassMembership.pupil_id", "Pupil")
    )
    class_group: Mapped[ClassGroup] = relationship(
        primaryjoin=tenant_join("ClassMembership.class_group_id", "ClassGroup")
    )


class StaffPosting(TenantTable, Base):
    """Where an appointed member of staff works and what they do there (校務分掌・担任)."""

    __tablename__ = "schools_staff_posting"
    __asset_class__ = AssetClass.III
    __table_args__ = (
        tenant_key("appointment_id", "govkit_appointment"),
        tenant_key("school_id", "schools_school"),
        tenant_key("class_group_id", "schools_class_group"),
        tenant_unique("appointment_id"),
        {"comment": "校務分掌"},
    )

    appointment_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="配属")
    school_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="学校")
    class_group_id: Mapped[UUID | None] = mapped_column(sa.Uuid, comment="学級")
    duty: Mapped[str] = mapped_column(sa.String(20), comment="職務")

    school: Mapped[School] = relationship(
        primaryjoin=tenant_join("StaffPosting.school_id", "School")
    )
    class_group: Mapped[ClassGroup | None] = relationship(
        primaryjoin=tenant_join("StaffPosting.class_group_id", "ClassGroup")
    )


class StaffExchangeName(TenantTable, Base):
    """Form of a name of staff for systems that know JIS X 0213 only (連携用の氏名)."""

    __tablename__ = "schools_staff_exchange_name"
    __asset_class__ = AssetClass.III
    __table_args__ = (
        tenant_key("staff_id", "govkit_staff"),
        tenant_unique("staff_id"),
        {"comment": "職員の連携用の氏名"},
    )

    staff_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="職員")
    family_name: Mapped[str] = mapped_column(sa.String(100), comment="連携用の氏")
    given_name: Mapped[str] = mapped_column(sa.String(100), comment="連携用の名")


class ExchangeId(TenantTable, Base):
    """Identifier, in exchanged files, of something that is no row of ours (連携用の識別子).

    The identifier of the row is the one that is exchanged; it never changes, so that other systems
    recognise a course or a role in the next file.
    """

    __tablename__ = "schools_exchange_id"
    __asset_class__ = AssetClass.III
    __table_args__ = (tenant_unique("kind", "key"), {"comment": "連携用の識別子"})

    kind: Mapped[str] = mapped_column(sa.String(20), comment="種類")
    key: Mapped[str] = mapped_column(sa.String(160), comment="対象")
