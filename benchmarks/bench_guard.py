"""What the guarded directory costs over the bare source: CPU time a call.

The source answers from memory and the audit keeps its entries in a list; the floor is the same
question put to the source itself.

    python benchmarks/bench_guard.py --people 20000 --calls 4000
"""

import time
from collections.abc import Callable
from typing import Any

from measure import best_of, options, print_table

from govkit.residents.adapters.memory import MemorySource
from govkit.residents.directory import ResidentDirectory
from govkit.residents.matching import ResidentQuery
from govkit.residents.policy import PurposeRule
from govkit.residents.records import Resident
from govkit.residents.synthetic import Population

CITY = "132021"
RULE = PurposeRule("窓口照会", "学校教育法施行令第1条")


def _each(
    calls: int, people: list[Resident], ask: Callable[[Resident], Any]
) -> Callable[[Any], None]:
    def act(_: Any) -> None:
        for number in range(calls):
            ask(people[number * 7919 % len(people)])

    return act


def _query(one: Resident) -> ResidentQuery:
    return ResidentQuery(
        kana=one.name.kana_full, birth_from=one.birth.earliest, birth_to=one.birth.latest
    )


def _row(title: str, best: dict[str, float], calls: int) -> list[str]:
    bare, guarded = (best[name] / calls * 1e6 for name in ("bare", "guarded"))
    figures = (bare, guarded, guarded - bare, guarded / bare)
    return [title, *(f"{figure:.1f}" for figure in figures)]


def main() -> None:
    chosen = options(__doc__ or "", people=20_000, calls=4_000, rounds=3)
    residents = list(Population(CITY, chosen.people, seed=1).residents())
    people = [row for row in residents if row.name.kana_full]
    source, entries = MemorySource(residents), list[Any]()
    guarded = ResidentDirectory(
        source, municipality_code=CITY, purposes={RULE.name: RULE}, audit=entries.append
    )
    context = RULE.context(actor="a1", section="学務課", reason="窓口")
    calls: dict[str, tuple[Any, Any]] = {
        "number": (
            lambda one: source.get_many([one.id]),
            lambda one: guarded.get(context, one.id),
        ),
        "kana and birth": (
            lambda one: source.search(_query(one), 50),
            lambda one: guarded.search(context, _query(one)),
        ),
    }
    rows = []
    for title, (bare, asked) in calls.items():
        bare(people[0])  # whatever is made at the first question
        acts = {
            name: _each(chosen.calls, people, ask)
            for name, ask in (("bare", bare), ("guarded", asked))
        }
        best = best_of(chosen.rounds, time.process_time, lambda: None, acts)
        rows.append(_row(title, best, chosen.calls))
    print_table(["question", "bare µs", "govkit, guarded µs", "guard µs", "ratio"], rows)


if __name__ == "__main__":
    main()
