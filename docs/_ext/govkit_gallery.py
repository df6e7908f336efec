"""The gallery of components: every field in every state, drawn by itself, with the facts about it.

``govkit-components FAMILY`` shows the examples of a module of ``govkit.testing.form_examples``. The
fields stand in pages of their own below ``components/live``, so that only govkit's style sheets
reach them.
"""

import ast
import inspect
import shutil
import textwrap
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import jinja2
from sphinx.application import Sphinx

import govkit.base
from govkit import forms
from govkit.testing.form_examples import Example, State, all_examples, form_of

STATIC = Path(govkit.base.__file__).parent / "static" / "govkit"
HERE = Path(__file__).parent
SHEETS = ("tokens.css", "components.css", "forms.css")


def scripts() -> list[str]:
    """The scripts that enhance fields."""
    return ["govkit.js", *sorted(path.name for path in STATIC.glob("forms-*.js"))]


def live_page(example: Example) -> str:
    """A page that shows one field in every state."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined
    )
    shown = [(state, form_of([example], state, prefix=f"{state}-")) for state in State]
    return environment.get_template("live.html").render(
        title=example.title, forms=shown, scripts=scripts()
    )


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
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(kind)))):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "Invalid":
            continue
        texts = [each.value for each in ast.walk(node.args[0]) if isinstance(each, ast.Constant)]
        code = node.args[1] if len(node.args) > 1 else None
        if texts and isinstance(code, ast.Constant):
            yield code.value, str(texts[0])


def sentences(example: Example) -> list[tuple[str, str]]:
    """Code and sentence of every error that the field and the fields inside it know."""
    found: dict[tuple[str, str], None] = {}
    for field in inner_fields(form_of([example], State.EMPTY)[example.name]):
        told = [("required", field.required_message())] if field.flags.required else []
        told += [(str(code), text) for code, text in field.problem_texts.items()]
        for kind in type(field).__mro__[: type(field).__mro__.index(forms.Field)]:
            told += stated_in(kind)
        for validator in field.validators:
            told += stated_in(type(validator))
        for code, text in told:
            found[code, field.translate(text).replace("{label}", field.label.text)] = None
    return list(found)


def frame(example: Example) -> str:
    """The live page of an example inside another page."""
    return (
        f'<iframe class="govkit-live" src="live/{example.name}.html" loading="lazy"'
        f' title="{escape(example.title)}の実物"></iframe>'
        f'<p><a href="live/{example.name}.html">実物だけを開く</a></p>'
    )
