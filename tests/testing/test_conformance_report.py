import json

import pytest

from govkit import __version__
from govkit.testing.conformance_report import ConformanceReport


def told(when, outcome, **properties):
    told = list(properties.items())
    return pytest.TestReport(
        "nodeid", ("file", 1, "test"), {}, outcome, None, when, user_properties=told
    )


def test_the_report_counts_the_cases_of_each_adapter(tmp_path):
    report = ConformanceReport(tmp_path / "made" / "report.json")
    ours = {"resident_source": "TestOurs"}
    for one in (
        told("setup", "passed", **ours),
        told("call", "passed", **ours, resident_source_source="ours"),
        told("call", "passed", **ours, conformance_cases=40),
        told("call", "failed", **ours),
        told("teardown", "passed", **ours),
        told("setup", "failed", **ours),
        told("call", "passed"),
    ):
        report.pytest_runtest_logreport(one)
    report.pytest_sessionfinish()

    written = json.loads((tmp_path / "made" / "report.json").read_text(encoding="utf-8"))
    assert written == {
        "govkit": __version__,
        "adapters": {
            "TestOurs": {
                "source": "ours",
                "capabilities": [],
                "faults": [],
                "passed": 41,
                "failed": 2,
            }
        },
    }
