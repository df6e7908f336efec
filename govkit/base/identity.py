"""Who may do what: accounts, staff, appointments, roles (利用者・職員・配属・役割).

A person has one account for life. Each municipality knows the person as its own staff member
and gives rights by dated appointments; a transfer (異動) is one new appointment, and the old
city is closed from the day after the old one ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from govkit.base.columns import AssetClass
from govkit.base.db import (
    Base,
    SystemTable,
    TenantTable,
    tenant_index,
    tenant_key,
    tenant_unique,
)
from govkit.base.fixed import Fixed
from govkit.base.tenancy import ScopedSession

__all__ = [
    "Account",
    "Actor",
    "Appointment",
    "Role",
    "Staff",
    "WebSession",
    "find_actor",
    "held_appointments",
    "is_appointed_elsewhere",
]


class Account(SystemTable, Base):
    """A log-in, one for life, shared by all municipalities that employ the person (アカウント)."""

    __tablename__ = "govkit_account"
    __asset_class__ = AssetClass.III
    __table_args__ = ({"comment": "アカウント"},)

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True, comment="識別子")
    login: Mapped[str] = mapped_column(sa.String(120), unique=True, comment="ログイン名")
    password_hash: Mapped[str] = mapped_column(
        sa.String(200), info=AssetClass.I.info, comment="パスワードのハッシュ(argon2id)"
    )
    is_enabled: Mapped[bool] = mapped_column(comment="有効")
    failures: Mapped[int] = mapped_column(comment="続けて失敗した回数")
    locked_until: Mapped[datetime | None] = mapped_column(comment="この時刻まで受け付けない")
    initial_until: Mapped[datetime | None] = mapped_column(
        comment="初期パスワードの期限(空なら本人が決めたパスワード)"
    )
    logged_in_at: Mapped[datetime | None] = mapped_column(comment="最後にログインした日時")


class WebSession(SystemTable, Base):
    """A browser's session, found by the hash of the key in its cookie (ログインセッション)."""

    __tablename__ = "govkit_web_session"
    __asset_class__ = AssetClass.II
    __table_args__ = ({"comment": "ログインセッション"},)

    key_hash: Mapped[str] = mapped_column(
        sa.String(64), primary_key=True, info=AssetClass.I.info, comment="鍵のハッシュ"
    )
    account_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("govkit_account.id"), index=True, comment="アカウント"
    )
    municipality_code: Mapped[str | None] = mapped_column(
        sa.ForeignKey("govkit_municipality.code"), comment="ログイン先の団体"
    )
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON, comment="内容")
    created_at: Mapped[datetime] = mapped_column(comment="開始日時")
    seen_at: Mapped[datetime] = mapped_column(index=True, comment="最後に使った日時")
    amr: Mapped[list[str]] = mapped_column(sa.JSON, comment="証明した要素(RFC 8176)")
    auth_time: Mapped[datetime | None] = mapped_column(comment="最後に証明した日時")
    is_pending: Mapped[bool] = mapped_column(comment="2つ目の要素を待っている")
    device: Mapped[str] = mapped_column(sa.String(60), comment="端末")
    external_session: Mapped[str | None] = mapped_column(
        sa.String(64), index=True, comment="認証基盤でのセッション(ハッシュ)"
    )


class Staff(TenantTable, Base):
    """A person as one municipality employs them (職員)."""

    __tablename__ = "govkit_staff"
    __asset_class__ = AssetClass.III
    __table_args__ = (tenant_unique("account_id"), {"comment": "職員"})

    account_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="アカウント")
    family_name: Mapped[str] = mapped_column(sa.String(50), comment="氏")
    given_name: Mapped[str] = mapped_column(sa.String(50), comment="名")
    kana_family_name: Mapped[str] = mapped_column(sa.String(100), comment="氏フリガナ")
    kana_given_name: Mapped[str] = mapped_column(sa.String(100), comment="名フリガナ")

    @property
    def name(self) -> str:
        """Family and given name."""
        return _full_name(self.family_name, self.given_name)


def _full_name(family_name: str, given_name: str) -> str:
    return f"{family_name} {given_name}".strip()


class Role(TenantTable, Base):
    """A named set of permissions, which each municipality may change (役割)."""

    __tablename__ = "govkit_role"
    __asset_class__ = AssetClass.III
    __table_args__ = (tenant_unique("name"), {"comment": "役割"})

    name: Mapped[str] = mapped_column(sa.String(60), comment="役割コード")
    title: Mapped[str] = mapped_column(sa.String(60), comment="役割名")
    permissions: Mapped[list[str]] = mapped_column(sa.JSON, comment="権限")


class Appointment(TenantTable, Base):
    """A dated right to act in a role, for the whole municipality or for one unit (配属).

    Several at once are normal (兼務). ``unit_id`` is the school or class the right is limited to.
    """

    __tablename__ = "govkit_appointment"
    __asset_class__ = AssetClass.III
    __table_args__ = (
        tenant_key("staff_id", "govkit_staff"),
        tenant_key("role_id", "govkit_role"),
        tenant_index("govkit_appointment", "staff_id"),
        {"comment": "配属"},
    )

    staff_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="職員")
    role_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="役割")
    unit_id: Mapped[UUID | None] = mapped_column(sa.Uuid, comment="学校または学級(空なら団体全体)")
    title: Mapped[str] = mapped_column(sa.String(100), comment="表示名")
    valid_from: Mapped[date] = mapped_column(comment="開始日")
    valid_to: Mapped[date | None] = mapped_column(comment="終了日(この日まで有効)")


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts, with the rights held today.

    :param grants: Permission to the units it is limited to; ``None`` means the whole
        municipality.
    :param is_operator: Someone at the command line of the deployment, who holds every right.
    """

    name: str
    account_id: UUID | None = None
    staff_id: UUID | None = None
    titles: tuple[str, ...] = ()
    grants: Mapping[str, frozenset[UUID] | None] = field(default_factory=dict)
    is_operator: bool = False

    @classmethod
    def operator(cls, name: str) -> "Actor":
        """An operator at the command line (運用担当者)."""
        return cls(name=name, is_operator=True)

    @property
    def audit_name(self) -> str:
        """How audit rows name the actor."""
        return str(self.account_id) if self.account_id else f"operator:{self.name}"

    def holds(self, permission: str) -> bool:
        """Whether the right is held for at least one unit."""
        return self.is_operator or permission in self.grants

    def units(self, permission: str) -> frozenset[UUID] | None:
        """Units that the right is limited to; ``None`` for the whole municipality."""
        if self.is_operator:
            return None
        return self.grants.get(permission, frozenset())


def _valid_on(day: date | sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    return sa.and_(
        Appointment.valid_from <= day,
        sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= day),
    )


_RIGHTS: Final = Fixed(
    sa.select(
        Staff.id,
        Staff.family_name,
        Staff.given_name,
        Appointment.title,
        Appointment.unit_id,
        Role.permissions,
    )
    .join(Appointment, Appointment.staff_id == Staff.id)
    .join(Role, Role.id == Appointment.role_id)
    .where(
        Staff.account_id == sa.bindparam("account_id"),
        _valid_on(sa.bindparam("today", type_=sa.Date())),
    )
    .order_by(Appointment.valid_from, Appointment.title)
)


def find_actor(session: ScopedSession, account_id: UUID, today: date) -> Actor | None:
    """The actor that an account is in the session's municipality, or ``None`` without a right."""
    rows = session.read(_RIGHTS, account_id=account_id, today=today)
    if not rows:
        return None
    grants: dict[str, frozenset[UUID] | None] = {}
    for row in rows:
        for permission in row.permissions:
            held = grants.get(permission, frozenset())
            if row.unit_id is None or held is None:
                grants[permission] = None
            else:
                grants[permission] = held | {row.unit_id}
    staff = rows[0]
    return Actor(
        name=_full_name(staff.family_name, staff.given_name),
        account_id=account_id,
        staff_id=staff.id,
        titles=tuple(row.title for row in rows),
        grants=MappingProxyType(grants),
    )


def held_appointments(
    session: ScopedSession, account_id: UUID, today: date
) -> list[tuple[str, str]]:
    """Municipality and title of every appointment held today, from an unscoped session."""
    rows = session.execute(
        sa.select(Appointment.municipality_code, Appointment.title)
        .join(
            Staff,
            sa.and_(
                Staff.id == Appointment.staff_id,
                Staff.municipality_code == Appointment.municipality_code,
            ),
        )
        .where(Staff.account_id == account_id, _valid_on(today))
        .order_by(Appointment.municipality_code, Appointment.title)
    )
    return [(row.municipality_code, row.title) for row in rows]


def is_appointed_elsewhere(
    session: ScopedSession, account_id: UUID, municipality_code: str, today: date
) -> bool:
    """Whether another municipality has or will have the account's owner, from an unscoped session."""
    query = (
        sa.select(Appointment.id)
        .join(
            Staff,
            sa.and_(
                Staff.id == Appointment.staff_id,
                Staff.municipality_code == Appointment.municipality_code,
            ),
        )
        .where(
            Staff.account_id == account_id,
            Appointment.municipality_code != municipality_code,
            sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today),
        )
    )
    return session.scalar(query.limit(1)) is not None
