"""Passwords: what is a good one, whether one is right, and the queue in which they are hashed.

After NIST SP 800-63B-4, 3.1.1: length counts, composition does not, no password expires, and what
attackers try first is refused: common passwords, the names of the place of work, repetitions.
An initial password (初期パスワード) is one that somebody else was shown: it is random, ends after some
days, and opens nothing but the page on which its owner chooses another (ASVS 5.0.0, 6.4.1).
Hashes are argon2id. In each process one is computed at a time, so that a storm of logins waits in
a queue and takes no more than one core from everything else.
"""

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from govkit.base.deployment import Deployment
from govkit.base.identity import Account
from govkit.base.municipality import MunicipalityRow
from govkit.base.tenancy import ScopedSession
from govkit.errors import Busy, Refused
from govkit.jp import postcodes
from govkit.jp.romaji import romanised

__all__ = [
    "MAXIMUM_PASSWORD_LENGTH",
    "MINIMUM_PASSWORD_LENGTH",
    "MOST_FAILURES",
    "InitialPassword",
    "PasswordEnded",
    "add_account",
    "check_password",
    "choose_password",
    "hash_secret",
    "is_secret",
    "issue_password",
    "new_initial_password",
    "set_password",
]

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_ABSENT: Final = _HASHER.hash("nobody has this password")
MINIMUM_PASSWORD_LENGTH: Final = 15
"""Characters of a password that is the only factor (NIST SP 800-63B-4, 3.1.1.2)."""
MAXIMUM_PASSWORD_LENGTH: Final = 128
"""Longer ones are refused, so that nobody can keep the hash busy."""
MOST_FAILURES: Final = 100
"""Failures in a row after which the password is void until a new one is set (3.2.2)."""
_FREE_FAILURES: Final = 5
_MINIMUM_UNGUESSED: Final = 8
_QUEUE_SECONDS: Final = 5.0
"""How long a password waits for its turn to be hashed."""
_turns = threading.BoundedSemaphore(1)

_GUESSED_FIRST: Final = (
    *("password", "passw0rd", "passphrase", "pass", "word", "letmein", "welcome", "login"),
    *("admin", "administrator", "qwerty", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abc"),
    *("govkit", "school", "gakkou", "gakko", "gakumu", "koumu", "kyouiku", "kyoiku", "iinkai"),
    *("shiyakusho", "kuyakusho", "yakuba", "city", "パスワード", "ぱすわーど", "学校", "小学校"),
    *("中学校", "教育委員会", "校務", "学務", "学務課", "学籍", "システム", "市立", "市役所"),
    *("区役所", "役場"),
)
"""Words that somebody who knows the place of work tries first (推測されやすい言葉)."""
_LEET: Final = str.maketrans("01345789@$!", "oleastbgasi")
_SHORTEST_COMMON: Final = 6
_LONGEST_COMMON: Final = 30
_PRIVATE_USE: Final = 0xE000
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody mistakes for each other on paper; twenty of them are 99 bits."""


class PasswordEnded(Refused):
    """The password is right, but it was an initial one whose time is over."""


@dataclass(frozen=True, slots=True)
class InitialPassword:
    """A random password, to be shown once to whoever hands it on (初期パスワード)."""

    text: str = field(repr=False)
    until: datetime


def new_initial_password(deployment: Deployment) -> InitialPassword:
    """A password that is good from now for as many days as the settings say."""
    groups = ("".join(secrets.choice(_LETTERS) for _letter in range(5)) for _group in range(4))
    days = deployment.settings.security.initial_password_days
    return InitialPassword("-".join(groups), deployment.clock() + timedelta(days=days))


def add_account(session: ScopedSession, login: str, password: str | InitialPassword) -> Account:
    """Add a log-in.

    :raises Refused: When the log-in exists or the password is too weak.
    """
    login = login.strip()
    if session.scalar(sa.select(Account.id).where(Account.login == login)):
        raise Refused("このログイン名はすでに使われています。別のログイン名にしてください。")
    account = Account(id=uuid4(), login=login, is_enabled=True, failures=0, locked_until=None)
    set_password(session, account, password)
    session.add(account)
    return account


def set_password(
    session: ScopedSession, account: Account, new_password: str | InitialPassword
) -> None:
    """Set a password: length and guessability count, composition does not. Failures are forgiven.

    :param new_password: Text is what the owner chose.
    :raises Refused: With what to change.
    """
    initial = new_password if isinstance(new_password, InitialPassword) else None
    password = _normalised(initial.text if initial else str(new_password))
    if not MINIMUM_PASSWORD_LENGTH <= len(password) <= MAXIMUM_PASSWORD_LENGTH:
        raise Refused(
            "パスワードは{minimum}文字以上{maximum}文字以内にしてください。",
            minimum=MINIMUM_PASSWORD_LENGTH,
            maximum=MAXIMUM_PASSWORD_LENGTH,
        )
    words = {*_GUESSED_FIRST, account.login.casefold(), *_names_of_places(session)}
    if _unguessed(password, words) < _MINIMUM_UNGUESSED:
        raise Refused(
            "よく使われる言葉、ログイン名、同じ並びの繰り返しを除くと短すぎます。"
            "互いに関係のない言葉をいくつか並べてください。"
        )
    account.password_hash = hash_secret(password)
    account.failures = 0
    account.locked_until = None
    account.initial_until = initial.until if initial else None


def issue_password(deployment: Deployment, account_id: UUID) -> InitialPassword:
    """Replace the password of somebody who forgot it; the second factors stay (ASVS 6.4.3)."""
    password = new_initial_password(deployment)
    with deployment.system() as session:
        set_password(session, session.get_one(Account, account_id, with_for_update=True), password)
    return password


def choose_password(deployment: Deployment, account_id: UUID, present: str, new: str) -> bool:
    """Set the password that its owner chose; false if the present one is wrong (ASVS 6.2.3).

    :raises Refused: When the new one is too weak, or no other than the present one.
    :raises Busy: When too many passwords wait to be hashed.
    """
    with deployment.system(writes=False) as session:
        login = session.scalar(sa.select(Account.login).where(Account.id == account_id))
    if login is None or check_password(deployment, login, present) is None:
        return False
    if _normalised(present) == _normalised(new):
        raise Refused("今のパスワードと同じです。別のパスワードにしてください。")
    if _has_leaked(deployment.settings.security.leaked_passwords_file, _normalised(new)):
        raise Refused(
            "このパスワードは、ほかのところから漏れたものの一覧にあります。別のパスワードにしてください。"
        )
    with deployment.system() as session:
        set_password(session, session.get_one(Account, account_id), new)
    return True


def check_password(deployment: Deployment, login: str, password: str) -> Account | None:
    """The account if the password is right; takes as long when there is no such account.

    After several failures in a row an account waits, longer each time, up to an hour; after
    :data:`MOST_FAILURES` until a new password is set.

    :raises PasswordEnded: When the password was right and is over.
    :raises Busy: When too many passwords wait to be hashed.
    """
    login = login.strip()
    with deployment.system(writes=False) as session:
        stored = session.scalar(
            sa.select(Account.password_hash).where(Account.login == login, Account.is_enabled)
        )
    right = is_secret(stored, _normalised(password))  # outside any transaction
    with deployment.system() as session:
        account = session.scalar(sa.select(Account).where(Account.login == login).with_for_update())
        if account is None or not account.is_enabled or not _may_try(account, deployment):
            return None
        if not right or account.password_hash != stored:
            _count_failure(account, deployment)
            return None
        if account.initial_until is not None and account.initial_until <= deployment.clock():
            raise PasswordEnded(
                "初期パスワードの期限が過ぎています。所属のシステム管理者に、発行し直すよう頼んでください。"
            )
        account.failures = 0
        account.locked_until = None
        return account


def _may_try(account: Account, deployment: Deployment) -> bool:
    is_locked = account.locked_until is not None and account.locked_until > deployment.clock()
    return not is_locked and account.failures < MOST_FAILURES


def _count_failure(account: Account, deployment: Deployment) -> None:
    account.failures += 1
    excess = account.failures - _FREE_FAILURES
    if excess >= 0:
        wait = timedelta(seconds=min(30 * 2 ** min(excess, 10), 3600))
        account.locked_until = deployment.clock() + wait


def hash_secret(text: str) -> str:
    """The argon2id hash of a secret that people type.

    :raises Busy: When too many wait to be hashed.
    """
    with _turn():
        return _HASHER.hash(text)


def is_secret(stored: str | None, text: str) -> bool:
    """Whether the text is what was hashed; takes as long when nothing is stored.

    :raises Busy: When too many wait to be hashed.
    """
    with _turn():
        try:
            _HASHER.verify(stored or _ABSENT, text)
        except (VerifyMismatchError, InvalidHashError):
            return False
    return stored is not None


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=_QUEUE_SECONDS):
        raise Busy(max(1, round(_QUEUE_SECONDS)))
    try:
        yield
    finally:
        _turns.release()


def _normalised(password: str) -> str:
    """One form for all ways to type the same characters (NIST SP 800-63B-4, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _unguessed(password: str, words: Iterable[str]) -> int:
    """How much of a password is left without what is tried first, repetitions and counting.

    A common password inside it counts for two characters.
    """
    plain = password.casefold()
    ordered = sorted(filter(None, words), key=len, reverse=True)
    return min(len(_rest(each, ordered)) for each in (plain, plain.translate(_LEET)))


def _rest(text: str, words: Iterable[str]) -> str:
    # In both orders: a word may stand inside a common password, and the other way round.
    orders = (_without_common(_without(text, words)), _without(_without_common(text), words))
    return min(map(_without_runs, orders), key=len)


def _without(text: str, words: Iterable[str]) -> str:
    for word in words:
        text = text.replace(word, "")
    return text


def _without_runs(text: str) -> str:
    text = re.sub(r"(.+?)\1+", r"\1", text)
    return "".join(
        after
        for before, after in pairwise(f" {text}")
        if not (before + after).isdecimal() or abs(int(after) - int(before)) != 1
    )


def _without_common(text: str) -> str:
    """Each common password in the text as two characters, the same for the same password."""
    known: dict[str, str] = {}
    rest, place = [], 0
    while place < len(text):
        found = _common_at(text, place)
        if not found:
            rest.append(text[place])
            place += 1
            continue
        first = _PRIVATE_USE + 2 * len(known)
        rest.append(known.setdefault(found, chr(first) + chr(first + 1)))
        place += len(found)
        if place < len(text) and not text[place].isalnum():
            place += 1  # what only parts two common ones adds nothing
    return "".join(rest)


def _common_at(text: str, place: int) -> str:
    common = _common_passwords()
    longest = min(_LONGEST_COMMON, len(text) - place)
    for length in range(longest, _SHORTEST_COMMON - 1, -1):
        if text[place : place + length] in common:
            return text[place : place + length]
    return ""


def _has_leaked(listed: Path | None, password: str) -> bool:
    """Whether a line of the file is the password, as typed or in small letters."""
    if listed is None or not listed.stat().st_size:
        return False
    with listed.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
        return any(_is_line(text, each.encode()) for each in {password, password.casefold()})


def _is_line(text: mmap, line: bytes) -> bool:
    place = text.find(line)
    while place >= 0:
        before, after = (
            text[max(0, place - 1) : place],
            text[place + len(line) : place + len(line) + 1],
        )
        if before in (b"", b"\n") and after in (b"", b"\r", b"\n"):
            return True
        place = text.find(line, place + 1)
    return False


@cache
def _common_passwords() -> frozenset[str]:
    text = (files("govkit.base") / "data" / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def _names_of_places(session: ScopedSession) -> set[str]:
    """Names of the municipalities of the deployment, as written and as typed in Latin letters."""
    names = set()
    for row in session.scalars(sa.select(MunicipalityRow)):
        names |= {row.name, row.name[:-1]} | _readings(row.code)
    return names


@cache
def _readings(code: str) -> frozenset[str]:
    place = postcodes.municipality(code)
    kana = place.kana if place else ""
    stem = re.sub(r"(?:シ|ク|マチ|チョウ|ムラ|ソン)$", "", kana)
    typed = {each for reading in (kana, stem) for each in romanised(reading)}
    return frozenset(each for each in (kana, stem, *typed) if len(each) > 2)
