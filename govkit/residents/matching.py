"""How a search finds a person: the query, the keys of names, and why a candidate was found.

Names are compared by :func:`govkit.jp.text.search_key`, so width, kana, voicing, spaces and the
long mark do not matter; ``%``, ``_`` and ``*`` are letters like any other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from govkit.errors import Problem
from govkit.jp.text import fold_width, search_key
from govkit.residents.records import Address, HouseholdId, PersonName, Resident

__all__ = [
    "Candidate",
    "Grade",
    "MatchedOn",
    "Matcher",
    "NameMatch",
    "Reason",
    "ResidentQuery",
    "name_keys",
]


class NameMatch(StrEnum):
    """How much of a name has to agree (完全一致・前方一致・部分一致)."""

    EXACT = "exact"
    PREFIX = "prefix"
    PART = "part"
    FUZZY = "fuzzy"


class MatchedOn(StrEnum):
    """What made a person a candidate."""

    NUMBER = "number"
    HOUSEHOLD = "household"
    NAME = "name"
    KANA = "kana"
    ALIAS = "alias"
    FORMER_NAME = "former_name"
    BIRTH = "birth"
    ADDRESS = "address"
    HISTORY = "history"
    SOURCE = "source"


class Reason(StrEnum):
    """How something agreed that is not the same letter for letter."""

    VARIANT = "variant"
    """Other form of the same kanji (異体字)."""
    CONFUSED = "confused"
    """Another kanji, often taken for it (斎 and 斉)."""
    SPELLING = "spelling"
    """One letter off."""
    ORDER = "order"
    """Parts of the name in another order."""
    UNSURE_BIRTH = "unsure_birth"
    """The date of birth is unknown in part (不詳)."""


class Grade(StrEnum):
    """How sure it is that the candidate is the person meant (after FHIR Patient ``$match``)."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person found, how surely, and by what.

    :param matched_on: Everything that agreed; :attr:`MatchedOn.SOURCE` alone where only the source
        knows.
    :param reasons: What does not agree letter for letter.
    """

    resident: Resident
    grade: Grade
    matched_on: tuple[MatchedOn, ...]
    reasons: tuple[Reason, ...] = ()

    @property
    def needs_review(self) -> bool:
        """Whether it rests on likeness alone, so that a person has to look before it is taken."""
        return Reason.SPELLING in self.reasons or Reason.CONFUSED in self.reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentQuery:
    """What is known about the person looked for; all conditions given must hold.

    :param name: Any name as typed: official, alias (通称), former (旧氏), Latin or kana, the whole
        or the given name alone.
    :param kana: A reading, compared with readings only.
    :param birth_from: First day of birth that counts; the same as ``birth_to`` for one day.
    :param address: Any part of the address without the building (住所).
    :param building: Any part of building and room (方書).
    :param history: Whether earlier names and addresses count (履歴).
    """

    addressee_number: str = ""
    name: str = ""
    kana: str = ""
    name_match: NameMatch = NameMatch.PREFIX
    birth_from: date | None = None
    birth_to: date | None = None
    sex: str = ""
    household_number: str = ""
    machiaza_id: str = ""
    address: str = ""
    building: str = ""
    postcode: str = ""
    history: bool = True

    def conditions(self) -> "dict[str, ResidentQuery]":
        """Each condition as a query of its own, by name; both ends of the birth are one."""
        given: dict[str, Any] = {
            name: value for name in _CONDITIONS if (value := getattr(self, name))
        }
        born: dict[str, Any] = {
            name: given.pop(name) for name in ("birth_from", "birth_to") if name in given
        }
        each: dict[str, dict[str, Any]] = {name: {name: value} for name, value in given.items()}
        if born:
            each["birth"] = born
        blank = ResidentQuery(name_match=self.name_match, history=self.history)
        return {name: replace(blank, **condition) for name, condition in each.items()}

    @property
    def uses_location(self) -> bool:
        """Whether it asks where somebody lives or with whom: never answered for the protected."""
        place = (self.machiaza_id, self.address, self.building, self.postcode)
        return any(text.strip() for text in (self.household_number, *place))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why it cannot be answered; empty if it can."""
        found: list[Problem] = []
        texts = (self.addressee_number, self.name, self.kana)
        born = self.birth_from or self.birth_to
        if not (any(text.strip() for text in texts) or self.uses_location or born):
            found.append(Problem("query_empty", "検索条件を1つ以上入力してください。"))
        for text in (self.name, self.kana, self.address, self.building):
            if text.strip() and not search_key(text):
                found.append(
                    Problem(
                        "query_no_letters", "記号だけでは検索できません。文字を入力してください。"
                    )
                )
        if self.birth_from and self.birth_to and self.birth_from > self.birth_to:
            found.append(
                Problem("query_birth_order", "生年月日の範囲は、早い日付を先に入力してください。")
            )
        return tuple(found)


_CONDITIONS: Final = tuple(
    item.name for item in fields(ResidentQuery) if item.name not in ("name_match", "history")
)
_BETWEEN_NAMES: Final = re.compile(r"[\s・]+")
_key = lru_cache(maxsize=1 << 15)(search_key)


@dataclass(frozen=True, slots=True)
class _Form:
    """One written form of a name; ``parts`` are what stands between its spaces."""

    matched_on: MatchedOn
    is_kana: bool
    text: str

    @property
    def parts(self) -> list[str]:
        return [part for part in _BETWEEN_NAMES.split(self.text) if part]

    def agrees(self, key: str, how: NameMatch) -> bool:
        parts = self.parts
        if how is NameMatch.PART:
            return key in _key("".join(parts))
        if how is NameMatch.PREFIX:
            return any(_key("".join(parts[n:])).startswith(key) for n in range(len(parts)))
        return self.is_whole(key) or key in map(_key, parts)

    def is_whole(self, key: str) -> bool:
        return _key("".join(self.parts)) == key


def _forms(name: PersonName) -> Iterator[_Form]:
    official = (name.full, f"{name.family} {name.given}", name.roman, name.kanji)
    for text in dict.fromkeys(official):
        yield _Form(MatchedOn.NAME, False, text)
    for text in dict.fromkeys((name.kana_full, f"{name.kana_family} {name.kana_given}")):
        yield _Form(MatchedOn.KANA, True, text)
    if name.alias or name.alias_kana:
        yield _Form(MatchedOn.ALIAS, False, name.alias)
        yield _Form(MatchedOn.ALIAS, True, name.alias_kana)
    if name.former_family or name.former_kana:
        yield _Form(MatchedOn.FORMER_NAME, False, f"{name.former_family} {name.given}")
        yield _Form(MatchedOn.FORMER_NAME, True, f"{name.former_kana} {name.kana_given}")


def name_keys(name: PersonName) -> tuple[str, ...]:
    """Every key under which a name can be found.

    For each form of the name the key of the whole, of each rest from a space on (the given name
    alone) and of each part. An index over these keys that answers equality, prefix and part finds
    all that :class:`Matcher` accepts.
    """
    keys: dict[str, None] = {}
    for form in _forms(name):
        parts = form.parts
        keys |= dict.fromkeys(_key("".join(parts[n:])) for n in range(len(parts)))
        keys |= dict.fromkeys(map(_key, parts))
    keys.pop("", None)
    return tuple(keys)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", fold_width(text), flags=re.ASCII)


class Matcher:
    """One query, ready to be held against residents.

    It decides alike for every adapter: an adapter narrows down as fast as it can and lets the
    matcher have the last word.
    """

    def __init__(self, query: ResidentQuery) -> None:
        self.query = query
        self.number = fold_width(query.addressee_number).strip()
        self.household_number = fold_width(query.household_number).strip()
        self.name_key = search_key(query.name)
        self.kana_key = search_key(query.kana)
        self._machiaza_id = fold_width(query.machiaza_id).strip()
        self._postcode = _digits(query.postcode)
        self._address_key = search_key(query.address)
        self._building_key = search_key(query.building)

    def match(self, resident: Resident) -> Candidate | None:
        """The resident as a candidate, or ``None`` if a condition does not hold."""
        reasons: list[MatchedOn] = []
        if self.number:
            if resident.id.addressee_number != self.number:
                return None
            reasons.append(MatchedOn.NUMBER)
        if self.query.sex and resident.sex != self.query.sex:
            return None
        born = self._born(resident)
        if born is False or not self._lives(resident, reasons):
            return None
        names = self._names(resident.name)
        if names is None:
            return None
        reasons += names.reasons
        if self._asks_birth:
            reasons.append(MatchedOn.BIRTH)
        return Candidate(resident, self._grade(names, maybe=born is None), tuple(reasons))

    @property
    def _asks_birth(self) -> bool:
        return bool(self.query.birth_from or self.query.birth_to)

    def _born(self, resident: Resident) -> bool | None:
        if not self._asks_birth:
            return True
        first, last = self.query.birth_from or date.min, self.query.birth_to or date.max
        return resident.birth.within(first, last)

    def _lives(self, resident: Resident, reasons: list[MatchedOn]) -> bool:
        if self.household_number:
            household = resident.household
            if not isinstance(household, HouseholdId):
                return False
            if household.household_number != self.household_number:
                return False
            reasons.append(MatchedOn.HOUSEHOLD)
        if not (self._machiaza_id or self._postcode or self._address_key or self._building_key):
            return True
        address = resident.address
        if not isinstance(address, Address) or not self._is_at(address):
            return False
        reasons.append(MatchedOn.ADDRESS)
        return True

    def _is_at(self, address: Address) -> bool:
        place = f"{address.prefecture}{address.city}{address.town}{address.lot}"
        return (
            (not self._machiaza_id or address.machiaza_id == self._machiaza_id)
            and (not self._postcode or _digits(address.postcode) == self._postcode)
            and (not self._address_key or self._address_key in search_key(place))
            and (not self._building_key or self._building_key in search_key(address.building))
        )

    def _names(self, name: PersonName) -> "_Names | None":
        if not (self.name_key or self.kana_key):
            return _Names([], is_whole=False)
        forms = list(_forms(name))
        found: dict[MatchedOn, None] = {}
        whole = False
        for key, only_kana in ((self.name_key, False), (self.kana_key, True)):
            if not key:
                continue
            usable = [form for form in forms if form.is_kana or not only_kana]
            hits = [form for form in usable if form.agrees(key, self.query.name_match)]
            if not hits:
                return None
            found |= dict.fromkeys(form.matched_on for form in hits)
            whole = whole or any(form.is_whole(key) for form in hits if not form.is_kana)
        return _Names(list(found), is_whole=whole)

    def _grade(self, names: "_Names", *, maybe: bool) -> Grade:
        if maybe:
            return Grade.POSSIBLE
        if self.number or self.household_number:
            return Grade.CERTAIN
        one_day = self._asks_birth and self.query.birth_from == self.query.birth_to
        if one_day and names.is_whole:
            return Grade.CERTAIN
        if names.is_whole or (one_day and names.reasons):
            return Grade.PROBABLE
        return Grade.POSSIBLE


@dataclass(frozen=True, slots=True)
class _Names:
    """What of the names agreed; ``is_whole`` if a whole written name did, not only a reading."""

    reasons: list[MatchedOn]
    is_whole: bool
