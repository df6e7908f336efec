"""What of a search a foreign database can decide: conditions that nobody fails who is meant.

Each condition leaves out only rows that certainly do not answer the question; a row whose value
nobody can read stays in, so that it is noticed. :class:`~govkit.residents.matching.Matcher` has the
last word.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import sqlalchemy as sa

from govkit.jp.text import to_full_width
from govkit.residents.adapters.column_map import ColumnMap, DateFormat, MappedColumn
from govkit.residents.keys import KeyedName
from govkit.residents.matching import Matcher, NameMatch
from govkit.residents.patterns import search_pattern
from govkit.residents.records import Sex

__all__ = ["Narrowing"]

Condition = sa.ColumnElement[bool]

WITH_REGEXP: Final = frozenset({"sqlite", "postgresql"})
"""Databases whose regular expressions the tests have tried."""

_FORMS: Final = (
    ("full",),
    ("family", "given"),
    ("roman",),
    ("kanji",),
    ("kana_full",),
    ("roman_kana",),
    ("kana_family", "kana_given"),
    ("alias",),
    ("alias_kana",),
    ("former_family", "given"),
    ("former_kana", "kana_given"),
)
_MOST: Final[dict[type, int]] = {
    kind: most
    for most, kinds in {
        1 << 31: (sa.Integer, sa.INTEGER),
        1 << 15: (sa.SmallInteger, sa.SMALLINT),
    }.items()
    for kind in kinds
}
"""Numbers from here on are no value of such a column, and an error of some databases."""
_DAY: Final = timedelta(days=1)
_YEAR: Final = "([0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})"
_DATE: Final = {
    written: f"^{_YEAR}{dash}(0[1-9]|1[0-2]){dash}(0[1-9]|[12][0-9]|3[01])$"
    for written, dash in ((DateFormat.DASHED, "-"), (DateFormat.PLAIN, ""))
}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Makes conditions on the rows of a view.

    :param table: The view with the types of its columns.
    :param dialect: Name of the kind of database.
    :param holds: Whether the database can hold a character.
    """

    columns: ColumnMap
    table: sa.TableClause
    dialect: str
    holds: Callable[[str], bool]

    def of(self, matcher: Matcher) -> Iterator[Condition]:
        """The conditions of a search. Each is about a person: any of the rows may meet it."""
        query = matcher.query
        if matcher.number:
            yield self.equals("addressee_number", matcher.number)
        if matcher.household_number:
            yield self.equals("household_number", matcher.household_number)
        if matcher.machiaza_id:
            yield self.equals("machiaza_id", matcher.machiaza_id)
        if matcher.postcode:
            yield from self._postcode(matcher.postcode)
        if query.birth_from or query.birth_to:
            yield from self.born(query.birth_from or date.min, query.birth_to or date.max)
        if query.sex:
            yield from self._sex(query.sex)
        for readings in matcher.names:
            asked = [self._name(name, query.name_match) for name in readings]
            possible = [condition for condition in asked if condition is not None]
            if len(possible) == len(asked):
                yield sa.or_(*possible)

    def equals(self, name: str, text: str) -> Condition:
        """The item is exactly this text, which is not blank."""
        return self.is_one_of(name, [text])

    def is_one_of(self, name: str, texts: Sequence[str]) -> Condition:
        """The item is exactly one of these texts, none of them blank."""
        item = self.columns.columns.get(name, MappedColumn())
        if not item.column:
            return sa.true() if item.value in texts else sa.false()
        raws = [raw for text in texts for raw in item.raws(text) if all(map(self.holds, raw))]
        return self._among(item, raws)

    def _among(self, item: MappedColumn, raws: Sequence[str]) -> Condition:
        column = self.table.c[item.column]
        if isinstance(column.type, sa.Boolean):
            return column.in_([raw == "1" for raw in raws if raw in ("0", "1")])
        if isinstance(column.type, sa.Numeric | sa.Integer):
            counted = [int(raw) for raw in raws if raw.isascii() and raw.isdigit()]
            most = _MOST.get(type(column.type), 1 << 63)
            return column.in_([n for n in counted if n < most and item.read(n) in raws])
        return column.in_(raws)

    def born(self, first: date, last: date) -> Iterator[Condition]:
        """The birth may lie between two days, both included."""
        item = self.columns.columns["birth"]
        if not item.column:
            return
        column = self.table.c[item.column]
        # A day wider, for 29 February in common years.
        first, last = max(first, date.min + _DAY) - _DAY, min(last, date.max - _DAY) + _DAY
        if isinstance(column.type, sa.DateTime):
            moments = datetime.combine(first, time.min), datetime.combine(last, time.max)
            known = column.between(*moments)
            yield sa.or_(known, column.is_(None), self._is_unsure())
        elif isinstance(column.type, sa.Date):
            yield sa.or_(column.between(first, last), column.is_(None), self._is_unsure())
        elif isinstance(column.type, sa.String) and self.dialect in WITH_REGEXP:
            written = item.date_format or DateFormat.DASHED
            low, high = (item.raws(day.isoformat())[0] for day in (first, last))
            odd = sa.not_(column.regexp_match(_DATE[written]))
            known = column.between(low, high)
            yield sa.or_(known, column.is_(None), odd, self._is_unsure())

    def _is_unsure(self) -> Condition:
        item = self.columns.columns.get("birth_unknown", MappedColumn())
        if not item.column:
            return sa.true() if item.value == "1" else sa.false()
        column = self.table.c[item.column]
        return sa.and_(column.is_not(None), sa.not_(self._among(item, item.raws("0"))))

    def _sex(self, wanted: str) -> Iterator[Condition]:
        item = self.columns.columns.get("sex", MappedColumn())
        if item.column:
            others = [raw for sex in Sex if sex.value != wanted for raw in item.raws(sex.value)]
            yield sa.or_(self.table.c[item.column].is_(None), sa.not_(self._among(item, others)))

    def _postcode(self, digits: str) -> Iterator[Condition]:
        item = self.columns.columns.get("postcode", MappedColumn())
        if not item.column:
            yield sa.true() if item.value else sa.false()
        elif self.dialect in WITH_REGEXP and not (item.codes or item.digits):
            wide = to_full_width(digits)
            pairs = (f"[{one}{two}]" for one, two in zip(digits, wide, strict=True))
            yield self._text("postcode").regexp_match("[^0-9０-９]*".join(pairs))

    def _name(self, asked: KeyedName, how: NameMatch) -> Condition | None:
        """A name of the person may be the one asked for; ``None`` if that cannot be told."""
        holds_any = self._holds_any()
        if holds_any is None:
            return None
        is_fuzzy = how is NameMatch.FUZZY
        if len(asked.parts) == 1:
            return holds_any(_near_or_cut(asked.whole) if is_fuzzy else [asked.whole])
        parts = (holds_any(_near(part) if is_fuzzy else [part]) for part in asked.parts)
        return sa.or_(holds_any([asked.whole]), sa.and_(*parts))

    def _holds_any(self) -> "Callable[[Sequence[str]], Condition] | None":
        """Makes the condition that a name of the row holds any of some keys."""
        if self.columns.search_keys:
            keys = self.table.c[self.columns.search_keys]
            return lambda wanted: sa.or_(*(keys.contains(key, autoescape=True) for key in wanted))
        if self.dialect not in WITH_REGEXP:
            return None
        text = self._names()

        def matches(wanted: Sequence[str]) -> Condition:
            patterns = [search_pattern(key, holds=self.holds) for key in wanted]
            possible = "|".join(pattern for pattern in patterns if pattern is not None)
            return text.regexp_match(possible) if possible else sa.false()

        return matches

    def _names(self) -> sa.ColumnElement[str]:
        """All forms of the name in one text, so that one expression looks at all of them."""
        text: sa.ColumnElement[str] = sa.literal("|")
        for form in _FORMS:
            for name in form:
                text = text + self._text(name) + " "
            text = text + "|"
        return text

    def _text(self, name: str) -> sa.ColumnElement[str]:
        item = self.columns.columns.get(name, MappedColumn())
        if not item.column:
            return sa.literal(item.value)
        column = self.table.c[item.column]
        text = column if isinstance(column.type, sa.String) else sa.cast(column, sa.String)
        return sa.func.coalesce(text, "")


def _near(part: str) -> Sequence[str]:
    """Texts of which every key one edit from the given one holds at least one."""
    if len(part) < 3:
        return [part]
    half = len(part) // 2
    swapped = f"{part[: half - 1]}{part[half]}{part[half - 1]}{part[half + 1 :]}"
    return [part[:half], part[half:], swapped]


def _near_or_cut(typed: str) -> Sequence[str]:
    """Texts of which every form holds at least one that agrees with a name in one piece.

    Such a name may be one edit off, or two names of which each is one off, in either order: the
    longer of the two is then one off for itself.
    """
    pieces = set(_near(typed))
    for cut in range(1, len(typed)):
        pieces.update(_near(max(typed[:cut], typed[cut:], key=len)))
    return [one for one in sorted(pieces) if not any(each in one for each in pieces - {one})]
