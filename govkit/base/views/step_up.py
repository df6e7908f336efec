"""A fresh proof before very sensitive acts (再認証, ASVS 7.5.3)."""

from typing import Any, cast
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from govkit import forms
from govkit.base import web
from govkit.base.factors import has_factor, needs_factor
from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext
from govkit.base.passwords import check_password
from govkit.base.views.blueprint import pages
from govkit.base.views.interrupted import page_to_go_on, wanted_page
from govkit.base.views.proofs import (
    Tries,
    account_row,
    begin_using_passkey,
    prove_code,
    prove_passkey,
    record,
)
from govkit.base.views.second_step import CodeForm, wrong_code, wrong_passkey
from govkit.base.work import Work

__all__: list[str] = []


class AgainForm(forms.Form):
    """The password once more."""

    password = forms.PasswordField(
        lazy_gettext("パスワード"), required=True, autocomplete="current-password"
    )


def _page(work: Work, **forms_in_use: Any) -> str:
    account_id = _account_id(work)
    with web.deployment().system(writes=False) as database:
        has_one = has_factor(database, account_id)
    takes_password = not has_one or _is_password_enough(work)
    return pages.render(
        "govkit/base/step_up.html",
        form=forms_in_use.get("form"),
        password_form=forms_in_use.get("password", AgainForm(gettext=_))
        if takes_password
        else None,
        code_form=forms_in_use.get("code", CodeForm(gettext=_)) if has_one else None,
        passkey_options=begin_using_passkey(account_id),
        next_page=request.args.get("next", ""),
    )


def _account_id(work: Work) -> UUID:
    return cast(UUID, work.actor.account_id)


def _is_password_enough(work: Work) -> bool:
    """Not where the second factor is what the login lacks."""
    is_strong = web.current_session().has_second_factor
    return is_strong or not needs_factor(web.deployment(), work.actor)


@pages.get("/step-up", permission=web.SIGNED_IN, before_factor=True)
def step_up(work: Work) -> ResponseReturnValue:
    """Ask for the password or a factor once more."""
    return _page(work)


@pages.post("/step-up", permission=web.SIGNED_IN, before_factor=True)
def step_up_by_password(work: Work) -> ResponseReturnValue:
    """Check the password once more."""
    form = AgainForm(request.form, gettext=_)
    if not _is_password_enough(work) or not form.validate():
        return _page(work, password=form, form=form), 400
    account = account_row(_account_id(work))
    tries = Tries("login", account.login.casefold(), [work.municipality.code])
    tries.count()
    if check_password(web.deployment(), account.login, form.password.data) is None:
        record("login.failed", None, account_id=str(account.id))
        form.add_error("password", _("パスワードが違います。"))
        return _page(work, password=form, form=form), 400
    tries.forgive()
    return _go_on(work, "pwd")


@pages.post("/step-up/code", permission=web.SIGNED_IN, before_factor=True)
def step_up_by_code(work: Work) -> ResponseReturnValue:
    """Check a code."""
    form = CodeForm(request.form, gettext=_)
    proved = prove_code(_account_id(work), form.code.data) if form.validate() else ""
    if proved:
        return _go_on(work, proved)
    if not form.errors:
        form.add_error("code", wrong_code())
    return _page(work, code=form, form=form), 400


@pages.post("/step-up/passkey", permission=web.SIGNED_IN, before_factor=True)
def step_up_by_passkey(work: Work) -> ResponseReturnValue:
    """Check the answer of a passkey."""
    if prove_passkey(_account_id(work)):
        return _go_on(work, "pop")
    form = CodeForm(gettext=_)
    form.add_error("code", wrong_passkey())
    return _page(work, code=form, form=form), 400


def _go_on(work: Work, proved: str) -> ResponseReturnValue:
    web.current_session().prove(proved, work.now)
    record("login.proved_again", work.actor.account_id, factor=proved)
    return redirect(page_to_go_on(wanted_page()), 303)
