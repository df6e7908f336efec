"""Login at the identity provider, and logout ordered by it (認証基盤でのログイン)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast
from uuid import UUID, uuid4

from flask import abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.audit import SystemEvent
from govkit.base.external_identity import end_external_sessions, find_linked_account
from govkit.base.i18n import gettext as _
from govkit.base.oidc import (
    Attempt,
    Evidence,
    LoginRefused,
    Provider,
    ProviderUnavailable,
    session_mark,
)
from govkit.base.sessions import ServerSessions
from govkit.base.views.blueprint import pages
from govkit.base.views.login import Proof, lead_on

__all__ = ["OUTSIDE_VIEW", "LoginWays", "login_ways"]

OUTSIDE_VIEW: Final = f"{__name__}.oidc_end_sessions"
"""The one view that another server sends to, without a form token of ours."""
_KEPT_AS: Final = "oidc"
_RETRY_AFTER: Final = 30


@dataclass(frozen=True, slots=True)
class LoginWays:
    """What the login page offers.

    :param outside: Words on the button of the identity provider; blank when there is none.
    :param is_local: Whether login name and password are taken.
    """

    outside: str
    is_local: bool


def login_ways() -> LoginWays:
    """The ways to log in that the settings allow."""
    settings = web.deployment().settings
    words = settings.oidc.button or _("職員アカウント（認証基盤）でログインする")
    return LoginWays(words if settings.oidc.issuer else "", settings.security.local_login)


def _provider() -> Provider:
    found = current_app.extensions["govkit.oidc"]
    if found is None:
        abort(404)
    return cast(Provider, found)


@pages.post("/login/oidc", permission=web.PUBLIC)
def oidc_begin() -> ResponseReturnValue:
    """Begin a login: the session remembers the attempt, a page leads on to the provider.

    A page instead of a redirect: browsers hold a form's redirects, the provider's own ones too,
    against the ``form-action`` of our policy.
    """
    try:
        attempt, address = _provider().begin(_return_address(), request.args.get("next", ""))
    except ProviderUnavailable as outage:
        return _unavailable(outage)
    web.current_session()[_KEPT_AS] = attempt.as_json()
    return _lead_to(_("認証基盤のログイン画面に移ります"), address)


@pages.get("/login/oidc/callback", permission=web.PUBLIC)
def oidc_callback() -> ResponseReturnValue:
    """End a login: what the browser brought back is checked, once, and a new session begins."""
    provider = _provider()
    sessions = cast(ServerSessions, current_app.session_interface)
    kept = sessions.take(web.current_session(), _KEPT_AS)
    evidence = account_id = None
    try:
        if kept is None:
            raise LoginRefused("no_attempt")
        attempt = Attempt.from_json(kept)
        evidence = provider.finish(attempt, _answer())
        account_id = _account_of(evidence)
    except ProviderUnavailable as outage:
        return _unavailable(outage)
    except LoginRefused as refusal:
        _record("login.failed", None, refusal.problem)
        return _refused(refusal.problem, evidence)
    _record("login.succeeded", account_id)
    outside = session_mark(evidence.issuer, evidence.session_id)
    proof = Proof(tuple(evidence.amr), evidence.auth_time, outside)
    return lead_on(account_id, proof, attempt.next_page)


@pages.get("/logout/oidc", permission=web.PUBLIC)
def oidc_logged_out() -> ResponseReturnValue:
    """After a logout here: lead on to where the provider's own session ends, too."""
    return_to = _address_of("govkit.login")
    address = _provider().logout_address(return_to)
    if not address:
        return web.see_other("govkit.login")
    return _lead_to(_("認証基盤からもログアウトします"), address)


@pages.post("/logout/oidc/ordered", permission=web.PUBLIC)
def oidc_end_sessions() -> ResponseReturnValue:
    """The provider orders logins to end (back-channel logout); its signed token is the proof."""
    deployment = web.deployment()
    try:
        order = _provider().read_logout(request.form.get("logout_token", ""))
    except LoginRefused as refusal:
        return {"error": "invalid_request", "error_description": refusal.problem}, 400
    except ProviderUnavailable:
        return {"error": "temporarily_unavailable"}, 503, {"Retry-After": str(_RETRY_AFTER)}
    with deployment.system() as database:
        ended = end_external_sessions(database, order)
    if ended:
        _record("login.ended_outside", None, count=ended)
    return {}, 200


def _answer() -> dict[str, str]:
    """The parameters of the address; one that stands twice is nobody's answer."""
    if any(len(found) > 1 for _key, found in request.args.lists()):
        raise LoginRefused("twice")
    return request.args.to_dict()


def _account_of(evidence: Evidence) -> UUID:
    deployment = web.deployment()
    with deployment.system() as database:
        link_by = deployment.settings.oidc.link_by
        return find_linked_account(database, evidence, link_by, deployment.clock()).id


def _return_address() -> str:
    return _address_of("govkit.oidc_callback")


def _address_of(endpoint: str) -> str:
    # Proxies in front of us speak https with the browser, whatever they speak with us.
    is_production = web.deployment().settings.app.environment == "production"
    return url_for(endpoint, _external=True, _scheme="https" if is_production else None)


def _record(
    action: str, account_id: UUID | None, problem: str = "", *, count: int | None = None
) -> None:
    deployment = web.deployment()
    detail = {"method": "oidc", "problem": problem, "count": count}
    with deployment.system() as database:
        database.add(
            SystemEvent(
                id=uuid4(),
                at=deployment.clock(),
                actor=str(account_id or ""),
                action=action,
                reason="",
                detail={key: said for key, said in detail.items() if said},
            )
        )


def _lead_to(title: str, address: str) -> ResponseReturnValue:
    return pages.render("govkit/base/oidc_onward.html", page_title=title, address=address)


def _unavailable(outage: ProviderUnavailable) -> ResponseReturnValue:
    _record("login.unavailable", None, outage.problem)
    text = _(
        "認証基盤から応答がありません。こちらの操作の誤りではありません。"
        "数分待ってから、もう一度試してください。"
    )
    page = _failure(_("認証基盤につながりません"), text)
    return page, 503, {"Retry-After": str(_RETRY_AFTER)}


def _refused(problem: str, evidence: Evidence | None) -> ResponseReturnValue:
    wording = _WORDINGS.get(problem, _unproven)
    title, text = wording()
    if problem == "unlinked" and evidence is not None:
        text = text.format(subject=evidence.subject)
    return _failure(title, text), 403 if problem in _WORDINGS else 400


def _failure(title: str, text: str) -> str:
    return pages.render("govkit/base/oidc_failed.html", page_title=title, text=text)


def _unproven() -> tuple[str, str]:
    return _("ログインを確かめられませんでした"), _(
        "時間がたったか、別の画面で始めたログインと重なりました。もう一度ログインしてください。"
    )


def _unlinked() -> tuple[str, str]:
    return _("アカウントが結び付けられていません"), _(
        "認証基盤でのログインはできましたが、このシステムのアカウントとまだ結び付いていません。"
        "所属のシステム管理者に、次の識別子を伝えてください：{subject}"
    )


def _disabled() -> tuple[str, str]:
    return _("このアカウントは止められています"), _(
        "使う必要があるときは、所属のシステム管理者に確かめてください。"
    )


def _too_weak() -> tuple[str, str]:
    return _("認証の強さが足りません"), _(
        "このシステムには、認証基盤での多要素認証が必要です。"
        "認証基盤で多要素認証を設定してから、もう一度ログインしてください。"
    )


def _too_old() -> tuple[str, str]:
    return _("認証から時間がたっています"), _(
        "認証基盤でいちどログアウトし、もう一度ログインしてください。"
    )


def _given_up() -> tuple[str, str]:
    return _("ログインを取りやめました"), _("続けるときは、もう一度ログインしてください。")


_WORDINGS: Final[dict[str, Callable[[], tuple[str, str]]]] = {
    "unlinked": _unlinked,
    "disabled": _disabled,
    "acr": _too_weak,
    "amr": _too_weak,
    "auth_time": _too_old,
    "not_logged_in": _given_up,
}
