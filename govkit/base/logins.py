"""The logins that are open: listed and ended by their owner and by an administrator (ログイン中の端末)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from govkit.base.deployment import Deployment
from govkit.base.identity import WebSession

__all__ = ["OpenLogin", "end_logins", "open_logins"]


@dataclass(frozen=True, slots=True)
class OpenLogin:
    """One login (ログイン).

    :param key_hash: By which it is ended; it opens nothing.
    :param amr: Factors proved (RFC 8176).
    """

    key_hash: str
    device: str
    amr: tuple[str, ...]
    municipality_code: str
    began_at: datetime
    seen_at: datetime


def open_logins(
    deployment: Deployment, account_id: UUID, *, municipality_code: str | None = None
) -> Sequence[OpenLogin]:
    """The account's logins, the one last used first.

    :param municipality_code: Only those to one municipality: all that its administrator may see.
    """
    security, now = deployment.settings.security, deployment.clock()
    query = _of(account_id, municipality_code).where(
        WebSession.is_pending.is_(False),
        WebSession.seen_at >= now - timedelta(minutes=security.idle_minutes),
        WebSession.created_at >= now - timedelta(hours=security.absolute_hours),
    )
    with deployment.system(writes=False) as session:
        return [
            OpenLogin(
                key_hash=row.key_hash,
                device=row.device,
                amr=tuple(row.amr),
                municipality_code=row.municipality_code or "",
                began_at=row.created_at,
                seen_at=row.seen_at,
            )
            for row in session.scalars(query.order_by(WebSession.seen_at.desc()))
        ]


def end_logins(
    deployment: Deployment,
    account_id: UUID,
    *,
    only: str = "",
    but: str = "",
    municipality_code: str | None = None,
) -> int:
    """End logins of the account at once; how many ended.

    :param only: Key hash of the one to end; all of them when blank.
    :param but: Key hash of the one that goes on.
    :param municipality_code: Only logins to one municipality.
    """
    query = _of(account_id, municipality_code)
    if only:
        query = query.where(WebSession.key_hash == only)
    if but:
        query = query.where(WebSession.key_hash != but)
    with deployment.system() as session:
        ended = session.scalars(query).all()
        for row in ended:
            session.delete(row)
        return len(ended)


def _of(account_id: UUID, municipality_code: str | None) -> sa.Select[WebSession]:
    query = sa.select(WebSession).where(WebSession.account_id == account_id)
    if municipality_code is not None:
        query = query.where(WebSession.municipality_code == municipality_code)
    return query
