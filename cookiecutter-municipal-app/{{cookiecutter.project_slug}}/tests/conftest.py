"""共通の準備。部品は govkit の pytest プラグインにあり、ここにはこのアプリだけの違いを書きます。"""

import os

import pytest

# Version-controlled, so that every clone tests with the same modules.
os.environ["GOVKIT_SETTINGS"] = "govkit.example.toml"


@pytest.fixture(scope="session")
def databases(sqlite_databases):
    """SQLite だけで検査します。この関数を消すと PostgreSQL でも検査します（README を参照）。"""
    return sqlite_databases
