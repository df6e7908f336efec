"""How a search finds a person: the query, the rules of agreement, and why a candidate was found.

Names are compared by their keys (:mod:`govkit.residents.keys`), so width, kana, voicing, spaces,
the long mark and variants of kanji do not matter; ``%``, ``_`` and ``*`` are letters like any other.
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
from govkit.residents.agreement import NameMatch, Reason, agreement
from govkit.residents.keys import (
    KeyedName,
    MatchedOn,
    NameForm,
    address_key,
    building_key,
    keyed_name,
    loose_key,
    place_keys,
    readings,
    resident_forms,
)
from govkit.residents.records import Address, HouseholdId, PersonId, Resident

__all__ = [
    "Candidate",
    "Grade",
    "MatchedOn",
    "Matcher",
    "NameMatch",
    "Reason",
    "ResidentQuery",
    "household_order",
]


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


_LONGEST: Final = 100
"""Most letters of 氏名 (N100 of the 基本データリスト)."""


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
        if self.name_match is NameMatch.FUZZY and max(len(self.name), len(self.kana)) > _LONGEST:
            long = "あいまい検索の氏名は{limit}文字以内で入力してください。"
            found.append(Problem("query_fuzzy_long", long, params={"limit": _LONGEST}))
        return tuple(found)


_CONDITIONS: Final = tuple(
    item.name for item in fields(ResidentQuery) if item.name not in ("name_match", "history")
)


_HEAD: Final = "世帯主"


def household_order(resident: Resident) -> tuple[bool, date, PersonId]:
    """Sort key of the members of a household (世帯員の順): the head, then by birth and number.

    The standard has four ranks (住民記録システム標準仕様書 5.2); which the others are is unverified.
    """
    return resident.relationship != _HEAD, resident.birth.earliest or date.min, resident.id


def _digits(text: str) -> str:
    return re.sub(r"\D", "", fold_width(text), flags=re.ASCII)


class Matcher:
    """One query, ready to be held against residents.

    It decides alike for every adapter: an adapter narrows down as fast as it can and lets the
    matcher have the last word. To narrow by, it shows the conditions in the form they are
    compared in; a blank one is no condition.

    :ivar names: What is asked of names, as :func:`~govkit.residents.keys.loose_key` keys: one
        entry for ``query.name`` and one for ``query.kana``, all of which must agree; each holds
        the ways to read it, of which any may. Whoever agrees has among the keys of
        :func:`~govkit.residents.keys.resident_keys` one for the ``whole``, or one for each of the
        ``parts``.
    :ivar name_key: The :func:`~govkit.residents.keys.name_key` of the name as typed, ``name_parts``
        those of its parts; ``kana_key`` and ``kana_parts`` alike. A long mark after the o-row has a
        second reading, which is in ``names``.
    :ivar address_key: Must be in the first of :func:`~govkit.residents.keys.place_keys` of the
        address or, with ``query.history``, of an earlier one; ``building_key`` in the second.
    """

    def __init__(self, query: ResidentQuery) -> None:
        self.query = query
        self.number = fold_width(query.addressee_number).strip()
        self.household_number = fold_width(query.household_number).strip()
        name, kana = keyed_name(query.name), keyed_name(query.kana)
        self.name_key, self.name_parts = name.whole, name.parts
        self.kana_key, self.kana_parts = kana.whole, kana.parts
        self.machiaza_id = fold_width(query.machiaza_id).strip()
        self.postcode = _digits(query.postcode)
        self.address_key = address_key(query.address)
        self.building_key = building_key(query.building)
        asked = ((query.name, False), (query.kana, True))
        self._texts = [(readings(text), kana) for text, kana in asked if search_key(text)]
        self.names: tuple[tuple[KeyedName, ...], ...] = tuple(
            tuple(keyed_name(text, loose_key) for text in texts) for texts, _ in self._texts
        )

    @classmethod
    @lru_cache(maxsize=64)
    def of(cls, query: ResidentQuery) -> "Matcher":
        """The matcher of a query, made once for the source and those who ask it."""
        return cls(query)

    @property
    def asks_place(self) -> bool:
        """Whether it has a condition on the address."""
        return bool(self.machiaza_id or self.postcode or self.address_key or self.building_key)

    def match(self, resident: Resident) -> Candidate | None:
        """The resident as a candidate, or ``None`` if a condition does not hold."""
        if self.number and resident.id.addressee_number != self.number:
            return None
        if self.query.sex and resident.sex != self.query.sex:
            return None
        born = self._born(resident)
        lives = self._lives(resident)
        if born is False or lives is None:
            return None
        names = self._names(resident)
        if names is None:
            return None
        matched_on = {MatchedOn.NUMBER: None} if self.number else {}
        matched_on |= dict.fromkeys((*lives, *names.matched_on))
        if self._asks_birth:
            matched_on[MatchedOn.BIRTH] = None
        reasons = names.reasons if born else (*names.reasons, Reason.UNSURE_BIRTH)
        return Candidate(resident, self._grade(names, reasons), tuple(matched_on), reasons)

    @property
    def _asks_birth(self) -> bool:
        return bool(self.query.birth_from or self.query.birth_to)

    def _born(self, resident: Resident) -> bool | None:
        if not self._asks_birth:
            return True
        first, last = self.query.birth_from or date.min, self.query.birth_to or date.max
        return resident.birth.within(first, last)

    def _lives(self, resident: Resident) -> tuple[MatchedOn, ...] | None:
        found: tuple[MatchedOn, ...] = ()
        if self.household_number:
            household = resident.household
            if not isinstance(household, HouseholdId):
                return None
            if household.household_number != self.household_number:
                return None
            found = (MatchedOn.HOUSEHOLD,)
        if not self.asks_place:
            return found
        if self._is_at(resident.address):
            return (*found, MatchedOn.ADDRESS)
        if self.query.history and any(self._is_at(row.address) for row in resident.history):
            return (*found, MatchedOn.HISTORY)
        return None

    def _is_at(self, address: object) -> bool:
        if not isinstance(address, Address):
            return False
        if self.machiaza_id and address.machiaza_id != self.machiaza_id:
            return False
        if self.postcode and _digits(address.postcode) != self.postcode:
            return False
        if not (self.address_key or self.building_key):
            return True
        place, building = place_keys(address)
        return self.address_key in place and self.building_key in building

    def _names(self, resident: Resident) -> "_Names | None":
        found = _Names()
        if not self._texts:
            return found
        forms = resident_forms(resident, history=self.query.history)
        for texts, only_kana in self._texts:
            usable = [form for form in forms if form.is_kana or not only_kana]
            hits = sorted(self._hits(texts, usable), key=_Hit.flaws)
            if not hits:
                return None
            found = found.joined_with(hits)
        return found

    def _hits(self, texts: tuple[str, ...], forms: list[NameForm]) -> "Iterator[_Hit]":
        for form in forms:
            for text in texts:
                reasons = agreement(text, form.text, self.query.name_match)
                if reasons is not None:
                    whole = keyed_name(text).whole == keyed_name(form.text).whole
                    yield _Hit(form, reasons, whole)

    def _grade(self, names: "_Names", reasons: tuple[Reason, ...]) -> Grade:
        if not _DOUBTFUL.isdisjoint(reasons):
            return Grade.POSSIBLE
        if self.number or self.household_number:
            return Grade.CERTAIN
        one_day = self._asks_birth and self.query.birth_from == self.query.birth_to
        if one_day and names.is_whole and not names.is_former:
            return Grade.CERTAIN
        if names.is_whole or (one_day and names.matched_on):
            return Grade.PROBABLE
        return Grade.POSSIBLE


_DOUBTFUL: Final = frozenset({Reason.SPELLING, Reason.CONFUSED, Reason.UNSURE_BIRTH})
_FLAWS: Final = (Reason.SPELLING, Reason.CONFUSED)


@dataclass(frozen=True, slots=True)
class _Hit:
    """A form that agrees; ``is_whole`` if the whole name does, not only a part."""

    form: NameForm
    reasons: tuple[Reason, ...]
    is_whole: bool

    @property
    def is_former(self) -> bool:
        return self.form.matched_on is MatchedOn.HISTORY

    def rank(self) -> tuple[bool, ...]:
        return (*(flaw in self.reasons for flaw in _FLAWS), self.is_former)

    def flaws(self) -> tuple[tuple[bool, ...], int]:
        return self.rank(), len(self.reasons)


@dataclass(frozen=True, slots=True)
class _Names:
    """What of the names agreed, and how.

    :param is_whole: A whole written name agreed, not only a reading.
    :param is_former: Only names of earlier rows did.
    """

    matched_on: tuple[MatchedOn, ...] = ()
    reasons: tuple[Reason, ...] = ()
    is_whole: bool = False
    is_former: bool = False

    def joined_with(self, hits: list[_Hit]) -> "_Names":
        """With the forms that agree best for one more condition; ``hits`` begin with the best."""
        best = [hit for hit in hits if hit.rank() == hits[0].rank()]
        return _Names(
            tuple(dict.fromkeys((*self.matched_on, *(hit.form.matched_on for hit in best)))),
            tuple(dict.fromkeys((*self.reasons, *hits[0].reasons))),
            self.is_whole or any(hit.is_whole and not hit.form.is_kana for hit in best),
            self.is_former or hits[0].is_former,
        )
