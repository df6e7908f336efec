"""Widgets: every field and the error summary is a Jinja template of ours.

``wtforms.widgets`` is not used: it has no place for help, errors and their links to the control, and
formats attribute by attribute through Markup.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import jinja2
from markupsafe import Markup

__all__ = ["TEMPLATES", "TemplateWidget", "environment", "render"]

TEMPLATES: Final = "govkit/forms"
"""Folder of the templates inside the loader."""


@cache
def environment() -> jinja2.Environment:
    """The environment of the form templates, independent of the application's."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("govkit.forms"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def render(template: str, **context: Any) -> Markup:
    """Render one of the form templates."""
    # The templates escape everything themselves, so their output is markup.
    return Markup(environment().get_template(f"{TEMPLATES}/{template}").render(context))  # noqa: S704


class TemplateWidget:
    """Renders a field with a template.

    :param template: File name in ``templates/govkit/forms``.
    """

    def __init__(self, template: str) -> None:
        self.template = template

    def __call__(self, field: Any, **extra: Any) -> Markup:
        """The whole field; ``extra`` become attributes of the control."""
        attributes: Mapping[str, Any] = {**field.attributes(), **extra}
        return render(self.template, field=field, attributes=attributes)
