"""The one door by which files with personal data leave: purpose, record, second person (書き出しの承認).

A service makes the content; :func:`hand_out` takes it and gives it back, or keeps it until somebody
else agrees. Most incidents of schools are files sent or shared too widely, so a large file needs two
people (ASVS 2.3.5), and the file that was agreed to is the file that is fetched: it is kept as it was
made, and deleted when it has been fetched once, when its time is over, or when it is declined.

A file about one person alone, such as all that is held of somebody for that person's own request
(開示請求), is no large file, however many rows tell of the person. Pages that exist for one purpose only
(audit, breach, disclosure) give that purpose themselves: :data:`DISCLOSURE`, :data:`INVESTIGATION`.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Mapped, mapped_column

from govkit.base.columns import AssetClass
from govkit.base.db import Base, TenantTable, Versioned, tenant_index
from govkit.base.i18n import gettext
from govkit.base.i18n import lazy_gettext as _
from govkit.base.identity import Appointment, Role
from govkit.base.notices import tell
from govkit.base.work import JAPAN, Work
from govkit.errors import NotFound, NotPermitted, Refused

__all__ = [
    "DISCLOSURE",
    "INVESTIGATION",
    "Export",
    "ExportPolicy",
    "ExportState",
    "Given",
    "Outgoing",
    "Release",
    "approve",
    "decline",
    "export_purposes",
    "fetch",
    "find_export",
    "forget_expired",
    "hand_out",
    "may_decide",
    "own_exports",
    "purpose_titles",
    "to_decide",
    "watermark",
]

_SHOWN: Final = 200
_NAMED: Final = 50
DISCLOSURE: Final = "disclosure"
"""Purpose of a file for the person it is about, or for who asks in that person's place (開示)."""
INVESTIGATION: Final = "investigation"
"""Purpose of a file from the records of acts (点検・監査・事故の調査)."""

DEFAULT_PURPOSES: Final[dict[str, str]] = {
    "duty": _("法令や規則で決まった事務（通知・報告・就学事務など）"),
    "system": _("ほかのシステムへの登録・連携"),
    "teaching": _("授業・学級の運営"),
    "disclosure": _("本人・保護者への開示や回答"),
    "investigation": _("点検・監査・事故の調査"),
    "other": _("その他"),
}
"""What files are taken out for; unverified, each municipality may name its own."""

_FIXED: Final = (DISCLOSURE, INVESTIGATION)


class ExportPolicy(BaseModel):
    """What a municipality decides about files with personal data (書き出しの方針)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    purposes: dict[str, str] = Field(default_factory=lambda: dict(DEFAULT_PURPOSES), min_length=1)
    """Purposes to choose from, by a code that goes into the record (利用目的)."""
    second_person_rows: Annotated[int, Field(ge=0)] = 200
    """Files of more people's rows than this need a second person (承認が要る行数)."""
    wait_hours: Annotated[int, Field(ge=1, le=336)] = 72
    """Hours for which a file waits for the second person (承認を待つ時間)."""
    fetch_hours: Annotated[int, Field(ge=1, le=72)] = 24
    """Hours in which an approved file may be fetched, once (受け取れる時間)."""


class ExportState(StrEnum):
    """How far a file is (書き出しの状態)."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    HANDED_OUT = "handed_out"
    EXPIRED = "expired"


class Export(Versioned, TenantTable, Base):
    """A file that left or would like to (書き出し); its content only while it waits."""

    __tablename__ = "govkit_export"
    staff_columns = frozenset({"requested_by", "decided_by"})
    __asset_class__ = AssetClass.II
    __table_args__ = (
        tenant_index("govkit_export", "state"),
        tenant_index("govkit_export", "requested_by"),
        {"comment": "書き出し"},
    )

    kind: Mapped[str] = mapped_column(sa.String(80), comment="種類")
    title: Mapped[str] = mapped_column(sa.String(200), comment="題名")
    permission: Mapped[str] = mapped_column(sa.String(80), comment="必要な権限")
    units: Mapped[list[str] | None] = mapped_column(sa.JSON, comment="権限の範囲(全体ならnull)")
    purpose: Mapped[str] = mapped_column(sa.String(60), comment="利用目的")
    reason: Mapped[str] = mapped_column(sa.String(400), comment="理由")
    row_count: Mapped[int] = mapped_column(comment="行数")
    people: Mapped[int] = mapped_column(comment="人数")
    people_print: Mapped[str] = mapped_column(sa.String(64), comment="対象者の指紋")
    file_class: Mapped[str] = mapped_column(sa.String(4), comment="資産の分類")
    file_name: Mapped[str] = mapped_column(sa.String(300), comment="ファイル名")
    media_type: Mapped[str] = mapped_column(sa.String(100), comment="形式")
    size: Mapped[int] = mapped_column(comment="大きさ(バイト)")
    sha256: Mapped[str] = mapped_column(sa.String(64), comment="ファイルのハッシュ")
    content: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary, deferred=True, comment="中身(渡すまで)"
    )
    state: Mapped[str] = mapped_column(sa.String(12), comment="状態")
    requested_by: Mapped[UUID | None] = mapped_column(sa.Uuid, comment="書き出した人(アカウント)")
    requested_staff: Mapped[UUID | None] = mapped_column(sa.Uuid, comment="書き出した人(職員)")
    requested_name: Mapped[str] = mapped_column(sa.String(120), comment="書き出した人の氏名")
    requested_at: Mapped[datetime] = mapped_column(comment="書き出した日時")
    expires_at: Mapped[datetime | None] = mapped_column(comment="期限")
    decided_by: Mapped[UUID | None] = mapped_column(sa.Uuid, comment="決めた人(アカウント)")
    decided_name: Mapped[str] = mapped_column(sa.String(120), comment="決めた人の氏名")
    decided_at: Mapped[datetime | None] = mapped_column(comment="決めた日時")
    decision: Mapped[str] = mapped_column(sa.String(400), comment="決めた理由")

    def state_at(self, now: datetime) -> ExportState:
        """The state at a moment: what waited for too long has expired."""
        is_over = self.expires_at is not None and self.expires_at <= now
        is_open = self.state in (ExportState.WAITING, ExportState.APPROVED)
        return ExportState.EXPIRED if is_open and is_over else ExportState(self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A file that is to leave.

    :param kind: Stable name, such as ``schools.roster``.
    :param title: What it is, a Japanese message id.
    :param permission: Right that its taker holds, and the second person too.
    :param rows: Rows about people.
    :param people: Identifiers of the people in it; only their number and a fingerprint are kept here,
        the service's own record names them. One alone makes no large file.
    """

    kind: str
    title: str
    permission: str
    file_name: str
    media_type: str
    content: bytes
    rows: int
    people: Sequence[str] = ()
    file_class: AssetClass = AssetClass.II


@dataclass(frozen=True, slots=True)
class Given:
    """What the taker says: a purpose of the policy, and a sentence of their own."""

    purpose: str
    reason: str


@dataclass(frozen=True, slots=True)
class Release:
    """What became of a file: handed out at once, or ``None`` while it waits for a second person."""

    export: Export
    content: bytes | None


def export_purposes(work: Work) -> list[tuple[str, str]]:
    """Purposes to choose from: code and title."""
    return [
        (code, gettext(str.__str__(title)))
        for code, title in work.policy(ExportPolicy).purposes.items()
    ]


def purpose_titles(work: Work) -> dict[str, str]:
    """Title of every purpose that a file may have been given for, by code."""
    fixed = {code: gettext(str.__str__(DEFAULT_PURPOSES[code])) for code in _FIXED}
    return fixed | dict(export_purposes(work))


def watermark(work: Work) -> str:
    """Who takes a file out and when, for the last line of a table for people (すかし)."""
    moment = f"{work.now.astimezone(JAPAN):%Y-%m-%d %H:%M}"
    return f"{work.actor.name} {moment} {work.origin.request_id[:8]}".strip()


def hand_out(work: Work, file: Outgoing, given: Given) -> Release:
    """Let a file go, or keep it until somebody else agrees; either way it is recorded.

    :raises NotPermitted: Without the right to such files.
    :raises Refused: Without a purpose of the policy or without a reason.
    """
    if not work.actor.holds(file.permission):
        raise NotPermitted(file.permission)
    policy = work.policy(ExportPolicy)
    if given.purpose not in {*policy.purposes, *_FIXED}:
        raise Refused(_NO_PURPOSE)
    if not given.reason.strip():
        raise Refused(_NO_REASON)
    forget_expired(work)
    is_large = file.rows > policy.second_person_rows and len(set(file.people)) != 1
    needs_second = is_large and work.actor.account_id is not None
    row = _row(work, file, given)
    row.state = ExportState.WAITING if needs_second else ExportState.HANDED_OUT
    if needs_second:
        row.content = file.content
        row.expires_at = work.now + timedelta(hours=policy.wait_hours)
    work.session.add(row)
    work.session.flush()
    _record(work, "export.requested" if needs_second else "export.handed_out", row)
    if not needs_second:
        return Release(row, file.content)
    for staff_id in _holders(work, row.permission):
        if staff_id != work.actor.staff_id:
            tell(work, staff_id, _ASKED, path=f"/exports/{row.id}", count=str(row.row_count))
    return Release(row, None)


def _holders(work: Work, permission: str) -> list[UUID]:
    """Staff who hold a permission today, for some unit at least; not too many to be told."""
    rows = work.session.execute(
        sa.select(Appointment.staff_id, Role.permissions)
        .join(Role, Role.id == Appointment.role_id)
        .where(
            Appointment.valid_from <= work.today,
            sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= work.today),
        )
    )
    found = {staff_id for staff_id, permissions in rows if permission in permissions}
    return sorted(found)[:_NAMED]


def _row(work: Work, file: Outgoing, given: Given) -> Export:
    units = work.actor.units(file.permission)
    people = "\n".join(sorted(set(file.people)))
    return Export(
        kind=file.kind,
        title=str.__str__(file.title),
        permission=file.permission,
        units=None if units is None else sorted(map(str, units)),
        purpose=given.purpose,
        reason=given.reason.strip()[:400],
        row_count=file.rows,
        people=len(set(file.people)),
        people_print=work.fingerprint(people) if file.people else "",
        file_class=str(file.file_class),
        file_name=file.file_name,
        media_type=file.media_type,
        size=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        content=None,
        requested_by=work.actor.account_id,
        requested_staff=work.actor.staff_id,
        requested_name=work.actor.name,
        requested_at=work.now,
        expires_at=None,
        decided_by=None,
        decided_name="",
        decided_at=None,
        decision="",
    )


def _record(work: Work, action: str, row: Export, reason: str = "") -> None:
    detail: dict[str, Any] = {
        "kind": row.kind,
        "purpose": row.purpose,
        "count": row.row_count,
        "people": row.people,
        "people_print": row.people_print,
        "file_class": row.file_class,
        "file_sha256": row.sha256,
    }
    work.record(action, row, reason or row.reason, **detail)


def own_exports(work: Work) -> Sequence[Export]:
    """The actor's files, the latest first."""
    return work.session.scalars(
        sa.select(Export)
        .where(Export.requested_by == work.actor.account_id)
        .order_by(Export.requested_at.desc())
        .limit(_SHOWN)
    ).all()


def to_decide(work: Work) -> list[Export]:
    """Files of others that wait, and that the actor may decide about, the oldest first."""
    rows = work.session.scalars(
        sa.select(Export)
        .where(Export.state == ExportState.WAITING, Export.expires_at > work.now)
        .order_by(Export.requested_at)
        .limit(_SHOWN)
    )
    return [row for row in rows if may_decide(work, row)]


def is_own(work: Work, row: Export) -> bool:
    """Whether the actor asked for the file, under whatever account."""
    is_same_staff = row.requested_staff is not None and row.requested_staff == work.actor.staff_id
    return row.requested_by == work.actor.account_id or is_same_staff


def may_decide(work: Work, row: Export) -> bool:
    """Whether the actor is a second person: another one, with the right to all that is in the file."""
    if is_own(work, row) or not work.actor.holds(row.permission):
        return False
    held = work.actor.units(row.permission)
    if held is None:
        return True
    return row.units is not None and held >= {UUID(each) for each in row.units}


def find_export(work: Work, export_id: UUID) -> Export:
    """A file that is the actor's, or for the actor to decide about.

    :raises NotFound: When there is none, or it is another's affair: the two look alike.
    """
    row = work.find(Export, export_id)
    if not (is_own(work, row) or may_decide(work, row)):
        raise NotFound("export")
    return row


def approve(work: Work, export_id: UUID) -> Export:
    """Agree that a file may be fetched by the one who asked.

    :raises Refused: When it is the actor's own, or does not wait any more.
    """
    row = _undecided(work, export_id)
    hours = work.policy(ExportPolicy).fetch_hours
    row.state, row.expires_at = ExportState.APPROVED, work.now + timedelta(hours=hours)
    _decide(work, row, "")
    tell(work, row.requested_staff, _AGREED, kind="success", path=f"/exports/{row.id}")
    return row


def decline(work: Work, export_id: UUID, reason: str) -> Export:
    """Refuse a file; its content is deleted at once.

    :raises Refused: When it is the actor's own, does not wait any more, or no reason is given.
    """
    if not reason.strip():
        raise Refused(_NO_REASON)
    row = _undecided(work, export_id)
    row.state, row.content, row.expires_at = ExportState.DECLINED, None, None
    _decide(work, row, reason.strip()[:400])
    tell(work, row.requested_staff, _DECLINED, kind="warning", path=f"/exports/{row.id}")
    return row


def _undecided(work: Work, export_id: UUID) -> Export:
    row = find_export(work, export_id)
    if is_own(work, row):
        raise Refused(_OWN)
    if row.state_at(work.now) is not ExportState.WAITING:
        raise Refused(_DECIDED)
    return row


def _decide(work: Work, row: Export, reason: str) -> None:
    row.decided_by, row.decided_name = work.actor.account_id, work.actor.name
    row.decided_at, row.decision = work.now, reason
    work.session.flush()
    _record(work, f"export.{row.state}", row, reason)


def fetch(work: Work, export_id: UUID) -> Release:
    """The file that was agreed to, byte for byte; once, by the one who asked, who still has the right.

    :raises Refused: When it may not be fetched, not yet, or not any more.
    """
    row = find_export(work, export_id)
    if not is_own(work, row):
        raise NotFound("export")
    if not work.actor.holds(row.permission):
        raise NotPermitted(row.permission)
    content = row.content
    if row.state_at(work.now) is not ExportState.APPROVED or content is None:
        raise Refused(_NOT_THERE)
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise RuntimeError("the file is not the one that was agreed to")
    row.state, row.content, row.expires_at = ExportState.HANDED_OUT, None, None
    work.session.flush()
    _record(work, "export.handed_out", row)
    return Release(row, content)


def forget_expired(work: Work) -> int:
    """Delete the contents of files whose time is over; how many."""
    open_states = (ExportState.WAITING, ExportState.APPROVED)
    rows = work.session.scalars(
        sa.select(Export).where(Export.state.in_(open_states), Export.expires_at <= work.now)
    ).all()
    for row in rows:
        row.state, row.content = ExportState.EXPIRED, None
        _record(work, "export.expired", row)
    work.session.flush()
    return len(rows)


_NO_PURPOSE: Final = _("利用目的を選んでください。")
_NO_REASON: Final = _("理由を入力してください。")
_OWN: Final = _(
    "自分が書き出したファイルは、自分では承認できません。ほかの担当者に頼んでください。"
)
_DECIDED: Final = _("このファイルは、もう承認を待っていません。状態を確かめてください。")
_NOT_THERE: Final = _(
    "このファイルは受け取れません。承認の前か、期限の後か、すでに受け取った後です。要るときは書き出し直してください。"
)
_ASKED: Final = _("{count}行のファイルの書き出しが、あなたの承認を待っています。")
_AGREED: Final = _("書き出しが承認されました。期限までに一度だけ受け取れます。")
_DECLINED: Final = _("書き出しは承認されませんでした。理由を確かめてください。")
