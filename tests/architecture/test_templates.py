"""Templates: one shell, no markup that slips past escaping, no text that cannot be translated."""

import ast
import re
from collections.abc import Callable, Iterator

import pytest
from jinja2 import nodes

from tests.architecture.sources import (
    TRANSLATING,
    Template,
    called_name,
    is_japanese,
    parse_template,
    python_files,
    templates,
)

TEMPLATES = templates()
LAYOUT = "govkit/base/layout.html"
# A page that is saved and printed without any application carries its own style.
PAPER = "govkit/forms/definition_print.html"
# csrf_field is the one input that a template asks Python for; its value is escaped.
JUSTIFIED_MARKUP = {"govkit/base/app.py"}
# Reasons that go into the audit log are data, in the language of the record.
WEB = {"views", "forms"}
RECORDING = frozenset({"unscoped", "record", "context"})


def _inside(path: str) -> str:
    """Name under which Jinja finds a template, such as ``attendance/month.html``."""
    return path.split("/templates/", 1)[1]


def wrong(has_fault: Callable[[Template], object]) -> list[str]:
    """Templates with a fault: one test asks all of them, for they are many."""
    return [template.path for template in TEMPLATES if has_fault(template)]


def test_every_template_stands_below_the_name_of_its_owner():
    def is_elsewhere(template: Template) -> bool:
        owner = template.path.split("/templates/", 1)[0].removeprefix("govkit/")
        namespace = {"base": "govkit/base/", "forms": "govkit/forms/"}.get(
            owner, f"{owner.removeprefix('modules/')}/"
        )
        return not _inside(template.path).startswith(namespace)

    assert wrong(is_elsewhere) == []


def _is_bare(template: Template) -> bool:
    """Whether a page does not wear the layout, or something else than the layout is a document."""
    if "<html" in template.text and _inside(template.path) not in (LAYOUT, PAPER):
        return True
    extends = [node.template for node in template.tree.find_all(nodes.Extends)]
    is_page = not template.path.startswith("govkit/forms/") and _inside(template.path) != LAYOUT
    if not is_page or not list(template.tree.find_all(nodes.Block)):
        return False
    if len(extends) != 1 or not isinstance(extends[0], nodes.Const):
        return True
    parent = extends[0].value
    return parent != LAYOUT and not parent.startswith(_inside(template.path).split("/")[0] + "/")


def test_every_page_wears_the_layout():
    assert wrong(_is_bare) == []


def _inline(template: Template) -> list[str]:
    text = re.sub(r"{#.*?#}", "", template.text, flags=re.DOTALL)
    scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text)
    if _inside(template.path) == PAPER:
        text = text.replace("<style>", "", 1)
    return [
        *scripts,
        *re.findall(r"<style|[\s\"']style\s*=|\son[a-z]+\s*=|javascript:", text),
        *re.findall(r"https?://[^\s\"']+", text),
    ]


@pytest.mark.requirement("ASVS-3.4.3", "ASVS-1.2.3")
def test_no_script_and_no_style_inside_the_page():
    assert wrong(_inline) == []


def _is_marked_safe(template: Template) -> bool:
    return any(node.name == "safe" for node in template.tree.find_all(nodes.Filter)) or any(
        node.options.autoescape is False  # type: ignore[union-attr]
        for node in template.tree.find_all(nodes.ScopedEvalContextModifier)
        if hasattr(node, "options") and hasattr(node.options, "autoescape")
    )


@pytest.mark.requirement("ASVS-1.2.1", "ASVS-1.1.2")
def test_nothing_is_marked_safe_in_a_template():
    assert wrong(_is_marked_safe) == []


@pytest.mark.parametrize(
    ("text", "has_fault"),
    [
        ("<script>1</script>", _inline),
        ("<p style='color:red'>", _inline),
        ("<a href='javascript:x'>", _inline),
        ("{{ x|safe }}", _is_marked_safe),
        ("{% block content %}x{% endblock %}", _is_bare),
        ("<html></html>", _is_bare),
    ],
)
def test_each_fault_of_a_template_is_seen(text, has_fault):
    assert has_fault(parse_template("govkit/modules/x/templates/x/y.html", text))


@pytest.mark.requirement("ASVS-1.2.1", "ASVS-1.3.7")
def test_python_makes_no_markup_outside_the_forms():
    wrong = [
        f"{source.path}:{node.lineno}"
        for source in python_files("govkit")
        if not source.path.startswith("govkit/forms/") and source.path not in JUSTIFIED_MARKUP
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and called_name(node) == "Markup"
    ]
    assert wrong == []


def untranslated(template: Template) -> list[str]:
    """Japanese texts that reach the page without ``_()``."""
    translated = {
        id(constant)
        for call in template.tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "_"
        for constant in call.find_all(nodes.Const)
    }
    found = [
        text.data.strip()
        for text in template.tree.find_all(nodes.TemplateData)
        if is_japanese(text.data)
    ]
    return found + [
        constant.value
        for constant in template.tree.find_all(nodes.Const)
        if is_japanese(constant.value) and id(constant) not in translated
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<p>保存</p>", ["<p>保存</p>"]),
        ("{{ ui.button('保存') }}", ["保存"]),
        ("{% if title == '保存' %}x{% endif %}", ["保存"]),
        ("{{ _('保存') }}", []),
        ("{{ ui.button(_('{n}件を保存', n=2)) }}", []),
        ("{# 保存 #}<p>：（1）</p>", []),
    ],
)
def test_the_search_for_untranslated_texts_finds_them(text, left):
    assert untranslated(parse_template("x.html", text)) == left


def test_every_text_of_a_template_can_be_translated():
    assert wrong(untranslated) == []


def _docstrings(tree: ast.Module) -> set[int]:
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }


def _values_described(tree: ast.Module) -> Iterator[int]:
    """Texts that stand alone below a value and describe it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)


def test_every_text_of_a_view_or_form_can_be_translated():
    wrong = []
    for source in python_files("govkit"):
        parts = source.name.split(".")
        if parts[1:2] not in (["base"], ["modules"]) or not WEB & set(parts):
            continue
        allowed = _docstrings(source.tree) | set(_values_described(source.tree))
        for call in ast.walk(source.tree):
            if isinstance(call, ast.Call) and called_name(call) in TRANSLATING | RECORDING:
                allowed |= {id(node) for node in ast.walk(call)}
        wrong += [
            f"{source.path}:{node.lineno} {node.value}"
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Constant)
            and is_japanese(node.value)
            and id(node) not in allowed
        ]
    assert wrong == []


def test_the_declarations_of_modules_can_be_translated():
    wrong = []
    for source in python_files("govkit/modules"):
        for call in ast.walk(source.tree):
            if isinstance(call, ast.Call) and called_name(call) in (
                "Module",
                "NavItem",
                "Permission",
            ):
                marked = {
                    id(constant)
                    for inner in ast.walk(call)
                    if isinstance(inner, ast.Call) and called_name(inner) in TRANSLATING
                    for constant in ast.walk(inner)
                }
                wrong += [
                    f"{source.path}:{node.lineno} {node.value}"
                    for node in ast.walk(call)
                    if isinstance(node, ast.Constant)
                    and is_japanese(node.value)
                    and id(node) not in marked
                ]
    assert wrong == []


ASKING_BY_ADDRESS = {
    "govkit/base/verify.html": "the code of a document, which the address printed on it holds, too",
    "resident_lookup/alarms.html": "two days",
}
"""Forms whose fields become part of an address, and why nobody's data can stand in them."""


@pytest.mark.requirement("ASVS-14.2.1")
def test_what_is_typed_becomes_part_of_no_address():
    by_address = {
        _inside(template.path)
        for template in TEMPLATES
        for tag in re.findall(r"<form\b[^>]*>", template.text)
        if 'method="post"' not in tag
    }
    assert by_address == set(ASKING_BY_ADDRESS)
