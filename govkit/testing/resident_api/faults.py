"""How an answer of the stand-in goes wrong."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

__all__ = ["ApiFault", "Reply", "spoilt"]


class ApiFault(StrEnum):
    """What can be wrong with one answer."""

    SLOW = "slow"
    HANG = "hang"
    """Nothing comes, until the stand-in closes."""
    TRICKLE = "trickle"
    """The head of the answer comes byte by byte."""
    RESET = "reset"
    """The connection is reset."""
    CUT = "cut"
    """The connection ends before the announced length."""
    EXPIRED = "expired"
    """401 as if the token had run out."""
    FORBIDDEN = "forbidden"
    TOO_MANY = "too_many"
    """429 with Retry-After."""
    ERROR = "error"
    """500 without JSON."""
    UNAVAILABLE = "unavailable"
    """503 without a body."""
    MAINTENANCE = "maintenance"
    """503 with a page in HTML and Retry-After."""
    REDIRECT = "redirect"
    """302 to another host."""
    SIGN_IN_PAGE = "sign_in_page"
    """200 with a page in HTML."""
    EMPTY = "empty"
    """200 without a body."""
    EMPTY_OBJECT = "empty_object"
    """200 with ``{}``."""
    TRUNCATED = "truncated"
    """JSON that ends early."""
    DAMAGED = "damaged"
    """Bytes that are not UTF-8."""
    WRONG_CHARSET = "wrong_charset"
    """The answer in CP932."""
    WRONG_TYPES = "wrong_types"
    """Numbers where texts with leading zeros belong."""
    PEOPLE_MISSING = "people_missing"
    """A row less than the total says."""
    ITEM_MISSING = "item_missing"
    """Rows without names."""
    DUPLICATE_LATEST = "duplicate_latest"
    """Two rows of a person claim to be current."""
    PERSONAL_NUMBER = "personal_number"
    """Rows with an item for the 個人番号, filled with X."""
    NOT_FOUND = "not_found"
    """404, as by a wrong path."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status, headers and body."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, found: Mapping[str, Any], status: int = 200) -> "Reply":
        """A JSON object in UTF-8."""
        body = json.dumps(found, ensure_ascii=False).encode()
        return cls(status, body, {"Content-Type": "application/json; charset=utf-8"})


_PAGE: Final = "<html><body>システムメンテナンス中です。</body></html>".encode()
_HTML: Final = {"Content-Type": "text/html; charset=utf-8"}
_WAIT: Final = {"Retry-After": "600"}

_INSTEAD: Final[Mapping[ApiFault, Reply]] = {
    ApiFault.EXPIRED: Reply.json({"error": "invalid_token"}, 401),
    ApiFault.FORBIDDEN: Reply.json({"error": "insufficient_scope"}, 403),
    ApiFault.NOT_FOUND: Reply(404, _PAGE, _HTML),
    ApiFault.TOO_MANY: Reply(429, b"", {"Retry-After": "7"}),
    ApiFault.ERROR: Reply(500, b"Internal Server Error", {"Content-Type": "text/plain"}),
    ApiFault.UNAVAILABLE: Reply(503),
    ApiFault.MAINTENANCE: Reply(503, _PAGE, _HTML | _WAIT),
    ApiFault.REDIRECT: Reply(302, b"", {"Location": "http://127.0.0.2/"}),
    ApiFault.SIGN_IN_PAGE: Reply(200, _PAGE, _HTML),
    ApiFault.EMPTY: Reply(200, b"", {"Content-Type": "application/json"}),
    ApiFault.EMPTY_OBJECT: Reply.json({}),
}


def spoilt(reply: Reply, fault: ApiFault | None, rows: str) -> Reply:
    """The answer with a fault; faults of the connection itself leave it as it is.

    :param rows: Key of the rows in the answer.
    """
    if fault is not None and fault in _INSTEAD:
        return _INSTEAD[fault]
    if fault is ApiFault.TRUNCATED:
        return replace(reply, body=reply.body[: len(reply.body) // 2])
    if fault is ApiFault.DAMAGED:
        middle = len(reply.body) // 2
        return replace(reply, body=reply.body[:middle] + b"\xff\xfe" + reply.body[middle + 2 :])
    if fault is ApiFault.WRONG_CHARSET:
        body = reply.body.decode().encode("cp932", "replace")
        return replace(
            reply, body=body, headers={"Content-Type": "application/json; charset=Shift_JIS"}
        )
    change = _ROWS.get(fault) if fault else None
    found = json.loads(reply.body) if change and reply.status == 200 else {}
    if change is None or not found.get(rows):
        return reply
    return Reply.json(found | {rows: change(found[rows])})


_Rows = list[dict[str, Any]]


def _numbered(rows: _Rows) -> _Rows:
    return [
        {name: int(text) if text.isdecimal() else text for name, text in row.items()}
        for row in rows
    ]


def _nameless(rows: _Rows) -> _Rows:
    return [{key: text for key, text in row.items() if key != "shimei"} for row in rows]


def _twice(rows: _Rows) -> _Rows:
    changed = {**rows[0], "shimei": "別　人"} if "shimei" in rows[0] else rows[0]
    return [rows[0], changed, *rows[1:]]


_ROWS: Final[Mapping[ApiFault, Callable[[_Rows], _Rows]]] = {
    ApiFault.WRONG_TYPES: _numbered,
    ApiFault.PEOPLE_MISSING: lambda rows: rows[:-1],
    ApiFault.ITEM_MISSING: _nameless,
    ApiFault.DUPLICATE_LATEST: _twice,
    ApiFault.PERSONAL_NUMBER: lambda rows: [row | {"kojinbango": "X"} for row in rows],
}
