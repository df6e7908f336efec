"""Who may import whom, beyond what the contracts in pyproject.toml say."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import grimp
import pytest

from tests.architecture.sources import ROOT, Source, functions, module_names, python_files

WEB_FILES = frozenset({"views", "forms", "cli"})


def test_the_import_contracts_hold():
    # In a process of its own: the linter silences all loggers of the one it runs in.
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def _imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str, tuple[str, ...]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node, node.module or "", tuple(alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name, ()


def test_modules_use_only_the_public_names_of_each_other():
    public = {name: import_module(f"govkit.modules.{name}").__all__ for name in module_names()}
    wrong = []
    for source in python_files("govkit"):
        own = source.name.split(".")[2] if source.name.startswith("govkit.modules.") else None
        for node, target, names in _imports(source.tree):
            parts = target.split(".")
            if parts[:2] != ["govkit", "modules"] or len(parts) < 3 or parts[2] == own:
                continue
            if len(parts) > 3 or not set(names) <= set(public[parts[2]]) or not names:
                wrong.append(f"{source.path}:{node.lineno} {ast.unparse(node)}")
    assert not wrong


def test_nothing_of_ours_is_imported_inside_a_function():
    wrong = [
        f"{source.path}:{node.lineno} {ast.unparse(node)}"
        for source in python_files("govkit", "tests")
        for function in functions(source)
        for node, target, _names in _imports(function)
        if target.split(".")[0] in ("govkit", "tests")
    ]
    assert not wrong


def test_services_know_nothing_of_their_own_pages():
    wrong = []
    for source in python_files("govkit"):
        parts = source.name.split(".")
        if parts[:2] != ["govkit", "modules"] or len(parts) < 4 or parts[3] in WEB_FILES:
            continue
        wrong += [
            f"{source.path}:{node.lineno}"
            for node, target, names in _imports(source.tree)
            if target.startswith("govkit.modules.")
            and WEB_FILES & {*target.split(".")[3:], *(names if target.count(".") == 2 else ())}
        ]
    assert not wrong


def test_no_file_imports_itself_in_a_circle():
    graph = grimp.build_graph("govkit", cache_dir=None)
    wrong = []
    for module in sorted(graph.modules):
        for target in graph.find_modules_directly_imported_by(module):
            # The package's own __init__ names what its files define: that is no circle.
            if target != module and graph.chain_exists(importer=target, imported=module):
                wrong.append(f"{module} → {target}")
    assert not wrong


@pytest.mark.parametrize("name", module_names())
def test_a_module_is_one_folder_with_the_usual_files(name):
    folder = ROOT / "govkit" / "modules" / name
    files = {entry.name for entry in folder.iterdir()}
    assert "__init__.py" in files
    if not import_module(f"govkit.modules.{name}").module.models:
        assert not {"models.py", "migrations"} & files  # it keeps nothing of its own
        return
    assert {"models.py", "migrations"} <= files
    assert (folder / "migrations" / "__init__.py").is_file()
    assert sorted((folder / "migrations").glob("0001_*.py"))


def source_of(dotted: str) -> Source:
    """The file of a dotted name."""
    return next(source for source in python_files("govkit") if source.name == dotted)


@pytest.mark.parametrize("name", module_names())
def test_what_a_module_requires_is_what_it_imports(name):
    module = import_module(f"govkit.modules.{name}").module
    folder = f"govkit/modules/{name}/"
    imported = {
        target.split(".")[2]
        for source in python_files("govkit")
        if source.path.startswith(folder)
        for _node, target, _names in _imports(source.tree)
        if target.startswith("govkit.modules.")
    } - {name}
    assert module.name == name
    assert imported <= set(module.requires)
    assert Path(ROOT, *module.package.split(".")) == ROOT / folder.rstrip("/")
