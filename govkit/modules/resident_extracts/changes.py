"""What an extract changes in the stored residents: prepared without a lock, then written at once."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import IO, Any, Final, Self
from uuid import UUID, uuid4

import sqlalchemy as sa

from govkit.base.tenancy import ScopedSession
from govkit.base.work import Work
from govkit.modules.resident_extracts.models import ResidentRow
from govkit.modules.resident_extracts.source import all_protected, latest_extract, stored_values
from govkit.residents.adapters.csv_extract import ExtractReading

__all__ = ["Known", "PreparedChanges", "Snapshot", "take_snapshot"]

BATCH: Final = 5000
_DAYS: Final = ("born_first", "born_last")


@dataclass(frozen=True, slots=True)
class Known:
    """What is needed of a stored row to see whether it changed."""

    id: UUID
    content_hash: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The stored residents as they were before an import.

    :param number: Number of the latest import, 0 before the first.
    """

    number: int
    known: dict[str, Known]


def take_snapshot(work: Work) -> Snapshot:
    """Read what is stored, without the lock that a writer holds on SQLite.

    :attr:`Snapshot.number` tells later whether somebody imported meanwhile.
    """
    with _reader(work) as session:
        last = latest_extract(session)
        rows = session.execute(
            sa.select(
                ResidentRow.addressee_number,
                ResidentRow.id,
                ResidentRow.content_hash,
                ResidentRow.gone_on,
            )
        )
        known = {
            row.addressee_number: Known(row.id, row.content_hash, row.gone_on is not None)
            for row in rows
        }
        return Snapshot(last.number if last else 0, known)


@contextmanager
def _reader(work: Work) -> Iterator[ScopedSession]:
    if work.session.in_transaction():
        # The work has begun: only its own session sees what it changed.
        yield work.session
        return
    with work.session.reader() as session:
        yield session


class PreparedChanges(AbstractContextManager["PreparedChanges"]):
    """New and changed rows, ready to be written, in an unnamed file; and who is missing."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._known = dict(snapshot.known)
        self.present = sum(not known.is_gone for known in snapshot.known.values())
        self._file: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed on exit
        self.new = self.changed = 0

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def prepare(self, reading: ExtractReading) -> Iterator[int]:
        """Compare every person with what is stored; tells now and then how many are done."""
        count = 0
        for count, row in enumerate(reading, start=1):
            before = self._known.pop(row.id.addressee_number, None)
            content_hash = row.fingerprint
            if before is None or before.content_hash != content_hash or before.is_gone:
                values = stored_values(row.resident)
                values["id"] = str(before.id if before else uuid4())
                values["content_hash"] = content_hash
                self._keep(values, is_new=before is None)
            if count % BATCH == 0:
                yield count
        if count % BATCH:
            yield count

    def _keep(self, values: dict[str, Any], *, is_new: bool) -> None:
        self.new += is_new
        self.changed += not is_new
        # In one piece: json.dump() would write each value by itself, several times as slow.
        line = json.dumps([is_new, values], ensure_ascii=False, default=date.isoformat)
        self._file.write(f"{line}\n")

    def write(self, work: Work) -> Iterator[int]:
        """Insert the new and update the changed; tells after each batch how many are written."""
        protected = all_protected(work.session)
        inserts: list[dict[str, Any]] = []
        updates: list[dict[str, Any]] = []
        self._file.seek(0)
        count = 0
        for count, line in enumerate(self._file, start=1):
            is_new, record = json.loads(line)
            values = self._row(record, work.municipality.code, protected)
            (inserts if is_new else updates).append(values)
            if count % BATCH == 0:
                self._flush(work, inserts, updates)
                yield count
        if count % BATCH:
            self._flush(work, inserts, updates)
            yield count

    @staticmethod
    def _row(
        record: Mapping[str, Any], municipality_code: str, protected: frozenset[str]
    ) -> dict[str, Any]:
        return {
            **record,
            **{name: date.fromisoformat(record[name]) for name in _DAYS},
            "id": UUID(record["id"]),
            "municipality_code": municipality_code,
            "is_protected": record["addressee_number"] in protected,
        }

    @staticmethod
    def _flush(work: Work, inserts: list[dict[str, Any]], updates: list[dict[str, Any]]) -> None:
        if inserts:
            work.session.execute(sa.insert(ResidentRow), inserts)
        if updates:
            work.session.execute(sa.update(ResidentRow), updates)
        inserts.clear()
        updates.clear()

    def missing(self, refused: frozenset[str]) -> list[Known]:
        """Who is stored as present but not in the extract, once it is prepared.

        :param refused: People whose row could not be accepted: they have not left.
        """
        return [
            known
            for number, known in self._known.items()
            if not known.is_gone and number not in refused
        ]

    def close_missing(self, work: Work, refused: frozenset[str], gone_on: date) -> int:
        """Close who is :meth:`missing`; how many."""
        rows = [
            {"municipality_code": work.municipality.code, "id": known.id, "gone_on": gone_on}
            for known in self.missing(refused)
        ]
        if rows:
            work.session.execute(sa.update(ResidentRow), rows)
        return len(rows)
