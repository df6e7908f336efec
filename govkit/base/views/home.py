"""Home, style sheets and scripts, places of a postcode."""

from importlib.resources import files
from typing import Any

from flask import Response, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue

from govkit import forms
from govkit.base import web
from govkit.base.exports import to_decide
from govkit.base.i18n import gettext as _
from govkit.base.views.blueprint import pages
from govkit.base.work import Work

__all__: list[str] = []

STATIC = str(files("govkit.base") / "static")


@pages.get("/static/<path:filename>", permission=web.PUBLIC)
def static(filename: str) -> ResponseReturnValue:
    """Style sheets and scripts."""
    return send_from_directory(STATIC, filename, max_age=3600)


@pages.get("/", permission=web.SIGNED_IN)
def home(work: Work) -> ResponseReturnValue:
    """The tasks of the actor's roles (仕事を選ぶ)."""
    tasks: list[dict[str, Any]] = [
        {
            "title": str(item.title),
            "url": url_for(item.endpoint),
            "text": str(item.description),
            "badge": None,
        }
        for module in web.deployment().modules
        for item in module.navigation
        if work.actor.holds(item.permission)
    ]
    if waiting := to_decide(work):
        badge = {"text": _("{count}件", count=len(waiting)), "kind": "warning"}
        title, text = (
            _("書き出しの承認"),
            _("ほかの担当者のファイルが、あなたの承認を待っています。"),
        )
        card = {"title": title, "url": url_for("govkit.exports"), "text": text, "badge": badge}
        tasks.insert(0, card)
    return pages.render("govkit/base/home.html", tasks=tasks, exports_url=url_for("govkit.exports"))


@pages.get("/postcodes", permission=web.PUBLIC)
def postcodes() -> ResponseReturnValue:
    """Places of a postcode (郵便番号), for the script of address blocks (``lookup_url``)."""
    places = forms.postcode_json(request.args.get("postcode", ""))
    return Response(places, mimetype="application/json")
