"""Preview, issue, reissue and print documents (帳票の作成・交付・再交付)."""

import hashlib
import io
import re
import secrets
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from itertools import groupby
from typing import Any, Final, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from govkit.base.db import TenantTable
from govkit.base.documents.models import DocumentCounter, DocumentIssue
from govkit.base.documents.policy import DocumentsPolicy, KindPolicy, ReissueNumber
from govkit.base.persons import AddresseeNumber
from govkit.base.typesetting import DocumentKind, SheetSet, Unprintable
from govkit.base.typesetting.fonts import import_extra
from govkit.base.work import JAPAN, Work
from govkit.errors import Conflict, NotPermitted, Refused
from govkit.jp.calendar import format_date, format_school_year, school_year_of

__all__ = [
    "AlreadyIssued",
    "AlreadyReplaced",
    "Bulk",
    "DocumentsMissing",
    "Draft",
    "Issued",
    "ReissueReasonMissing",
    "Rendered",
    "enter_bulk",
    "find_issue",
    "issue",
    "issued_before",
    "issues_of",
    "prepare",
    "preview",
    "print_again",
    "print_unnumbered",
    "reissue",
    "render_bulk",
    "with_qr",
]

_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
_CHUNK: Final = 500
_ISSUED: Final = "document.issued"
_PRINTED: Final = "document.printed"


class DocumentsMissing(Refused):
    """Some of the documents asked for cannot be made; none has been.

    :ivar labels: Which, as people name them.
    """

    code = "documents_missing"

    def __init__(self, labels: Iterable[str]) -> None:
        self.labels = tuple(labels)
        super().__init__(
            "{count}件の文書を作れません。必要な登録がそろっているか確かめてください。まだ何も作っていません。",
            count=len(self.labels),
        )


class AlreadyIssued(Refused):
    """The document was issued before; another copy is a reissue."""

    code = "already_issued"


class AlreadyReplaced(Refused):
    """Another copy has replaced this one already."""

    code = "already_replaced"


class ReissueReasonMissing(Refused):
    """A reissue needs a reason."""

    code = "reissue_reason_missing"


@dataclass(frozen=True, slots=True)
class Draft:
    """One document, ready to be printed.

    :param key: What it is about, within its kind; the actor may see it.
    :param label: How people name it on a page.
    :param data: What the layout shows: texts, numbers, lists and mappings of them.
    :param people: Rows of the people on it, for the audit.
    :param addressee_number: Whom it is about (宛名番号); blank for a list of people.
    :param group: What a bulk is split by, such as the school.
    """

    key: str
    label: str
    data: Mapping[str, Any]
    people: tuple[TenantTable, ...]
    addressee_number: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """Documents entered in the ledger, and the file that holds them all in order."""

    issues: tuple[DocumentIssue, ...]
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Bulk:
    """The file of many documents.

    :param count: Documents in it; exactly those that were asked for.
    """

    body: bytes
    media_type: str
    count: int


@dataclass(frozen=True, slots=True)
class _Place:
    year: int
    number: int
    nth: int


@dataclass(frozen=True, slots=True)
class _Printed:
    """One file of documents, and what must still hold when they are entered in the ledger."""

    places: Sequence[tuple[Draft, _Place]]
    sheets: Sequence[Mapping[str, Any]]
    pdf: bytes
    at: datetime
    policy: KindPolicy
    edition: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Documents printed under the numbers that are next, to be entered by :func:`enter_bulk`."""

    name: str
    parts: tuple[_Printed, ...]
    by_group: bool


def prepare(work: Work, name: str, keys: Sequence[str]) -> list[Draft]:
    """Drafts of the documents, in the order in which they are to be printed.

    :raises NotPermitted: When the actor does not hold the right.
    :raises NotFound: When one is not the actor's to see.
    :raises DocumentsMissing: When one cannot be made.
    """
    kind = work.press.kind(name)
    if not work.actor.holds(kind.permission):
        raise NotPermitted(kind.permission)
    path, _, function = kind.prepare.partition(":")
    make = cast(
        Callable[[Work, Sequence[str]], list[Draft]], getattr(import_module(path), function)
    )
    drafts = make(work, keys)
    made = [each.key for each in drafts]
    if sorted(made) != sorted(keys):
        raise DocumentsMissing(sorted(set(keys).symmetric_difference(made)))
    return drafts


def preview(work: Work, name: str, key: str) -> list[bytes]:
    """Pictures (PNG) of the pages, just as they would be printed, with the mark 見本.

    :raises Unprintable: When no font can show a text.
    """
    [draft] = prepare(work, name, [key])
    kind, policy = _kind_and_policy(work, name)
    _insist_on_printable(work, [draft])
    sheet = _sheet(work, draft, _number_text(work, policy, None))
    sheets = _sheet_set(work, kind, policy, [sheet], at=work.now)
    return work.press.pictures(kind, replace(sheets, is_specimen=True))


def issue(work: Work, name: str, keys: Sequence[str]) -> Issued:
    """Issue documents under the next numbers of the year.

    :raises AlreadyIssued: When there is a copy of one.
    :raises Unprintable: When no font can show a text; nothing has been issued.
    """
    drafts = prepare(work, name, keys)
    _insist_on_printable(work, drafts)
    return _issue(work, name, drafts)


def reissue(work: Work, old: DocumentIssue, reason: str) -> Issued:
    """Issue a document again with what is true today (再交付); the old copy is no longer valid.

    :raises ReissueReasonMissing: Without a reason.
    :raises AlreadyReplaced: When a later copy exists.
    """
    if not reason.strip():
        raise ReissueReasonMissing("再交付の理由を入力してください。")
    [draft] = prepare(work, old.kind, [old.subject_key])
    _insist_on_printable(work, [draft])
    kind, policy = _kind_and_policy(work, old.kind)
    counter = _locked_counter(work, kind)
    if _is_replaced(work, old):
        raise AlreadyReplaced(
            "この文書は、すでに再交付されています。最後に交付した文書を開いてください。"
        )
    place = _next_copy(work, old, policy, counter)
    printed = _typeset(work, kind, policy, [(draft, place)], is_again=True)
    return _enter(work, kind, printed, old=old, reason=reason.strip())


def print_again(work: Work, old: DocumentIssue) -> bytes:
    """The PDF of an issued document once more, from what was frozen; no new copy is entered.

    The caller has found it by :func:`find_issue`.

    The bytes are those of the first time while the edition of the layout is the same; a bulk file
    held other documents as well.
    """
    kind = work.press.kind(old.kind)
    policy = KindPolicy(words=old.data["words"], places=old.data["places"])
    pdf = _print(work, kind, policy, [old.data["sheet"]], at=old.issued_at)
    work.record(
        _PRINTED, _person(old), is_read=True, kind=old.kind, number=old.number_text, count=1
    )
    return pdf


def print_unnumbered(work: Work, name: str, key: str) -> bytes:
    """The PDF of a document that is not entered in the ledger, such as a register."""
    [draft] = prepare(work, name, [key])
    _insist_on_printable(work, [draft])
    kind, policy = _kind_and_policy(work, name)
    pdf = _print(work, kind, policy, [_sheet(work, draft, "")], at=work.now)
    work.record(_PRINTED, draft.people, is_read=True, kind=name, count=1)
    return pdf


def render_bulk(
    work: Work,
    progress: Callable[[int, int], None],
    name: str,
    keys: Sequence[str],
    *,
    by_group: bool = False,
) -> Rendered:
    """Print many documents under the numbers that are next; nothing is changed, nothing locked.

    :param progress: Told how many of how many are done.
    :param by_group: Whether to make a file for each group, such as a school.
    :raises DocumentsMissing: When one cannot be made.
    :raises Unprintable: When no font can show a text.
    """
    drafts = prepare(work, name, keys)
    _insist_on_printable(work, drafts)
    kind, policy = _kind_and_policy(work, name)
    year = school_year_of(work.today)
    last = work.session.scalar(_counter(kind, year).with_only_columns(DocumentCounter.last_number))
    parts: list[_Printed] = []
    done, first = 0, (last or 0) + 1
    progress(done, len(keys))
    for group, found in groupby(drafts, key=lambda each: each.group if by_group else ""):
        members = list(found)
        places = [(each, _Place(year, n, 1)) for n, each in enumerate(members, first + done)]
        printed = _typeset(work, kind, policy, places)
        parts.append(replace(printed, group=group))
        done += len(members)
        progress(done, len(keys))
    if done != len(keys):
        raise DocumentsMissing(keys)
    return Rendered(name, tuple(parts), by_group)


def enter_bulk(work: Work, rendered: Rendered) -> Bulk:
    """Enter printed documents in the ledger, if all that stands on them still holds: one PDF, or a ZIP.

    :raises Conflict: When numbers, data, layout or day have changed since; they are to be printed anew.
    :raises AlreadyIssued: When there is a copy of one.
    """
    kind, policy = _kind_and_policy(work, rendered.name)
    counter = _locked_counter(work, kind)
    drafts = [draft for part in rendered.parts for draft, _place in part.places]
    keys = [each.key for each in drafts]
    fresh = {each.key: each for each in prepare(work, rendered.name, keys)}
    first = rendered.parts[0]
    edition = work.press.edition(kind, work.municipality.code)
    holds = (
        first.places[0][1] == _Place(counter.year, counter.last_number + 1, 1)
        and first.at.astimezone(JAPAN).date() == work.today
        and all((each.policy, each.edition) == (policy, edition) for each in rendered.parts)
        and all(replace(each, people=()) == replace(fresh[each.key], people=()) for each in drafts)
    )
    if not holds:
        raise Conflict("DocumentIssue")
    _insist_on_new(work, rendered.name, keys)
    counter.last_number += len(drafts)
    for part in rendered.parts:
        places = [(fresh[draft.key], place) for draft, place in part.places]
        _enter(work, kind, replace(part, places=places))
    if not rendered.by_group:
        return Bulk(first.pdf, "application/pdf", len(drafts))
    files = [(each.group, each.pdf) for each in rendered.parts]
    return Bulk(_zip(files, first.at), "application/zip", len(drafts))


def find_issue(work: Work, identifier: UUID) -> DocumentIssue:
    """An issued document that the actor may see.

    :raises NotFound: When there is none, or it is not the actor's to see.
    """
    found = work.find(DocumentIssue, identifier)
    with suppress(DocumentsMissing):  # it may be seen, though it could not be made anew today
        prepare(work, found.kind, [found.subject_key])
    return found


def issues_of(work: Work, name: str, key: str) -> list[DocumentIssue]:
    """Copies of a document, the latest first."""
    query = (
        sa.select(DocumentIssue)
        .where(DocumentIssue.kind == name, DocumentIssue.subject_key == key)
        .order_by(
            DocumentIssue.issued_at.desc(), DocumentIssue.number.desc(), DocumentIssue.nth.desc()
        )
    )
    return list(work.session.scalars(query))


def issued_before(work: Work, name: str, keys: Sequence[str]) -> set[str]:
    """Which of the keys a document has been issued for."""
    found: set[str] = set()
    for start in range(0, len(keys), _CHUNK):
        query = sa.select(DocumentIssue.subject_key).where(
            DocumentIssue.kind == name,
            DocumentIssue.subject_key.in_(keys[start : start + _CHUNK]),
        )
        found.update(work.session.scalars(query))
    return found


# ---- Within an issue ----


def _issue(work: Work, name: str, drafts: Sequence[Draft]) -> Issued:
    kind, policy = _kind_and_policy(work, name)
    counter = _locked_counter(work, kind)
    # After the lock: whoever issued the same document meanwhile has committed.
    _insist_on_new(work, name, [each.key for each in drafts])
    first = counter.last_number + 1
    places = [(each, _Place(counter.year, n, 1)) for n, each in enumerate(drafts, first)]
    counter.last_number += len(drafts)
    printed = _typeset(work, kind, policy, places)
    return _enter(work, kind, printed)


def _insist_on_new(work: Work, name: str, keys: Sequence[str]) -> None:
    if issued_before(work, name, keys):
        raise AlreadyIssued(
            "すでに交付した文書が含まれています。もう一度出すには再交付してください。"
        )


def _next_copy(
    work: Work, old: DocumentIssue, policy: KindPolicy, counter: DocumentCounter
) -> _Place:
    if policy.reissue_number is ReissueNumber.NEW:
        counter.last_number += 1
        return _Place(counter.year, counter.last_number, 1)
    highest = work.session.scalar(
        sa.select(sa.func.max(DocumentIssue.nth)).where(
            DocumentIssue.kind == old.kind,
            DocumentIssue.year == old.year,
            DocumentIssue.number == old.number,
        )
    )
    return _Place(old.year, old.number, (highest or old.nth) + 1)


def _typeset(
    work: Work,
    kind: DocumentKind,
    policy: KindPolicy,
    places: Sequence[tuple[Draft, _Place]],
    *,
    is_again: bool = False,
) -> _Printed:
    sheets = []
    for draft, place in places:
        number = _number_text(work, policy, place)
        code = _new_code(work.municipality.code)
        again = policy.words["again"] if is_again else ""
        sheets.append(_sheet(work, draft, number, code=code, again=again))
    pdf = _print(work, kind, policy, sheets, at=work.now)
    edition = work.press.edition(kind, work.municipality.code)
    return _Printed(places, sheets, pdf, work.now, policy, edition)


def _enter(
    work: Work,
    kind: DocumentKind,
    printed: _Printed,
    *,
    old: DocumentIssue | None = None,
    reason: str = "",
) -> Issued:
    policy, places = printed.policy, printed.places
    digest = hashlib.sha256(printed.pdf).hexdigest()
    rows = [
        DocumentIssue(
            kind=kind.name,
            year=place.year,
            number=place.number,
            nth=place.nth,
            number_text=sheet["issue"]["number"],
            code=sheet["issue"]["code"],
            subject_key=draft.key,
            addressee_number=draft.addressee_number,
            issued_on=work.today,
            issued_at=printed.at.replace(microsecond=0),
            issued_by=work.actor.name,
            reason=reason,
            replaces_id=old.id if old is not None else None,
            data={"sheet": sheet, "words": dict(policy.words), "places": dict(policy.places)},
            edition=printed.edition,
            pdf_hash=digest,
        )
        for (draft, place), sheet in zip(places, printed.sheets, strict=True)
    ]
    work.session.add_all(rows)
    try:
        work.session.flush()
    except IntegrityError as error:
        raise Conflict("DocumentIssue") from error
    people = [person for draft, _place in places for person in draft.people]
    work.record(_ISSUED, people, reason, kind=kind.name, count=len(rows), number=_span(rows))
    return Issued(tuple(rows), printed.pdf)


def _span(rows: Sequence[DocumentIssue]) -> str:
    first, last = rows[0].number_text, rows[-1].number_text
    return first if first == last else f"{first}～{last}"


def _counter(kind: DocumentKind, year: int) -> sa.Select[DocumentCounter]:
    return sa.select(DocumentCounter).where(
        DocumentCounter.kind == kind.name, DocumentCounter.year == year
    )


def _locked_counter(work: Work, kind: DocumentKind) -> DocumentCounter:
    """The counter of the year; others wait for it until the work ends."""
    year = school_year_of(work.today)
    query = _counter(kind, year).with_for_update().execution_options(populate_existing=True)
    while True:
        work.session.flush()
        found = work.session.scalar(query)
        if found is not None:
            return found
        try:
            with work.session.begin_nested():
                work.session.add(DocumentCounter(kind=kind.name, year=year, last_number=0))
        except IntegrityError:
            continue  # another writer was first


def _is_replaced(work: Work, old: DocumentIssue) -> bool:
    query = sa.select(DocumentIssue.id).where(DocumentIssue.replaces_id == old.id)
    return work.session.scalar(query) is not None


def _new_code(municipality_code: str) -> str:
    """A code that nobody guesses (60 bits), with the municipality that it leads to."""
    parts = ["".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3)]
    return "-".join([municipality_code, *parts])


def _person(row: DocumentIssue) -> TenantTable | AddresseeNumber:
    return AddresseeNumber(row.addressee_number) if row.addressee_number else row


# ---- Printing ----


def _kind_and_policy(work: Work, name: str) -> tuple[DocumentKind, KindPolicy]:
    kind = work.press.kind(name)
    return kind, work.policy(DocumentsPolicy).of(kind)


def _insist_on_printable(work: Work, drafts: Sequence[Draft]) -> None:
    found = [(each.label, work.press.unshown(each.data)) for each in drafts]
    if unprintable := [(label, missing) for label, missing in found if missing]:
        raise Unprintable(unprintable)


def _number_text(work: Work, policy: KindPolicy, place: _Place | None) -> str:
    """The number as the municipality writes it: ``{number}``, ``{year}`` (year of the era)."""
    year = place.year if place else school_year_of(work.today)
    era_year = re.sub(r"\D", "", format_school_year(year)) or "元"
    text = policy.words["number"].replace("{year}", era_year)
    return text.replace("{number}", str(place.number) if place else "　　")


def _sheet(
    work: Work, draft: Draft, number: str, *, code: str = "", again: str = ""
) -> dict[str, Any]:
    issue_data = {
        "number": number,
        "date": format_date(work.today),
        "again": again,
        "code": code,
    }
    return {**draft.data, "issue": issue_data, "verify": _verify_data(work, code)}


def _verify_data(work: Work, code: str) -> dict[str, str] | None:
    if not (code and work.press.public_url):
        return None
    return {"code": code, "url": f"{work.press.public_url}/verify/{code}"}


def _print(
    work: Work,
    kind: DocumentKind,
    policy: KindPolicy,
    sheets: Sequence[Mapping[str, Any]],
    *,
    at: datetime,
) -> bytes:
    return work.press.pdf(kind, _sheet_set(work, kind, policy, sheets, at=at))


def _sheet_set(
    work: Work,
    kind: DocumentKind,
    policy: KindPolicy,
    sheets: Sequence[Mapping[str, Any]],
    *,
    at: datetime,
) -> SheetSet:
    return SheetSet(
        sheets=tuple(map(with_qr, sheets)),
        words=policy.words,
        places=policy.places,
        municipality_code=work.municipality.code,
        at=at,
        title=policy.words.get("title", str(kind.title)),
    )


def with_qr(sheet: Mapping[str, Any]) -> Mapping[str, Any]:
    """The sheet with its verification address as a QR code, which is not kept."""
    verify = sheet["verify"]
    if verify is None:
        return sheet
    code = import_extra("segno").make(verify["url"], error="m")
    return {**sheet, "verify": {**verify, "qr": code.svg_inline(omitsize=True)}}


def _zip(files: Iterable[tuple[str, bytes]], at: datetime) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for position, (group, body) in enumerate(files, start=1):
            info = zipfile.ZipInfo(f"{position:02}_{group}.pdf", at.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, body)
    return stream.getvalue()
