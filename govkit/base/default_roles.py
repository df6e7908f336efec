"""Default roles: what a municipality begins with, and what later versions and modules add (既定の役割).

Each municipality's roles are its own to change. What it was once offered is remembered, so that a new
default is added once, and nothing comes back that the municipality has taken away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from govkit.base.audit import AuditEvent
from govkit.base.columns import AssetClass
from govkit.base.db import Base, TenantTable, tenant_unique
from govkit.base.identity import Role
from govkit.base.tenancy import ScopedSession

__all__ = ["DefaultRole", "OfferedDefault", "RoleAddition", "add_defaults", "gather", "offered_all"]

_ITSELF: Final = ""
"""Stands for the role itself among its permissions."""

Pairs = frozenset[tuple[str, str]]


class OfferedDefault(TenantTable, Base):
    """A permission that a default role once came with, whether it is still held or not (示した既定の権限)."""

    __tablename__ = "govkit_offered_default"
    __asset_class__ = AssetClass.IV
    __table_args__ = (tenant_unique("role", "permission"), {"comment": "示した既定の権限"})

    role: Mapped[str] = mapped_column(sa.String(60), comment="役割コード")
    permission: Mapped[str] = mapped_column(sa.String(80), comment="権限(空なら役割そのもの)")


@dataclass(frozen=True, slots=True)
class DefaultRole:
    """A role as it comes with the active modules."""

    name: str
    title: str
    permissions: frozenset[str]

    @property
    def pairs(self) -> Pairs:
        """What is remembered of it once it was offered."""
        return frozenset((self.name, each) for each in (_ITSELF, *self.permissions))


@dataclass(frozen=True, slots=True)
class RoleAddition:
    """What a role of a municipality got.

    :param permissions: Those it did not hold.
    :param is_new: Whether the role itself is new.
    """

    role: Role
    permissions: tuple[str, ...]
    is_new: bool


def gather(
    titles: Mapping[str, str], grants: Iterable[tuple[str, tuple[str, ...]]]
) -> list[DefaultRole]:
    """The default roles, from what each module gives to whom.

    :param titles: Title by name; a role that only a module names has its name for a title.
    """
    permissions: dict[str, set[str]] = {name: set() for name in titles}
    for role, names in grants:
        permissions.setdefault(role, set()).update(names)
    return [
        DefaultRole(name, titles.get(name, name), frozenset(held))
        for name, held in sorted(permissions.items())
    ]


def offered_all(session: ScopedSession, defaults: Iterable[DefaultRole]) -> bool:
    """Whether the municipality of the session has been offered all of them."""
    return _all_pairs(defaults) <= _remembered(session)


def add_defaults(session: ScopedSession, defaults: Iterable[DefaultRole]) -> list[RoleAddition]:
    """Add what the municipality of the session has not been offered before, and remember it."""
    defaults = list(defaults)
    # Whoever comes at the same time waits here, and finds everything remembered.
    found = session.scalars(sa.select(Role).order_by(Role.id).with_for_update()).all()
    roles = {each.name: each for each in found}
    remembered = _remembered(session)
    offered = remembered or _presumed(session, roles)
    given = [_add(session, each, roles.get(each.name), offered) for each in defaults]
    session.add_all(
        OfferedDefault(role=role, permission=permission)
        for role, permission in sorted(_all_pairs(defaults) - remembered)
    )
    session.flush()
    return [each for each in given if each is not None]


def _all_pairs(defaults: Iterable[DefaultRole]) -> Pairs:
    return frozenset(pair for each in defaults for pair in each.pairs)


def _remembered(session: ScopedSession) -> Pairs:
    rows = session.execute(sa.select(OfferedDefault.role, OfferedDefault.permission))
    return frozenset((row.role, row.permission) for row in rows)


def _presumed(session: ScopedSession, roles: Mapping[str, Role]) -> Pairs:
    """What was offered to a municipality that joined before that was remembered.

    A permission that a role holds, or held before a recorded change, was known there: who has it and
    who has not was decided. One that no role ever held came later.
    """
    known = {each for role in roles.values() for each in role.permissions}
    about_roles = sa.select(AuditEvent.detail).where(AuditEvent.subject_kind == Role.__name__)
    for detail in session.scalars(about_roles):
        before: dict[str, Any] = detail.get("before") or {}
        known.update(before.get("permissions", ()))
    return frozenset((name, each) for name in roles for each in (_ITSELF, *known))


def _add(
    session: ScopedSession, default: DefaultRole, role: Role | None, offered: Pairs
) -> RoleAddition | None:
    if role is None:
        if (default.name, _ITSELF) in offered:
            return None
        role = Role(name=default.name, title=default.title, permissions=sorted(default.permissions))
        session.add(role)
        return RoleAddition(role, tuple(role.permissions), is_new=True)
    fresh = {name for name in default.permissions if (default.name, name) not in offered}
    lacking = sorted(fresh - set(role.permissions))
    if not lacking:
        return None
    role.permissions = sorted({*role.permissions, *lacking})
    return RoleAddition(role, tuple(lacking), is_new=False)
