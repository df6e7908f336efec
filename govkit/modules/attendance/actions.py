"""What attendance records in the audit, in words (監査記録の言葉)."""

from collections.abc import Mapping
from typing import Final

from govkit.base.audit_words import Action
from govkit.base.i18n import lazy_gettext as _

__all__ = ["ACTIONS", "DETAILS"]

ACTIONS: Final = (
    Action("attendance.recorded", _("出欠の記録")),
    Action("attendance.corrected", _("出欠の訂正")),
    Action("attendance.month_closed", _("出席簿の月締め")),
    Action("attendance.month_reopened", _("出席簿の月締めの解除")),
    Action("attendance.calendar_entry_added", _("授業日の登録")),
    Action("attendance.calendar_entry_removed", _("授業日の取消し")),
    Action("attendance.closure_added", _("臨時休業の登録")),
    Action("attendance.closure_removed", _("臨時休業の取消し")),
)
"""Every action that its audit events name."""

DETAILS: Final[Mapping[str, str]] = {
    "cause": _("事由"),
    "changed": _("変更の件数"),
    "corrected": _("訂正した児童生徒"),
    "day": _("日"),
    "days": _("日数"),
    "kind": _("種別"),
    "month": _("月"),
    "version": _("版番号"),
}
"""Titles of what stands in the detail of its events."""
