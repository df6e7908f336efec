"""Widgets: every field and the error summary is a Jinja template of ours.

``wtforms.widgets`` is not used: it has no place for help, errors and their links to the control, and
formats attribute by attribute through Markup. Templates are put together once, when they are loaded:
what they extend and include is copied in, so that rendering a field is one call of one function.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import jinja2
from markupsafe import Markup, escape

__all__ = ["TEMPLATES", "FramedWidget", "TemplateWidget", "environment", "markup_of", "render"]

TEMPLATES: Final = "govkit/forms"
"""Folder of the templates inside the loader."""

_EXTENDS: Final = re.compile(r'\A\s*{%\s*extends\s+"([^"]+)"\s*%}\n?')
_INCLUDE: Final = re.compile(r'{%\s*include\s+"([^"]+)"\s*%}')
_BLOCK: Final = re.compile(
    r"{%\s*block\s+(\w+)(?:\s+scoped)?\s*%}((?:(?!{%\s*block\b).)*?){%\s*endblock\s*%}", re.DOTALL
)


class _FlatLoader(jinja2.PackageLoader):
    """Copies what a template extends and includes into it, by the names written in it."""

    def get_source(self, environment: jinja2.Environment, template: str) -> Any:
        """The source with everything copied in."""
        _source, path, is_fresh = super().get_source(environment, template)
        return _BLOCK.sub(lambda block: block[2], self._flat(environment, template)), path, is_fresh

    def _flat(self, environment: jinja2.Environment, name: str) -> str:
        source: str = super().get_source(environment, name)[0]
        extended = _EXTENDS.match(source)
        if extended:
            filled = {block[1]: block[2].strip("\n") for block in _BLOCK.finditer(source)}
            source = _BLOCK.sub(
                lambda block: (
                    f"{{% block {block[1]} %}}{filled.get(block[1], block[2])}{{% endblock %}}"
                ),
                self._flat(environment, extended[1]),
            )
        return _INCLUDE.sub(
            lambda include: self._flat(environment, include[1]).rstrip("\n"), source
        )


@cache
def environment() -> jinja2.Environment:
    """The environment of the form templates, independent of the application's."""
    return jinja2.Environment(
        loader=_FlatLoader("govkit.forms"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def _template(name: str) -> jinja2.Template:
    return environment().get_template(f"{TEMPLATES}/{name}")


def render(template: str, **context: Any) -> Markup:
    """Render one of the form templates."""
    loaded = _template(template)
    parts = loaded.root_render_func(loaded.new_context(context))
    # The templates escape everything themselves, so their output is markup.
    return Markup("".join(parts))  # noqa: S704


def markup_of(attributes: Mapping[str, Any]) -> Markup:
    """Attributes as they stand in a tag, each with a space before it.

    ``None`` and false leave one out, blank text and true write its name alone.
    """
    written = [
        f" {name}" if value is True or value == "" else f' {name}="{escape(value)}"'
        for name, value in attributes.items()
        if value is not None and value is not False
    ]
    return Markup("".join(written))  # noqa: S704


class TemplateWidget:
    """Renders a field with a template.

    The template gets ``field``, the ``attributes`` of its control, the ``text`` that the control
    shows and the ``errors``. Templates may extend and include each other by name; blocks do not
    stand inside blocks.

    :param template: File name in ``templates/govkit/forms``.
    :param fixed: The template for a value that cannot be changed, where the control itself cannot
        be made read-only in HTML, as with select boxes; else ``template`` serves.
    """

    def __init__(self, template: str, fixed: str = "") -> None:
        self.template = template
        self.fixed = fixed or template

    def __call__(self, field: Any, **extra: Any) -> Markup:
        """The whole field; ``extra`` become attributes of the control."""
        attributes: Mapping[str, Any] = field.attributes()
        if extra:
            attributes = {**attributes, **extra}
        if field.readonly:
            return self.fill(self.fixed, field, attributes, field.text, field.errors)
        return self.draw(field, attributes)

    def draw(self, field: Any, attributes: Mapping[str, Any]) -> Markup:
        """The whole field with these attributes of its control."""
        return self.fill(self.template, field, attributes, field.text, field.errors)

    def fill(
        self,
        template: str,
        field: Any,
        attributes: Mapping[str, Any],
        text: str,
        errors: Sequence[str],
    ) -> Markup:
        """A template filled in."""
        written = markup_of(attributes)
        return render(template, field=field, attributes=written, text=text, errors=errors)


_SLOT: Final = "\x00"
_MOST_FRAMES: Final = 4096
_frames: dict[tuple[Any, ...], list[Markup]] = {}


class FramedWidget(TemplateWidget):
    """Renders a template once, and from then on fills in what was typed and the errors.

    What a template takes from its field must be in ``Field.frame()``; the ``text`` and the
    ``errors`` are not kept, as they may be personal. The text stands once, before the errors.
    """

    def draw(self, field: Any, attributes: Mapping[str, Any]) -> Markup:
        """The frame, filled in."""
        errors = field.errors
        key = (self.template, len(errors), *attributes.items(), *field.frame())
        frame = _frames.get(key)
        if frame is None:
            drawn = self.fill(self.template, field, attributes, _SLOT, [_SLOT] * len(errors))
            frame = [Markup(part) for part in drawn.split(_SLOT)]  # noqa: S704
            if len(_frames) >= _MOST_FRAMES:
                _frames.clear()
            _frames[key] = frame
        if len(frame) == 1:
            return frame[0]
        filled = [frame[0]]
        shown = errors if len(frame) == len(errors) + 1 else (field.text, *errors)
        for text, rest in zip(shown, frame[1:], strict=True):
            filled += (escape(text), rest)
        return Markup("".join(filled))  # noqa: S704
