"""Marks the protected people (支援措置) in the answers of any source, at once and every time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from govkit.residents.adapters.protection_feed import ProtectedIds, ProtectionFeed
from govkit.residents.matching import ResidentQuery
from govkit.residents.records import HouseholdId, PersonId, Resident
from govkit.residents.source import (
    Capability,
    Changes,
    Health,
    ResidentSource,
    SourceUnavailable,
    SourceWrapper,
    UnsupportedQuery,
)

__all__ = ["Protected"]


class Protected(SourceWrapper):
    """A source whose people are marked as protected by a feed, besides those it marks itself.

    While the feed cannot tell who is protected, nothing is answered
    (:class:`~govkit.residents.source.SourceUnavailable`): everybody masked would look like an
    answer, and names alone may be one too many. The feed is asked after the source, so what was
    delivered while the source was working counts. Put it over a cache, never below one.
    """

    def __init__(self, source: ResidentSource, feed: ProtectionFeed) -> None:
        super().__init__(source)
        self._feed = feed

    def health(self) -> Health:
        """Whether source and feed can answer now."""
        try:
            self._feed.protected()
        except SourceUnavailable as outage:
            return Health(False, outage.retry_after, str(outage))
        return super().health()

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        """The residents with these ids."""
        found = self._source.get_many(ids)
        protected = self._feed.protected()
        return {one: _marked(resident, protected) for one, resident in found.items()}

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        """Everybody the query describes, by id, at most ``limit + 1``."""
        return self._all_marked(self._source.search(query, limit))

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        """All members of a household, the head first."""
        return self._all_marked(self._source.household(household))

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days, by id; all are read before the first is given."""
        return iter(self._all_marked(self._source.born_between(first, last)))

    def changes(self, since: str) -> Changes:
        """Who changed in the source or in the feed since a version."""
        if Capability.CHANGES not in self.describe().capabilities:
            raise UnsupportedQuery("changes")
        protection, _, source = since.partition("|")
        version = self._feed.version
        found = self._source.changes(source)
        ids: tuple[PersonId, ...] | None = None
        marked = self._feed.changed_since(protection) if since else frozenset()
        if found.ids is not None and marked is not None:
            ids = tuple(sorted({*found.ids, *marked}))
        return Changes(f"{version}|{found.version}", ids)

    def _all_marked(self, residents: Iterable[Resident]) -> Sequence[Resident]:
        found = list(residents)
        protected = self._feed.protected()
        return [_marked(one, protected) for one in found]


def _marked(resident: Resident, protected: ProtectedIds) -> Resident:
    if resident.is_protected or resident.id not in protected:
        return resident
    return replace(resident, is_protected=True)
