"""Everything the deployment holds of one person, as a file for that person (保有個人情報の開示).

個人情報の保護に関する法律第76条 (from memory, unverified). The rows are found by what each table says of
itself (:mod:`govkit.base.persons`), so that a new module is not forgotten. Data about other people are left
out (第78条, unverified), names of staff too unless the municipality's policy says otherwise; whether anything
else must be withheld is decided by people, who read the file first.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO, Final

import sqlalchemy as sa

from govkit.base.access_report import accesses_of
from govkit.base.audit import AuditEvent
from govkit.base.audit_policy import AuditPolicy
from govkit.base.audit_words import Action, RecordKind
from govkit.base.i18n import gettext as _
from govkit.base.persons import (
    AddresseeNumber,
    identifiers_of,
    is_protected,
    person_classes,
    target_class,
    whose_rows,
)
from govkit.base.work import JAPAN, Work
from govkit.errors import Refused
from govkit.formats.tabular import write_table
from govkit.jp.calendar import format_date

__all__ = ["DISCLOSURE", "PROTECTED", "Disclosed", "export_disclosure"]

DISCLOSURE: Final = "administration.disclosure"
"""Permission of those who answer requests for disclosure (開示請求)."""
PROTECTED: Final = "administration.disclose_protected"
"""Permission to do so for people under support measures (支援措置対象者)."""
_HIDDEN: Final = frozenset({"municipality_code", "id", "version"})
_DERIVED: Final = ("検索キー", "ハッシュ")
"""Columns that are made from others."""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What a file holds: the title of each table and its rows."""

    tables: tuple[tuple[str, int], ...]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(count for _title, count in self.tables)


def export_disclosure(
    work: Work,
    number: str,
    reason: str,
    target: BinaryIO,
    *,
    actions: Mapping[str, Action],
    confirmed: bool = False,
) -> Disclosed:
    """Write all that is held of a person as a ZIP file of CSV and of text to read.

    :param number: Addressee number (宛名番号).
    :param reason: Why, such as the number of the request; it is recorded.
    :param confirmed: Whether those in charge of support measures agreed, for protected people.
    :raises Refused: Without a reason, when nothing is held, or for a protected person without
        :data:`PROTECTED` and the confirmation.
    """
    work.require(DISCLOSURE)
    if not reason.strip():
        raise Refused("書き出す理由を入力してください。")
    if is_protected(work.session, number) and not (confirmed and work.allows(PROTECTED)):
        _record(work, number, reason, {}, "protected")
        raise Refused(
            "支援措置を受けている人です。支援措置の担当者が、相手方からの請求でないことを確かめてから書き出してください。"
        )
    writer = _Writer(work, number)
    held = {_title(model): lines for model in person_classes() if (lines := writer.lines(model))}
    if not held:
        _record(work, number, reason, {}, "none")
        raise Refused("この宛名番号の人の情報はありません。番号を確かめてください。")
    found = {**held, _("操作の記録"): [*_looks(work, number, actions)]}
    counts = {title: len(lines) for title, lines in found.items()}
    _record(work, number, reason, counts, "single")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
        to_read = _("読むための一覧")
        zipped.writestr(f"{to_read}.md", "\n".join(_text(work, number, found)) + "\n")
        for title, lines in found.items():
            body = io.BytesIO()
            headings = [*dict.fromkeys(key for line in lines for key in line)]
            write_table(body, headings, ([line.get(key, "") for key in headings] for line in lines))
            zipped.writestr(f"{title}.csv", body.getvalue())
    return Disclosed(tuple(counts.items()))


def _title(model: type[Any]) -> str:
    return str(model.__table__.comment)


def _record(work: Work, number: str, reason: str, counts: Mapping[str, int], outcome: str) -> None:
    work.record(
        "disclosure.exported",
        [AddresseeNumber(number)],
        reason.strip(),
        is_read=True,
        tables=dict(counts),
        count=sum(counts.values()),
        outcome=outcome,
        screen=work.origin.screen,
    )


Line = dict[str, str]
"""Title and text of each column of a row."""


class _Writer:
    """Turns rows about one person into titles and texts."""

    def __init__(self, work: Work, number: str) -> None:
        self._session = work.session
        self._code = work.municipality.code
        self._number = number
        self._names_staff = work.policy(AuditPolicy).discloses_staff_names
        self._words = {
            column.key: str(column.comment)
            for model in reversed(person_classes())
            for column in model.__table__.columns
        }
        self._targets: dict[tuple[str, Any], str] = {}

    def lines(self, model: type[Any]) -> list[Line]:
        """The rows of a table about the person, the oldest identifier first."""
        rows = self._session.scalars(
            sa.select(model).where(whose_rows(model, self._number)).order_by(model.id)
        )
        return [dict(self._cells(model, row)) for row in rows]

    def _cells(self, model: type[Any], row: Any) -> Iterator[tuple[str, str]]:
        for column in model.__table__.columns:
            key, title = column.key, str(column.comment)
            if key in _HIDDEN or any(word in title for word in _DERIVED):
                continue
            if key in model.other_people or (key in model.staff_columns and not self._names_staff):
                withheld = _("（ほかの人の情報のため、載せていません）")
                yield title, withheld if getattr(row, key) else ""
            elif key == model.person_column:
                yield title, self._number
            elif (target := target_class(model, key)) is not None:
                yield title, self._name(target, getattr(row, key))
            else:
                yield from self._value(model, title, getattr(row, key))

    def _value(self, model: type[Any], title: str, value: Any) -> Iterator[tuple[str, str]]:
        if isinstance(value, str) and value.startswith("{"):
            value = _parsed(value)
        if isinstance(value, list) and any(isinstance(each, dict) for each in value):
            value = {str(place): each for place, each in enumerate(value, 1)}
        if not isinstance(value, dict):
            yield title, _plain(value)
            return
        for key, item in value.items():
            if key in model.other_people:
                continue
            own = model.item_titles.get(key) or self._words.get(key) or key
            yield from self._value(model, f"{title}：{own}", item)

    def _name(self, target: type[Any], key: Any) -> str:
        if key is None or not hasattr(target, "name"):
            return ""
        known = self._targets.get((target.__name__, key))
        if known is None:
            found = self._session.get(target, (self._code, key))
            known = self._targets[target.__name__, key] = str(found.name) if found else ""
        return known


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, datetime):
        return f"{value.astimezone(JAPAN):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, list):
        return "、".join(map(_plain, value))
    return str(value)


def _looks(work: Work, number: str, actions: Mapping[str, Action]) -> Iterator[Line]:
    """Who looked at the person, as far as the municipality tells: the role, or the name too."""
    names_staff = work.policy(AuditPolicy).discloses_staff_names
    kinds = {each.name for each in actions.values() if each.kind != RecordKind.RIGHTS}
    subjects = sa.cast(AuditEvent.subject_ids, sa.String)
    named = [
        subjects.contains(f'"{each}"', autoescape=True)
        for each in sorted(identifiers_of(work.session, number))
    ]
    events = work.session.scalars(
        sa.select(AuditEvent).where(sa.or_(*named)).order_by(AuditEvent.at)
    ).all()
    for event, access in zip(events, accesses_of(work, events), strict=True):
        if event.action in kinds:
            yield {
                _("日時"): _plain(event.at),
                _("操作"): _(actions[event.action].title),
                _("役割"): "、".join(access.roles),
                **({_("職員"): access.who} if names_staff else {}),
                _("利用目的"): access.purpose,
                _("根拠"): access.legal_basis,
            }


def _text(work: Work, number: str, found: Mapping[str, Sequence[Line]]) -> Iterator[str]:
    heading = _("保有個人情報の一覧")
    yield f"# {heading}"
    yield ""
    yield f"- {_('団体')}：{work.municipality.name}"
    yield f"- {_('宛名番号')}：{number}"
    yield f"- {_('作成日')}：{format_date(work.today)}"
    for title, lines in found.items():
        yield ""
        yield f"## {title}（{_('{count}件', count=len(lines))}）"
        for line in lines:
            yield ""
            yield from (f"- {key}：{_one_line(text)}" for key, text in line.items() if text)


def _one_line(text: str) -> str:
    return " ".join(text.split())
