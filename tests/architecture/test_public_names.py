"""What is public is listed, importable and documented."""

import ast
import inspect
from collections.abc import Iterable, Iterator
from importlib import import_module
from types import ModuleType

import pytest

from tests.architecture.sources import Source, module_names, python_files

LISTED = [
    source
    for source in python_files("govkit")
    if not source.is_migration and not source.name.endswith("__main__")
]
# Declared by Flask or click as attributes, not called by importers.
DECLARING = {"ACTIONS", "DETAILS", "DOCUMENTS", "PERSONAL_FILES", "Module", "NavItem", "Permission"}


def _bound(targets: Iterable[ast.expr]) -> set[str]:
    """Names on the left side of an assignment, also inside tuples."""
    nodes = (node for target in targets for node in ast.walk(target))
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _names(source: Source) -> set[str]:
    """Public names that the file itself binds at module level, imports left out."""
    bound = set()
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.Assign):
            bound |= _bound(node.targets)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            bound.add(node.target.id)
    return {name for name in bound if not name.startswith("_")}


def _is_documented_value(module: ModuleType, name: str) -> bool:
    """Whether a value that cannot carry a docstring is followed by one where it is bound."""
    origins = [source for source in LISTED if name in _names(source)]
    for source in origins:
        for node, after in zip(source.tree.body, [*source.tree.body[1:], None], strict=True):
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AnnAssign)
                else []
            )
            if name not in _bound(targets):
                continue
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                return True
    return False


def _is_documented(module: ModuleType, name: str) -> bool:
    value = getattr(module, name)
    if inspect.isclass(value) or inspect.isfunction(inspect.unwrap(value)):
        return bool((getattr(value, "__doc__", "") or "").strip())
    described = getattr(value, "help", "") or name in ("module", "pages")
    return bool(described) or _is_documented_value(module, name)


def _problems_of_names(source: Source) -> Iterator[str]:
    module = import_module(source.name)
    if not (module.__doc__ or "").strip():
        yield f"{source.name}: no docstring"
    listed = getattr(module, "__all__", [])
    if len(set(listed)) != len(listed):
        yield f"{source.name}: a name is listed twice"
    for name in listed:
        if not hasattr(module, name):
            yield f"{source.name}.{name}: listed, but not there"
        elif not _is_documented(module, name):
            yield f"{source.name}.{name}: not documented"


# One test each and not one a file: the files are many.
def test_every_public_name_exists_and_is_documented():
    assert [each for source in LISTED for each in _problems_of_names(source)] == []


def test_a_file_with_public_names_says_which_are_for_others():
    silent = [
        source.name
        for source in LISTED
        if any(
            isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            for node in source.tree.body
        )
        and not hasattr(import_module(source.name), "__all__")
    ]
    assert silent == []


@pytest.mark.parametrize("name", module_names())
def test_the_public_names_of_a_module_are_all_that_it_imports(name):
    source = next(each for each in LISTED if each.name == f"govkit.modules.{name}")
    bound = {
        alias.asname or alias.name
        for node in source.tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    } | _names(source)
    public = {each for each in bound if not each.startswith("_")} - DECLARING
    assert sorted(import_module(source.name).__all__) == sorted(public)
