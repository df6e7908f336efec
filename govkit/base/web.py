"""What the views of modules use: pages with permissions, redirects, notices.

Every route names a permission::

    pages = Pages("attendance", __name__)

    @pages.get("/<uuid:class_group_id>/<date:day>", permission="attendance.record")
    def roll_call(work: Work, class_group_id: UUID, day: date) -> ResponseReturnValue: ...

The view gets the unit of work of the request as its first argument. The work is committed when
the answer's status is below 400, and rolled back otherwise; what was read is recorded either way.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from functools import partial, wraps
from typing import Any, Final, cast
from urllib.parse import quote

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.routing import BaseConverter, ValidationError

from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.base.municipality import Municipality
from govkit.base.sessions import ServerSession
from govkit.base.work import Origin, Work
from govkit.errors import NotPermitted

__all__ = [
    "PUBLIC",
    "SIGNED_IN",
    "DateConverter",
    "Pages",
    "attachment",
    "current_session",
    "deployment",
    "notify",
    "open_work",
    "see_other",
]

PUBLIC: Final = "public"
"""Permission of a route that anybody may ask for."""
SIGNED_IN: Final = "signed-in"
"""Permission of a route that everybody may ask for who is logged in to a municipality."""

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

View = Callable[..., ResponseReturnValue]


class DateConverter(BaseConverter):
    """A day in a URL, ``2026-11-24``."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """The day; days that do not exist are no address of ours."""
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValidationError from error

    def to_url(self, value: Any) -> str:
        """The day as text; links handed on as text stay as they are."""
        return value.isoformat() if isinstance(value, date) else str(value)


class Pages(Blueprint):
    """The pages of a module: a blueprint whose routes each name a permission.

    :param name: Name of the module; addresses begin with ``/<name>``.
    :param import_name: ``__name__`` of the views.
    """

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        options.setdefault("url_prefix", f"/{name}")
        options.setdefault("template_folder", "templates")
        super().__init__(name, import_name, **options)

    def get(self, rule: str, *, permission: str, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        """Route for reading; it never changes state."""
        return self._route(rule, ["GET"], permission, options)

    def post(  # type: ignore[override]
        self, rule: str, *, permission: str, uploads: bool = False, **options: Any
    ) -> Callable[[View], View]:
        """Route for an act; ``uploads`` raises the size limit to that of files."""
        return self._route(rule, ["POST"], permission, options, uploads=uploads)

    def _route(
        self,
        rule: str,
        methods: list[str],
        permission: str,
        options: dict[str, Any],
        *,
        uploads: bool = False,
    ) -> Callable[[View], View]:
        def decorate(view: View) -> View:
            endpoint = options.pop("endpoint", view.__name__)
            wrapped = _with_work(view) if permission != PUBLIC else wraps(view)(partial(view))
            vars(wrapped).update(permission=permission, uploads=uploads)
            self.add_url_rule(rule, endpoint, wrapped, methods=methods, **options)
            return view

        return decorate

    @staticmethod
    def render(template: str, **context: Any) -> str:
        """Render a template; the layout finds the work of the request by itself."""
        return render_template(template, **context)


def _with_work(view: View) -> View:
    @wraps(view)
    def answer(**arguments: Any) -> ResponseReturnValue:
        writes = request.method not in SAFE_METHODS
        with open_work(writes=writes) as work:
            response = make_response(view(work, **arguments))
            if response.status_code >= 400:
                work.discard()
        return response

    return answer


def deployment() -> Deployment:
    """The deployment that the application serves."""
    return cast(Deployment, current_app.extensions["govkit"])


def open_work(*, writes: bool = True) -> AbstractContextManager[Work]:
    """A unit of work of the one who is logged in; streamed answers open their own."""
    return deployment().work(
        cast(Municipality, g.municipality),
        cast(Actor, g.actor),
        writes=writes,
        origin=Origin(g.request_id, request.endpoint or ""),
    )


def current_session() -> ServerSession:
    """The session of the request."""
    return cast(ServerSession, session)


def current_view() -> View | None:
    """The view that answers the request, with its ``permission`` and ``uploads``."""
    view = current_app.view_functions.get(request.endpoint) if request.endpoint else None
    return cast(View | None, view)


def check_permission(permission: str) -> None:
    """Insist that the actor of the request holds a route's permission for some unit.

    :raises NotPermitted: Otherwise.
    """
    if permission not in (PUBLIC, SIGNED_IN) and not cast(Actor, g.actor).holds(permission):
        raise NotPermitted(permission)


def see_other(endpoint: str, **values: Any) -> ResponseReturnValue:
    """Redirect after an act (303), so that reloading does not repeat it."""
    return redirect(url_for(endpoint, **values), 303)


def notify(text: str, category: str = "success") -> None:
    """Show a notice on the next page: ``success``, ``info``, ``warning`` or ``error``."""
    flash(text, category)


def attachment(body: bytes | Iterator[bytes], filename: str, mimetype: str) -> Response:
    """An answer that the browser saves as a file; the name may be Japanese."""
    response = Response(body, mimetype=mimetype)
    # Headers are Latin-1: other letters stand in a parameter of their own (RFC 8187).
    plain = filename.encode("ascii", "replace").decode().replace("?", "_")
    names = {"filename": plain}
    if plain != filename:
        names["filename*"] = f"UTF-8''{quote(filename, safe='')}"
    response.headers.set("Content-Disposition", "attachment", **names)
    return response
