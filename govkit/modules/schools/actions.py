"""What schools and pupils records in the audit, in words (監査記録の言葉)."""

from collections.abc import Mapping
from typing import Final

from govkit.base.audit_words import Action, RecordKind
from govkit.base.i18n import lazy_gettext as _

__all__ = ["ACTIONS", "DETAILS"]

ACTIONS: Final = (
    Action("school.added", _("学校の登録")),
    Action("school.closed", _("学校の廃止の登録")),
    Action("school_year.opened", _("年度の開始")),
    Action("school_year.prepared", _("年度更新")),
    Action("class_group.added", _("学級の登録")),
    Action("class_group.renumbered", _("出席番号の付け直し")),
    Action("pupils.admitted", _("児童生徒の受入")),
    Action("pupils.refreshed", _("児童生徒の情報の更新")),
    Action("pupil.left", _("転出・退学の登録")),
    Action("pupil.resumed", _("在籍の再開")),
    Action("pupil.exchange_name_chosen", _("児童生徒の連携用の氏名の選択")),
    Action("pupil.kana_corrected", _("児童生徒のフリガナの訂正")),
    Action("staff.added", _("職員の登録"), RecordKind.RIGHTS),
    Action("staff.appointed", _("配属の登録"), RecordKind.RIGHTS),
    Action("staff.appointment_ended", _("配属の終了"), RecordKind.RIGHTS),
    Action("staff.exchange_name_chosen", _("職員の連携用の氏名の選択")),
    Action("roster.exported", _("名簿の書き出し"), RecordKind.EXPORT),
)
"""Every action that its audit events name."""

DETAILS: Final[Mapping[str, str]] = {
    "changed": _("変更の件数"),
    "closed_on": _("廃止年月日"),
    "code": _("学校コード"),
    "counts": _("件数の内訳"),
    "grade": _("学年"),
    "is_chosen": _("選んだか"),
    "last_day": _("最後の日"),
    "leaving": _("卒業する人数"),
    "profile": _("項目の版"),
    "promoted": _("進級した人数"),
    "retained": _("原級留置の人数"),
    "role": _("役割"),
    "school_year": _("年度"),
    "starts_on": _("開始日"),
    "successor": _("移行後の学校コード"),
    "unit_id": _("学校または学級"),
}
"""Titles of what stands in the detail of its events."""
