"""Whether the process and its database answer (死活監視)."""

from flask.typing import ResponseReturnValue

from govkit import __version__
from govkit.base import web
from govkit.base.views.blueprint import pages


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
