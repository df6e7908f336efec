"""All that is held of one person, to be disclosed (開示のための書き出し)."""

import io
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.disclosure import DISCLOSURE, PROTECTED, export_disclosure
from govkit.base.exports import DISCLOSURE as TO_DISCLOSE
from govkit.base.exports import Given, Outgoing, hand_out
from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext as lazy
from govkit.base.work import Work
from govkit.errors import Refused
from govkit.jp.text import fold_width
from govkit.modules.administration.forms import DisclosureForm
from govkit.modules.administration.views.blueprint import pages

__all__: list[str] = []


def _page(work: Work, form: Any) -> str:
    may_protected = work.allows(PROTECTED)
    if not may_protected:
        del form.confirmed
    return pages.render("administration/disclosure.html", form=form, may_protected=may_protected)


@pages.get("/disclosure", permission=DISCLOSURE)
def disclosure(work: Work) -> ResponseReturnValue:
    """Ask whose data are disclosed, and why."""
    return _page(work, DisclosureForm(None, gettext=_))


@pages.post("/disclosure", permission=DISCLOSURE)
def export_person(work: Work) -> ResponseReturnValue:
    """All that is held of the person as a ZIP file."""
    form: Any = DisclosureForm(request.form, gettext=_)
    if not form.validate():
        return _page(work, form), 400
    body, number = io.BytesIO(), fold_width(form.number.data).strip()
    try:
        found = export_disclosure(
            work,
            number,
            form.reason.data,
            body,
            actions=web.deployment().actions,
            confirmed=bool(form.confirmed.data),
        )
    except Refused as refused:
        form.add_error("number", _(refused.text, **refused.params))
        return _page(work, form), 409
    # The number of the person is not in the name of the file: names of files travel further.
    file = Outgoing(
        kind="administration.disclosure",
        title=lazy("開示のための書き出し"),
        permission=DISCLOSURE,
        file_name=_("開示_{day}.zip", day=work.today.isoformat()),
        media_type="application/zip",
        content=body.getvalue(),
        rows=found.rows,
        people=[number],
    )
    return web.hand_over(hand_out(work, file, Given(TO_DISCLOSE, form.reason.data)))
