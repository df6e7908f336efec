"""The examples of fields are whole: every field has one, and each does what it says."""

import ast
import inspect
import re

import pytest

from govkit import forms
from govkit.base.i18n import gettext, use_language
from govkit.testing.form_examples import (
    FAMILIES,
    READONLY_REASON,
    SentFile,
    State,
    all_examples,
    form_of,
)
from tests.architecture.messages import QUOTED
from tests.architecture.sources import LETTERS, ROOT
from tests.docs.pages import blocks

EXAMPLES = all_examples()
EACH = pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
# What is only built upon, and what shows no control with a value.
WITHOUT_EXAMPLE = {"Field", "HiddenField", "PartsField", "PickerBlock", "SubmitField"}


@pytest.mark.requirement("ASVS-2.1.1")
def test_every_field_has_an_example():
    fields = {
        name
        for name in forms.__all__
        if inspect.isclass(kind := getattr(forms, name)) and issubclass(kind, forms.Field)
    }
    assert fields - WITHOUT_EXAMPLE - {each.shows.__name__ for each in EXAMPLES} == set()


def test_names_are_unique_and_begin_no_other_name():
    names = [each.name for each in EXAMPLES]
    assert len(set(names)) == len(names)
    assert [(one, other) for one in names for other in names if other.startswith(f"{one}-")] == []


@EACH
def test_the_good_value_is_taken_and_stored_so_that_it_can_be_shown_again(example):
    shown = form_of([example], State.FILLED)[example.name]
    fixed = form_of([example], State.READONLY)[example.name]

    assert not shown.is_blank
    assert shown.answer == fixed.answer


@EACH
def test_the_bad_value_is_refused_with_a_code_and_a_sentence(example):
    field = form_of([example], State.ERROR)[example.name]

    assert field.errors
    for message in field.errors:
        assert re.fullmatch("[a-z][a-z0-9_]+", message.code), message
        assert message.code != "invalid"
        assert not re.search(r"[{}]|%\(", message)


@EACH
def test_the_pages_can_tell_what_it_is_and_how_it_is_written(example):
    assert example.title
    assert example.explanation.endswith("。")
    assert f"{example.name} = forms." in example.code
    assert f"forms.{example.shows.__name__}(" in example.code
    compile(example.code, example.name, "exec")


@EACH
@pytest.mark.parametrize("state", State)
def test_a_form_in_english_holds_no_japanese_but_what_was_declared_or_typed(example, state):
    with use_language("en"):
        html = form_of([example], state, gettext=gettext).render()
    declared = [
        node.value
        for node in ast.walk(ast.parse(example.code))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    # Names of places are values, also where they are listed.
    html = re.sub('<option value="([^"]+)"[^>]*>\\1</option>', "", str(html))
    html = re.sub(' value="[^"]*"|<textarea[^>]*>[^<]*', "", html)
    files = [value.filename for value in example.sent() if isinstance(value, SentFile)]
    for text in sorted([READONLY_REASON, *declared, *files], key=len, reverse=True):
        html = html.replace(text, "")
    assert LETTERS.findall(QUOTED.sub("", html)) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_a_page(family):
    page = ROOT / "docs" / "components" / f"{family}.md"
    assert [each.language for each in blocks(page)][-1] == f"{{govkit-components}} {family}"
