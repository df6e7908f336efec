"""Server-side login sessions: a row per session, revocable at once (ログインセッション).

The cookie holds a random key only; the database holds its hash, so a copy of the database opens
no session. The key changes at login, and the row is gone at logout.
"""

import hashlib
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import CallbackDict

from govkit.base.deployment import Deployment
from govkit.base.identity import Account, WebSession
from govkit.base.tenancy import ScopedSession

__all__ = ["ServerSession", "ServerSessions"]

_TOUCH_EVERY: Final = timedelta(seconds=60)
_ANONYMOUS_LIFE: Final = timedelta(hours=1)


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What a browser's session holds, and who is logged in to which municipality."""

    def __init__(
        self,
        data: dict[str, Any] | None = None,
        *,
        key: str = "",
        account_id: UUID | None = None,
        municipality_code: str | None = None,
        began_at: datetime | None = None,
    ) -> None:
        super().__init__(data, on_update=ServerSession._changed)
        self.key = key
        self.account_id = account_id
        self.municipality_code = municipality_code
        self.began_at = began_at
        self.modified = False
        self.is_due = False
        self.replaces_key = False

    def _changed(self) -> None:
        self.modified = True

    def log_in(self, account_id: UUID, municipality_code: str | None) -> None:
        """Begin a login; whatever an anonymous visitor planted is dropped, and the key changes."""
        self._begin(account_id, municipality_code)
        self.began_at = None

    def choose(self, municipality_code: str) -> None:
        """Go on in another municipality under a new key; the login does not last longer for it."""
        self._begin(self.account_id, municipality_code)

    def log_out(self) -> None:
        """End the login; the old key opens nothing from now on."""
        self._begin(None, None)
        self.began_at = None

    def _begin(self, account_id: UUID | None, municipality_code: str | None) -> None:
        self.clear()
        # Made now, so that pages opened side by side do not each store one of their own.
        self["csrf_token"] = secrets.token_hex()
        self.account_id = account_id
        self.municipality_code = municipality_code
        self.replaces_key = True


class ServerSessions(SessionInterface):
    """Keeps Flask's session in the database of the deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._secure = deployment.settings.app.environment == "production"
        self._idle = timedelta(minutes=deployment.settings.security.idle_minutes)
        self._absolute = timedelta(hours=deployment.settings.security.absolute_hours)

    @property
    def cookie_name(self) -> str:
        """``__Host-`` binds the cookie to the host wherever the connection is secure."""
        return "__Host-govkit" if self._secure else "govkit"

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """The session of the request's cookie, or an empty one."""
        key = request.cookies.get(self.cookie_name, "")
        if not key or request.endpoint == "govkit.static":
            return ServerSession()
        now = self._deployment.clock()
        with self._deployment.system(writes=False) as session:
            row = self._find(session, key)
        if (
            row is None
            or now - row.seen_at > self._life(row)
            or now - row.created_at > self._absolute
        ):
            return ServerSession()
        opened = ServerSession(
            row.data,
            key=key,
            account_id=row.account_id,
            municipality_code=row.municipality_code,
            began_at=row.created_at,
        )
        opened.is_due = now - row.seen_at > _TOUCH_EVERY
        return opened

    def _find(self, session: ScopedSession, key: str) -> WebSession | None:
        """The session with the key, unless its account was disabled."""
        return session.scalar(
            sa.select(WebSession)
            .outerjoin(Account, Account.id == WebSession.account_id)
            .where(WebSession.key_hash == _hash(key))
            .where(sa.or_(WebSession.account_id.is_(None), Account.is_enabled))
        )

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the row when something changed; answers that need no session leave no row."""
        assert isinstance(session, ServerSession)  # noqa: S101
        if not session.modified:
            if session.is_due:
                self._touch(session.key)
            return
        old_key = session.key
        if not session.key or session.replaces_key:
            session.key = secrets.token_urlsafe(32)
        now = self._deployment.clock()
        with self._deployment.system() as database:
            row = database.get(WebSession, _hash(old_key)) if old_key else None
            if row is not None and session.replaces_key:
                database.delete(row)
                row = None
            if row is None and old_key and not session.replaces_key:
                return  # ended elsewhere meanwhile: it stays ended
            if row is None:
                self._purge(database)
                row = WebSession(key_hash=_hash(session.key), created_at=session.began_at or now)
                database.add(row)
            row.account_id = session.account_id
            row.municipality_code = session.municipality_code
            row.data = dict(session)
            row.seen_at = now
        response.set_cookie(
            self.cookie_name,
            session.key,
            secure=self._secure,
            httponly=True,
            samesite="Lax",
            path="/",
        )
        response.vary.add("Cookie")

    def _touch(self, key: str) -> None:
        """Note that the session is in use; a database that is busy is asked again later."""
        with suppress(OperationalError), self._deployment.system(waits=False) as database:
            row = database.get(WebSession, _hash(key))
            if row is not None:
                row.seen_at = self._deployment.clock()

    def _life(self, row: WebSession) -> timedelta:
        return self._idle if row.account_id else _ANONYMOUS_LIFE

    def _purge(self, database: Any) -> None:
        oldest = self._deployment.clock() - max(self._idle, _ANONYMOUS_LIFE)
        database.execute(sa.delete(WebSession).where(WebSession.seen_at < oldest))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
