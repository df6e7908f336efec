"""The source as the guard tests see it: parsed Python files, templates, Japanese texts."""

import ast
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import jinja2
from jinja2 import nodes

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "govkit"
LETTERS = re.compile(r"[ぁ-ゖァ-ヺー々〆〇㐀-䶿一-鿿豈-﫿]")
"""Japanese letters; marks such as 「：」 and 「（」 are not words."""
TRANSLATING = frozenset({"_", "gettext", "lazy", "lazy_gettext"})

_JINJA = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.do"])


@dataclass(frozen=True)
class Source:
    """A Python file: its path from the root, its dotted name and text."""

    path: str
    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax, read when it is asked for: every process of a test run collects all tests."""
        return ast.parse(self.text, self.path)

    @property
    def is_migration(self) -> bool:
        return "/migrations/" in self.path


@dataclass(frozen=True, slots=True)
class Template:
    """A template of ours, as text and as Jinja's syntax tree."""

    path: str
    text: str
    tree: nodes.Template


@cache
def _source(path: Path) -> Source:
    relative = path.relative_to(ROOT)
    dotted = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
    text = path.read_text(encoding="utf-8")
    return Source(relative.as_posix(), dotted, text)


@cache
def python_files(*folders: str) -> list[Source]:
    """Python files below the folders, or those of govkit."""
    return [
        _source(path)
        for folder in folders or ("govkit",)
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "_starters" not in path.parts
    ]


def parse_template(path: str, text: str) -> Template:
    """A template from its text."""
    return Template(path, text, _JINJA.parse(text))


@cache
def templates() -> list[Template]:
    """Every template of the package."""
    found = []
    for path in sorted(PACKAGE.rglob("templates/**/*.html")):
        name = path.relative_to(ROOT).as_posix()
        found.append(parse_template(name, path.read_text(encoding="utf-8")))
    return found


def module_names() -> list[str]:
    """Names of the modules in the tree."""
    return sorted(path.parent.name for path in (PACKAGE / "modules").glob("*/__init__.py"))


@cache
def functions(source: Source) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
    """Every function and method of a file."""
    return tuple(
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def called_name(call: ast.Call) -> str:
    """Last part of what is called: ``notify`` for ``web.notify(…)``."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def is_japanese(value: object) -> bool:
    """Whether a value is text that holds Japanese letters."""
    return isinstance(value, str) and LETTERS.search(value) is not None
