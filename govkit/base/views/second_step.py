"""The second step of a login: a code, a passkey, or a recovery code (2つ目の要素)."""

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from govkit import forms
from govkit.base import web
from govkit.base.factors import is_blocked, recovery_codes_left
from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext
from govkit.base.views.blueprint import pages
from govkit.base.views.interrupted import wanted_page
from govkit.base.views.login import FAILURES, Proof, lead_on
from govkit.base.views.proofs import begin_using_passkey, prove_code, prove_passkey, record

__all__ = ["CodeForm", "wrong_code", "wrong_passkey"]


class CodeForm(forms.Form):
    """A code of the authenticator app, or a recovery code."""

    code = forms.TextField(
        lazy_gettext("コード"),
        required=True,
        autocomplete="one-time-code",
        support=lazy_gettext(
            "認証アプリに出ている6桁の数字。スマートフォンが手元にないときは、回復コードを1つ入力します。"
        ),
    )


@pages.get("/login/factor", permission=web.PUBLIC)
def second_step() -> ResponseReturnValue:
    """Ask for the second factor."""
    account_id = web.current_session().pending_account_id
    if account_id is None:
        return web.see_other("govkit.login", next=request.args.get("next", ""))
    return _page(account_id, CodeForm(gettext=_))


def _page(account_id: UUID, form: CodeForm) -> str:
    with web.deployment().system(writes=False) as database:
        blocked = is_blocked(database, account_id)
    return pages.render(
        "govkit/base/second_step.html",
        form=form,
        is_blocked=blocked,
        passkey_options=begin_using_passkey(account_id),
        next_page=request.args.get("next", ""),
    )


@pages.post("/login/factor", permission=web.PUBLIC)
def check_code() -> ResponseReturnValue:
    """Check a code."""
    login = web.current_session()
    account_id = login.pending_account_id
    if account_id is None:
        return web.see_other("govkit.login", next=request.args.get("next", ""))
    form = CodeForm(request.form, gettext=_)
    proved = prove_code(account_id, form.code.data) if form.validate() else ""
    if not proved:
        if not form.errors:
            form.add_error("code", wrong_code())
        return _page(account_id, form), 400
    response = _go_on(account_id, proved)
    if proved == "recovery":  # once the login has begun, which forgets earlier notices
        web.notify(_recovery_notice(account_id), "warning")
    return response


def _go_on(account_id: UUID, proved: str) -> ResponseReturnValue:
    record("login.succeeded", account_id, factor=proved)
    login = web.current_session()
    proof = Proof((*login.amr, proved), failures=login.get(FAILURES, 0))
    return lead_on(account_id, proof, wanted_page())


def wrong_code() -> str:
    """What to do after a wrong code."""
    return _(
        "コードが違うか、もう使われています。認証アプリに新しい数字が出るまで待って、入力し直してください。"
    )


def _recovery_notice(account_id: UUID) -> str:
    with web.deployment().system(writes=False) as database:
        left = recovery_codes_left(database, account_id)
    return _(
        "回復コードを1つ使いました。残りは{left}個です。スマートフォンをなくしたときは、アカウントの画面で設定し直してください。",
        left=left,
    )


@pages.post("/login/passkey", permission=web.PUBLIC)
def check_passkey() -> ResponseReturnValue:
    """Check the answer of a passkey."""
    account_id = web.current_session().pending_account_id
    if account_id is None:
        return web.see_other("govkit.login", next=request.args.get("next", ""))
    if prove_passkey(account_id):
        return _go_on(account_id, "pop")
    form = CodeForm(gettext=_)
    form.add_error("code", wrong_passkey())
    return _page(account_id, form), 400


def wrong_passkey() -> str:
    """What to do after a passkey was refused."""
    return _("パスキーを確かめられませんでした。もう一度試すか、コードを入力してください。")
