"""Past its limit a process refuses at once, and below it nobody is refused."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from werkzeug.test import Client

from govkit.base.shedding import RETRY_SECONDS, LoadShedding


def ok(_environ, start_response):
    start_response("200 OK", [])
    return [b"done"]


def test_past_the_limit_the_next_is_refused_at_once_and_told_when_to_come_back() -> None:
    reached, goes_on = Barrier(3), Event()
    refused = []

    def slow(environ, start_response):
        reached.wait(5)
        goes_on.wait(5)
        return ok(environ, start_response)

    served = LoadShedding(slow, 2, None, lambda: refused.append(1))
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(Client(served).get, "/x") for _ in range(2)]
        reached.wait(5)
        answer = Client(served).post("/x")
        goes_on.set()
        assert [each.result().status_code for each in running] == [200, 200]
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == str(RETRY_SECONDS)
    assert "保存されていません" in answer.text
    assert len(refused) == 1


def test_room_is_given_back_when_the_answer_ends_or_fails() -> None:
    def broken(_environ, _start_response):
        raise RuntimeError

    served = LoadShedding(ok, 1, None)
    assert [Client(served).get("/").status_code for _ in range(3)] == [200] * 3
    failing = LoadShedding(broken, 1, None)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            Client(failing).get("/")


@pytest.mark.parametrize(
    ("path", "waited", "longest", "status"),
    [
        ("/x", 9, 5, 503),
        ("/x", 1, 5, 200),
        ("/x", 9, None, 200),  # no server in front whose word counts
        ("/health/live", 9, 5, 200),
    ],
)
def test_who_waited_too_long_in_front_is_refused_but_health_is_told(
    path, waited, longest, status
) -> None:
    headers = {"X-Request-Start": f"t={time.time() - waited:.3f}"}
    served = LoadShedding(ok, 1, longest)
    assert Client(served).get(path, headers=headers).status_code == status
    assert Client(served).get(path, headers={"X-Request-Start": "t=soon"}).status_code == 200


def test_side_by_side_below_the_limit_nobody_is_refused(app) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda _: app.test_client().get("/login").status_code, range(80))
    assert Counter(answers) == {200: 80}
