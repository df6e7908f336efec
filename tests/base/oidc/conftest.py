"""Sites that log in at a real OpenID provider."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from govkit.base.app import create_app
from govkit.base.audit import SystemEvent
from govkit.base.deployment import Deployment
from govkit.base.external_identity import link_account
from govkit.base.oidc import open_provider
from govkit.base.settings import OidcSettings, Settings
from govkit.testing.plugin import FixedClock, TestDatabases, appoint
from tests.base.oidc.provider import RealProvider, onward

SITE = "http://localhost"
ALWAYS = (date(2000, 1, 1), None)


@pytest.fixture(scope="session")
def running_provider() -> Iterator[RealProvider]:
    provider = RealProvider()
    provider.start("key-1")
    yield provider
    provider.stop()


@pytest.fixture(scope="session")
def databases(sqlite_databases: TestDatabases) -> TestDatabases:
    """What the provider says is the same on every database; ``test_links.py`` runs on both."""
    return sqlite_databases


@pytest.fixture
def clock() -> FixedClock:
    """Stands still at the real time: the provider has a clock of its own."""
    clock = FixedClock()
    clock.now = datetime.now(UTC)
    return clock


@dataclass
class Site:
    """An application, its deployment, and the provider where people log in."""

    app: Flask
    deployment: Deployment
    provider: RealProvider

    def appoint(self, subject: str = "", **options: object) -> str:
        """Somebody with an appointment, linked with a person of the provider."""
        login = appoint(self.deployment, "132021", "board_clerk", period=ALWAYS, **options)
        if subject:
            self.link(login, subject)
        return login

    def link(self, login: str, subject: str) -> None:
        now = self.deployment.clock()
        with self.deployment.system() as session:
            link_account(session, login, self.provider.issuer, subject, now=now, actor="test")

    def become(self, client: dict[str, str]) -> None:
        """Be another client of the provider from now on."""
        settings = self.deployment.settings
        own = OidcSettings(
            issuer=self.provider.issuer,
            client_id=client["client_id"],
            client_secret=SecretStr(client["client_secret"]),
        )
        self.app.extensions["govkit.oidc"].close()
        self.app.extensions["govkit.oidc"] = open_provider(
            settings.model_copy(update={"oidc": own}), self.deployment.clock
        )

    def begin(self, client: FlaskClient, next_page: str = "") -> str:
        """Press the button; the address at the provider."""
        answer = client.post("/login/oidc", query_string={"next": next_page})
        assert answer.status_code == 200, answer.text
        return onward(answer.text)

    def log_in(self, client: FlaskClient, subject: str = "s-0001", **visit: object) -> TestResponse:
        """The whole way, there and back."""
        back = self.provider.visit(self.begin(client), subject, **visit)
        return client.get(back.removeprefix(SITE))

    def events(self, action: str) -> list[dict]:
        """Details of what was recorded."""
        with self.deployment.system(writes=False) as session:
            rows = session.scalars(sa.select(SystemEvent).where(SystemEvent.action == action))
            return [row.detail for row in rows]


@pytest.fixture
def open_site(databases, clock, compiled_templates, running_provider) -> Iterator:
    """Makes a site: ``open_site(required_acr=…)``."""
    opened: list[Deployment] = []

    def make(local_login: bool = True, second_factor: str | None = None, **oidc: object) -> Site:
        base = databases.settings()
        settings = base.model_copy(
            update={
                "oidc": oidc_settings(**{"issuer": running_provider.issuer, **oidc}),
                "security": base.security.model_copy(
                    update={"local_login": local_login, "second_factor": second_factor}
                ),
            }
        )
        return Site(*_open(settings, clock, compiled_templates, opened), running_provider)

    yield make
    for deployment in opened:
        deployment.close()


def oidc_settings(issuer: str, **more: object) -> OidcSettings:
    """Settings of the client that the provider knows from its start."""
    return OidcSettings(
        **{
            "issuer": issuer,
            "client_id": "govkit-tests",
            "client_secret": SecretStr("an invented secret + for tests: only"),
            **more,
        }
    )


def _open(
    settings: Settings, clock: FixedClock, templates: object, opened: list[Deployment]
) -> tuple[Flask, Deployment]:
    deployment = Deployment(settings, clock=clock)
    opened.append(deployment)
    app = create_app(deployment=deployment)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.jinja_env.bytecode_cache = templates
    return app, deployment
