"""Keeps answers of a slow source for a few minutes, in the memory of this process alone."""

import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from govkit.residents.adapters.protected import Protected
from govkit.residents.adapters.protection_feed import ProtectionFeed
from govkit.residents.matching import ResidentQuery
from govkit.residents.records import HouseholdId, PersonId, Resident
from govkit.residents.source import (
    Changes,
    ResidentSource,
    SourceWrapper,
    asker,
    seconds_left,
)

__all__ = ["Cached"]

_LONGEST: Final = timedelta(minutes=10)

_Answer = tuple[Resident, ...]


@dataclass(slots=True)
class _Flight:
    """A question on its way to the source, for which others wait."""

    landed: threading.Event = field(default_factory=threading.Event)
    answer: _Answer | None = None


class Cached(SourceWrapper):
    """A source that answers the same question of the same context from memory.

    It stands below the directory: what it keeps are whole rows, and masks are put on after it, on
    each answer anew. Rows are frozen, and every answer is a list of its own, so nobody can change
    what is kept.

    Answers never cross contexts: the :class:`~govkit.residents.policy.LookupContext` for which the
    directory asks is part of the key, and a question outside a directory is not kept. Keys are
    HMACs under a secret of the process, so they tell nothing in a dump. Outages are never kept,
    nor are :meth:`born_between` and :meth:`changes`. Equal questions at the same time are asked
    once.

    :param ttl: How long an answer is kept, ten minutes at most.
    :param size: Most people and answers kept.
    :param feed: Every change of a protection empties the cache.
    :param clock: Seconds that only go forward.
    :raises ValueError: For another time or size, and over a :class:`Protected`, whose marks must
        not be kept: put that over the cache.
    """

    def __init__(
        self,
        source: ResidentSource,
        *,
        ttl: timedelta = timedelta(minutes=1),
        size: int = 10_000,
        feed: ProtectionFeed | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not timedelta() < ttl <= _LONGEST or size < 1:
            raise ValueError("a cache keeps something for ten minutes at most")
        if isinstance(source, Protected):
            raise ValueError("put Protected over Cached")
        super().__init__(source)
        self._ttl = ttl.total_seconds()
        self._size = size
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, tuple[float, _Answer]] = OrderedDict()
        self._weight = 0
        self._generation = 0
        self._flights: dict[bytes, _Flight] = {}
        if feed is not None:
            feed.listen(lambda changed: self.clear())

    def clear(self) -> None:
        """Forget everything, also what is on its way."""
        with self._lock:
            self._kept.clear()
            self._flights.clear()
            self._weight = 0
            self._generation += 1

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        """The residents with these ids."""
        wanted = tuple(ids)
        found = self._answer(
            ("get_many", wanted), lambda: tuple(self._source.get_many(wanted).values())
        )
        return {one.id: one for one in found}

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        """Everybody the query describes, by id, at most ``limit + 1``."""
        question = ("search", query, limit)
        return list(self._answer(question, lambda: tuple(self._source.search(query, limit))))

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        """All members of a household, the head first."""
        question = ("household", household)
        return list(self._answer(question, lambda: tuple(self._source.household(household))))

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days, by id, always from the source."""
        return self._source.born_between(first, last)

    def changes(self, since: str) -> Changes:
        """Who changed since a version; if anybody did, everything is forgotten."""
        found = super().changes(since)
        if since and found.ids != ():
            self.clear()
        return found

    def _answer(self, question: tuple[object, ...], ask: Callable[[], _Answer]) -> _Answer:
        context = asker()
        if context is None:
            return ask()
        text = repr((context, question)).encode("utf-8", "surrogatepass")
        key = hmac.digest(self._secret, text, "sha256")
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept[0] > self._clock():
                self._kept.move_to_end(key)
                return kept[1]
            flight = self._flights.get(key)
            is_first = flight is None
            if flight is None:
                flight = self._flights[key] = _Flight()
            generation = self._generation
        if is_first:
            return self._asked(key, flight, generation, ask)
        flight.landed.wait(seconds_left())
        seconds_left()
        # Where the other one failed, its time may have been too short: ask with one's own.
        return ask() if flight.answer is None else flight.answer

    def _asked(
        self, key: bytes, flight: _Flight, generation: int, ask: Callable[[], _Answer]
    ) -> _Answer:
        try:
            answer = ask()
            with self._lock:
                if generation == self._generation:
                    flight.answer = answer
                    self._keep(key, answer)
        finally:
            with self._lock:
                if self._flights.get(key) is flight:
                    del self._flights[key]
            flight.landed.set()
        return answer

    def _keep(self, key: bytes, answer: _Answer) -> None:
        if len(answer) >= self._size:
            return
        self._drop(key)
        self._kept[key] = self._clock() + self._ttl, answer
        self._weight += 1 + len(answer)
        while self._weight > self._size:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: bytes) -> None:
        _, answer = self._kept.pop(key, (0.0, None))
        if answer is not None:
            self._weight -= 1 + len(answer)
