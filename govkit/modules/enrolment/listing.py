"""The register as lists and files show it (学齢簿の一覧)."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.encrypted_columns import found_by
from govkit.base.exports import Outgoing, watermark
from govkit.base.i18n import gettext as _
from govkit.base.work import Work
from govkit.formats.tabular import write_table
from govkit.jp.text import search_key
from govkit.modules.enrolment.codes import ChangeKind, EntryStatus
from govkit.modules.enrolment.designation import open_designations
from govkit.modules.enrolment.models import (
    CompilationChange,
    Guardian,
    RegisterCompilation,
    RegisterEntry,
    SchoolDesignation,
)
from govkit.modules.enrolment.notices import guardians_of
from govkit.modules.enrolment.protection import Shield, is_protected_entry
from govkit.modules.enrolment.register import latest_compilation
from govkit.modules.schools import School
from govkit.residents.keys import loose_key, readings

__all__ = ["Line", "ListQuery", "Listing", "list_entries", "write_entries"]

PER_PAGE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """Which entries are wanted.

    :param kind: Only those that the last compilation made new, changed or closed.
    :param name: Part of a reading or a name, from the beginning of any part of it; or the whole
        contact of a guardian.
    """

    entry_year: int
    kind: ChangeKind | None = None
    school_id: UUID | None = None
    is_unassigned: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One child as lists show it, masked where the actor may not see.

    :param place: The address without prefecture and city where they are the municipality's own.
    """

    id: UUID
    addressee_number: str
    name: str
    kana: str
    birth: str
    sex: str
    address: str
    place: str
    guardian: str
    school: str
    is_protected: bool
    is_foreign: bool
    is_closed: bool
    has_namesake: bool
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of entries, with how many there are of each kind since the last compilation."""

    lines: tuple[Line, ...]
    total: int
    page: int
    pages: int
    compilation: RegisterCompilation | None


def list_entries(work: Work, query: ListQuery, page: int = 1) -> Listing:
    """A page of the register, every child shown being audited."""
    work.require("enrolment.view")
    compilation = latest_compilation(work, query.entry_year)
    conditions = _conditions(work, query, compilation)
    total = work.session.scalar(sa.select(sa.func.count(RegisterEntry.id)).where(*conditions)) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    entries = work.session.scalars(
        sa.select(RegisterEntry)
        .where(*conditions)
        .order_by(RegisterEntry.kana_key, RegisterEntry.addressee_number)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()
    lines = _lines(work, entries, _fields(work, entries, compilation))
    work.saw(entries)
    return Listing(lines, total, page, pages, compilation)


def _conditions(
    work: Work, query: ListQuery, compilation: RegisterCompilation | None
) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = [RegisterEntry.entry_school_year == query.entry_year]
    if query.kind is None:
        found.append(RegisterEntry.status == EntryStatus.ACTIVE)
    else:
        changed = sa.select(CompilationChange.entry_id).where(
            CompilationChange.kind == query.kind,
            CompilationChange.compilation_id == (compilation.id if compilation else None),
        )
        found.append(RegisterEntry.id.in_(changed))
    designated = sa.select(SchoolDesignation.entry_id).where(SchoolDesignation.ended_on.is_(None))
    if query.is_unassigned:
        found.append(RegisterEntry.id.not_in(designated))
    if query.school_id is not None:
        found.append(
            RegisterEntry.id.in_(designated.where(SchoolDesignation.school_id == query.school_id))
        )
        if not work.allows("enrolment.see_protected"):
            # Being found under a school would tell which school it is.
            found.append(sa.not_(is_protected_entry()))
    # The plain key finds entries that were stored before variants of kanji counted as one.
    keys = {key(text) for text in readings(query.name) for key in (loose_key, search_key)} - {""}
    if keys:
        begins = (
            RegisterEntry.name_keys.contains(f"\n{key}", autoescape=True) for key in sorted(keys)
        )
        found.append(sa.or_(*begins, _has_contact(work, query.name)))
    return found


def _has_contact(work: Work, text: str) -> sa.ColumnElement[bool]:
    """Whether a guardian has exactly this telephone number or address to write to (連絡先)."""
    guardians = sa.select(Guardian.entry_id).where(
        found_by(work.session, Guardian.contact_key, text)
    )
    known = RegisterEntry.id.in_(guardians)
    if work.allows("enrolment.see_protected"):
        return known
    # Being found by a contact would tell whose it is.
    return sa.and_(known, sa.not_(is_protected_entry()))


def _fields(
    work: Work, entries: Sequence[RegisterEntry], compilation: RegisterCompilation | None
) -> Mapping[UUID, list[str]]:
    if compilation is None or not entries:
        return {}
    query = sa.select(CompilationChange).where(
        CompilationChange.compilation_id == compilation.id,
        CompilationChange.entry_id.in_([entry.id for entry in entries]),
        CompilationChange.kind == ChangeKind.CHANGED,
    )
    return {each.entry_id: each.fields for each in work.session.scalars(query)}


def _namesakes(work: Work, entries: Sequence[RegisterEntry]) -> frozenset[str]:
    """Readings that several children of the same year share."""
    keys = {entry.kana_key for entry in entries if entry.kana_key}
    years = {entry.entry_school_year for entry in entries}
    found: set[str] = set()
    ordered = sorted(keys)
    for start in range(0, len(ordered), 500):
        found |= set(
            work.session.scalars(
                sa.select(RegisterEntry.kana_key)
                .where(
                    RegisterEntry.kana_key.in_(ordered[start : start + 500]),
                    RegisterEntry.entry_school_year.in_(years),
                    RegisterEntry.status == EntryStatus.ACTIVE,
                )
                .group_by(RegisterEntry.kana_key)
                .having(sa.func.count(RegisterEntry.id) > 1)
            )
        )
    return frozenset(found)


def _lines(
    work: Work, entries: Sequence[RegisterEntry], fields: Mapping[UUID, list[str]]
) -> tuple[Line, ...]:
    ids = [entry.id for entry in entries]
    designations = open_designations(work, ids)
    guardians = guardians_of(work, ids)
    schools = {each.id: each.name for each in work.session.scalars(sa.select(School))}
    namesakes = _namesakes(work, entries)
    shield = Shield.of(work, entries)

    def line(entry: RegisterEntry) -> Line:
        designation = designations.get(entry.id)
        school = schools[designation.school_id] if designation else ""
        names = "、".join(each.name for each in guardians.get(entry.id, ()))
        return Line(
            id=entry.id,
            addressee_number=entry.addressee_number,
            name=entry.name,
            kana=entry.kana,
            birth=entry.birth_phrase or entry.birth_date.isoformat(),
            sex=entry.sex,
            address=shield.shown(entry, entry.address),
            place=shield.shown(entry, _place(work, entry)),
            guardian=shield.shown(entry, names),
            school=shield.shown(entry, school),
            is_protected=shield.is_protected(entry),
            is_foreign=entry.is_foreign,
            is_closed=not entry.is_active,
            has_namesake=entry.kana_key in namesakes,
            fields=tuple(fields.get(entry.id, ())),
        )

    return tuple(line(entry) for entry in entries)


def _place(work: Work, entry: RegisterEntry) -> str:
    # The code of an address may come without its check digit.
    if entry.address_municipality_code[:5] != work.municipality.code[:5] or not entry.town:
        return entry.address
    return f"{entry.town}{entry.lot}　{entry.building}".strip()


def write_entries(work: Work, query: ListQuery, reason: str) -> Outgoing:
    """All entries a query describes as a CSV file for people, masked like the pages.

    :param reason: Why the file is needed; it goes into the audit record before the file is made.
    """
    work.require("enrolment.export")
    conditions = _conditions(work, query, latest_compilation(work, query.entry_year))
    entries = work.session.scalars(
        sa.select(RegisterEntry)
        .where(*conditions)
        .order_by(RegisterEntry.kana_key, RegisterEntry.addressee_number)
    ).all()
    work.record("enrolment.exported", entries, reason, count=len(entries))
    headings = [
        _("宛名番号"),
        _("氏名"),
        _("フリガナ"),
        _("生年月日"),
        _("性別"),
        _("住所"),
        _("保護者"),
        _("指定校"),
        _("外国籍"),
        _("支援措置"),
    ]
    body = io.BytesIO()
    lines = map(_cells, _lines(work, entries, {}))
    written = write_table(body, headings, lines, watermark=watermark(work))
    if written != len(entries):
        raise RuntimeError("rows written and rows asked for differ")
    return Outgoing(
        kind="enrolment.register",
        title=_("学齢簿の一覧"),
        permission="enrolment.export",
        file_name=_("学齢簿_{year}年度入学.csv", year=query.entry_year),
        media_type="text/csv",
        content=body.getvalue(),
        rows=written,
        people=[entry.addressee_number for entry in entries],
    )


def _cells(line: Line) -> list[Any]:
    return [
        line.addressee_number,
        line.name,
        line.kana,
        line.birth,
        {"1": _("男"), "2": _("女")}.get(line.sex, _("不明")),
        line.address,
        line.guardian,
        line.school,
        _("外国籍") if line.is_foreign else "",
        _("支援措置") if line.is_protected else "",
    ]
