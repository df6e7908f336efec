"""What the resident lookup records in the audit, in words (監査記録の言葉)."""

from collections.abc import Mapping
from typing import Final

from govkit.base.audit_words import Action, RecordKind
from govkit.base.i18n import lazy_gettext as _

__all__ = ["ACTIONS", "DETAILS"]

ACTIONS: Final = (
    Action("resident_lookup.access_report_read", _("照会の記録の閲覧"), RecordKind.READ),
    Action("residents.alarm.mass_search", _("警告：短い時間に多くの照会"), RecordKind.RIGHTS),
    Action(
        "residents.alarm.unknown_numbers", _("警告：いない番号の照会が続いた"), RecordKind.RIGHTS
    ),
    Action("residents.alarm.night", _("警告：夜間の照会"), RecordKind.RIGHTS),
    Action("residents.alarm.budget", _("警告：1時間の人数の上限に達した"), RecordKind.RIGHTS),
)
"""Every action that its audit events name."""

DETAILS: Final[Mapping[str, str]] = {}
"""Titles of what stands in the detail of its events."""
