"""Searching the records of a municipality (操作の記録の検索).

Pages are read along an index, from the newest to the oldest, and never counted: of a million records the
first page takes no longer than of a thousand, unless it is a rare person who is looked for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO, Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.access_report import accesses_of, staff_accounts, whole_days
from govkit.base.audit import AuditEvent
from govkit.base.audit_words import OUTCOMES, Action, column_title, subject_title
from govkit.base.i18n import gettext as _
from govkit.base.persons import AddresseeNumber, identifiers_of
from govkit.base.work import JAPAN, Work
from govkit.errors import NotFound, Refused
from govkit.formats.tabular import write_table

__all__ = [
    "AUDIT",
    "MOST_ROWS",
    "AuditPage",
    "AuditQuery",
    "FoundEvent",
    "Words",
    "download_audit",
    "search_audit",
]

AUDIT: Final = "administration.audit"
"""Permission of those who search the records (監査担当)."""
MOST_ROWS: Final = 100_000
"""Most records that one file holds."""
_PAGE: Final = 50
_CHUNK: Final = 2000
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Words:
    """What stands for names in the records: see :class:`~govkit.base.deployment.Deployment`.

    :param screens: Titles of pages, by endpoint.
    """

    actions: Mapping[str, Action]
    details: Mapping[str, str]
    screens: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """What is looked for; blank conditions are none.

    :param actor: Beginning of a name of staff, an account, or a login of the command line.
    :param subject: Addressee number (宛名番号), or the identifier of a row about the person.
    :param actions: Names of actions, any of which will do.
    :param purpose: Part of the purpose or the reason.
    """

    first: date
    last: date
    actor: str = ""
    subject: str = ""
    actions: tuple[str, ...] = ()
    purpose: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """A record as people read it.

    :param subject: What it is about, with the first identifiers.
    :param facts: Titles and texts of the detail.
    """

    at: datetime
    who: str
    roles: tuple[str, ...]
    action: str
    subject: str
    purpose: str
    facts: tuple[tuple[str, str], ...]
    request_id: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some records, the latest first.

    :param after: Where the next page goes on; blank on the last one.
    """

    events: tuple[FoundEvent, ...]
    after: str


def search_audit(work: Work, query: AuditQuery, words: Words, after: str = "") -> AuditPage:
    """A page of records; the search itself is recorded.

    :param after: What the page before gave.
    :raises NotFound: When ``after`` is none of ours.
    """
    work.require(AUDIT)
    statement = _statement(work, query, _place(after) if after else None)
    found = work.session.scalars(statement.limit(_PAGE + 1)).all()
    shown = found[:_PAGE]
    _record(work, "audit.searched", query, "", len(shown))
    token = f"{shown[-1].at.isoformat()}|{shown[-1].id.hex}" if len(found) > _PAGE else ""
    return AuditPage(tuple(_told(work, shown, words)), token)


def download_audit(
    work: Work, query: AuditQuery, words: Words, purpose: str, target: BinaryIO
) -> int:
    """Write the records as CSV for people, and how many; the file is recorded with its purpose.

    :raises Refused: Without a purpose, or when there are more than :data:`MOST_ROWS`.
    """
    work.require(AUDIT)
    if not purpose.strip():
        raise Refused("ダウンロードの目的を入力してください。")
    headings = [
        *(_("日時"), _("職員"), _("役割"), _("操作"), _("対象"), _("利用目的・理由")),
        *(_("内容"), _("受付番号")),
    ]
    count = write_table(target, headings, map(_row, _all(work, query, words)))
    _record(work, "audit.downloaded", query, purpose.strip(), count)
    return count


def _row(event: FoundEvent) -> Sequence[object]:
    return (
        f"{event.at.astimezone(JAPAN):%Y-%m-%d %H:%M:%S}",
        event.who,
        "、".join(event.roles),
        event.action,
        event.subject,
        event.purpose,
        " / ".join(f"{title}: {text}" for title, text in event.facts),
        event.request_id,
    )


def _all(work: Work, query: AuditQuery, words: Words) -> Iterator[FoundEvent]:
    place, count = None, 0
    while True:
        page = work.session.scalars(_statement(work, query, place).limit(_CHUNK)).all()
        count += len(page)
        if count > MOST_ROWS:
            raise Refused(
                "{count}件を超えます。期間や条件を絞ってください。", count=f"{MOST_ROWS:,}"
            )
        yield from _told(work, page, words)
        if len(page) < _CHUNK:
            return
        place = page[-1].at, page[-1].id
        for each in page:
            work.session.expunge(each)


def _record(work: Work, action: str, query: AuditQuery, reason: str, count: int) -> None:
    conditions = {
        name: value
        for name in ("actor", "actions", "purpose", "request_id")
        if (value := getattr(query, name))
    }
    # A search for some person is a look at that person, and names it as one.
    subject = [AddresseeNumber(query.subject)] if query.subject else work.municipality.code
    work.record(
        action,
        subject,
        reason,
        is_read=True,
        first=query.first.isoformat(),
        last=query.last.isoformat(),
        conditions=conditions,
        count=count,
        screen=work.origin.screen,
    )


def _place(token: str) -> tuple[datetime, UUID]:
    at, _bar, key = token.partition("|")
    try:
        place = datetime.fromisoformat(at), UUID(key)
    except ValueError as error:
        raise NotFound("place") from error
    if place[0].tzinfo is None:
        raise NotFound("place")
    return place


def _statement(
    work: Work, query: AuditQuery, place: tuple[datetime, UUID] | None
) -> sa.Select[AuditEvent]:
    begin, end = whole_days(query.first, query.last)
    conditions: list[sa.ColumnElement[bool]] = [AuditEvent.at >= begin, AuditEvent.at < end]
    if place is not None:
        at, key = place
        conditions += [
            AuditEvent.at <= at,
            sa.or_(AuditEvent.at < at, AuditEvent.id < key),
        ]
    if query.request_id:
        conditions.append(AuditEvent.request_id == query.request_id)
    if query.actions:
        conditions.append(AuditEvent.action.in_(query.actions))
    if query.actor:
        conditions.append(AuditEvent.actor.in_(staff_accounts(work, query.actor)))
    if query.subject:
        conditions.append(sa.or_(*_naming(identifiers_of(work.session, query.subject))))
    if query.purpose:
        conditions.append(_purpose(query.purpose))
    return (
        sa.select(AuditEvent)
        .where(*conditions)
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    )


def _naming(identifiers: Iterable[str]) -> Iterator[sa.ColumnElement[bool]]:
    subjects = sa.cast(AuditEvent.subject_ids, sa.String)
    for each in sorted(identifiers):
        yield subjects.contains(f'"{each}"', autoescape=True)


def _purpose(text: str) -> sa.ColumnElement[bool]:
    purpose = AuditEvent.detail["purpose"].as_string()
    return sa.or_(
        AuditEvent.reason.contains(text, autoescape=True), purpose.contains(text, autoescape=True)
    )


def _told(work: Work, events: Sequence[AuditEvent], words: Words) -> Iterator[FoundEvent]:
    for event, access in zip(events, accesses_of(work, events), strict=True):
        action = words.actions.get(event.action)
        yield FoundEvent(
            at=event.at,
            who=access.who,
            roles=access.roles,
            action=_(action.title) if action else event.action,
            subject=_subject(event),
            purpose=" / ".join(filter(None, (access.purpose, event.reason))),
            facts=tuple(_facts(event, words)),
            request_id=event.request_id,
        )


def _subject(event: AuditEvent) -> str:
    title = subject_title(event.subject_kind)
    shown = "、".join(event.subject_ids[:_SHOWN])
    more = len(event.subject_ids) - _SHOWN
    if more > 0:
        shown = _("{shown}、ほか{count}件", shown=shown, count=more)
    return f"{title} {shown}".strip()


_ELSEWHERE: Final = frozenset({"purpose"})


def _facts(event: AuditEvent, words: Words) -> Iterator[tuple[str, str]]:
    detail = dict(event.detail)
    before, after = detail.get("before"), detail.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        del detail["before"], detail["after"]
        for key in sorted({*before, *after}):
            if before.get(key) != after.get(key):
                text = _(
                    "「{before}」から「{after}」へ",
                    before=_text(before.get(key)),
                    after=_text(after.get(key)),
                )
                yield column_title(event.subject_kind, key), text
    for key, value in detail.items():
        if key not in _ELSEWHERE and value not in ("", None, [], {}):
            known = {"screen": words.screens, "outcome": OUTCOMES}.get(key)
            text = str(known.get(value, value)) if known else _text(value)
            yield str(words.details.get(key, key)), text


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, dict):
        return "、".join(f"{key}: {_text(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "、".join(map(_text, value))
    return "" if value is None else str(value)
