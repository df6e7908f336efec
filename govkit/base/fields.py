"""Which columns of a table a permission may read and change, as data (項目ごとの権限).

::

    PUPIL_FIELDS = FieldRules(
        Pupil, writes={"schools.manage_pupils": ("kana_family_name", "kana_given_name")}
    )
    PUPIL_FIELDS.write(work, pupil, {"kana_family_name": "ヤマダ"})

What is not listed is not written, whatever was sent, and the number of such fields is logged
without their names' values.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from govkit.base.db import Base
from govkit.base.logs import get_logger
from govkit.base.work import Work

__all__ = ["FieldRules"]

log = get_logger("govkit.fields")


@dataclass(frozen=True)
class FieldRules:
    """Columns of a mapped class by the permission that opens them.

    :param reads: Permission to the columns it may read.
    :param writes: Permission to the columns it may change.
    :raises TypeError: When a column is not the class's own, or is a key.
    """

    model: type[Base]
    reads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    writes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a list that names what is not there, or what nobody may change."""
        mapper = sa.inspect(self.model)
        columns = {each.key for each in mapper.column_attrs}
        keys = {column.key for column in mapper.primary_key}
        listed = {name for names in (*self.reads.values(), *self.writes.values()) for name in names}
        written = {name for names in self.writes.values() for name in names}
        if listed - columns or written & keys:
            wrong = sorted((listed - columns) | (written & keys))
            raise TypeError(f"{self.model.__name__} has no such fields to open: {wrong}")

    def readable(self, work: Work) -> frozenset[str]:
        """Columns that the actor may read."""
        return _opened(work, self.reads)

    def writable(self, work: Work) -> frozenset[str]:
        """Columns that the actor may change; the row itself is the caller's to check."""
        return _opened(work, self.writes)

    def read(self, work: Work, row: Base) -> dict[str, Any]:
        """What the actor may read of a row."""
        return {name: getattr(row, name) for name in sorted(self.readable(work))}

    def write(self, work: Work, row: Base, values: Mapping[str, Any]) -> int:
        """Change what the actor may change, ignore the rest, and return how many were ignored."""
        opened = self.writable(work)
        for name in opened & set(values):
            setattr(row, name, values[name])
        ignored = len(set(values) - opened)
        if ignored:
            line = {
                "request_id": work.origin.request_id,
                "table": self.model.__tablename__,
                "ignored_fields": ignored,
            }
            log.warning("fields ignored", extra=line)
        return ignored


def _opened(work: Work, rules: Mapping[str, Iterable[str]]) -> frozenset[str]:
    held = (names for permission, names in rules.items() if work.actor.holds(permission))
    return frozenset(name for names in held for name in names)
