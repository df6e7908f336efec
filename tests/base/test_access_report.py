"""Who looked at somebody: names and titles of the day, whole identifiers only, own city only."""

from datetime import date, timedelta

import sqlalchemy as sa

from govkit.base.access_report import access_report
from govkit.base.identity import Account, Actor, find_actor
from govkit.base.work import Origin
from govkit.testing.plugin import appoint
from tests.modules.resident_extracts.files import CITY, number


class Pupil(str):
    __slots__ = ()


def account_of(deployment, login):
    with deployment.system(writes=False) as session:
        return session.scalar(sa.select(Account.id).where(Account.login == login))


def look(deployment, actor, subject, code=CITY, **detail):
    city = deployment.municipality(code)
    with deployment.work(city, actor, writes=False, origin=Origin("r", "schools.pupil")) as work:
        work.record("residents.get", [subject], "窓口", **detail)


def report(deployment, identifier, code=CITY, days=(date(2026, 11, 1), date(2026, 11, 30))):
    with deployment.work(deployment.municipality(code), Actor.operator("点検")) as work:
        return access_report(work, ["Pupil"], identifier, *days)


def test_the_title_is_the_one_of_the_day(deployment, clock):
    login = appoint(deployment, CITY, "board_clerk", period=(date(2026, 4, 1), date(2026, 11, 24)))
    appoint(deployment, CITY, "principal", login=login, period=(date(2026, 11, 25), None))
    account_id = account_of(deployment, login)
    for _day in range(2):
        with deployment.session(CITY, writes=False) as session:
            actor = find_actor(session, account_id, clock.now.date())
        look(deployment, actor, Pupil(number(1)), purpose="就学", outcome="single")
        clock.now += timedelta(days=1)

    later, earlier = report(deployment, number(1))
    assert (earlier.who, earlier.roles) == ("試験 花子", ("board_clerk",))
    assert later.roles == ("principal",)
    assert (later.purpose, later.outcome, later.reason) == ("就学", "single", "窓口")


def test_only_this_person_in_this_city_and_period_counts(deployment):
    someone = Actor.operator("運用")
    look(deployment, someone, Pupil("100"))
    look(deployment, someone, Pupil("1001"))
    look(deployment, someone, Pupil("100"), code="132071")

    assert [each.who for each in report(deployment, "100")] == ["運用"]
    assert report(deployment, "%") == []
    assert report(deployment, "10_") == []
    assert report(deployment, "100", days=(date(2026, 11, 25), date(2026, 11, 30))) == []
    assert len(report(deployment, "100", days=(date(2026, 11, 24), date(2026, 11, 24)))) == 1
