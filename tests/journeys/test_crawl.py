"""TEN-1, TEN-6: every route, asked with the identifiers of another city, answers as for nothing."""

import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from govkit.base.audit import AuditEvent
from govkit.base.db import Base
from govkit.base.deployment import Deployment
from govkit.base.identity import Role
from govkit.modules.enrolment import RegisterEntry
from govkit.modules.schools import ClassMembership, School
from govkit.testing.module_suite.rows import make, tenant_classes
from govkit.testing.plugin import PASSWORD, appoint

OWN, FOREIGN = "132021", "132071"
SECRET = "他市の秘密"


def _models(app: Flask) -> dict[str, type[Base]]:
    """The mapped class that each argument of a route names, such as ``class_group_id``."""
    by_name = {
        re.sub(r"(?<!^)(?=[A-Z])", "_", each.__name__).lower(): each for each in tenant_classes()
    }
    found = {}
    for rule, _method in _routes(app):
        module = rule.endpoint.split(".")[0]
        for argument in rule.arguments:
            name = argument.removesuffix("_id")
            if name == argument:
                continue
            named = [each for full, each in by_name.items() if full == name]
            inside = [
                each
                for full, each in by_name.items()
                if full.endswith(f"_{name}") and each.__tablename__.startswith(module)
            ]
            (found[argument],) = named or inside
    return found


@pytest.fixture
def all_rights(app: Flask, deployment: Deployment) -> FlaskClient:
    """Somebody of 立川市 who holds every permission there is, for the whole city."""
    names = [each.name for each in deployment.permissions]
    with deployment.session(OWN) as session:
        session.add(Role(name="everything", title="すべて", permissions=names))
        session.commit()
    login = appoint(deployment, OWN, "everything")
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/login", data={"login": login, "password": PASSWORD})
    assert client.get("/").status_code == 200
    return client


NAMED = {"name", "key", "code"}
"""Arguments of documents that are named by a text; their pages have tests of their own."""
OF_ACCOUNTS = {"passkey_id"}
"""Arguments that name what belongs to an account, and to no municipality."""


def _routes(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods & {"GET", "POST"})
        if any(name.endswith("_id") for name in rule.arguments - OF_ACCOUNTS)
    ]


def _answer(client: FlaskClient, rule: Rule, method: str, ids: dict[str, Any]) -> tuple[int, str]:
    values = {name: ids[name] if name in ids else _plain(name) for name in rule.arguments}
    with client.application.test_request_context():
        built = client.application.url_map.bind("localhost").build(rule.endpoint, values, method)
    answer = client.open(built, method=method)
    page = re.sub(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", "id", answer.text)
    return answer.status_code, page


def _plain(name: str) -> Any:
    return {
        "day": date(2026, 11, 24),
        "month": "2026-11",
        "school_year": 2026,
        "entry_year": 2027,
        "year": 2026,
        "grade": 1,
    }[name]


@pytest.mark.requirement("TEN-6", "P1", "ASVS-8.2.2")
def test_foreign_identifiers_answer_like_absent_ones(
    app: Flask, deployment: Deployment, all_rights: FlaskClient
) -> None:
    routes = _routes(app)
    assert routes
    models = _models(app)
    with deployment.unscoped("試験の準備", "test") as session:
        foreign = {name: make(session, model, FOREIGN).id for name, model in models.items()}
    wrong = []
    for rule, method in routes:
        status, page = _answer(all_rights, rule, method, foreign)
        absent_status, absent_page = _answer(
            all_rights, rule, method, {name: uuid4() for name in models}
        )
        alike = status == absent_status and abs(len(page) - len(absent_page)) <= 2
        if status not in (403, 404) or not alike or "昭島" in page:
            wrong.append((method, rule.rule, status, absent_status, len(page), len(absent_page)))
    assert wrong == []


@pytest.mark.requirement("TEN-1", "P1")
def test_pages_without_identifiers_show_nothing_of_the_other_city(
    app: Flask, deployment: Deployment, all_rights: FlaskClient
) -> None:
    with deployment.unscoped("試験の準備", "test") as session:
        for model in tenant_classes():
            make(session, model, FOREIGN, SECRET)
    for rule in app.url_map.iter_rules():
        if rule.arguments or "GET" not in rule.methods:
            continue
        answer = all_rights.get(rule.rule)
        assert answer.status_code < 500, rule.rule
        assert SECRET not in answer.text, rule.rule
        assert "昭島" not in answer.text, rule.rule


PERSON = "監査対象姓"


@pytest.mark.requirement("LOG-1", "P12")
def test_a_page_that_shows_a_person_is_audited(
    app: Flask, deployment: Deployment, all_rights: FlaskClient
) -> None:
    """LOG-1: whoever sees a person's name leaves an audit row of that very request."""
    known: dict[Any, Any] = {}
    with deployment.session(OWN) as session:
        for model in tenant_classes():
            make(session, model, OWN, known=known)
        for row in known.values():
            for name in ("family_name", "preferred_family_name", "official_name", "preferred_name"):
                if hasattr(row, name) and hasattr(row, "addressee_number"):
                    setattr(row, name, PERSON)
        known[ClassMembership].starts_on = date(2026, 4, 1)
        known[ClassMembership].ends_on = None
        known[School].closed_on = None
        known[RegisterEntry].status = "active"
        session.commit()
    rows = {name: known[model] for name, model in _models(app).items()}
    shown = []
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "govkit.static":
            continue
        if rule.arguments & NAMED:
            continue
        values = {name: rows[name].id if name in rows else _plain(name) for name in rule.arguments}
        with app.test_request_context():
            address = app.url_map.bind("localhost").build(rule.endpoint, values)
        answer = all_rights.get(address)
        assert answer.status_code < 500, address
        if PERSON not in answer.text:
            continue
        shown.append(rule.endpoint)
        with deployment.session(OWN, writes=False) as session:
            seen = sa.select(AuditEvent).where(
                AuditEvent.request_id == answer.headers["X-Request-Id"]
            )
            assert session.scalars(seen).all(), f"{rule.endpoint} shows people without audit"
    assert {"schools.pupil", "schools.class_group", "enrolment.entry", "enrolment.register"} <= set(
        shown
    )
