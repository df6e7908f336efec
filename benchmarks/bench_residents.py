"""Looking residents up in the indexed local store, beside databases on the same rows.

Extracts of ``--people`` invented people over up to 62 municipalities are written (45 columns, one
person in eight with an earlier row), the index is built from them with two processes, and random
questions are asked: a number, a household, the beginning of a reading with the day of birth, letters
from inside a name, and a name with one letter wrong and nothing else. Every answer of the index is
full records, checked by the matcher; the peers answer with a number and a name from a table of six
columns, and know no kanji variants, order of names, aliases or history.

Times are wall-clock milliseconds of one process, the median and the 99th percentile.
"""

import gc
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from measure import print_table
from resident_files import CityFile, write_cities
from resident_peers import PEERS, Row

from govkit.jp.text import search_key
from govkit.residents.adapters.protection_list import ProtectionList
from govkit.residents.index import BuildOptions, ExtractFile, LocalIndex, build_index
from govkit.residents.matching import NameMatch, ResidentQuery
from govkit.residents.records import HouseholdId, PersonId, Resident

LIMIT = 50
KINDS = ("number", "household", "prefix + birth", "prefix", "part", "fuzzy")


@dataclass(frozen=True)
class Questions:
    """Questions by kind: for the index, and the same for the peers."""

    asked: dict[str, list[object]]
    plain: dict[str, list[tuple[object, ...]]]


def options() -> Namespace:
    parser = ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--questions", type=int, default=300, help="of each kind")
    parser.add_argument("--peers", default=",".join(PEERS), help="names, or 0 for none")
    parser.add_argument("--folder", type=Path, help="scratch folder; kept, and used again")
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


def build(folder: Path, files: Sequence[CityFile], workers: int) -> None:
    """Build the index and tell how long each step took."""

    def tell(step: str, done: int, total: int) -> None:
        print(f"\r  {step} {done}/{total}   ", end="", file=sys.stderr)

    started = time.perf_counter()
    report = build_index(
        folder,
        [ExtractFile(one.path, one.code) for one in files],
        protected={one.code: ProtectionList(one.protected, len(one.protected)) for one in files},
        options=BuildOptions(allowed_change=None, workers=workers),
        tell=tell,
    )
    seconds = time.perf_counter() - started
    print("\r", " " * 40, "\r", end="", file=sys.stderr)
    generation = folder / report.generation
    sizes = {path.name: path.stat().st_size for path in generation.iterdir()}
    records = sum(
        size for name, size in sizes.items() if name.startswith(("records", "row_", "tail"))
    )
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    steps = ", ".join(f"{step} {taken:.1f}" for step, taken in report.seconds.items())
    print(f"built from {report.rows_read:,} rows in {seconds:.1f} s ({steps})")
    print(
        f"index {(sum(sizes.values()) - records) / 1e6:,.0f} MB, "
        f"records {records / 1e6:,.0f} MB, peak RSS of a process {peak / 1e3:,.0f} MB"
    )


def sample(index: LocalIndex, count: int) -> list[Resident]:
    """People of all municipalities, at random."""
    draw, columns = random.Random(3), index.columns
    return [columns.resident(draw.randrange(columns.people)) for _ in range(count)]


def questions(people: Sequence[Resident]) -> Questions:
    """One question of each kind about each of these people."""
    draw = random.Random(4)
    asked: dict[str, list[object]] = {kind: [] for kind in KINDS}
    plain: dict[str, list[tuple[object, ...]]] = {kind: [] for kind in KINDS}
    for one in people:
        kana, born, home = one.name.kana_full, one.birth.value, one.household
        assert born is not None
        assert isinstance(home, HouseholdId)
        key = search_key(kana)
        letters = one.name.kana_given if draw.random() < 0.5 else one.name.kana_family
        part = letters[-3:]
        typo = mistyped(kana, draw)
        begin = kana[: draw.randint(2, 4)]
        asked["number"].append(one.id)
        plain["number"].append((one.id.municipality_code, one.id.addressee_number))
        asked["household"].append(home)
        plain["household"].append((home.municipality_code, home.household_number))
        asked["prefix + birth"].append(ResidentQuery(kana=begin, birth_from=born, birth_to=born))
        plain["prefix + birth"].append((search_key(begin), born.isoformat()))
        asked["prefix"].append(ResidentQuery(kana=begin))
        plain["prefix"].append((search_key(begin),))
        asked["part"].append(ResidentQuery(kana=part, name_match=NameMatch.PART))
        plain["part"].append((search_key(part),))
        asked["fuzzy"].append(ResidentQuery(kana=typo, name_match=NameMatch.FUZZY))
        plain["fuzzy"].append((search_key(typo),))
        assert key
    return Questions(asked, plain)


def mistyped(kana: str, draw: random.Random) -> str:
    """A name with one letter left out, doubled, replaced or swapped with the next."""
    at = draw.randrange(len(kana) - 1)
    if kana[at] == "　":
        at += 1
    edits = (
        kana[:at] + kana[at + 1 :],
        kana[:at] + "ラ" + kana[at:],
        kana[:at] + "メ" + kana[at + 1 :],
        kana[:at] + kana[at + 1 : at + 2] + kana[at] + kana[at + 2 :],
    )
    return draw.choice(edits)


def ask(index: LocalIndex, question: object) -> int:
    """Ask the index; how many people it gives."""
    if isinstance(question, PersonId):
        return len(index.get_many([question]))
    if isinstance(question, HouseholdId):
        return len(index.household(question))
    assert isinstance(question, ResidentQuery)
    return len(index.search(question, LIMIT))


def clock(act: Callable[[object], int], asked: Sequence[object]) -> tuple[float, float, float]:
    """Median and 99th percentile in milliseconds, and how many rows an answer has on average."""
    times: list[float] = []
    rows = 0
    for question in asked:
        started = time.perf_counter()
        rows += act(question)
        times.append((time.perf_counter() - started) * 1e3)
    cuts = statistics.quantiles(times, n=100)
    return statistics.median(times), cuts[98], rows / len(asked)


def resident_memory() -> tuple[float, float]:
    """Anonymous and file-backed memory of this process in MB."""
    found = {}
    for line in Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name in ("RssAnon", "RssFile"):
            found[name] = int(value.split()[0]) / 1e3
    return found["RssAnon"], found["RssFile"]


def figure(cut: float) -> str:
    return f"{cut:.3f}" if cut < 10 else f"{cut:,.1f}"


def rows_of(index: LocalIndex) -> "list[Row]":
    """All people as the rows the peers hold."""
    columns = index.columns
    people = (columns.resident(place) for place in range(columns.people))
    return [
        Row(
            one.id.municipality_code,
            one.id.addressee_number,
            one.name.full,
            search_key(one.name.kana_full),
            (one.birth.value or date.min).isoformat(),
            one.household.household_number if isinstance(one.household, HouseholdId) else "",
        )
        for one in people
    ]


def _spread(act: Callable[..., int], values: tuple[object, ...]) -> int:
    return act(*values)


def main() -> None:
    chosen = options()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="govkit-residents-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        measure(chosen, folder)
    finally:
        if not chosen.folder:
            shutil.rmtree(folder)


def measure(chosen: Namespace, folder: Path) -> None:
    target = folder / "index"
    if not (target / "CURRENT").exists():
        started = time.perf_counter()
        files = write_cities(folder, chosen.people, chosen.workers)
        size = sum(one.path.stat().st_size for one in files)
        seconds = time.perf_counter() - started
        print(f"{chosen.people:,} people written, {size / 1e6:,.0f} MB, in {seconds:.1f} s")
        build(target, files, chosen.workers)
        for one in files:
            one.path.unlink()
    index = LocalIndex(target)
    wanted = questions(sample(index, chosen.questions))
    table: list[list[str]] = []
    gc.freeze()
    figures = {}
    for kind in KINDS:
        for question in wanted.asked[kind][:10]:
            ask(index, question)
        figures[kind] = clock(lambda question, kind=kind: ask(index, question), wanted.asked[kind])
    table.append(["govkit", *(f"{figure(a)} / {figure(b)}" for a, b, _ in figures.values())])
    anonymous, mapped = resident_memory()
    print(f"RSS after all questions: {anonymous:,.0f} MB of its own, {mapped:,.0f} MB of the files")
    table.append(["(rows)", *(f"{rows:.1f}" for _, _, rows in figures.values())])
    if chosen.peers != "0":
        rows = rows_of(index)
        for name in chosen.peers.split(","):
            table.append(ask_peer(name, folder, rows, wanted))
    print_table(["p50 / p99 ms", *KINDS], table)


def ask_peer(name: str, folder: Path, rows: "list[Row]", wanted: Questions) -> list[str]:
    peer = PEERS[name]
    started = time.perf_counter()
    with peer(folder, rows) as opened:
        seconds = time.perf_counter() - started
        print(f"{name}: loaded and indexed in {seconds:.1f} s, {opened.size() / 1e6:,.0f} MB")
        cells = [name]
        for kind in KINDS:
            act = opened.acts.get(kind)
            if act is None:
                cells.append("-")
                continue
            asked = wanted.plain[kind]
            started = time.perf_counter()
            act(*asked[0])
            slow = time.perf_counter() - started > 0.05
            median, worst, _ = clock(partial(_spread, act), asked[:30] if slow else asked)
            cells.append(f"{figure(median)} / {figure(worst)}")
    return cells


if __name__ == "__main__":
    main()
