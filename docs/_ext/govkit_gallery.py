"""The gallery of components: every field in every state, drawn by itself, with the facts about it.

``govkit-components FAMILY`` shows the examples of a module of ``govkit.testing.form_examples``. The
fields stand in pages of their own below ``components/live``, so that only govkit's style sheets
reach them.
"""

import ast
import inspect
import re
import shutil
import textwrap
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jinja2
from sphinx.application import Sphinx

import govkit.base
from govkit import forms
from govkit.testing.form_examples import Example, State, all_examples, form_of
from govkit.testing.form_examples.journey import example_journey, journey_pages

STATIC = Path(govkit.base.__file__).parent / "static" / "govkit"
HERE = Path(__file__).parent
SHEETS = ("tokens.css", "components.css", "forms.css", "forms-journeys.css")


def scripts() -> list[str]:
    """The scripts that enhance fields."""
    return ["govkit.js", *sorted(path.name for path in STATIC.glob("forms-*.js"))]


def rendered(title: str, **context: Any) -> str:
    """A page of its own."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined
    )
    template = environment.get_template("live.html")
    return template.render(title=title, sheets=SHEETS, scripts=scripts(), **context)


def live_page(example: Example) -> str:
    """A page that shows one field in every state."""
    shown = [(state, form_of([example], state, prefix=f"{state}-")) for state in State]
    return rendered(example.title, forms=shown, content="")


def live_journey() -> Iterator[tuple[str, str, str]]:
    """Name, title and page of each page of a journey, linked with each other."""
    names = {"": "journey-start", "applicant": "journey-step", "house": "journey-step"}
    for name, title, shown in journey_pages():
        content = shown.html(lambda page: f"{names.get(page, f'journey-{page}')}.html")
        yield f"journey-{name}", title, rendered(title, forms=(), content=content)


def write_live_pages(app: Sphinx) -> None:
    """Write the page of every example, and what it loads."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir) / "components" / "live"
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*SHEETS, *scripts()):
        shutil.copy(STATIC / name, folder)
    for example in all_examples():
        (folder / f"{example.name}.html").write_text(live_page(example), encoding="utf-8")
    for name, _title, page in live_journey():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")


class Controls(HTMLParser):
    """The controls of a rendered field: name, kind and tokens."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[tuple[str, str, str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a control, once per name."""
        given = {name: value or "" for name, value in attrs}
        if tag not in ("input", "select", "textarea") or given.get("type") == "hidden":
            return
        kind = given.get("type", "text") if tag == "input" else tag
        row = (given["name"], kind, given.get("autocomplete", ""), given.get("inputmode", ""))
        if row not in self.rows:
            self.rows.append(row)


def controls(example: Example) -> list[tuple[str, str, str, str]]:
    """Name, kind, ``autocomplete`` and ``inputmode`` of each control of an example."""
    return Controls(form_of([example], State.EMPTY).render()).rows


def inner_fields(field: forms.Field) -> Iterator[forms.Field]:
    """A field and the fields inside it."""
    yield field
    if isinstance(field, forms.Block):
        for each in field:
            yield from inner_fields(each)


def stated_in(kind: type) -> Iterator[tuple[str, str]]:
    """Codes with sentences that a class raises itself, as they stand in its source."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    assigned: dict[str, ast.expr] = {}
    for node in sorted(ast.walk(tree), key=lambda each: getattr(each, "lineno", 0)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned[node.targets[0].id] = node.value
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "Invalid":
            continue
        first, *rest = node.args
        sentence = assigned.get(first.id) if isinstance(first, ast.Name) else first
        texts = [
            each.value for each in ast.walk(sentence or first) if isinstance(each, ast.Constant)
        ]
        if texts and rest and isinstance(rest[0], ast.Constant):
            yield rest[0].value, str(texts[0])


def told_by(field: forms.Field) -> Iterator[tuple[str, str]]:
    """Codes with sentences of a field and its validators, placeholders not yet filled."""
    if field.flags.required:
        yield "required", field.required_message()
    yield from ((str(code), text) for code, text in field.problem_texts.items())
    for kind in type(field).__mro__[: type(field).__mro__.index(forms.Field)]:
        yield from stated_in(kind)
    for validator in field.validators:
        limits = {f"{{{key}}}": str(value) for key, value in vars(validator).items() if value}
        for code, text in stated_in(type(validator)):
            for placeholder in ("{min}", "{max}"):
                text = text.replace(placeholder, limits.get(placeholder, placeholder))
            if not re.search("{(min|max)}", text):
                yield code, text


def sentences(example: Example) -> list[tuple[str, str]]:
    """Code and sentence of the errors of a field and of the fields inside it."""
    found: dict[tuple[str, str], None] = {}
    for field in inner_fields(form_of([example], State.EMPTY)[example.name]):
        for code, text in told_by(field):
            found[code, field.translate(text).replace("{label}", field.label.text)] = None
    for message in form_of([example], State.ERROR)[example.name].errors:
        if message.code not in {code for code, _text in found}:
            found[message.code, str(message)] = None
    return list(found)


def frame(name: str, title: str) -> str:
    """A live page inside another page."""
    return (
        f'<iframe class="govkit-live" src="live/{name}.html" loading="lazy"'
        f' title="{escape(title)}の実物"></iframe>'
        f'<p><a href="live/{name}.html">実物だけを開く</a></p>'
    )


def journey_code() -> str:
    """The example journey as one writes it."""
    source = inspect.getsource(example_journey)
    body = source.partition('"""\n')[2]
    return textwrap.dedent(body).strip().replace("return Journey(", "journey = Journey(")
