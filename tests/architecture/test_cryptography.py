"""What guards against guessing comes from the operating system, and only approved hashes are used."""

import ast
import secrets
from collections.abc import Iterator
from random import SystemRandom

import pyotp.compat
import pytest
from argon2 import Type, extract_parameters
from pydantic import SecretStr

from govkit.base.passwords import hash_secret
from govkit.base.settings import EncryptionSettings, Settings, _key_problems
from tests.architecture.sources import PACKAGE, ROOT, Source, python_files

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


LIBRARIES = {
    *("argon2", "authlib", "cryptography", "joserfc", "pyotp", "webauthn"),
    *("hashlib", "hmac", "secrets", "ssl"),
}
"""What computes: OpenSSL below most of them, the reference code of Argon2, the standard library."""
OTHERS = {"Crypto", "Cryptodome", "bcrypt", "ecdsa", "jose", "jwt", "nacl", "passlib", "rsa"}


def _brought(source: Source) -> Iterator[str]:
    yield from _imported(source)
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=function, args=[ast.Constant(value=str(name))]) if ast.unparse(
                function
            ) in ("import_module", "_library"):
                yield name
            case ast.Call(func=ast.Name(id="import_module"), args=[ast.JoinedStr(values=parts)]):
                yield str(getattr(parts[0], "value", ""))


@pytest.mark.requirement("ASVS-11.2.1")
def test_known_libraries_compute_and_the_inventory_names_them() -> None:
    brought = {name.partition(".")[0] for each in python_files() for name in _brought(each)}
    assert brought & (LIBRARIES | OTHERS) == LIBRARIES
    page = (ROOT / "docs" / "operate" / "cryptography.md").read_text(encoding="utf-8")
    assert {name for name in LIBRARIES if f"`{name}`" in page} == LIBRARIES


@pytest.mark.requirement("ASVS-11.4.4")
def test_no_key_comes_from_a_password() -> None:
    """Keys come from keys; passwords go into argon2id, as strong as OWASP asks, and nowhere else."""
    named = {
        (each.path, name)
        for each in python_files()
        if not each.path.startswith("govkit/testing/")
        for name in ("HKDF", "PBKDF2", "Scrypt", "scrypt", "pbkdf2_hmac", "PasswordHasher")
        if any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(each.tree))
    }
    assert named == {
        ("govkit/base/encryption.py", "HKDF"),
        ("govkit/base/passwords.py", "PasswordHasher"),
    }
    cost = extract_parameters(hash_secret("a secret of this test"))
    assert cost.type is Type.ID
    assert (cost.memory_cost, cost.time_cost, cost.parallelism) >= (19 * 1024, 2, 1)
    words = EncryptionSettings(keys=(SecretStr("2026:correct horse battery staple"),))
    assert [each.code for each in _key_problems(Settings(encryption=words))] == ["encryption_key"]


BY_PEOPLE = {
    ("govkit/base/passwords.py", "choice"),  # the first password, which soon ends
    ("govkit/base/factors.py", "choice"),  # recovery codes, hashed with argon2id
    ("govkit/base/documents/issuing.py", "choice"),  # codes on paper
    ("govkit/forms/drafts.py", "choice"),  # codes to go on with a draft
}
"""What people read and type is shorter, and the number of tries is limited."""
NO_SECRET = {
    (
        "govkit/residents/adapters/protection_feed.py",
        "token_hex",
        4,
    ),  # tells one start from another
    ("govkit/forms/drafts.py", "token_hex", 8),  # name of a file on its way
    ("govkit/base/encryption.py", "token_bytes", 12),  # nonces: GCM asks for 96 bits
    ("govkit/forms/drafts.py", "token_bytes", 12),
}


def _drawn(source: Source) -> Iterator[tuple[str, int | None]]:
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="secrets"), attr=name), args=args):
                match args:
                    case [ast.Constant(value=int(count))]:
                        yield name, count
                    case [ast.Name(id="_NONCE_BYTES")]:
                        yield name, 12
                    case []:
                        yield name, secrets.DEFAULT_ENTROPY
                    case _:
                        yield name, None


def test_what_nobody_types_cannot_be_guessed() -> None:
    files = [each for each in python_files() if not each.path.startswith("govkit/testing/")]
    drawn = {(each.path, *found) for each in files for found in _drawn(each)}
    assert {(path, name) for path, name, count in drawn if count is None} == BY_PEOPLE
    assert {each for each in drawn if each[2] is not None and each[2] < 16} == NO_SECRET


@pytest.mark.requirement("ASVS-14.3.3")
def test_no_script_keeps_anything_in_the_browser() -> None:
    scripts = [*PACKAGE.rglob("*.js"), *PACKAGE.rglob("*.html")]
    assert scripts
    for path in scripts:
        text = path.read_text(encoding="utf-8")
        for store in ("localStorage", "sessionStorage", "indexedDB", "caches.open"):
            assert store not in text, path
