"""What is new among the default roles reaches cities that joined earlier, and nothing else does."""

import pytest
import sqlalchemy as sa

from govkit.base.audit import AuditEvent
from govkit.base.default_roles import OfferedDefault
from govkit.base.deployment import Deployment
from govkit.base.identity import Actor, Role
from govkit.modules.administration import change_role, role_version

CITY = "132012"
LATER = "resident_lookup"


@pytest.fixture
def settings(databases):
    return databases.settings()


@pytest.fixture
def joined(settings, clock):
    """A city that joined while one of the modules was not active."""
    names = tuple(each for each in settings.app.modules if each != LATER)
    app = settings.app.model_copy(update={"modules": names})
    earlier = Deployment(settings.model_copy(update={"app": app}), clock=clock)
    earlier.add_municipality(CITY, "八王子市")
    yield earlier
    earlier.close()


@pytest.fixture
def deployment(joined, settings, clock):
    """The same with the module."""
    opened = Deployment(settings, clock=clock)
    yield opened
    opened.close()


def held(deployment, name="board_clerk"):
    with deployment.session(CITY, writes=False) as session:
        return set(session.scalars(sa.select(Role.permissions).where(Role.name == name)).one())


def forget(deployment, *conditions):
    with deployment.session(CITY) as session:
        for each in session.scalars(sa.select(OfferedDefault).where(*conditions)):
            session.delete(each)
        session.commit()


def take_away(deployment, permission, name="board_clerk"):
    city = deployment.municipality(CITY)
    with deployment.work(city, Actor.operator("test")) as work:
        role = work.session.scalars(sa.select(Role).where(Role.name == name)).one()
        left = set(role.permissions) - {permission}
        known = deployment.permissions
        change_role(work, role, "学務係", left, seen=role_version(role), known=known)


def test_a_module_that_becomes_active_later_brings_its_permissions_once(deployment):
    own = set(next(each.roles["board_clerk"] for each in deployment.modules if each.name == LATER))
    before = held(deployment)
    assert own
    assert not own & before

    [(city, additions)] = deployment.offer_defaults().items()

    assert city.code == CITY
    assert {each.role.name: set(each.permissions) for each in additions}["board_clerk"] == own
    assert not any(each.is_new for each in additions)
    assert held(deployment) == before | own
    assert deployment.offer_defaults() == {}
    with deployment.session(CITY, writes=False) as session:
        events = session.scalars(
            sa.select(AuditEvent).where(AuditEvent.action == "role.defaults_added")
        ).all()
    assert len(events) == len(additions)
    assert {each.actor for each in events} == {"operator:migrate"}


def test_what_a_city_has_taken_away_does_not_come_back_with_what_is_new(deployment):
    deployment.offer_defaults()
    for permission in ("schools.view_protection", "resident_lookup.lookup", "schools.certify"):
        take_away(deployment, permission)
    forget(deployment, OfferedDefault.permission == "schools.certify")  # as if it were a new one
    left = held(deployment)

    [additions] = deployment.offer_defaults().values()

    clerk = next(each for each in additions if each.role.name == "board_clerk")
    assert clerk.permissions == ("schools.certify",)
    assert clerk.role.title == "学務係"
    assert held(deployment) == left | {"schools.certify"}


@pytest.mark.parametrize("permission", ["schools.certify", "resident_lookup.lookup"])
def test_a_city_that_joined_before_that_was_remembered_keeps_its_decisions(deployment, permission):
    take_away(deployment, "schools.certify")
    deployment.offer_defaults()
    take_away(deployment, permission)
    forget(deployment)
    left = held(deployment)

    deployment.offer_defaults()

    assert held(deployment) == left


def test_a_permission_that_no_role_ever_held_is_new_to_a_city_of_before(deployment):
    forget(deployment)
    [additions] = deployment.offer_defaults().values()
    names = {name.partition(".")[0] for each in additions for name in each.permissions}
    assert names == {LATER}


def test_a_new_role_comes_with_its_permissions_and_a_removed_one_does_not(deployment):
    deployment.offer_defaults()
    with deployment.session(CITY) as session:
        session.delete(session.scalars(sa.select(Role).where(Role.name == "auditor")).one())
        session.commit()
    assert deployment.offer_defaults() == {}

    forget(deployment, OfferedDefault.role == "auditor")
    [[addition]] = deployment.offer_defaults().values()

    assert addition.is_new
    default = next(each for each in deployment.default_roles if each.name == "auditor")
    assert held(deployment, "auditor") == default.permissions == set(addition.permissions)
