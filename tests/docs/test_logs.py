"""The page of the logs names every record, every item of a line and every place that a log goes to."""

import ast
import re

import pytest

from govkit.base.logs import FIELDS
from tests.architecture.sources import ROOT, called_name, python_files

LEVELS = ("debug", "info", "warning", "error", "exception", "critical")
OUTLETS = {"addHandler", "basicConfig", "dictConfig", "fileConfig", "captureWarnings"}
PAGE = (ROOT / "docs" / "operate" / "logs.md").read_text(encoding="utf-8")


def calls(source):
    return (node for node in ast.walk(source.tree) if isinstance(node, ast.Call))


def is_record(call):
    match call.func:
        case ast.Attribute(value=ast.Name(id="log" | "_log"), attr=level):
            return level in LEVELS
    return False


def records():
    return [call for source in python_files() for call in calls(source) if is_record(call)]


@pytest.mark.requirement("ASVS-16.1.1")
def test_every_record_is_named_with_its_level():
    told = re.findall(r"^\| `([^`]+)` \| (info|warning|error) \|", PAGE, re.M)
    made = {(ast.literal_eval(call.args[0]), call.func.attr) for call in records()}
    assert set(told) == made
    assert len(told) == len(made)


@pytest.mark.requirement("ASVS-16.1.1", "LOG-3")
def test_every_item_of_a_line_is_named():
    shape = re.findall(r"^\| `(\w+)` \| [^|]+ \|$", PAGE, re.M)
    assert set(shape) == {*FIELDS, "failure"}
    given = {
        ast.literal_eval(key)
        for call in records()
        for word in call.keywords
        if word.arg == "extra" and isinstance(word.value, ast.Dict)
        for key in word.value.keys
    }
    assert {"job", "error"} <= given <= set(FIELDS)


@pytest.mark.requirement("ASVS-16.2.3")
def test_logs_go_to_the_places_of_the_page_alone():
    found = {
        (source.path, name)
        for source in python_files()
        for name in map(called_name, calls(source))
        if name in OUTLETS or (name.endswith("Handler") and name != "register_error_handler")
    }
    assert found == {
        ("govkit/base/logs.py", "StreamHandler"),
        ("govkit/base/logs.py", "basicConfig"),
    }
    for place in ("標準エラー出力", "`govkit_audit_event`", "`govkit_system_event`"):
        assert place in PAGE
    assert "`security.audit_anchor_file`" in PAGE
