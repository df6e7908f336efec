"""The logins that are open, listed and ended by their owner and by an administrator (ログイン中の端末).

A login that is not like the others is told to its owner, as a notice in every municipality where
they are appointed (ASVS 5.0.0, 6.3.5).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.deployment import Deployment
from govkit.base.i18n import lazy_gettext as _
from govkit.base.identity import WebSession, find_actor
from govkit.base.notices import tell
from govkit.base.work import JAPAN

__all__ = ["MANY_FAILURES", "OpenLogin", "end_logins", "open_logins", "tell_of_login"]

MANY_FAILURES: Final = 3
"""A login after so many failures in a row is told to its owner."""

_NEW_DEVICE: Final = _(
    "はじめての端末（{device}）からログインがありました。心当たりがなければ、すぐにパスワードを変え、"
    "「ログイン中の端末」でその端末のログインを終わらせてください。"
)
_AFTER_FAILURES: Final = _(
    "{count}回続けて失敗した後に、ログインできました。心当たりがなければ、すぐにパスワードを変え、"
    "所属のシステム管理者に伝えてください。"
)


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


def tell_of_login(
    deployment: Deployment, account_id: UUID, codes: Iterable[str], *, device: str, failures: int
) -> None:
    """Tell the owner of an account of a login that may be somebody else's.

    :param codes: Municipalities in which the notice appears.
    :param device: The device, if it is new to the account; else blank.
    :param failures: Passwords and codes that were wrong, one after the other, before it.
    """
    texts: list[tuple[str, dict[str, str]]] = []
    if device:
        texts.append((_NEW_DEVICE, {"device": device}))
    if failures >= MANY_FAILURES:
        texts.append((_AFTER_FAILURES, {"count": str(failures)}))
    today = deployment.clock().astimezone(JAPAN).date()
    for code in codes if texts else ():
        with deployment.session(code, writes=False) as session:
            actor = find_actor(session, account_id, today)
        if actor is None:
            continue
        with deployment.work(deployment.municipality(code), actor) as work:
            for text, params in texts:
                tell(work, actor.staff_id, text, kind="warning", path="/account/logins", **params)


def _of(account_id: UUID, municipality_code: str | None) -> sa.Select[WebSession]:
    query = sa.select(WebSession).where(WebSession.account_id == account_id)
    if municipality_code is not None:
        query = query.where(WebSession.municipality_code == municipality_code)
    return query
