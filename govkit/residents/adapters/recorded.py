"""Questions and answers of a source in a file, to be answered again: for tests and for support.

A recording holds invented people alone. It is no door by which personal data leave: a
:class:`Recorder` is given the invented people, and refuses an answer with anybody else in it. Real
people are not scrambled either, for what still answers a search as the original did can be told from
the original.
"""

import json
import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from govkit.errors import GovkitError, InvalidInput, Problem
from govkit.residents.codec import from_record, to_record
from govkit.residents.matching import ResidentQuery
from govkit.residents.records import HouseholdId, PersonId, Resident
from govkit.residents.source import (
    OUTAGES,
    Capability,
    Changes,
    Health,
    ResidentSource,
    SourceDescription,
    SourceUnavailable,
    UnsupportedQuery,
)

__all__ = ["NotInvented", "NotRecorded", "Recorder", "Replayer"]

_VERSION: Final = 1
_BROKEN: Final = "記録のファイルとして読めません。もう一度記録してください。"

Answer = TypeVar("Answer")
Json = Any


class NotInvented(GovkitError):
    """An answer holds somebody who is not among the invented people; nothing was recorded."""

    code = "recording_not_invented"


class NotRecorded(GovkitError):
    """The recording has no answer to this question.

    :ivar question: The question as the recording would hold it.
    """

    code = "question_not_recorded"

    def __init__(self, question: str) -> None:
        super().__init__(f"not in the recording: {question}")
        self.question = question


def _question(method: str, *arguments: Json) -> str:
    return json.dumps([method, *arguments], ensure_ascii=False, separators=(",", ":"))


def _id(one: PersonId | HouseholdId) -> list[str]:
    number = one.addressee_number if isinstance(one, PersonId) else one.household_number
    return [one.municipality_code, number]


def _asked(query: ResidentQuery) -> dict[str, Json]:
    """What differs from a blank query."""
    blank = ResidentQuery()
    given = {item.name: getattr(query, item.name) for item in fields(query)}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in given.items()
        if value != getattr(blank, name)
    }


def _questions_of_ids(ids: Sequence[PersonId]) -> str:
    return _question("get_many", [_id(one) for one in ids])


class Recorder(ResidentSource):
    """Asks a source, and writes down every question with its answer, outages too.

    Close it, or use it in a ``with`` statement.

    :param invented: Everybody whom the source may name.
    :raises FileExistsError: When there is such a file already.
    """

    def __init__(self, source: ResidentSource, path: Path, *, invented: Iterable[Resident]) -> None:
        self._source = source
        self._invented = {(one.id, one.name, one.birth) for one in invented}
        self._lock = threading.Lock()
        new = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(new, "w", encoding="utf-8")
        self._write({"v": _VERSION})
        self.describe()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the source can still be asked by others."""
        self._file.close()

    def describe(self) -> SourceDescription:
        """What the source is."""
        return self._told("describe", self._source.describe, _description_record)

    def health(self) -> Health:
        """Whether the source can answer now."""
        return self._told("health", self._source.health, _health_record)

    def changes(self, since: str) -> Changes:
        """Who changed since a version."""
        question = _question("changes", since)
        return self._told(question, lambda: self._source.changes(since), _changes_record)

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        """The residents with these ids."""
        wanted = list(ids)
        found = self._people(
            _questions_of_ids(wanted), lambda: self._source.get_many(wanted).values()
        )
        return {one.id: one for one in found}

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        """Everybody the query describes, by id, at most ``limit + 1``."""
        question = _question("search", _asked(query), limit)
        return self._people(question, lambda: self._source.search(query, limit))

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        """All members of a household, the head first."""
        question = _question("household", _id(household))
        return self._people(question, lambda: self._source.household(household))

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days, by id; all are read before the first is given."""
        question = _question("born_between", first.isoformat(), last.isoformat())
        return iter(self._people(question, lambda: self._source.born_between(first, last)))

    def _people(self, question: str, ask: Callable[[], Iterable[Resident]]) -> list[Resident]:
        return self._told(question, lambda: list(ask()), self._records)

    def _records(self, people: Sequence[Resident]) -> Json:
        if any((one.id, one.name, one.birth) not in self._invented for one in people):
            raise NotInvented("somebody in the answer is not among the invented people")
        return [to_record(one) for one in people]

    def _told(
        self, question: str, ask: Callable[[], Answer], record: Callable[[Answer], Json]
    ) -> Answer:
        try:
            answer = ask()
        except UnsupportedQuery as refused:
            self._write({"q": question, "unsupported": str(refused)})
            raise
        except OUTAGES as outage:
            wait = getattr(outage, "retry_after", None)
            self._write({"q": question, "outage": type(outage).__name__, "retry_after": wait})
            raise
        self._write({"q": question, "a": record(answer)})
        return answer

    def _write(self, line: Mapping[str, Json]) -> None:
        text = json.dumps(line, ensure_ascii=True, separators=(",", ":"))
        with self._lock:
            self._file.write(f"{text}\n")
            self._file.flush()


class Replayer(ResidentSource):
    """Answers from a recording: the same question the same way, each time as it went then.

    A question that was asked several times is answered in that order, and in the end always by the
    last answer.

    :raises InvalidInput: When the file is no recording, or is cut.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._answers: defaultdict[str, list[Mapping[str, Json]]] = defaultdict(list)
        self._next: defaultdict[str, int] = defaultdict(int)
        try:
            header, *lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
            if header != {"v": _VERSION}:
                raise ValueError("version")
            for line in lines:
                self._answers[line["q"]].append(line)
        except (ValueError, KeyError, TypeError):
            raise InvalidInput([Problem("recording_broken", _BROKEN, path.name)]) from None

    def describe(self) -> SourceDescription:
        """What the source was."""
        return self._told("describe", _description)

    def health(self) -> Health:
        """Whether the source could answer then; up if nobody asked."""
        if "health" not in self._answers:
            return Health(True)
        return self._told("health", lambda record: Health(*record))

    def changes(self, since: str) -> Changes:
        """Who changed since a version."""
        return self._told(_question("changes", since), _changes)

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        """The residents with these ids; asked for together then."""
        return {one.id: one for one in self._told(_questions_of_ids(ids), _people)}

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        """Everybody the query describes, by id, at most ``limit + 1``."""
        return self._told(_question("search", _asked(query), limit), _people)

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        """All members of a household, the head first."""
        return self._told(_question("household", _id(household)), _people)

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days, by id."""
        question = _question("born_between", first.isoformat(), last.isoformat())
        return iter(self._told(question, _people))

    def _told(self, question: str, read: Callable[[Json], Answer]) -> Answer:
        with self._lock:
            answers = self._answers.get(question)
            if not answers:
                raise NotRecorded(question)
            at = self._next[question]
            self._next[question] = min(at + 1, len(answers) - 1)
        line = answers[at]
        if "unsupported" in line:
            raise UnsupportedQuery(line["unsupported"])
        if "outage" in line:
            raise SourceUnavailable(line["outage"], line["retry_after"])
        return read(line["a"])


def _people(records: Json) -> list[Resident]:
    return [from_record(record) for record in records]


def _description_record(told: SourceDescription) -> Json:
    day = told.as_of.isoformat() if told.as_of else None
    return [told.name, told.profile, day, told.rows, sorted(told.capabilities)]


def _description(record: Json) -> SourceDescription:
    name, profile, day, rows, able = record
    as_of = date.fromisoformat(day) if day else None
    return SourceDescription(name, profile, as_of, rows, frozenset(map(Capability, able)))


def _health_record(told: Health) -> Json:
    return [told.is_up, told.retry_after, told.note]


def _changes_record(told: Changes) -> Json:
    return [told.version, None if told.ids is None else [_id(one) for one in told.ids]]


def _changes(record: Json) -> Changes:
    version, ids = record
    return Changes(version, None if ids is None else tuple(PersonId(*one) for one in ids))
