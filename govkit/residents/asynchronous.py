"""The directory for applications that run on an event loop.

Sources block: they read files or databases. Each lookup runs in a thread of the loop's default pool.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date

from govkit.residents.claims import Claim
from govkit.residents.directory import ResidentDirectory
from govkit.residents.linkage import Decision
from govkit.residents.matching import ResidentQuery
from govkit.residents.policy import LookupContext
from govkit.residents.records import HouseholdId, PersonId, Resident
from govkit.residents.results import Result, Verified
from govkit.residents.source import Health

__all__ = ["AsyncResidentDirectory"]


class AsyncResidentDirectory:
    """The same lookups as :class:`~govkit.residents.directory.ResidentDirectory`, to be awaited."""

    def __init__(self, directory: ResidentDirectory) -> None:
        self._directory = directory

    async def get(self, context: LookupContext, person: PersonId) -> Result:
        """The person with this id."""
        return await asyncio.to_thread(self._directory.get, context, person)

    async def search(self, context: LookupContext, query: ResidentQuery, limit: int = 50) -> Result:
        """The people a query describes."""
        return await asyncio.to_thread(self._directory.search, context, query, limit)

    async def household(self, context: LookupContext, household: HouseholdId) -> Result:
        """The members of a household (世帯)."""
        return await asyncio.to_thread(self._directory.household, context, household)

    async def verify(
        self, context: LookupContext, person: PersonId, claim: ResidentQuery
    ) -> Verified | Result:
        """Whether what somebody says of a person agrees with the register (本人確認)."""
        return await asyncio.to_thread(self._directory.verify, context, person, claim)

    async def born_between(
        self, context: LookupContext, first: date, last: date
    ) -> Sequence[Resident]:
        """Everybody born between two days, both included."""
        rows = await asyncio.to_thread(self._directory.born_between, context, first, last)
        return list(rows)

    async def match(self, context: LookupContext, claims: Iterable[Claim]) -> Sequence[Decision]:
        """Which resident each row of a list means (名簿との突合)."""
        rows = list(claims)
        return await asyncio.to_thread(lambda: list(self._directory.match(context, rows)))

    async def health(self) -> Health:
        """Whether the source behind the directory can answer now."""
        return await asyncio.to_thread(self._directory.health)
