"""What the guarded directory costs over the bare source: CPU time a call.

The source answers from memory, the audit keeps its entries in a list, and the watch counts them;
the floor is the same question put to the source itself.

    python benchmarks/bench_guard.py --people 20000 --calls 4000
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from measure import best_of, options, print_table

from govkit.residents.adapters.memory import MemorySource
from govkit.residents.directory import ResidentDirectory
from govkit.residents.matching import ResidentQuery
from govkit.residents.policy import PurposeRule
from govkit.residents.records import Resident
from govkit.residents.synthetic import Population
from govkit.residents.watch import MemoryLedger, Watch

CITY = "132021"
RULE = PurposeRule("窓口照会", "学校教育法施行令第1条", rows_per_hour=1_000_000)


def _each(
    calls: int, people: list[Resident], ask: Callable[[Resident], Any]
) -> Callable[[Any], None]:
    def act(_: Any) -> None:
        for number in range(calls):
            ask(people[number * 7919 % len(people)])

    return act


def main() -> None:
    chosen = options(__doc__ or "", people=20_000, calls=4_000, rounds=3)
    source = MemorySource(Population(CITY, chosen.people, seed=1).residents())
    people = [
        row for row in Population(CITY, chosen.people, seed=1).residents() if row.name.kana_full
    ]

    def doors(*, watches: bool) -> ResidentDirectory:
        entries: list[Any] = []
        watch = Watch(
            ledger=MemoryLedger(), alarm=entries.append, clock=lambda: datetime.now(UTC), mass=0
        )
        return ResidentDirectory(
            source,
            municipality_code=CITY,
            purposes={RULE.name: RULE},
            audit=entries.append,
            watch=watch if watches else None,
        )

    context = RULE.context(actor="a1", section="学務課", reason="窓口")
    guarded = doors(watches=False)

    def query(one: Resident) -> ResidentQuery:
        return ResidentQuery(
            kana=one.name.kana_full, birth_from=one.birth.earliest, birth_to=one.birth.latest
        )

    calls = {
        "number": (
            lambda one: source.get_many([one.id]),
            lambda one: guarded.get(context, one.id),
        ),
        "kana and birth": (
            lambda one: source.search(query(one), 50),
            lambda one: guarded.search(context, query(one)),
        ),
    }
    for bare, _ in calls.values():
        bare(people[0])
    rows = []
    for title, (bare, asked) in calls.items():
        best = best_of(
            chosen.rounds,
            time.process_time,
            lambda: None,
            {
                "bare": _each(chosen.calls, people, bare),
                "guarded": _each(chosen.calls, people, asked),
            },
        )
        micro = {name: seconds / chosen.calls * 1e6 for name, seconds in best.items()}
        extra = micro["guarded"] - micro["bare"]
        rows.append(
            [
                title,
                f"{micro['bare']:.1f}",
                f"{micro['guarded']:.1f}",
                f"{extra:.1f}",
                f"{micro['guarded'] / micro['bare']:.1f}",
            ]
        )
    print_table(["question", "bare µs", "govkit, guarded µs", "guard µs", "ratio"], rows)


if __name__ == "__main__":
    main()
