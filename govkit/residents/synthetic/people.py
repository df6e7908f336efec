"""What the generator makes: persons with their history, and the sketch of a household."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from govkit.residents.records import (
    Address,
    FormerRow,
    FuzzyDate,
    HouseholdId,
    PersonId,
    PersonName,
    Resident,
)
from govkit.residents.synthetic.names import Family, Nationality

__all__ = ["HistoryRow", "HouseholdSketch", "Member", "Person", "Protection", "Reason", "Step"]


class Reason(StrEnum):
    """Reason of a change (異動事由).

    Only 21 and 23 were seen in public layouts; the others follow the order of the
    住民記録システム標準仕様書 and are unverified.
    """

    MOVED_IN = "11"
    CAME_FROM_ABROAD = "12"
    BORN = "13"
    MOVED_OUT = "21"
    LEFT_COUNTRY = "22"
    DIED = "23"
    MOVED_WITHIN = "31"
    RENAMED = "35"
    CORRECTED = "39"


@dataclass(frozen=True, slots=True)
class Step:
    """One change in the life of a registration (異動), which makes one history row.

    :param day: Day of the change (異動年月日).
    :param home: Address from then on, with the reading of the building.
    :param before: Address before, when the person moved in.
    :param gone_to: Address after, when the person moved out.
    :param name: Name from then on, when it changed.
    """

    day: date
    reason: Reason
    home: tuple[Address, str]
    before: Address | None = None
    gone_to: Address | None = None
    name: PersonName | None = None


@dataclass(slots=True)
class Member:
    """A person while the household is being sketched.

    :param birth: Birth as a day number (``date.toordinal``).
    :param relation: Codes of the relationship to the head (続柄コード), at most four.
    :param written_birth: Birth as the register writes it, when it is not simply the day.
    :param steps: The whole history, when it is not to be made up.
    """

    name: PersonName
    sex: str
    birth: int
    relation: tuple[str, ...]
    family: Family
    maiden: PersonName | None = None
    written_birth: FuzzyDate | None = None
    died: date | None = None
    moved_out: date | None = None
    arrived: int | None = None
    steps: Sequence[Step] = ()
    hidden: bool = False
    deleted: bool = False

    @property
    def nationality(self) -> Nationality | None:
        """Nationality, if it is not Japanese."""
        return self.family.nationality


@dataclass(frozen=True, slots=True)
class Protection:
    """Support measures (支援措置) for a household.

    They do not end by themselves on the last day, only when they are lifted (``ended``).
    """

    first_day: date
    last_day: date
    ended: bool = False


@dataclass(slots=True)
class HouseholdSketch:
    """Members of a household, the head first, before numbers and history exist."""

    members: list[Member] = field(default_factory=list)
    protection: Protection | None = None
    is_registered: bool = True


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One row of the extract: the state of a registration after one change (個人履歴).

    :param number: History number (個人履歴番号), from 1; the biggest is the current state.
    :param addressee_number: 宛名番号, 15 digits, the last one a check digit.
    :param resident_code: Stand-in for the 住民票コード, blank once the person is gone.
    :param relation: Codes of the relationship to the head (続柄コード).
    :param before: Address before moving into the municipality (転入前住所).
    :param moved_from: Address before moving within it (転居前住所).
    """

    number: int
    is_latest: bool
    id: PersonId
    household: HouseholdId | None
    resident_code: str
    kind: str
    status: str
    name: PersonName
    sex: str
    birth: FuzzyDate
    relation: tuple[str, ...]
    relationship: str
    head_name: str
    address: Address
    building_kana: str
    settled_on: date
    resident_since: date
    changed_on: date
    reason: Reason
    before: Address | None
    before_head: str
    moved_from: Address | None
    gone_to: Address | None
    domicile: Address | None
    position: int
    nationality: Nationality | None
    card_number: str
    hidden: bool
    deleted: bool


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person with the whole history, oldest row first.

    :param is_registered: False for a person outside the resident register (住登外者).
    """

    id: PersonId
    rows: tuple[HistoryRow, ...]
    protection: Protection | None = None
    is_registered: bool = True

    @property
    def current(self) -> HistoryRow:
        """The row that holds now."""
        return self.rows[-1]

    @property
    def is_protected(self) -> bool:
        """Whether support measures apply: they last until they are lifted."""
        return self.protection is not None and not self.protection.ended

    @property
    def business_id(self) -> str:
        """Business (業務ID) that the rows belong to: 住民記録 or 住登外者宛名番号管理."""
        return "001" if self.is_registered else "031"

    @property
    def resident(self) -> Resident:
        """The record an adapter would give for this person."""
        row = self.current
        return Resident(
            id=row.id,
            name=row.name,
            birth=row.birth,
            household=row.household,
            address=row.address,
            sex=row.sex,
            kind=row.kind,
            status=row.status,
            relationship=row.relationship,
            head_name=row.head_name,
            resident_since=row.resident_since,
            moved_on=row.changed_on,
            move_reason=row.reason.value,
            nationality=row.nationality.name if row.nationality else "",
            is_protected=self.is_protected,
            other_business_hidden=row.hidden,
            business_id=self.business_id,
            history=self._history,
        )

    @property
    def _history(self) -> tuple[FormerRow, ...]:
        """Earlier rows with another name or address, from the day on which they first held."""
        current = newer = (self.current.name, self.current.address)
        found: list[FormerRow] = []
        for row in reversed(self.rows[:-1]):
            older = (row.name, row.address)
            if older == newer and found:
                found[-1] = FormerRow(*older, row.changed_on)
            elif older not in (newer, current):
                found.append(FormerRow(*older, row.changed_on))
            newer = older
        return tuple(found)
