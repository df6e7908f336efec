"""Second factors: one-time codes of an authenticator app, and recovery codes (2つ目の要素).

One-time codes are TOTP (RFC 6238: SHA-1, six digits, 30 seconds), one step early or late is
accepted, and no code twice. The secret is stored encrypted. Recovery codes (回復コード) are ten, each
for one login, hashed like passwords; a code begins with its number, so that one hash is computed
for each try. After :data:`MOST_FAILURES` wrong codes in a row no factor is accepted until an
administrator resets them (NIST SP 800-63B-4, 3.2.2).

Needs ``pyotp`` and ``segno``: ``pip install 'govkit-jp[factors]'``.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.credentials import Passkey, RecoveryCode, SecondFactor
from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.base.passwords import hash_secret, is_secret
from govkit.base.settings import Settings
from govkit.base.tenancy import ScopedSession
from govkit.errors import InvalidSettings, Problem
from govkit.jp.text import fold_width

__all__ = [
    "MOST_FAILURES",
    "QrCode",
    "begin_totp",
    "can_use_totp",
    "check_libraries",
    "confirm_totp",
    "factor_rule",
    "failed_codes",
    "has_factor",
    "is_blocked",
    "needs_factor",
    "new_recovery_codes",
    "new_totp",
    "qr_code",
    "recovery_codes_left",
    "remove_totp",
    "reset_factors",
    "use_recovery_code",
    "use_totp",
    "uses_totp",
]

MOST_FAILURES: Final = 100
RECOVERY_CODES: Final = 10
_STEP_SECONDS: Final = 30
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without the letters that look alike on paper; twelve of them are 58 bits."""


_MISSING: Final = Problem(
    "factors_missing",
    "認証アプリには追加のライブラリが必要です。pip install 'govkit-jp[factors]' を実行してください。",
    column="security.second_factor",
)


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code (JIS X 0510) to draw: ``path`` of an SVG whose view box is ``size`` modules wide."""

    size: int
    path: str


def _library(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        raise InvalidSettings([_MISSING]) from error


def can_use_totp() -> bool:
    """Whether the libraries for authenticator apps are installed."""
    return all(find_spec(name) is not None for name in ("pyotp", "segno"))


def check_libraries(settings: Settings) -> None:
    """Refuse settings that ask for a factor that nobody could set up.

    :raises InvalidSettings: When the libraries are missing.
    """
    if factor_rule(settings) != "optional" and not can_use_totp():
        raise InvalidSettings([_MISSING])


def uses_totp(session: ScopedSession, account_id: UUID) -> bool:
    """Whether an authenticator app was confirmed for the account."""
    row: SecondFactor | None = session.get(SecondFactor, account_id)
    return row is not None and row.totp_secret is not None


def is_blocked(session: ScopedSession, account_id: UUID) -> bool:
    """Whether so many codes failed in a row that an administrator must reset the factors."""
    row: SecondFactor | None = session.get(SecondFactor, account_id)
    return row is not None and row.failures >= MOST_FAILURES


def failed_codes(session: ScopedSession, account_id: UUID) -> int:
    """How many codes were wrong, one after the other, since the last one that was right."""
    row: SecondFactor | None = session.get(SecondFactor, account_id)
    return row.failures if row else 0


def begin_totp(deployment: Deployment, account_id: UUID) -> None:
    """Make a new secret, which counts once a code made with it was typed."""
    secret: str = _library("pyotp").random_base32()  # 160 bits, RFC 4226 4
    with deployment.system() as session:
        _row(session, account_id).new_totp_secret = secret


def new_totp(deployment: Deployment, account_id: UUID, login: str) -> tuple[str, str] | None:
    """Secret and ``otpauth:`` address of the app that waits to be confirmed, if one does."""
    with deployment.system(writes=False) as session:
        row: SecondFactor | None = session.get(SecondFactor, account_id)
        secret = row.new_totp_secret if row else None
    if secret is None:
        return None
    totp = _library("pyotp").TOTP(secret, name=login, issuer=deployment.settings.app.name)
    return secret, str(totp.provisioning_uri())


def confirm_totp(deployment: Deployment, account_id: UUID, code: str) -> bool:
    """Take the new app into use if the code was made by it."""
    with deployment.system() as session:
        row = _row(session, account_id)
        if row.new_totp_secret is None:
            return False
        step = _step_of(row.new_totp_secret, code, deployment.clock())
        if step is None:
            return False
        row.totp_secret, row.new_totp_secret = row.new_totp_secret, None
        row.totp_step, row.failures = step, 0
    return True


def use_totp(deployment: Deployment, account_id: UUID, code: str) -> bool:
    """Whether a code of the account's app is right, and newer than the last one used."""
    with deployment.system() as session:
        row = _row(session, account_id)
        if row.totp_secret is None or row.failures >= MOST_FAILURES:
            return False
        step = _step_of(row.totp_secret, code, deployment.clock())
        if step is None or step <= row.totp_step:
            row.failures += 1
            return False
        row.totp_step, row.failures = step, 0
    return True


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The 30 seconds that a code belongs to, one step either way (RFC 6238, 5.2)."""
    typed = re.sub(r"[\s-]", "", fold_width(code))
    totp: Any = _library("pyotp").TOTP(secret)
    present = int(now.timestamp()) // _STEP_SECONDS
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(str(totp.generate_otp(step)).encode(), typed.encode()):
            return step
    return None


def remove_totp(session: ScopedSession, account_id: UUID) -> None:
    """Forget the authenticator app."""
    row = _row(session, account_id)
    row.totp_secret = row.new_totp_secret = None


def new_recovery_codes(deployment: Deployment, account_id: UUID) -> list[str]:
    """Ten new codes, to be shown this once; the old ones are void."""
    codes = [
        f"{number:02d}-" + "-".join(_letters(4) for _ in range(3))
        for number in range(1, RECOVERY_CODES + 1)
    ]
    hashes = [hash_secret(_folded(code)) for code in codes]
    with deployment.system() as session:
        session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
        session.add_all(
            RecoveryCode(account_id=account_id, number=number, code_hash=hashed, used_at=None)
            for number, hashed in enumerate(hashes, 1)
        )
    return codes


def use_recovery_code(deployment: Deployment, account_id: UUID, code: str) -> bool:
    """Whether the code is one of the account's that was never used; it is used up."""
    folded = _folded(code)
    number = int(folded[:2]) if re.match(r"[0-9]{2}", folded) else 0
    with deployment.system(writes=False) as session:
        row: RecoveryCode | None = session.get(RecoveryCode, (account_id, number))
        stored = row.code_hash if row else None
        blocked = is_blocked(session, account_id)
    right = is_secret(stored, folded) and not blocked  # hashed outside any transaction
    with deployment.system() as session:
        factor = _row(session, account_id)
        if not right or factor.failures >= MOST_FAILURES:
            factor.failures += 1
            return False
        found = session.scalar(
            sa.select(RecoveryCode)
            .where(RecoveryCode.account_id == account_id, RecoveryCode.number == number)
            .with_for_update()
        )
        if found is None or found.used_at is not None or found.code_hash != stored:
            factor.failures += 1
            return False
        found.used_at = deployment.clock()
        factor.failures = 0
    return True


def recovery_codes_left(session: ScopedSession, account_id: UUID) -> int:
    """How many recovery codes the account has left."""
    query = sa.select(sa.func.count(RecoveryCode.number)).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(query) or 0


def qr_code(text: str) -> QrCode:
    """A QR code of the text, error correction M, with the quiet zone of four modules."""
    matrix = [list(row) for row in _library("segno").make(text, error="m").matrix_iter(border=4)]
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark
    )
    return QrCode(len(matrix), path)


def _row(session: ScopedSession, account_id: UUID) -> SecondFactor:
    """The account's row, locked until the end of the transaction."""
    row = session.scalar(
        sa.select(SecondFactor).where(SecondFactor.account_id == account_id).with_for_update()
    )
    if row is None:
        row = SecondFactor(account_id=account_id, totp_step=0, failures=0)
        session.add(row)
    return row


def _letters(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))


def _folded(code: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", fold_width(code).upper())


def needs_factor(deployment: Deployment, actor: Actor) -> bool:
    """Whether the settings ask the actor for a second factor, by the rights held today (AUT-5)."""
    rule = factor_rule(deployment.settings)
    if rule == "sensitive":
        return any(
            (each.sensitive or each.very_sensitive) and actor.holds(each.name)
            for each in deployment.permissions
        )
    return rule == "required"


def factor_rule(settings: Settings) -> str:
    """``required``, ``sensitive`` or ``optional``: as set, or what suits the environment."""
    is_production = settings.app.environment == "production"
    return settings.security.second_factor or ("sensitive" if is_production else "optional")


def has_factor(session: ScopedSession, account_id: UUID) -> bool:
    """Whether the account has an authenticator app or a passkey."""
    passkey = sa.select(Passkey.id).where(Passkey.account_id == account_id).limit(1)
    return uses_totp(session, account_id) or session.scalar(passkey) is not None


def reset_factors(session: ScopedSession, account_id: UUID) -> None:
    """Take every second factor of an account away, so that it can set up new ones."""
    for table in (SecondFactor, RecoveryCode, Passkey):
        session.execute(sa.delete(table).where(table.account_id == account_id))
