"""Passkeys (パスキー): second factors by WebAuthn Level 2, checked with the library ``webauthn``.

Needs ``webauthn``: ``pip install 'govkit-jp[passkeys]'``. A browser talks WebAuthn on secure origins
only: ``https`` or ``http://localhost``.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa

from govkit.base.credentials import Passkey
from govkit.base.deployment import Deployment
from govkit.base.tenancy import ScopedSession
from govkit.errors import InvalidSettings, Problem

__all__ = [
    "ALGORITHMS",
    "Answer",
    "Ceremony",
    "Site",
    "add_passkey",
    "begin_adding",
    "begin_using",
    "can_use_passkeys",
    "passkeys_of",
    "use_passkey",
]

ALGORITHMS: Final = {"EdDSA": "EDDSA", "ES256": "ECDSA_SHA_256"}
"""How a passkey may sign, with the library's names: nothing below 128 bits, so no RSA of 2048 bits."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the browser is: ``rp_id`` is the host, ``origin`` with scheme and port."""

    rp_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What the browser gets, and the challenge that its answer must hold (base64url)."""

    options: str
    challenge: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser sent (JSON of WebAuthn), and the challenge of this session."""

    credential: str
    challenge: str


def can_use_passkeys() -> bool:
    """Whether the library is installed."""
    return find_spec("webauthn") is not None


def _library(part: str = "") -> Any:
    try:
        return import_module(f"webauthn{part}")
    except ImportError as error:
        text = "パスキーには追加のライブラリが必要です。pip install 'govkit-jp[passkeys]' を実行してください。"
        raise InvalidSettings([Problem("passkeys_missing", text)]) from error


def passkeys_of(session: ScopedSession, account_id: UUID) -> Sequence[Passkey]:
    """The passkeys of an account, the oldest first."""
    query = sa.select(Passkey).where(Passkey.account_id == account_id)
    return session.scalars(query.order_by(Passkey.added_at, Passkey.id)).all()


def begin_adding(deployment: Deployment, site: Site, account_id: UUID, login: str) -> Ceremony:
    """Begin to add a passkey; one that the account has is not offered again."""
    library, structs = _library(), _library(".helpers.structs")
    options = library.generate_registration_options(
        rp_id=site.rp_id,
        rp_name=deployment.settings.app.name,
        user_id=account_id.bytes,
        user_name=login,
        attestation=structs.AttestationConveyancePreference.NONE,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.DISCOURAGED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_described(deployment, account_id),
        supported_pub_key_algs=_algorithms(),
    )
    return _ceremony(options)


def _algorithms() -> list[Any]:
    kinds = _library(".helpers.cose").COSEAlgorithmIdentifier
    return [getattr(kinds, name) for name in ALGORITHMS.values()]


def add_passkey(
    deployment: Deployment, site: Site, account_id: UUID, title: str, answer: Answer
) -> bool:
    """Keep the public key if the browser answered the challenge at this site."""
    library, helpers = _library(), _library(".helpers")
    try:
        made = library.verify_registration_response(
            credential=answer.credential,
            expected_challenge=helpers.base64url_to_bytes(answer.challenge),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            supported_pub_key_algs=_algorithms(),
        )
    except _refusals():
        return False
    credential_id = helpers.bytes_to_base64url(made.credential_id)
    with deployment.system() as session:
        if session.scalar(sa.select(Passkey.id).where(Passkey.credential_id == credential_id)):
            return False
        session.add(
            Passkey(
                id=uuid4(),
                account_id=account_id,
                credential_id=credential_id,
                public_key=helpers.bytes_to_base64url(made.credential_public_key),
                sign_count=made.sign_count,
                title=title,
                added_at=deployment.clock(),
                used_at=None,
            )
        )
    return True


def begin_using(deployment: Deployment, site: Site, account_id: UUID) -> Ceremony:
    """Begin to prove that one of the account's passkeys is at hand."""
    options = _library().generate_authentication_options(
        rp_id=site.rp_id, allow_credentials=_described(deployment, account_id)
    )
    return _ceremony(options)


def use_passkey(deployment: Deployment, site: Site, account_id: UUID, answer: Answer) -> bool:
    """Whether one of the account's passkeys signed the challenge at this site.

    A key whose count of signatures did not grow may be a copy and is refused (WebAuthn Level 2,
    6.1.1); its row stays as it was.
    """
    library, helpers = _library(), _library(".helpers")
    with deployment.system() as session:
        passkey = session.scalar(
            sa.select(Passkey)
            .where(Passkey.account_id == account_id, Passkey.credential_id == _id_in(answer))
            .with_for_update()
        )
        if passkey is None:
            return False
        try:
            used = library.verify_authentication_response(
                credential=answer.credential,
                expected_challenge=helpers.base64url_to_bytes(answer.challenge),
                expected_rp_id=site.rp_id,
                expected_origin=site.origin,
                credential_public_key=helpers.base64url_to_bytes(passkey.public_key),
                credential_current_sign_count=passkey.sign_count,
            )
        except _refusals():
            return False
        passkey.sign_count = used.new_sign_count
        passkey.used_at = deployment.clock()
    return True


def _refusals() -> tuple[type[Exception], ...]:
    root: type[Exception] = _library(".helpers.exceptions").WebAuthnException
    return (root, ValueError)


def _id_in(answer: Answer) -> str:
    try:
        said = json.loads(answer.credential)
    except ValueError:
        return ""
    return str(said.get("id", "")) if isinstance(said, dict) else ""


def _described(deployment: Deployment, account_id: UUID) -> list[Any]:
    structs, helpers = _library(".helpers.structs"), _library(".helpers")
    with deployment.system(writes=False) as session:
        return [
            structs.PublicKeyCredentialDescriptor(id=helpers.base64url_to_bytes(each.credential_id))
            for each in passkeys_of(session, account_id)
        ]


def _ceremony(options: Any) -> Ceremony:
    said = str(_library().options_to_json(options))
    return Ceremony(said, str(_library(".helpers").bytes_to_base64url(options.challenge)))
