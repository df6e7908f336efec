"""A form sent twice has one effect, and the second sending gets the first answer (二重送信の防止).

Every form carries a key of its own. What a request did, and how it was answered, commit together:
a retry after a lost answer, a double click, or five requests at once find the answer there. The
same key with other content is another request, such as a form sent again after going back to it.
"""

import hashlib
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4
from weakref import WeakValueDictionary

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from govkit.base.columns import AssetClass
from govkit.base.db import Base, TenantTable, tenant_index, tenant_unique
from govkit.base.fixed import Fixed
from govkit.base.tenancy import ScopedSession

__all__ = [
    "KEPT_FOR",
    "KEY_FIELD",
    "Answer",
    "AnsweredRequest",
    "alone",
    "fingerprint",
    "forget_old_answers",
    "has_written",
    "keep_answer",
    "new_key",
    "stored_answer",
]

KEY_FIELD: Final = "idempotency_key"
"""Name of the hidden field that holds the key of a form."""
KEPT_FOR: Final = timedelta(days=1)
"""How long an answer is kept for a retry."""
_MAX_BODY: Final = 256 * 1024
"""Longest page in bytes that is kept; a repeat of a longer one is told that all is done."""
_SWEEP_ONE_IN: Final = 64


class AnsweredRequest(TenantTable, Base):
    """A request that changed something, with its answer (処理済みの要求)."""

    __asset_class__ = AssetClass.II
    __tablename__ = "govkit_answered_request"
    __table_args__ = (
        tenant_unique("fingerprint"),
        tenant_index("govkit_answered_request", "answered_at"),
        {"comment": "処理済みの要求(二重送信の防止)"},
    )

    fingerprint: Mapped[str] = mapped_column(sa.String(64), comment="要求のハッシュ")
    answered_at: Mapped[datetime] = mapped_column(comment="回答日時")
    status: Mapped[int] = mapped_column(comment="HTTPの状態コード")
    headers: Mapped[dict[str, Any]] = mapped_column(sa.JSON, comment="回答の見出し")
    body: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary, comment="回答の本文(空なら残していない)"
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as a retry gets it.

    :param body: ``None`` where it is not kept, because it may be shown once only or is too long.
    """

    status: int
    headers: dict[str, str]
    body: bytes | None


def new_key() -> str:
    """A key for a form, which nobody guesses."""
    return secrets.token_urlsafe(16)


def fingerprint(account_id: UUID | None, target: str, key: str, parts: Iterable[str]) -> str:
    """What makes two requests the same one: who, where, the key of the form, and its content.

    :param target: Address with its query.
    :param parts: Names and values that were sent, and the names and hashes of files.
    """
    digest = hashlib.sha256()
    for part in (str(account_id), target, key, *parts):
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()


_locks: Final[WeakValueDictionary[str, Any]] = WeakValueDictionary()
_locks_guard: Final = threading.Lock()


@contextmanager
def alone(mark: str) -> Iterator[None]:
    """Let equal requests of this process pass one after the other.

    Requests of several processes meet at the unique fingerprint in the database.
    """
    with _locks_guard:
        lock = _locks.setdefault(mark, threading.Lock())
    with lock:
        yield


def has_written(session: ScopedSession) -> bool:
    """Whether the session has changed any row so far."""
    session.flush()
    return session.has_written


_STORED: Final = Fixed(
    sa.select(AnsweredRequest.status, AnsweredRequest.headers, AnsweredRequest.body).where(
        AnsweredRequest.fingerprint == sa.bindparam("mark")
    )
)
_KEEP: Final = Fixed(sa.insert(AnsweredRequest))


def stored_answer(session: ScopedSession, mark: str) -> Answer | None:
    """The answer that a request with the fingerprint got before, if it did."""
    return next((Answer(*row) for row in session.read(_STORED, mark=mark)), None)


def keep_answer(session: ScopedSession, mark: str, answer: Answer, now: datetime) -> None:
    """Keep an answer in the transaction of what it tells about.

    :raises IntegrityError: When another request with the fingerprint was answered meanwhile.
    """
    body = answer.body if answer.body is not None and len(answer.body) <= _MAX_BODY else None
    identifier = uuid4()
    row = {
        "id": identifier,
        "fingerprint": mark,
        "answered_at": now,
        "status": answer.status,
        "headers": answer.headers,
        "body": body,
    }
    session.write(_KEEP, [row])
    if identifier.int % _SWEEP_ONE_IN == 0:
        forget_old_answers(session, now)


def forget_old_answers(session: ScopedSession, now: datetime) -> None:
    """Delete the answers that no retry asks for any more; done now and then by itself."""
    old = AnsweredRequest.answered_at < now - KEPT_FOR
    session.execute(sa.delete(AnsweredRequest).where(old))
