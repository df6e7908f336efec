"""When a name asked for and a name of the register agree: the rules of exact to fuzzy search.

Query and form are split into parts at their spaces; parts may stand in any order, so that a
foreign resident is found family name first or last and without the middle name.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final, TypeAlias

from govkit.jp.text import search_key
from govkit.residents.keys import KeyedName, is_near, keyed_name, loose_key, name_key

__all__ = ["NameMatch", "Reason", "agreement"]


class NameMatch(StrEnum):
    """How much of a name has to agree (完全一致・前方一致・部分一致・あいまい一致)."""

    EXACT = "exact"
    """The whole name, or whole parts of it."""
    PREFIX = "prefix"
    """The beginning of the name from one of its parts on, or the beginnings of parts."""
    PART = "part"
    """Any run of letters of the name, or one of each of several parts."""
    FUZZY = "fuzzy"
    """As exact, but each part of three letters or more may be one edit off."""


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


_Rule: TypeAlias = Callable[[KeyedName, KeyedName], tuple[Reason, ...] | None]
_Key: TypeAlias = Callable[[str], str]


def agreement(wanted: str, form: str, how: NameMatch) -> tuple[Reason, ...] | None:
    """Why a form of a name is what was wanted although written differently; ``None`` if it is not.

    The least is tried first: an agreement that needs neither a slip nor a confusion has neither
    among its reasons.
    """
    for key, rule in _RULES[how]:
        asked, registered = keyed_name(wanted, key), keyed_name(form, key)
        if not asked.parts or not registered.parts:
            return None
        found = rule(asked, registered)
        if found is None:
            continue
        if key is loose_key:
            return (Reason.CONFUSED, *found)
        same = rule(keyed_name(wanted, search_key), keyed_name(form, search_key)) == found
        return found if same else (Reason.VARIANT, *found)
    return None


def _exact(wanted: KeyedName, form: KeyedName) -> tuple[Reason, ...] | None:
    if wanted.whole == form.whole:
        return ()
    return _each(wanted.parts, form.parts, str.__eq__)


def _prefix(wanted: KeyedName, form: KeyedName) -> tuple[Reason, ...] | None:
    if any(tail.startswith(wanted.whole) for tail in form.tails):
        return ()
    return _each(wanted.parts, form.parts, str.startswith)


def _part(wanted: KeyedName, form: KeyedName) -> tuple[Reason, ...] | None:
    if any(wanted.whole in tail for tail in form.tails):
        return ()
    return _each(wanted.parts, form.parts, str.__contains__)


def _fuzzy(wanted: KeyedName, form: KeyedName) -> tuple[Reason, ...] | None:
    if len(wanted.parts) > 1:
        found = _each(wanted.parts, form.parts, is_near)
        return None if found is None else (Reason.SPELLING, *found)
    typed = wanted.whole
    if is_near(form.whole, typed) or any(is_near(part, typed) for part in form.parts):
        return (Reason.SPELLING,)
    return _cut(typed, form)


def _cut(typed: str, form: KeyedName) -> tuple[Reason, ...] | None:
    """A name typed without spaces, as two stretches of the form in either order."""
    for head, tail in zip(form.heads, form.tails[1:], strict=False):
        for first, second, order in ((head, tail, ()), (tail, head, (Reason.ORDER,))):
            if f"{first}{second}" == typed:
                return order
            for cut in range(len(first) - 1, len(first) + 2):
                if is_near(first, typed[:cut]) and is_near(second, typed[cut:]):
                    return (Reason.SPELLING, *order)
    return None


_RULES: Final[dict[NameMatch, Sequence[tuple[_Key, _Rule]]]] = {
    NameMatch.EXACT: ((name_key, _exact),),
    NameMatch.PREFIX: ((name_key, _prefix), (loose_key, _prefix)),
    NameMatch.PART: ((name_key, _part), (loose_key, _part)),
    NameMatch.FUZZY: (
        (name_key, _exact),
        (loose_key, _exact),
        (name_key, _fuzzy),
        (loose_key, _fuzzy),
    ),
}


def _each(
    wanted: Sequence[str], parts: Sequence[str], fits: Callable[[str, str], bool]
) -> tuple[Reason, ...] | None:
    """Whether each wanted part fits a part of its own: ``fits(part, wanted part)``."""
    if len(wanted) > len(parts):
        return None
    rest = iter(parts)
    if all(any(fits(part, one) for part in rest) for one in wanted):
        return ()
    if len(wanted) == 1:
        return None
    owner: dict[int, int] = {}
    whole = all(_placed(n, wanted, parts, fits, (owner, set())) for n in range(len(wanted)))
    return (Reason.ORDER,) if whole else None


def _placed(
    one: int,
    wanted: Sequence[str],
    parts: Sequence[str],
    fits: Callable[[str, str], bool],
    state: tuple[dict[int, int], set[int]],
) -> bool:
    """Find a part for a wanted one, moving others to another if need be (augmenting path)."""
    owner, tried = state
    for place, part in enumerate(parts):
        if place in tried or not fits(part, wanted[one]):
            continue
        tried.add(place)
        if place not in owner or _placed(owner[place], wanted, parts, fits, state):
            owner[place] = one
            return True
    return False
