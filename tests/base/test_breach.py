"""BRE-1: who was affected by a leak is told by account, time, table and right, with the terms."""

import csv
import io
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from govkit.base.audit import AuditEvent
from govkit.base.breach import BreachQuery, breach_report, report_tables, write_people
from govkit.base.breach_text import breach_markdown
from govkit.base.identity import Account, Actor, find_actor
from govkit.base.persons import AddresseeNumber
from govkit.base.work import Origin
from govkit.errors import NotPermitted
from govkit.modules.schools import Pupil
from govkit.testing.module_suite.rows import make
from govkit.testing.plugin import appoint

CITY, OTHER = "132021", "132071"
NOVEMBER = {"first": date(2026, 11, 1), "last": date(2026, 11, 30), "known_on": date(2026, 11, 24)}
pytestmark = pytest.mark.requirement("BRE-1")


def looked(deployment, actor, *subjects, action="read", code=CITY):
    city = deployment.municipality(code)
    with deployment.work(city, actor, writes=False, origin=Origin("r", "schools.pupil")) as work:
        work.record(action, subjects)


def report(deployment, **conditions):
    with deployment.work(
        deployment.municipality(CITY), Actor.operator("調査"), writes=False
    ) as work:
        return breach_report(
            work, BreachQuery(**{**NOVEMBER, **conditions}), deployment.actions, "紛失"
        )


@pytest.fixture
def pupils(deployment):
    """Three pupils with addressee numbers 1, 2 and 3."""
    found = []
    with deployment.session(CITY) as session:
        for number in ("1", "2", "3"):
            row = make(session, Pupil, CITY)
            row.addressee_number, row.family_name, row.given_name = number, "試験", f"{number}子"
            session.flush()
            found.append(row)
        session.commit()
    return found


def test_each_person_counts_once_under_whatever_identifier(deployment, pupils):
    someone = Actor.operator("職員")
    looked(deployment, someone, *pupils[:2])
    looked(deployment, someone, AddresseeNumber("1"), action="residents.get")
    looked(deployment, someone, pupils[0].id, action="pupil.left")
    looked(deployment, someone, "132021", action="enrolment.zones_replaced")
    looked(deployment, someone, AddresseeNumber("9"), code=OTHER)

    found = report(deployment)

    assert [(each.number, each.times) for each in found.people] == [("1", 3), ("2", 1)]
    assert found.people[0].tables == ("住民（宛名番号）", "児童生徒")
    assert found.events == 4
    assert dict(found.actors) == {"職員": 4}
    assert found.days[0] == (date(2026, 11, 24), 4, 2)


def test_account_time_table_and_right_narrow_it(deployment, clock, pupils):
    login = appoint(deployment, CITY, "principal")
    with deployment.system(writes=False) as session:
        account_id = session.scalar(sa.select(Account.id).where(Account.login == login))
    with deployment.session(CITY, writes=False) as session:
        principal = find_actor(session, account_id, clock.now.date())
    looked(deployment, principal, pupils[0])
    looked(deployment, Actor.operator("運用"), pupils[1])
    clock.now += timedelta(days=30)
    looked(deployment, Actor.operator("運用"), AddresseeNumber("3"), action="residents.get")

    def numbers(**conditions):
        return [each.number for each in report(deployment, **conditions).people]

    assert numbers() == ["1", "2"]
    assert numbers(last=date(2026, 12, 31)) == ["1", "2", "3"]
    assert numbers(actors=(str(account_id),)) == ["1"]
    assert numbers(permission="attendance.close_month") == ["1"]
    assert numbers(permission="base.manage_staff") == []
    assert numbers(table="schools_pupil", last=date(2026, 12, 31)) == ["1", "2"]
    assert numbers(table="resident_extracts_resident", last=date(2026, 12, 31)) == ["3"]
    assert ("schools_pupil", "児童生徒") in report_tables()


def test_terms_and_grounds_are_told(deployment):
    people = [AddresseeNumber(f"{number:015d}") for number in range(101)]
    looked(deployment, Actor.operator("職員"), *people[:100], action="residents.born_between")
    assert not any("100人を超え" in each for each in report(deployment).grounds)
    looked(deployment, Actor.operator("職員"), people[100], action="residents.get")
    found = report(deployment)
    assert found.grounds[0] == "100人を超えています。"
    assert [(each.first, each.last, each.days_left) for each in found.terms] == [
        (date(2026, 11, 26), date(2026, 11, 28), 4),
        (date(2026, 12, 23), date(2026, 12, 23), 29),
    ]
    worse = report(deployment, is_improper=True)
    assert worse.terms[1].last == date(2027, 1, 22)
    assert worse.grounds[-1] == "不正の目的によるおそれがあります。"


def test_the_inquiry_is_on_record_and_needs_the_right(deployment, pupils, work_for):
    report(deployment, table="schools_pupil")
    with deployment.session(CITY, writes=False) as session:
        event = session.scalars(sa.select(AuditEvent)).one()
    assert (event.action, event.reason) == ("breach.reported", "紛失")
    assert event.detail["conditions"]["table"] == "schools_pupil"
    with pytest.raises(NotPermitted):
        breach_report(work_for(role="principal"), BreachQuery(**NOVEMBER), {}, "x")


def test_names_stand_in_the_file_only_when_asked_for(deployment, pupils):
    looked(deployment, Actor.operator("職員"), *pupils)
    found = report(deployment)
    for with_names in (False, True):
        body = io.BytesIO()
        with deployment.work(deployment.municipality(CITY), Actor.operator("調査")) as work:
            assert write_people(body, work, found.people, with_names=with_names) == 3
        rows = [*csv.reader(io.StringIO(body.getvalue().decode("utf-8-sig")))]
        assert ("試験 1子" in rows[1]) is with_names
    text = breach_markdown(found, deployment.municipality(CITY))
    assert "- 影響を受けた人：3人" in text
    assert "速報（3日から5日以内）：2026年11月28日（あと4日）" in text
    assert "試験" not in text
