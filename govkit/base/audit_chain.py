"""The chain of audit events: nothing can be changed, taken out or added unseen (監査記録の鎖).

Each event of a municipality has a number and a hash over its content and the hash before it, written
in the transaction of the work itself. Who can write to the database could compute a whole new chain;
therefore the newest link is written now and then to an *anchor file* outside the database, which
belongs on another disk or server. :func:`verify` holds chain and anchors against each other.

Events past their term are retired from the beginning (:mod:`govkit.base.retention`); the chain then
begins at a checkpoint, which is anchored too.

After OWASP ASVS 5.0 16.4.2–16.4.3.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from govkit.base.audit import AuditCheckpoint, AuditEvent, AuditHead
from govkit.base.fixed import Fixed
from govkit.base.tenancy import ScopedSession

__all__ = [
    "Anchor",
    "Fault",
    "Verification",
    "append",
    "chain_start",
    "checkpoint_digest",
    "events_after",
    "head",
    "link_of",
    "read_anchors",
    "verify",
    "write_anchor",
]

_HEAD: Final = UUID("6f1d2c9e-5f5b-4b60-9a54-0d6a9f3c1e00")
"""Identifier of the one head of each municipality."""
_START: Final = "0" * 64
_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
_PAGE: Final = 2000


def append(session: ScopedSession, events: Iterable[AuditEvent]) -> None:
    """Add events to the chain of the session's municipality, in their order; does not commit.

    Writers of one municipality queue here until their transaction ends, so call it last.
    """
    new = list(events)
    if not new:
        return
    code = _code(session)
    number, link = _locked_head(session)
    rows = []
    for event in new:
        number += 1
        event.number = number
        event.chain_hash = link = link_of(link, event)
        rows.append({name: getattr(event, name) for name in _COLUMNS} | {"municipality_code": code})
    session.write(_ADD, rows)
    session.write(_MOVE_HEAD, [{"head_id": _HEAD, "new_number": number, "new_hash": link}])


_COLUMNS: Final = tuple(each.key for each in sa.inspect(AuditEvent).column_attrs)
_ADD: Final = Fixed(sa.insert(AuditEvent))
_LOCK_HEAD: Final = Fixed(
    sa.select(AuditHead.number, AuditHead.chain_hash)
    .where(AuditHead.id == sa.bindparam("head_id"))
    .with_for_update()
)
_MOVE_HEAD: Final = Fixed(
    sa.update(AuditHead)
    .where(AuditHead.id == sa.bindparam("head_id"))
    .values(number=sa.bindparam("new_number"), chain_hash=sa.bindparam("new_hash"))
)


def _locked_head(session: ScopedSession) -> tuple[int, str]:
    """Number and hash of the newest link."""
    while True:
        if found := session.read(_LOCK_HEAD, head_id=_HEAD):
            return found[0].number, found[0].chain_hash
        try:
            with session.begin_nested():
                session.add(_first_head(session))
        except IntegrityError:
            continue  # another writer was first


def _first_head(session: ScopedSession) -> AuditHead:
    count = session.scalar(sa.select(sa.func.count(AuditEvent.id)))
    return AuditHead(id=_HEAD, number=0, chain_hash=_START, unnumbered=count or 0)


def _code(session: ScopedSession) -> str:
    code = session.scope.municipality_code
    if code is None:
        raise TypeError("events belong to a municipality")
    return code


def link_of(before: str, event: Any) -> str:
    """Hash of an event, a row or a mapped one, and of the link before it."""
    content = (
        before,
        event.number,
        event.id.hex,
        event.at.astimezone(UTC).isoformat(),
        event.actor,
        event.action,
        event.subject_kind,
        event.subject_ids,
        event.reason,
        event.detail,
        event.request_id,
    )
    return hashlib.sha256(_ENCODER.encode(content).encode("ascii")).hexdigest()


def checkpoint_digest(row: AuditCheckpoint) -> str:
    """Hash of all that matters in a checkpoint, for the anchor file."""
    content = (
        row.municipality_code,
        row.first_number,
        row.last_number,
        row.chain_hash,
        row.archive_sha256,
    )
    return hashlib.sha256(_ENCODER.encode(content).encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class Anchor:
    """The newest link of a chain as it was once, kept outside the database (鎖の控え).

    :param checkpoint: Digest of the checkpoint that ends with this link, or blank.
    """

    at: datetime
    municipality_code: str
    number: int
    chain_hash: str
    checkpoint: str = ""


def head(session: ScopedSession, now: datetime) -> Anchor | None:
    """The newest link of the session's municipality; ``None`` before the first event."""
    code = _code(session)
    newest: AuditHead | None = session.get(AuditHead, (code, _HEAD))
    if newest is None or not newest.number:
        return None
    return Anchor(now, code, newest.number, newest.chain_hash)


def write_anchor(path: Path, anchor: Anchor) -> None:
    """Add an anchor to the file, on disk when this returns; several processes may write at once."""
    line = json.dumps(
        {
            "at": anchor.at.astimezone(UTC).isoformat(),
            "municipality_code": anchor.municipality_code,
            "number": anchor.number,
            "chain_hash": anchor.chain_hash,
            **({"checkpoint": anchor.checkpoint} if anchor.checkpoint else {}),
        }
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"{line}\n".encode("ascii"))
        os.fsync(handle)
    finally:
        os.close(handle)


def read_anchors(path: Path, municipality_code: str) -> Sequence[Anchor]:
    """The anchors of a municipality, in the order they were written.

    :raises ValueError: When a line is no anchor; its number is told.
    """
    found = []
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    for number, line in enumerate(lines, 1):
        try:
            fields = json.loads(line)
            anchor = Anchor(
                datetime.fromisoformat(fields["at"]),
                str(fields["municipality_code"]),
                int(fields["number"]),
                str(fields["chain_hash"]),
                str(fields.get("checkpoint", "")),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(number) from error
        if anchor.municipality_code == municipality_code:
            found.append(anchor)
    return found


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the chain of events is broken.

    :param code: ``missing``, ``changed``, ``head``, ``unnumbered``, ``cut``, ``anchor``, or
        ``checkpoint``.
    :param number: Number of the first event concerned.
    """

    code: str
    number: int


@dataclass(frozen=True, slots=True)
class Verification:
    """What :func:`verify` found.

    :param events: Number of the newest event; those before the checkpoint are retired.
    :param unnumbered: Events from before there was a chain, which nothing protects.
    :param anchors: Anchors held against it.
    :param faults: Where it is broken; empty when all is well.
    :param retired: Number of the last event that was retired, 0 when none was.
    """

    events: int
    unnumbered: int
    anchors: int
    faults: tuple[Fault, ...]
    retired: int = 0


def chain_start(session: ScopedSession) -> tuple[int, str]:
    """Number and hash after which the chain begins: of the latest checkpoint, or the very start."""
    latest = session.scalar(
        sa.select(AuditCheckpoint).order_by(AuditCheckpoint.last_number.desc()).limit(1)
    )
    return (latest.last_number, latest.chain_hash) if latest else (0, _START)


def verify(session: ScopedSession, anchors: Sequence[Anchor] = ()) -> Verification:
    """Hold the whole chain of the session's municipality against itself and its anchors.

    A changed event breaks its own link alone: the check goes on from the link as stored, so that
    every place is told.
    """
    retired, link = chain_start(session)
    number = retired
    faults = _checkpoint_faults(session, anchors)
    # Anchors of retired events are held against the files they were retired to.
    expected = {each.number: each.chain_hash for each in anchors if each.number >= retired}
    if expected.pop(number, link) != link:
        faults.append(Fault("anchor", number))
    for event in events_after(session, retired):
        number += 1
        if event.number != number:
            faults.append(Fault("missing", number))
            number = event.number
        elif event.chain_hash != link_of(link, event):
            faults.append(Fault("changed", number))
        link = event.chain_hash or ""
        if expected.pop(number, link) != link:
            faults.append(Fault("anchor", number))
    faults += (Fault("cut", missing) for missing in sorted(expected))
    newest: AuditHead | None = session.get(AuditHead, (_code(session), _HEAD))
    if ((newest.number, newest.chain_hash) if newest else (0, _START)) != (number, link):
        faults.append(Fault("head", number))
    plain = session.scalar(
        sa.select(sa.func.count(AuditEvent.id)).where(AuditEvent.number.is_(None))
    )
    if plain != (newest.unnumbered if newest else plain):
        faults.append(Fault("unnumbered", 0))
    return Verification(number, plain or 0, len(anchors), tuple(faults), retired)


def _checkpoint_faults(session: ScopedSession, anchors: Sequence[Anchor]) -> list[Fault]:
    """Checkpoints that the anchor file does not know, or that leave a gap between them."""
    known = {each.checkpoint for each in anchors}
    faults, before = [], 0
    for row in session.scalars(sa.select(AuditCheckpoint).order_by(AuditCheckpoint.last_number)):
        if checkpoint_digest(row) not in known or row.first_number != before + 1:
            faults.append(Fault("checkpoint", row.first_number))
        before = row.last_number
    return faults


def events_after(session: ScopedSession, last: int) -> Iterator[Any]:
    """The events after a number, in their order, as rows: objects would take twice as long."""
    columns = [getattr(AuditEvent, each.key) for each in sa.inspect(AuditEvent).column_attrs]
    while True:
        page = session.execute(
            sa.select(*columns)
            .where(AuditEvent.number > last)
            .order_by(AuditEvent.number)
            .limit(_PAGE)
        ).all()
        if not page:
            return
        yield from page
        last = page[-1].number or 0
