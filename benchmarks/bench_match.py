"""Batch match of spoiled claims with an invented city, beside Splink on DuckDB.

Both get the same claims and residents. govkit runs in as many processes as it is told, each with
its share of the claims, Splink in one with as many threads. govkit starts from the
index on disk; Splink from tables in memory with the columns of ``govkit.residents.splink_columns``
(names and places folded, one byte a kana), whose making is told apart as *prepared*. Splink
estimates its probabilities first, as it is meant to be used. A link is right if it is the person meant; recall is
told for links alone, and with those for whom a person has to look.
"""

import gc
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from measure import print_table
from peers import site_packages

from govkit.residents.index import NOBODY_PROTECTED, ExtractFile, LocalIndex, build_index
from govkit.residents.linkage import LINK_AT, REVIEW_AT, Linker, LinkOutcome
from govkit.residents.records import PersonId, Resident, Status
from govkit.residents.splink_columns import COLUMNS, claim_rows, resident_rows, splink_settings
from govkit.residents.synthetic import Population
from govkit.residents.synthetic.claims import KnownClaim, spoiled_claims

CITY = "132012"
PACKAGES = ("splink==5.0.0",)


@dataclass(frozen=True)
class Outcome:
    """What a system did.

    :param people: For each claim the likeliest people as text, the best first.
    :param is_link: Whether the claim was linked to the first.
    :param wall: Seconds; ``cpu`` of all threads; ``rss`` the peak in MB.
    :param prepared: Seconds before that for making its tables.
    """

    people: Sequence[Sequence[str]]
    is_link: Sequence[bool]
    wall: float
    cpu: float
    rss: float
    prepared: float = 0.0


def text(person: PersonId) -> str:
    return f"{person.municipality_code}-{person.addressee_number}"


def residents_of(folder: Path) -> Iterator[Resident]:
    columns = LocalIndex(folder).columns
    return map(columns.resident, range(columns.people))


def timed(act: Callable[[], tuple[list[list[str]], list[bool]]]) -> Outcome:
    wall, cpu = time.perf_counter(), time.process_time()
    people, is_link = act()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Outcome(people, is_link, wall, cpu, rss)


def run_govkit(folder: Path, known: Sequence[KnownClaim]) -> Outcome:
    def act() -> tuple[list[list[str]], list[bool]]:
        people, is_link = [], []
        for decision in Linker(LocalIndex(folder)).match(each.claim for each in known):
            people.append([text(one.resident.id) for one in decision.people])
            is_link.append(decision.outcome is LinkOutcome.LINK)
        return people, is_link

    return timed(act)


def run_splink(folder: Path, known: Sequence[KnownClaim]) -> Outcome:
    splink, backend = import_module("splink"), import_module("splink.backends.duckdb")
    library = import_module("pyarrow")
    start = time.perf_counter()
    claims = columns_of(claim_rows(each.claim for each in known))
    residents = columns_of(resident_rows(residents_of(folder)))
    people = LocalIndex(folder).columns.people
    prepared = time.perf_counter() - start

    def act() -> tuple[list[list[str]], list[bool]]:
        api = backend.DuckDBAPI()
        tables = [
            api.register(library.table(claims), table_name="claims"),
            api.register(library.table(residents), table_name="residents"),
        ]
        linker = splink.Linker(tables, splink_settings(people), log_level=40)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
        linker.training.estimate_parameters_using_expectation_maximisation(
            "l.birth = r.birth and l.kana = r.kana"
        )
        linker.training.estimate_parameters_using_expectation_maximisation(
            "l.name = r.name and l.sex = r.sex and substr(l.birth, 1, 4) = substr(r.birth, 1, 4)"
        )
        pairs = linker.inference.predict(threshold_match_weight=REVIEW_AT).as_dict()
        return ranked(pairs, known)

    return replace(timed(act), prepared=prepared)


def columns_of(rows: Iterator[Mapping[str, str | None]]) -> dict[str, list[str | None]]:
    found: dict[str, list[str | None]] = {column: [] for column in COLUMNS}
    for row in rows:
        for column, values in found.items():
            values.append(row[column])
    return found


def ranked(
    pairs: Mapping[str, list], known: Sequence[KnownClaim]
) -> tuple[list[list[str]], list[bool]]:
    best: dict[str, dict[str, float]] = {}
    names = ("source_dataset_l", "person_l", "person_r", "match_weight")
    for source, left, right, weight in zip(*(pairs[name] for name in names), strict=True):
        claim, person = (left, right) if source == "claims" else (right, left)
        found = best.setdefault(claim, {})
        found[person] = max(weight, found.get(person, weight))
    people, is_link = [], []
    for each in known:
        found = best.get(each.claim.key, {})
        order = sorted(found, key=lambda one: (-found[one], one))
        people.append(order)
        is_link.append(bool(order) and found[order[0]] >= LINK_AT)
    return people, is_link


def quality(
    outcome: Outcome, known: Sequence[KnownClaim], homes: Mapping[str, tuple[str, str]]
) -> Counter[str]:
    """Counts of right and wrong links, of reviews with the right person, and of twins mistaken."""
    found: Counter[str] = Counter()
    for each, people, is_link in zip(known, outcome.people, outcome.is_link, strict=True):
        truth = text(each.truth) if each.truth else None
        found["present"] += truth is not None
        if is_link:
            found["right" if people[0] == truth else "wrong"] += 1
            if truth and people[0] != truth and homes.get(people[0]) == homes[truth]:
                found["twins"] += 1
        elif truth in people:
            found["review"] += 1
    return found


def worker(name: str, folder: Path, known: Sequence[KnownClaim], site: str) -> Outcome:
    sys.path.append(site)
    gc.collect()
    gc.freeze()  # the truth about the claims is the benchmark's own, not what is measured
    return {"govkit": run_govkit, "Splink": run_splink}[name](folder, known)


def run(name: str, folder: Path, known: Sequence[KnownClaim], site: str, workers: int) -> Outcome:
    """What a system does in so many processes at once, each with its share of the claims."""
    share = -(-len(known) // workers)
    parts = [known[at : at + share] for at in range(0, len(known), share)]
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        done = pool.starmap(worker, [(name, folder, part, site) for part in parts], chunksize=1)
    return Outcome(
        [people for each in done for people in each.people],
        [is_link for each in done for is_link in each.is_link],
        max(each.wall for each in done),
        sum(each.cpu for each in done),
        sum(each.rss for each in done),
        max(each.prepared for each in done),
    )


def prepared(folder: Path, chosen: Namespace) -> tuple[list[KnownClaim], dict]:
    """Build the index and spoil the claims; birth and household of everybody, by id."""
    path = folder / "residents.csv"
    Population(CITY, chosen.residents, seed=chosen.seed).write_extract(path)
    extract = ExtractFile(path, CITY)
    build_index(folder / "index", [extract], protected={CITY: NOBODY_PROTECTED})
    path.unlink()
    living = [one for one in residents_of(folder / "index") if one.status == Status.RESIDENT.value]
    homes = {text(one.id): (one.birth.written, str(one.household)) for one in living}
    absent = list(Population(CITY, chosen.claims // 8 + 100, seed=chosen.seed + 1).residents())
    return list(spoiled_claims(living, absent, chosen.claims, seed=chosen.seed)), homes


def row(name: str, outcome: Outcome, found: Counter[str], ours: Outcome) -> tuple[str, ...]:
    links = found["right"] + found["wrong"]
    return (
        name,
        f"{outcome.prepared:.1f}",
        f"{outcome.wall:.1f}",
        f"{outcome.cpu:.1f}",
        f"{len(outcome.people) / outcome.wall:,.0f}",
        f"{found['right'] / max(links, 1):.5f}",
        f"{found['right'] / found['present']:.3f}",
        f"{(found['right'] + found['review']) / found['present']:.4f}",
        str(found["twins"]),
        f"{outcome.rss:,.0f}",
        f"{outcome.wall / ours.wall:.1f}",
    )


HEADINGS = (
    "system",
    "prepared s",
    "s",
    "CPU s",
    "claims/s",
    "precision",
    "linked",
    "with review",
    "twin errors",
    "RSS MB",
    "ratio",
)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=10_000)
    parser.add_argument("--residents", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", type=int, choices=(0, 1), default=1)
    chosen = parser.parse_args()
    names = ["govkit", "Splink"] if chosen.peers else ["govkit"]
    site = str(site_packages(PACKAGES)) if chosen.peers else ""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        known, homes = prepared(folder, chosen)
        outcomes = {}
        for each in names:
            workers = chosen.workers if each == "govkit" else 1
            outcomes[each] = run(each, folder / "index", known, site, workers)
    print(f"{chosen.claims:,} claims, {len(homes):,} residents, load {os.getloadavg()[0]:.1f}")
    table = [
        row(each, outcome, quality(outcome, known, homes), outcomes["govkit"])
        for each, outcome in outcomes.items()
    ]
    print_table(HEADINGS, table)


if __name__ == "__main__":
    main()
