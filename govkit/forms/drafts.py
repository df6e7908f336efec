"""Drafts: save what was typed so far, and go on later with a resume code (再開コード).

::

    drafts = Drafts(KeyRing({"2026": key}), DirectoryDrafts("/var/lib/app/drafts"))
    code = drafts.save({"steps": ...})          # "7KQF-3MTA-XW9D", told to the applicant alone
    match drafts.open(typed):
        case Opened(state=state): ...
        case NotOpened(problem=problem): ...    # unknown, expired, unreadable, not a code

A draft is encrypted with AES-256-GCM; the store sees neither its content nor its code, only a keyed
hash of the code. It cannot be moved to another code, kept alive beyond its last day or swapped for
an older one of another applicant: code and day are authenticated with it. A draft never holds a
個人番号 (番号法 第19条・第20条 limit its storage): every text that reads as one is dropped when saving,
and the question is asked again.

Needs ``cryptography``: ``pip install 'govkit-jp[drafts]'``. The number of wrong codes that one
visitor may try is the application's to limit; a code has 58 bits.
"""

import hmac
import json
import os
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Protocol, Self

from govkit.errors import InvalidValue
from govkit.jp.my_number import find_my_number
from govkit.jp.text import DASHES, drop_invisible, fold_width

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError as error:  # pragma: no cover - the extra is there where tests run
    _missing: ImportError | None = error
else:
    _missing = None

__all__ = [
    "DirectoryDrafts",
    "DraftProblem",
    "DraftStore",
    "Drafts",
    "KeyRing",
    "MemoryDrafts",
    "NotOpened",
    "Opened",
    "ResumeCode",
    "without_my_numbers",
]

_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE: Final = re.compile(f"[{_LETTERS}]{{12}}")
_KEY: Final = re.compile("[0-9a-f]{64}")
_KEY_BYTES, _NONCE_BYTES = 32, 12
_JAPAN: Final = timezone(timedelta(hours=9))


class DraftProblem(StrEnum):
    """Why a draft is not opened."""

    NOT_A_CODE = "draft_not_a_code"
    UNKNOWN = "draft_unknown"
    EXPIRED = "draft_expired"
    UNREADABLE = "draft_unreadable"


PROBLEM_TEXTS: Final[Mapping[DraftProblem, str]] = {
    DraftProblem.NOT_A_CODE: "再開コードは、保存したときに表示された12文字を入力してください（例：7KQF-3MTA-XW9D）",
    DraftProblem.UNKNOWN: "この再開コードの下書きは見つかりません。コードをもう一度確かめてください。期限を過ぎた下書きは消えています",
    DraftProblem.EXPIRED: "この下書きは期限を過ぎたため開けません。お手数ですが、はじめから入力してください",
    DraftProblem.UNREADABLE: "この下書きは開けませんでした。お手数ですが、はじめから入力してください",
}
"""What to tell the applicant, by problem."""


@dataclass(frozen=True, slots=True)
class ResumeCode:
    """Twelve letters and digits with which one goes on later; without 0 O 1 I L U, which people mix up.

    :param letters: The twelve, without the dashes that only help to read them.
    """

    letters: str

    @classmethod
    def new(cls) -> Self:
        """A code that nobody can guess: 58 random bits."""
        return cls("".join(secrets.choice(_LETTERS) for _ in range(12)))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what was typed: any width and case, with or without dashes and spaces.

        :raises InvalidValue: With ``DraftProblem.NOT_A_CODE``.
        """
        folded = fold_width(drop_invisible(text)).upper()
        letters = "".join(each for each in folded if not each.isspace() and each not in DASHES)
        if _CODE.fullmatch(letters) is None:
            raise InvalidValue(DraftProblem.NOT_A_CODE)
        return cls(letters)

    def __str__(self) -> str:
        """In three groups of four."""
        return "-".join(self.letters[at : at + 4] for at in (0, 4, 8))


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft that was opened.

    :param state: What was saved, without any 個人番号.
    :param expires: When it will be deleted, in UTC.
    """

    state: dict[str, Any]
    saved: datetime
    expires: datetime
    code: ResumeCode

    @property
    def last_day(self) -> date:
        """The last whole day in Japan on which it can be opened."""
        return _last_day(self.expires)


@dataclass(frozen=True, slots=True)
class NotOpened:
    """A draft that is not opened, and why."""

    problem: DraftProblem

    @property
    def text(self) -> str:
        """What to do, in Japanese."""
        return PROBLEM_TEXTS[self.problem]


class DraftStore(Protocol):
    """Keeps sealed drafts by key; any table or bucket will do."""

    def write(self, key: str, sealed: bytes, expires: datetime) -> None:
        """Keep a draft, in place of an earlier one with this key."""

    def read(self, key: str) -> bytes | None:
        """The sealed draft, or ``None``."""

    def delete(self, key: str) -> None:
        """Forget it; a key that is not there is none."""

    def purge(self, now: datetime) -> int:
        """Delete what has expired; the number of drafts deleted."""


class MemoryDrafts:
    """Drafts in memory, for tests and trials: gone when the process ends."""

    def __init__(self) -> None:
        self._drafts: dict[str, tuple[bytes, datetime]] = {}
        self._lock = threading.Lock()

    def write(self, key: str, sealed: bytes, expires: datetime) -> None:
        """Keep a draft."""
        with self._lock:
            self._drafts[key] = sealed, expires

    def read(self, key: str) -> bytes | None:
        """The sealed draft, or ``None``."""
        with self._lock:
            return self._drafts.get(key, (None, None))[0]

    def delete(self, key: str) -> None:
        """Forget it."""
        with self._lock:
            self._drafts.pop(key, None)

    def purge(self, now: datetime) -> int:
        """Delete what has expired."""
        with self._lock:
            expired = [key for key, (_sealed, expires) in self._drafts.items() if expires <= now]
            for key in expired:
                del self._drafts[key]
        return len(expired)


class DirectoryDrafts:
    """One file for each draft in a directory that the application alone can read.

    Writing is atomic: a draft is there whole, old or new. The time of a file is its expiry.

    :param path: Made, with mode 0700, when it is not there.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _file(self, key: str) -> Path:
        if _KEY.fullmatch(key) is None:
            raise ValueError("the key of a draft is 64 hexadecimal digits")
        return self._path / f"{key}.draft"

    def write(self, key: str, sealed: bytes, expires: datetime) -> None:
        """Keep a draft."""
        file = self._file(key)
        fresh = file.with_suffix(f".{secrets.token_hex(8)}")
        opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(opened, "wb") as stream:
                stream.write(sealed)
                stream.flush()
                os.fsync(stream.fileno())
            os.utime(fresh, (expires.timestamp(), expires.timestamp()))
            fresh.replace(file)
        finally:
            fresh.unlink(missing_ok=True)

    def read(self, key: str) -> bytes | None:
        """The sealed draft, or ``None``."""
        try:
            return self._file(key).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        """Forget it."""
        self._file(key).unlink(missing_ok=True)

    def purge(self, now: datetime) -> int:
        """Delete what has expired."""
        count = 0
        for file in self._path.glob("*.draft"):
            try:
                if file.stat().st_mtime <= now.timestamp():
                    file.unlink()
                    count += 1
            except FileNotFoundError:
                # Another process purges too, or the applicant has just finished.
                continue
        return count


class KeyRing:
    """Keys by name; the first encrypts, all of them decrypt, so that keys can be changed.

    Drop a key from the ring once the last draft made with it has expired.

    :param keys: Each of 32 random bytes: ``secrets.token_bytes(32)``. Names are short and ASCII.
    :raises ImportError: When ``cryptography`` is missing.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if _missing is not None:  # pragma: no cover - the extra is there where tests run
            raise ImportError(
                "drafts need cryptography: pip install 'govkit-jp[drafts]'"
            ) from _missing
        if not keys:
            raise ValueError("a key ring needs a key")
        for name, key in keys.items():
            if len(key) != _KEY_BYTES or not (name.isascii() and 0 < len(name) < 32):
                raise ValueError(f"key {name!r}: 32 bytes and a short ASCII name are needed")
        self._keys = dict(keys)

    def __repr__(self) -> str:
        """Names only."""
        return f"KeyRing({', '.join(self._keys)})"

    def seal(self, text: bytes, context: bytes) -> bytes:
        """Encrypt; it opens with the same context alone."""
        name, key = next(iter(self._keys.items()))
        nonce = secrets.token_bytes(_NONCE_BYTES)
        head = bytes([len(name)]) + name.encode("ascii")
        return head + nonce + AESGCM(key).encrypt(nonce, text, head + context)

    def unseal(self, sealed: bytes, context: bytes) -> bytes | None:
        """Decrypt; ``None`` when it was changed, or its key is no longer there."""
        split = 1 + sealed[0] if sealed else 0
        key = self._keys.get(sealed[1:split].decode("ascii", "replace"))
        nonce, body = sealed[split : split + _NONCE_BYTES], sealed[split + _NONCE_BYTES :]
        if key is None or len(nonce) < _NONCE_BYTES:
            return None
        try:
            return AESGCM(key).decrypt(nonce, body, sealed[:split] + context)
        except InvalidTag:
            return None

    def digests(self, text: str) -> tuple[str, ...]:
        """Keyed hashes of a text, one for each key, 64 hexadecimal digits."""
        return tuple(
            hmac.new(key, b"govkit draft " + text.encode(), sha256).hexdigest()
            for key in self._keys.values()
        )


def without_my_numbers(value: Any) -> Any:
    """A copy of lists, dicts and texts in which every text that holds a 個人番号 is dropped.

    A dropped value of a dict takes its key along; of a pair of name and value both go.
    """
    if isinstance(value, Mapping):
        kept = {key: without_my_numbers(each) for key, each in value.items()}
        return {key: each for key, each in kept.items() if each is not _DROPPED}
    if isinstance(value, list | tuple):
        items = [without_my_numbers(each) for each in value]
        is_pair = len(items) == 2 and isinstance(value[0], str)
        if is_pair and _DROPPED in items:
            return _DROPPED
        return [each for each in items if each is not _DROPPED]
    return _DROPPED if isinstance(value, str) and find_my_number(value) else value


_DROPPED: Final = object()


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _last_day(expires: datetime) -> date:
    return expires.astimezone(_JAPAN).date() - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Drafts:
    """Saves and opens drafts.

    :param days: How long a draft is kept after it was last saved.
    :param now: The clock, in UTC.
    """

    keys: KeyRing
    store: DraftStore
    days: int = 30
    now: Callable[[], datetime] = _utc_now

    def save(self, state: Mapping[str, Any], code: ResumeCode | None = None) -> ResumeCode:
        """Keep a state that JSON can hold; 個人番号 in it are dropped.

        :param code: The code under which it was saved before; a new one without.
        """
        known = code or ResumeCode.new()
        saved = self.now()
        expires = saved + timedelta(days=self.days)
        draft = {
            "state": without_my_numbers(dict(state)),
            "saved": saved.isoformat(),
            "expires": expires.isoformat(),
        }
        key, *older = self.keys.digests(known.letters)
        text = json.dumps(draft, ensure_ascii=False, separators=(",", ":"))
        self.store.write(key, self.keys.seal(text.encode(), key.encode()), expires)
        for each in older:
            self.store.delete(each)
        return known

    def last_day(self) -> date:
        """The last whole day in Japan on which a draft saved now can be opened."""
        return _last_day(self.now() + timedelta(days=self.days))

    def open(self, typed: str) -> Opened | NotOpened:
        """The draft of a code as typed."""
        try:
            code = ResumeCode.parse(typed)
        except InvalidValue:
            return NotOpened(DraftProblem.NOT_A_CODE)
        for key in self.keys.digests(code.letters):
            sealed = self.store.read(key)
            if sealed is not None:
                return self._opened(code, self.keys.unseal(sealed, key.encode()))
        return NotOpened(DraftProblem.UNKNOWN)

    def _opened(self, code: ResumeCode, text: bytes | None) -> Opened | NotOpened:
        if text is None:
            return NotOpened(DraftProblem.UNREADABLE)
        draft = json.loads(text)
        saved, expires = (datetime.fromisoformat(draft[each]) for each in ("saved", "expires"))
        if expires <= self.now():
            self.delete(code)
            return NotOpened(DraftProblem.EXPIRED)
        return Opened(draft["state"], saved, expires, code)

    def delete(self, code: ResumeCode) -> None:
        """Forget a draft, as when the application has been sent in."""
        for key in self.keys.digests(code.letters):
            self.store.delete(key)
