"""Statements that are made once (決まった文): checked, limited and compiled once, then sent as they are.

What every class asks at the same minute is asked with the same few statements. A :class:`Fixed` one
goes through the guard and gets its criteria like any other, but once for the life of the process and
not at each use; what changes from use to use are its values, among them the municipality of the
session. :meth:`govkit.base.tenancy.ScopedSession.read` and ``write`` send it.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.orm import with_loader_criteria

from govkit.base.db import Base, TenantTable
from govkit.base.statements import mapped_classes
from govkit.errors import UnscopedAccess

__all__ = ["MUNICIPALITY", "Fixed", "Prepared", "columns_of"]

MUNICIPALITY: Final = "municipality_of_session"
"""Name of the value that limits a fixed statement; the session gives it."""
_CODE: Final = sa.bindparam(MUNICIPALITY, type_=sa.String(6))

_Processor = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A fixed statement for one database, limited to a municipality or not.

    :param text: SQL as the driver takes it.
    :param in_one: For an INSERT into PostgreSQL: SQL that takes many rows, a list for each column.
    :param names: Names of the values, in the order of the SQL; one may stand there twice.
    :param asked: Names of the values that each use gives.
    :param constants: Values that the statement brings itself.
    :param row: Makes a row with names from what the driver reads.
    """

    text: str
    in_one: str
    names: tuple[str, ...]
    is_positional: bool
    asked: frozenset[str]
    constants: Mapping[str, Any]
    binds: Mapping[str, Callable[[Any], Any]]
    results: tuple[_Processor, ...]
    row: Callable[[Iterable[Any]], Any]

    def values(self, given: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        if given.keys() != self.asked:
            raise UnscopedAccess("a fixed statement takes the values that it names, and no others")
        ready = {
            name: self.binds[name](value) if name in self.binds else value
            for name, value in (*given.items(), *self.constants.items())
        }
        return tuple(ready[name] for name in self.names) if self.is_positional else ready

    def rows(self, read: Iterable[Sequence[Any]]) -> list[Any]:
        """What the driver read, as rows with names."""
        if not any(self.results):
            return [self.row(each) for each in read]
        return [
            self.row(
                make(value) if make else value
                for make, value in zip(self.results, each, strict=True)
            )
            for each in read
        ]


class Fixed:
    """A SELECT of columns, an INSERT of whole rows, or an UPDATE, whose values are bound parameters.

    :param statement: Over mapped classes; an INSERT names nothing but its class.
    """

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._classes: frozenset[type] | None = None
        self._prepared: dict[tuple[str, bool], Prepared] = {}

    @property
    def is_select(self) -> bool:
        """Whether it only reads."""
        return isinstance(self._statement, sa.SelectBase)

    @property
    def is_insert(self) -> bool:
        """Whether it adds rows."""
        return isinstance(self._statement, sa.Insert)

    @property
    def classes(self) -> frozenset[type]:
        """The mapped classes that it reaches.

        :raises UnscopedAccess: When it holds what the criteria cannot limit.
        """
        if self._classes is None:
            self._classes = frozenset(mapped_classes(self._statement))
        return self._classes

    def prepare(self, dialect: sa.Dialect, *, is_limited: bool) -> Prepared:
        """The statement for a database; compiled at its first use.

        :param is_limited: Whether the rows are those of one municipality.
        """
        key = (dialect.name, is_limited)
        if key not in self._prepared:
            assert self.classes  # noqa: S101 - the guard comes first
            self._prepared[key] = self._compile(dialect, is_limited=is_limited)
        return self._prepared[key]

    def _compile(self, dialect: sa.Dialect, *, is_limited: bool) -> Prepared:
        statement, columns = self._statement, None
        if self.is_insert:
            columns = list(statement.table.columns)
        elif is_limited:
            statement = statement.options(
                with_loader_criteria(
                    TenantTable,
                    lambda table: table.municipality_code == _CODE,
                    include_aliases=True,
                )
            )
        compiled: Any = statement.compile(
            dialect=dialect, column_keys=[each.key for each in columns] if columns else None
        )
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise UnscopedAccess("a fixed statement takes no lists")
        names = tuple(compiled.positiontup or compiled.binds)
        kinds = {name: compiled.binds[name].type.dialect_impl(dialect) for name in names}
        constants = {
            name: compiled.binds[name].effective_value
            for name in names
            if not compiled.binds[name].required
        }
        shown = list(statement.selected_columns) if self.is_select else []
        return Prepared(
            str(compiled),
            _in_one(statement.table, dialect) if columns else "",
            names,
            bool(compiled.positiontup),
            frozenset(names) - constants.keys(),
            constants,
            {name: make for name in names if (make := kinds[name].bind_processor(dialect))},
            tuple(_reader(each, dialect) for each in shown),
            _row_of(shown),
        )


def columns_of(model: type[Base]) -> list[Any]:
    """All columns of a model, for a SELECT whose rows are no objects."""
    return [getattr(model, each.key) for each in sa.inspect(model).column_attrs]


def _reader(column: Any, dialect: sa.Dialect) -> _Processor:
    reader: _Processor = column.type.dialect_impl(dialect).result_processor(dialect, None)
    return reader


def _row_of(columns: Sequence[Any]) -> Callable[[Iterable[Any]], Any]:
    named = [getattr(each, "key", None) or "_" for each in columns]
    made = cast(Any, namedtuple)("FixedRow", named, rename=True)
    return cast("Callable[[Iterable[Any]], Any]", made._make)


def _in_one(table: Any, dialect: sa.Dialect) -> str:
    """One INSERT of a list for each column: PostgreSQL plans and answers once for all rows."""
    if dialect.name != "postgresql":
        return ""
    preparer = dialect.identifier_preparer
    columns = list(table.columns)
    lists = [f"%({each.key})s::{each.type.compile(dialect=dialect)}[]" for each in columns]
    names = ", ".join(preparer.format_column(each) for each in columns)
    into = preparer.format_table(table)
    return f"INSERT INTO {into} ({names}) SELECT * FROM unnest({', '.join(lists)})"  # noqa: S608
