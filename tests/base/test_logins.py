"""SES-3, AUT-4, P15: who is logged in where, who may end it, and what ends by itself."""

import os
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from govkit.base.devices import device_name
from govkit.base.identity import Account, Appointment, Role, Staff, WebSession
from govkit.base.sessions import _hash
from govkit.testing.plugin import PASSWORD, appoint

TRANSFERS = 5000 if os.environ.get("GOVKIT_SOAK") else 200
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0"
IPAD = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (EDGE, "Windows / Edge"),
        (IPAD, "iPad / Safari"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X) Firefox/140.0", "macOS / Firefox"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/140.0 Safari/537.36", "ChromeOS / Chrome"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Android / Chrome"),
        ("<script>", ""),
    ],
)
def test_a_device_is_named_in_a_few_words(user_agent, name) -> None:
    assert device_name(user_agent) == name


def _client(app, login, user_agent=EDGE):
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = user_agent
    assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 303
    return client


def _keys(page):
    return re.findall(r'name="key" value="(\w{64})"', page)


@pytest.mark.requirement("SES-3", "ASVS-7.5.2", "ASVS-7.4.5")
def test_people_see_their_logins_and_end_others(app, deployment) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    stranger = _client(app, appoint(deployment, "132021", "board_clerk"))
    here, tablet, third = (_client(app, login, agent) for agent in (EDGE, IPAD, EDGE))
    page = here.get("/account/logins").text
    assert page.count("Windows / Edge") == 2
    assert "iPad / Safari" in page
    assert len(_keys(page)) == 2
    assert stranger.post("/account/logins", data={"key": _keys(page)[0]}).status_code == 303
    assert tablet.get("/").status_code == third.get("/").status_code == 200

    keys = {_hash(client.get_cookie("govkit").value): client for client in (tablet, third)}
    here.post("/account/logins", data={"key": _hash(tablet.get_cookie("govkit").value)})
    assert set(keys) == set(_keys(page))
    assert tablet.get("/").location.startswith("/login")
    assert third.get("/").status_code == 200
    here.post("/account/logins")
    assert third.get("/").location.startswith("/login")
    assert here.get("/").status_code == 200
    assert stranger.get("/").status_code == 200


@pytest.mark.requirement("SES-3", "TEN-1", "ASVS-7.4.5")
def test_an_administrator_ends_logins_to_the_own_city_alone(app, deployment, sign_in) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    appoint(deployment, "132071", "board_clerk", login=login)
    here, there = _client(app, login), _client(app, login, IPAD)
    here.post("/appointments", data={"appointment": "132021"})
    there.post("/appointments", data={"appointment": "132071"})
    boss = sign_in("132021", "administrator")
    address = f"/logins/{_staff_id(deployment, login)}"
    page = boss.get(address).text
    assert "Windows / Edge" in page
    assert "iPad" not in page
    boss.post(address, data={"key": _hash(there.get_cookie("govkit").value)})
    boss.post(address)
    assert here.get("/").location.startswith("/login")
    assert there.get("/").status_code == 200
    assert sign_in("132071", "administrator").get(address).status_code == 404
    assert sign_in("132021", "principal").get(address).status_code == 403


def _staff_id(deployment, login):
    with deployment.system(writes=False) as session:
        account_id = session.scalars(sa.select(Account.id).where(Account.login == login)).one()
    with deployment.session("132021", writes=False) as session:
        return session.scalars(sa.select(Staff.id).where(Staff.account_id == account_id)).one()


@pytest.mark.requirement("AUT-4", "ASVS-7.4.2")
def test_a_login_that_was_ended_is_not_brought_back_by_a_request_under_way(app, deployment):
    login = appoint(deployment, "132021", "board_clerk")
    client = _client(app, login)
    begin = app.session_interface.open_session

    def open_session(*arguments):
        opened = begin(*arguments)
        with deployment.system() as session:
            session.execute(sa.delete(WebSession))
        return opened

    app.session_interface.open_session = open_session
    client.post("/step-up", data={"password": PASSWORD})
    client.post("/appointments", data={"appointment": "132021"})
    with deployment.system(writes=False) as session:
        assert session.scalars(sa.select(WebSession)).all() == []


@pytest.fixture
def teachers(deployment, clock):
    """Keys of the open logins of teachers who all move on 1 April, at 23:59:30 the day before."""
    clock.move_to(date(2027, 3, 31))
    clock.now += timedelta(hours=14, minutes=59, seconds=30)
    ids = [uuid4() for _ in range(TRANSFERS)]
    with deployment.system() as session:
        session.add_all(
            Account(id=each, login=str(each), password_hash="", is_enabled=True, failures=0)
            for each in ids
        )
        session.flush()
        session.add_all(_login(each, clock.now) for each in ids)
    for code, period in (("132021", (date(2026, 4, 1), date(2027, 3, 31))),
                         ("132071", (date(2027, 4, 1), None))):  # fmt: skip
        _appoint_all(deployment, code, ids, period)
    return list(map(str, ids))


def _login(account_id, now):
    return WebSession(
        key_hash=_hash(str(account_id)),
        account_id=account_id,
        municipality_code="132021",
        data={},
        created_at=now,
        seen_at=now,
        amr=["pwd"],
        auth_time=now,
        is_pending=False,
        device="",
    )


def _appoint_all(deployment, code, account_ids, period):
    with deployment.session(code) as session:
        role_id = session.scalars(sa.select(Role.id).where(Role.name == "homeroom_teacher")).one()
        staff = [
            Staff(
                account_id=each,
                family_name="試験",
                given_name="",
                kana_family_name="シケン",
                kana_given_name="",
            )
            for each in account_ids
        ]
        session.add_all(staff)
        session.flush()
        session.add_all(
            Appointment(
                staff_id=each.id,
                role_id=role_id,
                unit_id=None,
                title="学級担任",
                valid_from=period[0],
                valid_to=period[1],
            )
            for each in staff
        )
        session.commit()


@pytest.mark.requirement("AUT-4", "P15", "ASVS-7.4.2", "ASVS-8.3.2")
def test_no_right_of_those_who_move_outlives_midnight(app, deployment, clock, teachers) -> None:
    before = [_asks(app, key) for key in teachers[:5]]
    assert all(status == 200 for status, _ in before)
    clock.now += timedelta(seconds=31)  # 0:00:01 on 1 April: at most 60 seconds are promised
    left = [key for key in teachers if _asks(app, key) != (303, "/appointments")]
    missing = []
    for key in teachers[:: max(1, len(teachers) // 20)]:
        client = app.test_client()
        client.set_cookie("govkit", key)
        app.config["WTF_CSRF_ENABLED"] = False
        client.post("/appointments", data={"appointment": "132071"})
        if client.get("/account").status_code != 200:
            missing.append(key)
    print(f"P15: {len(teachers)} transfers, {len(left)} rights left, {len(missing)} missing")
    assert (left, missing) == ([], [])


def _asks(app, key):
    client = app.test_client()
    client.set_cookie("govkit", key)
    answer = client.get("/account")
    return answer.status_code, (answer.location or "").partition("?")[0]
