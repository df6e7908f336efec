"""Forms in anybody's Flask application: read from the request, guarded against forged requests.

::

    from flask import Flask, render_template_string
    from govkit import forms
    from govkit.forms.flask import FlaskForm, register

    app = Flask(__name__)
    app.secret_key = "…"
    register(app)

Only this module and :mod:`govkit.forms.flask_journey` need Flask and Flask-WTF.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import flask_wtf
from flask import Blueprint, Flask, Response, current_app, request, url_for
from markupsafe import Markup

from govkit.forms.fields import HiddenField
from govkit.forms.form import Form, Sent
from govkit.forms.places_block import postcode_json
from govkit.forms.widgets import render

__all__ = ["FlaskForm", "form_head", "register"]

_METHODS: Final = {"POST", "PUT", "PATCH", "DELETE"}
_FROM_REQUEST: Final[Any] = object()
# The style sheets are the ones that govkit's own pages use; nothing of the base is imported.
_STATIC: Final = Path(__file__).parents[1] / "base" / "static" / "govkit"
_STYLES: Final = ("tokens.css", "components.css", "forms.css", "forms-journeys.css")
_SCRIPTS: Final = ("govkit.js", "forms-address.js", "forms-conditions.js")


class FlaskForm(Form):
    """A form that reads the current request and carries a token against forged requests (CSRF).

    The configuration of Flask-WTF (``WTF_CSRF_…``) counts. The language is that of Flask-Babel, where
    the application has it, else ``GOVKIT_LANGUAGE`` of the configuration, else Japanese.

    :param formdata: What was sent; without it, that of the request, ``None`` for nothing.
    """

    class Meta(flask_wtf.FlaskForm.Meta):  # type: ignore[misc]
        """The token of Flask-WTF, the sentences of govkit."""

        get_translations = Form.Meta.get_translations

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent, as it is."""
            return formdata

    def __init__(
        self,
        formdata: Sent | None = _FROM_REQUEST,
        obj: object = None,
        *,
        files: Sent | None = None,
        **options: Any,
    ) -> None:
        if formdata is _FROM_REQUEST:
            is_sent = self.is_submitted()
            formdata = request.form if is_sent else None
            files = files or (request.files if is_sent else None)
        options.setdefault("language", _language())
        super().__init__(formdata, obj, files=files, **options)

    def is_submitted(self) -> bool:
        """Whether the request sends a form."""
        return bool(request) and request.method in _METHODS

    def validate_on_submit(self) -> bool:
        """Whether the request sends a form and all fields are valid."""
        return self.is_submitted() and self.validate()

    def hidden_tag(self) -> Markup:
        """The token and the hidden fields, for templates that render fields one by one."""
        hidden = [
            field() for field in self if isinstance(field, HiddenField) or _is_token(self, field)
        ]
        # Every field renders itself as markup.
        return Markup("".join(hidden))  # noqa: S704


def _is_token(form: Form, field: Any) -> bool:
    return bool(form.meta.csrf) and field.short_name == form.meta.csrf_field_name


def _language() -> str:
    if "babel" in current_app.extensions:
        # Flask-Babel is the application's own choice and may not be installed.
        locale = import_module("flask_babel").get_locale()
        return str(locale or "ja")
    return str(current_app.config.get("GOVKIT_LANGUAGE", "ja"))


def form_head() -> Markup:
    """Links to the style sheets and the script, for the head of a page."""

    def url(name: str) -> str:
        return url_for("govkit_forms.static", filename=name)

    return render("head.html", styles=map(url, _STYLES), scripts=map(url, _SCRIPTS))


def _postcodes() -> Response:
    return Response(postcode_json(request.args.get("postcode", "")), mimetype="application/json")


def register(app: Flask, *, url_prefix: str = "/govkit-forms") -> None:
    """Serve style sheets and scripts; templates call ``{{ govkit_form_head() }}``.

    Address blocks look postcodes up at ``<url_prefix>/postcodes``: give it them as ``lookup_url``.
    """
    pages = Blueprint(
        "govkit_forms",
        __name__,
        static_folder=str(_STATIC),
        static_url_path="",
        url_prefix=url_prefix,
    )
    pages.add_url_rule("/postcodes", view_func=_postcodes)
    app.register_blueprint(pages)
    names: Mapping[str, Any] = {"govkit_form_head": form_head}
    app.jinja_env.globals.update(names)
