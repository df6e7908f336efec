"""Every Python block of README and docs runs; every command and make target that they name exists."""

import os
import re
import shlex
import subprocess
import sys

import click
import pytest

from govkit.cli import main
from tests.architecture.sources import ROOT
from tests.docs.pages import blocks, pages

RUN = {"python", "pycon"}
SHOWN = {"console", "text", "toml", "html", "jinja", "ini", "nginx", "sql", "csv", ""}
WITH_CODE = [page for page in pages() if any(block.language in RUN for block in blocks(page))]


@pytest.mark.parametrize("page", WITH_CODE, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_python_of_a_page_runs_from_top_to_bottom(page, tmp_path):
    _run(tmp_path, str(page))


def test_each_example_of_one_layer_runs_when_it_alone_is_copied(tmp_path):
    _run(tmp_path, str(ROOT / "docs" / "start" / "one_layer.md"), "--alone")


def test_the_field_of_the_tutorial_takes_ten_lines():
    _app, field, *_checks = [
        block
        for block in blocks(ROOT / "docs" / "forms" / "ten-lines.md")
        if block.language == "python"
    ]
    assert len([line for line in field.body.splitlines() if line.strip()]) == 10


def _run(tmp_path, *arguments):
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.docs.run_page", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_no_page_installs_the_package_from_an_index_that_lacks_it():
    readmes = [*ROOT.glob("cookiecutter-municipal-app/*/README.md")]
    readmes += ROOT.glob("templates/*/*/README.md")
    assert len(readmes) == 3
    told = re.compile(r"pip install[^`\n]*govkit-jp|pypi\.org/project/govkit")
    assert [each for each in [*pages(), *readmes] if told.search(each.read_text("utf-8"))] == []


def test_every_block_is_run_or_of_a_kind_that_is_only_shown():
    wrong = [
        f"{block.page}:{block.line} {block.language}"
        for page in pages()
        for block in blocks(page)
        if block.language not in RUN | SHOWN and not block.language.startswith("{")
    ]
    assert wrong == []


def _commands() -> list[tuple[str, list[str]]]:
    return [
        (f"{block.page}:{block.line}", shlex.split(line.removeprefix("$ "), comments=True))
        for page in pages()
        for block in blocks(page)
        if block.language == "console"
        for line in block.body.splitlines()
        if line.startswith("$ ")
    ]


@pytest.mark.parametrize(
    ("place", "words"),
    [each for each in _commands() if each[1][:1] == ["govkit"]],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_every_govkit_command_of_the_pages_exists(place, words):
    command: click.Command = main
    rest = words[1:]
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(click.Context(command), rest[0])
        assert found is not None, place
        command, rest = found, rest[1:]
    known = {option for parameter in command.params for option in parameter.opts} | {
        "--help",
        "--version",
    }
    given = {word.split("=")[0] for word in rest if word.startswith("--")}
    assert given <= known, place
    if not isinstance(command, click.Group) and "--help" not in given:
        values, left, _order = command.make_parser(click.Context(command)).parse_args([*rest])
        arguments = [each for each in command.params if isinstance(each, click.Argument)]
        assert left == [], place
        assert all(values.get(str(each.name)) for each in arguments if each.required), place


def test_every_make_target_of_the_pages_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    asked = {word for _place, words in _commands() if words[:1] == ["make"] for word in words[1:]}
    assert {word for word in asked if "=" not in word} <= targets
