"""P9: a form sent twice, or five times at once, has one effect and one answer."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from govkit.base import web
from govkit.base.audit import AuditEvent
from govkit.base.idempotency import (
    KEPT_FOR,
    Answer,
    AnsweredRequest,
    alone,
    fingerprint,
    forget_old_answers,
    keep_answer,
)
from govkit.base.identity import Account
from govkit.modules.schools import School
from govkit.testing.plugin import PASSWORD, appoint

pytestmark = pytest.mark.requirement("P9", "ASVS-2.3.3")

CITY, OTHER = "132021", "132071"
KEY = re.compile(r'name="idempotency_key" value="([^"]+)"')
SCHOOL = {"code": "B113299999911", "name": "試験第一小学校", "opened_on": "2026-04-01"}


def rows(deployment: Any, model: Any, code: str = CITY) -> list[Any]:
    with deployment.session(code, writes=False) as session:
        return session.scalars(sa.select(model)).all()


def acts(deployment: Any, action: str) -> list[AuditEvent]:
    return [each for each in rows(deployment, AuditEvent) if each.action == action]


def key_of(client: Any, page: str) -> str:
    return KEY.findall(client.get(page).text)[-1]


def test_a_form_sent_twice_makes_one_school(deployment, sign_in):
    client = sign_in(CITY, "board_clerk")
    sent = SCHOOL | {"idempotency_key": key_of(client, "/schools/manage/new")}
    first, second = (client.post("/schools/manage/new", data=sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(rows(deployment, School)) == 1
    assert len(acts(deployment, "school.added")) == 1


def test_five_at_once_make_one_school(app, deployment):
    login = appoint(deployment, CITY, "board_clerk")
    app.config["WTF_CSRF_ENABLED"] = False
    clients = [app.test_client() for _ in range(5)]
    for client in clients:
        client.post("/login", data={"login": login, "password": PASSWORD})
    sent = SCHOOL | {"idempotency_key": "the same for all"}
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda each: each.post("/schools/manage/new", data=sent), clients))
    assert {(each.status_code, each.headers["Location"]) for each in answers} == {
        (303, answers[0].headers["Location"])
    }
    assert len(rows(deployment, School)) == len(acts(deployment, "school.added")) == 1


def test_two_processes_meet_in_the_database(app, deployment, sign_in):
    """What another process answered while this one was at work holds, and this work is undone."""
    pages = web.Pages("meeting", __name__)

    @pages.post("/", permission=web.SIGNED_IN)
    def act(work):
        with deployment.session(CITY) as other:
            first = Answer(303, {"Location": "/first"}, b"")
            keep_answer(other, web._fingerprint("k"), first, work.now)
            other.commit()
        work.session.add(School(code="B113299999911", name="校", kind="B1", opened_on=None))
        return web.see_other("govkit.home")

    app.register_blueprint(pages)
    answer = sign_in(CITY, "board_clerk").post("/meeting/", data={"idempotency_key": "k"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/first")
    assert rows(deployment, School) == []
    assert len(rows(deployment, AnsweredRequest)) == 1


def test_the_same_key_with_other_content_is_another_request(deployment, sign_in):
    client = sign_in(CITY, "board_clerk")
    for code in ("B113299999911", "B113299999920"):
        sent = SCHOOL | {"code": code, "idempotency_key": "k"}
        client.post("/schools/manage/new", data=sent)
    assert len(rows(deployment, School)) == 2


def test_the_key_of_somebody_else_opens_nothing(deployment, sign_in):
    sent = SCHOOL | {"idempotency_key": "k"}
    for client in (sign_in(CITY, "board_clerk"), sign_in(OTHER, "board_clerk")):
        assert client.post("/schools/manage/new", data=sent).status_code == 303
    assert len(rows(deployment, School)) == len(rows(deployment, School, OTHER)) == 1
    assert (
        sign_in(CITY, "homeroom_teacher").post("/schools/manage/new", data=sent).status_code == 403
    )


def test_a_refused_form_may_be_sent_again(deployment, sign_in):
    client = sign_in(CITY, "board_clerk")
    sent = {"code": "B1", "name": "", "idempotency_key": "k"}
    assert client.post("/schools/manage/new", data=sent).status_code == 400
    assert rows(deployment, AnsweredRequest) == []
    assert (
        client.post("/schools/manage/new", data=SCHOOL | {"idempotency_key": "k"}).status_code
        == 303
    )


def test_a_password_shown_once_is_not_kept(deployment, sign_in):
    client = sign_in(CITY, "administrator")
    sent = {
        "login": "new-one",
        "creates_account": "y",
        "role": "board_clerk",
        "family_name": "試験",
        "given_name": "次郎",
        "valid_from": "2026-11-24",
        "kana_family_name": "シケン",
        "kana_given_name": "ジロウ",
        "idempotency_key": "k",
    }
    first, second = (client.post("/schools/staff/new", data=sent) for _ in range(2))
    assert first.status_code == second.status_code == 200, first.text
    password = re.findall(r"(?:[a-z2-9]{5}-){3}[a-z2-9]{5}", first.text)
    assert password
    assert password[0] not in second.text
    assert "この操作はもう済んでいます" in second.text
    (kept,) = rows(deployment, AnsweredRequest)
    assert kept.body is None
    with deployment.system(writes=False) as session:
        assert len(session.scalars(sa.select(Account.id)).all()) == 2


def test_answers_are_forgotten_after_a_day(deployment, clock):
    with deployment.session(CITY) as session:
        for number, age in enumerate((2 * KEPT_FOR, KEPT_FOR / 2)):
            mark = fingerprint(None, "/", str(number), [])
            keep_answer(session, mark, Answer(303, {}, b""), clock() - age)
        forget_old_answers(session, clock())
        session.commit()
    (left,) = rows(deployment, AnsweredRequest)
    assert left.answered_at == clock() - KEPT_FOR / 2


def test_equal_requests_wait_for_each_other():
    order: list[str] = []

    def enter(name: str) -> None:
        with alone("mark"):
            order.append(name)
            order.append(name)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(enter, "abcd"))
    assert [order[i] == order[i + 1] for i in (0, 2, 4, 6)] == [True] * 4


def test_parts_cannot_be_shifted_into_each_other():
    one = fingerprint(None, "/a", "k", ["ab", "c"])
    assert one != fingerprint(None, "/a", "k", ["a", "bc"])
