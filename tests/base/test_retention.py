"""LOG-4: only what is past its term goes, from the beginning, to a file, and stays provable."""

import gzip
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from govkit.base.audit import AuditCheckpoint, AuditEvent
from govkit.base.audit_chain import Fault, read_anchors, verify
from govkit.base.audit_policy import AuditPolicy
from govkit.base.audit_words import RecordKind
from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.base.municipality import MunicipalityPolicy
from govkit.base.retention import last_due, read_segment, retire
from govkit.errors import Refused, UnscopedAccess
from tests.base.test_audit_chain import Tampering

OWN, OTHER = "132021", "132071"
OPERATOR = Actor.operator("test")
pytestmark = pytest.mark.requirement("LOG-4")


@pytest.fixture
def deployment(databases, clock, tmp_path):
    """A deployment whose chain is anchored on another disk."""
    settings = databases.settings()
    security = settings.security.model_copy(
        update={"audit_anchor_file": tmp_path / "elsewhere" / "anchors.jsonl"}
    )
    opened = Deployment(settings.model_copy(update={"security": security}), clock=clock)
    yield opened
    opened.close()


def act(deployment, clock, day, *actions, code=OWN):
    clock.move_to(day)
    for action in actions:
        with deployment.work(deployment.municipality(code), OPERATOR) as work:
            work.record(action, "000000000000001", "理由", text="記録")


def grown(deployment, clock):
    """Numbers 1–6: reads of 2020 and 2024, a change of 2022, and one thing of today."""
    act(deployment, clock, date(2020, 5, 1), "residents.get", "residents.search")
    act(deployment, clock, date(2022, 5, 1), "pupil.left")
    act(deployment, clock, date(2024, 5, 1), "residents.get", "something.unknown")
    act(deployment, clock, date(2026, 11, 24), "residents.get")


def due(deployment, **policy):
    with deployment.work(deployment.municipality(OWN), OPERATOR) as work:
        if policy:
            work.session.add(MunicipalityPolicy(module="audit", values=policy))
            work.session.flush()
        found = last_due(work, deployment.actions)
        work.session.rollback()
    return found


def retired(deployment, folder, reason="保存期間の満了"):
    return retire(deployment, deployment.municipality(OWN), folder, actor=OPERATOR, reason=reason)


def checked(deployment, code=OWN):
    anchors = read_anchors(deployment.anchor_file, code)
    with deployment.session(code, writes=False) as session:
        return verify(session, anchors)


def test_the_first_event_that_must_stay_ends_what_may_go(deployment, clock):
    grown(deployment, clock)
    assert due(deployment) == 2  # the change of 2022 is kept for five years
    assert due(deployment, change_years=4) == 3
    assert due(deployment, change_years=4, read_years=1) == 4
    assert due(deployment, change_years=1, read_years=1, export_years=1, rights_years=1) == 5
    assert due(deployment, read_years=30) is None


def test_years_end_on_the_same_day_and_leap_days_a_day_earlier():
    policy = AuditPolicy(read_years=3)
    assert policy.cutoff(RecordKind.READ, date(2026, 11, 24)).date() == date(2023, 11, 24)
    assert policy.cutoff(RecordKind.READ, date(2028, 2, 29)).date() == date(2025, 2, 28)
    assert policy.years(None) == 5


@pytest.mark.requirement("LOG-2", "ASVS-14.2.7")
def test_what_is_past_its_term_goes_to_a_file_and_the_chain_stays_whole(
    deployment, clock, tmp_path
):
    grown(deployment, clock)
    act(deployment, clock, date(2026, 11, 24), "residents.get", code=OTHER)

    segment = retired(deployment, tmp_path)

    assert (segment.first_number, segment.last_number, segment.count) == (1, 2, 2)
    assert read_segment(segment.path) == segment
    found = checked(deployment)
    assert (found.events, found.retired, found.faults) == (7, 2, ())
    assert checked(deployment, OTHER).faults == ()
    with deployment.session(OWN, writes=False) as session:
        rows = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.number)).all()
        checkpoint = session.scalars(sa.select(AuditCheckpoint)).one()
    assert [row.number for row in rows] == [3, 4, 5, 6, 7]
    order = rows[-1]
    assert (order.action, order.actor) == ("audit.retirement_ordered", "operator:test")
    assert order.detail["count"] == 2
    assert order.detail["archive_sha256"] == checkpoint.archive_sha256 == segment.sha256
    assert checkpoint.reason == order.reason == "保存期間の満了"
    assert retired(deployment, tmp_path) is None


def test_retiring_again_goes_on_from_the_checkpoint(deployment, clock, tmp_path):
    grown(deployment, clock)
    first = retired(deployment, tmp_path)
    clock.move_to(date(2028, 1, 1))
    second = retired(deployment, tmp_path)
    assert (second.first_number, second.last_number) == (3, 4)
    assert second.before == first.chain_hash
    assert checked(deployment).faults == ()
    assert checked(deployment).retired == 4


def test_the_application_itself_cannot_delete(deployment, clock, tmp_path):
    grown(deployment, clock)
    retired(deployment, tmp_path)
    for model in (AuditEvent, AuditCheckpoint):
        with deployment.session(OWN) as session, pytest.raises(UnscopedAccess):
            session.execute(sa.delete(model))
        with deployment.session(OWN) as session:
            table = model.__tablename__
            with pytest.raises(DatabaseError):
                sa.orm.Session.connection(session).exec_driver_sql(f"DELETE FROM {table}")


@pytest.mark.requirement("P13", "LOG-2")
@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DELETE FROM govkit_audit_event WHERE {own} AND number = 3", Fault("missing", 3)),
        ("DELETE FROM govkit_audit_event WHERE {own} AND number = 5", Fault("missing", 5)),
        (
            "UPDATE govkit_audit_event SET actor = 'x' WHERE {own} AND number = 4",
            Fault("changed", 4),
        ),
        ("DELETE FROM govkit_audit_checkpoint WHERE {own}", Fault("missing", 1)),
        (
            "UPDATE govkit_audit_checkpoint SET archive_sha256 = 'x' WHERE {own}",
            Fault("checkpoint", 1),
        ),
    ],
)
def test_everything_is_told_after_retirement_too(deployment, clock, tmp_path, statement, fault):
    grown(deployment, clock)
    retired(deployment, tmp_path)
    Tampering(deployment, "event", "head", "checkpoint")(
        statement.format(own=f"municipality_code = '{OWN}'")
    )
    assert fault in checked(deployment).faults


@pytest.mark.requirement("P13", "LOG-2")
def test_a_forged_retirement_is_told_by_the_anchor_file(deployment, clock, tmp_path):
    """Who owns the database moves the checkpoint on, over an event that should not be read."""
    grown(deployment, clock)
    retired(deployment, tmp_path)
    own = f"municipality_code = '{OWN}'"
    third = f"(SELECT chain_hash FROM govkit_audit_event WHERE {own} AND number = 3)"
    Tampering(deployment, "event", "head", "checkpoint")(
        f"UPDATE govkit_audit_checkpoint SET last_number = 3, chain_hash = {third} WHERE {own}",
        f"DELETE FROM govkit_audit_event WHERE {own} AND number = 3",
    )
    assert checked(deployment).faults == (Fault("checkpoint", 1),)


def test_a_broken_chain_is_not_retired(deployment, clock, tmp_path):
    grown(deployment, clock)
    Tampering(deployment)("UPDATE govkit_audit_event SET actor = 'x' WHERE number = 4")
    with pytest.raises(Refused, match="鎖が壊れています"):
        retired(deployment, tmp_path)


def test_nothing_is_retired_without_an_anchor_file(databases, tmp_path):
    deployment = Deployment(databases.settings())
    deployment.anchor_file = None
    with pytest.raises(Refused, match="audit_anchor_file"):
        retired(deployment, tmp_path)
    deployment.close()


def test_a_file_that_was_changed_is_told(deployment, clock, tmp_path):
    grown(deployment, clock)
    segment = retired(deployment, tmp_path)
    text = gzip.decompress(segment.path.read_bytes()).decode()
    for spoilt in (text.replace("理由", "別の"), text.splitlines()[0], "", "{}"):
        segment.path.write_bytes(gzip.compress(spoilt.encode()))
        with pytest.raises(Refused, match="中身が書かれたときと違います"):
            read_segment(segment.path)


def test_the_same_events_make_the_same_file(deployment, clock, tmp_path):
    """So that a retirement that was cut off, repeated, is anchored with the same digest."""
    grown(deployment, clock)
    segment = retired(deployment, tmp_path / "once")
    again = replace(read_segment(segment.path), path=segment.path)
    assert again == segment
