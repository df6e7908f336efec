"""What gets installed: few packages, each version and each file known beforehand."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("run", "production", "test")
MOST_CORE_PACKAGES = 30
INSTALLED_BY_A_TEST = ("spark", "splink")
"""Extras that a test installs into an environment of its own."""


def text_of(name: str) -> str:
    """A lock file."""
    return (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")


def locked(name: str) -> dict[str, set[str]]:
    """Versions by package; another marker may lock another version."""
    versions: dict[str, set[str]] = {}
    for package, version in re.findall(
        r"^([\w.-]+)(?:\[\w+\])?==(\S+)", text_of(name), re.MULTILINE
    ):
        versions.setdefault(canonicalize_name(package), set()).add(version)
    return versions


def project() -> dict:
    """The metadata of the project."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def needed(requirements: list[str], found: set[str]) -> set[str]:
    """Packages that requirements bring along on this machine."""
    for text in requirements:
        requirement = Requirement(text)
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
                continue
            if name in found:
                continue
            found.add(name)
            needed(distribution(name).requires or [], found)
    return found


def test_the_core_stays_small():
    core = needed(project()["project"]["dependencies"], set())

    assert len(core) <= MOST_CORE_PACKAGES, sorted(core)
    assert core <= locked("run").keys()


@pytest.mark.parametrize("name", LOCKS)
@pytest.mark.requirement("SUP-1")
def test_every_package_is_locked_with_its_files_and_no_index_is_named(name):
    text = text_of(name)
    blocks = re.split(r"^(?=[\w.-]+(?:\[\w+\])?==)", text, flags=re.MULTILINE)[1:]

    assert blocks
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash)", text, re.MULTILINE)


def test_tests_run_with_the_versions_that_are_shipped():
    test = locked("test")
    for name in ("run", "production"):
        shipped = locked(name)
        assert {each: test.get(each) for each in shipped} == shipped


def shown() -> list[str]:
    """Extras that the demo needs, as the Makefile locks them."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return re.findall(r"^SHOWN = (.*)$", makefile, re.MULTILINE)[0].split()


def requirements(name: str) -> list[str]:
    """What the project asks for, as far as a lock should cover it."""
    content = project()
    extras, groups = content["project"]["optional-dependencies"], content["dependency-groups"]
    every = [each for each in extras if each not in INSTALLED_BY_A_TEST]
    chosen = {
        "run": shown(),
        "production": [each for each in every if each != "scaffold"],
        "test": every,
    }
    wanted = [*content["project"]["dependencies"], *groups["install"]]
    wanted += [text for extra in chosen[name] for text in extras[extra]]
    if name == "test":
        wanted += [each for group in ("test", "lint", "docs") for each in groups[group]]
    return wanted


@pytest.mark.parametrize("name", LOCKS)
def test_locks_fit_what_the_project_asks_for(name):
    versions = locked(name)

    for text in requirements(name):
        requirement = Requirement(text)
        found = versions.get(canonicalize_name(requirement.name), set())
        assert found, text
        assert all(requirement.specifier.contains(each, prereleases=True) for each in found), text


@pytest.mark.requirement("SUP-1", "ASVS-15.1.2")
def test_the_list_of_parts_names_every_locked_package_and_its_files(tmp_path):
    command = [sys.executable, str(ROOT / "tools" / "sbom.py")]
    lock = ROOT / "requirements" / "production.lock"
    made = subprocess.run([*command, str(lock), "1.2.3"], capture_output=True, check=True)
    sbom = json.loads(made.stdout)
    assert (sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.6")
    parts = sbom["components"]
    listed = {(canonicalize_name(each["name"]), each["version"]) for each in parts}
    assert listed == {
        (name, one) for name, versions in locked("production").items() for one in versions
    }
    hashes = {each["content"] for part in parts for each in part["hashes"]}
    assert hashes == set(re.findall("sha256:([0-9a-f]{64})", text_of("production")))
