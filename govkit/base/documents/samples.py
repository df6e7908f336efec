"""Layouts tried out with sample data, before they meet real people (様式の点検)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from govkit.base.documents.issuing import with_qr
from govkit.base.documents.policy import DocumentsPolicy
from govkit.base.typesetting import DocumentKind, LayoutBroken, Press, SheetSet

__all__ = ["LayoutCheck", "check_layouts", "sample_pdf"]

_AT: Final = datetime(2027, 1, 20, tzinfo=UTC)
_CODE: Final = "000000-SAMP-1E00-0000"
_ISSUE: Final = {"number": "第123号", "date": "令和9年1月20日", "again": "", "code": _CODE}
_VERIFY: Final = {"code": _CODE, "url": f"https://www.example.lg.jp/verify/{_CODE}"}


@dataclass(frozen=True, slots=True)
class LayoutCheck:
    """One layout tried out.

    :param municipality_code: Whose it is; blank for that of the module.
    :param problem: What is wrong; blank when nothing is.
    """

    kind: str
    municipality_code: str
    is_own: bool
    problem: str = ""


def sample_pdf(
    press: Press, kind: DocumentKind, municipality_code: str, policy: DocumentsPolicy
) -> bytes:
    """The PDF of a document with its sample data, as a municipality has it.

    :raises LayoutBroken: When the layout cannot be set.
    """
    decided = policy.of(kind)
    sheet = with_qr(
        {**kind.sample, "issue": _ISSUE, "verify": _VERIFY if kind.is_numbered else None}
    )
    again = {**sheet, "issue": {**_ISSUE, "again": decided.words["again"]}}
    sheets = SheetSet(
        sheets=(sheet, again),
        words=decided.words,
        places=decided.places,
        municipality_code=municipality_code,
        at=_AT,
        title=decided.words.get("title", str(kind.title)),
    )
    return press.pdf(kind, sheets)


def check_layouts(
    press: Press, policies: Iterable[tuple[str, DocumentsPolicy]]
) -> Iterator[LayoutCheck]:
    """Try out every layout: those of the modules, and each municipality's files and decisions.

    :param policies: Code and decisions of each municipality.
    """
    for kind in press.kinds.values():
        yield _tried(press, kind, "", DocumentsPolicy())
    for code, policy in policies:
        for name in sorted(set(policy.kinds) - set(press.kinds)):
            yield LayoutCheck(name, code, is_own=False, problem="この名前の帳票はありません。")
        for kind in press.kinds.values():
            if kind.name in policy.kinds or press.own_layout(kind, code):
                yield _tried(press, kind, code, policy)


def _tried(press: Press, kind: DocumentKind, code: str, policy: DocumentsPolicy) -> LayoutCheck:
    is_own = bool(code) and press.own_layout(kind, code) is not None
    decided = policy.kinds.get(kind.name)
    unknown = sorted(
        [
            *(set(decided.words) - set(kind.words)),
            *(set(decided.places) - set(kind.places)),
        ]
        if decided
        else []
    )
    if unknown and not is_own:
        names = "、".join(unknown)
        return LayoutCheck(
            kind.name, code, is_own=is_own, problem=f"様式にない言葉か位置です: {names}"
        )
    try:
        sample_pdf(press, kind, code, policy)
    except LayoutBroken as broken:
        return LayoutCheck(kind.name, code, is_own=is_own, problem=str(broken))
    return LayoutCheck(kind.name, code, is_own=is_own)
