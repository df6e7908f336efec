"""What the page about definitions of forms shows is right, and its reference covers the code."""

import re

import pytest

from govkit.errors import InvalidInput
from govkit.forms.definition import Definition
from govkit.forms.definition_keys import FIELD_KEYS, FORM_KEYS, PAGE_KEYS
from govkit.forms.definition_registry import FIELD_TYPES
from govkit.forms.rules import Rule
from tests.architecture.sources import ROOT, is_japanese
from tests.docs.pages import blocks

PAGE = ROOT / "docs" / "forms" / "definition.md"
SHOWN = {
    language: [block.body for block in blocks(PAGE) if block.language == language]
    for language in ("toml", "text")
}
HEAD = '[form]\nid = "x"\ntitle = "題"\n'


@pytest.mark.parametrize(
    "text",
    [SHOWN["toml"][0], SHOWN["toml"][0] + SHOWN["toml"][1], HEAD + SHOWN["toml"][2]],
    ids=["first", "pages", "rows"],
)
def test_the_definitions_of_the_page_are_right(text):
    assert Definition.read(text.encode(), "enquiry.toml").fields


def test_the_errors_of_the_page_are_told():
    first = SHOWN["toml"][0]
    wrong = first.replace("type =", "tipe =", 1).replace("= telephone", "= tel", 1)
    with pytest.raises(InvalidInput) as refused:
        Definition.read(wrong.encode(), "enquiry.toml")
    shown = [line.removeprefix("  ・") for line in SHOWN["text"][0].splitlines()[1:]]
    assert [str(problem) for problem in refused.value.problems] == shown


def test_the_conditions_of_the_page_can_be_read():
    section = PAGE.read_text(encoding="utf-8").split("## 条件の書き方")[1].split("\n## ")[0]
    rules = re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)
    assert len(rules) == 8
    assert all(Rule.parse(rule) for rule in rules)


def test_every_key_and_type_is_explained_in_japanese():
    keys = [*FORM_KEYS.values(), *PAGE_KEYS.values(), *FIELD_KEYS.values()]
    assert all(is_japanese(key.about) and key.title for key in keys)
    assert all(is_japanese(kind.about) and is_japanese(kind.title) for kind in FIELD_TYPES.values())
