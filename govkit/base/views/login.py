"""Login, choice of the municipality, logout (ログイン・配属を選ぶ)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from govkit import forms
from govkit.base import web
from govkit.base.audit import SystemEvent
from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext
from govkit.base.identity import Account, held_appointments
from govkit.base.passwords import check_password
from govkit.base.tenancy import ScopedSession
from govkit.base.views.blueprint import pages
from govkit.base.work import JAPAN


class LoginForm(forms.Form):
    """Login name and password."""

    login = forms.TextField(lazy_gettext("ログイン名"), required=True, autocomplete="username")
    password = forms.PasswordField(
        lazy_gettext("パスワード"), required=True, autocomplete="current-password"
    )


@pages.get("/login", permission=web.PUBLIC)
def login() -> ResponseReturnValue:
    """Login page (ログイン)."""
    return pages.render("govkit/base/login.html", form=LoginForm(gettext=_))


@pages.post("/login", permission=web.PUBLIC, endpoint="log_in")
def log_in() -> ResponseReturnValue:
    """Check the password; one appointment leads straight on, several to a choice."""
    deployment = web.deployment()
    if not deployment.settings.security.local_login:
        abort(404)
    form = LoginForm(request.form, gettext=_)
    if not form.validate():
        return pages.render("govkit/base/login.html", form=form), 400
    account = check_password(deployment, form.login.data, form.password.data)
    account_id = account.id if account else None
    with deployment.system() as database:
        _record_login(database, form.login.data, account_id)
    if account_id is None:
        form.add_error(
            "password",
            _(
                "ログイン名かパスワードが違います。何度か続けて間違えたときは、しばらく待ってからやり直してください。"
            ),
        )
        return pages.render("govkit/base/login.html", form=form), 400
    return lead_on(account_id, amr=("pwd",), next_page=request.args.get("next", ""))


def lead_on(
    account_id: UUID, *, amr: Iterable[str], auth_time: datetime | None = None, next_page: str
) -> ResponseReturnValue:
    """Begin the login of somebody who has proved who they are.

    One appointment leads straight on, several to a choice.

    :param amr: Factors proved (RFC 8176).
    :param auth_time: When they were; now, unless an identity provider says otherwise.
    :param next_page: Page that was asked for; places outside this site lead to the first page.
    """
    codes = sorted({code for code, _title in _appointments(account_id)})
    only = codes[0] if len(codes) == 1 else None
    web.current_session().log_in(account_id, only, amr=amr, auth_time=auth_time)
    if only:
        return redirect(_inside(next_page), 303)
    return web.see_other("govkit.appointments", next=next_page)


def _record_login(database: ScopedSession, login: str, account_id: UUID | None) -> None:
    # A login name that nobody has is not kept: it may be a password typed into the wrong field.
    tried = database.scalar(select(Account.id).where(Account.login == login.strip()))
    database.add(
        SystemEvent(
            id=uuid4(),
            at=web.deployment().clock(),
            actor=str(account_id or ""),
            action="login.succeeded" if account_id else "login.failed",
            reason="",
            detail={} if account_id or tried is None else {"account_id": str(tried)},
        )
    )


def _appointments(account_id: UUID) -> list[tuple[str, str]]:
    deployment = web.deployment()
    today = deployment.clock().astimezone(JAPAN).date()
    with deployment.unscoped("ログインできる団体を調べる", str(account_id)) as database:
        return held_appointments(database, account_id, today)


def _next_page() -> str:
    return _inside(request.args.get("next", ""))


def _inside(wanted: str) -> str:
    # Only addresses of this site: one slash at the start, and nothing that browsers take for a
    # second slash or leave out.
    inside = wanted.startswith("/") and not wanted.startswith("//")
    is_plain = wanted.isprintable() and "\\" not in wanted
    return wanted if inside and is_plain else url_for("govkit.home")


@pages.get("/appointments", permission=web.PUBLIC)
def appointments() -> ResponseReturnValue:
    """Choice among the municipalities where the account is appointed today (配属を選ぶ)."""
    login = web.current_session()
    if login.account_id is None:
        return web.see_other("govkit.login")
    held: dict[str, list[str]] = {}
    for code, title in _appointments(login.account_id):
        held.setdefault(code, []).append(title)
    names = {each.code: each.name for each in web.deployment().municipalities()}
    choices = [
        {
            "id": code,
            "municipality": names[code],
            "role": "・".join(titles),
            "unit": "",
            "until": "",
            "current": code == login.municipality_code,
        }
        for code, titles in held.items()
    ]
    return pages.render("govkit/base/appointments.html", appointments=choices)


@pages.post("/appointments", permission=web.PUBLIC)
def choose_appointment() -> ResponseReturnValue:
    """Work in the chosen municipality from now on; the session's key changes."""
    login = web.current_session()
    if login.account_id is None:
        return web.see_other("govkit.login")
    code = request.form.get("appointment", "")
    if code not in {held for held, _title in _appointments(login.account_id)}:
        return web.see_other("govkit.appointments")
    login.choose(code)
    return redirect(_next_page(), 303)


@pages.post("/logout", permission=web.PUBLIC)
def logout() -> ResponseReturnValue:
    """End the login; one that began at the identity provider ends there, too."""
    session = web.current_session()
    began_outside = session.external_session is not None
    session.log_out()
    return web.see_other("govkit.oidc_logged_out" if began_outside else "govkit.login")
