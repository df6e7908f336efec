"""Which rows are about whom: residents and pupils across all mapped tables (個人を表す行).

A tenant table that holds rows about a resident or a pupil names the column that leads to the person
(:attr:`~govkit.base.db.TenantTable.person_column`): the addressee number (宛名番号) itself, a list of
them, or a key to a row of another such table. From that everything known of one person is found without
knowing any module, and identifiers in the audit become people.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.db import Base, TenantTable
from govkit.base.tenancy import ScopedSession

__all__ = [
    "ADDRESSEE_NUMBER",
    "AddresseeNumber",
    "identifiers_of",
    "is_protected",
    "numbers_of",
    "person_classes",
    "person_names",
    "target_class",
    "whose_rows",
]

ADDRESSEE_NUMBER: Final = "addressee_number"
"""Column that names a person by itself (宛名番号)."""
_CHUNK: Final = 500


class AddresseeNumber(str):
    """The number of a person, as a subject of audit events (宛名番号)."""

    __slots__ = ()


def person_classes() -> Sequence[type[Any]]:
    """Every mapped class with rows about residents or pupils, by table name."""
    mapped = (each.class_ for each in Base.registry.mappers)
    found = (each for each in mapped if issubclass(each, TenantTable) and each.person_column)
    return sorted(found, key=lambda each: str(each.__tablename__))


def target_class(model: type[Any], column: str) -> type[Any] | None:
    """The tenant class that a key column points at."""
    tables = {
        element.column.table
        for key in model.__table__.foreign_key_constraints
        for element in key.elements
        if element.parent.key == column
    }
    mapped = (each for each in Base.registry.mappers if each.local_table in tables)
    return next((each.class_ for each in mapped if issubclass(each.class_, TenantTable)), None)


def whose_rows(model: type[Any], number: str) -> sa.ColumnElement[bool]:
    """The condition under which rows of a class are about the person with an addressee number."""
    column = getattr(model, model.person_column)
    if model.person_column == ADDRESSEE_NUMBER:
        return sa.and_(column == number)
    target = target_class(model, model.person_column)
    if target is None:
        return sa.cast(column, sa.String).contains(f'"{number}"', autoescape=True)
    return sa.and_(column.in_(sa.select(target.id).where(whose_rows(target, number))))


def identifiers_of(session: ScopedSession, text: str) -> frozenset[str]:
    """All identifiers under which audit events may name a person.

    :param text: An addressee number, or the identifier of a row about the person.
    """
    numbers = {text, *(_number_behind(session, text) if (key := _uuid(text)) else ())}
    found = {text, *numbers}
    for model in person_classes():
        if model.person_column == ADDRESSEE_NUMBER:
            column = model.addressee_number
            found |= set(map(str, session.scalars(sa.select(model.id).where(column.in_(numbers)))))
    return frozenset(found | ({str(key)} if key else set()))


def _number_behind(session: ScopedSession, text: str) -> Iterator[str]:
    for model in person_classes():
        yield from numbers_of(session, model.__name__, [text]).values()


def numbers_of(session: ScopedSession, kind: str, identifiers: Iterable[str]) -> dict[str, str]:
    """Addressee number of the person behind each identifier of one kind of audit subject.

    :param kind: Name of a mapped class; of other kinds the answer is empty.
    """
    model = next((each for each in person_classes() if each.__name__ == kind), None)
    keys = {key: text for text in identifiers if (key := _uuid(text))}
    if model is None or not keys:
        return {}
    pairs = dict(_keyed(session, model, [*keys]))
    if model.person_column == ADDRESSEE_NUMBER:
        return {keys[key]: number for key, number in pairs.items()}
    target = target_class(model, model.person_column)
    if target is None:
        return {}
    behind = numbers_of(session, target.__name__, {str(each) for each in pairs.values()})
    return {keys[key]: behind[str(other)] for key, other in pairs.items() if str(other) in behind}


def _keyed(
    session: ScopedSession, model: type[Any], keys: list[UUID]
) -> Iterator[tuple[UUID, Any]]:
    column = getattr(model, model.person_column)
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        for row in session.execute(sa.select(model.id, column).where(model.id.in_(chunk))):
            yield row[0], row[1]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def is_protected(session: ScopedSession, number: str) -> bool:
    """Whether any table says that the person is under support measures (支援措置対象者)."""
    for model in person_classes():
        flag = getattr(model, "is_protected", None)
        if flag is None and getattr(model, "is_protection_list", False):
            flag = model.is_active
        if flag is not None and session.scalar(
            sa.select(model.id).where(whose_rows(model, number), flag.is_(True)).limit(1)
        ):
            return True
    return False


_NAMES: Final = (("official_name",), ("family_name", "given_name"))


def person_names(session: ScopedSession, numbers: Iterable[str]) -> dict[str, str]:
    """Name of each person that some table knows by name."""
    wanted, found = sorted(set(numbers)), dict[str, str]()
    for model in person_classes():
        columns = next((each for each in _NAMES if hasattr(model, each[0])), None)
        if columns is None or model.person_column != ADDRESSEE_NUMBER:
            continue
        for start in range(0, len(wanted), _CHUNK):
            rows = session.execute(
                sa.select(
                    model.addressee_number, *(getattr(model, each) for each in columns)
                ).where(model.addressee_number.in_(wanted[start : start + _CHUNK]))
            )
            for number, *parts in rows:
                found.setdefault(number, " ".join(filter(None, parts)))
    return found
