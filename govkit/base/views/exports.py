"""Files that leave: one's own, and those that wait for a second person (書き出し)."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from govkit import forms
from govkit.base import web
from govkit.base.exports import (
    Export,
    ExportState,
    approve,
    decline,
    fetch,
    find_export,
    is_own,
    own_exports,
    purpose_titles,
    to_decide,
)
from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext
from govkit.base.views.blueprint import pages
from govkit.base.work import Work

__all__: list[str] = []

_STATES: Final[Mapping[str, tuple[str, str]]] = {
    ExportState.WAITING: (lazy_gettext("承認を待っています"), "info"),
    ExportState.APPROVED: (lazy_gettext("受け取れます"), "success"),
    ExportState.DECLINED: (lazy_gettext("承認されませんでした"), "error"),
    ExportState.HANDED_OUT: (lazy_gettext("渡しました"), ""),
    ExportState.EXPIRED: (lazy_gettext("期限が過ぎました"), "warning"),
}
"""Title of each state, and how its badge looks."""


class DeclineForm(forms.Form):
    """Why a file may not leave."""

    reason = forms.TextField(
        lazy_gettext("承認しない理由"),
        [forms.Length(max=200)],
        required=True,
        support=lazy_gettext("書き出した人に伝わり、監査記録に残ります。"),
    )


@pages.get("/exports", permission=web.SIGNED_IN)
def exports(work: Work) -> ResponseReturnValue:
    """The actor's files, and those of others to decide about (書き出し)."""
    return pages.render(
        "govkit/base/exports.html",
        waiting=[_line(work, row) for row in to_decide(work)],
        own=[_line(work, row) for row in own_exports(work)],
    )


@pages.get("/exports/<uuid:export_id>", permission=web.SIGNED_IN, endpoint="export")
def show_export(work: Work, export_id: UUID) -> ResponseReturnValue:
    """One file: what, why, how many, and what may be done."""
    return _page(work, export_id, DeclineForm(gettext=_))


def _page(work: Work, export_id: UUID, form: DeclineForm) -> str:
    row = find_export(work, export_id)
    state = row.state_at(work.now)
    return pages.render(
        "govkit/base/export.html",
        file=_line(work, row),
        form=form,
        may_fetch=is_own(work, row) and state is ExportState.APPROVED,
        may_decide=not is_own(work, row) and state is ExportState.WAITING,
        waits=is_own(work, row) and state is ExportState.WAITING,
    )


def _line(work: Work, row: Export) -> dict[str, Any]:
    state, kind = _STATES[row.state_at(work.now)]
    purposes = purpose_titles(work)
    return {
        "id": row.id,
        "url": url_for("govkit.export", export_id=row.id),
        "title": _(row.title),
        "file_name": row.file_name,
        "purpose": purposes.get(row.purpose, row.purpose),
        "reason": row.reason,
        "rows": row.row_count,
        "people": row.people,
        "file_class": row.file_class,
        "size": row.size,
        "sha256": row.sha256,
        "who": row.requested_name,
        "at": row.requested_at,
        "expires_at": row.expires_at,
        "state": state,
        "state_kind": kind,
        "decided_name": row.decided_name,
        "decided_at": row.decided_at,
        "decision": row.decision,
    }


@pages.post("/exports/<uuid:export_id>/approve", permission=web.SIGNED_IN)
def approve_export(work: Work, export_id: UUID) -> ResponseReturnValue:
    """Agree, as the second person."""
    approve(work, export_id)
    web.notify(_("書き出しを承認しました。書き出した人に知らせました。"))
    return web.see_other("govkit.exports")


@pages.post("/exports/<uuid:export_id>/decline", permission=web.SIGNED_IN)
def decline_export(work: Work, export_id: UUID) -> ResponseReturnValue:
    """Refuse, and say why."""
    form = DeclineForm(request.form, gettext=_)
    if not form.validate():
        return _page(work, export_id, form), 400
    decline(work, export_id, form.reason.data)
    web.notify(_("書き出しを承認しませんでした。ファイルは消しました。"))
    return web.see_other("govkit.exports")


@pages.post("/exports/<uuid:export_id>/fetch", permission=web.SIGNED_IN)
def fetch_export(work: Work, export_id: UUID) -> ResponseReturnValue:
    """The file, once."""
    return web.hand_over(fetch(work, export_id))
