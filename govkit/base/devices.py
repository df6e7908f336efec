"""The devices people log in from: what to call them, and whether one is known (端末).

A device is known to an account by a tag in a long-lived cookie: an HMAC over the account and the
hash of its password, so that nobody can make one up, and a new password forgets every device.
"""

import hmac
from collections.abc import Iterable
from typing import Final

from govkit.base.identity import Account
from govkit.base.settings import Settings

__all__ = ["DEVICE_DAYS", "device_name", "device_tags", "is_known_device"]

DEVICE_DAYS: Final = 180
"""How long a device stays known without a login, in days."""
_MOST_ACCOUNTS: Final = 12
"""Accounts that one shared device remembers; the oldest is forgotten."""
_TAG_LETTERS: Final = 32

_SYSTEMS: Final = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS")),
    *(("Windows", "Windows"), ("Macintosh", "macOS"), ("Linux", "Linux")),
)
_BROWSERS: Final = (
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox")),
    *(("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari")),
)


def device_name(user_agent: str) -> str:
    """System and browser in a few words, such as ``Windows / Edge``; blank when unknown."""
    found = (
        next((name for mark, name in marks if mark in user_agent), "")
        for marks in (_SYSTEMS, _BROWSERS)
    )
    return " / ".join(filter(None, found))


def is_known_device(settings: Settings, account: Account, cookie: str) -> bool:
    """Whether the account has logged in from the device that sent the cookie."""
    own = _tag(settings, account)
    return any(hmac.compare_digest(own, each) for each in _tags(cookie))


def device_tags(settings: Settings, account: Account, cookie: str) -> str:
    """The cookie of a device on which the account has just logged in."""
    own = _tag(settings, account)
    return ".".join([own, *(each for each in _tags(cookie) if each != own)][:_MOST_ACCOUNTS])


def _tags(cookie: str) -> Iterable[str]:
    return (each for each in cookie.split(".") if len(each) == _TAG_LETTERS and each.isascii())


def _tag(settings: Settings, account: Account) -> str:
    key = settings.security.secret_key.get_secret_value().encode()
    said = f"govkit.device:{account.id}:{account.password_hash}"
    return hmac.digest(key, said.encode(), "sha256").hex()[:_TAG_LETTERS]
