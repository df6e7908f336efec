"""What people send stays data: it is never run, parsed as markup, or turned into an object of any type."""

import ast
import re
import string
from io import BytesIO

import pytest

from govkit.forms.filekinds import KINDS, recognise
from tests.architecture.sources import PACKAGE, called_name, python_files, templates

SOURCES = python_files("govkit")
SCRIPTS = sorted(PACKAGE.rglob("static/**/*.js"))
# What proves that secrets do not slip into a pickle has to pickle.
PICKLING_TESTS = {"govkit/testing/resident_source/hiding.py"}
# A provider of the tests that plays the other side and reads what the standard makes clients encode.
STAND_IN = {"govkit/testing/resident_api/tokens.py"}


def calls(*names: str) -> list[str]:
    """Places that call something of one of these names."""
    return [
        f"{source.path}:{call.lineno}"
        for source in SOURCES
        for call in ast.walk(source.tree)
        if isinstance(call, ast.Call) and called_name(call) in names
    ]


def imports(*modules: str) -> list[str]:
    """Files that import one of these modules."""
    found = []
    for source in SOURCES:
        for node in ast.walk(source.tree):
            match node:
                case ast.Import(names=names):
                    named = [each.name for each in names]
                case ast.ImportFrom(module=str(module), names=names, level=0):
                    named = [module, *(f"{module}.{each.name}" for each in names)]
                case _:
                    continue
            if any(each == one or each.startswith(f"{one}.") for each in named for one in modules):
                found.append(source.path)
    return sorted(set(found))


def test_the_searches_find_what_there_is():
    assert calls("Popen")
    assert imports("subprocess")
    assert len(SCRIPTS) >= 4


@pytest.mark.requirement("ASVS-1.3.2")
def test_no_text_is_run_as_code():
    bare = [
        f"{source.path}:{node.lineno}"
        for source in SOURCES
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Name) and node.id in ("eval", "exec", "compile", "__import__")
    ]
    assert bare == []
    assert calls("from_string", "render_template_string", "literal_eval") == []


@pytest.mark.requirement("ASVS-1.2.5")
def test_programs_get_their_words_one_by_one_and_no_shell():
    shells = re.compile(r"os\.(system|popen|spawn\w+|exec[lv]\w*)|.*\.(getoutput|getstatusoutput)")
    for source in SOURCES:
        for call in ast.walk(source.tree):
            if isinstance(call, ast.Call):
                assert all(word.arg != "shell" for word in call.keywords), source.path
                assert not shells.fullmatch(ast.unparse(call.func)), source.path
            if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("subprocess."):
                words = call.args[0]
                assert not isinstance(words, ast.JoinedStr | ast.BinOp | ast.Constant), source.path


@pytest.mark.requirement("ASVS-1.2.9")
def test_no_pattern_is_made_from_what_somebody_typed():
    """A pattern that is no literal is made once, at the start, from constants of the module."""
    wrong = []
    for source in SOURCES:
        for function in ast.walk(source.tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in ast.walk(function):
                if (
                    isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Attribute)
                    and ast.unparse(call.func.value) == "re"
                    and call.func.attr != "escape"
                    and call.args
                ):
                    wrong += [
                        f"{source.path}:{call.lineno} {name}"
                        for name in _variables(call.args[0])
                        if name not in JUSTIFIED.get(source.path, ())
                    ]
    assert wrong == []


JUSTIFIED: dict[str, tuple[str, ...]] = {
    "govkit/forms/definition_problems.py": ("pattern",),
    "govkit/forms/validators.py": ("expression",),  # of whoever writes the form
    "govkit/jp/address.py": ("letters",),
    "govkit/jp/contact.py": ("script",),
    "govkit/jp/lots.py": ("units",),
}
"""Names in patterns that are numbers or patterns of our own, by file."""


def _variables(pattern: ast.AST) -> list[str]:
    """Names in a pattern that are no constants of the module and are not escaped."""
    if isinstance(pattern, ast.Call) and ast.unparse(pattern.func) == "re.escape":
        return []
    if isinstance(pattern, ast.Name):
        return [] if pattern.id.isupper() or pattern.id.startswith("_") else [pattern.id]
    return [name for child in ast.iter_child_nodes(pattern) for name in _variables(child)]


@pytest.mark.requirement("ASVS-1.5.2")
def test_nothing_becomes_an_object_of_the_senders_choice():
    readers = ("pickle", "marshal", "shelve", "dill", "cloudpickle", "yaml", "jsonpickle")
    assert imports(*readers) == sorted(PICKLING_TESTS)
    allowed = [
        keyword.value
        for source in SOURCES
        for call in ast.walk(source.tree)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "allow_pickle"
    ]
    assert allowed
    assert all(isinstance(each, ast.Constant) and each.value is False for each in allowed)


@pytest.mark.requirement("ASVS-1.3.1", "ASVS-1.3.5")
def test_neither_html_nor_markdown_nor_css_of_people_is_read():
    parsers = ("markdown", "markdown2", "mistune", "commonmark", "markdown_it", "bleach", "nh3")
    assert imports(*parsers, "tinycss2", "cssutils", "lxml", "bs4", "docutils") == []
    editors = [each.path for each in templates() if "contenteditable" in each.text]
    assert editors == []


@pytest.mark.requirement("ASVS-1.3.4")
@pytest.mark.parametrize(
    "picture",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg><script>alert(1)</script></svg>",
    ],
    ids=["bare", "declared"],
)
def test_an_svg_is_never_a_picture(picture):
    assert not any("svg" in kind.media_type for kind in KINDS.values())
    kinds = {KINDS[name].media_type for name in recognise(BytesIO(picture), KINDS)}
    assert kinds <= {"text/plain", "text/csv"}


@pytest.mark.requirement("ASVS-1.3.10")
def test_no_format_string_comes_from_a_request():
    """What is formatted is a text of ours: no ``request…`` or ``form…`` before ``.format``."""
    sent = re.compile(r"\b(request|form|field\.data|self\.data|raw_data|upload)\b")
    wrong = [
        f"{source.path}:{call.lineno}"
        for source in SOURCES
        for call in ast.walk(source.tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("format", "format_map")
        and sent.search(ast.unparse(call.func.value))
    ]
    assert wrong == []
    assert calls("format_map") == []
    for source in SOURCES:
        for text in ast.walk(source.tree):
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and "{" in text.value:
                assert not _reaches_inside(text.value), f"{source.path}:{text.lineno}"


def _reaches_inside(text: str) -> bool:
    """Whether a format string asks for hidden attributes of its values."""
    try:
        return any("__" in (name or "") for _, name, _, _ in string.Formatter().parse(text))
    except ValueError:
        return False


@pytest.mark.requirement("ASVS-1.3.11")
def test_no_mail_is_sent_that_somebody_could_write_headers_into():
    assert (
        imports("smtplib", "imaplib", "poplib", "email.mime", "email.message", "flask_mail") == []
    )


@pytest.mark.requirement("ASVS-1.1.1")
def test_what_came_is_decoded_by_the_framework_and_not_again():
    again = calls("unquote", "unquote_plus", "unescape", "unquote_to_bytes")
    assert [place for place in again if place.split(":")[0] not in STAND_IN] == []


@pytest.mark.requirement("ASVS-15.3.7")
def test_no_view_mixes_what_stands_in_the_address_with_what_was_sent():
    mixed = [
        f"{source.path}:{node.lineno}"
        for source in SOURCES
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "request.values"
    ]
    assert mixed == []


@pytest.mark.requirement("ASVS-15.3.2")
def test_every_call_to_another_server_refuses_to_be_led_elsewhere():
    asking = []
    for source in SOURCES:
        for call in ast.walk(source.tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("_pool.request"):
                words = {word.arg: ast.unparse(word.value) for word in call.keywords}
                asking.append((source.path, words.get("redirect")))
    assert len(asking) >= 2
    assert all(redirect == "False" for _, redirect in asking)
    assert imports("requests", "httpx", "aiohttp", "urllib.request", "http.client") == []


@pytest.mark.requirement("ASVS-3.2.2", "ASVS-15.3.6")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_write_text_and_merge_no_objects(script):
    text = script.read_text(encoding="utf-8")
    writes = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert re.findall(writes, text) == []
    pollutes = r"__proto__|\.prototype\b|Object\.assign|for \(\w+ \w+ in |\bmerge\(|\bextend\("
    assert re.findall(pollutes, text) == []
    # ``object[name] = …`` is where pollution begins: the names stand in the script itself.
    for name in re.findall(r"\w\[([^\]'\"]+)\]\s*=(?!=)", text):
        assert re.search(rf'for \(const {re.escape(name)} of \[("\w+"(, )?)+\]\)', text), name


@pytest.mark.requirement("ASVS-3.7.1")
def test_pages_need_no_plugin_and_nothing_that_browsers_gave_up():
    old = re.compile(r"<(object|embed|applet|marquee|frameset|frame|bgsound)\b|classid=|\.swf\b")
    assert [each.path for each in templates() if old.search(each.text)] == []
    gone = re.compile(
        r"ActiveXObject|document\.all\b|document\.domain|showModalDialog|openDatabase"
    )
    assert [path.name for path in SCRIPTS if gone.search(path.read_text(encoding="utf-8"))] == []
