"""The one door through which applications look residents up, and what an adapter writes.

An adapter is a :class:`ResidentSource`: five plain methods without policy. Applications never call
it; they hold a :class:`ResidentDirectory`, which asks for actor, purpose and reason before it
looks, hides where protected people live (支援措置), writes the audit entry before it answers and
tells an outage from no match.

::

    purpose unknown ─▶ Denied          source fails ─▶ Unavailable
    query unusable  ─▶ Invalid         source answers ─▶ drop what may not be seen
                                       ─▶ mask ─▶ audit ─▶ Single · Several · NoMatch · TooMany
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import ClassVar, Final, Protocol

from govkit.errors import GovkitError, NotPermitted, Problem
from govkit.residents.matching import Candidate, Grade, MatchedOn, Matcher, NameMatch, ResidentQuery
from govkit.residents.records import HouseholdId, Masked, PersonId, Resident

__all__ = [
    "Capability",
    "Denied",
    "Invalid",
    "InvalidContext",
    "LookupAudit",
    "LookupContext",
    "LookupDenied",
    "NoMatch",
    "PurposeRule",
    "ResidentDirectory",
    "ResidentSource",
    "Result",
    "Several",
    "Single",
    "SourceDescription",
    "SourceUnavailable",
    "TooMany",
    "Unavailable",
]


class Capability(StrEnum):
    """What a source can do beyond the minimum; the directory refuses what it cannot."""

    PART_MATCH = "part_match"


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
    capabilities: frozenset[Capability] = frozenset(Capability)


class SourceUnavailable(GovkitError):
    """The source cannot answer now: time-out, maintenance, broken file.

    :param retry_after: Seconds after which asking again may help, if known.
    """

    code = "resident_source_unavailable"

    def __init__(self, text: str = "", retry_after: float | None = None) -> None:
        super().__init__(text or self.code)
        self.retry_after = retry_after


class ResidentSource(Protocol):
    """What an adapter writes; ``govkit.testing.resident_source`` tells whether it is right.

    A source holds no policy: it gives every row in the open, protected people marked with
    ``is_protected``. It raises :class:`SourceUnavailable` when it cannot answer, and never gives
    an empty answer instead.
    """

    def describe(self) -> SourceDescription:
        """What the source is and what it can do."""
        ...

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        """The residents with these ids; ids that are not there are left out."""
        ...

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        """Everybody for whom ``Matcher(query)`` says yes, by id, but at most ``limit + 1``."""
        ...

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        """All members of a household (世帯), the head first, then by birth and id."""
        ...

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days, both included, by id.

        People whose birth date is unknown in part are given too if it may lie between.
        """
        ...


class InvalidContext(GovkitError):
    """A lookup context lacks a field: nobody looks residents up without saying who and why."""

    code = "lookup_context_incomplete"


@dataclass(frozen=True, slots=True)
class LookupContext:
    """Who looks a resident up, and why; every field is required and goes into the audit log.

    :param actor: Stable identifier of the acting person.
    :param section: Section (課) the person acts for.
    :param purpose: Name of a :class:`PurposeRule`.
    :param legal_basis: Law and article that allow the use.
    :param reason: The case at hand in the actor's words.
    :raises InvalidContext: When a field is blank.
    """

    actor: str
    section: str
    purpose: str
    legal_basis: str
    reason: str

    def __post_init__(self) -> None:
        blank = [item.name for item in fields(self) if not str(getattr(self, item.name)).strip()]
        if blank:
            raise InvalidContext(", ".join(blank))


@dataclass(frozen=True, slots=True)
class PurposeRule:
    """What a purpose of use (利用目的) allows.

    :param reveals_protected_location: Whether address and household of protected people are given;
        only for work that cannot be done without, such as compiling the 学齢簿.
    :param max_rows: Most rows one interactive answer may hold.
    :param bulk: Whether :meth:`ResidentDirectory.born_between` is allowed.
    """

    name: str
    legal_basis: str
    reveals_protected_location: bool = False
    max_rows: int = 50
    bulk: bool = False

    def context(self, *, actor: str, section: str, reason: str) -> LookupContext:
        """A lookup context for this purpose and its legal basis."""
        return LookupContext(actor, section, self.name, self.legal_basis, reason)


class LookupAudit(Protocol):
    """Writes the audit entry of a lookup, one per person, before anything is released.

    If it raises, the answer is withheld and the exception goes up.
    """

    def __call__(
        self, context: LookupContext, action: str, persons: Sequence[PersonId], outcome: str
    ) -> None:
        """Record that ``persons`` are about to be shown to ``context.actor``."""
        ...


@dataclass(frozen=True, slots=True)
class Single:
    """Exactly one person."""

    outcome: ClassVar[str] = "single"
    candidate: Candidate

    @property
    def resident(self) -> Resident:
        """The person."""
        return self.candidate.resident

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The one candidate, so that both shapes can be listed alike."""
        return (self.candidate,)

    @property
    def residents(self) -> tuple[Resident, ...]:
        """The one person, so that both shapes can be listed alike."""
        return (self.candidate.resident,)


@dataclass(frozen=True, slots=True)
class Several:
    """Several people, the surest first; a person decides which is meant."""

    outcome: ClassVar[str] = "several"
    candidates: tuple[Candidate, ...]

    @property
    def residents(self) -> tuple[Resident, ...]:
        """The people in the order of the candidates."""
        return tuple(candidate.resident for candidate in self.candidates)


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Nobody, or nobody who may be found this way: the two look alike on purpose."""

    outcome: ClassVar[str] = "no_match"


@dataclass(frozen=True, slots=True)
class TooMany:
    """More people than an answer may hold: the question has to be narrowed."""

    outcome: ClassVar[str] = "too_many"
    limit: int


@dataclass(frozen=True, slots=True)
class Denied:
    """The purpose does not allow this; the source was not asked."""

    outcome: ClassVar[str] = "denied"
    purpose: str


@dataclass(frozen=True, slots=True)
class Invalid:
    """The question cannot be answered as asked; the source was not asked."""

    outcome: ClassVar[str] = "invalid"
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The source could not answer: nothing is known about whether the person exists."""

    outcome: ClassVar[str] = "unavailable"
    retry_after: float | None = None


Result = Single | Several | NoMatch | TooMany | Denied | Invalid | Unavailable
"""Every answer a lookup can have; match on the class, and never read an outage as no match."""


class LookupDenied(NotPermitted):
    """A bulk lookup that the purpose does not allow."""

    code = "lookup_denied"


_GRADES: Final = list(Grade)
_OUTAGES: Final = (SourceUnavailable, OSError)


class ResidentDirectory:
    """The guarded lookup of residents of one municipality (住民照会).

    :param municipality_code: The municipality this directory answers for; rows of another one
        are never released, whatever the source gives.
    :param purposes: Rule by name of purpose; any other purpose is denied.
    :param audit: Called before each release, also for denials and outages.
    """

    def __init__(
        self,
        source: ResidentSource,
        *,
        municipality_code: str,
        purposes: Mapping[str, PurposeRule],
        audit: LookupAudit,
    ) -> None:
        self._source = source
        self._municipality_code = municipality_code
        self._purposes = purposes
        self._audit = audit

    def describe(self) -> SourceDescription:
        """What stands behind the directory; no personal data."""
        return self._source.describe()

    def get(self, context: LookupContext, person: PersonId) -> Result:
        """The person with this id."""
        rule = self._purposes.get(context.purpose)
        if rule is None:
            return self._audited(context, "get", Denied(context.purpose))
        if person.municipality_code != self._municipality_code:
            return self._audited(context, "get", NoMatch())
        try:
            found = self._source.get_many([person]).get(person)
            rows = self._visible([found] if found and found.id == person else [])
            result = self._result(rule, map(_by_number, rows))
        except _OUTAGES as outage:
            result = _unavailable(outage)
        return self._audited(context, "get", result)

    def search(self, context: LookupContext, query: ResidentQuery, limit: int = 50) -> Result:
        """The people a query describes.

        A query on address, building, town, postcode or household number never finds a protected
        person unless the purpose reveals locations.

        :param limit: Most rows to answer; the purpose may set a smaller one.
        """
        rule = self._purposes.get(context.purpose)
        if rule is None:
            return self._audited(context, "search", Denied(context.purpose))
        limit = max(1, min(limit, rule.max_rows))
        try:
            problems = self._problems(query)
            result = Invalid(problems) if problems else self._search(rule, query, limit)
        except _OUTAGES as outage:
            result = _unavailable(outage)
        return self._audited(context, "search", result)

    def household(self, context: LookupContext, household: HouseholdId) -> Result:
        """The members of a household (世帯), without protected ones unless the purpose reveals."""
        rule = self._purposes.get(context.purpose)
        if rule is None:
            return self._audited(context, "household", Denied(context.purpose))
        if household.municipality_code != self._municipality_code:
            return self._audited(context, "household", NoMatch())
        try:
            rows = self._visible(self._source.household(household))
            members = [row for row in rows if not (_hides(rule) and row.is_protected)]
            result = self._result(rule, map(_by_household, members))
        except _OUTAGES as outage:
            result = _unavailable(outage)
        return self._audited(context, "household", result)

    def born_between(self, context: LookupContext, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days, both included, for work on a whole age group.

        All rows are read and audited before the first is given out. Unless the purpose reveals
        protected locations, nobody's head of household is named.

        :raises LookupDenied: When the purpose is unknown or not for bulk work.
        :raises SourceUnavailable: When the source fails; nothing was given out.
        """
        rule = self._purposes.get(context.purpose)
        if rule is None or not rule.bulk:
            self._audit(context, "born_between", (), Denied.outcome)
            raise LookupDenied(context.purpose)
        try:
            rows = self._visible(self._source.born_between(first, last))
        except _OUTAGES as outage:
            self._audit(context, "born_between", (), Unavailable.outcome)
            raise SourceUnavailable(retry_after=_unavailable(outage).retry_after) from outage
        released = [_mask(row, heads=True) for row in rows] if _hides(rule) else rows
        self._audit(context, "born_between", [row.id for row in released], "bulk")
        return iter(released)

    def _problems(self, query: ResidentQuery) -> tuple[Problem, ...]:
        by_part = query.name_match is NameMatch.PART and (query.name or query.kana)
        if by_part and Capability.PART_MATCH not in self.describe().capabilities:
            text = "この住民情報では部分一致の検索ができません。前方一致で検索してください。"
            return (*query.problems, Problem("query_part_match", text))
        return query.problems

    def _search(self, rule: PurposeRule, query: ResidentQuery, limit: int) -> Result:
        hides = _hides(rule) and query.uses_location
        asked = limit
        while True:
            found = self._source.search(query, asked)
            rows = [row for row in self._visible(found) if not (hides and row.is_protected)]
            # Rows were dropped from a cut answer: ask for more, so that it is answered as if the
            # dropped people did not exist.
            if len(rows) > limit or len(found) <= asked:
                break
            asked *= 2
        if len(rows) > limit:
            return TooMany(limit)
        matcher = Matcher(query)
        candidates = [matcher.match(row) or _by_source(row) for row in rows]
        candidates.sort(key=lambda found: (_GRADES.index(found.grade), found.resident.id))
        return self._result(rule, candidates)

    def _visible(self, rows: Iterable[Resident]) -> list[Resident]:
        return [
            row
            for row in rows
            if row.id.municipality_code == self._municipality_code and not row.other_business_hidden
        ]

    def _result(self, rule: PurposeRule, candidates: Iterable[Candidate]) -> Result:
        shown = list(candidates)
        if len(shown) > rule.max_rows:
            return TooMany(rule.max_rows)
        if _hides(rule):
            shared: dict[HouseholdId, bool] = {}
            shown = [
                replace(one, resident=_mask(one.resident, heads=self._cuts(one.resident, shared)))
                for one in shown
            ]
        if not shown:
            return NoMatch()
        return Single(shown[0]) if len(shown) == 1 else Several(tuple(shown))

    def _cuts(self, resident: Resident, known: dict[HouseholdId, bool]) -> bool:
        """Whether the head of household must not be named: a protected person may be meant."""
        household = resident.household
        if not isinstance(household, HouseholdId) or not resident.head_name:
            return False
        if household not in known:
            members = self._source.household(household)
            known[household] = any(member.is_protected for member in members)
        return known[household]

    def _audited(self, context: LookupContext, action: str, result: Result) -> Result:
        shown = result.residents if isinstance(result, Single | Several) else ()
        self._audit(context, action, [resident.id for resident in shown], result.outcome)
        return result


def _hides(rule: PurposeRule) -> bool:
    return not rule.reveals_protected_location


def _mask(resident: Resident, *, heads: bool) -> Resident:
    if resident.is_protected:
        return replace(resident, address=Masked(), household=Masked(), head_name=Masked())
    return replace(resident, head_name=Masked()) if heads and resident.head_name else resident


def _by_number(resident: Resident) -> Candidate:
    return Candidate(resident, Grade.CERTAIN, (MatchedOn.NUMBER,))


def _by_household(resident: Resident) -> Candidate:
    return Candidate(resident, Grade.CERTAIN, (MatchedOn.HOUSEHOLD,))


def _by_source(resident: Resident) -> Candidate:
    return Candidate(resident, Grade.POSSIBLE, (MatchedOn.SOURCE,))


def _unavailable(outage: Exception) -> Unavailable:
    return Unavailable(getattr(outage, "retry_after", None))
