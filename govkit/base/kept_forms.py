"""What somebody had typed when the login ran out, kept until they log in again (預かった入力).

One form for each account, bound to the account, the municipality and where it was sent, encrypted,
for two hours. Passwords, files, tokens and whatever reads as a 個人番号 (番号法 第20条) are not kept.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base import idempotency
from govkit.base.credentials import KeptForm
from govkit.base.deployment import Deployment
from govkit.jp.my_number import find_my_number

__all__ = ["TypedForm", "has_kept", "keep_form", "kept_form"]

_KEPT_FOR: Final = timedelta(hours=2)
_MOST_CHARACTERS: Final = 256 * 1024
_MOST_FIELDS: Final = 5000
_SECRET: Final = re.compile(r"pass|secret|token|credential", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TypedForm:
    """A form as it was sent.

    :param page: Address of the page on which it was typed.
    :param action: Path to which it was sent.
    """

    account_id: UUID
    municipality_code: str
    endpoint: str
    page: str
    action: str
    fields: tuple[tuple[str, str], ...]


def keep_form(deployment: Deployment, form: TypedForm) -> bool:
    """Keep the form, and no older one of the account; false when it is too large."""
    fields = [each for each in form.fields if _may_be_kept(*each)]
    if len(fields) > _MOST_FIELDS or sum(map(_length, fields)) > _MOST_CHARACTERS:
        return False
    with deployment.system() as session:
        old = KeptForm.kept_at < deployment.clock() - _KEPT_FOR
        session.execute(
            sa.delete(KeptForm).where(sa.or_(old, KeptForm.account_id == form.account_id))
        )
        session.add(
            KeptForm(
                account_id=form.account_id,
                municipality_code=form.municipality_code,
                endpoint=form.endpoint,
                page=form.page,
                action=form.action,
                fields=fields,
                kept_at=deployment.clock(),
            )
        )
    return True


def has_kept(deployment: Deployment, account_id: UUID, municipality_code: str) -> str:
    """Address of the page on which something kept was typed; blank when there is nothing."""
    with deployment.system(writes=False) as session:
        found = session.scalar(_kept(deployment, account_id, municipality_code))
        return found.page if found else ""


def kept_form(deployment: Deployment, account_id: UUID, municipality_code: str) -> TypedForm | None:
    """Take what was kept; it is gone afterwards."""
    with deployment.system() as session:
        found = session.scalar(_kept(deployment, account_id, municipality_code))
        if found is None:
            return None
        session.delete(found)
        return TypedForm(
            account_id=account_id,
            municipality_code=municipality_code,
            endpoint=found.endpoint,
            page=found.page,
            action=found.action,
            fields=tuple((name, value) for name, value in found.fields),
        )


def _kept(deployment: Deployment, account_id: UUID, municipality_code: str) -> sa.Select[KeptForm]:
    return sa.select(KeptForm).where(
        KeptForm.account_id == account_id,
        KeptForm.municipality_code == municipality_code,
        KeptForm.kept_at >= deployment.clock() - _KEPT_FOR,
    )


def _may_be_kept(name: str, value: str) -> bool:
    is_own = name in ("csrf_token", idempotency.KEY_FIELD)
    return not is_own and not _SECRET.search(name) and not find_my_number(value)


def _length(field: Iterable[str]) -> int:
    return sum(map(len, field))
