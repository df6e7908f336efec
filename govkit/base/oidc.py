"""Login at an OpenID Connect provider (認証基盤): what the pages need, without the libraries.

A login is one :class:`Attempt` of one browser: it begins with :meth:`Provider.begin`, which gives
the address to go to, and ends with :meth:`Provider.finish`, which gives :class:`Evidence` of who
came back. Nothing of an attempt ever leaves the session's row but state, nonce and the hash of the
verifier (PKCE S256, RFC 7636).
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Final, Protocol, cast

from govkit.base.settings import Settings
from govkit.errors import GovkitError, InvalidSettings, Problem

__all__ = [
    "ATTEMPT_LIFE",
    "Attempt",
    "Evidence",
    "LoginRefused",
    "LogoutOrder",
    "Provider",
    "ProviderUnavailable",
    "open_provider",
    "session_mark",
]

ATTEMPT_LIFE: Final = timedelta(minutes=10)
"""How long somebody may take at the provider."""

Clock = Callable[[], datetime]


class LoginRefused(GovkitError):
    """What came back from the provider does not prove who the person is.

    :ivar problem: Which check failed; stands in the record of the attempt, and holds no name.
    """

    code = "login_refused"

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class ProviderUnavailable(GovkitError):
    """The provider gives no usable answer in time.

    :ivar problem: ``timeout``, ``not_reached``, ``not_https``, ``busy``, ``garbage`` or ``http_…``.
    """

    code = "provider_unavailable"

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the session remembers while its browser is at the provider.

    :param redirect_uri: Where the provider sends the browser back to.
    :param next_page: Page of ours that was asked for.
    """

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    begun_at: datetime
    next_page: str = ""

    def as_json(self) -> dict[str, str]:
        """For the session's row."""
        return {
            "state": self.state,
            "nonce": self.nonce,
            "verifier": self.verifier,
            "redirect_uri": self.redirect_uri,
            "begun_at": self.begun_at.isoformat(),
            "next_page": self.next_page,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, str]) -> "Attempt":
        """Read from the session's row."""
        texts = {key: text for key, text in kept.items() if key != "begun_at"}
        return cls(**texts, begun_at=datetime.fromisoformat(kept["begun_at"]))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a checked token says of the person and of the login.

    :param session_id: The provider's own name of its session (sid); blank when it tells none.
    :param auth_time: When the person last really proved who they are, if the provider says so.
    """

    issuer: str
    subject: str
    session_id: str
    acr: str
    amr: tuple[str, ...]
    auth_time: datetime | None
    claims: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LogoutOrder:
    """What a logout token demands (OpenID Connect Back-Channel Logout 1.0).

    :param subject: Person whose logins end; blank when only a session is named.
    :param session_id: Session of the provider; blank for all of the person's.
    """

    issuer: str
    subject: str
    session_id: str
    token_id: str


class Provider(Protocol):
    """The provider that the settings name; safe to share between threads."""

    def begin(self, redirect_uri: str, next_page: str) -> tuple[Attempt, str]:
        """A new attempt, and the address at the provider where the browser goes.

        :raises ProviderUnavailable: When the provider's description cannot be had.
        """
        ...

    def finish(self, attempt: Attempt, answer: Mapping[str, str]) -> Evidence:
        """Check what the browser brought back, fetch the token and check it.

        :param answer: Parameters of the address it came back to.
        :raises LoginRefused: When anything is not as it must be.
        :raises ProviderUnavailable: When the provider cannot be asked.
        """
        ...

    def read_logout(self, token: str) -> LogoutOrder:
        """Check a logout token.

        :raises LoginRefused: When anything is not as it must be.
        :raises ProviderUnavailable: When the provider's keys cannot be had.
        """
        ...

    def logout_address(self, return_to: str) -> str:
        """Where the browser ends the provider's session too; blank when there is no such place."""
        ...

    def close(self) -> None:
        """Give back threads and connections."""
        ...


def open_provider(settings: Settings, clock: Clock) -> Provider | None:
    """The provider of the settings, ``None`` when they name none; calls nobody yet.

    :raises InvalidSettings: When the libraries are not installed.
    """
    if not settings.oidc.issuer:
        return None
    try:
        library = import_module("govkit.base.oidc_provider")
    except ModuleNotFoundError as error:
        text = "認証基盤でのログインには追加の部品が要ります。pip install 'govkit-jp[oidc]' で入れてください。"
        raise InvalidSettings([Problem("oidc_extra", text, column="oidc.issuer")]) from error
    return cast(Provider, library.OidcProvider(settings, clock))


def session_mark(issuer: str, session_id: str) -> str:
    """What a session's row keeps of the provider's session: a hash that is of no use elsewhere."""
    return hashlib.sha256(f"{issuer}\n{session_id}".encode()).hexdigest()
