"""Notices to the actor: list, open, mark as read (お知らせ)."""

from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.i18n import gettext as _
from govkit.base.notices import mark_all_read, open_notice, own_notices
from govkit.base.views.blueprint import pages
from govkit.base.work import Work

__all__: list[str] = []


@pages.get("/notices", permission=web.SIGNED_IN)
def notices(work: Work) -> ResponseReturnValue:
    """The actor's notices, the latest first (お知らせ)."""
    shown = [
        {
            "text": _(each.text, **{name: _(value) for name, value in each.params.items()}),
            "kind": each.kind,
            "at": each.at,
            "is_unread": each.read_at is None,
            "url": url_for("govkit.read_notice", notice_id=each.id),
            "has_page": bool(web.inside(each.path)),
        }
        for each in own_notices(work)
    ]
    return pages.render("govkit/base/notices.html", notices=shown)


@pages.post("/notices/<uuid:notice_id>", permission=web.SIGNED_IN)
def read_notice(work: Work, notice_id: UUID) -> ResponseReturnValue:
    """Mark a notice as read and go to what it tells of."""
    path = open_notice(work, notice_id).path
    return redirect(web.inside(path) or url_for("govkit.notices"), 303)


@pages.post("/notices/read", permission=web.SIGNED_IN)
def read_notices(work: Work) -> ResponseReturnValue:
    """Mark all notices as read."""
    mark_all_read(work)
    return web.see_other("govkit.notices")
