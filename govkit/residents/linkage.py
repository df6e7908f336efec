"""Which resident a claim means: linked, to be reviewed by a person, or nobody.

::

    with LocalIndex(folder) as source:
        for decision in Linker(source).match(read_claims(path).claims):
            print(decision.outcome, decision.explanation)

Every claim is decided alone, so neither order nor number of the claims matters. A link needs
evidence worth :data:`LINK_AT`, a given name that agrees in kanji or reading (twins differ in
nothing else), a lead of :data:`LEAD` over everybody else who bears it, and a person who is a resident now;
whatever lacks one of these but reaches :data:`REVIEW_AT` goes to review.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib import import_module
from itertools import islice
from typing import Any, Final

from govkit.residents.claims import Claim
from govkit.residents.linkage_finders import CandidateFinder, SearchingFinder
from govkit.residents.linkage_rules import (
    ClaimView,
    Evidence,
    Likeness,
    NameFrequencies,
    compare,
)
from govkit.residents.matching import Grade
from govkit.residents.records import Resident, Status
from govkit.residents.source import ResidentSource, seconds_left

__all__ = [
    "LEAD",
    "LINK_AT",
    "REVIEW_AT",
    "Decision",
    "LinkOutcome",
    "LinkedPerson",
    "Linker",
    "ReviewReason",
]

LINK_AT: Final = 13.0
"""Score from which a link is made without a look: odds of about 8,000 to 1."""
REVIEW_AT: Final = -4.0
"""Score from which a person should have a look: odds of 1 to 16."""
LEAD: Final = 10.0
"""How far others with the given name must lie behind whom a claim is linked to: more than the
right town against a wrong one, less than the right lot."""
_LEAD_OF_OTHERS: Final = 4.0
_SHOWN: Final = 10


class LinkOutcome(StrEnum):
    """What was decided on a claim."""

    LINK = "link"
    REVIEW = "review"
    NO_MATCH = "no_match"


class ReviewReason(StrEnum):
    """Why a person has to look."""

    WEAK = "weak"
    """Too little evidence."""
    SEVERAL = "several"
    """Another person agrees about as well."""
    GIVEN_NAME = "given_name"
    """The given name does not agree, so it may be a twin."""
    NOT_RESIDENT = "not_resident"
    """The person has died or moved out."""

    @property
    def words(self) -> str:
        """The reason in Japanese, for the one who looks."""
        return _REASONS[self]


_REASONS: Final = {
    ReviewReason.WEAK: "一致した項目だけでは決められません。",
    ReviewReason.SEVERAL: "同じくらい一致する人がほかにもいます。",
    ReviewReason.GIVEN_NAME: "名が一致しません。双子などの別の人かもしれません。",
    ReviewReason.NOT_RESIDENT: "転出または死亡などにより、いまは住民ではありません。",
}


@dataclass(frozen=True, slots=True)
class LinkedPerson:
    """A resident whom a claim may mean.

    :param likeness: Score, and the lines that it is the sum of.
    """

    resident: Resident
    likeness: Likeness

    @property
    def score(self) -> float:
        """Sum of the weights, about the binary logarithm of the odds."""
        return self.likeness.score

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What agreed how far, and its weight."""
        return self.likeness.evidence


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on a claim, and why.

    :param people: Whom it may mean, the likeliest first, ten at most; one if it is a link.
    :param reasons: Why it needs a look; empty unless it does.
    """

    claim: Claim
    outcome: LinkOutcome
    people: tuple[LinkedPerson, ...] = ()
    reasons: tuple[ReviewReason, ...] = ()

    @property
    def resident(self) -> Resident | None:
        """The resident it is linked to."""
        return self.people[0].resident if self.outcome is LinkOutcome.LINK else None

    @property
    def score(self) -> float | None:
        """Score of the likeliest person, if there is one."""
        return self.people[0].score if self.people else None

    @property
    def grade(self) -> Grade | None:
        """How sure it is that the likeliest person is meant."""
        if self.outcome is LinkOutcome.LINK:
            return Grade.CERTAIN
        if not self.people:
            return None
        return Grade.PROBABLE if self.people[0].score >= _PROBABLE_AT else Grade.POSSIBLE

    def among(self, people: tuple[LinkedPerson, ...]) -> "Decision":
        """The decision as far as it is about these people, which is all that may be known."""
        if not people:
            return Decision(self.claim, LinkOutcome.NO_MATCH)
        return replace(self, people=people)

    @property
    def explanation(self) -> tuple[str, ...]:
        """Line by line in Japanese what of the likeliest person agreed, and its weight."""
        return tuple(map(str, self.people[0].evidence)) if self.people else ()


class Linker:
    """Links claims to the residents of a source.

    Over a :class:`~govkit.residents.index.LocalIndex` it works on its columns, many claims at a
    time; any other source is asked a few times for every claim.

    :param hides_protected_location: Whether the address of protected people (支援措置) is no
        evidence, so that no answer tells whether somebody guessed where they live.
    """

    def __init__(self, source: ResidentSource, *, hides_protected_location: bool = False) -> None:
        self._source = source
        self._hides = hides_protected_location
        self._indexed: Any = None

    def match(self, claims: Iterable[Claim]) -> Iterator[Decision]:
        """Decide on each claim in turn.

        :raises SourceUnavailable: When the source cannot answer, or not in time.
        """
        rows, finder = iter(claims), self._finder()
        while batch := [ClaimView.of(claim) for claim in islice(rows, _BATCH)]:
            seconds_left()
            for view, residents in zip(batch, finder.find(batch), strict=True):
                yield self._decide(view, residents, finder.frequencies)

    def _finder(self) -> CandidateFinder:
        """What finds candidates in the present state of the source."""
        snapshot = getattr(self._source, "snapshot", None)
        if snapshot is None:
            return SearchingFinder(self._source)
        if self._indexed is None or self._indexed.snapshot is not snapshot:
            # Only where there are columns, there is numpy (extra "index").
            code = getattr(self._source, "municipality_code", "")
            self._indexed = import_module(_COLUMNS).ColumnFinder(snapshot, code)
        finder: CandidateFinder = self._indexed
        return finder

    def _decide(
        self, view: ClaimView, residents: Sequence[Resident], frequencies: NameFrequencies
    ) -> Decision:
        people = []
        for resident in residents:
            use_address = not (self._hides and resident.is_protected)
            likeness = compare(view, resident, frequencies, use_address=use_address)
            if likeness.score >= REVIEW_AT:
                people.append(LinkedPerson(resident, likeness))
        if not people:
            return Decision(view.claim, LinkOutcome.NO_MATCH)
        people.sort(key=lambda person: (-person.likeness.score, person.resident.id))
        reasons = tuple(_doubts(people))
        if reasons:
            return Decision(view.claim, LinkOutcome.REVIEW, tuple(people[:_SHOWN]), reasons)
        return Decision(view.claim, LinkOutcome.LINK, (people[0],))


_PROBABLE_AT: Final = 6.0
_COLUMNS: Final = "govkit.residents.linkage_columns"
_BATCH: Final = 1024


def _is_rival(other: LinkedPerson, best: LinkedPerson) -> bool:
    """Whether the claim may mean somebody else; another given name tells even twins apart."""
    lead = LEAD if other.likeness.given_agrees else _LEAD_OF_OTHERS
    return other.score > best.score - lead


def _doubts(people: Sequence[LinkedPerson]) -> Iterator[ReviewReason]:
    best = people[0]
    if best.score < LINK_AT:
        yield ReviewReason.WEAK
    if any(_is_rival(other, best) for other in people[1:]):
        yield ReviewReason.SEVERAL
    if not best.likeness.given_agrees:
        yield ReviewReason.GIVEN_NAME
    if best.resident.status != Status.RESIDENT.value:
        yield ReviewReason.NOT_RESIDENT
