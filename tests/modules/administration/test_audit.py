"""LOG-1: auditors find who did what to whom; looking for it is on record too."""

import csv
import io
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from govkit.base.audit import AuditEvent
from govkit.base.audit_search import AuditQuery, Words, search_audit
from govkit.base.identity import Actor
from govkit.modules.schools import Pupil
from govkit.testing.module_suite.rows import make
from govkit.testing.plugin import appoint

CITY = "132021"
PAGE = "/administration/audit"
NUMBER = "000000123456789"
pytestmark = pytest.mark.requirement("LOG-1")


def act(deployment, action="pupil.left", subject=NUMBER, reason="転出", **detail):
    with deployment.work(deployment.municipality(CITY), Actor.operator("試験係")) as work:
        work.record(action, subject, reason, **detail)


def asked(**conditions):
    return {"first": "2026-11-01", "last": "2026-11-30", **conditions}


def events(deployment):
    with deployment.session(CITY, writes=False) as session:
        return session.scalars(sa.select(AuditEvent).order_by(AuditEvent.number)).all()


@pytest.fixture
def pupil(deployment):
    """A pupil with the addressee number."""
    with deployment.session(CITY) as session:
        row = make(session, Pupil, CITY)
        row.addressee_number = NUMBER
        session.commit()
        return row.id


CONDITIONS = [
    ({}, True),
    ({"subject": NUMBER}, True),
    ({"subject": "０００００0123456789"}, True),
    ({"subject": "000000123456780"}, False),
    ({"subject": "%"}, False),
    ({"actor": "試験係"}, True),
    ({"actor": "別の人"}, False),
    ({"action": "pupil.left"}, True),
    ({"action": "kind:change"}, True),
    ({"action": "kind:read"}, False),
    ({"purpose": "転出"}, True),
    ({"purpose": "窓口"}, True),
    ({"purpose": "100%"}, False),
    ({"request_id": "abc"}, False),
    ({"first": "2026-11-25"}, False),
    ({"last": "2026-11-23"}, False),
]


def test_each_condition_finds_what_it_says(deployment, sign_in):
    act(deployment, purpose="窓口照会")
    auditor, wrong = sign_in(CITY, "auditor"), []
    for conditions, is_found in CONDITIONS:
        page = auditor.post(PAGE, data=asked(**conditions)).text.partition('id="found"')[2]
        if ("転出・退学の登録" in page) is not is_found:
            wrong.append(conditions)
    assert wrong == []


def test_a_number_finds_what_was_done_to_the_pupil(deployment, sign_in, pupil):
    act(deployment, "pupil.kana_corrected", pupil, "届出")
    auditor = sign_in(CITY, "auditor")
    for text in (NUMBER, str(pupil)):
        page = auditor.post(PAGE, data=asked(subject=text)).text
        assert "児童生徒のフリガナの訂正" in page.partition('id="found"')[2]
        assert "この人の情報を見た職員だけを調べる" in page


def test_names_of_staff_are_found_by_their_beginning(deployment, sign_in):
    auditor = sign_in(CITY, "auditor")
    auditor.post(PAGE, data=asked())
    found = auditor.post(PAGE, data=asked(actor="試験　花", action="audit.searched")).text
    assert "試験 花子" in found.partition('id="found"')[2]
    assert "条件に合う記録はありません" in auditor.post(PAGE, data=asked(actor="花子")).text


def test_searching_is_on_record_with_its_conditions(deployment, sign_in):
    auditor = sign_in(CITY, "auditor")
    auditor.post(PAGE, data=asked(subject=NUMBER, actor="試験係"))
    (event,) = (each for each in events(deployment) if each.action == "audit.searched")
    assert (event.subject_kind, event.subject_ids) == ("AddresseeNumber", [NUMBER])
    assert event.detail["conditions"] == {"actor": "試験係"}
    assert UUID(event.actor)


def test_what_changed_is_told_in_japanese(deployment, sign_in, pupil):
    with deployment.work(deployment.municipality(CITY), Actor.operator("係")) as work:
        row = work.find(Pupil, pupil)
        work.record("pupil.left", row, before={"sex": "1"}, after={"sex": "2"}, is_chosen=True)
    page = sign_in(CITY, "auditor").post(PAGE, data=asked()).text
    assert "性別：「1」から「2」へ" in page
    assert "選んだか：はい" in page
    assert "児童生徒" in page


def test_pages_go_on_where_the_last_ended(deployment, work_for, clock):
    for number in range(120):
        clock.now += timedelta(seconds=number % 3)  # several at one moment
        act(deployment, reason=str(number))
    words = Words(deployment.actions, deployment.details, {})
    query, seen, after = (
        AuditQuery(date(2026, 11, 1), date(2026, 11, 30), actions=("pupil.left",)),
        [],
        "",
    )
    for _page in range(3):
        city = deployment.municipality(CITY)
        with deployment.work(city, Actor.operator("監査"), writes=False) as work:
            found = search_audit(work, query, words, after)
        seen += [each.purpose for each in found.events]
        after = found.after
    assert after == ""
    assert sorted(map(int, seen)) == list(range(120))
    assert len(seen) == 120


def test_a_forged_place_is_no_page(sign_in, deployment):
    auditor = sign_in(CITY, "auditor")
    for place in ("x", "2026-11-24T00:00:00|0", "2026-11-24|" + "0" * 32):
        assert auditor.post(PAGE, data=asked(after=place)).status_code == 404


@pytest.mark.requirement("OUT-1", "OUT-2")
def test_a_file_needs_a_purpose_and_is_on_record(deployment, sign_in):
    act(deployment, reason="=1+1")
    auditor = sign_in(CITY, "auditor")
    refused = auditor.post(f"{PAGE}/download", data=asked())
    assert refused.status_code == 409
    assert "ダウンロードの目的を入力してください。" in refused.text
    answer = auditor.post(f"{PAGE}/download", data=asked(why="年次監査", action="pupil.left"))
    heading, row = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    assert dict(zip(heading, row, strict=True))["利用目的・理由"] == "'=1+1"
    *_earlier, event, left = events(deployment)
    assert (left.action, left.detail["purpose"]) == ("export.handed_out", "investigation")
    assert (event.action, event.reason, event.detail["count"]) == (
        "audit.downloaded",
        "年次監査",
        1,
    )


def test_wrong_days_are_told(sign_in, deployment):
    answer = sign_in(CITY, "auditor").post(PAGE, data=asked(first="2026-12-01"))
    assert answer.status_code == 400
    assert "期間の最終日は、初日以後の日付" in answer.text


@pytest.mark.requirement("TEN-1", "AUT-1")
def test_only_auditors_and_administrators_see_the_page_and_only_their_city(deployment, sign_in):
    act(deployment)
    for role, status in (("board_clerk", 403), ("principal", 403), ("administrator", 200)):
        assert sign_in(CITY, role).get(PAGE).status_code == status
    appoint(deployment, "132071", "auditor")
    other = sign_in("132071", "auditor").post(PAGE, data=asked()).text
    assert "条件に合う記録はありません" in other
