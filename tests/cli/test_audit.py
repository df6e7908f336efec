import sqlite3

import pytest
import sqlalchemy as sa

from govkit.base.deployment import Deployment
from tests.cli.conftest import write_settings

OWN = "132021"


@pytest.fixture
def audited(project, work_of):
    """A deployment of which 立川市 has two audit events."""
    deployment = Deployment(project)
    for number in ("1", "2"):
        with work_of(deployment, OWN) as work:
            work.record("demo.acted", number)
    yield deployment
    deployment.close()


def test_a_whole_chain_is_told_as_such(govkit, audited):
    answer = govkit("audit", "verify")
    assert answer.exit_code == 0, answer.output
    assert "立川市（132021）：記録2件" in answer.output
    assert "昭島市（132071）：記録0件" in answer.output


def test_one_city_can_be_checked_alone(govkit, audited):
    answer = govkit("audit", "verify", "--city", OWN)
    assert "立川市" in answer.output
    assert "昭島市" not in answer.output
    assert govkit("audit", "verify", "--city", "132012").exit_code == 1


def test_newest_links_are_shown_and_kept(govkit, audited, tmp_path, project):
    path = tmp_path / "other disk" / "anchors.jsonl"
    security = project.security.model_copy(update={"audit_anchor_file": path})
    write_settings(tmp_path, project.model_copy(update={"security": security}))
    with (tmp_path / "govkit.toml").open("a", encoding="utf-8") as file:
        file.write(f'\naudit_anchor_file = "{path}"\n')

    answer = govkit("audit", "anchor")

    assert answer.exit_code == 0, answer.output
    assert "立川市（132021）：2番" in answer.output
    assert "昭島市（132071）：まだ記録がありません。" in answer.output
    assert path.read_text(encoding="ascii").count(OWN) == 1
    assert "記録2件、控え1件" in govkit("audit", "verify").output
    path.write_text("spoilt", encoding="ascii")
    spoilt = govkit("audit", "verify")
    assert spoilt.exit_code == 1
    assert "1行目を読めません" in spoilt.stderr


def test_a_broken_chain_is_told_with_its_place(govkit, audited, project):
    file = sa.make_url(project.database.url).database
    if not project.database.url.startswith("sqlite"):
        statement = "DELETE FROM govkit_audit_event"
        with audited.owner_engine() as engine, engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE govkit_audit_event DISABLE ROW LEVEL SECURITY")
            connection.exec_driver_sql(f"{statement} WHERE number = 1")
    else:
        with sqlite3.connect(file) as connection:
            connection.execute("DROP TRIGGER govkit_audit_event_no_delete")
            connection.execute("DELETE FROM govkit_audit_event WHERE number = 1")
    answer = govkit("audit", "verify", "--city", OWN)
    assert answer.exit_code == 1
    assert "1番の記録がありません。" in answer.stderr
