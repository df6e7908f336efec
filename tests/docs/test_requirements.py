"""Every requirement is proved by a test that names it, and tests name nothing else."""

import importlib

import pytest


@pytest.fixture(scope="module")
def extension():
    return importlib.import_module("govkit_requirements")


def test_tests_name_only_requirements_that_there_are(extension):
    known = {key for section in extension.NAMED for key in extension.ids(section)}
    assert set(extension.proofs()) - known == set()


def test_every_item_of_the_standard_is_in_one_section(extension):
    sections = [extension.ids(name) for name in ("asvs", "deployment", "documents", "absent")]
    assert sum(map(len, sections)) == len(set().union(*sections)) == 253


def test_a_mark_is_found_wherever_it_stands(extension, tmp_path, monkeypatch):
    monkeypatch.setattr(extension, "ROOT", tmp_path)
    (tmp_path / "test_it.py").write_text(
        "import pytest\n"
        'pytestmark = [pytest.mark.requirement("A-1")]\n'
        '@pytest.mark.requirement("A-2", "A-3")\ndef test_one(): ...\n'
        '@pytest.mark.requirement("A-2")\nclass TestTwo: ...\n'
    )
    assert extension.proofs(tmp_path) == {
        "A-1": ["test_it.py"],
        "A-2": ["test_it.py::test_one", "test_it.py::TestTwo"],
        "A-3": ["test_it.py::test_one"],
    }
