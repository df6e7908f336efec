"""A generator of invented residents: any size, repeatable, with the difficult cases on demand.

    >>> population = Population("132021", 1000, seed=1, edge_cases=[EdgeCase.TWINS_SAME_KANA])
    >>> population.write_extract("住民票.csv")  # doctest: +SKIP

Nobody in it exists. Towns and their ids are real, lots, buildings and people are made up; there
is no 個人番号 anywhere, and the 住民票コード and residence card numbers are of a shape that is
never issued.
"""

from govkit.residents.synthetic.columns import (
    PROFILES,
    PROTECTION_COLUMNS,
    RESIDENT_COLUMNS,
    headings,
)
from govkit.residents.synthetic.edge_cases import EdgeCase
from govkit.residents.synthetic.numbering import check_digit
from govkit.residents.synthetic.people import HistoryRow, Person, Protection, Reason
from govkit.residents.synthetic.places import PlaceProblem
from govkit.residents.synthetic.population import Population

__all__ = [
    "PROFILES",
    "PROTECTION_COLUMNS",
    "RESIDENT_COLUMNS",
    "EdgeCase",
    "HistoryRow",
    "Person",
    "PlaceProblem",
    "Population",
    "Protection",
    "Reason",
    "check_digit",
    "headings",
]
