"""Budgets and alarms: how many people somebody may look up, and what looks unlike work.

The standard specification asks for the analysis of mass searches, of lookups at night and of
searches by number that find nobody (住民記録システム標準仕様書 10.2). A :class:`Watch` notes every
lookup in a :class:`Ledger`, refuses when the purpose's budget is used up, and raises alarms; who
receives them is the application's matter.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Final, Protocol

from govkit.residents.policy import LookupContext, PurposeRule

__all__ = ["Alarm", "AlarmKind", "Ledger", "MemoryLedger", "Note", "Watch"]

_HOUR: Final = timedelta(hours=1)
_JAPAN: Final = timezone(timedelta(hours=9), "JST")


class AlarmKind(StrEnum):
    """What was noticed."""

    MASS_SEARCH = "mass_search"
    """Many lookups in ten minutes (大量検索)."""
    UNKNOWN_NUMBERS = "unknown_numbers"
    """Several numbers one after the other that belong to nobody."""
    NIGHT = "night"
    """A lookup at night (夜間の照会)."""
    BUDGET = "budget"
    """The hourly budget is used up."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a person should look at; it holds no resident."""

    kind: AlarmKind
    context: LookupContext
    count: int


@dataclass(frozen=True, slots=True)
class Note:
    """One lookup as the watch remembers it.

    :param action: ``get``, ``search``, ``household``, ``match`` …
    :param outcome: Outcome of the :data:`~govkit.residents.results.Result`.
    :param people: Number of people shown.
    """

    at: datetime
    purpose: str
    action: str
    outcome: str
    people: int


class Ledger(Protocol):
    """Where the lookups of each actor are kept; share it between all processes of a deployment."""

    def add(self, actor: str, note: Note) -> None:
        """Keep a lookup."""
        ...

    def since(self, actor: str, when: datetime) -> Sequence[Note]:
        """The actor's lookups from a moment on, the oldest first."""
        ...


class MemoryLedger:
    """A ledger of one process, for the last hour; safe between threads."""

    def __init__(self) -> None:
        self._notes: defaultdict[str, deque[Note]] = defaultdict(deque)
        self._lock = threading.Lock()

    def add(self, actor: str, note: Note) -> None:
        """Keep a lookup and forget those older than an hour."""
        with self._lock:
            notes = self._notes[actor]
            notes.append(note)
            while notes[0].at < note.at - _HOUR:
                notes.popleft()

    def since(self, actor: str, when: datetime) -> Sequence[Note]:
        """The actor's lookups from a moment on, the oldest first."""
        with self._lock:
            return [note for note in self._notes.get(actor, ()) if note.at >= when]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Watches the lookups of every actor.

    :param alarm: Receives each alarm; what it raises goes up and withholds the answer.
    :param clock: The present moment, with a time zone.
    :param mass: Lookups in ten minutes from which on the alarm sounds.
    :param unknown: Numbers of nobody, one after the other, from which on it sounds.
    :param night: From and to in Japan's time; the same twice for never.
    """

    ledger: Ledger
    alarm: Callable[[Alarm], None]
    clock: Callable[[], datetime]
    mass: int = 100
    unknown: int = 5
    night: tuple[time, time] = (time(22), time(6))

    def seconds_to_wait(self, context: LookupContext, rule: PurposeRule) -> float:
        """Seconds until the budget of this actor and purpose allows a lookup; 0 for now."""
        if not rule.rows_per_hour:
            return 0.0
        now = self.clock()
        notes = [n for n in self.ledger.since(context.actor, now - _HOUR) if n.purpose == rule.name]
        over = sum(note.people for note in notes) - rule.rows_per_hour
        if over < 0:
            return 0.0
        self.alarm(Alarm(AlarmKind.BUDGET, context, over + rule.rows_per_hour))
        for note in notes:
            over -= note.people
            if over < 0:
                return max((note.at + _HOUR - now).total_seconds(), 1.0)
        return _HOUR.total_seconds()

    def note(self, context: LookupContext, action: str, outcome: str, people: int) -> None:
        """Keep a lookup, and sound the alarms that it sets off."""
        now = self.clock()
        self.ledger.add(context.actor, Note(now, context.purpose, action, outcome, people))
        if self._is_night(now):
            self.alarm(Alarm(AlarmKind.NIGHT, context, people))
        recent = self.ledger.since(context.actor, now - timedelta(minutes=10))
        if self.mass and len(recent) % self.mass == 0:
            self.alarm(Alarm(AlarmKind.MASS_SEARCH, context, len(recent)))
        numbers = [note.outcome for note in recent if note.action == "get"][-self.unknown :]
        if action == "get" and numbers == ["no_match"] * self.unknown:
            self.alarm(Alarm(AlarmKind.UNKNOWN_NUMBERS, context, self.unknown))

    def _is_night(self, now: datetime) -> bool:
        first, last = self.night
        here = now.astimezone(_JAPAN).time()
        return first <= here < last if first <= last else here >= first or here < last
