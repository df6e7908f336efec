import json
import logging
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from govkit.errors import InvalidInput, InvalidSettings
from govkit.residents.adapters.memory import MemorySource
from govkit.residents.adapters.rest_breaker import CircuitBreaker, ProviderFault
from govkit.residents.adapters.rest_client import (
    ClientAuth,
    Provider,
    RequestRefused,
    RestClient,
    _Answer,
)
from govkit.residents.adapters.rest_settings import read_rest_settings
from govkit.residents.matching import NameMatch
from govkit.residents.source import SourceUnavailable, UnsupportedQuery, time_limit
from govkit.testing.resident_api import ApiFault, ResidentApi, TokenDesk, serve
from govkit.testing.resident_source import CITY
from tests.residents.rest_api import PEOPLE, Clock, RealClock, _stand, stand  # noqa: F401

NOBODY = {
    "shikuchosonkodo": CITY,
    "kensu": 10,
    "atenabango": ["000000000000000"],
}
TOKEN = ResidentApi.token_path
ID, SECRET = "0" * 32, "x" * 32


def provider(**changes):
    parts = {
        "base_url": "https://api.example.lg.jp/v1",
        "token_url": "https://api.example.lg.jp/token",
        "client_id": ID,
        "client_secret": SECRET,
    }
    return Provider(**(parts | changes))


def refused(ask):
    with pytest.raises(SourceUnavailable) as outage:
        ask()
    return outage.value


# Settings


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"base_url": "http://api.example.lg.jp"}, "rest_http"),
        ({"token_url": "http://10.1.2.3/token"}, "rest_http"),
        ({"base_url": "http://localhost.example.lg.jp"}, "rest_http"),
        ({"base_url": "ftp://api.example.lg.jp"}, "rest_url"),
        ({"base_url": "https://user:word@api.example.lg.jp"}, "rest_url"),
        ({"base_url": "https://api.example.lg.jp/?a=b"}, "rest_url"),
        ({"base_url": "api.example.lg.jp"}, "rest_url"),
        ({"client_id": "short"}, "rest_client_id"),
        ({"client_secret": "x" * 31}, "rest_client_secret"),
        ({"read_seconds": 0}, "rest_not_positive"),
        ({"total_seconds": float("inf")}, "rest_not_positive"),
    ],
)
@pytest.mark.requirement("NET-1", "ASVS-1.3.6")
def test_settings_that_cannot_be_right_are_refused(changes, code):
    with pytest.raises(InvalidSettings) as wrong:
        provider(**changes)
    assert [problem.code for problem in wrong.value.problems] == [code]
    assert SECRET not in str(wrong.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8031", "http://localhost:1", "http://[::1]:1", "https://a.lg.jp"]
)
def test_without_tls_only_this_machine_is_spoken_to(url):
    assert provider(base_url=url).base_url == url


def test_a_setting_allows_http_elsewhere():
    assert provider(base_url="http://10.1.2.3", allows_http=True).allows_http


@pytest.mark.requirement("LOG-3")
def test_the_secret_is_not_shown():
    assert SECRET not in repr(provider())


FILE = """
[provider]
base_url = "https://api.example.lg.jp/"
token_url = "https://api.example.lg.jp/token"
client_id = "00000000000000000000000000000000"
client_auth = "client_secret_basic"
read_seconds = 20
[layout]
people_call = "001o006/v2"
page_people = 50
[layout.conditions]
name = "namae"
[layout.match_codes]
exact = "E"
[layout.items]
"氏名" = "namae"
"""


def test_a_settings_file_is_read():
    settings = read_rest_settings(FILE, client_secret=SECRET)
    assert settings.provider.client_auth is ClientAuth.BASIC
    assert settings.provider.read_seconds == 20
    assert settings.layout.conditions == {"name": "namae"}
    assert settings.layout.match_codes == {NameMatch.EXACT: "E"}
    assert (settings.layout.item("氏名"), settings.layout.item("通称")) == ("namae", "tsusho")


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("[provider]", "[provider", ""),
        ("client_id =", "client_ids =", "provider.client_id"),
        ("read_seconds = 20", "client_secret = 'x'", "provider.client_secret"),
        ("read_seconds = 20", "read_seconds = true", "provider.read_seconds"),
        ('"client_secret_basic"', '"password"', "provider.client_auth"),
        ("page_people = 50", 'page_people = "50"', "layout.page_people"),
        ('name = "namae"', 'nam = "namae"', "layout.conditions"),
        ('name = "namae"', "name = 1", "layout.conditions.name"),
        ('exact = "E"', 'same = "E"', "layout.match_codes"),
        ('"氏名" =', '"名前" =', "layout.items"),
    ],
)
def test_a_wrong_settings_file_tells_where(before, after, place):
    with pytest.raises(InvalidInput if place == "" else InvalidSettings) as wrong:
        read_rest_settings(FILE.replace(before, after, 1), client_secret=SECRET)
    assert place in [problem.column for problem in wrong.value.problems]


def test_a_page_holds_somebody():
    with pytest.raises(InvalidSettings):
        read_rest_settings(FILE.replace("= 50", "= 0"), client_secret=SECRET)


@pytest.mark.parametrize("call", ["//127.0.0.2/x", "/127.0.0.2", "..//127.0.0.2"])
@pytest.mark.requirement("NET-1", "ASVS-1.3.6", "ASVS-13.2.4")
def test_no_name_of_a_call_leads_elsewhere(stand, call):  # noqa: F811
    client = stand.client()
    client.ask(PEOPLE, NOBODY)
    client._calls = (*client._calls, call)
    assert str(refused(lambda: client.ask(call, NOBODY))) == "http_404"


def test_a_table_is_a_table():
    text = "layout = 3\n" + FILE.partition("[layout]")[0]
    with pytest.raises(InvalidSettings) as wrong:
        read_rest_settings(text, client_secret=SECRET)
    assert [problem.column for problem in wrong.value.problems] == ["layout"]


def test_a_settings_file_may_be_a_path(tmp_path):
    path = tmp_path / "rest.toml"
    path.write_text(FILE.replace("client_id", "id", 1), encoding="utf-8")
    with pytest.raises(InvalidSettings) as wrong:
        read_rest_settings(path, client_secret=SECRET)
    assert wrong.value.problems[0].file == "rest.toml"


# Tokens


@pytest.mark.parametrize("auth", ClientAuth)
def test_it_signs_in_as_the_standard_says(stand, auth):  # noqa: F811
    client = stand.client(client_auth=auth)
    assert client.ask(PEOPLE, NOBODY) == {"sokensu": 0, "kekka": []}
    assert stand.api.asked == {TOKEN: 1, f"/{PEOPLE}": 1}


@pytest.mark.parametrize(
    "changes",
    [
        {"client_secret": "y" * 40},
        {"client_id": "z" * 32},
        {"audience": "https://elsewhere.example/"},
        {"client_secret": "y" * 40, "client_auth": ClientAuth.BASIC},
        {"business_id": "031"},
    ],
)
def test_somebody_else_gets_no_token(stand, changes):  # noqa: F811
    client = stand.client(calls=[PEOPLE], **changes)
    outage = refused(lambda: client.ask(PEOPLE, NOBODY))
    assert str(outage) in ("token_401", "token_400")
    assert stand.api.asked == {TOKEN: 1}


def test_a_call_beyond_the_scope_of_the_token_is_an_outage(stand):  # noqa: F811
    client = stand.client(calls=["001o009"])
    client._calls = ("001o009", PEOPLE)
    client.ask("001o009", NOBODY)
    client._token = stand.client(calls=["001o009"])._new_token(time.monotonic() + 5)
    assert str(refused(lambda: client.ask(PEOPLE, NOBODY))) == "http_403"
    with pytest.raises(ValueError, match="not among the calls"):
        client.ask("001o010", NOBODY)


def timed_api():
    clock = Clock()
    return clock, ResidentApi({}, municipality_code=CITY, clock=clock)


def test_a_token_is_renewed_at_four_fifths_of_its_life():
    clock, api = timed_api()
    with serve(api) as url:
        client = RestClient(api.provider(url), api.calls[:1], clock=clock)
        for seconds in (0, 239, 1, 200, 40):
            clock.now += seconds
            client.ask("001o009", NOBODY)
    # At 0, at 240 of 300 seconds, and 240 seconds later.
    assert api.asked == {TOKEN: 3, "/001o009": 5}


def test_the_old_token_serves_while_no_new_one_comes():
    clock, api = timed_api()
    with serve(api) as url:
        client = RestClient(api.provider(url), api.calls[:1], clock=clock)
        client.ask("001o009", NOBODY)
        clock.now += 250
        api.fail(ApiFault.UNAVAILABLE, times=9, path=TOKEN)
        client.ask("001o009", NOBODY)
        clock.now += 60
        assert str(refused(lambda: client.ask("001o009", NOBODY))) == "token_503"


def test_a_refused_token_is_renewed_once(stand):  # noqa: F811
    client = stand.client()
    stand.api.fail(ApiFault.EXPIRED)
    client.ask(PEOPLE, NOBODY)
    assert stand.api.asked == {TOKEN: 2, f"/{PEOPLE}": 2}
    stand.api.fail(ApiFault.EXPIRED, times=9)
    assert str(refused(lambda: client.ask(PEOPLE, NOBODY))) == "http_401"
    assert stand.api.asked == {TOKEN: 3, f"/{PEOPLE}": 4}


@pytest.mark.parametrize(
    "fault",
    [
        ApiFault.ERROR,
        ApiFault.RESET,
        ApiFault.EMPTY,
        ApiFault.EMPTY_OBJECT,
        ApiFault.REDIRECT,
        ApiFault.TRUNCATED,
    ],
)
def test_without_a_token_nothing_is_asked(stand, fault):  # noqa: F811
    client = stand.client()
    stand.api.fail(fault, times=4, path=TOKEN)
    refused(lambda: client.ask(PEOPLE, NOBODY))
    assert set(stand.api.asked) <= {TOKEN}


def test_eight_threads_share_one_token(stand):  # noqa: F811
    client = stand.client()
    start = threading.Barrier(8)

    def ask(_):
        start.wait()
        return client.ask(PEOPLE, NOBODY)["sokensu"]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(8))) == [0] * 8
    assert stand.api.asked == {TOKEN: 1, f"/{PEOPLE}": 8}


def test_the_desk_verifies_introspects_and_refuses_a_second_use():
    clock = Clock()
    desk = TokenDesk(ID, SECRET, frozenset({"001:a:Read"}), clock)
    url = "https://api.example.lg.jp/token"
    form, _headers = RestClient(provider(), ["a"], clock=clock)._grant()
    first = desk.issue(form, {}, url)
    assert first.status == 200
    assert desk.issue(form, {}, url).status == 401
    assert desk.issue({}, {}, url).status == 401
    basic, headers = RestClient(provider(client_auth=ClientAuth.BASIC), ["a"], clock=clock)._grant()
    lower = {name.lower(): text for name, text in headers.items()}
    assert desk.issue(basic | {"grant_type": "password"}, lower, url).status == 400
    assert desk.issue(basic | {"scope": "001:b:Read"}, lower, url).status == 400
    token = json.loads(first.body)["access_token"]
    told = json.loads(desk.introspect({"token": token}, lower, url).body)
    assert (told["active"], told["scope"]) == (True, "001:a:Read")
    assert desk.introspect({"token": token}, {}, url).status == 401
    clock.now += 300
    assert json.loads(desk.introspect({"token": token}, lower, url).body) == {"active": False}


# What happens when a provider fails


@pytest.mark.parametrize(
    ("fault", "reason", "tries"),
    [
        (ApiFault.ERROR, "http_500", 2),
        (ApiFault.RESET, "connection_lost", 2),
        (ApiFault.CUT, "connection_lost", 2),
        (ApiFault.EMPTY, "answer_not_json", 2),
        (ApiFault.FORBIDDEN, "http_403", 1),
        (ApiFault.NOT_FOUND, "http_404", 1),
        (ApiFault.REDIRECT, "http_302", 1),
    ],
)
@pytest.mark.requirement("P19")
@pytest.mark.requirement("ASVS-15.3.2")
def test_what_may_pass_is_tried_twice(stand, fault, reason, tries):  # noqa: F811
    client = stand.client()
    stand.api.fail(fault, times=tries)
    assert str(refused(lambda: client.ask(PEOPLE, NOBODY))) == reason
    assert stand.api.next_fault(PEOPLE) is None
    stand.api.fail(fault, times=1)
    if tries == 2:
        assert client.ask(PEOPLE, NOBODY)["sokensu"] == 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("Fri, 15 Jan 2027 08:00:10 GMT", 10.0),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0.0),
        ("-1", None),
        ("soon", None),
        ("", None),
    ],
)
def test_when_to_come_back_is_told_in_seconds_or_as_a_day(text, seconds):
    answer = _Answer(503, {"retry-after": text}, b"")
    assert answer.retry_after(1_800_000_000.0) == seconds


def test_between_tries_it_waits_as_told(stand):  # noqa: F811
    clock = RealClock()
    client = stand.client(clock)
    stand.api.fail(ApiFault.ERROR)
    client.ask(PEOPLE, NOBODY)
    stand.api.fail(ApiFault.TOO_MANY)
    client.ask(PEOPLE, NOBODY)
    assert clock.slept == [0.5, 7.0]


@pytest.mark.parametrize(
    ("codes", "error"), [("E0002", UnsupportedQuery), ("E0001", RequestRefused)]
)
def test_a_refusal_is_no_empty_answer(stand, codes, error):  # noqa: F811
    body = NOBODY | {"atenabango": ["番号"]} if codes == "E0002" else {"kensu": 1}
    with pytest.raises(error, match=codes) as raised:
        stand.client().ask(PEOPLE, body)
    assert "番号" not in str(raised.value)
    assert stand.api.asked[f"/{PEOPLE}"] == 1


@pytest.mark.requirement("P19")
def test_an_answer_may_not_be_larger_than_agreed(stand):  # noqa: F811
    client = stand.client(max_bytes=300)
    client.ask(PEOPLE, NOBODY)
    stand.api.fail(ApiFault.EMPTY_OBJECT, times=2)
    small = stand.client(max_bytes=1)
    assert str(refused(lambda: small.ask(PEOPLE, NOBODY))) == "answer_too_large"


@pytest.mark.parametrize("fault", [ApiFault.HANG, ApiFault.TRICKLE])
@pytest.mark.requirement("P19", "ASVS-16.5.2")
def test_the_asker_waits_no_longer_than_the_deadline(stand, fault):  # noqa: F811
    client = stand.client()
    client.ask(PEOPLE, NOBODY)
    stand.api.fail(fault, times=2)
    started = time.monotonic()
    with time_limit(0.2):
        assert str(refused(lambda: client.ask(PEOPLE, NOBODY))) == "deadline"
    assert time.monotonic() - started < 2
    with time_limit(0.0):
        assert str(refused(lambda: client.ask(PEOPLE, NOBODY))) == "deadline"


def test_a_provider_that_hangs_is_a_time_out(stand):  # noqa: F811
    client = stand.client(read_seconds=0.1, connect_seconds=0.1)
    stand.api.fail(ApiFault.HANG, times=2)
    assert str(refused(lambda: client.ask(PEOPLE, NOBODY))) == "timeout"


def test_nobody_listening_is_an_outage(stand):  # noqa: F811
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        client = stand.client(base_url=url, token_url=f"{url}/token")
        assert str(refused(lambda: client.ask(PEOPLE, NOBODY))) == "not_reached"


@pytest.mark.requirement("ASVS-12.3.2")
def test_plain_text_where_tls_belongs_is_an_outage(stand):  # noqa: F811
    url = stand.url.replace("http:", "https:")
    client = stand.client(base_url=url, token_url=f"{url}{TOKEN}")
    assert str(refused(lambda: client.ask(PEOPLE, NOBODY))) in ("tls", "connection_lost")


@pytest.mark.requirement("P19", "ASVS-16.5.2")
def test_five_faults_within_thirty_seconds_open_the_circuit(stand):  # noqa: F811
    client = stand.client()
    stand.api.fail(ApiFault.ERROR, times=99)
    for _ in range(3):
        outage = refused(lambda: client.ask(PEOPLE, NOBODY))
    assert str(outage) == "circuit_open"
    assert 14 < outage.retry_after <= 15
    asked = stand.api.asked.copy()
    stand.api.recover()
    assert str(refused(lambda: client.ask(PEOPLE, NOBODY))) == "circuit_open"
    assert stand.api.asked == asked


def fail(breaker):
    with pytest.raises(ProviderFault), breaker.watch():
        raise ProviderFault("x")


def test_the_circuit_closes_when_a_try_succeeds_and_only_then():
    clock = Clock()
    breaker = CircuitBreaker(clock.monotonic)
    for _ in range(5):
        fail(breaker)
    clock.now += 14.9
    with pytest.raises(SourceUnavailable, match="circuit_open"), breaker.watch():
        pass
    clock.now += 0.2
    fail(breaker)
    with pytest.raises(SourceUnavailable, match="circuit_open"), breaker.watch():
        pass
    clock.now += 15
    with breaker.watch(), pytest.raises(SourceUnavailable, match="circuit_open"), breaker.watch():
        pass  # one tries, the others wait
    for _ in range(4):
        fail(breaker)
    with breaker.watch():
        pass


def test_faults_far_apart_leave_the_circuit_closed():
    clock = Clock()
    breaker = CircuitBreaker(clock.monotonic)
    for _ in range(10):
        fail(breaker)
        clock.now += 8
    with breaker.watch():
        pass


@pytest.mark.parametrize(
    ("ending", "is_open"), [(UnsupportedQuery("x"), False), (SourceUnavailable("deadline"), True)]
)
def test_only_an_answer_closes_the_circuit(ending, is_open):
    clock = Clock()
    breaker = CircuitBreaker(clock.monotonic)
    for _ in range(5):
        fail(breaker)
    clock.now += 15
    with pytest.raises(type(ending)), breaker.watch():
        raise ending
    clock.now -= 1
    if is_open:
        with pytest.raises(SourceUnavailable), breaker.watch():
            pass
    else:
        with breaker.watch():
            pass


class Gate(MemorySource):
    """Answers nobody until it is opened."""

    def __init__(self):
        super().__init__([])
        self.opened = threading.Event()

    def get_many(self, ids):
        self.opened.wait(30)
        return {}


def test_the_ninth_call_at_once_is_refused_at_once(stand):  # noqa: F811
    client = stand.client()
    gate = stand.api.sources[PEOPLE] = Gate()
    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(client.ask, PEOPLE, NOBODY) for _ in range(8)]
        while client._slots._value:
            time.sleep(0.005)
        outage = refused(lambda: client.ask(PEOPLE, NOBODY))
        gate.opened.set()
        assert (str(outage), outage.retry_after) == ("bulkhead_full", 1.0)
        assert [one.result()["sokensu"] for one in waiting] == [0] * 8
    assert client.ask(PEOPLE, NOBODY)["sokensu"] == 0


def test_impatient_askers_do_not_open_the_circuit(stand):  # noqa: F811
    client = stand.client()
    client.ask(PEOPLE, NOBODY)
    stand.api.fail(ApiFault.HANG, times=6)
    for _ in range(6):
        with time_limit(0.02):
            refused(lambda: client.ask(PEOPLE, NOBODY))
    stand.api.recover()
    assert client.ask(PEOPLE, NOBODY)["sokensu"] == 0


@pytest.mark.requirement("LOG-3", "P21")
def test_nothing_personal_is_logged_or_told(stand, caplog):  # noqa: F811
    caplog.set_level(logging.DEBUG)
    client = stand.client()
    body = {**NOBODY, "shimei": "試験花子", "shimeikensakuhoho": "1"}
    client.ask(PEOPLE, body)
    texts = []
    for fault in (ApiFault.ERROR, ApiFault.RESET, ApiFault.CUT, ApiFault.TRUNCATED):
        stand.api.fail(fault, times=2)
        outage = refused(lambda: client.ask(PEOPLE, body))
        texts += [repr(outage), repr(outage.__cause__), repr(outage.__context__)]
    told = " ".join((caplog.text, *texts))
    assert "http_500" in told
    secret = client._provider.client_secret
    assert not any(
        each in told for each in ("花子", "000000000000000", secret, client._token.value)
    )
    assert all(call.startswith("/") and "?" not in call for call in stand.api.asked)


def test_a_closed_client_lets_go_of_its_threads(stand):  # noqa: F811
    client = stand.client()
    client.ask(PEOPLE, NOBODY)
    client.close()
    with pytest.raises(RuntimeError):
        client.ask(PEOPLE, NOBODY)
    assert client._slots._value == 8
