"""Every route, permission, role and menu entry fits the others, with all modules active."""

import ast
import re

import pytest

from govkit.base import web
from govkit.base.app import create_app
from govkit.base.deployment import ROLE_TITLES, Deployment
from tests.architecture.sources import python_files

ASKING = re.compile(r"^[a-z_]+\.[a-z_]+$")


@pytest.fixture(scope="module")
def deployment(sqlite_databases):
    opened = Deployment(sqlite_databases.settings())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def app(deployment):
    return create_app(deployment=deployment)


@pytest.fixture(scope="module")
def permissions(deployment):
    return {permission.name for permission in deployment.permissions}


@pytest.mark.requirement("AUT-1", "ASVS-8.2.1")
def test_every_route_names_a_permission(app, permissions):
    allowed = {*permissions, web.PUBLIC, web.SIGNED_IN}
    named = {rule.endpoint: app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()}
    assert named
    assert {
        endpoint: vars(view).get("permission")
        for endpoint, view in named.items()
        if vars(view).get("permission") not in allowed
    } == {}


@pytest.mark.requirement("AUT-1")
def test_only_the_way_in_the_health_and_open_data_are_public(app):
    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if vars(app.view_functions[rule.endpoint])["permission"] == web.PUBLIC
    }
    assert public == {
        "govkit.static",
        "govkit.login",
        "govkit.log_in",
        "govkit.second_step",
        "govkit.check_code",
        "govkit.check_passkey",
        "govkit.appointments",
        "govkit.choose_appointment",
        "govkit.logout",
        "govkit.live",
        "govkit.metrics",
        "govkit.oidc_begin",
        "govkit.oidc_callback",
        "govkit.oidc_end_sessions",
        "govkit.oidc_logged_out",
        "govkit.ready",
        "govkit.postcodes",
        "govkit.verify",
        "govkit.verify_form",
    }


@pytest.mark.requirement("WEB-2", "ASVS-3.5.3")
def test_reading_and_acting_are_told_apart_by_the_method(app):
    for rule in app.url_map.iter_rules():
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        assert methods in ({"GET"}, {"POST"}), rule.endpoint


def test_every_address_begins_with_the_name_of_its_module(app, deployment):
    names = {module.name for module in deployment.modules}
    for rule in app.url_map.iter_rules():
        owner = rule.endpoint.split(".")[0]
        if owner in names:
            assert rule.rule.startswith(f"/{owner}"), rule


def test_every_permission_belongs_to_its_module_and_is_declared_once(deployment):
    declared = [permission.name for permission in deployment.permissions]
    assert len(set(declared)) == len(declared)
    for module in deployment.modules:
        for permission in module.permissions:
            assert permission.name.startswith(f"{module.name}.")


def test_roles_get_declared_permissions_only(deployment, permissions):
    for module in deployment.modules:
        assert set(module.roles) <= set(ROLE_TITLES)
        for granted in module.roles.values():
            assert set(granted) <= permissions
            assert len(set(granted)) == len(granted)


def test_menu_entries_lead_to_pages_that_ask_for_the_same_permission(app, deployment):
    for module in deployment.modules:
        for item in module.navigation:
            view = app.view_functions[item.endpoint]
            assert vars(view)["permission"] == item.permission, item.endpoint


def test_every_declared_permission_is_asked_for_somewhere(deployment):
    asked = {
        node.value
        for source in python_files("govkit")
        if not source.path.endswith("/__init__.py")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and ASKING.match(node.value)
    }
    declared = {
        permission.name for module in deployment.modules for permission in module.permissions
    }
    assert declared - asked == set()
