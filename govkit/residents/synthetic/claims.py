"""Claims about invented residents as people write them, spoiled in known ways, with the truth.

What a linkage must find, and whom it must not: a share of the claims means people who are not in
the register at all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from typing import Final

from govkit.jp.text import fold_width, to_half_width, to_hiragana
from govkit.jp.variants import CONFUSED, variants_of
from govkit.residents.claims import Claim
from govkit.residents.records import Address, FuzzyDate, PersonId, PersonName, Resident
from govkit.residents.synthetic.data import table
from govkit.residents.synthetic.draw import Draw

__all__ = ["ClaimErrors", "KnownClaim", "spoiled_claims"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimErrors:
    """How often each error happens, each on its own; a claim may have several or none.

    The rates are assumptions for tests, not a statistic.

    :param absent: The person is not in the register.
    :param no_kana: The reading is missing; ``no_name`` and so on alike.
    :param kana_typo: One kana is another one; ``kana_dropped`` is missing, ``kana_swapped`` stands
        before its neighbour.
    :param kana_size: Small kana are written large; ``kana_voicing`` a voiced mark is missing.
    :param half_width: The reading is in half-width kana or in hiragana.
    :param variant: A kanji is a variant (異体字); ``confused`` one that is often taken for it.
    :param homophone: The given name has other kanji of the same reading.
    :param joined: No space between the names; ``reversed_order`` the given name first.
    :param birth_swapped: Month and day change places; ``birth_digit`` one digit is wrong.
    :param moved: The address is another one in the same city.
    :param no_building: The address ends with the lot.
    """

    absent: float = 0.10
    no_name: float = 0.10
    no_kana: float = 0.10
    no_birth: float = 0.01
    no_sex: float = 0.10
    no_address: float = 0.05
    kana_typo: float = 0.02
    kana_dropped: float = 0.03
    kana_swapped: float = 0.005
    kana_size: float = 0.05
    kana_voicing: float = 0.03
    half_width: float = 0.10
    variant: float = 0.05
    confused: float = 0.01
    homophone: float = 0.01
    joined: float = 0.20
    reversed_order: float = 0.01
    birth_swapped: float = 0.005
    birth_digit: float = 0.01
    moved: float = 0.08
    no_building: float = 0.30


@dataclass(frozen=True, slots=True)
class KnownClaim:
    """A claim of which the truth is known.

    :param truth: The person meant; ``None`` if not in the register.
    :param errors: Names of the :class:`ClaimErrors` that happened.
    """

    claim: Claim
    truth: PersonId | None
    errors: frozenset[str]


def spoiled_claims(
    residents: Sequence[Resident],
    absent: Sequence[Resident],
    count: int,
    *,
    seed: int = 1,
    rates: ClaimErrors | None = None,
) -> Iterator[KnownClaim]:
    """Claims about people drawn at random, the same for the same arguments.

    :param residents: People of the register.
    :param absent: People who are not in it, such as those of a population of another seed.
    """
    draw = Draw("claims", seed, count)
    homes = [each.address for each in absent if isinstance(each.address, Address)]
    spoiler = _Spoiler(draw, rates or ClaimErrors(), homes)
    for number in range(count):
        is_absent = bool(absent) and draw.chance(spoiler.rates.absent)
        person = draw.pick(absent if is_absent else residents)
        claim, errors = spoiler.claim(f"{number + 1}", person)
        yield KnownClaim(claim, None if is_absent else person.id, errors)


_HAPPENING: Final = tuple(each.name for each in fields(ClaimErrors) if each.name != "absent")


class _Spoiler:
    def __init__(self, draw: Draw, rates: ClaimErrors, homes: Sequence[Address]) -> None:
        self.rates = rates
        self._draw = draw
        self._homes = homes

    def claim(self, key: str, person: Resident) -> tuple[Claim, frozenset[str]]:
        draw = self._draw
        errors = {name for name in _HAPPENING if draw.chance(getattr(self.rates, name))}
        if {"no_name", "no_kana"} <= errors:
            errors.remove("no_name")
        name, kana = _written(person.name)
        if not kana:
            errors -= {"no_name"}
        home = person.address if isinstance(person.address, Address) else Address()
        if "moved" in errors and self._homes:
            home = draw.pick(self._homes)
        claim = Claim(
            key=key,
            name="" if "no_name" in errors else self._name(person.name, name, errors),
            kana="" if "no_kana" in errors else self._kana(kana, errors),
            birth=None if "no_birth" in errors else self._birth(person.birth, errors),
            sex="" if "no_sex" in errors else person.sex,
            address="" if "no_address" in errors else self._address(home, errors),
        )
        return claim, frozenset(errors)

    def _name(self, person: PersonName, name: str, errors: set[str]) -> str:
        if "homophone" in errors and person.given and name.endswith(person.given):
            alike = _homophones().get(person.kana_given, (person.given,))
            name = name.removesuffix(person.given) + self._draw.pick(alike)
        for error, others in (("variant", _variants), ("confused", _confusable)):
            if error in errors:
                name = self._replaced(name, others)
        return self._joined(name, errors)

    def _joined(self, name: str, errors: set[str]) -> str:
        if "reversed_order" in errors:
            name = "　".join(reversed(name.split()))
        return name.replace("　", "") if "joined" in errors else name

    def _replaced(self, name: str, others: Callable[[str], Sequence[str]]) -> str:
        places = [(at, other) for at, kanji in enumerate(name) for other in others(kanji)]
        if not places:
            return name
        at, other = self._draw.pick(places)
        return name[:at] + other + name[at + 1 :]

    def _kana(self, kana: str, errors: set[str]) -> str:
        at = self._draw.between(0, len(kana) - 1)
        if kana[at : at + 1] not in ("", "　"):
            if "kana_typo" in errors:
                kana = kana[:at] + self._draw.pick(_KANA) + kana[at + 1 :]
            if "kana_dropped" in errors:
                kana = kana[:at] + kana[at + 1 :]
            if "kana_swapped" in errors and kana[at + 1 : at + 2] not in ("", "　"):
                kana = kana[:at] + kana[at + 1] + kana[at] + kana[at + 2 :]
        if "kana_size" in errors:
            kana = kana.translate(_LARGE)
        if "kana_voicing" in errors:
            kana = kana.translate(_CLEAR)
        if "half_width" in errors:
            kana = (to_half_width if self._draw.chance(0.5) else to_hiragana)(kana)
        return self._joined(kana, errors)

    def _birth(self, birth: FuzzyDate, errors: set[str]) -> FuzzyDate:
        if birth.value is None or birth.unknown:
            return birth
        day = birth.value
        if "birth_swapped" in errors and day.day <= 12:
            day = date(day.year, day.day, day.month)
        if "birth_digit" in errors:
            day = self._one_digit_off(day)
        return FuzzyDate.of(day)

    def _one_digit_off(self, day: date) -> date:
        text = day.isoformat()
        while True:
            at = self._draw.pick((2, 3, 6, 8, 9))
            changed = f"{text[:at]}{self._draw.between(0, 9)}{text[at + 1 :]}"
            try:
                return date.fromisoformat(changed)
            except ValueError:
                continue

    def _address(self, home: Address, errors: set[str]) -> str:
        style = self._draw.between(0, 2)
        if style == 0:
            place = f"{home.prefecture}{home.city}{home.town}{home.lot}"
        elif style == 1:
            place = f"{home.city}{home.town}{home.lot}"
        else:
            lot = fold_width(home.lot).replace("番地", "-").replace("番", "-").replace("号", "")
            place = f"{home.city}{_in_digits(home.town)}{lot.rstrip('-')}"
        if "no_building" in errors or not home.building:
            return place
        return f"{place}　{home.building}"


_KANA: Final = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"
)
_LARGE: Final = str.maketrans("ァィゥェォッャュョ", "アイウエオツヤユヨ")
_CLEAR: Final = str.maketrans(
    "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポ",
    "カキクケコサシスセソタチツテトハヒフヘホハヒフヘホ",
)


def _written(name: PersonName) -> tuple[str, str]:
    """The name a person gives, by preference, and its reading."""
    return name.display, name.display_kana


@cache
def _variants(kanji: str) -> tuple[str, ...]:
    return tuple(each for each in variants_of(kanji) if each != kanji)


@cache
def _confusable(kanji: str) -> tuple[str, ...]:
    groups = (group for kind in CONFUSED.values() for group in kind if kanji in group)
    return tuple(other for group in groups for other in group if other != kanji)


@cache
def _homophones() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for row in table("given_names"):
        found.setdefault(row["kana"], {})[row["name"]] = None
    return {kana: tuple(names) for kana, names in found.items()}


def _in_digits(town: str) -> str:
    """A town as envelopes write it: 曙町二丁目 becomes 曙町2-."""
    for number, kanji in enumerate("一二三四五六七八九", start=1):
        town = town.replace(f"{kanji}丁目", f"{number}-")
    return town
