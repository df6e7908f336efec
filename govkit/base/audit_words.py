"""What stands in the audit, in words: every action has a title and a kind (監査記録の言葉)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from govkit.base.db import Base
from govkit.base.i18n import gettext
from govkit.base.i18n import lazy_gettext as _

__all__ = [
    "BASE_ACTIONS",
    "BASE_DETAILS",
    "OUTCOMES",
    "Action",
    "RecordKind",
    "column_title",
    "subject_title",
]


class RecordKind(StrEnum):
    """Kinds of records, by which the time they are kept is decided (記録の種類)."""

    READ = "read"
    CHANGE = "change"
    EXPORT = "export"
    RIGHTS = "rights"


@dataclass(frozen=True, slots=True)
class Action:
    """An action that audit events name, such as ``pupil.left``.

    :param title: What people read, a :func:`~govkit.base.i18n.lazy_gettext` text.
    """

    name: str
    title: str
    kind: RecordKind = RecordKind.CHANGE


BASE_ACTIONS: Final = (
    Action("read", _("個人の記録の表示"), RecordKind.READ),
    Action("policy.decided", _("方針の決定")),
    Action("account.added", _("アカウントの追加"), RecordKind.RIGHTS),
    Action("account.password_changed", _("パスワードの変更"), RecordKind.RIGHTS),
    Action("account.linked", _("認証基盤との結び付け"), RecordKind.RIGHTS),
    Action("account.unlinked", _("認証基盤との結び付けの取り消し"), RecordKind.RIGHTS),
    Action("audit.searched", _("操作の記録の検索"), RecordKind.READ),
    Action("audit.downloaded", _("操作の記録のダウンロード"), RecordKind.EXPORT),
    Action("audit.retirement_ordered", _("保存期間を過ぎた記録の削除の指示"), RecordKind.RIGHTS),
    Action("breach.reported", _("漏えい等の調べ"), RecordKind.EXPORT),
    Action("disclosure.exported", _("開示のための書き出し"), RecordKind.EXPORT),
    Action("login.succeeded", _("ログイン"), RecordKind.RIGHTS),
    Action("login.failed", _("ログインの失敗"), RecordKind.RIGHTS),
    Action("login.refused", _("ログインの拒否"), RecordKind.RIGHTS),
    Action("login.factor_failed", _("2つ目の要素の失敗"), RecordKind.RIGHTS),
    Action("login.recovery_code_used", _("回復コードの使用"), RecordKind.RIGHTS),
    Action("login.proved_again", _("再認証"), RecordKind.RIGHTS),
    Action("account.factor_added", _("2つ目の要素の追加"), RecordKind.RIGHTS),
    Action("account.factor_removed", _("2つ目の要素の取り外し"), RecordKind.RIGHTS),
    Action("account.recovery_codes_made", _("回復コードの作成"), RecordKind.RIGHTS),
    Action("account.logins_ended", _("ログインの終了"), RecordKind.RIGHTS),
    Action("staff.logins_ended", _("職員のログインの終了"), RecordKind.RIGHTS),
    Action("staff.password_issued", _("職員の初期パスワードの発行"), RecordKind.RIGHTS),
    Action("account.password_issued", _("初期パスワードの発行"), RecordKind.RIGHTS),
    Action("staff.factors_reset", _("職員の2つ目の要素の取り外し"), RecordKind.RIGHTS),
    Action("role.defaults_added", _("既定の権限の追加"), RecordKind.RIGHTS),
    Action("job.enqueued", _("処理の受け付け")),
    Action("job.done", _("処理の完了")),
    Action("job.failed", _("処理の失敗")),
    Action("job.postponed", _("処理のやり直しの予約")),
    Action("job.handed_back", _("処理の引き継ぎ")),
    Action("job.cancelled", _("処理の中止の指示")),
    Action("job.stopped", _("処理の中止")),
    Action("job.retried", _("処理のやり直し")),
    Action("job.file_downloaded", _("処理のファイルのダウンロード"), RecordKind.EXPORT),
    Action("login.unavailable", _("認証基盤が使えないためのログインの失敗"), RecordKind.RIGHTS),
    Action("login.ended_outside", _("認証基盤からのログアウト"), RecordKind.RIGHTS),
    Action("document.issued", _("文書の交付"), RecordKind.EXPORT),
    Action("document.printed", _("文書の印刷"), RecordKind.EXPORT),
    Action("upload.refused", _("受け取らなかったファイル")),
    Action("export.requested", _("書き出しの承認の依頼"), RecordKind.EXPORT),
    Action("export.approved", _("書き出しの承認"), RecordKind.EXPORT),
    Action("export.declined", _("書き出しの不承認"), RecordKind.EXPORT),
    Action("export.handed_out", _("ファイルの書き出し"), RecordKind.EXPORT),
    Action("export.expired", _("書き出しの期限切れ"), RecordKind.EXPORT),
    Action("unscoped", _("団体をまたぐ作業"), RecordKind.RIGHTS),
    Action("municipality.joined", _("団体の参加"), RecordKind.RIGHTS),
    Action("municipality.board_code_changed", _("教育委員会コードの変更")),
)
"""Actions of the base itself."""

BASE_DETAILS: Final[Mapping[str, str]] = {
    "after": _("変更後"),
    "archive_sha256": _("書き出したファイルのハッシュ"),
    "before": _("変更前"),
    "chain_hash": _("鎖のハッシュ"),
    "conditions": _("条件"),
    "count": _("件数"),
    "file_class": _("資産の分類"),
    "file_sha256": _("ファイルのハッシュ"),
    "account_id": _("アカウント"),
    "factor": _("確かめた方法"),
    "first": _("初日"),
    "job": _("処理"),
    "kind": _("種類"),
    "last": _("最終日"),
    "last_number": _("最後の番号"),
    "legal_basis": _("根拠"),
    "module": _("モジュール"),
    "municipality_code": _("団体コード"),
    "method": _("方法"),
    "number": _("番号"),
    "outcome": _("結果"),
    "people": _("人数"),
    "people_print": _("対象者の指紋"),
    "problem": _("問題"),
    "purpose": _("利用目的"),
    "reasons": _("理由"),
    "screen": _("画面"),
    "section": _("所属"),
    "sha256": _("ファイルのハッシュ"),
    "size": _("大きさ(バイト)"),
    "tables": _("表"),
}
"""Titles of what the base, or several modules, put into the detail of an event."""

OUTCOMES: Final[Mapping[str, str]] = {
    "single": _("1人を表示"),
    "several": _("複数人を表示"),
    "review": _("似ている人を表示"),
    "bulk": _("一括で取得"),
    "yes": _("一致"),
    "partial": _("一部が一致"),
    "no": _("不一致"),
    "none": _("該当なし"),
    "protected": _("支援措置のため書き出さなかった"),
}
"""What came of a look or an export, in words."""


def _classes() -> Mapping[str, type[Any]]:
    return {each.class_.__name__: each.class_ for each in Base.registry.mappers}


_PEOPLE: Final = frozenset({"AddresseeNumber", "PersonId"})


def subject_title(kind: str) -> str:
    """What an event is about, in words: the title of the table, or blank."""
    if kind in _PEOPLE:
        return gettext("住民（宛名番号）")
    found = _classes().get(kind)
    return gettext(found.__table__.comment) if found is not None else ""


def column_title(kind: str, column: str) -> str:
    """Title of a column of the table an event is about, or the name itself."""
    found = _classes().get(kind)
    columns: Iterable[Any] = found.__table__.columns if found is not None else ()
    return next((str(each.comment) for each in columns if each.key == column), column)
