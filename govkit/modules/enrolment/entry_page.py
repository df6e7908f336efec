"""What the page of one child shows, masked where the actor may not see (学齢簿の個票)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext as lazy
from govkit.base.work import JAPAN, Work
from govkit.jp.calendar import format_date
from govkit.modules.enrolment.codes import (
    CLOSED_TITLES,
    REASON_TITLES,
    Basis,
    ExemptionKind,
    Source,
)
from govkit.modules.enrolment.facts import FIELD_TITLES
from govkit.modules.enrolment.models import (
    AttendanceDemand,
    Exemption,
    OutOfDistrictSchooling,
    RegisterChange,
    RegisterEntry,
    SchoolDesignation,
    SpecialNeedsSchooling,
)
from govkit.modules.enrolment.notices import guardians_of
from govkit.modules.enrolment.protection import Shield
from govkit.modules.schools import School
from govkit.residents.records import Masked

__all__ = ["closed_reason", "entry_context"]

_HIDDEN: Final = frozenset(
    {
        "postcode",
        "address_municipality_code",
        "machiaza_id",
        "prefecture",
        "city",
        "town",
        "lot",
        "building",
        "household_number",
        "guardian",
        "school",
        "resident_since",
    }
)
"""Fields whose former values tell where or with whom a protected child lives or lived."""

Item = tuple[str, str]


def entry_context(work: Work, entry: RegisterEntry) -> dict[str, Any]:
    """Groups of items, designations and history of one child, ready to be shown."""
    shield = Shield.of(work, [entry])
    schools = {each.id: each.name for each in work.session.scalars(sa.select(School))}
    return {
        "is_protected": shield.is_protected(entry),
        "is_masked": shield.hides(entry),
        "child": _child(entry, shield),
        "guardians": _guardians(work, entry, shield),
        "schooling": _schooling(entry, shield, schools),
        "groups": _groups(work, entry, shield),
        "designations": _designations(work, entry, shield, schools),
        "history": _history(work, entry, shield, schools),
        "closed_reason": closed_reason(entry.closed_reason),
    }


def closed_reason(code: str) -> str:
    """Why an entry left the register, in words; other texts stay as they are."""
    return str(CLOSED_TITLES[code]) if code in CLOSED_TITLES else code


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    return format_date(value) if isinstance(value, date) else str(value or "")


def _filled(items: Sequence[Item]) -> list[Item]:
    """The items with a mark where nothing is entered."""
    return [(title, text or "―") for title, text in items]


def _child(entry: RegisterEntry, shield: Shield) -> list[Item]:
    birth = entry.birth_phrase or _text(entry.birth_date)
    other_names = [
        (_("通称名"), entry.preferred_name),
        (_("通称名のフリガナ"), entry.preferred_kana),
        (_("外国人氏名（英字）"), entry.roman_name),
        (_("外国人氏名（漢字）"), entry.kanji_name),
    ]
    items = [
        (_("氏名"), entry.official_name),
        (_("フリガナ"), entry.kana_name),
        *((title, text) for title, text in other_names if text),
        (_("生年月日"), birth if entry.birth_is_certain else _("{birth}（不詳）", birth=birth)),
        (_("性別"), {"1": _("男"), "2": _("女")}.get(entry.sex, _("不明"))),
        (_("郵便番号"), shield.shown(entry, entry.postcode)),
        (_("現住所"), shield.shown(entry, entry.address)),
        (_("世帯番号"), shield.shown(entry, entry.household_number)),
        (_("続柄"), shield.shown(entry, entry.relationship_to_head)),
        (_("国籍"), entry.nationality),
        (_("住民となった年月日"), shield.shown(entry, _text(entry.resident_since))),
        (_("宛名番号"), entry.addressee_number),
        (_("備考"), entry.note),
    ]
    return _filled(items)


def _guardians(work: Work, entry: RegisterEntry, shield: Shield) -> list[list[Item]]:
    return [
        _filled(
            [
                (_("氏名"), shield.shown(entry, each.name)),
                (_("フリガナ"), shield.shown(entry, each.kana)),
                (_("現住所"), shield.shown(entry, each.address or _("児童の欄に同じ"))),
                (_("関係"), shield.shown(entry, each.relation)),
                (_("連絡先"), shield.shown(entry, each.contact)),
                (_("監護者"), _text(each.has_custody)),
                (_("共同親権者"), _text(each.has_joint_authority)),
            ]
        )
        for each in guardians_of(work, [entry.id]).get(entry.id, ())
    ]


def _schooling(entry: RegisterEntry, shield: Shield, schools: Mapping[UUID, str]) -> list[Item]:
    school = schools.get(entry.school_id, "") if entry.school_id else ""
    return _filled(
        [
            (_("就学校"), shield.shown(entry, school)),
            (_("入学年月日"), _text(entry.entered_on)),
            (_("編入学年月日"), _text(entry.joined_on)),
            (_("転学年月日"), _text(entry.transferred_on)),
            (_("卒業年月日"), _text(entry.graduated_on)),
            (_("特別支援学級"), _text(entry.is_special_needs_class)),
        ]
    )


_SCHOOL_DAYS: Final = {
    "entered_on": lazy("入学年月日"),
    "transferred_on": lazy("転学年月日"),
    "withdrawn_on": lazy("退学年月日"),
    "graduated_on": lazy("卒業年月日"),
}
_GROUPS: Final[Sequence[tuple[str, Any, Mapping[str, str]]]] = (
    (
        lazy("区域外就学"),
        OutOfDistrictSchooling,
        {
            "school_name": lazy("学校名"),
            "founder_name": lazy("設置者名"),
            **_SCHOOL_DAYS,
            "reason": lazy("事由"),
            "applied_on": lazy("申請年月日"),
            "permitted_on": lazy("許可年月日"),
            "starts_on": lazy("開始年月日"),
            "ends_on": lazy("終了年月日"),
        },
    ),
    (
        lazy("特別支援学校への就学"),
        SpecialNeedsSchooling,
        {
            "school_name": lazy("学校名"),
            "department": lazy("部"),
            "founder_name": lazy("設置者名"),
            **_SCHOOL_DAYS,
            "disability": lazy("障がい区分"),
        },
    ),
    (
        lazy("督促"),
        AttendanceDemand,
        {
            "notified_on": lazy("校長からの通知の受理年月日"),
            "demanded_on": lazy("督促年月日"),
        },
    ),
    (
        lazy("就学の猶予・免除"),
        Exemption,
        {
            "kind": lazy("区分"),
            "decided_on": lazy("猶予・免除年月日"),
            "reason": lazy("事由"),
            "starts_on": lazy("期間の初日"),
            "ends_on": lazy("期間の末日"),
            "returned_on": lazy("復学年月日"),
        },
    ),
)


def _groups(work: Work, entry: RegisterEntry, shield: Shield) -> list[tuple[str, list[list[Item]]]]:
    """The other statutory groups, also where nothing is entered."""
    found = []
    for title, model, columns in _GROUPS:
        rows = work.session.scalars(sa.select(model).where(model.entry_id == entry.id)).all()
        items = [
            _filled(
                [
                    (str(heading), shield.shown(entry, _group_text(getattr(row, name))))
                    for name, heading in columns.items()
                ]
            )
            for row in rows
        ]
        found.append((str(title), items))
    return found


def _group_text(value: Any) -> str:
    kinds = {ExemptionKind.POSTPONED.value: _("猶予"), ExemptionKind.EXEMPTED.value: _("免除")}
    return kinds.get(value) or _text(value)


def _designations(
    work: Work, entry: RegisterEntry, shield: Shield, schools: Mapping[UUID, str]
) -> list[list[str]]:
    found = work.session.scalars(
        sa.select(SchoolDesignation).where(SchoolDesignation.entry_id == entry.id)
    )
    return [
        [
            shield.shown(entry, schools[each.school_id]),
            _("通学区域") if each.basis == Basis.ZONE else _("指定校変更"),
            shield.shown(entry, _reason(each)),
            _text(each.decided_on),
            _text(each.valid_until),
            _("現在の指定") if each.ended_on is None else _text(each.ended_on),
        ]
        for each in sorted(found, key=_recorded, reverse=True)
    ]


def _recorded(designation: SchoolDesignation) -> tuple[int, bool, date, date]:
    """Key of the order in which designations were recorded; rows without it go by their days."""
    ended_on = designation.ended_on
    return (
        designation.position,
        ended_on is None,
        designation.decided_on,
        ended_on or date.max,
    )


def _reason(designation: SchoolDesignation) -> str:
    title = str(REASON_TITLES.get(designation.reason_code, ""))
    return "：".join(part for part in (title, designation.reason_text) if part)


def _history(
    work: Work, entry: RegisterEntry, shield: Shield, schools: Mapping[UUID, str]
) -> list[list[str]]:
    rows = work.session.scalars(
        sa.select(RegisterChange)
        .where(RegisterChange.entry_id == entry.id)
        .order_by(RegisterChange.recorded_at.desc())
    )

    def value(name: str, raw: Any) -> str:
        if name in _HIDDEN and shield.hides(entry):
            return Masked.TEXT
        if name == "school":
            return {str(key): title for key, title in schools.items()}.get(str(raw), "")
        return _text(raw)

    return [
        [
            _text(each.changed_on),
            closed_reason(_(each.reason)),
            _("住民票") if each.source == Source.RESIDENT else _("手入力"),
            "、".join(
                f"{FIELD_TITLES.get(name, name)}：{value(name, each.before.get(name))} → {value(name, after)}"
                for name, after in each.after.items()
            ),
            each.recorded_by,
            each.recorded_at.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M"),
        ]
        for each in rows
    ]
