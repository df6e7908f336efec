"""Which account a person of an identity provider has here (外部IDの結び付け).

A person is known by issuer and subject alone (OpenID Connect Core 1.0, 5.7): names and addresses
change hands, the subject does not. No login ever makes an account.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from govkit.base.audit import SystemEvent
from govkit.base.columns import AssetClass
from govkit.base.db import Base, SystemTable
from govkit.base.identity import Account, WebSession
from govkit.base.oidc import Evidence, LoginRefused, LogoutOrder, session_mark
from govkit.base.tenancy import ScopedSession
from govkit.errors import Refused

__all__ = [
    "ExternalIdentity",
    "end_external_sessions",
    "find_linked_account",
    "link_account",
    "linked_identities",
    "unlink_account",
]


class ExternalIdentity(SystemTable, Base):
    """A person of an identity provider, linked to an account (外部ID)."""

    __tablename__ = "govkit_external_identity"
    __asset_class__ = AssetClass.II
    __table_args__ = (
        sa.UniqueConstraint("issuer", "subject"),
        sa.UniqueConstraint("account_id", "issuer"),
        {"comment": "外部IDの結び付け"},
    )

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True, comment="識別子")
    issuer: Mapped[str] = mapped_column(sa.String(255), comment="発行者")
    subject: Mapped[str] = mapped_column(sa.String(255), comment="発行者での識別子(sub)")
    account_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("govkit_account.id"), comment="アカウント"
    )
    linked_at: Mapped[datetime] = mapped_column(comment="結び付けた日時")


def find_linked_account(
    session: ScopedSession, evidence: Evidence, link_by: str, now: datetime
) -> Account:
    """The account of whoever logged in at the provider.

    :param link_by: Claim that holds the login name, by which newcomers are linked; blank for none.
    :raises LoginRefused: ``unlinked`` when there is none, ``disabled`` when it is closed.
    """
    account = session.scalar(
        sa.select(Account)
        .join(ExternalIdentity, ExternalIdentity.account_id == Account.id)
        .where(ExternalIdentity.issuer == evidence.issuer)
        .where(ExternalIdentity.subject == evidence.subject)
    )
    if account is None:
        account = _link_newcomer(session, evidence, link_by, now)
    if not account.is_enabled:
        raise LoginRefused("disabled")
    return account


def _link_newcomer(
    session: ScopedSession, evidence: Evidence, link_by: str, now: datetime
) -> Account:
    login = _verified(evidence.claims, link_by)
    account = session.scalar(sa.select(Account).where(Account.login == login)) if login else None
    if account is None or not account.is_enabled:
        raise LoginRefused("unlinked")
    try:
        link_account(session, account.login, evidence.issuer, evidence.subject, now=now)
    except Refused as refusal:
        # The login name went to somebody else: that is for a person to decide.
        raise LoginRefused("unlinked") from refusal
    return account


def _verified(claims: Mapping[str, Any], name: str) -> str:
    """The value of a claim that names a login; an address of mail only once it is verified."""
    found = claims.get(name) if name else None
    if name == "email" and claims.get("email_verified") is not True:
        return ""
    return found.strip() if isinstance(found, str) else ""


def link_account(
    session: ScopedSession,
    login: str,
    issuer: str,
    subject: str,
    *,
    now: datetime,
    actor: str = "",
) -> ExternalIdentity:
    """Link an account with a person of a provider.

    :param actor: Operator who does so; blank for the person's own first login.
    :raises Refused: When there is no such account, or one of the two is linked already.
    """
    account = _account(session, login)
    taken = session.scalars(
        sa.select(ExternalIdentity).where(
            ExternalIdentity.issuer == issuer,
            sa.or_(ExternalIdentity.subject == subject, ExternalIdentity.account_id == account.id),
        )
    ).first()
    if taken is not None:
        raise Refused(
            "このアカウントか認証基盤の利用者は、すでに結び付けられています。"
            "変えるときは govkit account unlink で先に外してください。"
        )
    linked = ExternalIdentity(
        id=uuid4(), issuer=issuer, subject=subject, account_id=account.id, linked_at=now
    )
    session.add(linked)
    session.add(_event("account.linked", actor or str(account.id), account.id, now))
    return linked


def unlink_account(
    session: ScopedSession, login: str, issuer: str, *, now: datetime, actor: str
) -> None:
    """Take the link away, and end the account's logins that came through the provider.

    :raises Refused: When there is no such account or link.
    """
    account = _account(session, login)
    linked = session.scalar(
        sa.select(ExternalIdentity).where(
            ExternalIdentity.issuer == issuer, ExternalIdentity.account_id == account.id
        )
    )
    if linked is None:
        raise Refused("このアカウントは、この認証基盤に結び付けられていません。")
    end_external_sessions(session, LogoutOrder(issuer, linked.subject, "", ""))
    session.delete(linked)
    session.add(_event("account.unlinked", actor, account.id, now))


def linked_identities(session: ScopedSession) -> list[tuple[str, str, str]]:
    """Login name, issuer and subject of every link, by login name."""
    rows = session.execute(
        sa.select(Account.login, ExternalIdentity.issuer, ExternalIdentity.subject)
        .join(Account, Account.id == ExternalIdentity.account_id)
        .order_by(Account.login, ExternalIdentity.issuer)
    )
    return [(row.login, row.issuer, row.subject) for row in rows]


def end_external_sessions(session: ScopedSession, order: LogoutOrder) -> int:
    """End the logins that a provider wants ended; how many there were.

    A session of the provider ends what began there; a person alone ends all that came through it.
    """
    matching: sa.ColumnElement[bool] = WebSession.external_session.is_not(None)
    if order.session_id:
        matching = WebSession.external_session == session_mark(order.issuer, order.session_id)
    if order.subject:
        owner = sa.select(ExternalIdentity.account_id).where(
            ExternalIdentity.issuer == order.issuer, ExternalIdentity.subject == order.subject
        )
        matching = sa.and_(matching, WebSession.account_id.in_(owner))
    keys = session.scalars(sa.select(WebSession.key_hash).where(matching)).all()
    session.execute(sa.delete(WebSession).where(WebSession.key_hash.in_(keys)))
    return len(keys)


def _account(session: ScopedSession, login: str) -> Account:
    account = session.scalar(sa.select(Account).where(Account.login == login.strip()))
    if account is None:
        raise Refused("このログイン名のアカウントはありません。つづりを確かめてください。")
    return account


def _event(action: str, actor: str, account_id: UUID, now: datetime) -> SystemEvent:
    # Without the subject: what other systems call a person is not written into records of ours.
    return SystemEvent(
        id=uuid4(),
        at=now,
        actor=actor,
        action=action,
        reason="",
        detail={"account_id": str(account_id)},
    )
