"""AUT-6: login at a real OpenID provider, there and back, and what must not get in."""

import time
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import sqlalchemy as sa

from govkit.base.identity import Account, WebSession
from govkit.base.sessions import ServerSessions
from govkit.testing.plugin import PASSWORD, appoint
from tests.base.oidc.conftest import SITE
from tests.base.oidc.provider import STRONG, WEAK


def _cookie(client) -> str:
    return client.get_cookie("govkit").value


@pytest.mark.requirement("AUT-6", "SES-1", "ASVS-7.2.4", "ASVS-10.1.1")
def test_somebody_logs_in_at_the_provider_and_gets_a_new_session(open_site) -> None:
    site = open_site()
    site.appoint("s-0001")
    client = site.app.test_client()
    address = site.begin(client, "/account")
    before = _cookie(client)
    back = site.provider.visit(address, seconds_ago=100)
    answer = client.get(back.removeprefix(SITE))
    assert answer.status_code == 303, site.events("login.failed")
    assert answer.location == "/account"
    assert _cookie(client) != before
    assert "立川市" in client.get("/").text
    with site.deployment.system() as session:
        (row,) = session.scalars(sa.select(WebSession).where(WebSession.account_id.is_not(None)))
        assert row.amr == ["pwd", "otp"]
        age = datetime.now(UTC) - row.auth_time
        assert timedelta(seconds=99) < age < timedelta(seconds=160)
        # No token of any kind stays with us, and nothing of one is in the browser.
        assert set(row.data) == {"csrf_token"}
    assert site.events("login.succeeded") == [{"method": "oidc"}]


@pytest.mark.requirement("ASVS-10.1.2", "ASVS-10.2.1", "ASVS-10.5.1")
def test_each_login_has_a_state_a_nonce_and_a_challenge_of_its_own(open_site) -> None:
    site = open_site(required_acr=(STRONG,), max_age=600)
    client = site.app.test_client()
    asked = [parse_qs(urlsplit(site.begin(client)).query) for _ in range(2)]
    for each in asked:
        assert each["code_challenge_method"] == ["S256"]
        assert (each["acr_values"], each["max_age"]) == ([STRONG], ["600"])
        assert "code_verifier" not in each
    for key in ("state", "nonce", "code_challenge"):
        one, other = (each[key][0] for each in asked)
        assert one != other
        assert len(one) >= 43  # 256 bits


@pytest.mark.requirement("ASVS-10.1.2", "ASVS-10.2.1")
def test_an_answer_meant_for_another_browser_logs_nobody_in(open_site) -> None:
    site = open_site()
    site.appoint("s-0001")
    victim, attacker = site.app.test_client(), site.app.test_client()
    site.begin(victim)
    stolen = site.provider.visit(site.begin(attacker)).removeprefix(SITE)
    assert victim.get(stolen).status_code == 400
    assert victim.get("/").status_code == 303
    stranger = site.app.test_client()
    assert stranger.get(stolen).status_code == 400
    problems = [each["problem"] for each in site.events("login.failed")]
    assert problems == ["state", "no_attempt"]


@pytest.mark.requirement("ASVS-10.2.1")
def test_a_code_put_into_another_browsers_login_is_useless(open_site) -> None:
    site = open_site()
    site.appoint("s-0001")
    victim, attacker = site.app.test_client(), site.app.test_client()
    own = parse_qs(urlsplit(site.provider.visit(site.begin(victim), "s-0002")).query)
    foreign = parse_qs(urlsplit(site.provider.visit(site.begin(attacker))).query)
    mixed = urlencode({"code": foreign["code"][0], "state": own["state"][0], "iss": own["iss"][0]})
    assert victim.get(f"/login/oidc/callback?{mixed}").status_code == 400
    assert site.events("login.failed")[0]["problem"] == "code"  # the verifier does not fit


@pytest.mark.requirement("ASVS-10.2.1", "ASVS-10.5.1")
def test_an_answer_counts_once(open_site) -> None:
    site = open_site()
    site.appoint("s-0001")
    client = site.app.test_client()
    back = site.provider.visit(site.begin(client)).removeprefix(SITE)
    key = _cookie(client)
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 400  # the new session knows of no attempt
    client.set_cookie("govkit", key)
    assert client.get(back).status_code == 400  # and the old one is gone


def test_of_two_requests_at_the_same_moment_one_gets_the_attempt(open_site) -> None:
    site = open_site()
    client = site.app.test_client()
    site.begin(client)
    sessions = ServerSessions(site.deployment)
    with client.session_transaction() as session:
        key = session.key
    both = []
    for _ in range(2):
        with site.app.test_request_context("/", headers={"Cookie": f"govkit={key}"}) as context:
            both.append(sessions.open_session(site.app, context.request))
    taken = [sessions.take(each, "oidc") for each in both]
    assert [each is None for each in taken] == [False, True]


@pytest.mark.requirement("ASVS-10.2.2", "ASVS-10.5.3")
@pytest.mark.parametrize("sender", [None, "https://other.example"])
def test_an_answer_must_name_our_provider(open_site, sender) -> None:
    site = open_site()
    site.appoint("s-0001")
    client = site.app.test_client()
    parts = parse_qs(urlsplit(site.provider.visit(site.begin(client))).query)
    parts["iss"] = [sender] if sender else []
    answer = client.get(f"/login/oidc/callback?{urlencode(parts, doseq=True)}")
    assert answer.status_code == 400
    assert site.events("login.failed") == [{"method": "oidc", "problem": "iss"}]


@pytest.mark.requirement("ASVS-15.3.7")
def test_parameters_that_stand_twice_are_refused(open_site) -> None:
    site = open_site()
    client = site.app.test_client()
    back = site.provider.visit(site.begin(client)).removeprefix(SITE)
    assert client.get(f"{back}&code=other").status_code == 400


@pytest.mark.requirement("ASVS-10.2.1")
def test_a_login_that_took_too_long_is_refused(open_site, clock) -> None:
    site = open_site()
    site.appoint("s-0001")
    client = site.app.test_client()
    back = site.provider.visit(site.begin(client)).removeprefix(SITE)
    clock.now += timedelta(minutes=11)
    assert client.get(back).status_code == 400
    assert site.events("login.failed") == [{"method": "oidc", "problem": "too_late"}]


@pytest.mark.requirement("AUT-6", "ASVS-6.8.4")
@pytest.mark.parametrize(
    ("settings", "visit", "problem"),
    [
        ({"required_acr": (STRONG,)}, {"acr": WEAK}, "acr"),
        ({"required_acr": (STRONG,)}, {"acr": ""}, "acr"),
        ({"required_amr": ("pwd", "otp")}, {"amr": "pwd"}, "amr"),
        ({"required_amr": ("mfa",)}, {"amr": ""}, "amr"),
        ({"max_age": 600}, {"seconds_ago": 700}, "auth_time"),
    ],
)
def test_a_login_that_is_too_weak_or_too_old_is_refused(
    open_site, settings, visit, problem
) -> None:
    site = open_site(**settings)
    site.appoint("s-0001")
    client = site.app.test_client()
    answer = site.log_in(client, **visit)
    assert answer.status_code == 403
    assert site.events("login.failed") == [{"method": "oidc", "problem": problem}]
    assert client.get("/").status_code == 303


@pytest.mark.requirement("ASVS-10.5.2")
def test_no_login_makes_an_account(open_site) -> None:
    site = open_site()
    with site.deployment.system() as session:
        before = session.scalar(sa.select(sa.func.count()).select_from(Account))
    client = site.app.test_client()
    answer = site.log_in(client)
    assert (answer.status_code, "s-0001" in answer.text) == (403, True)
    with site.deployment.system() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == before


@pytest.mark.requirement("ASVS-10.5.2")
def test_a_newcomer_is_linked_by_the_claim_that_the_settings_name(open_site) -> None:
    site = open_site(link_by="employee_number")
    site.appoint(login="E0001")
    assert site.log_in(site.app.test_client()).status_code == 303
    with site.deployment.system() as session:
        session.scalars(sa.select(Account).where(Account.login == "E0001")).one().login = "E0099"
    # From now on the subject counts, and the number may change hands.
    assert site.log_in(site.app.test_client()).status_code == 303
    assert site.log_in(site.app.test_client(), "s-0002").status_code == 403
    assert [sorted(each) for each in site.events("account.linked")] == [["account_id"]]


@pytest.mark.requirement("ASVS-10.5.2")
def test_a_login_name_that_went_to_somebody_else_links_nobody(open_site) -> None:
    site = open_site(link_by="preferred_username")
    login = site.appoint("s-0002", login="hanako")
    answer = site.log_in(site.app.test_client(), "s-0001")
    assert (answer.status_code, login in answer.text) == (403, False)
    assert site.log_in(site.app.test_client(), "s-0002").status_code == 303


def test_a_disabled_account_stays_out(open_site) -> None:
    site = open_site()
    login = site.appoint("s-0001")
    with site.deployment.system() as session:
        session.scalars(sa.select(Account).where(Account.login == login)).one().is_enabled = False
    assert site.log_in(site.app.test_client()).status_code == 403
    assert site.events("login.failed") == [{"method": "oidc", "problem": "disabled"}]


def test_an_account_without_an_appointment_opens_no_city(open_site) -> None:
    site = open_site()
    past = (date(2000, 1, 1), date(2001, 3, 31))
    login = appoint(site.deployment, "132021", "board_clerk", period=past)
    site.link(login, "s-0001")
    client = site.app.test_client()
    assert site.log_in(client).location.startswith("/appointments")
    assert client.get("/").status_code == 303
    assert "立川市" not in client.get("/appointments").text


def test_whoever_gives_up_at_the_provider_is_told_so(open_site) -> None:
    site = open_site()
    client = site.app.test_client()
    state = parse_qs(urlsplit(site.begin(client)).query)["state"][0]
    said = {"error": "access_denied", "state": state, "iss": site.provider.issuer}
    answer = client.get("/login/oidc/callback", query_string=said)
    assert answer.status_code == 403
    assert "取りやめました" in answer.text


def test_no_login_leads_to_another_site(open_site) -> None:
    site = open_site()
    site.appoint("s-0001")
    client = site.app.test_client()
    back = site.provider.visit(site.begin(client, "//evil.example")).removeprefix(SITE)
    assert client.get(back).location == "/"


def test_the_login_page_offers_the_provider_first_and_can_hide_the_rest(open_site) -> None:
    page = open_site(button="市の職員ID").app.test_client().get("/login").text
    assert page.index("市の職員ID") < page.index('name="password"')
    only = open_site(local_login=False)
    login = only.appoint()
    client = only.app.test_client()
    assert 'name="password"' not in client.get("/login").text
    answer = client.post("/login", data={"login": login, "password": PASSWORD})
    assert answer.status_code == 404


@pytest.mark.requirement("ASVS-7.6.2")
def test_beginning_a_login_needs_a_token_of_the_form(open_site) -> None:
    site = open_site()
    site.app.config["WTF_CSRF_ENABLED"] = True
    client = site.app.test_client()
    assert client.post("/login/oidc").status_code == 400
    assert client.get("/login/oidc").status_code == 405  # no link begins one, either
    with site.deployment.system(writes=False) as session:
        held = sa.select(WebSession).where(WebSession.account_id.is_not(None))
        assert session.scalars(held).all() == []


@pytest.mark.requirement("ASVS-9.1.3")
def test_a_provider_that_changes_its_keys_is_believed_again(open_site, monkeypatch) -> None:
    site = open_site()
    site.appoint("s-0001")
    assert site.log_in(site.app.test_client()).status_code == 303
    site.provider.start("key-2")
    # Keys fetched a moment ago are not fetched again for every token that names an unknown one.
    assert site.log_in(site.app.test_client()).status_code == 400
    assert site.events("login.failed") == [{"method": "oidc", "problem": "unknown_key"}]
    passed = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: passed() + 31)
    assert site.log_in(site.app.test_client()).status_code == 303


@pytest.mark.requirement("ASVS-6.3.4", "AUT-5")
def test_one_factor_is_too_little_whichever_way_somebody_comes(open_site) -> None:
    site = open_site(second_factor="required")
    login = site.appoint("s-0001")
    outside, local, strong = (site.app.test_client() for _ in range(3))
    site.log_in(outside, amr="pwd")
    local.post("/login", data={"login": login, "password": PASSWORD})
    assert outside.get("/").location == local.get("/").location == "/account/factors"
    site.log_in(strong, amr="pwd mfa")
    assert strong.get("/").status_code == 200


@pytest.mark.requirement("ASVS-7.6.1")
def test_a_login_lasts_as_long_as_here_is_said_and_the_next_is_proved_anew(
    open_site, clock
) -> None:
    site = open_site(max_age=600)
    site.appoint("s-0001")
    client = site.app.test_client()
    site.log_in(client, seconds_ago=500)
    for _ in range(13):
        assert client.get("/").status_code == 200  # longer than the provider's word was good for
        clock.now += timedelta(minutes=55)
    clock.now += timedelta(minutes=10)
    assert client.get("/").location.startswith("/login")
    clock.now = datetime.now(UTC)
    asked = parse_qs(urlsplit(site.begin(client)).query)
    assert asked["max_age"] == ["600"]
    assert site.log_in(client, seconds_ago=700).status_code == 403
    assert site.log_in(client, seconds_ago=10).status_code == 303
