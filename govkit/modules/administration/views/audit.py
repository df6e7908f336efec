"""Searching the records of acts and reads, and taking them out (操作の記録)."""

import io
from datetime import timedelta
from typing import Any, Final

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.audit_search import (
    AUDIT,
    AuditQuery,
    FoundEvent,
    Words,
    download_audit,
    search_audit,
)
from govkit.base.audit_words import RecordKind
from govkit.base.exports import INVESTIGATION, Given, Outgoing, hand_out
from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext as lazy
from govkit.base.work import JAPAN, Work
from govkit.errors import Refused
from govkit.jp.text import fold_width
from govkit.modules.administration.forms import AuditForm, DownloadForm
from govkit.modules.administration.views.blueprint import pages

__all__: list[str] = []

_WEEK: Final = timedelta(days=7)
_CONDITIONS: Final = ("first", "last", "actor", "subject", "action", "purpose", "request_id")
_KINDS: Final = {
    RecordKind.READ: lazy("閲覧のすべて"),
    RecordKind.CHANGE: lazy("変更のすべて"),
    RecordKind.EXPORT: lazy("書き出しのすべて"),
    RecordKind.RIGHTS: lazy("権限とログインのすべて"),
}
_LOOKUPS: Final = "resident_lookup.report_page"


def _words() -> Words:
    deployment = web.deployment()
    screens = {
        item.endpoint: str(item.title) for each in deployment.modules for item in each.navigation
    }
    return Words(deployment.actions, deployment.details, screens)


def _form(work: Work, *, is_sent: bool) -> Any:
    period = {"first": work.today - _WEEK, "last": work.today}
    form: Any = AuditForm(request.form if is_sent else None, gettext=_, data=period)
    actions = sorted(
        ((name, _(each.title)) for name, each in web.deployment().actions.items()),
        key=lambda pair: pair[1],
    )
    form.action.choices = [*((f"kind:{kind}", _(text)) for kind, text in _KINDS.items()), *actions]
    return form


def _query(form: Any) -> AuditQuery:
    chosen = form.action.data or ""
    names: tuple[str, ...] = (chosen,) if chosen else ()
    if chosen.startswith("kind:"):
        known = web.deployment().actions.values()
        names = tuple(each.name for each in known if f"kind:{each.kind}" == chosen)
    return AuditQuery(
        first=form.first.data,
        last=form.last.data,
        actor=(form.actor.data or "").strip(),
        subject=fold_width(form.subject.data or "").strip(),
        actions=names,
        purpose=(form.purpose.data or "").strip(),
        request_id=fold_width(form.request_id.data or "").strip(),
    )


def _is_right(form: Any) -> bool:
    if form.validate() and form.first.data > form.last.data:
        form.add_error("last", _("期間の最終日は、初日以後の日付を入力してください。"))
    return not form.errors


@pages.get("/audit", permission=AUDIT)
def audit(work: Work) -> ResponseReturnValue:
    """Ask which records are looked for."""
    return _page(_form(work, is_sent=False))


@pages.post("/audit", permission=AUDIT)
def search(work: Work) -> ResponseReturnValue:
    """The records that were asked for, a page of them; conditions never stand in an address."""
    form = _form(work, is_sent=True)
    if not _is_right(form):
        return _page(form), 400
    found = search_audit(work, _query(form), _words(), request.form.get("after", "")[:80])
    return _page(form, rows=[_row(each) for each in found.events], after=found.after)


@pages.post("/audit/download", permission=AUDIT)
def download_records(work: Work) -> ResponseReturnValue:
    """The records as CSV, for a purpose."""
    form = _form(work, is_sent=True)
    if not _is_right(form):
        return _page(form), 400
    body, why = io.BytesIO(), request.form.get("why", "")[:400]
    try:
        rows = download_audit(work, _query(form), _words(), why, body)
    except Refused as refused:
        return _page(form, refused=_(refused.text, **refused.params), rows=[]), 409
    file = Outgoing(
        kind="administration.audit",
        title=lazy("操作の記録"),
        permission=AUDIT,
        file_name=_("操作の記録_{day}.csv", day=work.today.isoformat()),
        media_type="text/csv; charset=utf-8",
        content=body.getvalue(),
        rows=rows,
    )
    return web.hand_over(hand_out(work, file, Given(INVESTIGATION, why)))


def _row(event: FoundEvent) -> dict[str, Any]:
    return {
        "at": f"{event.at.astimezone(JAPAN):%Y-%m-%d %H:%M:%S}",
        "who": event.who,
        "roles": "、".join(event.roles),
        "action": event.action,
        "subject": event.subject,
        "purpose": event.purpose,
        "facts": [
            *event.facts,
            *([(_("受付番号"), event.request_id)] if event.request_id else ()),
        ],
    }


def _page(
    form: Any, *, rows: list[dict[str, Any]] | None = None, after: str = "", refused: str = ""
) -> str:
    sent = {name: request.form.get(name, "") for name in _CONDITIONS}
    is_one_person = bool(sent["subject"]) and not form.errors
    return pages.render(
        "administration/audit.html",
        form=form,
        why=DownloadForm(None, gettext=_),
        rows=rows,
        sent=sent,
        after=after,
        refused=refused,
        readers={**sent, "action": f"kind:{RecordKind.READ}"} if is_one_person else {},
        lookups=url_for(_LOOKUPS) if _LOOKUPS in current_app.view_functions else "",
    )
