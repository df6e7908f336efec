"""Modules: one order for everything, and refusals in words."""

import pytest
from flask import Flask

from govkit.base import app as app_module
from govkit.base.module import Module, _in_order, load_modules
from govkit.base.settings import AppSettings
from govkit.errors import InvalidSettings


def _module(name: str, *requires: str) -> Module:
    return Module(name=name, title=name, package=f"govkit.modules.{name}", requires=requires)


def test_modules_load_after_those_they_need_and_then_by_name() -> None:
    given = {
        each.name: each for each in [_module("c"), _module("b", "z"), _module("z"), _module("a")]
    }
    assert [each.name for each in _in_order(given)] == ["a", "c", "z", "b"]


def test_a_missing_requirement_is_named() -> None:
    with pytest.raises(InvalidSettings, match=r"attendance.*schools"):
        _in_order({"attendance": _module("attendance", "schools")})


def test_a_circle_is_refused() -> None:
    with pytest.raises(InvalidSettings, match="互い"):
        _in_order({"a": _module("a", "b"), "b": _module("b", "a")})


def test_an_unknown_module_is_named() -> None:
    with pytest.raises(InvalidSettings, match="no_such_module"):
        load_modules(["no_such_module"])


def test_the_shipped_modules_load_in_one_order() -> None:
    names = [each.name for each in load_modules(AppSettings().modules)]
    assert names == [
        *("administration", "resident_extracts", "schools", "attendance", "enrolment"),
        "resident_lookup",
    ]


@pytest.mark.requirement("AUT-1")
def test_a_route_without_permission_stops_the_start() -> None:
    app = Flask("x", static_folder=None)
    app.add_url_rule("/open", "open", lambda: "x")
    with pytest.raises(RuntimeError, match="open"):
        app_module._insist_on_permissions(app, set())
