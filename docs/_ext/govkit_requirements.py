"""The page that tells for each requirement which tests prove it, read from the tests themselves."""

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
REQUIREMENTS = Path(__file__).parent / "requirements.toml"
NAMED = ("own", "promises", "asvs", "beyond", "deployment", "documents")
"""Sections that tests can name."""


def requirements() -> Mapping[str, Mapping[str, str]]:
    """What is promised, in sections, by id."""
    return tomllib.loads(REQUIREMENTS.read_text(encoding="utf-8"))


def ids(section: str) -> dict[str, str]:
    """The ids of a section as tests write them, and what they mean."""
    prefix = "" if section in ("own", "promises") else "ASVS-"
    return {f"{prefix}{key}": words for key, words in requirements()[section].items()}


def proofs(folder: Path = ROOT / "tests") -> dict[str, list[str]]:
    """Tests by the requirement that they name, as ``path::test``."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name, named in _marked(tree):
            for one in named:
                found[one].append(f"{place}{'::' * bool(name)}{name}")
    return dict(found)


def _marked(tree: ast.Module) -> Iterator[tuple[str, Iterable[str]]]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                marks: Iterable[ast.AST] = node.decorator_list
            case ast.Assign(targets=[ast.Name(id="pytestmark")]):
                name, marks = "", ast.walk(node.value)
            case _:
                continue
        for mark in marks:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.requirement":
                yield name, [ast.literal_eval(each) for each in mark.args]
