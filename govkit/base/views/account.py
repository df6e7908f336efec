"""The actor's own account (アカウント)."""

from typing import cast
from uuid import UUID

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from govkit import forms
from govkit.base import web
from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext
from govkit.base.logins import end_logins
from govkit.base.passwords import PasswordEnded, choose_password
from govkit.base.views.blueprint import pages
from govkit.base.views.interrupted import page_to_go_on, wanted_page
from govkit.base.views.login import remember_device
from govkit.base.views.proofs import account_row
from govkit.base.work import Work
from govkit.errors import Refused

__all__: list[str] = []


class PasswordForm(forms.Form):
    """The present password and a new one."""

    current = forms.PasswordField(
        lazy_gettext("今のパスワード"), required=True, autocomplete="current-password"
    )
    new = forms.PasswordField(
        lazy_gettext("新しいパスワード"),
        required=True,
        autocomplete="new-password",
        support=lazy_gettext("15文字以上。覚えやすい言葉をいくつか並べると、長くても忘れません。"),
    )


@pages.get("/account", permission=web.SIGNED_IN)
def account(work: Work) -> ResponseReturnValue:
    """The actor's own account: appointments held and password (アカウント)."""
    return pages.render("govkit/base/account.html", form=PasswordForm(gettext=_))


@pages.post("/account", permission=web.SIGNED_IN)
def change_password(work: Work) -> ResponseReturnValue:
    """Change the password; all other logins of the account end."""
    form = PasswordForm(request.form, gettext=_)
    if not _is_changed(work, form):
        return pages.render("govkit/base/account.html", form=form), 400
    return _changed(work, url_for("govkit.account"))


@pages.get("/account/password", permission=web.SIGNED_IN, before_factor=True, before_password=True)
def new_password(work: Work) -> ResponseReturnValue:
    """Ask whoever logged in with an initial password for one of their own, before anything else."""
    if not web.current_session().must_choose_password:
        return web.see_other("govkit.account")
    return _own_page(PasswordForm(gettext=_))


def _own_page(form: PasswordForm) -> str:
    page = request.args.get("next", "")
    return pages.render("govkit/base/new_password.html", form=form, next_page=page)


@pages.post("/account/password", permission=web.SIGNED_IN, before_factor=True, before_password=True)
def choose_own_password(work: Work) -> ResponseReturnValue:
    """Take the password that its owner chose, and go on to where they wanted to be."""
    form = PasswordForm(request.form, gettext=_)
    if not _is_changed(work, form):
        return _own_page(form), 400
    return _changed(work, wanted_page())


def _is_changed(work: Work, form: PasswordForm) -> bool:
    if not form.validate():
        return False
    account_id = cast(UUID, work.actor.account_id)
    try:
        if not choose_password(web.deployment(), account_id, form.current.data, form.new.data):
            form.add_error("current", _("今のパスワードが違います。"))
    except PasswordEnded as over:
        form.add_error("current", _(over.text))
    except Refused as refusal:
        form.add_error("new", _(refusal.text, **refusal.params))
    return not form.errors


def _changed(work: Work, page: str) -> ResponseReturnValue:
    """End all other logins; this one goes on under a new key, from a device that is known."""
    login, account_id = web.current_session(), cast(UUID, work.actor.account_id)
    end_logins(web.deployment(), account_id)
    outside = login.external_session
    login.log_in(account_id, work.municipality.code, amr=login.amr)
    login.external_session = outside
    work.record("account.password_changed", work.actor.staff_id)
    web.notify(_("パスワードを変えました。ほかの端末でのログインは終わりました。"))
    response = make_response(redirect(page_to_go_on(page), 303))
    remember_device(response, account_row(account_id))
    return response
