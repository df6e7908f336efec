"""Every type of field: declared, rendered, put on paper, described, filled in by a table and by JSON."""

import json
from io import BytesIO

import pytest
from jsonschema import Draft202012Validator
from werkzeug.datastructures import MultiDict

from govkit.forms.definition_cells import cells_of
from govkit.forms.definition_keys import FIELD_KEYS
from govkit.forms.definition_print import print_form
from govkit.forms.definition_registry import FIELD_TYPES
from govkit.forms.definition_schema import json_schema, to_json
from govkit.forms.definition_selectors import selectors_of
from govkit.forms.definition_table import check_table, write_answers, write_template
from govkit.forms.definition_types import COMMON_KEYS
from tests.forms.definitions import define, problems

NEEDED = {
    "choices": '[field.choices]\none = "ひとつ"\ntwo = "ふたつ"\n',
    "column": '[[field.column]]\nid = "a"\nlabel = "あ"\nexample = "ア"\n'
    '[[field.column]]\nid = "b"\nlabel = "い"\ntype = "number"\n',
}
WITHOUT_EXAMPLE = {"text", "long_text", "digits"}
EVERY = pytest.mark.parametrize("kind", FIELD_TYPES.values(), ids=lambda kind: kind.name)
IN_TABLES = pytest.mark.parametrize(
    "kind", [each for each in FIELD_TYPES.values() if each.is_in_tables], ids=lambda kind: kind.name
)


def one_field(kind, more=""):
    """A definition of one field."""
    lines = f'[[field]]\nid = "it"\nlabel = "それ"\ntype = "{kind.name}"\n'
    if kind.needs_legal_basis:
        lines += 'legal_basis = "番号法第9条第1項"\n'
    if kind.name in WITHOUT_EXAMPLE:
        lines += 'example = "123"\n'
    return lines + more + "".join(NEEDED.get(key, "") for key in kind.keys)


@EVERY
def test_it_needs_no_more_than_a_label(kind):
    form = define(one_field(kind)).form_class()
    page = form.render()
    assert "それ" in page
    assert form["it"].focus_id in page


@EVERY
def test_required_is_the_default_and_can_be_lifted(kind):
    sent = MultiDict({"sent": "1"})
    required = define(one_field(kind)).form_class(sent)
    assert not required.validate()
    optional = define(one_field(kind, "required = false\n")).form_class(sent)
    assert optional.validate(), optional.errors


@EVERY
def test_it_takes_a_condition(kind):
    before = '[[field]]\nid = "ask"\nlabel = "たずねるか"\ntype = "yes_no"\n'
    definition = define(before + one_field(kind, 'show_if = "ask = yes"\n'))
    form = definition.form_class(MultiDict({"ask": "False"}))
    assert form.validate(), form.errors
    assert "it" not in form.answers
    assert not definition.form_class(MultiDict({"ask": "True"})).validate()


@EVERY
def test_it_stands_on_paper(kind):
    page = print_form(define(one_field(kind, 'help = "おしらせ"\n')))
    assert 'id="paper-it"' in page
    assert "おしらせ" in page


@EVERY
def test_its_controls_have_selectors(kind):
    controls = selectors_of(define(one_field(kind)))["fields"]["it"]["controls"]
    assert controls
    assert all(each.startswith('[name="it') for each in controls)


@EVERY
def test_its_keys_exist_and_others_are_refused(kind):
    assert set(kind.keys) <= set(FIELD_KEYS) - set(COMMON_KEYS)
    for key in (
        set(FIELD_KEYS) - set(COMMON_KEYS) - set(kind.keys) - {"choices", "choices_en", "column"}
    ):
        value = '"x"' if FIELD_KEYS[key].kind.name == "TEXT" else "1"
        value = {"YES_NO": "true", "IDS": '["pdf"]'}.get(FIELD_KEYS[key].kind.name, value)
        codes = [code for _row, _key, code in problems(one_field(kind, f"{key} = {value}\n"))]
        assert "key_not_for_type" in codes, key


def filled(definition):
    """The table to fill in with its row of examples taken for an answer."""
    table = BytesIO()
    write_template(definition, table)
    content = table.getvalue()
    assert content.startswith(b"\xef\xbb\xbf")
    return content.replace("記入例".encode(), "例".encode(), 1)


@IN_TABLES
def test_its_example_passes_and_travels(kind):
    definition = define(one_field(kind))
    checked = check_table(definition, BytesIO(filled(definition)), name="表.csv")
    assert checked.problems == ()
    (answers,) = checked.answers
    assert set(answers) == {"it"}

    schema = json_schema(definition)
    Draft202012Validator.check_schema(schema)
    document = json.loads(json.dumps(to_json(definition, answers)))
    assert [each.message for each in Draft202012Validator(schema).iter_errors(document)] == []
    assert not Draft202012Validator(schema).is_valid({})
    assert not Draft202012Validator(schema).is_valid({**document, "other": 1})

    exported = BytesIO()
    assert write_answers(definition, [answers], exported) == 1
    again = check_table(definition, BytesIO(exported.getvalue()), name="表.csv")
    assert again.problems == ()
    assert again.answers == [answers]


@IN_TABLES
def test_a_blank_row_of_it_says_that_it_is_required(kind):
    definition = define('[[field]]\nid = "x"\nlabel = "ほか"\nrequired = false\n' + one_field(kind))
    cells = list(cells_of(definition.table_class()))
    heading = ",".join(cell.heading for cell in cells)
    row = "ほか" + "," * (len(cells) - 1)
    checked = check_table(definition, BytesIO(f"{heading}\r\n{row}\r\n".encode()), name="表.csv")
    assert {problem.row for problem in checked.problems} == {2}
    assert all(problem.column in heading for problem in checked.problems)
    assert "required" in {problem.code for problem in checked.problems} or checked.problems


@pytest.mark.parametrize(
    "kind",
    [each for each in FIELD_TYPES.values() if not each.is_in_tables],
    ids=lambda each: each.name,
)
def test_files_and_my_number_never_travel(kind):
    definition = define('[[field]]\nid = "x"\nlabel = "ほか"\n' + one_field(kind))
    assert [cell.heading for cell in cells_of(definition.table_class())] == ["ほか"]
    assert list(json_schema(definition)["properties"]) == ["x"]
    assert to_json(definition, {"x": "あ", "it": "123"}) == {"x": "あ"}


def test_words_and_titles_are_unique():
    titles = [kind.title for kind in FIELD_TYPES.values()]
    assert len(set(titles)) == len(titles)
    assert [name for name, kind in FIELD_TYPES.items() if kind.name != name] == []


@pytest.mark.parametrize(
    "limits", ["min = 2030-01-02", "max = 2000-01-02", "past = true", "future = true"]
)
@pytest.mark.parametrize("kind", ["date", "era_date", "partial_date"])
def test_the_example_of_a_day_lies_inside_its_limits(kind, limits):
    definition = define(one_field(FIELD_TYPES[kind], f"{limits}\n"))
    assert check_table(definition, BytesIO(filled(definition)), name="表.csv").problems == ()


@pytest.mark.parametrize(
    ("limits", "takes"),
    [
        ("", False),
        ("max = 5", False),
        ("min = 0", False),
        ("min = -10", True),
        ("max = -1", True),
        ("min = -10\nmax = -2", True),
    ],
)
@pytest.mark.parametrize("kind", ["number", "decimal", "amount"])
def test_screen_and_schema_take_a_minus_only_where_a_limit_is_below_zero(kind, limits, takes):
    definition = define(one_field(FIELD_TYPES[kind], f"{limits}\n"))
    assert definition.form_class(MultiDict({"it": "-3"})).validate() == takes
    assert Draft202012Validator(json_schema(definition)).is_valid({"it": -3}) == takes
