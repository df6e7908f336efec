"""Setting up second factors: authenticator app, passkeys, recovery codes (2つ目の要素)."""

from typing import cast
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import delete

from govkit import forms
from govkit.base import factors as second
from govkit.base import passkeys, web
from govkit.base.credentials import Passkey
from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext
from govkit.base.views.blueprint import pages
from govkit.base.views.proofs import account_row, begin_adding_passkey, site, taken_answer
from govkit.base.work import Work
from govkit.forms.validators import Length

__all__: list[str] = []


class ConfirmForm(forms.Form):
    """The first code of a new app."""

    code = forms.TextField(
        lazy_gettext("認証アプリに出ている6桁の数字"),
        required=True,
        autocomplete="one-time-code",
    )


class PasskeyForm(forms.Form):
    """A name by which a passkey is known again."""

    title = forms.TextField(
        lazy_gettext("パスキーの名前"),
        [Length(max=60)],
        required=True,
        autocomplete="off",
        support=lazy_gettext("あとで見分けるための名前です。例：職員室のパソコン"),
    )


def _account_id(work: Work) -> UUID:
    return cast(UUID, work.actor.account_id)


@pages.get("/account/factors", permission=web.SIGNED_IN, before_factor=True)
def factors(work: Work) -> ResponseReturnValue:
    """What second factors the account has."""
    with web.deployment().system(writes=False) as database:
        uses_app = second.uses_totp(database, _account_id(work))
        keys = passkeys.passkeys_of(database, _account_id(work))
        codes_left = second.recovery_codes_left(database, _account_id(work))
    return pages.render(
        "govkit/base/factors.html",
        uses_app=uses_app,
        passkeys=keys,
        codes_left=codes_left,
        is_required=second.needs_factor(web.deployment(), work.actor),
        can_use_app=second.can_use_totp(),
        can_use_passkeys=passkeys.can_use_passkeys(),
    )


@pages.post("/account/factors/app", permission=web.SIGNED_IN, fresh=True, before_factor=True)
def begin_app(work: Work) -> ResponseReturnValue:
    """Make a secret for a new authenticator app."""
    second.begin_totp(web.deployment(), _account_id(work))
    return web.see_other("govkit.new_app")


@pages.get("/account/factors/app", permission=web.SIGNED_IN, before_factor=True)
def new_app(work: Work) -> ResponseReturnValue:
    """The secret as a QR code and as text, and the question for a first code."""
    return _app_page(work, ConfirmForm(gettext=_))


def _app_page(work: Work, form: ConfirmForm) -> ResponseReturnValue:
    account = account_row(_account_id(work))
    found = second.new_totp(web.deployment(), account.id, account.login)
    if found is None:
        return web.see_other("govkit.factors")
    secret, address = found
    groups = [secret[place : place + 4] for place in range(0, len(secret), 4)]
    code = second.qr_code(address)
    return pages.render("govkit/base/new_app.html", form=form, secret=" ".join(groups), qr=code)


@pages.post("/account/factors/app/confirm", permission=web.SIGNED_IN, before_factor=True)
def confirm_app(work: Work) -> ResponseReturnValue:
    """Take the app into use once it made a right code."""
    form = ConfirmForm(request.form, gettext=_)
    is_right = form.validate() and second.confirm_totp(
        web.deployment(), _account_id(work), form.code.data
    )
    if not is_right:
        if not form.errors:
            text = _(
                "数字が違います。端末の時刻が合っているか確かめて、いま出ている数字を入力してください。"
            )
            form.add_error("code", text)
        page = _app_page(work, form)
        return (page, 400) if isinstance(page, str) else page
    web.notify(_("認証アプリを使えるようにしました。"))
    return _added(work, "otp")


def _added(work: Work, factor: str) -> ResponseReturnValue:
    """After a factor was added: it was proved just now; first recovery codes are shown."""
    web.current_session().prove(factor, work.now)
    work.record("account.factor_added", work.actor.staff_id, factor=factor)
    with web.deployment().system(writes=False) as database:
        left = second.recovery_codes_left(database, _account_id(work))
    return _codes_page(work) if not left else web.see_other("govkit.factors")


def _codes_page(work: Work) -> str:
    codes = second.new_recovery_codes(web.deployment(), _account_id(work))
    return web.show_once(pages.render("govkit/base/recovery_codes.html", codes=codes))


@pages.post("/account/factors/recovery", permission=web.SIGNED_IN, fresh=True)
def renew_recovery_codes(work: Work) -> ResponseReturnValue:
    """Make new recovery codes and show them this once."""
    page = _codes_page(work)
    work.record("account.recovery_codes_made", work.actor.staff_id)
    return page


@pages.get("/account/factors/passkey", permission=web.SIGNED_IN, before_factor=True)
def new_passkey(work: Work) -> ResponseReturnValue:
    """Ask the browser for a new passkey."""
    return _passkey_page(work, PasskeyForm(gettext=_))


def _passkey_page(work: Work, form: PasskeyForm) -> str:
    options = begin_adding_passkey(_account_id(work))
    return pages.render("govkit/base/new_passkey.html", form=form, options=options)


@pages.post("/account/factors/passkey", permission=web.SIGNED_IN, fresh=True, before_factor=True)
def add_passkey(work: Work) -> ResponseReturnValue:
    """Keep the public key of a new passkey."""
    form = PasskeyForm(request.form, gettext=_)
    answer = taken_answer()
    if form.validate() and not passkeys.add_passkey(
        web.deployment(), site(), _account_id(work), form.title.data, answer
    ):
        form.add_error("title", _("パスキーを登録できませんでした。もう一度試してください。"))
    if form.errors:
        return _passkey_page(work, form), 400
    web.notify(_("パスキーを登録しました。"))
    return _added(work, "pop")


@pages.post("/account/factors/app/remove", permission=web.SIGNED_IN, fresh=True)
def remove_app(work: Work) -> ResponseReturnValue:
    """Forget the authenticator app."""
    with web.deployment().system() as database:
        second.remove_totp(database, _account_id(work))
    return _removed(work, "otp")


@pages.post("/account/factors/passkey/<uuid:passkey_id>", permission=web.SIGNED_IN, fresh=True)
def remove_passkey(work: Work, passkey_id: UUID) -> ResponseReturnValue:
    """Forget a passkey."""
    with web.deployment().system() as database:
        database.execute(
            delete(Passkey).where(Passkey.id == passkey_id, Passkey.account_id == _account_id(work))
        )
    return _removed(work, "pop")


def _removed(work: Work, factor: str) -> ResponseReturnValue:
    work.record("account.factor_removed", work.actor.staff_id, factor=factor)
    web.notify(_("2つ目の要素を1つ外しました。"))
    return web.see_other("govkit.factors")
