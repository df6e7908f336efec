"""SES-1, SES-2, AUT-4, WEB-1, WEB-2: logging in, staying in, being shown out."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from govkit.base.app import create_app
from govkit.base.audit import SystemEvent
from govkit.base.deployment import Deployment
from govkit.base.identity import Account, Staff, WebSession
from govkit.base.settings import AppSettings, SecuritySettings
from govkit.testing.plugin import PASSWORD, FixedClock, appoint


def _cookie(client) -> str:
    return client.get_cookie("govkit").value


def _token(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"')[0]


@pytest.mark.requirement("SES-1", "ASVS-7.2.4", "ASVS-7.4.1", "ASVS-7.2.2")
def test_the_key_changes_at_login_and_opens_nothing_after_logout(app, deployment) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    client = app.test_client()
    before_page = client.get("/login").text
    before = _cookie(client)
    answer = client.post(
        "/login", data={"login": login, "password": PASSWORD, "csrf_token": _token(before_page)}
    )
    assert answer.status_code == 303
    inside = _cookie(client)
    assert inside != before
    home = client.get("/")
    assert home.status_code == 200
    client.post("/logout", data={"csrf_token": _token(home.text)})
    client.set_cookie("govkit", inside)
    assert client.get("/").status_code == 303
    client.set_cookie("govkit", before)
    assert client.get("/").status_code == 303


@pytest.mark.requirement("SES-1")
def test_what_a_visitor_planted_does_not_survive_login(app, deployment) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with client.session_transaction() as session:
        session["planted"] = "x"
    client.post("/login", data={"login": login, "password": PASSWORD})
    with client.session_transaction() as session:
        assert "planted" not in session


@pytest.mark.requirement("SES-1", "ASVS-7.2.1", "ASVS-7.2.3")
def test_the_database_holds_no_key(app, deployment, sign_in) -> None:
    client = sign_in("132021", "board_clerk")
    with deployment.system() as session:
        hashes = session.scalars(sa.select(WebSession.key_hash)).all()
    assert _cookie(client) not in hashes


@pytest.mark.requirement("SES-2", "ASVS-7.3.1", "ASVS-7.3.2")
def test_the_login_ends_when_idle_and_after_half_a_day(app, deployment, clock, sign_in) -> None:
    client = sign_in("132021", "board_clerk")
    for _ in range(4):
        clock.now += timedelta(minutes=50)
        assert client.get("/").status_code == 200
    clock.now += timedelta(minutes=61)
    assert client.get("/").status_code == 303

    client = sign_in("132021", "board_clerk")
    for _ in range(14):
        clock.now += timedelta(minutes=50)
        client.get("/")
    clock.now += timedelta(minutes=50)
    assert client.get("/").status_code == 303


@pytest.mark.requirement("AUT-4", "ASVS-8.3.2")
def test_a_right_ends_with_the_appointment_in_an_open_session(app, deployment, clock) -> None:
    clock.move_to(date(2027, 3, 31))
    old, new = (date(2026, 4, 1), date(2027, 3, 31)), (date(2027, 4, 1), None)
    login = appoint(deployment, "132021", "homeroom_teacher", period=old)
    appoint(deployment, "132071", "homeroom_teacher", login=login, period=new)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/login", data={"login": login, "password": PASSWORD})
    assert "立川市" in client.get("/").text
    clock.now += timedelta(hours=15)  # 0:00 on 1 April in Japan
    answer = client.get("/")
    assert (answer.status_code, "/appointments" in answer.location) in {(303, True), (303, False)}
    client.post("/login", data={"login": login, "password": PASSWORD})
    page = client.get("/").text
    assert "昭島市" in page
    assert "立川市" not in page


@pytest.mark.requirement("TEN-1")
def test_several_municipalities_are_offered_and_only_those(app, deployment) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    appoint(deployment, "132071", "board_clerk", login=login)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    answer = client.post("/login", data={"login": login, "password": PASSWORD})
    assert answer.location.startswith("/appointments")
    assert client.get("/").status_code == 303
    client.post("/appointments", data={"appointment": "132012"})
    assert client.get("/").status_code == 303
    client.post("/appointments", data={"appointment": "132071"})
    assert "昭島市" in client.get("/").text


@pytest.mark.requirement("ASVS-6.3.1")
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(app, deployment) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    wrong = client.post("/login", data={"login": login, "password": "x" * 20})
    unknown = client.post("/login", data={"login": "n" * len(login), "password": "x" * 20})
    assert wrong.status_code == unknown.status_code == 400
    assert wrong.text.replace(login, "").count("ログイン名かパスワードが違います") >= 1
    assert abs(len(wrong.text) - len(unknown.text)) < 10


@pytest.mark.requirement("ASVS-6.3.1")
def test_failures_in_a_row_make_an_account_wait(deployment, clock) -> None:
    app = create_app(deployment=deployment)
    app.config["WTF_CSRF_ENABLED"] = False
    login = appoint(deployment, "132021", "board_clerk")
    client = app.test_client()
    for _ in range(6):
        client.post("/login", data={"login": login, "password": "x" * 20})
    assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 400
    clock.now += timedelta(hours=1, seconds=1)
    assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 303


@pytest.mark.requirement("ASVS-14.3.1")
def test_a_logout_tells_the_browser_to_forget_the_pages(app, sign_in) -> None:
    client = sign_in("132021", "board_clerk")
    answer = client.post("/logout", data={"csrf_token": _token(client.get("/").text)})
    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in client.get("/login").headers


def test_a_refusal_leaves_no_session(app, deployment) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post("/account")
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    with deployment.system() as session:
        assert session.scalars(sa.select(WebSession)).all() == []


@pytest.mark.requirement("ASVS-16.3.1", "LOG-3")
def test_failed_logins_name_the_account_but_no_unknown_login(app, deployment) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    app.config["WTF_CSRF_ENABLED"] = False
    for tried in (login, "typed by mistake"):
        app.test_client().post("/login", data={"login": tried, "password": "x" * 20})
    with deployment.system() as session:
        account_id = session.scalars(sa.select(Account.id).where(Account.login == login)).one()
        failed = session.scalars(
            sa.select(SystemEvent.detail).where(SystemEvent.action == "login.failed")
        ).all()
    assert sorted(map(str, failed)) == sorted(map(str, [{}, {"account_id": str(account_id)}]))


@pytest.mark.requirement("WEB-2", "ASVS-3.5.1", "ASVS-3.5.2")
def test_a_post_without_token_or_from_elsewhere_is_refused(app: Flask, deployment) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    client = app.test_client()
    data = {"login": login, "password": PASSWORD}
    assert client.post("/login", data=data).status_code == 400
    data["csrf_token"] = _token(client.get("/login").text)
    foreign = {"Origin": "https://evil.example"}
    assert client.post("/login", data=data, headers=foreign).status_code == 400
    assert client.post("/login", data=data, headers={"Origin": "null"}).status_code == 400
    same = {"Origin": "http://localhost"}
    assert client.post("/login", data=data, headers=same).status_code == 303


@pytest.mark.parametrize(
    "address", ["/login", "/", "/nowhere", "/health/live", "/static/govkit/govkit.css"]
)
@pytest.mark.requirement("WEB-1", "ASVS-3.4.3", "ASVS-3.4.4", "ASVS-3.4.5", "ASVS-3.4.6")
@pytest.mark.requirement("ASVS-14.3.2")
def test_every_answer_carries_the_security_headers(app, address) -> None:
    with app.test_client().get(address) as answer:
        headers = answer.headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Request-Id"]
    if not address.startswith("/static"):
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.requirement("ASVS-4.1.1", "ASVS-3.2.1", "ASVS-3.4.2")
def test_an_answer_says_what_it_is_and_is_for_this_site_alone(app) -> None:
    kinds = {
        "/login": "text/html; charset=utf-8",
        "/nowhere": "text/html; charset=utf-8",
        "/health/live": "application/json",  # always UTF-8 (RFC 8259)
        "/static/govkit/govkit.css": "text/css; charset=utf-8",
        "/static/govkit/govkit.js": "text/javascript; charset=utf-8",
        "/static/govkit/icon.svg": "image/svg+xml; charset=utf-8",
    }
    for address, kind in kinds.items():
        with app.test_client().get(address, headers={"Origin": "https://evil.example"}) as answer:
            headers = answer.headers
        assert headers["Content-Type"] == kind
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert not [name for name, _ in headers if name.startswith("Access-Control-")]


@pytest.mark.requirement(
    "SES-1", "ASVS-3.3.1", "ASVS-3.3.2", "ASVS-3.3.3", "ASVS-3.3.4", "ASVS-3.4.1"
)
def test_production_binds_the_cookie_to_the_host(databases, clock) -> None:
    settings = databases.settings()
    settings = settings.model_copy(
        update={
            "app": AppSettings(
                environment="production",
                trusted_hosts=("localhost",),
                modules=settings.app.modules,
            ),
            "security": SecuritySettings(secret_key="p" * 32),
        }
    )
    deployment = Deployment(settings, clock=clock)
    answer = (
        create_app(deployment=deployment).test_client().get("/login", base_url="https://localhost")
    )
    deployment.close()
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-govkit=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


def test_a_disabled_account_cannot_log_in(app, deployment) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    with deployment.system() as session:
        session.scalars(sa.select(Account).where(Account.login == login)).one().is_enabled = False
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post("/login", data={"login": login, "password": PASSWORD})
    assert answer.status_code == 400


@pytest.mark.requirement("ASVS-7.4.2")
def test_disabling_an_account_ends_its_logins(app, deployment) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/login", data={"login": login, "password": PASSWORD})
    assert client.get("/").status_code == 200
    with deployment.system() as session:
        session.scalars(sa.select(Account).where(Account.login == login)).one().is_enabled = False
    assert client.get("/").location.startswith("/login")
    assert client.get("/appointments").location == "/login"


@pytest.mark.requirement("SES-2")
def test_choosing_a_municipality_makes_no_login_longer(app, deployment, clock, sign_in) -> None:
    client = sign_in("132021", "board_clerk")
    for _ in range(14):
        clock.now += timedelta(minutes=50)
        client.post("/appointments", data={"appointment": "132021"})
    assert client.get("/").status_code == 200
    clock.now += timedelta(minutes=50)
    assert client.get("/").status_code == 303


def test_logging_in_again_begins_a_new_half_day(app, deployment, clock) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    for _ in range(14):
        client.post("/login", data={"login": login, "password": PASSWORD})
        clock.now += timedelta(minutes=59)
    assert client.get("/").status_code == 200


def test_pages_opened_side_by_side_after_login_can_all_be_sent(app, deployment) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    client = app.test_client()
    data = {"login": login, "password": PASSWORD, "csrf_token": _token(client.get("/login").text)}
    client.post("/login", data=data)
    tokens = [_token(page) for page in _side_by_side(app, _cookie(client), ["/", "/account"])]
    for token in tokens:
        answer = client.post("/account", data={"csrf_token": token})
        assert "今のパスワード" in answer.text  # the form, not the refusal


def _side_by_side(app: Flask, key: str, addresses: list[str]) -> list[str]:
    """The pages at some addresses, asked for so that each is begun before any is finished."""
    together = threading.Barrier(len(addresses), timeout=10)
    begin = app.session_interface.open_session

    def open_session(*arguments):
        session = begin(*arguments)
        together.wait()
        return session

    def ask(address: str) -> str:
        client = app.test_client()
        client.set_cookie("govkit", key)
        return client.get(address).text

    with (
        pytest.MonkeyPatch.context() as patch,
        ThreadPoolExecutor(len(addresses)) as pool,
    ):
        patch.setattr(app.session_interface, "open_session", open_session)
        return list(pool.map(ask, addresses))


def test_health_tells_of_the_tables(app) -> None:
    client = app.test_client()
    assert client.get("/health/live").json["status"] == "ok"
    assert client.get("/health/ready").json == {"status": "ok", "pending_migrations": 0}


def test_pages_are_in_the_chosen_language(app) -> None:
    client = app.test_client()
    assert '<html lang="ja">' in client.get("/login").text
    assert '<html lang="en">' in client.get("/login?lang=en").text
    assert '<html lang="en">' in client.get("/login").text


@pytest.mark.requirement("ASVS-8.2.1")
def test_nobody_gets_past_the_login_page(app, deployment: Deployment, clock: FixedClock) -> None:
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if view.permission == "public" or rule.arguments:
            continue
        method = "GET" if "GET" in rule.methods else "POST"
        answer = client.open(rule.rule, method=method)
        assert answer.status_code in (303, 400, 401), rule


@pytest.mark.requirement("ASVS-7.4.4")
def test_every_page_offers_the_logout(app, sign_in) -> None:
    client = sign_in("132021", "administrator")
    asked = 0
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.arguments or "GET" not in rule.methods or view.permission == "public":
            continue
        answer = client.get(rule.rule)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            asked += 1
            assert 'action="/logout"' in answer.text, rule
    assert asked > 5


@pytest.mark.requirement("ASVS-7.4.3", "ASVS-6.2.2", "ASVS-6.2.3")
def test_a_new_password_ends_every_other_login(app, deployment) -> None:
    login = appoint(deployment, "132021", "board_clerk")
    app.config["WTF_CSRF_ENABLED"] = False
    here, elsewhere = app.test_client(), app.test_client()
    for client in (here, elsewhere):
        client.post("/login", data={"login": login, "password": PASSWORD})
    wrong = here.post("/account", data={"current": "x" * 20, "new": "a new and longer one"})
    assert wrong.status_code == 400
    weak = here.post("/account", data={"current": PASSWORD, "new": "short"})
    assert weak.status_code == 400
    right = here.post("/account", data={"current": PASSWORD, "new": "a new and longer one"})
    assert right.status_code == 303
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 303


def test_a_page_opens_while_somebody_else_writes_for_long(app, deployment, clock, sign_in) -> None:
    client = sign_in("132021", "board_clerk")
    clock.now += timedelta(minutes=5)
    with ThreadPoolExecutor(1) as other, deployment.session("132071") as writer:
        writer.scalars(sa.select(Staff)).all()
        assert other.submit(client.get, "/").result(timeout=20).status_code == 200
        assert other.submit(client.get, "/health/ready").result(timeout=20).status_code == 200
