"""Pages of jobs and notices: own and others', files, stopping, reading."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from govkit.base.audit import AuditEvent
from govkit.base.identity import Appointment
from govkit.base.job_files import JobFile, JobFiles
from govkit.base.jobs import enqueue
from govkit.base.worker import run_due_jobs
from govkit.testing.plugin import PASSWORD, appoint
from tests.base.jobs import kinds
from tests.base.jobs.conftest import CITY

assert kinds


@pytest.fixture
def databases(sqlite_databases):
    """One kind of database: pages say the same on both."""
    return sqlite_databases


@pytest.fixture
def client_of(app):
    def make(login):
        app.config["WTF_CSRF_ENABLED"] = False
        client = app.test_client()
        assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 303
        return client

    return make


@pytest.fixture
def client(client_of, login):
    return client_of(login)


@pytest.fixture
def ask(as_actor):
    def make(name, /, **arguments):
        with as_actor() as work:
            return enqueue(work, name, arguments, title="台帳の作成").id

    return make


def test_a_job_under_way_is_asked_for_again_and_one_that_is_over_is_not(client, deployment, ask):
    job_id = ask("tests.add_role", name="made")
    waiting = client.get(f"/jobs/{job_id}").text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in waiting
    assert "data-job-waits" in waiting
    assert "順番を待っています" in waiting
    assert 'http-equiv="refresh"' not in client.get(f"/jobs/{job_id}?still=1").text

    run_due_jobs(deployment)

    over = client.get(f"/jobs/{job_id}").text
    assert 'http-equiv="refresh"' not in over
    assert "data-job-waits" not in over
    assert "1件を作りました。" in over
    assert "中止する" not in over


def test_what_went_wrong_stands_on_the_page_with_the_way_to_try_again(client, deployment, ask):
    job_id = ask("tests.refused")
    run_due_jobs(deployment)
    page = client.get(f"/jobs/{job_id}").text
    assert "この月は締まっています。" in page
    assert client.post(f"/jobs/{job_id}/retry").status_code == 303
    assert "順番を待っています" in client.get(f"/jobs/{job_id}").text
    assert client.post(f"/jobs/{job_id}/retry").status_code == 409


def test_a_job_that_waits_is_stopped_on_its_page(client, ask):
    job_id = ask("tests.add_role", name="made")
    assert client.post(f"/jobs/{job_id}/cancel").status_code == 303
    assert "中止しました" in client.get(f"/jobs/{job_id}").text


def test_jobs_of_others_do_not_exist_for_those_who_do_not_manage_them(
    client, client_of, deployment, ask
):
    job_id = ask("tests.file")
    run_due_jobs(deployment)
    clerk = client_of(appoint(deployment, CITY, "board_clerk"))
    for path in (f"/jobs/{job_id}", "/jobs?all=1"):
        assert "台帳の作成" not in clerk.get(path).text
    assert clerk.get(f"/jobs/{job_id}").status_code == 404
    assert clerk.post(f"/jobs/{job_id}/cancel").status_code == 404

    colleague = client_of(appoint(deployment, CITY, "administrator"))
    assert "台帳の作成" not in colleague.get("/jobs").text
    assert "台帳の作成" in colleague.get("/jobs?all=1").text
    assert "名簿.csv" not in colleague.get(f"/jobs/{job_id}").text
    assert colleague.post(f"/jobs/{job_id}/retry").status_code == 403


WHY = {"purpose": "duty", "reason": "名簿の確認"}


def file_of(client, job_id):
    [address] = re.findall(r'href="(/jobs/files/[^"]+)"', client.get(f"/jobs/{job_id}").text)
    return address


@pytest.mark.requirement("OUT-2")
def test_a_file_leaves_to_its_owner_for_a_purpose_while_the_right_lasts(
    client, client_of, deployment, ask, clock, login
):
    job_id = ask("tests.file", people=3)
    run_due_jobs(deployment)
    address = file_of(client, job_id)
    page = client.get(address).text
    assert "名簿.csv" in page
    assert 'name="purpose"' in page
    assert client.post(address, data={"purpose": "duty"}).status_code == 400
    answer = client.post(address, data=WHY)
    assert answer.data == b"a,b\n"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"

    colleague = client_of(appoint(deployment, CITY, "administrator"))
    assert [colleague.get(address).status_code, colleague.post(address).status_code] == [404] * 2
    with deployment.session(CITY, writes=False) as session:
        [left] = session.scalars(
            sa.select(AuditEvent).where(AuditEvent.action == "export.handed_out")
        )
    assert (left.reason, left.detail["kind"], left.detail["count"]) == (
        "名簿の確認",
        "tests.file",
        3,
    )

    appoint(deployment, CITY, "board_clerk", login=login)
    with deployment.session(CITY) as session:
        for each in session.scalars(sa.select(Appointment)):
            if each.title == "administrator":
                each.valid_to = clock.now.date() - timedelta(days=1)
        session.commit()
    assert [client.get(address).status_code, client.post(address).status_code] == [403] * 2


@pytest.mark.requirement("OUT-2")
def test_a_file_about_many_people_waits_for_a_second_person(client, client_of, deployment, ask):
    job_id = ask("tests.file", people=201)
    run_due_jobs(deployment)
    asked = client.post(file_of(client, job_id), data=WHY)
    assert asked.status_code == 303
    waiting = asked.headers["Location"]
    assert waiting.startswith("/exports/")
    assert client.post(f"{waiting}/fetch").status_code == 409

    colleague = client_of(appoint(deployment, CITY, "administrator"))
    assert colleague.post(f"{waiting}/approve").status_code == 303
    assert client.post(f"{waiting}/fetch").data == b"a,b\n"


@pytest.mark.requirement("TEN-5")
def test_files_lie_under_random_names_in_the_folder_of_the_municipality(deployment, ask):
    ask("tests.file")
    run_due_jobs(deployment)
    folder = deployment.settings.jobs.files
    (path,) = [each for each in folder.rglob("*") if each.is_file()]
    assert path.parent == folder / CITY
    assert re.fullmatch("[0-9a-f]{32}", path.name)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_files_end_after_their_days_and_those_of_failed_jobs_have_no_row(
    client, deployment, ask, clock
):
    job_id = ask("tests.file")
    ask("tests.file", fails=True)
    run_due_jobs(deployment)
    folder = deployment.settings.jobs.files / CITY
    assert len(list(folder.iterdir())) == 2
    address = file_of(client, job_id)

    clock.now += timedelta(days=8)
    login_again = client.get(address)
    assert login_again.status_code == 303  # the session is over, too
    files = JobFiles(deployment.settings, CITY)
    with deployment.session(CITY) as session:
        assert files.clear(session, clock.now) == 1
        session.commit()
    assert len(list(folder.iterdir())) == 1  # of the failed job, until it is a day old
    with deployment.session(CITY, writes=False) as session:
        assert session.scalars(sa.select(JobFile.removed_at)).one() is not None


def test_a_file_that_is_not_what_was_written_is_not_given_out(client, deployment, ask):
    job_id = ask("tests.file")
    run_due_jobs(deployment)
    (path,) = (deployment.settings.jobs.files / CITY).iterdir()
    path.write_bytes(b"changed")
    assert client.post(file_of(client, job_id), data=WHY).status_code == 404


def test_notices_are_counted_in_the_header_until_they_are_opened(client, deployment, ask):
    assert "お知らせはありません" in client.get("/notices").text
    first, _second = ask("tests.add_role", name="a"), ask("tests.refused")
    assert "gk-header__unread" not in client.get("/notices").text
    run_due_jobs(deployment)

    page = client.get("/notices").text
    assert '<span class="gk-header__unread">2<' in page
    assert "「台帳の作成」が終わりました。" in page
    assert "「台帳の作成」ができませんでした。" in page

    opened = [client.post(each) for each in re.findall(r'action="(/notices/[0-9a-f-]{36})"', page)]
    assert f"/jobs/{first}" in {each.headers["Location"] for each in opened}
    page = client.get("/notices").text
    assert "gk-header__unread" not in page
    assert "未読" not in page


def test_all_notices_are_read_at_once(client, deployment, ask):
    ask("tests.add_role", name="a")
    run_due_jobs(deployment)
    assert client.post("/notices/read").status_code == 303
    assert "gk-header__unread" not in client.get("/").text


def test_notices_of_others_do_not_exist(client, client_of, deployment, ask):
    ask("tests.add_role", name="a")
    run_due_jobs(deployment)
    (address,) = re.findall(r'action="(/notices/[0-9a-f-]{36})"', client.get("/notices").text)
    colleague = client_of(appoint(deployment, CITY, "administrator"))
    assert "台帳の作成" not in colleague.get("/notices").text
    assert colleague.post(address).status_code == 404


def test_pages_of_jobs_speak_english(client, deployment, ask):
    job_id = ask("tests.add_role", name="a")
    assert "Waiting" in client.get(f"/jobs/{job_id}?lang=en").text
    run_due_jobs(deployment)
    for path in ("/jobs", f"/jobs/{job_id}", "/notices"):
        assert client.get(path).status_code == 200
