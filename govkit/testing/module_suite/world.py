"""Two cities with rows of every table, people of every kind, and the addresses to ask for.

Rows stand in a relation to the one who asks: of the own class, of another class of the school, of
another school, of another city, or not there at all.
"""

import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url
from sqlalchemy.orm import QueryableAttribute
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from govkit.base.app import create_app
from govkit.base.audit import AuditEvent
from govkit.base.db import TenantTable
from govkit.base.deployment import Deployment
from govkit.base.identity import Role
from govkit.testing.module_suite.headers import broken_rules
from govkit.testing.module_suite.rows import links, make, tenant_classes
from govkit.testing.plugin import PASSWORD, appoint

__all__ = ["EVERYTHING", "FOREIGN", "NOTHING", "OWN", "RELATIONS", "Route", "World"]

OWN, FOREIGN = "132021", "132071"
"""The city of those who ask, and another one."""
EVERYTHING, NOTHING = "every_right", "no_right"
"""Roles with all permissions and with none."""
RELATIONS: Final = ("own", "other_class", "other_school", "other_city", "absent")
"""How a row stands to the one who asks."""

_COLUMN: Final = QueryableAttribute
_PLAIN: Final[Mapping[str, Any]] = {
    "day": date(2026, 11, 24),
    "month": "2026-11",
    "school_year": 2026,
    "entry_year": 2027,
    "year": 2026,
    "grade": 1,
    "number": 1,
}
_IDENTIFIER: Final = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
_RANDOM: Final = re.compile(r'(nonce="|name="(?:idempotency_key|csrf_token)" value=")[^"]*')


@dataclass(frozen=True)
class Route:
    """A route with one method, ``GET`` or ``POST``."""

    rule: Rule
    method: str
    permission: str

    @property
    def endpoint(self) -> str:
        """Endpoint of the route."""
        return str(self.rule.endpoint)

    @property
    def identifiers(self) -> list[str]:
        """Arguments that are identifiers of rows."""
        return sorted(name for name in self.rule.arguments if name.endswith("_id"))


@dataclass
class World:
    """See the module.

    :param samples: What an argument of a route is that its name does not tell: the mapped class whose
        identifier it takes, the mapped column whose value it takes, or a plain value.
    """

    deployment: Deployment
    samples: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = self._app()
        self.rows: dict[str, dict[Any, Any]] = {}
        self.clients: dict[str, FlaskClient] = {}
        self.answers: list[tuple[str, list[str]]] = []
        self._fill()
        self.remember()

    def _app(self) -> Flask:
        app = create_app(deployment=self.deployment)
        app.config.update(TESTING=False, WTF_CSRF_ENABLED=False)
        return app

    # --- rows ---------------------------------------------------------------------------------

    def _fill(self) -> None:
        with self.deployment.unscoped("試験の準備", "test") as session:
            session.add_all(
                Role(municipality_code=OWN, name=name, title=name, permissions=permissions)
                for name, permissions in self._roles().items()
            )
            own: dict[Any, Any] = {}
            for relation, code in (("own", OWN), ("other_school", OWN), ("other_city", FOREIGN)):
                self.rows[relation] = self._set_of_rows(session, code, {})
                own = own or self.rows[relation]
            units = self._units(own)
            kept = {model: own[model] for model in units[:-1]}
            self.rows["other_class"] = self._set_of_rows(session, OWN, kept)

    def _roles(self) -> dict[str, list[str]]:
        names = [each.name for each in self.deployment.permissions]
        without = {name: [each for each in names if each != name] for name in names}
        return {EVERYTHING: names, NOTHING: []} | {
            f"all but {name}": left for name, left in without.items()
        }

    @staticmethod
    def _set_of_rows(
        session: Any, code: str, known: dict[Any, Any], mark: str = ""
    ) -> dict[Any, Any]:
        known = {**known}
        for model in tenant_classes():
            make(session, model, code, mark, known)
        return known

    def add_city(self, code: str, name: str, mark: str) -> None:
        """Let another city join, whose rows stand in the relation of its code to everybody.

        :param mark: Begins every text of the city's rows.
        """
        self.deployment.add_municipality(code, name)
        with self.deployment.session(code) as session:
            self.rows[code] = self._set_of_rows(session, code, {}, mark)
            session.commit()

    @staticmethod
    def _units(known: Mapping[Any, Any]) -> list[Any]:
        """Classes that rights are limited to, the widest first: school, class."""
        found = [model for model in known if hasattr(model, "scope_path")]
        return sorted(found, key=lambda model: len(known[model].scope_path))

    def unit(self, level: str, relation: str = "own") -> UUID | None:
        """Identifier of the own unit: ``"school"``, ``"class"``, or ``None`` for the whole city."""
        units = self._units(self.rows[relation])
        if level == "municipality" or not units:
            return None
        row = self.rows[relation][units[-1] if level == "class" else units[0]]
        return UUID(str(row.id))

    def path(self, model: Any, relation: str) -> tuple[UUID, ...]:
        """Units, from wide to narrow, that the row of a class belongs to in a relation."""
        known = self.rows[relation]
        paths = [self._path_up(model, known)]
        if not paths[0]:
            children = [each for each in known if model in links(each).values()]
            paths += [self._path_up(each, known) for each in children]
        return max(paths, key=len)

    def _path_up(self, model: Any, known: Mapping[Any, Any]) -> tuple[UUID, ...]:
        if hasattr(model, "scope_path"):
            return tuple(known[model].scope_path)
        above = [each for each in links(model).values() if each is not model]
        return max((self._path_up(each, known) for each in above), key=len, default=())

    def acts(self) -> int:
        """Number of audit events that are no reads."""
        with self.deployment.unscoped("試験の照合", "test") as session:
            acts = sa.select(sa.func.count(AuditEvent.id)).where(AuditEvent.action != "read")
            return session.scalar(acts) or 0

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that stands in the tenant tables but the audit, as text."""
        found = {}
        with self.deployment.snapshot() as session:
            for model in tenant_classes():
                if model.__tablename__.startswith(("govkit_audit", "govkit_answered")):
                    continue
                columns = [getattr(model, each.key) for each in sa.inspect(model).column_attrs]
                rows = session.execute(sa.select(*columns)).all()
                found[model.__tablename__] = sorted(tuple(map(str, row)) for row in rows)
        return found

    # --- routes -------------------------------------------------------------------------------

    def routes(self, module: str) -> list[Route]:
        """Routes of a module, each with its permission."""
        return [
            Route(rule, method, vars(self.app.view_functions[rule.endpoint])["permission"])
            for rule in self.app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) & {"GET", "POST"})
            if rule.endpoint.split(".")[0] == module and rule.endpoint != "govkit.static"
        ]

    def address(self, route: Route, relation: str = "own") -> str:
        """Address of a route, with the identifiers of the rows in a relation."""
        values = {name: self._value(route, name, relation) for name in route.rule.arguments}
        adapter = self.app.url_map.bind("localhost")
        return adapter.build(route.endpoint, values, route.method)

    def names_row(self, route: Route) -> bool:
        """Whether an argument of the route names a row, by its identifier or by a column's value."""
        return bool(self._naming(route))

    def _naming(self, route: Route) -> list[str]:
        columns = (
            name for name in route.rule.arguments if isinstance(self.samples.get(name), _COLUMN)
        )
        return sorted({*route.identifiers, *columns})

    def _value(self, route: Route, name: str, relation: str) -> Any:
        sample = self.samples.get(name)
        if isinstance(sample, _COLUMN):
            rows = self.rows["own" if relation == "absent" else relation]
            value = getattr(rows[sample.class_], sample.key)
            return _like(value) if relation == "absent" else value
        if name.endswith("_id"):
            if relation == "absent":
                return uuid4()
            return self.rows[relation][self.model(route, name)].id
        if sample is None and name not in _PLAIN:
            raise LookupError(
                f"say in samples what {name} of {route.rule} takes: a column such as Loan.number when"
                " it names a row, or a plain value"
            )
        return _PLAIN[name] if sample is None else sample

    def model(self, route: Route, argument: str) -> Any:
        """The mapped class that an argument names, such as ``class_group_id``."""
        sample = self.samples.get(argument)
        if sample is not None:
            return sample.class_ if isinstance(sample, _COLUMN) else sample
        name, module = argument.removesuffix("_id"), route.endpoint.split(".")[0]
        found = self._by_name.get(name) or next(
            (
                each
                for full, each in self._by_name.items()
                if full.endswith(f"_{name}") and each.__tablename__.startswith(module)
            ),
            None,
        )
        if found is None:
            raise LookupError(f"say in samples which class {argument} of {route.rule} names")
        return found

    @cached_property
    def _by_name(self) -> dict[str, type[Any]]:
        return {
            re.sub(r"(?<!^)(?=[A-Z])", "_", each.__name__).lower(): each
            for each in tenant_classes()
        }

    def route_path(self, route: Route, relation: str) -> tuple[UUID, ...]:
        """Units that the row at a route belongs to; the narrowest one counts."""
        paths = (self.path(self.model(route, name), relation) for name in self._naming(route))
        return max(paths, key=len, default=())

    # --- people -------------------------------------------------------------------------------

    def client(self, role: str, level: str = "municipality", city: str = OWN) -> FlaskClient:
        """A browser in which somebody with the role is logged in; the first time, all is set back."""
        name = f"{role}@{level}@{city}"
        if name not in self.clients:
            self.restore()
            unit_id = self.unit(level, "own" if city == OWN else city)
            login = appoint(self.deployment, city, role, unit_id=unit_id)
            client = self.app.test_client()
            answer = client.post("/login", data={"login": login, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
            self.clients[name] = client
            self.remember()
        return self.clients[name]

    def ask(
        self, client: FlaskClient, route: Route, relation: str = "own", **options: Any
    ) -> TestResponse:
        """The answer of a route; its headers are looked at in passing."""
        return self.open(client, self.address(route, relation), route.method, **options)

    def open(
        self, client: FlaskClient, address: str, method: str = "GET", **options: Any
    ) -> TestResponse:
        """The answer at an address; its headers are looked at in passing."""
        answer = client.open(address, method=method, **options)
        self.answers.append((f"{method} {address} {answer.status_code}", broken_rules(answer)))
        return answer

    # --- going back ---------------------------------------------------------------------------

    @property
    def _file(self) -> Path:
        return Path(str(make_url(self.deployment.settings.database.url).database))

    def remember(self) -> None:
        """Note the state of the database, which must be SQLite, for :meth:`restore`."""
        self.deployment.engine.dispose()
        shutil.copyfile(self._file, f"{self._file}.remembered")

    def restore(self) -> None:
        """Go back to the state that was remembered."""
        self.deployment.engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(f"{self._file}.remembered", self._file)


def _like(value: Any) -> Any:
    """A value of the same form that no row has."""
    if isinstance(value, int):
        return value + 1_000_000_000
    other = re.sub(r"\d", lambda _: str(secrets.randbelow(10)), str(value))
    return other if other != value else f"{value}{secrets.token_hex(4)}"


def plain(page: str) -> str:
    """A page without what differs by chance: identifiers, nonces, keys of forms."""
    return _IDENTIFIER.sub("id", _RANDOM.sub(r"\1", page))


def events_of(world: World, answer: TestResponse) -> Iterator[AuditEvent]:
    """Audit events that a request wrote."""
    with world.deployment.session(OWN, writes=False) as session:
        mine = AuditEvent.request_id == answer.headers["X-Request-Id"]
        yield from session.scalars(sa.select(AuditEvent).where(mine)).all()


def classes_of(module_tables: str) -> list[Any]:
    """Mapped tenant classes whose tables begin with a module's name."""
    return [
        each
        for each in tenant_classes()
        if issubclass(each, TenantTable) and each.__tablename__.startswith(f"{module_tables}_")
    ]
