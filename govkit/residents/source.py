"""What an adapter of resident data writes, and how it tells an outage from nobody.

An adapter is a :class:`ResidentSource`: a few plain methods without policy. Derive from it, and
:meth:`~ResidentSource.health` and :meth:`~ResidentSource.changes` need not be written; or write a
class of the same shape. Applications never call it, they hold a
:class:`~govkit.residents.directory.ResidentDirectory`.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Protocol

from govkit.errors import GovkitError
from govkit.residents.matching import ResidentQuery
from govkit.residents.policy import LookupContext
from govkit.residents.records import HouseholdId, PersonId, Resident

__all__ = [
    "OUTAGES",
    "Capability",
    "Changes",
    "Health",
    "ResidentSource",
    "SourceDescription",
    "SourceUnavailable",
    "SourceWrapper",
    "UnsupportedQuery",
    "asked_for",
    "asker",
    "seconds_left",
    "time_limit",
]


class Capability(StrEnum):
    """What a source can do beyond the minimum; the directory refuses what it cannot."""

    PART_MATCH = "part_match"
    FUZZY_MATCH = "fuzzy_match"
    HISTORY = "history"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """What a source is.

    :param profile: Version of the layout it was read from, or blank.
    :param as_of: Day the data stands for, if known.
    :param rows: Number of people it holds, if known.
    """

    name: str
    profile: str = ""
    as_of: date | None = None
    rows: int | None = None
    capabilities: frozenset[Capability] = frozenset(
        {Capability.PART_MATCH, Capability.FUZZY_MATCH, Capability.HISTORY}
    )


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a source can answer now (稼働状況).

    :param retry_after: Seconds after which asking again may help, if known.
    :param note: What is wrong, in words for an operator, without personal data.
    """

    is_up: bool
    retry_after: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """Who changed since a version.

    :param version: Opaque mark of the present state, to ask from the next time.
    :param ids: Everybody who was added, changed or removed, by id; ``None`` when the source no
        longer knows: take everything as changed.
    """

    version: str
    ids: tuple[PersonId, ...] | None


class SourceUnavailable(GovkitError):
    """The source cannot answer now: time-out, maintenance, broken file.

    :param retry_after: Seconds after which asking again may help, if known.
    """

    code = "resident_source_unavailable"

    def __init__(self, text: str = "", retry_after: float | None = None) -> None:
        super().__init__(text or self.code)
        self.retry_after = retry_after


class UnsupportedQuery(GovkitError):
    """The source never answers this kind of question; narrow it or ask another source."""

    code = "resident_query_unsupported"


OUTAGES: Final = (SourceUnavailable, OSError)
"""What a source raises when it cannot answer now."""


class ResidentSource(Protocol):
    """What an adapter writes; ``govkit.testing.resident_source`` tells whether it is right.

    A source holds no policy: it gives every row in the open, protected people marked with
    ``is_protected``. It raises :class:`SourceUnavailable` when it cannot answer, and never gives
    an empty answer instead. It may be asked from several threads.
    """

    def describe(self) -> SourceDescription:
        """What the source is and what it can do."""
        ...

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        """The residents with these ids; ids that are not there are left out."""
        ...

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        """Everybody for whom ``Matcher(query)`` says yes, by id, but at most ``limit + 1``.

        :raises UnsupportedQuery: When the source never answers such a query.
        """
        ...

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        """All members of a household (世帯), in the order of :func:`household_order`."""
        ...

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days, both included, by id.

        People whose birth date is unknown in part are given too if it may lie between.
        """
        ...

    def changes(self, since: str) -> Changes:
        """Who changed since a version; a blank one asks for the present version alone.

        :raises UnsupportedQuery: Unless the source has :attr:`Capability.CHANGES`.
        """
        raise UnsupportedQuery("changes")

    def health(self) -> Health:
        """Whether the source can answer now; never raises."""
        try:
            self.describe()
        except OUTAGES as outage:
            return Health(False, getattr(outage, "retry_after", None), type(outage).__name__)
        return Health(True)


class SourceWrapper(ResidentSource):
    """A source that asks another one, and describes itself as that one unless it says more."""

    def __init__(self, source: ResidentSource) -> None:
        self._source = source

    def describe(self) -> SourceDescription:
        """What the source below is."""
        return self._source.describe()

    def health(self) -> Health:
        """Whether the source below can answer now."""
        return self._source.health()

    def changes(self, since: str) -> Changes:
        """Who changed in the source below since a version."""
        return self._source.changes(since)


_END: ContextVar[float | None] = ContextVar("govkit_residents_end", default=None)


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Sources asked inside have this many seconds at most; limits inside limits only shorten."""
    end = _END.get()
    if seconds is not None:
        own = time.monotonic() + seconds
        end = own if end is None else min(end, own)
    token = _END.set(end)
    try:
        yield
    finally:
        _END.reset(token)


def seconds_left() -> float | None:
    """Seconds until the asker gives up; ``None`` without a limit.

    :raises SourceUnavailable: When the time is over.
    """
    end = _END.get()
    if end is None:
        return None
    left = end - time.monotonic()
    if left <= 0:
        raise SourceUnavailable("deadline")
    return left


_ASKER: ContextVar[LookupContext | None] = ContextVar("govkit_residents_asker", default=None)


@contextmanager
def asked_for(context: LookupContext) -> Iterator[None]:
    """Sources asked inside are asked for this; the directory says so, for caches and standbys."""
    token = _ASKER.set(context)
    try:
        yield
    finally:
        _ASKER.reset(token)


def asker() -> LookupContext | None:
    """For whom and what a source is asked now; ``None`` outside a directory."""
    return _ASKER.get()
