"""Requests that wait for a proof: login again, second factor, step-up; typed data survives (SES-2)."""

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from govkit.base import web
from govkit.base.factors import has_factor, needs_factor
from govkit.base.form_filling import filled
from govkit.base.i18n import gettext as _
from govkit.base.kept_forms import TypedForm, has_kept, keep_form, kept_form
from govkit.base.views.blueprint import pages

__all__ = ["ask_for_proof", "ask_to_log_in", "give_back", "inside", "page_to_go_on", "wanted_page"]

_PAGE: Final = "kept_page"


def ask_to_log_in() -> ResponseReturnValue:
    """Ask to log in; what was typed is kept for the one whose login ran out."""
    login = web.current_session()
    if request.method not in web.SAFE_METHODS:
        if login.expired is None or not _keep(*login.expired):
            abort(401)
        return redirect(url_for("govkit.login", again=1), 303)
    endpoint = "govkit.login" if login.account_id is None else "govkit.appointments"
    return redirect(url_for(endpoint, next=request.full_path.rstrip("?")), 303)


def ask_for_proof(view: Any) -> ResponseReturnValue | None:
    """Ask for a password of one's own, a second factor that is due, or a new proof for an old one."""
    if view.permission == web.PUBLIC:
        return None
    if web.current_session().must_choose_password:
        return None if view.before_password else _ask_first("govkit.new_password")
    lacks = (
        not view.before_factor
        and not web.current_session().has_second_factor
        and needs_factor(web.deployment(), g.actor)
    )
    if lacks and not _has_factor():
        web.notify(_("はじめに、2つ目の要素を設定してください。設定すると続けられます。"), "info")
        return web.see_other("govkit.factors")
    if not lacks and not (_asks_again(view) and _is_old()):
        return None
    return _ask_first("govkit.step_up")


def _ask_first(endpoint: str) -> ResponseReturnValue:
    """Lead to another page first, and back from there; what was typed is kept."""
    if request.method in web.SAFE_METHODS:
        return redirect(url_for(endpoint, next=request.full_path.rstrip("?")), 303)
    _keep(g.actor.account_id, g.municipality.code)
    return redirect(url_for(endpoint, next=_page_typed_on()), 303)


def _has_factor() -> bool:
    with web.deployment().system(writes=False) as database:
        return has_factor(database, g.actor.account_id)


def _asks_again(view: Any) -> bool:
    permissions = web.deployment().permissions
    return view.fresh or any(
        each.very_sensitive and each.name == view.permission for each in permissions
    )


def _is_old() -> bool:
    proved_at = web.current_session().auth_time
    longest = timedelta(minutes=web.deployment().settings.security.step_up_minutes)
    return proved_at is None or web.deployment().clock() - proved_at > longest


def _keep(account_id: UUID, municipality_code: str) -> bool:
    page = _page_typed_on()
    # The base's own pages hold passwords and codes, which are typed again.
    if not page or request.blueprint == pages.name or request.files:
        return False
    return keep_form(
        web.deployment(),
        TypedForm(
            account_id=account_id,
            municipality_code=municipality_code,
            endpoint=request.endpoint or "",
            page=page,
            action=request.path,
            fields=tuple(request.form.items(multi=True)),
        ),
    )


def _page_typed_on() -> str:
    """The page that held the form, if it can be opened again."""
    came_from = urlsplit(request.referrer or "")
    candidates = [request.path]
    if came_from.netloc == request.host:
        candidates.insert(0, came_from.path + (f"?{came_from.query}" if came_from.query else ""))
    return next(filter(_can_be_opened, candidates), "")


def _can_be_opened(address: str) -> bool:
    adapter = current_app.url_map.bind(request.host)
    try:
        adapter.match(urlsplit(address).path, method="GET")
    except HTTPException:
        return False
    return True


def page_to_go_on(otherwise: str) -> str:
    """Where somebody goes on who has proved who they are: the page on which they had typed."""
    login = web.current_session()
    if login.account_id is None or login.municipality_code is None or login.must_choose_password:
        return otherwise
    page = has_kept(web.deployment(), login.account_id, login.municipality_code)
    if not page:
        return otherwise
    login[_PAGE] = page
    web.notify(
        _("入力した内容を戻しました。まだ保存されていません。確かめて、もう一度送ってください。"),
        "warning",
    )
    return page


def give_back(response: Response) -> Response:
    """Fill the page on which somebody had typed with what was kept."""
    login = web.current_session()
    page = login.get(_PAGE)
    is_page = request.method == "GET" and page == request.full_path.rstrip("?")
    if not is_page or response.status_code != 200 or response.mimetype != "text/html":
        return response
    del login[_PAGE]
    kept = None
    if login.account_id is not None and login.municipality_code is not None:
        kept = kept_form(web.deployment(), login.account_id, login.municipality_code)
    if kept is not None:
        text = filled(
            response.get_data(as_text=True),
            kept.fields,
            lambda action: (urlsplit(action).path or request.path) == kept.action,
        )
        response.set_data(text)
    return response


def wanted_page() -> str:
    """The page that ``next`` names, if it is one of this site; else the first page."""
    return inside(request.args.get("next", ""))


def inside(wanted: str) -> str:
    """The address, if it is one of this site; else the first page's."""
    return web.inside(wanted) or url_for("govkit.home")
