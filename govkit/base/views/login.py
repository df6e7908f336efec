"""Login, choice of the municipality, logout (ログイン・配属を選ぶ)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from flask import Response, abort, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from govkit import forms
from govkit.base import web
from govkit.base.devices import DEVICE_DAYS, device_tags, is_known_device
from govkit.base.factors import factor_rule, failed_codes, has_factor
from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext
from govkit.base.identity import Account, held_appointments
from govkit.base.logins import tell_of_login
from govkit.base.passwords import PasswordEnded, check_password
from govkit.base.risk import Attempt, Verdict, judge_named
from govkit.base.views.blueprint import pages
from govkit.base.views.interrupted import inside, page_to_go_on, wanted_page
from govkit.base.views.proofs import Tries, record
from govkit.base.work import JAPAN

__all__ = ["FAILURES", "Proof", "appointments_of", "lead_on", "remember_device"]

_DAY_SECONDS: Final = 86_400
FAILURES: Final = "failures"
"""Where the session keeps how many failures came before, until the second factor is proved."""


class LoginForm(forms.Form):
    """Login name and password."""

    login = forms.TextField(lazy_gettext("ログイン名"), required=True, autocomplete="username")
    password = forms.PasswordField(
        lazy_gettext("パスワード"), required=True, autocomplete="current-password"
    )


@pages.get("/login", permission=web.PUBLIC)
def login() -> ResponseReturnValue:
    """Login page (ログイン)."""
    return _login_page(LoginForm(gettext=_))


def _login_page(form: LoginForm) -> str:
    return pages.render("govkit/base/login.html", form=form, is_again="again" in request.args)


@pages.post("/login", permission=web.PUBLIC, endpoint="log_in")
def log_in() -> ResponseReturnValue:
    """Check the password; then the second factor, or straight on."""
    if not web.deployment().settings.security.local_login:
        abort(404)
    form = LoginForm(request.form, gettext=_)
    if not form.validate():
        return _login_page(form), 400
    name = form.login.data
    known, failures = _known(name)
    codes = {code for code, _title in appointments_of(known or uuid4())}
    tries = Tries("login", name.strip().casefold(), codes)
    tries.count()
    try:
        account = check_password(web.deployment(), name, form.password.data)
    except PasswordEnded as over:
        record("login.refused", known)
        form.add_error("password", _(over.text))
        return _login_page(form), 403
    if account is None:
        # A login name that nobody has is not kept: it may be a password typed into the wrong field.
        record("login.failed", None, **({"account_id": str(known)} if known else {}))
        text = _(
            "ログイン名かパスワードが違います。何度か続けて間違えたときは、しばらく待ってからやり直してください。"
        )
        form.add_error("password", text)
        return _login_page(form), 400
    tries.forgive()
    verdict = _judged(account)
    if verdict is Verdict.REFUSE:
        record("login.refused", account.id)
        text = _(
            "いまの端末・場所・時間からはログインできません。所属のシステム管理者に確かめてください。"
        )
        form.add_error("password", text)
        return _login_page(form), 403
    if _asks_factor(account.id, verdict):
        login = web.current_session()
        login.begin_login(account.id, ("pwd",))
        login[FAILURES] = failures + _failed_codes(account.id)
        return web.see_other("govkit.second_step", next=request.args.get("next", ""))
    record("login.succeeded", account.id)
    return lead_on(account.id, Proof(("pwd",), failures=failures), wanted_page())


def _known(name: str) -> tuple[UUID | None, int]:
    """The account of the name, and how often in a row its password was wrong."""
    query = select(Account.id, Account.failures).where(Account.login == name.strip())
    with web.deployment().system(writes=False) as database:
        row = database.execute(query).one_or_none()
    return (row.id, row.failures) if row else (None, 0)


def _failed_codes(account_id: UUID) -> int:
    with web.deployment().system(writes=False) as database:
        return failed_codes(database, account_id)


def _judged(account: Account) -> Verdict:
    deployment = web.deployment()
    attempt = Attempt(
        account_id=account.id,
        address=request.remote_addr or "",
        is_device_known=_is_known_device(account),
        now=deployment.clock(),
    )
    return judge_named(deployment.settings.security.risk_hook)(attempt)


def _asks_factor(account_id: UUID, verdict: Verdict) -> bool:
    deployment = web.deployment()
    with deployment.system(writes=False) as database:
        has_one = has_factor(database, account_id)
    is_due = factor_rule(deployment.settings) != "optional" or verdict is Verdict.STEP_UP
    return has_one and is_due


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody proved at the login.

    :param amr: Factors (RFC 8176).
    :param auth_time: When; now, unless an identity provider says otherwise.
    :param outside: The session at the identity provider (:func:`~govkit.base.oidc.session_mark`), if
        it was proved there.
    :param failures: Passwords and codes that were wrong, one after the other, before.
    """

    amr: tuple[str, ...]
    auth_time: datetime | None = None
    outside: str | None = None
    failures: int = 0


def lead_on(account_id: UUID, proof: Proof, next_page: str) -> ResponseReturnValue:
    """Log in whoever proved who they are, and lead on to the page, or to the choice of a city.

    :param next_page: Page that was asked for; places outside this site lead to the first page.
    """
    codes = sorted({code for code, _title in appointments_of(account_id)})
    only = codes[0] if len(codes) == 1 else None
    account, is_first = _entered(account_id)
    login = web.current_session()
    login.log_in(account_id, only, amr=proof.amr, auth_time=proof.auth_time)
    login.external_session = proof.outside
    login.must_choose_password = account.initial_until is not None and proof.outside is None
    is_new = not (is_first or login.must_choose_password or _is_known_device(account))
    device = (login.device or _("不明な端末")) if is_new else ""
    tell_of_login(web.deployment(), account_id, codes, device=device, failures=proof.failures)
    response = make_response(
        redirect(page_to_go_on(inside(next_page)), 303)
        if only
        else web.see_other("govkit.appointments", next=next_page)
    )
    remember_device(response, account)
    return response


def _entered(account_id: UUID) -> tuple[Account, bool]:
    """The account, noted as logged in to now, and whether that was the first time."""
    deployment = web.deployment()
    with deployment.system() as database:
        account = database.get_one(Account, account_id)
        is_first = account.logged_in_at is None
        account.logged_in_at = deployment.clock()
    return account, is_first


def _is_known_device(account: Account) -> bool:
    cookie = request.cookies.get(_device_cookie(), "")
    return is_known_device(web.deployment().settings, account, cookie)


def _device_cookie() -> str:
    secure = web.deployment().settings.app.environment == "production"
    return "__Host-govkit-device" if secure else "govkit-device"


def remember_device(response: Response, account: Account) -> None:
    """Let the browser keep that the account has logged in from it."""
    settings = web.deployment().settings
    response.set_cookie(
        _device_cookie(),
        device_tags(settings, account, request.cookies.get(_device_cookie(), "")),
        max_age=DEVICE_DAYS * _DAY_SECONDS,
        secure=settings.app.environment == "production",
        httponly=True,
        samesite="Lax",
    )


def appointments_of(account_id: UUID) -> list[tuple[str, str]]:
    """Municipality and title of the appointments that an account holds today; asked once a request."""
    known: dict[UUID, list[tuple[str, str]]] = g.setdefault("appointments", {})
    if account_id not in known:
        deployment = web.deployment()
        today = deployment.clock().astimezone(JAPAN).date()
        with deployment.unscoped("ログインできる団体を調べる", str(account_id)) as database:
            known[account_id] = held_appointments(database, account_id, today)
    return known[account_id]


@pages.get("/appointments", permission=web.PUBLIC)
def appointments() -> ResponseReturnValue:
    """Choice among the municipalities where the account is appointed today (配属を選ぶ)."""
    login = web.current_session()
    if login.account_id is None:
        return web.see_other("govkit.login")
    held: dict[str, list[str]] = {}
    for code, title in appointments_of(login.account_id):
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
    if code not in {held for held, _title in appointments_of(login.account_id)}:
        return web.see_other("govkit.appointments")
    login.choose(code)
    return redirect(page_to_go_on(wanted_page()), 303)


@pages.post("/logout", permission=web.PUBLIC)
def logout() -> ResponseReturnValue:
    """End the login; one that began at the identity provider ends there, too.

    The browser forgets what it kept of the pages. It keeps its cookies: the session's opens nothing
    any more, and the device's, which names nobody, spares known devices the second factor.
    """
    session = web.current_session()
    began_outside = session.external_session is not None
    session.log_out()
    answer = make_response(
        web.see_other("govkit.oidc_logged_out" if began_outside else "govkit.login")
    )
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'  # W3C Clear Site Data, 3.1
    return answer
