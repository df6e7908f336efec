"""People outside the resident register (住登外者), by the inquiry API of their numbering system.

After 住登外者宛名番号管理 (照会API): the same items as residents have, without a household, and a few of
their own. What a business asks for is a number for somebody new; the system compares four items,
earlier ones included, and a clerk decides who of the candidates it is. Issuing a number (付番) is a
write, which no source does: it is not here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from govkit.residents.adapters.rest import Pages, Protection, StandardRest
from govkit.residents.adapters.rest_client import RestClient
from govkit.residents.adapters.rest_rows import JsonRow, PersonRow, text_of
from govkit.residents.adapters.rest_settings import Condition, RestLayout
from govkit.residents.matching import Matcher, NameMatch, ResidentQuery
from govkit.residents.records import HouseholdId, PersonId, Resident
from govkit.residents.source import SourceUnavailable, UnsupportedQuery

__all__ = ["FourItems", "NonResident", "NonResidentCandidate", "NonResidents"]


@dataclass(frozen=True, slots=True)
class NonResident:
    """A person outside the register, with what a :class:`Resident` does not hold.

    :param same_as: Number under which the person's records are joined (名寄せ先宛名番号), if any.
    :param is_joined: Whether this number was joined to another (名寄せ元フラグ).
    :param system_id: Local system that asked for the number (独自施策システム等ID, 3 characters).
    :param country_code: Country of the address (住所_国名コード), ``country`` its name.
    :param foreign_address: Address abroad (国外住所).
    """

    resident: Resident
    same_as: PersonId | None = None
    is_joined: bool = False
    system_id: str = ""
    country_code: str = ""
    country: str = ""
    foreign_address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FourItems:
    """The four items by which the system compares people (基本4情報).

    :param name: Any name or reading, in whole.
    """

    name: str
    birth: date
    sex: str
    address: str


@dataclass(frozen=True, slots=True)
class NonResidentCandidate:
    """Somebody the provider takes for possible; a clerk decides.

    :param agreed: Items that agree by our rules, earlier rows included: ``name``, ``birth``,
        ``sex`` and ``address``; ``differing`` the others.
    """

    person: NonResident
    agreed: frozenset[str]
    differing: frozenset[str]


_SAME_AS: Final = "名寄せ先宛名番号"
_JOINED: Final = "名寄せ元フラグ"
_SYSTEM: Final = "独自施策システム等ID"
_COUNTRY_CODE, _COUNTRY, _ABROAD = "住所_国名コード", "住所_国名等", "住所_国外住所"
_FLAGS: Final = ("", "0", "1")


class NonResidents(StandardRest):
    """People outside the register as a source of residents; nobody has a household.

    :param client: A client whose provider has the business id ``031``, as scopes begin with it.
    :param layout: As for residents; its ``people_call`` is the inquiry of this system.
    """

    def __init__(
        self,
        client: RestClient,
        *,
        municipality_code: str,
        protection: Protection,
        layout: RestLayout,
        name: str = "non_residents",
    ) -> None:
        super().__init__(
            client,
            municipality_code=municipality_code,
            protection=protection,
            layout=layout,
            name=name,
        )
        self._candidates = Pages(client, layout.candidates_call, municipality_code, layout)

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        """Nobody: people outside the register are in no household."""
        return ()

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        """Everybody the query describes, by id, at most ``limit + 1``."""
        if query.household_number.strip():
            return ()
        return super().search(query, limit)

    def details(self, ids: Sequence[PersonId]) -> Mapping[PersonId, NonResident]:
        """The people with these ids, in full."""
        return {person: self._detailed(found) for person, found in self._rows(ids).items()}

    def candidates(self, items: FourItems) -> Sequence[NonResidentCandidate]:
        """Whom somebody with these items may be, those who agree most first.

        Everybody the provider names is given, also people of whom little agrees by our rules:
        it may know more of their history.

        :raises UnsupportedQuery: When the layout names no parameter for one of the items.
        """
        asked: dict[Condition, object] = {
            Condition.NAME: items.name,
            Condition.BIRTH_FROM: items.birth.isoformat(),
            Condition.SEX: items.sex,
            Condition.ADDRESS: items.address,
        }
        if lacking := asked.keys() - self._layout.conditions.keys():
            raise UnsupportedQuery(" ".join(sorted(lacking)))
        query = ResidentQuery(
            name=items.name,
            name_match=NameMatch.EXACT,
            birth_from=items.birth,
            birth_to=items.birth,
            sex=items.sex,
            address=items.address,
        )
        matchers = {item: Matcher(one) for item, one in query.conditions().items()}
        found = [
            self._compared(one, matchers) for one in self._from_pages(self._candidates, asked, {})
        ]
        return sorted(found, key=lambda one: (-len(one.agreed), one.person.resident.id))

    def _compared(self, one: PersonRow, matchers: Mapping[str, Matcher]) -> NonResidentCandidate:
        agreed = frozenset(
            item for item, matcher in matchers.items() if matcher.match(one.resident) is not None
        )
        return NonResidentCandidate(self._detailed(one), agreed, frozenset(matchers) - agreed)

    def _detailed(self, found: PersonRow) -> NonResident:
        row = found.row
        same_as, joined = self._item(row, _SAME_AS), self._item(row, _JOINED)
        if joined not in _FLAGS:
            raise SourceUnavailable("row: unknown_code 名寄せ元フラグ")
        return NonResident(
            found.resident,
            PersonId(self._municipality_code, same_as) if same_as else None,
            joined == "1",
            self._item(row, _SYSTEM),
            self._item(row, _COUNTRY_CODE),
            self._item(row, _COUNTRY),
            self._item(row, _ABROAD),
        )

    def _item(self, row: JsonRow, name: str) -> str:
        return text_of(row.get(self._layout.item(name)))
