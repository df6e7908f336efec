"""AUT-3: a permission opens the columns that are listed for it, and no others."""

import pytest
import sqlalchemy as sa

from govkit.base.fields import FieldRules
from govkit.base.identity import Role
from govkit.base.logs import JsonLines
from govkit.modules.administration.roles import ROLE_FIELDS
from govkit.modules.schools.models import Pupil
from govkit.modules.schools.pupils import PUPIL_FIELDS

pytestmark = pytest.mark.requirement("AUT-3", "ASVS-8.2.3", "ASVS-15.3.3")


def role_of(work):
    return work.session.scalars(sa.select(Role).where(Role.name == "principal")).one()


def test_what_is_listed_is_written_and_the_rest_is_ignored_and_counted(work, caplog):
    role = role_of(work)
    before = (role.name, role.municipality_code)
    sent = {"title": "学校長", "name": "secret value", "municipality_code": "132071", "is_odd": "1"}
    assert ROLE_FIELDS.write(work, role, sent) == 3
    assert role.title == "学校長"
    assert (role.name, role.municipality_code) == before
    line = caplog.records[-1]
    assert (line.table, line.ignored_fields) == ("govkit_role", 3)
    assert "secret" not in JsonLines().format(line)


def test_without_the_permission_nothing_is_open(work_for):
    teacher = work_for("132021", "homeroom_teacher")
    role = role_of(teacher)
    assert ROLE_FIELDS.write(teacher, role, {"title": "何でもできる"}) == 1
    assert role.title == "校長"
    assert PUPIL_FIELDS.writable(teacher) == frozenset()


def test_reading_gives_what_is_listed(work, work_for):
    rules = FieldRules(Role, reads={"administration.permissions": ("title",)})
    assert rules.read(work, role_of(work)) == {"title": "校長"}
    clerk = work_for("132021", "school_clerk", session_of=work)
    assert rules.read(clerk, role_of(work)) == {}


@pytest.mark.parametrize("name", ["no_such_column", "municipality_code", "id"])
def test_a_list_opens_no_key_and_nothing_that_is_not_there(name):
    with pytest.raises(TypeError, match=name):
        FieldRules(Pupil, writes={"schools.manage_pupils": (name,)})
