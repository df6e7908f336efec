"""What nobody meets who only follows links: nothing there yet, too late, twice, not allowed."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pyotp
import sqlalchemy as sa
from flask import render_template
from flask.testing import FlaskClient
from werkzeug.test import Client

from govkit.base.app import create_app
from govkit.base.credentials import SecondFactor
from govkit.base.deployment import Deployment
from govkit.base.identity import Account
from govkit.base.settings import OidcSettings
from govkit.base.shedding import LoadShedding
from govkit.cli.demo import DEMO_PASSWORD
from govkit.cli.demo_city import DEMO_CITIES
from govkit.testing.module_suite.forms import forms_of
from govkit.testing.module_suite.world import EVERYTHING, OWN, Route
from govkit.testing.plugin import PASSWORD, appoint
from tests.accessibility.city import EMPTY, City

STATES: list[Callable[[City], None]] = []
"""Each leads a city into a state and looks at its pages; afterwards all is undone."""

TODAY = date(2026, 11, 24)
FAULTS = (400, 401, 403, 404, 405, 409, 413, 429, 500, 503)


def state(lead: Callable[[City], None]) -> Callable[[City], None]:
    """Take a function among the states, under its name."""
    STATES.append(lead)
    return lead


def routes(city: City, method: str = "GET") -> Iterator[Route]:
    """Every route but that of style sheets."""
    for name in ("govkit", *(each.name for each in city.deployment.modules)):
        yield from (each for each in city.world.routes(name) if each.method == method)


@contextmanager
def later(city: City, **time: int) -> Iterator[None]:
    """What is looked at in here is looked at later."""
    city.clock.now += timedelta(**time)
    yield
    city.clock.now -= timedelta(**time)


@state
def empty_city(city: City) -> None:
    clerk = city.appointed(EVERYTHING, EMPTY)
    for route in routes(city):
        if not route.identifiers:
            clerk.get(city.world.address(route))
    city.appointed("homeroom_teacher", EMPTY).get("/attendance/")


@state
def in_english(city: City) -> None:
    client = city.appointed(EVERYTHING, OWN)
    client.get("/?lang=en")
    for method in ("GET", "POST"):
        for route in routes(city, method):
            if route.endpoint != "govkit.logout":
                client.open(city.world.address(route), method=method)


@state
def nobody_logged_in(city: City) -> None:
    visitor = city.world.app.test_client()
    visitor.get("/login")
    visitor.post("/login")
    visitor.post("/login", data={"login": "x", "password": "x"})
    visitor.get("/nothing/here")
    visitor.put("/login")
    visitor.post("/jobs/x")
    visitor.post("/notices/read")
    visitor.post("/login", headers={"Origin": "https://attacker.example"})
    for code in ("x", "K7M2P9QXR4TV"):
        visitor.get(f"/verify/{code}")


@state
def choice_of_an_appointment(city: City) -> None:
    city.appointed("principal", OWN, EMPTY).get("/appointments")
    over = (date(2026, 4, 1), date(2026, 4, 30))
    login = appoint(city.deployment, OWN, "principal", period=over)
    city.log_in(login).get("/appointments")


@state
def login_has_run_out(city: City) -> None:
    client, page = city.appointed("board_clerk", OWN), "/schools/manage/new"
    with later(city, minutes=61):
        came_from = {"Referer": f"http://localhost{page}"}
        asked = client.post(page, data={"name": "架空の学校"}, headers=came_from)
        client.get(asked.location)
        client.post("/account")


@state
def second_factors(city: City) -> None:
    login = appoint(city.deployment, OWN, "administrator")
    client = city.log_in(login)
    client.post("/account/factors/app")
    client.get("/account/factors/app")
    client.post("/account/factors/app/confirm", data={"code": "x"})
    code = pyotp.TOTP(_secret(city, login)).at(city.clock())
    client.post("/account/factors/app/confirm", data={"code": code})
    client.get("/account/factors")
    client.get("/step-up")
    client.post("/step-up/code", data={"code": "x"})
    client.post("/step-up", data={"password": "x"})
    client = city.log_in(login)
    client.get("/login/factor")
    for code in ("", *"xxxxxxxxxxxx"):
        client.post("/login/factor", data={"code": code})


def _secret(city: City, login: str) -> str:
    with city.deployment.system(writes=False) as session:
        account_id = session.scalars(sa.select(Account.id).where(Account.login == login)).one()
        row = session.get(SecondFactor, account_id)
        assert row is not None
        assert row.new_totp_secret is not None
        return row.new_totp_secret


@state
def initial_password(city: City) -> None:
    login = appoint(city.deployment, OWN, "board_clerk")
    with city.deployment.system() as session:
        account = session.scalars(sa.select(Account).where(Account.login == login)).one()
        account.initial_until = city.clock() + timedelta(days=1)
    client = city.log_in(login)
    client.get("/account/password")
    client.post("/account/password", data={"current": PASSWORD, "new": "x", "again": "y"})


@state
def purpose_of_a_lookup(city: City) -> None:
    city.send(city.client, "/resident_lookup/purpose", "resident_lookup.choose_purpose")
    city.client.get("/resident_lookup/")


@state
def identity_provider(city: City) -> None:
    """One that does not answer, and one that was led to."""
    settings = city.deployment.settings
    oidc = OidcSettings(issuer="http://127.0.0.1:9", client_id="x", client_secret="x")  # type: ignore[arg-type]
    deployment = Deployment(settings.model_copy(update={"oidc": oidc}), clock=city.clock)
    app = create_app(deployment=deployment)
    app.config.update(WTF_CSRF_ENABLED=False)
    visitor = city.album.of(app).test_client()
    visitor.get("/login")
    visitor.post("/login/oidc")
    visitor.get("/login/oidc/callback?state=x&code=x")
    visitor.get("/logout/oidc")
    with app.test_request_context("/login/oidc"):
        app.preprocess_request()
        given = {"page_title": "認証基盤に移ります", "address": "https://idp.example/authorize"}
        city.album.add(render_template("govkit/base/oidc_onward.html", **given), "onward")
    deployment.close()


@state
def faults(city: City) -> None:
    with city.world.app.test_request_context("/"):
        city.world.app.preprocess_request()
        for status in FAULTS:
            page = render_template("govkit/base/error.html", status=status, detail="")
            city.album.add(page, f"{status}")


@state
def too_many_requests_at_once(city: City) -> None:
    crowded = Client(LoadShedding(city.world.app.wsgi_app, 0, None))
    city.album.add(crowded.get("/").text, "overload")


@state
def foreign_host(city: City) -> None:
    city.world.app.config["TRUSTED_HOSTS"] = ["localhost"]
    try:
        city.world.app.test_client().get("/login", base_url="http://attacker.example")
    finally:
        city.world.app.config["TRUSTED_HOSTS"] = None


@state
def roll_call(city: City) -> None:
    base, client = f"/attendance/{_class_of(city)}", city.client
    page = client.get(f"{base}/{TODAY}")
    (form,) = (each for each in forms_of(page.text) if "lines" in each.values)
    marks = sorted(name for name in form.values if name.startswith("mark"))
    for number, mark in ((0, "absent_illness"), (0, "other"), (0, "x"), (1, "late")):
        changed = {marks[number]: [mark]}
        answer = client.post(f"{base}/{TODAY}", data=form.values | changed)
        if answer.location:
            client.get(answer.location)
    client.get(f"{base}/corrections/{TODAY}")


@state
def days_without_a_roll_call(city: City) -> None:
    base, client = f"/attendance/{_class_of(city)}", city.client
    for day in ("2026-11-23", "2026-11-22", "2026-11-25", "2026-08-10", "2027-03-31"):
        client.get(f"{base}/{day}")
        client.get(f"{base}/months/{day}")
    client.post(f"{base}/months/2026-10-01/close")
    for page in ("months/2026-10-01", "2026-10-20", "months/2026-10-01/reopen"):
        client.get(f"{base}/{page}")


def _class_of(city: City) -> str:
    """The class of the demo whose last month is recorded."""
    teacher = city.log_in(f"{DEMO_CITIES[0].prefix}-teacher", DEMO_PASSWORD)
    return str(teacher.get("/attendance/").location).split("/")[-2]


@state
def files_received(city: City) -> None:
    (extract,) = city.files.glob("立川市_住民票*.csv")
    (zones,) = city.files.glob("立川市_通学区域*.csv")
    some = b"".join(extract.read_bytes().splitlines(keepends=True)[:100])
    said = {"as_of": "2026-11-23", "allows_shrinking": "y"}
    for content in (some, b"x", b'"\n' * 9):
        _upload(city.client, "/resident_extracts/import", "file", content, **said)
        _upload(city.client, "/resident_extracts/protection", "file", content)
    city.client.get("/resident_extracts/")
    for content in (zones.read_bytes(), b"x,y\n1,2\n"):
        _upload(city.client, "/enrolment/zones", "file", content)


def _upload(client: FlaskClient, address: str, name: str, content: bytes, **values: str) -> None:
    (form,) = (each for each in forms_of(client.get(address).text) if each.action in ("", address))
    sent = {key: value for key, (value, *_rest) in form.values.items()} | values
    answer = client.post(address, data=sent | {name: (io.BytesIO(content), "住民票.csv")})
    for link in [
        answer.location or "",
        *re.findall(r'href="(/resident_extracts/[^"]+)"', answer.text),
    ]:
        if link:
            client.get(link)
