"""Retirement of audit events that are past their term (監査記録の保存期間満了による削除).

Only a whole beginning of a chain is retired, up to the first event that must still be kept; the role of
the application cannot delete at all. The events are written to a file first, which is read again, and
the chain goes on from a checkpoint whose digest stands in the anchor file outside the database.
"""

import gzip
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa

from govkit.base.audit import AuditCheckpoint, AuditEvent
from govkit.base.audit_chain import (
    Anchor,
    chain_start,
    checkpoint_digest,
    events_after,
    head,
    link_of,
    read_anchors,
    verify,
    write_anchor,
)
from govkit.base.audit_policy import AuditPolicy
from govkit.base.audit_words import Action, RecordKind
from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.base.municipality import Municipality
from govkit.base.tenancy import close_walls, open_walls
from govkit.base.work import Work
from govkit.errors import Refused

__all__ = ["Segment", "last_due", "read_segment", "retire"]

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Segment:
    """The beginning of a chain that was, or would be, retired (削除する区間).

    :param before: Hash after which it begins.
    :param chain_hash: Hash of its last event.
    :param path: File that holds it.
    :param sha256: Hash of that file.
    """

    municipality_code: str
    first_number: int
    last_number: int
    first_at: datetime
    last_at: datetime
    before: str
    chain_hash: str
    path: Path
    sha256: str

    @property
    def count(self) -> int:
        """Events in it."""
        return self.last_number - self.first_number + 1


def last_due(work: Work, actions: Mapping[str, Action]) -> int | None:
    """Number of the last event of the beginning of the chain that is wholly past its term.

    :param actions: Every declared action, which tells the kind of each event.
    """
    policy, start = work.policy(AuditPolicy), chain_start(work.session)[0]
    names: dict[RecordKind, list[str]] = {kind: [] for kind in RecordKind}
    for action in actions.values():
        names[action.kind].append(action.name)
    known = [
        sa.and_(AuditEvent.action.in_(of_kind), AuditEvent.at >= policy.cutoff(kind, work.today))
        for kind, of_kind in names.items()
    ]
    other = sa.and_(
        AuditEvent.action.not_in(actions), AuditEvent.at >= policy.cutoff(None, work.today)
    )
    kept = work.session.scalar(
        sa.select(AuditEvent.number)
        .where(AuditEvent.number > start, sa.or_(*known, other))
        .order_by(AuditEvent.number)
        .limit(1)
    )
    newest = head(work.session, work.now)
    last = kept - 1 if kept is not None else newest.number if newest else start
    return last if last > start else None


def retire(
    deployment: Deployment, municipality: Municipality, folder: Path, *, actor: Actor, reason: str
) -> Segment | None:
    """Write the events past their term to a file, check it, and delete them; ``None`` when none is.

    :param folder: Where the file goes; keep it as long as the law of the municipality asks.
    :raises Refused: When there is no anchor file, or the chain is broken.
    """
    anchor_file = deployment.anchor_file
    if anchor_file is None:
        raise Refused(
            "鎖の控えのファイル（security.audit_anchor_file）を設定してから実行してください。"
        )
    with deployment.work(municipality, actor, writes=False) as work:
        if verify(work.session, read_anchors(anchor_file, municipality.code)).faults:
            raise Refused(
                "監査記録の鎖が壊れています。govkit audit verify で調べてから実行してください。"
            )
        last = last_due(work, deployment.actions)
        if last is None:
            return None
        path = _write_segment(work, last, folder)
    segment = read_segment(path)
    with deployment.work(municipality, actor) as work:
        work.record(
            "audit.retirement_ordered",
            municipality.code,
            reason,
            count=segment.count,
            last_number=segment.last_number,
            chain_hash=segment.chain_hash,
            archive_sha256=segment.sha256,
        )
    _delete(deployment, segment, _checkpoint(segment, actor, reason, deployment.clock()))
    deployment.anchor(municipality.code)
    return segment


def _checkpoint(segment: Segment, actor: Actor, reason: str, now: datetime) -> AuditCheckpoint:
    return AuditCheckpoint(
        id=uuid4(),
        municipality_code=segment.municipality_code,
        first_number=segment.first_number,
        last_number=segment.last_number,
        chain_hash=segment.chain_hash,
        first_at=segment.first_at,
        last_at=segment.last_at,
        archive_sha256=segment.sha256,
        ordered_by=actor.audit_name,
        reason=reason,
        retired_at=now,
    )


def _delete(deployment: Deployment, segment: Segment, row: AuditCheckpoint) -> None:
    events: Any = AuditEvent.__table__
    checkpoints: Any = AuditCheckpoint.__table__
    values = {column.key: getattr(row, column.key) for column in checkpoints.columns}
    models = (AuditEvent, AuditCheckpoint)
    with (
        deployment.owner_engine() as owner,
        owner.execution_options(govkit_writes=True).begin() as connection,
    ):
        for model in models:
            open_walls(connection, model)
        connection.execute(sa.insert(checkpoints).values(values))
        deleted = connection.execute(
            sa.delete(events).where(
                events.c.municipality_code == segment.municipality_code,
                events.c.number <= segment.last_number,
            )
        ).rowcount
        if deleted != segment.count:
            raise Refused("監査記録が作業の間に変わりました。もう一度実行してください。")
        for model in models:
            close_walls(connection, model, deployment.app_role)
        # Anchored before the commit: an anchored checkpoint that never came to be does no harm.
        assert deployment.anchor_file is not None  # noqa: S101 - refused before
        anchor = Anchor(
            row.retired_at, segment.municipality_code, segment.last_number, segment.chain_hash
        )
        write_anchor(deployment.anchor_file, replace(anchor, checkpoint=checkpoint_digest(row)))


_FIELDS: Final = (
    *("number", "id", "at", "actor", "action", "subject_kind", "subject_ids"),
    *("reason", "detail", "request_id", "chain_hash"),
)


def _write_segment(work: Work, last: int, folder: Path) -> Path:
    start, before = chain_start(work.session)
    code = work.municipality.code
    path = folder / f"audit-{code}-{start + 1}-{last}.jsonl.gz"
    part = path.with_name(f"{path.name}.part")
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    heading = {"format": _FORMAT, "municipality_code": code, "first": start + 1, "before": before}
    with os.fdopen(handle, "wb") as file:
        # Without name and time in it the same events always make the same file.
        with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as zipped:
            zipped.write(_line(heading))
            for event in events_after(work.session, start):
                if event.number > last:
                    break
                zipped.write(_line([_plain(getattr(event, name)) for name in _FIELDS]))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return path


def _line(value: object) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False)}\n".encode()


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return value.hex
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def read_segment(path: Path) -> Segment:
    """Read a file of retired events and hold its chain together.

    :raises Refused: When it is no such file, or was changed.
    """
    broken = Refused(
        "削除した監査記録のファイル {name} を読めないか、中身が書かれたときと違います。",
        name=path.name,
    )
    try:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            heading = json.loads(next(lines))
            before = link = heading["before"]
            number = heading["first"] - 1
            first_at = last_at = None
            for event in _events(lines):
                number += 1
                if event.number != number or event.chain_hash != link_of(link, event):
                    raise broken
                link, last_at = event.chain_hash, event.at
                first_at = first_at or event.at
    except (OSError, EOFError, StopIteration, KeyError, TypeError, ValueError) as error:
        raise broken from error
    if first_at is None or last_at is None or heading.get("format") != _FORMAT:
        raise broken
    code, first = str(heading["municipality_code"]), int(heading["first"])
    return Segment(code, first, number, first_at, last_at, before, link, path, sha256)


def _events(lines: Iterator[str]) -> Iterator[Any]:
    for line in lines:
        event = SimpleNamespace(**dict(zip(_FIELDS, json.loads(line), strict=True)))
        event.id, event.at = UUID(event.id), datetime.fromisoformat(event.at)
        yield event
