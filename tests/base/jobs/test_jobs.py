"""What becomes of a job: asked for, done once, refused, tried again, stopped."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from govkit.base.audit import AuditEvent
from govkit.base.db import Base
from govkit.base.identity import Account, Actor, Appointment, Role
from govkit.base.job_files import JobFile
from govkit.base.job_runs import MOST_ATTEMPTS, run_job
from govkit.base.jobs import (
    Job,
    JobState,
    Progress,
    cancel,
    check_payload,
    enqueue,
    find_job,
    job,
    own_jobs,
    retry,
)
from govkit.base.migrate import SchemaVersion
from govkit.base.notices import Notice
from govkit.base.worker import Worker, due_jobs, run_due_jobs
from govkit.errors import NotFound, NotPermitted, Refused
from tests.base.jobs.conftest import CITY
from tests.base.jobs.kinds import PERMISSION

OTHER_CITY = "132071"


@pytest.fixture
def ask(as_actor):
    """Asks for a job of the tests, and gives its identifier."""

    def make(name="tests.add_role", arguments=None, **options):
        with as_actor() as work:
            return enqueue(work, name, arguments or {}, title="試験の処理", **options).id

    return make


@pytest.fixture
def row_of(deployment):
    def read(job_id):
        with deployment.session(CITY, writes=False) as session:
            row = session.scalars(sa.select(Job).where(Job.id == job_id)).one()
            session.expunge(row)
        return row

    return read


@pytest.fixture
def roles(deployment):
    def read():
        with deployment.session(CITY, writes=False) as session:
            return session.scalars(sa.select(Role.name).where(Role.title != "")).all()

    return read


def actions(deployment, job_id):
    with deployment.session(CITY, writes=False) as session:
        events = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.number))
        return [(e.action, e.actor) for e in events if e.subject_ids == [str(job_id)]]


def test_a_job_is_done_with_its_effect_its_notice_and_its_record(
    deployment, ask, row_of, roles, actor
):
    job_id = ask(arguments={"name": "made"})
    assert "made" not in roles()

    assert run_due_jobs(deployment) == 1

    row = row_of(job_id)
    assert (row.state, row.done, row.total, row.attempts) == (JobState.DONE, 1, 1, 1)
    assert row.result == {"text": "{count}件を作りました。", "params": {"count": "1"}}
    assert roles().count("made") == 1
    by = str(actor.account_id)
    assert actions(deployment, job_id) == [("job.enqueued", by), ("job.done", by)]
    with deployment.session(CITY, writes=False) as session:
        notice = session.scalars(sa.select(Notice)).one()
        told = (notice.staff_id, notice.kind, notice.path, notice.params, notice.read_at)
    assert told == (actor.staff_id, "success", f"/jobs/{job_id}", {"title": "試験の処理"}, None)


def test_a_job_that_is_put_into_the_queue_twice_is_done_once(deployment, ask, roles, row_of):
    job_id = ask(arguments={"name": "made"})
    for _ in range(2):
        run_job(deployment, CITY, job_id)
    assert roles().count("made") == 1
    assert row_of(job_id).attempts == 1


def test_work_that_is_rolled_back_asks_for_nothing(deployment, as_actor):
    with as_actor() as work:
        enqueue(work, "tests.add_role", {"name": "made"}, title="試験")
        work.discard()
    assert run_due_jobs(deployment) == 0
    assert deployment.queue.is_empty()


def test_asking_again_with_the_same_key_gives_the_job_that_there_is(deployment, ask, row_of):
    first = ask(arguments={"name": "made"}, key="2026-11")
    assert ask(arguments={"name": "made"}, key="2026-11") == first
    assert ask(arguments={"name": "other"}, key="2026-12") != first
    run_due_jobs(deployment)
    assert ask(arguments={"name": "made"}, key="2026-11") == first
    assert row_of(first).state == JobState.DONE


def test_two_who_ask_at_once_with_the_same_key_get_one_job(deployment, ask):
    together, asked = threading.Barrier(2), []

    def go():
        together.wait()
        asked.append(ask(arguments={"name": "made"}, key="same"))

    threads = [threading.Thread(target=go) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(asked) == 2
    assert len(set(asked)) == 1


def test_nobody_asks_for_a_job_without_its_permission(deployment, as_actor, actor):
    weak = replace(actor, grants={})
    with pytest.raises(NotPermitted), as_actor(weak) as work:
        enqueue(work, "tests.add_role", {"name": "made"}, title="試験")
    assert run_due_jobs(deployment) == 0


@pytest.mark.requirement("AUT-4")
@pytest.mark.parametrize("reason", ["appointment", "account", "role"])
def test_a_right_that_has_ended_stops_the_job_before_it_begins(
    deployment, ask, row_of, roles, clock, actor, reason
):
    job_id = ask(arguments={"name": "made"})
    if reason == "appointment":
        with deployment.session(CITY) as session:
            for each in session.scalars(sa.select(Appointment)):
                each.valid_to = date(2026, 11, 24)
            session.commit()
        clock.move_to(date(2026, 11, 25))
    elif reason == "account":
        with deployment.system() as session:
            session.get(Account, actor.account_id).is_enabled = False
    else:
        with deployment.session(CITY) as session:
            role = session.scalars(sa.select(Role).where(Role.name == "administrator")).one()
            role.permissions = [each for each in role.permissions if each != PERMISSION]
            session.commit()

    run_due_jobs(deployment)

    row = row_of(job_id)
    assert row.state == JobState.FAILED
    assert "権限がなくなった" in row.problems[0]["text"]
    assert "made" not in roles()
    assert actions(deployment, job_id)[-1] == ("job.failed", str(actor.account_id))


@pytest.mark.requirement("AUT-4")
def test_a_right_that_ends_while_the_job_runs_leaves_no_effect(
    deployment, ask, row_of, roles, clock
):
    @job(unique_name := f"tests.long{uuid4().hex}", permission=PERMISSION)
    def long(work, progress, *, name):
        with deployment.session(CITY) as session:
            for each in session.scalars(sa.select(Appointment)):
                each.valid_to = date(2026, 11, 24)
            session.commit()
        clock.move_to(date(2026, 11, 25))
        work.session.add(Role(name=name, title="試験", permissions=[]))
        return {}

    job_id = ask(unique_name, {"name": "made"})
    run_due_jobs(deployment)
    assert row_of(job_id).state == JobState.FAILED
    assert "made" not in roles()


@pytest.mark.requirement("ASVS-15.4.2")
def test_workers_that_take_up_the_same_jobs_at_once_do_each_once(deployment, ask, row_of, roles):
    asked = [ask(arguments={"name": f"made{number}"}) for number in range(6)]
    together = threading.Barrier(3)

    def work_off():
        together.wait()
        for job_id in asked:
            run_job(deployment, CITY, job_id)

    threads = [threading.Thread(target=work_off) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert [(row_of(each).state, row_of(each).attempts) for each in asked] == [
        (JobState.DONE, 1)
    ] * len(asked)
    assert sorted(each for each in roles() if each.startswith("made")) == [
        f"made{number}" for number in range(6)
    ]


@pytest.mark.parametrize(
    ("name", "code", "text"),
    [
        ("tests.refused", "refused", "この月は締まっています。"),
        ("tests.invalid", "wrong", "{what}を直してください。"),
        ("tests.broken", "unexpected", "予期しない"),
    ],
)
def test_a_job_that_fails_says_why_and_changes_nothing(
    deployment, ask, row_of, roles, name, code, text
):
    job_id = ask(name)
    run_due_jobs(deployment)

    row = row_of(job_id)
    (problem,) = row.problems
    assert row.state == JobState.FAILED
    assert problem["code"] == code
    assert text in problem["text"]
    assert "秘密" not in str(row.problems)
    assert "山田" not in str(row.problems)
    assert "half" not in roles()


def test_an_outage_is_waited_for_longer_each_time_and_then_given_up(deployment, ask, row_of, clock):
    job_id, pauses = ask("tests.outage"), []
    for _ in range(MOST_ATTEMPTS - 1):
        assert run_due_jobs(deployment) == 1
        row = row_of(job_id)
        assert row.state == JobState.QUEUED
        pauses.append((row.not_before - clock.now).total_seconds())
        assert run_due_jobs(deployment) == 0
        clock.now = row.not_before
    run_due_jobs(deployment)

    assert pauses == [10, 20, 40, 80, 160]
    row = row_of(job_id)
    assert (row.state, row.problems[0]["code"]) == (JobState.FAILED, "given_up")


def test_a_job_that_failed_is_tried_again_when_its_user_asks(deployment, ask, row_of, as_actor):
    job_id = ask("tests.refused")
    run_due_jobs(deployment)
    with as_actor() as work:
        retry(work, find_job(work, job_id))
    assert (row_of(job_id).state, row_of(job_id).attempts) == (JobState.QUEUED, 0)
    with pytest.raises(Refused), as_actor() as work:
        retry(work, find_job(work, job_id))


def test_a_job_that_waits_is_stopped_at_once(deployment, ask, row_of, as_actor, roles):
    job_id = ask(arguments={"name": "made"})
    with as_actor() as work:
        cancel(work, find_job(work, job_id))
    assert row_of(job_id).state == JobState.CANCELLED
    assert run_due_jobs(deployment) == 0
    assert "made" not in roles()
    with pytest.raises(Refused), as_actor() as work:
        cancel(work, find_job(work, job_id))


def test_a_job_that_runs_is_stopped_when_it_next_tells_its_progress(
    deployment, ask, row_of, as_actor, roles
):
    begun, asked = threading.Event(), threading.Event()

    @job(unique_name := f"tests.slow{uuid4().hex}", permission=PERMISSION)
    def slow(work, progress, *, name):
        begun.set()
        assert asked.wait(30)
        for done in range(3000):
            progress(done, 3000)
            threading.Event().wait(0.01)
        work.session.add(Role(name=name, title="試験", permissions=[]))
        return {}

    job_id = ask(unique_name, {"name": "made"})
    thread = threading.Thread(target=run_job, args=(deployment, CITY, job_id))
    thread.start()
    assert begun.wait(30)
    with as_actor() as work:
        row = find_job(work, job_id)
        assert row.state == JobState.RUNNING
        cancel(work, row)
    asked.set()
    thread.join()

    assert row_of(job_id).state == JobState.CANCELLED
    assert "made" not in roles()
    assert [each for each, _ in actions(deployment, job_id)][1:] == ["job.cancelled", "job.stopped"]


def test_progress_is_seen_while_the_job_holds_the_lock_of_the_database(deployment, ask):
    seen, told = [], threading.Event()

    @job(unique_name := f"tests.writing{uuid4().hex}", permission=PERMISSION)
    def writing(work, progress):
        work.session.add(Role(name="made", title="試験", permissions=[]))
        work.session.flush()
        progress(3, 10)
        while deployment.queue.progress(job_id) is None:
            assert not told.wait(0.02)
        seen.append(deployment.queue.progress(job_id))
        return {}

    job_id = ask(unique_name)
    run_job(deployment, CITY, job_id)
    assert seen == [(3, 10)]
    assert deployment.queue.progress(job_id) is None


def test_a_worker_that_was_thought_dead_commits_nothing(deployment, ask, row_of, roles, clock):
    """The second worker takes the job over while the first still runs, and does it."""

    @job(unique_name := f"tests.taken_over{uuid4().hex}", permission=PERMISSION)
    def taken_over(work, progress, *, name):
        if row_of(job_id).attempts == 1:
            clock.now += timedelta(minutes=5)  # longer than a lease: another worker comes
            second = threading.Thread(target=run_job, args=(deployment, CITY, job_id))
            second.start()
            second.join()
        work.session.add(Role(name=name, title="試験", permissions=[]))
        return {}

    job_id = ask(unique_name, {"name": "made"})
    run_job(deployment, CITY, job_id)

    row = row_of(job_id)
    assert (row.state, row.attempts) == (JobState.DONE, 2)
    assert roles().count("made") == 1


def test_a_job_of_a_dead_worker_is_due_again_after_its_lease(deployment, ask, row_of, clock):
    job_id = ask(arguments={"name": "made"})
    with deployment.session(CITY) as session:
        row = session.scalars(sa.select(Job)).one()
        row.state, row.lease, row.heartbeat_at = JobState.RUNNING, uuid4(), clock.now
        row.attempts = 1
        session.commit()
    assert run_due_jobs(deployment) == 0
    run_job(deployment, CITY, job_id)
    assert row_of(job_id).state == JobState.RUNNING

    clock.now += timedelta(seconds=61)
    assert run_due_jobs(deployment) == 1
    assert (row_of(job_id).state, row_of(job_id).attempts) == (JobState.DONE, 2)


def test_a_job_whose_worker_dies_each_time_is_given_up(deployment, ask, row_of, clock):
    job_id = ask(arguments={"name": "made"})
    with deployment.session(CITY) as session:
        row = session.scalars(sa.select(Job)).one()
        row.state, row.lease, row.heartbeat_at = JobState.RUNNING, uuid4(), clock.now
        row.attempts = MOST_ATTEMPTS
        session.commit()
    clock.now += timedelta(seconds=61)
    run_due_jobs(deployment)
    assert row_of(job_id).problems[0]["code"] == "given_up"


def test_a_worker_that_stops_hands_its_job_back(deployment, ask, row_of):
    job_id = ask(arguments={"name": "made"})
    run_job(deployment, CITY, job_id, lambda: True)
    assert (row_of(job_id).state, row_of(job_id).attempts) == (JobState.QUEUED, 0)
    assert run_due_jobs(deployment) == 1


@pytest.mark.requirement("TEN-5")
def test_a_job_stays_in_its_municipality(deployment, ask, as_actor):
    job_id = ask(arguments={"name": "made"})
    run_job(deployment, OTHER_CITY, job_id)
    operator = Actor.operator("test")
    with deployment.work(deployment.municipality(OTHER_CITY), operator) as work:
        with pytest.raises(NotFound):
            find_job(work, job_id)
        assert own_jobs(work, of_everybody=True) == []
    run_due_jobs(deployment)
    with deployment.session(OTHER_CITY, writes=False) as session:
        assert session.scalar(sa.select(Role.id).where(Role.name == "made")) is None
        assert session.scalar(sa.select(Notice.id)) is None


def test_jobs_of_others_are_seen_by_those_who_manage_jobs_only(deployment, ask, as_actor, actor):
    job_id = ask(arguments={"name": "made"})
    colleague = replace(actor, account_id=uuid4(), grants={})
    with as_actor(colleague) as work:
        with pytest.raises(NotFound):
            find_job(work, job_id)
        assert own_jobs(work) == []
    manager = replace(actor, account_id=uuid4(), grants={"base.manage_jobs": None})
    with as_actor(manager) as work:
        assert find_job(work, job_id).id == job_id


@pytest.mark.parametrize(
    "arguments",
    [
        {"name": "山田太郎"},
        {"number": "123456789018"},
        {"numbers": [{"deep": 123456789018}]},
        {"text": "a" * 5000},
        {"moment": date(2026, 11, 24)},
        {"number": float("nan")},
    ],
)
def test_arguments_hold_codes_only(as_actor, arguments):
    with pytest.raises((ValueError, TypeError)), as_actor() as work:
        enqueue(work, "tests.add_role", arguments, title="試験")


def test_identifiers_are_no_my_numbers():
    check_payload({"id": "11111111-2222-4333-8444-123456789018"}, only_codes=True)


def test_a_job_of_an_unknown_name_fails_with_a_message(deployment, ask, row_of):
    job_id = ask(arguments={"name": "made"})
    with deployment.session(CITY) as session:
        session.scalars(sa.select(Job)).one().name = "gone.job"
        session.commit()
    run_due_jobs(deployment)
    assert row_of(job_id).problems[0]["code"] == "unknown_job"


def test_the_queue_carries_json_of_the_municipality_and_the_identifier(deployment, ask):
    job_id = ask(arguments={"name": "made"})
    (message,) = deployment.queue._huey().storage.enqueued_items()
    text = bytes(message).decode()
    assert text.startswith("[")
    assert f'["{CITY}", "{job_id}"]' in text
    assert "made" not in text


def test_a_job_that_never_reached_the_queue_is_found_by_the_sweep(deployment, ask, row_of, clock):
    """The process died between its commit and the queue."""
    job_id = ask(arguments={"name": "made"})
    deployment.queue._huey().storage.flush_queue()
    clock.now += timedelta(seconds=4)
    assert deployment.queue.is_empty()

    worker = Worker(deployment, workers=1, kind="thread")
    worker.start()
    until = threading.Event()
    for _ in range(300):
        if row_of(job_id).is_finished:
            break
        until.wait(0.02)
    worker.stop()
    assert row_of(job_id).state == JobState.DONE


def test_progress_without_a_watcher_does_nothing():
    progress = Progress()
    progress(1, 2)
    assert (progress.done, progress.total) == (1, 2)
    with pytest.raises(RuntimeError):
        progress.keep_file(None, ("a", "text/csv"), iter([]), people=0)


def test_two_jobs_of_one_name_are_refused():
    with pytest.raises(RuntimeError):
        job("tests.add_role", permission=PERMISSION)(lambda work, progress: {})


def test_every_job_is_looked_for_by_an_index(deployment):
    indexes = {index.name for index in Base.metadata.tables["govkit_job"].indexes}
    assert indexes == {"ix_govkit_job_state_not_before", "ix_govkit_job_account_id_enqueued_at"}
    assert list(due_jobs(deployment, deployment.clock())) == []


def test_what_is_made_ahead_locks_nothing_and_what_no_longer_holds_is_made_anew(
    deployment, ask, row_of, roles
):
    done, stale = (ask("tests.ahead", {"name": name}) for name in ("fresh", "stale"))
    run_due_jobs(deployment)
    assert (row_of(done).state, row_of(stale).state) == (JobState.DONE, JobState.QUEUED)
    assert "fresh_ahead" in roles()
    assert "stale_ahead" not in roles()


def test_files_made_before_people_were_counted_count_as_their_whole_job(deployment, ask):
    job_id = ask("tests.file")
    run_due_jobs(deployment)
    with deployment.session(CITY) as session:
        session.execute(sa.update(Job).where(Job.id == job_id).values(total=300))
        session.commit()
    late = ("base", "0013_job_file_people")
    with deployment.owner_engine() as owner, owner.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        import_module(f"govkit.base.migrations.{late[1]}").downgrade(operations)
        noted = sa.tuple_(SchemaVersion.module, SchemaVersion.revision).in_([late])
        connection.execute(sa.delete(SchemaVersion).where(noted))

    assert deployment.migrate() == 1

    with deployment.session(CITY, writes=False) as session:
        assert session.scalars(sa.select(JobFile.people)).all() == [300]
