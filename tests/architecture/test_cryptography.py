"""What guards against guessing comes from the operating system, and only approved hashes are used."""

import ast
from collections.abc import Iterator
from random import SystemRandom

import pyotp.compat
import pytest

from tests.architecture.sources import PACKAGE, Source, python_files

NO_SECRETS = {
    "govkit/residents/synthetic/draw.py": "invents people from a seed",
    "govkit/residents/adapters/rest_client.py": "spreads retries in time",
}
"""Files that may use ``random``, and what for."""
HASHES = {"sha256", "blake2b"}
"""Both are approved (ASVS 5.0.0, appendix C)."""


def _imported(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        match node:
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=str(module)):
                yield module


def _hashes(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=function, args=[_, ast.Constant(value=str(name))]) if ast.unparse(
                function
            ) in ("file_digest", "hashlib.file_digest"):
                yield name
            case ast.Call(func=function, args=[_, _, kind]) if ast.unparse(function) in (
                "hmac.digest",
                "hmac.new",
            ):
                yield ast.unparse(kind).strip("'\"")
            case ast.Attribute(value=ast.Name(id="hashlib"), attr=name) if name != "file_digest":
                yield name
            case ast.ImportFrom(module="hashlib", names=names):
                yield from (each.name for each in names if each.name != "file_digest")


@pytest.mark.requirement("ASVS-6.5.3")
def test_chance_that_can_be_foretold_guards_nothing() -> None:
    users = {each.path for each in python_files() if "random" in set(_imported(each))}
    assert users == set(NO_SECRETS)
    assert isinstance(pyotp.compat.random, SystemRandom)  # draws the seeds of TOTP


@pytest.mark.requirement("ASVS-11.4.1")
def test_only_approved_hashes_are_called() -> None:
    """The codes of authenticators (RFC 6238) are HMAC-SHA-1 inside of pyotp: apps know no other."""
    used = {name for each in python_files() for name in _hashes(each)}
    assert used == HASHES


@pytest.mark.requirement("ASVS-14.3.3")
def test_no_script_keeps_anything_in_the_browser() -> None:
    scripts = [*PACKAGE.rglob("*.js"), *PACKAGE.rglob("*.html")]
    assert scripts
    for path in scripts:
        text = path.read_text(encoding="utf-8")
        for store in ("localStorage", "sessionStorage", "indexedDB", "caches.open"):
            assert store not in text, path
