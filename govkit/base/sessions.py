"""Server-side login sessions: a row per session, revocable at once (ログインセッション).

The cookie holds a random key only; the database holds its hash, so a copy of the database opens
no session. The key changes at login and at every later proof, and the row is gone at logout.

A session says what its owner proved, and when: ``amr`` names the factors (RFC 8176), ``auth_time``
the last time. Between the password and the second factor a login is *pending*: it has no account
but a ``pending_account_id``, and ends after ten minutes.
"""

import hashlib
import secrets
from collections.abc import Iterable
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
from govkit.base.devices import device_name
from govkit.base.fixed import Fixed, columns_of
from govkit.base.identity import Account, WebSession

__all__ = ["SECOND_FACTORS", "ServerSession", "ServerSessions"]

_TOUCH_EVERY: Final = timedelta(seconds=60)
_ANONYMOUS_LIFE: Final = timedelta(hours=1)
_PENDING_LIFE: Final = timedelta(minutes=10)
_REMEMBERED: Final = timedelta(hours=12)
"""How long it is known whose session ran out, so that what is sent too late can be kept."""
SECOND_FACTORS: Final = frozenset({"otp", "pop", "hwk", "swk", "sc", "mfa", "recovery"})
"""Values of ``amr`` that tell of more than a password (RFC 8176; ``recovery`` is our own)."""


_OPEN: Final = Fixed(
    sa.select(
        *columns_of(WebSession),
        Account.initial_until.is_not(None).label("is_initial"),
    )
    .outerjoin(Account, Account.id == WebSession.account_id)
    .where(WebSession.key_hash == sa.bindparam("key_hash"))
    .where(sa.or_(WebSession.account_id.is_(None), Account.is_enabled))
)


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What a browser's session holds, and who is logged in to which municipality.

    ``must_choose_password``: the login was by an initial password, which its owner must change
    before anything else.
    """

    def __init__(self, data: dict[str, Any] | None = None, row: Any = None) -> None:
        super().__init__(data, on_update=ServerSession._changed)
        self.must_choose_password = False
        self.key = ""
        is_pending = row is not None and row.is_pending
        account_id = row.account_id if row else None
        self.account_id = None if is_pending else account_id
        self.pending_account_id = account_id if is_pending else None
        self.expired: tuple[UUID, str] | None = None
        self.municipality_code = row.municipality_code if row else None
        self.amr: tuple[str, ...] = tuple(row.amr) if row else ()
        self.auth_time = row.auth_time if row else None
        self.external_session = row.external_session if row else None
        self.began_at = row.created_at if row else None
        self.device = ""
        self.modified = False
        self.is_due = False
        self.replaces_key = False

    def _changed(self) -> None:
        self.modified = True

    @property
    def has_second_factor(self) -> bool:
        """Whether more than a password was proved."""
        return not SECOND_FACTORS.isdisjoint(self.amr)

    @property
    def key_hash(self) -> str:
        """What the database knows the session by; blank when it has no row."""
        return _hash(self.key) if self.key else ""

    def log_in(
        self,
        account_id: UUID,
        municipality_code: str | None,
        *,
        amr: Iterable[str] = ("pwd",),
        auth_time: datetime | None = None,
    ) -> None:
        """Begin a login; whatever an anonymous visitor planted is dropped, and the key changes.

        :param amr: Factors proved (RFC 8176).
        :param auth_time: When they were; now, unless an identity provider says otherwise.
        """
        self._begin(account_id, municipality_code)
        self.began_at = self.external_session = None
        self.must_choose_password = False
        self.amr = tuple(dict.fromkeys(amr))
        self.auth_time = auth_time

    def begin_login(self, account_id: UUID, amr: Iterable[str]) -> None:
        """The password was right; the login waits for a second factor."""
        self._begin(None, None)
        self.began_at = None
        self.pending_account_id = account_id
        self.amr = tuple(amr)

    def prove(self, factor: str, now: datetime) -> None:
        """One more proof during the login: the key changes, what the session holds stays."""
        self.amr = tuple(dict.fromkeys((*self.amr, factor)))
        self.auth_time = now
        self.replaces_key = True
        self.modified = True

    def choose(self, municipality_code: str) -> None:
        """Go on in another municipality under a new key; the login does not last longer for it."""
        self._begin(self.account_id, municipality_code)

    def log_out(self) -> None:
        """End the login; the old key opens nothing from now on."""
        self._begin(None, None)
        self.began_at = self.auth_time = self.external_session = None
        self.amr = ()

    def _begin(self, account_id: UUID | None, municipality_code: str | None) -> None:
        self.clear()
        # Made now, so that pages opened side by side do not each store one of their own.
        self["csrf_token"] = secrets.token_hex()
        self.account_id = account_id
        self.pending_account_id = None
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
        row = None
        if key and request.endpoint != "govkit.static":
            with self._deployment.system(writes=False) as session:
                row = next(iter(session.read(_OPEN, key_hash=_hash(key))), None)
        opened = self._opened(row, key)
        # Whoever logged in at an identity provider was not shown in by the password.
        is_initial = row is not None and bool(row.is_initial)
        opened.must_choose_password = is_initial and opened.external_session is None
        opened.device = device_name(request.headers.get("User-Agent", ""))
        return opened

    def _opened(self, row: Any, key: str) -> ServerSession:
        if row is None:
            return ServerSession()
        now = self._deployment.clock()
        longest = _PENDING_LIFE if row.is_pending else self._absolute
        if now - row.seen_at > self._life(row) or now - row.created_at > longest:
            ended = ServerSession()
            if row.account_id and row.municipality_code and not row.is_pending:
                ended.expired = row.account_id, row.municipality_code
            return ended
        opened = ServerSession(row.data, row)
        opened.key = key
        opened.is_due = now - row.seen_at > _TOUCH_EVERY
        return opened

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
            if row is None and old_key and session.began_at is not None:
                return  # ended elsewhere meanwhile: it stays ended
            if row is not None and session.replaces_key:
                database.delete(row)
                row = None
            if row is None:
                self._purge(database)
                row = WebSession(key_hash=_hash(session.key), created_at=session.began_at or now)
                database.add(row)
            row.account_id = session.pending_account_id or session.account_id
            row.is_pending = session.pending_account_id is not None
            row.amr = list(session.amr)
            row.auth_time = session.auth_time or (now if session.amr else None)
            row.device = session.device
            row.external_session = session.external_session
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

    def take(self, session: ServerSession, name: str) -> Any:
        """Take a value out of the stored session at once: of several requests only one gets it."""
        session.pop(name, None)
        with self._deployment.system() as database:
            row = database.get(WebSession, session.key_hash, with_for_update=True)
            if row is None or name not in row.data:
                return None
            rest = dict(row.data)
            taken = rest.pop(name)
            row.data = rest
            return taken

    def _touch(self, key: str) -> None:
        """Note that the session is in use; a database that is busy is asked again later."""
        with suppress(OperationalError), self._deployment.system(waits=False) as database:
            row = database.get(WebSession, _hash(key))
            if row is not None:
                row.seen_at = self._deployment.clock()

    def _life(self, row: WebSession) -> timedelta:
        return self._idle if row.account_id else _ANONYMOUS_LIFE

    def _purge(self, database: Any) -> None:
        oldest = self._deployment.clock() - max(self._idle, _ANONYMOUS_LIFE) - _REMEMBERED
        database.execute(sa.delete(WebSession).where(WebSession.seen_at < oldest))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
