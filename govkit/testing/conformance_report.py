"""The report of the conformance suite: which adapters were held against it, and how they did."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from govkit import __version__

__all__ = ["ConformanceReport"]


class ConformanceReport:
    """A pytest plugin that writes what became of each adapter, as JSON, when the run ends.

    The file holds the version of govkit and, by class of test, the name and the capabilities that
    the source declares, the faults it was put to, and the numbers of cases passed and failed.

    :param path: Where to write; folders that are missing are made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._adapters: defaultdict[str, dict[str, Any]] = defaultdict(
            lambda: {"source": "", "capabilities": [], "faults": [], "passed": 0, "failed": 0}
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test of the suite; one that holds a table counts each of its cases."""
        told = {str(name): value for name, value in report.user_properties}
        if "resident_source" not in told or not (report.when == "call" or report.failed):
            return
        adapter = self._adapters[str(told["resident_source"])]
        for key in ("source", "capabilities", "faults"):
            adapter[key] = told.get(f"resident_source_{key}", adapter[key])
        outcome = "passed" if report.passed else "failed"
        adapter[outcome] += told.get("conformance_cases", 1)

    def pytest_sessionfinish(self) -> None:
        """Write the file."""
        report = {"govkit": __version__, "adapters": dict(sorted(self._adapters.items()))}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(report, ensure_ascii=False, indent=2)
        self._path.write_text(f"{text}\n", encoding="utf-8")
