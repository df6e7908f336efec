"""The definitions that govkit ships: without problems, in two languages, with ids that never change."""

import json
import re
from io import BytesIO

import pytest
from jsonschema import Draft202012Validator
from werkzeug.datastructures import MultiDict

from govkit.forms.definition import Definition
from govkit.forms.definition_print import paper_pages, print_form
from govkit.forms.definition_schema import json_schema
from govkit.forms.definition_selectors import (
    compare_selectors,
    read_selectors,
    selectors_of,
    write_selectors,
)
from govkit.forms.definition_table import check_table, write_template
from govkit.forms.steps import Missing, Redirect, Show, Visit
from tests.architecture.sources import ROOT, is_japanese
from tests.forms.definitions import define
from tests.forms.page import Page

FILES = sorted((ROOT / "templates" / "forms").glob("*.toml"))
EVERY = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def test_there_are_examples():
    assert [file.stem for file in FILES] == ["out_of_area_school", "school_aid"]


@EVERY
def test_no_selector_changed_since_it_was_recorded(file):
    """A change of the record is a change for every robot: never edit it by hand."""
    definition = Definition.load(file)
    recorded = file.with_suffix(".selectors.json").read_bytes()
    assert write_selectors(definition) == recorded
    assert compare_selectors(definition, read_selectors(recorded, "x"), file.name) == []


@EVERY
def test_every_selector_finds_what_it_names(file):
    definition = Definition.load(file)
    page = Page(definition.form_class().render())
    known = [
        each for field in selectors_of(definition)["fields"].values() for each in field["controls"]
    ]
    assert len(set(known)) == len(known)
    controls = [
        each
        for tag in ("input", "select", "textarea", "button")
        for each in page.all(tag)
        if each.get("name")
    ]
    for each in controls:
        name = f'[name="{each["name"]}"]'
        assert name in known or f'{name}[value="{each.get("value")}"]' in known


@EVERY
def test_the_example_row_of_its_table_is_right_and_fits_the_schema(file):
    definition = Definition.load(file)
    table = BytesIO()
    write_template(definition, table)
    content = table.getvalue().replace("記入例".encode(), "例".encode(), 1)
    assert check_table(definition, BytesIO(content), name="表.csv").problems == ()
    Draft202012Validator.check_schema(json_schema(definition))


@EVERY
def test_the_paper_asks_the_same_questions_on_one_page_of_html(file):
    definition = Definition.load(file)
    page = print_form(definition)
    for field in definition.fields:
        assert f'id="paper-{field.id}"' in page
    assert "@page" in page
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=", page)
    asked = [field.id for paper in paper_pages(definition) for field in paper.fields]
    assert asked == [field.id for field in definition.fields]


@EVERY
def test_its_english_is_complete(file):
    definition = Definition.load(file)
    form = definition.form_class(MultiDict({"sent": "1"}), language="en")
    assert not form.validate()
    texts = re.findall(r">([^<>]+)<", f"{form.error_summary()} {form.render()}")
    examples = re.compile(r"[Ee]xample:? .*|e\.g\. .*|“[^”]*”|[(（][^)）]*[)）]|.*[都道府県]")
    left = [line for line in texts if is_japanese(examples.sub("", line))]
    assert left == []


@EVERY
def test_its_conditions_speak_english_on_paper(file):
    definition = Definition.load(file)
    pages = paper_pages(definition, definition.translator("en"))
    told = [field.condition for page in pages for field in page.fields if field.condition]
    assert told
    assert [sentence for sentence in told if is_japanese(sentence)] == []


@EVERY
def test_it_is_a_journey_that_begins_with_its_pages(file):
    definition = Definition.load(file)
    journey = definition.journey(lambda submission: "R-1")
    first = journey.handle(Visit("GET", ""), {})
    assert isinstance(first, Show)
    html = first.html(lambda page: f"/x/{page}")
    for page in definition.pages:
        assert page.title.ja in html
    assert isinstance(journey.handle(Visit("GET", "nowhere"), {}), Missing)


def test_a_journey_carries_answers_across_pages_and_asks_what_they_call_for():
    definition = define(
        '[[field]]\nid = "kind"\nlabel = "区分"\ntype = "choice"\nchoices = {new = "新規", old = "継続"}\n'
        '[[field]]\nid = "why"\nlabel = "理由"\nshow_if = "kind = new"\n'
        '[[field]]\nid = "moved"\nlabel = "転居"\ntype = "yes_no"\n'
        '[[field]]\nid = "my_number"\nlabel = "個人番号"\ntype = "my_number"\nlegal_basis = "番号法第9条第1項"\n'
        '[[page]]\nid = "one"\ntitle = "一"\nfields = ["kind"]\n'
        '[[page]]\nid = "two"\ntitle = "二"\nfields = ["why", "moved"]\n'
        '[[page]]\nid = "three"\ntitle = "三"\nfields = ["my_number"]\n'
    )
    received = []
    journey = definition.journey(lambda submission: received.append(submission) or "R-1")
    assert [step.name for step in journey.steps] == ["one", "two"]
    assert [field.short_name for field in journey.last()] == ["my_number"]
    state = {}
    answer = journey.handle(Visit("POST", "one", MultiDict({"kind": "old"})), state)
    assert isinstance(answer, Redirect)
    answer = journey.handle(Visit("POST", "two", MultiDict({"moved": "True"})), state)
    assert isinstance(answer, Redirect)
    assert answer.page == "check"
    journey.handle(Visit("POST", "one", MultiDict({"kind": "new"})), state)
    page = journey.handle(Visit("GET", "two"), state)
    assert 'name="why"' in page.html(lambda page: page)


def test_the_record_of_selectors_tells_what_was_taken_away():
    field = '[[field]]\nid = "{id}"\nlabel = "{id}見出し"\n'
    choice = 'type = "choice"\n[field.choices]\n'
    before = define(
        field.format(id="name") + field.format(id="note") + 'type = "address"\n'
        + field.format(id="kind") + choice + 'new = "新規"\nold = "継続"\n'
    )  # fmt: skip
    record = json.loads(write_selectors(before))

    def told(text, head='[form]\nid = "enquiry"\ntitle = "題"\n'):
        now = Definition.read((head + text).encode(), "様式.toml")
        return [problem.code for problem in compare_selectors(now, record, "様式.toml")]

    name, note = field.format(id="name"), field.format(id="note")
    kind = field.format(id="kind") + choice
    both = 'new = "新規"\nold = "継続"\n'
    retired = '[form]\nid = "enquiry"\ntitle = "題"\nretired = ["note", "kind.old"]\n'
    assert told(name + note + 'type = "address"\n' + kind + both) == []
    assert told(name.replace("見出し", "") + note + 'type = "address"\n' + kind + both) == []
    assert told(name + kind + both) == ["field_removed"]
    assert told(name + note + kind + both) == ["type_changed"]
    assert told(name + note + 'type = "address"\n' + kind + 'new = "新規"\n') == ["choice_removed"]
    assert told(name + kind + 'new = "新規"\n', retired) == []
    other = retired.replace("enquiry", "other")
    assert told(name + kind + 'new = "新規"\n', other) == ["form_id_changed"]
    record = json.loads(write_selectors(Definition.read((retired + name).encode(), "x")))
    assert told(name) == ["retired_forgotten", "retired_forgotten"]
