"""LOG-2: nothing in the audit can be changed, taken out or added unseen."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from govkit.base import db
from govkit.base.audit import AuditEvent
from govkit.base.audit_chain import (
    Anchor,
    Fault,
    Verification,
    append,
    head,
    link_of,
    read_anchors,
    verify,
    write_anchor,
)
from govkit.base.deployment import Deployment
from govkit.base.identity import Actor

OWN, OTHER = "132021", "132071"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def act(deployment, count, code=OWN):
    """So many units of work of one record each."""
    city, actor = deployment.municipality(code), Actor.operator("test")
    for number in range(count):
        with deployment.work(city, actor) as work:
            work.record("demo.acted", f"{number:015d}", "理由", number=number, text="記録")


def checked(deployment, anchors=(), code=OWN):
    with deployment.session(code, writes=False) as session:
        return verify(session, anchors)


def newest(deployment, code=OWN):
    with deployment.session(code, writes=False) as session:
        return head(session, NOW)


class Tampering:
    """Somebody who owns the database and has taken its guards away."""

    def __init__(self, deployment, *tables):
        self.tables = tables or ("event", "head")
        with deployment.owner_engine() as engine:
            self.url = engine.url
        self.is_sqlite = self.url.get_backend_name() == "sqlite"

    def __call__(self, *statements, **values):
        engine = db.create_engine(self.url)
        with engine.begin() as connection:
            if self.is_sqlite:
                for table, act in product(self.tables, ("update", "delete")):
                    connection.exec_driver_sql(
                        f"DROP TRIGGER IF EXISTS govkit_audit_{table}_no_{act}"
                    )
            else:
                for table in self.tables:
                    connection.exec_driver_sql(
                        f"ALTER TABLE govkit_audit_{table} DISABLE ROW LEVEL SECURITY"
                    )
            for statement in statements:
                connection.execute(sa.text(statement), values)
        engine.dispose()


HERE = f"municipality_code = '{OWN}'"
EVENT = f"govkit_audit_event SET {{}} WHERE {HERE} AND number = :place"
CHANGES = {
    "actor": "actor = 'nobody'",
    "action": "action = 'demo.other'",
    "subject": 'subject_ids = \'["000000000000000", "1"]\'',
    "kind": "subject_kind = 'Pupil'",
    "reason": "reason = ''",
    "detail": "detail = '{}'",
    "request": "request_id = 'x'",
    "moment": "at = '2020-01-01 00:00:00'",
    "hash": "chain_hash = 'abc'",
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_event_is_told_with_its_number(deployment, what):
    act(deployment, 6)
    place = random.Random(what).randint(1, 6)
    Tampering(deployment)(f"UPDATE {EVENT.format(CHANGES[what])}", place=place)
    found = checked(deployment)
    assert Fault("changed", place) in found.faults
    after = {Fault("changed", place + 1)} if what == "hash" and place < 6 else set()
    own_head = {Fault("head", 6)} if what == "hash" and place == 6 else set()
    assert set(found.faults) == {Fault("changed", place)} | after | own_head


@pytest.mark.parametrize("place", [1, 3, 6])
def test_a_missing_event_is_told(deployment, place):
    act(deployment, 6)
    Tampering(deployment)(
        f"DELETE FROM govkit_audit_event WHERE {HERE} AND number = :place", place=place
    )
    assert checked(deployment).faults[0] == Fault(
        *(("head", 5) if place == 6 else ("missing", place))
    )


def test_a_tail_that_was_cut_with_its_head_is_told_by_the_anchor(deployment):
    act(deployment, 3)
    cut_to = newest(deployment)
    act(deployment, 2)
    anchor = newest(deployment)
    Tampering(deployment)(
        f"DELETE FROM govkit_audit_event WHERE {HERE} AND number > 3",
        f"UPDATE govkit_audit_head SET number = 3, chain_hash = :link WHERE {HERE}",
        link=cut_to.chain_hash,
    )
    assert checked(deployment).faults == ()
    assert checked(deployment, [anchor]).faults == (Fault("cut", 5),)


def test_a_chain_that_was_deleted_as_a_whole_is_told_by_the_anchor(deployment):
    act(deployment, 3)
    anchor = newest(deployment)
    Tampering(deployment)(
        f"DELETE FROM govkit_audit_event WHERE {HERE}",
        f"DELETE FROM govkit_audit_head WHERE {HERE}",
    )
    assert checked(deployment).faults == ()
    assert checked(deployment, [anchor]).faults == (Fault("cut", 3),)


def test_a_chain_that_was_computed_anew_is_told_by_the_anchor(deployment):
    act(deployment, 4)
    anchor = newest(deployment)
    with deployment.session(OWN, writes=False) as session:
        rows = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.number)).all()
    forged = [
        {name: getattr(row, name) for name in ("id", "at", "action", "subject_kind", "subject_ids")}
        | {
            "actor": "nobody",
            "reason": row.reason,
            "detail": row.detail,
            "request_id": row.request_id,
        }
        for row in rows
    ]
    Tampering(deployment)(
        f"DELETE FROM govkit_audit_event WHERE {HERE}",
        f"DELETE FROM govkit_audit_head WHERE {HERE}",
    )
    with deployment.session(OWN) as session:
        append(session, [AuditEvent(**row) for row in forged])
        session.commit()
    assert checked(deployment).faults == ()
    assert checked(deployment, [anchor]).faults == (Fault("anchor", 4),)


def test_an_event_that_was_slipped_in_without_a_number_is_told(deployment):
    act(deployment, 2)
    columns = "municipality_code, actor, action, subject_kind, subject_ids, reason, detail, at"
    new_id = "hex(randomblob(16))" if Tampering(deployment).is_sqlite else "gen_random_uuid()"
    Tampering(deployment)(
        f"INSERT INTO govkit_audit_event ({columns}, request_id, id) "
        f"SELECT {columns}, 'x', {new_id} FROM govkit_audit_event WHERE {HERE} AND number = 1"
    )
    assert checked(deployment).faults == (Fault("unnumbered", 0),)


def test_two_events_that_changed_places_are_told(deployment):
    act(deployment, 4)
    move = f"UPDATE govkit_audit_event SET number = {{}} WHERE {HERE} AND number = {{}}"
    Tampering(deployment)(move.format(99, 2), move.format(2, 3), move.format(3, 99))
    assert {fault.number for fault in checked(deployment).faults} == {2, 3, 4}


def test_every_city_has_a_chain_of_its_own(deployment):
    act(deployment, 3)
    act(deployment, 2, OTHER)
    assert checked(deployment) == Verification(3, 0, 0, ())
    assert checked(deployment, code=OTHER) == Verification(2, 0, 0, ())
    Tampering(deployment)(f"UPDATE {EVENT.format(CHANGES['actor'])}", place=1)
    assert checked(deployment).faults
    assert not checked(deployment, code=OTHER).faults


def test_what_a_failed_work_only_read_is_chained_too(deployment):
    city, actor = deployment.municipality(OWN), Actor.operator("test")

    def fail():
        with deployment.work(city, actor) as work:
            work.record("demo.read", "1", is_read=True)
            work.record("demo.acted", "1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with deployment.work(city, actor, writes=False) as work:
        work.record("demo.read", "2")
    assert checked(deployment) == Verification(2, 0, 0, ())


def test_writers_at_once_make_one_chain(deployment):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: act(deployment, 5), range(4)))
    assert checked(deployment) == Verification(20, 0, 0, ())


def test_events_from_before_the_chain_stay_and_are_counted(deployment):
    with deployment.session(OWN) as session:
        fields = {"actor": "a", "action": "b", "subject_kind": "c", "subject_ids": []}
        session.add(AuditEvent(at=NOW, reason="", detail={}, request_id="", **fields))
        session.commit()
    act(deployment, 2)
    assert checked(deployment) == Verification(2, 1, 0, ())


def test_anchors_are_kept_outside_the_database_every_quarter_of_an_hour(databases, clock, tmp_path):
    settings = databases.settings()
    path = tmp_path / "anchors.jsonl"
    security = settings.security.model_copy(update={"audit_anchor_file": path})
    deployment = Deployment(settings.model_copy(update={"security": security}), clock=clock)
    for minutes in (0, 5, 15, 16, 31):
        clock.now = NOW + timedelta(minutes=minutes)
        act(deployment, 1)
    kept = read_anchors(path, OWN)
    assert [anchor.number for anchor in kept] == [1, 3, 5]
    assert checked(deployment, kept) == Verification(5, 0, 3, ())
    deployment.close()


def test_anchors_lie_beside_an_embedded_database_unless_told(databases):
    settings = databases.settings()
    deployment = Deployment(settings)
    file = sa.make_url(settings.database.url).database
    is_sqlite = settings.database.url.startswith("sqlite")
    assert str(deployment.anchor_file) == (f"{file}.audit-anchors.jsonl" if is_sqlite else "None")
    deployment.close()


def test_a_work_is_done_although_its_anchor_cannot_be_written(databases, tmp_path, caplog):
    settings = databases.settings()
    security = settings.security.model_copy(update={"audit_anchor_file": tmp_path})
    deployment = Deployment(settings.model_copy(update={"security": security}))
    act(deployment, 1)
    assert checked(deployment).events == 1
    assert "audit anchor not written" in caplog.text
    deployment.close()


def test_a_line_that_is_no_anchor_is_told_by_its_number(tmp_path):
    path = tmp_path / "anchors" / "chain.jsonl"
    anchor = Anchor(NOW, OWN, 7, "ab")
    write_anchor(path, anchor)
    write_anchor(path, Anchor(NOW, OTHER, 1, "cd"))
    assert read_anchors(path, OWN) == [anchor]
    with path.open("a", encoding="ascii") as file:
        file.write(json.dumps({"number": 3}) + "\n")
    with pytest.raises(ValueError, match="3"):
        read_anchors(path, OWN)
    assert read_anchors(tmp_path / "none", OWN) == []


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text() | st.booleans(), max_size=4))
def test_any_detail_keeps_itslink_of(detail):
    """What a database gives back of JSON has the same link as what was handed in."""
    fields = {"actor": "a", "action": "b", "subject_kind": "c", "subject_ids": ["1"], "reason": ""}
    event = AuditEvent(at=NOW, request_id="", number=1, detail=detail, **fields)
    stored = json.loads(json.dumps(detail, ensure_ascii=False))
    again = AuditEvent(at=NOW, request_id="", number=1, detail=stored, **fields, id=event.id)
    assert link_of("0", event) == link_of("0", again)
