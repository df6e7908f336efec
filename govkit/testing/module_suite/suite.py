"""The class that a test of a module derives from."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from govkit.base.audit_words import RecordKind
from govkit.base.deployment import Deployment
from govkit.base.idempotency import KEY_FIELD
from govkit.base.module import Module
from govkit.base.web import PUBLIC, SIGNED_IN
from govkit.testing.module_suite.forms import PageForm, forms_of
from govkit.testing.module_suite.leaks import fill, leaks
from govkit.testing.module_suite.rows import PLAUSIBLE
from govkit.testing.module_suite.world import (
    EVERYTHING,
    FOREIGN,
    NOTHING,
    OWN,
    Route,
    World,
    classes_of,
    events_of,
    plain,
)
from govkit.testing.plugin import FixedClock, TestDatabases

__all__ = ["ModuleConformance"]

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PERSON: Final = "監査対象姓"
_CANARY: Final = "勝手な項目"


class ModuleConformance:
    """Derive a test class from this and name the module.

    :cvar module: Name of the module, as in the settings.
    :cvar samples: Where the name of an argument of a route does not tell: the mapped class whose
        identifier it takes, the column whose value it takes (``Loan.number``), or a plain value. An
        argument that is text must stand here.
    :cvar forms: By endpoint, what to type into a form that cannot be filled in by its page alone.
    :cvar values: By ``"table.column"``, a value that the module's rules allow, where any text or
        number would not do.
    :cvar acts: Endpoints whose form must have an effect when it is filled in; the others may refuse.
    """

    module: ClassVar[str]
    samples: ClassVar[Mapping[str, Any]] = {}
    forms: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    values: ClassVar[Mapping[str, Any]] = {}
    acts: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **options: Any) -> None:
        """Make the values known before the first row is made."""
        super().__init_subclass__(**options)
        PLAUSIBLE.update(cls.values)

    @pytest.fixture(scope="class")
    @classmethod
    def world(cls, conformance_world: World) -> World:
        """Two cities with rows of every table; every check begins with the same ones."""
        conformance_world.samples = cls.samples
        conformance_world.answers.clear()
        conformance_world.restore()
        return conformance_world

    @pytest.fixture
    def routes(self, world: World) -> Iterator[list[Route]]:
        """Routes of the module; whatever a check changed is taken back."""
        yield world.routes(self._declared(world).name)
        world.restore()

    def _declared(self, world: World) -> Module:
        name = self.module.partition(":")[0]
        return next(each for each in world.deployment.modules if each.name == name)

    # --- isolation ----------------------------------------------------------------------------

    @pytest.mark.requirement("TEN-1", "P1", "P2", "P20", "ASVS-8.4.1")
    def test_no_way_leads_to_a_row_of_another_city(self, databases: TestDatabases) -> None:
        """Every mapped class of the module, on the 41 paths."""
        deployment = Deployment(databases.settings(), clock=FixedClock())
        try:
            classes = classes_of(self.module.partition(":")[0])
            rows = fill(deployment, classes)
            found = {each.__name__: leaks(deployment, rows, each) for each in classes}
        finally:
            deployment.close()
        assert {name: paths for name, paths in found.items() if paths} == {}

    @pytest.mark.requirement("TEN-6", "P1", "P4", "P20", "ASVS-8.2.2")
    def test_rows_of_another_city_answer_like_rows_that_are_not_there(
        self, world: World, routes: list[Route]
    ) -> None:
        """Status and page are the same but for identifiers."""
        client, wrong = world.client(EVERYTHING), []
        for route in (each for each in routes if world.names_row(each)):
            foreign, absent = (
                self._asked_without_address(world, client, route, relation)
                for relation in ("other_city", "absent")
            )
            if foreign[0] != 404 or foreign != absent:
                wrong.append((route, foreign[0], absent[0]))
        assert wrong == []

    @staticmethod
    def _asked_without_address(
        world: World, client: FlaskClient, route: Route, relation: str
    ) -> tuple[int, str]:
        """Status and page of an answer; links of a page to itself repeat what was asked for."""
        answer = world.ask(client, route, relation)
        return answer.status_code, plain(answer.text.replace(quote(answer.request.path), ""))

    # --- permissions --------------------------------------------------------------------------

    @pytest.mark.requirement("AUT-1", "P20", "ASVS-8.2.1", "ASVS-8.3.1")
    def test_a_route_asks_for_its_permission(self, world: World, routes: list[Route]) -> None:
        """403 without it, whatever else is held."""
        wrong = []
        others = [each for each in routes if each.permission not in (PUBLIC, SIGNED_IN)]
        for route in others:
            lacking = [
                world.ask(world.client(role), route).status_code
                for role in (NOTHING, f"all but {route.permission}")
            ]
            holding = world.ask(world.client(EVERYTHING), route).status_code
            if lacking != [403, 403] or holding in (401, 403) or holding >= 500:
                wrong.append((route, lacking, holding))
        assert wrong == []

    @pytest.mark.requirement("AUT-1", "P20", "ASVS-8.3.1")
    def test_a_visitor_is_asked_to_log_in(self, world: World, routes: list[Route]) -> None:
        """Reading leads to the login, an act is refused."""
        visitor = world.app.test_client()
        for route in (each for each in routes if each.permission != PUBLIC):
            answer = world.ask(visitor, route)
            if route.method == "GET":
                assert answer.status_code == 303, route
                assert answer.headers["Location"].startswith("/login"), route
            else:
                assert answer.status_code == 401, route

    @pytest.mark.requirement("WEB-1", "P20", "ASVS-3.5.3", "ASVS-4.1.4")
    def test_a_route_has_its_methods_and_no_others(self, world: World, routes: list[Route]) -> None:
        """405 for the others; HEAD and OPTIONS change nothing."""
        client, before = world.client(EVERYTHING), world.content()
        for route in routes:
            address = world.address(route)
            had = {each.method for each in routes if world.address(each) == address}
            if world.names_row(route):
                had |= {each.method for each in routes if each.rule.rule == route.rule.rule}
            for method in set(_METHODS) - had:
                assert world.open(client, address, method).status_code == 405, (method, address)
            for method in ("HEAD", "OPTIONS"):
                assert world.open(client, address, method).status_code < 500, (method, address)
        assert world.content() == before

    # --- audit --------------------------------------------------------------------------------

    @pytest.mark.requirement("LOG-1", "P12", "P20", "ASVS-16.2.1")
    def test_a_page_that_shows_a_person_is_recorded(
        self, world: World, routes: list[Route]
    ) -> None:
        """The event is of that very request."""
        self._name_people(world)
        for route in (each for each in routes if each.method == "GET"):
            answer = world.ask(world.client(EVERYTHING), route)
            assert answer.status_code < 500, route
            if _PERSON in answer.text:
                assert list(events_of(world, answer)), f"{route.endpoint} shows people unrecorded"

    @staticmethod
    def _name_people(world: World) -> None:
        with world.deployment.session(OWN) as session:
            for row in world.rows["own"].values():
                person = session.merge(row)
                for name in ("family_name", "official_name", "preferred_family_name"):
                    if hasattr(person, name) and getattr(type(person), "person_column", None):
                        setattr(person, name, _PERSON)
            session.commit()

    # --- acts ---------------------------------------------------------------------------------

    @pytest.fixture(scope="class")
    @classmethod
    def filled(cls, world: World) -> dict[str, PageForm]:
        """Every form of the module's pages, filled in, by the address it goes to."""
        found = {}
        for route in world.routes(cls.module.partition(":")[0]):
            if route.method == "GET":
                page = world.ask(world.client(EVERYTHING), route)
                for form in forms_of(page.text) if page.mimetype == "text/html" else ():
                    found[form.action.partition("?")[0] or world.address(route)] = form
        world.restore()
        return found

    def _sent(self, world: World, route: Route, filled: Mapping[str, PageForm]) -> dict[str, Any]:
        """What the form of a route sends."""
        form = filled.get(world.address(route))
        typed = {name: [text] for name, text in self.forms.get(route.endpoint, {}).items()}
        return (form.values if form else {}) | typed | {KEY_FIELD: ["a key of its own"]}

    @pytest.mark.requirement("P9", "P20", "LOG-2", "ASVS-2.3.3", "ASVS-16.3.3")
    def test_a_form_sent_twice_has_one_effect_one_record_and_one_answer(
        self, world: World, routes: list[Route], filled: dict[str, PageForm]
    ) -> None:
        """Every act of the module: a change is recorded, a repeat changes nothing."""
        client, before, acted = world.client(EVERYTHING), world.content(), set()
        for route in (each for each in routes if each.method == "POST"):
            sent = self._sent(world, route, filled)
            first = world.ask(client, route, data=sent)
            assert first.status_code < 500, route
            after, acts = world.content(), world.acts()
            second = world.ask(client, route, data=sent)
            assert _answer(second)[:2] == _answer(first)[:2], route
            if after == before:
                continue
            if "Content-Disposition" in first.headers:
                self._insist_on_record(world, route, first)  # each file that leaves is an act
                world.restore()
                continue
            assert world.content() == after, route
            assert first.status_code < 400, f"{route.endpoint} refuses and changes"
            assert _answer(second) == _answer(first), route
            assert world.acts() == acts, f"{route.endpoint} records a repeat"
            self._insist_on_record(world, route, first)
            acted.add(route.endpoint)
            world.restore()
        assert self.acts <= acted, f"without effect: {sorted(self.acts - acted)}"

    @staticmethod
    def _insist_on_record(world: World, route: Route, answer: TestResponse) -> None:
        kinds = {
            action.name: action.kind
            for module in world.deployment.modules
            for action in module.actions
        }
        actions = {each.action for each in events_of(world, answer)} - {"read"}
        changes = {each for each in actions if kinds.get(each) is not RecordKind.READ}
        assert changes, f"{route.endpoint} changes unrecorded"

    @pytest.mark.requirement("AUT-3", "P20", "ASVS-8.2.3", "ASVS-15.3.3")
    def test_fields_that_a_form_does_not_have_change_nothing(
        self, world: World, routes: list[Route], filled: dict[str, PageForm]
    ) -> None:
        """Every act, with a field of the name of every column of the module's tables added."""
        client = world.client(EVERYTHING)
        columns = {
            column.key
            for model in classes_of(self.module.partition(":")[0])
            for column in model.__table__.columns
        }
        for route in (each for each in routes if each.method == "POST"):
            sent = self._sent(world, route, filled)
            extra = {name: [_CANARY] for name in columns - set(sent)}
            answer = world.ask(client, route, data=extra | sent)
            if answer.status_code < 400:
                assert _CANARY not in str(world.content()), route
                world.restore()

    # --- the web ------------------------------------------------------------------------------

    @pytest.mark.requirement("WEB-2", "P20", "ASVS-3.5.1", "ASVS-3.5.3")
    def test_forged_acts_are_refused(self, world: World, routes: list[Route]) -> None:
        """Without the token of the session, or from another site."""
        client, before = world.client(EVERYTHING), world.content()
        for route in (each for each in routes if each.method == "POST"):
            foreign = {"Origin": "https://attacker.example"}
            assert world.ask(client, route, headers=foreign).status_code == 400, route
            world.app.config["WTF_CSRF_ENABLED"] = True
            try:
                assert world.ask(client, route, data={"x": "y"}).status_code == 400, route
            finally:
                world.app.config["WTF_CSRF_ENABLED"] = False
        assert world.content() == before

    @pytest.mark.requirement("WEB-2", "P20", "ASVS-3.5.3")
    def test_reading_changes_nothing(self, world: World, routes: list[Route]) -> None:
        """No page changes a row; what was read is recorded, nothing else."""
        client, before = world.client(EVERYTHING), world.content()
        for route in (each for each in routes if each.method == "GET"):
            assert world.ask(client, route).status_code < 500, route
        assert world.content() == before

    @pytest.mark.requirement("WEB-1", "P16", "P20", "ASVS-3.4.3", "ASVS-3.4.4", "ASVS-14.3.2")
    def test_every_answer_keeps_the_rules_of_headers(
        self, world: World, routes: list[Route]
    ) -> None:
        """Pages, redirects, refusals, and what does not exist."""
        visitor = world.app.test_client()
        for route in routes:
            for client in (visitor, world.client(NOTHING), world.client(EVERYTHING)):
                world.ask(client, route)
            world.open(visitor, f"{world.address(route)}/nothing/here")
            world.open(visitor, world.address(route), "PUT")
        broken = {asked: rules for asked, rules in world.answers if rules}
        assert broken == {}

    @pytest.mark.requirement("TEN-1", "P20")
    def test_the_other_city_is_never_named(self, world: World, routes: list[Route]) -> None:
        """No page of the module holds an identifier of a row of the other city."""
        foreign = {str(row.id) for row in world.rows["other_city"].values()}
        for route in (each for each in routes if each.method == "GET"):
            answer = world.ask(world.client(EVERYTHING), route)
            shown = set(re.findall(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", answer.text))
            assert not shown & foreign, route
            assert FOREIGN not in answer.text, route


def _answer(answer: TestResponse) -> tuple[int, str, str]:
    page = plain(answer.text) if answer.mimetype == "text/html" else ""
    return answer.status_code, answer.headers.get("Location", ""), page
