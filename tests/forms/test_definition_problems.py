"""Everything that can be wrong in a definition is told with its line and key."""

import re

import pytest

from govkit.forms.definition_form import DefinedForm
from govkit.forms.definition_problems import TEXTS, suggest
from tests.forms.definitions import HEAD, define, problems, sentences

NAME = '[[field]]\nid = "name"\nlabel = "氏名"\n'  # lines 4 to 6
KIND = '[[field]]\nid = "kind"\nlabel = "区分"\ntype = "choice"\nchoices = {new = "新規", old = "継続"}\n'
PAGE = '[[page]]\nid = "one"\ntitle = "一"\n'

CASES = [
    # keys
    (NAME + 'lable = "x"', [(7, "lable", "unknown_key_near")]),
    (NAME + 'xyzzy = "x"', [(7, "xyzzy", "unknown_key")]),
    (NAME + '"必須" = true', [(7, "必須", "unknown_key_near")]),
    (NAME + "[fields]\nx = 1", [(7, "fields", "unknown_key_near")]),
    (NAME + "[forms]\n", [(7, "forms", "unknown_key_near")]),
    (NAME + "[qwerty]\n", [(7, "qwerty", "unknown_key")]),
    ('[[field]]\nid = "name"', [(4, "field", "missing_key")]),
    ("[[field]]\n", [(4, "field", "missing_key"), (4, "field", "missing_key")]),
    ("", [(1, "", "no_fields")]),
    ("[field]\nid = 1", [(4, "field", "wrong_tables"), (1, "", "no_fields")]),
    ("field = [1]", [(4, "field", "unknown_key"), (1, "", "no_fields")]),
    # values of the wrong kind
    (NAME + "required = 1", [(7, "required", "wrong_yes_no")]),
    (NAME + 'required = "true"', [(7, "required", "wrong_yes_no")]),
    (NAME + "help = 3", [(7, "help", "wrong_text")]),
    (NAME + 'help = ["x"]', [(7, "help", "wrong_text")]),
    (NAME + 'help = "　 "', [(7, "help", "blank_text")]),
    (NAME + 'max_length = "10"', [(7, "max_length", "wrong_whole")]),
    (NAME + "max_length = -1", [(7, "max_length", "wrong_whole")]),
    (NAME + "max_length = true", [(7, "max_length", "wrong_whole")]),
    (NAME + "max_length = 1.5", [(7, "max_length", "wrong_whole")]),
    (NAME + 'type = "number"\nmax = "5"', [(8, "max", "wrong_limit")]),
    (NAME + 'type = "date"\nmax = 2026-04-01T10:00:00', [(8, "max", "wrong_limit")]),
    (NAME + 'type = "date"\nmax = 5', [(8, "max", "wrong_limit_kind")]),
    (NAME + 'type = "number"\nmin = 2026-04-01', [(8, "min", "wrong_limit_kind")]),
    (NAME + PAGE + 'fields = "name"', [(10, "fields", "wrong_ids"), (5, "id", "field_on_no_page")]),
    # types
    (NAME + 'type = "dat"', [(7, "type", "unknown_type_near")]),
    (NAME + 'type = "日付"', [(7, "type", "unknown_type_near")]),
    (NAME + 'type = "@@"', [(7, "type", "unknown_type")]),
    (NAME + 'type = "date"\nmax_length = 3', [(8, "max_length", "key_not_for_type")]),
    (NAME + 'choices = {a = "あ"}', [(7, "choices", "key_not_for_type")]),
    # ids
    ('[[field]]\nid = "Name"\nlabel = "氏名"', [(5, "id", "wrong_id")]),
    ('[[field]]\nid = "氏名"\nlabel = "氏名"', [(5, "id", "wrong_id")]),
    ('[[field]]\nid = "birth-date"\nlabel = "x"', [(5, "id", "wrong_id")]),
    ('[[field]]\nid = "1st"\nlabel = "x"', [(5, "id", "wrong_id")]),
    (f'[[field]]\nid = "{"a" * 41}"\nlabel = "x"', [(5, "id", "wrong_id")]),
    ('[[field]]\nid = "data"\nlabel = "x"', [(5, "id", "reserved_id")]),
    ('[[field]]\nid = "validate"\nlabel = "x"', [(5, "id", "reserved_id")]),
    ('[[field]]\nid = "and"\nlabel = "x"', [(5, "id", "reserved_id")]),
    (NAME + '\n[[field]]\nid = "name"\nlabel = "名"', [(9, "id", "duplicate_id")]),
    ('retired = ["name"]\n' + NAME, [(6, "id", "retired_id")]),
    ('retired = ["name"]\n' + NAME.replace("name", "full"), []),
    (NAME + '[[field]]\nid = "other"\nlabel = "氏名"', [(9, "label", "duplicate_label")]),
    ('retired = ["Old"]\n' + NAME, [(4, "retired", "wrong_id")]),
    ('retired = ["name.old", "x.y.z"]\n' + NAME, [(4, "retired", "wrong_id")]),
    ('retired = ["kind.old"]\n' + KIND, [(9, "choices.old", "retired_id")]),
    (NAME + 'type = "my_number"', [(4, "field", "no_legal_basis")]),
    (NAME + 'type = "my_number"\nlegal_basis = "必要なため"', [(8, "legal_basis", "wrong_legal_basis")]),
    (NAME + 'type = "my_number"\nlegal_basis = "番号法第9条第1項"', []),
    (NAME + 'type = "sex"', [(4, "field", "no_legal_basis")]),
    # choices
    (NAME + 'type = "choice"', [(4, "field", "no_choices")]),
    (NAME + 'type = "choice"\n[field.choices]', [(4, "field", "no_choices")]),
    (NAME + 'type = "choice"\nchoices = ["a"]', [(8, "choices", "wrong_choices"), (4, "field", "no_choices")]),
    (NAME + 'type = "select"\n[field.choices]\na = "あ"\nb = "あ"', [(10, "choices.b", "duplicate_choice")]),
    (NAME + 'type = "select"\n[field.choices]\n"あ" = "あ"', [(9, "choices.あ", "wrong_choice_value")]),
    (NAME + 'type = "select"\n[field.choices]\na = " "', [(9, "choices.a", "blank_text")]),
    (NAME + 'type = "select"\n[field.choices]\na = 1', [(8, "choices", "wrong_choices"), (4, "field", "no_choices")]),
    (NAME + 'type = "select"\nchoices = {a = "あ"}\nchoices_en = {b = "B"}', [(9, "choices_en.b", "unknown_choice")]),
    # rows
    (NAME + 'type = "rows"', [(4, "field", "no_columns")]),
    (NAME + 'type = "rows"\ncolumn = 1', [(8, "column", "wrong_tables"), (4, "field", "no_columns")]),
    (NAME + 'type = "rows"\n[[field.column]]\nid = "a"\nlabel = "あ"\ntype = "rows"', [(11, "type", "nested_rows"), (8, "column", "no_columns")]),
    (NAME + 'type = "rows"\n[[field.column]]\nid = "a"\nlabel = "あ"\ntype = "file"', [(11, "type", "nested_rows")]),
    (NAME + 'type = "rows"\n[[field.column]]\nid = "a"\nlabel = "あ"\n[[field.column]]\nid = "a"\nlabel = "あ"', [(12, "id", "duplicate_id"), (13, "label", "duplicate_label")]),
    (NAME + 'type = "rows"\nmin_rows = 3\nmax_rows = 2\n[[field.column]]\nid = "a"\nlabel = "あ"', [(8, "min_rows", "min_above_max")]),
    (NAME + 'type = "rows"\n[[field.column]]\nid = "a"\nlabel = "あ"\n[[field.column]]\nid = "b"\nlabel = "い"\nshow_if = "c"', [(14, "show_if", "rule_unknown_field")]),
    (KIND + NAME + 'type = "rows"\n[[field.column]]\nid = "a"\nlabel = "あ"\nshow_if = "b"\n[[field.column]]\nid = "b"\nlabel = "い"\nshow_if = "a and kind = new"', [(16, "show_if", "rule_later_field")]),
    # limits
    (NAME + 'type = "number"\nmin = 5\nmax = 4', [(8, "min", "min_above_max")]),
    (NAME + 'type = "number"\nmin = 4\nmax = 4', []),
    (NAME + 'type = "date"\nmin = 2026-04-02\nmax = 2026-04-01', [(8, "min", "min_above_max")]),
    (NAME + 'type = "decimal"\nmin = 1.5\nmax = 1', [(8, "min", "min_above_max")]),
    (NAME + 'type = "number"\nmin = 1.5', [(8, "min", "wrong_limit_kind")]),
    (NAME + "min_length = 5\nmax_length = 4", [(7, "min_length", "min_above_max")]),
    (NAME + 'type = "file"\naccept = [\n"pdf",\n"exe"]', [(10, "accept", "unknown_ending")]),
    # examples are judged by the field
    (NAME + 'type = "date"\nexample = "令和8年2月30日"', [(8, "example", "wrong_example")]),
    (NAME + 'max_length = 3\nexample = "立川花子"', [(8, "example", "wrong_example")]),
    (NAME + 'type = "digits"\nlength = 8\nexample = "1234567"', [(9, "example", "wrong_example")]),
    (NAME + 'type = "yes_no"\nexample = "たぶん"', [(8, "example", "wrong_example")]),
    (NAME + 'type = "agreement"\nexample = "たぶん"', [(8, "example", "wrong_example")]),
    (NAME + 'type = "number"\nexample = "１２"', []),
    # languages
    ('languages = ["ja", "en"]\ntitle_en = "Form"\n' + NAME, [(8, "label", "missing_english")]),
    ('languages = ["ja", "en"]\n' + NAME + 'label_en = "Name"', [(3, "title", "missing_english")]),
    ('languages = ["en"]\ntitle_en = "Form"\n' + NAME + 'label_en = "Name"', [(4, "languages", "unknown_language")]),
    ('languages = ["ja", "fr"]\n' + NAME, [(4, "languages", "unknown_language")]),
    # pages
    (NAME + PAGE + 'fields = ["name"]', []),
    (NAME + PAGE + 'fields = ["nam"]', [(5, "id", "field_on_no_page"), (10, "fields", "page_unknown_field_near")]),
    (NAME + PAGE + 'fields = [\n"name",\n"zzz"]', [(12, "fields", "page_unknown_field")]),
    (NAME + PAGE + 'fields = ["name", "name"]', [(10, "fields", "field_on_two_pages")]),
    (NAME + PAGE + 'fields = ["name"]\n[[page]]\nid = "two"\ntitle = "二"\nfields = []', [(14, "fields", "empty_page")]),
    (NAME + PAGE + 'fields = ["name"]\n[[page]]\nid = "one"\ntitle = "二"\nfields = ["name"]', [(12, "id", "duplicate_id"), (14, "fields", "field_on_two_pages")]),
    (NAME + PAGE, [(5, "id", "field_on_no_page"), (7, "page", "missing_key")]),
    (NAME + PAGE + 'fields = []', [(5, "id", "field_on_no_page"), (10, "fields", "empty_page")]),
    # conditions
    (KIND + NAME + 'show_if = "kind = new"', []),
    (KIND + NAME + 'show_if = "kind = "', [(12, "show_if", "wrong_rule")]),
    (KIND + NAME + 'show_if = "kimd = new"', [(12, "show_if", "rule_unknown_field_near")]),
    (KIND + NAME + 'show_if = "zzz = new"', [(12, "show_if", "rule_unknown_field")]),
    (KIND + NAME + 'show_if = "kind = newer"', [(12, "show_if", "rule_unknown_choice")]),
    (NAME + 'type = "agreement"\n' + KIND + 'show_if = "name = maybe"', [(13, "show_if", "rule_unknown_choice")]),
    (KIND + NAME + 'show_if = "name"', [(12, "show_if", "rule_later_field")]),
    (NAME + 'show_if = "kind = new"\n' + KIND, [(7, "show_if", "rule_later_field")]),
    (KIND + NAME + PAGE + 'fields = ["name"]\nshow_if = "kind = new"\n[[page]]\nid = "two"\ntitle = "二"\nfields = ["kind"]',
     [(16, "show_if", "rule_later_field")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES, ids=lambda value: repr(value)[-60:])
def test_what_is_wrong_is_told_with_line_and_key(text, expected):
    assert sorted(problems(text)) == sorted(expected)


SYNTAX = [
    ("form = 1", [(1, "form", "wrong_table"), (1, "", "no_fields")]),
    ('[form]\nid = "a', [(2, "", "open_text")]),
    ("[form]\nid = 'a", [(2, "", "open_text")]),
    ('[form]\nid ＝ "a"', [(2, "", "full_width_sign")]),
    ("[form]\nid = “a”", [(2, "", "full_width_sign")]),
    ("［form］\nid = 1", [(1, "", "full_width_sign")]),
    ('[form]\n　id = "a"', [(2, "", "full_width_sign")]),
    ('[form]\nid = "＝"\nid = "b"', [(3, "", "written_twice")]),
    ("[form]\n氏名 = 1", [(2, "", "japanese_key")]),
    ("[form]\nid = あ", [(2, "", "no_value")]),
    ("[form]\nid", [(2, "", "no_value")]),
    ('[form]\nid = "a"\n[form]', [(3, "", "opened_twice")]),
    ('[form]\nid = "a" b', [(2, "", "not_toml")]),
    ("[form]\nid = [1, 2\n\ntitle = 1", [(4, "", "open_list")]),
    ('[form]\nid = "a\ntitle = b\nabout ＝ "c"\nok = 1',
     [(2, "", "open_text"), (3, "", "no_value"), (4, "", "full_width_sign")]),
    ('[form]\r\nid = "a"\r\nid = "b"\r\n', [(3, "", "written_twice")]),
    ('[form]\nabout = """\nnever closed', [(3, "", "open_text")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SYNTAX, ids=lambda value: repr(value)[-40:])
def test_slips_of_syntax_are_told_in_japanese(text, expected):
    assert problems(text.encode()) == expected


def test_other_encodings_and_the_mark_of_notepad():
    text = HEAD + NAME
    assert problems(b"\xef\xbb\xbf" + text.encode()) == []
    assert problems(text.replace("\n", "\r\n").encode()) == []
    assert problems(b"# x\n" + text.encode("cp932")) == [(4, "", "not_utf8")]
    assert problems(text.encode("utf-16")) == [(1, "", "not_utf8")]


def test_a_problem_reads_as_a_sentence_with_its_place():
    assert sentences(NAME + 'lable = "x"') == [
        "様式.toml 7行目「lable」: このキーはありません。「label」と書くところではありませんか。"
    ]
    assert sentences(NAME + 'type = "日付"') == [
        '様式.toml 7行目「type」: 「日付」という種類はありません。"date" と書くところではありませんか。'
    ]
    assert sentences(KIND + NAME + 'show_if = "kind = newer"') == [
        "様式.toml 12行目「show_if」: 条件にある「newer」は、項目「kind」の選択肢にありません。new、old から選んでください。"
    ]


def test_everything_is_told_at_once_in_the_order_of_the_lines():
    text = '[[field]]\nid = "A"\nlable = "x"\nrequired = "yes"\n[[field]]\ntype = "x"\n' + PAGE
    rows = [row for row, _key, _code in problems(text)]
    assert rows == sorted(rows)
    assert len(rows) >= 7


@pytest.mark.parametrize(
    ("word", "expected"),
    [("lable", "label"), ("ＬＡＢＥＬ", "label"), ("見出し", "label"), ("xq", ""), ("", "")],
)
def test_what_was_probably_meant(word, expected):
    assert suggest(word, ["label", "type"], {"見出し": "label"}) == expected


def test_every_code_can_be_told():
    """No sentence is kept for a problem that nothing finds."""
    told = {code for _text, found in [*CASES, *SYNTAX] for _row, _key, code in found}
    told |= {"not_utf8"}
    assert set(TEXTS) - told == set()


def test_all_names_of_a_form_are_reserved():
    for name in [name for name in dir(DefinedForm) if re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name)]:
        assert (5, "id", "reserved_id") in problems(f'[[field]]\nid = "{name}"\nlabel = "x"')


def test_a_definition_without_problems_is_read():
    definition = define(KIND + NAME + 'show_if = "kind = new"')
    assert [field.id for field in definition.fields] == ["kind", "name"]
    assert [page.fields for page in definition.pages] == [("kind", "name")]
