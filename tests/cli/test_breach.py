"""``govkit breach-report``: numbers on the screen, people in a file, names only when asked for."""

import pytest

from govkit.base.deployment import Deployment
from govkit.base.persons import AddresseeNumber

OWN = "132021"
PERIOD = ("--from", "2026-11-01", "--to", "2026-11-30", "--reason", "端末の紛失")
pytestmark = pytest.mark.requirement("BRE-1")


@pytest.fixture
def looked(project, work_of, clock):
    """Somebody looked at two people of 立川市 in November."""
    deployment = Deployment(project, clock=clock)
    with work_of(deployment, OWN) as work:
        work.record("residents.get", AddresseeNumber("000000000000017"))
        work.record("residents.get", AddresseeNumber("000000000000025"))
    deployment.close()


def test_people_are_counted_and_listed_in_a_file(govkit, looked, folder):
    answer = govkit("breach-report", "--city", OWN, *PERIOD, "--output", "報告")

    assert answer.exit_code == 0, answer.output
    assert "立川市：2人。" in answer.output
    assert (folder / "報告" / f"breach-{OWN}.md").read_text(encoding="utf-8")
    people = (folder / "報告" / f"breach-{OWN}.csv").read_text(encoding="utf-8-sig")
    assert "000000000000017" in people
    assert "000000000000025" in people


def test_without_a_city_every_city_is_reported_on_the_screen(govkit, looked):
    answer = govkit("breach-report", *PERIOD, "--account", "test")

    assert "立川市" in answer.output
    assert "昭島市" in answer.output
    assert "000000000000017" not in answer.output


def test_a_table_without_people_is_refused_with_those_to_choose_from(govkit, looked):
    answer = govkit("breach-report", *PERIOD, "--table", "govkit_municipality")

    assert answer.exit_code == 1
    assert "schools_pupil" in answer.stderr
