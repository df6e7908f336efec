"""Ways to the data that no wall inside Python can close: modules do not take them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("govkit/modules", "templates/module", "cookiecutter-municipal-app")
FORBIDDEN = re.compile(
    r"raw_connection|get_transaction\(|get_bind\(|\.bind\b|listens_for|event\.listen|"
    r"column_property|exec_driver_sql|create_engine|import sqlite3|import psycopg"
)


def test_modules_reach_data_through_their_work_only() -> None:
    found = {
        str(path.relative_to(ROOT)): ways
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (ways := FORBIDDEN.findall(path.read_text("utf-8")))
    }
    assert found == {}, "use work.session; see docs/decisions/0001"
