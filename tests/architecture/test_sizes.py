"""Nothing grows past what a person can keep in view."""

import ast

from tests.architecture.sources import ROOT, functions, python_files

CODE = ("govkit", "tests", "tools", "benchmarks", "docs")
MAX_FILE, MAX_FUNCTION, MAX_ARGUMENTS = 600, 60, 6
SHIPPED = ("govkit", "tools")
ENDINGS = (".py", ".html", ".css", ".js", ".sh", ".toml")


def test_files_are_at_most_600_lines_long():
    lengths = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").count("\n")
        for folder in (*CODE, "cookiecutter-municipal-app", "templates")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in ENDINGS and "_build" not in path.parts
    }
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > MAX_FILE} == {}


def test_functions_are_at_most_60_lines_long():
    # Migrations are written by a command, one statement per table.
    wrong = {
        f"{source.path}:{function.lineno} {function.name}": lines
        for source in python_files(*CODE)
        if not source.is_migration
        for function in functions(source)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MAX_FUNCTION
    }
    assert wrong == {}


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    given = function.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return [each for each in named if each.arg not in ("self", "cls")]


def _is_command(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether click fills the arguments from a command line: each option is one argument."""
    return any("command" in ast.unparse(each) for each in function.decorator_list)


def _is_framework_hook(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether pydantic dictates the arguments."""
    return function.name == "settings_customise_sources"


def test_functions_take_at_most_six_arguments():
    wrong = {
        f"{source.path}:{function.lineno} {function.name}": len(_arguments(function))
        for source in python_files(*SHIPPED)
        for function in functions(source)
        if len(_arguments(function)) > MAX_ARGUMENTS
        and not _is_command(function)
        and not _is_framework_hook(function)
    }
    assert wrong == {}


def test_booleans_are_given_by_name():
    wrong = [
        f"{source.path}:{function.lineno} {function.name}({each.arg})"
        for source in python_files(*SHIPPED)
        for function in functions(source)
        for each in [*function.args.posonlyargs, *function.args.args]
        if each.annotation is not None and ast.unparse(each.annotation) == "bool"
    ]
    assert wrong == []
