"""The texts that users read, extracted from Python and from templates: message ids in Japanese."""

import ast
import io
import re
from collections.abc import Iterator
from functools import cache

from babel.messages.extract import extract

from tests.architecture.sources import (
    TRANSLATING,
    Source,
    called_name,
    is_japanese,
    python_files,
    templates,
)

# Commands and invented data speak Japanese only.
UNTRANSLATED = ("govkit/cli/", "govkit/residents/synthetic/", "govkit/testing/")
# A name that stands in the user's file, such as a heading, is quoted in a translation as it is
# written there; so are examples of dates.
QUOTED = re.compile(r"[“「(（][^”」)）]*[”」)）]|(?:令和)?(?:元|[0-9]+)年[0-9]+月[0-9]+日")
KEYWORDS = dict.fromkeys(TRANSLATING)
# Fields declare what they say as plain texts, translated when a form shows them.
DECLARING = "govkit/forms/"
# What is told about the keys and types of definitions is their reference, for those who write them.
REFERENCE = ("govkit/forms/definition_keys.py", "govkit/forms/definition_registry.py")
# Texts there that people type, and that no page shows.
TYPED = frozenset({"男性", "女性", "〇", "有", "レ", "無"})
PATTERNS = frozenset({"compile", "fullmatch", "match", "search", "removeprefix", "split"})


@cache
def message_ids() -> dict[str, str]:
    """Every text to translate, with one place where it stands."""
    found: dict[str, str] = {}
    for template in templates():
        lines = io.BytesIO(template.text.encode())
        for line, text, _comments, _context in extract("jinja2.ext:babel_extract", lines, KEYWORDS):
            found.setdefault(_only(text), f"{template.path}:{line}")
    for source in python_files("govkit"):
        if source.path.startswith(UNTRANSLATED) or source.is_migration:
            continue
        lines = io.BytesIO(source.text.encode())
        for line, text, _comments, _context in extract("python", lines, KEYWORDS):
            found.setdefault(_only(text), f"{source.path}:{line}")
        declares = source.path.startswith(DECLARING) and source.path not in REFERENCE
        told = _declared if declares else _refusals
        for line, text in told(source):
            found.setdefault(text, f"{source.path}:{line}")
    return {text: place for text, place in found.items() if not text.isascii()}


def _only(text: object) -> str:
    return text if isinstance(text, str) else next(str(part) for part in text)  # type: ignore[attr-defined]


def _refusals(source: Source) -> Iterator[tuple[int, str]]:
    """Texts of problems and refusals: sentences, and whatever is handed to their classes."""
    described = {id(node.value) for node in ast.walk(source.tree) if isinstance(node, ast.Expr)}
    handed = {
        id(part)
        for call in ast.walk(source.tree)
        if isinstance(call, ast.Call) and called_name(call) in ("Problem", "Refused")
        for text in [*call.args[:2], *(each.value for each in call.keywords if each.arg == "text")]
        for part in ast.walk(text)
    }
    parts_of_formats = {
        id(part)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
    }
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Constant)
            and is_japanese(node.value)
            and id(node) not in described | parts_of_formats
            and (id(node) in handed or str(node.value).endswith(("。", "。）")))
        ):
            yield node.lineno, str(node.value)


def _declared(source: Source) -> Iterator[tuple[int, str]]:
    """Every Japanese text of a field, but docstrings, patterns and parts of formatted texts."""
    silent: set[int] = set()
    handed: set[int] = set()
    for node in ast.walk(source.tree):
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_call = isinstance(node, ast.Call)
        if (
            is_docstring
            or isinstance(node, ast.JoinedStr)
            or (is_call and called_name(node) in PATTERNS)
        ):
            silent |= {id(part) for part in ast.walk(node)}
        elif is_call and called_name(node) in ("translate", "_say"):
            handed |= {id(argument) for argument in node.args}
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        is_said = is_japanese(node.value) and node.value not in TYPED
        if id(node) not in silent and (is_said or id(node) in handed):
            yield node.lineno, node.value
