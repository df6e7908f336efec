"""Pages of the inquiry into a leak and of disclosure: who may, what comes, what is recorded."""

import io
import zipfile

import pytest
import sqlalchemy as sa

from govkit.base.audit import AuditEvent
from govkit.base.identity import Actor
from govkit.base.municipality import MunicipalityPolicy
from govkit.modules.resident_extracts import ProtectedPerson
from govkit.modules.schools import Pupil
from govkit.testing.module_suite.rows import make

CITY, NUMBER = "132021", "000000123456789"
BREACH, DISCLOSURE = "/administration/breach", "/administration/disclosure"
ASKED = {"first": "2026-11-01", "last": "2026-11-30", "known_on": "2026-11-24", "reason": "紛失"}


@pytest.fixture
def pupil(deployment):
    """A pupil, at whom somebody looked."""
    with deployment.session(CITY) as session:
        row = make(session, Pupil, CITY)
        row.addressee_number = NUMBER
        session.commit()
    with deployment.work(deployment.municipality(CITY), Actor.operator("係"), writes=False) as work:
        work.record("read", row)
    return row


def actions(deployment):
    with deployment.session(CITY, writes=False) as session:
        return session.scalars(sa.select(AuditEvent.action)).all()


@pytest.mark.requirement("BRE-1")
def test_the_inquiry_tells_people_terms_and_grounds(deployment, sign_in, pupil):
    auditor = sign_in(CITY, "auditor")
    page = auditor.post(BREACH, data=ASKED | {"account": "係", "improper": "1"}).text
    assert NUMBER in page
    assert "2026年11月28日" in page
    assert "2027年1月22日" in page
    assert "不正の目的によるおそれがあります。" in page
    text = auditor.post(f"{BREACH}/report", data=ASKED).get_data().decode()
    assert "- 影響を受けた人：1人" in text
    people = auditor.post(f"{BREACH}/people", data=ASKED).get_data().decode("utf-8-sig")
    assert NUMBER in people
    assert actions(deployment).count("breach.reported") == 3
    assert actions(deployment).count("export.handed_out") == 2
    assert (
        "影響を受けた人は見つかりません"
        in auditor.post(BREACH, data=ASKED | {"account": "別"}).text
    )


@pytest.mark.requirement("OUT-2")
def test_a_long_list_of_people_waits_for_a_second_auditor(deployment, sign_in, pupil):
    with deployment.session(CITY) as session:
        values = {"second_person_rows": 0}
        session.add(MunicipalityPolicy(module="exports", values=values))
        session.add(other := make(session, Pupil, CITY))
        other.addressee_number = "000000123456780"
        session.commit()
    with deployment.work(deployment.municipality(CITY), Actor.operator("係"), writes=False) as work:
        work.record("read", other)
    answer = sign_in(CITY, "auditor").post(f"{BREACH}/people", data=ASKED)
    assert answer.status_code == 303
    assert "/exports/" in answer.location
    assert "export.requested" in actions(deployment)


@pytest.mark.requirement("BRE-1")
def test_a_wrong_inquiry_is_explained(deployment, sign_in):
    auditor = sign_in(CITY, "auditor")
    for path in ("", "/report", "/people"):
        answer = auditor.post(f"{BREACH}{path}", data=ASKED | {"first": "2026-12-24"})
        assert answer.status_code == 400
        assert "期間の最終日は、初日以後の日付" in answer.text


@pytest.mark.requirement("BRE-2", "AUT-1")
def test_a_clerk_gets_the_file_and_others_do_not(deployment, sign_in, pupil):
    sent = {"number": NUMBER, "reason": "開示請求5"}
    answer = sign_in(CITY, "board_clerk").post(DISCLOSURE, data=sent)
    assert "児童生徒.csv" in zipfile.ZipFile(io.BytesIO(answer.get_data())).namelist()
    assert NUMBER not in answer.headers["Content-Disposition"]
    assert {"disclosure.exported", "export.handed_out"} <= set(actions(deployment))
    for role in ("principal", "administrator", "auditor"):
        assert sign_in(CITY, role).get(DISCLOSURE).status_code == 403


@pytest.mark.requirement("DVP-1", "BRE-2")
def test_protected_people_are_for_the_officer_alone(deployment, sign_in, pupil):
    with deployment.session(CITY) as session:
        row = make(session, ProtectedPerson, CITY)
        row.addressee_number, row.is_active = NUMBER, True
        session.commit()
    sent = {"number": NUMBER, "reason": "開示請求5", "confirmed": "1"}
    for role, status in (("board_clerk", 409), ("protected_data_officer", 200)):
        assert sign_in(CITY, role).post(DISCLOSURE, data=sent).status_code == status
    refused = sign_in(CITY, "protected_data_officer").post(
        DISCLOSURE, data=sent | {"confirmed": ""}
    )
    assert refused.status_code == 409
    assert "支援措置を受けている人です" in refused.text
    assert actions(deployment).count("disclosure.exported") == 3
