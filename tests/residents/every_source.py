"""Every adapter of the tree, over given residents: for what has to hold whichever stands behind."""

from tests.residents.test_csv_extract import TestCsvExtract
from tests.residents.test_memory import TestMemorySource

SUITES = {"memory": TestMemorySource, "csv_extract": TestCsvExtract}
"""Test class by name of the adapter; each makes sources."""


def source_over(name, residents):
    """A source of this kind, to be used before the next one is made."""
    return SUITES[name]().make_source(residents)
