"""What the administration records in the audit, in words (監査記録の言葉)."""

from typing import Final

from govkit.base.audit_words import Action, RecordKind
from govkit.base.i18n import lazy_gettext as _

__all__ = ["ACTIONS"]

ACTIONS: Final = (
    Action("administration.role_added", _("役割の追加"), RecordKind.RIGHTS),
    Action("administration.role_changed", _("役割の権限の変更"), RecordKind.RIGHTS),
    Action(
        "administration.permissions_exported",
        _("権限の表のダウンロード"),
        RecordKind.EXPORT,
    ),
)
"""Every action that its audit events name."""
