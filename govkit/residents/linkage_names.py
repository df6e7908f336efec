"""How far the name of a claim agrees with a name of the register, part by part.

Nobody says in a claim where the family name ends, or which part comes first, so the cut is taken
from the register's name: the cut under which most agrees.
"""

import re
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

from govkit.jp.text import fold_width, to_katakana
from govkit.jp.variants import confused_key
from govkit.residents.keys import is_near, name_key, readings
from govkit.residents.records import PersonName, Resident

__all__ = [
    "Agreement",
    "FormKind",
    "NameForm",
    "NameText",
    "compare_names",
    "forms_of",
    "read_name",
]


class Agreement(Enum):
    """How far two names, or two parts of names, agree; the best first."""

    # By identity: the hash of an Enum by name is a call in Python for every look into a table.
    __hash__ = object.__hash__

    SAME = "一致"
    ALIKE = "表記だけが違う"
    """Variants of a kanji (異体字), voicing, small kana, the long mark."""
    CONFUSED = "混同しやすい字だけが違う"
    NEAR = "1文字違い"
    PART = "一部だけが一致"
    DIFFERENT = "不一致"
    MISSING = "比べられない"


class FormKind(Enum):
    """Which name of a person it is."""

    OFFICIAL = "氏名"
    ALIAS = "通称"
    FORMER = "旧氏"
    HISTORY = "履歴の氏名"


class NameText(NamedTuple):
    """A name as one side writes it, folded for comparison.

    :param raw: Without spaces, in one width.
    :param parts: Key of each part; ``whole`` those of all parts in one.
    """

    raw: str = ""
    parts: tuple[str, ...] = ()
    whole: str = ""


_MEMO: Final = 1 << 17
_DOTS: Final = frozenset("・･·‧•")
_DOT: Final = re.compile("[・･·‧•]")
_confused = lru_cache(_MEMO)(confused_key)


@lru_cache(_MEMO)
def _read(part: str) -> tuple[str, str]:
    return to_katakana(fold_width(part)), name_key(part)


def read_name(text: str) -> NameText:
    """A name folded for comparison; its parts stand between spaces and middle dots."""
    read = [_read(part) for part in _split(text)]
    if len(read) == 2:
        (one, first), (two, second) = read
        if first and second:
            return NameText(one + two, (first, second), first + second)
    keys = tuple([key for _, key in read if key])
    return NameText("".join([raw for raw, _ in read]), keys, "".join(keys))


def _split(text: str) -> list[str]:
    return (text if _DOTS.isdisjoint(text) else _DOT.sub(" ", text)).split()


_read_part = lru_cache(_MEMO)(read_name)


_NOTHING: Final = NameText()


class NameForm(NamedTuple):
    """One name of a person: how it is written and how it is read.

    A name of which the register knows no parts is cut after its first.
    """

    kind: FormKind
    family: NameText = _NOTHING
    given: NameText = _NOTHING
    family_kana: NameText = _NOTHING
    given_kana: NameText = _NOTHING

    @property
    def wholes(self) -> tuple[str, str]:
        """The keys of the whole name and of its whole reading."""
        return self.family.whole + self.given.whole, self.family_kana.whole + self.given_kana.whole


def forms_of(resident: Resident) -> tuple[NameForm, ...]:
    """Every name of a resident, those of the history last."""
    name = resident.name
    if not resident.history and _is_plain(name):
        family, given = _read_part(name.family), _read_part(name.given)
        kana = _read_part(name.kana_family), _read_part(name.kana_given)
        return (NameForm(FormKind.OFFICIAL, family, given, *kana),)
    forms = tuple(_forms(name, None))
    former = (form for row in resident.history for form in _forms(row.name, FormKind.HISTORY))
    return tuple(dict.fromkeys((*forms, *former)))


def _is_plain(name: PersonName) -> bool:
    """Whether there is one form alone: no other names, no long mark that may be a vowel."""
    return bool(
        name.family
        and not (name.roman or name.kanji or name.alias or name.former_family)
        and not (name.alias_kana or name.former_kana)
        and "ー" not in name.kana_family
        and "ー" not in name.kana_given
        and (name.kana_family or not name.kana_full)
    )


def _forms(name: PersonName, kind: FormKind | None) -> Iterator[NameForm]:
    official = kind or FormKind.OFFICIAL
    for kana in _readings(name.kana_family, name.kana_given, name.kana_full):
        if name.full or name.family or name.given or any(part.parts for part in kana):
            yield NameForm(official, *_cut(name.family, name.given, name.full), *kana)
        for text in (name.roman, name.kanji):
            if text and text != name.full:
                yield NameForm(official, *_cut("", "", text), *kana)
    if name.alias or name.alias_kana:
        for kana in _readings("", "", name.alias_kana):
            yield NameForm(kind or FormKind.ALIAS, *_cut("", "", name.alias), *kana)
    if name.former_family or name.former_kana:
        family = _read_part(name.former_family), _read_part(name.given)
        for kana in _readings(name.former_kana, name.kana_given, ""):
            yield NameForm(kind or FormKind.FORMER, *family, *kana)


def _readings(family: str, given: str, full: str) -> Iterator[tuple[NameText, NameText]]:
    """A reading in its two parts, and once more where a long mark may stand for a vowel."""
    yield _cut(family, given, full)
    if "ー" in family or "ー" in given or "ー" in full:
        spelled = tuple(readings(text)[-1] for text in (family, given, full))
        if spelled != (family, given, full):
            yield _cut(*spelled)


def _cut(family: str, given: str, full: str) -> tuple[NameText, NameText]:
    if family or given:
        return _read_part(family), _read_part(given)
    first, *rest = _split(full) or [""]
    return _read_part(first), _read_part("　".join(rest))


def compare_names(
    claimed: NameText, family: NameText, given: NameText
) -> tuple[Agreement, Agreement]:
    """How far a claimed name agrees with the family and the given name of a form."""
    if not claimed.parts or not (family.parts or given.parts):
        return Agreement.MISSING, Agreement.MISSING
    if claimed.raw == family.raw + given.raw:
        return Agreement.SAME, Agreement.SAME
    whole, first, second = claimed.whole, family.whole, given.whole
    if whole in (first + second, second + first) or _is_reordered(claimed, family, given):
        return _spelling(claimed, family), _spelling(claimed, given)
    return max(
        (
            (_part(claimed, one, family), _part(claimed, other, given))
            for one, other in _cuts(claimed, first, second)
        ),
        key=_worth,
    )


def _spelling(claimed: NameText, part: NameText) -> Agreement:
    return Agreement.SAME if part.raw in claimed.raw else Agreement.ALIKE


def _is_reordered(claimed: NameText, family: NameText, given: NameText) -> bool:
    parts = family.parts + given.parts
    return len(parts) == len(claimed.parts) > 1 and sorted(parts) == sorted(claimed.parts)


def _cuts(claimed: NameText, family: str, given: str) -> Iterator[tuple[str, str]]:
    """Ways to cut a claimed name in a family and a given name, by what the register has."""
    parts = claimed.parts
    for n in range(1, len(parts)):
        first, rest = "".join(parts[:n]), "".join(parts[n:])
        yield first, rest
        yield rest, first
    if len(parts) > 1:
        return
    whole = claimed.whole
    for cut in {len(family), len(family) - 1, len(family) + 1, len(whole) - len(given)}:
        if 0 < cut < len(whole):
            yield whole[:cut], whole[cut:]
    if given and whole.startswith(given):
        yield whole[len(given) :], given
    yield (whole, "") if whole == family else ("", whole)


_WORTH: Final = {
    Agreement.SAME: 10,
    Agreement.ALIKE: 9,
    Agreement.CONFUSED: 7,
    Agreement.NEAR: 5,
    Agreement.PART: 3,
    Agreement.MISSING: 1,
    Agreement.DIFFERENT: 0,
}


def _worth(pair: tuple[Agreement, Agreement]) -> tuple[int, int]:
    return _WORTH[pair[0]] + _WORTH[pair[1]], _WORTH[pair[1]]


def _part(claimed: NameText, key: str, part: NameText) -> Agreement:
    own = part.whole
    if not key or not own:
        return Agreement.MISSING
    if key == own:
        return _spelling(claimed, part)
    if len(key) == len(own) and _confused(key) == _confused(own):
        return Agreement.CONFUSED
    if is_near(key, own):
        return Agreement.NEAR
    if len(part.parts) > 1 and any(len(each) > 1 and each in key for each in part.parts):
        return Agreement.PART
    return Agreement.DIFFERENT
