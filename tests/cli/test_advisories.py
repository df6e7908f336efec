"""Weaknesses of installed parts are told with their term, and a check that cannot be made fails."""

import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import pytest
from packaging.version import Version

from govkit.cli.advisories import DEADLINES, OLDEST_LIST, weaknesses
from tests.architecture.sources import ROOT

pytestmark = pytest.mark.requirement("SUP-1", "ASVS-15.2.1")
OWN = version("click")


def entry(days=100, severity="CRITICAL", name="GHSA-1", **more):
    moment = datetime.now(UTC)
    package = {"ecosystem": "PyPI", "name": "Click"}
    record = {
        "id": name,
        "modified": moment.isoformat().replace("+00:00", "Z"),
        "published": (moment - timedelta(days=days)).isoformat(),
        "affected": [{"package": package, "versions": ["0.1", OWN]}],
        "database_specific": {"severity": severity},
    }
    return record | more


@pytest.fixture
def ask(govkit, folder):
    def look(*records):
        with zipfile.ZipFile(folder / "all.zip", "w") as archive:
            for number, record in enumerate(records):
                archive.writestr(f"{number}.json", json.dumps(record))
        return govkit("advisories", "all.zip")

    return look


@pytest.mark.parametrize(
    ("days", "severity", "mark", "code"),
    [
        (8, "CRITICAL", "✘", 1),
        (6, "CRITICAL", "△", 0),
        (31, "HIGH", "✘", 1),
        (29, "HIGH", "△", 0),
        (31, "", "✘", 1),
        (900, "MODERATE", "△", 0),
    ],
)
def test_a_weakness_past_its_term_is_an_error(ask, days, severity, mark, code):
    answer = ask(entry(days, severity))
    assert f"{mark} click {OWN} GHSA-1（" in answer.output
    assert answer.exit_code == code


def test_what_does_not_touch_the_installed_version_is_not_told(ask):
    other = {"ecosystem": "npm", "name": "click"}
    answer = ask(
        entry(affected=[{"package": other, "versions": [OWN]}]),
        entry(affected=[{"package": {"ecosystem": "PyPI", "name": "click"}, "versions": ["0.1"]}]),
        entry(withdrawn="2026-01-01T00:00:00Z"),
    )
    assert "GHSA" not in answer.output
    assert answer.exit_code == 0


def test_another_name_of_the_same_weakness_tells_how_severe_it_is(ask):
    answer = ask(
        entry(severity="LOW"), entry(severity="", name="PYSEC-2", aliases=["CVE-1", "GHSA-1"])
    )
    assert answer.output.count("（ほか、次の版まで）") == 2
    assert answer.exit_code == 0


@pytest.mark.parametrize(
    ("own", "is_told"),
    [("0.9", False), ("1.0", True), ("1.5", True), ("1.6", False), ("2.0", True), ("2.2", False)],
)
def test_ranges_end_where_they_say(own, is_told):
    events = [
        *({"introduced": "2.0"}, {"last_affected": "2.1"}),
        *({"introduced": "1.0"}, {"fixed": "1.6"}),
    ]
    ranges = [{"type": "ECOSYSTEM", "events": events}]
    record = entry(affected=[{"package": {"ecosystem": "PyPI", "name": "x"}, "ranges": ranges}])
    assert bool(list(weaknesses([record], {"x": Version(own)}))) == is_told


@pytest.mark.parametrize("fault", ["absent", "no archive", "empty", "old", "no list"])
def test_a_check_that_cannot_be_made_fails(ask, govkit, folder, fault):
    old = (datetime.now(UTC) - OLDEST_LIST - timedelta(hours=1)).isoformat()
    match fault:
        case "absent":
            answer = govkit("advisories", "all.zip")
        case "no archive":
            (folder / "all.zip").write_text("[]")
            answer = govkit("advisories", "all.zip")
        case "empty":
            answer = ask()
        case "old":
            answer = ask(entry(modified=old))
        case "no list":
            answer = ask(["modified"])
    assert answer.exit_code == 1
    assert "取り直してください" in answer.output
    assert "調べました" not in answer.output


def test_terms_are_those_of_the_page():
    page = (ROOT / "docs" / "operate" / "production.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| (?:緊急|重い)（\w+） \| (\d+)日 \|", page, re.M)
    assert [timedelta(days=int(each)) for each in told] == list(DEADLINES.values())
    assert f"{OLDEST_LIST.days}日より古い" in page
