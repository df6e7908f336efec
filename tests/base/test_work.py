"""AUD-1, AUD-2: what a unit of work leaves in the audit, however it ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask, Response, stream_with_context
from flask.testing import FlaskClient

from govkit.base import web
from govkit.base.audit import AuditEvent
from govkit.base.deployment import Deployment
from govkit.base.identity import Actor, Role
from govkit.base.work import Work
from govkit.errors import NotPermitted
from govkit.residents.records import PersonId

OWN = "132021"
LOOKUP = {"is_read": True, "outcome": "denied"}


def _role(work: Work, name: str) -> Role:
    row = Role(name=name, title=name, permissions=[])
    work.session.add(row)
    work.session.flush()
    return row


def _pages() -> web.Pages:
    pages = web.Pages("demo", __name__)

    @pages.get("/refused", permission=web.SIGNED_IN)
    def refused(work: Work) -> tuple[str, int]:
        work.record("resident.shown", "000000000012345")
        return "", 400

    @pages.post("/refused", permission=web.SIGNED_IN, endpoint="refused_act")
    def refused_act(work: Work) -> tuple[str, int]:
        role = _role(work, "half")
        work.record("role.added", role)
        work.record("residents.get", [PersonId(OWN, "000000000012345")], **LOOKUP)
        work.saw([role])
        return "", 400

    @pages.get("/denied", permission=web.SIGNED_IN)
    def denied(work: Work) -> str:
        work.record("residents.get", [], **LOOKUP)
        raise NotPermitted

    @pages.post("/failed", permission=web.SIGNED_IN)
    def failed(work: Work) -> str:
        work.record("role.added", _role(work, "half"))
        work.record("residents.get", [], **LOOKUP)
        raise ZeroDivisionError

    @pages.post("/twice", permission=web.SIGNED_IN)
    def twice(work: Work) -> str:
        work.record("residents.get", [], **LOOKUP)
        work.session.add_all([Role(name="same", title="", permissions=[]) for _ in range(2)])
        return ""

    @pages.post("/done", permission=web.SIGNED_IN)
    def done(work: Work) -> str:
        work.record("role.added", _role(work, "whole"))
        work.record("residents.get", [], **LOOKUP)
        return ""

    @pages.get("/streamed", permission=web.SIGNED_IN)
    def streamed(work: Work) -> Response:
        def body() -> Iterator[str]:
            yield "a"
            for leave_trace in (lambda: work.record("read", "x"), lambda: work.saw([])):
                with pytest.raises(RuntimeError, match="open their own"):
                    leave_trace()
            with web.open_work(writes=False) as own:
                own.record("resident.streamed", "000000000012345")
                yield "b"
                yield "c"

        return Response(stream_with_context(body()))

    return pages


@pytest.fixture
def client(app: Flask, sign_in) -> FlaskClient:
    """Somebody of 立川市 in an application with views that end badly."""
    app.register_blueprint(_pages())
    app.config.update(TESTING=False)
    return sign_in(OWN, "board_clerk")


def _actions(deployment: Deployment) -> list[str]:
    with deployment.session(OWN) as session:
        return sorted(session.scalars(sa.select(AuditEvent.action)))


def _roles(deployment: Deployment) -> set[str]:
    with deployment.session(OWN) as session:
        return {"half", "same", "whole"} & set(session.scalars(sa.select(Role.name)))


@pytest.mark.parametrize(
    ("method", "address", "status", "actions", "roles"),
    [
        ("GET", "/demo/refused", 400, ["resident.shown"], set()),
        ("POST", "/demo/refused", 400, ["read", "residents.get"], set()),
        ("GET", "/demo/denied", 403, ["residents.get"], set()),
        ("POST", "/demo/failed", 500, ["residents.get"], set()),
        ("POST", "/demo/twice", 500, ["residents.get"], set()),
        ("POST", "/demo/done", 200, ["residents.get", "role.added"], {"whole"}),
    ],
)
@pytest.mark.requirement("LOG-1", "LOG-2", "ASVS-2.3.3")
def test_reads_are_recorded_however_the_request_ends_and_acts_only_when_done(
    client, deployment, method, address, status, actions, roles
) -> None:
    assert client.open(address, method=method).status_code == status
    assert _actions(deployment) == actions
    assert _roles(deployment) == roles


def test_a_streamed_answer_records_in_work_of_its_own(client, deployment) -> None:
    assert client.get("/demo/streamed").text == "abc"
    assert _actions(deployment) == ["resident.streamed"]


def test_a_reader_who_leaves_a_streamed_answer_has_read(client, deployment) -> None:
    answer = client.get("/demo/streamed", buffered=False)
    chunks = answer.iter_encoded()
    assert [next(chunks), next(chunks)] == [b"a", b"b"]
    answer.close()
    assert _actions(deployment) == ["resident.streamed"]


@pytest.mark.requirement("LOG-1")
def test_subjects_are_named_by_identifiers(work: Work) -> None:
    role, account = _role(work, "named"), uuid4()
    for subject in (role, [account, PersonId(OWN, "000000000012345")], "132021", []):
        work.record("x", subject)
    assert [each.subject_ids for each in work._events] == [
        [str(role.id)],
        [str(account), "000000000012345"],
        ["132021"],
        [],
    ]


@dataclass
class _Child:
    family_name: str
    birth: date


@pytest.mark.parametrize("subject", [_Child("山田", date(2018, 1, 1)), ("山田", 1), None, 1])
@pytest.mark.requirement("LOG-3", "ASVS-16.2.5")
def test_what_may_hold_a_name_is_no_subject(work: Work, subject) -> None:
    with pytest.raises(TypeError):
        work.record("x", subject)


def test_work_that_is_over_takes_nothing_more(deployment: Deployment) -> None:
    with deployment.work(deployment.municipality(OWN), Actor.operator("test")) as work:
        pass
    with pytest.raises(RuntimeError):
        work.record("x", UUID(int=1))
