"""Values that only the application can read (値の暗号化): sealed with a key, bound to their place.

::

    place = Place("132021", "enrolment_guardian", "contact", row_id.hex)
    sealed = keyring.encrypt("03-0000-0000", place)     # "gk1.2026.MzV…"
    keyring.decrypt(sealed, place)                      # "03-0000-0000"

AES-256-GCM with a fresh nonce for each value. Municipality, table, column and row are authenticated
with it, so that a value which somebody copied to another place does not open there. Each municipality
has keys of its own, derived from the deployment's (HKDF-SHA-256). The first key of the ring encrypts
and every key decrypts; a value names the key it was made with, so that keys can be changed
(``govkit encryption rotate``). What stays visible is whether there is a value and how long it is.

For whole columns see :class:`govkit.base.encrypted_columns.Encrypted`.
"""

import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from govkit.base.settings import Settings
from govkit.errors import Unreadable

__all__ = [
    "DERIVED",
    "Keyring",
    "Place",
    "SealProblem",
    "key_name",
    "keyring_of",
    "sealed_head",
]

_VERSION: Final = "gk1"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_INDEX_DIGITS: Final = 32
DERIVED: Final = "secret"
"""Name of the key that is derived from ``security.secret_key``, for use in development."""


class SealProblem(StrEnum):
    """Why a sealed value does not open."""

    NOT_SEALED = "not_sealed"
    """It is no sealed value at all."""
    UNKNOWN_KEY = "unknown_key"
    """The key that it names is not in the ring."""
    ALTERED = "altered"
    """It was changed, belongs to another place, or was made with another key of that name."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value belongs.

    :param municipality_code: Six digits, or blank for a row of the deployment itself.
    :param row: Primary key of the row inside the municipality.
    """

    municipality_code: str
    table: str
    column: str
    row: str = ""

    def bound(self, head: str) -> bytes:
        """What is authenticated with a value: one text for each place, whatever the parts hold."""
        parts = [head, self.municipality_code, self.table, self.column, self.row]
        return json.dumps(parts).encode("ascii")


class Keyring:
    """Keys by name (鍵束); the first encrypts, every one decrypts.

    :param keys: Each of 32 random bytes; names are short and ASCII, without dots.
    :raises ValueError: When there is no key, or one of the wrong length.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys or any(len(key) != _KEY_BYTES for key in keys.values()):
            raise ValueError("a key ring needs keys of 32 bytes")
        self._keys: Final = dict(keys)
        self._derived: Final[dict[tuple[str, str], bytes]] = {}
        self._ciphers: Final[dict[tuple[str, str], AESGCM]] = {}

    def __repr__(self) -> str:
        """Names only."""
        return f"Keyring({', '.join(self._keys)})"

    @property
    def newest(self) -> str:
        """Name of the key that encrypts."""
        return next(iter(self._keys))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all keys, the one that encrypts first."""
        return tuple(self._keys)

    def encrypt(self, text: str, place: Place) -> str:
        """Seal a text for its place; the same text never looks the same twice.

        :raises UnicodeEncodeError: When the text holds lone surrogates.
        """
        head = sealed_head(self.newest)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = self._cipher(self.newest, place.municipality_code)
        body = nonce + cipher.encrypt(nonce, text.encode(), place.bound(head))
        return head + urlsafe_b64encode(body).decode("ascii").rstrip("=")

    def decrypt(self, sealed: str, place: Place) -> str:
        """Open a sealed text in its place.

        :raises Unreadable: With a :class:`SealProblem`; the error tells nothing of the value.
        """
        name = key_name(sealed)
        if name is None:
            raise Unreadable(SealProblem.NOT_SEALED)
        if name not in self._keys:
            raise Unreadable(SealProblem.UNKNOWN_KEY, key=name)
        head = sealed_head(name)
        text = sealed[len(head) :]
        try:
            body = urlsafe_b64decode(text + "=" * (-len(text) % 4))
            cipher = self._cipher(name, place.municipality_code)
            nonce, rest = body[:_NONCE_BYTES], body[_NONCE_BYTES:]
            return cipher.decrypt(nonce, rest, place.bound(head)).decode()
        except (InvalidTag, ValueError) as error:
            raise Unreadable(SealProblem.ALTERED, key=name) from error

    def digests(self, text: str, place: Place) -> tuple[str, ...]:
        """Keyed hashes (HMAC-SHA-256, 128 bits) under which a text is found again in its column.

        One for each key, the newest first. They differ between municipalities and columns.
        """
        purpose = f"index:{place.table}.{place.column}"
        return tuple(
            hmac.new(
                self._subkey(name, purpose, place.municipality_code), text.encode(), "sha256"
            ).hexdigest()[:_INDEX_DIGITS]
            for name in self._keys
        )

    def _cipher(self, name: str, municipality_code: str) -> AESGCM:
        known = self._ciphers.get((name, municipality_code))
        if known is None:
            known = AESGCM(self._subkey(name, "cipher", municipality_code))
            self._ciphers[name, municipality_code] = known
        return known

    def _subkey(self, name: str, purpose: str, municipality_code: str) -> bytes:
        about = f"{name}:{purpose}:{municipality_code}"
        known = self._derived.get((name, about))
        if known is None:
            known = _derive(self._keys[name], f"govkit.encryption:{purpose}:{municipality_code}")
            self._derived[name, about] = known
        return known


def sealed_head(name: str) -> str:
    """How every value begins that was sealed with a key."""
    return f"{_VERSION}.{name}."


def key_name(sealed: str) -> str | None:
    """Name of the key with which a value was sealed; ``None`` when it is no sealed value."""
    version, _, rest = sealed.partition(".")
    name, dot, _ = rest.partition(".")
    return name if version == _VERSION and dot else None


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


def keyring_of(settings: Settings) -> Keyring:
    """The ring of a deployment: ``encryption.keys``, and last the key derived from its secret key.

    The derived one is all that development needs. Where keys are given it only opens what was
    sealed before there were any.
    """
    given = (each.get_secret_value().partition(":") for each in settings.encryption.keys)
    keys = {name: urlsafe_b64decode(f"{text}=") for name, _, text in given}
    secret = settings.security.secret_key.get_secret_value()
    return Keyring(keys | {DERIVED: _derive(secret.encode(), "govkit.encryption:secret")})
