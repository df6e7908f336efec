import ast
import re
from pathlib import Path

import pytest
import wtforms

from govkit.forms.messages import WTFORMS, Catalogue


def messages_of_wtforms():
    """Every literal that WTForms hands to gettext or, as a plural, to ngettext."""
    for path in Path(wtforms.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            place = {"gettext": 0, "ngettext": 1}.get(node.func.attr)
            if place is not None and isinstance(node.args[place], ast.Constant):
                yield node.args[place].value


def test_every_message_of_the_installed_wtforms_has_its_japanese():
    missing = set(messages_of_wtforms()) - set(WTFORMS)

    assert missing == set()


@pytest.mark.parametrize("english", WTFORMS)
def test_the_japanese_uses_no_placeholder_that_wtforms_does_not_fill(english):
    placeholders = set(re.findall(r"%\(\w+\)\w|%s", WTFORMS[english]))

    assert placeholders <= set(re.findall(r"%\(\w+\)\w|%s", english)) | {"%(other_label)s"}
    assert re.search("[ぁ-ん]", WTFORMS[english])


def test_one_form_serves_every_number():
    one, many = (
        "Field cannot be longer than %(max)d character.",
        ("Field cannot be longer than %(max)d characters."),
    )

    assert Catalogue().ngettext(one, many, 1) == Catalogue().ngettext(one, many, 2)
    assert Catalogue().ngettext("a", "b", 1) == "a"
