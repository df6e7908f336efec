"""Files of the local index: generations in a directory, one of them current.

``<index>/CURRENT`` names a generation; ``<index>/<generation>/manifest.json`` tells what it holds,
beside it lie the columns (``*.npy``, memory-mapped) and the records. A generation never changes
once it was named; naming another one is one atomic replacement of ``CURRENT``.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from govkit.residents.source import SourceUnavailable

__all__ = [
    "FORMAT",
    "Locked",
    "checksum",
    "current_generation",
    "exclusive",
    "install",
    "new_generation",
    "read_manifest",
    "remove_old",
    "sync_directory",
    "write_manifest",
]

FORMAT: Final = "govkit-residents-index-1"
"""What a manifest calls the layout that this code reads and writes."""
_CURRENT: Final = "CURRENT"
_MANIFEST: Final = "manifest.json"
_LOCK: Final = "LOCK"
_BLOCK: Final = 1 << 22
_KEPT: Final = 2


class Locked(SourceUnavailable):
    """Another process builds this index or applies a delta to it."""

    code = "resident_index_locked"


@contextmanager
def exclusive(target: Path) -> Iterator[None]:
    """Only one process at a time writes an index; the lock ends with its process.

    :raises Locked: When another process holds it.
    """
    target.mkdir(parents=True, exist_ok=True)
    handle = os.open(target / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked from None
        yield
    finally:
        os.close(handle)


def current_generation(target: Path) -> str:
    """Name of the current generation, blank if nothing was ever installed."""
    try:
        return (target / _CURRENT).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def new_generation(target: Path) -> str:
    """A name after all that are there: numbers with leading zeros."""
    numbers = [int(path.name) for path in target.glob("[0-9]*") if path.name.isdigit()]
    current = current_generation(target)
    return f"{max([*numbers, int(current or 0)]) + 1:08d}"


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a generation.

    :raises SourceUnavailable: When it is damaged or of another format.
    :raises OSError: When it cannot be read.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except ValueError as error:
        raise SourceUnavailable("index manifest") from error
    if manifest.get("format") != FORMAT:
        raise SourceUnavailable("index format")
    return manifest


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write the manifest with size and checksum of every file beside it, all of it synced."""
    files = {}
    for path in sorted(folder.iterdir()):
        if path.name == _MANIFEST:
            continue
        _sync(path)
        files[path.name] = {"bytes": path.stat().st_size, "blake2b": checksum(path)}
    text = json.dumps({"format": FORMAT, **facts, "files": files}, ensure_ascii=False, indent=1)
    path = folder / _MANIFEST
    path.write_text(text, encoding="utf-8")
    _sync(path)
    sync_directory(folder)


def checksum(path: Path) -> str:
    """BLAKE2b of a file, 16 bytes in hexadecimal."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def install(target: Path, generation: str) -> None:
    """Make a generation current, at once and for good."""
    path = target / f"{_CURRENT}.new"
    path.write_text(f"{generation}\n", encoding="ascii")
    _sync(path)
    sync_directory(target)
    path.replace(target / _CURRENT)
    sync_directory(target)


def remove_old(target: Path) -> None:
    """Remove all generations but the current one, the one before, and what those build on.

    Readers that still have files of a removed one open keep them.
    """
    current = current_generation(target)
    names = sorted((path.name for path in target.glob("[0-9]*") if path.is_dir()), reverse=True)
    older = [name for name in names if name <= current]
    kept = set(older[:_KEPT])
    for name in older[:_KEPT]:
        kept.add(read_manifest(target / name).get("base", name))
    for name in older:
        if name not in kept:
            shutil.rmtree(target / name, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_directory(folder: Path) -> None:
    """Let a rename in a directory survive a power cut."""
    _sync(folder)
