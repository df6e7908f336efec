"""Cuts extracts into chunks at record boundaries and reads each chunk in a process of its own.

A chunk that was read lies as two files in the working folder: its rows as arrays, and the records
themselves. Both are there or the arrays are not, so a build that was killed goes on with what is
finished.
"""

import csv
import gc
import hashlib
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Final

import numpy as np

from govkit.errors import InvalidInput, Problem
from govkit.formats.tabular import Encoding, ReadOptions, read_table
from govkit.residents.adapters.extract_columns import (
    COLUMNS,
    FORBIDDEN,
    Cells,
    profile_of,
    refuse_personal_numbers,
)
from govkit.residents.adapters.extract_history import DELETED
from govkit.residents.adapters.extract_rows import Dates, RowChecker, extract_notices
from govkit.residents.index.keying import EntryMaker, PlaceMaker
from govkit.residents.records import FuzzyDate

__all__ = [
    "LATEST_DAY",
    "NO_DAY",
    "Chunk",
    "Chunked",
    "cut",
    "problem_record",
    "read_chunk",
    "shifted",
]

NO_DAY: Final = 1
"""First day of a birth without a lower bound, as a proleptic ordinal."""
LATEST_DAY: Final = 3_652_059
"""Last day of a birth without an upper bound: 31 December 9999."""

_BLOCK: Final = 1 << 22
# A newline with an odd number of quotes before it is searched no further than this.
_PATIENCE: Final = 1 << 20
_REMEMBERED: Final = 1 << 18
_SEX: Final[dict[str, int]] = {"1": 1, "2": 2}
_STATUS: Final[dict[str, int]] = {"1": 0, "": 0, "2": 1, "3": 2, "9": 3}
_CODES: Final = itemgetter(*map(Cells._fields.index, ("sex", "status", "kind")))
_HOUSEHOLD: Final = Cells._fields.index("household_number")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole records of a file.

    :param number: Number of the chunk in the whole build.
    :param header: Bytes of the headings, a byte order mark included.
    :param start: Offset of the first byte; ``end`` one past the last.
    """

    number: int
    path: Path
    municipality_code: str
    encoding: Encoding
    header: int
    start: int
    end: int

    def stream(self) -> BinaryIO:
        """The headings and the records of the chunk as a file."""
        with self.path.open("rb") as file:
            header = file.read(self.header)
            file.seek(self.start)
            return io.BytesIO(header + file.read(self.end - self.start))

    def count_lines(self) -> int:
        """Records in the chunk, blank ones too."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            outside = file.read(self.end - self.start).split(b'"')[::2]
        return sum(piece.count(b"\n") for piece in outside)


def cut(path: Path, size: int) -> tuple[int, list[tuple[int, int]]]:
    """Length of the headings, and where chunks of about this size begin and end.

    A chunk never ends inside a quoted cell.
    """
    with path.open("rb") as file:
        header = _end_of_record(file, 0)
        end_of_file = file.seek(0, io.SEEK_END)
        cuts = [header]
        while cuts[-1] + size < end_of_file:
            cuts.append(_cut_after(file, cuts[-1], cuts[-1] + size, end_of_file))
    if cuts[-1] < end_of_file or len(cuts) == 1:
        cuts.append(end_of_file)
    return header, list(pairwise(cuts))


def _cut_after(file: BinaryIO, start: int, wanted: int, end_of_file: int) -> int:
    quotes, place = 0, start
    file.seek(start)
    while place < wanted:
        block = file.read(min(_BLOCK, wanted - place))
        quotes += block.count(b'"')
        place += len(block)
    while place < min(wanted + _PATIENCE, end_of_file):
        line = file.readline()
        quotes += line.count(b'"')
        place += len(line)
        if quotes % 2 == 0:
            return place
    # A quote inside a cell without quotes: only reading tells where a record ends.
    return end_of_file if place >= end_of_file else _end_of_record(file, start, after=wanted)


def _end_of_record(file: BinaryIO, start: int, after: int = 0) -> int:
    """Offset of the first end of a record behind a place, reading records from the start."""
    file.seek(start)
    place = start

    def lines() -> Iterator[str]:
        nonlocal place
        while line := file.readline():
            place += len(line)
            yield line.decode("latin-1")

    rows = csv.reader(lines())
    for _ in rows:
        if place > after:
            return place
    return place


@dataclass(frozen=True, slots=True)
class Chunked:
    """What was read of a chunk: its arrays and facts."""

    arrays: dict[str, np.ndarray[Any, Any]]
    facts: dict[str, Any]

    @classmethod
    def load(cls, path: Path) -> "Chunked":
        """Read what :func:`read_chunk` left."""
        with np.load(path) as found:
            arrays = {name: found[name] for name in found.files}
        facts = json.loads(arrays.pop("facts").tobytes())
        return cls(arrays, facts)

    @staticmethod
    def load_facts(path: Path) -> dict[str, Any]:
        """The facts alone."""
        with np.load(path) as found:
            facts: dict[str, Any] = json.loads(found["facts"].tobytes())
        return facts


def read_chunk(chunk: Chunk, folder: Path, max_problems: int) -> Path:
    """Read a chunk and leave it in the working folder; a chunk that is there stays as it is.

    What refuses the file as a whole is left as a problem too, so that all of them are told.

    :returns: The file of the arrays.
    """
    path = folder / f"chunk-{chunk.number:05d}.npz"
    if path.exists():
        return path
    # An orphan of a killed build may still be at the same chunk: each writes files of its own.
    records = folder / f"records-{chunk.number:05d}.{os.getpid()}"
    stream = chunk.stream()
    reader = _ChunkReader(max_problems)
    with records.open("wb") as file, _without_collector():
        reader.read(chunk, stream, file)
    records.replace(records.with_suffix(""))
    stream.seek(chunk.header)
    reader.facts["blake2b"] = hashlib.blake2b(stream.read(), digest_size=16).hexdigest()
    arrays = reader.arrays()
    facts = json.dumps(reader.facts, ensure_ascii=True).encode()
    new = path.with_suffix(f".{os.getpid()}")
    with new.open("wb") as file:
        np.savez(file, allow_pickle=False, facts=np.frombuffer(facts, np.uint8), **arrays)
    new.replace(path)
    return path


@contextmanager
def _without_collector() -> Iterator[None]:
    """Rows make no cycles; looking for them would cost a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def problem_record(problem: Problem) -> dict[str, Any]:
    """A problem as JSON."""
    return {
        "code": problem.code,
        "text": problem.text,
        "file": problem.file,
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "params": dict(problem.params),
    }


class _ChunkReader:
    def __init__(self, max_problems: int) -> None:
        self._max_problems = max_problems
        self._rows: list[tuple[Any, ...]] = []
        self._numbers: list[str] = []
        self._households: list[bytes] = []
        self._entries: list[list[tuple[int, int, int]]] = []
        self._tails: list[bytes] = []
        self._names, self._places = EntryMaker(), PlaceMaker()
        self.facts: dict[str, Any] = {
            "problems": [],
            "notices": [],
            "pending": {},
            "rows": 0,
            "deleted": 0,
            "profile": "",
            "refused": False,
        }

    def read(self, chunk: Chunk, stream: BinaryIO, records: BinaryIO) -> None:
        name, facts = chunk.path.name, self.facts
        options = ReadOptions(max_problems=self._max_problems)
        try:
            with read_table(
                stream,
                COLUMNS,
                encoding=chunk.encoding,
                name=name,
                forbidden=FORBIDDEN,
                options=options,
            ) as table:
                refuse_personal_numbers(table.headings, name)
                checker = RowChecker(
                    table,
                    chunk.municipality_code,
                    name=name,
                    max_problems=self._max_problems,
                    dates=_dates(),
                )
                self._take(checker, records)
                facts["notices"] = list(map(problem_record, extract_notices(table, name)))
                facts["profile"] = profile_of(table.headings)
                facts["rows"] = table.row_count
                found = (*table.problems, *checker.problems)
        except InvalidInput as refused:
            found, facts["refused"] = refused.problems, True
        facts["problems"] = list(map(problem_record, found))
        facts["names"] = list(self._names.ids)
        facts["places"] = list(self._places.ids)
        facts["letters"] = "".join(sorted(self._places.letters))

    def _take(self, checker: RowChecker, records: BinaryIO) -> None:
        place, deleted = 0, 0
        for row, cells, rank, content, birth in checker:
            if rank == DELETED:
                deleted += 1
                continue
            if birth is None:
                birth = self._look_closer(checker, row, content)
            number, tail, building = self._places.place(cells)
            text = content.encode("utf-8", "surrogatepass")
            first, last = (NO_DAY, LATEST_DAY) if birth is None else _bounds(birth)
            flags = self._flags(cells)
            self._rows.append(
                (row, rank, place, len(text), first, last, flags, number, birth is None)
            )
            self._numbers.append(cells[1])
            self._households.append(cells[_HOUSEHOLD].encode("utf-8", "surrogatepass"))
            self._entries.append(self._names.entries(cells))
            self._tails.append(f"{tail}\x1f{building}".encode("utf-8", "surrogatepass"))
            records.write(text)
            place += len(text)
        self.facts["deleted"] = deleted

    def _look_closer(self, checker: RowChecker, row: int, content: str) -> FuzzyDate | None:
        """The birth of a row that may be current; its problems wait until that is known."""
        before, checker.problems = checker.problems, []
        birth = checker.checked_birth(row, content)
        if birth is None:
            self.facts["pending"][str(row)] = list(map(problem_record, checker.problems))
        checker.problems = before
        return birth

    @staticmethod
    def _flags(cells: tuple[str, ...]) -> int:
        sex, status, kind = _CODES(cells)
        foreign = 16 if kind == "2" else 0
        return _SEX.get(sex, 0) | _STATUS.get(status, 3) << 2 | foreign

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        columns = list(zip(*self._rows, strict=True)) or [()] * 9
        types = (np.uint32, np.int64, np.uint64, np.uint32, np.int32, np.int32, np.uint8)
        names = ("row", "rank", "at", "size", "first", "last", "flags")
        found: dict[str, np.ndarray[Any, Any]] = {
            name: np.array(column, kind)
            for name, kind, column in zip(names, types, columns, strict=False)
        }
        found["place"] = np.array(columns[7], np.uint32)
        found["is_bad"] = np.array(columns[8], np.bool_)
        found["number"] = np.array(self._numbers, "S15")
        found["household"] = np.array(self._households, "S")
        flat = list(chain.from_iterable(self._entries))
        entries = np.array(flat, np.uint32).reshape(-1, 3)
        found["entries"] = np.fromiter(map(len, self._entries), np.uint16, len(self._entries))
        found["family"], found["given"] = entries[:, 0].copy(), entries[:, 1].copy()
        found["kind"] = entries[:, 2].astype(np.uint8)
        found["tail_size"] = np.fromiter(map(len, self._tails), np.uint32, len(self._tails))
        found["tails"] = np.frombuffer(b"".join(self._tails), np.uint8)
        return found


class _Known:
    """What a worker process remembers of dates from chunk to chunk."""

    dates = Dates()
    bounds: ClassVar[dict[int, tuple[int, int]]] = {}


def _dates() -> Dates:
    if _Known.dates.size > _REMEMBERED:
        _Known.dates = Dates()
        _Known.bounds.clear()
    return _Known.dates


def _bounds(birth: FuzzyDate) -> tuple[int, int]:
    """First and last day a birth can lie on; equal births are one object of the known dates."""
    found = _Known.bounds.get(id(birth))
    if found is None:
        first, last = birth.earliest, birth.latest
        found = _Known.bounds[id(birth)] = (
            first.toordinal() if first else NO_DAY,
            last.toordinal() if last else LATEST_DAY,
        )
    return found


def shifted(problem: dict[str, Any], rows: int) -> Problem:
    """A problem of a chunk as one of the file, ``rows`` records after its beginning."""
    made = Problem(**problem)
    is_record = made.row is not None and made.row > 1
    return replace(made, row=(made.row or 0) + rows) if is_record else made
