"""Several sources as one: a register with its non-residents, several cities, a standby.

An outage of any part is an outage of the whole: no part is optional, for an answer without one of
them looks complete and is not. :class:`Failover` alone answers from another source, where the policy
of the purpose allows data of an earlier day.
"""

import heapq
import json
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Final, TypeVar

from govkit.residents.matching import Matcher, ResidentQuery, household_order
from govkit.residents.policy import LookupContext
from govkit.residents.records import HouseholdId, PersonId, Resident
from govkit.residents.source import (
    OUTAGES,
    Capability,
    Changes,
    Health,
    ResidentSource,
    SourceDescription,
    SourceUnavailable,
    SourceWrapper,
    UnsupportedQuery,
    asker,
)

__all__ = ["Failover", "Municipalities", "WithNonResidents"]

Answer = TypeVar("Answer")
SameAs = Callable[[Sequence[PersonId]], Mapping[PersonId, PersonId]]
"""Gives the id under which records are joined (名寄せ先), for those of the ids that have one."""


def _described(name: str, parts: Iterable[ResidentSource]) -> SourceDescription:
    """What the parts have in common: the fewest capabilities and the oldest day."""
    each = [part.describe() for part in parts]
    days = [one.as_of for one in each]
    rows = [one.rows for one in each]
    return SourceDescription(
        name,
        as_of=min((day for day in days if day), default=None) if all(days) else None,
        rows=sum(count for count in rows if count) if None not in rows else None,
        capabilities=frozenset.intersection(*(one.capabilities for one in each)),
    )


def _health(parts: Mapping[str, ResidentSource]) -> Health:
    """The health of the whole: down if a part is, naming each that is."""
    found = {name: part.health() for name, part in parts.items()}
    down = {name: health for name, health in found.items() if not health.is_up}
    waits = [health.retry_after for health in down.values() if health.retry_after is not None]
    notes = [f"{name}: {health.note or 'down'}" for name, health in down.items()]
    return Health(not down, max(waits, default=None), " · ".join(notes))


def _changes(parts: Sequence[ResidentSource], since: str) -> Changes:
    """The changes of all parts; the version is that of each."""
    versions = _versions(since, len(parts))
    found = [
        part.changes(one) for part, one in zip(parts, versions or [""] * len(parts), strict=True)
    ]
    ids: set[PersonId] | None = set() if versions is not None else None
    for one in found:
        ids = None if ids is None or one.ids is None else ids.union(one.ids)
    version = json.dumps([one.version for one in found], ensure_ascii=False)
    return Changes(version, None if ids is None else tuple(sorted(ids)))


def _versions(since: str, count: int) -> list[str] | None:
    if not since:
        return [""] * count
    try:
        found = json.loads(since)
    except ValueError:
        return None
    sound = isinstance(found, list) and len(found) == count
    return found if sound and all(isinstance(one, str) for one in found) else None


class Municipalities(ResidentSource):
    """The sources of several municipalities, by municipality code (団体コード).

    Give each city's directory the source of that city, ``municipalities[code]``: the whole is for
    work across cities, and is down when any of them is.

    :raises ValueError: Without any part.
    """

    def __init__(
        self, parts: Mapping[str, ResidentSource], *, name: str = "municipalities"
    ) -> None:
        if not parts:
            raise ValueError("no municipality")
        self._parts = {code: parts[code] for code in sorted(parts)}
        self._name = name

    def __getitem__(self, municipality_code: str) -> ResidentSource:
        """The source of one municipality.

        :raises KeyError: When there is none.
        """
        return _OneMunicipality(municipality_code, self._parts[municipality_code])

    def _each(self) -> Iterator[ResidentSource]:
        return (self[code] for code in self._parts)

    def describe(self) -> SourceDescription:
        """What all municipalities have in common."""
        return _described(self._name, self._parts.values())

    def health(self) -> Health:
        """Whether all municipalities can answer now."""
        return _health(self._parts)

    def changes(self, since: str) -> Changes:
        """Who changed in any municipality."""
        _require_changes(self)
        return _changes(list(self._parts.values()), since)

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        """The residents with these ids; only their municipalities are asked."""
        found: dict[PersonId, Resident] = {}
        for code in dict.fromkeys(one.municipality_code for one in ids):
            if code in self._parts:
                found |= self[code].get_many([one for one in ids if one.municipality_code == code])
        return {one: found[one] for one in ids if one in found}

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        """Everybody the query describes in any municipality, by id, at most ``limit + 1``."""
        found: list[Resident] = []
        for part in self._each():  # ids begin with the code: what comes first is from the first
            found += part.search(query, limit)
        return found[: limit + 1]

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        """All members of a household; only its municipality is asked."""
        if household.municipality_code not in self._parts:
            return []
        return self[household.municipality_code].household(household)

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days in any municipality, by id."""
        for part in self._each():
            yield from part.born_between(first, last)


class _OneMunicipality(SourceWrapper):
    """The source of one municipality, which may not give rows of another."""

    def __init__(self, code: str, source: ResidentSource) -> None:
        super().__init__(source)
        self._code = code

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        found = self._source.get_many([one for one in ids if one.municipality_code == self._code])
        list(self._own(found.values()))
        return found

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        return list(self._own(self._source.search(query, limit)))

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        if household.municipality_code != self._code:
            return []
        return list(self._own(self._source.household(household)))

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        return self._own(self._source.born_between(first, last))

    def _own(self, residents: Iterable[Resident]) -> Iterator[Resident]:
        for one in residents:
            if one.id.municipality_code != self._code:
                raise SourceUnavailable("rows of another municipality")
            yield one


class WithNonResidents(ResidentSource):
    """The residents of a municipality, and the people outside its register (住登外者).

    Who was found to be a resident (名寄せ先宛名番号) is answered once, as the resident, where the
    resident answers the question too. Where the resident is protected, so is the other record.

    :param same_as: Tells whose records are joined; without it, nobody's are.
    """

    def __init__(
        self,
        residents: ResidentSource,
        others: ResidentSource,
        *,
        same_as: SameAs | None = None,
        name: str = "with_non_residents",
    ) -> None:
        self._residents = residents
        self._others = others
        self._same_as = same_as
        self._name = name

    def describe(self) -> SourceDescription:
        """What both have in common."""
        return _described(self._name, (self._residents, self._others))

    def health(self) -> Health:
        """Whether both can answer now."""
        return _health({"residents": self._residents, "others": self._others})

    def changes(self, since: str) -> Changes:
        """Who changed in either."""
        _require_changes(self)
        return _changes((self._residents, self._others), since)

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        """The people with these ids; a number that both know is the resident's."""
        found = dict(self._residents.get_many(ids))
        rest = [one for one in ids if one not in found]
        others = self._others.get_many(rest) if rest else {}
        marked = {
            one.id: one for one in self._marked(others.values(), self._joined(others.values()))
        }
        found |= marked
        return {one: found[one] for one in ids if one in found}

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        """Everybody the query describes, by id, at most ``limit + 1``."""
        matcher = Matcher.of(query)
        residents = self._residents.search(query, limit)
        asked = limit
        while True:
            given = self._others.search(query, asked)
            others = self._without(given, lambda one: matcher.match(one) is not None)
            if len(others) > limit or len(given) <= asked:
                break
            asked *= 2  # rows were dropped from a cut answer
        return list(_merged(residents, others))[: limit + 1]

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        """All members of a household, the head first."""
        members = {one.id: one for one in self._others.household(household)}
        members |= {one.id: one for one in self._residents.household(household)}
        return sorted(members.values(), key=household_order)

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days or perhaps born then, by id."""
        others = self._without(
            list(self._others.born_between(first, last)),
            lambda one: one.birth.within(first, last) is not False,
        )
        return _merged(self._residents.born_between(first, last), others)

    def _joined(self, others: Iterable[Resident]) -> Mapping[PersonId, Resident]:
        """The resident as whom somebody else is known, by the other id."""
        if self._same_as is None:
            return {}
        same = self._same_as([one.id for one in others])
        residents = self._residents.get_many(list(dict.fromkeys(same.values())))
        return {other: residents[one] for other, one in same.items() if one in residents}

    def _without(
        self, others: Sequence[Resident], is_answered: Callable[[Resident], bool]
    ) -> list[Resident]:
        """Those who are not answered as a resident, nor bear the number of one."""
        joined = self._joined(others)
        taken = self._residents.get_many([one.id for one in others]) if others else {}
        rest = [
            one
            for one in others
            if one.id not in taken and not (one.id in joined and is_answered(joined[one.id]))
        ]
        return list(self._marked(rest, joined))

    def _marked(
        self, others: Iterable[Resident], joined: Mapping[PersonId, Resident]
    ) -> Iterator[Resident]:
        for one in others:
            protected = one.id in joined and joined[one.id].is_protected
            yield replace(one, is_protected=True) if protected else one


def _merged(*parts: Iterable[Resident]) -> Iterator[Resident]:
    return heapq.merge(*parts, key=lambda one: one.id)


def _require_changes(source: ResidentSource) -> None:
    if Capability.CHANGES not in source.describe().capabilities:
        raise UnsupportedQuery("changes")


_PAUSE: Final = 15.0


class Failover(ResidentSource):
    """A source, and a standby of an earlier day that answers while it is down.

    The standby is asked only where ``allows`` says so, and only if it knows its day; while it
    answers, :meth:`describe` gives its description, whose ``as_of`` is to be shown. After an outage
    the source is left alone for 15 seconds, or as long as it asked for. Put a
    :class:`~govkit.residents.adapters.protected.Protected` over the whole: an earlier day does not
    know who is protected by now.

    :param allows: Whether an earlier day will do for this; ``None`` is a question outside a
        directory.
    :param oldest: Whether a standby of this day will still do.
    :param clock: Seconds that only go forward.
    """

    def __init__(
        self,
        source: ResidentSource,
        standby: ResidentSource,
        *,
        allows: Callable[[LookupContext | None], bool],
        oldest: Callable[[date], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._standby = standby
        self._allows = allows
        self._oldest = oldest
        self._clock = clock
        self._until = -math.inf

    def describe(self) -> SourceDescription:
        """What answers now, with the capabilities that both have."""
        standby = self._standby.describe()
        answering = standby
        if not self._is_down():
            with suppress(*OUTAGES):
                answering = self._source.describe()
        able = answering.capabilities & standby.capabilities - {Capability.CHANGES}
        return replace(answering, capabilities=able)

    def health(self) -> Health:
        """Up if either can answer; the note tells that the standby does."""
        own = self._source.health()
        if own.is_up:
            return own
        other = self._standby.health()
        note = "standby" if other.is_up else other.note
        return Health(other.is_up, own.retry_after, f"{own.note} · {note}")

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        """The residents with these ids."""
        return self._answer(lambda source: source.get_many(ids))

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        """Everybody the query describes, by id, at most ``limit + 1``."""
        return self._answer(lambda source: source.search(query, limit))

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        """All members of a household, the head first."""
        return self._answer(lambda source: source.household(household))

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days, by id; all from one source, read before the first."""
        return iter(self._answer(lambda source: list(source.born_between(first, last))))

    def _answer(self, ask: Callable[[ResidentSource], Answer]) -> Answer:
        if not self._is_down():
            try:
                return ask(self._source)
            except OUTAGES as outage:
                self._note(outage)
        day = self._standby.describe().as_of
        if day is None or not self._oldest(day) or not self._allows(asker()):
            raise SourceUnavailable("no standby for this", max(self._until - self._clock(), 0.0))
        return ask(self._standby)

    def _is_down(self) -> bool:
        return self._clock() < self._until

    def _note(self, outage: Exception) -> None:
        wait = getattr(outage, "retry_after", None)
        self._until = self._clock() + (_PAUSE if wait is None else wait)
