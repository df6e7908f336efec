"""Encrypted columns (列の暗号化): plain in a row of Python, sealed in the database, dumps and logs.

::

    contact: Mapped[str] = mapped_column(Encrypted(), comment="連絡先")
    contact_key: Mapped[str] = mapped_column(BlindIndex("contact"), comment="連絡先の検索キー")

The session seals a value just before a row is written, when its municipality and primary key are
known, and opens it just after the row is loaded; :mod:`govkit.base.encryption` tells with what. So a
value is bound to municipality, table, column and row. A statement over single columns gets
:class:`Sealed` values, which say nothing; a plain value never goes into a statement, and comparing,
searching and ordering by such a column is refused. Equal values are found through a
:class:`BlindIndex`. A column takes any value that JSON can hold; ``None`` stays NULL.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NoReturn
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import InstrumentedAttribute, Mapper, ORMExecuteState, QueryContext
from sqlalchemy.orm.attributes import get_history, instance_state, set_committed_value
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

from govkit.base.db import TenantTable
from govkit.base.encryption import Keyring, Place
from govkit.base.tenancy import ScopedSession
from govkit.errors import UnscopedAccess
from govkit.jp.text import search_key

__all__ = [
    "BlindIndex",
    "Encrypted",
    "Sealed",
    "SealedColumn",
    "found_by",
    "index_of",
    "index_values",
    "is_sealed",
    "open_value",
    "place_of",
    "seal_value",
    "sealed_columns",
]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value as the database holds it; it says nothing until its row is loaded."""

    token: str = field(repr=False)


class _Comparator(TypeEngine.Comparator[Any]):
    """Whether there is a value can be asked, and nothing else."""

    def operate(self, op: Any, *other: Any, **options: Any) -> sa.ColumnElement[Any]:
        asks_for_null = op in (operators.eq, operators.ne, operators.is_, operators.is_not)
        if not asks_for_null or any(not isinstance(each, sa.Null | None) for each in other):
            _refuse()
        return super().operate(op, *other, **options)

    def reverse_operate(self, op: Any, other: Any, **options: Any) -> sa.ColumnElement[Any]:
        _refuse()


def _refuse() -> NoReturn:
    raise UnscopedAccess("an encrypted column is not compared; search by its blind index")


class Encrypted(TypeDecorator[Any]):
    """Type of a column whose values are sealed; TEXT in the database."""

    impl = sa.Text
    cache_ok = True
    comparator_factory = _Comparator

    @property
    def python_type(self) -> type[Any]:
        """What statements give and take."""
        return Sealed

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        """Refuse plain values: only the session seals, as it knows the row.

        :raises UnscopedAccess: When the value is not sealed.
        """
        if value is None:
            return None
        if isinstance(value, Sealed):
            return value.token
        raise UnscopedAccess("a plain value never goes into a statement over an encrypted column")

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Sealed | None:
        """Keep it sealed."""
        return None if value is None else Sealed(value)


class BlindIndex(TypeDecorator[str]):
    """Type of a column by which equal values of an encrypted one are found (照合用の索引).

    It holds a keyed hash of the letters and digits of the value's
    :func:`~govkit.jp.text.search_key`; the session fills it in.
    It tells which rows of a municipality have equal values, and nothing more.

    :param of: Attribute of the encrypted column, which holds text.
    """

    impl = sa.String(32)
    cache_ok = True

    def __init__(self, of: str) -> None:
        super().__init__()
        self.of = of


def is_sealed(column: sa.Column[Any]) -> bool:
    """Whether a column is encrypted."""
    return isinstance(column.type, Encrypted)


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """An encrypted column of a mapped class.

    :param key: Name of the attribute, and of the column.
    :param index: Attribute of its blind index, or blank.
    """

    key: str
    index: str


def sealed_columns(model: Any) -> tuple[SealedColumn, ...]:
    """The encrypted columns of a mapped class."""
    return _sealed_columns(_mapper(model))


@cache
def _sealed_columns(mapper: Mapper[Any]) -> tuple[SealedColumn, ...]:
    columns = mapper.columns
    indexes = {
        column.type.of: key
        for key, column in columns.items()
        if isinstance(column.type, BlindIndex)
    }
    return tuple(
        SealedColumn(key, indexes.get(key, ""))
        for key, column in columns.items()
        if is_sealed(column)
    )


def place_of(model: Any, key: str, identity: Mapping[str, Any]) -> Place:
    """The place of a value.

    :param identity: At least the primary key of the row, by attribute.
    :raises UnscopedAccess: When a part of it is not known yet.
    """
    parts = [identity.get(name) for name in _key_names(_mapper(model))]
    if any(part is None for part in parts):
        raise UnscopedAccess(
            "a row with encrypted columns needs its primary key before it is written"
        )
    code = str(parts.pop(0)) if issubclass(model, TenantTable) else ""
    row = ":".join(part.hex if isinstance(part, UUID) else str(part) for part in parts)
    return Place(code, model.__tablename__, key, row)


def _mapper(model: Any) -> Mapper[Any]:
    mapper: Mapper[Any] = model.__mapper__  # unlike inspect(), also while mappers are configured
    return mapper


@cache
def _key_names(mapper: Mapper[Any]) -> list[str]:
    return [mapper.get_property_by_column(each).key for each in mapper.primary_key]


def seal_value(keyring: Keyring, value: Any, place: Place) -> Sealed:
    """Seal any value that JSON can hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Sealed(keyring.encrypt(text, place))


def open_value(keyring: Keyring, sealed: Sealed, place: Place) -> Any:
    """The value that was sealed.

    :raises Unreadable: When it does not open in this place.
    """
    return json.loads(keyring.decrypt(sealed.token, place))


def index_values(keyring: Keyring, value: str, place: Place) -> tuple[str, ...]:
    """What a blind index may hold for a value, one for each key, the newest first."""
    key = "".join(filter(str.isalnum, search_key(value)))
    return keyring.digests(key, place) if key else ("",)


def index_of(keyring: Keyring, value: str, place: Place) -> str:
    """What a blind index holds for a value; blank for one without letters."""
    return index_values(keyring, value, place)[0]


def found_by(
    session: ScopedSession, index: InstrumentedAttribute[Any], text: str
) -> sa.ColumnElement[bool]:
    """Condition for the rows of the session's municipality whose encrypted value equals a text.

    Width, spaces, marks and the kinds of kana do not count; a text without letters finds nothing.
    """
    model, kind = index.class_, index.type
    assert isinstance(kind, BlindIndex)  # noqa: S101
    place = Place(session.scope.municipality_code or "", model.__tablename__, kind.of)
    # Until a rotation is over, rows may still be indexed with an older key.
    values = index_values(_keyring(session), text, place)
    return index.in_([each for each in values if each])


def _keyring(session: ScopedSession) -> Keyring:
    keyring: Keyring = session.get_bind().get_execution_options()["govkit_keyring"]
    return keyring


@event.listens_for(Mapper, "mapper_configured")
def _watch(_mapper: Mapper[Any], model: type[Any]) -> None:
    if sealed_columns(model):
        event.listen(model, "load", _open_row)
        event.listen(model, "refresh", _open_row)


def _open_row(instance: Any, context: QueryContext, *_attributes: object) -> None:
    model, values = type(instance), instance.__dict__
    for column in sealed_columns(model):
        sealed = values.get(column.key)
        if isinstance(sealed, Sealed):
            session = context.session
            assert isinstance(session, ScopedSession)  # noqa: S101
            identity = _identity_of(instance)
            opened = open_value(_keyring(session), sealed, place_of(model, column.key, identity))
            set_committed_value(instance, column.key, opened)


def _identity_of(instance: Any) -> Mapping[str, Any]:
    state = instance_state(instance)
    if state.identity is None:
        return dict(state.dict)
    return dict(zip(_key_names(state.mapper), state.identity, strict=True))


_PLAIN: Final = "govkit_plain_values"
"""Key in the session's ``info``: rows being written, with their values as they were."""


@event.listens_for(ScopedSession, "before_flush")
def _seal_rows(session: ScopedSession, _context: object, _instances: object) -> None:
    plain = session.info.setdefault(_PLAIN, [])
    for instance in (*session.new, *session.dirty):
        model = type(instance)
        for column in sealed_columns(model):
            value = instance.__dict__.get(column.key)
            if value is None and column.index and get_history(instance, column.key).has_changes():
                setattr(instance, column.index, None)
            if value is None or isinstance(value, Sealed):
                continue
            if instance in session.new or get_history(instance, column.key).has_changes():
                place = place_of(model, column.key, _identity_of(instance))
                sealed = seal_value(_keyring(session), value, place)
                plain.append((instance, column.key, sealed, value))
                setattr(instance, column.key, sealed)
                if column.index:
                    setattr(instance, column.index, index_of(_keyring(session), value, place))


@event.listens_for(ScopedSession, "after_flush")
def _show_again(session: ScopedSession, _context: object = None) -> None:
    for instance, key, sealed, value in session.info.pop(_PLAIN, ()):
        if instance.__dict__.get(key) is sealed:
            set_committed_value(instance, key, value)


@event.listens_for(ScopedSession, "after_soft_rollback")
def _show_what_was_not_written(session: ScopedSession, _transaction: object) -> None:
    _show_again(session)


@event.listens_for(ScopedSession, "do_orm_execute")
def _seal_inserted(state: ORMExecuteState) -> Any:
    """Seal what ``execute(insert(Model), rows)`` writes; other statements take no plain value."""
    mapper = state.bind_mapper
    if not state.is_insert or mapper is None or not sealed_columns(mapper.class_):
        return None
    given = state.parameters or ()
    rows = [given] if isinstance(given, Mapping) else given
    assert isinstance(state.session, ScopedSession)  # noqa: S101
    sealed = list(_sealed(_keyring(state.session), mapper.class_, rows))
    return state.invoke_statement(params=sealed[0] if isinstance(given, Mapping) else sealed)


def _sealed(
    keyring: Keyring, model: type[Any], rows: Iterable[Mapping[str, Any]]
) -> Iterable[dict[str, Any]]:
    for row in rows:
        new = dict(row)
        for column in sealed_columns(model):
            value = row.get(column.key)
            if value is None or isinstance(value, Sealed):
                continue
            place = place_of(model, column.key, row)
            new[column.key] = seal_value(keyring, value, place)
            if column.index:
                new[column.index] = index_of(keyring, value, place)
        yield new
