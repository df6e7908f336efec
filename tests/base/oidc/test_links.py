"""Links to people of the provider, and logins that end from outside, on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from govkit.base.external_identity import (
    end_external_sessions,
    find_linked_account,
    link_account,
)
from govkit.base.identity import WebSession
from govkit.base.oidc import Evidence, LoginRefused, LogoutOrder, session_mark
from govkit.base.sessions import ServerSessions
from govkit.cli import main
from govkit.testing.plugin import appoint
from tests.base.oidc.conftest import SITE
from tests.base.oidc.provider import onward
from tests.cli.conftest import write_settings


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def databases(request):
    return request.getfixturevalue(f"{request.param}_databases")


@pytest.mark.requirement("ASVS-10.5.2")
def test_an_operator_links_lists_and_unlinks(open_site, tmp_path, monkeypatch) -> None:
    site = open_site()
    login = site.appoint()
    write_settings(tmp_path, site.deployment.settings)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GOVKIT_SETTINGS", raising=False)
    at = ("--issuer", site.provider.issuer)

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["account", *arguments], catch_exceptions=False)
        return done.exit_code, done.output

    client = site.app.test_client()
    assert site.log_in(client).status_code == 403
    assert run("link", login, "--subject", "s-0001")[0] == 1  # no provider in these settings
    assert run("link", "nobody", "--subject", "s-0001", *at)[0] == 1
    assert run("link", login, "--subject", "s-0001", *at)[0] == 0
    assert run("link", login, "--subject", "s-0002", *at)[0] == 1
    assert run("list") == (0, f"{login}\t{site.provider.issuer}\ts-0001\n")
    assert site.log_in(client).status_code == 303
    assert client.get("/").status_code == 200
    assert run("unlink", login, *at)[0] == 0
    assert client.get("/").status_code == 303
    assert run("unlink", login, *at)[0] == 1
    assert site.log_in(client).status_code == 403
    assert [len(site.events(f"account.{each}")) for each in ("linked", "unlinked")] == [1, 1]


def test_one_of_many_answers_at_the_same_moment_gets_the_attempt(open_site) -> None:
    site = open_site()
    client = site.app.test_client()
    site.begin(client)
    sessions = ServerSessions(site.deployment)
    headers = {"Cookie": f"govkit={client.get_cookie('govkit').value}"}
    together = threading.Barrier(4)

    def take(_number: int) -> object:
        with site.app.test_request_context("/", headers=headers) as context:
            session = sessions.open_session(site.app, context.request)
            together.wait(timeout=10)
            return sessions.take(session, "oidc")

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(take, range(4)))
    assert sum(each is not None for each in taken) == 1


@pytest.mark.requirement("ASVS-10.5.5", "ASVS-7.4.1", "ASVS-7.6.1")
def test_the_provider_ends_the_logins_it_names_and_no_others(open_site) -> None:
    site = open_site()
    login = site.appoint("s-0001")
    here, elsewhere, local = (site.app.test_client() for _ in range(3))
    for client in (here, elsewhere):
        assert site.log_in(client).status_code == 303
    assert local.post("/login", data={"login": login, "password": "correct horse battery"}).location
    issuer = site.provider.issuer
    with site.deployment.system() as session:
        row = session.scalars(sa.select(WebSession).order_by(WebSession.seen_at)).all()
        marks = {each.external_session for each in row if each.account_id}
        assert len(marks) == 3  # each login at the provider is a session of its own there
        assert session_mark(issuer, "sid-x") not in marks
        first = next(each for each in row if each.external_session)
        first.external_session = session_mark(issuer, "sid-x")
    orders = (
        (LogoutOrder(issuer, "s-0002", "", "j"), 0),
        (LogoutOrder(issuer, "s-0002", "sid-x", "j"), 0),
        (LogoutOrder("https://other.example", "", "sid-x", "j"), 0),
        (LogoutOrder(issuer, "s-0001", "sid-x", "j"), 1),
        (LogoutOrder(issuer, "s-0001", "", "j"), 1),
    )
    for order, ended in orders:
        with site.deployment.system() as session:
            assert end_external_sessions(session, order) == ended
    assert [each.get("/").status_code for each in (here, elsewhere, local)] == [303, 303, 200]


@pytest.mark.requirement("ASVS-10.5.5", "ASVS-7.6.1")
def test_a_logout_here_leads_on_to_the_providers(open_site) -> None:
    site = open_site()
    site.appoint("s-0001")
    client = site.app.test_client()
    cookies: dict[str, str] = {}
    site.log_in(client, cookies=cookies)
    answer = client.post("/logout")
    assert client.get("/").status_code == 303
    address = onward(client.get(answer.location).text)
    assert address.startswith(f"{site.provider.issuer}/session/end?client_id=govkit-tests")
    assert f"{SITE}/login".replace(":", "%3A").replace("/", "%2F") in address
    local = site.app.test_client()
    login = site.appoint()
    local.post("/login", data={"login": login, "password": "correct horse battery"})
    assert local.post("/logout").location == "/login"


@pytest.mark.requirement("ASVS-6.8.1", "ASVS-10.5.2")
def test_the_same_subject_of_another_provider_is_somebody_else(deployment) -> None:
    own, other = "https://idp.example.lg.jp", "https://idp.example.ed.jp"
    login, namesake = (appoint(deployment, "132021", "board_clerk") for _ in range(2))
    now = deployment.clock()

    def who(issuer: str, subject: str = "s-0001") -> str:
        said = Evidence(issuer, subject, (), None, "", "", {"preferred_username": login})
        with deployment.system() as session:
            return find_linked_account(session, said, "", now).login

    with deployment.system() as session:
        link_account(session, login, own, "s-0001", now=now, actor="test")
    assert who(own) == login
    for issuer in (other, own + "/", own.upper()):
        with pytest.raises(LoginRefused):
            who(issuer)
    with deployment.system() as session:
        link_account(session, namesake, other, "s-0001", now=now, actor="test")
    assert (who(own), who(other)) == (login, namesake)
