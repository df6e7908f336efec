"""A whole invented population of a municipality."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Self

from govkit.residents.records import Resident
from govkit.residents.synthetic.draw import Draw
from govkit.residents.synthetic.edge_cases import EdgeCase, sketch_case
from govkit.residents.synthetic.extract import write_protection_rows, write_resident_rows
from govkit.residents.synthetic.households import HouseholdComposer
from govkit.residents.synthetic.names import NameBook
from govkit.residents.synthetic.people import HouseholdSketch, Person, Reason, Step
from govkit.residents.synthetic.places import PlaceBook
from govkit.residents.synthetic.register import Registrar

__all__ = ["Population"]

_FIRST_NUMBER, _FIRST_OF_CASES, _FIRST_OUTSIDE = 10_000_000, 90_000_000, 95_000_000
_NUMBERS_OF_A_CASE = 1000
# Beside the residents an extract holds those who left or died not long ago (除票).
_LEAVERS, _WIDOWED, _OUTSIDERS = 0.025, 0.14, 0.01
_KEPT_DAYS = 5 * 365


class Population:
    """Invented residents: the same size, seed and day give the same people, byte for byte.

    Numbers start at the same serial in every municipality, as they may in real ones, so that
    nobody takes the 宛名番号 alone for an identity. The people of edge cases are added to the
    size, with numbers of their own, and change nothing about the others.

    :param municipality_code: 132021 立川市, 132071 昭島市 or 132012 八王子市.
    :param size: Number of residents (住民状態 1) beside the edge cases.
    :param as_of: Day of the extract. The 1 October on or before it is the reference day of the
        edge cases.
    :param edge_cases: Named cases to add, see :class:`EdgeCase`.
    :param include_private_use: Let family names hold private use code points (外字).
    :raises InvalidValue: When no towns of the municipality ship with govkit.
    """

    def __init__(
        self,
        municipality_code: str,
        size: int,
        *,
        seed: int = 1,
        as_of: date = date(2026, 10, 15),
        edge_cases: Sequence[EdgeCase] = (),
        include_private_use: bool = False,
    ) -> None:
        if size < 0:
            raise ValueError("a population cannot be smaller than nobody")
        self.municipality_code = municipality_code
        self.size = size
        self.seed = seed
        self.as_of = as_of
        self.edge_cases = tuple(edge_cases)
        self._names = NameBook(include_private_use=include_private_use)
        self._places = PlaceBook(municipality_code)
        self._kept: tuple[Person, ...] | None = None

    def keep(self) -> Self:
        """Hold the people in memory, for whoever asks for them more than once.

        Making them up takes longer than most of what is done with them.
        """
        self._kept = tuple(self._make_up())
        return self

    @property
    def reference_day(self) -> date:
        """The day of which the 学齢簿 of the next entrants is made (学校教育法施行令2条)."""
        october = date(self.as_of.year, 10, 1)
        return october if october <= self.as_of else date(self.as_of.year - 1, 10, 1)

    def persons(self, *, include_non_residents: bool = False) -> Iterator[Person]:
        """Every person with the whole history, household by household.

        People who left or died are among them. People outside the register (住登外者) come last,
        and only when asked for.
        """
        for case in self.edge_cases:
            for person in self.edge_people(case):
                if person.is_registered or include_non_residents:
                    yield person
        yield from self._make_up() if self._kept is None else self._kept
        if include_non_residents:
            yield from self._outsiders()

    def __iter__(self) -> Iterator[Person]:
        return self.persons()

    def edge_people(self, case: EdgeCase) -> tuple[Person, ...]:
        """The people of a named case, the same whether or not the case is part of the whole."""
        first = _FIRST_OF_CASES + _NUMBERS_OF_A_CASE * list(EdgeCase).index(case)
        registrar = self._registrar(case.value, first, size=0)
        return tuple(
            person
            for sketch in sketch_case(case, registrar, self.reference_day)
            for person in registrar.register(sketch)
        )

    def residents(self, *, include_non_residents: bool = False) -> Iterator[Resident]:
        """The current record of every person, as an adapter would give it.

        Those who left or died are among them, rows marked deleted (削除フラグ) are not.
        """
        for person in self.persons(include_non_residents=include_non_residents):
            if not person.current.deleted:
                yield person.resident

    def write_extract(
        self,
        path: Path | str,
        *,
        encoding: str = "utf-8",
        bom: bool = False,
        profile: str = "フリガナ",
        include_non_residents: bool = False,
    ) -> int:
        """Write the 住民票 group as CSV, with every column of :data:`RESIDENT_COLUMNS`.

        Characters that the encoding lacks are written as 〓.

        :param profile: Version of the headings, a key of :data:`PROFILES`.
        :returns: Number of rows below the header.
        """
        persons = self.persons(include_non_residents=include_non_residents)
        return write_resident_rows(Path(path), persons, encoding=encoding, bom=bom, profile=profile)

    def write_protection_list(self, path: Path | str) -> int:
        """Write the 支援措置対象者 group as CSV in UTF-8.

        :returns: Number of rows below the header.
        """
        return write_protection_rows(Path(path), self.persons())

    def _registrar(self, part: str, first_number: int, *, size: int) -> Registrar:
        draw = Draw("register", part, self.municipality_code, self.seed, size)
        return Registrar(
            self.municipality_code,
            draw,
            self._places,
            today=self.as_of,
            first_number=first_number,
        )

    def _composer(self, part: str) -> HouseholdComposer:
        draw = Draw("household", part, self.municipality_code, self.seed, self.size)
        return HouseholdComposer(draw, self._names, self.as_of)

    def _make_up(self) -> Iterator[Person]:
        composer = self._composer("residents")
        registrar = self._registrar("residents", _FIRST_NUMBER, size=self.size)
        left = self.size
        while left:
            sketch = composer.compose()
            if len(sketch.members) > left:
                sketch = composer.single()
            left -= len(sketch.members)
            self._add_the_dead(sketch, composer, registrar.draw)
            yield from registrar.register(sketch)
            if registrar.draw.chance(_LEAVERS):
                yield from registrar.register(self._leavers(composer, registrar.draw))

    def _add_the_dead(
        self, sketch: HouseholdSketch, composer: HouseholdComposer, draw: Draw
    ) -> None:
        """Let some of the old who live alone have lost husband or wife not long ago."""
        head = sketch.members[0]
        age = (self.as_of.toordinal() - head.birth) / 365.25
        if len(sketch.members) > 1 or age < 65 or not draw.chance(_WIDOWED):
            return
        dead = composer.spouse(head)
        dead.died = self.as_of - timedelta(days=draw.between(1, _KEPT_DAYS))
        dead.arrived = min(dead.died.toordinal() - 900, head.birth + 60 * 365)
        sketch.members.append(dead)

    def _leavers(self, composer: HouseholdComposer, draw: Draw) -> HouseholdSketch:
        sketch = composer.compose()
        sketch.protection = None
        day = self.as_of - timedelta(days=draw.between(1, _KEPT_DAYS))
        sketch.members = [
            member for member in sketch.members if member.birth < day.toordinal()
        ] or composer.single().members
        for member in sketch.members:
            member.moved_out = day
            member.arrived = max(member.birth, day.toordinal() - draw.between(300, 6000))
        return sketch

    def _outsiders(self) -> Iterator[Person]:
        composer = self._composer("outside")
        registrar = self._registrar("outside", _FIRST_OUTSIDE, size=self.size)
        for _ in range(round(self.size * _OUTSIDERS)):
            sketch = composer.single()
            away = (self._places.elsewhere(registrar.draw), "")
            day = self.as_of - timedelta(days=registrar.draw.between(1, _KEPT_DAYS))
            for member in sketch.members:
                member.steps = [Step(day, Reason.CORRECTED, away)]
            sketch.is_registered = False
            yield from registrar.register(sketch)
