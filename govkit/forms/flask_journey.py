"""A journey in a Flask application: one view for all of its pages.

::

    @app.route("/move-in/", defaults={"page": ""}, methods=["GET", "POST"])
    @app.route("/move-in/<page>", methods=["GET", "POST"])
    def move_in(page: str):
        return answer(journey, page, state=my_session_row.state, template="journey.html")

The template shows ``{{ page.title }}`` and ``{{ content }}``. Where Flask-WTF guards the application
against forged requests, the forms carry its token.
"""

from collections.abc import Callable, MutableMapping
from typing import Any

from flask import abort, current_app, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from govkit.forms.steps import Journey, Missing, Redirect, Visit
from govkit.forms.widgets import render

__all__ = ["answer"]


def answer(
    journey: Journey,
    page: str,
    *,
    state: MutableMapping[str, Any],
    template: str,
    url: Callable[[str], str] | None = None,
    has_heading: bool = True,
) -> Response:
    """The response to the current request.

    :param page: Name of the page in its address; blank for the first.
    :param state: What the application keeps for the visitor: on the server, never in a cookie.
    :param url: Address of a page by its name; the same view with another ``page`` without it.
    :param has_heading: Whether ``content`` begins with the heading; else the template shows
        ``{{ page.heading }}``.
    """
    url = url or _same_view
    visit = Visit(request.method, page, request.form, request.files, "change" in request.args)
    result = journey.handle(visit, state)
    if isinstance(result, Missing):
        abort(404)
    if isinstance(result, Redirect):
        response = redirect(result.url(url), 303)
    else:
        content = result.html(url, _csrf_field(), has_heading=has_heading)
        response = make_response(render_template(template, page=result, content=content))
    # A page brought back by the browser's own button must show what is kept now.
    response.headers["Cache-Control"] = "no-store"
    return response


def _same_view(page: str) -> str:
    return url_for(str(request.endpoint), page=page, **_other_arguments())


def _other_arguments() -> dict[str, Any]:
    return {name: each for name, each in (request.view_args or {}).items() if name != "page"}


def _csrf_field() -> Markup | str:
    """The token that Flask-WTF's ``CSRFProtect`` asks for, when the application uses it."""
    token = current_app.jinja_env.globals.get("csrf_token")
    return render("csrf.html", token=token()) if callable(token) else ""
