"""A view or table of another system as a source of residents, read through SQLAlchemy.

The rows go through the same checks as those of the standard extract, after a
:class:`~govkit.residents.adapters.column_map.ColumnMap` has told which column is which. Nothing is
ever written: only ``SELECT`` is built, all values are bound, and the transaction is read-only where
the database has such a thing (PostgreSQL, SQLite). Give the database user no right but ``SELECT``
all the same.
"""

import codecs
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import sqlalchemy as sa

from govkit.errors import Problem
from govkit.residents.adapters.column_map import ColumnMap
from govkit.residents.adapters.sql_narrowing import Condition, Narrowing
from govkit.residents.adapters.sql_rows import RowReader
from govkit.residents.adapters.sql_session import read_only
from govkit.residents.matching import Matcher, ResidentQuery, household_order
from govkit.residents.records import HouseholdId, PersonId, Resident
from govkit.residents.source import (
    OUTAGES,
    Capability,
    Health,
    ResidentSource,
    SourceDescription,
    SourceUnavailable,
    seconds_left,
)

__all__ = ["SqlView", "UnreadableView"]

_PAGE: Final = 500


class UnreadableView(SourceUnavailable):
    """The view lacks a column, or holds a row that cannot be read; nobody is left out silently.

    :ivar problems: What is wrong and where. They hold personal data: show them to the operator of
        the view alone. The text of the error holds none.
    """

    code = "resident_view_unreadable"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        places = {f"{one.file}「{one.column}」{one.code}" for one in self.problems}
        super().__init__(" ".join(sorted(places)))


@dataclass(frozen=True, slots=True)
class _Opened:
    """What is known of the view once somebody has connected to it."""

    table: sa.TableClause
    narrowing: Narrowing


class SqlView(ResidentSource):
    """A source over a view or table of any database that SQLAlchemy speaks to.

    Searches are narrowed by the database as far as it decides exactly; names are looked for by
    regular expressions on SQLite and PostgreSQL, and row by row elsewhere. A fuzzy search for a
    name in one piece narrows little. Where 支援措置 is not in the view,
    put a :class:`~govkit.residents.adapters.protected.Protected` over it.

    :param database: An engine, or a URL for one of its own.
    :param municipality_code: The municipality whose rows are read; others are not looked at.
    :param as_of: Day the data stands for, if known.
    """

    def __init__(
        self,
        database: sa.Engine | sa.URL | str,
        columns: ColumnMap,
        *,
        municipality_code: str,
        name: str = "sql_view",
        as_of: date | None = None,
    ) -> None:
        self._engine = database if isinstance(database, sa.Engine) else _engine(database)
        self._columns = columns
        self._municipality_code = municipality_code
        found = {Capability.PART_MATCH, Capability.FUZZY_MATCH}
        if columns.has_history:
            found.add(Capability.HISTORY)
        self._description = SourceDescription(name, "", as_of, None, frozenset(found))

    def describe(self) -> SourceDescription:
        """What the source is; the rows are not counted."""
        return self._description

    def health(self) -> Health:
        """Whether the view can be read now: one row is fetched."""
        try:
            with closing(self._rows(sa.true())) as rows:
                next(rows, None)
        except OUTAGES as outage:
            return Health(False, getattr(outage, "retry_after", None), type(outage).__name__)
        return Health(True)

    def check(self) -> tuple[Problem, ...]:
        """Everything that is wrong with the columns and the rows, for the operator of the view.

        It reads the whole view, and stops after 1000 problems.

        :raises SourceUnavailable: When the database does not answer.
        """
        problems: list[Problem] = []
        try:
            for _ in self._people((), problems):
                pass
        except UnreadableView as unreadable:
            problems += unreadable.problems
        return tuple(problems)

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        """The residents with these ids."""
        wanted = [one.addressee_number for one in ids if self._is_ours(one.municipality_code)]
        found: dict[PersonId, Resident] = {}
        for first in range(0, len(wanted), _PAGE):
            numbers = wanted[first : first + _PAGE]
            condition = self._opened.narrowing.is_one_of("addressee_number", numbers)
            found |= {one.id: one for one in self._people([condition])}
        return {one: found[one] for one in ids if one in found}

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        """Everybody the query describes, by id, at most ``limit + 1``."""
        matcher = Matcher.of(query)
        found: list[Resident] = []
        with closing(self._people(self._opened.narrowing.of(matcher))) as people:
            for resident in people:
                if matcher.match(resident) is not None:
                    found.append(resident)
                    if len(found) > limit:
                        break
        return found

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        """All members of a household, the head first."""
        if not self._is_ours(household.municipality_code):
            return []
        number = household.household_number
        condition = self._opened.narrowing.equals("household_number", number)
        members = [one for one in self._people([condition]) if one.household == household]
        return sorted(members, key=household_order)

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days or perhaps born then, by id."""
        with closing(self._people(self._opened.narrowing.born(first, last))) as people:
            yield from (one for one in people if one.birth.within(first, last) is not False)

    def _is_ours(self, municipality_code: str) -> bool:
        return municipality_code == self._municipality_code

    def _people(
        self, conditions: Iterable[Condition], problems: list[Problem] | None = None
    ) -> Generator[Resident, None, None]:
        """The people who have a row for each condition, by id.

        :param problems: Receives what cannot be read; without it, that is an error.
        """
        with closing(self._rows(self._selected(conditions))) as rows:
            reader = RowReader(self._columns, self._municipality_code, self._names, rows)
            for resident in reader.people():
                if reader.problems and problems is None:
                    break
                yield resident
        if reader.problems:
            raise UnreadableView(reader.problems)

    def _selected(self, conditions: Iterable[Condition]) -> Condition:
        """Rows of the people who have, for each condition, a row that meets it."""
        given = list(conditions)
        if not self._columns.has_history:
            return sa.and_(sa.true(), *given)
        number = self._opened.table.c[self._columns.columns["addressee_number"].column]
        among: Condition = sa.true()
        for one in given:  # each asks only those whom the one before has left
            among = number.in_(sa.select(number).where(self._ours, among, one))
        return among

    @property
    def _ours(self) -> Condition:
        return self._opened.narrowing.equals("municipality_code", self._municipality_code)

    def _rows(self, condition: Condition) -> Generator[Sequence[Any], None, None]:
        """Rows of ours that meet a condition, those of a person together, by number."""
        table = self._opened.table
        number = self._columns.columns["addressee_number"]
        order = self._order(table.c[number.column])
        select = sa.select(*(table.c[name] for name in self._names)).where(self._ours, condition)
        if order is not None:
            select = select.order_by(order)
        at = self._names.index(number.column)
        with (
            read_only(self._engine) as connection,
            connection.execution_options(yield_per=_PAGE).execute(select) as result,
        ):
            rows: Iterable[Sequence[Any]] = result
            if order is None:
                rows = sorted(result, key=lambda row: number.read(row[at]))
            for count, row in enumerate(rows):
                if count % _PAGE == 0:
                    seconds_left()
                yield row

    def _order(self, number: sa.ColumnElement[Any]) -> sa.ColumnElement[Any] | None:
        """The order of ids, by code point; ``None`` where the database cannot be relied on."""
        item = self._columns.columns["addressee_number"]
        if item.codes:
            return None
        if not isinstance(number.type, sa.String):
            return number if item.digits else None
        collation = _BY_CODE_POINT.get(self._engine.dialect.name)
        return sa.collate(number, collation) if collation else None

    @cached_property
    def _names(self) -> Sequence[str]:
        return sorted(self._columns.names - {self._columns.search_keys})

    @cached_property
    def _opened(self) -> _Opened:
        dialect = self._engine.dialect.name
        with read_only(self._engine) as connection:
            found = sa.inspect(connection).get_columns(
                self._columns.table, schema=self._columns.schema or None
            )
            holds = _holds(connection)
        types = {one["name"]: one["type"] for one in found}
        if problems := list(self._absent(types)):
            raise UnreadableView(problems)
        table = sa.table(
            self._columns.table,
            *(sa.column(name, _plain(types[name], dialect)) for name in self._columns.names),
            schema=self._columns.schema or None,
        )
        return _Opened(table, Narrowing(self._columns, table, dialect, holds))

    def _absent(self, types: Mapping[str, object]) -> Iterator[Problem]:
        view = self._columns.table
        for name in sorted(self._columns.names - types.keys()):
            text = "この列は参照先にありません。対応表の列の名前を確かめてください。"
            yield Problem("view_column_absent", text, view, column=name)
        number = self._columns.columns["addressee_number"]
        if number.digits and isinstance(types.get(number.column), sa.String):
            text = "文字の列の宛名番号に digits は使えません。ビューで桁をそろえてください。"
            yield Problem("view_digits_of_text", text, view, column=number.column)


_BY_CODE_POINT: Final = {"sqlite": "BINARY", "postgresql": "C"}


def _plain(kind: Any, dialect: str) -> sa.types.TypeEngine[Any]:
    """The type to compare with; SQLite holds texts whatever the column was declared as."""
    if dialect == "sqlite":
        return sa.Integer() if isinstance(kind, sa.Integer) else sa.String()
    return kind  # type: ignore[no-any-return]


def _holds(connection: sa.Connection) -> Callable[[str], bool]:
    encoding, refused = "utf-8", ""
    if connection.dialect.name == "postgresql":
        refused = "\x00"
        told = str(connection.exec_driver_sql("SHOW server_encoding").scalar())
        encoding = {"SQL_ASCII": "ascii"}.get(told, told.replace("_", "-"))
    encode = codecs.getencoder(encoding)

    def holds(character: str) -> bool:
        try:
            encode(character)
        except UnicodeEncodeError:
            return False
        return character != refused

    return holds


def _engine(url: sa.URL | str) -> sa.Engine:
    url = sa.make_url(url)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg").update_query_dict(
            {"connect_timeout": url.query.get("connect_timeout", "3")}
        )
    return sa.create_engine(url, pool_pre_ping=True, hide_parameters=True)
