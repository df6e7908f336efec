"""Support measures (支援措置) as they come in: a whole list, then changes, with dates and notices.

After 住民記録システム標準仕様書 3.1 and 3.4: a protection lasts until a row ends it, whatever its end
date; a person may be under several measures at once; a measure may be lifted for some minutes
(一時解除), here and nowhere else, after which it holds again by itself.
"""

import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

from govkit.errors import InvalidInput, InvalidValue, Problem
from govkit.formats.tabular import Column, Encoding, read_table
from govkit.residents.adapters.extract_columns import FORBIDDEN, refuse_personal_numbers
from govkit.residents.adapters.extract_history import rank_of
from govkit.residents.adapters.protection_list import PROTECTION_COLUMNS, ProtectionReader
from govkit.residents.records import FuzzyDate, PersonId
from govkit.residents.source import SourceUnavailable

__all__ = ["MeasureKind", "Notice", "NoticeKind", "ProtectionFeed"]

_COLUMNS: Final = (
    *PROTECTION_COLUMNS,
    Column("支援措置終了年月日", ("措置終了年月日",), is_required=False),
    Column("支援措置番号", ("措置番号",), is_required=False),  # unverified
)
_LONGEST_LIFTING: Final = timedelta(minutes=30)
_DATE_TEXT: Final = "日付は「2018-04-01」の形で入れてください。"


class MeasureKind(StrEnum):
    """Kind of measure (措置区分), as far as a code is known; any other code protects too."""

    REGULAR = "1"
    """Support measure (支援措置; code unverified)."""
    PROVISIONAL = "2"
    """Provisional until it is decided (仮支援措置; code unverified)."""
    ENDED = "3"
    """Ended (終了; code unverified)."""


class NoticeKind(StrEnum):
    """Why somebody should look at a protection; nothing happens by itself."""

    ENDING = "ending"
    """The end date is a month away or less: ask whether it is to be extended (更新)."""
    PAST = "past"
    """The end date has passed and nobody ended the protection."""
    PROVISIONAL = "provisional"
    """A provisional measure is waiting for its decision (仮支援措置)."""
    MISSING = "missing"
    """The newest list does not have the person any more, and no row ended the protection."""


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """A protection to look at.

    :param end: End date of the measure, if it has one.
    """

    kind: NoticeKind
    person: PersonId
    end: date | None = field(compare=False, default=None)


@dataclass(frozen=True, slots=True)
class _Row:
    rank: int
    is_latest: bool
    is_deleted: bool
    kind: str
    end: date | None


_Key = tuple[str, str]


class ProtectionFeed:
    """Who is protected now, by what was delivered so far; safe between threads.

    There is no answer before a list was read, after a delivery that could not be read, or when
    nothing came for longer than ``max_age``: a department that the flag has not reached is how
    addresses get out. Who is asked then raises :class:`SourceUnavailable`.

    :param clock: The present moment, with a time zone.
    :param max_age: Time after the last delivery from which on there is no answer; tell by
        :meth:`nothing_changed` that a look found nothing new.
    """

    def __init__(
        self, *, municipality_code: str, clock: Callable[[], datetime], max_age: timedelta
    ) -> None:
        self._municipality_code = municipality_code
        self._clock = clock
        self._max_age = max_age
        self._lock = threading.RLock()
        self._rows: dict[_Key, tuple[_Row, ...]] = {}
        self._missing: frozenset[_Key] = frozenset()
        self._protected: frozenset[str] = frozenset()
        self._delivered: datetime | None = None
        self._liftings: dict[str, datetime] = {}
        self._changed: list[frozenset[PersonId]] = []
        self._token = secrets.token_hex(4)
        self._listeners: list[Callable[[frozenset[PersonId]], None]] = []

    def read_list(
        self, source: Path | BinaryIO, *, encoding: Encoding | str = Encoding.UTF_8, name: str = ""
    ) -> frozenset[PersonId]:
        """Take over a whole list; the people whose protection changed.

        Who is not in it any more stays protected, see :attr:`NoticeKind.MISSING`.

        :raises InvalidInput: When any row is wrong. Nothing is taken over, and there is no answer
            until a delivery is sound.
        """
        return self._take(source, encoding, name, is_whole=True)

    def read_changes(
        self, source: Path | BinaryIO, *, encoding: Encoding | str = Encoding.UTF_8, name: str = ""
    ) -> frozenset[PersonId]:
        """Take over the rows that changed since the last delivery, as :meth:`read_list`.

        :raises InvalidInput: As :meth:`read_list`; also when no list was read before.
        """
        if not self._rows and self._delivered is None:
            text = "先に支援措置の一覧を読み込んでください。"
            raise InvalidInput([Problem("protection_no_list", text, name)])
        return self._take(source, encoding, name, is_whole=False)

    def nothing_changed(self) -> None:
        """Note that nothing has changed up to now.

        :raises SourceUnavailable: When the last delivery could not be read.
        """
        with self._lock:
            if self._delivered is None:
                raise SourceUnavailable("protection feed")
            self._delivered = self._clock()

    def lift(self, person: PersonId, until: datetime) -> None:
        """Lift a protection for some minutes (一時解除), in this process alone.

        :raises ValueError: For longer than half an hour.
        """
        if until - self._clock() > _LONGEST_LIFTING:
            raise ValueError("a protection is lifted for half an hour at most")
        with self._lock:
            self._liftings[person.addressee_number] = until
        self._tell(frozenset({person}))

    def protects(self, person: PersonId) -> bool:
        """Whether a person is protected now.

        :raises SourceUnavailable: When that cannot be known.
        """
        return person in self.protected()

    def protected(self) -> "ProtectedIds":
        """Everybody who is protected now.

        :raises SourceUnavailable: When that cannot be known.
        """
        now = self._clock()
        with self._lock:
            if self._delivered is None or now - self._delivered > self._max_age:
                raise SourceUnavailable("protection feed")
            over = [number for number, until in self._liftings.items() if until <= now]
            for number in over:
                del self._liftings[number]
            numbers = self._protected - self._liftings.keys()
        if over:
            self._tell(frozenset(map(self._id, over)))
        return ProtectedIds(self._municipality_code, numbers)

    def notices(self, today: date) -> tuple[Notice, ...]:
        """Every protection that somebody should look at today."""
        with self._lock:
            rows, missing = dict(self._rows), self._missing
        found = {
            Notice(kind, self._id(number), row.end)
            for (number, measure), history in rows.items()
            for row in _current(history)
            for kind in _reasons(row, today, is_missing=(number, measure) in missing)
        }
        return tuple(sorted(found))

    def listen(self, listener: Callable[[frozenset[PersonId]], None]) -> None:
        """Call this with the ids of everybody whose protection changes; caches clear by it."""
        self._listeners.append(listener)

    @property
    def version(self) -> str:
        """Mark of what was delivered so far."""
        return f"{self._token}-{len(self._changed)}"

    def changed_since(self, version: str) -> frozenset[PersonId] | None:
        """Whose protection changed since a version; ``None`` if that is not known any more."""
        token, _, count = version.partition("-")
        with self._lock:
            if token != self._token or not count.isdecimal() or int(count) > len(self._changed):
                return None
            return frozenset().union(*self._changed[int(count) :])

    def _id(self, number: str) -> PersonId:
        return PersonId(self._municipality_code, number)

    def _take(
        self, source: Path | BinaryIO, encoding: Encoding | str, name: str, *, is_whole: bool
    ) -> frozenset[PersonId]:
        name = name or (source.name if isinstance(source, Path) else "")
        try:
            delivered = self._read(source, encoding, name)
        except (InvalidInput, OSError):
            with self._lock:
                self._delivered = None
            raise
        with self._lock:
            for key, rows in delivered.items():
                old = () if is_whole else self._rows.get(key, ())
                self._rows[key] = _merged(old, rows)
            if is_whole:
                self._missing = frozenset(self._rows.keys() - delivered.keys())
            self._missing -= delivered.keys()
            before, self._protected = self._protected, self._live()
            changed = frozenset(map(self._id, before ^ self._protected))
            if changed:
                self._changed.append(changed)
            self._delivered = self._clock()
        self._tell(changed)
        return changed

    def _live(self) -> frozenset[str]:
        return frozenset(
            number
            for (number, _), rows in self._rows.items()
            if any(row.kind != MeasureKind.ENDED for row in _current(rows))
        )

    def _tell(self, changed: frozenset[PersonId]) -> None:
        for listener in self._listeners if changed else ():
            listener(changed)

    def _read(
        self, source: Path | BinaryIO, encoding: Encoding | str, name: str
    ) -> dict[_Key, list[_Row]]:
        with read_table(
            source, _COLUMNS, encoding=encoding, name=name, forbidden=FORBIDDEN
        ) as table:
            refuse_personal_numbers(table.headings, name)
            checks = ProtectionReader(self._municipality_code, name)
            found: dict[_Key, list[_Row]] = {}
            for row, cells in table:
                *known, end, measure = cells
                checks.take(row, tuple(known))
                day = _day(end)
                if day is _BAD:
                    column = "支援措置終了年月日"
                    checks.problems.append(
                        Problem("protection_date", _DATE_TEXT, name, "", row, column, end)
                    )
                elif not checks.problems:
                    found.setdefault((cells[1], measure), []).append(_row(known, day))
        problems = (*checks.problems, *table.problems)
        if problems:
            raise InvalidInput(sorted(problems, key=lambda one: one.row or 0))
        return found


@dataclass(frozen=True, slots=True)
class ProtectedIds:
    """The protected people of one municipality at a moment."""

    municipality_code: str
    numbers: frozenset[str]

    def __contains__(self, person: PersonId) -> bool:
        return (
            person.addressee_number in self.numbers
            and person.municipality_code == self.municipality_code
        )


_BAD: Final = date.min


def _day(text: str) -> date | None:
    """The end date; ``None`` for an open one, :data:`_BAD` if it cannot be read."""
    if not text or text == "9999-12-31":
        return None
    try:
        return FuzzyDate.parse(text).value or _BAD
    except InvalidValue:
        return _BAD


def _row(cells: Sequence[str], end: date | None) -> _Row:
    _, _, kind, history, branch, latest, deleted = cells
    return _Row(rank_of((history, branch, "", "")), latest == "1", deleted == "1", kind, end)


def _merged(old: Iterable[_Row], new: Sequence[_Row]) -> tuple[_Row, ...]:
    """The history of a measure after a delivery, whose rows replace those of the same number."""
    ranks = {row.rank for row in new}
    kept = [row for row in old if row.rank not in ranks]
    if any(row.is_latest for row in new):
        kept = [replace(row, is_latest=False) for row in kept]
    return (*kept, *(row for row in new if not row.is_deleted))


def _current(rows: Sequence[_Row]) -> Sequence[_Row]:
    """The current row of a measure; several if more than one claims to be it: any may protect."""
    flagged = [row for row in rows if row.is_latest]
    if flagged:
        return flagged
    newest = max((row.rank for row in rows), default=0)
    return [row for row in rows if row.rank == newest]


def _reasons(row: _Row, today: date, *, is_missing: bool) -> Iterator[NoticeKind]:
    if row.kind == MeasureKind.ENDED:
        return
    if row.kind == MeasureKind.PROVISIONAL:
        yield NoticeKind.PROVISIONAL
    if row.end is not None and row.end < today:
        yield NoticeKind.PAST
    elif row.end is not None and _month_before(row.end) <= today:
        yield NoticeKind.ENDING
    if is_missing:
        yield NoticeKind.MISSING


def _month_before(day: date) -> date:
    """The same day a month before, or the last of that month (extension: 標準仕様書 3.1)."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))
