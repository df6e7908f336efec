"""Whether the process and its database answer (死活監視)."""

import hmac

from flask import Response, abort, current_app, request
from flask.typing import ResponseReturnValue

from govkit import __version__
from govkit.base import web
from govkit.base.views.blueprint import pages

__all__: list[str] = []


@pages.get("/health/live", permission=web.PUBLIC)
def live() -> ResponseReturnValue:
    """Whether the process answers."""
    return {"status": "ok", "version": __version__}


@pages.get("/health/ready", permission=web.PUBLIC)
def ready() -> ResponseReturnValue:
    """Whether the database answers and its tables are up to date."""
    pending = len(web.deployment().pending_migrations())
    body = {"status": "ok" if not pending else "migrations pending", "pending_migrations": pending}
    return body, 200 if not pending else 503


@pages.get("/health/metrics", permission=web.PUBLIC)
def metrics() -> ResponseReturnValue:
    """Figures for monitoring, for whoever knows the token; for others there is no such page."""
    token = web.deployment().settings.app.metrics_token.get_secret_value()
    sent = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
        abort(404)
    text = current_app.extensions["govkit_metrics"].text()
    return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")
