"""A town with many protected people whose places bear a mark, and questions that hunt for them."""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from govkit.residents.claims import Claim
from govkit.residents.matching import NameMatch, ResidentQuery
from govkit.residents.policy import PurposeRule
from govkit.residents.records import FormerRow, HouseholdId, Masked, Resident
from govkit.residents.synthetic import EdgeCase, Population
from govkit.testing.resident_source import CITY, texts_of

MARKS = ("秘匿", "42424")
"""Texts that are in the places of protected people alone, and in nothing that may be given out."""

LAW = "学校教育法施行令第1条"
HIDES = PurposeRule("窓口照会", LAW, bulk=True)
NARROW = PurposeRule("小口照会", LAW, max_rows=3, history=False)
CITIZEN = PurposeRule("本人申請", LAW, single_match=True)
SHOWS = PurposeRule("学齢簿の編製", LAW, reveals_protected_location=True, bulk=True, max_rows=500)
RULES = {rule.name: rule for rule in (HIDES, NARROW, CITIZEN, SHOWS)}
CASES = (EdgeCase.FOREIGN_ENTRANT, EdgeCase.TWINS_SAME_KANA, EdgeCase.LONG_HISTORY)


def town(size=110, seed=1, *, elsewhere=False):
    """Residents; a third of the households have protected members, all of them or one alone.

    With ``elsewhere`` the protected live in other places, and nothing else is different.
    """
    draw = random.Random(seed)
    people = list(Population(CITY, size, seed=seed, edge_cases=CASES).residents())
    homes = sorted({one.household for one in people if one.household})
    whole = set(draw.sample(homes, len(homes) // 5))
    partly = set(draw.sample(sorted(set(homes) - whole), len(homes) // 6))
    made = []
    seen = set()
    for number, one in enumerate(people):
        hidden = one.household in whole or (one.household in partly and one.household not in seen)
        seen.add(one.household)
        mark = number + 1000 if elsewhere else number
        made.append(_placed(one, mark, hidden=hidden, whole=one.household in whole))
        if one.household in partly and not hidden:
            made[-1] = replace(made[-1], head_name=f"秘匿頭{number}")
    return tuple(sorted(made, key=lambda one: one.id))


def _placed(one, number, *, hidden, whole):
    if not hidden:
        return replace(one, is_protected=False)
    address = replace(
        one.address,
        town=f"{one.address.town}" if number % 3 else f"秘匿町{number}丁目",
        lot=f"秘匿{number}番地",
        building=f"秘匿荘{number}号室",
        postcode=f"42424{number % 100:02d}",
    )
    former = FormerRow(
        replace(one.name, full=f"元　{number % 1000}"),
        replace(address, lot=f"秘匿旧{number}番地", building=f"秘匿旧荘{number}"),
        date(2015, 4, 1),
    )
    household = one.household
    if whole:
        serial = int(household.household_number) % 10**8
        household = HouseholdId(CITY, f"42424{number // 1000:02d}{serial:08d}")
    return replace(
        one,
        address=address,
        household=household,
        head_name=f"秘匿頭{number}",
        is_protected=True,
        history=(former, *(replace(row, address=former.address) for row in one.history)),
    )


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask a directory.

    :param action: Name of the method.
    :param location: Whether it asks for a place, so that the protected must not be found by it.
    """

    action: str
    arguments: tuple[object, ...]
    location: bool
    rule: PurposeRule


class Hunter:
    """Draws questions from the records of protected people and of those who live with them."""

    def __init__(self, people: tuple[Resident, ...], seed: int) -> None:
        self.draw = random.Random(seed)
        self.hidden = [one for one in people if one.is_protected]
        homes = {one.household for one in self.hidden}
        self.near = [one for one in people if one.household in homes]

    def question(self) -> Question:
        """The next question."""
        draw = self.draw
        rule = draw.choice((HIDES, HIDES, NARROW, CITIZEN))
        one = draw.choice(self.hidden if draw.random() < 0.8 else self.near)
        kind = draw.random()
        if kind < 0.75:
            return self._search(one, rule)
        if kind < 0.82:
            home = one.household or HouseholdId(CITY, one.id.addressee_number)
            return Question("household", (home,), True, rule)
        if kind < 0.88:
            return Question("get", (one.id,), False, rule)
        if kind < 0.97:
            claim = self.query(one, location=True)
            return Question("verify", (one.id, claim), False, rule)
        day = one.birth.value or date(2020, 4, 1)
        span = (
            day - timedelta(days=draw.randrange(3000)),
            day + timedelta(days=draw.randrange(3000)),
        )
        return Question("born_between", span, False, HIDES)

    def _search(self, one: Resident, rule: PurposeRule) -> Question:
        query = self.query(one, location=self.draw.random() < 0.8)
        limit = self.draw.choice((1, 2, 3, 50))
        return Question("search", (query, limit), query.uses_location, rule)

    def query(self, one: Resident, *, location: bool) -> ResidentQuery:
        """Some of what the register holds of a person, with or without a place."""
        draw = self.draw
        conditions: dict[str, object] = {"history": draw.random() < 0.7}
        if location:
            conditions |= self._place(one)
        names = self._names(one)
        if names and (not location or draw.random() < 0.5):
            conditions |= draw.choice(names)
            conditions["name_match"] = draw.choice(list(NameMatch))
        if one.birth.value and (
            not (location or "name_match" in conditions) or draw.random() < 0.3
        ):
            conditions |= {"birth_from": one.birth.value, "birth_to": one.birth.value}
        if draw.random() < 0.15:
            conditions["addressee_number"] = one.id.addressee_number
        if draw.random() < 0.2:
            conditions["sex"] = one.sex
        return ResidentQuery(**conditions)

    def _names(self, one: Resident) -> list[dict[str, str]]:
        name = one.name
        texts = {
            name.full,
            name.family,
            name.given,
            name.alias,
            *(r.name.full for r in one.history),
        }
        kanas = {name.kana_full, name.kana_family, name.kana_given, name.kana_full[:2]}
        found = [{"name": text} for text in sorted(texts) if text]
        return found + [{"kana": text} for text in sorted(kanas) if text]

    def _place(self, one: Resident) -> dict[str, str]:
        draw = self.draw
        rows = [one.address, *(row.address for row in one.history)]
        address = draw.choice(rows)
        whole = f"{address.prefecture}{address.city}{address.town}{address.lot}"
        start = draw.randrange(len(whole))
        places = [
            {"address": whole},
            {"address": address.lot or whole},
            {"address": f"{address.town}{address.lot}"},
            {"address": whole[start : start + draw.randint(1, 8)]},
            {"building": address.building or "荘"},
            {"building": address.building[: draw.randint(1, 5)] or "荘"},
            {"postcode": address.postcode},
            {"machiaza_id": address.machiaza_id},
            {"household_number": one.household.household_number if one.household else "1"},
        ]
        drawn = draw.choice(places)
        return drawn | draw.choice(places) if draw.random() < 0.2 else drawn


def claim(one: Resident, draw: random.Random) -> Claim:
    """What somebody may say of a person of whom much is known, the place perhaps guessed right."""
    rows = [one.address, *(row.address for row in one.history)]
    address = draw.choice(rows)
    known = {
        "name": one.name.full,
        "kana": one.name.kana_full,
        "birth": one.birth,
        "sex": one.sex,
        "addressee_number": one.id.addressee_number if draw.random() < 0.1 else "",
    }
    said = {key: value for key, value in known.items() if draw.random() < 0.7}
    place = {
        "address": address.line,
        "postcode": address.postcode,
        "machiaza_id": address.machiaza_id,
    }
    return Claim(**said, **{key: text for key, text in place.items() if draw.random() < 0.7})


def marked(released: object) -> list[str]:
    """Texts of something released that bear a mark."""
    return [text for text in texts_of(released) if any(mark in text for mark in MARKS)]


def people_in(released: object) -> tuple[Resident, ...]:
    """The residents in an answer or a list."""
    return tuple(getattr(released, "residents", released if isinstance(released, list) else ()))


def shape(released: object, *, heads: bool = False) -> object:
    """What of an answer can be compared: masks cannot.

    :param heads: Whether also who is named as head of the household, or left out.
    """
    candidates = getattr(released, "candidates", None)
    if candidates is None:
        return released if not isinstance(released, list) else [one.id for one in released]
    return type(released), [
        (one.resident.id, one.grade, one.matched_on, one.reasons, _open(one.resident))
        + ((str(one.resident.head_name),) if heads else ())
        for one in candidates
    ]


def _open(resident: Resident) -> object:
    hidden = (resident.address, resident.household)
    return [None if isinstance(each, Masked) else each for each in hidden]
