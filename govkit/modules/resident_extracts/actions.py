"""What the reception of residents records in the audit, in words (監査記録の言葉)."""

from collections.abc import Mapping
from typing import Final

from govkit.base.audit_words import Action, RecordKind
from govkit.base.i18n import lazy_gettext as _

__all__ = ["ACTIONS", "DETAILS"]

ACTIONS: Final = (
    Action("resident_extracts.imported", _("住民票抽出データの受入")),
    Action("resident_extracts.repeated", _("住民票抽出データの受入（同じファイル）")),
    Action("resident_extracts.protection_received", _("支援措置対象者の一覧の受入")),
    Action(
        "resident_extracts.refused_downloaded",
        _("受け入れなかった行のダウンロード"),
        RecordKind.EXPORT,
    ),
    Action("residents.get", _("個人の表示"), RecordKind.READ),
    Action("residents.search", _("検索結果の表示"), RecordKind.READ),
    Action("residents.household", _("世帯の表示"), RecordKind.READ),
    Action("residents.born_between", _("年齢による抽出"), RecordKind.READ),
    Action("residents.match", _("名簿との突き合わせ"), RecordKind.READ),
    Action("residents.verify", _("本人確認"), RecordKind.READ),
)
"""Every action that its audit events name."""

DETAILS: Final[Mapping[str, str]] = {
    "added": _("追加の人数"),
    "changed": _("変更の件数"),
    "gone": _("なくなった人数"),
    "keys": _("調べた項目"),
    "lifted": _("解除の人数"),
    "new": _("新規"),
    "question_hmac": _("質問のハッシュ"),
    "refused": _("受け入れなかった件数"),
    "work_id": _("作業の番号"),
}
"""Titles of what stands in the detail of its events."""
