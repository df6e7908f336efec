"""Whatever is recorded has a Japanese title: every action, and everything in its detail."""

import ast

import pytest

from govkit.base.audit_words import BASE_ACTIONS
from govkit.base.deployment import Deployment
from tests.architecture.sources import called_name, is_japanese, python_files

pytestmark = pytest.mark.requirement("LOG-1")

NOT_DETAIL = {"subject", "reason", "is_read"}


@pytest.fixture(scope="module")
def deployment(sqlite_databases):
    opened = Deployment(sqlite_databases.settings())
    yield opened
    opened.close()


def _texts(node):
    """Constant texts that an expression may be, and beginnings of those put together."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value, False
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        yield str(node.values[0].value), True


def _recorded():
    """Place, action (or its beginning) and names of the detail of every record in the tree."""
    for source in python_files("govkit"):
        if source.path.startswith("govkit/testing/"):
            continue
        for call in ast.walk(source.tree):
            if not isinstance(call, ast.Call):
                continue
            place = f"{source.path}:{call.lineno}"
            details = {each.arg for each in call.keywords if each.arg} - NOT_DETAIL
            if called_name(call) == "record" and call.args:
                for text, is_beginning in _texts(call.args[0]):
                    if "." in text or text == "read":
                        yield place, text, is_beginning, details
            elif called_name(call) == "SystemEvent":
                for each in call.keywords:
                    if each.arg == "action":
                        for text, is_beginning in _texts(each.value):
                            yield place, text, is_beginning, set()


def test_every_action_in_the_tree_has_a_title(deployment):
    known = set(deployment.actions)
    wrong = [
        f"{place} {text}"
        for place, text, is_beginning, _details in _recorded()
        if (not any(each.startswith(text) for each in known) if is_beginning else text not in known)
    ]
    assert len({text for _place, text, *_ in _recorded()}) > 40
    assert wrong == []


def test_everything_in_a_detail_has_a_title(deployment):
    known = set(deployment.details)
    wrong = [
        f"{place} {name}"
        for place, _text, _is_beginning, details in _recorded()
        for name in sorted(details - known)
    ]
    assert wrong == []


def test_titles_are_japanese_and_actions_declared_once(deployment):
    declared = [
        *BASE_ACTIONS,
        *(each for module in deployment.modules for each in module.actions),
    ]
    names = [each.name for each in declared]
    assert len(set(names)) == len(names)
    assert [each.name for each in declared if not is_japanese(str.__str__(each.title))] == []
    untitled = [
        key for key, title in deployment.details.items() if not is_japanese(str.__str__(title))
    ]
    assert untitled == []
