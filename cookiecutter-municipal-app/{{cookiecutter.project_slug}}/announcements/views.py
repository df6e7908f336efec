"""Pages of the announcements."""

from flask import request
from flask.typing import ResponseReturnValue

from announcements import service
from announcements.forms import AnnouncementForm
from govkit.base.i18n import gettext as _
from govkit.base.web import Pages, notify, see_other
from govkit.base.work import Work

__all__ = ["pages"]

pages = Pages("announcements", __name__)


@pages.get("/", permission="announcements.read")
def board(work: Work) -> ResponseReturnValue:
    """The newest announcements (お知らせ)."""
    return pages.render(
        "announcements/board.html",
        announcements=service.newest(work),
        can_post=work.allows("announcements.post"),
    )


@pages.get("/new", permission="announcements.post")
def new(work: Work) -> ResponseReturnValue:
    """Form of a new announcement."""
    return pages.render("announcements/new.html", form=AnnouncementForm(gettext=_))


@pages.post("/new", permission="announcements.post")
def post(work: Work) -> ResponseReturnValue:
    """Put it on the board."""
    form = AnnouncementForm(request.form, gettext=_)
    if not form.validate():
        return pages.render("announcements/new.html", form=form), 400
    service.post(work, form.title.data, form.body.data)
    notify(_("お知らせを掲示しました。"))
    return see_other("announcements.board")
