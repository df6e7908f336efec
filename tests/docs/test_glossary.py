"""Every term has one English and one Japanese name, and what the code names is in the list."""

import tomllib

import pytest

from govkit.base.db import Base
from govkit.base.deployment import ROLE_TITLES
from govkit.base.module import load_modules
from govkit.base.settings import Settings
from tests.architecture.sources import ROOT

TERMS = tomllib.loads((ROOT / "GLOSSARY.toml").read_text(encoding="utf-8"))["term"]


@pytest.fixture(scope="module")
def japanese():
    return {each["japanese"] for each in TERMS}


def test_every_entry_is_whole_and_unique():
    assert all(set(each) == {"english", "japanese", "source"} for each in TERMS)
    assert all(all(value.strip() for value in each.values()) for each in TERMS)
    for key in ("english", "japanese"):
        names = [each[key] for each in TERMS]
        assert sorted(names) == sorted(set(names))


def test_every_table_and_role_is_a_term(japanese):
    modules = load_modules(Settings().app.modules)
    assert modules
    tables = {
        str(mapper.local_table.comment): mapper.class_.__name__
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("govkit.")
    }
    assert {text: name for text, name in tables.items() if text not in japanese} == {}
    assert {str.__str__(title) for title in ROLE_TITLES.values()} <= japanese


def test_every_module_is_titled_with_a_term(japanese):
    titles = {str.__str__(module.title) for module in load_modules(Settings().app.modules)}
    assert titles - japanese == set()
