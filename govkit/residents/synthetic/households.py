"""Sketches households: who lives together, how old they are and what they are called.

The shares aim at a suburb of Tokyo: about 2.0 people a household, 0.8 % of all people in each
school year, a quarter aged 65 or older, 3 % foreign residents. They are rough, not a statistic.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from govkit.residents.records import FuzzyDate, Sex
from govkit.residents.synthetic.draw import Draw, Weighted
from govkit.residents.synthetic.names import Family, NameBook, japanese_name
from govkit.residents.synthetic.people import HouseholdSketch, Member, Protection

__all__ = [
    "BROTHER",
    "CHILD",
    "FATHER",
    "HEAD",
    "HUSBAND",
    "LODGER",
    "MOTHER",
    "WIFE",
    "HouseholdComposer",
]

HEAD, HUSBAND, WIFE, UNREGISTERED_WIFE, CHILD = "02", "11", "12", "14", "20"
"""Codes of the relation to the head (続柄): the couple and their children."""
FATHER, MOTHER, BROTHER, LODGER = "51", "52", "71", "99"
"""Codes of the relation to the head (続柄): everybody else."""

_MALE, _FEMALE = Sex.MALE.value, Sex.FEMALE.value
_YEAR = 365.2425
_TWINS = 0.011
_FOREIGN = 0.026
_MIXED = 0.012
_PROTECTED = 0.095

Bracket = tuple[int, int]
_SINGLE: Weighted[Bracket] = Weighted(
    [
        ((18, 24), 13.0),
        ((25, 34), 22.0),
        ((35, 44), 13.0),
        ((45, 54), 13.0),
        ((55, 64), 12.0),
        ((65, 74), 10.0),
        ((75, 84), 12.0),
        ((85, 98), 8.5),
    ]
)
_COUPLE: Weighted[Bracket] = Weighted(
    [
        ((24, 34), 11.0),
        ((35, 44), 9.0),
        ((45, 54), 10.0),
        ((55, 64), 17.0),
        ((65, 74), 29.0),
        ((75, 84), 25.0),
        ((85, 96), 7.0),
    ]
)
_ELDEST_CHILD: Weighted[Bracket] = Weighted(
    [((0, 17), 74.0), ((18, 24), 16.0), ((25, 35), 8.0), ((36, 50), 2.0)]
)
_CHILDREN = Weighted([(1, 42.0), (2, 44.0), (3, 12.0), (4, 2.0)])
_CHILDREN_OF_ONE = Weighted([(1, 62.0), (2, 31.0), (3, 7.0)])


class HouseholdComposer:
    """Makes up one household after the other.

    :param today: Day of the extract: nobody is born later.
    """

    def __init__(self, draw: Draw, names: NameBook, today: date) -> None:
        self._draw = draw
        self._names = names
        self._today = today.toordinal()
        kinds: list[tuple[Callable[[], HouseholdSketch], float]] = [
            (self.single, 45.0),
            (self.couple, 24.0),
            (self.parents, 17.8),
            (self.single_parent, 4.8),
            (self.three_generations, 1.9),
            (self.elderly_parent, 4.2),
            (self.lodgers, 2.3),
        ]
        self._kinds = Weighted(kinds)

    def compose(self) -> HouseholdSketch:
        """A household of any kind."""
        return self._kinds.draw(self._draw)()

    def single(self) -> HouseholdSketch:
        """One person alone."""
        draw = self._draw
        birth = self._birth(_SINGLE.draw(draw))
        # Women outlive men.
        male = 0.58 if self._age(birth) < 65 else 0.33
        sex = _MALE if draw.chance(male) else _FEMALE
        return HouseholdSketch([self._member(self._family(), sex, birth, (HEAD,))])

    def spouse(self, head: Member) -> Member:
        """A husband or wife for someone who lives alone."""
        draw = self._draw
        if head.sex == _FEMALE:
            sex, relation, years = _MALE, HUSBAND, draw.around(-2.0, 3.0)
        else:
            sex, relation, years = _FEMALE, WIFE, draw.around(2.0, 3.0)
        return self._member(head.family, sex, head.birth + int(_YEAR * years), (relation,))

    def couple(self) -> HouseholdSketch:
        """A couple without children at home."""
        return HouseholdSketch(self._couple(self._birth(_COUPLE.draw(self._draw)), self._family()))

    def parents(self) -> HouseholdSketch:
        """A couple with children."""
        draw = self._draw
        eldest = self._birth(_ELDEST_CHILD.draw(draw))
        mother = eldest - int(_YEAR * min(max(draw.around(30.5, 4.6), 18.2), 45.0))
        father = min(mother - int(_YEAR * draw.around(1.8, 4.0)), eldest - int(18.2 * _YEAR))
        members = self._couple(father, self._family(), wife_birth=mother)
        return HouseholdSketch(members + self._children(members, eldest, _CHILDREN.draw(draw)))

    def single_parent(self) -> HouseholdSketch:
        """A mother or a father with children; a few of the mothers are protected (支援措置)."""
        draw = self._draw
        family = self._family()
        eldest = self._birth(_ELDEST_CHILD.draw(draw))
        parent = eldest - int(_YEAR * min(max(draw.around(29.5, 4.8), 18.2), 44.0))
        sex = _MALE if draw.chance(0.13) else _FEMALE
        head = self._member(family, sex, parent, (HEAD,))
        children = self._children([head], eldest, _CHILDREN_OF_ONE.draw(draw))
        sketch = HouseholdSketch([head, *children])
        if sex == _FEMALE and self._age(eldest) < 18 and draw.chance(_PROTECTED):
            sketch.protection = self._protection()
        return sketch

    def three_generations(self) -> HouseholdSketch:
        """Grandparents, parents and children; one or the other generation is the head."""
        draw = self._draw
        sketch = self.parents()
        head = sketch.members[0]
        family = head.family
        mother_birth = head.birth - int(_YEAR * min(max(draw.around(28, 4), 18.5), 44))
        if self._age(mother_birth) > 97:
            return sketch
        elders = [self._member(family, _FEMALE, mother_birth, (MOTHER,))]
        if draw.chance(0.45):
            elders.append(
                self._member(family, _MALE, mother_birth - draw.between(0, 2500), (FATHER,))
            )
        if draw.chance(0.6) or head.nationality:
            sketch.members += elders
            return sketch
        return HouseholdSketch(_under_elders(elders, sketch.members))

    def elderly_parent(self) -> HouseholdSketch:
        """A grown-up child at home with an old parent."""
        draw = self._draw
        family = self._family()
        child_birth = self._birth((38, 64))
        parent_birth = child_birth - int(_YEAR * min(max(draw.around(27, 4), 18.5), 36))
        child = self._member(family, _MALE if draw.chance(0.6) else _FEMALE, child_birth, (CHILD,))
        parent = self._member(
            family, _FEMALE if draw.chance(0.75) else _MALE, parent_birth, (HEAD,)
        )
        if draw.chance(0.5):
            child.relation = (HEAD,)
            parent.relation = (MOTHER if parent.sex == _FEMALE else FATHER,)
            return HouseholdSketch([child, parent])
        return HouseholdSketch([parent, child])

    def lodgers(self) -> HouseholdSketch:
        """Two people of different families under one roof."""
        draw = self._draw
        first = self._birth((21, 60))
        second = min(first + draw.between(-1800, 1800), self._today - int(19 * _YEAR))
        sexes = (_MALE, _FEMALE) if draw.chance(0.6) else (_MALE, _MALE)
        relation = UNREGISTERED_WIFE if sexes[1] == _FEMALE and draw.chance(0.5) else LODGER
        return HouseholdSketch(
            [
                self._member(self._family(), sexes[0], first, (HEAD,)),
                self._member(self._family(), sexes[1], second, (relation,)),
            ]
        )

    def _couple(
        self, husband_birth: int, family: Family, wife_birth: int | None = None
    ) -> list[Member]:
        draw = self._draw
        youngest = self._today - int(18.5 * _YEAR)
        if wife_birth is None:
            wife_birth = min(husband_birth + int(_YEAR * draw.around(2.0, 3.2)), youngest)
        husband = self._member(family, _MALE, min(husband_birth, youngest), (HEAD,))
        wifes_family = family
        if family.nationality is None and draw.chance(_MIXED):
            wifes_family = self._names.foreign_family(draw)
        wife = self._member(wifes_family, _FEMALE, wife_birth, (WIFE,))
        if wife.nationality is None:
            self._marry(wife)
        if draw.chance(0.93):
            return [husband, wife]
        husband.relation, wife.relation = (HUSBAND,), (HEAD,)
        return [wife, husband]

    def _marry(self, wife: Member) -> None:
        """Let some keep the name before marriage on record, as 旧氏 or in the history."""
        draw = self._draw
        if not draw.chance(0.05):
            return
        born_as = self._names.japanese_family(draw)
        name = wife.name
        if draw.chance(0.4):
            wife.name = replace(name, former_family=born_as.name, former_kana=born_as.kana)
        else:
            wife.maiden = japanese_name(born_as, (name.given, name.kana_given))

    def _children(self, parents: Sequence[Member], eldest: int, count: int) -> list[Member]:
        draw = self._draw
        births = [eldest]
        while len(births) < count:
            if draw.chance(_TWINS):
                births.append(births[-1])
            else:
                births.append(births[-1] + int(_YEAR * (1.0 + 3.6 * draw.unit())))
        if draw.chance(_TWINS):
            births.append(births[-1])
        family, taken = parents[0].family, {parent.name.full for parent in parents}
        children: list[Member] = []
        for birth in births:
            grown_up = self._age(birth) > 19 and birth != eldest
            if birth >= self._today or (grown_up and draw.chance(0.5)):
                continue
            sex = _MALE if draw.chance(0.513) else _FEMALE
            child = self._member(family, sex, birth, (CHILD,))
            # A nationality has few given names here; siblings then share one, as some do.
            for _ in range(10):
                if child.name.full not in taken:
                    break
                child = self._member(family, sex, birth, (CHILD,))
            taken.add(child.name.full)
            children.append(child)
        return children

    def _member(self, family: Family, sex: str, birth: int, relation: tuple[str, ...]) -> Member:
        born = date.fromordinal(birth)
        name = self._names.name(self._draw, family, sex, born.year)
        written = self._written(born) if self._age(birth) > 70 else None
        return Member(name, sex, birth, relation, family, written_birth=written)

    def _written(self, born: date) -> FuzzyDate | None:
        """The few births of which the register holds less, or more, than the calendar."""
        if (born.month, born.day) == (2, 28) and born.year % 4 and self._draw.chance(0.25):
            return FuzzyDate.parse(f"{born.year}-02-29")
        if not self._draw.chance(0.0006):
            return None
        era, year = ("昭和", born.year - 1925) if born.year > 1926 else ("大正", born.year - 1911)
        text, phrase = self._draw.pick(
            (
                ("{0}-00-00", "{1}{2}年月日不詳"),
                ("{0}-A1-00", "{1}{2}年春"),
                ("{0}-04-00", "{1}{2}年4月日不詳"),
                ("{0}-01-01", "{1}{2}年頃"),
            )
        )
        words = (born.year, era, year)
        return FuzzyDate.parse(text.format(*words), unknown=True, phrase=phrase.format(*words))

    def _family(self) -> Family:
        if self._draw.chance(_FOREIGN):
            return self._names.foreign_family(self._draw)
        return self._names.japanese_family(self._draw)

    def _protection(self) -> Protection:
        # One year from the application (住民基本台帳事務における支援措置), extended again and again.
        first = date.fromordinal(self._today - self._draw.between(1, 420))
        return Protection(first, first + timedelta(days=364), ended=self._draw.chance(0.06))

    def _birth(self, bracket: Bracket) -> int:
        low, high = bracket
        return (
            self._today - int(_YEAR * low) - int((high - low + 1) * _YEAR * self._draw.unit()) - 1
        )

    def _age(self, birth: int) -> float:
        return (self._today - birth) / _YEAR


def _under_elders(elders: list[Member], young: list[Member]) -> list[Member]:
    """The same people with the eldest as the head: 子, 子の妻, 子の子."""
    head = elders[-1]
    head.relation = (HEAD,)
    for other in elders[:-1]:
        other.relation = (WIFE,)
    for member in young:
        own = member.relation
        member.relation = (CHILD,) if own == (HEAD,) else (CHILD, *own)
    return [head, *elders[:-1], *young]
