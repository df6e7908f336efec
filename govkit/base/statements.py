"""What a statement reaches: its mapped classes, once nothing is in it that cannot be limited.

The criteria of :mod:`govkit.base.tenancy` limit mapped classes and their aliases, and nothing
else. So a statement may name nothing else: no plain table or column, no textual SQL, no second
table of an UPDATE or DELETE, no upsert, no loader option with an expression of its own.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.expression import AliasedReturnsRows, ClauseElement, TableClause
from sqlalchemy.sql.functions import FunctionElement

from govkit.base.db import TenantTable
from govkit.errors import UnscopedAccess

__all__ = ["check_options", "holds_expression", "mapped_classes"]

_PLAIN: Final = frozenset(
    {
        NoneType,
        bool,
        int,
        float,
        str,
        bytes,
        date,
        datetime,
        time,
        timedelta,
        Decimal,
        UUID,
        list,
        dict,
        tuple,
    }
)
"""Types whose values are parameters, whatever they hold; exactly these, no subclass."""

_TEXTS = ("_prefixes", "_suffixes", "_hints", "_statement_hints", "_independent_ctes")
_WRITES = sa.Insert | sa.Update | sa.Delete


def mapped_classes(statement: Any) -> set[type]:
    """The mapped classes that a statement names.

    :raises UnscopedAccess: When it holds what the criteria cannot limit.
    """
    if any(getattr(statement, name, None) for name in _TEXTS):
        raise UnscopedAccess("textual SQL inside a statement is not scoped")
    check_options(getattr(statement, "_with_options", ()))
    if isinstance(statement, _WRITES):
        return _written_classes(statement)
    entities, nested = _walk(statement)
    return {entity.mapper.class_ for entity in entities} | nested


def _written_classes(statement: Any) -> set[type]:
    mapper = statement.table._annotations.get("parentmapper")  # noqa: SLF001
    if mapper is None or getattr(statement, "_post_values_clause", None) is not None:
        raise UnscopedAccess("plain tables and upserts are not scoped")
    classes: set[type] = {mapper.class_}
    for part in _parts(statement):
        entities, nested = _walk(part)
        if any(entity is not mapper for entity in entities):
            raise UnscopedAccess("a second table of UPDATE or DELETE is not scoped")
        classes |= nested
    return classes


def _parts(statement: Any) -> Iterator[ClauseElement]:
    yield from getattr(statement, "_where_criteria", ())
    yield from statement._returning or ()  # noqa: SLF001
    values = getattr(statement, "_values", None) or {}
    yield from (value for value in values.values() if isinstance(value, ClauseElement))


def _walk(root: Any) -> tuple[set[Any], set[type]]:
    """Mapped entities of one SELECT, and the classes of the SELECTs inside it."""
    entities: set[Any] = set()
    plain: set[Any] = set()
    nested: set[type] = set()
    seen: set[int] = set()
    pending = [root]
    while pending:
        element = pending.pop()
        if id(element) in seen:
            continue
        seen.add(id(element))
        if element is not root and isinstance(element, sa.Select | _WRITES):
            nested |= mapped_classes(element)
            continue
        _refuse_text(element)
        entity = element._annotations.get("parententity")  # noqa: SLF001
        if entity is not None:
            entities.add(entity)
        elif _is_table(element):
            plain.add(element)
        elif isinstance(element, sa.Column) and isinstance(element.table, TableClause):
            raise UnscopedAccess("plain columns inside a statement are not scoped")
        if not _is_table(element):
            pending.extend(element.get_children())
    # SQLAlchemy itself brings in the table of an entity; any other table is somebody's own.
    if plain - {entity.selectable for entity in entities}:
        raise UnscopedAccess("plain tables inside a statement are not scoped")
    return entities, nested


def _is_table(element: Any) -> bool:
    if isinstance(element, AliasedReturnsRows):
        return isinstance(element.element, TableClause)
    return isinstance(element, TableClause)


def _refuse_text(element: Any) -> None:
    literal = isinstance(element, sa.TextClause) or getattr(element, "is_literal", False)
    if literal and str(element) != "*":
        raise UnscopedAccess("textual SQL inside a statement is not scoped")
    if isinstance(element, FunctionElement) and getattr(element, "name", "") == "set_config":
        raise UnscopedAccess("the scope is set once, when the transaction begins")


def check_options(options: Iterable[Any]) -> None:
    """Refuse loader options that carry an expression of their own, but for the criteria.

    :raises UnscopedAccess: When one does.
    """
    for option in options:
        if getattr(option, "root_entity", None) is TenantTable:
            continue
        for element in getattr(option, "context", (option,)):
            own = getattr(element, "local_opts", None) or {}
            if (
                getattr(element, "_extra_criteria", ())
                or "expression" in own
                or hasattr(element, "where_criteria")
            ):
                raise UnscopedAccess("loader options with conditions are not scoped")


def holds_expression(values: Collection[object]) -> bool:
    """Whether one of the values would be written into a statement as SQL, not as a parameter."""
    return not _PLAIN.issuperset(map(type, values)) and any(
        isinstance(value, ClauseElement) or hasattr(value, "__clause_element__") for value in values
    )
