"""Builds a new generation of the index from extracts, and makes it current when it is sound.

Chunks that were read stay in a working folder until the generation is current, so the same call
goes on after a kill. Whatever fails, the old generation keeps serving.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import numpy as np

from govkit.errors import InvalidInput, Problem
from govkit.formats.tabular import Encoding, ReadOptions, read_table
from govkit.residents.adapters.extract_columns import COLUMNS, FORBIDDEN, refuse_personal_numbers
from govkit.residents.adapters.extract_rows import no_rows
from govkit.residents.adapters.protection_list import ProtectionList
from govkit.residents.index.assemble import Vocabulary, assemble
from govkit.residents.index.chunks import Chunk, Chunked, cut, read_chunk, shifted
from govkit.residents.index.layout import (
    FORMAT,
    current_generation,
    exclusive,
    install,
    new_generation,
    read_manifest,
    remove_old,
    write_manifest,
)
from govkit.residents.index.merge import merge_city
from govkit.residents.index.verify import column_problems

__all__ = ["NOBODY_PROTECTED", "BuildOptions", "BuildReport", "ExtractFile", "build_index"]

Tell: TypeAlias = Callable[[str, int, int], None]
"""Told after each step: its name, how much is done, and of how much."""

NOBODY_PROTECTED: Final = ProtectionList(frozenset(), 0)
"""Says on purpose that a municipality has nobody under support measures (支援措置)."""

_WORKING: Final = "building"
_STATE: Final = "state.json"
_CHUNK: Final = 24 << 20
_MAX_PROBLEMS: Final = 1000
_ANY_SIZE: Final = ReadOptions(max_bytes=1 << 50)
_Task = TypeVar("_Task")
_Done = TypeVar("_Done")


@dataclass(frozen=True, slots=True)
class ExtractFile:
    """A standard extract of one municipality.

    :param encoding: ``utf-8`` (with or without BOM) or ``cp932``; never guessed.
    """

    path: Path
    municipality_code: str
    encoding: Encoding | str = Encoding.UTF_8


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """How to build.

    :param as_of: Day the extracts stand for.
    :param allowed_change: By what share the number of people of a municipality may differ from
        the generation before; ``None`` for any.
    :param workers: Number of processes that read.
    """

    as_of: date | None = None
    allowed_change: float | None = 0.05
    workers: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build did.

    :param chunks_resumed: Chunks that an earlier, interrupted build had read.
    :param problems: Every refused row and why; the people in them are not in the index.
    :param notices: What a person should know although nothing was refused for it.
    :param seconds: How long each step took.
    """

    generation: str
    people: int
    rows_read: int
    deleted: int
    protected: int
    chunks: int
    chunks_resumed: int
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]
    seconds: Mapping[str, float]


def build_index(
    target: Path,
    extracts: Sequence[ExtractFile],
    *,
    protected: Mapping[str, ProtectionList],
    options: BuildOptions | None = None,
    tell: Tell = lambda step, done, total: None,
) -> BuildReport:
    """Build an index from extracts and make it current.

    Called again after a kill it goes on where it was, as long as the files are the same.

    :param target: Directory of the index; made if it is not there.
    :param extracts: Files; a municipality may have several.
    :param protected: The list of protected people (支援措置) of each municipality;
        :data:`NOBODY_PROTECTED` where there is none.
    :param tell: Told of every step, for a progress bar.
    :raises InvalidInput: When a file is refused as a whole, or the new generation fails a check;
        the old one keeps serving.
    :raises Locked: When another process writes to this index.
    """
    _refuse_missing_lists(extracts, protected)
    with exclusive(target):
        build = _Build(target, extracts, options or BuildOptions(), tell)
        return build.run(protected)


def _refuse_missing_lists(
    extracts: Sequence[ExtractFile], protected: Mapping[str, ProtectionList]
) -> None:
    text = "自治体（{code}）の支援措置対象者の一覧がありません。一覧を指定してください。対象者がいない場合は、いないことを指定してください。"
    codes = sorted({one.municipality_code for one in extracts} - protected.keys())
    if not extracts:
        nothing = "取り込むファイルがありません。1つ以上指定してください。"
        raise InvalidInput([Problem("no_files", nothing)])
    if codes:
        raise InvalidInput(
            [Problem("protection_list_missing", text, params={"code": c}) for c in codes]
        )


@dataclass(slots=True)
class _Problems:
    """Problems of all files, the rows counted as a person counts them."""

    chunks: Sequence[Chunk]
    found: list[Problem] = field(default_factory=list)
    _lines: dict[int, int] = field(default_factory=dict)

    def add(self, chunk: Chunk, records: Iterable[Mapping[str, Any]]) -> None:
        for record in records:
            self.found.append(shifted(dict(record), self._rows_before(chunk)))

    def add_duplicate(self, chunk: Chunk, row: int, number: str) -> None:
        text = "同じ宛名番号の最新の行が二つ以上あります。どれが最新か出力元で確かめてください。"
        made = {"code": "duplicate_latest", "text": text, "file": chunk.path.name, "row": row}
        self.add(chunk, [made | {"column": "宛名番号", "value": number}])

    def _rows_before(self, chunk: Chunk) -> int:
        earlier = [one for one in self.chunks if one.path == chunk.path and one.start < chunk.start]
        for one in earlier:
            if one.number not in self._lines:
                self._lines[one.number] = one.count_lines()
        return sum(self._lines[one.number] for one in earlier)

    def sorted(self) -> tuple[Problem, ...]:
        """Every problem once, in the order of the files."""
        distinct = {(p.code, p.file, p.row, p.column, p.value): p for p in self.found}
        order = {one.path.name: n for n, one in enumerate(self.chunks)}
        return tuple(
            sorted(distinct.values(), key=lambda one: (order.get(one.file, 0), one.row or 0))
        )

    def refuse(self) -> None:
        """Refuse everything, with at most so many problems as a person can read."""
        raise InvalidInput(self.sorted()[:_MAX_PROBLEMS])


class _Build:
    def __init__(
        self, target: Path, extracts: Sequence[ExtractFile], options: BuildOptions, tell: Tell
    ) -> None:
        self._target, self._extracts = target, extracts
        self._options, self._tell = options, tell
        self._folder = target / _WORKING
        self._seconds: dict[str, float] = {}

    def run(self, protected: Mapping[str, ProtectionList]) -> BuildReport:
        chunks = self._prepare()
        problems = _Problems(chunks)
        resumed = sum((self._folder / f"chunk-{one.number:05d}.npz").exists() for one in chunks)
        paths = self._each(
            "read", read_chunk, [(one, self._folder, _MAX_PROBLEMS) for one in chunks]
        )
        vocabulary = Vocabulary()
        facts = self._timed("names", lambda: list(_facts(paths, vocabulary)))
        self._check_files(chunks, facts, problems)
        codes = sorted({one.municipality_code for one in chunks})
        merged = self._merge(codes, chunks, vocabulary, protected)
        for found in merged:
            _take_refusals(found, chunks, facts, problems)
        if len(problems.found) >= _MAX_PROBLEMS:
            problems.refuse()
        people = {code: found["people"] for code, found in zip(codes, merged, strict=True)}
        self._check_change(people, self._options.allowed_change)
        manifest = {
            "municipalities": codes,
            "people": sum(people.values()),
            "people_by_municipality": people,
            "protected": sum(found["protected"] for found in merged),
            "protected_unknown": dict(
                zip(codes, (found["strangers"] for found in merged), strict=True)
            ),
            "profile": "・".join(sorted({one["profile"] for one in facts if one["profile"]})),
            "as_of": as_of.isoformat() if (as_of := self._options.as_of) else None,
            "letters": "".join(sorted({x for one in facts for x in one["letters"]})),
            "sources": _sources(chunks, facts),
        }
        generation = self._timed("write", lambda: self._write(vocabulary, manifest, len(chunks)))
        return BuildReport(
            generation=generation,
            people=manifest["people"],
            rows_read=sum(one["rows"] for one in facts),
            deleted=sum(one["deleted"] for one in facts),
            protected=manifest["protected"],
            chunks=len(chunks),
            chunks_resumed=resumed,
            problems=problems.sorted(),
            notices=tuple(_notices(facts, codes, merged)),
            seconds=self._seconds,
        )

    def _timed(self, step: str, work: Callable[[], _Done]) -> _Done:
        started = time.monotonic()
        self._tell(step, 0, 1)
        done = work()
        self._seconds[step] = time.monotonic() - started
        self._tell(step, 1, 1)
        return done

    def _each(
        self, step: str, work: Callable[..., _Done], tasks: Sequence[tuple[Any, ...]]
    ) -> list[_Done]:
        """Do tasks in the worker processes, in order, and tell how far it is."""
        started = time.monotonic()
        self._tell(step, 0, len(tasks))
        done: list[_Done] = []
        for result in self._results(work, tasks):
            done.append(result)
            self._tell(step, len(done), len(tasks))
        self._seconds[step] = time.monotonic() - started
        return done

    def _results(
        self, work: Callable[..., _Done], tasks: Sequence[tuple[Any, ...]]
    ) -> Iterator[_Done]:
        if self._options.workers < 2 or len(tasks) < 2:
            yield from (work(*task) for task in tasks)
            return
        with ProcessPoolExecutor(self._options.workers, mp_context=get_context("spawn")) as pool:
            yield from pool.map(work, *zip(*tasks, strict=True))

    def _prepare(self) -> list[Chunk]:
        """The chunks; what an earlier build left of other files is thrown away."""
        refusals: list[Problem] = []
        for extract in self._extracts:
            try:
                _check_headings(extract)
            except InvalidInput as refused:
                refusals += refused.problems
        if refusals:
            raise InvalidInput(refusals)
        state = json.dumps([FORMAT, _CHUNK, *map(_signature, self._extracts)])
        path = self._folder / _STATE
        if not path.exists() or path.read_text(encoding="utf-8") != state:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True)
            path.write_text(state, encoding="utf-8")
        chunks: list[Chunk] = []
        for extract in self._extracts:
            header, parts = cut(extract.path, _CHUNK)
            for start, end in parts:
                chunks.append(
                    Chunk(
                        len(chunks),
                        extract.path,
                        extract.municipality_code,
                        Encoding(extract.encoding),
                        header,
                        start,
                        end,
                    )
                )
        return chunks

    def _check_files(
        self, chunks: Sequence[Chunk], facts: Sequence[Mapping[str, Any]], problems: _Problems
    ) -> None:
        rows: dict[Path, int] = {}
        for chunk, one in zip(chunks, facts, strict=True):
            problems.add(chunk, one["problems"])
            rows[chunk.path] = rows.get(chunk.path, 0) + one["rows"]
        is_refused = any(one["refused"] for one in facts)
        empty = [no_rows(path.name) for path, count in rows.items() if not count and not is_refused]
        problems.found += empty
        if is_refused or empty or len(problems.found) >= _MAX_PROBLEMS:
            problems.refuse()

    def _merge(
        self,
        codes: Sequence[str],
        chunks: Sequence[Chunk],
        vocabulary: Vocabulary,
        protected: Mapping[str, ProtectionList],
    ) -> list[dict[str, Any]]:
        tasks = []
        for number, code in enumerate(codes):
            ours = [one.number for one in chunks if one.municipality_code == code]
            names = [vocabulary.name_ids[n] for n in ours]
            places = [vocabulary.place_ids[n] for n in ours]
            numbers = protected[code].protected
            tasks.append(
                (self._folder, number, list(zip(ours, names, places, strict=True)), numbers)
            )
        return self._each("merge", _merge_and_leave, tasks)

    def _check_change(self, people: Mapping[str, int], allowed: float | None) -> None:
        current = current_generation(self._target)
        if not current or allowed is None:
            return
        before: Mapping[str, int] = read_manifest(self._target / current)["people_by_municipality"]
        text = "自治体（{code}）の人数が{before}人から{now}人に変わりました。許す幅（{percent}％）を超えています。ファイルがそろっているか確かめてください。"
        problems = [
            Problem(
                "people_changed",
                text,
                params={
                    "code": code,
                    "before": count,
                    "now": people.get(code, 0),
                    "percent": round(allowed * 100),
                },
            )
            for code, count in before.items()
            if abs(people.get(code, 0) - count) > allowed * count
        ]
        if problems:
            raise InvalidInput(problems)

    def _write(self, vocabulary: Vocabulary, manifest: dict[str, Any], chunks: int) -> str:
        folder = self._folder / "generation"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        cities = len(manifest["municipalities"])
        assemble(folder, vocabulary, cities, lambda n: np.load(self._folder / f"city-{n:03d}.npz"))
        with (folder / "tails.bin").open("wb") as file:
            for n in range(cities):
                with (self._folder / f"tails-{n:03d}").open("rb") as part:
                    shutil.copyfileobj(part, file, 1 << 22)
        for n in range(chunks):
            name = f"records-{n:05d}"
            (folder / name).hardlink_to(self._folder / name)
        write_manifest(folder, manifest)
        if problems := column_problems(folder):
            raise InvalidInput(problems)
        generation = new_generation(self._target)
        folder.rename(self._target / generation)
        install(self._target, generation)
        shutil.rmtree(self._folder, ignore_errors=True)
        remove_old(self._target)
        return generation


def _facts(paths: Iterable[Path], vocabulary: Vocabulary) -> Iterator[dict[str, Any]]:
    """What chunks tell of themselves, but their texts: those go into the vocabulary."""
    for path in paths:
        facts = Chunked.load_facts(path)
        vocabulary.take(facts.pop("names"), facts.pop("places"))
        yield facts
    vocabulary.close()


def _check_headings(extract: ExtractFile) -> None:
    with read_table(
        extract.path, COLUMNS, encoding=extract.encoding, forbidden=FORBIDDEN, options=_ANY_SIZE
    ) as table:
        refuse_personal_numbers(table.headings, extract.path.name)


def _signature(extract: ExtractFile) -> tuple[str, str, str, int, int]:
    facts = extract.path.stat()
    path = str(extract.path.resolve())
    encoding = str(Encoding(extract.encoding))
    return path, extract.municipality_code, encoding, facts.st_size, facts.st_mtime_ns


def _merge_and_leave(
    folder: Path,
    number: int,
    chunks: Sequence[tuple[int, np.ndarray[Any, Any], np.ndarray[Any, Any]]],
    protected: frozenset[str],
) -> dict[str, Any]:
    """Merge a municipality, leave its columns in the working folder, and tell what was refused."""
    loaded = [
        (n, Chunked.load(folder / f"chunk-{n:05d}.npz"), names, places)
        for n, names, places in chunks
    ]
    city = merge_city(loaded, protected)
    with (folder / f"city-{number:03d}.npz").open("wb") as file:
        np.savez(file, allow_pickle=False, **city.columns)
    (folder / f"tails-{number:03d}").write_bytes(city.tails)
    return {
        "people": len(city.columns["flags"]),
        "protected": len(protected) - len(city.strangers),
        "duplicates": city.duplicates,
        "bad": city.bad,
        "strangers": city.strangers,
    }


def _take_refusals(
    found: Mapping[str, Any],
    chunks: Sequence[Chunk],
    facts: Sequence[Mapping[str, Any]],
    problems: _Problems,
) -> None:
    for number, row, addressee in found["duplicates"]:
        problems.add_duplicate(chunks[number], row, addressee)
    for number, row in found["bad"]:
        problems.add(chunks[number], facts[number]["pending"][str(row)])


def _sources(chunks: Sequence[Chunk], facts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Name, size and a hash of each file: the hash of the hashes of its chunks."""
    found = []
    for path in dict.fromkeys(one.path for one in chunks):
        digest = hashlib.blake2b(digest_size=16)
        for chunk, one in zip(chunks, facts, strict=True):
            if chunk.path == path:
                digest.update(bytes.fromhex(one["blake2b"]))
        size = max(one.end for one in chunks if one.path == path)
        found.append({"name": path.name, "bytes": size, "blake2b": digest.hexdigest()})
    return found


def _notices(
    facts: Sequence[Mapping[str, Any]], codes: Sequence[str], merged: Sequence[Mapping[str, Any]]
) -> Iterator[Problem]:
    every = (Problem(**record) for one in facts for record in one["notices"])
    yield from {(one.code, one.file, one.column, one.message): one for one in every}.values()
    text = "自治体（{code}）の支援措置対象者のうち{count}人が見つかりません。一覧と住民票の日付がそろっているか確かめてください。"
    for code, found in zip(codes, merged, strict=True):
        if found["strangers"]:
            params = {"code": code, "count": len(found["strangers"])}
            yield Problem("protected_unknown", text, params=params)
