"""Ways to the data that no wall inside Python can close: modules do not take them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("govkit/modules", "templates/module", "cookiecutter-municipal-app")
FORBIDDEN = re.compile(
    r"raw_connection|get_transaction\(|get_bind\(|\.bind\b|listens_for|event\.listen|"
    r"column_property|exec_driver_sql|create_engine|import sqlite3|import psycopg"
)


@pytest.mark.parametrize(
    "path",
    [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_modules_reach_data_through_their_work_only(path: Path) -> None:
    found = FORBIDDEN.findall(path.read_text("utf-8"))
    assert found == [], "use work.session; see docs/decisions/0001"
