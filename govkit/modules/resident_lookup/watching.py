"""Budgets and alarms over the audit events of a municipality, shared by all processes (監視)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa

from govkit.base.access_report import Access, accesses_of, whole_days
from govkit.base.audit import AuditEvent
from govkit.base.work import Work
from govkit.residents.watch import Alarm, AlarmKind, Note, Watch

__all__ = ["AlarmEntry", "AuditLedger", "alarms", "lookup_watch"]

_PREFIX: Final = "residents."
_LOOKUPS: Final = tuple(
    f"{_PREFIX}{action}"
    for action in ("get", "search", "household", "born_between", "match", "verify")
)
_ALARMS: Final = {f"{_PREFIX}alarm.{kind}": kind for kind in AlarmKind}
_SHOWN: Final = 500


class AuditLedger:
    """The lookups of every actor as the audit events tell them, with those of the present work.

    A lookup that is noted here has just been audited: there is nothing more to store.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._unwritten: list[Note] = []

    def add(self, actor: str, note: Note) -> None:
        """Keep a lookup of the present work, which is not in the table yet."""
        self._unwritten.append(note)

    def since(self, actor: str, when: datetime) -> Sequence[Note]:
        """The actor's lookups from a moment on, the oldest first."""
        events = self._work.session.scalars(
            sa.select(AuditEvent)
            .where(
                AuditEvent.at >= when, AuditEvent.actor == actor, AuditEvent.action.in_(_LOOKUPS)
            )
            .order_by(AuditEvent.at)
        )
        return [*map(_note, events), *self._unwritten]


def _note(event: AuditEvent) -> Note:
    return Note(
        event.at,
        str(event.detail.get("purpose", "")),
        event.action.removeprefix(_PREFIX),
        str(event.detail.get("outcome", "")),
        len(event.subject_ids),
    )


def lookup_watch(work: Work) -> Watch:
    """The watch over the lookups of a unit of work; its alarms are audit events."""

    def sound(alarm: Alarm) -> None:
        context = alarm.context
        work.record(
            f"{_PREFIX}alarm.{alarm.kind}",
            [],
            context.reason,
            is_read=True,
            purpose=context.purpose,
            legal_basis=context.legal_basis,
            section=context.section,
            count=alarm.count,
        )

    return Watch(ledger=AuditLedger(work), alarm=sound, clock=lambda: work.now)


@dataclass(frozen=True, slots=True)
class AlarmEntry:
    """One alarm with who set it off.

    :param count: Lookups or people, by the kind.
    """

    kind: AlarmKind
    count: int
    access: Access


def alarms(work: Work, first: date, last: date) -> list[AlarmEntry]:
    """The alarms between two days, both included, the latest first; at most 500."""
    work.require("resident_lookup.alarms")
    begin, end = whole_days(first, last)
    events = work.session.scalars(
        sa.select(AuditEvent)
        .where(AuditEvent.at >= begin, AuditEvent.at < end, AuditEvent.action.in_(_ALARMS))
        .order_by(AuditEvent.at.desc())
        .limit(_SHOWN)
    ).all()
    return [
        AlarmEntry(_ALARMS[event.action], int(event.detail.get("count", 0)), access)
        for event, access in zip(events, accesses_of(work, events), strict=True)
    ]
