"""Resident lookup (住民照会): for a purpose, audited; who looked at whom; state of the source."""

from govkit.base.i18n import lazy_gettext as _
from govkit.base.module import Module, NavItem, Permission
from govkit.modules.resident_lookup.actions import ACTIONS, DETAILS
from govkit.modules.resident_lookup.policy import (
    ResidentLookupPolicy,
    default_purposes,
    purposes,
)
from govkit.modules.resident_lookup.service import (
    SourceState,
    lookup_context,
    lookup_directory,
    lookups_of,
    source_state,
)
from govkit.modules.resident_lookup.watching import AlarmEntry, AuditLedger, alarms, lookup_watch

__all__ = [
    "AlarmEntry",
    "AuditLedger",
    "ResidentLookupPolicy",
    "SourceState",
    "alarms",
    "default_purposes",
    "lookup_context",
    "lookup_directory",
    "lookup_watch",
    "lookups_of",
    "module",
    "purposes",
    "source_state",
]

module = Module(
    name="resident_lookup",
    title=_("住民照会"),
    package="govkit.modules.resident_lookup",
    requires=("resident_extracts",),
    blueprint="govkit.modules.resident_lookup.views:pages",
    permissions=(
        Permission("resident_lookup.search", _("住民を照会する"), sensitive=True),
        Permission(
            "resident_lookup.access_report", _("住民ごとの照会の記録を見る"), sensitive=True
        ),
        Permission("resident_lookup.alarms", _("照会の警告を見る"), sensitive=True),
        Permission("resident_lookup.sources", _("住民情報の状態を見る")),
    ),
    roles={
        "board_clerk": ("resident_lookup.search",),
        "administrator": (
            "resident_lookup.access_report",
            "resident_lookup.alarms",
            "resident_lookup.sources",
        ),
    },
    navigation=(
        NavItem(
            "resident_lookup.search_page",
            _("住民照会"),
            "resident_lookup.search",
            _(
                "利用目的を選んで、住民の氏名・生年月日・住所を調べます。調べたことは記録に残ります。"
            ),
        ),
        NavItem(
            "resident_lookup.report_page",
            _("照会の記録"),
            "resident_lookup.access_report",
            _("ある住民を、だれが、いつ、何のために照会したかを調べます。"),
        ),
        NavItem(
            "resident_lookup.alarm_list",
            _("照会の警告"),
            "resident_lookup.alarms",
            _("大量の検索や夜間の照会など、ふだんと違う照会を確かめます。"),
        ),
        NavItem(
            "resident_lookup.sources",
            _("住民情報の状態"),
            "resident_lookup.sources",
            _("住民の情報がいつの時点のものか、いま使えるかを確かめます。"),
        ),
    ),
    policy=ResidentLookupPolicy,
    actions=ACTIONS,
    details=DETAILS,
)
