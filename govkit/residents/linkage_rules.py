"""The weights of evidence that a claim means a certain resident (Fellegi and Sunter 1969).

Each item adds the binary logarithm of how much likelier its agreement is for the person meant than
for anybody else. The sum, less the logarithm of the number of people, is about the logarithm of
the odds that it is this person: 13 is one error in 8,000. Weights are multiples of one half, so
that they add up exactly. How often each kind of error happens was not learned from data: the
figures are rough, written for lists as offices and citizens write them.
"""

import math
import re
from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from govkit.jp.text import fold_width
from govkit.residents.claims import Claim
from govkit.residents.keys import readings
from govkit.residents.linkage_names import (
    Agreement,
    FormKind,
    NameForm,
    NameText,
    compare_names,
    forms_of,
    read_name,
)
from govkit.residents.linkage_places import ClaimedPlace, PlaceAgreement, compare_places
from govkit.residents.records import FuzzyDate, Resident, Sex

__all__ = [
    "BirthAgreement",
    "ClaimView",
    "Evidence",
    "Item",
    "Likeness",
    "NameFrequencies",
    "SameOrNot",
    "compare",
    "compare_births",
]


class Item(Enum):
    """What is compared, and the prior that every sum begins with."""

    __hash__ = object.__hash__

    PRIOR = "登録者数"
    NUMBER = "宛名番号"
    FAMILY = "氏"
    FAMILY_KANA = "氏のフリガナ"
    GIVEN = "名"
    GIVEN_KANA = "名のフリガナ"
    NAME_KIND = "氏名の種類"
    BIRTH = "生年月日"
    SEX = "性別"
    ADDRESS = "住所"


class BirthAgreement(Enum):
    """How far two dates of birth agree."""

    __hash__ = object.__hash__

    SAME = "一致"
    MAYBE = "不詳の範囲で一致"
    SWAPPED = "月と日が逆"
    DIGIT = "1桁違い"
    YEAR = "年だけが違う"
    PART = "年月日の1つが違う"
    DIFFERENT = "不一致"
    MISSING = "比べられない"


class SameOrNot(Enum):
    """Agreement of what has no degrees."""

    SAME = "一致"
    DIFFERENT = "不一致"


class Evidence(NamedTuple):
    """One line of an explanation.

    :param level: How the item agreed; for the prior the number of people in words.
    :param weight: What it adds to the score, a multiple of one half.
    """

    item: Item
    level: Enum | str
    weight: float

    def __str__(self) -> str:
        word = self.level if isinstance(self.level, str) else self.level.value
        return f"{self.item.value}: {word}（{self.weight:+.1f}）"


class NameFrequencies(Protocol):
    """How common names are among the people of a source."""

    @property
    def people(self) -> int:
        """Number of people."""
        ...

    def family(self, key: str) -> float:
        """Share of the people whose family name has this key, kanji or reading."""
        ...

    def given(self, key: str) -> float:
        """Share of the people whose given name has this key, kanji or reading."""
        ...


class Likeness(NamedTuple):
    """What of a claim agrees with one resident.

    :param given_agrees: Whether the given name tells the person from a twin.
    """

    score: float
    evidence: tuple[Evidence, ...]
    given_agrees: bool


_KANA_ONLY: Final = re.compile("[\\sぁ-ゖァ-ヺー・ｦ-ﾟ]+")
_SURE: Final = {Sex.MALE.value, Sex.FEMALE.value}


class ClaimView(NamedTuple):
    """A claim read once, to be held against many residents.

    :param kana: The reading, and once more with its long marks spelled out.
    """

    claim: Claim
    name: NameText
    kana: tuple[NameText, ...]
    place: ClaimedPlace
    number: str

    @classmethod
    def of(cls, claim: Claim) -> "ClaimView":
        """Fold the names; a name written in kana alone counts as the reading."""
        name, kana = claim.name, claim.kana
        if name and not kana and _KANA_ONLY.fullmatch(name):
            name, kana = "", name
        read = tuple(map(read_name, readings(kana))) if "ー" in kana else (read_name(kana),)
        place = ClaimedPlace.of(claim.address, claim.postcode, claim.machiaza_id)
        number = fold_width(claim.addressee_number).strip() if claim.addressee_number else ""
        return cls(claim, read_name(name), read, place, number)


_HIGHEST, _LOWEST, _RAREST = 11.0, 2.0, 1 / 4096


@lru_cache(1 << 16)
def _bits(share: float) -> float:
    """How much the agreement of a name held by this share of the people tells."""
    return min(_HIGHEST, max(_LOWEST, round(-2 * math.log2(max(share, _RAREST))) / 2))


def compare(
    view: ClaimView,
    resident: Resident,
    frequencies: NameFrequencies,
    *,
    use_address: bool = True,
) -> Likeness:
    """How likely a claim means a resident: the best of the resident's names counts.

    :param use_address: Whether the address is evidence; without it the outcome is the same as if
        the register held none.
    """
    prior = _prior(frequencies.people)
    names, given_agrees = _best_name(view, resident, frequencies)
    lines = [prior, *names]
    claim = view.claim
    if claim.birth is not None and (born := _birth_line(claim.birth, resident.birth)):
        lines.append(born)
    if claim.sex in _SURE and resident.sex in _SURE:
        lines.append(_SEX_LINES[claim.sex == resident.sex])
    if use_address and (place := _PLACE_LINES.get(compare_places(view.place, resident))):
        lines.append(place)
    if view.number:
        lines.append(_number_line(view.number, resident, prior))
    return Likeness(sum([line.weight for line in lines]), tuple(lines), given_agrees)


@lru_cache(16)
def _prior(people: int) -> Evidence:
    people = max(people, 2)
    return Evidence(Item.PRIOR, f"{people:,}人", -round(2 * math.log2(people)) / 2)


def _birth_line(claimed: FuzzyDate, registered: FuzzyDate) -> Evidence | None:
    if claimed.value is not None and claimed.value == registered.value:
        return _BIRTH_LINES[BirthAgreement.SAME]
    born = compare_births(claimed, registered)
    if born is BirthAgreement.MAYBE:
        return _maybe_born(claimed, registered)
    return _BIRTH_LINES.get(born)


def _number_line(number: str, resident: Resident, prior: Evidence) -> Evidence:
    if number == resident.id.addressee_number:
        return Evidence(Item.NUMBER, SameOrNot.SAME, -prior.weight)
    return Evidence(Item.NUMBER, SameOrNot.DIFFERENT, -6.0)


_SEX_LINES: Final = {
    True: Evidence(Item.SEX, SameOrNot.SAME, 0.5),
    False: Evidence(Item.SEX, SameOrNot.DIFFERENT, -5.5),
}
_PLACE_LINES: Final = {
    level: Evidence(Item.ADDRESS, level, weight)
    for level, weight in (
        (PlaceAgreement.BUILDING, 12.5),
        (PlaceAgreement.LOT, 11.0),
        (PlaceAgreement.TOWN, 6.0),
        (PlaceAgreement.POSTCODE, 5.0),
        (PlaceAgreement.FORMER, 8.0),
        (PlaceAgreement.DIFFERENT, -3.5),
    )
}
# Given names go with the year of birth and the sex, so a namesake is likelier of the same age: the
# day of birth, one in 25,000, counts two less than its 14.5.
_BIRTH_LINES: Final = {
    level: Evidence(Item.BIRTH, level, weight)
    for level, weight in (
        (BirthAgreement.SAME, 12.5),
        (BirthAgreement.SWAPPED, 6.0),
        (BirthAgreement.DIGIT, 4.0),
        (BirthAgreement.YEAR, 1.5),
        (BirthAgreement.PART, 0.5),
        (BirthAgreement.DIFFERENT, -9.0),
    )
}


def _maybe_born(claimed: FuzzyDate, registered: FuzzyDate) -> Evidence:
    """The wider the days it may be, the less it tells: a year 4, a month 7.5."""
    days = 1
    for when in (claimed, registered):
        if when.earliest is not None and when.latest is not None:
            days = max(days, (when.latest - when.earliest).days + 1)
    weight = max(0.0, 12.5 - round(2 * math.log2(days)) / 2)
    return Evidence(Item.BIRTH, BirthAgreement.MAYBE, weight)


def compare_births(claimed: FuzzyDate, registered: FuzzyDate) -> BirthAgreement:
    """How far two dates agree; an unknown part agrees with everything it can be."""
    if claimed.value is not None and claimed.value == registered.value:
        return BirthAgreement.SAME
    one = (claimed.year, claimed.month, claimed.day)
    other = (registered.year, registered.month, registered.day)
    if one == other and None not in one:
        return BirthAgreement.SAME
    if not (claimed.is_known and registered.is_known):
        return _maybe(claimed, registered)
    return _one_part(one, other)


def _maybe(claimed: FuzzyDate, registered: FuzzyDate) -> BirthAgreement:
    first, last = claimed.earliest, claimed.latest
    if first is None or last is None or registered.earliest is None:
        return BirthAgreement.MISSING
    if registered.within(first, last) is False:
        return BirthAgreement.DIFFERENT
    return BirthAgreement.MAYBE


_Parts = tuple[int | None, int | None, int | None]


def _one_part(one: _Parts, other: _Parts) -> BirthAgreement:
    if one[0] == other[0] and one[1:] == (other[2], other[1]):
        return BirthAgreement.SWAPPED
    wrong = [at for at in range(3) if one[at] != other[at]]
    if len(wrong) != 1:
        return BirthAgreement.DIFFERENT
    (at,) = wrong
    if _is_one_digit(f"{one[at]:04}", f"{other[at]:04}"):
        return BirthAgreement.DIGIT
    return BirthAgreement.PART if at else BirthAgreement.YEAR


def _is_one_digit(one: str, other: str) -> bool:
    """Whether one digit differs, or two neighbours are swapped."""
    wrong = [at for at in range(4) if one[at] != other[at]]
    if len(wrong) == 2 and wrong[1] - wrong[0] == 1:
        return one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]
    return len(wrong) == 1


_Four = tuple[Agreement, Agreement, Agreement, Agreement]
_FORM_COST: Final = {FormKind.ALIAS: -0.5, FormKind.FORMER: -0.5, FormKind.HISTORY: -1.0}
_NONE: Final = Agreement.MISSING


def _best_name(
    view: ClaimView, resident: Resident, frequencies: NameFrequencies
) -> tuple[tuple[Evidence, ...], bool]:
    best: tuple[float, tuple[Evidence, ...], bool] = (-math.inf, (), False)
    for form in forms_of(resident):
        family, given = compare_names(view.name, form.family, form.given)
        for kana in view.kana:
            family_kana, given_kana = compare_names(kana, form.family_kana, form.given_kana)
            lines = _name_lines(form, (family, family_kana, given, given_kana), frequencies)
            total = sum([line.weight for line in lines])
            if total > best[0]:
                best = total, lines, _tells_from_a_twin(given, given_kana)
    return best[1], best[2]


def _tells_from_a_twin(written: Agreement, kana: Agreement) -> bool:
    if written in (Agreement.SAME, Agreement.ALIKE):
        return True
    return kana in (Agreement.SAME, Agreement.ALIKE) and written is not Agreement.DIFFERENT


def _name_lines(
    form: NameForm, levels: _Four, frequencies: NameFrequencies
) -> tuple[Evidence, ...]:
    family, family_kana, given, given_kana = levels
    lines: list[Evidence] = []
    if (family, family_kana) != (_NONE, _NONE):
        bits = _shares(form.family, form.family_kana, frequencies.family)
        lines += _part_lines((Item.FAMILY, Item.FAMILY_KANA), (family, family_kana), bits)
    if (given, given_kana) != (_NONE, _NONE):
        bits = _shares(form.given, form.given_kana, frequencies.given)
        lines += _part_lines((Item.GIVEN, Item.GIVEN_KANA), (given, given_kana), bits)
    if form.kind is not FormKind.OFFICIAL and lines:
        lines.append(Evidence(Item.NAME_KIND, form.kind, _FORM_COST[form.kind]))
    return tuple(lines)


def _shares(
    written: NameText, kana: NameText, share: Callable[[str], float]
) -> tuple[float, float]:
    return (
        _bits(share(written.whole)) if written.whole else 0.0,
        _bits(share(kana.whole)) if kana.whole else 0.0,
    )


_Rule = tuple[float, float]
"""What an agreement counts: so many times the rarity of the name, and so much more or less."""

_WRITTEN: Final[dict[Agreement, _Rule]] = {
    Agreement.SAME: (1.0, 0.0),
    Agreement.ALIKE: (1.0, 0.0),
    Agreement.CONFUSED: (1.0, -4.5),
    Agreement.NEAR: (0.0, -1.0),
    Agreement.PART: (0.5, 0.0),
    Agreement.DIFFERENT: (0.0, -6.0),
}
_READ_ALONE: Final[dict[Agreement, _Rule]] = {
    Agreement.SAME: (1.0, 0.0),
    Agreement.ALIKE: (1.0, 0.0),
    Agreement.NEAR: (1.0, -6.0),
    Agreement.PART: (0.5, 0.0),
    Agreement.DIFFERENT: (0.0, -9.0),
}
# The reading goes with the kanji, so beside it it tells little, and much when the kanji differ.
_READ_TOO: Final[dict[Agreement, _Rule]] = {
    Agreement.SAME: (0.0, 1.0),
    Agreement.ALIKE: (0.0, 1.0),
    Agreement.NEAR: (0.0, -0.5),
    Agreement.PART: (0.0, -0.5),
    Agreement.DIFFERENT: (0.0, -4.0),
}
_READ_FOR_CONFUSED: Final = _READ_TOO | dict.fromkeys((Agreement.SAME, Agreement.ALIKE), (0.0, 3.0))
_READ_INSTEAD: Final[dict[Agreement, _Rule]] = {
    Agreement.SAME: (1.0, -2.0),
    Agreement.ALIKE: (1.0, -2.0),
    Agreement.NEAR: (0.0, 0.0),
    Agreement.PART: (0.0, 0.0),
    Agreement.DIFFERENT: (0.0, -3.0),
}
_READ: Final = {
    Agreement.SAME: _READ_TOO,
    Agreement.ALIKE: _READ_TOO,
    Agreement.PART: _READ_TOO,
    Agreement.CONFUSED: _READ_FOR_CONFUSED,
    Agreement.NEAR: _READ_INSTEAD,
    Agreement.DIFFERENT: _READ_INSTEAD,
    Agreement.MISSING: _READ_ALONE,
}
# A family name changes by marriage, a given name hardly ever.
_FAMILY_CHANGED: Final = {Item.FAMILY: 0.5, Item.FAMILY_KANA: 2.5}


@lru_cache(1 << 14)
def _part_lines(
    items: tuple[Item, Item], levels: tuple[Agreement, Agreement], bits: tuple[float, float]
) -> tuple[Evidence, ...]:
    """Lines for the kanji and the reading of one part of a name; what is missing has none."""
    lines: list[Evidence] = []
    rules = (_WRITTEN, _READ[levels[0]])
    for item, level, rule, rarity in zip(items, levels, rules, bits, strict=True):
        if level is Agreement.MISSING:
            continue
        times, more = rule.get(level, (0.0, 0.0))
        weight = round((times * rarity + more) * 2) / 2
        if level is Agreement.DIFFERENT:
            weight += _FAMILY_CHANGED.get(item, 0.0)
        lines.append(Evidence(item, level, weight))
    return tuple(lines)
