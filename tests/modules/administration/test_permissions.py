"""The table of permissions: what it shows, how it is changed, what it refuses."""

import csv
import io
import re
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from govkit.base.audit import AuditEvent
from govkit.base.deployment import BASE_PERMISSIONS
from govkit.base.identity import Appointment, Role, Staff
from govkit.base.module import Permission
from govkit.errors import Conflict, NotFound, NotPermitted, Refused
from govkit.modules.administration import (
    LastHolder,
    add_role,
    change_role,
    find_role,
    permission_matrix,
    role_version,
)
from govkit.testing.plugin import appoint

pytestmark = pytest.mark.requirement("AUT-2", "ASVS-8.2.1", "ASVS-8.3.1")

CITY, OTHER = "132021", "132071"
MANAGE, STAFF = "administration.permissions", "base.manage_staff"


def role_of(session: Any, name: str) -> Role:
    return session.scalars(sa.select(Role).where(Role.name == name)).one()


def holds(deployment: Any, name: str) -> list[str]:
    with deployment.session(CITY, writes=False) as session:
        return role_of(session, name).permissions


def boxes(page: str) -> dict[str, list[str]]:
    """What the form on a page would send as it stands."""
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        facts = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if facts.get("type") != "checkbox" or " checked" in tag:
            sent.setdefault(facts["name"], []).append(facts.get("value", ""))
    return sent


def test_the_table_shows_what_each_role_holds_and_who_holds_it(deployment, sign_in):
    client = sign_in(CITY, "administrator")
    appoint(deployment, CITY, "principal")
    page = client.get("/administration/permissions").text
    assert "出欠を記録する" in page
    assert "attendance.record" in page
    assert "校長" in page
    assert "特に慎重" in page
    assert page.count("試験 花子") == 3  # once in the header
    with deployment.session(CITY, writes=False) as session:
        seen = sa.select(AuditEvent).where(AuditEvent.action == "read")
        assert {len(each.subject_ids) for each in session.scalars(seen)} == {2}


def test_the_csv_says_the_same_as_the_roles(deployment, sign_in):
    answer = sign_in(CITY, "administrator").get("/administration/permissions/download")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    with deployment.session(CITY, writes=False) as session:
        roles = session.scalars(sa.select(Role).order_by(Role.name)).all()
    for index, role in enumerate(roles):
        marked = {row[1] for row in rows[1:] if row[3 + index] == "○"}
        assert marked == set(role.permissions)
    assert [row[1] for row in rows[1:]] == [each.name for each in deployment.permissions]
    with deployment.session(CITY, writes=False) as session:
        action = AuditEvent.action == "administration.permissions_exported"
        assert session.scalars(sa.select(AuditEvent).where(action)).one().detail["count"] > 20


@pytest.mark.requirement("AUT-4", "ASVS-8.3.2")
def test_a_withdrawn_right_ends_with_the_next_request_and_both_states_are_audited(
    deployment, sign_in
):
    clerk, administrator = sign_in(CITY, "board_clerk"), sign_in(CITY, "administrator")
    assert clerk.get("/enrolment/zones").status_code == 200
    with deployment.session(CITY, writes=False) as session:
        role_id = role_of(session, "board_clerk").id
    address = f"/administration/roles/{role_id}"
    sent = boxes(administrator.get(address).text)
    sent["permissions_enrolment"].remove("enrolment.manage_zones")
    answer = administrator.post(address, data={**sent, "title": "学務課担当"})
    assert answer.status_code == 303, answer.text
    assert clerk.get("/enrolment/zones").status_code == 403
    with deployment.session(CITY, writes=False) as session:
        action = AuditEvent.action == "administration.role_changed"
        (event,) = session.scalars(sa.select(AuditEvent).where(action))
    gone = set(event.detail["before"]["permissions"]) - set(event.detail["after"]["permissions"])
    assert gone == {"enrolment.manage_zones"}


def test_the_second_of_two_savers_sees_the_difference_and_loses_nothing(deployment, sign_in):
    administrator = sign_in(CITY, "administrator")
    with deployment.session(CITY, writes=False) as session:
        role_id = role_of(session, "principal").id
    address = f"/administration/roles/{role_id}"
    first, second = boxes(administrator.get(address).text), boxes(administrator.get(address).text)
    first["permissions_schools"].remove("schools.prepare_year")
    second["permissions_attendance"].append("attendance.record")
    assert administrator.post(address, data={**first, "title": "校長"}).status_code == 303
    answer = administrator.post(address, data={**second, "title": "学校長"})
    assert answer.status_code == 409
    assert "「年度更新を準備する」：保存されている内容では「なし」" in answer.text
    assert 'value="学校長"' in answer.text
    again = boxes(answer.text)
    assert "attendance.record" in again["permissions_attendance"]
    assert administrator.post(address, data=again).status_code == 303
    assert "attendance.record" in holds(deployment, "principal")


def test_a_new_role_is_held_by_nobody_and_its_name_is_free(deployment, sign_in):
    administrator = sign_in(CITY, "administrator")
    sent = {"name": "school_nurse", "title": "養護教諭", "permissions_schools": "schools.view"}
    assert administrator.post("/administration/roles/new", data=sent).status_code == 303
    assert holds(deployment, "school_nurse") == ["schools.view"]
    for name in ("school_nurse", "Nurse", "九"):
        answer = administrator.post("/administration/roles/new", data={**sent, "name": name})
        assert answer.status_code == 400
    page = administrator.get("/administration/permissions").text
    assert "いまだれも就いていない役割" in page


@pytest.mark.parametrize("permission", ["no.such", "administration.everything", ""])
def test_a_permission_that_is_not_known_is_refused(deployment, sign_in, permission):
    administrator = sign_in(CITY, "administrator")
    sent = {"name": "odd", "title": "役割", "permissions_schools": [permission or "x"]}
    assert administrator.post("/administration/roles/new", data=sent).status_code == 400


def test_others_may_neither_see_nor_change_the_table(sign_in):
    clerk = sign_in(CITY, "board_clerk")
    assert clerk.get("/administration/permissions").status_code == 403
    assert clerk.post("/administration/roles/new", data={}).status_code == 403


KNOWN = (Permission(MANAGE, ""), *BASE_PERMISSIONS, Permission("schools.view", ""))


def give(work: Any, role: Role, *, unit_id: UUID | None = None) -> None:
    """Appoint somebody new to a role."""
    names = ("family_name", "given_name", "kana_family_name", "kana_given_name")
    staff = Staff(account_id=uuid4(), **dict.fromkeys(names, "ア"))
    work.session.add(staff)
    work.session.flush()
    work.session.add(
        Appointment(
            staff_id=staff.id,
            role_id=role.id,
            unit_id=unit_id,
            title="管理",
            valid_from=date(2026, 4, 1),
            valid_to=None,
        )
    )
    work.session.flush()


def change(work: Any, role: Role, permissions: list[str], seen: str | None = None) -> None:
    seen = role_version(role) if seen is None else seen
    change_role(work, role, role.title, permissions, seen=seen, known=KNOWN)


def test_every_service_asks_for_the_right(work_for):
    clerk = work_for(CITY, "board_clerk")
    principal = role_of(clerk.session, "principal")
    for act in (
        lambda: permission_matrix(clerk, KNOWN),
        lambda: find_role(clerk, principal.id),
        lambda: add_role(clerk, "odd", "役割", [], KNOWN),
        lambda: change(clerk, principal, []),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_a_role_of_another_city_is_no_role(work, shared_deployment):
    with shared_deployment.session(OTHER, writes=False) as session:
        foreign = role_of(session, "principal")
    with pytest.raises(NotFound):
        find_role(work, foreign.id)


def test_the_last_right_to_administer_stays(work):
    role = role_of(work.session, "administrator")
    give(work, role)
    with pytest.raises(LastHolder):
        change(work, role, [STAFF])
    with pytest.raises(LastHolder):
        change(work, role, [MANAGE])


def test_somebody_of_one_school_does_not_count_as_administrator(work):
    role, twin = role_of(work.session, "administrator"), add_role(work, "b", "乙", [MANAGE], KNOWN)
    give(work, role)
    give(work, twin, unit_id=uuid4())
    with pytest.raises(LastHolder):
        change(work, role, [STAFF])


def test_a_second_administrator_lets_the_first_go(work):
    role, twin = role_of(work.session, "administrator"), add_role(work, "b", "乙", [MANAGE], KNOWN)
    give(work, role)
    give(work, twin)
    change(work, role, [STAFF])
    assert role.permissions == [STAFF]


def test_a_change_of_something_else_seen_is_a_conflict(work):
    role = role_of(work.session, "principal")
    with pytest.raises(Conflict):
        change(work, role, [], seen="an older one")


def test_a_permission_of_a_module_that_is_gone_may_stay_but_not_be_given(work):
    role = role_of(work.session, "principal")
    role.permissions = ["gone.view"]
    work.session.flush()
    change(work, role, ["gone.view", "schools.view"])
    with pytest.raises(Refused):
        change(work, role_of(work.session, "school_clerk"), ["gone.view"])
