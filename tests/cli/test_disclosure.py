"""``govkit disclosure export``: one person's file, for the eyes of its owner alone."""

import zipfile

import pytest

from govkit.base.deployment import Deployment
from govkit.modules.schools import Pupil
from govkit.testing.module_suite.rows import make

OWN, NUMBER = "132021", "000000000000017"
EXPORT = ("disclosure", "export", "--city", OWN, "--output", "開示.zip")
pytestmark = pytest.mark.requirement("BRE-2")


@pytest.fixture
def pupil(project):
    """A pupil of 立川市."""
    deployment = Deployment(project)
    with deployment.session(OWN) as session:
        make(session, Pupil, OWN).addressee_number = NUMBER
        session.commit()
    deployment.close()


def test_what_is_held_of_a_person_is_written_to_a_file(govkit, pupil, folder):
    answer = govkit(*EXPORT, "--person", NUMBER, "--reason", "開示請求5")

    assert answer.exit_code == 0, answer.output
    assert "児童生徒\t1件" in answer.output
    file = folder / "開示.zip"
    assert file.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(file) as zipped:
        assert NUMBER in zipped.read("児童生徒.csv").decode("utf-8-sig")


@pytest.mark.parametrize(
    ("number", "reason"), [("000000000000025", "開示請求5"), (NUMBER, " ")], ids=["nobody", "why"]
)
def test_nothing_is_written_for_nobody_or_without_a_reason(govkit, pupil, folder, number, reason):
    answer = govkit(*EXPORT, "--person", number, "--reason", reason)

    assert answer.exit_code == 1
    assert not (folder / "開示.zip").exists()
