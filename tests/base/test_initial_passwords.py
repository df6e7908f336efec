"""ASVS 6.4: passwords that somebody else was shown, and people who forgot theirs."""

import re
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from click.testing import CliRunner

from govkit.base import passwords
from govkit.base.audit import AuditEvent, SystemEvent
from govkit.base.credentials import SecondFactor
from govkit.base.factors import begin_totp, confirm_totp
from govkit.base.identity import Account, Staff
from govkit.base.notices import Notice
from govkit.base.passwords import (
    MOST_FAILURES,
    PasswordEnded,
    add_account,
    check_password,
    issue_password,
    new_initial_password,
)
from govkit.cli import main
from govkit.testing.plugin import PASSWORD, appoint
from tests.cli.conftest import write_settings

OWN = "わたしだけが知っている長い言葉です"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0"
IPAD = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"
WHY = {"reason": "忘れたため。窓口で職員証を確認"}


@pytest.fixture(scope="session")
def databases(sqlite_databases):
    """One kind: nothing here is said in SQL of its own."""
    return sqlite_databases


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    """Hashes that take no time: what they cost in earnest is not asked here."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", quick)


@pytest.fixture
def browser(app):
    """Browsers: ``browser(login, password, agent)`` is one in which somebody has tried to log in."""
    app.config["WTF_CSRF_ENABLED"] = False

    def open_one(login, password=PASSWORD, agent=EDGE, follow=""):
        client = app.test_client()
        client.environ_base["HTTP_USER_AGENT"] = agent
        client.answer = client.post(f"/login{follow}", data={"login": login, "password": password})
        return client

    return open_one


def _account(deployment, login):
    with deployment.system(writes=False) as session:
        return session.scalars(sa.select(Account).where(Account.login == login)).one()


def _staff_id(deployment, login):
    account_id = _account(deployment, login).id
    with deployment.session("132021", writes=False) as session:
        return session.scalars(sa.select(Staff.id).where(Staff.account_id == account_id)).one()


def _notices(deployment, login):
    staff_id = _staff_id(deployment, login)
    with deployment.session("132021", writes=False) as session:
        query = sa.select(Notice).where(Notice.staff_id == staff_id).order_by(Notice.at)
        return [(each.text[:7], each.params) for each in session.scalars(query)]


def _choose(client, address, current, new):
    return client.post(address, data={"current": current, "new": new})


@pytest.mark.requirement("ASVS-6.4.1")
def test_initial_passwords_are_random_good_and_end(deployment, clock) -> None:
    issued = [new_initial_password(deployment) for _ in range(200)]
    letters = [each.text.replace("-", "") for each in issued]
    assert len(set(letters)) == 200
    assert {len(each) for each in letters} == {20}
    assert len(set("".join(letters))) == 31  # 20 of 31: 99 bits
    assert issued[0].text not in repr(issued[0])
    with deployment.system() as session:
        add_account(session, "tanaka", issued[0])  # by the same rules as any password
    clock.now += timedelta(days=7) - timedelta(seconds=1)
    assert check_password(deployment, "tanaka", issued[0].text) is not None
    clock.now += timedelta(seconds=1)
    with pytest.raises(PasswordEnded):
        check_password(deployment, "tanaka", issued[0].text)
    assert check_password(deployment, "tanaka", issued[1].text) is None


@pytest.mark.requirement("ASVS-6.4.1")
def test_an_initial_password_opens_nothing_but_the_page_for_another(
    app, deployment, clock, browser
) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    first = issue_password(deployment, _account(deployment, login).id).text
    client = browser(login, first)
    asked = client.get("/schools/?a=1").location
    assert asked == "/account/password?next=/schools/?a%3D1"
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if view.permission == "public" or rule.arguments or "GET" not in rule.methods:
            continue
        if not view.before_password:
            assert client.get(rule.rule).status_code in (303, 403), rule
    assert client.post("/account/logins").location.startswith("/account/password")
    page = client.get(asked).text
    assert "初期パスワード" in page
    assert _choose(client, asked, "x" * 20, OWN).status_code == 400
    assert _choose(client, asked, first, "short").status_code == 400
    assert "別のパスワード" in _choose(client, asked, first, first).text
    assert client.get("/").location.startswith("/account/password")
    assert _choose(client, asked, first, OWN).location == "/schools/?a=1"
    assert client.get("/").status_code == 200
    assert client.get("/account/password").location == "/account"
    clock.now += timedelta(days=3650)
    assert browser(login, first).answer.status_code == 400
    assert browser(login, OWN).answer.location == "/"
    assert _notices(deployment, login)[-1][1] == {"device": "Windows / Edge"}


@pytest.mark.requirement("ASVS-6.4.1")
def test_whoever_comes_too_late_is_told_what_to_do(deployment, clock, browser) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    first = issue_password(deployment, _account(deployment, login).id).text
    client = browser(login, first)
    clock.now += timedelta(days=7)
    assert client.get("/").location.startswith("/login")
    late = browser(login, first)
    assert late.answer.status_code == 403
    assert "発行し直す" in late.answer.text
    assert "発行し直す" not in browser(login, "x" * 20).answer.text


@pytest.mark.requirement("SES-2")
def test_what_was_typed_before_survives_the_new_password(deployment, clock, browser) -> None:
    login, page = appoint(deployment, "132021", "administrator"), "/schools/staff/new"
    typed = {"login": "tanaka", "family_name": "田中", "role": "board_clerk"}
    client = browser(login)
    clock.now += timedelta(minutes=61)
    headers = {"Referer": f"http://localhost{page}"}
    assert client.post(page, data=typed, headers=headers).location == "/login?again=1"
    first = issue_password(deployment, _account(deployment, login).id).text
    client.post("/login?again=1", data={"login": login, "password": first})
    asked = client.get("/").location
    assert "戻しました" not in client.get(asked).text
    assert _choose(client, asked, first, OWN).location == page
    given_back = client.get(page).text
    assert 'value="田中"' in given_back
    assert "まだ保存されていません" in given_back


def _with_app(deployment, clock, login):
    """An authenticator app of the account's."""
    account_id = _account(deployment, login).id
    begin_totp(deployment, account_id)
    with deployment.system(writes=False) as session:
        totp = pyotp.TOTP(session.get(SecondFactor, account_id).new_totp_secret)
    assert confirm_totp(deployment, account_id, totp.at(clock.now))
    clock.now += timedelta(minutes=5)
    return totp


@pytest.mark.requirement("ASVS-6.4.3", "ASVS-6.4.2", "ASVS-6.3.4")
def test_an_administrator_helps_who_forgot_the_password(
    deployment, clock, browser, sign_in
) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    totp = _with_app(deployment, clock, login)
    client = browser(login)
    client.post("/login/factor", data={"code": totp.at(clock.now)})
    assert client.get("/").status_code == 200
    with deployment.system() as session:
        session.get(Account, _account(deployment, login).id).failures = MOST_FAILURES
    assert browser(login).answer.status_code == 400

    boss = sign_in("132021", "administrator")
    address = f"/logins/{_staff_id(deployment, login)}/password"
    assert address in boss.get(address.removesuffix("/password")).text
    assert "一度だけ表示" in boss.get(address).text
    assert boss.post(address).status_code == 400
    answer = boss.post(address, data={**WHY, "password": "chosen by the administrator"})
    first = re.search(r"(?:[a-z2-9]{5}-){3}[a-z2-9]{5}", answer.text)[0]
    assert login in answer.text

    assert client.get("/").location.startswith("/login")
    assert browser(login).answer.status_code == 400
    again = browser(login, first)
    assert again.answer.location.startswith("/login/factor")  # 6.4.3: the second factor stays
    assert again.get("/account/password").location.startswith("/login")
    clock.now += timedelta(minutes=5)
    again.post("/login/factor", data={"code": totp.at(clock.now)})
    assert again.get("/").location.startswith("/account/password")
    assert _choose(again, "/account/password", first, OWN).location == "/"
    assert again.get("/").status_code == 200
    with deployment.session("132021", writes=False) as session:
        act = sa.select(AuditEvent).where(AuditEvent.action == "staff.password_issued")
        audit = session.scalars(act).one()
    assert audit.reason == WHY["reason"]
    assert _notices(deployment, login)[-1][0] == "システム管理者"


def test_who_may_not_issue_a_password_for_whom(app, deployment, clock, browser, sign_in) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    address = f"/logins/{_staff_id(deployment, login)}/password"
    boss_login = appoint(deployment, "132021", "administrator")
    boss = browser(boss_login)
    own = f"/logins/{_staff_id(deployment, boss_login)}/password"
    assert "アカウントの画面" in boss.post(own, data=WHY).text
    assert sign_in("132071", "administrator").post(address, data=WHY).status_code == 404
    assert sign_in("132021", "board_clerk").post(address, data=WHY).status_code == 403

    # Whoever works for two municipalities, or will, is not one administrator's to help.
    later = clock.now.date() + timedelta(days=30)
    appoint(deployment, "132071", "board_clerk", login=login, period=(later, None))
    for act in ("password", "factors"):
        refused = boss.post(address.replace("password", act), data=WHY)
        assert refused.status_code == 409
        assert "運用担当者" in refused.text
    assert browser(login).answer.status_code == 303
    clock.now += timedelta(minutes=16)
    assert boss.post(address, data=WHY).location.startswith("/step-up")


def test_an_operator_helps_who_works_for_two_cities(
    deployment, browser, tmp_path, monkeypatch
) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    appoint(deployment, "132071", "board_clerk", login=login)
    write_settings(tmp_path, deployment.settings)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GOVKIT_SETTINGS", raising=False)
    client = browser(login)
    assert client.get("/account").location.startswith("/appointments")
    done = CliRunner().invoke(main, ["account", "password", login])
    assert done.exit_code == 0, done.output
    first = re.search(r"(?:[a-z2-9]{5}-){3}[a-z2-9]{5}", done.output)[0]
    assert CliRunner().invoke(main, ["account", "password", "nobody"]).exit_code == 1
    assert client.get("/appointments").location == "/login"
    client = browser(login, first)
    client.post("/appointments", data={"appointment": "132071"})
    assert client.get("/").location.startswith("/account/password")
    with deployment.system(writes=False) as session:
        events = session.scalars(sa.select(SystemEvent.action)).all()
    assert events.count("account.password_issued") == 1


@pytest.mark.requirement("ASVS-6.3.5")
def test_a_login_unlike_the_others_is_told_to_its_owner(deployment, clock, browser) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    known = browser(login)
    known.post("/login", data={"login": login, "password": PASSWORD})
    assert _notices(deployment, login) == []  # the first one, and one from the same device

    browser(login, agent=IPAD)
    assert _notices(deployment, login) == [("はじめての端末", {"device": "iPad / Safari"})]
    clock.now += timedelta(seconds=1)
    for _ in range(3):
        browser(login, "x" * 20)
    known.post("/login", data={"login": login, "password": PASSWORD})
    assert _notices(deployment, login)[1:] == [("{count}", {"count": "3"})]
    assert "3回続けて失敗した後" in known.get("/notices").text


@pytest.mark.requirement("ASVS-6.3.5")
def test_codes_that_somebody_with_the_password_got_wrong_are_told(
    deployment, clock, browser
) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    totp = _with_app(deployment, clock, login)
    thief = browser(login)
    for code in ("000000", "111111", "222222"):
        assert thief.post("/login/factor", data={"code": code}).status_code == 400
    clock.now += timedelta(minutes=5)
    owner = browser(login)
    owner.post("/login/factor", data={"code": totp.at(clock.now)})
    assert _notices(deployment, login) == [("{count}", {"count": "3"})]
