"""The page that asks what the lookups are for (利用目的)."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.i18n import gettext as _
from govkit.base.work import Work
from govkit.modules.resident_lookup.forms import PurposeForm
from govkit.modules.resident_lookup.policy import purposes
from govkit.modules.resident_lookup.views.blueprint import (
    current_purpose,
    keep_purpose,
    pages,
    purpose_title,
)

__all__: list[str] = []

PERMISSION = "resident_lookup.search"


def _form(work: Work, **options: Any) -> PurposeForm:
    form = PurposeForm(request.form, gettext=_, **options)
    form.purpose.choices = [
        (
            rule.name,
            _(
                "{title}（根拠：「{legal_basis}」）",
                title=purpose_title(rule),
                legal_basis=rule.legal_basis,
            ),
        )
        for rule in purposes(work).values()
    ]
    return form


@pages.get("/purpose", permission=PERMISSION)
def purpose_page(work: Work) -> ResponseReturnValue:
    """Ask for purpose and reason; those of before are filled in."""
    now = current_purpose(work)
    data = {"purpose": now.rule.name, "reason": now.reason} if now else {}
    return pages.render("resident_lookup/purpose.html", form=_form(work, data=data))


@pages.post("/purpose", permission=PERMISSION)
def choose_purpose(work: Work) -> ResponseReturnValue:
    """Keep purpose and reason for the lookups that follow."""
    form = _form(work)
    if not form.validate():
        return pages.render("resident_lookup/purpose.html", form=form), 400
    keep_purpose(work, form.purpose.data, form.reason.data)
    return web.see_other("resident_lookup.search_page")
