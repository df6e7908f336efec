"""The reference covers every setting, command, module, permission and policy."""

import importlib
import re

import pytest

from govkit.base.module import load_modules
from govkit.base.settings import Settings
from tests.architecture.sources import ROOT, is_japanese
from tests.docs.pages import blocks, pages


@pytest.fixture(scope="module")
def extension():
    return importlib.import_module("govkit_docs")


def _directives():
    return {
        (block.language.strip("{}").split("} "))[0]: block.page
        for page in pages()
        for block in blocks(page)
        if block.language.startswith("{govkit-")
    }


def test_every_setting_is_explained_and_nothing_else(extension):
    keys = [key for key, _field in extension.settings_keys()]
    assert keys
    assert sorted(extension.explanations()["settings"]) == sorted(keys)


def test_every_policy_is_explained_and_nothing_else(extension):
    keys = [f"{name}.{key}" for name, model in extension.policies() for key in model.model_fields]
    assert keys
    assert sorted(extension.explanations()["policies"]) == sorted(keys)


def test_every_command_and_option_says_in_japanese_what_it_does(extension):
    found = dict(extension.commands())
    assert {"govkit run", "govkit city add", "govkit residents import"} <= set(found)
    silent = [name for name, command in found.items() if not is_japanese(command.help)]
    silent += [
        f"{name} {option.name}"
        for name, command in found.items()
        for option in command.params
        if option.param_type_name == "option" and not is_japanese(getattr(option, "help", ""))
    ]
    assert silent == []


@pytest.mark.parametrize("module", load_modules(Settings().app.modules), ids=lambda each: each.name)
def test_every_module_has_a_page_with_its_tables_made_from_the_code(module):
    text = (ROOT / "docs" / "modules" / f"{module.name}.md").read_text(encoding="utf-8")
    assert f"{{govkit-permissions}} {module.name}" in text
    assert f"{{govkit-tables}} {module.name}" in text
    assert (module.policy is None) == (f"{{govkit-policy}} {module.name}" not in text)


def test_every_directive_of_the_extension_is_used(extension):
    assert {name.split()[0].rstrip("}") for name in _directives()} == set(extension.DIRECTIVES)


def test_links_between_pages_lead_to_files():
    wrong = []
    for page in pages():
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if target.startswith(("https://", "http://", "#")):
                continue
            if not (page.parent / target.split("#")[0]).exists():
                wrong.append(f"{page.relative_to(ROOT)} → {target}")
    assert wrong == []


def test_every_page_is_in_the_contents():
    listed = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    found = [page for page in pages() if (ROOT / "docs") in page.parents]
    names = [page.relative_to(ROOT / "docs").with_suffix("").as_posix() for page in found]
    missing = [name for name in names if name != "index" and f"\n{name}\n" not in listed]
    assert missing == []


def test_decisions_are_numbered_without_gaps():
    files = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("0*.md"))
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    for name in files:
        text = (ROOT / "docs" / "decisions" / name).read_text(encoding="utf-8")
        assert text.startswith(f"# {name[:4]} ")
        assert all(f"**{part}**" in text for part in ("状況", "判断", "結果"))


def test_changes_are_one_sentence_each():
    kinds = {"added", "changed", "fixed", "removed", "security"}
    files = [path for path in (ROOT / "changes").iterdir() if path.name != "README.md"]
    assert files
    for path in files:
        number, kind, ending = path.name.split(".")
        assert number.isdigit()
        assert (kind in kinds, ending) == (True, "md")
        text = path.read_text(encoding="utf-8").strip()
        assert text.count("\n") == 0
        assert text.endswith("。")
