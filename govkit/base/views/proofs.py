"""How the pages of login and step-up take proofs, count tries and write down what happened."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from flask import request

from govkit.base import factors, passkeys, web
from govkit.base.audit import SystemEvent
from govkit.base.identity import Account
from govkit.base.rate_limit import Limiter, Rate
from govkit.errors import NotFound

__all__ = [
    "Tries",
    "account_row",
    "begin_adding_passkey",
    "begin_using_passkey",
    "prove_code",
    "prove_passkey",
    "record",
    "site",
    "taken_answer",
]

_MINUTE: Final = timedelta(minutes=1)
PER_ACCOUNT: Final = Rate(20, 5 * _MINUTE)
PER_ADDRESS: Final = Rate(300, _MINUTE)
"""Failures: a whole city may be behind one address."""
PER_CITY: Final = Rate(600, _MINUTE)
_CHALLENGE: Final = "passkey_challenge"


class Tries:
    """Tries at one secret, counted for the account, for the address and for its municipalities."""

    def __init__(self, what: str, whose: str, codes: Iterable[str]) -> None:
        self._limiter = Limiter(web.deployment())
        self._rates = {
            f"{what}:account:{whose}": PER_ACCOUNT,
            f"{what}:address:{request.remote_addr}": PER_ADDRESS,
            **{f"{what}:city:{code}": PER_CITY for code in codes},
        }

    def count(self) -> None:
        """Count one more.

        :raises TooManyTries: When there were too many.
        """
        self._limiter.allow(self._rates)

    def forgive(self) -> None:
        """It was right: only failures add up."""
        self._limiter.forgive(self._rates)


def record(action: str, actor_id: UUID | None, /, **detail: object) -> None:
    """Write down what happened at the login, with no more than identifiers."""
    with web.deployment().system() as database:
        database.add(
            SystemEvent(
                id=uuid4(),
                at=web.deployment().clock(),
                actor=str(actor_id or ""),
                action=action,
                reason="",
                detail=detail,
            )
        )


def account_row(account_id: UUID) -> Account:
    """The account.

    :raises NotFound: When it is gone.
    """
    with web.deployment().system(writes=False) as database:
        account: Account | None = database.get(Account, account_id)
    if account is None:
        raise NotFound("Account")
    return account


def prove_code(account_id: UUID, code: str) -> str:
    """What a typed code proves: ``otp``, ``recovery``, or nothing.

    :raises TooManyTries: When too many were wrong.
    """
    tries = Tries("factor", str(account_id), _codes())
    tries.count()
    deployment = web.deployment()
    is_short = re.fullmatch(r"[\d\s-]{6,9}", code.strip()) is not None
    use, proved = (factors.use_totp, "otp") if is_short else (factors.use_recovery_code, "recovery")
    if not use(deployment, account_id, code):
        record("login.factor_failed", account_id, factor=proved)
        return ""
    tries.forgive()
    if proved == "recovery":
        record("login.recovery_code_used", account_id)
    return proved


def _codes() -> tuple[str, ...]:
    code = web.current_session().municipality_code
    return (code,) if code else ()


def site() -> passkeys.Site:
    """Where the browser is."""
    parts = urlsplit(request.host_url)
    return passkeys.Site(rp_id=parts.hostname or "", origin=f"{parts.scheme}://{parts.netloc}")


def begin_using_passkey(account_id: UUID) -> str:
    """Options of WebAuthn for the page's script; blank when the account has no passkey."""
    deployment = web.deployment()
    if not passkeys.can_use_passkeys():
        return ""
    with deployment.system(writes=False) as database:
        if not passkeys.passkeys_of(database, account_id):
            return ""
    ceremony = passkeys.begin_using(deployment, site(), account_id)
    web.current_session()[_CHALLENGE] = ceremony.challenge
    return ceremony.options


def begin_adding_passkey(account_id: UUID) -> str:
    """Options of WebAuthn for the page's script."""
    login = account_row(account_id).login
    ceremony = passkeys.begin_adding(web.deployment(), site(), account_id, login)
    web.current_session()[_CHALLENGE] = ceremony.challenge
    return ceremony.options


def prove_passkey(account_id: UUID) -> bool:
    """Whether the browser sent what one of the account's passkeys signed.

    :raises TooManyTries: When too many were wrong.
    """
    tries = Tries("factor", str(account_id), _codes())
    tries.count()
    right = passkeys.use_passkey(web.deployment(), site(), account_id, taken_answer())
    if right:
        tries.forgive()
    else:
        record("login.factor_failed", account_id, factor="pop")
    return right


def taken_answer() -> passkeys.Answer:
    """What the browser sent, with the challenge, which is good for one answer."""
    challenge = ""
    with suppress(KeyError):
        challenge = web.current_session().pop(_CHALLENGE)
    return passkeys.Answer(request.form.get("credential", ""), challenge)
