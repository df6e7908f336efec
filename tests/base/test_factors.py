"""AUT-5, AUT-7: the second factor at login: codes, recovery codes, who must have one, new devices."""

import math
import re
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from govkit.base import factors, passwords
from govkit.base.app import create_app
from govkit.base.audit import AuditEvent, SystemEvent
from govkit.base.credentials import RecoveryCode, SecondFactor
from govkit.base.deployment import Deployment
from govkit.base.identity import Account, Staff
from govkit.base.passwords import set_password
from govkit.base.risk import Attempt, Verdict
from govkit.errors import InvalidSettings
from govkit.testing.plugin import PASSWORD, appoint

pytestmark = pytest.mark.requirement("AUT-5", "ASVS-6.3.3")
CODE = re.compile(r"\d{2}(?:-[2-9A-Z]{4}){3}")


def refuse(_attempt: Attempt) -> Verdict:
    """A risk hook of a deployment's own."""
    return Verdict.REFUSE


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    """Hashes that take no time: what they cost in earnest is not asked here."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", quick)


@pytest.fixture
def asking(databases, clock):
    """Applications whose settings of security differ: ``asking(second_factor="required")``."""
    opened = []

    def make(**security):
        settings = databases.settings()
        changed = settings.security.model_copy(update=security)
        deployment = Deployment(settings.model_copy(update={"security": changed}), clock=clock)
        opened.append(deployment)
        app = create_app(deployment=deployment)
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        return app, deployment

    yield make
    for deployment in opened:
        deployment.close()


def _account_id(deployment, login):
    with deployment.system(writes=False) as session:
        return session.scalars(sa.select(Account.id).where(Account.login == login)).one()


def _log_in(client, login, *, follow=""):
    return client.post(f"/login{follow}", data={"login": login, "password": PASSWORD})


def _set_up(client, clock):
    """The app of somebody who is logged in, and their recovery codes."""
    assert client.post("/account/factors/app").location == "/account/factors/app"
    page = client.get("/account/factors/app").text
    secret = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    totp = pyotp.TOTP(secret)
    answer = client.post("/account/factors/app/confirm", data={"code": totp.at(clock.now)})
    assert answer.status_code == 200, answer.text
    return totp, CODE.findall(answer.text)


def _events(deployment, action):
    with deployment.system(writes=False) as session:
        return session.scalars(sa.select(SystemEvent).where(SystemEvent.action == action)).all()


@pytest.fixture
def person(app, deployment, clock):
    """Somebody with an authenticator app: login, app, recovery codes."""
    app.config["WTF_CSRF_ENABLED"] = False
    login = appoint(deployment, "132021", "board_clerk")
    client = app.test_client()
    _log_in(client, login)
    totp, codes = _set_up(client, clock)
    clock.now += timedelta(minutes=5)
    return login, totp, codes


@pytest.mark.requirement("ASVS-6.5.1", "ASVS-6.5.5")
def test_a_new_device_needs_the_code_and_takes_it_once(app, clock, person) -> None:
    login, totp, _codes = person
    client = app.test_client()
    answer = _log_in(client, login, follow="?next=/account")
    assert answer.location == "/login/factor?next=/account"
    assert client.get("/").location.startswith("/login")
    code = totp.at(clock.now)
    assert client.post("/login/factor?next=/account", data={"code": code}).location == "/account"
    assert client.get("/account").status_code == 200

    other = app.test_client()
    _log_in(other, login)
    again = other.post("/login/factor", data={"code": code})
    assert again.status_code == 400
    assert "もう使われています" in again.text
    assert other.get("/").location.startswith("/login")


@pytest.mark.parametrize(
    ("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_one_step_early_or_late_is_right(deployment, clock, person, steps, accepted) -> None:
    login, totp, _codes = person
    code = totp.at(clock.now + timedelta(seconds=30 * steps))
    typed = (
        f" {code[:3]} {code[3:]}"
        if steps
        else code.translate(dict(zip(map(ord, "0123456789"), "０１２３４５６７８９", strict=True)))
    )
    assert factors.use_totp(deployment, _account_id(deployment, login), typed) is accepted


@pytest.mark.requirement("ENC-1", "ASVS-11.4.2", "ASVS-6.5.2")
def test_the_database_holds_neither_secret_nor_recovery_code(deployment, person) -> None:
    login, totp, codes = person
    with deployment.system(writes=False) as session:
        account_id = _account_id(deployment, login)
        assert session.get(SecondFactor, account_id).totp_secret == totp.secret
        sealed = session.scalars(sa.select(SecondFactor.totp_secret)).one()
        assert totp.secret not in sealed.token
        stored = session.scalars(sa.select(RecoveryCode.code_hash)).all()
    assert len(stored) == len(set(codes)) == 10
    assert all(each.startswith("$argon2id$") for each in stored)


@pytest.mark.requirement("ASVS-6.5.4")
def test_a_recovery_code_is_drawn_from_more_than_20_bits(deployment, person) -> None:
    account_id = _account_id(deployment, person[0])
    codes = [*person[2], *factors.new_recovery_codes(deployment, account_id)]
    drawn = [code.replace("-", "") for code in codes]
    assert len(set(drawn)) == 20
    letters = len(set("".join(drawn)))  # at most those it is drawn from
    assert all(len(each) * math.log2(letters) > 20 for each in drawn)


@pytest.mark.requirement("ASVS-6.5.1")
def test_a_recovery_code_is_good_for_one_login(app, deployment, person) -> None:
    login, _totp, codes = person
    for code, status in (
        (codes[3].lower(), 303),
        (codes[3], 400),
        (codes[4][:-1] + ("3" if codes[4][-1] == "2" else "2"), 400),
    ):
        client = app.test_client()
        _log_in(client, login)
        assert client.post("/login/factor", data={"code": code}).status_code == status
        if status == 303:
            page = client.get("/").text
            assert "残りは9個" in page
            assert codes[5] not in client.get("/account/factors").text
    assert len(_events(deployment, "login.recovery_code_used")) == 1


def test_new_recovery_codes_make_the_old_ones_void(deployment, person) -> None:
    login, _totp, codes = person
    account_id = _account_id(deployment, login)
    new = factors.new_recovery_codes(deployment, account_id)
    assert not factors.use_recovery_code(deployment, account_id, codes[0])
    assert factors.use_recovery_code(deployment, account_id, new[0])


def test_a_login_that_waits_for_its_factor_opens_nothing_and_ends(app, deployment, clock, person):
    login, totp, _codes = person
    client = app.test_client()
    _log_in(client, login)
    for address in ("/", "/account", "/account/factors", "/schools/"):
        assert client.get(address).location.startswith("/login"), address
    assert client.post("/step-up", data={"password": PASSWORD}).status_code == 401
    clock.now += timedelta(minutes=11)
    late = client.post("/login/factor", data={"code": totp.at(clock.now)})
    assert late.location.startswith("/login")
    assert client.get("/").location.startswith("/login")

    _log_in(client, login)
    with deployment.system() as session:
        session.get(Account, _account_id(deployment, login)).is_enabled = False
    refused = client.post("/login/factor", data={"code": totp.at(clock.now)})
    assert refused.location.startswith("/login")


@pytest.mark.requirement("AUT-7")
def test_a_known_device_is_asked_again_once_the_password_is_new(app, deployment, clock, person):
    login, totp, _codes = person
    client = app.test_client()
    _log_in(client, login)
    client.post("/login/factor", data={"code": totp.at(clock.now)})
    client.post("/logout")
    assert _log_in(client, login).location == "/"
    client.post("/logout")
    with deployment.system() as session:
        account = session.get(Account, _account_id(deployment, login))
        set_password(session, account, "a new and longer one")
    answer = client.post("/login", data={"login": login, "password": "a new and longer one"})
    assert answer.location.startswith("/login/factor")
    client.set_cookie("govkit-device", "0" * 32 + ".." + "é" * 32)
    assert _log_in(app.test_client(), login).status_code == 400


@pytest.mark.requirement("AUT-7", "ASVS-8.2.4")
def test_a_deployment_may_refuse_by_circumstances(asking) -> None:
    app, deployment = asking(risk_hook="tests.base.test_factors:refuse")
    login = appoint(deployment, "132021", "board_clerk")
    client = app.test_client()
    assert _log_in(client, login).status_code == 403
    assert client.get("/").location.startswith("/login")
    assert len(_events(deployment, "login.refused")) == 1


@pytest.mark.parametrize(
    ("rule", "role", "is_asked"),
    [
        ("required", "homeroom_teacher", True),
        ("sensitive", "board_clerk", True),
        ("optional", "board_clerk", False),
    ],
)
def test_who_must_sets_a_factor_up_before_anything_else(asking, clock, rule, role, is_asked):
    app, deployment = asking(second_factor=rule)
    client = app.test_client()
    login = appoint(deployment, "132021", role)
    _log_in(client, login)
    assert client.get("/").status_code == (303 if is_asked else 200)
    assert client.post("/account", data={}).status_code == (303 if is_asked else 400)
    if not is_asked:
        return
    assert client.get("/").location == "/account/factors"
    totp, _codes = _set_up(client, clock)
    assert client.get("/").status_code == 200
    client.post("/logout")
    clock.now += timedelta(minutes=5)
    assert _log_in(client, login).location.startswith("/login/factor")  # a known device, too
    client.post("/login/factor", data={"code": totp.at(clock.now)})
    assert client.get("/").status_code == 200


def test_production_asks_those_with_sensitive_rights(databases) -> None:
    settings = databases.settings()
    assert factors.factor_rule(settings) == "optional"
    production = settings.app.model_copy(update={"environment": "production"})
    assert factors.factor_rule(settings.model_copy(update={"app": production})) == "sensitive"


@pytest.mark.requirement("ASVS-6.3.1", "ASVS-6.6.3")
def test_wrong_codes_are_slowed_down_and_then_stopped(app, deployment, clock, person) -> None:
    login, totp, codes = person
    client = app.test_client()
    _log_in(client, login)
    answers = [client.post("/login/factor", data={"code": "000000"}) for _ in range(21)]
    assert [each.status_code for each in answers] == [400] * 20 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "しばらく" in answers[-1].text

    account_id = _account_id(deployment, login)
    with deployment.system() as session:
        session.get(SecondFactor, account_id).failures = factors.MOST_FAILURES
    clock.now += timedelta(minutes=6)
    assert "システム管理者" in client.get("/login/factor").text
    assert not factors.use_totp(deployment, account_id, totp.at(clock.now))
    assert not factors.use_recovery_code(deployment, account_id, codes[0])


@pytest.mark.requirement("ASVS-6.4.4", "SES-3", "ASVS-7.4.5")
def test_an_administrator_resets_lost_factors_and_it_is_recorded(
    app, deployment, clock, person, sign_in
):
    login, totp, _codes = person
    lost = app.test_client()
    _log_in(lost, login)
    lost.post("/login/factor", data={"code": totp.at(clock.now)})
    boss = sign_in("132021", "administrator")
    with deployment.session("132021", writes=False) as session:
        account_id = _account_id(deployment, login)
        staff_id = session.scalars(sa.select(Staff.id).where(Staff.account_id == account_id)).one()
    assert "すべて終わらせる" in boss.get(f"/logins/{staff_id}").text
    assert boss.post(f"/logins/{staff_id}/factors", data={}).status_code == 400
    answer = boss.post(f"/logins/{staff_id}/factors", data={"reason": "紛失。窓口で職員証を確認"})
    assert answer.status_code == 303
    assert lost.get("/").location.startswith("/login")
    assert _log_in(app.test_client(), login).location == "/"
    with deployment.session("132021", writes=False) as session:
        audit = session.scalars(
            sa.select(AuditEvent).where(AuditEvent.action == "staff.factors_reset")
        ).one()
    assert (audit.subject_ids, audit.reason) == ([str(staff_id)], "紛失。窓口で職員証を確認")
    assert sign_in("132071", "administrator").get(f"/logins/{staff_id}").status_code == 404
    assert sign_in("132021", "board_clerk").get(f"/logins/{staff_id}").status_code == 403


def test_no_application_asks_for_a_factor_that_nobody_could_set_up(asking, monkeypatch) -> None:
    monkeypatch.setattr(factors, "find_spec", lambda _name: None)
    with pytest.raises(InvalidSettings, match=r"govkit-jp\[factors\]"):
        asking(second_factor="sensitive")
    app, deployment = asking()
    client = app.test_client()
    _log_in(client, appoint(deployment, "132021", "board_clerk"))
    page = client.get("/account/factors").text
    assert "追加のライブラリが入っていない" in page
    assert "認証アプリを設定する" not in page
