"""Turns a sketched household into registered persons: numbers, addresses, history rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from govkit.residents.records import (
    Address,
    FuzzyDate,
    HouseholdId,
    Kind,
    PersonId,
    PersonName,
    Sex,
    Status,
)
from govkit.residents.synthetic.draw import Draw
from govkit.residents.synthetic.numbering import Numbering
from govkit.residents.synthetic.people import (
    HistoryRow,
    HouseholdSketch,
    Member,
    Person,
    Reason,
    Step,
)
from govkit.residents.synthetic.places import PlaceBook

__all__ = ["RELATIONSHIPS", "Registrar"]

RELATIONSHIPS: Final = {
    "02": "世帯主",
    "11": "夫",
    "12": "妻",
    "13": "夫（未届）",
    "14": "妻（未届）",
    "20": "子",
    "51": "父",
    "52": "母",
    "71": "兄",
    "74": "弟",
    "81": "姉",
    "84": "妹",
    "96": "縁故者",
    "99": "同居人",
}
"""Words for the relationship codes (続柄コード)."""

_STATUS: Final = {
    Reason.MOVED_OUT: Status.MOVED_OUT.value,
    Reason.LEFT_COUNTRY: Status.MOVED_OUT.value,
    Reason.DIED: Status.DEAD.value,
}
_YEAR = 365


@dataclass(frozen=True, slots=True)
class _Household:
    """What the members of a household share."""

    id: HouseholdId | None
    head_name: str
    domicile: Address
    arrived: int
    moved: int
    home: tuple[Address, str]
    first_home: tuple[Address, str]
    before: Address


class Registrar:
    """Registers households of one municipality, in ascending numbers.

    :param first_number: First serial of both the 宛名番号 and the 世帯番号.
    :param today: Day of the extract: nothing happens later unless a step says so.
    """

    def __init__(
        self,
        municipality_code: str,
        draw: Draw,
        places: PlaceBook,
        *,
        today: date,
        first_number: int = 10_000_000,
    ) -> None:
        self.draw = draw
        self.places = places
        self._code = municipality_code
        self._today = today.toordinal()
        self._people = Numbering(first_number)
        self._households = Numbering(first_number)

    def register(self, sketch: HouseholdSketch) -> list[Person]:
        """Give the members of a household their numbers and their history."""
        household = self._settle(sketch)
        persons = []
        for position, member in enumerate(sketch.members, 1):
            person_id = PersonId(self._code, self._people.issue())
            steps = member.steps or self._steps(member, household)
            rows = tuple(self._rows(person_id, member, steps, household, position))
            persons.append(Person(person_id, rows, sketch.protection, sketch.is_registered))
        return persons

    def _settle(self, sketch: HouseholdSketch) -> _Household:
        draw, places = self.draw, self.places
        head = sketch.members[0]
        # Long stays are rare and short ones common: the square of an even draw.
        years = 1.0 + 44.0 * draw.unit() ** 2.2
        arrived = max(self._today - int(_YEAR * years * draw.unit()), head.birth)
        home = places.home(draw)
        moved, first_home = arrived, home
        if self._today - arrived > 3 * _YEAR and draw.chance(0.22):
            moved = arrived + draw.between(200, self._today - arrived - 100)
            first_home = places.home(draw)
        household_id = (
            HouseholdId(self._code, self._households.issue()) if sketch.is_registered else None
        )
        return _Household(
            id=household_id,
            head_name=head.name.display,
            domicile=places.domicile(draw),
            arrived=arrived,
            moved=moved,
            home=home,
            first_home=first_home,
            before=places.elsewhere(draw),
        )

    def _steps(self, member: Member, household: _Household) -> list[Step]:
        """A plausible history of a member."""
        arrived = household.arrived if member.arrived is None else member.arrived
        since = max(arrived, member.birth)
        left = member.died or member.moved_out
        until = left.toordinal() if left else self._today
        moves_later = since < household.moved < until
        steps = [self._first_step(member, household, since, moves_later=moves_later)]
        if moves_later:
            day = date.fromordinal(household.moved)
            steps.append(Step(day, Reason.MOVED_WITHIN, household.home))
        last = max(since, household.moved) if moves_later else since
        if until - last > 60 and (member.maiden or self.draw.chance(0.035)):
            day = date.fromordinal(self.draw.between(last + 1, until - 1))
            reason = Reason.RENAMED if member.maiden else Reason.CORRECTED
            steps.append(Step(day, reason, steps[-1].home, name=member.name))
        return steps + list(self._departure(member, steps[-1].home))

    def _first_step(
        self, member: Member, household: _Household, since: int, *, moves_later: bool
    ) -> Step:
        home = household.first_home if moves_later else household.home
        day = date.fromordinal(since)
        if since == member.birth:
            return Step(day, Reason.BORN, home, name=member.maiden)
        if member.nationality is not None and self.draw.chance(0.5):
            return Step(day, Reason.CAME_FROM_ABROAD, home, name=member.maiden)
        return Step(day, Reason.MOVED_IN, home, before=household.before, name=member.maiden)

    def _departure(self, member: Member, home: tuple[Address, str]) -> Iterator[Step]:
        if member.died:
            yield Step(member.died, Reason.DIED, home)
        elif member.moved_out:
            away = self.places.elsewhere(self.draw)
            yield Step(member.moved_out, Reason.MOVED_OUT, home, gone_to=away)

    def _rows(
        self,
        person_id: PersonId,
        member: Member,
        steps: Sequence[Step],
        household: _Household,
        position: int,
    ) -> Iterator[HistoryRow]:
        name, since, settled = member.name, steps[0].day, steps[0].day
        address, before = steps[0].home[0], None
        card_number = self._card_number() if member.nationality else ""
        birth = member.written_birth or FuzzyDate.of(date.fromordinal(member.birth))
        relationship = "の".join(RELATIONSHIPS[code] for code in member.relation)
        for number, step in enumerate(steps, 1):
            status = _STATUS.get(step.reason, Status.RESIDENT.value)
            name = step.name or (name if number > 1 else member.name)
            moved_from = address if step.reason is Reason.MOVED_WITHIN else None
            if step.home[0] is not address:
                address, settled = step.home[0], step.day
            if step.reason in (Reason.MOVED_IN, Reason.CAME_FROM_ABROAD):
                since = settled = step.day
                before = step.before
            yield HistoryRow(
                number=number,
                is_latest=number == len(steps),
                id=person_id,
                household=household.id,
                resident_code="" if status != "1" else person_id.addressee_number[3:14],
                kind=(Kind.FOREIGN if member.nationality else Kind.JAPANESE).value,
                status=status,
                name=name,
                sex=member.sex,
                birth=birth,
                relation=member.relation,
                relationship=relationship,
                head_name=name.display if position == 1 else household.head_name,
                address=address,
                building_kana=step.home[1],
                settled_on=settled,
                resident_since=since,
                changed_on=step.day,
                reason=step.reason,
                before=before,
                before_head=_before_head(name, household, since, birth) if before else "",
                moved_from=moved_from,
                gone_to=step.gone_to,
                domicile=None if member.nationality else household.domicile,
                position=position,
                nationality=member.nationality,
                card_number=card_number,
                hidden=member.hidden,
                deleted=member.deleted,
            )

    def _card_number(self) -> str:
        """Shaped like the number of a residence card (在留カード), with letters none has."""
        return f"ZZ{self.draw.between(0, 99_999_999):08}ZZ"


def _before_head(name: PersonName, household: _Household, since: date, birth: FuzzyDate) -> str:
    """Grown-ups headed their own household where they came from, children did not."""
    grown_up = birth.year is None or since.year - birth.year >= 20
    return name.display if grown_up else household.head_name


SEX_WORDS: Final = {Sex.MALE.value: "男", Sex.FEMALE.value: "女", Sex.UNKNOWN.value: ""}
"""Words for the sex codes (性別表記)."""
