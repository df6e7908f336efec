"""Checks of a generation: every file whole, every number in range, every list in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

from govkit.errors import Problem
from govkit.residents.index.columns import Columns
from govkit.residents.index.layout import checksum, current_generation, read_manifest
from govkit.residents.index.merge import NO_HOUSEHOLD
from govkit.residents.source import SourceUnavailable

__all__ = ["IndexReport", "column_problems", "verify_index"]

_BROKEN: Final = "索引の「{part}」が壊れています。索引を作り直してください。"
_MISSING: Final = "索引がまだありません。住民票のファイルから作ってください。"


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a check of an index found.

    :param generation: The current generation, blank if there is none.
    :param problems: What is broken; empty if nothing is.
    """

    generation: str
    people: int
    bytes: int
    problems: tuple[Problem, ...]


def verify_index(target: Path) -> IndexReport:
    """Check the current generation: checksums of all files, and everything that refers to another.

    :raises OSError: When files cannot be read.
    """
    generation = current_generation(target)
    if not generation:
        return IndexReport("", 0, 0, (Problem("index_missing", _MISSING),))
    folder = target / generation
    try:
        manifest = read_manifest(folder)
        base = target / manifest.get("base", generation)
        Columns(base)
    except SourceUnavailable:
        return IndexReport(generation, 0, 0, (_broken("manifest"),))
    size, spoilt = 0, []
    for part in {folder, base}:
        for name, facts in read_manifest(part)["files"].items():
            size += facts["bytes"]
            if checksum(part / name) != facts["blake2b"]:
                spoilt.append(name)
    problems = tuple(map(_broken, sorted(spoilt))) or column_problems(base)
    return IndexReport(generation, manifest["people"], size, problems)


def column_problems(folder: Path) -> tuple[Problem, ...]:
    """What in the columns of a generation does not fit together."""
    columns = Columns(folder)
    checks = (*_people(columns), *_groups(columns), *_names(columns))
    return tuple(_broken(part) for part, is_fine in checks if not is_fine)


def _broken(part: str) -> Problem:
    return Problem("index_broken", _BROKEN, params={"part": part})


_Check = tuple[str, bool]


def _below(column: NDArray[Any], limit: int) -> bool:
    return not len(column) or int(column.max()) < limit


def _is_start(column: NDArray[Any], groups: int, total: int) -> bool:
    whole = len(column) == groups + 1 and int(column[0]) == 0 and int(column[-1]) == total
    return whole and bool((column[1:] >= column[:-1]).all())


def _people(columns: Columns) -> Iterator[_Check]:
    people = columns.people
    yield "city_start", _is_start(columns.city_start, len(columns.municipalities), people)
    for first, last in zip(columns.city_start, columns.city_start[1:], strict=False):
        numbers = columns.number[first:last]
        yield "number", bool((numbers[1:] > numbers[:-1]).all())
    for name in ("number", "born_first", "born_last", "flags", "place", "household"):
        yield name, len(getattr(columns, name)) == people
    yield "born_last", bool((columns.born_first <= columns.born_last).all())
    known = columns.born_first[columns.by_birth]
    yield "by_birth", bool((known[1:] >= known[:-1]).all())
    yield "unsure_birth", len(columns.by_birth) + len(columns.unsure_birth) == people
    rows = int(columns.row_start[-1])
    yield "row_start", _is_start(columns.row_start, people, rows)
    yield "row_start", bool((columns.row_start[1:] > columns.row_start[:-1]).all())
    yield "tail_start", _is_start(columns.tail_start, people, len(columns.tails))


def _groups(columns: Columns) -> Iterator[_Check]:
    homes, places = len(columns.household_number), len(columns.places)
    members = columns.household_person
    start = columns.household_start
    yield "household_start", _is_start(start, homes, len(members))
    yield "household_start", bool((start[1:] > start[:-1]).all())
    yield "household_person", _below(members, columns.people)
    yield "household", len(members) == int((columns.household != NO_HOUSEHOLD).sum())
    yield "place", _below(columns.place, places) and len(columns.place_texts) == places
    yield "place_start", _is_start(columns.place_start, places, len(columns.place_person))
    yield "place_person", _below(columns.place_person, columns.people)


def _names(columns: Columns) -> Iterator[_Check]:
    texts, entries = len(columns.names), len(columns.entry_kind)
    yield "entry_start", _is_start(columns.entry_start, columns.people, entries)
    for name in ("entry_family", "entry_given", "family_given", "given_family"):
        column = getattr(columns, name)
        yield name, len(column) == entries and _below(column, texts)
    for name in ("family_person", "given_person"):
        column = getattr(columns, name)
        yield name, len(column) == entries and _below(column, columns.people)
    for name in ("family_start", "given_start"):
        yield name, _is_start(getattr(columns, name), texts, entries)
