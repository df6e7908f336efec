"""The application factory: settings → deployment → Flask application.

A request is answered in this order: request id and language → session → municipality and actor
of the session, with the rights held today → the route's permission → the view, with a
:class:`~govkit.base.work.Work` → commit → security headers and one log line.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any, Final, cast
from urllib.parse import quote, urlencode, urlsplit
from uuid import uuid4

import jinja2
from flask import Flask, Response, abort, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect, generate_csrf
from markupsafe import Markup
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from govkit.base import i18n, idempotency, web
from govkit.base.deployment import Deployment, system_clock
from govkit.base.factors import check_libraries
from govkit.base.identity import Actor, find_actor
from govkit.base.logs import get_logger
from govkit.base.module import Module
from govkit.base.notices import unread_count
from govkit.base.oidc import open_provider
from govkit.base.sessions import ServerSessions
from govkit.base.settings import Settings
from govkit.base.shedding import LoadShedding
from govkit.base.tenancy import ScopedSession
from govkit.base.views import interrupted
from govkit.base.views import pages as base_pages
from govkit.base.views.oidc import OUTSIDE_VIEW, login_ways
from govkit.base.work import JAPAN
from govkit.errors import (
    Busy,
    Conflict,
    InvalidInput,
    InvalidSettings,
    InvalidValue,
    NotFound,
    NotPermitted,
    Problem,
    Refused,
    TooManyTries,
    TryLater,
)

__all__ = ["create_app"]

log = get_logger("govkit.request")

_STATUS: Final[Mapping[type[Exception], int]] = {
    NotPermitted: 403,
    NotFound: 404,
    Conflict: 409,
    StaleDataError: 409,
    Refused: 409,
    InvalidInput: 400,
    InvalidValue: 400,
    TooManyTries: 429,
    Busy: 503,
}
_MAX_FORM_PARTS: Final = 5000
_SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def create_app(
    settings: Settings | None = None,
    *,
    deployment: Deployment | None = None,
    clock: Callable[[], datetime] = system_clock,
) -> Flask:
    """The web application of a deployment, its tables up to date.

    :param settings: Read from ``govkit.toml`` and the environment when left out.
    :param deployment: An open deployment, instead of settings.
    :param clock: Source of the present moment.
    :raises InvalidSettings: With every problem of the settings.
    """
    deployment = deployment or Deployment.open(settings, clock=clock)
    app = Flask("govkit.base", template_folder="templates", static_folder=None)
    get_logger(app.logger.name)
    app.extensions["govkit"] = deployment
    if deployment.settings.app.metrics_token.get_secret_value():
        app.extensions["govkit_metrics"] = _metrics(deployment)
    if hops := deployment.settings.app.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.wsgi_app = _shed_load(app, deployment.settings)  # type: ignore[method-assign]
    check_libraries(deployment.settings)
    _configure(app, deployment.settings)
    app.session_interface = ServerSessions(deployment)
    app.extensions["govkit.oidc"] = open_provider(deployment.settings, deployment.clock)
    app.before_request(_prepare)
    guard = CSRFProtect(
        app
    )  # after the request has its id and language, so that a refusal has them too
    guard.exempt(OUTSIDE_VIEW)  # sent by the identity provider, which signs it
    app.url_map.converters["date"] = web.DateConverter
    app.register_blueprint(base_pages)
    for module in deployment.modules:
        if module.blueprint:
            app.register_blueprint(_blueprint(module))
    _insist_on_permissions(app, {permission.name for permission in deployment.permissions})
    app.after_request(interrupted.give_back)
    app.after_request(_protect)
    app.after_request(_write_log_line)
    app.after_request(_end_reading)  # comes first
    app.context_processor(_context)
    for error in (*_STATUS, HTTPException, Exception):
        app.register_error_handler(error, _error_page)
    return app


def _metrics(deployment: Deployment) -> Any:
    try:
        return import_module("govkit.base.metrics").Metrics(deployment)
    except ModuleNotFoundError as error:
        text = "監視の数値には追加の部品が要ります。pip install 'govkit-jp[metrics]' で入れてください。"
        problem = Problem("no_metrics", text, column="app.metrics_token")
        raise InvalidSettings([problem]) from error


def _shed_load(app: Flask, settings: Settings) -> LoadShedding:
    longest = settings.app.max_wait_seconds if settings.app.proxies else None
    metrics = app.extensions.get("govkit_metrics")
    note = [metrics.note_refusal] if metrics else []
    return LoadShedding(app.wsgi_app, settings.app.max_requests, longest, *note)


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=_secret(settings),
        MAX_CONTENT_LENGTH=settings.security.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.security.max_body_bytes,
        MAX_FORM_PARTS=_MAX_FORM_PARTS,
        TRUSTED_HOSTS=list(settings.app.trusted_hosts) or None,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session it is bound to
    )
    if settings.app.templates:
        # The application's own templates override those of govkit by the same path.
        loader = jinja2.ChoiceLoader(
            [jinja2.FileSystemLoader(settings.app.templates), app.create_global_jinja_loader()]
        )
        app.jinja_options = {"loader": loader}
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.globals.update(_=_translate, csrf_field=_csrf_field, login_ways=login_ways)
    app.jinja_env.filters["local_time"] = lambda moment: moment.astimezone(JAPAN)


def _secret(settings: Settings) -> str:
    secret = settings.security.secret_key.get_secret_value()
    if not secret:  # one made up here would differ between the processes of a site
        problem = Problem(
            "no_secret", "32文字以上の秘密鍵を設定してください。", column="security.secret_key"
        )
        raise InvalidSettings([problem])
    return secret


def _blueprint(module: Module) -> web.Pages:
    path, _, name = module.blueprint.partition(":")
    return cast(web.Pages, getattr(import_module(path), name))


def _insist_on_permissions(app: Flask, known: Iterable[str]) -> None:
    allowed = {*known, web.PUBLIC, web.SIGNED_IN}
    for endpoint, view in app.view_functions.items():
        permission = getattr(view, "permission", None)
        if permission not in allowed:
            raise RuntimeError(f"route {endpoint} names no known permission: {permission}")


def _prepare() -> ResponseReturnValue | None:
    g.started = time.perf_counter()
    g.request_id = uuid4().hex
    g.nonce = secrets.token_urlsafe(16)
    chosen = request.args.get("lang") or request.cookies.get("govkit_language", "ja")
    g.language = chosen if chosen in i18n.LANGUAGES else "ja"
    i18n.set_language(g.language)
    g.actor = g.municipality = None
    view: Any = web.current_view()
    if view is None:
        return None
    if view.uploads:
        limit = web.deployment().settings.security.max_upload_bytes
        request.max_content_length = limit
    _refuse_other_origins()
    if request.endpoint != "govkit.static":
        _identify()
    if view.permission == web.PUBLIC:
        web.leave_reader()
    elif g.actor is None:
        return interrupted.ask_to_log_in()
    web.check_permission(view.permission)
    return interrupted.ask_for_proof(view) if g.actor is not None else None


def _refuse_other_origins() -> None:
    origin = request.headers.get("Origin")
    if request.method in web.SAFE_METHODS or not origin:
        return
    if origin == "null" or urlsplit(origin).netloc != request.host:
        abort(400)


def _identify() -> None:
    login = web.current_session()
    if login.account_id is None or login.municipality_code is None:
        return
    deployment = web.deployment()
    today = deployment.clock().astimezone(JAPAN).date()
    g.reader = deployment.session(login.municipality_code, writes=False)
    actor = find_actor(g.reader, login.account_id, today)
    if actor is not None and request.method in web.SAFE_METHODS:
        g.unread_notices = _unread(g.reader, actor)
    if actor is None:
        # The appointment ended: the city is closed, the login goes on to choose another.
        login.municipality_code = None
        login.modified = True
        return
    g.actor = actor
    g.municipality = deployment.municipality(login.municipality_code)


def _end_reading(response: Response) -> Response:
    web.leave_reader()
    return response


def _protect(response: Response) -> Response:
    policy = (
        "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; "
        f"script-src 'self' 'nonce-{g.get('nonce', '')}'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if web.deployment().settings.app.environment == "production":
        response.headers.setdefault(
            "Strict-Transport-Security", "max-age=63072000; includeSubDomains"
        )
    if request.endpoint != "govkit.static":
        response.headers["Cache-Control"] = "no-store"
    if request.args.get("lang") in i18n.LANGUAGES:
        response.set_cookie(
            "govkit_language", g.language, max_age=31536000, httponly=True, samesite="Lax"
        )
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response


def _write_log_line(response: Response) -> Response:
    # Endpoint instead of path, and no query string: addresses of pages can name people.
    municipality = g.get("municipality")
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    if metrics := current_app.extensions.get("govkit_metrics"):
        metrics.note(request.endpoint or "", request.method, response.status_code, seconds)
    line = {
        "request_id": g.get("request_id", ""),
        "method": request.method,
        "endpoint": request.endpoint or "",
        "status": response.status_code,
        "milliseconds": round(seconds * 1000),
        "municipality_code": municipality.code if municipality else "",
    }
    log.info("request", extra=line)
    return response


def _context() -> dict[str, Any]:
    deployment = web.deployment()
    actor = g.get("actor")
    items = [item for module in deployment.modules for item in module.navigation]
    nearest = _nearest(url_for(item.endpoint) for item in items)
    return {
        "site": {"name": deployment.settings.app.name},
        "work": {"actor": actor, "municipality": g.municipality} if actor else None,
        "navigation": [
            {
                "title": str(item.title),
                "url": url_for(item.endpoint),
                "current": _current(item.endpoint, nearest),
            }
            for item in items
            if actor and actor.holds(item.permission)
        ],
        "lang": i18n.language(),
        "languages": [
            {"code": code, "title": title, "current": code == i18n.language(), "url": _in(code)}
            for code, title in i18n.LANGUAGES.items()
        ],
        "home_url": url_for("govkit.home"),
        "logout_url": url_for("govkit.logout"),
        "appointments_url": url_for("govkit.appointments"),
        "account_url": url_for("govkit.account"),
        "notices_url": url_for("govkit.notices"),
        "unread_notices": _unread_notices(),
        "page_id": (request.endpoint or "error").replace(".", "-"),
        "request_id": g.get("request_id", ""),
        "nonce": g.get("nonce", ""),
    }


def _unread(database: ScopedSession, actor: Actor) -> int:
    return unread_count(database, actor.staff_id) if actor.staff_id is not None else 0


def _unread_notices() -> int:
    """Asked with the rights of a request that reads; an act mostly ends in no page of its own."""
    if g.get("actor") and "unread_notices" not in g:
        if (database := g.get("open_session")) is not None:
            g.unread_notices = _unread(database, g.actor)
        else:
            with web.deployment().session(g.municipality.code, writes=False) as database:
                g.unread_notices = _unread(database, g.actor)
    return cast(int, g.get("unread_notices", 0))


def _nearest(addresses: Iterable[str]) -> str:
    """The menu entry at or below which the page lies, the longest if they lie below each other."""
    path = request.path.rstrip("/") + "/"
    above = [each for each in addresses if path.startswith(each.rstrip("/") + "/")]
    return max(above, key=len, default="")


def _current(endpoint: str, nearest: str) -> str | bool:
    """``aria-current`` of a menu entry: this very page, or a page below it."""
    return "page" if endpoint == request.endpoint else url_for(endpoint) == nearest


def _in(code: str) -> str:
    """Address of this page in another language; acts have none, so it is the first page's."""
    if request.method not in web.SAFE_METHODS:
        return url_for("govkit.home", lang=code)
    arguments = [each for each in request.args.items(multi=True) if each[0] != "lang"]
    # Two slashes at the start would name another host.
    path = "/" + quote(f"{request.script_root}{request.path}".lstrip("/"))
    return f"{path}?{urlencode([*arguments, ('lang', code)])}"


def _translate(text: str, **params: object) -> str:
    return i18n.gettext(str.__str__(text), **params)


def _csrf_field() -> Markup:
    """Who sends a form (CSRF), and a key by which a repeat of it is known."""
    field = Markup('<input type="hidden" name="{}" value="{}">')
    key = field.format(idempotency.KEY_FIELD, idempotency.new_key())
    return field.format("csrf_token", generate_csrf()) + key


def _log_failure(error: Exception) -> None:
    line = {"request_id": g.get("request_id", ""), "error": type(error).__qualname__}
    log.error("failed", exc_info=error, extra=line)


def _error_page(error: Exception) -> ResponseReturnValue:
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return error.get_response()
    status = next(
        (code for kind, code in _STATUS.items() if isinstance(error, kind)),
        error.code if isinstance(error, HTTPException) and error.code else 500,
    )
    if status >= 500 and not isinstance(error, TryLater):
        _log_failure(error)
    detail = ""
    if isinstance(error, Refused) and error.text:
        detail = i18n.gettext(error.text, **error.params)
    elif isinstance(error, InvalidInput):
        detail = " ".join(i18n.problem_text(problem) for problem in error.problems)
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, TryLater) else {}
    return _render_error(error, status, detail), status, headers


def _render_error(error: Exception, status: int, detail: str) -> str:
    if isinstance(error, SecurityError):
        return _plain_page(status)  # a foreign host name: no address of ours can be built
    try:
        return render_template("govkit/base/error.html", status=status, detail=detail)
    except Exception as second:
        _log_failure(second)
        return _plain_page(status)


def _plain_page(status: int) -> str:
    """What is shown where the layout cannot be: no links, no styles."""
    text = i18n.gettext(
        "ページを表示できません。アドレスを確かめ、続くときは下の受付番号をシステム管理者に伝えてください。"
    )
    number = g.get("request_id", "")
    return (
        f'<!doctype html><html lang="{i18n.language()}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{status}｜govkit</title><main><h1>{status}</h1><p>{text}</p>"
        f"<p>{number[:16]}<wbr>{number[16:]}</p></main></html>"
    )
