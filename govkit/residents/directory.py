"""The one door through which applications look residents up (住民照会).

Applications hold a :class:`ResidentDirectory`. It asks for actor, purpose and reason before it
looks, gives out what the policy allows for the purpose, hides where protected people live (支援措置),
writes the audit entry before it answers and tells an outage from no match.
::

    purpose, key or budget not allowed ─▶ Denied        source fails ─▶ Unavailable
    question unusable                  ─▶ Invalid       source answers ─▶ drop what may not be seen
                                       ─▶ mask ─▶ audit ─▶ Single · Several · Review · NoMatch …
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import islice
from typing import Final, Protocol, TypeVar

from govkit.errors import NotPermitted, Problem
from govkit.residents.claims import Claim
from govkit.residents.linkage import Decision, Linker
from govkit.residents.matching import Candidate, Grade, MatchedOn, Matcher, NameMatch, ResidentQuery
from govkit.residents.policy import LookupContext, PurposeRule, QueryKey, ResidentItem
from govkit.residents.records import HouseholdId, Masked, PersonId, Resident
from govkit.residents.results import (
    Denial,
    Denied,
    Invalid,
    NoMatch,
    Result,
    Review,
    Several,
    Single,
    TooMany,
    Unavailable,
    Verification,
    Verified,
)
from govkit.residents.source import (
    OUTAGES,
    Capability,
    Health,
    ResidentSource,
    SourceDescription,
    SourceUnavailable,
    UnsupportedQuery,
    asked_for,
    time_limit,
)
from govkit.residents.watch import Watch

__all__ = ["LookupAudit", "LookupDenied", "LookupEntry", "ResidentDirectory"]

QUANTUM: Final = 0.02
"""Seconds: answers that could tell of a protected person come only at multiples of it."""

_AT_ONCE: Final = 200
"""Rows asked for by location: a second question, for those dropped from the first, takes time."""

_GRADES: Final = list(Grade)
_MATCHED_AT_ONCE: Final = 500
_Row = TypeVar("_Row")
_UNSUPPORTED: Final = (
    "この住民情報では、この条件だけでは検索できません。氏名か生年月日を加えてください。"
)
_LACKING: Final[MappingType[NameMatch, tuple[Capability, str, str]]] = {
    NameMatch.PART: (
        Capability.PART_MATCH,
        "query_part_match",
        "この住民情報では部分一致の検索ができません。前方一致で検索してください。",
    ),
    NameMatch.FUZZY: (
        Capability.FUZZY_MATCH,
        "query_fuzzy_match",
        "この住民情報ではあいまい検索ができません。前方一致で検索してください。",
    ),
}


@dataclass(frozen=True, slots=True)
class LookupEntry:
    """What the audit log keeps of a lookup.

    :param action: ``get``, ``search``, ``household``, ``born_between``, ``match`` or ``verify``.
    :param persons: Everybody about to be shown.
    :param outcome: Outcome of the result.
    :param keys: Conditions the question used, by name.
    :param question: The question itself. It holds personal data: keep it as a keyed hash or
        encrypted, never in the open.
    """

    context: LookupContext
    action: str
    persons: tuple[PersonId, ...]
    outcome: str
    keys: tuple[str, ...] = ()
    question: str = ""


class LookupAudit(Protocol):
    """Writes the audit entry of a lookup, one per person, before anything is released.

    If it raises, the answer is withheld and the exception goes up.
    """

    def __call__(self, entry: LookupEntry) -> None:
        """Record that ``entry.persons`` are about to be shown to ``entry.context.actor``."""
        ...


class LookupDenied(NotPermitted):
    """A bulk lookup that the policy does not allow; ``denied`` tells why."""

    code = "lookup_denied"

    def __init__(self, denied: Denied) -> None:
        super().__init__(denied.purpose)
        self.denied = denied


class ResidentDirectory:
    """The guarded lookup of residents of one municipality (住民照会).

    :param municipality_code: The municipality this directory answers for; rows of another one
        are never released, whatever the source gives.
    :param purposes: Rule by name of purpose; any other purpose is denied.
    :param audit: Called before each release, also for denials and outages.
    :param watch: Budgets and alarms, if any.
    """

    def __init__(
        self,
        source: ResidentSource,
        *,
        municipality_code: str,
        purposes: MappingType[str, PurposeRule],
        audit: LookupAudit,
        watch: Watch | None = None,
    ) -> None:
        self._source = source
        self._municipality_code = municipality_code
        self._purposes = purposes
        self._audit = audit
        self._watch = watch

    def describe(self) -> SourceDescription:
        """What stands behind the directory; no personal data."""
        return self._source.describe()

    def health(self) -> Health:
        """Whether the source behind the directory can answer now."""
        return self._source.health()

    def get(self, context: LookupContext, person: PersonId) -> Result:
        """The person with this id."""

        def ask(rule: PurposeRule) -> Result:
            return self._listed(rule, [_by_number(row) for row in self._person(rule, person)])

        return self._asked(context, "get", ask, {QueryKey.ADDRESSEE_NUMBER}, str(person))

    def search(self, context: LookupContext, query: ResidentQuery, limit: int = 50) -> Result:
        """The people a query describes.

        A query on address, building, town, postcode or household number never finds a protected
        person unless the purpose reveals locations, and takes the same time whether there is one.

        :param limit: Most rows to answer; the purpose may set a smaller one.
        """

        def ask(rule: PurposeRule) -> Result:
            asked = query if rule.history else replace(query, history=False)
            problems = self._problems(asked)
            return Invalid(problems) if problems else self._search(rule, asked, limit)

        steady = query.uses_location
        return self._asked(context, "search", ask, _keys(query), repr(query), steady=steady)

    def household(self, context: LookupContext, household: HouseholdId) -> Result:
        """The members of a household (世帯), without protected ones unless the purpose reveals."""

        def ask(rule: PurposeRule) -> Result:
            if household.municipality_code != self._municipality_code:
                return NoMatch()
            rows = self._visible(rule, self._source.household(household))
            members = [row for row in rows if not (_hides(rule) and row.is_protected)]
            return self._listed(rule, [_by_household(row) for row in members], by_place=True)

        keys = {QueryKey.HOUSEHOLD}
        return self._asked(context, "household", ask, keys, str(household), steady=True)

    def verify(
        self, context: LookupContext, person: PersonId, claim: ResidentQuery
    ) -> Verified | Result:
        """Whether what somebody says of a person agrees with the register (本人確認).

        Each condition of the claim is held against the person by itself; names have to agree as a
        whole. Nothing of the register is given out. Where a protected person lives is told to
        nobody: such a condition differs, as it does for a number that belongs to nobody.
        """
        found: list[Resident] = []
        verified = Verified(Verification.NO)

        def ask(rule: PurposeRule) -> Result:
            nonlocal verified
            if problems := claim.problems:
                return Invalid(problems)
            found[:] = self._person(rule, person)
            verified = _verified(rule, found, claim)
            return NoMatch()

        keys = {QueryKey.ADDRESSEE_NUMBER, *_keys(claim)}
        started = time.monotonic()
        result, entry = self._answer(context, "verify", ask, keys, f"{person} {claim!r}")
        if isinstance(result, NoMatch):
            persons = tuple(row.id for row in found)
            entry = replace(entry, persons=persons, outcome=verified.verification.value)
            self._release(entry)
            _steady(started)
            return verified
        self._release(entry)
        return result

    def born_between(self, context: LookupContext, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days, both included, for work on a whole age group.

        All rows are read and audited before the first is given out. Unless the purpose reveals
        protected locations, nobody's head of household is named.

        :raises LookupDenied: When the purpose is unknown or not for bulk work, or the budget is
            used up.
        :raises SourceUnavailable: When the source fails; nothing was given out.
        """
        entry = LookupEntry(context, "born_between", (), "bulk", (QueryKey.BIRTH.value,))
        rule = self._bulk_rule(entry)
        rows = self._bulk(
            entry, lambda: self._visible(rule, self._source.born_between(first, last))
        )
        released = [_masked(rule, row, names_head=not _hides(rule)) for row in rows]
        self._release(replace(entry, persons=tuple(row.id for row in released)))
        return iter(released)

    def match(self, context: LookupContext, claims: Iterable[Claim]) -> Iterator[Decision]:
        """Which resident each row of a list means (名簿との突合): linked, to be reviewed, or nobody.

        People are audited some hundred claims at a time, each before the decisions on them are
        given out. Unless the purpose reveals protected locations, the address of a protected
        person is no evidence.

        :raises LookupDenied: When the purpose is unknown, not for bulk work, or does not allow a
            condition that a claim has, or the budget is used up.
        :raises SourceUnavailable: When the source fails; decisions given out before it stand.
        """
        entry = LookupEntry(context, "match", (), "bulk")
        return self._matched(entry, self._bulk_rule(entry), claims)

    def _matched(
        self, entry: LookupEntry, rule: PurposeRule, claims: Iterable[Claim]
    ) -> Iterator[Decision]:
        linker = Linker(self._source, hides_protected_location=_hides(rule))
        rows = iter(claims)
        while page := list(islice(rows, _MATCHED_AT_ONCE)):
            keys = frozenset().union(*map(_claimed, page))
            entry = replace(entry, keys=tuple(sorted(key.value for key in keys)))
            if denied := _forbidden(rule, keys):
                self._release(replace(entry, outcome=Denied.outcome))
                raise LookupDenied(denied)
            decisions = self._bulk(entry, partial(self._decisions, rule, linker, page))
            people = {one.resident.id for decision in decisions for one in decision.people}
            self._release(replace(entry, persons=tuple(sorted(people))))
            yield from decisions

    def _bulk(self, entry: LookupEntry, ask: Callable[[], list[_Row]]) -> list[_Row]:
        """What the source answers within the deadline; an outage is audited and goes up."""
        try:
            with time_limit(entry.context.deadline), asked_for(entry.context):
                return ask()
        except OUTAGES as outage:
            self._release(replace(entry, outcome=Unavailable.outcome))
            raise SourceUnavailable(retry_after=_unavailable(outage).retry_after) from outage

    def _decisions(
        self, rule: PurposeRule, linker: Linker, claims: Sequence[Claim]
    ) -> list[Decision]:
        return [self._decided(rule, decision) for decision in linker.match(claims)]

    def _decided(self, rule: PurposeRule, decision: Decision) -> Decision:
        """The decision with nothing but what the purpose may see of the people."""
        return decision.among(
            tuple(
                replace(one, resident=_masked(rule, one.resident, names_head=not _hides(rule)))
                for one in decision.people
                if self._visible(rule, [one.resident])
            )
        )

    def _bulk_rule(self, entry: LookupEntry) -> PurposeRule:
        rule = self._purposes.get(entry.context.purpose)
        if rule is not None and rule.bulk:
            denied = self._denied(entry.context, rule, frozenset())
            if denied is None:
                return rule
        else:
            denied = Denied(entry.context.purpose)
        self._release(replace(entry, outcome=Denied.outcome))
        raise LookupDenied(denied)

    def _asked(
        self,
        context: LookupContext,
        action: str,
        ask: Callable[[PurposeRule], Result],
        keys: Iterable[QueryKey],
        question: str,
        *,
        steady: bool = False,
    ) -> Result:
        started = time.monotonic()
        result, entry = self._answer(context, action, ask, keys, question)
        self._release(entry)
        if steady and isinstance(result, Single | Several | Review | NoMatch | TooMany):
            _steady(started)
        return result

    def _answer(
        self,
        context: LookupContext,
        action: str,
        ask: Callable[[PurposeRule], Result],
        keys: Iterable[QueryKey],
        question: str,
    ) -> tuple[Result, LookupEntry]:
        """The answer of the policy or else of the source, and what to audit of it."""
        used = frozenset(keys)
        rule = self._purposes.get(context.purpose)
        result: Result | None = self._denied(context, rule, used)
        if rule is not None and result is None:
            try:
                with time_limit(context.deadline), asked_for(context):
                    result = ask(rule)
            except OUTAGES as outage:
                result = _unavailable(outage)
            except UnsupportedQuery:
                result = Invalid((Problem("query_unsupported", _UNSUPPORTED),))
            if rule.single_match:
                result = _only_sure(result)
        assert result is not None  # noqa: S101 - one of the two branches has set it
        shown = result.residents if isinstance(result, Single | Several | Review) else ()
        persons = tuple(resident.id for resident in shown)
        names = tuple(sorted(key.value for key in used))
        return result, LookupEntry(context, action, persons, result.outcome, names, question)

    def _denied(
        self, context: LookupContext, rule: PurposeRule | None, keys: frozenset[QueryKey]
    ) -> Denied | None:
        if rule is None:
            return Denied(context.purpose)
        if denied := _forbidden(rule, keys):
            return denied
        if self._watch and (wait := self._watch.seconds_to_wait(context, rule)):
            return Denied(context.purpose, Denial.BUDGET, retry_after=wait)
        return None

    def _release(self, entry: LookupEntry) -> None:
        self._audit(entry)
        if self._watch:
            self._watch.note(entry.context, entry.action, entry.outcome, len(entry.persons))

    def _problems(self, query: ResidentQuery) -> tuple[Problem, ...]:
        lacking = _LACKING.get(query.name_match) if query.name or query.kana else None
        if lacking and lacking[0] not in self.describe().capabilities:
            return (*query.problems, Problem(lacking[1], lacking[2]))
        return query.problems

    def _person(self, rule: PurposeRule, person: PersonId) -> list[Resident]:
        if person.municipality_code != self._municipality_code:
            return []
        found = self._source.get_many([person]).get(person)
        return self._visible(rule, [found] if found and found.id == person else [])

    def _search(self, rule: PurposeRule, query: ResidentQuery, limit: int) -> Result:
        limit = max(1, min(limit, rule.max_rows))
        hides = _hides(rule) and query.uses_location
        asked = max(limit, _AT_ONCE) if hides else limit
        while True:
            found = self._source.search(query, asked)
            rows = [row for row in self._visible(rule, found) if not (hides and row.is_protected)]
            # Rows were dropped from a cut answer: ask for more, so that it is answered as if the
            # dropped people did not exist.
            if len(rows) > limit or len(found) <= asked:
                break
            asked *= 2
        if len(rows) > limit:
            return TooMany(limit)
        matcher = Matcher.of(query)
        candidates = [matcher.match(row) or _by_source(row) for row in rows]
        candidates.sort(key=lambda found: (_GRADES.index(found.grade), found.resident.id))
        return self._listed(rule, candidates, by_place=query.uses_location)

    def _visible(self, rule: PurposeRule, rows: Iterable[Resident]) -> list[Resident]:
        return [
            row
            for row in rows
            if row.id.municipality_code == self._municipality_code
            and (not row.other_business_hidden or row.business_id == rule.business_id != "")
        ]

    def _listed(
        self, rule: PurposeRule, candidates: Sequence[Candidate], *, by_place: bool = False
    ) -> Result:
        """The answer with nothing but what the purpose may see.

        :param by_place: Whether it answers where somebody lives. Then nobody's head of household
            is named, because one that is left out would tell that a protected person lives there.
        """
        if not candidates:
            return NoMatch()
        if len(candidates) > rule.max_rows:
            return TooMany(rule.max_rows)
        shared: dict[HouseholdId, bool] = {}
        shown = []
        for one in candidates:
            names = not _hides(rule) or not (
                by_place or self._may_name_protected(rule, one.resident, shared)
            )
            shown.append(replace(one, resident=_masked(rule, one.resident, names_head=names)))
        if all(one.needs_review for one in shown):
            return Review(tuple(shown))
        return Single(shown[0]) if len(shown) == 1 else Several(tuple(shown))

    def _may_name_protected(
        self, rule: PurposeRule, resident: Resident, known: dict[HouseholdId, bool]
    ) -> bool:
        """Whether the head of household may be a protected person."""
        household = resident.household
        if not isinstance(household, HouseholdId) or not resident.head_name:
            return False
        if ResidentItem.HOUSEHOLD not in rule.items:
            return True  # not given out in any case
        if household not in known:
            try:
                members = self._source.household(household)
            except UnsupportedQuery:
                return True
            known[household] = any(member.is_protected for member in members)
        return known[household]


def _keys(query: ResidentQuery) -> frozenset[QueryKey]:
    place = (query.machiaza_id, query.address, query.building, query.postcode)
    used = {
        QueryKey.ADDRESSEE_NUMBER: query.addressee_number,
        QueryKey.NAME: query.name or query.kana,
        QueryKey.BIRTH: query.birth_from or query.birth_to,
        QueryKey.SEX: query.sex,
        QueryKey.HOUSEHOLD: query.household_number,
        QueryKey.ADDRESS: any(place),
    }
    return frozenset(key for key, value in used.items() if value)


def _claimed(claim: Claim) -> frozenset[QueryKey]:
    used = {
        QueryKey.ADDRESSEE_NUMBER: claim.addressee_number,
        QueryKey.NAME: claim.name or claim.kana,
        QueryKey.BIRTH: claim.birth,
        QueryKey.SEX: claim.sex,
        QueryKey.ADDRESS: claim.address or claim.postcode or claim.machiaza_id,
    }
    return frozenset(key for key, value in used.items() if value)


def _verified(rule: PurposeRule, found: Sequence[Resident], claim: ResidentQuery) -> Verified:
    whole = replace(claim, name_match=NameMatch.EXACT, history=rule.history)
    agreed: set[str] = set()
    differing: set[str] = set()
    for key, condition in whole.conditions().items():
        hidden = _hides(rule) and condition.uses_location
        matcher = Matcher(condition)
        told = [row for row in found if not (hidden and row.is_protected)]
        candidates = [matcher.match(row) for row in told]
        sure = any(one is not None and not one.needs_review for one in candidates)
        (agreed if sure else differing).add(key)
    if not differing:
        return Verified(Verification.YES, frozenset(agreed))
    outcome = Verification.PARTIAL if agreed else Verification.NO
    return Verified(outcome, frozenset(agreed), frozenset(differing))


def _only_sure(result: Result) -> Result:
    """One sure person or nobody: what a form that residents use may be told."""
    if isinstance(result, Single) and result.candidate.grade is not Grade.POSSIBLE:
        return result
    return NoMatch() if isinstance(result, Single | Several | Review | TooMany) else result


def _steady(started: float) -> None:
    """Wait until a whole number of quanta has passed, so that time tells nothing."""
    time.sleep(QUANTUM - (time.monotonic() - started) % QUANTUM)


def _forbidden(rule: PurposeRule, keys: frozenset[QueryKey]) -> Denied | None:
    found = tuple(sorted(key.value for key in keys - rule.keys))
    return Denied(rule.name, Denial.KEY, found) if found else None


def _hides(rule: PurposeRule) -> bool:
    return not rule.reveals_protected_location


_WITHHELD: Final[MappingType[ResidentItem, MappingType[str, object]]] = {
    ResidentItem.RELATIONSHIP: {"relationship": ""},
    ResidentItem.SEX: {"sex": "0"},
    ResidentItem.NATIONALITY: {"nationality": ""},
    ResidentItem.STATUS: {
        "status": "",
        "moved_on": None,
        "move_reason": "",
        "resident_since": None,
    },
}


def _masked(rule: PurposeRule, resident: Resident, *, names_head: bool) -> Resident:
    """The resident with nothing but what the purpose may see."""
    changes: dict[str, object] = {}
    for item, blank in _WITHHELD.items():
        if item not in rule.items:
            changes |= blank
    hidden = _hides(rule) and resident.is_protected
    hides_address = hidden or ResidentItem.ADDRESS not in rule.items
    if hides_address:
        changes["address"] = Masked()
    if hidden or ResidentItem.HOUSEHOLD not in rule.items:
        changes |= {"household": Masked(), "head_name": Masked()}
    elif resident.head_name and not names_head:
        changes["head_name"] = Masked()
    if resident.history:
        changes["history"] = tuple(
            replace(row, address=Masked()) if hides_address else row
            for row in (resident.history if rule.history else ())
        )
    return replace(resident, **changes) if changes else resident  # type: ignore[arg-type]


def _by_number(resident: Resident) -> Candidate:
    return Candidate(resident, Grade.CERTAIN, (MatchedOn.NUMBER,))


def _by_household(resident: Resident) -> Candidate:
    return Candidate(resident, Grade.CERTAIN, (MatchedOn.HOUSEHOLD,))


def _by_source(resident: Resident) -> Candidate:
    return Candidate(resident, Grade.POSSIBLE, (MatchedOn.SOURCE,))


def _unavailable(outage: Exception) -> Unavailable:
    return Unavailable(getattr(outage, "retry_after", None))
