"""Residents from a standard REST interface (住民情報・支援措置対象者情報の公開API連携).

The provider only has to narrow down: :class:`~govkit.residents.matching.Matcher` has the last word
here. Which calls and parameters the provider has is told by a
:class:`~govkit.residents.adapters.rest_settings.RestLayout`, whose defaults are unverified.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from heapq import merge
from typing import Any, Final, TypeAlias

from govkit.residents.adapters.rest_client import RestClient
from govkit.residents.adapters.rest_rows import PersonRow, protected_in, read_people
from govkit.residents.adapters.rest_settings import Condition, RestLayout
from govkit.residents.matching import Matcher, NameMatch, ResidentQuery, household_order
from govkit.residents.records import HouseholdId, PersonId, Resident
from govkit.residents.source import (
    OUTAGES,
    Capability,
    Health,
    ResidentSource,
    SourceDescription,
    SourceUnavailable,
    UnsupportedQuery,
)

__all__ = ["Conditions", "Pages", "Protection", "RestProtection", "StandardRest"]

Protection: TypeAlias = Callable[[Sequence[str]], Container[str]]
"""Tells which of these addressee numbers are protected (支援措置), and raises if it cannot tell."""

Conditions: TypeAlias = Mapping[Condition, object]
"""What a call is asked by."""
_NOBODY: Final = "0" * 15
_ABLE: Final[Mapping[NameMatch, Capability]] = {
    NameMatch.PART: Capability.PART_MATCH,
    NameMatch.FUZZY: Capability.FUZZY_MATCH,
}
_DAY: Final = timedelta(days=1)


class RestProtection:
    """Who is protected (支援措置), by the call for the people under support measures."""

    def __init__(
        self, client: RestClient, *, municipality_code: str, layout: RestLayout | None = None
    ) -> None:
        self._layout = layout or RestLayout()
        self._pages = Pages(client, self._layout.protection_call, municipality_code, self._layout)
        self._municipality_code = municipality_code

    def __call__(self, numbers: Sequence[str]) -> Container[str]:
        """Those of the numbers that are protected.

        :raises SourceUnavailable: When that cannot be told.
        """
        asked = {Condition.ADDRESSEE_NUMBER: list(numbers)}
        rows = [row for page in self._pages.read(asked) for row in page]
        return protected_in(rows, self._municipality_code, self._layout)


class StandardRest(ResidentSource):
    """A standard REST interface as a source of residents.

    :param protection: Asked for everybody the provider gives, so that nobody is ever shown by an
        old list: a :class:`RestProtection`, or ``lambda numbers: protected`` over a list that is
        kept up to date elsewhere.
    :param name: Name of the source.
    """

    def __init__(
        self,
        client: RestClient,
        *,
        municipality_code: str,
        protection: Protection,
        layout: RestLayout | None = None,
        name: str = "rest",
    ) -> None:
        self._layout = layout or RestLayout()
        self._municipality_code = municipality_code
        self._protection = protection
        self._name = name
        self._pages = Pages(client, self._layout.people_call, municipality_code, self._layout)

    def describe(self) -> SourceDescription:
        """What the source is; the number of people is not known."""
        able = {_ABLE[how] for how in _ABLE if self._can_match(how)}
        if self._layout.history:
            able.add(Capability.HISTORY)
        return SourceDescription(self._name, capabilities=frozenset(able))

    def health(self) -> Health:
        """Whether the provider answers: it is asked for a number that nobody has."""
        try:
            self.get_many([PersonId(self._municipality_code, _NOBODY)])
        except (*OUTAGES, UnsupportedQuery) as outage:
            return Health(False, getattr(outage, "retry_after", None), str(outage))
        return Health(True)

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        """The residents with these ids."""
        return {person: found.resident for person, found in self._rows(ids).items()}

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        """Everybody the query describes, by id, at most ``limit + 1``.

        :raises UnsupportedQuery: When the provider searches by none of the conditions, or does not
            compare names in that way.
        """
        matcher = Matcher.of(query)
        found: list[Resident] = []
        for one in self._people(*self._asked(matcher), more=self._name_options(query)):
            if matcher.match(one.resident) is not None:
                found.append(one.resident)
                if len(found) > limit:
                    break
        return found

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        """All members of a household, the head first."""
        if household.municipality_code != self._municipality_code:
            return ()
        found = self._people({Condition.HOUSEHOLD_NUMBER: household.household_number})
        members = (one.resident for one in found if one.resident.household == household)
        return sorted(members, key=household_order)

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days or perhaps born then, by id."""
        found = self._people(*self._born({}, first, last))
        return (
            one.resident for one in found if one.resident.birth.within(first, last) is not False
        )

    def _rows(self, ids: Sequence[PersonId]) -> Mapping[PersonId, PersonRow]:
        wanted = dict.fromkeys(
            one.addressee_number for one in ids if one.municipality_code == self._municipality_code
        )
        numbers, size = list(wanted), self._layout.page_people
        return {
            found.resident.id: found
            for start in range(0, len(numbers), size)
            for found in self._people({Condition.ADDRESSEE_NUMBER: numbers[start : start + size]})
            if found.resident.id.addressee_number in wanted
        }

    def _asked(self, matcher: Matcher) -> Sequence[Conditions]:
        """The conditions of a query that the provider can narrow down by."""
        query = matcher.query
        texts: dict[Condition, object] = {
            Condition.ADDRESSEE_NUMBER: [matcher.number] if matcher.number else "",
            Condition.NAME: query.name.strip(),
            Condition.KANA: query.kana.strip(),
            Condition.SEX: query.sex,
            Condition.HOUSEHOLD_NUMBER: matcher.household_number,
            Condition.MACHIAZA_ID: matcher.machiaza_id,
            Condition.ADDRESS: query.address.strip(),
            Condition.BUILDING: query.building.strip(),
            Condition.POSTCODE: matcher.postcode,
        }
        known = self._layout.conditions
        given = {name: value for name, value in texts.items() if value and name in known}
        if Condition.BIRTH_FROM in known and (query.birth_from or query.birth_to):
            return self._born(given, query.birth_from or date.min, query.birth_to or date.max)
        return (given,)

    def _born(self, given: Conditions, first: date, last: date) -> Sequence[Conditions]:
        """Conditions that together find everybody who may be born between two days.

        A provider may compare stored dates as texts: a day more at both ends finds 29 February of
        common years, and people whose birth is unknown in part are asked for by their flag.
        """
        start = first - _DAY if first > date.min else first
        end = last + _DAY if last < date.max else last
        between = {
            Condition.BIRTH_FROM: start.isoformat(),
            Condition.BIRTH_TO: end.isoformat(),
        }
        if Condition.BIRTH_UNSURE not in self._layout.conditions:
            return ({**given, **between},)
        return ({**given, **between}, {**given, Condition.BIRTH_UNSURE: "1"})

    @property
    def _finds_names(self) -> bool:
        """Whether the provider searches by name; otherwise names are compared here alone."""
        return bool({Condition.NAME, Condition.KANA} & self._layout.conditions.keys())

    def _can_match(self, how: NameMatch) -> bool:
        return not self._finds_names or how in self._layout.match_codes

    def _name_options(self, query: ResidentQuery) -> Mapping[str, object]:
        layout = self._layout
        if not (self._finds_names and (query.name.strip() or query.kana.strip())):
            return {}
        if not self._can_match(query.name_match):
            raise UnsupportedQuery(query.name_match.value)
        history = {layout.history: "1" if query.history else "0"} if layout.history else {}
        return {layout.name_match: layout.match_codes[query.name_match]} | history

    def _people(
        self, *asked: Conditions, more: Mapping[str, object] | None = None
    ) -> Iterator[PersonRow]:
        """Everybody who meets any of the sets of conditions, by id."""
        known = self._layout.conditions
        if lacking := [name for one in asked for name in one if name not in known]:
            raise UnsupportedQuery(" ".join(lacking))
        if not all(asked):
            raise UnsupportedQuery("no condition that the provider searches by")
        streams = [self._from_pages(self._pages, one, more or {}) for one in asked]
        last: PersonId | None = None
        for found in merge(*streams, key=lambda one: one.resident.id):
            if found.resident.id != last:
                last = found.resident.id
                yield found

    def _from_pages(
        self, pages: "Pages", asked: Conditions, more: Mapping[str, object]
    ) -> Iterator[PersonRow]:
        for page in pages.read(asked, more):
            people = read_people(page, self._municipality_code, self._layout)
            if people:
                protected = self._protection([one.resident.id.addressee_number for one in people])
                yield from (_marked(one, protected) for one in people)


def _marked(one: PersonRow, protected: Container[str]) -> PersonRow:
    if one.resident.id.addressee_number not in protected:
        return one
    return replace(one, resident=replace(one.resident, is_protected=True))


class Pages:
    """Reads the rows of a call page by page, and makes sure that none is missing."""

    def __init__(
        self, client: RestClient, call: str, municipality_code: str, layout: RestLayout
    ) -> None:
        self._client = client
        self._call = call
        self._layout = layout
        self._municipality = {layout.item("市区町村コード"): municipality_code}
        self._number = layout.item("宛名番号")

    def read(
        self, asked: Conditions, more: Mapping[str, object] | None = None
    ) -> Iterator[Sequence[Any]]:
        """The rows of each page; people come by number, each on one page.

        :raises SourceUnavailable: When a page is not as agreed, or people came or went meanwhile.
        """
        layout = self._layout
        body: dict[str, object] = {**self._municipality, layout.page_size: layout.page_people}
        body |= {layout.conditions[name]: value for name, value in asked.items()} | dict(more or {})
        count, last, first_total = 0, "", None
        while True:
            answer = self._client.ask(self._call, body)
            rows, total, mark = self._parts(answer)
            numbers = [_number(row, self._number) for row in rows]
            people = sorted(set(numbers))
            if people and people[0] <= last and last:
                raise SourceUnavailable("paging: not by number")
            count += len(people)
            if first_total not in (None, total) or count > total:
                raise SourceUnavailable("paging: people came or went meanwhile")
            yield rows
            if not mark:
                break
            if not people:
                raise SourceUnavailable("paging: an empty page before the last")
            last, first_total = people[-1], total
            body[layout.page_mark] = mark
        if count != total:
            raise SourceUnavailable("paging: people are missing")

    def _parts(self, answer: Mapping[str, Any]) -> tuple[list[Any], int, str]:
        layout = self._layout
        rows, total = answer.get(layout.rows), answer.get(layout.total)
        mark = answer.get(layout.page_mark) or ""
        if not isinstance(rows, list) or type(total) is not int or not isinstance(mark, str):
            raise SourceUnavailable("answer: not a page of rows")
        return rows, total, mark


def _number(row: object, name: str) -> str:
    number = row.get(name) if isinstance(row, dict) else None
    if not isinstance(number, str):
        raise SourceUnavailable("row: no number")
    return number
