import gzip
import sqlite3
from datetime import date

import pytest
import sqlalchemy as sa

from govkit.base.deployment import Deployment
from govkit.base.settings import load_settings
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


@pytest.fixture
def past_term(project, folder, work_of, clock):
    """A read of 2010 in 立川市, whose chain is anchored on another disk; the folder of the files."""
    with (folder / "govkit.toml").open("a", encoding="utf-8") as file:
        file.write(f'\naudit_anchor_file = "{folder / "other disk" / "anchors.jsonl"}"\n')
    clock.move_to(date(2010, 5, 1))
    deployment = Deployment(load_settings(), clock=clock)
    with work_of(deployment, OWN) as work:
        work.record("residents.get", "000000000000001")
    deployment.close()
    return folder / "retired"


@pytest.mark.requirement("LOG-4")
def test_records_past_their_term_are_retired_to_a_file_that_can_be_checked(govkit, past_term):
    retire = ("audit", "retire", "--city", OWN, "--to", str(past_term))

    assert "1番までの記録を削除できます。" in govkit(*retire, "--dry-run").output
    assert not past_term.exists()
    unexplained = govkit(*retire)
    assert unexplained.exit_code == 1
    assert "--reason" in unexplained.stderr

    done = govkit(*retire, "--reason", "決裁12号")
    assert done.exit_code == 0, done.output
    assert "1番から1番までの記録1件" in done.output
    (file,) = past_term.iterdir()
    checked = govkit("audit", "check-archive", str(file))
    assert "✔ 立川市：1番から1番までの記録1件。正常です。" in checked.output
    assert "削除した記録1件。正常です。" in govkit("audit", "verify", "--city", OWN).output
    assert "保存期間を過ぎた記録はありません。" in govkit(*retire, "--reason", "再度").output


@pytest.mark.requirement("LOG-4")
def test_a_file_of_retired_records_that_was_changed_is_refused(govkit, past_term):
    govkit("audit", "retire", "--city", OWN, "--to", str(past_term), "--reason", "決裁12号")
    (file,) = past_term.iterdir()
    text = gzip.decompress(file.read_bytes())
    assert b"residents.get" in text
    file.write_bytes(gzip.compress(text.replace(b"residents.get", b"residents.got")))

    answer = govkit("audit", "check-archive", str(file))

    assert answer.exit_code == 1
    assert "✔" not in answer.output
