"""The actor's own account (アカウント)."""

from typing import cast
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from govkit import forms
from govkit.base import web
from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext
from govkit.base.identity import Account
from govkit.base.logins import end_logins
from govkit.base.passwords import check_password, set_password
from govkit.base.views.blueprint import pages
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
    if form.validate():
        login, account_id = web.current_session(), cast(UUID, work.actor.account_id)
        deployment = web.deployment()
        with deployment.system(writes=False) as database:
            name = database.get(Account, account_id).login
        if check_password(deployment, name, form.current.data) is None:
            form.add_error("current", _("今のパスワードが違います。"))
        else:
            _set_password(form, account_id)
        if not form.errors:
            end_logins(deployment, account_id)
            login.log_in(account_id, work.municipality.code, amr=login.amr)
            work.record("account.password_changed", work.actor.staff_id)
            web.notify(_("パスワードを変えました。ほかの端末でのログインは終わりました。"))
            return web.see_other("govkit.account")
    return pages.render("govkit/base/account.html", form=form), 400


def _set_password(form: PasswordForm, account_id: UUID) -> None:
    with web.deployment().system() as database:
        try:
            set_password(database, database.get(Account, account_id), form.new.data)
        except Refused as refusal:
            form.add_error("new", _(refusal.text, **refusal.params))
