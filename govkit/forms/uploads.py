"""Uploaded files between two requests: held by the server, referred to by a token.

::

    holding = Holding(DirectoryUploads("/var/lib/app/uploads"), secret, owner=session_id)
    form = Application(request.form, files=request.files, meta={"holding": holding})

A browser forgets a chosen file with every page that comes back. With a holding, :class:`FileField`
keeps what was uploaded across errors and steps. The token in the page is of no use to anybody else: it
is signed together with the owner, which is the visitor's session or journey.
"""

import base64
import hmac
import json
import os
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

__all__ = [
    "DirectoryUploads",
    "Holding",
    "MemoryUploads",
    "Scan",
    "Scanner",
    "Upload",
    "UploadStore",
]

_KEY: Final = re.compile("[A-Za-z0-9_-]{32}")


class Scan(StrEnum):
    """What a scanner says of a file."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNAVAILABLE = "unavailable"


Scanner = Callable[[BinaryIO], Scan]
"""Looks for malware; gets the content from its start."""


class Upload:
    """One uploaded file.

    :ivar filename: Cleaned name, without folders.
    :ivar kind: Name of its kind, such as ``pdf``; blank when the field takes every kind.
    :ivar size: In bytes.
    :ivar token: Refers to it while it is held; blank when it is not.
    """

    def __init__(
        self,
        filename: str,
        opened: Callable[[], BinaryIO],
        *,
        size: int,
        kind: str = "",
        token: str = "",
    ) -> None:
        self.filename, self.kind, self.size, self.token = filename, kind, size, token
        self._opened = opened
        self._stream: BinaryIO | None = None

    def __repr__(self) -> str:
        """Kind and size; names of files often hold names of people."""
        return f"<Upload {self.kind or 'file'} {self.size} bytes>"

    @property
    def stream(self) -> BinaryIO:
        """The content, opened once."""
        if self._stream is None:
            self._stream = self._opened()
        return self._stream

    def read(self) -> bytes:
        """The whole content."""
        self.stream.seek(0)
        return self.stream.read()

    def save(self, target: str | os.PathLike[str] | BinaryIO) -> None:
        """Write the content into a file."""
        self.stream.seek(0)
        if isinstance(target, str | os.PathLike):
            with Path(target).open("wb") as opened:
                shutil.copyfileobj(self.stream, opened)
        else:
            shutil.copyfileobj(self.stream, target)

    def close(self) -> None:
        """Let go of the content."""
        if self._stream is not None:
            self._stream.close()


class UploadStore(Protocol):
    """Keeps contents with what is known of them, by key; any bucket will do."""

    def put(self, key: str, about: Mapping[str, Any], content: BinaryIO) -> None:
        """Keep a content, read from its start."""

    def about(self, key: str) -> Mapping[str, Any] | None:
        """What is known of it; ``None`` when it is not there."""

    def open(self, key: str) -> BinaryIO:
        """The content.

        :raises FileNotFoundError: When it is not there (any more).
        """

    def delete(self, key: str) -> None:
        """Forget it; a key that is not there is none."""

    def purge(self, before: datetime) -> int:
        """Delete what was put before a moment; the number of files deleted."""


class MemoryUploads:
    """Files in memory, for tests and trials: gone when the process ends.

    :param now: The clock.
    """

    def __init__(self, now: Callable[[], datetime] = datetime.now) -> None:
        self._now = now
        self._files: dict[str, tuple[Mapping[str, Any], bytes, datetime]] = {}
        self._lock = threading.Lock()

    def put(self, key: str, about: Mapping[str, Any], content: BinaryIO) -> None:
        """Keep a content."""
        body = content.read()
        with self._lock:
            self._files[key] = dict(about), body, self._now()

    def about(self, key: str) -> Mapping[str, Any] | None:
        """What is known of it."""
        found = self._files.get(key)
        return found[0] if found else None

    def open(self, key: str) -> BinaryIO:
        """The content."""
        found = self._files.get(key)
        if found is None:
            raise FileNotFoundError(key)
        return BytesIO(found[1])

    def delete(self, key: str) -> None:
        """Forget it."""
        with self._lock:
            self._files.pop(key, None)

    def purge(self, before: datetime) -> int:
        """Delete what is older."""
        with self._lock:
            old = [key for key, (*_rest, put) in self._files.items() if put < before]
            for key in old:
                del self._files[key]
        return len(old)


class DirectoryUploads:
    """Two files for each upload in a directory that the application alone can read.

    Put it on an encrypted disk: the content is kept as it came.

    :param path: Made, with mode 0700, when it is not there.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _file(self, key: str, ending: str) -> Path:
        if _KEY.fullmatch(key) is None:
            raise ValueError("the key of an upload is 32 letters")
        return self._path / f"{key}.{ending}"

    def _write(self, file: Path, content: BinaryIO) -> None:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(opened, "wb") as stream:
                shutil.copyfileobj(content, stream)
        except BaseException:
            file.unlink()
            raise

    def put(self, key: str, about: Mapping[str, Any], content: BinaryIO) -> None:
        """Keep a content; what is known of it is written last, and without it nothing is there."""
        self._write(self._file(key, "content"), content)
        known = json.dumps(dict(about), ensure_ascii=False).encode()
        self._write(self._file(key, "json"), BytesIO(known))

    def about(self, key: str) -> Mapping[str, Any] | None:
        """What is known of it."""
        try:
            known: Mapping[str, Any] = json.loads(self._file(key, "json").read_bytes())
        except FileNotFoundError:
            return None
        return known

    def open(self, key: str) -> BinaryIO:
        """The content."""
        return self._file(key, "content").open("rb")

    def delete(self, key: str) -> None:
        """Forget it."""
        for ending in ("json", "content"):
            self._file(key, ending).unlink(missing_ok=True)

    def purge(self, before: datetime) -> int:
        """Delete what is older."""
        count = 0
        for file in self._path.glob("*.content"):
            try:
                is_old = file.stat().st_mtime < before.timestamp()
            except FileNotFoundError:
                # Another process purges too, or the visitor has just removed it.
                continue
            if is_old:
                self.delete(file.stem)
                count += 1
        return count


@dataclass(frozen=True, slots=True)
class Holding:
    """The uploads of one visitor.

    :param secret: At least 16 random bytes, the same for all processes.
    :param owner: Session or journey whose uploads these are: unguessable, not shown to others.
    :param scanner: Looks at each file before it is kept; an infected one is refused and not kept.
    :param accepts_unscanned: Whether a file is taken while the scanner does not answer.
    """

    store: UploadStore
    secret: bytes
    owner: str
    scanner: Scanner | None = None
    accepts_unscanned: bool = False

    def __post_init__(self) -> None:
        if len(self.secret) < 16 or not self.owner:
            raise ValueError("a holding needs an owner and a secret of 16 bytes")

    def __repr__(self) -> str:
        """Neither secret nor owner."""
        return "<Holding>"

    def _token(self, key: str) -> str:
        signed = f"govkit upload\0{self.owner}\0{key}".encode()
        digest = hmac.new(self.secret, signed, sha256).digest()
        return f"{key}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"

    def scan(self, stream: BinaryIO) -> Scan:
        """What the scanner says; a scanner that fails is unavailable."""
        if self.scanner is None:
            return Scan.CLEAN
        stream.seek(0)
        try:
            said = self.scanner(stream)
        except Exception:
            # Whatever went wrong in it, nobody has looked at the file.
            said = Scan.UNAVAILABLE
        stream.seek(0)
        is_tolerated = said == Scan.UNAVAILABLE and self.accepts_unscanned
        return Scan.CLEAN if is_tolerated else said

    def keep(self, upload: Upload) -> Upload:
        """Hold a file that was judged."""
        key = secrets.token_urlsafe(24)
        about = {"filename": upload.filename, "kind": upload.kind, "size": upload.size}
        upload.stream.seek(0)
        self.store.put(key, about, upload.stream)
        return self._held(key, about)

    def _held(self, key: str, about: Mapping[str, Any]) -> Upload:
        return Upload(
            about["filename"],
            lambda: self.store.open(key),
            size=about["size"],
            kind=about["kind"],
            token=self._token(key),
        )

    def find(self, token: str) -> Upload | None:
        """The file of a token; ``None`` when it is another visitor's, forged, or gone."""
        key, _, _signature = token.partition(".")
        if _KEY.fullmatch(key) is None or not hmac.compare_digest(
            token.encode("utf-8", "replace"), self._token(key).encode()
        ):
            return None
        about = self.store.about(key)
        return None if about is None else self._held(key, about)

    def drop(self, upload: Upload) -> None:
        """Delete a held file."""
        if upload.token:
            self.store.delete(upload.token.partition(".")[0])
