"""Named difficult people: the cases that registers really hold and that programs get wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from govkit.residents.records import Address, FuzzyDate, PersonName
from govkit.residents.synthetic.names import Family, Nationality, japanese_name
from govkit.residents.synthetic.people import HouseholdSketch, Member, Protection, Reason, Step
from govkit.residents.synthetic.register import Registrar

__all__ = ["EdgeCase", "sketch_case"]

_MALE, _FEMALE = "1", "2"
_HEAD, _CHILD = ("02",), ("20",)
_PARENT_AGE = timedelta(days=31 * 365)


class EdgeCase(StrEnum):
    """People to add by name. ``Y`` is the year of entry: the April after the reference day.

    ================================  ==========================================================
    ``ENTRANT_FIRST_DAY``             child born 2 April Y−7, the eldest of the entrants of Y
    ``ENTRANT_LAST_DAY``              child born 1 April Y−6, the youngest of the entrants of Y
    ``BORN_A_DAY_TOO_EARLY``          child born 1 April Y−7, already at school
    ``BORN_A_DAY_TOO_LATE``           child born 2 April Y−6, entrant of the year after
    ``MOVED_IN_AFTER_REFERENCE``      entrant, resident from the day after the reference day
    ``MOVED_OUT_BEFORE_REFERENCE``    entrant who left the week before the reference day
    ``TWINS_SAME_KANA``               葵 and 蒼, both アオイ, born on one day, entrants
    ``LEAP_DAY``                      child born on the last 29 February before the entrants
    ``NO_SUCH_DAY``                   born 1947-02-29, as the register writes it
    ``BIRTH_DAY_UNKNOWN``             entrant of whom only year and month of birth are known
    ``BIRTH_UNKNOWN``                 birth 年月日不詳, the register holds 0000-00-00
    ``PROTECTED_FAMILY``              mother with an entrant, support measures (支援措置)
    ``PROTECTED_PAST_LAST_DAY``       the same, past the last day but not lifted
    ``PROTECTION_ENDED``              the same, lifted
    ``FOREIGN_ENTRANT``               entrant with Latin name, kanji name and alias (通称)
    ``LONG_FOREIGN_NAME``             a name of 100 characters
    ``NAMES_OUTSIDE_JIS``             髙橋, 𠮷田, 葛󠄀西 (IVS), 𣘺本, 山﨑: five entrants
    ``UNNAMED_NEWBORN``               child without a name yet, all name fields blank
    ``FORMER_NAME``                   mother with former family name (旧氏)
    ``LONG_HISTORY``                  five history rows, written out of order
    ``RETURNED``                      moved in, moved out and in again under the same number
    ``DEAD_CHILD``                    entrant who died
    ``SAME_NAME_SAME_BIRTH``          two unrelated entrants with the same name and birth
    ``OTHER_BUSINESS_HIDDEN``         他業務参照不可フラグ is set
    ``DELETED``                       削除フラグ is set
    ``NOT_REGISTERED``                child outside the register (住登外者)
    ================================  ==========================================================
    """

    ENTRANT_FIRST_DAY = "entrant_first_day"
    ENTRANT_LAST_DAY = "entrant_last_day"
    BORN_A_DAY_TOO_EARLY = "born_a_day_too_early"
    BORN_A_DAY_TOO_LATE = "born_a_day_too_late"
    MOVED_IN_AFTER_REFERENCE = "moved_in_after_reference"
    MOVED_OUT_BEFORE_REFERENCE = "moved_out_before_reference"
    TWINS_SAME_KANA = "twins_same_kana"
    LEAP_DAY = "leap_day"
    NO_SUCH_DAY = "no_such_day"
    BIRTH_DAY_UNKNOWN = "birth_day_unknown"
    BIRTH_UNKNOWN = "birth_unknown"
    PROTECTED_FAMILY = "protected_family"
    PROTECTED_PAST_LAST_DAY = "protected_past_last_day"
    PROTECTION_ENDED = "protection_ended"
    FOREIGN_ENTRANT = "foreign_entrant"
    LONG_FOREIGN_NAME = "long_foreign_name"
    NAMES_OUTSIDE_JIS = "names_outside_jis"
    UNNAMED_NEWBORN = "unnamed_newborn"
    FORMER_NAME = "former_name"
    LONG_HISTORY = "long_history"
    RETURNED = "returned"
    DEAD_CHILD = "dead_child"
    SAME_NAME_SAME_BIRTH = "same_name_same_birth"
    OTHER_BUSINESS_HIDDEN = "other_business_hidden"
    DELETED = "deleted"
    NOT_REGISTERED = "not_registered"


@dataclass(frozen=True, slots=True)
class _Setting:
    """Where a case takes place: the reference day decides who is an entrant."""

    registrar: Registrar
    reference: date

    @property
    def entry_year(self) -> int:
        """The April that the reference day of 1 October looks forward to."""
        return self.reference.year + 1

    @property
    def entrants_birth(self) -> date:
        """A day in the middle of the entrants' births."""
        return date(self.entry_year - 7, 8, 15)

    def parent(self, child_birth: date, family: Family) -> Member:
        """A mother, head of the household."""
        return _person(family, ("真理", "マリ"), _FEMALE, child_birth - _PARENT_AGE, _HEAD)

    def family(
        self,
        birth: date,
        family: Family | None = None,
        given: tuple[str, str] = ("陽太", "ヨウタ"),
    ) -> HouseholdSketch:
        """A mother and one son, at home here since the child's second month of life."""
        family = family or Family("柴崎", "シバサキ")
        child = _person(family, given, _MALE, birth, _CHILD)
        parent = self.parent(birth, family)
        parent.arrived = child.arrived = birth.toordinal() + 40
        return HouseholdSketch([parent, child])


def _person(
    family: Family, given: tuple[str, str], sex: str, birth: date, relation: tuple[str, ...]
) -> Member:
    return Member(japanese_name(family, given), sex, birth.toordinal(), relation, family)


Sketches = list[HouseholdSketch]


def _born(months: tuple[int, int], years_before: int) -> Callable[[_Setting], Sketches]:
    def sketch(setting: _Setting) -> Sketches:
        return [setting.family(date(setting.entry_year - years_before, *months))]

    return sketch


def _moved_in_after(setting: _Setting) -> Sketches:
    sketch = setting.family(setting.entrants_birth)
    home, before = setting.registrar.places.home(setting.registrar.draw), _before(setting)
    day = setting.reference + timedelta(days=1)
    for member in sketch.members:
        member.steps = [Step(day, Reason.MOVED_IN, home, before=before)]
    return [sketch]


def _moved_out_before(setting: _Setting) -> Sketches:
    sketch = setting.family(setting.entrants_birth)
    for member in sketch.members:
        member.moved_out = setting.reference - timedelta(days=7)
    return [sketch]


def _twins(setting: _Setting) -> Sketches:
    family = Family("鈴木", "スズキ")
    sketch = setting.family(setting.entrants_birth, family, ("葵", "アオイ"))
    other = _person(family, ("蒼", "アオイ"), _FEMALE, setting.entrants_birth, _CHILD)
    other.arrived = sketch.members[1].arrived
    sketch.members.append(other)
    return [sketch]


def _leap_day(setting: _Setting) -> Sketches:
    year = setting.entry_year - 7
    return [setting.family(date(year - year % 4, 2, 29))]


def _fuzzy(written: str, phrase: str, born: date) -> Member:
    person = _person(Family("宮岡", "ミヤオカ"), ("ハル", "ハル"), _FEMALE, born, _HEAD)
    person.written_birth = FuzzyDate.parse(written, unknown=bool(phrase), phrase=phrase)
    return person


def _no_such_day(_: _Setting) -> Sketches:
    return [HouseholdSketch([_fuzzy("1947-02-29", "", date(1947, 2, 28))])]


def _birth_unknown(_: _Setting) -> Sketches:
    return [HouseholdSketch([_fuzzy("0000-00-00", "年月日不詳", date(1940, 1, 1))])]


def _birth_day_unknown(setting: _Setting) -> Sketches:
    birth = setting.entrants_birth
    sketch = setting.family(birth)
    phrase = f"令和{birth.year - 2018}年8月日不詳"
    sketch.members[1].written_birth = FuzzyDate.parse(
        f"{birth.year}-08-00", unknown=True, phrase=phrase
    )
    return [sketch]


def _protected(began_before: int, *, ended: bool = False) -> Callable[[_Setting], Sketches]:
    def sketch(setting: _Setting) -> Sketches:
        household = setting.family(setting.entrants_birth, Family("砂川", "スナガワ"))
        first = setting.reference - timedelta(days=began_before)
        household.protection = Protection(first, first + timedelta(days=364), ended)
        return [household]

    return sketch


def _foreign(setting: _Setting) -> Sketches:
    family = Family("王", "ワン", "WANG", Nationality("CHN", "中国"))
    sketch = setting.family(setting.entrants_birth, family)
    names = (("XIAOMING", "暁明", "シャオミン"), ("ZIHAN", "梓涵", "ズーハン"))
    for member, (roman, kanji, kana) in zip(sketch.members, names, strict=True):
        member.name = PersonName(
            full=f"WANG {roman}",
            kana_full=f"ワン　{kana}",
            roman=f"WANG {roman}",
            kanji=f"王　{kanji}",
            alias="新井　蓮" if member.relation == _CHILD else "",
            alias_kana="アライ　レン" if member.relation == _CHILD else "",
            preference="2" if member.relation == _CHILD else "3",
        )
    return [sketch]


def _long_name(setting: _Setting) -> Sketches:
    family = Family("", "デ　ソウザ", "DE SOUZA", Nationality("BRA", "ブラジル"))
    roman = ("DE SOUZA TANAKA " + "MARIA APARECIDA " * 6)[:99] + "A"
    sketch = setting.family(setting.entrants_birth, family)
    for member in sketch.members:
        member.name = PersonName(full=roman, roman=roman, kana_full="デ　ソウザ", preference="1")
    return [sketch]


def _outside_jis(setting: _Setting) -> Sketches:
    families = (
        ("髙橋", "タカハシ"),
        ("𠮷田", "ヨシダ"),
        ("葛󠄀西", "カサイ"),
        ("𣘺本", "ハシモト"),
        ("山﨑", "ヤマザキ"),
    )
    return [setting.family(setting.entrants_birth, Family(*family)) for family in families]


def _unnamed(setting: _Setting) -> Sketches:
    sketch = setting.family(setting.reference - timedelta(days=5))
    sketch.members[1].name = PersonName()
    sketch.members[1].arrived = sketch.members[1].birth
    return [sketch]


def _former_name(setting: _Setting) -> Sketches:
    sketch = setting.family(setting.entrants_birth)
    mother = sketch.members[0]
    mother.name = replace(mother.name, former_family="齋藤", former_kana="サイトウ")
    return [sketch]


def _long_history(setting: _Setting) -> Sketches:
    sketch = setting.family(setting.entrants_birth)
    draw, places = setting.registrar.draw, setting.registrar.places
    homes = [places.home(draw) for _ in range(5)]
    start = setting.entrants_birth + timedelta(days=40)
    steps = [Step(start, Reason.MOVED_IN, homes[0], before=_before(setting))]
    steps += [
        Step(start + timedelta(days=200 * index), Reason.MOVED_WITHIN, home)
        for index, home in enumerate(homes[1:], 1)
    ]
    for member in sketch.members:
        member.steps = steps
    return [sketch]


def _returned(setting: _Setting) -> Sketches:
    sketch = setting.family(setting.entrants_birth)
    draw, places = setting.registrar.draw, setting.registrar.places
    old, new, away = places.home(draw), places.home(draw), _before(setting)
    start = setting.entrants_birth + timedelta(days=40)
    steps = [
        Step(start, Reason.MOVED_IN, old, before=_before(setting)),
        Step(start + timedelta(days=500), Reason.MOVED_OUT, old, gone_to=away),
        Step(start + timedelta(days=1300), Reason.MOVED_IN, new, before=away),
    ]
    for member in sketch.members:
        member.steps = steps
    return [sketch]


def _dead_child(setting: _Setting) -> Sketches:
    sketch = setting.family(setting.entrants_birth)
    sketch.members[1].died = setting.reference - timedelta(days=100)
    return [sketch]


def _same_name(setting: _Setting) -> Sketches:
    family = Family("田中", "タナカ")
    return [setting.family(setting.entrants_birth, family, ("蓮", "レン")) for _ in range(2)]


def _hidden(setting: _Setting) -> Sketches:
    sketch = setting.family(setting.entrants_birth)
    sketch.members[1].hidden = True
    return [sketch]


def _deleted(setting: _Setting) -> Sketches:
    sketch = setting.family(setting.entrants_birth)
    for member in sketch.members:
        member.deleted = True
    return [sketch]


def _not_registered(setting: _Setting) -> Sketches:
    sketch = setting.family(setting.entrants_birth)
    away = _before(setting)
    for member in sketch.members:
        member.steps = [Step(setting.reference, Reason.CORRECTED, (away, ""))]
    sketch.is_registered = False
    return [sketch]


def _before(setting: _Setting) -> Address:
    return setting.registrar.places.elsewhere(setting.registrar.draw)


_SKETCHES: Final[Mapping[EdgeCase, Callable[[_Setting], Sketches]]] = {
    EdgeCase.ENTRANT_FIRST_DAY: _born((4, 2), 7),
    EdgeCase.ENTRANT_LAST_DAY: _born((4, 1), 6),
    EdgeCase.BORN_A_DAY_TOO_EARLY: _born((4, 1), 7),
    EdgeCase.BORN_A_DAY_TOO_LATE: _born((4, 2), 6),
    EdgeCase.MOVED_IN_AFTER_REFERENCE: _moved_in_after,
    EdgeCase.MOVED_OUT_BEFORE_REFERENCE: _moved_out_before,
    EdgeCase.TWINS_SAME_KANA: _twins,
    EdgeCase.LEAP_DAY: _leap_day,
    EdgeCase.NO_SUCH_DAY: _no_such_day,
    EdgeCase.BIRTH_DAY_UNKNOWN: _birth_day_unknown,
    EdgeCase.BIRTH_UNKNOWN: _birth_unknown,
    EdgeCase.PROTECTED_FAMILY: _protected(120),
    EdgeCase.PROTECTED_PAST_LAST_DAY: _protected(500),
    EdgeCase.PROTECTION_ENDED: _protected(500, ended=True),
    EdgeCase.FOREIGN_ENTRANT: _foreign,
    EdgeCase.LONG_FOREIGN_NAME: _long_name,
    EdgeCase.NAMES_OUTSIDE_JIS: _outside_jis,
    EdgeCase.UNNAMED_NEWBORN: _unnamed,
    EdgeCase.FORMER_NAME: _former_name,
    EdgeCase.LONG_HISTORY: _long_history,
    EdgeCase.RETURNED: _returned,
    EdgeCase.DEAD_CHILD: _dead_child,
    EdgeCase.SAME_NAME_SAME_BIRTH: _same_name,
    EdgeCase.OTHER_BUSINESS_HIDDEN: _hidden,
    EdgeCase.DELETED: _deleted,
    EdgeCase.NOT_REGISTERED: _not_registered,
}


def sketch_case(case: EdgeCase, registrar: Registrar, reference: date) -> Sketches:
    """The households of a named case."""
    return _SKETCHES[case](_Setting(registrar, reference))
