"""P19, NET-1: a provider that is down, slow or talks nonsense; where calls may go at all."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from govkit.base import oidc_provider
from govkit.base.oidc import ProviderUnavailable, open_provider
from govkit.base.oidc_http import Calls
from govkit.base.settings import AppSettings, Settings, oidc_problems
from govkit.errors import InvalidSettings
from tests.base.oidc.conftest import oidc_settings

Answer = Callable[[socket.socket], None]


@contextmanager
def port(answer: Answer) -> Iterator[str]:
    """A port that does with each connection what it likes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stopping = threading.Event()

        def serve() -> None:
            while not stopping.is_set():
                connection, _address = listener.accept()
                with connection:
                    if not stopping.is_set():
                        answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stopping.set()
            socket.create_connection(listener.getsockname()).close()
            thread.join()


def saying(text: str) -> Answer:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(text.encode())

    return answer


def json_of(body: str, status: str = "200 OK") -> Answer:
    return saying(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}")


def silent(connection: socket.socket) -> None:
    connection.settimeout(2)
    while connection.recv(4096):
        pass


def trickling(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{")
    for _ in range(40):
        try:
            connection.sendall(b" ")
        except OSError:
            return
        time.sleep(0.05)


ENDLESS = saying("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + " " * 300_000)
MOVED = saying("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.requirement("P19", "ASVS-10.5.3")
@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (json_of("<html>Bad gateway</html>", "502 Bad Gateway"), "http_502"),
        (json_of("<html>maintenance</html>"), "garbage"),
        (json_of("[]"), "garbage"),
        (json_of('{"issuer": "https://other.example"}'), "other_issuer"),
        (json_of("{}"), "other_issuer"),
        (saying("not HTTP at all\r\n\r\n"), "not_reached"),
        (saying(""), "not_reached"),
        (ENDLESS, "not_reached"),
        (MOVED, "http_302"),
    ],
)
def test_nonsense_is_an_outage(answer, problem) -> None:
    with port(answer) as address, pytest.raises(ProviderUnavailable) as caught:
        _opened(address).begin("http://localhost/back", "")
    assert caught.value.problem == problem


@pytest.mark.requirement("P19")
@pytest.mark.parametrize("answer", [silent, trickling])
def test_a_slow_provider_is_given_up_in_time(answer, monkeypatch) -> None:
    assert oidc_provider._SECONDS <= 5
    monkeypatch.setattr(oidc_provider, "_SECONDS", 0.4)
    with port(answer) as address:
        began = time.monotonic()
        with pytest.raises(ProviderUnavailable) as caught:
            _opened(address).begin("http://localhost/back", "")
        assert time.monotonic() - began < 1.4
    assert caught.value.problem == "timeout"


@pytest.mark.requirement("P19")
@pytest.mark.requirement("ASVS-15.2.2")
def test_many_who_wait_do_not_take_all_threads() -> None:
    problems: list[str] = []

    def ask(calls: Calls, address: str) -> None:
        try:
            calls.get(address, time.monotonic() + 0.5)
        except ProviderUnavailable as outage:
            problems.append(outage.problem)

    with port(silent) as address:
        calls = Calls(is_development=True)
        threads = [threading.Thread(target=ask, args=(calls, address)) for _ in range(12)]
        began = time.monotonic()
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        calls.close()
    assert time.monotonic() - began < 3
    assert sorted(problems) == ["busy"] * 4 + ["timeout"] * 8


@pytest.mark.requirement("P19", "NET-1")
def test_an_outage_is_a_friendly_page_with_a_way_out(open_site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"http://127.0.0.1:{gone.getsockname()[1]}"
    site = open_site(issuer=address)
    client = site.app.test_client()
    answer = client.post("/login/oidc")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "認証基盤につながりません" in answer.text
    assert 'href="/login"' in answer.text
    assert site.events("login.unavailable") == [{"method": "oidc", "problem": "not_reached"}]
    login = site.appoint()
    assert client.post(
        "/login", data={"login": login, "password": "correct horse battery"}
    ).location
    client.post("/logout")
    assert client.get("/logout/oidc").location == "/login"
    assert client.post("/logout/oidc/ordered", data={"logout_token": "x"}).status_code == 400


def test_an_outage_between_the_two_halves_of_a_login(open_site) -> None:
    site = open_site()
    site.appoint("s-0001")
    client = site.app.test_client()
    back = site.provider.visit(site.begin(client)).removeprefix("http://localhost")
    site.provider.stop()
    try:
        assert client.get(back).status_code == 503
    finally:
        site.provider.start("key-1")
    assert site.log_in(client).status_code == 303


@pytest.mark.requirement("NET-1")
@pytest.mark.parametrize(
    "address",
    [
        "http://idp.example/x",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "https://user:pass@idp.example/x",
        "http://127.0.0.1.example/x",
        "https://[::1/x",
        "//idp.example",
        "",
    ],
)
def test_calls_go_out_encrypted_or_not_at_all(address) -> None:
    calls = Calls(is_development=True)
    with pytest.raises(ProviderUnavailable, match="not_https"):
        calls.get(address, time.monotonic() + 1)
    calls.close()


@pytest.mark.requirement("NET-1")
def test_in_production_not_even_this_machine_is_called_in_the_clear() -> None:
    calls = Calls(is_development=False)
    with pytest.raises(ProviderUnavailable, match="not_https"):
        calls.get("http://127.0.0.1:1/x", time.monotonic() + 1)
    calls.close()


@pytest.mark.requirement("NET-1")
def test_without_an_issuer_there_is_no_provider_and_nobody_is_called() -> None:
    assert open_provider(Settings(), lambda: None) is None


def test_a_description_that_points_into_the_clear_is_refused() -> None:
    body = (
        '{"issuer": "ISSUER", "authorization_endpoint": "http://idp.example/a",'
        '"token_endpoint": "https://idp.example/t", "jwks_uri": "https://idp.example/j"}'
    )

    def answer(connection: socket.socket) -> None:
        own = f"http://127.0.0.1:{connection.getsockname()[1]}"
        json_of(body.replace("ISSUER", own))(connection)

    with port(answer) as address, pytest.raises(ProviderUnavailable, match="garbage"):
        _opened(address).begin("http://localhost/back", "")


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({}, set()),
        ({"issuer": "http://idp.example"}, {"oidc.issuer"}),
        ({"issuer": "https://idp.example/?tenant=1"}, {"oidc.issuer"}),
        ({"issuer": "https://me:x@idp.example"}, {"oidc.issuer"}),
        ({"issuer": "idp.example", "client_id": ""}, {"oidc.issuer", "oidc.client_id"}),
        ({"client_secret": ""}, {"oidc.client_secret"}),
        ({"scopes": ("profile",)}, {"oidc.scopes"}),
        ({"ca_file": "/nowhere/ca.pem"}, {"oidc.ca_file"}),
        ({"issuer": ""}, {"oidc.issuer", "security.local_login"}),
        ({"issuer": "", "client_id": "", "client_secret": ""}, {"security.local_login"}),
    ],
)
def test_every_problem_of_the_settings_is_told_at_once(changed, wrong) -> None:
    settings = Settings(
        oidc={
            "issuer": "https://idp.example",
            "client_id": "govkit",
            "client_secret": "secret",
            **changed,
        },
        security={"local_login": False},
    )
    assert {problem.column for problem in oidc_problems(settings)} == wrong


def test_the_clear_is_allowed_on_this_machine_in_development_alone() -> None:
    oidc = oidc_settings("http://127.0.0.1:4000")
    assert oidc_problems(Settings(oidc=oidc)) == []
    production = Settings(oidc=oidc, app=AppSettings(environment="production"))
    assert [problem.column for problem in oidc_problems(production)] == ["oidc.issuer"]


def test_settings_without_the_libraries_name_what_to_install(monkeypatch) -> None:
    def missing(name: str) -> object:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("govkit.base.oidc.import_module", missing)
    with pytest.raises(InvalidSettings, match=r"govkit-jp\[oidc\]"):
        _opened("https://idp.example")


def _opened(issuer: str):
    return open_provider(Settings(oidc=oidc_settings(issuer)), lambda: None)
