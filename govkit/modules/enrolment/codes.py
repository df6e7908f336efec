"""Codes of the enrolment register, and the days by which the law wants things done (就学事務の期限)."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from govkit.base.i18n import lazy_gettext as _

__all__ = [
    "CLOSED_TITLES",
    "REASON_TITLES",
    "Basis",
    "ChangeKind",
    "ClosedReason",
    "DesignationReason",
    "EntryStatus",
    "ExemptionKind",
    "Schooling",
    "Source",
    "compile_deadline",
    "notice_deadline",
    "reference_day",
]


class EntryStatus(StrEnum):
    """Whether an entry stands in the register."""

    ACTIVE = "active"
    CLOSED = "closed"


class ClosedReason(StrEnum):
    """Why an entry left the register (除かれた事由)."""

    MOVED_OUT = "moved_out"
    DEAD = "dead"
    REMOVED = "removed"
    NOT_LISTED = "not_listed"


CLOSED_TITLES: Final[Mapping[str, str]] = {
    ClosedReason.MOVED_OUT: _("転出"),
    ClosedReason.DEAD: _("死亡"),
    ClosedReason.REMOVED: _("住民票の消除"),
    ClosedReason.NOT_LISTED: _("住民票抽出データにいない"),
}
"""Why an entry left the register, in words."""
"""Why an entry was closed, in words."""


class ChangeKind(StrEnum):
    """What a compilation did to an entry."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


class Source(StrEnum):
    """Where a value comes from: the resident register or a clerk's hand."""

    RESIDENT = "resident"
    MANUAL = "manual"


class Basis(StrEnum):
    """On what a designation rests: the zone (通学区域) or an exception (指定校変更)."""

    ZONE = "zone"
    EXCEPTION = "exception"


class ExemptionKind(StrEnum):
    """Postponed (猶予) or exempted (免除)."""

    POSTPONED = "postponed"
    EXEMPTED = "exempted"


class Schooling(StrEnum):
    """Where a child of other nationality goes to school (外国籍の子の就学状況)."""

    UNKNOWN = "unknown"
    MUNICIPAL = "municipal"
    FOREIGN_SCHOOL = "foreign_school"
    NONE = "none"


class DesignationReason(StrEnum):
    """Why another school than that of the zone is allowed (指定校変更の理由), as cities publish them."""

    MOVED_DURING_TERM = "moved_during_term"
    FUTURE_HOUSE = "future_house"
    REBUILDING = "rebuilding"
    FINAL_GRADE = "final_grade"
    WORKING_PARENTS = "working_parents"
    HEALTH = "health"
    GUIDANCE = "guidance"
    SIBLINGS = "siblings"
    EDUCATIONAL = "educational"


REASON_TITLES: Final[Mapping[str, str]] = {
    DesignationReason.MOVED_DURING_TERM: _("学期の途中の転居"),
    DesignationReason.FUTURE_HOUSE: _("住宅の新築などによる転居の予定"),
    DesignationReason.REBUILDING: _("建て替えによる一時的な転居"),
    DesignationReason.FINAL_GRADE: _("最終学年"),
    DesignationReason.WORKING_PARENTS: _("保護者の就労（祖父母宅などから通学）"),
    DesignationReason.HEALTH: _("身体の事情"),
    DesignationReason.GUIDANCE: _("いじめなど生徒指導上の事情"),
    DesignationReason.SIBLINGS: _("兄弟姉妹が在学"),
    DesignationReason.EDUCATIONAL: _("その他の教育的な配慮"),
}
"""Reasons of 指定校変更 in words, in the order of the list to choose from."""
"""Reasons of a designated-school change, in words."""


def reference_day(entry_year: int) -> date:
    """1 October before entry (学校教育法施行令第2条, 施行規則第31条)."""
    return date(entry_year - 1, 10, 1)


def compile_deadline(entry_year: int) -> date:
    """31 October before entry: the register is made five months before the year (施行令第2条)."""
    return date(entry_year - 1, 10, 31)


def notice_deadline(entry_year: int) -> date:
    """31 January before entry: guardians are told two months before the year (施行令第5条)."""
    return date(entry_year, 1, 31)
