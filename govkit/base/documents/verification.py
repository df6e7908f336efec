"""Is this paper real? What anybody may learn from a verification code (真偽確認)."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa

from govkit.base.documents.models import DocumentIssue
from govkit.base.tenancy import ScopedSession

__all__ = ["Verification", "normal_code", "verify"]

_CODE: Final = re.compile(r"[0-9]{6}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}")
_NOBODY: Final = "000000-0000-0000-0000"
_FOLDED: Final = str.maketrans("IOL", "101")


@dataclass(frozen=True, slots=True)
class Verification:
    """What is told of a document; never about whom it is.

    :param is_replaced: Whether a later copy was issued in its place.
    """

    kind: str
    number_text: str
    issued_on: date
    municipality_code: str
    is_replaced: bool


def normal_code(text: str) -> str:
    """A code as it is stored, from what somebody read off a paper; blank when it is none."""
    plain = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper().translate(_FOLDED))
    code = "-".join([plain[:6], plain[6:10], plain[10:14], plain[14:]])
    return code if _CODE.fullmatch(code) else ""


def verify(open_session: Callable[[str], ScopedSession], text: str) -> Verification | None:
    """Look a code up; codes that do not exist and texts that are none are answered alike.

    :param open_session: Session that reads one municipality, by its code.
    """
    code = normal_code(text) or _NOBODY
    later = sa.orm.aliased(DocumentIssue)
    query = sa.select(
        DocumentIssue.kind,
        DocumentIssue.number_text,
        DocumentIssue.issued_on,
        sa.exists().where(later.replaces_id == DocumentIssue.id).label("is_replaced"),
    ).where(DocumentIssue.code == code)
    with open_session(code[:6]) as session:
        row = session.execute(query).one_or_none()
    if row is None:
        return None
    return Verification(row.kind, row.number_text, row.issued_on, code[:6], row.is_replaced)
