import csv
import json

import pytest

from tests.architecture.sources import ROOT

DEFINITION = """\
[form]
id = "enquiry"
title = "問い合わせ票"

[[field]]
id = "name"
label = "氏名"
example = "青葉 花子"

[[field]]
id = "born"
label = "生年月日"
type = "date"
"""


@pytest.fixture
def form(folder):
    """A definition in the working directory."""
    path = folder / "form.toml"
    path.write_text(DEFINITION, encoding="utf-8")
    return path


def table(folder, *rows):
    """A table that was filled in."""
    path = folder / "記入.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([["氏名", "生年月日"], *rows])
    return path


def test_a_good_definition_is_told_so(govkit, form):
    answer = govkit("forms", "check", "form.toml")
    assert answer.exit_code == 0, answer.output
    assert "よい定義です（1ページ、2項目）" in answer.output


def test_every_problem_is_told_with_its_line(govkit, form):
    form.write_text(DEFINITION.replace("label", "lavel"), encoding="utf-8")
    answer = govkit("forms", "check", "form.toml")
    assert answer.exit_code == 1
    assert "form.toml 7行目「lavel」" in answer.output
    assert "form.toml 12行目「lavel」" in answer.output
    assert "「label」と書くところではありませんか" in answer.output


def test_a_record_keeps_ids_from_changing(govkit, form, folder):
    assert govkit("forms", "check", "form.toml", "--record").exit_code == 0
    assert (folder / "form.selectors.json").exists()
    form.write_text(DEFINITION.replace('"name"', '"full_name"'), encoding="utf-8")
    answer = govkit("forms", "check", "form.toml", "--record")
    assert answer.exit_code == 1
    assert "項目「name」がなくなっています" in answer.output
    retired = DEFINITION.replace("title =", 'retired = ["name"]\ntitle =', 1)
    form.write_text(retired.replace('id = "name"', 'id = "full_name"'), encoding="utf-8")
    assert govkit("forms", "check", "form.toml", "--record").exit_code == 0


def test_a_record_that_is_named_must_be_there_and_be_one(govkit, form, folder):
    answer = govkit("forms", "check", "form.toml", "--selectors", "old.json")
    assert answer.exit_code == 1
    assert "--record" in answer.output
    (folder / "old.json").write_text("[]", encoding="utf-8")
    answer = govkit("forms", "check", "form.toml", "--selectors", "old.json")
    assert answer.exit_code == 1
    assert "項目の記録" in answer.output


@pytest.mark.parametrize(
    ("command", "made", "begins"),
    [
        ("template", "form.csv", "\ufeffメモ,氏名,生年月日"),
        ("print", "form.html", "<!doctype html>"),
        ("schema", "form.schema.json", '{\n  "$schema"'),
    ],
)
def test_what_is_made_of_a_definition_never_replaces_a_file_unasked(
    govkit, form, folder, command, made, begins
):
    answer = govkit("forms", command, "form.toml")
    assert answer.exit_code == 0, answer.output
    assert (folder / made).read_text(encoding="utf-8").lstrip("\n").startswith(begins)
    again = govkit("forms", command, "form.toml")
    assert again.exit_code == 1
    assert "--replace" in again.output
    assert govkit("forms", command, "form.toml", "--replace").exit_code == 0
    assert govkit("forms", command, "form.toml", "--out", "x").exit_code == 0
    assert {path.name for path in folder.iterdir()} == {"form.toml", made, "x"}


def test_english_paper_needs_english_texts(govkit, form, folder):
    answer = govkit("forms", "print", "form.toml", "--language", "en")
    assert answer.exit_code == 1
    assert "languages" in answer.output
    file = str(ROOT / "templates" / "forms" / "school_aid.toml")
    answer = govkit("forms", "print", file, "--language", "en", "--out", "en.html")
    assert answer.exit_code == 0, answer.output
    assert "Application for school expense assistance" in (folder / "en.html").read_text("utf-8")


def test_a_good_table_becomes_answers(govkit, form, folder):
    data = table(folder, ["青葉 花子", "R2.4.1"], ["若葉 太郎", "平成31年4月30日"])
    tried = govkit("forms", "import", "form.toml", data.name, "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert "読んだ行 2行、誤りのある行 0行" in tried.output
    assert not (folder / "記入.json").exists()

    answer = govkit("forms", "import", "form.toml", data.name)
    assert answer.exit_code == 0, answer.output
    stored = json.loads((folder / "記入.json").read_text(encoding="utf-8"))
    assert stored["answers"][1] == {"name": "若葉 太郎", "born": "2019-04-30"}


def test_one_wrong_cell_keeps_everything_out(govkit, form, folder):
    data = table(folder, ["青葉 花子", "R2.4.1"], ["若葉 太郎", "平成31年5月1日"], ["", "x"])
    answer = govkit("forms", "import", "form.toml", data.name, "--result", "結果.csv")
    assert answer.exit_code == 1
    assert "記入.csv 3行目「生年月日」（平成31年5月1日）" in answer.output
    assert not (folder / "記入.json").exists()
    told = (folder / "結果.csv").read_text(encoding="utf-8-sig")
    lines = list(csv.reader(told.splitlines()))
    assert [line[:3] for line in lines[1:]] == [
        ["2", "よい", ""],
        ["3", "誤り", "生年月日"],
        ["4", "誤り", "氏名"],
        ["4", "誤り", "生年月日"],
    ]


def test_many_problems_are_left_to_the_result_file(govkit, form, folder):
    data = table(folder, *[["", "x"]] * 30)
    answer = govkit("forms", "import", "form.toml", data.name, "--dry-run")
    assert answer.exit_code == 1
    assert "ほかに40件" in answer.output
    assert answer.output.count("行目「") == 20
