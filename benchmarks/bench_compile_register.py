"""Compiling the register of entrants (学齢簿の編製) of a synthetic city, beside a plain CSV pass.

The floor is one pass of ``csv.reader`` over the same file, which does nothing with the rows.
"""

import csv
import tempfile
import time
from datetime import date
from pathlib import Path

from measure import Database, best_of, databases, options, print_table

from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.modules.enrolment import COMPILE_PURPOSE, compile_register
from govkit.modules.resident_extracts import import_extract, resident_directory
from govkit.residents.synthetic import Population
from govkit.testing.plugin import FixedClock

CITY = "132021"
REFERENCE, ENTRY_YEAR = date(2026, 10, 1), 2027
CLERK = Actor.operator("benchmark")


def read_plainly(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        for _ in csv.reader(file):
            pass


def plain_pass(path: Path) -> float:
    """Seconds of the floor."""
    acts = {"floor": read_plainly}
    return best_of(3, time.process_time, lambda: path, acts)["floor"]


class City:
    """A city in a database of its own, which receives the extract and compiles."""

    def __init__(self, database: Database, path: Path) -> None:
        self.path = path
        self.deployment = Deployment(database.settings(), clock=FixedClock())
        self.municipality = self.deployment.municipality(CITY)
        self.people = self.entrants = 0

    def receive(self) -> None:
        with self.deployment.work(self.municipality, CLERK) as work:
            done = import_extract(
                work, self.path, name=self.path.name, encoding="utf-8", as_of=REFERENCE
            )
            self.people = done.extract.people

    def compile(self) -> None:
        with self.deployment.work(self.municipality, CLERK) as work:
            directory = resident_directory(work, [COMPILE_PURPOSE])
            done = compile_register(work, directory, REFERENCE, ENTRY_YEAR)
            self.entrants = done.compilation.new_count


ACTS = {
    "receive the extract": City.receive,
    "compile": City.compile,
    "compile again": City.compile,
}


def main() -> None:
    chosen = options(__doc__, residents=185_000, rounds=1)
    table = []
    with tempfile.TemporaryDirectory() as folder, databases(chosen.database) as found:
        path = Path(folder) / "residents.csv"
        rows = Population(CITY, chosen.residents, as_of=REFERENCE).write_extract(path)
        size = f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB"
        floor = plain_pass(path)
        for database in found:
            cities = [City(database, path) for _ in range(chosen.rounds)]
            best = best_of(chosen.rounds, database.cpu_seconds, iter(cities).__next__, ACTS)
            best["receive and compile"] = best["receive the extract"] + best["compile"]
            table += [(name, database.title, spent) for name, spent in best.items()]
            floor = min(floor, plain_pass(path))
    print(f"{size}, {cities[-1].people:,} people, {cities[-1].entrants:,} entrants")
    print_table(
        ("act", "database", "floor s", "ours s", "ratio"),
        [
            (name, title, f"{floor:.2f}", f"{spent:.2f}", f"{spent / floor:.1f}")
            for name, title, spent in table
        ],
    )


if __name__ == "__main__":
    main()
