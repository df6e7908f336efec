"""OUT-2: files with personal data leave for a purpose, on record, and large ones with a second person."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import undefer

from govkit.base.exports import (
    DISCLOSURE,
    INVESTIGATION,
    Export,
    ExportState,
    Given,
    Outgoing,
    approve,
    decline,
    fetch,
    find_export,
    forget_expired,
    hand_out,
    may_decide,
    own_exports,
    purpose_titles,
    to_decide,
)
from govkit.base.municipality import MunicipalityPolicy
from govkit.base.notices import Notice
from govkit.errors import NotFound, NotPermitted, Refused

pytestmark = pytest.mark.requirement("OUT-2", "ASVS-2.3.5")

CITY, RIGHT = "132021", "enrolment.export"
WHY = Given("duty", "就学時健康診断の案内")


def outgoing(rows=3, **changes):
    values = {
        "kind": "demo.list",
        "title": "学齢簿の一覧",
        "permission": RIGHT,
        "file_name": "一覧.csv",
        "media_type": "text/csv",
        "content": b"1,2\r\n",
        "rows": rows,
        "people": [f"{n:015d}" for n in range(rows)],
    }
    return Outgoing(**(values | changes))


@pytest.fixture
def clerk(work_for):
    return work_for(CITY, "board_clerk")


@pytest.fixture
def second(work_for, clerk):
    return work_for(CITY, "board_clerk", session_of=clerk)


@pytest.fixture
def waiting(clerk):
    release = hand_out(clerk, outgoing(201), WHY)
    assert release.content is None
    return release.export


def stored_content(work, row):
    return (
        work.session.scalars(
            sa.select(Export).where(Export.id == row.id).options(undefer(Export.content)),
            execution_options={"populate_existing": True},
        )
        .one()
        .content
    )


def test_a_small_file_is_handed_out_and_recorded(clerk):
    release = hand_out(clerk, outgoing(200), WHY)
    assert release.content == b"1,2\r\n"
    event = clerk._events[-1]
    assert (event.action, event.reason) == ("export.handed_out", WHY.reason)
    assert event.detail["count"] == event.detail["people"] == 200
    assert (event.detail["purpose"], event.detail["kind"]) == ("duty", "demo.list")
    assert (event.detail["file_class"], len(event.detail["file_sha256"])) == ("II", 64)
    assert len(event.detail["people_print"]) == 64
    assert stored_content(clerk, release.export) is None


def test_a_file_about_one_person_alone_is_no_large_one(clerk):
    release = hand_out(clerk, outgoing(5000, people=["1" * 15] * 5000), WHY)
    assert release.content is not None
    assert hand_out(clerk, outgoing(5000, people=["1" * 15, "2" * 15]), WHY).content is None


def test_purposes_of_pages_hold_whatever_a_city_lets_people_choose_from(clerk):
    values = {"purposes": {"own": "独自の目的"}}
    clerk.session.add(MunicipalityPolicy(module="exports", values=values))
    clerk.session.flush()
    for purpose in (DISCLOSURE, INVESTIGATION, "own"):
        assert hand_out(clerk, outgoing(), Given(purpose, "開示請求5")).content is not None
        assert purpose in purpose_titles(clerk)
    with pytest.raises(Refused):
        hand_out(clerk, outgoing(), Given("duty", "通知"))


def test_the_fingerprint_tells_the_people_whatever_their_order(clerk):
    prints = {
        hand_out(clerk, outgoing(people=people), WHY).export.people_print
        for people in (["1", "2"], ["2", "1"], ["2", "1", "1"])
    }
    assert len(prints) == 1


@pytest.mark.parametrize("given", [Given("", "x"), Given("made_up", "x"), Given("duty", " ")])
def test_nothing_leaves_without_purpose_and_reason(clerk, given):
    with pytest.raises(Refused):
        hand_out(clerk, outgoing(), given)
    assert own_exports(clerk) == []


def test_nothing_leaves_without_the_right(work_for):
    with pytest.raises(NotPermitted):
        hand_out(work_for(CITY, "homeroom_teacher", units=(uuid4(),)), outgoing(), WHY)


def test_a_large_file_waits_and_another_holder_of_the_right_sees_it(waiting, clerk, second):
    assert [row.id for row in to_decide(second)] == [waiting.id]
    assert to_decide(clerk) == []
    assert [row.state for row in own_exports(clerk)] == [ExportState.WAITING]
    assert may_decide(second, waiting)
    with pytest.raises(Refused):
        fetch(clerk, waiting.id)


def test_what_was_approved_is_what_is_fetched_and_only_once(waiting, clerk, second):
    approve(second, waiting.id)
    assert second._events[-1].action == "export.approved"
    release = fetch(clerk, waiting.id)
    assert release.content == b"1,2\r\n"
    assert stored_content(clerk, waiting) is None
    assert clerk._events[-1].action == "export.handed_out"
    with pytest.raises(Refused):
        fetch(clerk, waiting.id)


def test_nobody_approves_their_own_file(waiting, clerk):
    for act in (lambda: approve(clerk, waiting.id), lambda: decline(clerk, waiting.id, "x")):
        with pytest.raises(Refused):
            act()
    assert waiting.state == ExportState.WAITING


def test_a_second_account_of_the_same_person_is_no_second_person(waiting, second):
    waiting.requested_staff = second.actor.staff_id
    assert to_decide(second) == []
    with pytest.raises(Refused):
        approve(second, waiting.id)


def test_who_lacks_the_right_cannot_tell_that_there_is_a_file(waiting, work_for, clerk):
    other = work_for(CITY, "administrator", session_of=clerk)
    for identifier in (waiting.id, uuid4()):
        for act in (find_export, approve, fetch):
            with pytest.raises(NotFound):
                act(other, identifier)
    assert to_decide(other) == []


def test_a_holder_for_one_school_does_not_decide_about_the_whole_city(waiting, work_for, clerk):
    unit, other = uuid4(), uuid4()
    limited = work_for(CITY, "board_clerk", units=(unit,), session_of=clerk)
    assert not may_decide(limited, waiting)
    waiting.units = [str(unit)]
    assert may_decide(limited, waiting)
    waiting.units = [str(unit), str(other)]
    assert not may_decide(limited, waiting)


def test_those_concerned_are_told(waiting, clerk, second):
    decline(second, waiting.id, "人数が多すぎます")
    (notice,) = clerk.session.scalars(
        sa.select(Notice).where(Notice.staff_id == clerk.actor.staff_id)
    )
    assert notice.path == f"/exports/{waiting.id}"
    assert "承認されませんでした" in notice.text


def test_the_second_person_does_not_get_the_file(waiting, second):
    approve(second, waiting.id)
    with pytest.raises(NotFound):
        fetch(second, waiting.id)


def test_a_declined_file_is_deleted_at_once_and_its_reason_kept(waiting, clerk, second):
    with pytest.raises(Refused):
        decline(second, waiting.id, " ")
    decline(second, waiting.id, "人数が多すぎます")
    assert (waiting.state, waiting.decision) == (ExportState.DECLINED, "人数が多すぎます")
    assert stored_content(clerk, waiting) is None
    with pytest.raises(Refused):
        approve(second, waiting.id)


def test_files_expire_before_and_after_they_are_approved(waiting, clerk, second, work_for):
    approve(second, waiting.id)
    late = work_for(CITY, "board_clerk", today=date(2026, 11, 25), session_of=clerk)
    late.actor = clerk.actor
    late.now = waiting.expires_at + timedelta(seconds=1)
    with pytest.raises(Refused):
        fetch(late, waiting.id)
    hand_out(late, outgoing(201), WHY)
    assert waiting.state == ExportState.EXPIRED
    assert stored_content(clerk, waiting) is None
    assert forget_expired(late) == 0


def test_a_lost_right_stops_the_fetching(waiting, clerk, second, work_for):
    approve(second, waiting.id)
    moved = work_for(CITY, "homeroom_teacher", units=(uuid4(),), session_of=clerk)
    waiting.requested_by, waiting.requested_staff = moved.actor.account_id, moved.actor.staff_id
    with pytest.raises(NotPermitted):
        fetch(moved, waiting.id)


def test_a_city_decides_from_how_many_rows_and_for_what(clerk):
    values = {"second_person_rows": 2, "purposes": {"own": "独自の目的"}}
    clerk.session.add(MunicipalityPolicy(module="exports", values=values))
    assert hand_out(clerk, outgoing(3), Given("own", "x")).content is None
    with pytest.raises(Refused):
        hand_out(clerk, outgoing(3), WHY)


def test_a_file_that_was_changed_meanwhile_is_not_handed_out(waiting, clerk, second):
    approve(second, waiting.id)
    waiting.content = b"other"
    with pytest.raises(RuntimeError):
        fetch(clerk, waiting.id)
