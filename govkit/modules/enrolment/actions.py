"""What the enrolment register records in the audit, in words (監査記録の言葉)."""

from collections.abc import Mapping
from typing import Final

from govkit.base.audit_words import Action, RecordKind
from govkit.base.i18n import lazy_gettext as _

__all__ = ["ACTIONS", "DETAILS"]

ACTIONS: Final = (
    Action("enrolment.compiled", _("学齢簿の編製")),
    Action("enrolment.compiled_again", _("学齢簿の編製（変更なし）")),
    Action("enrolment.schools_assigned", _("就学校の指定")),
    Action("enrolment.designation_changed", _("指定校の変更")),
    Action("enrolment.remarks_updated", _("備考・就学状況の記入")),
    Action("enrolment.notices_made", _("入学の通知の作成"), RecordKind.EXPORT),
    Action("enrolment.admitted", _("入学の受入")),
    Action("enrolment.exported", _("学齢簿の書き出し"), RecordKind.EXPORT),
    Action("enrolment.zones_downloaded", _("通学区域の書き出し"), RecordKind.EXPORT),
    Action("enrolment.zones_replaced", _("通学区域の登録")),
)
"""Every action that its audit events name."""

DETAILS: Final[Mapping[str, str]] = {
    "assigned": _("指定した人数"),
    "changed": _("変更の件数"),
    "gone": _("除かれた人数"),
    "new": _("新規"),
    "reason_code": _("理由の区分"),
    "school": _("学校"),
    "school_year": _("年度"),
    "unplaced": _("指定できなかった人数"),
}
"""Titles of what stands in the detail of its events."""
