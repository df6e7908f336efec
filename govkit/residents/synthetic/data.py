"""Reads the tables under ``govkit/residents/data``; each names its source, date and licence."""

import csv
from functools import cache
from importlib.resources import files

__all__ = ["table"]


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Rows of one table; lines that begin with ``#`` are its header."""
    path = files("govkit.residents") / "data" / f"{name}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(csv.DictReader(line for line in lines if not line.startswith("#")))
