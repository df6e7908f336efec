"""Candidates of claims where there are no columns: asked from a source, or out of a few people."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final, Protocol

from govkit.residents.claims import Claim
from govkit.residents.linkage_names import forms_of
from govkit.residents.linkage_rules import ClaimView, NameFrequencies
from govkit.residents.linkage_shares import common_names
from govkit.residents.matching import NameMatch, ResidentQuery
from govkit.residents.records import Resident
from govkit.residents.source import Capability, ResidentSource, UnsupportedQuery

__all__ = ["CandidateFinder", "HeldFinder", "SearchingFinder"]


class CandidateFinder(Protocol):
    """Finds the people whom claims can mean."""

    @property
    def frequencies(self) -> NameFrequencies:
        """How common names are among the people it finds."""
        ...

    def find(self, claims: Sequence[ClaimView]) -> Iterator[Sequence[Resident]]:
        """The candidates of each claim in turn; rather too many than too few."""
        ...


_LIMIT: Final = 200


class SearchingFinder:
    """Finds candidates by asking a source, a few times for every claim.

    The address is never a condition, so nobody is found by it. Of the questions that a source
    never answers one is left out as long as it answers another.
    """

    def __init__(self, source: ResidentSource) -> None:
        self._source = source
        described = source.describe()
        able = Capability.FUZZY_MATCH in described.capabilities
        self._how = NameMatch.FUZZY if able else NameMatch.EXACT
        self.frequencies: NameFrequencies = common_names(described.rows)

    def find(self, claims: Sequence[ClaimView]) -> Iterator[Sequence[Resident]]:
        """The candidates of each claim in turn."""
        return map(self._candidates, claims)

    def _candidates(self, view: ClaimView) -> Sequence[Resident]:
        found: dict[object, Resident] = {}
        refusals: list[UnsupportedQuery] = []
        queries = [query for query in _queries(view.claim, self._how) if not query.problems]
        for query in queries:
            try:
                people = self._source.search(query, _LIMIT)
            except UnsupportedQuery as refusal:
                refusals.append(refusal)
                continue
            found |= {resident.id: resident for resident in people}
        if refusals and len(refusals) == len(queries):
            raise refusals[0]
        return list(found.values())


def _queries(claim: Claim, how: NameMatch) -> Iterator[ResidentQuery]:
    """What to ask: by number, by birth and any part of the name, by the whole name alone."""
    if claim.addressee_number.strip():
        yield ResidentQuery(addressee_number=claim.addressee_number)
    first, last = _bounds(claim)
    for text in dict.fromkeys((claim.name, claim.kana)):
        if not text.strip():
            continue
        if first and last:
            for part in dict.fromkeys((text, *text.split())):
                yield ResidentQuery(name=part, name_match=how, birth_from=first, birth_to=last)
        yield ResidentQuery(name=text, name_match=NameMatch.EXACT)


def _bounds(claim: Claim) -> tuple[date | None, date | None]:
    return (claim.birth.earliest, claim.birth.latest) if claim.birth else (None, None)


class HeldFinder:
    """Finds candidates among people held in memory: all of the same birth or the same name.

    For thousands of people, as deltas change them, not for a city.
    """

    def __init__(self, residents: Iterable[Resident], frequencies: NameFrequencies) -> None:
        self.frequencies = frequencies
        self._by_day: defaultdict[date | None, list[Resident]] = defaultdict(list)
        self._by_name: defaultdict[str, list[Resident]] = defaultdict(list)
        self._by_number: defaultdict[str, list[Resident]] = defaultdict(list)
        for resident in residents:
            birth = resident.birth
            self._by_day[birth.value if birth.is_known else None].append(resident)
            self._by_number[resident.id.addressee_number].append(resident)
            for name in {name for form in forms_of(resident) for name in form.wholes}:
                self._by_name[name].append(resident)

    def find(self, claims: Sequence[ClaimView]) -> Iterator[Sequence[Resident]]:
        """The candidates of each claim in turn."""
        return map(self._candidates, claims)

    def _candidates(self, view: ClaimView) -> Sequence[Resident]:
        if not self._by_number:
            return ()
        found = list(self._by_number.get(view.number, ()))
        if view.claim.birth is not None and view.claim.birth.is_known:
            found += self._by_day.get(view.claim.birth.value, ())
            found += self._by_day.get(None, ())
        for name in (view.name, *view.kana):
            found += self._by_name.get(name.whole, ())
            found += self._by_name.get("".join(reversed(name.parts)), ())
        return list({resident.id: resident for resident in found}.values())
