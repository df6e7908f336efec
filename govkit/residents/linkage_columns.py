"""Candidates of many claims at a time, from the columns of the indexed local store.

Each stage is a few operations on whole arrays, and works on the claims that the stages before left
open: given name and birth exact; either part of the name one edit off and birth exact; the whole
name exact and one part of the birth off, or the birth not claimed. All that is found is compared
in full, so a stage may find too many.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from govkit.residents.index.columns import Columns
from govkit.residents.index.merge import PROTECTED
from govkit.residents.index.source import Snapshot
from govkit.residents.keys import loose_key
from govkit.residents.linkage_finders import HeldFinder
from govkit.residents.linkage_names import NameText
from govkit.residents.linkage_places import agrees_in_town
from govkit.residents.linkage_rules import ClaimView
from govkit.residents.records import Address, PersonId, Resident

__all__ = ["ColumnFinder"]

_Ints = NDArray[np.int64]
_DAY_BITS: Final = 22  # date.max is day 3,652,059
_FEW: Final = 5
_COMMON: Final = 8192
"""More people than this with a name, and it takes more than name and birth to come to review."""


class ColumnFinder:
    """Finds candidates in one generation of the columns.

    It keeps two sorted arrays of about 30 bytes a person, made when they are first asked for.
    """

    def __init__(self, snapshot: Snapshot, municipality_code: str) -> None:
        self.snapshot = snapshot
        self.columns = columns = snapshot.columns
        self._city = columns.city(municipality_code) if municipality_code else (0, columns.people)
        self._names = _NameIds(columns)
        self._addresses: dict[int, Address] = {}
        self.frequencies = _Shares(columns, self._names, self._city[1] - self._city[0])
        changed = snapshot.changed.born_between(date.min, date.max)
        ours = (one for one in changed if municipality_code in ("", one.id.municipality_code))
        self._changed = HeldFinder(ours, self.frequencies)
        self._protected = _protected(snapshot)

    def find(self, claims: Sequence[ClaimView]) -> Iterator[Sequence[Resident]]:
        """The candidates of each claim in turn."""
        asked = [self._ask(number, claim) for number, claim in enumerate(claims)]
        found = _Pairs()
        is_open = self._exact(asked, found)
        self._one_edit([each for each in asked if is_open[each.number]], found)
        self._by_name([each for each in asked if is_open[each.number]], found)
        self._by_number(claims, found)
        return map(self._joined, self._residents(len(claims), found), self._changed.find(claims))

    def _joined(self, kept: list[Resident], changed: Sequence[Resident]) -> Sequence[Resident]:
        return [*kept, *changed] if changed else kept

    def _ask(self, number: int, claim: ClaimView) -> "_Asked":
        cuts: list[tuple[str, str]] = []
        for name in (claim.name, *claim.kana):
            if len(name.parts) == 2:
                cuts.append((name.parts[0], name.parts[1]))
            else:
                cuts += self._names.cuts(name)
        number_of = self._names.ids.get
        ids = [(number_of(family, -1), number_of(given, -1)) for family, given in cuts]
        birth = claim.claim.birth
        day = birth.value.toordinal() if birth and birth.value and birth.is_known else 0
        return _Asked(number, claim, day, cuts, ids)

    def _exact(self, asked: Sequence["_Asked"], found: "_Pairs") -> NDArray[np.bool_]:
        """Pairs of the same whole name and birth; tells which claims have none."""
        rows = [
            row
            for each in asked
            if each.day
            for one, two in each.ids
            for row in ((each.number, one, two, each.day), (each.number, two, one, each.day))
            if row[2] > 0
        ]
        is_open = np.ones(len(asked), dtype=np.bool_)
        if rows:
            claim, family, given, day = _columns(rows)
            query, at = self._given.find(given, day)
            is_whole = self._given.others[at] == family[query]
            claim = claim[query[is_whole]]
            is_open[claim] = False
            found.add(claim, self._given.people[at[is_whole]])
        return is_open

    def _one_edit(self, asked: Sequence["_Asked"], found: "_Pairs") -> None:
        """Pairs of the same birth with both parts of the name equal or one edit off.

        One part alone, which must be equal then, is enough where the name is not common; or where
        the town agrees, which says nothing of the protected, all of whom are compared.
        """
        given = self._same_birth(asked, self._given)
        family = self._same_birth(asked, self._family)
        for one, other in ((given, family), (family, given)):
            is_both = np.isin(one.pairs, other.pairs)
            found.add(*self._split(one.pairs[is_both]))
            alone = one.pairs[~is_both & one.is_exact]
            is_rare = one.bearers[~is_both & one.is_exact] <= _COMMON
            found.add(*self._split(alone[is_rare]))
            found.add(*self._backed(asked, *self._split(alone[~is_rare])))

    def _same_birth(self, asked: Sequence["_Asked"], index: "_ByNameAndBirth") -> "_Hits":
        rows = [
            (each.number, name, each.day, name == self._names.id(text))
            for each in asked
            if each.day
            for text in {part for cut in each.cuts for part in cut if part}
            for name in self._names.near(text)
        ]
        if not rows:
            nothing = np.zeros(0, np.int64)
            return _Hits(nothing, nothing > 0, nothing)
        claim, name, day, is_exact = _columns(rows)
        query, at = index.find(name, day)
        pairs = claim[query] * self.columns.people + index.people[at]
        return _Hits(pairs, is_exact[query] > 0, index.bearers[name[query]])

    def _split(self, pairs: _Ints) -> tuple[_Ints, _Ints]:
        return pairs // self.columns.people, pairs % self.columns.people

    def _backed(
        self, asked: Sequence["_Asked"], claims: _Ints, people: _Ints
    ) -> tuple[_Ints, _Ints]:
        """The pairs whose town agrees, or may not count because the person is protected."""
        place_of = {each.number: each.claim.place for each in asked}
        places = self.columns.place[people].tolist()
        fits = [
            agrees_in_town(place_of[claim], self._address(place))
            for claim, place in zip(claims.tolist(), places, strict=True)
        ]
        kept = np.array(fits, dtype=np.bool_) | self._protected[people]
        return claims[kept], people[kept]

    def _by_name(self, asked: Sequence["_Asked"], found: "_Pairs") -> None:
        """Pairs of the same whole name whose birth may be meant, or is not claimed."""
        dated: list[tuple[_Asked, _Ints]] = []
        for each in asked:
            birth = each.claim.claim.birth
            has_bounds = birth is not None and birth.earliest is not None
            for pair in each.ids:
                people = self._names.people(*pair)
                if len(people) > _FEW and has_bounds:
                    dated.append((each, people))
                elif len(people):
                    if len(people) > _FEW:
                        people = self._in_town(each.claim, people)
                    found.add(np.full(len(people), each.number), people)
        if dated:
            self._by_date(dated, found)

    def _by_date(self, dated: Sequence[tuple["_Asked", _Ints]], found: "_Pairs") -> None:
        """Of the people of one name those whose birth may be the claimed one, a part of it off."""
        counts = [len(people) for _, people in dated]
        people = np.concatenate([each for _, each in dated])
        rows = np.array([_Born.of(asked) for asked, _ in dated], dtype=np.int64)
        claim, earliest, latest, *parts = np.repeat(rows, counts, axis=0).T
        first = self.columns.born_first[people].astype(np.int64)
        last = self.columns.born_last[people]
        kept = (first <= latest) & (last >= earliest)
        kept |= (first == last) & _is_part_off(first, parts)
        found.add(claim[kept], people[kept])

    def _in_town(self, claim: ClaimView, people: _Ints) -> _Ints:
        """Those who live where the claim says, and the protected, of whom that may not count."""
        places = self.columns.place[people]
        unique = np.unique(places)
        fits = [agrees_in_town(claim.place, self._address(int(place))) for place in unique]
        in_town = np.isin(places, unique[np.array(fits, dtype=np.bool_)])
        return people[in_town | self._protected[people]]

    def _address(self, number: int) -> Address:
        found = self._addresses.get(number)
        if found is None:
            place = self.columns.places[number]
            found = self._addresses[number] = Address(**place._asdict())
        return found

    def _by_number(self, claims: Sequence[ClaimView], found: "_Pairs") -> None:
        for number, view in enumerate(claims):
            if view.number:
                ids = (PersonId(code, view.number) for code in self.columns.municipalities)
                people = [at for each in ids if (at := self.columns.position(each)) >= 0]
                found.add(np.full(len(people), number), np.array(people, dtype=np.int64))

    def _residents(self, count: int, found: "_Pairs") -> Iterator[list[Resident]]:
        claim, people = found.distinct(self.columns.people)
        first, last = self._city
        ours = (people >= first) & (people < last)
        claim, people = claim[ours], people[ours]
        ends = np.searchsorted(claim, np.arange(count), side="right").tolist()
        positions, resident_at = people.tolist(), self.snapshot.resident
        start = 0
        for end in ends:
            found_here = [resident_at(at) for at in positions[start:end]]
            yield [resident for resident in found_here if resident is not None]
            start = end

    @cached_property
    def _given(self) -> "_ByNameAndBirth":
        columns = self.columns
        others, people = columns.given_family, columns.given_person
        return _ByNameAndBirth(columns.given_start, others, people, self._days)

    @cached_property
    def _family(self) -> "_ByNameAndBirth":
        columns = self.columns
        others, people = columns.family_given, columns.family_person
        return _ByNameAndBirth(columns.family_start, others, people, self._days)

    @cached_property
    def _days(self) -> _Ints:
        """Day of birth of each person, 0 where it is not one known day."""
        first = self.columns.born_first
        return np.where(first == self.columns.born_last, first, 0).astype(np.int64)


class _Asked(NamedTuple):
    """A claim, and the ways to cut its names in family and given name.

    :param day: Day of birth, 0 unless it is one known day.
    :param ids: Ids of the cuts, -1 for what nobody is called.
    """

    number: int
    claim: ClaimView
    day: int
    cuts: list[tuple[str, str]]
    ids: list[tuple[int, int]]


class _Pairs:
    """Claims and the people they may mean, collected from all stages."""

    def __init__(self) -> None:
        self._claims: list[_Ints] = []
        self._people: list[_Ints] = []

    def add(self, claims: _Ints, people: NDArray[Any]) -> None:
        if len(claims):
            self._claims.append(claims.astype(np.int64))
            self._people.append(people.astype(np.int64))

    def distinct(self, people: int) -> tuple[_Ints, _Ints]:
        """Every pair once, by claim and position of the person."""
        if not self._claims:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        keys = np.unique(np.concatenate(self._claims) * people + np.concatenate(self._people))
        return keys // people, keys % people


def _columns(rows: Sequence[tuple[int, int, int, int]]) -> _Ints:
    flat = np.fromiter(chain.from_iterable(rows), np.int64, 4 * len(rows))
    return flat.reshape(-1, 4).T


def _counts(start: NDArray[np.uint32]) -> _Ints:
    whole = start.astype(np.int64)
    return whole[1:] - whole[:-1]


class _Hits(NamedTuple):
    """Pairs that one part of the name found, each ``claim * people + person``.

    :param bearers: How many people have that part.
    """

    pairs: _Ints
    is_exact: NDArray[np.bool_]
    bearers: _Ints


class _ByNameAndBirth:
    """Entries of the names sorted by one part of the name and the day of birth.

    :param start: By id of that part where its entries begin.
    :ivar people: Position of the person of each entry; ``others`` the other part of the name.
    :ivar bearers: Number of entries by id of the part.
    """

    def __init__(
        self,
        start: NDArray[np.uint32],
        others: NDArray[np.uint32],
        people: NDArray[np.uint32],
        days: _Ints,
    ) -> None:
        self.bearers = _counts(start)
        names = np.arange(len(self.bearers), dtype=np.int64) << _DAY_BITS
        keys = np.repeat(names, self.bearers) | days[people]
        order = np.argsort(keys)
        self._keys, self.people, self.others = keys[order], people[order], others[order]

    def find(self, names: _Ints, days: _Ints) -> tuple[_Ints, _Ints]:
        """For each hit the number of the query and the place of the entry."""
        keys = (names << _DAY_BITS) | days
        start = np.searchsorted(self._keys, keys, side="left")
        end = np.searchsorted(self._keys, keys, side="right")
        counts = end - start
        query = np.repeat(np.arange(len(keys)), counts)
        before = np.repeat(np.cumsum(counts) - counts, counts)
        return query, np.arange(len(query)) - before + start[query]


class _NameIds:
    """The dictionary of name parts, with a memory of what was asked.

    :ivar ids: Id of each part.
    """

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        names = columns.names
        self.ids = {names.text(number): number for number in range(len(names))}
        self._near: dict[str, tuple[int, ...]] = {}
        self._people: dict[tuple[int, int], _Ints] = {}
        self.family_counts = _counts(columns.family_start)
        self.given_counts = _counts(columns.given_start)
        self._is_used = (self.family_counts > 0).tolist(), (self.given_counts > 0).tolist()

    def id(self, text: str) -> int:
        """Id of a part, -1 if nobody has it."""
        return self.ids.get(text, -1)

    def near(self, text: str) -> tuple[int, ...]:
        """Ids of the part itself and of those one edit away."""
        found = self._near.get(text)
        if found is None:
            ids = {self.id(text), *map(int, self._columns.names.near(loose_key(text)))} - {-1}
            found = self._near[text] = tuple(sorted(ids))
        return found

    def people(self, family: int, given: int) -> _Ints:
        """Positions of everybody with this name, the parts in either order."""
        if min(family, given) < 0 or family == given == 0:
            return np.zeros(0, np.int64)
        pair = (family, given)
        if pair not in self._people:
            hits = np.concatenate((self._named(family, given), self._named(given, family)))
            self._people[pair] = np.unique(hits).astype(np.int64)
        return self._people[pair]

    def _named(self, family: int, given: int) -> NDArray[np.uint32]:
        columns = self._columns
        first, last = columns.given_start[given : given + 2].tolist()
        families = columns.given_family[first:last]
        start, end = np.searchsorted(families, [family, family + 1])
        return columns.given_person[first + start : first + end]

    def cuts(self, name: NameText) -> Iterator[tuple[str, str]]:
        """Ways to cut a name in family and given name; without a space by the names there are."""
        parts = name.parts
        if len(parts) > 1:
            for at in range(1, len(parts)):
                yield "".join(parts[:at]), "".join(parts[at:])
            yield parts[0], parts[-1]
        elif parts:
            yield from self._cuts_of_one(parts[0])

    def _cuts_of_one(self, whole: str) -> Iterator[tuple[str, str]]:
        """Where both sides are names, or else where one is; the given name may come first."""
        half: list[tuple[str, str]] = []
        found = False
        for at in range(1, len(whole)):
            one, two = whole[:at], whole[at:]
            for family, given in ((one, two), (two, one)):
                known = self._is_family(family) + self._is_given(given)
                if known == 2:
                    found = True
                    yield family, given
                elif known:
                    half.append((family, given))
        if not found:
            yield from half
        yield whole, ""

    def _is_family(self, text: str) -> bool:
        found = self.id(text)
        return found > 0 and self._is_used[0][found]

    def _is_given(self, text: str) -> bool:
        found = self.id(text)
        return found > 0 and self._is_used[1][found]


class _Shares:
    """How common names are among the people of the columns."""

    def __init__(self, columns: Columns, names: _NameIds, people: int) -> None:
        self.people = people
        self._everybody = columns.people
        self._names = names
        self._families: dict[str, float] = {}
        self._givens: dict[str, float] = {}

    def family(self, key: str) -> float:
        """Share of the people with this family name."""
        share = self._families.get(key)
        if share is None:
            share = self._families[key] = self._share(self._names.family_counts, key)
        return share

    def given(self, key: str) -> float:
        """Share of the people with this given name."""
        share = self._givens.get(key)
        if share is None:
            share = self._givens[key] = self._share(self._names.given_counts, key)
        return share

    def _share(self, counts: _Ints, key: str) -> float:
        found = self._names.id(key)
        return float(counts[found]) / self._everybody if found > 0 else 0.0


def _protected(snapshot: Snapshot) -> NDArray[np.bool_]:
    """Who is protected, by the lists given since the columns were made."""
    columns = snapshot.columns
    protected = (columns.flags & PROTECTED) > 0
    for code, numbers in snapshot.overlay.protected.items():
        first, last = columns.city(code)
        protected[first:last] = False
        people = [columns.position(PersonId(code, number)) for number in numbers]
        protected[[at for at in people if at >= 0]] = True
    return np.asarray(protected)


class _Born(NamedTuple):
    """A claim and its birth in numbers; the parts are 0 unless it is one known day."""

    claim: int
    earliest: int
    latest: int
    year: int
    month: int
    day: int

    @classmethod
    def of(cls, asked: _Asked) -> "_Born":
        birth = asked.claim.claim.birth
        if birth is None or birth.earliest is None or birth.latest is None:
            return cls(asked.number, 1, date.max.toordinal(), 0, 0, 0)
        parts = (birth.year or 0, birth.month or 0, birth.day or 0) if asked.day else (0, 0, 0)
        return cls(asked.number, birth.earliest.toordinal(), birth.latest.toordinal(), *parts)


def _is_part_off(days: _Ints, parts: Sequence[_Ints]) -> NDArray[np.bool_]:
    """Whether two of year, month and day agree, or month and day are swapped."""
    moments = (days - _EPOCH).astype("datetime64[D]")
    months = moments.astype("datetime64[M]")
    year = moments.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (moments - months).astype(np.int64) + 1
    same_year = year == parts[0]
    agreeing = same_year.astype(np.int8) + (month == parts[1]) + (day == parts[2])
    swapped = same_year & (month == parts[2]) & (day == parts[1])
    return np.asarray((agreeing >= 2) | swapped)


_EPOCH: Final = 719_163  # date(1970, 1, 1).toordinal()
